//! The `kith:` link: all that somebody needs to find a group and be let in, as text that survives a messenger.
//!
//! ```text
//! kith:<URL-safe base64, without padding, of: CBOR map ‖ first 4 bytes of hash("kith/1/link", CBOR map)>
//! ```
//!
//! Who holds the link can come in: it is as secret as the group wishes to be. It says nothing of what the group
//! is called or about. Reading tolerates what pasting does to text (space around it, line breaks inside it)
//! and tells apart what a person can do something about: see [`LinkError`].

use ed25519_dalek::{Signer, SigningKey};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use thiserror::Error;

use crate::body::Join;
use crate::codec::{self, CodecError, at_most};
use crate::id::{EntryId, GroupId, KeeperKey, LogId, MemberKey, PlaceId, SealKey};
use crate::limits;
use crate::pasted::{Garbled, Sort};
use crate::porch::DoorSecret;
use crate::secret::secret;
use crate::time::Millis;

/// What a link begins with.
pub const SCHEME: &str = "kith:";

/// The version of the link that this crate writes and reads.
pub const VERSION: u64 = 1;

const TEXT: Sort = Sort { scheme: SCHEME, domain: "kith/1/link", most: limits::LINK };

/// Why text is not a link, or a link cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LinkError {
    /// It does not begin with `kith:`.
    #[error("this is not a Kith invite; one begins with \"kith:\"")]
    NotALink,
    /// A part is missing, or a letter is another: the checksum does not fit.
    #[error("this invite is cut short or mistyped; copy the whole of it again")]
    Damaged,
    /// Made by a later version of Kith.
    #[error("this invite was made by a newer version of Kith; update to use it")]
    Newer,
    /// Longer than [`limits::LINK`] characters.
    #[error("this is too long for an invite")]
    TooLong,
    /// Whole, and not what a link of this version looks like: whoever made it made it wrong.
    #[error("this invite was made wrongly: {0}")]
    Malformed(CodecError),
}

secret!(
    /// What a link lets its holder sign with: the Ed25519 secret of an [`Invite`](crate::body::Invite)'s key.
    InviteSecret
);

impl InviteSecret {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> InviteSecret {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        InviteSecret(bytes)
    }

    /// The verifying key that the invite's entry names.
    pub fn key(&self) -> [u8; 32] {
        self.signing().verifying_key().to_bytes()
    }

    /// What it signs with.
    pub fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(&self.0)
    }

    /// The signature that a [`Join`] carries: that this member, in this log of this group, holds the invite.
    pub fn invited(&self, group: &GroupId, member: &MemberKey, log: &LogId) -> [u8; 64] {
        self.signing().sign(&Join::invited(group, member, log)).to_bytes()
    }
}

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which group.
    pub group: GroupId,
    /// The group's salt, from which the joiner's keys there are derived.
    pub salt: [u8; 32],
    /// The [`Invite`](crate::body::Invite) entry: what the join cites.
    pub invite: EntryId,
    /// What the joiner proves the invite with; of an open door, what that comes from: [`Link::door`].
    pub secret: InviteSecret,
    /// When the invite ends, so that the joiner can be told at once.
    pub expires: Millis,
    /// How many may come in on it.
    pub uses: u32,
    /// The hash of the charter that the joiner is shown before joining.
    pub charter: [u8; 32],
    /// Where members' nodes were when the link was made: of at most [`limits::LINK_NODES`] nodes, at most
    /// [`limits::NODE_ADDRESSES`] addresses each, as text that the network part reads.
    pub nodes: Vec<Vec<String>>,
    /// How it lets its holder in.
    pub way: Way,
}

/// How a link lets its holder in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub enum Way {
    /// By showing it.
    #[n(0)]
    #[default]
    OnSight,
    /// By comparing a code with whoever made it.
    #[n(1)]
    Confirm {
        /// What they are reached by: at most [`limits::DESK`].
        #[n(0)]
        desk: Vec<SealKey>,
        /// What the code comes from: [`crate::knock::CodeSecret::commitment`].
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        code: [u8; 32],
    },
    /// By asking facilitators.
    #[n(2)]
    Knock {
        /// What they are reached by: at most [`limits::DESK`].
        #[n(0)]
        desk: Vec<SealKey>,
        /// What they would like to know: at most [`limits::QUESTIONS`].
        #[n(1)]
        questions: Vec<String>,
    },
    /// By showing it, sealed under the invite's porch ([`crate::porch`]): the secret of the link is what the invite's
    /// comes from.
    #[n(3)]
    OpenDoor {
        /// Keepers with whom the join can be left while no member's node is there: at most [`limits::LINK_KEEPERS`].
        #[n(0)]
        keepers: Vec<KeeperAt>,
        /// Whether it takes a spoken phrase: [`DoorSecret::check`] of the right one.
        #[n(1)]
        check: Option<u8>,
    },
}

/// A keeper, as a link names it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KeeperAt {
    /// The place it gives the group.
    #[n(0)]
    pub place: PlaceId,
    /// Which keeper.
    #[n(1)]
    pub keeper: KeeperKey,
    /// Where it is: at most [`limits::NODE_ADDRESSES`].
    #[n(2)]
    pub addresses: Vec<String>,
}

impl Way {
    /// What a knock on it is sealed to; nothing where it takes none.
    pub fn desk(&self) -> &[SealKey] {
        match self {
            Way::OnSight | Way::OpenDoor { .. } => &[],
            Way::Confirm { desk, .. } | Way::Knock { desk, .. } => desk,
        }
    }

    /// Whether its holder is let in only once somebody of the group has said so.
    pub fn asks(&self) -> bool {
        matches!(self, Way::Confirm { .. } | Way::Knock { .. })
    }

    fn on_sight(&self) -> bool {
        *self == Way::OnSight
    }

    fn check(&self) -> Result<(), CodecError> {
        at_most(self.desk().len(), limits::DESK, "desk")?;
        match self {
            Way::Knock { questions, .. } => crate::charter::check_questions(questions),
            Way::OpenDoor { keepers, .. } => {
                at_most(keepers.len(), limits::LINK_KEEPERS, "list of keepers")?;
                keepers.iter().try_for_each(|keeper| crate::address::check(&keeper.addresses))
            }
            Way::OnSight | Way::Confirm { .. } => Ok(()),
        }
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Version {
    #[n(0)]
    version: u64,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(0)]
    version: u64,
    #[n(1)]
    group: GroupId,
    #[n(2)]
    salt: ByteArray<32>,
    #[n(3)]
    invite: EntryId,
    #[n(4)]
    secret: ByteArray<32>,
    #[n(5)]
    expires: Millis,
    #[n(6)]
    uses: u32,
    #[n(7)]
    charter: ByteArray<32>,
    #[n(8)]
    nodes: Vec<Vec<String>>,
    #[n(9)]
    #[cbor(default, skip_if = "Way::on_sight")]
    way: Way,
}

impl Link {
    /// What an open door's link gives. `stretched` is what comes of the phrase ([`crate::porch`]), of a link that takes
    /// one; none if that is not the right one, or is not there, or the link is no open door's.
    pub fn door(&self, stretched: Option<DoorSecret>) -> Option<DoorSecret> {
        match (&self.way, stretched) {
            (Way::OpenDoor { check: None, .. }, _) => Some(DoorSecret::from_bytes(*self.secret.expose())),
            (Way::OpenDoor { check: Some(check), .. }, Some(door)) => {
                (door.check() == *check).then_some(door)
            }
            _ => None,
        }
    }

    /// The link as text.
    ///
    /// # Errors
    /// [`LinkError::TooLong`] if there are more or longer addresses than fit; leave some out.
    pub fn to_text(&self) -> Result<String, LinkError> {
        addresses(&self.nodes).and_then(|()| self.way.check()).map_err(|_| LinkError::TooLong)?;
        let bytes = codec::encode(&Wire {
            version: VERSION,
            group: self.group,
            salt: self.salt.into(),
            invite: self.invite,
            secret: (*self.secret.expose()).into(),
            expires: self.expires,
            uses: self.uses,
            charter: self.charter.into(),
            nodes: self.nodes.clone(),
            way: self.way.clone(),
        });
        TEXT.write(bytes).ok_or(LinkError::TooLong)
    }

    /// Reads a link from text as people paste it.
    ///
    /// # Errors
    /// [`LinkError`], saying what to do about it.
    pub fn parse(text: &str) -> Result<Link, LinkError> {
        let map = &TEXT.read(text).map_err(|garbled| match garbled {
            Garbled::Scheme => LinkError::NotALink,
            Garbled::TooLong => LinkError::TooLong,
            Garbled::Damaged => LinkError::Damaged,
        })?;
        let Version { version } = codec::decode(map).map_err(LinkError::Malformed)?;
        if version > VERSION {
            return Err(LinkError::Newer);
        }
        Link::from_wire(codec::decode(map).map_err(LinkError::Malformed)?).map_err(LinkError::Malformed)
    }

    fn from_wire(wire: Wire) -> Result<Link, CodecError> {
        if wire.version != VERSION {
            return Err(CodecError::Mismatch(format!("version {}", wire.version)));
        }
        addresses(&wire.nodes)?;
        wire.way.check()?;
        Ok(Link {
            group: wire.group,
            salt: wire.salt.into(),
            invite: wire.invite,
            secret: InviteSecret(wire.secret.into()),
            expires: wire.expires,
            uses: wire.uses,
            charter: wire.charter.into(),
            nodes: wire.nodes,
            way: wire.way,
        })
    }
}

fn addresses(nodes: &[Vec<String>]) -> Result<(), CodecError> {
    at_most(nodes.len(), limits::LINK_NODES, "list of nodes")?;
    nodes.iter().try_for_each(|node| crate::address::check(node))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> Link {
        Link {
            group: GroupId([1; 32]),
            salt: [2; 32],
            invite: EntryId([3; 32]),
            secret: InviteSecret([4; 32]),
            expires: Millis(1_795_305_600_000),
            uses: 1,
            charter: [5; 32],
            nodes: vec![vec!["/ip4/192.0.2.7/udp/41000/quic-v1".into()], vec![]],
            way: Way::OnSight,
        }
    }

    #[test]
    fn a_link_says_how_it_lets_in() {
        let desk = vec![SealKey([6; 32]); limits::DESK];
        let knock = Way::Knock { desk: desk.clone(), questions: vec!["What brings you here?".into()] };
        let open = [None, Some(0), Some(255)].map(|check| Way::OpenDoor { check, keepers: Vec::new() });
        let keeper = KeeperAt {
            place: PlaceId([8; 16]),
            keeper: KeeperKey([9; 32]),
            addresses: vec!["/ip4/192.0.2.9/tcp/4001".into()],
        };
        let kept = Way::OpenDoor { check: None, keepers: vec![keeper.clone(); limits::LINK_KEEPERS] };
        for way in
            [knock, Way::Confirm { desk: desk.clone(), code: [7; 32] }].into_iter().chain(open).chain([kept])
        {
            let one = Link { way, ..link() };
            assert_eq!(Link::parse(&one.to_text().unwrap()), Ok(one));
        }
        let more = Way::Knock { desk: vec![SealKey([6; 32]); limits::DESK + 1], questions: vec![] };
        let long = Way::Knock { desk, questions: vec!["x".repeat(limits::QUESTION + 1)] };
        let many = Way::OpenDoor { check: None, keepers: vec![keeper; limits::LINK_KEEPERS + 1] };
        for way in [more, long, many] {
            assert_eq!(Link { way, ..link() }.to_text(), Err(LinkError::TooLong));
        }
    }

    #[test]
    fn an_open_door_opens_with_its_phrase_alone() {
        let plain = Link { way: Way::OpenDoor { check: None, keepers: Vec::new() }, ..link() };
        assert_eq!(plain.door(None), Some(DoorSecret::from_bytes([4; 32])));
        let (right, wrong) = (DoorSecret::from_bytes([8; 32]), DoorSecret::from_bytes([9; 32]));
        assert_ne!(right.check(), wrong.check());
        let spoken =
            Link { way: Way::OpenDoor { check: Some(right.check()), keepers: Vec::new() }, ..link() };
        assert_eq!(spoken.door(Some(right.clone())), Some(right.clone()));
        assert_eq!(
            (spoken.door(Some(wrong)), spoken.door(None), link().door(Some(right))),
            (None, None, None)
        );
    }

    /// A whole link around any CBOR.
    fn around(map: &[u8]) -> String {
        TEXT.write(map.to_vec()).unwrap()
    }

    #[test]
    fn a_link_survives_a_messenger() {
        let text = link().to_text().unwrap();
        assert!(text.len() < 400, "{}", text.len());
        let wrapped: String = text
            .chars()
            .enumerate()
            .flat_map(|(i, c)| [Some(c), (i % 40 == 39).then_some('\n')])
            .flatten()
            .collect();
        let capital = text.replacen("kith", "Kith", 1);
        for pasted in [text.clone(), format!("  \u{feff}{text} \r\n"), wrapped, capital] {
            assert_eq!(Link::parse(&pasted), Ok(link()), "{pasted}");
        }
    }

    #[test]
    fn errors_are_told_apart() {
        let text = link().to_text().unwrap();
        for not in ["", "kith", "https://example.org", "kιth:abc", text.strip_prefix(SCHEME).unwrap()] {
            assert_eq!(Link::parse(not), Err(LinkError::NotALink), "{not}");
        }
        for cut in 5..text.len() {
            assert_eq!(Link::parse(text.get(..cut).unwrap()), Err(LinkError::Damaged), "{cut}");
        }
        for at in 5..text.len() {
            let mut typed = text.clone().into_bytes();
            typed[at] = if typed[at] == b'A' { b'B' } else { b'A' };
            let typed = String::from_utf8(typed).unwrap();
            assert_eq!(Link::parse(&typed), Err(LinkError::Damaged), "{at}");
        }
        assert_eq!(Link::parse(&format!("{text}.")), Err(LinkError::Damaged));
        assert_eq!(Link::parse(&around(&[0xa2, 0, 2, 1, 0x61, b'x'])), Err(LinkError::Newer));
        assert!(matches!(Link::parse(&around(&[0xa1, 0, 1])), Err(LinkError::Malformed(_))));
        assert!(matches!(Link::parse(&around(&[0xa1, 0, 0])), Err(LinkError::Malformed(_))));
        assert!(matches!(Link::parse(&around(b"")), Err(LinkError::Malformed(_))));
        assert_eq!(Link::parse(&format!("kith:{}", "A".repeat(limits::LINK))), Err(LinkError::TooLong));
    }

    #[test]
    fn more_addresses_than_fit_are_refused_on_both_sides() {
        let many = |nodes: usize, each: usize, length: usize| Link {
            nodes: vec![vec!["x".repeat(length); each]; nodes],
            ..link()
        };
        for too_long in [many(9, 1, 1), many(1, 9, 1), many(1, 1, 257), many(8, 8, 256)] {
            assert_eq!(too_long.to_text(), Err(LinkError::TooLong));
        }
        assert!(many(8, 4, 70).to_text().is_ok(), "ordinary addresses of eight nodes fit");
        let wire = Wire {
            version: 1,
            group: GroupId([1; 32]),
            salt: [2; 32].into(),
            invite: EntryId([3; 32]),
            secret: [4; 32].into(),
            expires: Millis(0),
            uses: 1,
            charter: [5; 32].into(),
            nodes: vec![vec![]; 9],
            way: Way::OnSight,
        };
        let text = around(&codec::encode(&wire));
        assert_eq!(Link::parse(&text), Err(LinkError::Malformed(CodecError::TooLarge("list of nodes"))));
    }

    #[test]
    fn the_secret_is_not_printed() {
        assert!(!format!("{:?}", Link { salt: [0; 32], ..link() }).contains("4, 4"));
    }
}
