//! What goes to one or a few people alone: reports, notes, appeals.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CheckIn, Id, Time};

/// Why something is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// It hurts or threatens somebody.
    Harm,
    /// It breaks a rule.
    Rule,
    /// I am worried about whoever wrote it.
    Worry,
}

/// What came of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportOutcome {
    /// It was read, and is kept in mind.
    Noted,
    /// Something was done.
    Acted,
    /// No rule was broken.
    NoBreach,
}

/// A post, or words to me alone, to be reported to the facilitators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Why.
    pub kind: ReportKind,
    /// More, if there is more to say: at most 2048 bytes.
    #[serde(default)]
    pub note: String,
    /// A facilitator who is not to get it: id or beginning of an id. Whoever wrote the post never does.
    #[serde(default)]
    pub not_to: Option<String>,
}

/// A letter on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LetterSent {
    /// Its name.
    pub letter: Id,
    /// Whom it is for: what they are called.
    pub to: Vec<String>,
}

/// How a report of mine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportState {
    /// On its way.
    Sent,
    /// A facilitator's node has it.
    Received,
    /// A facilitator has answered.
    Answered,
}

/// A report of mine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportMine {
    /// The report.
    pub report: Id,
    /// Why.
    pub kind: ReportKind,
    /// The post; of words to one alone, the letter that they begin in.
    pub post: Id,
    /// Whether it is about words that were written to the reporter alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub direct: bool,
    /// Who gets it: what they are called.
    pub to: Vec<String>,
    /// How it stands.
    pub state: ReportState,
    /// What came of it.
    pub outcome: Option<ReportOutcome>,
    /// What the facilitator says to it.
    pub note: String,
    /// When.
    pub time: Time,
}

/// A report that reached me as a facilitator. It is kept for 30 days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportReceived {
    /// The report.
    pub report: Id,
    /// Why.
    pub kind: ReportKind,
    /// The post; of words to one alone, the letter that they begin in.
    pub post: Id,
    /// Whether it is about words that were written to the reporter alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub direct: bool,
    /// Who wrote it: what they are called.
    pub author: String,
    /// What stood there when it was reported, also if its author has taken it back since.
    pub text: String,
    /// What the reporter says.
    pub note: String,
    /// Who reported it: what they are called.
    pub from: String,
    /// When.
    pub time: Time,
    /// What I answered.
    pub outcome: Option<ReportOutcome>,
}

/// Reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportList {
    /// Those that reached me, the newest first.
    pub received: Vec<ReportReceived>,
    /// My own, the newest first.
    pub mine: Vec<ReportMine>,
}

/// An answer to a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerReport {
    /// What came of it.
    pub outcome: ReportOutcome,
    /// More, if there is more to say: at most 2048 bytes.
    #[serde(default)]
    pub note: String,
}

/// Words to one person alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceivedLetter {
    /// The letter.
    pub letter: Id,
    /// Who wrote it: member id.
    pub from: Id,
    /// What that member is called.
    pub name: String,
    /// The words.
    pub text: String,
    /// What they are about: a post, or an act of a facilitator.
    pub about: Option<Id>,
    /// Whether they are a few kind words that ask for no answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kind_words: bool,
    /// How they are, if that is what they tell: the text is empty then.
    #[serde(default)]
    pub check_in: Option<CheckIn>,
    /// When.
    pub time: Time,
}

/// Letters that reached me.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LetterList {
    /// The newest first.
    pub letters: Vec<ReceivedLetter>,
}
