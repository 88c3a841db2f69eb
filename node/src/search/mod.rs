//! Finding words in what a group wrote: an inverted index in memory, in any script.
//!
//! Guarantees: what is found contains every word that was asked for, as [`Query::marks`] reads them; an index that
//! took in changes one by one answers as one that is built anew; nothing of it is ever written anywhere. It does not
//! judge who may see what: whoever shows something found looks at it through the same view as a page first.
//!
//! Words are folded alike in texts and questions ([`fold`]): no case, no accents or vowel points, one form of letters
//! that people write in several. Scripts without spaces between words are looked up by overlapping pairs or triples of
//! letters ([`words`]). All words must be there; the last one may be only begun.
//!
//! ```
//! use kith_node::search::{Filter, Index, Item, Kind, Query};
//! use kith_protocol::{id::{MemberKey, ShortId}, time::Millis};
//!
//! let mut index = Index::new();
//! let item = |number: u8, text| Item {
//!     entry: ShortId([number; 16]), author: MemberKey([1; 32]), kind: Kind::Post, time: Millis(0), tags: Vec::new(), text,
//! };
//! index.put(&item(1, "Gestern über die Brücke gegangen.".to_owned()));
//! index.put(&item(2, "昨日は橋を渡りました。".to_owned()));
//! let query = Query::parse("BRUCK").unwrap();
//! let found = index.ranked(&query, &Filter::default(), Millis(0), None).next().unwrap();
//! assert_eq!(found.entry, ShortId([1; 16]));
//! ```

mod fold;
mod index;
mod postings;
mod query;
mod rank;
mod terms;
mod words;

pub use index::{Index, Item, Kind};
pub use query::{QUERY_MOST, Query, QueryError, WORDS_MOST};
pub use rank::{Filter, Rank, Ranked};

/// What a text can be found by beside its words: something of it that has a name, such as its language. Written alike,
/// whatever people write.
pub fn label(name: &str, value: &str) -> String {
    let mut label = format!("{name}=");
    fold::fold(value, &mut label);
    label
}

#[cfg(test)]
mod tests;

/// A word as it is compared: without case, accents and the like.
pub(crate) fn plain(word: &str) -> String {
    let mut plain = String::new();
    fold::fold(word, &mut plain);
    plain
}
