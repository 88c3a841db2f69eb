//! Ctrl-C: exit code 130, wherever a command stands, with the terminal left as it was found.
//!
//! Two parts of the program answer Ctrl-C themselves and disarm this: a node that runs, and an editor.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use kith_node::api::types::Code;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

static ARMED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C ends the process. A passphrase prompt hides what is typed; that is undone first.
pub fn arm() {
    if ARMED.swap(true, Ordering::Relaxed) {
        return;
    }
    if let Err(error) = begin() {
        tracing::debug!(%error, "Ctrl-C ends this command the system's way");
    }
}

/// Ctrl-C is taken over when this returns; what it means is decided in a thread of its own, since a command may
/// stand in a prompt.
fn begin() -> io::Result<()> {
    let terminal = tcgetattr(io::stdin()).ok();
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    let interrupts = {
        let _context = runtime.enter();
        signal(SignalKind::interrupt())?
    };
    let waiting = move || runtime.block_on(wait(interrupts, terminal));
    thread::Builder::new().name("interrupt".to_owned()).spawn(waiting)?;
    Ok(())
}

/// From now on Ctrl-C does nothing here.
pub fn disarm() {
    ARMED.store(false, Ordering::Relaxed);
}

/// Does something during which Ctrl-C is somebody else's.
pub fn disarmed<T>(doing: impl FnOnce() -> T) -> T {
    let was = ARMED.swap(false, Ordering::Relaxed);
    let done = doing();
    ARMED.store(was, Ordering::Relaxed);
    done
}

async fn wait(mut interrupts: Signal, terminal: Option<Termios>) {
    while interrupts.recv().await.is_some() {
        if ARMED.load(Ordering::Relaxed) {
            if let Some(terminal) = &terminal {
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, terminal);
            }
            std::process::exit(i32::from(Code::Interrupted.exit()));
        }
    }
}
