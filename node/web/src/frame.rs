//! What stands around every page, and the plain pages around which nothing stands.

use std::ops::Deref;
use std::sync::Arc;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use kith_node::api::types::GroupState;

use crate::face::{Face, Theme};
use crate::icons;
use crate::statics;
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

/// Which place of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what it is called")]
pub enum Nav {
    Today,
    Groups,
    Skills,
    People,
    Calendar,
    Settings,
    Node,
    None,
}

/// A place within a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what it is called")]
pub enum Room {
    Posts,
    NeedsReply,
    Circles,
    Library,
    Members,
    About,
    Desk,
    /// A page behind one of those.
    Inside,
}

/// The group a page is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InGroup {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Where in it.
    pub room: Room,
    /// Whether the reader looks after it.
    pub desk: bool,
}

/// What stands around a page. It speaks: `f.t("…")` in a template is [`Words::t`].
#[derive(Clone, Debug)]
pub struct Frame {
    words: Words,
    /// What this page is: its h1.
    pub heading: String,
    /// The place in the navigation.
    pub nav: Nav,
    /// The group it is in.
    pub group: Option<InGroup>,
    /// My groups: id and title.
    pub groups: Vec<(String, String)>,
    /// What the person chose of how it looks.
    pub face: Arc<Face>,
    /// The token for the forms of this page.
    pub token: String,
    /// The line about the connection, in sentences.
    pub connection: Vec<String>,
    /// What the page asks to be told of, as the query of `/events`.
    pub events: String,
    /// As of what it is made: it is told of what happens after this.
    pub mark: u64,
    /// What was just done, for the status region.
    pub done: String,
    locks: bool,
}

impl Deref for Frame {
    type Target = Words;

    fn deref(&self) -> &Words {
        &self.words
    }
}

impl Frame {
    /// What stands around a page.
    pub fn new(visit: &Visit, heading: String, nav: Nav) -> Frame {
        let named = |group: &kith_node::api::types::Brief| {
            let title = group.title.clone().unwrap_or_else(|| visit.words.t("group-unknown"));
            (group.group.clone(), title)
        };
        let shown = visit.overview.groups.iter();
        let shown = shown.filter(|group| matches!(group.state, GroupState::Joined | GroupState::Waiting));
        Frame {
            heading,
            nav,
            group: None,
            groups: shown.map(named).collect(),
            face: Arc::clone(&visit.face),
            token: visit.session.form_token.clone(),
            connection: connection(visit),
            events: String::new(),
            mark: visit.mark,
            done: String::new(),
            locks: visit.locks,
            words: visit.words.clone(),
        }
    }

    /// In a group, at one of its places.
    pub fn in_group(mut self, visit: &Visit, id: &str, room: Room) -> Frame {
        let title = self.groups.iter().find(|(group, _)| group == id).map(|(_, title)| title.clone());
        self.group = Some(InGroup {
            id: id.to_owned(),
            title: title.unwrap_or_else(|| self.words.t("group-unknown")),
            room,
            desk: visit.looks_after(id),
        });
        self
    }

    /// Is told of what happens: `events` is the query of `/events`.
    pub fn told(mut self, events: impl Into<String>) -> Frame {
        self.events = events.into();
        self
    }

    /// Says what was just done, by the id of its words.
    pub fn done(mut self, done: Option<&str>) -> Frame {
        // Only words there are: it stands in the address, which anybody could write.
        let known = done.filter(|done| DONE.contains(done));
        self.done = known.map(|done| self.words.t(done)).unwrap_or_default();
        self
    }

    /// What the window is called.
    pub fn title(&self) -> String {
        match (&self.face.discreet, &self.group) {
            (Some(title), _) => title.clone(),
            (None, Some(group)) if group.title != self.heading => {
                format!("{} · {} · Kith", self.heading, group.title)
            }
            (None, _) => format!("{} · Kith", self.heading),
        }
    }

    /// Whether the page is in a group.
    pub fn is_in(&self, id: &str) -> bool {
        self.group.as_ref().is_some_and(|group| group.id == id)
    }

    /// As [`theme`].
    pub fn theme(&self) -> &'static str {
        theme(&self.face)
    }

    /// Where a file that is the same for everybody is.
    pub fn file(&self, name: &str) -> String {
        statics::address(name)
    }

    /// After how many seconds the app locks; 0: never by itself.
    pub fn lock_after(&self) -> u32 {
        if self.locks { self.face.lock_after.saturating_mul(60) } else { 0 }
    }
}

/// What can be said in the status region after an act.
pub const DONE: &[&str] = &[
    "done-saved",
    "done-sent",
    "done-acknowledged",
    "done-taken-back",
    "done-awaiting",
    "done-stepped-back",
    "done-signed",
    "done-knock-said",
    "done-admitted",
    "done-declined",
    "done-report-answered",
    "done-duty",
    "done-duty-back",
    "done-handed-over",
    "done-act",
    "done-act-awaiting",
    "done-act-note",
    "done-office",
    "done-voted",
    "done-removed",
    "done-charter-agreed",
    "done-charter",
    "done-charter-asks",
    "done-charter-proposed",
    "done-said-before",
    "done-draft",
    "done-attached",
    "done-asked",
    "done-claimed",
    "done-hidden",
    "done-shown",
    "done-muted",
    "done-welcome",
    "done-not-now",
    "done-still-need",
    "done-widened",
    "done-edited",
    "done-withdrawn",
    "done-appealed",
    "done-proposed",
    "done-noted",
    "done-let-be",
    "done-reported",
    "done-greeted",
    "done-greeted-already",
    "done-kept-draft",
    "done-kept-deleted",
    "done-kept-told",
    "done-kept-paused",
    "done-kept-here",
    "done-announced",
    "done-called-off",
    "done-left-circle",
    "done-event-moved",
    "done-event-cancelled",
    "done-helped",
    "done-checked",
    "done-disputed",
    "done-suggested",
    "done-came-in",
    "done-not-for-me",
    "done-opened",
    "done-opened-shared",
    "done-left",
    "done-forgotten",
    "done-keeper",
    "done-keeper-asked",
    "done-keeper-removed",
    "done-both-yes",
    "done-ended",
    "done-blocked",
    "done-encouraged",
    "done-letter",
    "done-introduced",
    "done-kept-letter",
    "done-directory",
    "done-directory-gone",
    "done-fetched",
    "done-listed",
    "done-unlisted",
];

/// The theme as `data-theme`; empty: as the device has it.
pub fn theme(face: &Face) -> &'static str {
    match face.theme {
        Theme::Auto => "",
        Theme::Light => "light",
        Theme::Dark => "dark",
    }
}

/// Whether a keeper takes what is written in each group that somebody is in.
pub fn all_kept(groups: impl Iterator<Item = (GroupState, bool)>) -> bool {
    let mut inside = groups.filter(|(state, _)| *state == GroupState::Joined).peekable();
    inside.peek().is_some() && inside.all(|(_, keeper)| keeper)
}

/// Whether others are reachable, and when something last came or went.
pub fn connection(visit: &Visit) -> Vec<String> {
    let groups = &visit.overview.groups;
    let words = &visit.words;
    let nodes: u32 = groups.iter().map(|group| group.peers).fold(0, u32::saturating_add);
    let last = groups.iter().filter_map(|group| group.last_exchange.as_deref()).max();
    let mut said = Vec::new();
    let any = |state| groups.iter().any(|group| group.state == state);
    if !any(GroupState::Joined) && !any(GroupState::Waiting) {
        said.push(words.t("connection-no-group"));
        return said;
    }
    if groups.iter().any(|group| group.catching_up.is_some()) {
        said.push(words.t("connection-catching-up"));
    } else if nodes > 0 {
        said.push(words.tn("connection-nodes", "nodes", nodes));
    } else if all_kept(groups.iter().map(|group| (group.state, group.keeper))) {
        said.push(words.t("connection-keeper"));
    } else if any(GroupState::Joined) {
        said.push(words.t("connection-none"));
    } else {
        said.push(words.t("connection-waiting"));
    }
    if let Some(last) = last {
        said.push(words.t1("connection-last", "when", visit.clock.moment(words, last)));
    }
    said
}

/// A page that stands alone: for those who were not let in, or whose node is locked.
#[derive(Template)]
#[template(path = "plain.html")]
pub struct Plain {
    words: Words,
    face: Arc<Face>,
    heading: String,
    said: Vec<String>,
    /// Where to go on, at once.
    next: Option<&'static str>,
    help: bool,
}

impl Plain {
    fn new(web: &Web, heading: &str, said: &[&str]) -> Plain {
        let face = web.face();
        let words = web.library.speak(face.language.as_deref(), None);
        Plain {
            heading: words.t(heading),
            said: said.iter().map(|id| words.t(id)).collect(),
            next: None,
            help: face.discreet.is_none(),
            words,
            face,
        }
    }

    /// Somebody was just let in.
    pub fn signed_in(web: &Web) -> Plain {
        Plain { next: Some("/"), ..Plain::new(web, "signed-in", &["signed-in-said"]) }
    }

    /// A sign-in page was used a second time.
    pub fn used_twice(web: &Web) -> Plain {
        Plain::new(web, "used-twice", &["used-twice-said", "used-twice-do"])
    }

    /// There is nothing here, for them at least.
    pub fn missing(web: &Web) -> Plain {
        Plain::new(web, "missing", &["missing-said"])
    }

    /// Somebody was not let in.
    pub fn not_let_in(web: &Web) -> Plain {
        if web.face().discreet.is_some() {
            // It does not say what it keeps people out of.
            return Plain::missing(web);
        }
        Plain::new(web, "not-let-in", &["not-let-in-said", "not-let-in-do"])
    }

    fn title(&self) -> String {
        self.face.discreet.clone().unwrap_or_else(|| format!("{} · Kith", self.heading))
    }

    fn theme(&self) -> &'static str {
        theme(&self.face)
    }

    fn css(&self) -> String {
        statics::address("kith.css")
    }
}

impl IntoResponse for Plain {
    fn into_response(self) -> Response {
        page(&self)
    }
}

/// A template as an answer.
pub fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
