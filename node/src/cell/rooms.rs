//! The circles this node is in, of one group.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kith_protocol::circle::{Act, ActError};
use kith_protocol::id::EntryId;
use kith_protocol::time::Millis;
use thiserror::Error;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::CellError;
use super::engine::Notice;
use super::room::{Ears, RoomTask, Wish, topic};
use super::thread::EngineHandle;
use crate::api::types::{Room, RoomPlace};
use crate::swarm::Network;

/// Wishes that may wait for one circle.
const WISHES: usize = 16;
/// Whoever goes to a circle right after the node has started waits so long for the network.
const NETWORK_WITHIN: Duration = Duration::from_secs(10);

/// Why something in a circle was not done.
#[derive(Clone, Debug, Error)]
pub(crate) enum RoomError {
    /// I am not in it.
    #[error("not in this circle")]
    NotIn,
    /// The circle does not allow it.
    #[error("{0}")]
    Act(ActError),
    /// This device is in as many circles of the group as it can be.
    #[error("in too many circles")]
    TooMany,
    /// The group is not on the network.
    #[error("not on the network")]
    Offline,
    /// It cannot be gone to.
    #[error("{0}")]
    Cell(#[from] CellError),
}

/// The circles this node is in: a cheap handle.
#[derive(Clone)]
pub(crate) struct Rooms {
    open: Arc<Mutex<BTreeMap<EntryId, Door>>>,
    /// Held by whoever goes to a circle, so that nobody does it twice.
    entering: Arc<tokio::sync::Mutex<()>>,
    engine: EngineHandle,
    network: watch::Receiver<Option<Network>>,
    notices: broadcast::Sender<Notice>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// One of them.
#[derive(Clone, Debug)]
struct Door {
    wishes: mpsc::Sender<Wish>,
    shown: watch::Sender<Arc<Room>>,
}

impl Door {
    fn is_looked_at(&self) {
        // A full queue is full of signs that somebody is there.
        let _ = self.wishes.try_send(Wish::Look);
    }
}

impl Rooms {
    pub(super) fn new(
        engine: EngineHandle,
        network: watch::Receiver<Option<Network>>,
        notices: broadcast::Sender<Notice>,
        stop: CancellationToken,
        tasks: TaskTracker,
    ) -> Rooms {
        Rooms { open: Arc::default(), entering: Arc::default(), engine, network, notices, stop, tasks }
    }

    /// Goes to a circle, or stays in one I am in.
    pub(crate) async fn enter(&self, circle: EntryId, now: Millis) -> Result<Arc<Room>, RoomError> {
        let _alone = self.entering.lock().await;
        if let Some(door) = self.door(&circle) {
            let room = door.shown.borrow().clone();
            if !room.place.is_over() || room.place == RoomPlace::Closed {
                door.is_looked_at();
                return Ok(room);
            }
            door.wishes.closed().await;
        }
        let ticket = self.engine.read(move |engine| engine.ticket(&circle)).await?;
        let mut network = self.network.clone();
        let network = match timeout(NETWORK_WITHIN, network.wait_for(Option::is_some)).await {
            Ok(Ok(network)) => network.clone().ok_or(RoomError::Offline)?,
            _ => return Err(RoomError::Offline),
        };
        let frames = network.enter(&topic(&ticket.setting)).await.map_err(|_| RoomError::Offline)?;
        let frames = frames.ok_or(RoomError::TooMany)?;
        let (wishes, wished) = mpsc::channel(WISHES);
        let (task, shown) = RoomTask::enter(ticket, self.engine.clone(), network, now);
        let room = shown.borrow().clone();
        let door = Door { wishes, shown };
        self.doors().insert(circle, door.clone());
        let (rooms, notices, stop) = (self.clone(), self.notices.subscribe(), self.stop.clone());
        let ears = Ears { frames, wishes: wished, notices, stop };
        self.tasks.spawn(async move {
            task.run(ears).await;
            let mut doors = rooms.doors();
            if doors.get(&circle).is_some_and(|now| now.wishes.same_channel(&door.wishes)) {
                doors.remove(&circle);
            }
        });
        Ok(room)
    }

    /// Keeps people from going to a circle as long as what is given lives; none if somebody here is in one.
    pub(super) async fn at_rest(&self) -> Option<tokio::sync::OwnedMutexGuard<()>> {
        let alone = self.entering.clone().lock_owned().await;
        let rests = self.doors().values().all(|door| door.shown.borrow().place.is_over());
        rests.then_some(alone)
    }

    /// One I am in, or on the way into, as it is now.
    pub(crate) fn look(&self, circle: &EntryId) -> Option<Arc<Room>> {
        let door = self.door(circle)?;
        door.is_looked_at();
        Some(door.shown.borrow().clone())
    }

    /// All that I am in, on the way into, or was in when they were closed, as they are now.
    pub(crate) fn all(&self) -> Vec<(EntryId, Arc<Room>)> {
        let doors = self.doors();
        doors.iter().map(|(circle, door)| (*circle, door.shown.borrow().clone())).collect()
    }

    /// Looks at a circle as long as what is given lives.
    pub(crate) fn watch(&self, circle: &EntryId) -> Option<watch::Receiver<Arc<Room>>> {
        self.door(circle).map(|door| door.shown.subscribe())
    }

    /// Does something in a circle.
    pub(crate) async fn act(&self, circle: &EntryId, act: Act) -> Result<Arc<Room>, RoomError> {
        let wishes = self.door(circle).ok_or(RoomError::NotIn)?.wishes;
        let (answer, answered) = oneshot::channel();
        wishes.send(Wish::Act(act, answer)).await.map_err(|_| RoomError::NotIn)?;
        answered.await.map_err(|_| RoomError::NotIn)?.map_err(RoomError::Act)
    }

    fn door(&self, circle: &EntryId) -> Option<Door> {
        self.doors().get(circle).cloned()
    }

    fn doors(&self) -> MutexGuard<'_, BTreeMap<EntryId, Door>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
