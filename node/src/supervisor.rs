//! Which groups this node has: opening them, adding and forgetting them, closing them in order.
//!
//! Guarantees: a cell is in the vault before anything is written under its keys; a group forgotten has left
//! vault and disk when the answer comes. One task makes all changes, one after another; everybody else reads
//! a snapshot.

use std::collections::BTreeMap;
use std::net::{IpAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use kith_protocol::body::{Body, Genesis};
use kith_protocol::entry::SignedEntry;
use kith_protocol::id::{GroupId, LogId};
use kith_protocol::identity::{Identity, MemberSecrets, Seed};
use kith_protocol::invite::{InviteSecret, Link};
use kith_protocol::porch::DoorSecret;
use kith_protocol::time::Millis;
use rand::RngExt;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot, watch};

use crate::api::types::{Code, CreateGroup, GroupState};
use crate::cell::{Arrival, Beginning, Cell, CellError, Choices, Engine, Opening};
use crate::disk::RealDisk;
use crate::home::CellPaths;
use crate::latch::Opens;
use crate::own_log::OwnLog;
use crate::service::ServiceError;
use crate::swarm::{Book, Config, Port, Relaying};
use crate::vault::{CellKeys, LogKeys, VaultHandle};

/// Changes that may wait; whoever asks beyond it waits.
const QUEUE: usize = 16;
/// With several groups, each comes onto the network at a random moment within this time, so that they are not
/// seen to belong together.
const SPREAD: Duration = Duration::from_secs(6);

/// How often one person may come back to one group after they left or were removed.
const GENERATIONS: u32 = 32;

/// The groups this node has open.
pub(crate) type Cells = Arc<BTreeMap<GroupId, Cell>>;

/// What a node starts with.
pub(crate) struct Settings {
    pub(crate) opens: Arc<Opens>,
    pub(crate) vault: VaultHandle,
    /// Memory for all databases together, in bytes.
    pub(crate) cache: u64,
    /// Memory that searching one group may take, in bytes.
    pub(crate) search: usize,
    /// What the person chose to see of texts that mention something.
    pub(crate) choices: watch::Receiver<Choices>,
    /// How many posts the person may write in a group in an hour.
    pub(crate) posts_an_hour: u32,
}

enum Request {
    Create(CreateGroup, oneshot::Sender<Result<Cell, ServiceError>>),
    Join(Box<Link>, Arriving, oneshot::Sender<Result<Cell, ServiceError>>),
    JoinAgain(GroupId, oneshot::Sender<Result<Cell, ServiceError>>),
    Forget(GroupId, oneshot::Sender<Result<(), ServiceError>>),
    Close(oneshot::Sender<()>),
}

/// With what somebody comes to a group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arriving {
    /// What they are to be called; none if they come back.
    pub(crate) name: Option<String>,
    /// What they say to those who decide, where the link asks for it.
    pub(crate) words: Option<String>,
    /// What the link gives, with a phrase if it takes one, where it is an open door's.
    pub(crate) door: Option<DoorSecret>,
}

/// A handle to the supervisor.
#[derive(Clone, Debug)]
pub(crate) struct SupervisorHandle {
    requests: mpsc::Sender<Request>,
}

/// The task's state.
struct Supervisor {
    settings: Settings,
    identity: Identity,
    cells: watch::Sender<Cells>,
    /// To itself, for those who come back under another key; not kept alive by it.
    requests: mpsc::WeakSender<Request>,
}

impl SupervisorHandle {
    /// Opens every group of the vault and starts the task. Groups that do not open are left out and logged:
    /// one damaged group harms no other.
    ///
    /// # Errors
    /// [`Code::PortTaken`] for a chosen port that is in use, [`Code::Internal`] if the vault's thread is gone.
    pub(crate) async fn start(
        settings: Settings,
    ) -> Result<(SupervisorHandle, watch::Receiver<Cells>), ServiceError> {
        if let Some(port) = settings.opens.reach.port() {
            free(&settings.opens.reach.listen, port)?;
        }
        let seed = settings.vault.read(|vault| Seed::from_bytes(*vault.seed())).map_err(CellError::from)?;
        let identity = tokio::task::spawn_blocking(move || seed.identity())
            .await
            .map_err(|_| ServiceError::of(Code::Internal))?;
        let (cells, snapshot) = watch::channel(Cells::default());
        let (requests, inbox) = mpsc::channel(QUEUE);
        let supervisor = Supervisor { settings, identity, cells, requests: requests.downgrade() };
        supervisor.open_all().await?;
        tokio::spawn(supervisor.run(inbox));
        Ok((SupervisorHandle { requests }, snapshot))
    }

    /// Founds a group.
    pub(crate) async fn create(&self, group: CreateGroup) -> Result<Cell, ServiceError> {
        self.ask(|answer| Request::Create(group, answer)).await?
    }

    /// Begins to join a group, or answers with the cell of one that I am in.
    pub(crate) async fn join(&self, link: Link, arriving: Arriving) -> Result<Cell, ServiceError> {
        self.ask(|answer| Request::Join(Box::new(link), arriving, answer)).await?
    }

    /// Begins to join once more, as somebody new, if the key used so far was a member before.
    pub(crate) async fn join_again(&self, group: GroupId) -> Result<Cell, ServiceError> {
        self.ask(|answer| Request::JoinAgain(group, answer)).await?
    }

    /// Forgets a group.
    pub(crate) async fn forget(&self, group: GroupId) -> Result<(), ServiceError> {
        self.ask(|answer| Request::Forget(group, answer)).await?
    }

    /// Closes all groups in order and ends the task.
    pub(crate) async fn close(&self) {
        // A task that has ended already has closed them.
        let _ = self.ask(Request::Close).await;
    }

    async fn ask<T>(&self, request: impl FnOnce(oneshot::Sender<T>) -> Request) -> Result<T, ServiceError> {
        let (answer, answered) = oneshot::channel();
        self.requests.send(request(answer)).await.map_err(|_| ServiceError::of(Code::NotOpen))?;
        answered.await.map_err(|_| ServiceError::of(Code::NotOpen))
    }
}

impl Supervisor {
    async fn run(self, mut inbox: mpsc::Receiver<Request>) {
        while let Some(request) = inbox.recv().await {
            // Whoever asked and went away finds what was done in the snapshot.
            match request {
                Request::Create(group, answer) => drop(answer.send(self.create(group).await)),
                Request::Join(link, arriving, answer) => {
                    drop(answer.send(self.join(*link, arriving).await));
                }
                Request::JoinAgain(group, answer) => drop(answer.send(self.join_again(group).await)),
                Request::Forget(group, answer) => drop(answer.send(self.forget(group).await)),
                Request::Close(answer) => {
                    self.close().await;
                    let _ = answer.send(());
                    return;
                }
            }
        }
    }

    async fn open_all(&self) -> Result<(), ServiceError> {
        let all = self.settings.vault.read(|vault| vault.cells.clone()).map_err(CellError::from)?;
        let several = all.len() > 1;
        let share = self.settings.cache / u64::try_from(all.len().max(1)).unwrap_or(u64::MAX);
        for (place, keys) in all.into_iter().enumerate() {
            let opening = self.opening(keys.clone(), share);
            match Cell::open(opening, Beginning::Before).await {
                Ok(cell) => {
                    let delay = if several { SPREAD.mul_f64(rand::rng().random()) } else { Duration::ZERO };
                    self.connect(&cell, &keys, place == 0, delay);
                    self.insert(cell);
                }
                Err(error) => tracing::error!(%error, "a group could not be opened"),
            }
        }
        Ok(())
    }

    async fn create(&self, wish: CreateGroup) -> Result<Cell, ServiceError> {
        let salt: [u8; 32] = rand::rng().random();
        let secrets = self.identity.member(&salt, 0);
        let log = LogId(rand::rng().random());
        let charter = crate::cell::charter(&wish.charter());
        let genesis = Genesis {
            salt,
            title: wish.title,
            founders: vec![secrets.key()],
            charter,
            seal: secrets.seal(&log).key(),
            name: wish.name,
        };
        Body::Genesis(genesis.clone()).check().map_err(|error| {
            let (_, hint) = Code::BadWords.words();
            ServiceError::new(Code::BadWords, format!("This group cannot be opened: {error}."), hint)
        })?;
        let group = genesis.group_id();
        let (paths, mut keys) = self.new_cell(group, salt, 0, log)?;
        let begun = async {
            OwnLog::create(RealDisk, &paths.own_log(), keys.log_key.bytes(), log).map_err(CellError::from)?;
            let stored = keys.clone();
            self.settings.vault.change(move |cells| cells.push(stored)).map_err(CellError::from)?;
            let opening = self.opening(keys.clone(), self.share());
            Ok::<Cell, ServiceError>(Cell::open(opening, Beginning::Found(Box::new(genesis))).await?)
        };
        let cell = match begun.await {
            Ok(cell) => cell,
            Err(error) => {
                self.discard(&keys.dir);
                return Err(error);
            }
        };
        keys.port = None;
        let first = self.cells.borrow().is_empty();
        self.connect(&cell, &keys, first, Duration::ZERO);
        self.insert(cell.clone());
        Ok(cell)
    }

    async fn join(&self, link: Link, arriving: Arriving) -> Result<Cell, ServiceError> {
        let mut generation = 0;
        let here = self.cells.borrow().get(&link.group).cloned();
        if let Some(cell) = here {
            match cell.engine.read(|engine| Ok(engine.group_state())).await? {
                GroupState::Joined => return Ok(cell),
                GroupState::Removed | GroupState::Left => {
                    let dir = cell.dir.clone();
                    let used =
                        self.settings.vault.read(move |vault| vault.cell(&dir).map(|cell| cell.generation));
                    let used = used.map_err(CellError::from)?.unwrap_or_default();
                    generation = used.saturating_add(1);
                    self.forget(link.group).await?;
                }
                // What was said at the door, and what is answered there, is kept.
                GroupState::Waiting if self.knocked(&cell, &link).await? => return Ok(cell),
                GroupState::Waiting | GroupState::Refused => self.forget(link.group).await?,
            }
        }
        self.join_as(link, arriving, generation).await
    }

    /// Whether somebody knocked already on the invite of a link.
    async fn knocked(&self, cell: &Cell, link: &Link) -> Result<bool, ServiceError> {
        let invite = link.invite;
        Ok(cell.engine.read(move |engine| engine.knocks_on(&invite)).await?)
    }

    /// Joins once more under the next key, with what the cell was joining with.
    async fn join_again(&self, group: GroupId) -> Result<Cell, ServiceError> {
        let cell = self.cells.borrow().get(&group).cloned().ok_or(ServiceError::of(Code::NotMember))?;
        if !cell.engine.read(|engine| Ok(engine.needs_another_key())).await? {
            return Ok(cell); // Done already.
        }
        let keys = self.settings.vault.read(move |vault| {
            vault.cells.iter().find(|cell| cell.group == group && cell.generation < GENERATIONS).cloned()
        });
        let keys = keys.map_err(CellError::from)?.ok_or(ServiceError::of(Code::NotMember))?;
        let joining = keys.joining.ok_or(ServiceError::of(Code::NotMember))?;
        let join =
            joining.join.as_ref().and_then(|bytes| SignedEntry::from_bytes(bytes, None).ok()?.entry().ok());
        let (name, charter) = match join.map(|entry| entry.body) {
            Some(Body::Join(join)) => (Some(join.name), join.charter),
            _ => (None, [0; 32]),
        };
        let door = joining.door.as_ref().map(|door| DoorSecret::from_bytes(*door.bytes()));
        let link = Link {
            group,
            salt: keys.salt,
            invite: joining.invite,
            secret: InviteSecret::from_bytes(*joining.secret.bytes()),
            expires: Millis(0),
            uses: 0,
            charter,
            nodes: joining.addresses,
            way: joining.way,
        };
        let words = cell.engine.read(|engine| engine.first_words()).await?;
        self.forget(group).await?;
        self.join_as(link, Arriving { name, words, door }, keys.generation.saturating_add(1)).await
    }

    async fn join_as(&self, link: Link, arriving: Arriving, generation: u32) -> Result<Cell, ServiceError> {
        let Arriving { name, words, door } = arriving;
        let secrets = self.identity.member(&link.salt, generation);
        let log = LogId(rand::rng().random());
        let now = self.settings.opens.clock.now();
        let arrival = Arrival::by(&link, door.as_ref(), &secrets, log, name.as_deref(), now);
        let arrival = arrival.map_err(|error| {
            let (_, hint) = Code::BadWords.words();
            ServiceError::new(Code::BadWords, format!("This name cannot be used: {error}."), hint)
        })?;
        let (paths, mut keys) = self.new_cell(link.group, link.salt, generation, log)?;
        keys.joining = Some(arrival.joining);
        let asks = link.way.asks() && name.is_some();
        let stored = keys.clone();
        let begun = async {
            let mut own = OwnLog::create(RealDisk, &paths.own_log(), keys.log_key.bytes(), log)
                .map_err(CellError::from)?;
            own.append(&[arrival.first]).map_err(CellError::from)?;
            self.settings.vault.change(move |cells| cells.push(stored)).map_err(CellError::from)?;
            drop(own);
            let opening = self.opening(keys.clone(), self.share());
            let cell = Cell::open(opening, Beginning::Before).await?;
            if asks {
                cell.engine.write(move |engine| engine.knock(words.unwrap_or_default())).await?;
            }
            Ok::<Cell, ServiceError>(cell)
        };
        let cell = match begun.await {
            Ok(cell) => cell,
            Err(error) => {
                self.discard(&keys.dir);
                return Err(error);
            }
        };
        let first = self.cells.borrow().is_empty();
        self.connect(&cell, &keys, first, Duration::ZERO);
        self.insert(cell.clone());
        Ok(cell)
    }

    async fn forget(&self, group: GroupId) -> Result<(), ServiceError> {
        let cell = self.cells.borrow().get(&group).cloned();
        let Some(cell) = cell else { return Ok(()) };
        self.cells.send_modify(|cells| {
            let mut rest = BTreeMap::clone(cells);
            rest.remove(&group);
            *cells = Arc::new(rest);
        });
        cell.close().await;
        let dir = cell.dir.clone();
        // The keys first: without them the files are noise.
        self.settings
            .vault
            .change(move |cells| cells.retain(|cell| cell.dir != dir))
            .map_err(CellError::from)?;
        Ok(self.settings.opens.home.remove_cell(&cell.dir)?)
    }

    async fn close(&self) {
        let cells = self.cells.send_replace(Cells::default());
        let closing = cells.values().map(|cell| async move { cell.close().await });
        futures::future::join_all(closing).await;
    }

    fn new_cell(
        &self,
        group: GroupId,
        salt: [u8; 32],
        generation: u32,
        log: LogId,
    ) -> Result<(CellPaths, CellKeys), ServiceError> {
        let paths = self.settings.opens.home.new_cell()?;
        let mut keys = CellKeys::new(paths.name(), group, salt, generation);
        keys.logs.push(LogKeys { id: log, seal: None, drop: None });
        Ok((paths, keys))
    }

    /// Takes back what was begun of a cell that did not come about.
    fn discard(&self, dir: &str) {
        let name = dir.to_owned();
        if let Err(error) = self.settings.vault.change(move |cells| cells.retain(|cell| cell.dir != name)) {
            tracing::warn!(%error, "a cell that did not come about stays in the vault");
        } else if let Err(error) = self.settings.opens.home.remove_cell(dir) {
            tracing::warn!(%error, "the folder of a cell that did not come about stays");
        }
    }

    fn opening(&self, keys: CellKeys, cache: u64) -> Opening {
        let paths = self.settings.opens.home.paths().cell(&keys.dir);
        Opening {
            db: paths.db(),
            files: paths.files(),
            own_log: paths.own_log(),
            secrets: self.member(&keys),
            keys,
            cache,
            posts_an_hour: self.settings.posts_an_hour,
            vault: self.settings.vault.clone(),
            clock: self.settings.opens.clock.clone(),
            choices: self.settings.choices.clone(),
            search: self.settings.search,
        }
    }

    fn member(&self, keys: &CellKeys) -> MemberSecrets {
        self.identity.member(&keys.salt, keys.generation)
    }

    fn share(&self) -> u64 {
        let open = u64::try_from(self.cells.borrow().len()).unwrap_or(u64::MAX);
        self.settings.cache / open.saturating_add(1)
    }

    fn connect(&self, cell: &Cell, keys: &CellKeys, first: bool, delay: Duration) {
        let opens = &self.settings.opens;
        let place = opens.reach.place(&keys.dir, first);
        let port = match (place.port, keys.port) {
            (Some(chosen), _) => Port::Fixed(chosen),
            (None, Some(kept)) => Port::Kept(kept),
            (None, None) => Port::Any,
        };
        let book = keys.book.as_ref().map(|book| Book::decode(book, &keys.group));
        let config = Config {
            group: keys.group,
            secret: zeroize::Zeroizing::new(*keys.network_key.bytes()),
            listen: opens.reach.listen.clone(),
            port,
            announce: place.announce,
            proxy: opens.reach.proxy,
            lan: opens.reach.lan,
            upnp: opens.reach.upnp,
            relaying: Relaying::default(),
            next: None,
            clock: self.settings.opens.clock.clone(),
            counters: Arc::default(),
            book: book.unwrap_or_default(),
            #[cfg(feature = "lab")]
            tap: self.settings.opens.tap.clone(),
        };
        let nodes = keys.joining.iter().flat_map(|joining| &joining.addresses);
        let nodes = nodes.map(|node| node.iter().filter_map(|text| text.parse().ok()).collect()).collect();
        cell.connect(config, nodes, opens.reach.dht.clone(), delay);
        if keys.joining.is_some() {
            self.watch_for_another_key(cell);
        }
    }

    /// Has somebody begin anew who is told, maybe days after they asked, that their key was in the group before.
    fn watch_for_another_key(&self, cell: &Cell) {
        let (group, engine, requests) = (cell.id, cell.engine.clone(), self.requests.clone());
        let mut notices = cell.notices.subscribe();
        tokio::spawn(async move {
            // It ends with the cell, which drops the other end.
            while !matches!(notices.recv().await, Err(RecvError::Closed)) {
                let look = |engine: &mut Engine| Ok((engine.settled(), engine.needs_another_key()));
                let Ok((false, another)) = engine.read(look).await else { return };
                let Some(requests) = requests.upgrade().filter(|_| another) else { continue };
                let (answer, _) = oneshot::channel();
                // Without a supervisor the node is closing.
                let _ = requests.send(Request::JoinAgain(group, answer)).await;
                return;
            }
        });
    }

    fn insert(&self, cell: Cell) {
        self.cells.send_modify(|cells| {
            let mut more = BTreeMap::clone(cells);
            more.insert(cell.id, cell);
            *cells = Arc::new(more);
        });
    }
}

/// Whether a chosen port can be had, on every address that is listened on, over UDP and TCP.
fn free(listen: &[IpAddr], port: u16) -> Result<(), ServiceError> {
    let everywhere = [IpAddr::from([0, 0, 0, 0])];
    for ip in if listen.is_empty() { &everywhere } else { listen } {
        let tcp = TcpListener::bind((*ip, port)).map(drop);
        let udp = UdpSocket::bind((*ip, port)).map(drop);
        if tcp.and(udp).is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse) {
            return Err(Code::PortTaken.into());
        }
    }
    Ok(())
}
