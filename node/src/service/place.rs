//! Where somebody left off reading a group. It is kept on this device alone, sealed as all that a person keeps for
//! themselves, and told to nobody.

use std::collections::BTreeMap;

use kith_protocol::time::Millis;
use serde::{Deserialize, Serialize};

use super::{Service, ServiceError};
use crate::mine::Kind;

/// Who looked at a group less than this long ago is still there: half an hour, in milliseconds.
const VISIT: u64 = 30 * 60 * 1000;
/// How much later a look is kept though it found nothing new: a tenth of a visit.
const STEP: u64 = VISIT / 10;

/// Where I left off, by the id of the group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Places(BTreeMap<String, Place>);

/// Where I left off in one group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// The newest post at the end of the visit before this one.
    line: Option<String>,
    /// The newest post at the last look.
    newest: String,
    /// When that was.
    looked: u64,
}

impl Place {
    /// The place after a look at `newest`.
    fn after(before: Option<&Place>, newest: &str, now: Millis) -> Place {
        let (newest, looked) = (newest.to_owned(), now.0);
        let line = before.and_then(|before| {
            let back = now.0.saturating_sub(before.looked) > VISIT;
            if back { Some(before.newest.clone()) } else { before.line.clone() }
        });
        Place { line, newest, looked }
    }

    /// Whether it is worth keeping in place of another.
    fn differs(&self, kept: Option<&Place>) -> bool {
        kept.is_none_or(|kept| {
            self.line != kept.line
                || self.newest != kept.newest
                || self.looked > kept.looked.saturating_add(STEP)
        })
    }
}

impl Service {
    /// Takes note that I look at a group whose newest post is this, and says up to which post I had read when I last left:
    /// none on a first visit. Who comes back within half an hour has not left.
    ///
    /// # Errors
    /// As [`Service::keep_text`].
    pub async fn looks_at(&self, group: &str, newest: &str) -> Result<Option<String>, ServiceError> {
        let node = self.node()?;
        let mut places: Places = self.single(Kind::Places).await?;
        let kept = places.0.get(group);
        let place = Place::after(kept, newest, node.clock.now());
        let line = place.line.clone();
        if place.differs(kept) {
            let here = self.cells()?;
            places.0.retain(|one, _| here.keys().any(|id| id.to_string() == *one));
            places.0.insert(group.to_owned(), place);
            self.set_single(Kind::Places, places).await?;
        }
        Ok(line)
    }

    /// Up to which post of a group I had read when I last left it.
    ///
    /// # Errors
    /// [`Code::HomeDamaged`](crate::api::types::Code::HomeDamaged).
    pub async fn read_up_to(&self, group: &str) -> Result<Option<String>, ServiceError> {
        self.node()?;
        let places: Places = self.single(Kind::Places).await?;
        Ok(places.0.get(group).and_then(|place| place.line.clone()))
    }

    /// Whether a group has a newer post than when I last looked at it; not before a first look.
    ///
    /// # Errors
    /// As [`Service::posts`] and [`Service::read_up_to`].
    pub async fn has_something_new(&self, group: &str) -> Result<bool, ServiceError> {
        self.node()?;
        let places: Places = self.single(Kind::Places).await?;
        let Some(place) = places.0.get(group) else { return Ok(false) };
        let newest = self.posts(group, 1, None, false).await?.posts;
        Ok(newest.first().is_some_and(|post| !post.mine && post.post != place.newest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: Option<&str>, newest: &str, looked: u64) -> Place {
        Place { line: line.map(str::to_owned), newest: newest.to_owned(), looked }
    }

    #[test]
    fn the_line_stands_where_the_visit_before_ended() {
        let first = Place::after(None, "a", Millis(0));
        assert_eq!(first, at(None, "a", 0));
        let same = Place::after(Some(&first), "b", Millis(VISIT));
        assert_eq!(same, at(None, "b", VISIT), "a reload is no new visit");
        let back = Place::after(Some(&same), "d", Millis(2 * VISIT + 1));
        assert_eq!(back, at(Some("b"), "d", 2 * VISIT + 1));
        let still = Place::after(Some(&back), "e", Millis(2 * VISIT + 2));
        assert_eq!(still.line.as_deref(), Some("b"), "it stays while one reads");
    }

    #[test]
    fn a_look_that_finds_nothing_new_is_kept_now_and_then() {
        let kept = at(Some("a"), "b", 1_000);
        assert!(at(Some("a"), "b", 1_000).differs(None));
        assert!(!at(Some("a"), "b", 1_000 + STEP).differs(Some(&kept)));
        assert!(at(Some("a"), "b", 1_001 + STEP).differs(Some(&kept)));
        assert!(at(Some("a"), "c", 1_000).differs(Some(&kept)));
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_the_line() {
        let kept = at(Some("a"), "b", 9 * VISIT);
        assert_eq!(Place::after(Some(&kept), "c", Millis(VISIT)).line.as_deref(), Some("a"));
    }
}
