//! Finding what a group wrote by its words.

use kith_protocol::id::ShortId;
use kith_protocol::time::{Hour, Millis};

use super::moment::moment;
use super::resolve::{self, Thing};
use super::{Service, ServiceError};
use crate::api::types::{Code, Found, ItemKind, SearchResults, TextKind};
use crate::cell::{Answer, Asked, Cell};
use crate::search::{Filter, Kind, QUERY_MOST, Query, QueryError, Rank, WORDS_MOST, label};

/// How many posts [`Service::search`] gives if nobody says.
pub const FOUND: usize = 20;
/// How many posts [`Service::search`] gives at most at once.
pub const FOUND_MOST: usize = 100;

/// What somebody looks for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The words, as typed.
    pub words: String,
    /// The group to look in; in all if none.
    pub group: Option<String>,
    /// Only what this member wrote.
    pub author: Option<String>,
    /// Only texts of this kind.
    pub kind: Option<TextKind>,
    /// Only items of the library of this kind.
    pub item: Option<ItemKind>,
    /// Only items with this tag.
    pub tag: Option<String>,
    /// Only items of use there.
    pub region: Option<String>,
    /// Only items in this language: a tag of BCP 47, or the beginning of one.
    pub language: Option<String>,
    /// Only items that cost so much.
    pub cost: Option<String>,
    /// Only from this moment on.
    pub from: Option<String>,
    /// Only before this moment.
    pub until: Option<String>,
    /// Only what comes behind: the `next` of a former answer.
    pub after: Option<String>,
    /// How many posts: 1 to [`FOUND_MOST`].
    pub limit: usize,
}

/// Where an answer ended. Ages are counted from an hour, so that those of one search agree.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    hour: Hour,
    rank: Rank,
}

impl Search {
    /// What it asks for of items. Nothing else has any of it.
    fn labels(&self) -> Vec<String> {
        let named = [
            ("tag", &self.tag),
            ("region", &self.region),
            ("language", &self.language),
            ("cost", &self.cost),
        ];
        let item = self.item.map(|kind| label("item", &format!("{kind:?}")));
        let named = named.into_iter().filter_map(|(name, value)| Some(label(name, value.as_ref()?)));
        named.chain(item).collect()
    }
}

impl Service {
    /// Looks for posts, replies and items of the library that have all the words; the last word may be only begun. What was committed before
    /// is found, unless the answer says that it is still reading. Nobody else learns of it, and nothing of it is kept.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::BadRequest`] for words, moments or a place that cannot be
    /// meant.
    pub async fn search(&self, search: Search) -> Result<SearchResults, ServiceError> {
        let node = self.node()?;
        let query = Query::parse(&search.words).map_err(refused)?;
        let after = search.after.as_deref().map(place).transpose()?;
        let now = after.map_or(Hour(node.clock.now().hour().0), |place| place.hour);
        let limit = search.limit.clamp(1, FOUND_MOST);
        let mut filter = Filter {
            kind: search.kind.map(|kind| match kind {
                TextKind::Post => Kind::Post,
                TextKind::Reply => Kind::Reply,
                TextKind::Library => Kind::Library,
            }),
            tags: search.labels(),
            from: search.from.as_deref().map(time).transpose()?,
            until: search.until.as_deref().map(time).transpose()?,
            ..Filter::default()
        };
        let mut cells = self.within(search.group.as_deref()).await?;
        if let Some(author) = &search.author {
            // A member is one person in one group alone.
            let mut candidates = Vec::new();
            for cell in &cells {
                let keys = cell.engine.read(|engine| Ok(engine.member_keys())).await?;
                candidates.extend(keys.into_iter().map(|key| (key.to_string(), None, (cell.clone(), key))));
            }
            let (cell, key) = resolve::one(Thing::Member, author, candidates)?;
            (cells, filter.author) = (vec![cell], Some(key));
        }
        let asked = Asked { query, filter, limit, after: after.map(|place| place.rank), now: now.after() };
        let answers =
            futures::future::try_join_all(cells.iter().map(|cell| find(cell, asked.clone()))).await?;
        Ok(together(answers, limit, now))
    }
}

async fn find(cell: &Cell, asked: Asked) -> Result<Answer, ServiceError> {
    Ok(cell.searching.find(asked).await?)
}

/// What several groups answered, as one. Where one of them has not looked further, neither does the whole.
fn together(answers: Vec<Answer>, limit: usize, hour: Hour) -> SearchResults {
    let reading = answers.iter().any(|answer| answer.reading);
    let from = answers.iter().filter_map(|answer| answer.from).max().map(|from| from.to_string());
    let end = answers.iter().filter_map(|answer| answer.more).max();
    let mut all: Vec<(Rank, Found)> = answers.into_iter().flat_map(|answer| answer.found).collect();
    all.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    all.retain(|(rank, _)| end.is_none_or(|end| *rank >= end));
    let there = all.len();
    all.truncate(limit);
    let last = if all.len() < there { all.last().map(|(rank, _)| *rank).or(end) } else { end };
    let next = last.map(|rank| format!("{}.{:08x}.{}", hour.0, rank.score.to_bits(), rank.entry));
    SearchResults { found: all.into_iter().map(|(_, found)| found).collect(), next, reading, from }
}

fn place(text: &str) -> Result<Place, ServiceError> {
    let read = || {
        let mut parts = text.split('.');
        let (hour, score, entry) = (parts.next()?, parts.next()?, parts.next()?);
        let entry: [u8; ShortId::LEN] = hex::decode(entry).ok()?.try_into().ok()?;
        let score = f32::from_bits(u32::from_str_radix(score, 16).ok()?);
        let whole = parts.next().is_none() && score.is_finite();
        let rank = Rank { score, entry: ShortId(entry) };
        whole.then_some(Place { hour: Hour(hour.parse().ok()?), rank })
    };
    read().ok_or_else(|| {
        ServiceError::new(
            Code::BadRequest,
            "This is no place among what was found.",
            "Give what a former answer named as \"next\", or leave it out for the best.",
        )
    })
}

fn time(text: &str) -> Result<Millis, ServiceError> {
    moment(text).ok_or_else(|| {
        ServiceError::new(
            Code::BadRequest,
            "This is no moment that can be looked from or to.",
            "Write it in UTC, such as 2026-11-22T20:00:00Z.",
        )
    })
}

fn refused(error: QueryError) -> ServiceError {
    let (message, hint) = match error {
        QueryError::Empty => (
            "There is no word to look for.".to_owned(),
            "Give one or more words, or the beginning of one.".to_owned(),
        ),
        QueryError::TooLong => (
            "This is too long to look for.".to_owned(),
            format!("Give some of its words: up to {QUERY_MOST} bytes."),
        ),
        QueryError::TooMany => (
            "These are too many words to look for.".to_owned(),
            format!("Give the {WORDS_MOST} that say most."),
        ),
    };
    ServiceError::new(Code::BadRequest, message, hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::types::{DeliveryState, FoundThing, Post};

    fn rank(score: u8) -> Rank {
        Rank { score: f32::from(score), entry: ShortId([score; ShortId::LEN]) }
    }

    fn found(score: u8) -> (Rank, Found) {
        let post = Post {
            post: score.to_string(),
            group: String::new(),
            author: String::new(),
            name: String::new(),
            text: String::new(),
            time: String::new(),
            reply_to: None,
            parent_missing: false,
            state: DeliveryState::Held,
            mine: false,
            moderation: None,
            intent: None,
            kind: None,
            notes: crate::api::types::ContentNotes::default(),
            attachments: Vec::new(),
            choice: crate::api::types::Choice::Show,
            muted: false,
            proposed: Vec::new(),
            heard: false,
            unasked: false,
            acks: Vec::new(),
            asking: Vec::new(),
            unanswered: None,
            edited: false,
            withdrawn: false,
            unshown: None,
            much: false,
        };
        (rank(score), Found { thing: FoundThing::Post(Box::new(post)), marks: Vec::new() })
    }

    fn answer(scores: &[u8], more: Option<u8>) -> Answer {
        let found = scores.iter().map(|score| found(*score)).collect();
        Answer { found, more: more.map(rank), ..Answer::default() }
    }

    #[test]
    fn groups_are_merged_and_no_page_leaves_out_what_one_of_them_has_not_looked_at() {
        let of = |answers, limit| {
            let whole = together(answers, limit, Hour(7));
            let post = |one: &Found| match &one.thing {
                FoundThing::Post(post) => post.post.clone(),
                FoundThing::Item(item) => item.item.clone(),
            };
            let scores: Vec<_> = whole.found.iter().map(post).collect();
            (scores.join(" "), whole.next.map(|next| place(&next).unwrap().rank.entry.0[0]))
        };
        assert_eq!(of(vec![answer(&[9, 5], None), answer(&[7, 3], None)], 9), ("9 7 5 3".into(), None));
        assert_eq!(of(vec![answer(&[9, 5], None), answer(&[7, 3], None)], 3), ("9 7 5".into(), Some(5)));
        assert_eq!(of(vec![answer(&[9, 8], Some(8)), answer(&[7, 3], None)], 2), ("9 8".into(), Some(8)));
        assert_eq!(of(vec![answer(&[9], Some(6)), answer(&[7, 3], None)], 9), ("9 7".into(), Some(6)));
        assert_eq!(of(vec![answer(&[], Some(6)), answer(&[3], None)], 9), (String::new(), Some(6)));
        assert_eq!(of(vec![answer(&[], None), answer(&[], None)], 9), (String::new(), None));
    }

    #[test]
    fn a_place_that_was_never_given_is_refused() {
        let entry = "0".repeat(32);
        for text in ["", ".", "1.2", "x.0.y", &format!("1.7f800000.{entry}"), &format!("1.0.{entry}.0")] {
            assert_eq!(place(text).unwrap_err().code, Code::BadRequest, "{text}");
        }
        assert!(place(&format!("497000.3f800000.{entry}")).is_ok());
    }
}
