//! `kith lock` and `kith unlock`: the node goes on running, with everything closed or open.

use clap::Args;
use kith_node::api::types::{Code, LatchState, Problem, Standing, Unlock as Wish};
use serde_json::json;

use crate::ask;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::protect::Protect;

/// Lock your node
///
/// Closes all groups, forgets all keys and sends every browser away, until you unlock it. The node goes on running, and
/// exchanges nothing meanwhile. What you wrote is saved.
#[derive(Args, Debug)]
pub struct Lock {}

impl Lock {
    pub fn run(self, context: &Context) -> Outcome {
        let latch: LatchState =
            context.node(async |node| node.post(Route::new(&["lock"])?, &json!({})).await)?;
        context
            .output
            .answer(&latch, || "Your node is locked. \"kith unlock\" opens it again.".to_owned())?;
        Ok(Ending::Done)
    }
}

/// Unlock your node
///
/// Asks for the passphrase, if your identity has one.
#[derive(Args, Debug)]
pub struct Unlock {
    #[command(flatten)]
    protect: Protect,
}

impl Unlock {
    pub fn run(self, context: &Context) -> Outcome {
        let latch: LatchState = context.node(async |node| {
            let latch: LatchState = node.get(Route::new(&["latch"])?).await?;
            match latch.standing {
                Standing::Open => return Ok(latch),
                Standing::NoIdentity => return Err(Code::NoIdentity.into()),
                Standing::Locked | Standing::Opening => {}
            }
            let passphrase = self.passphrase(context, latch.passphrase)?;
            node.post(Route::new(&["unlock"])?, &Wish { passphrase }).await
        })?;
        context.output.answer(&latch, || "Your node is unlocked.".to_owned())?;
        Ok(Ending::Done)
    }

    fn passphrase(&self, context: &Context, takes: bool) -> Result<Option<String>, Problem> {
        if let Some(passphrase) = self.protect.passphrase(context)? {
            return Ok(Some(passphrase.to_string()));
        }
        if !takes {
            return Ok(None);
        }
        if !context.can_ask() {
            return Err(Code::PassphraseNeeded.into());
        }
        Ok(Some(ask::passphrase("Passphrase:")?.to_string()))
    }
}
