//! Where the programs under test are.

use std::env;
use std::path::PathBuf;

/// The command line and node, the very same code as `kith`.
pub fn node_under_test() -> PathBuf {
    program("node-under-test")
}

/// The same in a lab: see [`crate::lab`].
pub fn lab_node() -> PathBuf {
    program("lab-node")
}

/// A line that takes its time.
pub fn slow_line() -> PathBuf {
    program("slow-line")
}

/// A program of this package. Cargo builds all of them before its tests and benchmarks, and puts them some
/// folders above the running test.
///
/// # Panics
/// If it is not there, as when a test binary was copied elsewhere.
fn program(name: &str) -> PathBuf {
    let test = env::current_exe().expect("a running program knows where it is");
    test.ancestors()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("There is no {name} beside {}. Run this through cargo.", test.display()))
}
