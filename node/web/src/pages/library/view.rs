//! An item, in words.

use kith_node::api::types::{Choice, Item, ItemKind, ItemState, Relation};

use crate::pages::leave_to;
use crate::parts::file::FileView;
use crate::parts::post::{mentions, paragraphs};
use crate::visit::Visit;
use crate::words::Words;

/// How much of a text a list shows: so many sentences, and so many letters.
const SENTENCES: usize = 2;
const LETTERS: usize = 280;

/// An item as pages show it.
pub struct ItemView {
    /// Its id.
    pub id: String,
    /// Where its page is.
    pub here: String,
    /// What it is called.
    pub title: String,
    /// How its author comes to it, and the class of that.
    pub relation: (&'static str, String),
    /// What it is.
    pub kind: String,
    /// What it mentions, where that comes before the text.
    pub fold: Option<String>,
    /// What it mentions, where the text is open.
    pub mentions: Option<String>,
    /// How its text begins.
    pub beginning: String,
    /// The text.
    pub paragraphs: Vec<Vec<String>>,
    /// What is known of it: what, and the words.
    pub facts: Vec<(String, String)>,
    /// How it stands: the class of the note, and what it says.
    pub notes: Vec<(&'static str, String)>,
    /// Its address, if it is one that can be led to.
    pub link: Option<String>,
    /// Its address as its author wrote it, where it is none.
    pub no_link: String,
    /// Its language, for the element.
    pub language: String,
    /// What goes with it.
    pub files: Vec<FileView>,
    /// Who says that something is wrong, and what.
    pub disputes: Vec<(String, String)>,
    /// How it helped others.
    pub helped: Vec<(String, String)>,
    /// Whether it is mine.
    pub mine: bool,
    /// Whether I found it right.
    pub checked: bool,
}

impl ItemView {
    /// An item as it is shown to this visitor.
    pub fn of(visit: &Visit, item: Item) -> ItemView {
        let words = &visit.words;
        let here = format!("/groups/{}/library/{}", item.group, item.item);
        let said = (!item.notes.is_empty()).then(|| mentions(words, &item.notes));
        let folded = !item.mine && item.choice != Choice::Show;
        let link = leave_to::address(&item.link);
        let pairs = |all: &[kith_node::api::types::ItemWords]| {
            all.iter().map(|one| (one.name.clone(), one.words.clone())).collect()
        };
        ItemView {
            relation: relation(words, item.relation),
            kind: words.t(kind(item.kind)),
            fold: said.clone().filter(|_| folded),
            mentions: said.filter(|_| !folded),
            beginning: beginning(&item.text),
            paragraphs: paragraphs(&item.text),
            facts: facts(visit, &item),
            notes: notes(words, &item),
            files: FileView::all(words, &here, &item.item, &item.attachments),
            disputes: pairs(&item.disputes),
            helped: pairs(&item.helped),
            no_link: if link.is_some() { String::new() } else { item.link },
            link,
            language: item.language,
            mine: item.mine,
            checked: item.checked,
            title: item.title,
            id: item.item,
            here,
        }
    }
}

/// How its author comes to it.
fn relation(words: &Words, relation: Relation) -> (&'static str, String) {
    match relation {
        Relation::Experience => ("tag", words.t("item-experience")),
        Relation::Organisation => ("tag cool", words.t("item-organisation")),
        Relation::Research => ("tag cool", words.t("item-research")),
    }
}

/// The words for what an item is.
pub fn kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Tip => "item-tip",
        ItemKind::Service => "item-service",
        ItemKind::Article => "item-article",
        ItemKind::Tool => "item-tool",
        ItemKind::Book => "item-book",
        ItemKind::Helpline => "item-helpline",
        ItemKind::Story => "item-story",
    }
}

fn facts(visit: &Visit, item: &Item) -> Vec<(String, String)> {
    let words = &visit.words;
    let day = |time: &str| visit.clock.day(words, time).said;
    let names: Vec<&str> = item.checks.iter().map(|check| check.name.as_str()).collect();
    let last = item.checks.last().map(|check| day(&check.time)).unwrap_or_default();
    let checked = match names.as_slice() {
        [] => words.t("item-checked-by-nobody"),
        [one] => words.t2("item-checked-by-one", "name", one, "when", last),
        [before @ .., one] => {
            let names = words.t2("item-names", "names", before.join(", "), "name", one);
            words.t2("item-checked-by-some", "names", names, "when", last)
        }
    };
    let here = if item.text.trim().is_empty() { "item-not-here" } else { "item-here" };
    let review = item
        .review_by
        .as_deref()
        .map(|time| if item.overdue { words.t1("item-overdue-since", "when", day(time)) } else { day(time) });
    let offered = if item.mine { words.t("item-offered-by-you") } else { item.name.clone() };
    [
        ("item-offered-by", offered),
        ("item-source", item.source.clone()),
        ("item-checked-by", checked),
        ("item-next-check", review.unwrap_or_default()),
        ("item-region", item.region.clone()),
        ("item-cost", item.cost.clone()),
        ("item-language", item.language.clone()),
        ("item-about", item.tags.join(", ")),
        ("item-on-this-device", words.t(here)),
    ]
    .into_iter()
    .filter(|(_, fact)| !fact.trim().is_empty())
    .map(|(id, fact)| (words.t(id), fact))
    .collect()
}

/// How it stands, where that is to be said.
fn notes(words: &Words, item: &Item) -> Vec<(&'static str, String)> {
    let stands = match item.state {
        ItemState::Proposed => Some(("note", words.t("item-proposed"))),
        ItemState::Disputed => Some(("note lamp", words.t("item-disputed"))),
        ItemState::Listed => None,
    };
    let overdue = item.overdue.then(|| ("note lamp", words.t("item-overdue")));
    stands.into_iter().chain(overdue).collect()
}

/// The first two sentences, or as much as fits.
fn beginning(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let ends = text.match_indices(". ").map(|(at, _)| at.saturating_add(1));
    let end = ends.take(SENTENCES).last().filter(|_| text.matches(". ").count() >= SENTENCES);
    let sentences = end.and_then(|end| text.get(..end)).unwrap_or(&text);
    if sentences.chars().count() <= LETTERS {
        return sentences.to_owned();
    }
    let cut: String = sentences.chars().take(LETTERS).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{whole}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_begins_with_two_sentences() {
        assert_eq!(beginning("One. Two.\nThree. Four."), "One. Two.");
        assert_eq!(beginning("One. Two."), "One. Two.");
        assert_eq!(beginning("  no end\nat all "), "no end at all");
        let long = beginning(&"wörd ".repeat(200));
        assert!(long.ends_with("wörd…") && long.chars().count() <= LETTERS + 1, "{long}");
    }
}
