//! How nodes meet by hand: they exchange what they hold, call for keys and answer.

use super::node::Node;

/// How often people meet, call and answer before whoever waits on gives up.
const ROUNDS: usize = 6;

/// Two nodes exchange everything the other lacks.
pub fn meet(a: &mut Node, b: &mut Node) {
    a.now = a.now.max(b.now);
    b.now = a.now;
    pass(a, b);
    pass(b, a);
}

/// One node gives another what it lacks.
pub fn pass(from: &Node, to: &mut Node) {
    for (id, verified) in &from.held.envelopes {
        if !to.held.envelopes.contains_key(id) {
            to.receive(verified.envelope().encode(), 1);
        }
    }
}

/// All nodes meet until nobody has anything new for anybody.
pub fn meet_all(nodes: &mut [&mut Node]) {
    loop {
        let before: usize = nodes.iter().map(|node| node.held.envelopes.len()).sum();
        for i in 0..nodes.len() {
            for j in 0..i {
                let (low, high) = nodes.split_at_mut(i);
                meet(low[j], high[0]);
            }
        }
        if nodes.iter().map(|node| node.held.envelopes.len()).sum::<usize>() == before {
            return;
        }
    }
}

/// All nodes meet, call for keys and answer, until nothing changes.
pub fn heal(nodes: &mut [&mut Node]) {
    for _ in 0..ROUNDS {
        meet_all(nodes);
        let mut acts = 0;
        for i in 1..nodes.len() {
            let (low, high) = nodes.split_at_mut(i);
            acts += usize::from(high[0].asks(low[0]));
            acts += usize::from(low[0].asks(high[0]));
        }
        meet_all(nodes);
        for node in nodes.iter_mut() {
            acts += node.answer();
        }
        acts += usize::from(nodes[0].tend());
        if acts == 0 {
            return;
        }
    }
    meet_all(nodes);
}
