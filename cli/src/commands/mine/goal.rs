//! `kith goal`: what somebody is going for, with steps.

use clap::{Args, Subcommand};
use kith_node::api::types::{Code, Goal, GoalStep, Mine, MineList, Problem};

use super::One;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::{phrase, plain};

/// Keep goals and their steps
///
/// They stay on this device. Nothing reminds you, and nothing is counted against you.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Add(Add),
    List(List),
    Show(Show),
    #[command(subcommand)]
    Step(Step),
    Edit(Edit),
    Close(Close),
    Delete(Delete),
}

/// Write down a goal
///
/// The text is taken from stdin, a file or your editor. Its first line says what; lines that begin with "- " are steps;
/// a line "review: 2026-12-24" says when to look at it again; everything else says why.
#[derive(Args, Debug)]
pub struct Add {
    #[command(flatten)]
    source: Source,
}

/// List your goals
#[derive(Args, Debug)]
pub struct List {}

/// Show a goal
#[derive(Args, Debug)]
pub struct Show {
    #[command(flatten)]
    one: One,
}

/// Mark a step
#[derive(Debug, Subcommand)]
pub enum Step {
    Done(Done),
}

/// Mark a step as done
#[derive(Args, Debug)]
pub struct Done {
    #[command(flatten)]
    one: One,
    /// Which step: 1 is the first
    #[arg(value_name = "STEP")]
    step: usize,
}

/// Change a goal, in your editor or from a file
#[derive(Args, Debug)]
pub struct Edit {
    #[command(flatten)]
    one: One,
    #[command(flatten)]
    source: Source,
}

/// Close a goal: reached, or let go
#[derive(Args, Debug)]
pub struct Close {
    #[command(flatten)]
    one: One,
}

/// Delete a goal
#[derive(Args, Debug)]
pub struct Delete {
    #[command(flatten)]
    one: One,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Add(cmd) => super::with_text(context, &cmd.source, None, |text| {
                save(context, &["mine", "goals"], &parse(&text))
            }),
            Cmd::List(_) => {
                let route = Route::new(&["mine", "goals"])?;
                let list: MineList<Goal> = context.node(async |node| node.get(route).await)?;
                context
                    .output
                    .answer(&list, || super::listed(&list, "No goals. That is fine.", in_a_line))?;
                Ok(Ending::Done)
            }
            Cmd::Show(cmd) => {
                let goal = get(context, &cmd.one)?;
                context.output.answer(&goal, || words(&goal))?;
                Ok(Ending::Done)
            }
            Cmd::Step(Step::Done(cmd)) => {
                let mut goal = get(context, &cmd.one)?;
                let step = cmd.step.checked_sub(1).and_then(|at| goal.kept.steps.get_mut(at));
                step.ok_or_else(no_such_step)?.done = true;
                save(context, &["mine", "goals", &goal.id], &goal.kept)
            }
            Cmd::Edit(cmd) => cmd.run(context),
            Cmd::Close(cmd) => {
                let mut goal = get(context, &cmd.one)?;
                goal.kept.closed = true;
                save(context, &["mine", "goals", &goal.id], &goal.kept)
            }
            Cmd::Delete(cmd) => super::delete(context, "goals", &cmd.one),
        }
    }
}

impl Edit {
    fn run(self, context: &Context) -> Outcome {
        let before = get(context, &self.one)?;
        super::with_text(context, &self.source, Some(&written(&before.kept)), |text| {
            let goal = Goal { closed: before.kept.closed, ..parse(&text) };
            save(context, &["mine", "goals", &before.id], &goal)
        })
    }
}

fn no_such_step() -> Problem {
    Problem::new(
        Code::UnknownId,
        "This goal has no such step.",
        "\"kith goal show\" shows its steps with numbers.",
    )
}

fn get(context: &Context, one: &One) -> Result<Mine<Goal>, Problem> {
    let route = Route::new(&["mine", "goals", &one.id])?;
    context.node(async |node| node.get(route).await)
}

fn save(context: &Context, place: &[&str], goal: &Goal) -> Outcome {
    let route = Route::new(place)?;
    let goal: Mine<Goal> = context.node(async |node| node.post(route, goal).await)?;
    context.output.answer(&goal, || words(&goal))?;
    Ok(Ending::Done)
}

/// A goal of its written form.
fn parse(text: &str) -> Goal {
    let mut goal = Goal::default();
    let mut why = Vec::new();
    for line in text.lines() {
        let line = line.trim_end();
        if goal.what.is_empty() {
            goal.what = line.trim().to_owned();
        } else if let Some(step) = line.strip_prefix("- ") {
            let (done, what) = step.strip_prefix("[x] ").map_or((false, step), |what| (true, what));
            goal.steps.push(GoalStep { what: what.trim().to_owned(), done });
        } else if let Some(day) = line.strip_prefix("review:") {
            goal.review = Some(day.trim().to_owned());
        } else {
            why.push(line);
        }
    }
    goal.why = why.join("\n").trim().to_owned();
    goal
}

/// The written form of a goal.
fn written(goal: &Goal) -> String {
    let mut text = format!("{}\n", goal.what);
    if !goal.why.is_empty() {
        text.push_str(&format!("{}\n", goal.why));
    }
    for step in &goal.steps {
        text.push_str(&format!("- {}{}\n", if step.done { "[x] " } else { "" }, step.what));
    }
    if let Some(day) = &goal.review {
        text.push_str(&format!("review: {day}\n"));
    }
    text
}

fn in_a_line(id: &str, goal: &Goal) -> String {
    let closed = if goal.closed { "  (closed)" } else { "" };
    format!("[{}]  {}{closed}\n", phrase::id(id), plain::line(&goal.what))
}

fn words(goal: &Mine<Goal>) -> String {
    let mut words = in_a_line(&goal.id, &goal.kept);
    for line in plain::block(&goal.kept.why).lines() {
        words.push_str(&format!("    {line}\n"));
    }
    for (number, step) in (1_usize..).zip(&goal.kept.steps) {
        let done = if step.done { "done" } else { "    " };
        words.push_str(&format!("    {number}. {done} {}\n", plain::line(&step.what)));
    }
    if let Some(day) = &goal.kept.review {
        words.push_str(&format!("    Look at it again on {}.\n", plain::line(day)));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_read_as_it_is_written() {
        let text = "Walk again\nBecause the river calms me.\n- shoes by the door\n- [x] ask Jo\nreview: 2026-12-24\n";
        let goal = parse(text);
        assert_eq!((goal.what.as_str(), goal.why.as_str()), ("Walk again", "Because the river calms me."));
        assert_eq!(goal.steps.iter().map(|step| step.done).collect::<Vec<_>>(), [false, true]);
        assert_eq!(goal.review.as_deref(), Some("2026-12-24"));
        assert_eq!(parse(&written(&goal)), goal);
    }
}
