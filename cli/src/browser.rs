//! Showing a page in the person's browser. The page is a file that only they can read: its path may stand in an argument,
//! where others see it.

use std::path::Path;
use std::process::{Command, Stdio};

/// Has the desktop open a page, if there is a desktop; whether it was asked to.
pub fn open(page: &Path) -> bool {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some()) {
        "xdg-open"
    } else {
        return false;
    };
    let mut opening = Command::new(program);
    opening.arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    opening.spawn().is_ok()
}
