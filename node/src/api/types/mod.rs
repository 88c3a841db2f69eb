//! What goes in and out of the local API: plain data, independent of the inside of the node.
//!
//! Ids are lower-case hex of the whole id. Where a *request* names a group, post, invite or member, it may
//! give the whole id, a unique beginning of it (at least [`PREFIX_LEAST`] characters), or, for a group, its
//! exact title. Times are RFC 3339 in UTC. Texts of people are exact: no byte is added, trimmed or escaped
//! beyond what JSON itself asks for.
//!
//! Readers must ignore fields they do not know; requests with unknown fields are refused.

mod attachment;
mod calendar;
mod charter;
mod circle;
mod contact;
mod directory;
mod event;
mod group;
mod hearing;
mod intro;
mod invite;
mod keeper;
mod knock;
mod letter;
mod library;
mod may;
mod member;
mod mine;
mod moderation;
mod node;
mod problem;
mod rota;
mod search;
mod standing;
mod talk;
mod welcome;

pub use attachment::{
    ATTACHMENT_MOST, Attach, Attached, Attachment, AttachmentList, AttachmentState, Media, Prepared, Which,
};
pub use calendar::{AddEvent, Calendar, CalendarEvent, ChangeEvent, EventKind};
pub use charter::{
    Advice, Amended, Charter, CharterChanges, DEFAULT_ATTACHMENT_KIB, Deed, DeedState, EditCharter,
    GroupCharter, Proposal, ProposalList, Record, Recorded, Signed,
};
pub use circle::{
    ActInCircle, AnnounceCircle, Circle, CircleAct, CircleForm, CircleList, CircleMember, CircleState, Room,
    RoomLed, RoomPerson, RoomPhase, RoomPlace, RoomReach, RoomWords, SayInCircle,
};
pub use contact::{Contact, ContactList, Conversation, Line, SayTo, Tie, TieState};
pub use directory::{
    AddDirectory, Directory, DirectoryGone, DirectoryList, FindListings, GroupListing, KnockAtListing,
    Listed, ListedState, Listing, ListingLed, ListingPreview, ListingSize, ListingTopic, ListingWay,
    Listings, Portrait,
};
pub use event::Event;
pub use group::{
    CreateGroup, Created, DEFAULT_NAME, DEFAULT_SIZE, Forgotten, Group, GroupList, GroupState, GroupSummary,
    History, Inviters, Keep, Kept, Leave, Left, Me, SHARED_POWER_SIZE,
};
pub use hearing::{
    Ack, AckKind, Answering, Asking, Choice, ContentNotes, GiveAck, GiveConsent, Given, Intent, Meant,
    Mention, NeedReply, NeedsReply, NoteChoice, NoteChoices, ProposeNotes, ProposedNotes, ReplyKind,
    Unanswered,
};
pub use intro::{Alike, Intro, IntroList, Introduce, Matches};
pub use invite::{
    CreateInvite, DEFAULT_EXPIRES, DEFAULT_USES, InviteList, InviteState, InviteSummary, Invited, Join,
    Joined, Revoked,
};
pub use keeper::{AddKeeper, Keeper, KeeperList, KeeperState};
pub use knock::{
    DeskState, InviteWay, Knock, KnockLine, KnockList, KnockMine, KnockReceived, KnockSide, KnockState,
    LinkSeen, LookAtLink,
};
pub use letter::{
    AnswerReport, LetterList, LetterSent, ReceivedLetter, Report, ReportKind, ReportList, ReportMine,
    ReportOutcome, ReportReceived, ReportState,
};
pub use library::{AddItem, CheckItem, Item, ItemCheck, ItemKind, ItemState, ItemWords, Library, Relation};
pub use may::{MayActOn, MayModerate, Takes};
pub use member::{
    ActState, Acted, Demote, Member, MemberList, MemberState, Promote, Remove, Role, Split, Term, TermState,
};
pub use moderation::{
    Act, Block, Blocked, Measure, Moderate, Moderated, Moderation, Mute, Muted, Pause, RuleName,
};
pub use node::{
    Brief, CatchingUp, Check, CheckState, Doctor, GroupStatus, How, Notice, Overview, Paths, Peer, PeerList,
    Places, Proxied, ProxyWord, Reach, Reachable, Status, Stopping, ToDo,
};
pub use problem::{Code, Problem};
pub use rota::{DutyHours, GroupHealth, Quiet, Rota, Slot, TakeDuty, Task};
pub use search::{Found, FoundThing, Mark, SearchResults, TextKind};
pub use standing::{Begin, LatchState, SignInPage, Standing, Unlock, WithWords};
pub use talk::{Delivery, DeliveryState, Page, Post, TEXT_MOST, Thread, Unshown, WithdrawnAll, WriteText};

pub use welcome::{FirstSteps, Newcomer, Newcomers, StepsLeft, TakeStep};

pub use mine::{
    AddLine, AddMilestone, Answers, Audience, CheckIn, ChooseCountry, Coach, CountMore, Day, Deleted, Goal,
    GoalStep, HelpCard, HelpLine, Milestone, Mine, MineList, Need, Plan, ShareIn, SharedCheckIn,
    SharedCheckIns, SharedMilestone, SharedMilestones, Skill, SkillList, SkillStep, Stretch, Tags, Unsent,
    Worried, Written,
};

pub use kith_protocol::charter::{Floor, Rule};

/// The least number of characters by which an id may be named.
pub const PREFIX_LEAST: usize = 6;

/// A whole id as lower-case hex.
pub type Id = String;

/// A moment as RFC 3339 in UTC, to the millisecond.
pub type Time = String;
