//! `kith keeper stop`.

use clap::Args;
use serde_json::json;

use super::asked;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Stop the keeper
///
/// It ends within a few seconds. What it holds is saved; members' nodes come again when it runs again.
#[derive(Args, Debug)]
pub struct Cmd {}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["stop"])?;
        let (): () = asked(context, async |keeper| keeper.post(route, &json!({})).await)?;
        context.output.answer(&json!({ "state": "stopping" }), || "The keeper is stopping.".to_owned())?;
        Ok(Ending::Done)
    }
}
