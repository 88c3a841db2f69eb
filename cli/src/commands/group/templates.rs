//! `kith group templates`.

use clap::Args;
use serde_json::json;

use crate::charter;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// List the templates for charters that come with the program
///
/// "kith group create --template NAME" begins with one; every part of it can be changed later.
#[derive(Args, Debug)]
pub struct Cmd {}

impl Cmd {
    #[allow(clippy::unused_self, reason = "as every command")]
    pub fn run(self, context: &Context) -> Outcome {
        let list: Vec<_> = charter::templates().collect();
        let data = json!({
            "templates": list.iter().map(|(name, about)| json!({ "name": name, "about": about })).collect::<Vec<_>>(),
        });
        context
            .output
            .answer(&data, || list.iter().map(|(name, about)| format!("{name:14}{about}\n")).collect())?;
        Ok(Ending::Done)
    }
}
