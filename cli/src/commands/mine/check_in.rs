//! `kith checkin`: how somebody is, for themselves, or told to a buddy or a group by choice.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use kith_node::api::types::{
    CheckIn, Delivery, LetterSent, Mine, MineList, Need, Problem, SharedCheckIn, SharedCheckIns,
};

use super::One;
use crate::client::Route;
use crate::commands::report::names;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase, plain, reason, when};

/// The words for 1 to 5.
const MOODS: [&str; 5] = ["very low", "low", "so-so", "all right", "good"];
const ENERGIES: [&str; 5] = ["none", "little", "some", "enough", "plenty"];

/// Note how you are: for yourself alone, or for a buddy or a group
///
/// At a terminal you are asked; flags are for scripts. It stays on this device unless you say otherwise with --for, nothing is
/// charted, and nobody minds when you leave it out.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cmd {
    #[command(subcommand)]
    more: Option<More>,
    /// From 1, very low, to 5, good
    #[arg(long, value_name = "1-5", value_parser = clap::value_parser!(u8).range(1..=5))]
    mood: Option<u8>,
    /// From 1, none, to 5, plenty
    #[arg(long, value_name = "1-5", value_parser = clap::value_parser!(u8).range(1..=5))]
    energy: Option<u8>,
    /// What would help
    #[arg(long, value_name = "NEED")]
    need: Option<NeedArg>,
    /// Take a note from FILE ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    note_file: Option<PathBuf>,
    /// For whom it is
    #[arg(long = "for", value_name = "WHO", default_value = "me")]
    audience: ForWhom,
    /// With "--for group" or "--for buddy": the group, by its id, the beginning of it, or its exact title
    #[arg(long = "in", value_name = "GROUP", required_if_eq_any = [("audience", "group"), ("audience", "buddy")])]
    group: Option<String>,
    /// With "--for buddy": your buddy's member id, or the beginning of it
    #[arg(long, value_name = "MEMBER", required_if_eq("audience", "buddy"))]
    buddy: Option<String>,
}

/// For whom it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ForWhom {
    /// You alone: it stays on this device
    Me,
    /// Your buddy, by letter; nobody else sees it
    Buddy,
    /// All members of a group
    Group,
}

/// Look at earlier ones.
#[derive(Debug, Subcommand)]
pub enum More {
    List(List),
    Delete(Delete),
}

/// List your check-ins, or what members of a group told of theirs
#[derive(Args, Debug)]
pub struct List {
    /// What members told in GROUP: its id, the beginning of it, or its exact title
    #[arg(long = "in", value_name = "GROUP")]
    group: Option<String>,
}

/// Delete one
#[derive(Args, Debug)]
pub struct Delete {
    #[command(flatten)]
    one: One,
}

/// What would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum NeedArg {
    JustListen,
    AdviceWelcome,
    Distraction,
    Company,
    PracticalHelp,
    None,
}

const NEEDS: [(Need, &str); 6] = [
    (Need::JustListen, "somebody who just listens"),
    (Need::AdviceWelcome, "advice"),
    (Need::Distraction, "something else to think of"),
    (Need::Company, "company"),
    (Need::PracticalHelp, "practical help"),
    (Need::None, "nothing in particular"),
];

impl NeedArg {
    fn need(self) -> Need {
        match self {
            NeedArg::JustListen => Need::JustListen,
            NeedArg::AdviceWelcome => Need::AdviceWelcome,
            NeedArg::Distraction => Need::Distraction,
            NeedArg::Company => Need::Company,
            NeedArg::PracticalHelp => Need::PracticalHelp,
            NeedArg::None => Need::None,
        }
    }
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["mine", "check-ins"])?;
        match self.more {
            Some(More::List(List { group: Some(group) })) => return shared(context, &group),
            Some(More::List(List { group: None })) => {
                let list: MineList<CheckIn> = context.node(async |node| node.get(route).await)?;
                context.output.answer(&list, || super::listed(&list, "No check-ins.", in_words))?;
                return Ok(Ending::Done);
            }
            Some(More::Delete(cmd)) => return super::delete(context, "check-ins", &cmd.one),
            None => {}
        }
        context.before_asking()?;
        let asks = self.mood.is_none() && context.can_ask();
        let mood = chosen(context, self.mood, "How are you?", "--mood", &MOODS)?;
        let energy = chosen(context, self.energy, "How much strength is there?", "--energy", &ENERGIES)?;
        let needs = NEEDS.map(|(_, words)| words);
        let need = match self.need {
            Some(need) => need.need(),
            None if asks => {
                let number = usize::from(chosen(context, None, "What would help?", "--need", &needs)?);
                number.checked_sub(1).and_then(|at| NEEDS.get(at)).map_or(Need::None, |(need, _)| *need)
            }
            None => Need::None,
        };
        let note = match &self.note_file {
            Some(path) => reason::read(path)?,
            None if asks => ask::line("Anything else? (Leave it empty for no.)")?.to_string(),
            None => String::new(),
        };
        let wish = CheckIn { mood, energy, need, note, ..CheckIn::default() };
        match (self.audience, &self.group, &self.buddy) {
            (ForWhom::Group, Some(group), _) => {
                let route = Route::new(&["groups", group, "check-ins"])?;
                let sent: Delivery = context.node(async |node| node.post(route, &wish).await)?;
                context.output.answer(&sent, || {
                    let id = phrase::id(&sent.post);
                    let told = phrase::delivery(&sent);
                    format!("All members can read it, and it is kept for you here. {told} To take it back: kith withdraw {id}")
                })?;
                return Ok(Ending::Done);
            }
            (ForWhom::Buddy, Some(group), Some(buddy)) => {
                let route = Route::new(&["groups", group, "contacts", buddy, "check-in"])?;
                let sent: LetterSent = context.node(async |node| node.post(route, &wish).await)?;
                let to = names(&sent.to);
                context.output.answer(&sent, || {
                    format!("It leaves within two minutes, for {to} alone, and is kept for you here.")
                })?;
                return Ok(Ending::Done);
            }
            _ => {}
        }
        let kept: Mine<CheckIn> = context.node(async |node| node.post(route, &wish).await)?;
        context.output.answer(&kept, || {
            format!("Kept on this device, for you alone.\n{}", in_words(&kept.id, &kept.kept))
        })?;
        Ok(Ending::Done)
    }
}

/// What a flag says, or what is chosen of words.
fn chosen(
    context: &Context,
    given: Option<u8>,
    question: &str,
    flag: &str,
    words: &[&str],
) -> Result<u8, Problem> {
    if let Some(given) = given {
        return Ok(given);
    }
    if !context.can_ask() {
        return Err(phrase::say_it("A number", flag));
    }
    context.output.remark(question);
    for (number, word) in (1..).zip(words) {
        context.output.remark(&format!("  {number} {word}"));
    }
    loop {
        let number: Option<u8> = ask::needed("Number:")?.parse().ok();
        if let Some(number) = number.filter(|number| (1..=words.len()).contains(&usize::from(*number))) {
            return Ok(number);
        }
    }
}

/// What members of a group told.
fn shared(context: &Context, group: &str) -> Outcome {
    let route = Route::new(&["groups", group, "check-ins"])?;
    let list: SharedCheckIns = context.node(async |node| node.get(route).await)?;
    let one = |one: &SharedCheckIn| {
        let (name, time) = (plain::line(&one.name), when::friendly(&one.check_in.time));
        let mut words = format!("{name}, {time}   [{}]\n    {}\n", phrase::id(&one.post), how(&one.check_in));
        for line in plain::block(&one.check_in.note).lines() {
            words.push_str(&format!("    {line}\n"));
        }
        words
    };
    context.output.answer(&list, || match list.check_ins.as_slice() {
        [] => "Nobody has told how they are. Nobody has to.".to_owned(),
        some => some.iter().map(one).collect(),
    })?;
    Ok(Ending::Done)
}

/// How somebody is, in a line.
pub fn how(one: &CheckIn) -> String {
    let word = |words: &[&'static str], number: u8| {
        usize::from(number).checked_sub(1).and_then(|at| words.get(at).copied()).unwrap_or("not said")
    };
    let need = NEEDS.iter().find(|(need, _)| *need == one.need).map_or("", |(_, words)| words);
    format!("{}; strength: {}; would help: {need}", word(&MOODS, one.mood), word(&ENERGIES, one.energy))
}

fn in_words(id: &str, one: &CheckIn) -> String {
    let mut words = format!("[{}]  {}: {}\n", phrase::id(id), when::friendly(&one.time), how(one));
    for line in plain::block(&one.note).lines() {
        words.push_str(&format!("    {line}\n"));
    }
    words
}
