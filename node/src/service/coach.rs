//! What to think of beside an answer. The lists come with the program; of what a person writes nothing is looked at.

use super::{Service, ServiceError};
use crate::api::types::{Coach, Code, Intent, Worried};
use crate::mine;

impl Service {
    /// What to think of beside an answer to a post, by what whoever began the thread wishes for.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn coach(&self, post: &str) -> Result<Coach, ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        let intent = cell.engine.read(move |engine| engine.wished_for(&post)).await?;
        list(intent).ok_or_else(|| Code::Internal.into())
    }

    /// What one can do who is worried about somebody.
    ///
    /// # Errors
    /// None today.
    #[allow(clippy::unused_async, reason = "as every method of the service")]
    pub async fn worried(&self) -> Result<Worried, ServiceError> {
        self.node()?;
        Ok(worried())
    }
}

/// The list for what was wished for: needs no node.
pub fn list(intent: Intent) -> Option<Coach> {
    let all = mine::coaching()?;
    let list = all.lists.into_iter().find(|list| list.intent == intent)?;
    Some(Coach {
        evidence: all.evidence,
        licence: all.licence,
        source: all.source,
        language: all.language,
        intent: list.intent,
        about: list.about,
        reflect: list.reflect,
        ask: list.ask,
        offer: list.offer,
    })
}

/// What one can do who is worried about somebody: needs no node.
pub fn worried() -> Worried {
    let worried = mine::coaching().map(|all| all.worried).unwrap_or_default();
    Worried { about: worried.about, steps: worried.steps }
}
