//! What a handler answers when it has nothing to show: a problem, or another place to go to. The page around a problem
//! is put there by [`crate::web`], which knows who asks.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kith_node::api::types::{Code, Problem};

use crate::words::Words;

/// Why there is no page.
#[derive(Clone, Debug)]
pub enum Oops {
    /// The service did not grant it, or the request made no sense.
    Problem(Problem),
    /// The form came from no page of this session.
    Stale,
    /// It is somewhere else: see there, with GET.
    Elsewhere(String),
}

/// What goes with a response that is still to get its page.
#[derive(Clone, Debug)]
pub struct Unsaid(pub Oops);

impl From<Problem> for Oops {
    fn from(problem: Problem) -> Oops {
        Oops::Problem(problem)
    }
}

impl From<Code> for Oops {
    fn from(code: Code) -> Oops {
        Oops::Problem(code.into())
    }
}

impl Oops {
    /// A page that is not there, and for those who may not see it, not there either.
    pub fn missing() -> Oops {
        Oops::Problem(Code::UnknownRoute.into())
    }

    fn status(&self) -> StatusCode {
        match self {
            Oops::Problem(problem) => {
                StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Oops::Stale => StatusCode::FORBIDDEN,
            Oops::Elsewhere(_) => StatusCode::SEE_OTHER,
        }
    }
}

impl IntoResponse for Oops {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        match self {
            Oops::Elsewhere(place) => {
                let place = HeaderValue::try_from(place).unwrap_or(HeaderValue::from_static("/"));
                response.headers_mut().insert(header::LOCATION, place);
            }
            oops => {
                response.extensions_mut().insert(Unsaid(oops));
            }
        }
        response
    }
}

/// Sends the browser to another page, as after a form.
pub fn see(place: impl Into<String>) -> Response {
    Oops::Elsewhere(place.into()).into_response()
}

/// A problem in the words of a page: what happened, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Said {
    /// The words of the page's language for the usual case; where the service has words of its own, those, which are
    /// closer and in English.
    pub fn of(words: &Words, problem: &Problem) -> Said {
        let (message, _) = problem.code.words();
        let id = format!("problem-{}", name(problem.code));
        let own = problem.message != message && words.language().code.starts_with("en");
        let said = if own { problem.message.clone() } else { words.t(&id) };
        Said { message: said, hint: words.t(&format!("{id}-hint")) }
    }
}

/// A code as it stands in the ids of words: `unknown-id`.
pub fn name(code: Code) -> String {
    let name = serde_html_form::to_string([("c", code)]).unwrap_or_default();
    name.trim_start_matches("c=").replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Library;

    #[test]
    fn every_code_has_words_for_the_browser_that_name_no_command() {
        let words = Library::read().speak(Some("en"), None);
        for code in Code::ALL {
            let said = Said::of(&words, &Problem::of(*code));
            for text in [said.message, said.hint] {
                assert!(text.ends_with('.') && !text.starts_with("problem-"), "{code:?}: {text}");
                assert!(!text.contains("kith ") && !text.contains("--"), "{code:?}: {text}");
            }
        }
    }
}
