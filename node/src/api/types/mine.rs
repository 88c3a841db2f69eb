//! What a person keeps for themselves alone. What is stored, sealed, is the JSON of these types.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Id, Intent, Time};

/// A day, as `2026-11-28`.
pub type Day = String;

/// Something kept, with its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mine<T> {
    /// Its id.
    pub id: Id,
    /// What is kept.
    #[serde(flatten)]
    pub kept: T,
}

/// All of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MineList<T> {
    /// The oldest first.
    pub items: Vec<Mine<T>>,
    /// Ids of those that are damaged on the disk: they stay there until they are deleted.
    pub damaged: Vec<Id>,
}

/// What was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Deleted {
    /// Its id.
    pub deleted: Id,
}

/// A page of the journal, and anything else that is a text with a time: thanks, drafts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Written {
    /// When.
    pub time: Time,
    /// What, byte for byte.
    pub text: String,
}

/// What stands in a form that was not sent yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// Which form, by the name that its face gives it.
    pub place: String,
    /// When.
    pub time: Time,
    /// What its face keeps of it.
    pub text: String,
}

/// Something to go for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Goal {
    /// What.
    pub what: String,
    /// Why it matters to me.
    pub why: String,
    /// Steps on the way.
    pub steps: Vec<GoalStep>,
    /// When to look at it again.
    pub review: Option<Day>,
    /// Whether it is closed: reached, or let go.
    pub closed: bool,
}

/// A step of a goal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GoalStep {
    /// What.
    pub what: String,
    /// Whether it is done.
    pub done: bool,
}

/// Something that I count: days, visits, firsts. Nothing counted is ever lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// What.
    pub what: String,
    /// The word for what is counted; `days` count by themselves.
    pub unit: String,
    /// The stretches, the one going on last.
    pub stretches: Vec<Stretch>,
    /// How many in the stretch going on; reckoned when asked.
    #[serde(default)]
    pub now: u32,
    /// How many in the stretches before; they still count.
    #[serde(default)]
    pub earlier: u32,
}

/// A stretch of a milestone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// From which day.
    pub from: Day,
    /// How many, of a stretch that is over or whose unit is not days.
    #[serde(default)]
    pub count: u32,
}

/// A milestone to be begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddMilestone {
    /// What.
    pub what: String,
    /// The word for what is counted; `days` if left out.
    #[serde(default)]
    pub unit: Option<String>,
    /// From which day; today if left out.
    #[serde(default)]
    pub since: Option<Day>,
    /// How many so far, where the unit is not days.
    #[serde(default)]
    pub count: u32,
}

/// One more, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CountMore {
    /// How many.
    pub more: u32,
}

/// What would help.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is what it is called")]
pub enum Need {
    JustListen,
    AdviceWelcome,
    Distraction,
    Company,
    PracticalHelp,
    #[default]
    None,
}

/// Who sees a check-in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Audience {
    /// I alone: it stays on this device.
    #[default]
    OnlyMe,
    /// A buddy, by letter.
    Buddy,
    /// All members of a group.
    Group,
}

/// How a member said they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedCheckIn {
    /// Its id, by which it can be taken back.
    pub post: Id,
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Whether it is my own.
    pub mine: bool,
    /// How they are.
    #[serde(flatten)]
    pub check_in: CheckIn,
}

/// How members of a group said they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedCheckIns {
    /// The newest first.
    pub check_ins: Vec<SharedCheckIn>,
}

/// What a member said they reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedMilestone {
    /// Its id, by which it can be taken back.
    pub post: Id,
    /// Who: member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Whether it is my own.
    pub mine: bool,
    /// What.
    pub what: String,
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: String,
    /// When it was shared.
    pub time: Time,
}

/// What members of a group said they reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedMilestones {
    /// The newest first.
    pub milestones: Vec<SharedMilestone>,
}

/// Where to share something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareIn {
    /// The group: id, beginning of an id, or exact title.
    pub group: String,
}

/// How somebody is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// When; set by the node.
    #[serde(default)]
    pub time: Time,
    /// From 1, very low, to 5, good; 0 where it was not said, as one may who keeps it for themselves.
    #[serde(default)]
    pub mood: u8,
    /// From 1, none, to 5, plenty; 0 as of the mood.
    #[serde(default)]
    pub energy: u8,
    /// What would help.
    #[serde(default)]
    pub need: Need,
    /// Anything else.
    #[serde(default)]
    pub note: String,
    /// Who sees it.
    #[serde(default)]
    pub audience: Audience,
}

/// A guide for practising alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Skill {
    /// By which it is named.
    pub id: String,
    /// Its title.
    pub title: String,
    /// About how long it takes.
    pub minutes: u32,
    /// What is known about whether it helps.
    pub evidence: String,
    /// Under what terms its words can be used.
    pub licence: String,
    /// Where its words come from.
    pub source: String,
    /// The language of its words.
    pub language: String,
    /// What to do.
    pub steps: Vec<SkillStep>,
}

/// One step of a guide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SkillStep {
    /// What to do.
    pub say: String,
    /// What is asked, where there is something to write down.
    pub ask: Option<String>,
}

/// All guides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SkillList {
    /// In the order in which they come with the program.
    pub skills: Vec<Skill>,
}

/// What somebody wrote down while going through a guide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The guide.
    pub skill: String,
    /// When it was begun; set by the node.
    #[serde(default)]
    pub time: Time,
    /// One for each step taken so far; empty where nothing was asked or written.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Whether it was gone through to the end.
    #[serde(default)]
    pub finished: bool,
}

/// My plan for hard times, in six steps and my own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Plan {
    /// How I notice that it is getting hard.
    pub signs: String,
    /// What I can do alone.
    pub alone: String,
    /// People and places that take my mind off it.
    pub places: String,
    /// People I can ask for help.
    pub people: String,
    /// Services and numbers.
    pub services: String,
    /// How I make the place around me safer.
    pub surroundings: String,
}

/// Somebody to talk with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct HelpLine {
    /// What it is called.
    pub name: String,
    /// The number to call.
    pub call: Option<String>,
    /// The number to write to.
    pub text: Option<String>,
    /// When.
    pub hours: String,
    /// Where to write, or read more.
    pub online: Option<String>,
    /// Where this was read.
    pub source: String,
}

/// Where to get help now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HelpCard {
    /// The country that was chosen: two letters.
    pub country: Option<String>,
    /// What it is called; none if there are no numbers for it here.
    pub name: Option<String>,
    /// What to call in danger.
    pub emergency: Option<String>,
    /// On which day the numbers were checked.
    pub checked_on: Option<Day>,
    /// Whom to talk with.
    pub lines: Vec<HelpLine>,
    /// My own lines, which stay sealed.
    pub own: Vec<Mine<HelpLine>>,
    /// Where lines of other countries are.
    pub elsewhere: String,
}

/// A country to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseCountry {
    /// Two letters: `NZ`.
    pub country: String,
}

/// A line of my own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddLine {
    /// Who.
    pub name: String,
    /// The number.
    pub call: String,
    /// When, or anything else.
    #[serde(default)]
    pub hours: String,
}

/// What my situation is, in words of my own, for this device alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tags {
    /// The words.
    pub tags: Vec<String>,
}

/// What to think of beside an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Coach {
    /// What was wished for.
    pub intent: Intent,
    /// The same in a sentence.
    pub about: String,
    /// How to show that one understood.
    pub reflect: Vec<String>,
    /// What to ask.
    pub ask: Vec<String>,
    /// What to offer.
    pub offer: Vec<String>,
    /// What is known about whether it helps.
    pub evidence: String,
    /// Under what terms its words can be used.
    pub licence: String,
    /// Where its words come from.
    pub source: String,
    /// The language of its words.
    pub language: String,
}

/// What one can do who is worried about somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Worried {
    /// When it is for.
    pub about: String,
    /// One after the other.
    pub steps: Vec<String>,
}
