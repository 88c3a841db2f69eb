//! `kith peers`: members' nodes that are connected now.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{How, Peer, PeerList, Reach, Reachable};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{phrase, plain, when};

/// Show members' nodes that are connected now
///
/// Only nodes that proved to belong to the group are shown. Those you are connected with can see your
/// internet address, and you theirs, unless there is a proxy such as Tor's between you. Of those connected
/// through a relay, the relay sees both. Below stands how others can reach your node.
#[derive(Args, Debug)]
pub struct Cmd {
    /// One group only: its id, the beginning of it, or its title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: Option<String>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["peers"])?.with("group", self.group.as_deref());
        let list: PeerList = context.node(async |node| node.get(route).await)?;
        context.output.answer(&list, || words(&list))?;
        Ok(Ending::Done)
    }
}

fn words(list: &PeerList) -> String {
    let mut words: String = list.peers.iter().map(peer).collect();
    if list.peers.iter().all(|peer| peer.keeper) {
        words.push_str("No member's node is connected now. Your node goes on looking.\n");
    }
    if !list.reach.is_empty() {
        words.push('\n');
        words.extend(list.reach.iter().map(reach));
    }
    for notice in &list.notices {
        words.push_str(&format!("\n{}\n{}\n", plain::block(&notice.message), plain::block(&notice.hint)));
    }
    words
}

/// How others reach this node.
fn reach(reach: &Reach) -> String {
    let said = match (reach.reachable, reach.relays) {
        (Reachable::Public, _) if reach.relaying => {
            "Others can call your node from anywhere, and those who cannot call each other meet through it."
        }
        (Reachable::Public, _) => "Others can call your node from anywhere.",
        (Reachable::Behind, 1..) => {
            "Your node is behind a router. Others reach it through another member's node or a keeper, and directly where both routers let them."
        }
        (Reachable::Behind, 0) => {
            "Your node is behind a router, and nobody is connected through whom others could reach it. It calls them."
        }
        (Reachable::Here, _) => {
            "Your node listens on this device alone: nobody can call it, and it calls others."
        }
        (Reachable::Unknown, _) => "Nobody has tried yet whether your node can be called from outside.",
    };
    format!("{said} Group [{}]\n", phrase::id(&reach.group))
}

fn peer(peer: &Peer) -> String {
    let name = match &peer.name {
        Some(name) => plain::line(name),
        None if peer.keeper => "A keeper".into(),
        None => "Somebody new".into(),
    };
    let called = if peer.outgoing { "called by your node" } else { "called your node" };
    format!(
        "{name}, connected since {} {} ({called}), in group [{}]\n",
        when::friendly(&peer.since),
        way(peer),
        phrase::id(&peer.group),
    )
}

/// By which way, and where.
fn way(peer: &Peer) -> String {
    let place = place(&peer.address);
    let place = plain::line(&place);
    match (peer.how, peer.outgoing) {
        (How::Direct, _) => format!("at {place}"),
        (How::Punched, _) => format!("at {place}, through both routers"),
        (How::Relayed, _) => "through another member's node or a keeper".to_owned(),
        (How::Lan, _) => format!("on your local network, at {place}"),
        (How::Proxy, true) => format!("through your proxy, at {place}"),
        // What it seems to come from is the proxy on this machine.
        (How::Proxy, false) => "through your onion service".to_owned(),
    }
}

/// `/ip4/192.0.2.7/udp/4001/quic-v1` as people write it: `192.0.2.7:4001`. What has another form stays as it is.
fn place(address: &str) -> String {
    let parts: Vec<_> = address.split('/').collect();
    match parts.as_slice() {
        ["", "ip4", ip, "udp" | "tcp", port, ..] => format!("{ip}:{port}"),
        ["", "ip6", ip, "udp" | "tcp", port, ..] => format!("[{ip}]:{port}"),
        ["", "onion3", onion] => onion.replacen(':', ".onion:", 1),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_as_people_write_them() {
        assert_eq!(place("/ip4/192.0.2.7/udp/4001/quic-v1"), "192.0.2.7:4001");
        assert_eq!(place("/ip6/2001:db8::7/tcp/4001"), "[2001:db8::7]:4001");
        assert_eq!(place("/onion3/abcd:4001"), "abcd.onion:4001");
        assert_eq!(place("/dns/home.example/tcp/1"), "/dns/home.example/tcp/1");
        assert_eq!(place("\u{1b}"), "\u{1b}");
    }
}
