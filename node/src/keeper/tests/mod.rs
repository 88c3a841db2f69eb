//! Whole keepers on loopback, with real sockets and real databases. Every wait is for an event, with a deadline.

mod client;
mod crash;
mod hostile;
mod places;
#[cfg(target_os = "linux")]
mod scale;
mod serving;
mod standing;

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use kith_protocol::epoch::GateKey;
use kith_protocol::id::{PlaceId, StewardKey};
use kith_protocol::keeper::{Grant, PlaceLink};
use kith_protocol::time::Millis;
use tempfile::TempDir;
use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::behaviour::Bounds;
use super::kit::{SINCE, gate, steward};
use super::network::{Config, Keeper};
use super::places::{Line, Opens};
use crate::clock::SetClock;
use crate::swarm::{Port, Tap};
use crate::sync::Timeouts;

/// No wait takes longer than this.
const DEADLINE: Duration = Duration::from_secs(40);
const DAY: u64 = 24 * 3_600_000;
const START: Millis = Millis(1_795_305_600_000);

fn opens(dir: &Path, time: &SetClock) -> (Opens, mpsc::Receiver<Line>) {
    let (lines, said) = mpsc::channel(64);
    let opens =
        Opens { dir: dir.join("db"), cache: 8 << 20, keeper: super::kit::KEEPER, clock: time.clock(), lines };
    (opens, said)
}

/// A keeper, with its folder and its clock.
struct Kept {
    keeper: Keeper,
    dir: TempDir,
    time: SetClock,
    timeouts: Timeouts,
}

impl Kept {
    async fn start() -> Kept {
        Kept::patient(Timeouts::default()).await
    }

    async fn patient(timeouts: Timeouts) -> Kept {
        Kept::with(timeouts, Bounds::default()).await
    }

    /// One that waits no more than so long until a new key has been proved.
    async fn renewing(renew: Duration) -> Kept {
        Kept::with(Timeouts::default(), Bounds { renew, ..Bounds::default() }).await
    }

    async fn with(timeouts: Timeouts, bounds: Bounds) -> Kept {
        let (dir, time) = (tempfile::tempdir().unwrap(), SetClock::at(START));
        let keeper = Keeper::start(Config { bounds, ..config(dir.path(), &time, timeouts) }).await.unwrap();
        Kept { keeper, dir, time, timeouts }
    }

    /// Ends it in order and starts it again.
    async fn restart(self) -> Kept {
        let Kept { keeper, dir, time, timeouts } = self;
        keeper.shutdown().await;
        let keeper = Keeper::start(config(dir.path(), &time, timeouts)).await.unwrap();
        Kept { keeper, dir, time, timeouts }
    }

    async fn enrol(&self, quota: u64) -> PlaceLink {
        PlaceLink::parse(&self.keeper.enrol(quota).await.unwrap().link).unwrap()
    }

    /// A place whose steward is Ana, claimed with gate key 1.
    async fn claimed(&self) -> Group {
        let link = self.enrol(64 << 20).await;
        let mut group = Group { place: link.place, number: 0, stewards: vec![steward(1)] };
        let first = group.grant(self, &gate(1), &link.claim.signing());
        let ana = client::Member::connect(self).await;
        ana.grants(&first).await.unwrap();
        group
    }
}

fn config(dir: &Path, time: &SetClock, timeouts: Timeouts) -> Config {
    // Nobody listens to what it says here.
    let (lines, _) = mpsc::channel(64);
    Config {
        secret: Zeroizing::new([3; 32]),
        db: dir.join("db"),
        cache: 8 << 20,
        listen: vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
        port: Port::Any,
        announce: Vec::new(),
        dht: Vec::new(),
        bounds: Bounds::default(),
        timeouts,
        clock: time.clock(),
        lines,
        tap: tap(),
        #[cfg(feature = "lab")]
        tempered: super::temper::Tempered::default(),
    }
}

/// Nobody looks at what passes.
fn tap() -> Tap {
    #[cfg(feature = "lab")]
    return Tap::default();
    #[cfg(not(feature = "lab"))]
    Tap
}

/// What the members of a group know of its place.
struct Group {
    place: PlaceId,
    number: u64,
    stewards: Vec<SigningKey>,
}

impl Group {
    /// The next grant: this gate key, key 7 of the past, key 50 of a porch.
    fn grant(&mut self, kept: &Kept, current: &GateKey, by: &SigningKey) -> Vec<u8> {
        self.number += 1;
        self.grant_numbered(kept, self.number, current, by)
    }

    fn grant_numbered(&self, kept: &Kept, number: u64, current: &GateKey, by: &SigningKey) -> Vec<u8> {
        let stewards = self.stewards.iter().map(|key| StewardKey(key.verifying_key().to_bytes())).collect();
        let mut grant = Grant::new(self.place, current, [gate(7)], [gate(50)], stewards, SINCE);
        grant.number = number;
        grant.sign(&kept.keeper.key(), by).bytes().to_vec()
    }
}
