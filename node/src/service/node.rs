//! The node itself: how it does, where its files are, whom it is connected to.

use crate::api::types::{
    Brief, Check, Code, Doctor, Event, GroupState, GroupStatus, Overview, Paths, Peer, PeerList, Places,
    Reach, Reachable, Status, Stopping, Way,
};
use crate::cell::Cell;
use crate::swarm::{self, Direction, How, Who};

use super::feed::events;
use super::{Feed, Service, ServiceError};

impl Service {
    /// How the node and its groups do.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub async fn status(&self) -> Result<Status, ServiceError> {
        let node = self.node()?;
        let (mut groups, mut notices) = (Vec::new(), Vec::new());
        for cell in self.cells()?.values() {
            let peers = cell.connected();
            let catching_up = cell.catching_up();
            let last_exchange = cell.state.borrow().last_exchange.map(|at| at.to_string());
            let (status, notice) = cell
                .engine
                .read(move |engine| {
                    let summary = engine.summary();
                    let status = GroupStatus {
                        group: summary.group,
                        title: summary.title,
                        state: summary.state,
                        peers,
                        entries: engine.entries()?,
                        pending: engine.pending(),
                        state_hash: engine.state_hash(),
                        catching_up,
                        last_exchange,
                        term: engine.my_term(),
                        to_do: engine.to_do()?,
                        quiet: engine.quiet()?,
                        first_steps: engine.first_steps()?,
                        knock: engine.knock_view()?.map(|mine| mine.state).filter(|_| !engine.settled()),
                    };
                    Ok((status, engine.notice()))
                })
                .await?;
            groups.push(status);
            notices.extend(notice);
        }
        groups.sort_by(|a, b| (&a.title, &a.group).cmp(&(&b.title, &b.group)));
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            started: node.started.to_string(),
            groups,
            notices,
        })
    }

    /// The groups in short, by title: quicker than [`Service::status`], which also looks for what waits.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub async fn overview(&self) -> Result<Overview, ServiceError> {
        let mut groups = Vec::new();
        for cell in self.cells()?.values() {
            let summary = cell.engine.read(|engine| Ok(engine.summary())).await?;
            groups.push(Brief {
                group: summary.group,
                title: summary.title,
                state: summary.state,
                role: summary.role,
                peers: cell.connected(),
                catching_up: cell.catching_up(),
                last_exchange: cell.state.borrow().last_exchange.map(|at| at.to_string()),
            });
        }
        groups.sort_by(|a, b| (&a.title, &a.group).cmp(&(&b.title, &b.group)));
        Ok(Overview { groups })
    }

    /// Members' nodes connected now, of one group or of all.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn peers(&self, group: Option<&str>) -> Result<PeerList, ServiceError> {
        let now = self.node()?.clock.now();
        let (mut all, mut reach) = (Vec::new(), Vec::new());
        for cell in self.within(group).await? {
            reach.extend(cell.reachability().map(|own| Reach {
                group: cell.id.to_string(),
                reachable: reachable(own.reachable),
                relays: u32::try_from(own.relays).unwrap_or(u32::MAX),
                relaying: own.relaying,
            }));
            let names = cell.engine.read(|engine| Ok(engine.names())).await?;
            for peer in cell.peers().values() {
                let key = match peer.who {
                    Who::Member { key, .. } => Some(key),
                    _ => None,
                };
                let ago = u64::try_from(peer.since.elapsed().as_millis()).unwrap_or(u64::MAX);
                let since = kith_protocol::time::Millis(now.0.saturating_sub(ago));
                all.push((
                    cell.id,
                    since,
                    Peer {
                        group: cell.id.to_string(),
                        member: key.map(|key| key.to_string()),
                        name: key.and_then(|key| names.get(&key).cloned()),
                        address: peer.address.to_string(),
                        outgoing: peer.direction == Direction::Outbound,
                        way: way(peer.how),
                        since: since.to_string(),
                    },
                ));
            }
        }
        all.sort_by_key(|(group, since, _)| (*group, *since));
        Ok(PeerList { peers: all.into_iter().map(|(_, _, peer)| peer).collect(), reach })
    }

    /// Where this node keeps its files.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    #[allow(clippy::unused_async, reason = "as every method of the service")]
    pub async fn paths(&self) -> Result<Paths, ServiceError> {
        let node = self.node()?;
        let shown = |path: std::path::PathBuf| path.display().to_string();
        let place = |cell: &Cell| Places {
            group: cell.id.to_string(),
            directory: shown(node.paths.cell(&cell.dir).dir().to_owned()),
        };
        Ok(Paths {
            home: shown(node.paths.dir().to_owned()),
            config: shown(node.paths.config()),
            vault: shown(node.paths.vault()),
            key: shown(node.paths.key()),
            lock: shown(node.paths.lock()),
            socket: shown(node.socket.clone()),
            cells: shown(node.paths.cells()),
            groups: self.cells()?.values().map(place).collect(),
        })
    }

    /// Looks at the node from inside. What can be seen from outside (folders, disk, socket) the command line
    /// looks at itself.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub async fn doctor(&self) -> Result<Doctor, ServiceError> {
        let mut checks = Vec::new();
        let (mut off, mut alone, mut listening) = (false, 0_usize, true);
        let cells = self.cells()?;
        for cell in cells.values() {
            let (joined, clock) = cell
                .engine
                .read(|engine| Ok((engine.group_state() == GroupState::Joined, engine.clock_is_off())))
                .await?;
            off |= clock;
            alone = alone.saturating_add(usize::from(joined && cell.connected() == 0));
            listening &= !cell.state.borrow().addresses.is_empty();
        }
        if cells.is_empty() {
            return Ok(Doctor { checks });
        }
        checks.push(if off {
            let (message, hint) = Code::ClockOff.words();
            Check::attention("group_clock", message, hint)
        } else {
            Check::ok("group_clock", "No other node's clock was seen to differ from this one's.")
        });
        checks.push(if listening {
            Check::ok("listening", "Every group is listening for other nodes.")
        } else {
            Check::attention(
                "listening",
                "A group is not on the network yet.",
                "Wait a few seconds and look again. If it stays, restart the node.",
            )
        });
        checks.push(if alone == 0 {
            Check::ok(
                "connected",
                "In every group, another member's node is connected, or you are waiting to come in.",
            )
        } else {
            Check::attention(
                "connected",
                "In some group no other member's node is connected now.",
                "That is fine: what you write is saved, and goes out when somebody is reachable.",
            )
        });
        Ok(Doctor { checks })
    }

    /// Starts an orderly end of the node, and returns at once.
    ///
    /// # Errors
    /// None today: stopping is possible in every state.
    #[allow(clippy::unused_async, reason = "as every method of the service")]
    pub async fn stop(&self) -> Result<Stopping, ServiceError> {
        self.closing.cancel();
        Ok(Stopping { pid: std::process::id() })
    }

    /// What happens on the node, from the moment this returns.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    #[allow(clippy::unused_async, reason = "as every method of the service")]
    pub async fn events(&self) -> Result<Feed<Event>, ServiceError> {
        let node = self.node()?;
        Ok(events(node.cells.clone(), node.closing.clone()))
    }
}

fn way(how: How) -> Way {
    match how {
        How::Direct => Way::Direct,
        How::Punched => Way::Punched,
        How::Relayed => Way::Relayed,
    }
}

fn reachable(reachable: swarm::Reachable) -> Reachable {
    match reachable {
        swarm::Reachable::Unknown => Reachable::Unknown,
        swarm::Reachable::Public => Reachable::Public,
        swarm::Reachable::Behind => Reachable::Behind,
    }
}
