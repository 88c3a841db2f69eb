//! `kith crisis`: where to get help now, and a plan for hard times.

use std::io::ErrorKind;

use clap::{Args, Subcommand};
use kith_node::api::types::{AddLine, Code, HelpCard, HelpLine, Mine, Plan, Problem};
use kith_node::mine;
use kith_node::service::mine as general;

use super::{One, plan};
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::{phrase, plain};

/// Where to get help now, and your plan for hard times
///
/// The card shows while your node is stopped and everything is locked. Which country it is for, you say; it is never
/// guessed.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Card(Card),
    SetCountry(SetCountry),
    Add(Add),
    Remove(Remove),
    #[command(subcommand)]
    Plan(PlanCmd),
}

/// Show numbers to call
#[derive(Args, Debug)]
pub struct Card {
    /// For another country than yours, as two letters
    #[arg(long, value_name = "CC")]
    country: Option<String>,
}

/// Say whose numbers to show
#[derive(Args, Debug)]
pub struct SetCountry {
    /// The country as two letters: NZ
    #[arg(value_name = "CC")]
    country: String,
}

/// Add a line of your own to the card
///
/// From stdin, a file or your editor: who, the number, and if you like when or anything else, each on a line. Your own
/// lines are sealed, and show while your node runs.
#[derive(Args, Debug)]
pub struct Add {
    #[command(flatten)]
    source: Source,
}

/// Remove a line of your own
#[derive(Args, Debug)]
pub struct Remove {
    #[command(flatten)]
    one: One,
}

/// Keep a plan for hard times, in six steps and your own words
#[derive(Debug, Subcommand)]
pub enum PlanCmd {
    Show(PlanShow),
    Edit(PlanEdit),
    Print(PlanPrint),
}

/// Show your plan
#[derive(Args, Debug)]
pub struct PlanShow {}

/// Write your plan, in your editor, or from stdin or a file with the same six headings
#[derive(Args, Debug)]
pub struct PlanEdit {
    #[command(flatten)]
    source: Source,
}

/// Print your plan with the numbers of your card, to be kept on paper
#[derive(Args, Debug)]
pub struct PlanPrint {}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Card(cmd) => cmd.run(context),
            Cmd::SetCountry(cmd) => cmd.run(context),
            Cmd::Add(cmd) => {
                let route = Route::new(&["mine", "crisis", "lines"])?;
                let card: HelpCard = super::with_text(context, &cmd.source, None, |text| {
                    let mut lines =
                        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
                    let line = AddLine {
                        name: lines.next().unwrap_or_default(),
                        call: lines.next().unwrap_or_default(),
                        hours: lines.collect::<Vec<_>>().join("; "),
                    };
                    context.node(async |node| node.post(route, &line).await)
                })?;
                answer(context, &card, true)
            }
            Cmd::Remove(cmd) => super::delete_at(context, &["mine", "crisis", "lines", &cmd.one.id]),
            Cmd::Plan(cmd) => cmd.run(context),
        }
    }
}

impl Card {
    fn run(self, context: &Context) -> Outcome {
        let code = self.country.map(|code| code.to_ascii_uppercase());
        let other = code.is_some();
        let known = general::help_card(code.or_else(|| mine::chosen(context.paths())));
        let route = Route::new(&["mine", "crisis"])?;
        // Whatever is wrong with the node, the numbers show.
        let asked: Result<HelpCard, Problem> = context.node(async |node| node.get(route).await);
        let with_own = asked.is_ok();
        let own = asked.map(|card| card.own).unwrap_or_default();
        answer(context, &HelpCard { own: if other { Vec::new() } else { own }, ..known }, with_own || other)
    }
}

impl SetCountry {
    fn run(self, context: &Context) -> Outcome {
        // Not through the node: this has to work while it is stopped.
        mine::choose(context.paths(), &self.country).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Code::NoIdentity.into(),
            _ => general::not_chosen(error),
        })?;
        let card = general::help_card(mine::chosen(context.paths()));
        answer(context, &card, true)
    }
}

impl PlanCmd {
    fn run(self, context: &Context) -> Outcome {
        let get = || -> Result<Plan, Problem> {
            let route = Route::new(&["mine", "plan"])?;
            context.node(async |node| node.get(route).await)
        };
        match self {
            PlanCmd::Show(_) => {
                let kept = get()?;
                context.output.answer(&kept, || plan::shown(&kept))?;
            }
            PlanCmd::Print(_) => {
                let kept = get()?;
                let card = general::help_card(mine::chosen(context.paths()));
                context.output.answer(&kept, || format!("{}{}", plan::shown(&kept), words(&card, true)))?;
            }
            PlanCmd::Edit(cmd) => {
                let before = if cmd.source.is_person(context) { Some(plan::written(&get()?)) } else { None };
                let route = Route::new(&["mine", "plan"])?;
                let kept: Plan = super::with_text(context, &cmd.source, before.as_deref(), |text| {
                    let wish = plan::parse(&text);
                    context.node(async |node| node.post(route, &wish).await)
                })?;
                context.output.answer(&kept, || {
                    format!("Kept on this device, for you alone.\n\n{}", plan::shown(&kept))
                })?;
            }
        }
        Ok(Ending::Done)
    }
}

fn answer(context: &Context, card: &HelpCard, whole: bool) -> Outcome {
    context.output.answer(card, || words(card, whole))?;
    Ok(Ending::Done)
}

fn words(card: &HelpCard, whole: bool) -> String {
    let mut words = String::new();
    match (&card.name, &card.emergency) {
        (Some(name), Some(emergency)) => {
            words.push_str(&format!("{name}\n\nIn danger now: {emergency}\n\nSomebody to talk with:\n"));
        }
        _ => {
            let what = match &card.country {
                Some(code) => format!("There are no numbers for {} here.", plain::line(code)),
                None => "No country is chosen: kith crisis set-country CC".to_owned(),
            };
            words.push_str(&format!("{what}\n\nIn danger now, call the emergency number where you are:\n"));
            for country in mine::countries() {
                words.push_str(&format!("  {}  {}: {}\n", country.code, country.name, country.emergency));
            }
        }
    }
    words.extend(card.lines.iter().map(line));
    words.extend(card.own.iter().map(own));
    if !whole {
        words.push_str("  (Lines of your own show while your node runs.)\n");
    }
    if let Some(day) = &card.checked_on {
        words.push_str(&format!("\nChecked on {day}. Check the number: they change.\n"));
    }
    words.push_str(&format!("Lines in other countries: {}\n", card.elsewhere));
    words.push_str("Nobody here can find out where you are. Kith calls nobody for you.\n");
    words
}

fn line(line: &HelpLine) -> String {
    let call = line.call.as_ref().map(|number| format!("call {}", plain::line(number)));
    let text = line.text.as_ref().map(|number| format!("text {}", plain::line(number)));
    let online = line.online.as_ref().map(|address| plain::line(address).into_owned());
    let ways: Vec<String> = [call, text, online].into_iter().flatten().collect();
    let hours =
        if line.hours.is_empty() { String::new() } else { format!(" ({})", plain::line(&line.hours)) };
    format!("  {}: {}{hours}\n", plain::line(&line.name), ways.join(", "))
}

fn own(one: &Mine<HelpLine>) -> String {
    format!("{}      yours: [{}]\n", line(&one.kept), phrase::id(&one.id))
}
