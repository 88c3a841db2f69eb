//! What the network is told of the group: who belongs, who I am, and under which names we meet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use kith_protocol::epoch::EpochKeys;
use kith_protocol::group::{InviteState, Member, Standing};
use kith_protocol::id::{LogId, MemberKey, PlaceId};
use kith_protocol::invite::InviteSecret;
use kith_protocol::keeper::{meet, meeting};
use kith_protocol::limits;
use kith_protocol::time::Week;

use super::engine::Engine;
use crate::swarm::{Invited, Me, Roster};

/// Removed people to whom the removal is shown when they knock; of more, any.
const REMOVED_MOST: usize = 64;
/// Epoch heads whose topics are listened to; the best first.
const TOPIC_EPOCHS: usize = 8;

impl Engine {
    /// The roster as it is now.
    pub(super) fn make_roster(&self) -> Roster {
        let mut roster = Roster::new(self.network_me());
        roster.secret = self.group_secret();
        roster.keepers = self.network_keepers();
        let Some(group) = &self.group else { return roster };
        let current = |member: &&Member| member.standing == Standing::Member;
        roster.members = group.members().filter(current).map(|member| member.key).collect();
        roster.removed = self.removed();
        // Holders of ended invites may knock too: one may be a member who comes back by any link. Whether
        // somebody is let in is said at the entrance.
        let invited = |invite: &InviteState| Invited { key: invite.invite.key, ended: None };
        roster.invites = group.invites().map(|invite| (invite.id, invited(invite))).collect();
        let weeks = self.weeks();
        let keys: Vec<&EpochKeys> = self.meeting_keys().collect();
        let topic = |keys: &EpochKeys, week: Week| keys.control().discovery().topic(week);
        roster.topics = keys.iter().flat_map(|keys| weeks.iter().map(|week| topic(keys, *week))).collect();
        roster.publish = keys.first().map(|keys| topic(keys, self.now().week()));
        roster
    }

    /// This device, as the group knows it.
    pub(super) fn device(&self) -> (MemberKey, LogId) {
        (self.me(), self.own.log())
    }

    /// A signed address record, sealed for a place of a keeper; none before this node has a key to seal it under.
    pub(super) fn meeting_point(&self, place: &PlaceId, record: &[u8]) -> Option<Vec<u8>> {
        let keys = self.meeting_keys().next()?;
        meeting(&keys.control().discovery(), place, record, &mut rand::rng()).ok()
    }

    /// The signed address records in what others left at a place, as far as they are of epochs whose topics are listened
    /// to. They are to be verified.
    pub(super) fn met_at<'a>(&self, place: &PlaceId, points: impl Iterator<Item = &'a [u8]>) -> Vec<Bytes> {
        let keys: Vec<&EpochKeys> = self.meeting_keys().collect();
        let open = |point| keys.iter().find_map(|keys| meet(&keys.control().discovery(), place, point).ok());
        points.take(limits::MEETINGS).filter_map(open).map(Bytes::from).collect()
    }

    /// The keys under which members meet now, that to send under first.
    fn meeting_keys(&self) -> impl Iterator<Item = &EpochKeys> {
        let heads = self.group.as_ref().map(|group| self.ring.heads(group)).unwrap_or_default();
        let epochs = self.prepared.iter().copied().chain(heads).take(TOPIC_EPOCHS);
        epochs.filter_map(|epoch| self.ring.keys(&epoch))
    }

    /// Tells the network, if anything it goes by has changed.
    pub(super) fn send_roster(&self) {
        let roster = Arc::new(self.make_roster());
        // A network that is not started yet reads the newest when it is.
        self.roster.send_replace(roster);
    }

    /// The weeks whose topics are listened to now.
    pub(super) fn weeks(&self) -> BTreeSet<Week> {
        self.now().weeks().into_iter().collect()
    }

    fn network_me(&self) -> Me {
        let signing = Arc::new(self.secrets.signing().clone());
        let member = Me::Member { key: self.me(), signing, log: self.own.log() };
        match &self.joining {
            Some(joining) if self.group_secret().is_none() => {
                let secret = InviteSecret::from_bytes(*joining.secret.bytes());
                Me::Invite { entry: joining.invite, secret }
            }
            _ => member,
        }
    }

    /// What every member can derive: from the first epoch, or as it was last kept.
    fn group_secret(&self) -> Option<kith_protocol::epoch::GroupSecret> {
        let first = self.group.as_ref().and_then(|group| self.ring.first(group));
        match first {
            Some(keys) => Some(keys.control().group_secret()),
            None => self
                .kept_secret
                .as_ref()
                .map(|kept| kith_protocol::epoch::GroupSecret::from_bytes(*kept.bytes())),
        }
    }

    fn removed(&self) -> BTreeMap<MemberKey, Vec<Bytes>> {
        let Some(group) = &self.group else { return BTreeMap::new() };
        let removed = group.members().filter(|member| member.standing == Standing::Removed);
        let shown = removed.take(REMOVED_MOST).map(|member| {
            let entries = member.removal.iter().flat_map(|removal| &removal.entries);
            let envelopes = entries.filter_map(|entry| {
                let copy = self.store.copies(entry).ok()?.into_iter().next()?;
                Some(Bytes::from(self.store.envelope(&copy).ok()??.bytes))
            });
            (member.key, envelopes.collect())
        });
        shown.collect()
    }
}
