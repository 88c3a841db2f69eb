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
use kith_node::api::types::{Code, Deleted, MineList, Problem};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::{self, Source};
use crate::phrase;

/// The longest text that is taken from an editor, in bytes.
const EDITED_MOST: usize = 64 * 1024;

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

/// Gets a text, of what stood there `before` if a person edits it, and does something with it. What an editor left behind is
/// deleted once that is done.
fn with_text<T>(
    context: &Context,
    source: &Source,
    before: Option<&str>,
    then: impl FnOnce(String) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let is_person = source.is_person(context);
    if is_person {
        context.before_asking()?;
    }
    let mut written = match before.filter(|_| is_person) {
        Some(before) => input::edited(context, before, EDITED_MOST)?,
        None => source.read(context)?,
    };
    let text = String::from_utf8(std::mem::take(&mut written.text));
    let done = text.map_err(|_| Problem::of(Code::TextNotUtf8)).and_then(then);
    written.sent(done)
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
