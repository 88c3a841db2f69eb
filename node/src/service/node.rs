//! The node itself: how it does, where its files are, whom it is connected to.

use std::collections::BTreeMap;

use crate::api::types::{
    Brief, Check, Code, Doctor, Event, GroupState, GroupStatus, How, Notice, Overview, Paths, Peer, PeerList,
    Places, Proxied, ProxyWord, Reach, Reachable, Status, Stopping,
};
use crate::cell::Cell;
use crate::dht::Serving;
use crate::swarm::{self, Direction, ProxyState, Who, is_near, is_onion};

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
            let (peers, keeper) = (cell.connected(), cell.with_keeper());
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
                        keeper,
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
        let proxy = self.proxy()?;
        notices.extend(proxy.as_ref().and_then(proxy_notice));
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            started: node.started.to_string(),
            proxy,
            lan: self.latch()?.reach().lan,
            groups,
            notices,
        })
    }

    /// The proxy that others are reached through, if there is one, as the groups found it.
    fn proxy(&self) -> Result<Option<Proxied>, ServiceError> {
        let Some(proxy) = self.latch()?.reach().proxy else { return Ok(None) };
        let states: Vec<ProxyState> = self.cells()?.values().filter_map(Cell::proxy).collect();
        // What is wrong for one group is told; what was not asked yet is not.
        let order = [ProxyState::Unfit, ProxyState::Missing, ProxyState::Here];
        let state = order.into_iter().find(|state| states.contains(state)).unwrap_or(ProxyState::Unknown);
        Ok(Some(Proxied { address: proxy.at.to_string(), only: proxy.only, state: state.into() }))
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
                keeper: cell.with_keeper(),
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
        let proxy = self.proxy()?;
        let proxied = proxy.as_ref().is_some_and(|proxy| proxy.only);
        let (mut all, mut reach) = (Vec::new(), Vec::new());
        for cell in self.within(group).await? {
            reach.extend(cell.reachability().map(|own| Reach {
                group: cell.id.to_string(),
                reachable: own.reachable.into(),
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
                        keeper: matches!(peer.who, Who::Keeper { .. }),
                        address: peer.address.to_string(),
                        how: how(peer, proxied),
                        outgoing: peer.direction == Direction::Outbound,
                        since: since.to_string(),
                    },
                ));
            }
        }
        all.sort_by_key(|(group, since, _)| (*group, *since));
        let notices = proxy.as_ref().and_then(proxy_notice).into_iter().collect();
        Ok(PeerList { peers: all.into_iter().map(|(_, _, peer)| peer).collect(), notices, reach })
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
        let (mut off, mut alone, mut listening, mut hidden) = (false, 0_usize, true, false);
        let cells = self.cells()?;
        let mut network: BTreeMap<String, u64> = BTreeMap::new();
        for cell in cells.values() {
            for (name, count) in cell.counted() {
                let all = network.entry(name.to_owned()).or_default();
                *all = all.saturating_add(count);
            }
            let (joined, clock) = cell
                .engine
                .read(|engine| Ok((engine.group_state() == GroupState::Joined, engine.clock_is_off())))
                .await?;
            off |= clock;
            alone = alone.saturating_add(usize::from(joined && cell.connected() == 0));
            listening &= cell.state.borrow().addresses.is_some();
            hidden |= cell.state.borrow().addresses.as_ref().is_some_and(Vec::is_empty);
        }
        let latch = self.latch()?;
        for (name, count) in latch.dht().into_iter().flat_map(|serving| serving.counters().all()) {
            network.insert(name.to_owned(), count);
        }
        checks.extend(dht_check(latch.reach().dht.len(), latch.dht().map(Serving::port), &network));
        if cells.is_empty() {
            return Ok(Doctor { checks, network });
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
        if let Some(proxy) = self.proxy()? {
            checks.push(proxy_check(&proxy));
            if hidden {
                checks.push(Check::attention(
                    "findable",
                    "In some group you announce no onion service, so nobody there can call your node; it calls others.",
                    "Somebody in each group has to have one. The guide \"Use Tor\" tells how to set it up.",
                ));
            }
        }
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
        Ok(Doctor { checks, network })
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

/// What to say of the DHT, where it was chosen: how many servers were named, and at which port this node is one.
fn dht_check(named: usize, serves: Option<u16>, network: &BTreeMap<String, u64>) -> Option<Check> {
    let count = |name: &str| network.get(name).copied().unwrap_or_default();
    let answered = count("dht_left").max(count("dht_looked").saturating_sub(count("dht_unreached")));
    let silent = count("dht_not_left").max(count("dht_unreached"));
    match (named, serves) {
        (0, None) => None,
        (1.., _) if answered == 0 && silent > 0 => Some(Check::attention(
            "dht",
            "None of the servers of the DHT that your settings name has answered yet.",
            "Look whether they are still where \"nodes\" says, under [dht] in config.toml. Groups work without it, as long as \
             somebody is where the others know them.",
        )),
        (0, Some(port)) => {
            Some(Check::ok("dht", format!("This node is a server of the DHT, at port {port}.")))
        }
        (_, None) => Some(Check::ok("dht", "Who has moved is looked for in the DHT.")),
        (_, Some(port)) => Some(Check::ok(
            "dht",
            format!(
                "Who has moved is looked for in the DHT, and this node is a server of it, at port {port}."
            ),
        )),
    }
}

/// By which way somebody is connected.
fn how(peer: &swarm::Peer, proxied: bool) -> How {
    match peer.how {
        _ if proxied || is_onion(&peer.address) => How::Proxy,
        swarm::How::Relayed => How::Relayed,
        swarm::How::Punched => How::Punched,
        swarm::How::Direct if is_near(&peer.address) => How::Lan,
        swarm::How::Direct => How::Direct,
    }
}

impl From<ProxyState> for ProxyWord {
    fn from(state: ProxyState) -> ProxyWord {
        match state {
            ProxyState::Unknown => ProxyWord::Unknown,
            ProxyState::Here => ProxyWord::Here,
            ProxyState::Missing => ProxyWord::Missing,
            ProxyState::Unfit => ProxyWord::Unfit,
        }
    }
}

/// What to say of a proxy that cannot be used.
fn proxy_notice(proxy: &Proxied) -> Option<Notice> {
    let code = match proxy.state {
        ProxyWord::Unknown | ProxyWord::Here => return None,
        ProxyWord::Missing => Code::ProxyMissing,
        ProxyWord::Unfit => Code::ProxyUnfit,
    };
    let (message, hint) = code.words();
    Some(Notice { code, message: message.to_owned(), hint: hint.to_owned() })
}

fn proxy_check(proxy: &Proxied) -> Check {
    match (proxy_notice(proxy), proxy.only) {
        (Some(notice), _) => Check::attention("proxy", notice.message, notice.hint),
        (None, true) => Check::ok("proxy", "Others are reached through your proxy, and by no other way."),
        (None, false) => {
            Check::ok("proxy", "Onion services are reached through your proxy, all else directly.")
        }
    }
}

impl From<swarm::Reachable> for Reachable {
    fn from(reachable: swarm::Reachable) -> Reachable {
        match reachable {
            swarm::Reachable::Unknown => Reachable::Unknown,
            swarm::Reachable::Here => Reachable::Here,
            swarm::Reachable::Public => Reachable::Public,
            swarm::Reachable::Behind => Reachable::Behind,
        }
    }
}
