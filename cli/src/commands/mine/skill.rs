//! `kith skill`: guides for practising alone.

use clap::{Args, Subcommand};
use kith_node::api::types::{Answers, Code, Mine, MineList, Problem, Skill, SkillList};

use super::One;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase, plain, when};

/// Practise something, step by step
///
/// Guides come with the program and are in plain words. What you write down stays on this device.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    List(List),
    Show(Show),
    Run(Run),
    Answers(Written),
    Delete(Delete),
}

/// List the guides
#[derive(Args, Debug)]
pub struct List {}

/// Show a guide, with what is known about it
#[derive(Args, Debug)]
pub struct Show {
    /// The guide: breathing, grounding, ...
    #[arg(value_name = "GUIDE")]
    guide: String,
}

/// Go through a guide, one step after the other
///
/// Answers are lines of stdin; each is kept as soon as it is given. Ctrl-D pauses: the same command goes on from there.
#[derive(Args, Debug)]
pub struct Run {
    /// The guide: breathing, grounding, ...
    #[arg(value_name = "GUIDE")]
    guide: String,
}

/// Show what you wrote down
#[derive(Args, Debug)]
pub struct Written {}

/// Delete what you wrote down once
#[derive(Args, Debug)]
pub struct Delete {
    #[command(flatten)]
    one: One,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::List(_) => {
                let route = Route::new(&["mine", "skills"])?;
                let list: SkillList = context.node(async |node| node.get(route).await)?;
                context.output.answer(&list, || {
                    let line = |one: &Skill| {
                        format!("{:<16}{} (about {} minutes)\n", one.id, one.title, one.minutes)
                    };
                    list.skills.iter().map(line).collect()
                })?;
                Ok(Ending::Done)
            }
            Cmd::Show(cmd) => {
                let skill = guide(context, &cmd.guide)?;
                context.output.answer(&skill, || shown(&skill))?;
                Ok(Ending::Done)
            }
            Cmd::Run(cmd) => cmd.run(context),
            Cmd::Answers(_) => {
                let list = answers(context)?;
                context
                    .output
                    .answer(&list, || super::listed(&list, "Nothing is written down.", in_words))?;
                Ok(Ending::Done)
            }
            Cmd::Delete(cmd) => super::delete(context, "answers", &cmd.one),
        }
    }
}

impl Run {
    fn run(self, context: &Context) -> Outcome {
        let skill = guide(context, &self.guide)?;
        let unfinished = |one: &Mine<Answers>| one.kept.skill == skill.id && !one.kept.finished;
        let mut kept = match answers(context)?.items.into_iter().rev().find(unfinished) {
            Some(kept) => {
                context.output.remark("Going on where you paused.");
                kept
            }
            None => {
                let route = Route::new(&["mine", "answers"])?;
                let wish = Answers { skill: skill.id.clone(), ..Answers::default() };
                context.node(async |node| node.post(route, &wish).await)?
            }
        };
        for step in skill.steps.iter().skip(kept.kept.answers.len()) {
            context.output.remark(&step.say);
            let asked = match &step.ask {
                Some(question) => ask::line(question),
                None => ask::line("(Enter goes on.)"),
            };
            // The end of the input is a pause, and no failure.
            let Ok(answer) = asked else { return paused(context, &kept) };
            let answer = if step.ask.is_some() { answer.to_string() } else { String::new() };
            kept.kept.answers.push(answer);
            kept.kept.finished = kept.kept.answers.len() == skill.steps.len();
            kept = save(context, &kept)?;
        }
        context.output.answer(&kept, || {
            format!("That was it. What you wrote is kept on this device.\n{}", in_words(&kept.id, &kept.kept))
        })?;
        Ok(Ending::Done)
    }
}

fn paused(context: &Context, kept: &Mine<Answers>) -> Outcome {
    context
        .output
        .answer(kept, || format!("\nPaused. \"kith skill run {}\" goes on from here.", kept.kept.skill))?;
    Ok(Ending::Done)
}

fn guide(context: &Context, id: &str) -> Result<Skill, Problem> {
    let route = Route::new(&["mine", "skills", id])?;
    context.node(async |node| node.get(route).await)
}

fn answers(context: &Context) -> Result<MineList<Answers>, Problem> {
    let route = Route::new(&["mine", "answers"])?;
    context.node(async |node| node.get(route).await)
}

fn save(context: &Context, kept: &Mine<Answers>) -> Result<Mine<Answers>, Problem> {
    let route = Route::new(&["mine", "answers", &kept.id])?;
    let saved = context.node(async |node| node.post(route, &kept.kept).await);
    saved.map_err(|problem| match problem.code {
        Code::BadWords => Problem { hint: "Make the answer shorter.".into(), ..problem },
        _ => problem,
    })
}

fn shown(skill: &Skill) -> String {
    let mut words = format!("{} (about {} minutes)\n\n", skill.title, skill.minutes);
    for (number, step) in (1_usize..).zip(&skill.steps) {
        words.push_str(&format!("{number}. {}\n", step.say));
    }
    words.push_str(&format!(
        "\n{}\nIt is no replacement for anybody's help.\n{}. {}.\n",
        skill.evidence, skill.source, skill.licence
    ));
    words
}

fn in_words(id: &str, one: &Answers) -> String {
    let paused = if one.finished { "" } else { "  (paused)" };
    let mut words =
        format!("[{}]  {}, {}{paused}\n", phrase::id(id), plain::line(&one.skill), when::friendly(&one.time));
    for answer in one.answers.iter().filter(|answer| !answer.is_empty()) {
        words.push_str(&format!("    {}\n", plain::line(answer)));
    }
    words
}
