//! What a machine does to a node: power loss, a full disk, a wrong clock, a listener on the wire.
//!
//! The node is the program under test, unchanged; a small library is loaded before it and stands between it
//! and the system's calls. What it models, and what not, is said at the top of `faults/shim.c`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::call::Call;

const SHIM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/faults/shim.c");

/// Compiles the library, once a test run.
fn library() -> &'static Path {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, library) = BUILT.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("kith-shim-").tempdir().expect("a temporary folder");
        let library = folder.path().join("shim.so");
        let built = Command::new("cc")
            .args(["-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", "-o"])
            .args([library.as_os_str(), SHIM.as_ref(), "-ldl".as_ref(), "-lpthread".as_ref()])
            .output()
            .expect("a C compiler, cc");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        (folder, library)
    });
    library
}

/// A disk under a home whose power can be cut, which can be full, and a clock and a wire beside it.
#[derive(Debug)]
pub struct Machine {
    home: PathBuf,
    around: TempDir,
    clock: i64,
}

impl Machine {
    /// A machine around a home folder. What is in the folder now is on the disk.
    pub fn around(home: &Path) -> Machine {
        let around = tempfile::Builder::new().prefix("kith-disk-").tempdir().expect("a temporary folder");
        fs::create_dir(around.path().join("tape")).expect("a folder of the test");
        let parent = home.parent().expect("a home stands in a folder");
        let parent = parent.canonicalize().expect("that folder is there");
        let machine = Machine { home: parent.join(home.file_name().expect("a name")), around, clock: 0 };
        machine.settle();
        machine
    }

    /// Sets its clock wrong, for nodes started from now on.
    pub fn set_clock_wrong_by(&mut self, seconds: i64) {
        self.clock = seconds;
    }

    /// Lets a command run on this machine.
    pub fn carry(&self, call: Call) -> Call {
        self.environment().into_iter().fold(call, |call, (name, value)| call.env(name, value))
    }

    fn environment(&self) -> [(&'static str, PathBuf); 6] {
        [
            ("LD_PRELOAD", library().to_owned()),
            ("FAULT_HOME", self.home.clone()),
            ("FAULT_DISK", self.disk()),
            ("FAULT_FULL", self.full()),
            ("FAULT_CLOCK", self.clock.to_string().into()),
            ("FAULT_TAPE", self.around.path().join("tape")),
        ]
    }

    /// Cuts the power: the home becomes what the disk holds. Whatever ran on the machine must be dead.
    ///
    /// Files and folders stay the same inodes, as on a real disk: a node takes a changed one for a restored
    /// backup.
    pub fn cut_power(&self) {
        let aside = self.around.path().join("aside");
        fs::create_dir(&aside).expect("a folder of the test");
        if self.home.exists() {
            put_aside(&self.home, &aside);
        }
        let objects = self.disk().join("objects");
        let names = fs::read_dir(&objects).expect("a folder of the test").map(|object| {
            let object = object.expect("a readable folder");
            (object.metadata().expect("a readable folder").ino(), object.file_name())
        });
        let names: BTreeMap<u64, OsString> = names.collect();
        let tree = self.disk().join("tree");
        if tree.exists() {
            bring_back(&tree, &self.home, &|object| names.get(&object).map(|inode| aside.join(inode)));
        } else if self.home.exists() {
            fs::remove_dir_all(&self.home).expect("the home can be deleted");
        }
        fs::remove_dir_all(aside).expect("a folder of the test");
        self.settle();
    }

    /// Fills the disk, or frees it.
    pub fn fill_disk(&self, full: bool) {
        if full {
            fs::write(self.full(), "").expect("a file of the test");
        } else {
            fs::remove_file(self.full()).expect("a file of the test");
        }
    }

    /// Everything given to internet sockets, a file per socket.
    pub fn tapes(&self) -> Vec<PathBuf> {
        let tapes = fs::read_dir(self.around.path().join("tape")).expect("a folder of the test");
        tapes.map(|tape| tape.expect("a readable folder").path()).collect()
    }

    fn disk(&self) -> PathBuf {
        self.around.path().join("disk")
    }

    fn full(&self) -> PathBuf {
        self.around.path().join("full")
    }

    /// Takes everything in the home as written to the disk.
    fn settle(&self) {
        let disk = self.disk();
        if disk.exists() {
            fs::remove_dir_all(&disk).expect("a folder of the test");
        }
        fs::create_dir_all(disk.join("objects")).expect("a folder of the test");
        if self.home.exists() {
            self.settle_folder(&self.home, &disk.join("tree"));
        }
    }

    fn settle_folder(&self, live: &Path, held: &Path) {
        make_folder(live, held);
        for item in fs::read_dir(live).expect("a readable folder") {
            let item = item.expect("a readable folder");
            let kind = item.metadata().expect("a readable folder");
            let name = held.join(item.file_name());
            if kind.is_dir() {
                self.settle_folder(&item.path(), &name);
            } else if kind.is_file() {
                let object = self.disk().join("objects").join(kind.ino().to_string());
                fs::copy(item.path(), &object).expect("a file of the home can be read");
                fs::hard_link(&object, &name).expect("a file of the test");
            }
        }
    }
}

/// Moves every file below a folder into another, under the number of its inode. Folders stay.
fn put_aside(folder: &Path, aside: &Path) {
    for item in fs::read_dir(folder).expect("a readable folder") {
        let path = item.expect("a readable folder").path();
        let found = fs::symlink_metadata(&path).expect("a readable folder");
        if found.is_dir() {
            put_aside(&path, aside);
        } else {
            fs::rename(&path, aside.join(found.ino().to_string())).expect("a file of the home can be moved");
        }
    }
}

/// Makes a folder hold what the disk holds. `before` tells where the file is that an object (by its inode) is the
/// content of.
fn bring_back(held: &Path, live: &Path, before: &dyn Fn(u64) -> Option<PathBuf>) {
    if !live.exists() {
        make_folder(held, live);
    }
    for item in fs::read_dir(live).expect("a readable folder") {
        let path = item.expect("a readable folder").path();
        if !held.join(path.file_name().expect("a name")).exists() {
            fs::remove_dir_all(path).expect("a folder of the home can be deleted");
        }
    }
    for item in fs::read_dir(held).expect("a readable folder") {
        let item = item.expect("a readable folder");
        let (from, to) = (item.path(), live.join(item.file_name()));
        if from.is_dir() {
            bring_back(&from, &to, before);
            continue;
        }
        let inode = fs::metadata(&from).expect("a file of the test").ino();
        if let Some(file) = before(inode).filter(|file| file.exists()) {
            fs::rename(file, &to).expect("a file of the home can be moved");
        }
        // Into the file that is there, so that it stays the same one.
        fs::copy(&from, &to).expect("a file of the home can be written");
    }
}

fn make_folder(like: &Path, folder: &Path) {
    fs::create_dir(folder).expect("a folder of the test");
    let mode = fs::metadata(like).expect("a readable folder").permissions().mode();
    fs::set_permissions(folder, Permissions::from_mode(mode)).expect("a folder of the test");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a shell script in a home on a machine, and cuts the power after it.
    fn after_power_loss(script: &str) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        fs::create_dir(&home).unwrap();
        fs::write(home.join("old"), "as it was").unwrap();
        let machine = Machine::around(&home);
        run(&machine, script);
        machine.cut_power();
        (folder, home)
    }

    fn run(machine: &Machine, script: &str) -> String {
        let mut command = Command::new("sh");
        command.args(["-ec", script]).current_dir(&machine.home).envs(machine.environment());
        let done = command.output().unwrap();
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{told}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    #[test]
    fn what_was_not_synced_is_gone_and_what_was_is_there() {
        let (_folder, home) =
            after_power_loss("printf one > a; sync a; printf two >> a; printf x >> old; printf b > b");
        assert_eq!(fs::read_to_string(home.join("a")).unwrap(), "one");
        assert_eq!(fs::read_to_string(home.join("old")).unwrap(), "as it was");
        assert!(!home.join("b").exists(), "A file that nobody synced survived");
    }

    #[test]
    fn a_renamed_file_is_the_old_one_until_the_folder_is_synced() {
        let replace = "printf new > new; sync new; mv new old";
        let (_folder, home) = after_power_loss(replace);
        assert_eq!(fs::read_to_string(home.join("old")).unwrap(), "as it was");
        let (_folder, home) = after_power_loss(&format!("{replace}; sync ."));
        assert_eq!(fs::read_to_string(home.join("old")).unwrap(), "new");
        assert!(!home.join("new").exists());
    }

    #[test]
    fn a_removed_file_comes_back_unless_the_folder_was_synced() {
        let (_folder, home) = after_power_loss("rm old");
        assert_eq!(fs::read_to_string(home.join("old")).unwrap(), "as it was");
        let (_folder, home) = after_power_loss("rm old; sync .");
        assert!(!home.join("old").exists());
    }

    #[test]
    fn a_new_file_does_not_inherit_what_the_disk_held_of_a_removed_one() {
        let (_folder, home) = after_power_loss("rm old; sync .; printf fresh > fresh; sync .");
        assert_eq!(fs::read_to_string(home.join("fresh")).unwrap(), "");
    }

    #[test]
    fn a_renamed_folder_takes_along_what_the_disk_has_of_its_files() {
        let (_folder, home) =
            after_power_loss("mkdir d; printf one > d/a; sync d/a; printf two > d/b; mv d e; sync .");
        assert_eq!(fs::read_to_string(home.join("e/a")).unwrap(), "one");
        assert!(!home.join("e/b").exists() && !home.join("d").exists());
    }

    #[test]
    fn a_file_stays_the_same_inode() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        fs::create_dir_all(home.join("d")).unwrap();
        for name in ["d/log", "replaced"] {
            fs::write(home.join(name), "one").unwrap();
        }
        let machine = Machine::around(&home);
        let inodes = || ["d", "d/log"].map(|name| fs::metadata(home.join(name)).unwrap().ino());
        let before = inodes();
        run(&machine, "printf ' two' >> d/log; sync d/log; printf ' three' >> d/log; mv replaced d/moved");
        machine.cut_power();
        assert_eq!(inodes(), before);
        assert_eq!(fs::read_to_string(home.join("d/log")).unwrap(), "one two");
        assert_eq!(fs::read_to_string(home.join("replaced")).unwrap(), "one");
        assert!(!home.join("d/moved").exists());
    }

    #[test]
    fn power_can_be_cut_again_and_again() {
        let (folder, home) = after_power_loss("printf one > a; sync a");
        let machine = Machine::around(&home);
        run(&machine, "printf two > a; sync a; printf three > a");
        machine.cut_power();
        run(&machine, "printf ' and four' >> a");
        machine.cut_power();
        assert_eq!(fs::read_to_string(home.join("a")).unwrap(), "two");
        drop(folder);
    }

    #[test]
    fn a_full_disk_takes_nothing_and_a_wrong_clock_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        fs::create_dir(&home).unwrap();
        let mut machine = Machine::around(&home);
        machine.fill_disk(true);
        assert!(run(&machine, "dd if=/dev/zero of=a count=1 2>&1 || true").contains("No space left"));
        machine.fill_disk(false);
        run(&machine, "printf x > a");
        let year = |machine: &Machine| run(machine, "date -u +%Y").trim().parse::<i32>().unwrap();
        let now = year(&machine);
        machine.set_clock_wrong_by(366 * 24 * 3600);
        assert_eq!(year(&machine), now + 1);
    }
}
