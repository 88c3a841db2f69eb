//! Every page that can be reached by following links, one of each kind.

use std::collections::{BTreeMap, VecDeque};

use crate::visitor::{Page, Visitor};

/// Pages that are gone through at most.
const MOST: usize = 400;
/// Of each kind so many are looked at: two posts may show different things.
const OF_A_KIND: usize = 3;

/// Goes through every kind of page from `/today` and `/menu` on, and gives for each kind the pages seen.
///
/// A kind is a path with `{id}` in place of ids, and without its query.
#[track_caller]
pub fn every_page(visitor: &mut Visitor, also: &[&str]) -> BTreeMap<String, Vec<Page>> {
    let mut kinds: BTreeMap<String, Vec<Page>> = BTreeMap::new();
    let starts = ["/today", "/menu", "/settings", "/help-now", "/skills"];
    let mut next: VecDeque<String> = starts.iter().chain(also).map(|path| (*path).to_owned()).collect();
    let mut seen = Vec::new();
    while let Some(path) = next.pop_front() {
        let kind = kind(&path);
        if seen.contains(&path) || kinds.get(&kind).is_some_and(|pages| pages.len() >= OF_A_KIND) {
            continue;
        }
        assert!(seen.len() < MOST, "More than {MOST} pages.");
        seen.push(path.clone());
        let page = visitor.goes_to(&path);
        next.extend(page.links().into_iter().filter(|link| followed(link)));
        kinds.entry(kind).or_default().push(page);
    }
    kinds
}

/// Links that lead to a page of the app.
fn followed(link: &str) -> bool {
    let elsewhere = ["/static/", "/leave", "/events", "/parts/", "/unlock"];
    let file = link.contains("/attachments/") || link.ends_with(".ics") || link.ends_with(".txt");
    link.starts_with('/')
        && !link.starts_with("//")
        && !file
        && !elsewhere.iter().any(|path| link.starts_with(path))
}

/// A path with `{id}` in place of ids, and without its query.
pub fn kind(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let part = |part: &str| {
        let id = part.len() >= 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        if id { "{id}".to_owned() } else { part.to_owned() }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

impl Page {
    /// Where its links lead, fragments left out.
    pub fn links(&self) -> Vec<String> {
        let links = self.html.split("href=\"").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
        links
            .map(|link| link.replace("&#38;", "&").replace("&amp;", "&"))
            .filter(|link| !link.is_empty())
            .collect()
    }
}
