//! Connection: how the node does, said honestly. What is known, what is waited for, and what others can see of this device.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{CheckState, GroupState};

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/node", get(show))
}

struct Row {
    id: String,
    title: String,
    state: String,
    last: String,
    /// What has arrived, of what is known to be missing, while catching up.
    progress: Option<(u64, u64)>,
}

struct Peer {
    group: String,
    name: String,
    way: String,
    address: String,
    since: String,
}

#[derive(Template)]
#[template(path = "node.html")]
struct NodePage {
    f: Frame,
    statement: String,
    groups: Vec<Row>,
    peers: Vec<Peer>,
    checks: Vec<(bool, String)>,
    notices: Vec<crate::oops::Said>,
    report: String,
}

async fn show(visit: Visit) -> Result<Response, Oops> {
    let (words, service) = (&visit.words, visit.service());
    let status = service.status().await?;
    let groups: Vec<Row> = status
        .groups
        .iter()
        .map(|group| Row {
            id: group.group.clone(),
            title: group.title.clone().unwrap_or_else(|| words.t("group-unknown")),
            state: match group.state {
                GroupState::Joined if group.peers > 0 => words.tn("connection-nodes", "nodes", group.peers),
                GroupState::Joined => words.t("node-alone"),
                GroupState::Waiting => words.t("node-waiting"),
                GroupState::Refused => words.t("node-refused"),
                GroupState::Left => words.t("node-left"),
                GroupState::Removed => words.t("node-removed"),
            },
            last: group
                .last_exchange
                .as_deref()
                .map_or_else(|| words.t("node-never"), |last| visit.clock.moment(words, last).said),
            progress: group.catching_up.map(|progress| (progress.arrived, progress.of.max(1))),
        })
        .collect();
    let peers = service.peers(None).await?.peers.into_iter().map(|peer| Peer {
        group: groups
            .iter()
            .find(|group| group.id == peer.group)
            .map(|group| group.title.clone())
            .unwrap_or_default(),
        name: peer.name.unwrap_or_else(|| words.t("node-somebody")),
        way: words.t(if peer.outgoing { "node-called" } else { "node-was-called" }),
        address: peer.address,
        since: visit.clock.moment(words, &peer.since).said,
    });
    let checks = service.doctor().await?.checks.into_iter().map(|check| {
        let ok = check.state == CheckState::Ok;
        let id = match (check.check.as_str(), ok) {
            ("group_clock", true) => "check-clock",
            ("group_clock", false) => "check-clock-off",
            ("listening", true) => "check-listening",
            ("listening", false) => "check-listening-not",
            ("connected", true) => "check-connected",
            ("connected", false) => "check-connected-not",
            _ => return (ok, check.message),
        };
        (ok, words.t(id))
    });
    let checks: Vec<(bool, String)> = checks.collect();
    let connected = status.groups.iter().any(|group| group.peers > 0);
    let statement = match (status.groups.is_empty(), connected) {
        (true, _) => "connection-no-group",
        (false, true) => "node-connected",
        (false, false) => "node-looking",
    };
    let report = report(&status.version, &checks, groups.len());
    let notice = |notice: &kith_node::api::types::Notice| {
        let problem = kith_node::api::types::Problem::new(notice.code, &notice.message, &notice.hint);
        crate::oops::Said::of(words, &problem)
    };
    Ok(page(&NodePage {
        statement: words.t(statement),
        peers: peers.collect(),
        notices: status.notices.iter().map(notice).collect(),
        checks,
        groups,
        report,
        f: visit.frame(words.t("node"), Nav::Node),
    }))
}

/// What can be shown to somebody who helps: no name, no address, no id, and no number of groups beyond some.
fn report(version: &str, checks: &[(bool, String)], groups: usize) -> String {
    let mut report = format!("Kith {version}\n");
    for (ok, said) in checks {
        report += &format!("{} {said}\n", if *ok { "ok:" } else { "look:" });
    }
    report + if groups == 0 { "no group\n" } else { "some groups\n" }
}
