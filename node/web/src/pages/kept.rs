//! What the pages of things that a person keeps for themselves have in common: lists, drafts, and putting away for good.

use askama::Template;
use axum::response::{IntoResponse, Response};
use kith_node::api::types::{Code, Mine, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::words::Words;

/// On one page of a list.
const PAGE: usize = 20;
/// Letters of the beginning of a text in a list.
const BEGINNING: usize = 160;

/// A part of a list, the newest first, of those older than `before`; and what the next part is older than, if there is one.
pub fn part<T>(mut all: Vec<Mine<T>>, before: Option<&str>) -> (Vec<Mine<T>>, Option<String>) {
    all.reverse();
    let begin =
        all.iter().position(|one| before == Some(one.id.as_str())).map_or(0, |at| at.saturating_add(1));
    let rest = all.split_off(begin);
    let more = rest.len() > PAGE;
    let part: Vec<Mine<T>> = rest.into_iter().take(PAGE).collect();
    let next = part.last().filter(|_| more).map(|one| one.id.clone());
    (part, next)
}

/// How a text begins, in one line.
pub fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut start: String = line.chars().take(BEGINNING).collect();
    if start.len() < line.len() {
        start.push('…');
    }
    start
}

/// What stands in a form that was not sent, and when it was kept, in words.
pub async fn draft<T: DeserializeOwned>(visit: &Visit, place: &str) -> Result<Option<(T, String)>, Oops> {
    let draft = visit.service().draft(place).await?;
    Ok(draft.and_then(|draft| {
        let filled = serde_html_form::from_str(&draft.text).ok()?;
        Some((filled, said(visit, &draft.time)))
    }))
}

/// Keeps what stands in the form at `form`. A script is told when; without one, the form comes again.
pub async fn keep_draft(
    visit: &Visit,
    place: &str,
    filled: &impl Serialize,
    form: &str,
) -> Result<Response, Oops> {
    visit.service().keep_draft(place, serde_html_form::to_string(filled).unwrap_or_default()).await?;
    let now = visit.service().now()?.to_string();
    Ok(if visit.by_script {
        said(visit, &now).into_response()
    } else {
        see(format!("{form}?done=done-kept-draft"))
    })
}

fn said(visit: &Visit, time: &str) -> String {
    visit.words.t1("draft-saved", "time", visit.clock.time(time))
}

/// A problem with something that is kept here: nothing of it was to be sent.
pub fn said_of(words: &Words, problem: &Problem) -> Said {
    let (message, hint) = match problem.code {
        Code::EmptyText => ("kept-empty", "problem-empty-text-hint"),
        Code::TextTooLarge => ("kept-too-long", "kept-still-here"),
        _ => return Said::of(words, problem),
    };
    Said { message: words.t(message), hint: words.t(hint) }
}

/// What is to be put away for good.
pub struct Away {
    /// Which place of the navigation it belongs to.
    pub nav: Nav,
    /// What the page is called.
    pub heading: String,
    /// How it begins; none if it cannot be read any more.
    pub what: Option<String>,
    /// Where the form goes.
    pub at: String,
    /// Where it was.
    pub back: String,
}

#[derive(Template)]
#[template(path = "delete.html")]
struct DeletePage {
    f: Frame,
    what: Option<String>,
    at: String,
    back: String,
}

/// The page that asks before something is gone for good.
pub fn delete_page(visit: &Visit, away: Away) -> Response {
    let f = visit.frame(away.heading, away.nav);
    page(&DeletePage { f, what: away.what, at: away.at, back: away.back })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_in_parts_the_newest_first_and_nothing_twice() {
        let all =
            || -> Vec<Mine<u32>> { (0..45).map(|kept| Mine { id: format!("{kept:02}"), kept }).collect() };
        let (mut seen, mut before) = (Vec::new(), None::<String>);
        loop {
            let (one, next) = part(all(), before.as_deref());
            seen.extend(one.iter().map(|one| one.kept));
            match next {
                Some(next) => before = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, (0..45).rev().collect::<Vec<_>>());
        assert_eq!(part(all(), Some("gone")).0.len(), PAGE, "from the beginning, if that place is gone");
    }

    #[test]
    fn a_long_text_is_shown_by_its_beginning() {
        assert_eq!(beginning(" one\n two "), "one two");
        assert_eq!(beginning(&"é".repeat(500)).chars().count(), BEGINNING + 1);
    }
}
