//! Meeting points: where members' nodes are, sealed from the keeper. In memory alone, and not for long.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kith_protocol::limits;
use libp2p::PeerId;

use super::place::Number;

/// How long one is kept after the connection that left it has gone.
const AFTER: Duration = Duration::from_secs(3600);
/// Meeting points of one place. Of more, the oldest goes.
const OF_A_PLACE: usize = 2 * limits::MEETINGS;

struct Point {
    bytes: Bytes,
    left: Instant,
    /// Since when whoever left it is gone.
    gone: Option<Instant>,
}

/// All meeting points.
#[derive(Default)]
pub(super) struct Meetings(BTreeMap<Number, BTreeMap<PeerId, Point>>);

impl Meetings {
    /// Takes a peer's meeting point in place of the one before, if there is a new one, and gives those of others, the
    /// newest first.
    pub fn meet(&mut self, place: Number, peer: PeerId, point: Option<Bytes>, now: Instant) -> Vec<Bytes> {
        let points = self.0.entry(place).or_default();
        if let Some(bytes) = point {
            points.insert(peer, Point { bytes, left: now, gone: None });
        }
        while points.len() > OF_A_PLACE {
            let oldest = points.iter().min_by_key(|(_, point)| point.left).map(|(peer, _)| *peer);
            oldest.and_then(|peer| points.remove(&peer));
        }
        let mut others: Vec<_> = points.iter().filter(|(other, _)| **other != peer).collect();
        others.sort_by_key(|(_, point)| std::cmp::Reverse(point.left));
        others.into_iter().take(limits::MEETINGS).map(|(_, point)| point.bytes.clone()).collect()
    }

    /// Notes that a peer has gone.
    pub fn gone(&mut self, place: Number, peer: &PeerId, now: Instant) {
        if let Some(point) = self.0.get_mut(&place).and_then(|points| points.get_mut(peer)) {
            point.gone = Some(now);
        }
    }

    /// Forgets those of peers that have been gone for long.
    pub fn expire(&mut self, now: Instant) {
        self.0.retain(|_, points| {
            points.retain(|_, point| point.gone.is_none_or(|gone| now.duration_since(gone) < AFTER));
            !points.is_empty()
        });
    }

    /// Forgets those of a place.
    pub fn forget(&mut self, place: Number) {
        self.0.remove(&place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_points_are_given_for_an_hour_after_they_have_gone() {
        let mut meetings = Meetings::default();
        let (one, two, three) = (PeerId::random(), PeerId::random(), PeerId::random());
        let now = Instant::now();
        let point = |n: u8| Bytes::from(vec![n; limits::MEETING]);
        let at = |seconds| now + Duration::from_secs(seconds);
        assert!(meetings.meet(Number(1), one, Some(point(1)), now).is_empty());
        assert_eq!(meetings.meet(Number(1), two, Some(point(2)), at(1)), [point(1)]);
        assert_eq!(meetings.meet(Number(1), three, None, at(2)), [point(2), point(1)], "the newest first");
        assert!(meetings.meet(Number(2), three, None, at(2)).is_empty(), "of another place");
        meetings.meet(Number(1), one, Some(point(3)), at(3));
        assert_eq!(meetings.meet(Number(1), three, None, at(4)), [point(3), point(2)]);
        meetings.gone(Number(1), &one, at(5));
        meetings.expire(at(5 + 3599));
        assert_eq!(meetings.meet(Number(1), three, None, at(3605)).len(), 2);
        meetings.expire(at(5 + 3600));
        assert_eq!(meetings.meet(Number(1), three, None, at(3606)), [point(2)]);
    }

    #[test]
    fn they_are_bounded() {
        let mut meetings = Meetings::default();
        let now = Instant::now();
        for second in 0..300 {
            let point = Some(Bytes::from_static(b"point"));
            meetings.meet(Number(1), PeerId::random(), point, now + Duration::from_secs(second));
        }
        assert_eq!(meetings.0[&Number(1)].len(), OF_A_PLACE);
        assert_eq!(meetings.meet(Number(1), PeerId::random(), None, now).len(), limits::MEETINGS);
    }
}
