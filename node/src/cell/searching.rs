//! Searching one group: a task that keeps an index of its texts while somebody searches.
//!
//! Guarantees: the index is in memory alone; it is begun by the first search, and let go with the cell, or when nobody has
//! searched for a while. What was committed before a search is in it. What is found is shown only as a page would
//! show it, asked at that moment. The engine is asked for a few entries at a time, and serves others in between.
//!
//! The newest texts are read first. Until all are, or if there are more than memory is given for, the answer says so.

use std::collections::BTreeSet;
use std::time::Duration;

use kith_protocol::id::ShortId;
use kith_protocol::time::{Millis, Month};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::CellError;
use super::engine::Notice;
use super::findable::Findable;
use super::thread::EngineHandle;
use crate::api::types::Found;
use crate::search::{Filter, Index, Query, Rank};
use crate::store::Cursor;

/// Searches that may wait for one group; whoever asks beyond it waits for their turn.
const QUEUE: usize = 16;
/// Entries asked of the engine at once, some milliseconds of its time.
const PAGE: usize = 64;
/// Changes read at once.
const CHANGES: usize = 256;
/// How long a search waits for texts that were not read yet.
const PATIENCE: Duration = Duration::from_millis(250);
/// What an index may grow by new texts beyond the memory given for it, before it is built anew: this part of it.
const GROWTH: usize = 8;
/// Texts looked at for one answer. Of more, the next page goes on.
const LOOKED: usize = 1024;
/// Texts looked at with one question to the engine.
const CHECKED: usize = 32;
/// The index goes when nobody has searched for so long.
const UNUSED: Duration = Duration::from_secs(600);
/// What was taken out leaves memory when nothing else has happened for so long.
const QUIET: Duration = Duration::from_secs(2);

/// What somebody looks for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) query: Query,
    pub(crate) filter: Filter,
    pub(crate) limit: usize,
    /// Only what comes behind.
    pub(crate) after: Option<Rank>,
    /// From when ages are counted.
    pub(crate) now: Millis,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// The best first.
    pub(crate) found: Vec<(Rank, Found)>,
    /// Behind what to go on; none at the end.
    pub(crate) more: Option<Rank>,
    /// Whether older texts are still being read.
    pub(crate) reading: bool,
    /// Texts of before are not searched.
    pub(crate) from: Option<Millis>,
}

type Reply = oneshot::Sender<Result<Answer, CellError>>;

/// A handle to a cell's search.
#[derive(Clone, Debug)]
pub(crate) struct Searching(mpsc::Sender<(Asked, Reply)>);

impl Searching {
    /// The handle, and the task to run. Older texts are left out of an index that would take more than `memory`, in bytes.
    pub(super) fn new(
        engine: EngineHandle,
        notices: broadcast::Receiver<Notice>,
        memory: usize,
        stop: CancellationToken,
    ) -> (Searching, impl Future<Output = ()> + Send) {
        let (asks, asked) = mpsc::channel(QUEUE);
        let searcher = Searcher { engine, notices, asked, memory, library: None };
        (Searching(asks), async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                () = searcher.run() => {}
            }
        })
    }

    /// Looks for something.
    ///
    /// # Errors
    /// [`CellError::Closed`] if the cell has ended; what the engine refuses with.
    pub(crate) async fn find(&self, asked: Asked) -> Result<Answer, CellError> {
        let (reply, answered) = oneshot::channel();
        self.0.send((asked, reply)).await.map_err(|_| CellError::Closed)?;
        answered.await.map_err(|_| CellError::Closed)?
    }
}

/// The task.
struct Searcher {
    engine: EngineHandle,
    notices: broadcast::Receiver<Notice>,
    asked: mpsc::Receiver<(Asked, Reply)>,
    memory: usize,
    /// None while nobody searches.
    library: Option<Library>,
}

/// The index, and what it lacks.
struct Library {
    /// Away while it is worked on.
    index: Box<Index>,
    /// Read, and not in the index yet.
    read: Vec<Findable>,
    walk: Walk,
    /// Entries that came or changed.
    changed: BTreeSet<ShortId>,
    /// Whether notices were missed: everything is looked at again.
    missed: bool,
    /// Whether months may have gone.
    months: bool,
    since: Month,
    /// When what was read last in this walk was written.
    oldest: Option<Millis>,
    /// Older texts were left out.
    from: Option<Millis>,
    /// Whether the index has more memory than it needs, as it has when it has been filled.
    loose: bool,
    used: Instant,
    stirred: Instant,
}

/// How far the texts have been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walk {
    Before(Option<Cursor>),
    Done,
}

enum Event {
    Asked(Option<(Asked, Reply)>),
    Noticed(Result<Notice, RecvError>),
    Work,
    Rest,
}

impl Searcher {
    async fn run(mut self) {
        loop {
            let open = self.library.is_some();
            let busy = self.library.as_ref().is_some_and(Library::has_work);
            let wake = self.library.as_ref().map_or_else(Instant::now, Library::wakes);
            let event = tokio::select! {
                biased;
                asked = self.asked.recv() => Event::Asked(asked),
                notice = self.notices.recv(), if open => Event::Noticed(notice),
                () = std::future::ready(()), if busy => Event::Work,
                () = sleep_until(wake), if open => Event::Rest,
            };
            let done = match event {
                Event::Asked(None) | Event::Noticed(Err(RecvError::Closed)) => return,
                Event::Asked(Some((asked, reply))) => {
                    let answer = self.answer(asked).await;
                    let failed = answer.as_ref().map(drop).map_err(Clone::clone);
                    // Who has gone away needs no answer.
                    let _ = reply.send(answer);
                    failed
                }
                Event::Noticed(notice) => {
                    self.library.iter_mut().for_each(|library| library.note(notice.clone().ok()));
                    Ok(())
                }
                Event::Work => self.work().await,
                Event::Rest => self.rest().await,
            };
            if let Err(error) = done {
                tracing::debug!(%error, "a group cannot be searched now");
                self.library = None;
                if error == CellError::Closed {
                    return;
                }
            }
        }
    }

    async fn answer(&mut self, asked: Asked) -> Result<Answer, CellError> {
        let begun = Instant::now();
        if self.library.is_none() {
            // What happened before is in what will be read.
            self.notices = self.notices.resubscribe();
            self.library = Some(Library::new());
        }
        self.take_notice()?;
        loop {
            let Some(library) = &mut self.library else { return Err(CellError::Closed) };
            library.used = begun;
            let waits = library.has_work() && begun.elapsed() < PATIENCE;
            if !waits && library.changed.is_empty() {
                break;
            }
            self.work().await?;
        }
        let Some(library) = &mut self.library else { return Err(CellError::Closed) };
        let (query, filter, after, now) = (asked.query.clone(), asked.filter, asked.after, asked.now);
        let ranked = library
            .apart(move |index| index.ranked(&query, &filter, now, after).take(LOOKED).collect::<Vec<Rank>>())
            .await?;
        let (reading, from) = (library.is_reading(), library.from);
        let mut answer = Answer { reading, from, ..Answer::default() };
        let (mut looked, whole) = (0_usize, ranked.len() < LOOKED);
        for some in ranked.chunks(CHECKED) {
            let (some, query) = (some.to_vec(), asked.query.clone());
            let wanted = asked.limit.saturating_sub(answer.found.len());
            let (found, last) = self
                .engine
                .read(move |engine| {
                    let (mut found, mut last) = (Vec::new(), 0_usize);
                    for rank in some {
                        if found.len() == wanted {
                            break;
                        }
                        last = last.saturating_add(1);
                        found.extend(engine.found(&rank.entry, &query)?.map(|one| (rank, one)));
                    }
                    Ok((found, last))
                })
                .await?;
            answer.found.extend(found);
            looked = looked.saturating_add(last);
            if answer.found.len() >= asked.limit {
                break;
            }
        }
        if looked < ranked.len() || !whole {
            answer.more = looked.checked_sub(1).and_then(|last| ranked.get(last)).copied();
        }
        Ok(answer)
    }

    /// Takes in every notice that is waiting.
    fn take_notice(&mut self) -> Result<(), CellError> {
        loop {
            let notice = match self.notices.try_recv() {
                Ok(notice) => Some(notice),
                Err(TryRecvError::Lagged(_)) => None,
                Err(TryRecvError::Empty) => return Ok(()),
                Err(TryRecvError::Closed) => return Err(CellError::Closed),
            };
            self.library.iter_mut().for_each(|library| library.note(notice.clone()));
        }
    }

    /// Does some of what is to be done: changes first, then older texts.
    async fn work(&mut self) -> Result<(), CellError> {
        let Some(library) = &mut self.library else { return Ok(()) };
        library.stirred = Instant::now();
        if std::mem::take(&mut library.months) {
            let since = self.engine.read(|engine| Ok(engine.since())).await?;
            if since > library.since {
                library.since = since;
                library.apart(move |index| index.forget_before(since)).await?;
            }
        }
        if !library.changed.is_empty() {
            // What was read before goes in before what is read now.
            library.put_read().await?;
            let mut some = std::mem::take(&mut library.changed);
            let rest = some.iter().nth(CHANGES).copied();
            library.changed = rest.map(|from| some.split_off(&from)).unwrap_or_default();
            let some: Vec<ShortId> = some.into_iter().collect();
            library.read = self.engine.read(move |engine| engine.findable_of(&some)).await?;
            library.put_read().await?;
            if library.walk == Walk::Done
                && library.index.bytes() > self.memory.saturating_add(self.memory / GROWTH)
            {
                library.begin_anew();
            }
            return Ok(());
        }
        let Walk::Before(before) = library.walk else {
            if !std::mem::take(&mut library.missed) {
                return Ok(());
            }
            if library.from.is_some() || library.index.bytes() > self.memory {
                library.begin_anew();
            }
            library.walk = Walk::Before(None);
            return Ok(());
        };
        let engine = self.engine.clone();
        let page = engine.read(move |engine| engine.findable_page(before, PAGE));
        let ((), (page, next)) = tokio::try_join!(library.put_read(), page)?;
        let oldest = page.iter().rev().find_map(|(_, item)| item.as_ref()).map(|item| item.time);
        library.oldest = oldest.or(library.oldest);
        library.read = page;
        library.walk = next.map_or(Walk::Done, |next| Walk::Before(Some(next)));
        if next.is_none() || library.index.bytes() > self.memory {
            library.put_read().await?;
            library.from = next.and(library.oldest);
            library.walk = Walk::Done;
            library.loose = true;
        }
        Ok(())
    }

    /// Nothing else is to be done.
    async fn rest(&mut self) -> Result<(), CellError> {
        let Some(library) = &mut self.library else { return Ok(()) };
        if library.used.elapsed() >= UNUSED {
            self.library = None;
        } else if library.is_untidy() {
            library.loose = false;
            library.apart(Index::sweep).await?;
        }
        Ok(())
    }
}

impl Library {
    fn new() -> Library {
        let now = Instant::now();
        Library {
            index: Box::default(),
            read: Vec::new(),
            walk: Walk::Before(None),
            changed: BTreeSet::new(),
            missed: false,
            months: true,
            since: Month(0),
            oldest: None,
            from: None,
            loose: false,
            used: now,
            stirred: now,
        }
    }

    fn begin_anew(&mut self) {
        *self = Library { used: self.used, ..Library::new() };
    }

    /// Takes in what happened; none: something was missed.
    fn note(&mut self, notice: Option<Notice>) {
        match notice {
            Some(Notice::Written(entry) | Notice::Altered(entry)) => {
                self.changed.insert(entry.short());
            }
            Some(Notice::Changed) => self.months = true,
            Some(
                Notice::Publish { .. } | Notice::HandOver { .. } | Notice::Delivered(_) | Notice::Wished(_),
            ) => {}
            None => self.missed = true,
        }
    }

    fn has_work(&self) -> bool {
        self.months || self.is_reading() || !self.changed.is_empty()
    }

    fn is_reading(&self) -> bool {
        self.missed || self.walk != Walk::Done
    }

    /// Whether memory holds what it need not.
    fn is_untidy(&self) -> bool {
        self.loose || self.index.is_dusty()
    }

    /// When to look whether something is to be cleared away.
    fn wakes(&self) -> Instant {
        let unused = self.used + UNUSED;
        if self.is_untidy() { unused.min(self.stirred + QUIET) } else { unused }
    }

    async fn put_read(&mut self) -> Result<(), CellError> {
        let read = std::mem::take(&mut self.read);
        if read.is_empty() {
            return Ok(());
        }
        self.apart(move |index| {
            for (entry, item) in &read {
                match item {
                    Some(item) => index.put(item),
                    None => index.remove(entry),
                }
            }
        })
        .await
    }

    /// Works on the index where it keeps nobody else waiting.
    async fn apart<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Index) -> T + Send + 'static,
    ) -> Result<T, CellError> {
        let mut index = std::mem::take(&mut self.index);
        let worked = tokio::task::spawn_blocking(move || {
            let done = work(&mut index);
            (index, done)
        });
        // Fails only when the node ends.
        let (index, done) = worked.await.map_err(|_| CellError::Closed)?;
        self.index = index;
        Ok(done)
    }
}
