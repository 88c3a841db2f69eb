//! `kith keeper drop`.

use clap::Args;
use kith_node::api::types::{Code, Problem};
use kith_node::keeper::Shown;
use serde_json::json;

use super::size::Size;
use super::{asked, line};
use crate::ask;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Delete a place, with all that is held for its group
///
/// What members' nodes hold is not touched. The files of the keeper are copied without it, which may take a while. We cannot
/// reach copies in backups of this machine.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The place's number
    #[arg(value_name = "PLACE")]
    place: u32,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        if !self.yes {
            if !context.can_ask() {
                return Err(Problem::new(
                    Code::Usage,
                    "Deleting a place cannot be undone, and there is nobody to ask.",
                    "Say --yes if it is meant.",
                ));
            }
            if !self.meant(context)? {
                context.output.remark("Nothing has changed.");
                return Ok(Ending::Done);
            }
        }
        let route = Route::new(&["places", &self.place.to_string()])?;
        let (): () = asked(context, async |keeper| keeper.delete(route).await)?;
        let words = || format!("Place {} is deleted, with all that was held.", self.place);
        context.output.answer(&json!({ "place": self.place, "state": "dropped" }), words)?;
        Ok(Ending::Done)
    }

    /// What cannot be undone is typed, not just nodded to.
    fn meant(&self, context: &Context) -> Result<bool, Problem> {
        let route = Route::new(&["places"])?;
        let places: Vec<Shown> = asked(context, async |keeper| keeper.get(route).await)?;
        let place = places.into_iter().find(|place| place.number == self.place);
        let place = place.ok_or_else(|| Problem::from(kith_node::keeper::KeeperError::NoPlace))?;
        context.output.remark(&format!(
            "{}\nAll {} of it are deleted here. If some members' nodes lack what only this keeper holds, it is lost to \
             them. This cannot be undone. Type \"{}\" to delete it.",
            line(&place),
            Size(place.used),
            place.id,
        ));
        Ok(*ask::line(">")? == place.id)
    }
}
