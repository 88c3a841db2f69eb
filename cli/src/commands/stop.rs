//! `kith stop`: an orderly end of the node.

use std::time::Duration;

use clap::Args;
use kith_node::api::types::{Code, Problem, Stopping};
use rustix::process::Pid;
use serde::Serialize;

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// How long the node may take: what it promises, and some more for a slow device.
const GONE_WITHIN: Duration = Duration::from_secs(30);

/// Stop your node
///
/// Returns when the node is gone. What you wrote is saved; what has not gone out yet goes when you start the
/// node again.
#[derive(Args, Debug)]
pub struct Cmd {}

#[derive(Serialize)]
struct Stopped {
    state: &'static str,
    pid: u32,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let stopping: Stopping = context.node(async |node| {
            let status: Result<Stopping, _> = node.post(Route::new(&["stop"])?, &serde_json::json!({})).await;
            status
        })?;
        context.progress("Stopping…");
        gone(stopping.pid)?;
        let stopped = Stopped { state: "stopped", pid: stopping.pid };
        context.output.answer(&stopped, || "Your node has stopped.".to_owned())?;
        Ok(Ending::Done)
    }
}

/// Waits until a process is gone.
fn gone(pid: u32) -> Result<(), Problem> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(Code::Internal)?;
    if ended(pid) {
        return Ok(());
    }
    Err(Problem::new(
        Code::TookTooLong,
        "The node has been asked to stop, and is still busy.",
        "Wait a little and look with \"kith status\".",
    ))
}

/// A descriptor of the process becomes readable at its end, also while its parent has not taken note of it.
#[cfg(target_os = "linux")]
fn ended(pid: Pid) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::process::{PidfdFlags, pidfd_open};

    let descriptor = match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(descriptor) => descriptor,
        Err(Errno::SRCH) => return true,
        Err(_) => return ended_by_signal(pid),
    };
    let limit = Timespec { tv_sec: i64::try_from(GONE_WITHIN.as_secs()).unwrap_or(i64::MAX), tv_nsec: 0 };
    loop {
        match poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], Some(&limit)) {
            Ok(ready) => return ready > 0,
            Err(Errno::INTR) => {}
            Err(_) => return ended_by_signal(pid),
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn ended(pid: Pid) -> bool {
    ended_by_signal(pid)
}

/// Where there is nothing to wait on, the process is looked for again and again.
fn ended_by_signal(pid: Pid) -> bool {
    const LOOK_AGAIN: Duration = Duration::from_millis(50);
    let end = std::time::Instant::now().checked_add(GONE_WITHIN);
    while end.is_some_and(|end| std::time::Instant::now() < end) {
        if rustix::process::test_kill_process(pid).is_err() {
            return true;
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_has_ended_is_gone_even_before_its_parent_knows() {
        let mut child = std::process::Command::new("sleep").arg("0.05").spawn().unwrap();
        gone(child.id()).unwrap();
        assert!(child.try_wait().unwrap().is_some());
        assert!(gone(child.id()).is_ok(), "nobody has that number any more");
    }
}
