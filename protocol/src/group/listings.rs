//! What of the group is listed in public.

use std::collections::BTreeSet;

use super::Group;
use crate::body::{Body, Listed};
use crate::id::{EntryId, MemberKey};
use crate::time::Millis;

/// A listing that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingState {
    /// The entry.
    pub id: EntryId,
    /// What it says.
    pub listed: Listed,
    /// Who listed the group, and alone can sign what strangers read.
    pub author: MemberKey,
    /// When, as they claim.
    pub time: Millis,
    /// Whether a facilitator or helper ended it. That is for good.
    pub ended: bool,
}

impl Group {
    /// Every listing of the group that counts, in the order of arrival.
    pub fn listings(&self) -> Vec<ListingState> {
        let ended: BTreeSet<EntryId> = self
            .counting()
            .filter_map(|control| match &control.entry.body {
                Body::Unlisted(unlisted) => Some(unlisted.listed),
                _ => None,
            })
            .collect();
        let listed = self.counting().filter_map(|control| match &control.entry.body {
            Body::Listed(listed) => Some(ListingState {
                id: control.id,
                listed: listed.clone(),
                author: control.author,
                time: control.entry.time,
                ended: ended.contains(&control.id),
            }),
            _ => None,
        });
        listed.collect()
    }
}
