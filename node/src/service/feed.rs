//! What happens, as streams.
//!
//! A watch of posts misses none: when its reader is slower than the notices kept for it, it goes on from what
//! the store has.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use kith_protocol::id::EntryId;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

use super::{Feed, ServiceError};
use crate::api::types::{Event, Post};
use crate::cell::{Cell, Notice};
use crate::supervisor::Cells;

/// A catching-up is told of at most this often.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);
/// Posts looked back over when notices were missed.
const LOOK_BACK: usize = 8192;

/// The posts of one group, from now on.
pub(super) async fn posts(cell: Cell, closing: CancellationToken) -> Result<Feed<Post>, ServiceError> {
    let notices = cell.notices.subscribe();
    let seen = newest(&cell).await?;
    let start = Watch { cell, notices, seen, ready: Vec::new() };
    let stream = stream::unfold(start, |mut watch| async move {
        loop {
            if let Some(post) = watch.ready.pop() {
                return Some((Ok(post), watch));
            }
            match watch.next().await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    watch.notices = broadcast::channel(1).1;
                    return Some((Err(error), watch));
                }
            }
        }
    });
    Ok(Box::pin(stream.take_until(closing.cancelled_owned())))
}

struct Watch {
    cell: Cell,
    notices: broadcast::Receiver<Notice>,
    /// What was there before, or has been given out: of the newest.
    seen: BTreeSet<EntryId>,
    /// To be given out, the next one last.
    ready: Vec<Post>,
}

impl Watch {
    /// Waits for posts that are new. False when the cell has closed.
    async fn next(&mut self) -> Result<bool, ServiceError> {
        match self.notices.recv().await {
            Ok(Notice::Written(entry)) => {
                if self.seen.insert(entry) {
                    let post = self.cell.engine.read(move |engine| engine.post_by_id(&entry.short())).await?;
                    self.ready.extend(post);
                }
            }
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => {
                let now = newest(&self.cell).await?;
                for entry in now.difference(&self.seen).copied().collect::<Vec<_>>() {
                    let post = self.cell.engine.read(move |engine| engine.post_by_id(&entry.short())).await?;
                    self.ready.extend(post);
                }
                self.ready.sort_by(|a, b| b.time.cmp(&a.time));
                self.seen = now;
            }
            Err(RecvError::Closed) => return Ok(false),
        }
        Ok(true)
    }
}

async fn newest(cell: &Cell) -> Result<BTreeSet<EntryId>, ServiceError> {
    Ok(cell.engine.read(|engine| engine.newest(LOOK_BACK)).await?.into_iter().collect())
}

/// What happens in all groups, from now on; that a group is new here is told as well.
pub(super) fn events(cells: watch::Receiver<Cells>, closing: CancellationToken) -> Feed<Event> {
    let start = (cells, BTreeSet::new(), true);
    let joined = stream::unfold(start, |(mut cells, mut known, mut first)| async move {
        loop {
            let snapshot = cells.borrow_and_update().clone();
            let new: Vec<Cell> = snapshot.values().filter(|cell| known.insert(cell.id)).cloned().collect();
            let comes = !std::mem::take(&mut first);
            if !new.is_empty() {
                let streams = stream::iter(new.into_iter().map(move |cell| {
                    let told = of_cell(cell.clone());
                    let arrival = async move { event(&cell, Notice::Changed).await.transpose() };
                    let arrival = stream::once(arrival).filter_map(|event| async move { event });
                    if comes { arrival.chain(told).boxed() } else { told }
                }));
                return Some((streams.flatten_unordered(None), (cells, known, false)));
            }
            cells.changed().await.ok()?;
        }
    });
    Box::pin(joined.flatten_unordered(None).take_until(closing.cancelled_owned()))
}

fn of_cell(cell: Cell) -> BoxStream<'static, Result<Event, ServiceError>> {
    let notices = cell.notices.subscribe();
    let told = stream::unfold((cell.clone(), notices), |(cell, mut notices)| async move {
        let event = match notices.recv().await {
            Ok(notice) => event(&cell, notice).await,
            Err(RecvError::Lagged(count)) => Ok(Some(Event::Missed { count })),
            Err(RecvError::Closed) => return None,
        };
        Some((event.transpose(), (cell, notices)))
    });
    let peers =
        stream::unfold((cell.state.clone(), cell.clone(), None), |(mut state, cell, last)| async move {
            loop {
                let now = (cell.connected(), cell.with_keeper());
                if last.is_some_and(|last: (u32, bool)| last != now) {
                    let (peers, keeper) = now;
                    let event = Event::Peers { group: cell.id.to_string(), peers, keeper };
                    return Some((Some(Ok(event)), (state, cell, Some(now))));
                }
                if last.is_none() {
                    return Some((None, (state, cell, Some(now))));
                }
                state.changed().await.ok()?;
            }
        });
    stream::select(stream::select(told, peers), progress(cell))
        .filter_map(|event| async move { event })
        .boxed()
}

/// How catching-ups come on, and that they have ended.
fn progress(cell: Cell) -> impl Stream<Item = Option<Result<Event, ServiceError>>> + Send {
    stream::unfold((cell.state.clone(), cell, None), |(mut state, cell, last)| async move {
        loop {
            state.changed().await.ok()?;
            let progress = cell.catching_up();
            if progress != last {
                if progress.is_some() {
                    tokio::time::sleep(PROGRESS_EVERY).await;
                }
                let event = Event::CatchingUp { group: cell.id.to_string(), progress };
                return Some((Some(Ok(event)), (state, cell, progress)));
            }
        }
    })
}

async fn event(cell: &Cell, notice: Notice) -> Result<Option<Event>, ServiceError> {
    let somebody = cell.with_somebody();
    Ok(match notice {
        Notice::Written(entry) => {
            cell.engine.read(move |engine| engine.post_by_id(&entry.short())).await?.map(Event::Post)
        }
        Notice::Altered(entry) => {
            cell.engine.read(move |engine| engine.post_by_id(&entry.short())).await?.map(Event::Changed)
        }
        Notice::Delivered(entry) => {
            let delivery = cell.engine.read(move |engine| engine.delivery(&entry, somebody)).await?;
            Some(Event::Delivery(delivery))
        }
        Notice::Changed => {
            let state = cell.engine.read(|engine| Ok(engine.group_state())).await?;
            Some(Event::Group { group: cell.id.to_string(), state })
        }
        Notice::Publish { .. } | Notice::HandOver { .. } | Notice::Wished(_) => None,
    })
}
