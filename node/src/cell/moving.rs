//! Moving: about once a week, at a moment of its own, a cell goes on under another PeerId and at another port, so that
//! who watches from outside cannot follow it for longer.
//!
//! Nobody is lost by it. The next place is drawn a week ahead; records and links name it beside the present one, and
//! the cell moves only if everybody whom it met in the last weeks was told ([`Book::all_know`]), no link of an earlier
//! place is still good, and this node is in no circle. Otherwise it stays, and looks again at another moment.
//!
//! Each step may be the last before a crash: the next place is in the vault before anybody hears of it, and is the
//! present one there before it is listened at. Members know both places all the while.
//!
//! [`Book::all_know`]: crate::swarm::Book::all_know

use std::net::IpAddr;
use std::ops::Range;
use std::time::Duration;

use kith_protocol::id::{LogId, MemberKey};
use kith_protocol::time::Millis;
use rand::RngExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::CellError;
use super::engine::Engine;
use super::handle::{Cell, EVENTS};
use super::network::NetworkTask;
use crate::secret::Secret;
use crate::swarm::{
    Config, Event, Multiaddr, Network, NetworkError, Next, Port, free_port, is_free, peer_of,
};
use crate::vault::{CellKeys, Place};

const MINUTE: u64 = 60_000;
const DAY: u64 = 24 * 3_600_000;
/// How long a cell stays at a place, in milliseconds: a link that is good for a week leads somewhere all the time.
const STAY: Range<u64> = 7 * DAY..8 * DAY + DAY / 2;
/// Until when it looks again if it cannot move now, in milliseconds.
const AGAIN: Range<u64> = 5 * MINUTE..180 * MINUTE;
/// No two cells of a node move within this long, in milliseconds, and none so close to the turn of the week, when
/// topics change.
const APART: u64 = 30 * MINUTE;
/// Moments drawn before one is taken that is not so far apart.
const TRIES: usize = 64;
/// How often a cell looks whether its moment has come.
const LOOK: Duration = Duration::from_secs(1);
/// The new place has to be listened at within this long, and whoever is connected to be told within it again.
const WITHIN: Duration = Duration::from_secs(10);

/// A cell on the network, and where it goes next.
pub(super) struct Mover {
    cell: Cell,
    /// What its networks start with.
    config: Config,
    here: Here,
    /// None if it stays where it is.
    next: Option<Place>,
}

/// A place where a cell is.
struct Here {
    network: Network,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Mover {
    /// Brings a cell onto the network. A port that the person chose stays, and with it the PeerId, which it would
    /// give away.
    pub(super) async fn start(
        cell: Cell,
        mut config: Config,
        links: Vec<Vec<Multiaddr>>,
    ) -> Result<Mover, NetworkError> {
        let stays = matches!(config.port, Port::Fixed(_)) || !config.announce.is_empty();
        let listen = config.listen.clone();
        let next = match stays {
            false => cell.engine.write(move |engine| engine.next_place(&listen)).await.ok().flatten(),
            true => None,
        };
        config.next = next.as_ref().and_then(Place::foretold);
        let here = Here::start(&cell, config.clone())?;
        if !links.is_empty() {
            here.network.add_addresses(links).await?;
        }
        cell.show_network(here.network.clone());
        Ok(Mover { cell, config, here, next })
    }

    /// Runs until the cell is closed.
    pub(super) async fn run(mut self) {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stop = self.cell.stopping();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = &mut self.here.task => return,
                _ = look.tick() => {}
            }
            let now = self.config.clock.now();
            let Some(next) = self.next.clone().filter(|next| next.at <= now) else { continue };
            match self.is_due(next).await {
                Ok(next) => self.next = next,
                Err(error) => tracing::debug!(%error, "a group did not move"),
            }
        }
        // Its end is awaited with that of the cell's other tasks.
        self.here.stop.cancel();
    }

    /// The moment has come. Says where the cell goes next after this.
    async fn is_due(&mut self, next: Place) -> Result<Option<Place>, CellError> {
        let came = next.came;
        let me = self.cell.engine.read(move |engine| Ok(engine.may_move(came))).await?;
        let resting = self.cell.rooms.at_rest().await;
        let known = self.here.network.book().all_know(next.port, me, self.config.clock.now());
        let listen = self.config.listen.clone();
        let (Some(me), Some(_resting), true) = (me, resting, known) else {
            return self.cell.engine.write(|engine| engine.postpone()).await;
        };
        if !is_free(&listen, next.port) {
            // Somebody else has that port by now: there is another place to come, and everybody to be told.
            let other = self.cell.engine.write(move |engine| engine.other_place(&listen)).await?;
            if let Some(next) = other.as_ref().and_then(Place::foretold) {
                let _ = self.here.network.foretell(next).await;
            }
            return Ok(other);
        }
        let following = self.cell.engine.write(move |engine| engine.moves(&listen)).await?;
        self.config.secret = Zeroizing::new(*next.key.bytes());
        self.config.port = Port::Kept(next.port);
        self.config.next = following.as_ref().and_then(Place::foretold);
        self.config.book = (*self.here.network.book()).clone();
        match Here::start(&self.cell, self.config.clone()) {
            Ok(there) => self.go(there, me).await,
            // The vault has the new place, and others know it: it is gone to at the next start.
            Err(error) => tracing::warn!(%error, "a group did not move"),
        }
        Ok(following)
    }

    /// Goes on at another place, once everybody who is connected at this one knows it.
    async fn go(&mut self, there: Here, me: (MemberKey, LogId)) {
        let farewell = async {
            there.network.settled(me).await?;
            self.here.network.leave(&there.network, me).await
        };
        if !matches!(timeout(WITHIN, farewell).await, Ok(Ok(()))) {
            tracing::debug!("some were not told that a group moved; they know where to");
        }
        self.cell.show_network(there.network.clone());
        let before = std::mem::replace(&mut self.here, there);
        before.stop.cancel();
        let _ = before.task.await;
        tracing::info!("a group goes on at another port");
    }
}

impl Here {
    fn start(cell: &Cell, config: Config) -> Result<Here, NetworkError> {
        let (sender, events): (_, mpsc::Receiver<Event>) = mpsc::channel(EVENTS);
        let key = Secret::new(*config.secret);
        let network = Network::start(config, cell.roster(), sender)?;
        let stop = cell.stopping().child_token();
        let task = NetworkTask::new(cell.ears(), key, network.clone(), events, stop.clone());
        Ok(Here { network, stop, task: cell.spawn(task.run()) })
    }
}

impl Engine {
    /// Where the cell goes next, drawn now if it was not before.
    fn next_place(&self, listen: &[IpAddr]) -> Result<Option<Place>, CellError> {
        let now = self.now();
        self.change_place(listen, move |cell, others, port| {
            if cell.next.is_none() {
                cell.next = port().map(|port| Place::draw(port, now, moment(STAY, now, others)));
            }
        })
    }

    /// Another place to come at another moment, and the present one as before.
    fn other_place(&self, listen: &[IpAddr]) -> Result<Option<Place>, CellError> {
        let now = self.now();
        self.change_place(listen, move |cell, others, port| {
            let came = cell.next.as_ref().map_or(now, |next| next.came);
            cell.next = port().map(|port| Place::draw(port, came, moment(AGAIN, now, others)));
        })
    }

    /// The same place to come, at another moment.
    fn postpone(&self) -> Result<Option<Place>, CellError> {
        let now = self.now();
        self.change_place(&[], move |cell, others, _| {
            if let Some(next) = &mut cell.next {
                next.at = moment(AGAIN, now, others);
            }
        })
    }

    /// The next place is the present one from now on, and there is another next.
    fn moves(&self, listen: &[IpAddr]) -> Result<Option<Place>, CellError> {
        let now = self.now();
        self.change_place(listen, move |cell, others, port| {
            if let Some(next) = cell.next.take() {
                (cell.network_key, cell.port) = (next.key, Some(next.port));
            }
            cell.next = port().map(|port| Place::draw(port, now, moment(STAY, now, others)));
        })
    }

    /// Changes where the cell goes, given the moments at which others do and what finds a port that is free and nobody
    /// else's: it is held for a moment, which others on this machine could see.
    fn change_place(
        &self,
        listen: &[IpAddr],
        change: impl FnOnce(&mut CellKeys, &[Millis], &dyn Fn() -> Option<u16>) + Send + 'static,
    ) -> Result<Option<Place>, CellError> {
        let (dir, listen) = (self.dir.clone(), listen.to_vec());
        let changed = self.vault.change(move |cells| {
            let others = cells.iter().filter(|cell| cell.dir != dir);
            let moments: Vec<Millis> = others.filter_map(|cell| Some(cell.next.as_ref()?.at)).collect();
            let ports = |cell: &CellKeys| [cell.port, cell.next.as_ref().map(|next| next.port)];
            let taken: Vec<u16> = cells.iter().flat_map(ports).flatten().collect();
            let cell = cells.iter_mut().find(|cell| cell.dir == dir)?;
            change(cell, &moments, &|| free_port(&listen, |port| taken.contains(&port)));
            cell.next.clone()
        });
        Ok(changed?)
    }

    /// Who I am to the others, if the cell may move from where it came at this moment: it is in, and no link from
    /// before leads anywhere any more.
    fn may_move(&self, came: Millis) -> Option<(MemberKey, LogId)> {
        let group = self.group.as_ref().filter(|_| self.settled())?;
        let now = self.now();
        let older = group
            .invites()
            .filter(|one| one.live && one.invite.expires > now)
            .any(|one| group.entry(&one.id).is_none_or(|entry| entry.entry.time < came));
        (!older).then(|| (self.me(), self.own.log()))
    }
}

impl Place {
    /// Draws a key for a port.
    fn draw(port: u16, came: Millis, at: Millis) -> Place {
        Place { key: Secret::random(), port, came, at }
    }

    /// What others are told of it.
    fn foretold(&self) -> Option<Next> {
        Some(Next { peer: peer_of(self.key.bytes()).ok()?, port: self.port })
    }
}

/// A random moment so far from now, apart from others.
fn moment(span: Range<u64>, now: Millis, others: &[Millis]) -> Millis {
    let mut dice = rand::rng();
    let mut drawn = now.plus(dice.random_range(span.clone()));
    for _ in 0..TRIES {
        if is_apart(drawn, others) {
            break;
        }
        drawn = now.plus(dice.random_range(span.clone()));
    }
    drawn
}

fn is_apart(moment: Millis, others: &[Millis]) -> bool {
    let near = |other: &Millis| moment.0.abs_diff(other.0) < APART;
    let turns = moment.week() != moment.plus(APART).week()
        || Millis(moment.0.saturating_sub(APART)).week() != moment.week();
    !turns && !others.iter().any(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_about_a_week_apart_and_no_two_are_one() {
        let now = Millis(1_795_305_600_000);
        let mut moments: Vec<Millis> = Vec::new();
        for _ in 0..12 {
            let at = moment(STAY, now, &moments);
            assert!((7 * DAY..9 * DAY).contains(&at.since(now)));
            assert!(moments.iter().all(|other| at.0.abs_diff(other.0) >= APART));
            for minutes in [0, 10, 29] {
                assert_eq!(at.week(), at.plus(minutes * MINUTE).week(), "topics change with the week");
            }
            moments.push(at);
        }
        // They do not lie at one hour of the day.
        let hours: std::collections::BTreeSet<u64> = moments.iter().map(|at| at.0 / 3_600_000 % 24).collect();
        assert!(hours.len() > 4, "{hours:?}");
    }

    #[test]
    fn where_everything_is_close_a_moment_is_taken_all_the_same() {
        let now = Millis(1_795_305_600_000);
        let crowd: Vec<Millis> = (0..400).map(|n| now.plus(n * APART)).collect();
        assert!(AGAIN.contains(&moment(AGAIN, now, &crowd).since(now)));
    }
}
