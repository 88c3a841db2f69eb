//! What an entry says. One file a family of kinds; a kind is a number on the wire, never a word.
//!
//! Numbers below 64 are control entries (who belongs, who may act, which keys), the rest is content. A number
//! this version does not know is kept and forwarded as it came, and neither shown nor acted upon.

mod access;
mod attached;
mod charter;
mod circle;
mod doorstep;
mod duty;
mod event;
mod hearing;
mod intro;
mod keep;
mod letter;
mod library;
mod listed;
mod membership;
mod moderation;
mod notes;
mod office;
mod sharing;
mod talk;
mod welcome;
mod withdraw;

pub use access::{BackLink, Mint, NeedKey, Wrap, WrapKey};
pub use attached::{Attachment, AttachmentKey, Media};
pub use charter::{Accept, Amend};
pub use circle::{Circle, CircleDoor, CircleFormat};
pub use doorstep::Doorstep;
pub use duty::{Duty, Task};
pub use event::{Event, EventChange, EventKind};
pub use hearing::{Claim, Heard, StillNeed};
pub use intro::Intro;
pub use keep::{Keep, Unkeep};
pub use letter::{Letter, Slot};
pub use library::{CheckItem, Helped, Item};
pub use listed::{Listed, Unlisted};
pub use membership::{
    Admit, Genesis, Invite, InviteMode, Join, Leave, LogHead, OpenLog, Promote, Remove, Revoke, Role,
};
pub use moderation::{Measure, Moderate};
pub use notes::{ContentNotes, Mention, ProposeNotes};
pub use office::{Demote, Elect, Pulse, StepBack};
pub use sharing::{CheckIn, Milestone, Need};
pub use talk::{Post, Reply};
pub use welcome::Welcome;
pub use withdraw::{Edit, Withdraw, Withdrawn};

use crate::codec::{self, CodecError, at_most};

/// The number of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u16);

impl Kind {
    /// See [`Genesis`].
    pub const GENESIS: Kind = Kind(1);
    /// See [`OpenLog`].
    pub const OPEN_LOG: Kind = Kind(2);
    /// See [`Invite`].
    pub const INVITE: Kind = Kind(3);
    /// See [`Revoke`].
    pub const REVOKE: Kind = Kind(4);
    /// See [`Join`].
    pub const JOIN: Kind = Kind(5);
    /// See [`Admit`].
    pub const ADMIT: Kind = Kind(6);
    /// See [`Promote`].
    pub const PROMOTE: Kind = Kind(7);
    /// See [`Remove`].
    pub const REMOVE: Kind = Kind(8);
    /// See [`Leave`].
    pub const LEAVE: Kind = Kind(9);
    /// See [`Mint`].
    pub const MINT: Kind = Kind(10);
    /// See [`Wrap`].
    pub const WRAP: Kind = Kind(11);
    /// See [`NeedKey`].
    pub const NEED_KEY: Kind = Kind(12);
    /// See [`Amend`].
    pub const AMEND: Kind = Kind(13);
    /// See [`Accept`].
    pub const ACCEPT: Kind = Kind(14);
    /// See [`StepBack`].
    pub const STEP_BACK: Kind = Kind(15);
    /// See [`Demote`].
    pub const DEMOTE: Kind = Kind(16);
    /// See [`Elect`].
    pub const ELECT: Kind = Kind(17);
    /// See [`Pulse`].
    pub const PULSE: Kind = Kind(18);
    /// See [`Moderate`].
    pub const MODERATE: Kind = Kind(19);
    /// See [`Listed`].
    pub const LISTED: Kind = Kind(20);
    /// See [`Unlisted`].
    pub const UNLISTED: Kind = Kind(21);
    /// See [`Keep`].
    pub const KEEP: Kind = Kind(22);
    /// See [`Unkeep`].
    pub const UNKEEP: Kind = Kind(23);
    /// See [`Post`].
    pub const POST: Kind = Kind(64);
    /// See [`Reply`].
    pub const REPLY: Kind = Kind(65);
    /// See [`Withdraw`].
    pub const WITHDRAW: Kind = Kind(66);
    /// See [`Edit`].
    pub const EDIT: Kind = Kind(67);
    /// See [`Duty`].
    pub const DUTY: Kind = Kind(68);
    /// See [`Heard`].
    pub const HEARD: Kind = Kind(69);
    /// See [`StillNeed`].
    pub const STILL_NEED: Kind = Kind(70);
    /// See [`Claim`].
    pub const CLAIM: Kind = Kind(71);
    /// See [`ProposeNotes`].
    pub const PROPOSE_NOTES: Kind = Kind(73);
    /// See [`Item`].
    pub const ITEM: Kind = Kind(75);
    /// See [`CheckItem`].
    pub const CHECK_ITEM: Kind = Kind(76);
    /// See [`Helped`].
    pub const HELPED: Kind = Kind(77);
    /// See [`Event`].
    pub const EVENT: Kind = Kind(78);
    /// See [`EventChange`].
    pub const EVENT_CHANGE: Kind = Kind(79);
    /// See [`Welcome`].
    pub const WELCOME: Kind = Kind(80);
    /// See [`Intro`].
    pub const INTRO: Kind = Kind(81);
    /// See [`CheckIn`].
    pub const CHECK_IN: Kind = Kind(82);
    /// See [`Circle`].
    pub const CIRCLE: Kind = Kind(83);
    /// See [`Milestone`].
    pub const MILESTONE: Kind = Kind(84);
    /// See [`Letter`].
    pub const LETTER: Kind = Kind(96);
    /// See [`Doorstep`].
    pub const DOORSTEP: Kind = Kind(97);

    /// Whether entries of this kind are control entries.
    pub fn is_control(self) -> bool {
        self.0 < 64
    }

    /// Whether entries of this kind are the first of a log, and certify its sealing key.
    pub fn opens_log(self) -> bool {
        matches!(self, Kind::GENESIS | Kind::OPEN_LOG | Kind::JOIN)
    }
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// The beginning of a group.
    Genesis(Genesis),
    /// A member's new log.
    OpenLog(OpenLog),
    /// An invitation.
    Invite(Invite),
    /// The end of an invitation.
    Revoke(Revoke),
    /// Somebody coming in on an invite.
    Join(Join),
    /// A join confirmed.
    Admit(Admit),
    /// A member made deputy or given a seat.
    Promote(Promote),
    /// A member removed.
    Remove(Remove),
    /// A member gone by their own will.
    Leave(Leave),
    /// A new epoch.
    Mint(Mint),
    /// An epoch's key for further logs.
    Wrap(Wrap),
    /// A call for a key that is owed.
    NeedKey(NeedKey),
    /// A change of the charter.
    Amend(Amend),
    /// The charter as changed, accepted.
    Accept(Accept),
    /// A facilitator or helper gone back to being a member.
    StepBack(StepBack),
    /// A facilitator or helper set back by others.
    Demote(Demote),
    /// A vote for a facilitator, where they are silent.
    Elect(Elect),
    /// A sign of a facilitator's node.
    Pulse(Pulse),
    /// What is done about what somebody wrote.
    Moderate(Moderate),
    /// The group listed in public.
    Listed(Listed),
    /// The end of that.
    Unlisted(Unlisted),
    /// A keeper named.
    Keep(Keep),
    /// A keeper no more.
    Unkeep(Unkeep),
    /// A post.
    Post(Post),
    /// A reply.
    Reply(Reply),
    /// What one wrote, taken back.
    Withdraw(Withdraw),
    /// What one wrote, in other words.
    Edit(Edit),
    /// Something for one or a few people, or nothing.
    Letter(Letter),
    /// A word for somebody who is not in.
    Doorstep(Doorstep),
    /// Somebody will be there.
    Duty(Duty),
    /// Somebody has heard a post.
    Heard(Heard),
    /// Its author still waits for an answer.
    StillNeed(StillNeed),
    /// Somebody is writing one.
    Claim(Claim),
    /// Notes proposed for what another wrote.
    ProposeNotes(ProposeNotes),
    /// An item of the library.
    Item(Item),
    /// Somebody looked at one.
    CheckItem(CheckItem),
    /// How one helped somebody.
    Helped(Helped),
    /// Something that is coming up.
    Event(Event),
    /// An event moved or cancelled.
    EventChange(EventChange),
    /// Somebody has greeted a newcomer.
    Welcome(Welcome),
    /// Somebody introduces themselves.
    Intro(Intro),
    /// How somebody is.
    CheckIn(CheckIn),
    /// What somebody reached.
    Milestone(Milestone),
    /// A circle announced.
    Circle(Circle),
    /// A kind this version does not know, kept as it came.
    Unknown(Kind, Vec<u8>),
}

impl Body {
    /// Its number.
    pub fn kind(&self) -> Kind {
        match self {
            Body::Genesis(_) => Kind::GENESIS,
            Body::OpenLog(_) => Kind::OPEN_LOG,
            Body::Invite(_) => Kind::INVITE,
            Body::Revoke(_) => Kind::REVOKE,
            Body::Join(_) => Kind::JOIN,
            Body::Admit(_) => Kind::ADMIT,
            Body::Promote(_) => Kind::PROMOTE,
            Body::Remove(_) => Kind::REMOVE,
            Body::Leave(_) => Kind::LEAVE,
            Body::Mint(_) => Kind::MINT,
            Body::Wrap(_) => Kind::WRAP,
            Body::NeedKey(_) => Kind::NEED_KEY,
            Body::Amend(_) => Kind::AMEND,
            Body::Accept(_) => Kind::ACCEPT,
            Body::StepBack(_) => Kind::STEP_BACK,
            Body::Demote(_) => Kind::DEMOTE,
            Body::Elect(_) => Kind::ELECT,
            Body::Pulse(_) => Kind::PULSE,
            Body::Moderate(_) => Kind::MODERATE,
            Body::Listed(_) => Kind::LISTED,
            Body::Unlisted(_) => Kind::UNLISTED,
            Body::Keep(_) => Kind::KEEP,
            Body::Unkeep(_) => Kind::UNKEEP,
            Body::Post(_) => Kind::POST,
            Body::Reply(_) => Kind::REPLY,
            Body::Withdraw(_) => Kind::WITHDRAW,
            Body::Edit(_) => Kind::EDIT,
            Body::Letter(_) => Kind::LETTER,
            Body::Doorstep(_) => Kind::DOORSTEP,
            Body::Duty(_) => Kind::DUTY,
            Body::Heard(_) => Kind::HEARD,
            Body::StillNeed(_) => Kind::STILL_NEED,
            Body::Claim(_) => Kind::CLAIM,
            Body::ProposeNotes(_) => Kind::PROPOSE_NOTES,
            Body::Item(_) => Kind::ITEM,
            Body::CheckItem(_) => Kind::CHECK_ITEM,
            Body::Helped(_) => Kind::HELPED,
            Body::Event(_) => Kind::EVENT,
            Body::EventChange(_) => Kind::EVENT_CHANGE,
            Body::Welcome(_) => Kind::WELCOME,
            Body::Intro(_) => Kind::INTRO,
            Body::CheckIn(_) => Kind::CHECK_IN,
            Body::Milestone(_) => Kind::MILESTONE,
            Body::Circle(_) => Kind::CIRCLE,
            Body::Unknown(kind, _) => *kind,
        }
    }

    /// Its bytes.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Body::Genesis(body) => codec::encode(body),
            Body::OpenLog(body) => codec::encode(body),
            Body::Invite(body) => codec::encode(body),
            Body::Revoke(body) => codec::encode(body),
            Body::Join(body) => codec::encode(body),
            Body::Admit(body) => codec::encode(body),
            Body::Promote(body) => codec::encode(body),
            Body::Remove(body) => codec::encode(body),
            Body::Leave(body) => codec::encode(body),
            Body::Mint(body) => codec::encode(body),
            Body::Wrap(body) => codec::encode(body),
            Body::NeedKey(body) => codec::encode(body),
            Body::Amend(body) => codec::encode(body),
            Body::Accept(body) => codec::encode(body),
            Body::StepBack(body) => codec::encode(body),
            Body::Demote(body) => codec::encode(body),
            Body::Elect(body) => codec::encode(body),
            Body::Pulse(body) => codec::encode(body),
            Body::Moderate(body) => codec::encode(body),
            Body::Listed(body) => codec::encode(body),
            Body::Unlisted(body) => codec::encode(body),
            Body::Keep(body) => codec::encode(body),
            Body::Unkeep(body) => codec::encode(body),
            Body::Post(body) => codec::encode(body),
            Body::Reply(body) => codec::encode(body),
            Body::Withdraw(body) => codec::encode(body),
            Body::Edit(body) => codec::encode(body),
            Body::Letter(body) => codec::encode(body),
            Body::Doorstep(body) => codec::encode(body),
            Body::Duty(body) => codec::encode(body),
            Body::Heard(body) => codec::encode(body),
            Body::StillNeed(body) => codec::encode(body),
            Body::Claim(body) => codec::encode(body),
            Body::ProposeNotes(body) => codec::encode(body),
            Body::Item(body) => codec::encode(body),
            Body::CheckItem(body) => codec::encode(body),
            Body::Helped(body) => codec::encode(body),
            Body::Event(body) => codec::encode(body),
            Body::EventChange(body) => codec::encode(body),
            Body::Welcome(body) => codec::encode(body),
            Body::Intro(body) => codec::encode(body),
            Body::CheckIn(body) => codec::encode(body),
            Body::Milestone(body) => codec::encode(body),
            Body::Circle(body) => codec::encode(body),
            Body::Unknown(_, bytes) => bytes.clone(),
        }
    }

    /// What goes with it.
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Body::Post(body) => &body.attachments,
            Body::Reply(body) => &body.attachments,
            Body::Item(body) => &body.attachments,
            _ => &[],
        }
    }

    /// Reads the body of an entry of `kind` and checks its limits.
    ///
    /// # Errors
    /// [`CodecError`], as [`codec::decode`], or [`CodecError::TooLarge`].
    pub fn decode(kind: Kind, bytes: &[u8]) -> Result<Body, CodecError> {
        let body = match kind {
            Kind::GENESIS => Body::Genesis(codec::decode(bytes)?),
            Kind::OPEN_LOG => Body::OpenLog(codec::decode(bytes)?),
            Kind::INVITE => Body::Invite(codec::decode(bytes)?),
            Kind::REVOKE => Body::Revoke(codec::decode(bytes)?),
            Kind::JOIN => Body::Join(codec::decode(bytes)?),
            Kind::ADMIT => Body::Admit(codec::decode(bytes)?),
            Kind::PROMOTE => Body::Promote(codec::decode(bytes)?),
            Kind::REMOVE => Body::Remove(codec::decode(bytes)?),
            Kind::LEAVE => Body::Leave(codec::decode(bytes)?),
            Kind::MINT => Body::Mint(codec::decode(bytes)?),
            Kind::WRAP => Body::Wrap(codec::decode(bytes)?),
            Kind::NEED_KEY => Body::NeedKey(codec::decode(bytes)?),
            Kind::AMEND => Body::Amend(codec::decode(bytes)?),
            Kind::ACCEPT => Body::Accept(codec::decode(bytes)?),
            Kind::STEP_BACK => Body::StepBack(codec::decode(bytes)?),
            Kind::DEMOTE => Body::Demote(codec::decode(bytes)?),
            Kind::ELECT => Body::Elect(codec::decode(bytes)?),
            Kind::PULSE => Body::Pulse(codec::decode(bytes)?),
            Kind::MODERATE => Body::Moderate(codec::decode(bytes)?),
            Kind::LISTED => Body::Listed(codec::decode(bytes)?),
            Kind::UNLISTED => Body::Unlisted(codec::decode(bytes)?),
            Kind::KEEP => Body::Keep(codec::decode(bytes)?),
            Kind::UNKEEP => Body::Unkeep(codec::decode(bytes)?),
            Kind::POST => Body::Post(codec::decode(bytes)?),
            Kind::REPLY => Body::Reply(codec::decode(bytes)?),
            Kind::WITHDRAW => Body::Withdraw(codec::decode(bytes)?),
            Kind::EDIT => Body::Edit(codec::decode(bytes)?),
            Kind::LETTER => Body::Letter(codec::decode(bytes)?),
            Kind::DOORSTEP => Body::Doorstep(codec::decode(bytes)?),
            Kind::DUTY => Body::Duty(codec::decode(bytes)?),
            Kind::HEARD => Body::Heard(codec::decode(bytes)?),
            Kind::STILL_NEED => Body::StillNeed(codec::decode(bytes)?),
            Kind::CLAIM => Body::Claim(codec::decode(bytes)?),
            Kind::PROPOSE_NOTES => Body::ProposeNotes(codec::decode(bytes)?),
            Kind::ITEM => Body::Item(codec::decode(bytes)?),
            Kind::CHECK_ITEM => Body::CheckItem(codec::decode(bytes)?),
            Kind::HELPED => Body::Helped(codec::decode(bytes)?),
            Kind::EVENT => Body::Event(codec::decode(bytes)?),
            Kind::EVENT_CHANGE => Body::EventChange(codec::decode(bytes)?),
            Kind::WELCOME => Body::Welcome(codec::decode(bytes)?),
            Kind::INTRO => Body::Intro(codec::decode(bytes)?),
            Kind::CHECK_IN => Body::CheckIn(codec::decode(bytes)?),
            Kind::MILESTONE => Body::Milestone(codec::decode(bytes)?),
            Kind::CIRCLE => Body::Circle(codec::decode(bytes)?),
            _ => {
                codec::check(bytes)?;
                Body::Unknown(kind, bytes.to_vec())
            }
        };
        body.check()?;
        Ok(body)
    }

    /// Checks the limits of its fields.
    ///
    /// # Errors
    /// [`CodecError::TooLarge`], naming the field.
    pub fn check(&self) -> Result<(), CodecError> {
        match self {
            Body::Genesis(body) => body.check(),
            Body::OpenLog(body) => body.check(),
            Body::Join(body) => body.check(),
            Body::Invite(body) => body.check(),
            Body::Remove(body) => body.check(),
            Body::Leave(body) => body.check(),
            Body::Mint(body) => body.check(),
            Body::NeedKey(body) => body.check(),
            Body::Amend(body) => body.check(),
            Body::Demote(body) => body.check(),
            Body::Moderate(body) => body.check(),
            Body::Listed(body) => body.check(),
            Body::Keep(body) => body.check(),
            Body::Post(body) => body.check(),
            Body::Reply(body) => body.check(),
            Body::Withdraw(body) => body.check(),
            Body::Edit(body) => body.check(),
            Body::Letter(body) => body.check(),
            Body::Doorstep(body) => body.check(),
            Body::Duty(body) => body.check(),
            Body::ProposeNotes(body) => body.check(),
            Body::Item(body) => body.check(),
            Body::CheckItem(body) => body.check(),
            Body::Helped(body) => body.check(),
            Body::Event(body) => body.check(),
            Body::EventChange(body) => body.check(),
            Body::Intro(body) => body.check(),
            Body::CheckIn(body) => body.check(),
            Body::Milestone(body) => body.check(),
            Body::Circle(body) => body.check(),
            Body::Revoke(_)
            | Body::Admit(_)
            | Body::Promote(_)
            | Body::Wrap(_)
            | Body::Accept(_)
            | Body::StepBack(_)
            | Body::Elect(_)
            | Body::Pulse(_)
            | Body::Unlisted(_)
            | Body::Unkeep(_)
            | Body::Heard(_)
            | Body::StillNeed(_)
            | Body::Claim(_)
            | Body::Welcome(_)
            | Body::Unknown(..) => Ok(()),
        }
    }
}

/// Refuses text that is empty, only white space, or longer than `most`.
fn words(text: &str, most: usize, what: &'static str) -> Result<(), CodecError> {
    if text.trim().is_empty() {
        return Err(CodecError::Mismatch(format!("empty {what}")));
    }
    at_most(text.len(), most, what)
}
