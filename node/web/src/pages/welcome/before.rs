//! Before there is an identity: an invite that somebody gave, what this device is, and a name.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::Problem;
use kith_node::service::text;
use serde::Deserialize;

use super::{Step, begun, steps};
use crate::form::Form;
use crate::frame::{Frame, Nav, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

/// The longest text that is taken for an invite, in bytes.
const LINK_MOST: usize = 12 * 1024;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/welcome/invite", get(invite).post(keep_invite))
        .route("/welcome/device", get(device))
        .route("/welcome/name", get(name).post(keep_name))
}

#[derive(Template)]
#[template(path = "welcome/invite.html")]
struct InvitePage {
    f: Frame,
    steps: Vec<(bool, String)>,
    link: String,
}

#[derive(Template)]
#[template(path = "welcome/device.html")]
struct DevicePage {
    f: Frame,
    steps: Vec<(bool, String)>,
    /// Whether this is the first run, and not somebody who reads it again.
    first: bool,
}

#[derive(Template)]
#[template(path = "welcome/name.html")]
struct NamePage {
    f: Frame,
    steps: Vec<(bool, String)>,
    name: String,
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Invite {
    #[serde(default)]
    link: String,
}

#[derive(Deserialize)]
struct Name {
    #[serde(default)]
    name: String,
}

async fn invite(visit: Visit) -> Response {
    if begun(&visit) {
        return see("/join");
    }
    let frame = visit.frame(visit.words.t("welcome-invite"), Nav::None);
    let link = visit.web.first.now().link;
    page(&InvitePage { steps: steps(&visit, Step::Welcome), link, f: frame })
}

async fn keep_invite(visit: Visit, Form(filled): Form<Invite>) -> Response {
    let link = filled.link.trim().to_owned();
    if link.len() <= LINK_MOST {
        visit.web.first.change(|entries| entries.link = link);
    }
    see("/welcome/device")
}

async fn device(visit: Visit) -> Response {
    let first = !begun(&visit);
    let steps = if first { steps(&visit, Step::Device) } else { Vec::new() };
    let frame = visit.frame(visit.words.t("welcome-device"), Nav::None);
    page(&DevicePage { steps, first, f: frame })
}

async fn name(visit: Visit) -> Response {
    let name = visit.web.first.now().name;
    name_page(&visit, name, None)
}

async fn keep_name(visit: Visit, Form(filled): Form<Name>) -> Result<Response, Oops> {
    let name = filled.name.trim().to_owned();
    if !name.is_empty()
        && let Err(problem) = text::name(&name)
    {
        return Ok(name_page(&visit, name, Some(&problem)));
    }
    visit.web.first.change(|entries| entries.name = name);
    Ok(see("/welcome/key"))
}

fn name_page(visit: &Visit, name: String, problem: Option<&Problem>) -> Response {
    if begun(visit) {
        return see("/welcome/next");
    }
    page(&NamePage {
        f: visit.frame(visit.words.t("welcome-name"), Nav::None),
        steps: steps(visit, Step::Name),
        name,
        error: problem.map(|problem| Said::of(&visit.words, problem)),
    })
}
