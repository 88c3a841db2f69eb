//! Whether there is a Chromium on this machine, and what follows if there is none.

use std::env;
use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;

/// The variable that makes a missing Chromium a failure: `KITH_BROWSER=required`.
const DEMAND: &str = "KITH_BROWSER";

/// A Chromium, and the driver that belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chromium {
    pub(super) browser: PathBuf,
    pub(super) driver: PathBuf,
}

impl Chromium {
    /// The one of this machine. Without one the test is skipped, with a line that shows even though it passes, or
    /// fails if a browser is required.
    #[track_caller]
    pub(super) fn or_skip() -> Option<Chromium> {
        match Chromium::on(&env::var_os("PATH").unwrap_or_default()) {
            Ok(chromium) => Some(chromium),
            Err(missing) if env::var_os(DEMAND).is_some_and(|demand| demand == "required") => {
                panic!("{DEMAND}=required is set, but {missing}")
            }
            Err(missing) => {
                // Not `eprintln!`, which the test harness keeps to itself. If stderr is closed, nobody is told.
                let _ = writeln!(std::io::stderr(), "Skipped, nothing was tried in a browser: {missing}");
                None
            }
        }
    }

    fn on(path: &OsStr) -> Result<Chromium, String> {
        let program =
            |name: &str| env::split_paths(path).map(|folder| folder.join(name)).find(|file| file.is_file());
        let browser = ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(program);
        match (browser, program("chromedriver")) {
            (Some(browser), Some(driver)) => Ok(Chromium { browser, driver }),
            (browser, _) => Err(format!(
                "there is no {} here (Debian has both in: chromium chromium-driver).",
                if browser.is_some() { "chromedriver" } else { "chromium" }
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn both_programs_are_needed() {
        let folder = tempfile::tempdir().unwrap();
        let on = || Chromium::on(folder.path().as_os_str());
        assert!(on().unwrap_err().starts_with("there is no chromium here"));
        fs::write(folder.path().join("chromium"), "").unwrap();
        assert!(on().unwrap_err().starts_with("there is no chromedriver here"));
        fs::write(folder.path().join("chromedriver"), "").unwrap();
        assert_eq!(on().unwrap().browser, folder.path().join("chromium"));
    }
}
