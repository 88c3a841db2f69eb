//! Finding what groups wrote, by its words. Nobody else learns of it, and nothing of it is kept.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Found, FoundThing, Mark, SearchResults, TextKind};
use kith_node::service::{FOUND, Search};
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said};
use crate::parts::post::PostView;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

/// Bytes shown before the first word that was found, and from it on.
const BEFORE: usize = 120;
const FROM: usize = 360;

pub fn routes() -> Router<Web> {
    Router::new().route("/search", get(show))
}

const KINDS: [(TextKind, &str, &str); 3] = [
    (TextKind::Post, "post", "search-posts"),
    (TextKind::Reply, "reply", "search-replies"),
    (TextKind::Library, "library", "search-library"),
];

/// What was asked.
#[derive(Clone, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    kind: String,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    f: Frame,
    asked: Asked,
    kinds: Vec<(&'static str, String)>,
    found: Vec<Hit>,
    next: Option<String>,
    reading: bool,
    /// What was written before then is not searched.
    from: Option<When>,
    error: Option<Said>,
}

/// Something that was found.
struct Hit {
    address: String,
    title: String,
    kind: String,
    group: String,
    when: When,
    /// What is said in place of its text.
    instead: Option<String>,
    pieces: Vec<Piece>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    text: String,
    /// Whether it is one of the words.
    marked: bool,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let words = &visit.words;
    let (mut results, mut error) = (SearchResults::default(), None);
    if !asked.q.trim().is_empty() {
        let search = Search {
            words: asked.q.clone(),
            group: Some(asked.group.clone()).filter(|group| !group.is_empty()),
            kind: KINDS.iter().find(|(_, value, _)| *value == asked.kind).map(|(kind, ..)| *kind),
            after: asked.after.clone(),
            limit: FOUND,
            ..Search::default()
        };
        match visit.service().search(search).await {
            Ok(found) => results = found,
            Err(problem) => error = Some(Said::of(words, &problem)),
        }
    }
    let next = results.next.map(|after| {
        let query = [("q", &asked.q), ("group", &asked.group), ("kind", &asked.kind), ("after", &after)];
        serde_html_form::to_string(query).unwrap_or_default()
    });
    Ok(page(&SearchPage {
        f: visit.frame(words.t("search"), Nav::None),
        kinds: KINDS.iter().map(|(_, value, id)| (*value, words.t(id))).collect(),
        found: results.found.into_iter().map(|found| hit(&visit, found)).collect(),
        next,
        reading: results.reading,
        from: results.from.map(|from| visit.clock.day(words, &from)),
        error,
        asked,
    }))
}

fn hit(visit: &Visit, found: Found) -> Hit {
    let words = &visit.words;
    let group = found.thing.group().clone();
    let title = visit.group(&group).ok().and_then(|group| group.title.clone());
    let group_title = title.unwrap_or_else(|| words.t("group-unknown"));
    match found.thing {
        FoundThing::Post(post) => {
            let view = PostView::of(visit, *post);
            let instead = view.instead.or(view.fold);
            Hit {
                address: format!("/groups/{group}/posts/{}", view.id),
                title: words.t1("search-by", "name", &view.name),
                kind: words.t(if view.post.reply_to.is_some() { "search-a-reply" } else { "search-a-post" }),
                group: group_title,
                when: view.when,
                pieces: if instead.is_some() { Vec::new() } else { excerpt(&view.post.text, &found.marks) },
                instead,
            }
        }
        FoundThing::Item(item) => Hit {
            address: format!("/groups/{group}/library/{}", item.item),
            kind: words.t("search-an-item"),
            group: group_title,
            when: visit.clock.moment(words, &item.time),
            instead: None,
            pieces: excerpt(&item.text, &[]),
            title: item.title,
        },
    }
}

/// The part of a text around the first word that was found, with all that were found in it.
fn excerpt(text: &str, marks: &[Mark]) -> Vec<Piece> {
    let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    let first = marks.first().map_or(0, |mark| place(mark.start)).min(text.len());
    let begin = between_letters(text, first.saturating_sub(BEFORE));
    let end = between_letters(text, first.saturating_add(FROM));
    let mut pieces = Vec::new();
    let mut put = |from: usize, to: usize, marked: bool| {
        if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
            pieces.push(Piece { text: text.to_owned(), marked });
        }
    };
    let mut at = begin;
    for mark in marks {
        let (start, stop) = (place(mark.start), place(mark.end));
        if stop <= end && text.get(at..start).is_some() && text.get(start..stop).is_some() {
            put(at, start, false);
            put(start, stop, true);
            at = stop;
        }
    }
    put(at, end, false);
    if let Some(first) = pieces.first_mut().filter(|_| begin > 0) {
        first.text.insert(0, '…');
    }
    if let Some(last) = pieces.last_mut().filter(|_| end < text.len()) {
        last.text.push('…');
    }
    pieces
}

/// The next place between two letters.
fn between_letters(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, marks: &[(u32, u32)]) -> String {
        let marks: Vec<Mark> = marks.iter().map(|(start, end)| Mark { start: *start, end: *end }).collect();
        let piece =
            |piece: &Piece| if piece.marked { format!("[{}]", piece.text) } else { piece.text.clone() };
        excerpt(text, &marks).iter().map(piece).collect()
    }

    #[test]
    fn what_was_found_is_marked_and_a_long_text_cut_between_letters() {
        assert_eq!(shown("the long night", &[(4, 8), (9, 14)]), "the [long] [night]");
        assert_eq!(shown("no marks", &[]), "no marks");
        assert_eq!(shown("", &[]), "");
        let long = format!("{}night{}", "é".repeat(300), "ö".repeat(300));
        let cut = shown(&long, &[(600, 605)]);
        assert!(cut.starts_with("…é") && cut.contains("é[night]ö") && cut.ends_with("ö…"), "{cut}");
        assert!(cut.len() < 600);
    }

    #[test]
    fn marks_that_fit_nothing_lose_no_text() {
        assert_eq!(shown("é night", &[(1, 2), (90, 95), (3, 200)]), "é night");
        assert_eq!(shown("night", &[(u32::MAX, u32::MAX)]), "night");
    }
}
