//! Connection: what this device knows about the network, and what it does not.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{
    Check, CheckState, GroupState, GroupStatus, How, Notice, Peer, Problem, Reach, Reachable,
};

use self::report::report;
use crate::frame::{Frame, Nav, Room, all_kept, page};
use crate::icons;
use crate::oops::{Oops, Said};
use crate::visit::Visit;
use crate::web::Web;

mod report;

pub fn routes() -> Router<Web> {
    Router::new().route("/node", get(show))
}

/// A group in the table.
struct Row {
    id: String,
    title: String,
    /// Whether others are reachable.
    reach: String,
    last: String,
    waits: String,
    missing: String,
    /// What has arrived, of what is known to be missing, while catching up.
    progress: Option<(u64, u64)>,
}

/// A node that is connected, for those who look after the network.
struct Peered {
    who: String,
    address: String,
    how: String,
}

/// What the node found when it looked at itself.
struct Found {
    well: bool,
    said: String,
    hint: String,
}

#[derive(Template)]
#[template(path = "node/node.html")]
struct NodePage {
    f: Frame,
    statement: Vec<String>,
    notices: Vec<Said>,
    /// Whether everything goes through a proxy, and whether the local network is asked.
    proxied: bool,
    lan: bool,
    rows: Vec<Row>,
    checks: Vec<Found>,
    peers: Vec<Peered>,
    /// How others reach this node, group by group.
    reached: Vec<String>,
    started: String,
    version: String,
    report: String,
}

async fn show(visit: Visit) -> Result<Response, Oops> {
    let (words, service) = (&visit.words, visit.service());
    let status = service.status().await?;
    let checks = service.doctor().await?.checks;
    let mut rows = Vec::with_capacity(status.groups.len());
    let mut waits = false;
    for group in &status.groups {
        let waiting = service.waits_to_go(&group.group).await?;
        waits |= waiting;
        rows.push(row(&visit, group, waiting));
    }
    let titles = |id: &str| rows.iter().find(|row| row.id == id).map(|row| row.title.clone());
    let list = service.peers(None).await?;
    let reached =
        list.reach.iter().map(|reach| reached(&visit, reach, titles(&reach.group).unwrap_or_default()));
    let reached: Vec<String> = reached.collect();
    let peers = list.peers.iter().map(|peer| peered(&visit, peer, titles(&peer.group).unwrap_or_default()));
    let peers: Vec<Peered> = peers.collect();
    let notice = |notice: &Notice| {
        Said::of(words, &Problem::new(notice.code, notice.message.as_str(), notice.hint.as_str()))
    };
    Ok(page(&NodePage {
        statement: statement(&visit, &status.groups, waits),
        notices: status.notices.iter().map(notice).collect(),
        checks: checks.iter().map(|check| found(&visit, check)).collect(),
        started: visit.clock.moment(words, &status.started).said,
        report: report(&status, &checks),
        version: status.version,
        proxied: status.proxy.is_some_and(|proxy| proxy.only),
        lan: status.lan,
        f: visit.frame(words.t("connection"), Nav::Node).told("all=yes"),
        rows,
        peers,
        reached,
    }))
}

/// How it stands, in a sentence or two.
fn statement(visit: &Visit, groups: &[GroupStatus], waits: bool) -> Vec<String> {
    let words = &visit.words;
    let nodes = groups.iter().map(|group| group.peers).fold(0, u32::saturating_add);
    let mut said = vec![match (groups.is_empty(), nodes) {
        (true, _) => words.t("connection-no-group"),
        (false, 0) if all_kept(groups.iter().map(|group| (group.state, group.keeper))) => {
            words.t("node-nobody-but-keeper")
        }
        (false, 0) => words.t("node-nobody"),
        (false, nodes) => words.tn("node-reachable", "nodes", nodes),
    }];
    if waits {
        said.push(words.t("node-something-waits"));
    }
    said
}

fn row(visit: &Visit, group: &GroupStatus, waits: bool) -> Row {
    let words = &visit.words;
    let inside = group.state == GroupState::Joined;
    Row {
        id: group.group.clone(),
        title: group.title.clone().unwrap_or_else(|| words.t("group-unknown")),
        reach: match group.state {
            GroupState::Joined | GroupState::Waiting if group.peers > 0 => {
                words.tn("connection-nodes", "nodes", group.peers)
            }
            GroupState::Joined if group.keeper => words.t("node-keeper-here"),
            GroupState::Joined => words.t("node-nobody-here"),
            GroupState::Waiting => words.t("node-waiting"),
            GroupState::Refused => words.t("node-refused"),
            GroupState::Left => words.t("node-left"),
            GroupState::Removed => words.t("node-removed"),
        },
        last: match &group.last_exchange {
            Some(last) => visit.clock.moment(words, last).said,
            None => words.t("node-not-yet"),
        },
        waits: words.t(if waits { "node-waits" } else { "node-waits-not" }),
        missing: match (group.catching_up.is_some(), group.pending > 0, inside) {
            (true, ..) => words.t("node-finding-out"),
            (_, _, false) => words.t("node-not-known"),
            (_, true, true) => words.t("node-missing"),
            (_, false, true) => words.t("node-missing-not"),
        },
        progress: group.catching_up.map(|progress| (progress.arrived, progress.of.max(1))),
    }
}

fn peered(visit: &Visit, peer: &Peer, group: String) -> Peered {
    let words = &visit.words;
    let unnamed = if peer.keeper { "node-a-keeper" } else { "node-not-known-yet" };
    let name = peer.name.clone().unwrap_or_else(|| words.t(unnamed));
    let since = visit.clock.moment(words, &peer.since);
    let way = words.t1(if peer.outgoing { "node-called" } else { "node-was-called" }, "when", since);
    Peered {
        who: format!("{} {way}", words.t2("node-of-group", "name", name, "group", group)),
        address: peer.address.clone(),
        how: words.t(match (peer.how, peer.outgoing) {
            (How::Direct, _) => "node-how-direct",
            (How::Punched, _) => "node-how-punched",
            (How::Relayed, _) => "node-how-relayed",
            (How::Lan, _) => "node-how-lan",
            (How::Proxy, true) => "node-how-proxy",
            (How::Proxy, false) => "node-how-onion",
        }),
    }
}

/// How others reach this node in one group.
fn reached(visit: &Visit, reach: &Reach, group: String) -> String {
    let said = match (reach.reachable, reach.relays) {
        (Reachable::Public, _) if reach.relaying => "node-reach-relaying",
        (Reachable::Public, _) => "node-reach-public",
        (Reachable::Behind, 1..) => "node-reach-relayed",
        (Reachable::Behind, 0) => "node-reach-behind",
        (Reachable::Here, _) => "node-reach-here",
        (Reachable::Unknown, _) => "node-reach-unknown",
    };
    visit.words.t1(said, "group", group)
}

/// A check in the words of the page; one that this page does not know in the node's own.
fn found(visit: &Visit, check: &Check) -> Found {
    let words = &visit.words;
    let well = check.state == CheckState::Ok;
    let (said, hint) = match (check.check.as_str(), well) {
        ("group_clock", true) => (words.t("check-clock"), String::new()),
        ("group_clock", false) => (words.t("check-clock-off"), words.t("check-clock-off-do")),
        ("listening", true) => (words.t("check-listening"), String::new()),
        ("listening", false) => (words.t("check-listening-not"), words.t("check-listening-not-do")),
        ("proxy", true) => (words.t("check-proxy"), String::new()),
        ("proxy", false) => (words.t("check-proxy-not"), words.t("check-proxy-not-do")),
        ("dht", true) => (words.t("check-dht"), String::new()),
        ("dht", false) => (words.t("check-dht-not"), words.t("check-dht-not-do")),
        ("findable", false) => (words.t("check-findable-not"), words.t("check-findable-not-do")),
        ("connected", true) => (words.t("check-connected"), String::new()),
        ("connected", false) => (words.t("check-connected-not"), words.t("check-connected-not-do")),
        _ => (check.message.clone(), check.hint.clone()),
    };
    Found { well, said, hint }
}
