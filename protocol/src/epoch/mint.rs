//! Making what gives keys to people: a new epoch, or an existing one wrapped for further logs.
//!
//! A mint that does not have in its past everything it was made for would have to be made again. So a plan says
//! what its entry must cite: the heads, and whatever ended anybody and lies below none of those that fit.

use rand_core::CryptoRng;

use super::choose::{ended, members};
use super::clear::Clear;
use super::keys::{EpochKey, EpochKeys};
use super::link::links;
use super::ring::Keyring;
use super::wrap;
use crate::body::{Mint, Wrap, WrapKey};
use crate::charter::History;
use crate::codec::CodecError;
use crate::envelope::clear_hash;
use crate::group::Group;
use crate::id::{EntryId, EpochId, MemberKey, SealKey};
use crate::limits;

/// A log to wrap a key for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recipient {
    /// Whose.
    pub member: MemberKey,
    /// Its sealing key.
    pub seal: SealKey,
}

/// A new epoch, as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Every live log of every current member.
    pub wrap_to: Vec<Recipient>,
    /// The epochs it goes on from and links back to: all that are held and nothing else leads to, at most
    /// [`limits::BACK_LINKS`].
    pub from: Vec<EpochId>,
    /// Whether the links give newcomers the content of those epochs too.
    pub history: bool,
    /// Control entries its entry must cite, less than [`limits::DEPS`], so that the writer's own last one fits
    /// in beside them.
    pub cite: Vec<EntryId>,
}

/// A new epoch, made.
#[derive(Clone, Debug)]
pub struct Minted {
    /// What its entry says.
    pub body: Mint,
    /// Its clear part.
    pub clear: Clear,
    /// Its keys, which seal its entry; to be kept ([`Keyring::keep`]) before the entry goes out.
    pub keys: EpochKeys,
}

impl Keyring {
    /// Makes a new epoch. Logs with sealing keys that nothing can be sealed to are left out.
    ///
    /// # Errors
    /// [`CodecError::TooLarge`] if the group outgrew [`limits::WRAPS`].
    pub fn mint(&self, plan: &Plan, key: EpochKey, rng: &mut impl CryptoRng) -> Result<Minted, CodecError> {
        let epoch = key.id();
        // Of a group that begins, the first epoch's key is kept before it is minted: it seals the genesis.
        let from = plan.from.iter().filter(|earlier| **earlier != epoch);
        let from: Vec<&EpochKeys> = from.filter_map(|earlier| self.keys(earlier)).collect();
        let back = links(&key, from.iter().copied(), plan.history);
        let clear = Clear::new(epoch, self.wraps_for(&key, &plan.wrap_to, rng), back)?;
        let body = Mint {
            epoch,
            clear: clear_hash(&clear.encode()),
            from: from.iter().map(|keys| keys.epoch()).collect(),
        };
        Ok(Minted { body, clear, keys: EpochKeys::whole(key) })
    }

    /// Wraps an epoch for further logs; none if it is not held whole or nobody is left to wrap it for.
    ///
    /// # Errors
    /// [`CodecError::TooLarge`] beyond [`limits::WRAPS`].
    pub fn wrap(
        &self,
        epoch: &EpochId,
        to: &[Recipient],
        rng: &mut impl CryptoRng,
    ) -> Result<Option<(Wrap, Clear)>, CodecError> {
        let Some(key) = self.keys(epoch).and_then(EpochKeys::key) else { return Ok(None) };
        let clear = Clear::new(*epoch, self.wraps_for(key, to, rng), Vec::new())?;
        if clear.wraps().is_empty() {
            return Ok(None);
        }
        Ok(Some((Wrap { epoch: *epoch, clear: clear_hash(&clear.encode()) }, clear)))
    }

    fn wraps_for(&self, key: &EpochKey, to: &[Recipient], rng: &mut impl CryptoRng) -> Vec<WrapKey> {
        to.iter().filter_map(|to| wrap::wrap(key, self.group(), &to.seal, rng).ok()).collect()
    }

    /// What a new epoch should be, as things stand.
    pub(super) fn plan(&self, group: &Group) -> Plan {
        let logs = members(group).flat_map(|member| {
            let live = member.logs.iter().filter(|log| log.live);
            live.map(|log| Recipient { member: member.key, seal: log.seal })
        });
        let mut from = self.heads(group);
        // A key can be here before the mint it came with is let in, and with it who is out since: it is not handed
        // on before that, or whoever is wrapped for unawares would find it through this link.
        from.retain(|epoch| self.mints.contains_key(epoch));
        from.truncate(limits::BACK_LINKS);
        Plan {
            wrap_to: logs.take(limits::WRAPS).collect(),
            from,
            history: group.charter().history == History::All,
            cite: cite(group),
        }
    }
}

/// What a mint cites: the heads, and before them what ended anybody, where the heads that fit do not lead to it.
fn cite(group: &Group) -> Vec<EntryId> {
    let most = limits::DEPS.saturating_sub(1);
    let heads: Vec<EntryId> = group.heads().into_iter().take(most).collect();
    let led_to = |id: &&EntryId| heads.iter().any(|head| head == *id || group.precedes(id, head));
    let mut cite = Vec::new();
    for ended in ended(group) {
        let (met, missing): (Vec<&EntryId>, Vec<&EntryId>) = ended.by.iter().partition(led_to);
        let lacking = ended.enough.min(ended.by.len()).saturating_sub(met.len());
        cite.extend(missing.into_iter().take(lacking));
    }
    cite.extend(heads);
    cite.truncate(most);
    cite
}
