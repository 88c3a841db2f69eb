//! Which country's help numbers to show. Nobody else learns of it.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kith_node::mine;
use serde::Deserialize;

use super::{Step, begun, steps};
use crate::form::Form;
use crate::frame::{Frame, Nav, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/welcome/help-numbers", get(show).post(choose))
}

#[derive(Template)]
#[template(path = "welcome/help_numbers.html")]
struct HelpNumbersPage {
    f: Frame,
    steps: Vec<(bool, String)>,
    /// Code and name of each country that there are numbers for.
    countries: Vec<(String, String)>,
    country: String,
    came: String,
    error: Option<Said>,
}

#[derive(Clone, Default, Deserialize)]
struct Filled {
    #[serde(default)]
    country: String,
    #[serde(default)]
    came: String,
}

async fn show(visit: Visit, Query(mut asked): Query<Filled>) -> Result<Response, Oops> {
    if !begun(&visit) {
        return Ok(see("/welcome"));
    }
    asked.country = visit.service().help_card().await?.country.unwrap_or_default();
    Ok(numbers_page(&visit, asked, None))
}

async fn choose(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    if !filled.country.is_empty()
        && let Err(problem) = visit.service().choose_country(&filled.country).await
    {
        let said = Said::of(&visit.words, &problem);
        return Ok(numbers_page(&visit, filled, Some(said)));
    }
    Ok(see(if filled.came == "back" { "/welcome/next?came=back" } else { "/welcome/next" }))
}

fn numbers_page(visit: &Visit, filled: Filled, error: Option<Said>) -> Response {
    let mut countries: Vec<_> =
        mine::countries().into_iter().map(|country| (country.code, country.name)).collect();
    countries.sort_by(|(_, a), (_, b)| a.cmp(b));
    page(&HelpNumbersPage {
        f: visit.frame(visit.words.t("welcome-help-numbers"), Nav::None),
        steps: steps(visit, Step::HelpNumbers),
        countries,
        country: filled.country,
        came: filled.came,
        error,
    })
}
