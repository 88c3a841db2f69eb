//! The group's library: what helped somebody, looked at by others.

use std::collections::BTreeMap;

use kith_protocol::admit::Verified;
use kith_protocol::body::{Body, CheckItem, Helped, Item};
use kith_protocol::group::Standing;
use kith_protocol::id::{AttachmentId, EntryId, ShortId};
use kith_protocol::library::{Checks, ItemKind, Relation, Stands, Verdict};
use kith_protocol::time::Millis;

use super::CellError;
use super::engine::{Engine, Notice};
use super::hearing_view::content_notes;
use crate::api::types;

/// Items that are listed. Of more, the oldest are not.
const ITEMS: usize = 5000;
/// Entries about one item that are looked at. Of more, the oldest are not.
const ABOUT: usize = 128;

const ITEMS_NOTE: &str = "library/items";

impl Engine {
    /// Puts something into the library.
    pub(crate) fn add_item(
        &mut self,
        mut item: Item,
        attachments: &[AttachmentId],
    ) -> Result<EntryId, CellError> {
        item.attachments = self.prepared_attachments(attachments)?;
        self.write(Body::Item(item))
    }

    /// Says what I found, looking at an item.
    pub(crate) fn check_item(
        &mut self,
        item: &EntryId,
        verdict: Verdict,
        words: String,
        review_by: Option<Millis>,
    ) -> Result<EntryId, CellError> {
        let mine = self.item(item)?.mine;
        if mine && (verdict == Verdict::Dispute || review_by.is_none()) {
            return Err(CellError::NotTheirs);
        }
        self.write(Body::CheckItem(CheckItem { item: item.short(), verdict, words, review_by }))
    }

    /// Says how an item helped me.
    pub(crate) fn item_helped(&mut self, item: &EntryId, words: String) -> Result<EntryId, CellError> {
        self.item(item)?;
        self.write(Body::Helped(Helped { item: item.short(), words }))
    }

    /// All items that are shown, the newest first; of the hope shelf alone, if that is asked for.
    pub(crate) fn items_view(&self, hope: bool) -> Result<Vec<types::Item>, CellError> {
        let mut items = Vec::new();
        for item in self.listed(ITEMS_NOTE)?.iter().rev() {
            let item = self.item_view(item)?.filter(|item| item.choice != types::Choice::Hide);
            items.extend(item.filter(|item| !hope || item.gives_hope()));
        }
        Ok(items)
    }

    /// The names of all items.
    pub(crate) fn item_names(&self) -> Result<Vec<EntryId>, CellError> {
        self.listed_ids(ITEMS_NOTE)
    }

    /// One item.
    pub(crate) fn item(&self, item: &EntryId) -> Result<types::Item, CellError> {
        self.item_view(&item.short())?.ok_or(CellError::NotTheirs)
    }

    /// Takes note of what belongs to the library.
    pub(super) fn shelve(&mut self, verified: &Verified) -> Result<(), CellError> {
        let (note, most) = match &verified.entry().body {
            Body::Item(_) => (ITEMS_NOTE.to_owned(), ITEMS),
            Body::CheckItem(check) => (about_name(&check.item), ABOUT),
            Body::Helped(helped) => (about_name(&helped.item), ABOUT),
            _ => return Ok(()),
        };
        let about = match &verified.entry().body {
            Body::CheckItem(check) => self.store.entry(&check.item)?,
            Body::Helped(helped) => self.store.entry(&helped.item)?,
            _ => None,
        };
        let about = about.and_then(|held| held.placed);
        self.notices.extend(about.map(|placed| Notice::Altered(placed.entry)));
        self.enlist(note, most, verified)
    }

    /// What was said about an item.
    pub(super) fn about(&self, item: &ShortId) -> Result<Vec<ShortId>, CellError> {
        self.listed(&about_name(item))
    }

    /// The item that an entry is about, which is to be taken back: what is known of the item changes with it.
    pub(super) fn item_of(&self, about: &EntryId) -> Result<Option<EntryId>, CellError> {
        let Some(held) = self.store.entry(&about.short())? else { return Ok(None) };
        let item = match self.read_held(&held).map(|(entry, _)| entry.body) {
            Some(Body::CheckItem(check)) => check.item,
            Some(Body::Helped(helped)) => helped.item,
            _ => return Ok(None),
        };
        Ok(self.store.entry(&item)?.and_then(|held| held.placed).map(|placed| placed.entry))
    }

    pub(super) fn item_view(&self, name: &ShortId) -> Result<Option<types::Item>, CellError> {
        let Some((entry, author, id)) = self.shown_entry(name)? else { return Ok(None) };
        let Body::Item(item) = entry.body else { return Ok(None) };
        let mut checks = Checks::default();
        let (mut said, mut helped) = (BTreeMap::<_, (_, _, _)>::new(), BTreeMap::new());
        for name in self.about(name)? {
            let Some((entry, by, _)) = self.shown_entry(&name)? else { continue };
            match entry.body {
                Body::CheckItem(check) => {
                    checks.take(by, entry.lamport, check.verdict, check.review_by);
                    if said.get(&by).is_none_or(|(lamport, ..)| *lamport < entry.lamport) {
                        said.insert(by, (entry.lamport, entry.time, check));
                    }
                }
                Body::Helped(words) => {
                    helped.insert(by, words.words);
                }
                _ => {}
            }
        }
        let members = self.group()?.members().filter(|one| one.standing == Standing::Member).count();
        let stands = match checks.stands(&author, members) {
            Stands::Proposed => types::ItemState::Proposed,
            Stands::Listed => types::ItemState::Listed,
            Stands::Disputed => types::ItemState::Disputed,
        };
        let notes = content_notes(&item.notes);
        let review_by = checks.review_by(item.review_by);
        let others = said.iter().filter(|(by, _)| **by != author);
        let disputes = others.clone().filter(|(_, (.., check))| check.verdict == Verdict::Dispute);
        let mut found: Vec<_> = others.filter(|(_, (.., check))| check.verdict == Verdict::Fine).collect();
        found.sort_by_key(|(_, (lamport, ..))| *lamport);
        Ok(Some(types::Item {
            item: id.to_string(),
            group: self.id.to_string(),
            author: author.to_string(),
            name: self.name_of(&author),
            mine: author == self.me(),
            time: entry.time.to_string(),
            title: item.title,
            kind: kind_of(item.kind),
            relation: relation_of(item.relation),
            text: item.text,
            link: item.link,
            source: item.source,
            region: item.region,
            cost: item.cost,
            language: item.language,
            tags: item.tags,
            attachments: self.attachments_view(&id, &item.attachments),
            choice: if author == self.me() { types::Choice::Show } else { self.choice(&notes) },
            notes,
            state: stands,
            review_by: review_by.map(|at| at.to_string()),
            overdue: review_by.is_some_and(|at| at < self.now()),
            checks: found
                .into_iter()
                .map(|(by, (_, time, _))| types::ItemCheck {
                    member: by.to_string(),
                    name: self.name_of(by),
                    time: time.to_string(),
                })
                .collect(),
            disputes: disputes
                .map(|(by, (.., check))| types::ItemWords {
                    member: by.to_string(),
                    name: self.name_of(by),
                    words: check.words.clone(),
                })
                .collect(),
            helped: helped
                .into_iter()
                .map(|(by, words)| types::ItemWords {
                    member: by.to_string(),
                    name: self.name_of(&by),
                    words,
                })
                .collect(),
            checked: said.get(&self.me()).is_some_and(|(.., check)| check.verdict == Verdict::Fine),
        }))
    }
}

pub(super) fn kind_of(kind: ItemKind) -> types::ItemKind {
    match kind {
        ItemKind::SERVICE => types::ItemKind::Service,
        ItemKind::ARTICLE => types::ItemKind::Article,
        ItemKind::TOOL => types::ItemKind::Tool,
        ItemKind::BOOK => types::ItemKind::Book,
        ItemKind::HELPLINE => types::ItemKind::Helpline,
        ItemKind::STORY => types::ItemKind::Story,
        _ => types::ItemKind::Tip,
    }
}

fn relation_of(relation: Relation) -> types::Relation {
    match relation {
        Relation::ORGANISATION => types::Relation::Organisation,
        Relation::RESEARCH => types::Relation::Research,
        _ => types::Relation::Experience,
    }
}

fn about_name(item: &ShortId) -> String {
    format!("library/about/{item}")
}
