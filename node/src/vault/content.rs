use std::collections::{BTreeMap, BTreeSet};

use kith_protocol::id::{EntryId, GroupId, LogId, MemberKey};
use kith_protocol::invite::Way;
use kith_protocol::time::{Millis, Month};
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::secret::Secret;

use super::{SEED, VaultError};

/// Content is padded to a multiple of this many bytes.
const PADDING: usize = 1024;

/// Keys and particulars of one cell.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CellKeys {
    /// The name of its directory.
    #[n(0)]
    pub dir: String,
    /// Its group.
    #[n(1)]
    pub group: GroupId,
    /// The group's salt, from which with the seed the member's keys come.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub salt: [u8; 32],
    /// Which of the keys that can be derived for this group is in use: counts up when somebody comes back
    /// after a removal.
    #[n(3)]
    pub generation: u32,
    /// Seals the own log.
    #[n(4)]
    pub log_key: Secret,
    /// Hides ids in the store, and seals what outlives its month.
    #[n(5)]
    pub index_key: Secret,
    /// The Ed25519 secret key of its PeerId.
    #[n(6)]
    pub network_key: Secret,
    /// The port it listens on, once one was chosen.
    #[n(7)]
    pub port: Option<u16>,
    /// Seal content in the store, month by month; destroying one deletes that month.
    #[n(8)]
    pub months: BTreeMap<Month, Secret>,
    /// The member's own logs on this device, the live one last.
    #[n(9)]
    pub logs: Vec<LogKeys>,
    /// What somebody shows who is not in yet.
    #[n(10)]
    pub joining: Option<Joining>,
    /// What every member can derive, kept so that a node that lost its database can still prove itself.
    #[n(11)]
    pub group_secret: Option<Secret>,
    /// Members' addresses as last known, kept for the same reason.
    #[cbor(n(12), with = "minicbor::bytes")]
    pub book: Option<Vec<u8>>,
    /// Members whose writing the person does not wish to see: nobody else learns of it. At most [`MUTED`].
    #[n(13)]
    #[cbor(default)]
    pub muted: BTreeSet<MemberKey>,
    /// For how many days the person wishes to keep what is written, at most; 0: as the charter says.
    #[n(14)]
    #[cbor(default)]
    pub keep_days: u32,
    /// Members whose writing the person does not wish to see and whose letters they do not wish to have. At most
    /// [`MUTED`].
    #[n(15)]
    #[cbor(default)]
    pub blocked: BTreeSet<MemberKey>,
    /// Where it will be next on the network; none if that was not drawn yet, or it stays where it is.
    #[n(16)]
    pub next: Option<Place>,
}

/// A place on the network to come.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Place {
    /// The Ed25519 secret key of the PeerId there.
    #[n(0)]
    pub key: Secret,
    /// The port there.
    #[n(1)]
    pub port: u16,
    /// When the cell came to where it is now.
    #[n(2)]
    pub came: Millis,
    /// When it may go.
    #[n(3)]
    pub at: Millis,
}

/// Members that can be muted in one group, and as many blocked.
pub const MUTED: usize = 500;

/// What somebody shows to a member's node to be let in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Joining {
    /// The invite.
    #[n(0)]
    pub invite: EntryId,
    /// Its secret.
    #[n(1)]
    pub secret: Secret,
    /// The signed join, for one who comes with a name.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub join: Option<Vec<u8>>,
    /// The signed certificate of the same log, for one who was in before.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub reopen: Vec<u8>,
    /// Where members' nodes were, as the link says.
    #[n(4)]
    pub addresses: Vec<Vec<String>>,
    /// How the link lets its holder in.
    #[n(5)]
    #[cbor(default)]
    pub way: Way,
    /// Of an open door what its link, or link and phrase, give: seals the join.
    #[n(6)]
    pub door: Option<Secret>,
}

/// One of the member's own logs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogKeys {
    /// The log.
    #[n(0)]
    pub id: LogId,
    /// The X25519 secret that epoch keys are wrapped to; none: the one derived from the seed.
    #[n(1)]
    pub seal: Option<Secret>,
    /// The secret that drop marks come from; none: the one derived from the seed.
    #[n(2)]
    pub drop: Option<Secret>,
}

impl CellKeys {
    /// A new cell with random keys and no log yet.
    pub fn new(dir: &str, group: GroupId, salt: [u8; 32], generation: u32) -> CellKeys {
        CellKeys {
            dir: dir.to_owned(),
            group,
            salt,
            generation,
            log_key: Secret::random(),
            index_key: Secret::random(),
            network_key: Secret::random(),
            port: None,
            months: BTreeMap::new(),
            logs: Vec::new(),
            joining: None,
            group_secret: None,
            book: None,
            muted: BTreeSet::new(),
            keep_days: 0,
            blocked: BTreeSet::new(),
            next: None,
        }
    }

    /// The data keys for the store.
    pub fn data_keys(&self) -> crate::store::DataKeys {
        let months = self.months.iter().map(|(month, key)| (*month, *key.bytes())).collect();
        crate::store::DataKeys::new(*self.index_key.bytes(), months)
    }
}

/// What is sealed: `{0: seed, 1: [cells], 2: key of what is kept for oneself}` and what later versions add.
#[derive(Decode)]
#[cbor(map)]
struct Inside {
    #[cbor(n(0), with = "minicbor::bytes")]
    seed: [u8; SEED],
    #[n(1)]
    cells: Vec<CellKeys>,
    #[n(2)]
    mine: Option<Secret>,
}

#[derive(Encode)]
#[cbor(map)]
struct Outside<'a> {
    #[cbor(n(0), with = "minicbor::bytes")]
    seed: &'a [u8; SEED],
    #[n(1)]
    cells: &'a [CellKeys],
    #[n(2)]
    mine: Option<&'a Secret>,
}

/// The content of a vault.
pub(super) struct Content {
    pub(super) seed: Zeroizing<[u8; SEED]>,
    pub(super) cells: Vec<CellKeys>,
    pub(super) mine: Option<Secret>,
}

impl Content {
    /// `length u32 ‖ CBOR ‖ zeros`.
    pub(super) fn encode(seed: &[u8; SEED], cells: &[CellKeys], mine: Option<&Secret>) -> Zeroizing<Vec<u8>> {
        // Sized beforehand, with room to spare, so that no copy of a key is left behind by growing.
        let of_each = |cell: &CellKeys| {
            [cell.months.len(), cell.logs.len(), cell.muted.len(), cell.blocked.len()]
                .into_iter()
                .sum::<usize>()
        };
        let entries = cells.iter().map(of_each).fold(cells.len().saturating_mul(4), usize::saturating_add);
        let mut out =
            Zeroizing::new(Vec::with_capacity(entries.saturating_mul(128).saturating_add(2 * PADDING)));
        out.extend_from_slice(&[0; 4]);
        // Writing to a Vec cannot fail, and nothing in here refuses to be encoded.
        let _ = minicbor::encode(Outside { seed, cells, mine }, &mut *out);
        let length = u32::try_from(out.len().saturating_sub(4)).unwrap_or(u32::MAX);
        if let Some(front) = out.first_chunk_mut::<4>() {
            *front = length.to_be_bytes();
        }
        let padded = out.len().next_multiple_of(PADDING);
        out.resize(padded, 0);
        out
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Content, VaultError> {
        const DAMAGED: VaultError = VaultError::Damaged("its content makes no sense");
        let (length, rest) = bytes.split_first_chunk::<4>().ok_or(DAMAGED)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| DAMAGED)?;
        let cbor = rest.get(..length).ok_or(DAMAGED)?;
        let inside: Inside = minicbor::decode(cbor).map_err(|_| DAMAGED)?;
        Ok(Content { seed: Zeroizing::new(inside.seed), cells: inside.cells, mine: inside.mine })
    }
}
