//! Which addresses go into an invite link, which has to stay short enough to be copied by hand if need be.

use kith_protocol::limits;

/// Bytes of addresses in one link.
const BYTES: usize = 1600;
/// Addresses of one node that can be called, now and next, and of those through relays.
const DIRECT: usize = 8;
const RELAYED: usize = 1;

/// Own addresses first, then those of nodes that need no relay, then the others', as many as fit. Whoever comes in needs
/// to reach one of them.
pub(super) fn for_a_link(own: Vec<String>, others: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut others = others;
    others.sort_by_key(|addresses| addresses.iter().any(|address| relayed(address)));
    let mut left = BYTES;
    let mut nodes = Vec::new();
    for addresses in std::iter::once(own).chain(others) {
        let (through, direct): (Vec<String>, Vec<String>) =
            addresses.into_iter().partition(|address| relayed(address));
        let few = direct.into_iter().take(DIRECT).chain(through.into_iter().take(RELAYED));
        let fits: Vec<String> = few
            .take_while(|address| {
                let fits = address.len() <= left;
                left = left.saturating_sub(address.len());
                fits
            })
            .collect();
        if !fits.is_empty() {
            nodes.push(fits);
        }
    }
    nodes.truncate(limits::LINK_NODES);
    nodes
}

fn relayed(address: &str) -> bool {
    address.contains("/p2p-circuit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_can_be_called_comes_first_and_all_of_it_is_short() {
        let peer = "12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo";
        let behind = |host: usize| {
            let through = format!("/ip4/203.0.113.{host}/udp/4001/quic-v1/p2p/{peer}/p2p-circuit/p2p/{peer}");
            vec![format!("/ip4/10.0.0.{host}/tcp/4001"), through.clone(), through]
        };
        let open = vec!["/ip4/198.51.100.1/tcp/4001".to_owned()];
        let own = behind(1);
        let others = (2..40).map(behind).chain([open.clone()]).collect();
        let nodes = for_a_link(own.clone(), others);
        assert_eq!(nodes[0], own[..2], "one way through a relay will do");
        assert_eq!(nodes[1], open);
        assert_eq!(nodes.len(), limits::LINK_NODES);
        assert!(nodes.iter().flatten().map(String::len).sum::<usize>() <= BYTES);
        let long = vec![vec!["a".repeat(limits::ADDRESS); limits::NODE_ADDRESSES]; limits::LINK_NODES];
        assert!(for_a_link(own, long).iter().flatten().map(String::len).sum::<usize>() <= BYTES);
    }
}
