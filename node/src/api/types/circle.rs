//! Circles: live sessions of a few people, announced beforehand, of which nothing is kept.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Id, Time};

/// In which form people speak in a circle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CircleForm {
    /// One after another; in a turn nobody else speaks.
    #[default]
    Rounds,
    /// Whoever wishes to.
    OpenFloor,
    /// One after another has the time of the others, who may answer.
    SupportTurns,
}

/// When a circle is, seen from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CircleState {
    /// It is to come; people can go to it from 30 minutes before.
    Coming,
    /// One can go to it now. Whether anybody is there is known to those who are.
    Open,
    /// It has been.
    Past,
}

/// A member, as far as a circle needs to tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CircleMember {
    /// Member id.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Whether it is me.
    pub me: bool,
}

/// A circle as it was announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Circle {
    /// The circle.
    pub circle: Id,
    /// The group it is in.
    pub group: Id,
    /// Who leads.
    pub host: CircleMember,
    /// Who leads when the host is gone, if anybody.
    pub co_host: Option<CircleMember>,
    /// When it begins.
    pub start: Time,
    /// How long it is meant to take, in minutes. Nothing ends by it.
    pub minutes: u16,
    /// People at a time.
    pub size: u8,
    /// In which form people speak.
    pub form: CircleForm,
    /// The soft time of a turn in minutes, 0 for none. Nobody is cut off by it.
    pub soft_minutes: u16,
    /// Words to begin with; may be empty.
    pub opening: String,
    /// What the rounds are about, one after another.
    pub prompts: Vec<String>,
    /// Words to end with; may be empty.
    pub closing: String,
    /// When it is, seen from now.
    pub state: CircleState,
    /// Whether I am in it, or on the way in, on this device.
    pub here: bool,
    /// Whether I announced it, and so can call it off.
    #[serde(default)]
    pub mine: bool,
}

/// The circles of a group: those to come and open ones in the order in which they begin, then past ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CircleList {
    /// The circles.
    pub circles: Vec<Circle>,
}

/// A circle to be announced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnounceCircle {
    /// When it begins; now if left out.
    #[serde(default)]
    pub start: Option<Time>,
    /// How long it is meant to take, in minutes: 1 to 240; 60 if left out.
    #[serde(default)]
    pub minutes: Option<u16>,
    /// Who leads: a member's id or the beginning of one; I if left out.
    #[serde(default)]
    pub host: Option<String>,
    /// Who leads when the host is gone: a member's id or the beginning of one.
    #[serde(default)]
    pub co_host: Option<String>,
    /// People at a time: 2 to 8; 8 if left out.
    #[serde(default)]
    pub size: Option<u8>,
    /// In which form people speak; rounds if left out.
    #[serde(default)]
    pub form: CircleForm,
    /// The soft time of a turn in minutes, at most 240; 0 for none.
    #[serde(default)]
    pub soft_minutes: u16,
    /// Words to begin with: at most 2048 bytes.
    #[serde(default)]
    pub opening: String,
    /// What the rounds are about: at most 8, each at most 400 bytes.
    #[serde(default)]
    pub prompts: Vec<String>,
    /// Words to end with: at most 2048 bytes.
    #[serde(default)]
    pub closing: String,
}

/// Where I am with a circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomPlace {
    /// I ask to be let in, and nobody has answered yet.
    Asking,
    /// I come in when the round is over.
    Waiting,
    /// There is no free place now.
    Full,
    /// I am in it.
    In,
    /// Its host closed it.
    Closed,
    /// I left.
    Left,
    /// I am in it with another device.
    Elsewhere,
    /// Host and co-host have been gone for long.
    Unled,
}

/// Who leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomLed {
    /// Who; null if nobody does, and the floor is open to everybody.
    pub by: Option<CircleMember>,
    /// Whether nothing has been heard of them for a moment: the other of host and co-host goes on soon.
    pub silent: bool,
    /// Whether it is me.
    pub me: bool,
}

/// How far a circle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomPhase {
    /// People come in.
    Gathering,
    /// A round is on: somebody has the turn.
    Turns,
    /// A round is over.
    Between,
    /// Whoever wishes to speaks.
    Floor,
    /// The last words.
    Closing,
}

/// Somebody who is in a circle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomPerson {
    /// Who.
    #[serde(flatten)]
    pub who: CircleMember,
    /// Whether they are its host or co-host.
    pub leads: bool,
    /// Whether they need a minute.
    pub minute: bool,
    /// Whether their device has been silent for a while.
    pub silent: bool,
    /// Whether their device sent two versions of one message; nothing of them is shown.
    pub split: bool,
}

/// Whether what I said reached anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomReach {
    /// Somebody else has it. So have I what another said.
    Heard,
    /// My own words: nobody has said yet that they have them.
    NotYet,
    /// My own words, which reached nobody, and will not any more. I can say them again.
    Lost,
}

/// Something that was said in a circle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomWords {
    /// Its place in what was said here.
    pub number: u32,
    /// By whom.
    #[serde(flatten)]
    pub who: CircleMember,
    /// Whether it was said in a turn they had.
    pub in_turn: bool,
    /// Whether it reached anybody.
    pub reach: RoomReach,
    /// The words.
    pub text: String,
    /// When they came here.
    pub time: Time,
}

/// A circle as it is seen by somebody who is in it, or on the way in. Who passes leaves no trace: the turn is
/// somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Room {
    /// The circle.
    pub circle: Id,
    /// Where I am with it.
    pub place: RoomPlace,
    /// Who leads.
    pub led: RoomLed,
    /// How far it is.
    pub phase: RoomPhase,
    /// Rounds begun.
    pub round: u16,
    /// What this round is about, if that was announced.
    pub prompt: Option<String>,
    /// Whether it is paused.
    pub paused: bool,
    /// Who has the turn.
    pub turn: Option<CircleMember>,
    /// Whether whoever has it was asked to come to an end when they can.
    pub asked: bool,
    /// Who comes next in this round.
    pub next: Vec<CircleMember>,
    /// Who is there, in the order they came.
    pub people: Vec<RoomPerson>,
    /// Whether somebody waits to come in; known to whoever leads.
    pub somebody_waits: bool,
    /// What was said, as it came: the last of it, up to 200 and 32 KiB.
    pub said: Vec<RoomWords>,
}

impl RoomPlace {
    /// Whether it is over, for me.
    pub fn is_over(self) -> bool {
        matches!(self, RoomPlace::Closed | RoomPlace::Left | RoomPlace::Elsewhere | RoomPlace::Unled)
    }
}

/// What somebody does in a circle, beside speaking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CircleAct {
    /// Gives the turn on without words.
    Pass,
    /// Needs a minute.
    Minute,
    /// Goes.
    Leave,
    /// As the one who leads: begins, begins the next round, or asks whoever has the turn to come to an end; asked again
    /// a little later, gives the turn on.
    Next,
    /// As the one who leads: the soft timer stands still.
    Pause,
    /// As the one who leads: it goes on.
    Resume,
    /// As the one who leads: asks the other of host and co-host to lead.
    HandOver,
    /// As the other of host and co-host: leads from now on.
    Lead,
    /// As the one who leads: the last words; then it is over for everybody.
    Close,
}

/// What to do in a circle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActInCircle {
    /// What.
    pub act: CircleAct,
    /// With `next`, where a round is to begin: in this order, by member ids or beginnings of them. Who is not named has no
    /// turn in it. Chance decides if left out.
    #[serde(default)]
    pub order: Vec<String>,
}

/// What to say in a circle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SayInCircle {
    /// 1 to 4096 bytes.
    pub text: String,
    /// Whether my turn goes on.
    #[serde(default)]
    pub more: bool,
}
