//! The node itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Code, FirstSteps, GroupState, Id, KnockState, Quiet, Role, Term, Time};

/// Something a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// For scripts.
    pub code: Code,
    /// What it is, as a sentence.
    pub message: String,
    /// What to do, as a sentence.
    pub hint: String,
}

/// How far a catching-up has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CatchingUp {
    /// Messages that have arrived.
    pub arrived: u64,
    /// Messages that are known to be missing, those included. It grows while more is found.
    pub of: u64,
}

/// How one group does on this node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupStatus {
    /// The group.
    pub group: Id,
    /// What it is called; none while it is not known yet.
    pub title: Option<String>,
    /// How I stand in it.
    pub state: GroupState,
    /// Members' nodes connected now that proved they belong here.
    pub peers: u32,
    /// Whether a keeper of the group is connected now: what is written goes there.
    pub keeper: bool,
    /// What members wrote that is here: posts, replies, changes of them, and sealed letters, empty ones included.
    pub entries: u64,
    /// What has arrived and waits for something else before it can be shown.
    pub pending: u64,
    /// A hash of what the group decided: equal on two nodes that know the same.
    pub state_hash: String,
    /// How far a catching-up has come, while one runs.
    pub catching_up: Option<CatchingUp>,
    /// When this node last compared notes with another; none if not since it started.
    pub last_exchange: Option<Time>,
    /// My term as facilitator or helper, where the charter says how long one is.
    #[serde(default)]
    pub term: Option<Term>,
    /// What waits for me there, each kind once.
    #[serde(default)]
    pub to_do: Vec<ToDo>,
    /// That nobody is on duty there now.
    #[serde(default)]
    pub quiet: Option<Quiet>,
    /// First steps that I may take, while I am new there, have not taken all, and do not hide them.
    #[serde(default)]
    pub first_steps: Option<FirstSteps>,
    /// How far my own knock has come, while I ask to be let in.
    #[serde(default)]
    pub knock: Option<KnockState>,
}

/// Something that waits for me.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToDo {
    /// Somebody asks to be let in, and I can decide.
    Knock,
    /// A report reached me, and I have not answered.
    Report,
    /// Something was proposed that I can sign, and have not.
    Proposal,
    /// Somebody asks to write to me, or to be buddies.
    Asked,
    /// A circle is on, or about to begin.
    Circle,
    /// Somebody came lately, and has not been greeted: said to greeters first, after a day to who is on duty.
    Welcome,
    /// Somebody waits for an answer.
    NeedsReply,
    /// Somebody has waited so long for an answer, or says that they still wait, that whoever is on duty should look
    /// after it: said to who is on duty, and to all who could be where nobody is.
    Unheard,
}

/// What stands around every page: the groups, and whether others are reachable. Quick to find out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    /// My groups, by title.
    pub groups: Vec<Brief>,
}

/// A group in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Brief {
    /// The group.
    pub group: Id,
    /// What it is called; none while it is not known yet.
    pub title: Option<String>,
    /// How I stand in it.
    pub state: GroupState,
    /// What I may do in it, if I am a member.
    pub role: Option<Role>,
    /// Members' nodes connected now that proved they belong here.
    pub peers: u32,
    /// Whether a keeper of the group is connected now: what is written goes there.
    pub keeper: bool,
    /// How far a catching-up has come, while one runs.
    pub catching_up: Option<CatchingUp>,
    /// When this node last compared notes with another; none if not since it started.
    pub last_exchange: Option<Time>,
}

/// A SOCKS5 proxy that others are reached through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proxied {
    /// Where it is: address and port.
    pub address: String,
    /// Whether nothing leaves but through it; else it is for onion services alone.
    pub only: bool,
    /// Whether it is there.
    pub state: ProxyWord,
}

/// Whether a proxy is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProxyWord {
    /// It was not asked yet.
    Unknown,
    /// It was, when it was asked last.
    Here,
    /// Nobody answers there.
    Missing,
    /// Somebody answers, but not as a SOCKS5 proxy that takes user names and passwords.
    Unfit,
}

/// How the node does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The version of the node.
    pub version: String,
    /// Its process id.
    pub pid: u32,
    /// When it started, by this device's clock.
    pub started: Time,
    /// The proxy that others are reached through, if there is one.
    #[serde(default)]
    pub proxy: Option<Proxied>,
    /// Whether it looks for members' nodes on the local network.
    #[serde(default)]
    pub lan: bool,
    /// Its groups, by title.
    pub groups: Vec<GroupStatus>,
    /// What a person should know now.
    pub notices: Vec<Notice>,
}

/// Whether other nodes can call mine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reachable {
    /// None has tried yet.
    Unknown,
    /// They cannot: it listens on this device alone, as the person chose.
    Here,
    /// They can, from anywhere.
    Public,
    /// They cannot: a router is in the way. Mine calls them, or they meet through others.
    Behind,
}

/// How my node can be reached by the others of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reach {
    /// The group.
    pub group: Id,
    /// Whether they can call it.
    pub reachable: Reachable,
    /// Nodes through which they can, if not directly.
    pub relays: u32,
    /// Whether others of the group meet through my node.
    pub relaying: bool,
}

/// A member's node, or a keeper of the group, that is connected now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Peer {
    /// The group it was met in.
    pub group: Id,
    /// The member, once proved.
    pub member: Option<Id>,
    /// What that member is called.
    pub name: Option<String>,
    /// Whether it is a keeper of the group.
    #[serde(default)]
    pub keeper: bool,
    /// Its address as seen from here, as a multiaddress.
    pub address: String,
    /// By which way.
    #[serde(default)]
    pub how: How,
    /// Whether this node called it, or it called this node.
    pub outgoing: bool,
    /// Since when.
    pub since: Time,
}

/// By which way a node is connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// One of both called the other, over the internet or on this machine.
    #[default]
    Direct,
    /// Both called at once, through their routers, after another node had introduced them.
    Punched,
    /// Through another node, which sees that and how much they exchange, and cannot read it.
    Relayed,
    /// On the same local network.
    Lan,
    /// Through a proxy, or an onion service of this node: neither sees the other's internet address.
    Proxy,
}

/// The connected nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeerList {
    /// By group, then the longest connected first.
    pub peers: Vec<Peer>,
    /// What a person should know about why there are none, or not more.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// How my own node can be reached, group by group.
    #[serde(default)]
    pub reach: Vec<Reach>,
}

/// Where one group's files are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Places {
    /// The group.
    pub group: Id,
    /// Its folder.
    pub directory: String,
}

/// Where this node keeps its files. All are private to the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Paths {
    /// The home folder.
    pub home: String,
    /// Settings.
    pub config: String,
    /// The sealed identity and keys.
    pub vault: String,
    /// The key file of a vault without passphrase.
    pub key: String,
    /// Held by the node that uses this home.
    pub lock: String,
    /// Where the command line reaches the node.
    pub socket: String,
    /// The folder of the groups' folders.
    pub cells: String,
    /// One folder each, where known: only a running node can tell which is whose.
    pub groups: Vec<Places>,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// All is well.
    Ok,
    /// Something to look at.
    Attention,
}

/// One thing looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// Which, for scripts: snake case, never renamed.
    pub check: String,
    /// How it came out.
    pub state: CheckState,
    /// What was found, as a sentence.
    pub message: String,
    /// What to do, as a sentence; empty if there is nothing.
    pub hint: String,
}

impl Check {
    /// A check that came out well.
    pub fn ok(check: &str, message: impl Into<String>) -> Check {
        Check { check: check.to_owned(), state: CheckState::Ok, message: message.into(), hint: String::new() }
    }

    /// A check that found something.
    pub fn attention(check: &str, message: impl Into<String>, hint: impl Into<String>) -> Check {
        Check {
            check: check.to_owned(),
            state: CheckState::Attention,
            message: message.into(),
            hint: hint.into(),
        }
    }
}

/// What the node finds when it looks at itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Doctor {
    /// One line each.
    pub checks: Vec<Check>,
    /// What the network passed on, dropped, refused and closed since the node started, in all groups together, by
    /// name. The names may change.
    #[serde(default)]
    pub network: BTreeMap<String, u64>,
}

/// The node's word that it is closing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stopping {
    /// The process that will be gone.
    pub pid: u32,
}
