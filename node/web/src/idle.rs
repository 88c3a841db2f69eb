//! Locking by itself: when nobody has touched a page for as long as the person chose, every browser is sent away.
//!
//! The node goes on holding and passing on what its groups write, unless the person chose that it be locked as well. An
//! identity without a passphrase has nothing to lock with: whoever is at the device could open it again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kith_node::api::types::Standing;
use tokio::time::Instant;

use crate::web::Web;

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// When somebody last touched a page.
#[derive(Debug)]
pub struct Idle(Mutex<Instant>);

impl Idle {
    /// Somebody just did.
    pub fn now() -> Idle {
        Idle(Mutex::new(Instant::now()))
    }

    /// Somebody did it again.
    pub fn stir(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// For how long nobody has.
    pub fn lasts(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

/// Sends every browser away whenever nobody touched a page for long enough, until the node ends.
pub async fn watch(web: Web) {
    loop {
        tokio::select! {
            () = web.closing.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let face = web.face();
        let after = Duration::from_secs(u64::from(face.lock_after).saturating_mul(60));
        let passphrase = web.service.latch_state().await.is_ok_and(|latch| latch.passphrase);
        let open = web.service.standing() == Standing::Open;
        if after.is_zero() || !passphrase || !open || web.idle.lasts() < after {
            continue;
        }
        web.idle.stir();
        web.sessions.send_all_away();
        if face.lock_node
            && let Err(problem) = web.service.lock().await
        {
            tracing::debug!(code = ?problem.code, "the node ends before it could be locked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_touch_begins_the_time_anew() {
        let idle = Idle::now();
        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(idle.lasts(), Duration::from_secs(59));
        idle.stir();
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(idle.lasts(), Duration::from_secs(1));
    }
}
