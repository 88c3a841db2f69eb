//! The key: a passphrase or none, the identity made, and its recovery words, to be saved as a file or a square code.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{Begin, Code, Problem, Unlock};
use serde::Deserialize;

use super::{Entries, Step, begun, steps};
use crate::form::Form;
use crate::frame::{Frame, Nav, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::qr::Qr;
use crate::parts::saved::{TEXT, file};
use crate::visit::Visit;
use crate::web::Web;

/// Recovery words, which are twelve.
const WORDS: usize = 12;

pub fn routes() -> Router<Web> {
    Router::new().route("/welcome/key", get(show).post(make)).route("/welcome/recovery.txt", post(save))
}

/// A passphrase to be, twice; or the wish to have none.
#[derive(Clone, Default, Deserialize)]
pub struct NewKey {
    #[serde(default)]
    passphrase: String,
    #[serde(default)]
    again: String,
    #[serde(default)]
    none: String,
}

impl NewKey {
    /// The passphrase, or none by wish.
    ///
    /// # Errors
    /// The words for what is amiss: nothing was chosen, or the two are not the same.
    pub fn chosen(&self) -> Result<Option<String>, &'static str> {
        match (self.passphrase.is_empty(), self.none.is_empty()) {
            (true, true) => Err("key-nothing"),
            (true, false) => Ok(None),
            (false, false) => Err("key-both"),
            (false, true) if self.passphrase != self.again => Err("key-not-the-same"),
            (false, true) => Ok(Some(self.passphrase.clone())),
        }
    }
}

/// The two fields and the choice to have none, as both pages show them.
pub struct KeyFields {
    pub passphrase: String,
    pub again: String,
    pub none: bool,
}

impl From<NewKey> for KeyFields {
    fn from(key: NewKey) -> KeyFields {
        KeyFields { passphrase: key.passphrase, again: key.again, none: !key.none.is_empty() }
    }
}

/// What is amiss with a key, in words.
pub fn amiss(visit: &Visit, what: &str) -> Said {
    Said { message: visit.words.t(what), hint: visit.words.t("key-do") }
}

#[derive(Template)]
#[template(path = "welcome/key.html")]
struct KeyPage {
    f: Frame,
    steps: Vec<(bool, String)>,
    key: KeyFields,
    error: Option<Said>,
}

/// Recovery words, as pages show them.
pub struct Recovery {
    /// One each, in their order.
    pub words: Vec<String>,
    /// All of them, with a space between each two.
    pub whole: String,
    /// The same as a square code.
    pub qr: Option<Qr>,
}

impl Recovery {
    /// The words of somebody who opens their identity once more to see them.
    ///
    /// # Errors
    /// As [`kith_node::service::Service::unlock`].
    pub async fn of(visit: &Visit, passphrase: Option<String>) -> Result<Recovery, Problem> {
        let whole = visit.service().recovery_words(Unlock { passphrase }).await?.words;
        let words = whole.split(' ').map(str::to_owned).collect();
        Ok(Recovery { words, qr: Qr::of(&whole), whole })
    }
}

#[derive(Template)]
#[template(path = "welcome/words.html")]
struct WordsPage {
    f: Frame,
    steps: Vec<(bool, String)>,
    r: Recovery,
}

async fn show(visit: Visit) -> Response {
    if begun(&visit) { see("/welcome/next") } else { key_page(&visit, NewKey::default(), None) }
}

/// Makes the identity, and shows its words. Sent a second time, as by a reload, it shows them again.
async fn make(visit: Visit, Form(filled): Form<NewKey>) -> Result<Response, Oops> {
    let passphrase = match filled.chosen() {
        Ok(passphrase) => passphrase,
        Err(what) => return Ok(key_page(&visit, filled, Some(amiss(&visit, what)))),
    };
    if !begun(&visit) {
        let begin = Begin { passphrase: passphrase.clone(), words: None };
        match visit.service().begin(begin).await {
            // Two windows, one identity: whose passphrase it has, sees its words.
            Ok(_) | Err(Problem { code: Code::IdentityExists, .. }) => {}
            Err(problem) => {
                return Ok(key_page(&visit, filled, Some(Said::of(&visit.words, &problem))));
            }
        }
        Entries::seal(&visit).await?;
    }
    let r = Recovery::of(&visit, passphrase).await?;
    let frame = visit.frame(visit.words.t("recovery"), Nav::None);
    Ok(page(&WordsPage { f: frame, steps: steps(&visit, Step::Key), r }))
}

fn key_page(visit: &Visit, key: NewKey, error: Option<Said>) -> Response {
    let frame = visit.frame(visit.words.t("welcome-key"), Nav::None);
    page(&KeyPage { f: frame, steps: steps(visit, Step::Key), key: key.into(), error })
}

#[derive(Deserialize)]
struct Words {
    #[serde(default)]
    words: String,
}

async fn save(_: Visit, Form(filled): Form<Words>) -> Result<Response, Oops> {
    recovery_file(&filled.words)
}

/// Recovery words as a file: numbered, and nothing beside them that says what they open.
fn recovery_file(words: &str) -> Result<Response, Oops> {
    let words: Vec<&str> = words.split(' ').collect();
    let plain = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    if words.len() != WORDS || !words.iter().all(plain) {
        return Err(Code::BadRequest.into());
    }
    let lines = (1..).zip(words).map(|(number, word)| format!("{number}. {word}\n"));
    Ok(file("recovery.txt", TEXT, lines.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(passphrase: &str, again: &str, none: &str) -> Result<Option<String>, &'static str> {
        NewKey { passphrase: passphrase.into(), again: again.into(), none: none.into() }.chosen()
    }

    #[test]
    fn a_passphrase_is_said_twice_or_not_at_all() {
        assert_eq!(key("three lamps", "three lamps", ""), Ok(Some("three lamps".to_owned())));
        assert_eq!(key("", "", "yes"), Ok(None));
        assert_eq!(key("", "", ""), Err("key-nothing"));
        assert_eq!(key("three lamps", "three lambs", ""), Err("key-not-the-same"));
        assert_eq!(key("three lamps", "three lamps", "yes"), Err("key-both"));
    }

    #[test]
    fn a_file_of_words_holds_them_and_nothing_else() {
        assert!(recovery_file(&["one"; 12].join(" ")).is_ok());
        for words in ["", "one two", &["One"; 12].join(" "), &["<b>"; 12].join(" ")] {
            assert!(recovery_file(words).is_err(), "{words}");
        }
    }
}
