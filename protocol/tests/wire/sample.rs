//! The sample group and who is in it, the same on every machine.

use ed25519_dalek::SigningKey;
use kith_protocol::body::Genesis;
use kith_protocol::charter::{Charter, History, Inviters};
use kith_protocol::directory::{Led, Portrait, Size, Topic, WayToMeet};
use kith_protocol::id::{EntryId, GroupId, KeeperKey, LogId, MemberKey, PlaceId};
use kith_protocol::identity::{MemberSecrets, Seed};
use kith_protocol::invite::{InviteSecret, KeeperAt, Link, Way};
use kith_protocol::porch::DoorSecret;
use kith_protocol::time::Millis;

/// Sunday, 2026-11-22, 14:40:00.250 UTC.
pub const TIME: Millis = Millis(1_795_358_400_250);
/// The salt of the sample group.
pub const SALT: [u8; 32] = [0x5a; 32];
/// The log that all samples are in.
pub const LOG: LogId = LogId([0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17]);

/// A place at the sample keeper.
pub const PLACE: PlaceId = PlaceId([0x31; 16]);
/// The sample keeper.
pub const KEEPER: KeeperKey = KeeperKey([0x32; 32]);

/// The person of the all-"abandon" phrase, in the sample group.
pub fn member() -> MemberSecrets {
    Seed::from_bytes([0; 16]).identity().member(&SALT, 0)
}

/// The secret of the sample invite.
/// A link.
pub fn link(way: Way) -> Link {
    Link {
        group: group(),
        salt: SALT,
        invite: EntryId([0x22; 32]),
        secret: invite_secret(),
        expires: TIME.plus(7 * 24 * 3_600_000),
        uses: 3,
        charter: genesis().charter.hash(),
        nodes: vec![
            vec!["/ip4/192.0.2.7/udp/41000/quic-v1".into(), "/ip6/2001:db8::7/tcp/41001".into()],
            vec!["/dns4/keeper.example/udp/41000/quic-v1".into()],
        ],
        way,
    }
}

/// The sample keeper, as a link names it.
pub fn keeper() -> KeeperAt {
    let addresses = vec!["/ip4/192.0.2.9/udp/41000/quic-v1".into()];
    KeeperAt { place: PLACE, keeper: KEEPER, addresses }
}

/// What an open door's link, or link and phrase, give.
pub fn door_secret() -> DoorSecret {
    DoorSecret::from_bytes([0x46; 32])
}

pub fn invite_secret() -> InviteSecret {
    InviteSecret::from_bytes([0x77; 32])
}

/// The beginning of the sample group.
pub fn genesis() -> Genesis {
    Genesis {
        salt: SALT,
        title: "Tuesday circle".into(),
        founders: vec![
            member().key(),
            MemberKey(SigningKey::from_bytes(&[2; 32]).verifying_key().to_bytes()),
        ],
        charter: Charter {
            purpose: "For people living with long-term pain, and those close to them".into(),
            history: History::All,
            size: 30,
            inviters: Inviters::Facilitators,
            shared_power: false,
            ..Charter::default()
        },
        seal: member().seal(&LOG).key(),
        name: "Noor".into(),
    }
}

/// The sample group's id.
pub fn group() -> GroupId {
    genesis().group_id()
}

/// What strangers read of the sample group.
pub fn portrait() -> Portrait {
    Portrait {
        title: "Pain, on Tuesdays".into(),
        about: "For people living with long-term pain, and those close to them".into(),
        topics: vec![Topic(2), Topic(3)],
        tags: vec!["fibromyalgia".into()],
        languages: vec!["en".into()],
        ways: vec![WayToMeet::WRITING, WayToMeet::CIRCLES],
        meets: "Tuesdays at seven in the evening".into(),
        coming_in: "Say in a few words what brings you.".into(),
        reply_hours: 48,
        size: Size::SMALL,
        led: Led::PEERS,
    }
}

/// The salt of the sample listing.
pub const LISTING_SALT: [u8; 16] = [0x4c; 16];
