//! What happened lately, numbered: what it was and where, and nothing of what was written.
//!
//! A page is made as of a number and listens from there on, and a browser that lost its stream goes on from what it heard
//! last: nothing that happens in between is lost. Whoever comes back after more than [`KEPT`] is told that much has happened.
//! It is noted from the first page on: where nobody uses a browser, nothing is done for it.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use futures::{Stream, StreamExt, stream};
use kith_node::api::types::{Event, Id};
use tokio::sync::watch;

use crate::web::Web;

/// Happenings that are remembered.
const KEPT: usize = 1024;

/// What happened, if it concerns a page at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Somebody else wrote something: the group, and the post.
    Written(Id, Id),
    /// Something written is not as it was: the group, the post, and whether somebody else said it anew or took it back.
    Changed(Id, Id, bool),
    /// Something of mine has come further.
    Delivered,
    /// A group is not as it was.
    Group(Id),
    /// Who is connected.
    Connected,
    /// More than is remembered.
    Much,
}

impl What {
    fn of(event: &Event) -> Option<What> {
        Some(match event {
            Event::Post(post) if !post.mine => What::Written(post.group.clone(), post.post.clone()),
            Event::Changed(post) => {
                let reworded = !post.mine && (post.withdrawn || post.edited);
                What::Changed(post.group.clone(), post.post.clone(), reworded)
            }
            Event::Delivery(_) => What::Delivered,
            Event::Group { group, .. } => What::Group(group.clone()),
            Event::Peers { .. } | Event::CatchingUp { .. } => What::Connected,
            Event::Missed { .. } => What::Much,
            _ => return None,
        })
    }
}

/// What happened lately.
#[derive(Debug, Default)]
pub struct Lately {
    kept: Mutex<VecDeque<What>>,
    /// How much has happened: the number of the newest.
    count: watch::Sender<u64>,
    /// Whether a page was made.
    wanted: watch::Sender<bool>,
}

impl Lately {
    /// The number of the newest happening, for a page that is about to be made.
    pub fn mark(&self) -> u64 {
        self.wanted.send_if_modified(|wanted| !std::mem::replace(wanted, true));
        *self.count.borrow()
    }

    fn add(&self, what: What) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(what);
        if kept.len() > KEPT {
            kept.pop_front();
        }
        self.count.send_modify(|count| *count = count.saturating_add(1));
    }

    /// Forgets what it was, and not that it happened.
    fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// What happened after a mark, each with its number.
    fn after(&self, mark: u64) -> VecDeque<(u64, What)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = *self.count.borrow();
        let Some(seen) = mark.checked_sub(newest.saturating_sub(kept.len() as u64)) else {
            return VecDeque::from([(newest, What::Much)]);
        };
        let seen = usize::try_from(seen).unwrap_or(usize::MAX);
        (mark.saturating_add(1)..).zip(kept.iter().skip(seen).cloned()).collect()
    }

    /// What happened after a mark, and all that happens from now on. Ends with the app.
    pub fn from(web: &Web, mark: u64) -> impl Stream<Item = (u64, What)> + Send + use<> {
        let start = (web.clone(), web.lately.count.subscribe(), mark, VecDeque::new());
        stream::unfold(start, |(web, mut count, mut mark, mut ready)| async move {
            loop {
                if let Some((number, what)) = ready.pop_front() {
                    mark = number;
                    return Some(((number, what), (web, count, mark, ready)));
                }
                ready = web.lately.after(mark);
                if ready.is_empty() {
                    count.changed().await.ok()?;
                }
            }
        })
    }
}

/// Takes note of what happens whenever the node is open, until it ends.
pub async fn watch(web: Web) {
    let closing = web.closing.clone();
    tokio::select! {
        () = closing.cancelled() => {}
        () = note(&web) => {}
    }
}

async fn note(web: &Web) {
    let mut wanted = web.lately.wanted.subscribe();
    let Ok(mut open) = web.service.opened_or_locked() else { return };
    if wanted.wait_for(|wanted| *wanted).await.is_err() {
        return;
    }
    while open.wait_for(|open| *open).await.is_ok() {
        if let Ok(feed) = web.service.events().await {
            let happened = feed.filter_map(async |event| What::of(&event.ok()?));
            happened.for_each(async |what| web.lately.add(what)).await;
            web.lately.forget();
        }
        if open.changed().await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(lately: &Lately, mark: u64) -> Vec<(u64, What)> {
        lately.after(mark).into()
    }

    #[test]
    fn what_happened_since_a_mark_comes_once_and_in_order() {
        let lately = Lately::default();
        assert_eq!(numbers(&lately, lately.mark()), []);
        lately.add(What::Delivered);
        let mark = lately.mark();
        lately.add(What::Connected);
        lately.add(What::Group("a".into()));
        let since = [(mark + 1, What::Connected), (mark + 2, What::Group("a".into()))];
        assert_eq!(numbers(&lately, mark), since);
        assert_eq!(numbers(&lately, mark + 1), since[1..]);
        assert_eq!(numbers(&lately, lately.mark()), []);
        assert_eq!(numbers(&lately, u64::MAX), [], "a mark that was never given");
    }

    #[test]
    fn whoever_was_away_for_long_is_told_so() {
        let lately = Lately::default();
        for _ in 0..=KEPT {
            lately.add(What::Connected);
        }
        let newest = lately.mark();
        assert_eq!(numbers(&lately, 0), [(newest, What::Much)]);
        assert_eq!(numbers(&lately, 1).len(), KEPT);
        lately.forget();
        assert_eq!(numbers(&lately, newest - 1), [(newest, What::Much)]);
        assert_eq!(numbers(&lately, newest), []);
    }
}
