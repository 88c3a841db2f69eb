//! What somebody looks for.

use std::ops::Range;

use thiserror::Error;

use super::words::{Piece, Script, pieces};

/// Longest question, in bytes.
pub const QUERY_MOST: usize = 512;
/// Most words in a question.
pub const WORDS_MOST: usize = 16;

/// The words to look for, folded: all of them are to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    parts: Vec<Part>,
}

/// Why there is nothing to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum QueryError {
    /// There is no word in it.
    #[error("there is no word to look for")]
    Empty,
    /// It is longer than [`QUERY_MOST`].
    #[error("longer than {QUERY_MOST} bytes")]
    TooLong,
    /// It has more words than [`WORDS_MOST`].
    #[error("more than {WORDS_MOST} words")]
    TooMany,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Word { folded: String, begun: bool },
    Run { script: Script, letters: Vec<char> },
}

/// One thing to look up in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lookup {
    pub(super) term: String,
    /// Whether terms that only begin so are meant as well.
    pub(super) begun: bool,
}

impl Query {
    /// Reads what somebody typed. The last word counts as only begun, unless something stands behind it.
    ///
    /// # Errors
    /// If there is nothing to look for, or too much.
    pub fn parse(text: &str) -> Result<Query, QueryError> {
        if text.len() > QUERY_MOST {
            return Err(QueryError::TooLong);
        }
        let mut parts = Vec::new();
        for piece in pieces(text) {
            let part = match piece {
                Piece::Word { folded, at } => Part::Word { folded, begun: at.end == text.len() },
                Piece::Run { script, letters } => {
                    Part::Run { script, letters: letters.into_iter().map(|(letter, _)| letter).collect() }
                }
            };
            if !parts.contains(&part) && !part.is_empty() {
                parts.push(part);
            }
        }
        match parts.len() {
            0 => Err(QueryError::Empty),
            count if count > WORDS_MOST => Err(QueryError::TooMany),
            _ => Ok(Query { parts }),
        }
    }

    /// Where the words stand in a text, in bytes, in order and not overlapping; none if one of them is missing.
    pub fn marks(&self, text: &str) -> Option<Vec<Range<usize>>> {
        let pieces = pieces(text);
        let mut marks = Vec::new();
        for part in &self.parts {
            let before = marks.len();
            pieces.iter().for_each(|piece| part.mark(piece, &mut marks));
            if marks.len() == before {
                return None;
            }
        }
        marks.sort_unstable_by_key(|mark: &Range<usize>| (mark.start, mark.end));
        let mut whole: Vec<Range<usize>> = Vec::with_capacity(marks.len());
        for mark in marks {
            match whole.last_mut() {
                Some(last) if mark.start < last.end => last.end = last.end.max(mark.end),
                _ => whole.push(mark),
            }
        }
        Some(whole)
    }

    /// What to look up. An index that has all of it for a text may still lack the query: runs are looked up by parts.
    pub(super) fn lookups(&self) -> Vec<Lookup> {
        let mut all = Vec::new();
        for part in &self.parts {
            match part {
                Part::Word { folded, begun } => all.push(Lookup { term: folded.clone(), begun: *begun }),
                Part::Run { script, letters } if letters.len() < script.together() => {
                    all.push(Lookup { term: letters.iter().collect(), begun: true });
                }
                Part::Run { script, letters } => {
                    let terms = letters.windows(script.together()).map(|some| some.iter().collect());
                    all.extend(terms.map(|term| Lookup { term, begun: false }));
                }
            }
        }
        all
    }
}

impl Part {
    fn is_empty(&self) -> bool {
        match self {
            Part::Word { folded, .. } => folded.is_empty(),
            Part::Run { letters, .. } => letters.is_empty(),
        }
    }

    fn mark(&self, piece: &Piece, marks: &mut Vec<Range<usize>>) {
        match (self, piece) {
            (Part::Word { folded: wanted, begun }, Piece::Word { folded, at })
                if folded == wanted || *begun && folded.starts_with(wanted) =>
            {
                marks.push(at.clone());
            }
            (Part::Run { script: wanted, letters: sought }, Piece::Run { script, letters })
                if wanted == script =>
            {
                for window in letters.windows(sought.len().max(1)) {
                    if window.iter().map(|(letter, _)| letter).eq(sought)
                        && let (Some((_, first)), Some((_, last))) = (window.first(), window.last())
                    {
                        marks.push(first.start..last.end);
                    }
                }
            }
            _ => {}
        }
    }
}
