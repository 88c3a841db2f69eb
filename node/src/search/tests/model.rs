//! Any changes in any order come to the same as an index built anew of what is left.

use std::collections::BTreeMap;

use kith_protocol::id::ShortId;
use kith_protocol::time::Millis;
use proptest::prelude::*;

use super::super::{Filter, Index, Item, Kind, Query, Rank};
use super::{ANA, BEN, DAY, item};

#[derive(Clone, Debug)]
enum Step {
    Put(u8, String),
    Remove(u8),
    Forget(u32),
    Sweep,
}

const WORDS: [&str; 12] =
    ["sleep", "sleeping", "slept", "Brücke", "夜", "静かな夜", "กาแฟ", "กา", "дождь", "walk", "3", "l'heure"];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(&WORDS[..]), 0..8).prop_map(|words| words.join(" ")),
        1 => "\\PC{0,40}",
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..24_u8, texts()).prop_map(|(number, text)| Step::Put(number, text)),
        3 => (0..24_u8).prop_map(Step::Remove),
        1 => (0..4_u32).prop_map(Step::Forget),
        1 => Just(Step::Sweep),
    ]
}

fn made(number: u8, text: &str) -> Item {
    Item {
        author: if number.is_multiple_of(3) { BEN } else { ANA },
        kind: if number.is_multiple_of(2) { Kind::Post } else { Kind::Reply },
        time: Millis(u64::from(number) * 5 * DAY),
        ..item(number, text)
    }
}

fn answers(index: &Index, words: &str, filter: &Filter) -> Vec<Rank> {
    Query::parse(words)
        .map(|query| index.ranked(&query, filter, Millis(400 * DAY), None).collect())
        .unwrap_or_default()
}

proptest! {
    #[test]
    fn changes_one_by_one_come_to_the_same_as_building_anew(
        steps in prop::collection::vec(steps(), 0..60),
        asked in texts(),
    ) {
        let mut index = Index::new();
        let mut left: BTreeMap<u8, Item> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Put(number, text) => {
                    let item = made(number, &text);
                    index.put(&item);
                    left.insert(number, item);
                }
                Step::Remove(number) => {
                    index.remove(&ShortId([number; ShortId::LEN]));
                    left.remove(&number);
                }
                Step::Forget(month) => {
                    let month = kith_protocol::time::Month(month);
                    index.forget_before(month);
                    left.retain(|_, item| item.time.month() >= month);
                }
                Step::Sweep => index.sweep(),
            }
        }
        let mut anew = Index::new();
        left.values().for_each(|item| anew.put(item));
        prop_assert_eq!(index.len(), left.len());
        let filters = [Filter::default(), Filter { author: Some(BEN), kind: Some(Kind::Post), ..Filter::default() }];
        for filter in &filters {
            for words in WORDS.into_iter().chain(["sl", "夜 กาแฟ", asked.as_str()]) {
                prop_assert_eq!(answers(&index, words, filter), answers(&anew, words, filter), "{}", words);
            }
        }
        // And what is found is what a look at every text finds.
        if let Ok(query) = Query::parse(&asked) {
            let mut seen: Vec<u8> = answers(&index, &asked, &Filter::default())
                .iter()
                .map(|rank| rank.entry.0[0])
                .filter(|number| query.marks(&left[number].text).is_some())
                .collect();
            seen.sort_unstable();
            let there = left.iter().filter(|(_, item)| query.marks(&item.text).is_some());
            prop_assert_eq!(seen, there.map(|(number, _)| *number).collect::<Vec<_>>());
        }
    }
}
