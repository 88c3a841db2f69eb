//! A keeper that is killed at any moment, again and again: what it acknowledged is there, and every sum is right.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use kith_protocol::keeper::{Dropped, Standing};

use super::super::kit::{drop_secret, envelope, gate};
use super::super::places::Places;
use super::places::{check, claim, pass, with_ids};
use super::{START, opens};
use crate::clock::SetClock;

/// How often it is killed.
const ROUNDS: u32 = 12;
/// Where the child is to work, which is no child without it.
const FOLDER: &str = "KITH_KEEPER_CRASH";
/// The test that is the child.
const CHILD: &str = "keeper::tests::crash::the_child_writes_until_it_is_killed";

/// Writes without end, and says after each commit up to which serial everything is kept. Of every hundredth the payload is
/// dropped; before that, nothing is said of its hundred.
#[test]
fn the_child_writes_until_it_is_killed() {
    let Some(dir) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let time = SetClock::at(START);
    let (opens, _said) = opens(&dir, &time);
    let mut places = Places::open(opens).unwrap();
    let mut out = std::io::stdout();
    let mut serial: u32 = std::fs::read_to_string(dir.join("from")).unwrap().parse().unwrap();
    loop {
        let batch: Vec<_> = (serial..serial + 20)
            .map(|serial| envelope(&gate(1), serial % 7 == 0, time.now().hour(), serial))
            .collect();
        let taken = places.admit(&pass(1), Standing::Member, with_ids(&batch)).unwrap();
        assert_eq!(taken.held.len(), batch.len());
        places.commit().unwrap();
        if serial % 100 == 80 {
            let id = batch[1].id();
            let dropped = Dropped::new(id, drop_secret(serial + 1));
            places.drop_payloads(&pass(1), &[dropped]).unwrap();
            places.commit().unwrap();
        }
        serial += 20;
        writeln!(out, "kept {serial}").unwrap();
        out.flush().unwrap();
    }
}

/// Lets the child run until it has said some lines, kills it, and gives the last that it said.
fn run_and_kill(dir: &Path, lines: u32, then: Duration) -> u32 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", CHILD, "--nocapture", "--test-threads", "1"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = 0;
    let mut heard = 0;
    while heard < lines {
        let line = said.next().expect("it goes on").unwrap();
        if let Some(serial) = line.strip_prefix("kept ") {
            last = serial.parse().unwrap();
            heard += 1;
        }
    }
    std::thread::park_timeout(then);
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died counts as well.
    for line in said.map_while(Result::ok) {
        if let Some(serial) = line.strip_prefix("kept ") {
            last = serial.parse().unwrap();
        }
    }
    last
}

#[test]
fn what_was_acknowledged_is_there_however_it_ends() {
    let dir = tempfile::tempdir().unwrap();
    let time = SetClock::at(START);
    let (opens, _said) = opens(dir.path(), &time);
    let mut places = Places::open(opens.clone()).unwrap();
    claim(&mut places);
    drop(places);
    let mut kept: BTreeSet<u32> = BTreeSet::new();
    let mut from = 0;
    for round in 0..ROUNDS {
        std::fs::write(dir.path().join("from"), from.to_string()).unwrap();
        let upto = run_and_kill(dir.path(), 1 + round % 5, Duration::from_micros(u64::from(round) * 1700));
        kept.extend(from..upto);
        let mut places = Places::open(opens.clone()).unwrap();
        assert!(!places.lost, "round {round}");
        check(&mut places);
        let ids: Vec<_> = kept
            .iter()
            .map(|serial| envelope(&gate(1), serial % 7 == 0, time.now().hour(), *serial).id())
            .collect();
        let (found, _) = places.envelopes(&pass(1), Standing::Member, ids.clone(), usize::MAX).unwrap();
        assert_eq!(found.len(), ids.len(), "round {round}: something acknowledged is lost");
        // What came beyond that is whole, and may be there.
        from = upto + 1000;
    }
    assert!(kept.len() > 200, "{}", kept.len());
}
