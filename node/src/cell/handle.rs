//! A running cell, as the supervisor and the service hold it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kith_protocol::id::GroupId;
use kith_protocol::time::Millis;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::CellError;
use super::engine::{Engine, Notice};
use super::finding::Finder;
use super::moving::Mover;
use super::network::Ears;
use super::open::{Beginning, Opening};
use super::rooms::Rooms;
use super::searching::Searching;
use super::thread::EngineHandle;
use super::views::count;
use super::whereabouts::for_a_link;
use crate::api::types::CatchingUp;
use crate::dht::Node;
use crate::swarm::{Config, Me, Multiaddr, Network, Peer, PeerId, ProxyState, Reachability, Roster, Who};
use crate::sync::Progress;

/// Notices a slow listener may be behind before it misses some and looks at the state instead.
const NOTICES: usize = 4096;
/// Network events that may wait. The swarm drops gossip beyond it, and says so.
pub(super) const EVENTS: usize = 512;

/// How long an invite waits for this node's addresses.
const LISTENING: Duration = Duration::from_secs(5);

/// What a cell shows of itself without being asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct CellState {
    /// Addresses this node can be reached at; none before it listens.
    pub(crate) addresses: Option<Vec<String>>,
    /// Addresses at which it will be reached next.
    pub(crate) next: Vec<String>,
    /// How far a catching-up has come, while one runs.
    pub(crate) catching_up: Option<Progress>,
    /// When a reconciliation last ended well, since the node started.
    pub(crate) last_exchange: Option<Millis>,
}

pub(crate) type StateSender = Arc<watch::Sender<CellState>>;

/// A running cell: a cheap handle.
#[derive(Clone)]
pub(crate) struct Cell {
    pub(crate) id: GroupId,
    /// The name of its folder.
    pub(crate) dir: String,
    pub(crate) engine: EngineHandle,
    pub(crate) searching: Searching,
    pub(crate) rooms: Rooms,
    pub(crate) state: watch::Receiver<CellState>,
    pub(crate) notices: broadcast::Sender<Notice>,
    pub(crate) network: watch::Receiver<Option<Network>>,
    roster: watch::Receiver<Arc<Roster>>,
    states: StateSender,
    networks: Arc<watch::Sender<Option<Network>>>,
    stop: CancellationToken,
    tasks: tokio_util::task::TaskTracker,
}

/// What a cell's engine speaks through.
#[derive(Clone)]
pub(super) struct Channels {
    pub(super) roster: watch::Sender<Arc<Roster>>,
    pub(super) notices: broadcast::Sender<Notice>,
}

impl Cell {
    /// Opens a cell's files, on the thread that will own them. It is not on the network yet.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub(crate) async fn open(opening: Opening, beginning: Beginning) -> Result<Cell, CellError> {
        let (id, dir) = (opening.keys.group, opening.keys.dir.clone());
        let (roster, rosters) = watch::channel(Arc::new(opening.first_roster()));
        let (notices, _) = broadcast::channel(NOTICES);
        let channels = Channels { roster, notices: notices.clone() };
        let memory = opening.search;
        let (again, later) = (opening.clone(), channels.clone());
        let build = move || Engine::open(opening, channels, beginning);
        let again = move || Engine::open(again.refreshed()?, later.clone(), Beginning::Before);
        let (engine, opened) = EngineHandle::start(build, again)?;
        opened.await.map_err(|_| CellError::Closed)??;
        let (states, state) = watch::channel(CellState::default());
        let (networks, network) = watch::channel(None);
        let (stop, tasks) = (CancellationToken::new(), tokio_util::task::TaskTracker::new());
        let (searching, searcher) = Searching::new(engine.clone(), notices.subscribe(), memory, stop.clone());
        tasks.spawn(searcher);
        let rooms = Rooms::new(engine.clone(), network.clone(), notices.clone(), stop.clone(), tasks.clone());
        Ok(Cell {
            id,
            dir,
            engine,
            searching,
            rooms,
            state,
            notices,
            network,
            roster: rosters,
            states: Arc::new(states),
            networks: Arc::new(networks),
            stop,
            tasks,
        })
    }

    /// Brings the cell onto the network after `delay`, so that two cells of one node do not come up at once.
    /// `dht` are servers of the DHT to begin with, beside its keepers.
    pub(crate) fn connect(
        &self,
        config: Config,
        addresses: Vec<Vec<Multiaddr>>,
        dht: Vec<Node>,
        delay: Duration,
    ) {
        let cell = self.clone();
        self.tasks.spawn(async move {
            let stopped = tokio::time::timeout(delay, cell.stop.cancelled()).await;
            if stopped.is_ok() {
                return;
            }
            let finder = Finder::new(cell.clone(), dht, config.proxy, config.clock.clone());
            match Mover::start(cell.clone(), config, addresses).await {
                Ok(mover) => {
                    cell.spawn(finder.run());
                    mover.run().await;
                }
                Err(error) => tracing::error!(%error, "a group is not on the network"),
            }
        });
    }

    /// What a task of the cell's network listens to and speaks through.
    pub(super) fn ears(&self) -> Ears {
        (self.engine.clone(), self.notices.subscribe(), self.states.clone())
    }

    pub(super) fn roster(&self) -> watch::Receiver<Arc<Roster>> {
        self.roster.clone()
    }

    /// Cancelled when the cell is closed.
    pub(super) fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs something whose end the closing waits for.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        self.tasks.spawn(task)
    }

    /// From now on the cell is at this network.
    pub(super) fn show_network(&self, network: Network) {
        self.networks.send_replace(Some(network));
    }

    /// Nodes connected and proved now.
    pub(crate) fn peers(&self) -> Arc<BTreeMap<PeerId, Peer>> {
        self.network.borrow().as_ref().map(Network::peers).unwrap_or_default()
    }

    /// What its network counted since the cell was opened, by name.
    pub(crate) fn counted(&self) -> Vec<(&'static str, u64)> {
        self.network.borrow().as_ref().map(|network| network.counters().all()).unwrap_or_default()
    }

    /// How this node can be reached; none before it is on the network.
    pub(crate) fn reachability(&self) -> Option<Reachability> {
        self.network.borrow().as_ref().map(Network::reachability)
    }

    /// How many members' nodes are connected and proved now.
    pub(crate) fn connected(&self) -> u32 {
        count(self.peers().values().filter(|peer| matches!(peer.who, Who::Member { .. })).count())
    }

    /// Whether a keeper of the group is connected now that takes what is brought.
    pub(crate) fn with_keeper(&self) -> bool {
        self.peers().values().any(|peer| peer.who.keeps())
    }

    /// Whether there is anybody now who takes what is written: a member's node, or a keeper.
    pub(crate) fn with_somebody(&self) -> bool {
        self.connected() > 0 || self.with_keeper()
    }

    /// Whether the proxy is there that this cell goes through, if it has one and was on the network yet.
    pub(crate) fn proxy(&self) -> Option<ProxyState> {
        self.network.borrow().as_ref().and_then(Network::proxy).map(|(_, state)| state)
    }

    /// How far a catching-up has come, while one runs.
    pub(crate) fn catching_up(&self) -> Option<CatchingUp> {
        self.state.borrow().catching_up.map(|Progress { received, of }| CatchingUp { arrived: received, of })
    }

    /// Addresses of this node, as soon as it listens.
    pub(crate) async fn own_addresses(&self) -> Vec<String> {
        let mut state = self.state.clone();
        let listening = state.wait_for(|state| state.addresses.is_some());
        match tokio::time::timeout(LISTENING, listening).await {
            Ok(Ok(state)) => state.addresses.iter().flatten().chain(&state.next).cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// Addresses for an invite link: this node's, then other members' as they were last known.
    ///
    /// Waits a little for this node to listen: printed in the moment in which the group was opened, a link would
    /// lead nowhere.
    pub(crate) async fn known_nodes(&self) -> Vec<Vec<String>> {
        let own = self.own_addresses().await;
        let book = self.network.borrow().as_ref().map(Network::book).unwrap_or_default();
        let roster = self.roster.borrow().clone();
        let mine = match &roster.me {
            Me::Member { key, log, .. } => Some((*key, *log)),
            Me::Invite { .. } => None,
        };
        let current = book.records().filter(|record| {
            roster.members.contains(&record.member) && Some((record.member, record.log)) != mine
        });
        for_a_link(own, current.map(|record| record.addresses.clone()).collect())
    }

    /// Ends the cell: goodbye to the network, then the last commit.
    pub(crate) async fn close(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.engine.stop().await;
    }
}
