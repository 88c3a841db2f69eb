//! The network between simulated nodes: who reaches whom, and what becomes of what is sent.

use super::dice::Dice;

/// What happens to messages on their way.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// The least time a message takes, in milliseconds.
    pub latency: u64,
    /// How much longer it may take, in milliseconds: messages overtake each other.
    pub spread: u64,
    /// How many of a hundred gossiped messages are lost.
    pub loss: u64,
    /// How many of a hundred arrive twice.
    pub twice: u64,
}

impl Weather {
    /// Everything arrives, soon.
    pub const FINE: Weather = Weather { latency: 20, spread: 30, loss: 0, twice: 0 };

    /// Some weather.
    pub fn some(dice: &mut Dice) -> Weather {
        Weather {
            latency: 5 + dice.below(200),
            spread: dice.below(20_000),
            loss: dice.below(60),
            twice: dice.below(30),
        }
    }
}

/// Who is online, on which side of a partition, and in which weather.
#[derive(Clone, Debug)]
pub struct Network {
    /// What happens to messages.
    pub weather: Weather,
    online: Vec<bool>,
    side: Vec<usize>,
}

impl Network {
    /// So many nodes, all online and together, in fine weather.
    pub(crate) fn new(nodes: usize) -> Network {
        Network { weather: Weather::FINE, online: vec![true; nodes], side: vec![0; nodes] }
    }

    /// One more node, on the side of another.
    pub(crate) fn add(&mut self, beside: usize) {
        self.online.push(true);
        self.side.push(self.side[beside]);
    }

    /// Whether a node is online.
    pub fn online(&self, node: usize) -> bool {
        self.online[node]
    }

    /// Turns a node on or off.
    pub(crate) fn switch(&mut self, node: usize, on: bool) {
        self.online[node] = on;
    }

    /// Puts a node on a side of a partition.
    pub fn put(&mut self, node: usize, side: usize) {
        self.side[node] = side;
    }

    /// Whether a message could get from one node to another now.
    pub fn reaches(&self, a: usize, b: usize) -> bool {
        a != b && self.online[a] && self.online[b] && self.side[a] == self.side[b]
    }

    /// After how many milliseconds each copy of a gossiped message arrives.
    pub(crate) fn carry(&self, dice: &mut Dice) -> Vec<u64> {
        let mut copies = Vec::new();
        if !dice.chance(self.weather.loss) {
            copies.push(self.delay(dice));
            if dice.chance(self.weather.twice) {
                copies.push(self.delay(dice));
            }
        }
        copies
    }

    /// How long one message takes.
    pub(crate) fn delay(&self, dice: &mut Dice) -> u64 {
        self.weather.latency + dice.below(self.weather.spread + 1)
    }
}
