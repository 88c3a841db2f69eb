//! One request of somebody who was let in: who they are to the app, in which language, and what stands around the page.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kith_node::api::types::{Brief, Overview, Role};
use kith_node::service::Service;

use crate::face::Face;
use crate::frame::{Frame, Nav};
use crate::oops::Oops;
use crate::sessions::Session;
use crate::web::Web;
use crate::when::Clock;
use crate::words::Words;

/// A request of somebody who was let in.
#[derive(Clone)]
pub struct Visit {
    /// The app.
    pub web: Web,
    /// Their session.
    pub session: Session,
    /// The words of the page.
    pub words: Words,
    /// What the person chose of how it looks.
    pub face: Arc<Face>,
    /// The device's clock.
    pub clock: Clock,
    /// The groups in short; none while the node is not open.
    pub overview: Arc<Overview>,
    /// Whether it locks by itself: without a passphrase there is nothing to lock with.
    pub locks: bool,
    /// Whether a script of the page asks, and not somebody who goes there.
    pub by_script: bool,
    /// As of what it is answered: see [`Lately`](crate::lately::Lately).
    pub mark: u64,
}

impl Visit {
    /// What people can do with the node.
    pub fn service(&self) -> &Service {
        &self.web.service
    }

    /// What stands around a page called `heading`, whose place in the app is `nav`.
    pub fn frame(&self, heading: impl Into<String>, nav: Nav) -> Frame {
        Frame::new(self, heading.into(), nav)
    }

    /// A group in short, by its id.
    ///
    /// # Errors
    /// A page that is not there.
    pub fn group(&self, id: &str) -> Result<&Brief, Oops> {
        self.overview.groups.iter().find(|group| group.group == id).ok_or_else(Oops::missing)
    }

    /// Whether I look after a group: as its facilitator or helper.
    pub fn looks_after(&self, id: &str) -> bool {
        let role = self.overview.groups.iter().find(|group| group.group == id).and_then(|group| group.role);
        matches!(role, Some(Role::Facilitator | Role::Helper))
    }
}

impl FromRequestParts<Web> for Visit {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Visit, Oops> {
        parts.extensions.get::<Visit>().cloned().ok_or_else(Oops::missing)
    }
}
