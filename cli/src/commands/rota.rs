//! `kith rota`: who is there for the group, and when.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum};
use kith_node::api::types::{Rota, Slot, TakeDuty, Task};

use super::letters;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::{plain, when};

/// See who looks after the group, take a turn, and hand over
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Show(Show),
    Take(Take),
    Drop(Drop),
    HandOver(HandOver),
}

/// Show who is on duty and who greets newcomers
#[derive(Args, Debug)]
pub struct Show {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Say that you will be there, as a facilitator or helper
#[derive(Args, Debug)]
pub struct Take {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// How long: 2h, 12h, 7d; at most 14d
    #[arg(long = "for", value_name = "TIME", value_parser = when::span)]
    lasts: u64,
    /// In what time it begins [usual: now]
    #[arg(long = "in", value_name = "TIME", value_parser = when::span)]
    begins: Option<u64>,
    /// For what
    #[arg(long, value_name = "TASK", default_value = "on-duty")]
    task: TaskArg,
}

/// Take your word back
#[derive(Args, Debug)]
pub struct Drop {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// For what
    #[arg(long, value_name = "TASK", default_value = "on-duty")]
    task: TaskArg,
}

/// Tell the other facilitators alone what they should know
///
/// Nobody else sees it. The text is taken as "kith post" takes it; it leaves within two minutes.
#[derive(Args, Debug)]
pub struct HandOver {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    #[command(flatten)]
    source: Source,
}

/// What somebody is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TaskArg {
    /// Looks after the group
    OnDuty,
    /// Welcomes newcomers
    Greeter,
}

impl TaskArg {
    fn task(self) -> Task {
        match self {
            TaskArg::OnDuty => Task::OnDuty,
            TaskArg::Greeter => Task::Greeter,
        }
    }
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Show(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "rota"])?;
                let rota: Rota = context.node(async |node| node.get(route).await)?;
                answer(context, &rota)
            }
            Cmd::Take(cmd) => {
                let begins_in = cmd.begins.unwrap_or(0);
                take(context, &cmd.group, TakeDuty { task: cmd.task.task(), begins_in, lasts: cmd.lasts })
            }
            Cmd::Drop(cmd) => {
                take(context, &cmd.group, TakeDuty { task: cmd.task.task(), begins_in: 0, lasts: 0 })
            }
            Cmd::HandOver(cmd) => {
                let route = Route::new(&["groups", &cmd.group, "hand-over"])?;
                letters::send(context, route, &cmd.source)
            }
        }
    }
}

fn take(context: &Context, group: &str, take: TakeDuty) -> Outcome {
    let route = Route::new(&["groups", group, "rota"])?;
    let rota: Rota = context.node(async |node| node.post(route, &take).await)?;
    answer(context, &rota)
}

fn answer(context: &Context, rota: &Rota) -> Outcome {
    context.output.answer(rota, || words(rota))?;
    Ok(Ending::Done)
}

fn words(rota: &Rota) -> String {
    let on_duty = |slot: &&Slot| slot.now && slot.task == Task::OnDuty;
    let nobody = if rota.slots.iter().any(|slot| on_duty(&slot)) { "" } else { "Nobody is on duty now.\n" };
    let line = |slot: &Slot| {
        let task = match slot.task {
            Task::OnDuty => "is on duty",
            Task::Greeter => "greets newcomers",
        };
        let from = if slot.now { String::new() } else { format!("from {} ", when::friendly(&slot.from)) };
        format!("{} {task} {from}until {}\n", plain::line(&slot.name), when::friendly(&slot.until))
    };
    format!("{nobody}{}", rota.slots.iter().map(line).collect::<String>())
}
