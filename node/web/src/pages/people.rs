//! People with whom something is between us, over all groups: who asks, buddies, whom I write to, whom I hide.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{GroupState, MemberState};
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::parts::person::Pebble;
use crate::parts::tie::{TieView, With, both};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/people", get(show))
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

/// Somebody, and how it stands.
struct Row {
    group: String,
    group_title: String,
    member: String,
    name: String,
    pebble: Pebble,
    tie: TieView,
}

/// Somebody whom I hide.
struct Hidden {
    group: String,
    group_title: String,
    member: String,
    name: String,
    blocked: bool,
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    f: Frame,
    /// Those who ask me, buddies, whom I write to, whom I asked: the id of the heading, and who.
    sections: Vec<(&'static str, Vec<Row>)>,
    hidden: Vec<Hidden>,
    groups: Vec<(String, String)>,
    back: &'static str,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let words = &visit.words;
    let [mut asking, mut buddies, mut talks, mut waiting] = [const { Vec::new() }; 4];
    let mut whole = PeoplePage {
        f: visit.frame(words.t("nav-people"), Nav::People).done(asked.done.as_deref()),
        sections: Vec::new(),
        hidden: Vec::new(),
        groups: Vec::new(),
        back: "people",
    };
    for group in visit.overview.groups.iter().filter(|group| group.state == GroupState::Joined) {
        let title = group.title.clone().unwrap_or_else(|| words.t("group-unknown"));
        for contact in visit.service().contacts(&group.group).await?.contacts {
            let with = With { group: &group.group, member: &contact.member, name: &contact.name };
            let (talk, buddy) = both(&visit, with, Some(&contact));
            for tie in [talk, buddy] {
                let list = match (tie.asks(), tie.agreed(), tie.asked(), tie.buddy()) {
                    (true, ..) => &mut asking,
                    (_, true, _, true) => &mut buddies,
                    (_, true, _, false) => &mut talks,
                    (_, _, true, _) => &mut waiting,
                    _ => continue,
                };
                list.push(Row {
                    group: group.group.clone(),
                    group_title: title.clone(),
                    pebble: Pebble::of(&contact.member, &contact.name),
                    member: contact.member.clone(),
                    name: contact.name.clone(),
                    tie,
                });
            }
        }
        let members = visit.service().member_list(&group.group).await?.members;
        let hidden = members.into_iter().filter(|one| {
            (one.muted || one.blocked) && matches!(one.state, MemberState::Member | MemberState::Waiting)
        });
        whole.hidden.extend(hidden.map(|one| Hidden {
            group: group.group.clone(),
            group_title: title.clone(),
            member: one.member,
            name: one.name,
            blocked: one.blocked,
        }));
        whole.groups.push((group.group.clone(), title));
    }
    let sections = [
        ("people-asking", asking),
        ("people-buddies", buddies),
        ("people-talks", talks),
        ("people-asked", waiting),
    ];
    whole.sections.extend(sections.into_iter().filter(|(_, all)| !all.is_empty()));
    Ok(page(&whole))
}
