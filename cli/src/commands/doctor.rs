//! `kith doctor`: what can be seen from outside, and what the node sees of itself.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Args;
use kith_node::api::types::{Check, CheckState, Code, Doctor, Status};
use kith_node::home::Paths;

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{phrase, plain};

/// Below this much free space it is worth a word, in bytes.
const ROOM: u64 = 256 << 20;
/// This program was made after 2026-01-01: no clock that is right shows an earlier time.
const MADE_AFTER: Duration = Duration::from_secs(1_767_225_600);
/// How far a file's time may lie ahead of the clock before the clock is doubted.
const AHEAD: Duration = Duration::from_secs(10 * 60);

/// Look for problems and say what to do
///
/// Shows nothing of what people wrote, and no names; the report can be shown to somebody who helps you. It
/// does show the path of your home folder.
#[derive(Args, Debug)]
pub struct Cmd {}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let mut checks = vec![private(context.paths()), vault(context.home()), room(context.home())];
        checks.push(clock(context.home(), SystemTime::now()));
        let mut network = BTreeMap::new();
        let status = Route::new(&["status"])?;
        let doctor = Route::new(&["doctor"])?;
        let asked = context.node(async |node| {
            let status: Status = node.get(status).await?;
            let inside: Doctor = node.get(doctor).await?;
            Ok((status, inside))
        });
        match asked {
            Ok((status, inside)) => {
                checks.push(Check::ok("node", "Your node is running."));
                checks.push(version(&status.version));
                checks.extend(inside.checks);
                network = inside.network;
            }
            Err(problem) if problem.code == Code::NotRunning => checks.push(not_running(context.paths())),
            Err(problem) => checks.push(Check::attention("node", problem.message, problem.hint)),
        }
        let report = Doctor { checks, network };
        context.output.answer(&report, || words(&report))?;
        Ok(Ending::Done)
    }
}

/// Whether others of this device can look into the home.
fn private(paths: &Paths) -> Check {
    let home = paths.dir();
    let name = "home";
    match fs::metadata(home) {
        Err(_) => Check::attention(
            name,
            format!("There is no home folder at {} yet.", home.display()),
            "Make your identity with \"kith init\", or choose another folder with --home.",
        ),
        Ok(found) if !found.is_dir() => Check::attention(
            name,
            format!("{} is not a folder.", home.display()),
            "Choose a folder with --home.",
        ),
        Ok(found) if found.permissions().mode() & 0o077 != 0 => Check::attention(
            name,
            "Others who use this device can look into your home folder.",
            format!("Close it with: chmod -R go= {}", home.display()),
        ),
        Ok(_) if rustix::fs::access(home, rustix::fs::Access::WRITE_OK).is_err() => Check::attention(
            name,
            "Your home folder cannot be written.",
            "Check who it belongs to, and whether its disk is read-only.",
        ),
        Ok(_) => match open_to_others(paths) {
            Some(path) => Check::attention(
                name,
                format!("Others who use this device may look into {}.", path.display()),
                format!("Close it with: chmod go= {}", path.display()),
            ),
            None => Check::ok(name, "Your home folder is private to you and can be written."),
        },
    }
}

/// The first of the home's own things that is not private, though the folder around it is.
fn open_to_others(paths: &Paths) -> Option<PathBuf> {
    let all = [paths.vault(), paths.key(), paths.config(), paths.cells(), paths.lock(), paths.socket()];
    all.into_iter().find(|path| fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0))
}

/// Whether nothing runs, or something that does not answer.
fn not_running(paths: &Paths) -> Check {
    let held = fs::File::open(paths.lock()).is_ok_and(|lock| {
        // Taken for a moment only: a node that starts right now would be told that the home is in use.
        matches!(lock.try_lock_shared(), Err(fs::TryLockError::WouldBlock))
    });
    if held {
        return Check::attention(
            "node",
            "A program holds your home folder, and does not answer.",
            "It may be starting or ending: look again in a minute. If it stays so, end that program and start \
             your node again.",
        );
    }
    let left_over = if paths.socket().exists() { " It ended without having been stopped." } else { "" };
    let (message, hint) = Code::NotRunning.words();
    Check::attention("node", format!("{message}{left_over}"), hint)
}

fn vault(home: &Path) -> Check {
    match fs::metadata(home.join("vault")) {
        Err(_) => Check::attention(
            "identity",
            "There is no identity in this home folder yet.",
            "Make one with \"kith init\", or bring yours back with \"kith recover\".",
        ),
        Ok(found) if found.len() == 0 => Check::attention(
            "identity",
            "The file that holds your identity is empty.",
            "Bring your identity back with \"kith recover\", in a new home folder.",
        ),
        Ok(_) if home.join("key").exists() => {
            Check::ok("identity", "Your identity is there. It opens without a passphrase.")
        }
        Ok(_) => Check::ok("identity", "Your identity is there. It opens with your passphrase."),
    }
}

fn room(home: &Path) -> Check {
    let there = home.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"));
    let Ok(disk) = rustix::fs::statvfs(there) else {
        return Check::attention(
            "disk",
            "The free space of the disk could not be seen.",
            "Look at it yourself.",
        );
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let shown = format!("{} MiB are free on the disk of your home folder.", free >> 20);
    if free < ROOM {
        Check::attention("disk", shown, "Free some space, so that everything you write can be saved.")
    } else {
        Check::ok("disk", shown)
    }
}

/// A clock cannot be judged from inside one device, except where it contradicts what it said before. The node
/// compares it with other nodes.
fn clock(home: &Path, now: SystemTime) -> Check {
    let hint =
        "Set date and time (best: automatically). Others may see your posts at the wrong place until then.";
    let since_1970 = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    if since_1970 < MADE_AFTER {
        return Check::attention("clock", "The clock of this device is years behind.", hint);
    }
    let written =
        ["vault", "lock"].iter().filter_map(|name| fs::metadata(home.join(name)).ok()?.modified().ok());
    match written.filter_map(|time| time.duration_since(now).ok()).max() {
        Some(ahead) if ahead > AHEAD => Check::attention(
            "clock",
            "The clock of this device shows an earlier time than when your node was last used.",
            hint,
        ),
        _ => Check::ok("clock", "The clock of this device makes sense."),
    }
}

fn version(of_node: &str) -> Check {
    let mine = env!("CARGO_PKG_VERSION");
    if of_node == mine {
        return Check::ok("version", format!("Node and program are both version {mine}."));
    }
    Check::attention(
        "version",
        format!("Your node is version {of_node}, this program is {mine}."),
        "Stop the node with \"kith stop\" and start it again with \"kith run\".",
    )
}

fn words(report: &Doctor) -> String {
    let mut words = String::new();
    for check in &report.checks {
        let mark = match check.state {
            CheckState::Ok => "ok       ",
            CheckState::Attention => "attention",
        };
        words.push_str(&format!("{mark}  {}\n", plain::line(&check.message)));
        if !check.hint.is_empty() {
            words.push_str(&format!("           {}\n", plain::line(&check.hint)));
        }
    }
    let found = report.checks.iter().filter(|check| check.state == CheckState::Attention).count();
    words.push_str(&match found {
        0 => "\nAll is well.\n".to_owned(),
        found => format!(
            "\n{} at.\n",
            phrase::count(u64::try_from(found).unwrap_or(u64::MAX), "thing to look", "things to look")
        ),
    });
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn an_open_home_is_seen() {
        let home = tempfile::tempdir().unwrap();
        mode(home.path(), 0o700);
        assert_eq!(private(&Paths::at(home.path())).state, CheckState::Ok);
        mode(home.path(), 0o750);
        let check = private(&Paths::at(home.path()));
        assert_eq!(check.state, CheckState::Attention);
        assert!(check.hint.contains("chmod"));
        mode(home.path(), 0o700);
        fs::write(home.path().join("vault"), "sealed").unwrap();
        mode(&home.path().join("vault"), 0o644);
        let check = private(&Paths::at(home.path()));
        assert!(check.state == CheckState::Attention && check.hint.contains("vault"), "{check:?}");
        assert_eq!(private(&Paths::at(&home.path().join("none"))).state, CheckState::Attention);
    }

    #[test]
    fn a_node_that_does_not_answer_is_told_from_none() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::at(home.path());
        assert!(not_running(&paths).message.contains("not running"));
        let lock = fs::File::create(paths.lock()).unwrap();
        lock.lock().unwrap();
        assert!(not_running(&paths).message.contains("does not answer"));
        drop(lock);
        assert!(not_running(&paths).message.contains("not running"));
    }

    #[test]
    fn an_identity_is_looked_for() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(vault(home.path()).state, CheckState::Attention);
        fs::write(home.path().join("vault"), "").unwrap();
        assert_eq!(vault(home.path()).state, CheckState::Attention);
        fs::write(home.path().join("vault"), "sealed").unwrap();
        assert!(vault(home.path()).message.contains("with your passphrase"));
        fs::write(home.path().join("key"), "k").unwrap();
        assert!(vault(home.path()).message.contains("without a passphrase"));
    }

    #[test]
    fn a_clock_that_contradicts_itself_is_seen() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("vault"), "sealed").unwrap();
        let now = SystemTime::now();
        assert_eq!(clock(home.path(), now).state, CheckState::Ok);
        assert_eq!(clock(home.path(), now - Duration::from_secs(3600)).state, CheckState::Attention);
        assert_eq!(clock(home.path(), SystemTime::UNIX_EPOCH).state, CheckState::Attention);
    }

    #[test]
    fn another_version_is_said() {
        assert_eq!(version(env!("CARGO_PKG_VERSION")).state, CheckState::Ok);
        assert_eq!(version("0.0.0").state, CheckState::Attention);
    }

    #[test]
    fn the_report_ends_with_how_much_there_is_to_do() {
        let check = Check::attention("disk", "Little space.", "Free some.");
        let report = Doctor { checks: vec![Check::ok("home", "Fine."), check], network: BTreeMap::new() };
        assert_eq!(
            words(&report),
            "ok         Fine.\nattention  Little space.\n           Free some.\n\n1 thing to look at.\n"
        );
    }
}
