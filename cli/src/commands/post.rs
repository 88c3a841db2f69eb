//! `kith post`: a text to a group.

use std::time::{Duration, Instant};

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Code, Delivery, DeliveryState, Group, Id, Problem};

use crate::attach::Files;
use crate::client::{Client, Route};
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::hearing::{IntentArg, Notes};
use crate::input::Source;
use crate::phrase;

/// Write to a group
///
/// The text is taken from stdin byte for byte, from a file, or from your editor; never from an argument,
/// which other programs of this device could see. It is saved on this device first, and goes out when another
/// member's node is reachable.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// What would help [usual: hear-me, unless the charter says that advice is welcome]
    #[arg(long, value_enum, value_name = "WHAT")]
    intent: Option<IntentArg>,
    #[command(flatten)]
    notes: Notes,
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    waiting: Waiting,
}

/// Waiting until others have it.
#[derive(Args, Debug)]
pub struct Waiting {
    /// Wait until another member's node has it, at most SECS seconds (else exit code 75)
    #[arg(long, value_name = "SECS")]
    wait: Option<u64>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "posts"])?;
        let route = route.with("intent", self.intent.map(IntentArg::code));
        let files = self.files.prepare(context, async |_| Ok(self.group.clone()))?;
        let route = attached(route, &files);
        let ending = write(context, route, &self.notes, &self.source, &self.waiting)?;
        if !context.output.is_json() {
            let route = Route::new(&["groups", &self.group])?;
            let group: Group = context.node(async |node| node.get(route).await)?;
            if let Some(quiet) = &group.quiet {
                context.output.remark(&phrase::quiet(quiet));
            }
        }
        Ok(ending)
    }
}

/// With files that the node has been given.
pub fn attached(route: Route, files: &[Id]) -> Route {
    route.with("attachments", Some(files.join(",").as_str()).filter(|files| !files.is_empty()))
}

/// Gets a text, sends it, tells how far it came.
pub fn write(context: &Context, route: Route, notes: &Notes, source: &Source, waiting: &Waiting) -> Outcome {
    if source.is_person(context) {
        context.before_asking()?;
    }
    let asked = notes.asked(context, source)?;
    let mut written = source.read(context)?;
    let mut text = std::mem::take(&mut written.text);
    let route = notes.add_to(route, asked, &mut text);
    let sent = route.and_then(|route| {
        context.node(async |node| {
            let saved: Delivery = node.text(route, text).await?;
            Ok(match waiting.wait {
                Some(seconds) => travel(node, saved, Duration::from_secs(seconds)).await,
                None => saved,
            })
        })
    });
    let delivery = written.sent(sent)?;
    let words = || format!("{}   [{}]", phrase::delivery(&delivery), phrase::id(&delivery.post));
    if waiting.wait.is_some() && !has_arrived(&delivery) {
        context.output.not_in_time(&delivery, words)?;
        return Ok(Ending::NotInTime);
    }
    context.output.answer(&delivery, words)?;
    Ok(Ending::Done)
}

fn has_arrived(delivery: &Delivery) -> bool {
    delivery.state == DeliveryState::Held
}

/// Waits until another node holds it. It is saved, so whatever goes wrong now is no failure to post.
async fn travel(node: &Client, saved: Delivery, wait: Duration) -> Delivery {
    let end = Instant::now().checked_add(wait);
    let mut delivery = saved;
    while !has_arrived(&delivery) {
        let left = end.map_or(wait, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            break;
        }
        match look(node, &delivery.post, left).await {
            Ok(further) => delivery = further,
            Err(_) => break,
        }
    }
    delivery
}

async fn look(node: &Client, post: &str, left: Duration) -> Result<Delivery, Problem> {
    let seconds = left.as_secs().clamp(1, 25).to_string();
    let asked = node.get(Route::new(&["posts", post, "delivery"])?.with("wait", Some(&seconds)));
    tokio::time::timeout(left, asked).await.map_err(|_| Problem::of(Code::NotInTime))?
}
