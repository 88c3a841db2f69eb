//! What whoever runs a keeper asks of it, over a Unix socket that is theirs alone: HTTP and JSON under `/api/v1`, as a
//! node's own API.
//!
//! ```text
//! GET    /status            totals
//! GET    /places            every place
//! POST   /places            {"quota": bytes}: makes one, and gives its link, once
//! POST   /places/{n}/quota  {"quota": bytes}
//! DELETE /places/{n}        deletes one, with all that is held
//! POST   /stop              ends the keeper
//! ```

use std::collections::BTreeMap;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use kith_protocol::time::Millis;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::KeeperError;
use super::network::Keeper;
use super::place::Place;
use crate::api::BASE;
use crate::api::extract::{Body, Path};
use crate::api::types::{Code, Problem};

const DAY: u64 = 24 * 3_600_000;
/// Of a place's id, so many hexadecimal digits are shown.
const SHORT: usize = 8;

/// A place, as its operator sees it: no name, no group, no member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Its number at this keeper.
    pub number: u32,
    /// The first digits of its id, by which a group and an operator can tell that they mean the same place.
    pub id: String,
    /// The day on which it was made, in UTC.
    pub since: String,
    /// Whether a group has claimed it.
    pub claimed: bool,
    /// Bytes held.
    pub used: u64,
    /// Bytes that may be held.
    pub quota: u64,
    /// The last day on which anything was exchanged, in UTC.
    pub last: Option<String>,
}

/// A place that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The place.
    pub place: Shown,
    /// The addresses that the link names: others must be able to reach one of them.
    pub addresses: Vec<String>,
    /// What its group claims it with, once. Whoever has it first has the place.
    pub link: String,
}

/// How many bytes may be held for a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Bytes; none: the usual.
    pub quota: Option<u64>,
}

/// Totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Places.
    pub places: u64,
    /// Those of them that a group has claimed.
    pub claimed: u64,
    /// Bytes held, of all places.
    pub used: u64,
    /// Bytes that may be held, of all places.
    pub quota: u64,
    /// Bytes that the database takes on the disk.
    pub disk: u64,
    /// The port, UDP and TCP.
    pub port: u16,
    /// Connections now.
    pub connections: u64,
    /// Nodes that have proved now that they belong to a place.
    pub proved: u64,
    /// Everything that was done and refused since the start, by name.
    pub counters: BTreeMap<String, u64>,
}

impl Shown {
    pub(super) fn of(place: &Place) -> Shown {
        let record = &place.record;
        Shown {
            number: place.number.0,
            id: record.id.to_string().chars().take(SHORT).collect(),
            since: date(record.since),
            claimed: place.holding.is_some(),
            used: place.used(),
            quota: record.quota,
            last: Some(place.usage.last).filter(|day| *day != 0).map(date),
        }
    }
}

/// A day counted from 1970, as people write it in tables.
fn date(day: u32) -> String {
    let moment = Millis(u64::from(day).saturating_mul(DAY)).to_string();
    moment.split('T').next().unwrap_or_default().to_owned()
}

impl From<KeeperError> for Problem {
    fn from(error: KeeperError) -> Problem {
        match error {
            KeeperError::NoPlace => Problem::new(
                Code::UnknownId,
                "This keeper has no such place.",
                "See \"kith keeper list\" for the numbers of those it has.",
            ),
            KeeperError::Full => Problem::new(
                Code::NotAllowed,
                "This keeper has as many places as it can hold.",
                "Drop one that is not used any more, or run a second keeper.",
            ),
            KeeperError::PortTaken(port) => Problem::new(
                Code::PortTaken,
                format!("Port {port} is in use by another program."),
                "Choose another one with --port, or stop that program.",
            ),
            KeeperError::Closed => Code::NotOpen.into(),
            KeeperError::Storage(why) => Problem {
                message: format!("The keeper could not read or write its database: {why}."),
                ..Code::StorageFailed.into()
            },
            KeeperError::Network(why) => {
                Problem { message: format!("The keeper's network failed: {why}."), ..Code::Internal.into() }
            }
            KeeperError::Ended | KeeperError::Enough => Code::Internal.into(),
        }
    }
}

/// What the routes work with.
#[derive(Clone)]
pub(super) struct Operator {
    pub keeper: Keeper,
    /// Bytes for a place of which nothing was said.
    pub usual: u64,
    pub closing: CancellationToken,
}

/// The routes.
pub(super) fn router(operator: Operator) -> Router {
    let routes = Router::new()
        .route("/status", get(status))
        .route("/places", get(list).post(enrol))
        .route("/places/{number}", axum::routing::delete(forget))
        .route("/places/{number}/quota", post(quota))
        .route("/stop", post(stop));
    Router::new()
        .nest(BASE, routes)
        .fallback(async || Problem::of(Code::UnknownRoute))
        .method_not_allowed_fallback(async || Problem::of(Code::UnknownRoute))
        .with_state(operator)
}

async fn status(State(operator): State<Operator>) -> Result<Json<Status>, Problem> {
    Ok(Json(operator.keeper.status().await?))
}

async fn list(State(operator): State<Operator>) -> Result<Json<Vec<Shown>>, Problem> {
    Ok(Json(operator.keeper.shown().await?))
}

async fn enrol(State(operator): State<Operator>, body: Body<Quota>) -> Result<Json<Enrolled>, Problem> {
    let quota = body.0.quota.unwrap_or(operator.usual);
    Ok(Json(operator.keeper.enrol(quota).await?))
}

async fn quota(
    State(operator): State<Operator>,
    Path(number): Path<u32>,
    body: Body<Quota>,
) -> Result<Json<Shown>, Problem> {
    let quota = body.0.quota.unwrap_or(operator.usual);
    Ok(Json(operator.keeper.set_quota(number, quota).await?))
}

async fn forget(State(operator): State<Operator>, Path(number): Path<u32>) -> Result<Json<()>, Problem> {
    operator.keeper.forget(number).await?;
    Ok(Json(()))
}

async fn stop(State(operator): State<Operator>) -> Json<()> {
    operator.closing.cancel();
    Json(())
}
