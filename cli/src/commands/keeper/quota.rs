//! `kith keeper quota`.

use clap::Args;
use kith_node::keeper::{Quota, Shown};

use super::size::Size;
use super::{asked, line};
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Set how much may be held for a place
///
/// What is held beyond it stays; only nothing more is taken.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The place's number
    #[arg(value_name = "PLACE")]
    place: u32,
    /// How much, such as 500MiB or 1GiB
    #[arg(value_name = "SIZE")]
    size: Size,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["places", &self.place.to_string(), "quota"])?;
        let quota = Quota { quota: Some(self.size.0) };
        let place: Shown = asked(context, async |keeper| keeper.post(route, &quota).await)?;
        context.output.answer(&place, || line(&place))?;
        Ok(Ending::Done)
    }
}
