//! A group: what was written, newest first, and beside it who is there, what is next, and what was agreed.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{
    Circle, CircleState, Code, DeliveryState, Group, GroupState, Newcomer, Problem, Task,
};
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::pages::circles;
use crate::parts::person::{Pebble, People};
use crate::parts::post::PostView;
use crate::visit::Visit;
use crate::web::Web;

mod hello;

/// Posts on one page.
const PAGE: usize = 20;
/// Agreements beside the posts; the rest is a page away.
const AGREEMENTS: usize = 3;
/// Newcomers named at once: the others come once these are greeted.
const NEWCOMERS: usize = 3;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}", get(show)).merge(hello::routes())
}

#[derive(Template)]
#[template(path = "group.html")]
struct GroupPage {
    f: Frame,
    id: String,
    purpose: Option<String>,
    /// How I stand in it, where I do not simply take part.
    standing: Option<&'static str>,
    notice: Option<Said>,
    /// Where the notice is answered.
    notice_at: Option<&'static str>,
    /// Whether I can write.
    writes: bool,
    /// Whether somebody waits to be heard.
    someone_waits: bool,
    newcomers: Vec<(String, String, String)>,
    greeting: Option<String>,
    posts: Vec<PostView>,
    /// Up to which post I had read when I last left.
    read_up_to: Option<String>,
    older: Option<String>,
    /// Whether these are not the newest.
    is_older: bool,
    hidden: bool,
    catching_up: bool,
    on_duty: Option<OnDuty>,
    quiet: Option<String>,
    circle: Option<NextCircle>,
    agreements: Vec<String>,
}

/// Who looks after the group now.
struct OnDuty {
    heading: String,
    name: String,
    pebble: Pebble,
    role: String,
}

/// The circle that is next.
struct NextCircle {
    when: String,
    about: String,
    href: String,
}

#[derive(Deserialize)]
struct Asked {
    before: Option<String>,
    show: Option<String>,
    done: Option<String>,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let words = &visit.words;
    let brief = visit.group(&id)?;
    if matches!(brief.state, GroupState::Waiting | GroupState::Refused) {
        return Ok(see(format!("/join/{id}")));
    }
    let title = brief.title.clone().unwrap_or_else(|| words.t("group-unknown"));
    let state = brief.state;
    let frame = visit.frame(title, Nav::Groups).in_group(&visit, &id, Room::Posts);
    let frame = frame.told(format!("group={id}")).done(asked.done.as_deref());
    let group = visit.service().group_show(&id).await?;
    let notice = group.notice.clone();
    let standing = match state {
        GroupState::Left => Some("group-left"),
        GroupState::Removed => Some("group-removed"),
        GroupState::Joined | GroupState::Waiting | GroupState::Refused => None,
    };
    let mut shown = GroupPage {
        purpose: group.purpose.clone().filter(|purpose| !purpose.is_empty()),
        standing,
        notice_at: notice.as_ref().and_then(|notice| match notice.code {
            Code::CharterChanged => Some("about"),
            Code::NoFacilitator | Code::OutOfDate => Some("members"),
            _ => None,
        }),
        notice: notice.map(|notice| Said::of(words, &Problem::new(notice.code, notice.message, notice.hint))),
        writes: state == GroupState::Joined,
        someone_waits: false,
        newcomers: Vec::new(),
        greeting: None,
        posts: Vec::new(),
        read_up_to: None,
        older: None,
        is_older: asked.before.is_some(),
        hidden: false,
        catching_up: false,
        on_duty: None,
        quiet: quiet(&visit, &group),
        circle: None,
        agreements: Vec::new(),
        f: frame,
        id,
    };
    shown.fill(&visit, &asked).await?;
    Ok(page(&shown))
}

impl GroupPage {
    /// What is read of a group.
    async fn fill(&mut self, visit: &Visit, asked: &Asked) -> Result<(), Oops> {
        let (service, id) = (visit.service(), &self.id);
        let show = asked.show.as_deref() == Some("hidden");
        let posts = service.posts(id, PAGE, asked.before.as_deref(), show).await?;
        let looked = match (&asked.before, posts.posts.first()) {
            (None, Some(newest)) => service.looks_at(id, &newest.post).await,
            _ => service.read_up_to(id).await,
        };
        // What cannot be kept of where somebody left off is no reason not to read.
        self.read_up_to = looked.unwrap_or_default();
        let people = People::of(visit, id).await?;
        let view = |post| PostView::of(visit, post).among(visit, &people);
        self.posts = posts.posts.into_iter().map(view).collect();
        (self.older, self.hidden) = (posts.next, posts.hidden);
        self.catching_up = posts.catching_up.is_some();
        self.agreements = service.charter_beside(id).await?.charter.agreements;
        self.agreements.truncate(AGREEMENTS);
        if !self.writes {
            return Ok(());
        }
        self.someone_waits = service.someone_waits(id).await?;
        let slots = service.rota(id).await?.slots;
        let there = |task: Task| slots.iter().find(|slot| slot.now && slot.task == task);
        self.on_duty = there(Task::OnDuty).map(|slot| OnDuty {
            heading: visit.words.t1("on-duty-until", "when", visit.clock.moment(&visit.words, &slot.until)),
            name: slot.name.clone(),
            pebble: Pebble::of(&slot.member, &slot.name),
            role: people.role(&slot.member).map(|role| visit.words.t(role)).unwrap_or_default(),
        });
        if asked.before.is_none() {
            let newcomers = service.newcomers(id).await?.newcomers;
            self.newcomers = newcomers.iter().take(NEWCOMERS).map(|one| came(visit, one)).collect();
            self.greeting =
                there(Task::Greeter).map(|slot| visit.words.t1("is-greeting", "name", &slot.name));
        }
        let circles = service.circles(id).await?.circles;
        let next = circles.into_iter().find(|circle| circle.state != CircleState::Past);
        self.circle = next.map(|circle| next_circle(visit, &circle));
        Ok(())
    }
}

/// Somebody who came: who, that they did, and what to say to them.
fn came(visit: &Visit, one: &Newcomer) -> (String, String, String) {
    let words = &visit.words;
    let day = visit.clock.moment(words, &one.came);
    (
        one.member.clone(),
        words.t2("joined", "name", &one.name, "when", day),
        words.t1("say-hello-to", "name", &one.name),
    )
}

/// That nobody is on duty, and until when.
fn quiet(visit: &Visit, group: &Group) -> Option<String> {
    let words = &visit.words;
    let quiet = group.quiet.as_ref()?;
    Some(match &quiet.until {
        Some(until) => words.t1("quiet-until", "when", visit.clock.moment(words, until)),
        None => words.t("quiet-hours-said"),
    })
}

fn next_circle(visit: &Visit, circle: &Circle) -> NextCircle {
    let words = &visit.words;
    NextCircle {
        when: match circle.state {
            CircleState::Open => words.t("circle-open-now"),
            _ => visit.clock.moment(words, &circle.start).said,
        },
        about: circles::beside(words, circle),
        href: format!("/groups/{}/circles/{}", circle.group, circle.circle),
    }
}
