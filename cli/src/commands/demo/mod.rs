//! `kith demo`: a newcomer's first hour with a small made-up group, on this device alone.
//!
//! Ana and Ben are played; the person is the newcomer, and every command of theirs is the real one.

mod stage;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser};
use kith_node::api::types::{Code, Page, Post, Problem};
use serde_json::{Value, json};

use self::stage::{Stage, client};
use super::Cli;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, interrupt};

const GROUP: &str = "Tuesday evening";
const BEN_SAYS: &str = "My father does not know my name any more. I have not said this aloud before.";
const ANA_SAYS: &str = "I read this twice. I am here, and I would like to hear how it was today.";
const ADVICE: &str = "You should take a walk every morning, it helped my cousin.";
const SAMPLE: &str = "I am new here. Nights are long at the moment, and I do not know what to do with them.";
/// How long somebody waits for what another wrote.
const ARRIVES_WITHIN: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Try it: a small made-up group on this device, and you as its newcomer
///
/// Starts three nodes in this program, in a folder that is deleted afterwards, and goes through a first hour with you: coming
/// in, reading, being heard, taking back. Nothing leaves this device, and your own node and groups are not touched. At a
/// terminal it waits for you at each step; Ctrl-C ends it.
#[derive(Args, Debug)]
pub struct Cmd {}

/// Who is in the story.
struct Cast<'a> {
    context: &'a Context,
    stage: &'a Stage,
    ana: PathBuf,
    ben: PathBuf,
    you: PathBuf,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        interrupt::disarm();
        context.output.remark(
            "This starts three nodes on this device alone, in a folder that is deleted afterwards. Ana and Ben are \
             made up.\nYou are Dana, who is new. Ctrl-C ends it at any time.\n",
        );
        let mut stage = Stage::set()?;
        let played = (|| {
            let [ana, ben, you] = ["ana", "ben", "dana"].map(|name| stage.enters(name, context));
            let cast = Cast { context, stage: &stage, ana: ana?, ben: ben?, you: you? };
            cast.play()
        })();
        stage.clear();
        played?;
        context.output.remark(
            "\nThat was it. The three nodes have stopped, and their folder is gone.\nFor a node of your own: kith run. To \
             look at your help numbers: kith crisis card.",
        );
        Ok(Ending::Done)
    }
}

impl Cast<'_> {
    fn play(&self) -> Result<(), Problem> {
        let link = self.before_you_came()?;
        self.says(
            "Ana has given you a link. Whoever comes in sees first what the group is for and how it goes.",
        );
        self.types(&["join", &link, "--as", "Dana", "--wait", "60"], "join LINK --as Dana")?;

        let ben = self.arrives(&self.you, BEN_SAYS)?;
        self.says("You need not write anything. Reading is being here, too.");
        self.types(&["read", GROUP], &format!("read \"{GROUP}\""))?;

        self.says("One word to somebody says that they were heard. Only Ben gets it, and nobody counts.");
        self.types(&["ack", short(&ben), "hear-you"], &format!("ack {} hear-you", short(&ben)))?;

        self.says(
            "If you would like to write: others see what would help you. To be listened to is the usual.",
        );
        let mine = self.you_write()?;

        self.says("Ben would like to help. You did not ask for ideas, so his node does not send this one:");
        self.ben_advises(&mine)?;
        self.says("Ana listens instead.");
        self.plays(&self.ana, &["posts", &mine, "replies"], &json!({ "text": ANA_SAYS }))?;
        self.arrives(&self.you, ANA_SAYS)?;
        self.types(&["thread", short(&mine)], &format!("thread {}", short(&mine)))?;

        self.says("What waits for an answer is seen by everybody, so that nobody goes unheard.");
        self.types(&["needs-reply", GROUP], &format!("needs-reply \"{GROUP}\""))?;
        self.says("What you wrote you can take back. All nodes of the group are asked to let it go.");
        self.types(&["withdraw", short(&mine)], &format!("withdraw {}", short(&mine)))?;
        self.says("And you can leave whenever you like, with no reason.");
        self.types(&["group", "leave", GROUP, "--yes"], &format!("group leave \"{GROUP}\""))
    }

    /// Ana opens the group, Ben comes and writes, Ana makes an invite for you.
    fn before_you_came(&self) -> Result<String, Problem> {
        let group = json!({
            "title": GROUP, "name": "Ana", "purpose": "For people who look after somebody, and who get tired.",
            "agreements": ["What is said here stays here.", "Advice is for those who ask for it."],
            "reply_hours": 24,
        });
        let group = word(&self.plays(&self.ana, &["groups"], &group)?, "group");
        let link = |invite: Value| word(&invite, "link");
        let first = link(self.plays(&self.ana, &["groups", &group, "invites"], &json!({}))?);
        self.plays(&self.ben, &["join"], &json!({ "link": first, "name": "Ben" }))?;
        self.stage.wait(async {
            let joined = Route::new(&["groups", &group, "joined"])?.with("wait", Some("30"));
            client(&self.ben).get::<Value>(joined).await
        })?;
        self.plays(&self.ben, &["groups", &group, "posts"], &json!({ "text": BEN_SAYS }))?;
        self.arrives(&self.ana, BEN_SAYS)?;
        Ok(link(self.plays(&self.ana, &["groups", &group, "invites"], &json!({}))?))
    }

    /// What you wish to say, or a sample; gives the post's id.
    fn you_write(&self) -> Result<String, Problem> {
        let text = if self.context.can_ask() {
            ask::or("Your words (Enter takes those in brackets):", SAMPLE)?
        } else {
            SAMPLE.to_owned()
        };
        let file = self.you.join("words.txt");
        fs::write(&file, &text).map_err(|_| Problem::of(Code::StorageFailed))?;
        let file = file.display().to_string();
        self.types(&["post", GROUP, "--file", &file], &format!("post \"{GROUP}\""))?;
        self.arrives(&self.ana, &text)
    }

    fn ben_advises(&self, post: &str) -> Result<(), Problem> {
        self.arrives_by_id(&self.ben, post)?;
        let route = Route::new(&["posts", post, "replies"])?.with("kind", Some("suggestion"));
        let refused = self.stage.wait(client(&self.ben).post::<Value>(route, &json!({ "text": ADVICE })));
        match refused {
            Err(problem) => self.context.output.remark(&format!("  {problem}")),
            Ok(_) => return Err(Code::Internal.into()),
        }
        Ok(())
    }

    /// Waits until somebody has a text, and gives its id.
    fn arrives(&self, at: &Path, text: &str) -> Result<String, Problem> {
        self.looks(at, |post| post.text == text)
    }

    fn arrives_by_id(&self, at: &Path, id: &str) -> Result<String, Problem> {
        self.looks(at, |post| post.post == id)
    }

    fn looks(&self, at: &Path, is_it: impl Fn(&Post) -> bool) -> Result<String, Problem> {
        let looking = async {
            loop {
                let page: Page = client(at).get(Route::new(&["groups", GROUP, "posts"])?).await?;
                if let Some(post) = page.posts.into_iter().find(&is_it) {
                    return Ok(post.post);
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let looked = self.stage.wait(async { tokio::time::timeout(ARRIVES_WITHIN, looking).await });
        looked.map_err(|_| Problem::of(Code::NotInTime))?
    }

    /// Ana or Ben does something.
    fn plays(&self, who: &Path, route: &[&str], body: &Value) -> Result<Value, Problem> {
        let route = Route::new(route)?;
        self.stage.wait(client(who).post(route, body))
    }

    fn says(&self, words: &str) {
        self.context.output.remark(&format!("\n{words}"));
    }

    /// You do something: shown as you would type it, and done as it would be.
    fn types(&self, arguments: &[&str], shown: &str) -> Result<(), Problem> {
        self.context.output.remark(&format!("$ kith {shown}"));
        if self.context.can_ask() {
            ask::line("(Enter)")?;
        }
        let all = std::iter::once("kith").chain(arguments.iter().copied());
        let cli = Cli::try_parse_from(all).map_err(|_| Problem::of(Code::Internal))?;
        let context = Context::new(Some(&self.you), self.context.output, self.context.world.clone())?;
        cli.command.run(&context).map(|_| ())
    }
}

fn word(from: &Value, name: &str) -> String {
    from.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// An id as people type it.
fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
