//! What keepers are granted: the gate keys of the epochs a node holds.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::choose::Choice;
use super::keys::GateKey;
use super::ring::{Keyring, MintRecord};
use crate::group::Group;
use crate::id::{EntryId, EpochId, MemberKey};

impl Keyring {
    /// The gate key of the epoch that is sent under now; none while there is none that is clean.
    pub fn gate(&self, group: &Group, me: &MemberKey) -> Option<GateKey> {
        match self.best(group, me) {
            Choice::Send { epoch, .. } => Some(self.keys(&epoch)?.control().gate()),
            Choice::Mint(_) | Choice::Ask | Choice::Out => None,
        }
    }

    /// The gate keys of all epochs held, those minted last first.
    pub fn gates(&self) -> Vec<GateKey> {
        let depth = |epoch: &EpochId| {
            self.mints.get(epoch).into_iter().flatten().map(|mint: &MintRecord| mint.depth).max()
        };
        let mut epochs: Vec<(Reverse<Option<u64>>, &EpochId)> =
            self.held.keys().map(|epoch| (Reverse(depth(epoch)), epoch)).collect();
        epochs.sort_unstable();
        epochs.into_iter().filter_map(|(_, epoch)| Some(self.keys(epoch)?.control().gate())).collect()
    }

    /// The gate keys of the porches of these invites.
    pub fn porch_gates(&self, invites: &BTreeSet<EntryId>) -> Vec<GateKey> {
        let porches = self.porches.values().filter(|(_, of)| !of.is_disjoint(invites));
        porches.map(|(keys, _)| keys.control().gate()).collect()
    }
}
