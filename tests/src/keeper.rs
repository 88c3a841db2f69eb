//! Somebody's machine that is always on, and holds what groups write.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use serde_json::Value;

use crate::internet::{PORT, Place};
use crate::lab::Lab;
use crate::traces::{Found, Traces};
use crate::{Home, Node, Person, program, wait};

/// The most that is read of one part of a process's memory at a time, and how much of it twice, so that nothing lies across.
const PART: usize = 16 << 20;
const TWICE: usize = 4096;

/// A keeper in a process of its own, which lives in a lab: what passes between it and libp2p is written down.
#[derive(Debug)]
pub struct Keeper {
    home: Home,
    node: Option<Node>,
    temper: Option<&'static str>,
}

impl Keeper {
    /// One that does nothing wrong, with no places yet.
    #[track_caller]
    pub fn starts() -> Keeper {
        let mut keeper = Keeper { home: Home::new(), node: None, temper: None };
        keeper.goes_on();
        keeper
    }

    /// One at a place in an internet of its own.
    #[track_caller]
    pub fn starts_at(place: &Place) -> Keeper {
        let mut keeper = Keeper { home: Home::new(), node: None, temper: None };
        let ip = place.ip.as_deref().expect("a keeper has IPv4");
        let call = keeper.home.kith(["keeper", "run", "--listen", ip, "--port", &PORT.to_string()]);
        keeper.node = Some(Node::start_as(place.carry(&call.command())));
        keeper
    }

    /// Starts again after it was cut off.
    #[track_caller]
    pub fn goes_on(&mut self) {
        let call = self.home.kith(["keeper", "run", "--listen", "127.0.0.1"]);
        let mut call = call.env("LAB_TAPE", self.tape());
        if let Some(temper) = self.temper {
            call = call.env("LAB_TEMPER", temper);
        }
        self.node = Some(Node::start_as(call.command_of(&program::lab_node())));
    }

    /// Its power is cut.
    #[track_caller]
    pub fn is_cut_off(&mut self) {
        self.node.take().expect("a running keeper").kill();
    }

    /// From now on it does this wrong: a word of `kith_node::keeper::Temper`.
    #[track_caller]
    pub fn becomes(&mut self, temper: &'static str) {
        self.is_cut_off();
        self.temper = Some(temper);
        self.goes_on();
    }

    /// A link for a group.
    #[track_caller]
    pub fn enrols(&self) -> String {
        let made = self.home.kith(["keeper", "enrol"]).ok();
        made["link"].as_str().expect("a link").to_owned()
    }

    /// Totals.
    #[track_caller]
    pub fn status(&self) -> Value {
        self.home.kith(["keeper", "status"]).ok()
    }

    /// Every file it has.
    pub fn files(&self) -> Vec<PathBuf> {
        self.home.files()
    }

    /// What it said so far.
    pub fn said(&self) -> String {
        self.node.as_ref().expect("a running keeper").log().so_far().join("\n")
    }

    /// What passed between it and libp2p since it started last, before it was encrypted and after it was decrypted.
    pub fn passed(&self) -> Vec<u8> {
        let lab = self.lab();
        [lab.sent(), lab.received()].concat()
    }

    /// Looks through all of its memory that it can write to.
    ///
    /// # Panics
    /// If this machine does not let a parent read its child's memory.
    #[track_caller]
    pub fn find_in_memory(&self, traces: &Traces) -> Vec<Found> {
        let process = format!("/proc/{}", self.node.as_ref().expect("a running keeper").id());
        let maps = fs::read_to_string(format!("{process}/maps")).expect("a running process has maps");
        let mut memory = File::open(format!("{process}/mem")).expect("a parent may read its child's memory");
        let (mut found, mut looked) = (Vec::new(), 0);
        for line in maps.lines().filter(|line| line.contains(" rw")) {
            let (from, to) =
                line.split_once(' ').and_then(|(range, _)| range.split_once('-')).expect("a range");
            let [mut from, to] = [from, to].map(|end| u64::from_str_radix(end, 16).expect("hexadecimal"));
            while from < to {
                let size = PART.min(usize::try_from(to - from).expect("a part of memory"));
                let mut part = vec![0; size];
                // A part that has been given back meanwhile holds nothing.
                let read =
                    memory.seek(SeekFrom::Start(from)).and_then(|_| memory.read(&mut part)).unwrap_or(0);
                part.truncate(read);
                looked += read;
                found.extend(traces.find(&part));
                if read == 0 || from + read as u64 >= to {
                    break;
                }
                from += read.saturating_sub(TWICE).max(1) as u64;
            }
        }
        assert!(looked > PART / 4, "only {looked} bytes of memory could be read");
        found
    }

    /// What it saw since it started last.
    pub fn lab(&self) -> Lab {
        Lab::of(self.tape())
    }

    fn tape(&self) -> PathBuf {
        self.home.beside("tape")
    }
}

/// Waits until somebody's node is connected to the keeper of the group.
#[track_caller]
pub fn is_kept(person: &Person, group: &str) {
    wait::until(wait::ARRIVAL, format_args!("{} to be connected with the keeper", person.name()), || {
        let list = person.kith(["group", "keeper", "list", group]).ok();
        list["keepers"].as_array()?.iter().any(|keeper| keeper["connected"] == true).then_some(())
    });
}

/// Waits until the keeper has what somebody wrote.
#[track_caller]
pub fn is_left(person: &Person, post: &str) {
    wait::until(wait::ARRIVAL, format_args!("a post of {} to be with the keeper", person.name()), || {
        // Who has just gone may have been sent it as well.
        let with_it = |state: &str| ["kept", "passed"].contains(&state);
        person.reads_thread(post).into_iter().find(|one| one.post == post && with_it(&one.state))
    });
}
