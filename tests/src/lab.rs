//! A lab around a node: what it hands to libp2p and gets from it is written down, and its clock can be set
//! wrong. The node is the same code as `kith`; only the world around it differs.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use kith_node::clock::Clock;
use kith_node::swarm::Seen;
use kith_protocol::envelope::{Envelope, Header};
use kith_protocol::id::EnvelopeId;
use tempfile::TempDir;

use crate::node::run;
use crate::{Node, Person, program};

/// Bytes of an envelope's gate tag.
const GATE_TAG: usize = 16;

/// What was seen, in the order in which it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Handed to libp2p: gossip, or a write to a stream.
    Sent(Vec<u8>),
    /// Got from libp2p: gossip, or a read from a stream.
    Received(Vec<u8>),
    /// The name of a topic that was listened to.
    Topic(String),
    /// Somebody connected: their PeerId, and from where or to where.
    Neighbour(String),
    /// What somebody told of themselves by identify, after their PeerId.
    Identify(String),
    /// A PeerId, and the protocol of a stream that it opened.
    Opened(String),
}

/// Where a lab node writes what is seen: for each a letter, the time in eight bytes, a length of four, and the bytes.
#[derive(Debug)]
pub struct Tape(Mutex<File>);

impl Tape {
    /// A tape in a new file.
    pub fn to(file: &Path) -> Tape {
        Tape(Mutex::new(File::create(file).expect("the file of LAB_TAPE can be made")))
    }

    /// Writes one frame down.
    pub fn write(&self, seen: Seen<'_>) {
        let (kind, bytes) = match seen {
            Seen::Sent(bytes) => (b'S', bytes),
            Seen::Received(bytes) => (b'R', bytes),
            Seen::Topic(name) => (b'T', name.as_bytes()),
            Seen::Neighbour(text) => (b'N', text.as_bytes()),
            Seen::Identify(text) => (b'I', text.as_bytes()),
            Seen::Opened(text) => (b'O', text.as_bytes()),
        };
        let length = u32::try_from(bytes.len()).expect("a frame has its bounds").to_be_bytes();
        let now = Clock::system().now().0.to_be_bytes();
        let whole = [&[kind], now.as_slice(), length.as_slice(), bytes].concat();
        self.0.lock().expect("no writer panics").write_all(&whole).expect("a tape takes everything");
    }
}

/// Days that pass at once, for all nodes that go by it: their clocks agree before and after.
#[derive(Debug)]
pub struct Calendar {
    folder: TempDir,
    days: Cell<u64>,
}

impl Default for Calendar {
    fn default() -> Calendar {
        let folder = tempfile::Builder::new().prefix("kith-days-").tempdir().expect("a temporary folder");
        let calendar = Calendar { folder, days: Cell::new(0) };
        calendar.pass(0);
        calendar
    }
}

impl Calendar {
    /// Lets so many days pass.
    pub fn pass(&self, days: u64) {
        self.days.set(self.days.get() + days);
        let ahead = self.days.get() * 24 * 3600 * 1000;
        // In one step: nobody reads half of a number.
        let new = self.folder.path().join("new");
        fs::write(&new, ahead.to_string()).expect("a file of the test");
        fs::rename(new, self.file()).expect("a file of the test");
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("ahead")
    }
}

/// Somebody's node in a lab.
#[derive(Debug)]
pub struct Lab {
    tape: PathBuf,
}

impl Lab {
    /// Starts somebody's node in a lab, its clock wrong by so many seconds.
    #[track_caller]
    pub fn around(person: &mut Person, clock: i64) -> Lab {
        let tape = person.home().beside("tape");
        let call = run(&person.home().path(), &[]);
        let call = call.env("LAB_TAPE", &tape).env("LAB_CLOCK", clock.to_string());
        person.runs_on(Node::start_as(call.command_of(&program::lab_node())));
        Lab { tape }
    }

    /// Starts somebody's node in a lab where time goes `pace` times as fast since `base`. All nodes of a story must
    /// have the same.
    #[track_caller]
    pub fn hasty(person: &mut Person, base: u64, pace: u64) -> Lab {
        let tape = person.home().beside("tape");
        let call = run(&person.home().path(), &[]);
        let call = call.env("LAB_TAPE", &tape).env("LAB_BASE", base.to_string());
        let call = call.env("LAB_PACE", pace.to_string());
        person.runs_on(Node::start_as(call.command_of(&program::lab_node())));
        Lab { tape }
    }

    /// Starts somebody's node in a lab whose days pass as a calendar says.
    #[track_caller]
    pub fn by(person: &mut Person, calendar: &Calendar) -> Lab {
        let tape = person.home().beside("tape");
        let call = run(&person.home().path(), &[]);
        let call = call.env("LAB_TAPE", &tape).env("LAB_AHEAD", calendar.file());
        person.runs_on(Node::start_as(call.command_of(&program::lab_node())));
        Lab { tape }
    }

    /// What is written on a tape.
    pub(crate) fn of(tape: PathBuf) -> Lab {
        Lab { tape }
    }

    /// What time it is, in milliseconds: where the time of a story begins.
    pub fn now() -> u64 {
        Clock::system().now().0
    }

    /// What was seen so far, each with when, in milliseconds of a true clock.
    pub fn seen(&self) -> Vec<(u64, Frame)> {
        let bytes = fs::read(&self.tape).expect("a lab node has a tape");
        let (mut rest, mut frames) = (bytes.as_slice(), Vec::new());
        while let Some((&kind, after)) = rest.split_first()
            && let Some((time, after)) = after.split_first_chunk()
            && let Some((length, after)) = after.split_first_chunk()
            && let Some((bytes, after)) = after.split_at_checked(u32::from_be_bytes(*length) as usize)
        {
            let text = || String::from_utf8(bytes.to_vec()).expect("a name is text");
            let frame = match kind {
                b'S' => Frame::Sent(bytes.to_vec()),
                b'R' => Frame::Received(bytes.to_vec()),
                b'N' => Frame::Neighbour(text()),
                b'I' => Frame::Identify(text()),
                b'O' => Frame::Opened(text()),
                _ => Frame::Topic(text()),
            };
            frames.push((u64::from_be_bytes(*time), frame));
            rest = after;
        }
        frames
    }

    /// What was seen so far.
    pub fn frames(&self) -> Vec<Frame> {
        self.seen().into_iter().map(|(_, frame)| frame).collect()
    }

    /// Everything handed to libp2p, one after the other.
    pub fn sent(&self) -> Vec<u8> {
        let sent = self.frames().into_iter().filter_map(|frame| match frame {
            Frame::Sent(bytes) => Some(bytes),
            _ => None,
        });
        sent.flatten().collect()
    }

    /// Everything got from libp2p, one after the other.
    pub fn received(&self) -> Vec<u8> {
        let received = self.frames().into_iter().filter_map(|frame| match frame {
            Frame::Received(bytes) => Some(bytes),
            _ => None,
        });
        received.flatten().collect()
    }

    /// The topics that were listened to.
    pub fn topics(&self) -> Vec<String> {
        let topics = self.frames().into_iter().filter_map(|frame| match frame {
            Frame::Topic(name) => Some(name),
            _ => None,
        });
        topics.collect()
    }

    /// The PeerIds of who connected, each with the port from or to which it did.
    pub fn neighbours(&self) -> BTreeSet<(String, u16)> {
        let neighbours = self.frames().into_iter().filter_map(|frame| match frame {
            Frame::Neighbour(text) => {
                let (peer, address) = text.split_once(' ')?;
                let mut parts = address.split('/').skip_while(|part| !matches!(*part, "udp" | "tcp"));
                Some((peer.to_owned(), parts.nth(1)?.parse().ok()?))
            }
            _ => None,
        });
        neighbours.collect()
    }

    /// Whatever passed that has the form of an envelope, wherever it stood: few bytes look like one by chance,
    /// and those open with no key.
    pub fn envelopes(&self) -> BTreeMap<EnvelopeId, Envelope> {
        [self.sent(), self.received()].iter().flat_map(|bytes| envelopes_in(bytes)).collect()
    }
}

fn envelopes_in(bytes: &[u8]) -> Vec<(EnvelopeId, Envelope)> {
    let at = |place: usize| {
        let rest = &bytes[place..];
        let (header, _) = Header::decode(rest).ok()?;
        let length =
            Header::LEN + GATE_TAG + header.clear_length as usize + usize::from(header.payload_length);
        Envelope::decode(rest.get(..length)?).ok()
    };
    (0..bytes.len()).filter_map(at).map(|envelope| (envelope.id(), envelope)).collect()
}
