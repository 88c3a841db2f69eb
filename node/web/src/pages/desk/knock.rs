//! Somebody at the door: what they said, what was answered, and letting them in or not.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{DeskState, InviteWay, Knock, KnockReceived, KnockSide, Problem};
use serde::Deserialize;

use super::{Asked, mine};
use crate::form::{self, Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::person::Pebble;
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/desk/knocks/{knock}", get(show))
        .route("/groups/{group}/desk/knocks/{knock}/say", post(say))
        .route("/groups/{group}/desk/knocks/{knock}/admit", post(admit))
        .route("/groups/{group}/desk/knocks/{knock}/decline", post(decline))
}

/// Something said at the door.
pub struct Line {
    /// Who said it.
    pub who: String,
    /// The words.
    pub paragraphs: Vec<Vec<String>>,
    /// When.
    pub when: When,
    /// Whether somebody of the group said it.
    pub inside: bool,
}

/// Somebody who knocked.
pub struct KnockView {
    /// The knock.
    pub id: String,
    /// What they wish to be called.
    pub name: String,
    /// Their pebble.
    pub pebble: Pebble,
    /// When they knocked.
    pub when: When,
    /// What was said.
    pub lines: Vec<Line>,
    /// The code to compare with them.
    pub code: Option<String>,
    /// That more people came on the invite than it is for.
    pub several: Option<String>,
    /// Whether it is still to be decided.
    pub open: bool,
    /// Whether they can be told something.
    pub hears: bool,
    /// How it stands.
    pub stands: String,
}

impl KnockView {
    /// A knock as those see it who decide.
    pub fn of(visit: &Visit, knock: KnockReceived) -> KnockView {
        let words = &visit.words;
        let open = knock.state == DeskState::Waiting;
        let line = |line: kith_node::api::types::KnockLine| Line {
            paragraphs: paragraphs(&line.text),
            when: visit.clock.moment(words, &line.time),
            inside: line.side == KnockSide::Inside,
            who: line.name.unwrap_or_else(|| knock.name.clone()),
        };
        let several = (knock.several && open).then(|| match knock.way {
            InviteWay::Confirm => words.t("knock-two-came"),
            _ => words.t("knock-several-came"),
        });
        KnockView {
            pebble: Pebble::of(&knock.knock, &knock.name),
            when: visit.clock.moment(words, &knock.time),
            lines: knock.lines.into_iter().map(line).collect(),
            code: knock.code.filter(|_| open),
            several,
            open,
            hears: open && matches!(knock.way, InviteWay::Knock | InviteWay::Confirm),
            stands: match (knock.state, &knock.by) {
                (DeskState::Waiting, _) => words.t("knock-waiting"),
                (DeskState::Signing, _) => words.t("knock-signing"),
                (DeskState::Admitted, _) => words.t("desk-let-in"),
                (DeskState::Declined, Some(by)) => words.t1("knock-declined-by", "name", by),
                (DeskState::Declined, None) => words.t("desk-turned-away"),
                (DeskState::Gone, _) => words.t("knock-gone"),
            },
            name: knock.name,
            id: knock.knock,
        }
    }
}

/// What was filled in: of what is said, or of why not.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Filled {
    text: String,
    reason: String,
    /// That the code was compared.
    same: String,
}

#[derive(Template)]
#[template(path = "desk/knock.html")]
struct KnockPage {
    f: Frame,
    id: String,
    k: KnockView,
    /// What went wrong, beside the form that it was about.
    said_wrong: Option<Said>,
    admit_wrong: Option<Said>,
    decline_wrong: Option<Said>,
    text: String,
    reason: String,
}

/// Which form something went wrong with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Saying,
    Admitting,
    Declining,
}

async fn show(
    visit: Visit,
    Path((id, knock)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let k = found(&visit, &id, &knock).await?;
    Ok(knock_page(&visit, id, k, Filled::default(), None, asked.done.as_deref()))
}

async fn say(
    visit: Visit,
    Path((id, knock)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let k = found(&visit, &id, &knock).await?;
    let said = match form::text(&filled.text) {
        Ok(text) => visit.service().knock_say(&knock, text).await,
        Err(problem) => Err(problem),
    };
    answered(&visit, id, k, filled, said, About::Saying)
}

async fn admit(
    visit: Visit,
    Path((id, knock)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let k = found(&visit, &id, &knock).await?;
    if k.code.is_some() && filled.same.is_empty() {
        let words = &visit.words;
        let said = Said { message: words.t("knock-compare-first"), hint: words.t("knock-compare-first-do") };
        return Ok(knock_page(&visit, id, k, filled, Some((About::Admitting, said)), None));
    }
    let admitted = visit.service().knock_admit(&knock).await;
    answered(&visit, id, k, filled, admitted, About::Admitting)
}

async fn decline(
    visit: Visit,
    Path((id, knock)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let k = found(&visit, &id, &knock).await?;
    let declined = visit.service().knock_decline(&knock, lines(filled.reason.trim())).await;
    answered(&visit, id, k, filled, declined, About::Declining)
}

async fn found(visit: &Visit, id: &str, knock: &str) -> Result<KnockView, Oops> {
    mine(visit, id)?;
    let found = visit.service().knock_show(knock).await?.received.filter(|found| found.group == id);
    found.map(|found| KnockView::of(visit, found)).ok_or_else(Oops::missing)
}

fn answered(
    visit: &Visit,
    id: String,
    k: KnockView,
    filled: Filled,
    answered: Result<Knock, Problem>,
    about: About,
) -> Result<Response, Oops> {
    match answered {
        Ok(knock) => Ok(see(match (about, knock.received.map(|one| one.state)) {
            (About::Saying, _) => format!("/groups/{id}/desk/knocks/{}?done=done-knock-said", k.id),
            (About::Admitting, Some(DeskState::Signing)) => format!("/groups/{id}/desk?done=done-awaiting"),
            (About::Admitting, _) => format!("/groups/{id}/desk?done=done-admitted"),
            (About::Declining, _) => format!("/groups/{id}/desk?done=done-declined"),
        })),
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            Ok(knock_page(visit, id, k, filled, Some((about, said)), None))
        }
    }
}

fn knock_page(
    visit: &Visit,
    id: String,
    k: KnockView,
    filled: Filled,
    wrong: Option<(About, Said)>,
    done: Option<&str>,
) -> Response {
    let heading = visit.words.t1("knock-heading", "name", &k.name);
    let frame = visit.frame(heading, Nav::Groups).in_group(visit, &id, Room::Inside);
    let about = |about| wrong.as_ref().filter(|(other, _)| *other == about).map(|(_, said)| said.clone());
    page(&KnockPage {
        said_wrong: about(About::Saying),
        admit_wrong: about(About::Admitting),
        decline_wrong: about(About::Declining),
        text: filled.text,
        reason: filled.reason,
        f: frame.told(format!("group={id}")).done(done),
        id,
        k,
    })
}
