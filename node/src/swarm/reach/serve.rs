//! Relaying for others: what one node gives, at most.
//!
//! Circuits carry the text of people whose routers cannot be punched, so they last longer than the introductions that
//! libp2p's own bounds are made for. Who may ask at all is for the gate around it to say.
//!
//! A member's node relays for one group, a keeper for all of its places.

use std::num::NonZeroU32;
use std::time::Duration;

use libp2p::{PeerId, relay};

/// How much is given at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Places held, of all peers.
    pub reservations: usize,
    /// Circuits, of all peers.
    pub circuits: usize,
}

impl Room {
    /// What a member's node gives to its group.
    pub const GROUP: Room = Room { reservations: 256, circuits: 64 };
}

/// Places held at one time, of one peer.
const RESERVATIONS_PER_PEER: usize = 4;
/// How long a place lasts unless it is renewed.
const RESERVATION: Duration = Duration::from_secs(60 * 60);
/// Circuits at one time, of one peer.
const CIRCUITS_PER_PEER: usize = 4;
/// How long a circuit lasts, and how many bytes it carries; whoever needs more makes another.
const CIRCUIT: Duration = Duration::from_secs(30 * 60);
const CIRCUIT_BYTES: u64 = 16 << 20;
/// Places asked for, and circuits begun, by one peer in an hour, most of them at once.
const ASKS_AN_HOUR: u32 = 120;

/// A relay that serves nobody yet.
pub(crate) fn relay(me: PeerId, room: Room) -> relay::Behaviour {
    let asks = NonZeroU32::new(ASKS_AN_HOUR).unwrap_or(NonZeroU32::MIN);
    let each = Duration::from_secs(60 * 60) / asks.get();
    let config = relay::Config {
        max_reservations: room.reservations,
        max_reservations_per_peer: RESERVATIONS_PER_PEER,
        reservation_duration: RESERVATION,
        // By peer alone: a whole household, and a whole town behind one provider's router, have one address.
        reservation_rate_limiters: Vec::new(),
        max_circuits: room.circuits,
        max_circuits_per_peer: CIRCUITS_PER_PEER,
        max_circuit_duration: CIRCUIT,
        max_circuit_bytes: CIRCUIT_BYTES,
        circuit_src_rate_limiters: Vec::new(),
    }
    .reservation_rate_per_peer(asks, each)
    .circuit_src_per_peer(asks, each);
    let mut relay = relay::Behaviour::new(me, config);
    relay.set_status(Some(relay::Status::Disable));
    relay
}
