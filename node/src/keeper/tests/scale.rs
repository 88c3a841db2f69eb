//! What a keeper with many places costs, measured: `just keeper`. Without its variable nothing is done here.
//!
//! The keeper is a process of its own, and so are the members, many in each; every connection is a real one over loopback.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use kith_protocol::epoch::{EpochKey, GateKey};
use kith_protocol::id::{PlaceId, StewardKey, hash};
use kith_protocol::keeper::{Grant, PlaceProof};
use kith_protocol::proof::Nonce;
use kith_protocol::sync::Scope;

use super::super::kit::{SINCE, envelope, steward};
use super::super::network::Keeper;
use super::super::place::{Number, Pass};
use super::super::places::Places;
use super::client::{Bag, Member};
use super::places::with_ids;
use super::{START, config, opens};
use crate::clock::SetClock;
use crate::sync::Timeouts;

/// `places,envelopes of each,places whose members are connected,members of each,seconds to look at`.
const WANTED: &str = "KITH_KEEPER_SCALE";
/// In a child: its folder, and for members the keeper's port and places from and to.
const FOLDER: &str = "KITH_KEEPER_SCALE_FOLDER";
const MEMBERS: &str = "KITH_KEEPER_SCALE_MEMBERS";
/// Members of one process, and how many of them call at a time.
const A_PROCESS: usize = 1000;
const AT_ONCE: usize = 8;
const TRIES: usize = 8;

fn numbers(name: &str) -> Option<Vec<usize>> {
    let said = std::env::var(name).ok()?;
    Some(said.split(',').map(|number| number.trim().parse().unwrap()).collect())
}

fn place(number: usize) -> PlaceId {
    PlaceId(hash("test/place", &[&number.to_be_bytes()])[..16].try_into().unwrap())
}

fn key(number: usize) -> GateKey {
    EpochKey::from_bytes(hash("test/epoch", &[&number.to_be_bytes()])).control().gate()
}

fn child(test: &str, dir: &Path, members: Option<String>) -> (Child, BufReader<ChildStdout>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("keeper::tests::scale::{test}"), "--nocapture"]).env(FOLDER, dir);
    if let Some(members) = members {
        command.env(MEMBERS, members);
    }
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    (child, out)
}

/// Waits for a line that begins so, and gives the rest of it.
fn line(out: &mut BufReader<ChildStdout>, start: &str) -> String {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended before it said {start}");
        if let Some((_, rest)) = line.split_once(start) {
            return rest.trim().to_owned();
        }
    }
}

fn say(words: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{words}").unwrap();
    out.flush().unwrap();
}

/// Fills places, and then keeps them.
#[test]
fn the_keeper() {
    let (Some(dir), None) = (std::env::var_os(FOLDER).map(PathBuf::from), std::env::var_os(MEMBERS)) else {
        return;
    };
    let wanted = numbers(WANTED).unwrap();
    let (time, runtime) = (SetClock::at(START), tokio::runtime::Runtime::new().unwrap());
    runtime.block_on(async {
        let keeper = Keeper::start(config(&dir, &time, Timeouts::default())).await.unwrap();
        let name = keeper.key();
        keeper.shutdown().await;
        let (opens, _said) = opens(&dir, &time);
        let mut places = Places::open(super::super::places::Opens { keeper: name, ..opens }).unwrap();
        for n in 1..=wanted[0] {
            let by = StewardKey(steward(1).verifying_key().to_bytes());
            places.enrol(place(n), by, 1 << 30).unwrap();
            let mut grant = Grant::new(place(n), &key(n), [], [], vec![by], SINCE);
            grant.number = 1;
            places.grant(None, grant.sign(&name, &steward(1)).bytes()).unwrap();
            let pass = Pass { place: Number(n as u32), gate: key(n).name() };
            let serials = (n * wanted[1]) as u32..((n + 1) * wanted[1]) as u32;
            let written: Vec<_> = serials
                .map(|serial| envelope(&key(n), serial % 10 == 0, time.now().hour(), serial))
                .collect();
            for batch in written.chunks(20) {
                places.admit(&pass, kith_protocol::keeper::Standing::Member, with_ids(batch)).unwrap();
                places.commit().unwrap();
            }
        }
        let shown = places.shown();
        let bytes: u64 = shown.iter().map(|place| place.used).sum();
        say(&format!("filled {bytes} {}", places.size()));
        drop(places);
        let keeper = Keeper::start(config(&dir, &time, Timeouts::default())).await.unwrap();
        say(&format!("serving {}", keeper.port()));
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let status = keeper.status().await.unwrap();
            say(&format!("proved {}", status.proved));
        }
    });
}

/// Connects members of some places, and keeps them connected.
#[test]
fn the_members() {
    let Some(what) = numbers(MEMBERS) else { return };
    let (port, from, to) = (what[0] as u16, what[1], what[2]);
    let members = numbers(WANTED).unwrap()[3];
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let name = kith_protocol::id::KeeperKey(
            ed25519_dalek::SigningKey::from_bytes(&[3; 32]).verifying_key().to_bytes(),
        );
        let all = (from..to).flat_map(|n| (0..members).map(move |member| (n, member)));
        let connected: Vec<Member> = futures::StreamExt::collect(futures::StreamExt::buffer_unordered(
            futures::stream::iter(all.map(|(n, member)| async move {
                // On a machine that has too much to do a connection may be lost before it has proved anything.
                for _ in 0..TRIES {
                    let node = Member::to(name, port, false).await;
                    let proved = async {
                        let (stream, about) =
                            node.greet(&place(n), Nonce::generate(&mut rand::rng())).await?;
                        node.says(stream, &PlaceProof::gate(place(n), &about, &key(n))).await
                    };
                    let Some(answer) = proved.await else {
                        say("tried again");
                        continue;
                    };
                    answer.unwrap();
                    if member == 0 {
                        node.syncs(&Bag::default(), Scope::All).await.unwrap();
                    }
                    return node;
                }
                panic!("the keeper cannot be reached")
            })),
            AT_ONCE,
        ))
        .await;
        say(&format!("connected {}", connected.len()));
        std::future::pending::<()>().await;
    });
}

/// Resident memory in KiB, descriptors, and processor time in hundredths of a second.
fn taken(pid: u32) -> (u64, usize, u64) {
    let proc = PathBuf::from(format!("/proc/{pid}"));
    let status = std::fs::read_to_string(proc.join("status")).unwrap();
    let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let stat = std::fs::read_to_string(proc.join("stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let cpu = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    let rss = rss.trim().trim_end_matches(" kB").parse().unwrap();
    (rss, std::fs::read_dir(proc.join("fd")).unwrap().count(), cpu)
}

/// Bytes and packets over loopback, of this network namespace.
fn loopback() -> (u64, u64) {
    let text = std::fs::read_to_string("/proc/net/dev").unwrap();
    let line = text.lines().find_map(|line| line.trim().strip_prefix("lo:")).unwrap();
    let fields: Vec<u64> = line.split_whitespace().map(|field| field.parse().unwrap()).collect();
    (fields[0], fields[1])
}

#[test]
fn a_keeper_with_many_places() {
    let Some(wanted) = numbers(WANTED) else { return };
    if std::env::var_os(FOLDER).is_some() {
        return;
    }
    let (places, envelopes, connected, members, seconds) =
        (wanted[0], wanted[1], wanted[2], wanted[3], wanted[4] as u64);
    let dir = tempfile::tempdir().unwrap();
    let (mut keeper, mut said) = child("the_keeper", dir.path(), None);
    let filled = line(&mut said, "filled ");
    let port = line(&mut said, "serving ");
    let look = |what: &str, connections: usize| {
        let ((_, _, cpu), (bytes, packets)) = (taken(keeper.id()), loopback());
        std::thread::sleep(Duration::from_secs(seconds));
        let ((rss, files, later), (more, later_packets)) = (taken(keeper.id()), loopback());
        say(&format!(
            "{what}: {connections} connections, {:.1} MiB, {files} descriptors, {:.2} % of a core, {:.1} kB/s and {:.0} \
             packets/s over loopback, both ways",
            rss as f64 / 1024.0,
            (later - cpu) as f64 / seconds as f64,
            (more - bytes) as f64 / seconds as f64 / 1000.0,
            (later_packets - packets) as f64 / seconds as f64,
        ));
    };
    say(&format!("{places} places of {envelopes} envelopes; bytes held, bytes on the disk: {filled}"));
    look("nobody connected", 0);
    let mut processes = Vec::new();
    let each = (A_PROCESS / members).max(1);
    let mut there = 0;
    for from in (1..=connected).step_by(each) {
        let to = (from + each).min(connected + 1);
        let (child, mut out) = child("the_members", dir.path(), Some(format!("{port},{from},{to}")));
        there += line(&mut out, "connected ").parse::<usize>().unwrap();
        // What the keeper says of it, as it says so each second.
        while line(&mut said, "proved ").parse::<usize>().unwrap() < there {}
        processes.push((child, out));
        look("idle", there);
    }
    for (mut child, _) in processes {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    keeper.kill().unwrap();
    keeper.wait().unwrap();
}
