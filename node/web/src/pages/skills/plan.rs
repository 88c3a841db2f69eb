//! The plan for hard times: six steps in own words. It is written among the skills, and read and printed, with the numbers,
//! where help is looked for.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{HelpCard, Plan, Problem};
use serde::{Deserialize, Serialize};

use super::Done;
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::pages::kept;
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/help-now/plan", get(read))
        .route("/skills/plan", get(show).post(save))
        .route("/skills/plan/draft", post(keep))
        .route("/skills/plan/draft/drop", post(put_away))
}

/// Where what was not saved is kept.
const PLACE: &str = "plan";

/// What was filled in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Filled {
    #[serde(default)]
    signs: String,
    #[serde(default)]
    alone: String,
    #[serde(default)]
    places: String,
    #[serde(default)]
    people: String,
    #[serde(default)]
    services: String,
    #[serde(default)]
    surroundings: String,
}

/// One step: its name in the form, its words and its hint, and what was written.
type Step = (&'static str, String, String, String);

#[derive(Template)]
#[template(path = "skills/plan.html")]
struct PlanPage {
    f: Frame,
    steps: Vec<Step>,
    draft_said: String,
    error: Option<Said>,
}

/// A step that was written: its words, and the text in paragraphs.
type Written = (String, Vec<Vec<String>>);

#[derive(Template)]
#[template(path = "help/plan.html")]
struct ReadPage {
    f: Frame,
    steps: Vec<Written>,
    card: HelpCard,
}

async fn read(visit: Visit, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let plan = visit.service().plan().await?;
    let written = steps(&visit, Filled::from(plan)).into_iter();
    let written = written.filter(|(.., text)| !text.trim().is_empty());
    Ok(page(&ReadPage {
        f: visit.frame(visit.words.t("skills-plan"), Nav::None).done(asked.done.as_deref()),
        steps: written.map(|(_, words, _, text)| (words, paragraphs(&text))).collect(),
        card: visit.service().help_card().await?,
    }))
}

async fn show(visit: Visit, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let (filled, said) = match kept::draft::<Filled>(&visit, PLACE).await? {
        Some(draft) => draft,
        None => (visit.service().plan().await?.into(), String::new()),
    };
    Ok(form(&visit, filled, said, None, asked.done.as_deref()))
}

async fn save(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    match visit.service().set_plan(filled.clone().into()).await {
        Ok(_) => {
            visit.service().drop_draft(PLACE).await?;
            Ok(see("/help-now/plan?done=done-saved"))
        }
        Err(problem) => Ok(form(&visit, filled, String::new(), Some(&problem), None)),
    }
}

async fn keep(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    kept::keep_draft(&visit, PLACE, &filled, "/skills/plan").await
}

async fn put_away(visit: Visit, Form(_): Form<Filled>) -> Result<Response, Oops> {
    visit.service().drop_draft(PLACE).await?;
    Ok(see("/help-now/plan"))
}

fn steps(visit: &Visit, filled: Filled) -> Vec<Step> {
    let words = &visit.words;
    vec![
        ("signs", words.t("plan-signs"), words.t("plan-signs-hint"), filled.signs),
        ("alone", words.t("plan-alone"), words.t("plan-alone-hint"), filled.alone),
        ("places", words.t("plan-places"), words.t("plan-places-hint"), filled.places),
        ("people", words.t("plan-people"), words.t("plan-people-hint"), filled.people),
        ("services", words.t("plan-services"), words.t("plan-services-hint"), filled.services),
        (
            "surroundings",
            words.t("plan-surroundings"),
            words.t("plan-surroundings-hint"),
            filled.surroundings,
        ),
    ]
}

fn form(
    visit: &Visit,
    filled: Filled,
    draft_said: String,
    problem: Option<&Problem>,
    done: Option<&str>,
) -> Response {
    page(&PlanPage {
        f: visit.frame(visit.words.t("skills-plan"), Nav::Skills).done(done),
        steps: steps(visit, filled),
        draft_said,
        error: problem.map(|problem| Said::of(&visit.words, problem)),
    })
}

impl From<Plan> for Filled {
    fn from(plan: Plan) -> Filled {
        Filled {
            signs: plan.signs,
            alone: plan.alone,
            places: plan.places,
            people: plan.people,
            services: plan.services,
            surroundings: plan.surroundings,
        }
    }
}

impl From<Filled> for Plan {
    fn from(filled: Filled) -> Plan {
        let written = |text: String| lines(&text).trim().to_owned();
        Plan {
            signs: written(filled.signs),
            alone: written(filled.alone),
            places: written(filled.places),
            people: written(filled.people),
            services: written(filled.services),
            surroundings: written(filled.surroundings),
        }
    }
}
