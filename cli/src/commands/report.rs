//! `kith report`: turning to the facilitators about a post, or about words to oneself alone, and answering those who did.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand, ValueEnum};
use kith_node::api::types::{
    AnswerReport, LetterSent, Report, ReportKind, ReportList, ReportMine, ReportOutcome, ReportReceived,
    ReportState,
};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{phrase, plain, reason, when};

/// Turn to the facilitators about a post or a direct message, and answer those who did
///
/// Nobody but the facilitators it goes to sees that you reported something, or what.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Post(Post),
    Dm(Dm),
    List(List),
    Answer(Answer),
}

/// Report a post to the facilitators
///
/// They get the post as it is now, also if its author takes it back, for at most 30 days; and your name. Whoever wrote
/// the post does not get it; you can leave out one more. It leaves within two minutes.
#[derive(Args, Debug)]
pub struct Post {
    /// The post or reply: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
    #[command(flatten)]
    why: Why,
}

/// Report to the facilitators what somebody wrote to you alone
///
/// They get these words as their author signed them, for at most 30 days, and your name; the rest of what you wrote to each
/// other they do not get. Whoever wrote them does not get your report. It leaves within two minutes.
#[derive(Args, Debug)]
pub struct Dm {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// Who wrote it: their id, or the beginning of it (6 characters or more)
    #[arg(value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    member: String,
    /// The line, as "kith dm show" names it: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "LINE", value_parser = NonEmptyStringValueParser::new())]
    line: String,
    #[command(flatten)]
    why: Why,
}

/// Why, and to whom not.
#[derive(Args, Debug)]
struct Why {
    /// Why
    #[arg(long, value_name = "KIND", default_value = "rule")]
    kind: KindArg,
    /// A facilitator who is not to get it: their id, or the beginning of it
    #[arg(long, value_name = "MEMBER")]
    not_to: Option<String>,
    /// More, if you wish, from FILE ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    note_file: Option<PathBuf>,
}

/// List reports that reached you, and your own
#[derive(Args, Debug)]
pub struct List {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Answer a report that reached you
#[derive(Args, Debug)]
pub struct Answer {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The report: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "REPORT", value_parser = NonEmptyStringValueParser::new())]
    report: String,
    /// What came of it
    #[arg(long, value_name = "OUTCOME")]
    outcome: OutcomeArg,
    /// More, if you wish, from FILE ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    note_file: Option<PathBuf>,
}

/// Why something is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindArg {
    /// It hurts or threatens somebody
    Harm,
    /// It breaks a rule
    Rule,
    /// I am worried about whoever wrote it
    Worry,
}

/// What came of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutcomeArg {
    /// It was read, and is kept in mind
    Noted,
    /// Something was done
    Acted,
    /// No rule was broken
    NoBreach,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Post(cmd) => cmd.run(context),
            Cmd::Dm(cmd) => cmd.run(context),
            Cmd::List(cmd) => cmd.run(context),
            Cmd::Answer(cmd) => cmd.run(context),
        }
    }
}

impl Post {
    fn run(self, context: &Context) -> Outcome {
        self.why.send(context, Route::new(&["posts", &self.post, "report"])?)
    }
}

impl Dm {
    fn run(self, context: &Context) -> Outcome {
        let place = ["groups", &self.group, "contacts", &self.member, "lines", &self.line, "report"];
        self.why.send(context, Route::new(&place)?)
    }
}

impl Why {
    fn send(self, context: &Context, route: Route) -> Outcome {
        let note = self.note_file.as_deref().map(reason::read).transpose()?.unwrap_or_default();
        let kind = match self.kind {
            KindArg::Harm => ReportKind::Harm,
            KindArg::Rule => ReportKind::Rule,
            KindArg::Worry => ReportKind::Worry,
        };
        let report = Report { kind, note, not_to: self.not_to };
        let sent: LetterSent = context.node(async |node| node.post(route, &report).await)?;
        context.output.answer(&sent, || {
            format!(
                "Your report leaves within two minutes, for: {}.\n\
                 \"kith report list\" shows when it has arrived, and what came of it. If somebody is in danger now, call \
                 your emergency number.",
                names(&sent.to)
            )
        })?;
        Ok(Ending::Done)
    }
}

impl List {
    fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "reports"])?;
        let list: ReportList = context.node(async |node| node.get(route).await)?;
        context.output.answer(&list, || words(&list))?;
        Ok(Ending::Done)
    }
}

impl Answer {
    fn run(self, context: &Context) -> Outcome {
        let note = self.note_file.as_deref().map(reason::read).transpose()?.unwrap_or_default();
        let outcome = match self.outcome {
            OutcomeArg::Noted => ReportOutcome::Noted,
            OutcomeArg::Acted => ReportOutcome::Acted,
            OutcomeArg::NoBreach => ReportOutcome::NoBreach,
        };
        let route = Route::new(&["groups", &self.group, "reports", &self.report, "answer"])?;
        let answer = AnswerReport { outcome, note };
        let list: ReportList = context.node(async |node| node.post(route, &answer).await)?;
        context.output.answer(&list, || "Your answer leaves within two minutes.".to_owned())?;
        Ok(Ending::Done)
    }
}

/// What people are called, with commas between.
pub fn names(names: &[String]) -> String {
    names.iter().map(|name| plain::line(name).into_owned()).collect::<Vec<_>>().join(", ")
}

fn words(list: &ReportList) -> String {
    if list.received.is_empty() && list.mine.is_empty() {
        return "There are no reports.".to_owned();
    }
    let received = list.received.iter().map(received);
    received.chain(list.mine.iter().map(mine)).collect::<Vec<_>>().join("\n")
}

fn received(report: &ReportReceived) -> String {
    let mut words = format!(
        "[{}]  {}, {}: {} [{}] by {}\n",
        phrase::id(&report.report),
        plain::line(&report.from),
        when::friendly(&report.time),
        kind(report.kind, report.direct),
        phrase::id(&report.post),
        plain::line(&report.author),
    );
    for line in plain::block(&report.text).lines() {
        words.push_str(&format!("    > {line}\n"));
    }
    for line in plain::block(&report.note).lines() {
        words.push_str(&format!("    {line}\n"));
    }
    words.push_str(&match report.outcome {
        Some(outcome) => format!("    You answered: {}\n", said(outcome)),
        None => "    Not answered yet: kith report answer\n".to_owned(),
    });
    words
}

fn mine(report: &ReportMine) -> String {
    let state = match report.state {
        ReportState::Sent => "On its way.".to_owned(),
        ReportState::Received => "It has reached a facilitator.".to_owned(),
        ReportState::Answered => {
            let note = plain::line(&report.note);
            let outcome = report.outcome.map_or("", said);
            if note.is_empty() { outcome.to_owned() } else { format!("{outcome} \"{note}\"") }
        }
    };
    format!(
        "[{}]  You, {}: {} [{}], to {}\n    {state}\n",
        phrase::id(&report.report),
        when::friendly(&report.time),
        kind(report.kind, report.direct),
        phrase::id(&report.post),
        names(&report.to),
    )
}

fn kind(kind: ReportKind, direct: bool) -> &'static str {
    match (kind, direct) {
        (ReportKind::Harm, false) => "a post that hurts or threatens",
        (ReportKind::Rule, false) => "a post that breaks a rule",
        (ReportKind::Worry, false) => "worried about whoever wrote a post",
        (ReportKind::Harm, true) => "words to one alone that hurt or threaten",
        (ReportKind::Rule, true) => "words to one alone that break a rule",
        (ReportKind::Worry, true) => "worried about whoever wrote to one alone",
    }
}

fn said(outcome: ReportOutcome) -> &'static str {
    match outcome {
        ReportOutcome::Noted => "It was read, and is kept in mind.",
        ReportOutcome::Acted => "Something was done: \"kith group record\" shows what.",
        ReportOutcome::NoBreach => "No rule was broken.",
    }
}
