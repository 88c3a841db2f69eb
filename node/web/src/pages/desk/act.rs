//! Acting on what somebody wrote, from the mildest up: by a rule, and with a reason that its author reads and can have
//! looked at again.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Act, ActState, MayModerate, Moderate, Pause, Problem, RuleName, Takes};
use serde::Deserialize;

use super::mine;
use crate::form::{self, Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::moderation::rules;
use crate::parts::post::{PostView, address};
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

const HOUR: u64 = 3600;
/// How long a pause may last, in hours.
pub const PAUSES: [u64; 6] = [2, 12, 24, 72, 168, 336];

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/posts/{post}/act", get(show).post(act))
}

/// What can be done, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    Note,
    Fold,
    Hold,
    Restore,
    Pause,
}

impl Step {
    const ALL: [Step; 5] = [Step::Note, Step::Fold, Step::Hold, Step::Restore, Step::Pause];

    /// How many it takes; none if it is not mine to do.
    fn takes(self, may: &MayModerate) -> Option<Takes> {
        match self {
            Step::Note => may.write.then_some(1),
            Step::Fold => may.fold,
            Step::Hold => may.hold,
            Step::Restore => may.restore,
            Step::Pause => may.pause,
        }
    }

    /// As the form names it; its words, their hint, and what the button says.
    fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Step::Note => ("note", "act-note", "act-note-hint", "act-note-do"),
            Step::Fold => ("fold", "act-fold", "act-fold-hint", "act-fold-do"),
            Step::Hold => ("hold", "act-hold", "act-hold-hint", "act-hold-do"),
            Step::Restore => ("restore", "act-restore", "act-restore-hint", "act-restore-do"),
            Step::Pause => ("pause", "act-pause", "act-pause-hint", "act-pause-do"),
        }
    }
}

/// What was filled in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Filled {
    step: Option<Step>,
    /// What the button said that was pressed: nothing is done by one that says something else than was chosen.
    pressed: Option<Step>,
    rule: String,
    reason: String,
    hours: u64,
}

/// One step of the ladder, as the page shows it.
struct Rung {
    value: &'static str,
    said: String,
    hint: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "desk/act.html")]
struct ActPage {
    f: Frame,
    /// Where the post is.
    here: String,
    p: PostView,
    error: Option<Said>,
    ladder: Vec<Rung>,
    rules: Vec<(String, String)>,
    rule: String,
    reason: String,
    pauses: Vec<(u64, String, bool)>,
    may_pause: bool,
    /// What the button does, and says.
    pressed: &'static str,
    button: String,
}

async fn show(visit: Visit, Path((id, post)): Path<(String, String)>) -> Result<Response, Oops> {
    let (p, may) = found(&visit, &id, &post).await?;
    act_page(&visit, &id, p, &may, Filled::default(), None).await
}

async fn act(
    visit: Visit,
    Path((id, post)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let (p, may) = found(&visit, &id, &post).await?;
    let words = &visit.words;
    let error = match (filled.step, filled.pressed) {
        (Some(step), Some(pressed)) if step == pressed => {
            match done(&visit, &id, &may, &p, step, &filled).await {
                Ok(said) => return Ok(see(format!("{}?done={said}", address(&id, &post)))),
                Err(problem) => Some(Said::of(words, &problem)),
            }
        }
        // The page asks for what the button is to say.
        (_, None) => None,
        (_, Some(_)) => {
            Some(Said { message: words.t("act-button-changed"), hint: words.t("act-button-changed-do") })
        }
    };
    act_page(&visit, &id, p, &may, filled, error).await
}

async fn done(
    visit: &Visit,
    group: &str,
    may: &MayModerate,
    p: &PostView,
    step: Step,
    filled: &Filled,
) -> Result<&'static str, Problem> {
    let service = visit.service();
    let rule: Option<RuleName> = filled.rule.parse().ok();
    let reason = lines(filled.reason.trim());
    let act = match step {
        Step::Note => {
            service.write_to(group, &may.member, form::text(&filled.reason)?).await?;
            return Ok("done-act-note");
        }
        Step::Pause => {
            let pause = Pause { lasts: Some(filled.hours.saturating_mul(HOUR)), rule, reason };
            return service.pause(group, &may.member, pause).await.map(|done| done_of(done.state));
        }
        Step::Fold => Act::Fold,
        Step::Hold => Act::Hold,
        Step::Restore => Act::Restore,
    };
    service.moderate(&p.id, Moderate { act, rule, reason }).await.map(|done| done_of(done.state))
}

/// What is said of an act that was written.
pub fn done_of(state: ActState) -> &'static str {
    if state == ActState::Done { "done-act" } else { "done-act-awaiting" }
}

/// The post, and what I may do about it; for who may do nothing there is no such page.
async fn found(visit: &Visit, id: &str, post: &str) -> Result<(PostView, MayModerate), Oops> {
    mine(visit, id)?;
    let thread = visit.service().thread(post, true).await?;
    let found = thread.posts.into_iter().find(|one| one.post == thread.post && one.group == id);
    let found = found.filter(|post| !post.mine && !post.withdrawn).ok_or_else(Oops::missing)?;
    let may = visit.service().may_moderate(&found.post).await?;
    Ok((PostView::of(visit, found), may))
}

/// How long a pause may last, in words.
pub fn pauses(words: &Words, chosen: u64) -> Vec<(u64, String, bool)> {
    let span = |hours: u64| match hours {
        hours if hours < 48 => words.tn("duty-hours", "hours", hours),
        hours => words.tn("duty-days", "days", hours / 24),
    };
    PAUSES.map(|hours| (hours, span(hours), hours == chosen)).to_vec()
}

async fn act_page(
    visit: &Visit,
    id: &str,
    p: PostView,
    may: &MayModerate,
    filled: Filled,
    error: Option<Said>,
) -> Result<Response, Oops> {
    let words = &visit.words;
    let charter = visit.service().charter_beside(id).await?.charter;
    let open = || Step::ALL.into_iter().filter_map(|step| Some((step, step.takes(may)?)));
    let first = open().next().map(|(step, _)| step).ok_or_else(Oops::missing)?;
    let chosen = filled.step.filter(|step| step.takes(may).is_some()).unwrap_or(first);
    let rung = |(step, takes): (Step, Takes)| {
        let (value, said, hint, _) = step.words();
        let hint = words.t1(hint, "name", &p.name);
        let needs = (takes > 1).then(|| words.tn("act-takes", "takes", takes));
        let hint = needs.map_or_else(|| hint.clone(), |needs| format!("{hint} {needs}"));
        Rung { value, said: words.t(said), hint, chosen: step == chosen }
    };
    let (pressed, _, _, button) = chosen.words();
    Ok(page(&ActPage {
        here: address(id, &p.id),
        ladder: open().map(rung).collect(),
        rules: rules(words, &charter),
        rule: filled.rule,
        reason: filled.reason,
        pauses: pauses(words, if filled.hours == 0 { 24 } else { filled.hours }),
        may_pause: may.pause.is_some(),
        pressed,
        button: words.t(button),
        error,
        f: visit.frame(words.t1("act-heading", "name", &p.name), Nav::Groups).in_group(
            visit,
            id,
            Room::Inside,
        ),
        p,
    }))
}
