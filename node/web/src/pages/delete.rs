//! Putting away for good what a person kept for themselves: a page that asks, since it is lost then.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Answers, CheckIn, Code, Goal, HelpLine, Milestone};
use kith_node::service::mine::Texts;
use serde::Deserialize;

use super::kept::{Away, beginning, delete_page};
use crate::form::Form;
use crate::frame::Nav;
use crate::oops::{Oops, see};
use crate::visit::Visit;
use crate::web::Web;

/// What can be put away.
#[derive(Clone, Copy)]
enum Kept {
    Journal,
    Goal,
    Milestone,
    Answers,
    Thanks,
    CheckIn,
    Line,
}

const ALL: [Kept; 7] =
    [Kept::Journal, Kept::Goal, Kept::Milestone, Kept::Answers, Kept::Thanks, Kept::CheckIn, Kept::Line];

pub fn routes() -> Router<Web> {
    ALL.into_iter().fold(Router::new(), |router, kept| {
        let asks = move |visit: Visit, Path(id): Path<String>| kept.asks(visit, id);
        let deletes = move |visit: Visit, Path(id): Path<String>, Form(Nothing {}): Form<Nothing>| {
            kept.delete(visit, id)
        };
        router.route(&format!("{}/{{id}}/delete", kept.place()), get(asks).post(deletes))
    })
}

#[derive(Deserialize)]
struct Nothing {}

impl Kept {
    /// Where those are that are kept.
    fn place(self) -> &'static str {
        match self {
            Kept::Journal => "/skills/journal",
            Kept::Goal => "/skills/goals",
            Kept::Milestone => "/skills/milestones",
            Kept::Answers => "/skills/answers",
            Kept::Thanks => "/skills/jar",
            Kept::CheckIn => "/check-in",
            Kept::Line => "/help-now/lines",
        }
    }

    /// The page that lists them.
    fn list(self) -> &'static str {
        match self {
            Kept::Answers => "/skills",
            other => other.place(),
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Kept::Journal => "delete-journal",
            Kept::Goal => "delete-goal",
            Kept::Milestone => "delete-milestone",
            Kept::Answers => "delete-answers",
            Kept::Thanks => "delete-thanks",
            Kept::CheckIn => "delete-check-in",
            Kept::Line => "delete-line",
        }
    }

    fn nav(self) -> Nav {
        match self {
            Kept::CheckIn => Nav::Today,
            Kept::Line => Nav::None,
            Kept::Journal | Kept::Goal | Kept::Milestone | Kept::Answers | Kept::Thanks => Nav::Skills,
        }
    }

    async fn asks(self, visit: Visit, id: String) -> Result<Response, Oops> {
        let what = match self.what(&visit, &id).await {
            Ok(what) => Some(what),
            // What was changed on the disk cannot be read, and can be put away all the same.
            Err(Oops::Problem(problem)) if problem.code == Code::HomeDamaged => None,
            Err(oops) => return Err(oops),
        };
        let heading = visit.words.t(self.heading());
        let at = format!("{}/{id}/delete", self.place());
        Ok(delete_page(&visit, Away { nav: self.nav(), heading, what, at, back: self.list().to_owned() }))
    }

    /// How it begins.
    async fn what(self, visit: &Visit, id: &str) -> Result<String, Oops> {
        let service = visit.service();
        let what = match self {
            Kept::Journal => service.text(Texts::Journal, id).await?.kept.text,
            Kept::Thanks => service.text(Texts::Thanks, id).await?.kept.text,
            Kept::Goal => service.mine_one::<Goal>(id).await?.kept.what,
            Kept::Milestone => service.mine_one::<Milestone>(id).await?.kept.what,
            Kept::Line => service.mine_one::<HelpLine>(id).await?.kept.name,
            Kept::Answers => {
                let answers = service.mine_one::<Answers>(id).await?.kept;
                let title = service.skill(&answers.skill).await.map(|skill| skill.title).unwrap_or_default();
                let when = visit.clock.moment(&visit.words, &answers.time);
                format!("{title} · {when}")
            }
            Kept::CheckIn => {
                let check_in = service.mine_one::<CheckIn>(id).await?.kept;
                visit.clock.moment(&visit.words, &check_in.time).said
            }
        };
        Ok(beginning(&what))
    }

    async fn delete(self, visit: Visit, id: String) -> Result<Response, Oops> {
        let service = visit.service();
        match self {
            Kept::Journal => service.delete_text(Texts::Journal, &id).await?,
            Kept::Thanks => service.delete_text(Texts::Thanks, &id).await?,
            Kept::Goal => service.mine_delete::<Goal>(&id).await?,
            Kept::Milestone => service.mine_delete::<Milestone>(&id).await?,
            Kept::Answers => service.mine_delete::<Answers>(&id).await?,
            Kept::CheckIn => service.mine_delete::<CheckIn>(&id).await?,
            Kept::Line => service.mine_delete::<HelpLine>(&id).await?,
        };
        // Nor does anything stay of a form that was about it.
        service.drop_draft(&format!("{}/{id}", self.place())).await?;
        Ok(see(format!("{}?done=done-kept-deleted", self.list())))
    }
}
