//! Devices without a network, whose engines are asked directly: what one hands another is passed by hand.

mod asking;
mod keeping;
mod receipts;

use std::sync::Arc;

use kith_protocol::body::{ContentNotes, Genesis};
use kith_protocol::charter::Charter;
use kith_protocol::entrance::{Answer, Word};
use kith_protocol::id::{EntryId, LogId};
use kith_protocol::identity::{MemberSecrets, Seed};
use kith_protocol::invite::Link;
use kith_protocol::time::Millis;
use tempfile::TempDir;
use tokio::sync::{broadcast, watch};

use super::handle::Channels;
use super::joining::Question;
use super::{Arrival, Beginning, Choices, Door, Engine, Notice, Opening};
use crate::clock::SetClock;
use crate::disk::RealDisk;
use crate::own_log::OwnLog;
use crate::vault::{self, CellKeys, LogKeys, Protection, Stretch, VaultHandle};

const START: Millis = Millis(1_795_305_600_000);
const HOUR: u64 = 3_600_000;
const SALT: [u8; 32] = [5; 32];

/// One person's device in one group.
struct Device {
    engine: Engine,
    said: broadcast::Receiver<Notice>,
    _dir: TempDir,
}

impl Device {
    /// The device of somebody who begins the group.
    fn founds(time: &SetClock) -> Device {
        let (secrets, log) = person(1);
        let genesis = Genesis {
            salt: SALT,
            title: "Evening circle".into(),
            founders: vec![secrets.key()],
            charter: Charter::default(),
            seal: secrets.seal(&log).key(),
            name: "Ana".into(),
        };
        let keys = CellKeys::new("ana", genesis.group_id(), SALT, 0);
        Device::new(time, secrets, log, keys, None, Beginning::Found(Box::new(genesis)))
    }

    /// The device of somebody who has the link of an open door.
    fn comes(time: &SetClock, number: u8, link: &Link, door: &Door) -> Device {
        let (secrets, log) = person(number);
        let name = format!("Person {number}");
        let arrival = Arrival::by(link, Some(&door.secret), &secrets, log, Some(&name), time.now()).unwrap();
        let mut keys = CellKeys::new(&name, link.group, SALT, 0);
        keys.joining = Some(arrival.joining.clone());
        Device::new(time, secrets, log, keys, Some(arrival), Beginning::Before)
    }

    fn new(
        time: &SetClock,
        secrets: MemberSecrets,
        log: LogId,
        mut keys: CellKeys,
        arrival: Option<Arrival>,
        beginning: Beginning,
    ) -> Device {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        keys.logs.push(LogKeys { id: log, seal: None, drop: None });
        let mut own = OwnLog::create(RealDisk, &at("own.log"), keys.log_key.bytes(), log).unwrap();
        own.append(&arrival.map(|arrival| arrival.first).into_iter().collect::<Vec<_>>()).unwrap();
        drop(own);
        let mut vault =
            vault::create(&at("vault"), [1; 16], &Protection::KeyFile(at("key")), Stretch::TINY).unwrap();
        vault.cells.push(keys.clone());
        let opening = Opening {
            db: at("db"),
            files: at("files"),
            own_log: at("own.log"),
            keys,
            secrets,
            cache: 1 << 20,
            posts_an_hour: 100,
            vault: VaultHandle::start(vault).unwrap(),
            clock: time.clock(),
            search: 1 << 20,
            choices: watch::channel(Choices::default()).1,
        };
        let (engine, said) = open(&opening, beginning);
        Device { engine, said, _dir: dir }
    }

    /// What it has written or sealed since it was asked last.
    fn publishes(&mut self) -> Vec<Vec<u8>> {
        self.engine.commit().unwrap();
        let said = std::iter::from_fn(|| self.said.try_recv().ok());
        said.filter_map(|notice| match notice {
            Notice::Publish { bytes, .. } => Some(bytes),
            _ => None,
        })
        .collect()
    }

    /// Takes in what others published.
    fn hears(&mut self, envelopes: &[Vec<u8>]) -> &mut Device {
        self.engine.take_in(envelopes.to_vec(), 7);
        self.engine.commit().unwrap();
        self
    }

    /// Looks at what is due, with no other member's node there; with a keeper, or not.
    fn looks_after(&mut self, kept: bool) {
        self.engine.look_after(&[], kept).unwrap();
        self.engine.commit().unwrap();
    }

    fn posts(&mut self, text: &str) -> EntryId {
        let written = self.engine.post(text.into(), None, ContentNotes::default(), &[]).unwrap();
        self.engine.commit().unwrap();
        written
    }

    /// Asks to be let in.
    fn asks(&mut self) -> Question {
        let question = self.engine.question(None).unwrap();
        self.engine.commit().unwrap();
        question.unwrap()
    }

    fn answers(&mut self, question: &Question) -> Answer {
        let answer = self.engine.let_in(&question.sealed, None).unwrap();
        self.engine.commit().unwrap();
        answer
    }

    fn hears_answer(&mut self, question: &Question, answer: Answer) {
        self.engine.answered(question, answer).unwrap();
        self.engine.commit().unwrap();
    }

    /// Comes in by asking one who lets them in.
    fn is_let_in_by(&mut self, member: &mut Device) {
        let question = self.asks();
        let answer = member.answers(&question);
        assert_eq!(answer.word, Word::Welcome);
        self.hears_answer(&question, answer);
    }

    /// Makes an open door.
    fn opens_a_door(&mut self) -> (Link, Door) {
        let door = Door::plain();
        let expires = START.plus(30 * 24 * HOUR);
        let invite = self.engine.open_door(&door, 5, expires).unwrap();
        self.engine.commit().unwrap();
        (self.engine.link(&invite, Vec::new()).unwrap().unwrap(), door)
    }
}

fn open(opening: &Opening, beginning: Beginning) -> (Engine, broadcast::Receiver<Notice>) {
    let (notices, said) = broadcast::channel(4096);
    let (roster, _) = watch::channel(Arc::new(opening.first_roster()));
    let engine = Engine::open(opening.clone(), Channels { roster, notices }, beginning).unwrap();
    (engine, said)
}

fn person(number: u8) -> (MemberSecrets, LogId) {
    (Seed::from_bytes([number; 16]).identity().member(&SALT, 0), LogId([number; 8]))
}
