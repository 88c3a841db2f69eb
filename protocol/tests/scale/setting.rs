//! What a run is like, and how it went.

use super::node::Time;

/// What a run is like.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub seed: u64,
    pub nodes: usize,
    /// Minutes in which people write, and nodes come and go.
    pub minutes: u64,
    /// Posts an hour, of all together.
    pub posts_an_hour: u64,
    /// How long a node stays, and how long it stays away, in minutes, on average.
    pub stays: u64,
    pub away: u64,
    /// Of a thousand gossip frames so many are lost; and so many sessions break off.
    pub loss: u64,
    /// Bytes a second that a node can send.
    pub uplink: u64,
    /// Members' nodes with which a node is content: it dials no more of them.
    pub enough: usize,
    /// With how many others to reconcile after something came by reconciliation; none: with all.
    pub pass_on: Option<usize>,
}

impl Setting {
    /// As the table has it: an evening of an hour, half of the nodes there at a time.
    pub fn of(nodes: usize) -> Setting {
        let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
        Setting {
            seed: 1,
            nodes,
            minutes: number("MINUTES").unwrap_or(60),
            posts_an_hour: 120,
            stays: 30,
            away: 30,
            loss: number("LOSS").unwrap_or(20),
            uplink: 250_000,
            enough: number("ENOUGH").unwrap_or(24) as usize,
            pass_on: number("PASS_ON").map(|many| many as usize),
        }
    }
}

/// What is counted, in bytes handed to the transport.
#[derive(Clone, Copy, Debug)]
pub enum Cost {
    /// Posts in gossip.
    Post,
    /// What gossip says beside them.
    Talk,
    Sync,
    Addresses,
}

/// How a run went.
#[derive(Clone, Debug, Default)]
pub struct Run {
    pub nodes: usize,
    pub posts: u64,
    /// How often a node came.
    pub came: u64,
    /// Pairs of post and node that were apart in the end.
    pub missing: u64,
    /// How long posts took to nodes that were there from their writing on, in microseconds, sorted.
    pub delays: Vec<Time>,
    /// How long after their coming nodes had what was written while they were away.
    pub catching_up: Vec<Time>,
    /// Bytes by [`Cost`], in the time in which people write.
    pub cost: [u64; 4],
    pub sessions: u64,
    /// Bytes a second that a node sends when nobody writes, comes or goes.
    pub idle: f64,
    pub connections: f64,
    /// How long after the network had healed everybody had everything, in microseconds.
    pub healed: Time,
}

impl Run {
    pub fn bytes(&self) -> u64 {
        self.cost.iter().sum()
    }
}
