//! How the app looks, and which language it speaks.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::face::Theme;
use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::visit::Visit;
use crate::web::Web;
use crate::words::LANGUAGES;

pub fn routes() -> Router<Web> {
    Router::new().route("/settings/look", get(show).post(save))
}

#[derive(Template)]
#[template(path = "settings/look.html")]
struct LookPage {
    f: Frame,
    themes: Vec<(&'static str, String, bool)>,
    languages: Vec<(&'static str, &'static str, bool)>,
    /// Whether a language is chosen, and not the browser's.
    chosen: bool,
}

const THEMES: [(Theme, &str, &str); 3] = [
    (Theme::Auto, "auto", "look-theme-auto"),
    (Theme::Light, "light", "look-theme-light"),
    (Theme::Dark, "dark", "look-theme-dark"),
];

#[derive(Deserialize)]
struct Filled {
    theme: Theme,
    #[serde(default)]
    language: String,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let face = visit.web.face();
    let language = face.language.as_deref();
    // Those for trying the pages out are shown to who chose one, so that they find back.
    let listed = LANGUAGES.iter().filter(|one| !one.pseudo || language == Some(one.code));
    page(&LookPage {
        themes: THEMES
            .iter()
            .map(|(theme, value, said)| (*value, visit.words.t(said), *theme == face.theme))
            .collect(),
        languages: listed.map(|one| (one.code, one.name, language == Some(one.code))).collect(),
        chosen: language.is_some(),
        f: visit.frame(visit.words.t("look"), Nav::Settings).done(asked.done.as_deref()),
    })
}

async fn save(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let language = LANGUAGES.iter().find(|language| language.code == filled.language);
    super::choose(&visit, |face| {
        face.theme = filled.theme;
        face.language = language.map(|language| language.code.to_owned());
    })
    .await?;
    Ok(see("/settings/look?done=done-saved"))
}
