//! `kith coach`: what to think of beside an answer.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Coach, Code, Intent, Problem, Worried};
use kith_node::service::coach;

use crate::client::{Client, Route};
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Show what to think of beside an answer: reflect, ask, offer
///
/// A short list that comes with the program, by what the author of a post wishes for. Nothing of what you write is looked
/// at, and nothing is sent.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The post that you wish to answer: its id, or the beginning of it (6 characters or more) [usual: somebody wishes to be
    /// heard]
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: Option<String>,
    /// What you can do if you are worried about somebody
    #[arg(long, conflicts_with = "post")]
    worried: bool,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        if self.worried {
            let worried = coach::worried();
            context.output.answer(&worried, || worry(&worried))?;
            return Ok(Ending::Done);
        }
        let list = match &self.post {
            Some(post) => context.node(async |node| list(node, post).await)?,
            None => coach::list(Intent::HearMe).ok_or(Problem::of(Code::Internal))?,
        };
        context.output.answer(&list, || words(&list))?;
        Ok(Ending::Done)
    }
}

/// The list for a post that is to be answered.
///
/// # Errors
/// As the node answers.
pub async fn list(node: &Client, post: &str) -> Result<Coach, Problem> {
    node.get(Route::new(&["posts", post, "coach"])?).await
}

/// A list in words.
pub fn words(coach: &Coach) -> String {
    let part = |name: &str, lines: &[String]| {
        let lines: String = lines.iter().map(|line| format!("    {line}\n")).collect();
        format!("  {name}\n{lines}")
    };
    let ask_first = match coach.intent {
        Intent::HearMe => "  To ask whether ideas are welcome: kith ask-to-suggest\n",
        _ => "",
    };
    format!(
        "{}\n{}{}{}{ask_first}",
        coach.about,
        part("Reflect", &coach.reflect),
        part("Ask", &coach.ask),
        part("Offer", &coach.offer)
    )
}

fn worry(worried: &Worried) -> String {
    let steps: String =
        (1..).zip(&worried.steps).map(|(number, step)| format!("{number}. {step}\n")).collect();
    format!(
        "{}\n\n{steps}\nHelp numbers: kith crisis card --country CC\nTo tell whoever is on duty: kith report post POST --kind worry\n",
        worried.about
    )
}
