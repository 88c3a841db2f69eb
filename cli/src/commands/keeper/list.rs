//! `kith keeper list`.

use clap::Args;
use kith_node::keeper::Shown;

use super::{asked, line};
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// List the places
///
/// By number, with the beginning of the id by which a group's facilitators know their place. Days are in UTC.
#[derive(Args, Debug)]
pub struct Cmd {}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["places"])?;
        let places: Vec<Shown> = asked(context, async |keeper| keeper.get(route).await)?;
        context.output.answer(&places, || {
            if places.is_empty() {
                return "There are no places yet. \"kith keeper enrol\" makes one for a group.".to_owned();
            }
            places.iter().map(line).collect::<Vec<_>>().join("\n")
        })?;
        Ok(Ending::Done)
    }
}
