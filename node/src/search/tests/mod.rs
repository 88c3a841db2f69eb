//! What is found, in which scripts, and that changes one by one come to the same as building anew.

mod model;
mod scripts;

use kith_protocol::id::{MemberKey, ShortId};
use kith_protocol::time::Millis;

use super::{Filter, Index, Item, Kind, Query, label};

const ANA: MemberKey = MemberKey([1; 32]);
const BEN: MemberKey = MemberKey([2; 32]);
const DAY: u64 = 24 * 3_600_000;

fn item(number: u8, text: &str) -> Item {
    let entry = ShortId([number; ShortId::LEN]);
    Item { entry, author: ANA, kind: Kind::Post, time: Millis(0), tags: Vec::new(), text: text.to_owned() }
}

fn index(texts: &[&str]) -> Index {
    let mut index = Index::new();
    for (number, text) in (0..).zip(texts) {
        index.put(&item(number, text));
    }
    index
}

/// The numbers of what is found, the best first.
fn found(index: &Index, query: &str, filter: &Filter) -> Vec<u8> {
    let query = Query::parse(query).unwrap();
    index.ranked(&query, filter, Millis(1000 * DAY), None).map(|rank| rank.entry.0[0]).collect()
}

#[test]
fn what_was_changed_or_taken_out_is_not_found_by_its_old_words() {
    let mut index = index(&["a quiet night", "a loud night"]);
    index.put(&item(0, "a quiet morning"));
    assert_eq!(found(&index, "night ", &Filter::default()), [1]);
    assert_eq!(found(&index, "morn", &Filter::default()), [0]);
    index.remove(&ShortId([1; ShortId::LEN]));
    assert!(found(&index, "night", &Filter::default()).is_empty());
    assert!(index.is_dusty());
    index.sweep();
    assert!(!index.is_dusty() && index.terms.get("loud").is_none() && index.terms.get("night").is_none());
    assert_eq!(found(&index, "quiet", &Filter::default()), [0]);
}

#[test]
fn months_that_are_over_leave_nothing() {
    let mut index = Index::new();
    for (number, days) in [(1, 0), (2, 40), (3, 80)] {
        index.put(&Item { time: Millis(days * DAY), ..item(number, &format!("evening{number} walk")) });
    }
    index.forget_before(Millis(60 * DAY).month());
    index.sweep();
    assert_eq!(found(&index, "walk", &Filter::default()), [3]);
    assert!(index.terms.get("evening1").is_none() && index.terms.get("evening2").is_none());
}

#[test]
fn filters_leave_out_what_is_not_asked_for() {
    let mut index = Index::new();
    let all = [
        Item { time: Millis(DAY), ..item(1, "rain") },
        Item { author: BEN, time: Millis(2 * DAY), ..item(2, "rain") },
        Item { kind: Kind::Reply, time: Millis(3 * DAY), ..item(3, "rain") },
        Item {
            tags: vec![label("tag", "Listen"), label("language", "en")],
            time: Millis(4 * DAY),
            ..item(4, "rain")
        },
    ];
    all.iter().for_each(|item| index.put(item));
    let by = |filter: Filter| {
        let mut found = found(&index, "rain", &filter);
        found.sort_unstable();
        found
    };
    assert_eq!(by(Filter { author: Some(BEN), ..Filter::default() }), [2]);
    assert_eq!(by(Filter { author: Some(MemberKey([9; 32])), ..Filter::default() }), [] as [u8; 0]);
    assert_eq!(by(Filter { kind: Some(Kind::Reply), ..Filter::default() }), [3]);
    assert_eq!(by(Filter { tags: vec![label("tag", "listen")], ..Filter::default() }), [4]);
    assert_eq!(
        by(Filter { from: Some(Millis(2 * DAY)), until: Some(Millis(4 * DAY)), ..Filter::default() }),
        [2, 3]
    );
    let both = |tag| vec![label("language", "EN"), label("tag", tag)];
    assert_eq!(by(Filter { tags: both("lísten"), ..Filter::default() }), [4]);
    assert!(
        by(Filter { tags: both("night"), ..Filter::default() }).is_empty(),
        "all of them are to be there"
    );
    assert!(found(&index, "listen", &Filter::default()).is_empty(), "a tag is no word");
}

#[test]
fn what_is_about_it_comes_first_and_of_equals_the_newest() {
    let mut index = index(&[
        "sleep",
        "sleep came late, and then the birds, the bus, the neighbour's radio, and work all day long",
        "nothing",
    ]);
    index.put(&Item { time: Millis(900 * DAY), ..item(9, "sleep") });
    assert_eq!(found(&index, "sleep", &Filter::default()), [9, 0, 1]);
}

#[test]
fn pages_follow_each_other_without_gap_or_repetition() {
    let texts: Vec<String> = (0..50).map(|number| "rain ".repeat(number % 7 + 1)).collect();
    let index = index(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let query = Query::parse("rain").unwrap();
    let ranked = |after| index.ranked(&query, &Filter::default(), Millis(DAY), after);
    let whole: Vec<_> = ranked(None).collect();
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page: Vec<_> = ranked(after).take(7).collect();
        let Some(last) = page.last() else { break };
        after = Some(*last);
        paged.extend(page);
    }
    assert_eq!((paged.len(), paged), (50, whole));
}

#[test]
fn questions_are_bounded() {
    use super::{QUERY_MOST, QueryError, WORDS_MOST};
    assert_eq!(Query::parse(&"a".repeat(QUERY_MOST + 1)), Err(QueryError::TooLong));
    let many: String = (0..=WORDS_MOST).map(|number| format!("{number} ")).collect();
    assert_eq!(Query::parse(&many), Err(QueryError::TooMany));
    for nothing in ["", "  \n", "…!?", "\u{301}", "\u{200d}\u{fe0f}", "🙂"] {
        assert_eq!(Query::parse(nothing), Err(QueryError::Empty), "{nothing:?}");
    }
    assert!(Query::parse(&"夜".repeat(QUERY_MOST / 3)).is_ok());
}
