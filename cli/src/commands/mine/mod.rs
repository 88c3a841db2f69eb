//! Commands for what a person keeps for themselves alone. Everything here stays on this device.

pub mod check_in;
pub mod crisis;
pub mod goal;
pub mod jar;
pub mod journal;
pub mod milestone;
mod plan;
pub mod skill;
pub mod tags;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Deleted, MineList, Problem};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::phrase;

/// One thing that is kept.
#[derive(Args, Debug)]
pub struct One {
    /// Its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub id: String,
}

/// Deletes one thing.
fn delete(context: &Context, place: &str, one: &One) -> Outcome {
    delete_at(context, &["mine", place, &one.id])
}

/// Deletes what is at a place.
fn delete_at(context: &Context, place: &[&str]) -> Outcome {
    let route = Route::new(place)?;
    let deleted: Deleted = context.node(async |node| node.delete(route).await)?;
    context.output.answer(&deleted, || "Deleted. It is not in the file any more.".to_owned())?;
    Ok(Ending::Done)
}

/// A text of the person's, as UTF-8.
fn text(context: &Context, source: &Source) -> Result<String, Problem> {
    if source.is_person(context) {
        context.before_asking()?;
    }
    let written = source.read(context)?.text;
    String::from_utf8(written).map_err(|_| kith_node::api::types::Code::TextNotUtf8.into())
}

/// A list in words, with what is damaged at its end.
fn listed<T>(list: &MineList<T>, empty: &str, line: impl Fn(&str, &T) -> String) -> String {
    let mut words: String = list.items.iter().map(|one| line(&one.id, &one.kept)).collect();
    if words.is_empty() && list.damaged.is_empty() {
        words = format!("{empty}\n");
    }
    for id in &list.damaged {
        words.push_str(&format!(
            "[{}]  This was changed on the disk, and cannot be read. It stays until you delete it.\n",
            phrase::id(id)
        ));
    }
    words
}
