//! The library.

use kith_protocol::body;
use kith_protocol::id::EntryId;
use kith_protocol::library::{ItemKind, Relation, Verdict};
use kith_protocol::limits;
use kith_protocol::time::Millis;

use super::hearing::notes;
use super::resolve::{self, Thing};
use super::talk::written;
use super::{Service, ServiceError};
use crate::api::types::{self, AddItem, CheckItem, Code, Delivery, Item, Library};
use crate::cell::{Cell, Engine};

const DAY: u64 = 24 * 3_600_000;

impl Service {
    /// The library of a group, the newest first; its hope shelf alone, if that is asked for.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn library(&self, group: &str, hope: bool) -> Result<Library, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(Library { items: cell.engine.read(move |engine| engine.items_view(hope)).await? })
    }

    /// One item.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] for what is not shown.
    pub async fn item(&self, item: &str) -> Result<Item, ServiceError> {
        let (cell, item) = self.find_item(item).await?;
        Ok(cell.engine.read(move |engine| engine.item(&item)).await?)
    }

    /// Puts something into the library.
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::BadWords`] for what is too long.
    pub async fn library_add(&self, group: &str, add: AddItem) -> Result<Delivery, ServiceError> {
        let cell = self.cell(group).await?;
        let now = self.node()?.clock.now();
        let attachments = super::attachments::prepared(&add.attachments)?;
        let item = read(add, now)?;
        written(&cell, move |engine| engine.add_item(item, &attachments)).await
    }

    /// Says what I found, looking at an item; of my own, when somebody should look again.
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::BadWords`] for a dispute without words.
    pub async fn library_check(&self, item: &str, check: CheckItem) -> Result<Delivery, ServiceError> {
        let (cell, item) = self.find_item(item).await?;
        let words = check.words.trim().to_owned();
        if check.dispute && words.is_empty() {
            return Err(ServiceError::new(
                Code::BadWords,
                "Say what is wrong about it, so that others can look.",
                "A sentence is enough.",
            ));
        }
        let verdict = if check.dispute { Verdict::Dispute } else { Verdict::Fine };
        let review_by = review_by(check.review_in_days, self.node()?.clock.now());
        written(&cell, move |engine| engine.check_item(&item, verdict, words, review_by)).await
    }

    /// Says how an item helped me. The text has been through [`super::text::check`].
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::BadWords`] for too many words.
    pub async fn library_helped(&self, item: &str, words: String) -> Result<Delivery, ServiceError> {
        let (cell, item) = self.find_item(item).await?;
        let words = words.trim().to_owned();
        if words.len() > limits::ENCOURAGEMENT {
            return Err(ServiceError::new(
                Code::BadWords,
                format!("How it helped is at most {} bytes.", limits::ENCOURAGEMENT),
                "One line is enough. To tell more, write a post.",
            ));
        }
        written(&cell, move |engine| engine.item_helped(&item, words)).await
    }

    pub(super) async fn find_item(&self, given: &str) -> Result<(Cell, EntryId), ServiceError> {
        let mut found = Vec::new();
        for cell in self.cells()?.values() {
            let names = cell.engine.read(|engine: &mut Engine| engine.item_names()).await?;
            found.extend(names.into_iter().map(|name| (name.to_string(), None, (cell.clone(), name))));
        }
        resolve::one(Thing::Item, given, found)
    }
}

fn review_by(days: u32, now: Millis) -> Option<Millis> {
    (days > 0).then(|| now.plus(u64::from(days).saturating_mul(DAY)))
}

fn read(add: AddItem, now: Millis) -> Result<body::Item, ServiceError> {
    let kind = match add.kind {
        types::ItemKind::Tip => ItemKind::TIP,
        types::ItemKind::Service => ItemKind::SERVICE,
        types::ItemKind::Article => ItemKind::ARTICLE,
        types::ItemKind::Tool => ItemKind::TOOL,
        types::ItemKind::Book => ItemKind::BOOK,
        types::ItemKind::Helpline => ItemKind::HELPLINE,
        types::ItemKind::Story => ItemKind::STORY,
    };
    let relation = match add.relation {
        types::Relation::Experience => Relation::EXPERIENCE,
        types::Relation::Organisation => Relation::ORGANISATION,
        types::Relation::Research => Relation::RESEARCH,
    };
    let bounds = [
        ("title", &add.title, limits::ITEM_LINE),
        ("text", &add.text, limits::TEXT),
        ("link", &add.link, limits::LINK_LINE),
        ("source", &add.source, limits::ITEM_LINE),
        ("region", &add.region, limits::ITEM_WORD),
        ("cost", &add.cost, limits::ITEM_WORD),
        ("language", &add.language, limits::LANGUAGE),
    ];
    let tags = add.tags.iter().map(|tag| ("tag", tag, limits::ITEM_WORD));
    if let Some((what, _, most)) =
        bounds.into_iter().chain(tags).find(|(_, text, most)| text.trim().len() > *most)
    {
        return Err(ServiceError::new(
            Code::BadWords,
            format!("The {what} is too long: it can have {most} bytes."),
            "Put the rest into the text.",
        ));
    }
    if add.title.trim().is_empty() {
        return Err(ServiceError::new(
            Code::BadWords,
            "What you put in needs a title.",
            "A few words that tell others what it is.",
        ));
    }
    if add.tags.len() > limits::ITEM_TAGS || add.tags.iter().any(|tag| tag.trim().is_empty()) {
        return Err(ServiceError::new(
            Code::BadWords,
            format!("An item has at most {} tags, none of them empty.", limits::ITEM_TAGS),
            "Keep those by which somebody would look for it.",
        ));
    }
    Ok(body::Item {
        title: add.title.trim().to_owned(),
        kind,
        relation,
        text: add.text.trim().to_owned(),
        link: add.link.trim().to_owned(),
        source: add.source.trim().to_owned(),
        region: add.region.trim().to_owned(),
        cost: add.cost.trim().to_owned(),
        language: add.language.trim().to_owned(),
        tags: add.tags.iter().map(|tag| tag.trim().to_owned()).collect(),
        notes: notes(Some(&add.mentions), Some(&add.note))?.unwrap_or_default(),
        review_by: review_by(add.review_in_days, now),
        attachments: Vec::new(),
    })
}
