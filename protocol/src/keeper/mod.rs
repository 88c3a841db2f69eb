//! Keepers: nodes that are always awake and hold a group's envelopes, and cannot read them.
//!
//! ```text
//! place      what a keeper gives one group: 16 random bytes, and what it has of that group behind them
//! claim      the secret in a place's link; good for the first grant and nothing after it
//! steward    a facilitator, as the place knows them: a key derived for this place alone
//! grant      what a steward says of the group: its gate keys, its porches, its stewards, how far back to keep
//! errand     what is asked over a connection that has proved a gate key: grants, drops, meeting points
//! ```
//!
//! What a keeper is told: gate keys, which open nothing; keys of stewards, which appear nowhere else; ids, hours, sizes
//! and epoch tags of envelopes; the network addresses that it is dialled from, and when. It is told no group id, no
//! member key, no name and no word, and it can add nobody: members believe envelopes, not keepers.
//!
//! Who knows a gate key may fetch ([`Standing`] says what), and what bears a tag of one is taken. Gate keys outlive a
//! membership, so a removal's mint makes the one before it *past*: shown by a steward, whom a removed person can no
//! longer be once the others have said so. The first grant is the holder's of the place's link; each later one must
//! carry the next number and the signature of a steward of the one before.

mod errand;
mod grant;
mod link;
mod meeting;
mod proof;

/// How long a key of the past may leave a little, in milliseconds: 30 days.
pub const PAST_LEAVES: u64 = 30 * 24 * 3_600_000;
/// How long a key of the past may fetch control envelopes, in milliseconds: 180 days.
pub const PAST_FETCHES: u64 = 180 * 24 * 3_600_000;

pub use errand::{Dropped, Errand, Reply};
pub use grant::{Grant, GrantError, SignedGrant};
pub use link::{ClaimSecret, PLACE_SCHEME, PlaceLink, PlaceLinkError};
pub use meeting::{MeetingError, meet, meeting};
pub use proof::{PlaceAnswer, PlaceProof, PlaceRefused, PlaceTranscript, Standing, Told};
