//! Invites, and coming in on one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{GroupState, History, Id, InviteWay, KnockMine, Time};

/// How many may come in on an invite, if nobody says.
pub const DEFAULT_USES: u32 = 1;
/// How long an invite lasts, if nobody says: a week, in seconds.
pub const DEFAULT_EXPIRES: u64 = 7 * 24 * 3600;

/// An invite to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvite {
    /// How many may come in on it, 1 to 500.
    #[serde(default = "default_uses")]
    pub uses: u32,
    /// How long it lasts, in seconds from now.
    #[serde(default = "default_expires")]
    pub expires_in: u64,
    /// How it lets people in.
    #[serde(default)]
    pub way: InviteWay,
    /// Whether an open door takes a phrase that the node makes up.
    #[serde(default)]
    pub with_phrase: bool,
    /// A phrase of one's own for an open door: at least 12 letters, at most 256 bytes.
    #[serde(default)]
    pub phrase: Option<String>,
}

impl Default for CreateInvite {
    fn default() -> Self {
        CreateInvite {
            uses: DEFAULT_USES,
            expires_in: DEFAULT_EXPIRES,
            way: InviteWay::OnSight,
            with_phrase: false,
            phrase: None,
        }
    }
}

fn default_uses() -> u32 {
    DEFAULT_USES
}

fn default_expires() -> u64 {
    DEFAULT_EXPIRES
}

/// An invite with its link: just made, or printed anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invited {
    /// The invite.
    pub invite: Id,
    /// The group it opens.
    pub group: Id,
    /// The link, with the addresses known now. Whoever holds it can come in. None while the invite waits for more to
    /// sign.
    pub link: Option<String>,
    /// When it ends.
    pub expires: Time,
    /// How many may come in on it.
    pub uses: u32,
    /// How many came, as far as this node knows.
    pub used: u32,
    /// Members' nodes whose addresses the link carries.
    pub nodes: u32,
    /// Whether every address in it works on this device only.
    pub loopback_only: bool,
    /// How it lets people in.
    #[serde(default)]
    pub way: InviteWay,
    /// Whether it takes a spoken phrase beside the link.
    #[serde(default)]
    pub spoken: bool,
    /// The phrase, if the node has just made one up: it is told once, here, and not kept.
    #[serde(default)]
    pub phrase: Option<String>,
}

/// How an invite stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InviteState {
    /// It opens the group.
    Live,
    /// It waits for more to sign, where everybody facilitates.
    Awaiting,
    /// Used as often as it may be.
    Used,
    /// Its time is over.
    Expired,
    /// Taken back.
    Revoked,
}

/// An invite in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InviteSummary {
    /// The invite.
    pub invite: Id,
    /// Who made it: member id.
    pub author: Id,
    /// What that member is called.
    pub name: String,
    /// How it stands.
    pub state: InviteState,
    /// How many may come in on it.
    pub uses: u32,
    /// How many came, as far as this node knows.
    pub used: u32,
    /// When it ends.
    pub expires: Time,
    /// Whether this node holds its secret and can print the link anew.
    pub mine: bool,
    /// How it lets people in.
    #[serde(default)]
    pub way: InviteWay,
}

/// The invites of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InviteList {
    /// The newest first, ended ones included.
    pub invites: Vec<InviteSummary>,
}

/// An invite taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revoked {
    /// The invite.
    pub invite: Id,
    /// How it stands now.
    pub state: InviteState,
}

/// A link to come in on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The whole link, from `kith:` on; space around it does not matter.
    pub link: String,
    /// What people there should call me: 1 to 64 bytes. One who comes back may leave it out.
    #[serde(default)]
    pub name: Option<String>,
    /// What to say to those who decide, where the link asks for it: at most 2048 bytes.
    #[serde(default)]
    pub text: Option<String>,
    /// The phrase of an open door that takes one, as it was told: at most 256 bytes.
    #[serde(default)]
    pub phrase: Option<String>,
}

/// How joining stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Joined {
    /// The group.
    pub group: Id,
    /// `joined` or `waiting`.
    pub state: GroupState,
    /// What the group is called, once known.
    pub title: Option<String>,
    /// What it is for, once known.
    pub purpose: Option<String>,
    /// What newcomers can read there, once known.
    pub history: Option<History>,
    /// My knock, where those inside decide.
    #[serde(default)]
    pub knock: Option<KnockMine>,
    /// Six words by which I and whoever invited me can tell that we mean the same group, once known.
    #[serde(default)]
    pub key_words: Option<String>,
}
