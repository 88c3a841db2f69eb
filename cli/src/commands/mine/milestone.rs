//! `kith milestone`: counting what matters, with nothing lost.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{
    AddMilestone, CountMore, Delivery, Milestone, Mine, MineList, ShareIn, SharedMilestone, SharedMilestones,
};

use super::One;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::{phrase, plain, when};

/// Count days, visits, firsts: whatever matters to you
///
/// It stays on this device, unless you tell a group of it with "kith milestone share". Nothing that was counted is ever lost.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Add(Add),
    List(List),
    More(More),
    Again(Again),
    Share(Share),
    Shared(Shared),
    Delete(Delete),
}

/// Tell a group what you count, as it stands now
///
/// All members can read it. Nothing that changes later is told by itself; "kith withdraw" takes it back.
#[derive(Args, Debug)]
pub struct Share {
    #[command(flatten)]
    one: One,
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Read what members of a group told of what they count
#[derive(Args, Debug)]
pub struct Shared {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Begin to count something
///
/// What it is is taken from stdin, a file or your editor.
#[derive(Args, Debug)]
pub struct Add {
    /// From which day, such as 2026-11-28 [usual: today]
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// The word for what is counted; days count by themselves
    #[arg(long, value_name = "WORD", default_value = "days")]
    unit: String,
    /// How many so far, of anything but days
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    count: u32,
    #[command(flatten)]
    source: Source,
}

/// List what you count
#[derive(Args, Debug)]
pub struct List {}

/// Count one more, or several
#[derive(Args, Debug)]
pub struct More {
    #[command(flatten)]
    one: One,
    /// How many
    #[arg(value_name = "NUMBER", default_value_t = 1)]
    more: u32,
}

/// Begin a new stretch; what you counted before still counts
#[derive(Args, Debug)]
pub struct Again {
    #[command(flatten)]
    one: One,
}

/// Delete one
#[derive(Args, Debug)]
pub struct Delete {
    #[command(flatten)]
    one: One,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Add(cmd) => {
                let route = Route::new(&["mine", "milestones"])?;
                let kept: Mine<Milestone> = super::with_text(context, &cmd.source, None, |text| {
                    let what = text.trim().to_owned();
                    let wish =
                        AddMilestone { what, unit: Some(cmd.unit), since: cmd.since, count: cmd.count };
                    context.node(async |node| node.post(route, &wish).await)
                })?;
                answer(context, &kept, "")
            }
            Cmd::List(_) => {
                let route = Route::new(&["mine", "milestones"])?;
                let list: MineList<Milestone> = context.node(async |node| node.get(route).await)?;
                context.output.answer(&list, || super::listed(&list, "Nothing is counted.", in_a_line))?;
                Ok(Ending::Done)
            }
            Cmd::More(cmd) => {
                let route = Route::new(&["mine", "milestones", &cmd.one.id, "more"])?;
                let more = CountMore { more: cmd.more };
                let kept: Mine<Milestone> = context.node(async |node| node.post(route, &more).await)?;
                answer(context, &kept, "")
            }
            Cmd::Again(cmd) => {
                let route = Route::new(&["mine", "milestones", &cmd.one.id, "again"])?;
                let kept: Mine<Milestone> = context.node(async |node| node.post(route, &()).await)?;
                let (earlier, unit) = (kept.kept.earlier, plain::line(&kept.kept.unit));
                answer(
                    context,
                    &kept,
                    &format!("Starting a new stretch. Your earlier {earlier} {unit} still count.\n"),
                )
            }
            Cmd::Share(cmd) => {
                let route = Route::new(&["mine", "milestones", &cmd.one.id, "share"])?;
                let share = ShareIn { group: cmd.group };
                let sent: Delivery = context.node(async |node| node.post(route, &share).await)?;
                context.output.answer(&sent, || {
                    let id = phrase::id(&sent.post);
                    format!(
                        "The others can read it. To take it back: kith withdraw {id}. {}",
                        phrase::delivery(&sent)
                    )
                })?;
                Ok(Ending::Done)
            }
            Cmd::Shared(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "milestones"])?;
                let list: SharedMilestones = context.node(async |node| node.get(route).await)?;
                context.output.answer(&list, || match list.milestones.as_slice() {
                    [] => "Nobody has told of any.".to_owned(),
                    some => some.iter().map(shared).collect(),
                })?;
                Ok(Ending::Done)
            }
            Cmd::Delete(cmd) => super::delete(context, "milestones", &cmd.one),
        }
    }
}

fn answer(context: &Context, kept: &Mine<Milestone>, before: &str) -> Outcome {
    context.output.answer(kept, || format!("{before}{}", in_a_line(&kept.id, &kept.kept)))?;
    Ok(Ending::Done)
}

fn shared(one: &SharedMilestone) -> String {
    let (name, what, unit) = (plain::line(&one.name), plain::line(&one.what), plain::line(&one.unit));
    format!(
        "{name}: {what}, {} {unit}, {}   [{}]\n",
        one.count,
        when::friendly(&one.time),
        phrase::id(&one.post)
    )
}

fn in_a_line(id: &str, one: &Milestone) -> String {
    let unit = plain::line(&one.unit);
    let earlier = if one.earlier > 0 { format!(", and {} before", one.earlier) } else { String::new() };
    format!("[{}]  {}: {} {unit}{earlier}\n", phrase::id(id), plain::line(&one.what), one.now)
}
