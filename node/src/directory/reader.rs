//! The task that has the directories: adds them, fetches them anew, looks through them, takes them off.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use kith_protocol::directory::{self, Kept, ListingKey};
use kith_protocol::id::GroupId;
use kith_protocol::limits;
use kith_protocol::time::Millis;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::error::DirectoryError;
use super::fetch::{WITHIN, fetch};
use super::find::{Wanted, found};
use super::held::Held;
use super::place::{Place, reachable};
use super::source::Source;
use super::{MOST, NAME};
use crate::clock::Clock;
use crate::home::Paths;
use crate::mine::{Id, Kind, MineError, MineHandle};
use crate::secret::Secret;
use crate::vault::VaultHandle;

/// Wishes that may wait. Whoever wishes beyond it waits.
const QUEUE: usize = 16;
/// How often to look whether a directory is to be fetched anew.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// A directory is fetched anew after one to two of these, in milliseconds: at an hour that says nothing.
const DAY: u64 = 24 * 3_600_000;
/// One that was due while the node was off is fetched within this, in milliseconds.
const SOON: u64 = 30 * 60_000;
/// Listings that lead to one group, which others can write as well: those known longest are shown.
const TO_ONE_GROUP: usize = 3;

/// A directory as the person has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Subscription {
    /// What the person calls it.
    pub(crate) name: String,
    /// Where it comes from.
    pub(crate) source: String,
    /// Whether it is fetched only when the person asks.
    pub(crate) by_hand: bool,
    /// When it was last fetched.
    pub(crate) fetched: Option<u64>,
    /// When it is fetched next, unless by hand.
    pub(crate) next: u64,
    /// Why the last fetch failed, if it did.
    pub(crate) failed: Option<String>,
    /// The name of its file.
    file: String,
    /// The key of its file, in hex.
    key: String,
}

/// A directory that is read.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) id: Id,
    pub(crate) subscription: Subscription,
    /// How many listings of it hold.
    pub(crate) listings: usize,
}

/// A listing to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) kept: Kept,
    /// The directories that have it, as the person calls them.
    pub(crate) directories: Vec<String>,
    /// Its link, with the addresses that may be followed.
    pub(crate) nodes: Vec<Vec<String>>,
    /// Whether another listing has the same title, or leads to the same group.
    pub(crate) twin: bool,
}

/// A directory that is to be read once it was fetched, and whoever waits for that.
type Adding = (Subscription, Reply<Reading>);
type Reply<T> = oneshot::Sender<Result<T, DirectoryError>>;

enum Request {
    Add { name: String, source: String, by_hand: bool, reply: Reply<Reading> },
    List(Reply<Vec<Reading>>),
    Remove(Id, Reply<()>),
    Refresh(Id, Reply<Reading>),
    Find(Wanted, Reply<Vec<Shown>>),
    Show(Reply<Vec<Shown>>),
}

/// A handle to the directories.
#[derive(Clone, Debug)]
pub(crate) struct Directories(mpsc::Sender<Request>);

impl Directories {
    /// Starts the task, which ends with `closing`.
    pub(crate) fn start(
        vault: VaultHandle,
        mine: MineHandle,
        paths: &Paths,
        clock: Clock,
        closing: CancellationToken,
    ) -> Directories {
        let (requests, inbox) = mpsc::channel(QUEUE);
        let (folder, fetches) = (paths.directories(), JoinSet::new());
        let reader = Reader { vault, mine, folder, clock, open: None, fetches };
        tokio::spawn(reader.run(inbox, closing));
        Directories(requests)
    }

    /// Fetches a directory and reads it from now on.
    pub(crate) async fn add(
        &self,
        name: String,
        source: String,
        by_hand: bool,
    ) -> Result<Reading, DirectoryError> {
        self.ask(|reply| Request::Add { name, source, by_hand, reply }).await
    }

    /// All of them, each with how many listings it has that hold.
    pub(crate) async fn list(&self) -> Result<Vec<Reading>, DirectoryError> {
        self.ask(Request::List).await
    }

    /// Takes one off, with everything that was in it.
    pub(crate) async fn remove(&self, id: Id) -> Result<(), DirectoryError> {
        self.ask(|reply| Request::Remove(id, reply)).await
    }

    /// Fetches one anew.
    pub(crate) async fn refresh(&self, id: Id) -> Result<Reading, DirectoryError> {
        self.ask(|reply| Request::Refresh(id, reply)).await
    }

    /// The listings that fit, the best first.
    pub(crate) async fn find(&self, wanted: Wanted) -> Result<Vec<Shown>, DirectoryError> {
        self.ask(|reply| Request::Find(wanted, reply)).await
    }

    /// All listings.
    pub(crate) async fn all(&self) -> Result<Vec<Shown>, DirectoryError> {
        self.ask(Request::Show).await
    }

    async fn ask<T>(&self, request: impl FnOnce(Reply<T>) -> Request) -> Result<T, DirectoryError> {
        let (reply, answered) = oneshot::channel();
        self.0.send(request(reply)).await.map_err(|_| DirectoryError::Closed)?;
        answered.await.map_err(|_| DirectoryError::Closed)?
    }
}

/// One directory, open.
struct Open {
    subscription: Subscription,
    held: Held,
    /// Whoever waits for the fetch under way; none if there is none.
    waiting: Option<Vec<Reply<Reading>>>,
}

/// What a fetch came to.
struct Fetched {
    id: Id,
    /// None for one that is read already.
    adding: Option<Adding>,
    what: Result<(Vec<u8>, Place), DirectoryError>,
}

struct Reader {
    vault: VaultHandle,
    mine: MineHandle,
    folder: PathBuf,
    clock: Clock,
    /// None until the records could be read.
    open: Option<BTreeMap<Id, Open>>,
    fetches: JoinSet<Fetched>,
}

impl Reader {
    async fn run(mut self, mut inbox: mpsc::Receiver<Request>, closing: CancellationToken) {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = closing.cancelled() => return,
                Some(fetched) = self.fetches.join_next() => {
                    if let Ok(fetched) = fetched {
                        self.fetched(fetched).await;
                    }
                }
                request = inbox.recv() => match request {
                    Some(request) => self.serve(request).await,
                    None => return,
                },
                _ = look.tick() => self.look().await,
            }
        }
    }

    async fn serve(&mut self, request: Request) {
        // Whoever asked and went away needs no answer.
        match request {
            Request::Add { name, source, by_hand, reply } => match self.adding(name, source, by_hand).await {
                Ok((id, subscription)) => self.fetch(id, Some((subscription, reply))),
                Err(error) => drop(reply.send(Err(error))),
            },
            Request::List(reply) => drop(reply.send(self.list().await)),
            Request::Remove(id, reply) => drop(reply.send(self.remove(id).await)),
            Request::Refresh(id, reply) => match self.opened().await.map(|open| open.get_mut(&id)) {
                Ok(Some(open)) => {
                    let begun = open.waiting.is_some();
                    open.waiting.get_or_insert_default().push(reply);
                    if !begun {
                        self.fetch(id, None);
                    }
                }
                Ok(None) => drop(reply.send(Err(DirectoryError::Unknown))),
                Err(error) => drop(reply.send(Err(error))),
            },
            Request::Find(wanted, reply) => drop(reply.send(self.find(&wanted).await)),
            Request::Show(reply) => drop(reply.send(self.find(&Wanted::default()).await)),
        }
    }

    /// The directories, read from what is kept if they were not yet.
    async fn opened(&mut self) -> Result<&mut BTreeMap<Id, Open>, DirectoryError> {
        if self.open.is_none() {
            let (folder, now) = (self.folder.clone(), self.clock.now());
            // Nothing is begun for who reads no directory.
            let begun = self.vault.read(|vault| vault.mine.is_some()).map_err(MineError::from)?;
            let records = match begun {
                true => self.mine.ask(|shelf| Ok(shelf.of(Kind::Directory))).await?,
                false => Vec::new(),
            };
            let read = tokio::task::spawn_blocking(move || {
                let read = records.into_iter().filter_map(|one| {
                    let mut subscription: Subscription =
                        serde_json::from_slice(one.bytes.as_deref()?).ok()?;
                    // Nor does it say when somebody sits down here.
                    subscription.next = subscription.next.max(now.plus(rand::rng().random_range(0..SOON)).0);
                    let key = subscription.key()?;
                    let held = Held::read(&folder.join(&subscription.file), &key, now);
                    let held = held.unwrap_or_else(|| Held::new(Place::World));
                    Some((one.id, Open { subscription, held, waiting: None }))
                });
                read.collect::<BTreeMap<_, _>>()
            });
            self.open = Some(read.await.map_err(|_| DirectoryError::Closed)?);
        }
        self.open.as_mut().ok_or(DirectoryError::Closed)
    }

    async fn adding(
        &mut self,
        name: String,
        source: String,
        by_hand: bool,
    ) -> Result<(Id, Subscription), DirectoryError> {
        let open = self.opened().await?;
        if let Some(there) = open.values().find(|one| one.subscription.source == source) {
            return Err(DirectoryError::There(there.subscription.name.clone()));
        }
        if open.len() >= MOST {
            return Err(DirectoryError::Full);
        }
        let mut name = name;
        while name.len() > NAME {
            name.pop();
        }
        let (file, key) = (hex::encode(rand::random::<[u8; 8]>()), hex::encode(Secret::random().bytes()));
        Ok((
            rand::random(),
            Subscription { name, source, by_hand, fetched: None, next: 0, failed: None, file, key },
        ))
    }

    fn fetch(&mut self, id: Id, adding: Option<Adding>) {
        let known = self.open.as_ref().and_then(|open| open.get(&id)).map(|open| &open.subscription);
        let Some(source) = adding.as_ref().map(|(one, _)| one).or(known).map(|one| one.source.clone()) else {
            return;
        };
        self.fetches.spawn(async move { Fetched { id, adding, what: bring(&source).await } });
    }

    async fn fetched(&mut self, Fetched { id, adding, what }: Fetched) {
        let now = self.clock.now();
        if let Some((subscription, reply)) = adding {
            let added = self.keep_new(subscription, what, now).await;
            return drop(reply.send(added));
        }
        let Some(open) = self.open.as_mut().and_then(|open| open.get_mut(&id)) else { return };
        let waiting = open.waiting.take().unwrap_or_default();
        let taken = what.and_then(|(file, place)| Ok(open.held.take(&file, place, now)?));
        open.subscription.next = next(now);
        match &taken {
            Ok(()) => {
                open.subscription.fetched = Some(now.0);
                open.subscription.failed = None;
            }
            Err(error) => open.subscription.failed = Some(error.to_string()),
        }
        let failed = taken.err();
        let kept = self.keep(id).await;
        for reply in waiting {
            let answer = match (&failed, &kept) {
                (Some(error), _) => Err(error.again()),
                (None, Err(error)) => Err(error.again()),
                (None, Ok(())) => self.one(&id, now).ok_or(DirectoryError::Unknown),
            };
            drop(reply.send(answer));
        }
    }

    /// Keeps a directory that was fetched for the first time.
    async fn keep_new(
        &mut self,
        mut subscription: Subscription,
        what: Result<(Vec<u8>, Place), DirectoryError>,
        now: Millis,
    ) -> Result<Reading, DirectoryError> {
        let (file, place) = what?;
        let mut held = Held::new(place);
        held.take(&file, place, now)?;
        subscription.fetched = Some(now.0);
        subscription.next = next(now);
        let bytes = serde_json::to_vec(&subscription).map_err(|_| DirectoryError::Closed)?;
        let id = self.mine.ask(move |shelf| shelf.add(Kind::Directory, &bytes)).await?;
        let open = self.open.get_or_insert_default();
        open.insert(id, Open { subscription, held, waiting: None });
        self.keep(id).await?;
        self.one(&id, now).ok_or(DirectoryError::Unknown)
    }

    /// Writes what is known of a directory.
    async fn keep(&self, id: Id) -> Result<(), DirectoryError> {
        let Some(open) = self.open.as_ref().and_then(|open| open.get(&id)) else { return Ok(()) };
        let record = serde_json::to_vec(&open.subscription).map_err(|_| DirectoryError::Closed)?;
        let (held, path) = (open.held.clone(), self.folder.join(&open.subscription.file));
        let key = open.subscription.key().ok_or(DirectoryError::Unknown)?;
        let written = tokio::task::spawn_blocking(move || held.write(&path, &key));
        written.await.map_err(|_| DirectoryError::Closed)?.map_err(MineError::Io)?;
        Ok(self.mine.ask(move |shelf| shelf.replace(Kind::Directory, &id, &record)).await?)
    }

    async fn list(&mut self) -> Result<Vec<Reading>, DirectoryError> {
        let now = self.clock.now();
        let ids: Vec<Id> = self.opened().await?.keys().copied().collect();
        let mut all: Vec<_> = ids.iter().filter_map(|id| self.one(id, now)).collect();
        all.sort_by(|a, b| (&a.subscription.name, a.id).cmp(&(&b.subscription.name, b.id)));
        Ok(all)
    }

    fn one(&self, id: &Id, now: Millis) -> Option<Reading> {
        let open = self.open.as_ref()?.get(id)?;
        let holds = open.held.known.listings().filter(|kept| kept.listing.holds(now)).count();
        Some(Reading { id: *id, subscription: open.subscription.clone(), listings: holds })
    }

    async fn remove(&mut self, id: Id) -> Result<(), DirectoryError> {
        let open = self.opened().await?;
        let gone = open.remove(&id).ok_or(DirectoryError::Unknown)?;
        for reply in gone.waiting.into_iter().flatten() {
            drop(reply.send(Err(DirectoryError::Unknown)));
        }
        // Its key is gone with the record; the file is only bytes.
        let path = self.folder.join(&gone.subscription.file);
        self.mine.ask(move |shelf| shelf.delete(Kind::Directory, &id)).await?;
        if let Err(error) = tokio::fs::remove_file(path).await {
            tracing::debug!(%error, "a file that nobody can read was left behind");
        }
        Ok(())
    }

    /// Fetches what is due, one after another: not all at one moment.
    async fn look(&mut self) {
        let now = self.clock.now();
        let Ok(open) = self.opened().await else { return };
        let due = open.iter_mut().find(|(_, one)| {
            !one.subscription.by_hand && one.waiting.is_none() && one.subscription.next <= now.0
        });
        if let Some((id, one)) = due {
            one.waiting = Some(Vec::new());
            let id = *id;
            self.fetch(id, None);
        }
    }

    /// The listings of all directories that fit: of one key the last, of one group those known longest.
    async fn find(&mut self, wanted: &Wanted) -> Result<Vec<Shown>, DirectoryError> {
        let now = self.clock.now();
        let open = self.opened().await?;
        let withdrawn = |key: &ListingKey| open.values().any(|one| one.held.known.is_withdrawn(key));
        let mut shown: BTreeMap<ListingKey, Shown> = BTreeMap::new();
        for one in open.values() {
            for kept in one.held.known.listings().filter(|kept| kept.listing.holds(now)) {
                let key = kept.listing.key;
                if withdrawn(&key) {
                    continue;
                }
                let nodes = reachable(&kept.listing.link.nodes, one.held.place);
                let this = Shown { kept: kept.clone(), directories: Vec::new(), nodes, twin: false };
                let best = shown.entry(key).or_insert_with(|| this.clone());
                best.directories.push(one.subscription.name.clone());
                let first = best.kept.first.min(kept.first);
                if best.kept.listing.issued < kept.listing.issued {
                    best.kept = this.kept;
                    best.nodes = this.nodes;
                }
                best.kept.first = first;
            }
        }
        let shown = twins(shown.into_values().collect());
        let mut fitting: Vec<(u32, Shown)> =
            shown.into_iter().filter_map(|one| Some((found(&one.kept.listing, wanted)?, one))).collect();
        let title = |one: &Shown| crate::search::plain(&one.kept.listing.portrait.title);
        fitting
            .sort_by_cached_key(|(score, one)| (std::cmp::Reverse(*score), title(one), one.kept.listing.key));
        Ok(fitting.into_iter().map(|(_, one)| one).collect())
    }
}

/// Says of listings that others look like them or lead to the same group, and leaves out what is too many of the latter.
fn twins(mut all: Vec<Shown>) -> Vec<Shown> {
    all.sort_by_key(|one| (one.kept.first, one.kept.listing.key));
    let mut groups: BTreeMap<GroupId, usize> = BTreeMap::new();
    all.retain(|one| {
        let count = groups.entry(one.kept.listing.link.group).or_default();
        *count = count.saturating_add(1);
        *count <= TO_ONE_GROUP
    });
    let title = |one: &Shown| crate::search::plain(&one.kept.listing.portrait.title);
    let (mut once, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for one in &all {
        let title = title(one);
        if !once.insert(title.clone()) {
            twice.insert(title);
        }
    }
    for one in &mut all {
        let several = groups.get(&one.kept.listing.link.group).is_some_and(|count| *count > 1);
        one.twin = several || twice.contains(&title(one));
    }
    all
}

impl Subscription {
    fn key(&self) -> Option<Secret> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(&self.key, &mut bytes).ok()?;
        Some(Secret::new(bytes))
    }
}

/// When to fetch again: a day later at the earliest, at an hour that says nothing.
fn next(now: Millis) -> u64 {
    now.plus(DAY).plus(rand::rng().random_range(0..DAY)).0
}

/// Brings what a directory is now.
async fn bring(source: &str) -> Result<(Vec<u8>, Place), DirectoryError> {
    match Source::parse(source) {
        Ok(Source::Web(web)) => Ok(fetch(&web, WITHIN).await?),
        Ok(Source::File(path)) => {
            let most = u64::try_from(limits::DIRECTORY).unwrap_or(u64::MAX);
            let read = tokio::task::spawn_blocking(move || {
                let length = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?.len();
                if length > most { Some(None) } else { std::fs::read(&path).ok().map(Some) }
            });
            match read.await {
                // Whoever wrote it is as strange as anybody on the web.
                Ok(Some(Some(file))) => Ok((file, Place::World)),
                Ok(Some(None)) => Err(directory::DirectoryError::TooLarge.into()),
                _ => Err(DirectoryError::File),
            }
        }
        Err(_) => Err(DirectoryError::Unknown),
    }
}
