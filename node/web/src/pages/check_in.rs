//! Checking in: how somebody is, for themselves, or told to a buddy or a group by choice. Nothing is charted, and nobody
//! minds when it is left out.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{Audience, CheckIn, Code, GroupState, Mine, Need, Problem, TieState};
use serde::{Deserialize, Serialize};

use super::kept;
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;
use crate::words::Words;

/// Where it is.
const AT: &str = "/check-in";

pub fn routes() -> Router<Web> {
    Router::new().route("/check-in", get(show).post(save)).route("/check-in/draft", post(keep))
}

/// The words for 1 to 5.
const MOODS: [&str; 5] = ["mood-1", "mood-2", "mood-3", "mood-4", "mood-5"];
const ENERGIES: [&str; 5] = ["energy-1", "energy-2", "energy-3", "energy-4", "energy-5"];
const NEEDS: [(Need, &str, &str); 6] = [
    (Need::JustListen, "just_listen", "need-just-listen"),
    (Need::AdviceWelcome, "advice_welcome", "need-advice-welcome"),
    (Need::Distraction, "distraction", "need-distraction"),
    (Need::Company, "company", "need-company"),
    (Need::PracticalHelp, "practical_help", "need-practical-help"),
    (Need::None, "none", "need-none"),
];

/// What was filled in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Filled {
    #[serde(default)]
    mood: u8,
    #[serde(default)]
    energy: u8,
    #[serde(default)]
    need: String,
    #[serde(default)]
    note: String,
    /// `me`, `buddy/<group>/<member>` or `group/<group>`.
    #[serde(default)]
    to: String,
}

/// A radio: its value, its words, and whether it is chosen.
type Radio = (String, String, bool);

#[derive(Template)]
#[template(path = "check_in.html")]
struct CheckInPage {
    f: Frame,
    moods: Vec<Radio>,
    energies: Vec<Radio>,
    needs: Vec<Radio>,
    tos: Vec<Radio>,
    note: String,
    draft_said: String,
    earlier: Vec<Earlier>,
    older: Option<String>,
    damaged: Vec<String>,
    error: Option<Said>,
}

struct Earlier {
    id: String,
    when: When,
    /// What was said, each with what it is about.
    said: Vec<(String, String)>,
    note: Vec<Vec<String>>,
    audience: String,
}

#[derive(Default, Deserialize)]
struct Asked {
    before: Option<String>,
    done: Option<String>,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let (filled, said) = kept::draft::<Filled>(&visit, AT).await?.unwrap_or_default();
    form(&visit, filled, said, None, asked).await
}

async fn save(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let need =
        NEEDS.iter().find(|(_, value, _)| *value == filled.need).map_or(Need::None, |(need, ..)| *need);
    let note = lines(&filled.note).trim().to_owned();
    let wish = CheckIn { mood: filled.mood, energy: filled.energy, need, note, ..CheckIn::default() };
    let to: Vec<&str> = filled.to.split('/').collect();
    let service = visit.service();
    let (saved, done) = match to.as_slice() {
        ["group", group] => (service.share_check_in(group, wish).await.map(drop), "done-sent"),
        ["buddy", group, member] => {
            (service.tell_buddy(group, member, wish).await.map(drop), "done-kept-told")
        }
        _ => (service.check_in(wish).await.map(drop), "done-kept-here"),
    };
    match saved {
        Ok(()) => {
            service.drop_draft(AT).await?;
            Ok(see(format!("{AT}?done={done}")))
        }
        Err(problem) => {
            let said = said(&visit.words, &problem, to.len() > 1);
            form(&visit, filled, String::new(), Some(said), Asked::default()).await
        }
    }
}

async fn keep(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    kept::keep_draft(&visit, AT, &filled, AT).await
}

/// What was not granted: others are told of both mood and strength, and oneself of anything.
fn said(words: &Words, problem: &Problem, told: bool) -> Said {
    let (message, hint) = match (problem.code, told) {
        (Code::BadRequest, true) => ("check-in-both", "check-in-both-hint"),
        (Code::BadRequest, false) => ("check-in-nothing", "check-in-nothing-hint"),
        _ => return Said::of(words, problem),
    };
    Said { message: words.t(message), hint: words.t(hint) }
}

/// Who could be told: everybody who is my buddy, and every group I am in.
async fn tos(visit: &Visit, chosen: &str) -> Result<Vec<Radio>, Oops> {
    let words = &visit.words;
    let mut all = vec![("me".to_owned(), words.t("to-me"))];
    let groups = visit.overview.groups.iter().filter(|group| group.state == GroupState::Joined);
    let mut told = Vec::new();
    for group in groups {
        let title = group.title.clone().unwrap_or_else(|| words.t("group-unknown"));
        let contacts = visit.service().contacts(&group.group).await?.contacts;
        let buddies = contacts.into_iter().filter(|contact| contact.buddy.state == TieState::Agreed);
        all.extend(buddies.map(|buddy| {
            let value = format!("buddy/{}/{}", group.group, buddy.member);
            (value, words.t2("to-buddy", "name", buddy.name, "group", &title))
        }));
        told.push((format!("group/{}", group.group), words.t1("to-group", "group", &title)));
    }
    all.extend(told);
    let known = all.iter().any(|(value, _)| value == chosen);
    let chosen = if known { chosen } else { "me" };
    Ok(all.into_iter().map(|(value, said)| (value.clone(), said, value == chosen)).collect())
}

async fn form(
    visit: &Visit,
    filled: Filled,
    draft_said: String,
    error: Option<Said>,
    asked: Asked,
) -> Result<Response, Oops> {
    let words = &visit.words;
    let list = visit.service().mine::<CheckIn>().await?;
    let (part, older) = kept::part(list.items, asked.before.as_deref());
    let five = |ids: [&str; 5], chosen: u8| -> Vec<Radio> {
        let radio = |(number, id): (u8, &str)| (number.to_string(), words.t(id), number == chosen);
        (1_u8..).zip(ids).map(radio).collect()
    };
    let need =
        |(_, value, id): &(Need, &str, &str)| ((*value).to_owned(), words.t(id), *value == filled.need);
    Ok(page(&CheckInPage {
        f: visit.frame(words.t("check-in"), Nav::Today).done(asked.done.as_deref()),
        moods: five(MOODS, filled.mood),
        energies: five(ENERGIES, filled.energy),
        needs: NEEDS.iter().map(need).collect(),
        tos: tos(visit, &filled.to).await?,
        note: filled.note,
        draft_said,
        earlier: part.into_iter().map(|one| earlier(visit, one)).collect(),
        older,
        damaged: list.damaged,
        error,
    }))
}

fn earlier(visit: &Visit, one: Mine<CheckIn>) -> Earlier {
    let words = &visit.words;
    let audience = match one.kept.audience {
        Audience::Buddy => "told-buddy",
        Audience::Group => "told-group",
        _ => "told-nobody",
    };
    Earlier {
        id: one.id,
        when: visit.clock.moment(words, &one.kept.time),
        said: how(words, &one.kept),
        note: paragraphs(&one.kept.note),
        audience: words.t(audience),
    }
}

/// How somebody is, in words: each with what it is about.
pub fn how(words: &Words, one: &CheckIn) -> Vec<(String, String)> {
    let five = |ids: [&'static str; 5], number: u8| ids.get(usize::from(number).checked_sub(1)?).copied();
    let need = NEEDS.iter().find(|(need, ..)| *need == one.need && *need != Need::None);
    let said = [
        ("check-in-mood", five(MOODS, one.mood)),
        ("check-in-energy", five(ENERGIES, one.energy)),
        ("check-in-need", need.map(|(_, _, id)| *id)),
    ];
    said.into_iter().filter_map(|(what, id)| Some((words.t(what), words.t(id?)))).collect()
}
