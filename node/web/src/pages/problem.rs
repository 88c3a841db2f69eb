//! A page for what was not granted, or is not there.

use askama::Template;
use axum::response::Response;
use kith_node::api::types::Code;

use crate::frame::{Frame, Nav, Room, page as shown};
use crate::icons;
use crate::oops::{Oops, Said};
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    f: Frame,
    said: Said,
}

/// The page for what went wrong.
pub fn page(visit: &Visit, oops: &Oops) -> Response {
    let words = &visit.words;
    let (heading, said) = match oops {
        Oops::Problem(problem) if problem.code == Code::UnknownRoute => {
            (words.t("missing"), Said { message: words.t("missing-said"), hint: words.t("missing-do") })
        }
        Oops::Problem(problem) => (words.t("not-done"), Said::of(words, problem)),
        Oops::Stale | Oops::Elsewhere(_) => {
            (words.t("stale"), Said { message: words.t("stale-said"), hint: words.t("stale-do") })
        }
    };
    shown(&ProblemPage { f: visit.frame(heading, Nav::None), said })
}
