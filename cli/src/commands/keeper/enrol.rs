//! `kith keeper enrol`.

use clap::Args;
use kith_node::keeper::{Enrolled, Quota};

use super::asked;
use super::size::Size;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Make a place for a group, and print the link that claims it
///
/// The link is shown this once. Hand it to a facilitator of the group, by a way on which nobody else reads it: whoever uses it
/// first has the place. Once it is used it is good for nothing.
#[derive(Args, Debug)]
pub struct Cmd {
    /// How much may be held for the group, such as 500MiB or 1GiB [usual: as the settings say, 1GiB]
    #[arg(long, value_name = "SIZE")]
    quota: Option<Size>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let quota = Quota { quota: self.quota.map(|size| size.0) };
        let route = Route::new(&["places"])?;
        let made: Enrolled = asked(context, async |keeper| keeper.post(route, &quota).await)?;
        if !context.output.is_json() {
            context.output.remark(&format!(
                "Place {} is made, for up to {}. This link is secret and good for one use: hand it to a facilitator of the \
                 group, who gives it to \"kith group keeper add\". It is not shown again.\nIt says that this keeper is at \
                 {}. Others must be able to reach one of these: \"kith keeper run --announce\" says where.",
                made.place.number,
                Size(made.place.quota),
                made.addresses.join(", "),
            ));
        }
        context.output.answer(&made, || made.link.clone())?;
        Ok(Ending::Done)
    }
}
