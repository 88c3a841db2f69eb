//! Welcoming newcomers.

use kith_protocol::id::MemberKey;

use super::talk::written;
use super::{Service, ServiceError};
use crate::api::types::{Code, Delivery, Newcomers, StepsLeft, TakeStep};
use crate::cell::{Cell, Engine};

impl Service {
    /// Who came lately and has not been greeted.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn newcomers(&self, group: &str) -> Result<Newcomers, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(Newcomers { newcomers: cell.engine.read(|engine| engine.newcomers_view()).await? })
    }

    /// Greets a newcomer in a post. The text has been through [`super::text::check`].
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::NotAllowed`] of who is no newcomer.
    pub async fn welcome(&self, group: &str, member: &str, text: String) -> Result<Delivery, ServiceError> {
        let (cell, member) = self.find_newcomer(group, member).await?;
        written(&cell, move |engine| engine.greet(member, Some(text))).await
    }

    /// Says that a newcomer was greeted in another way, so that not all do.
    ///
    /// # Errors
    /// As [`Service::welcome`].
    pub async fn welcomed(&self, group: &str, member: &str) -> Result<Delivery, ServiceError> {
        let (cell, member) = self.find_newcomer(group, member).await?;
        written(&cell, move |engine| engine.greet(member, None)).await
    }

    async fn find_newcomer(&self, group: &str, given: &str) -> Result<(Cell, MemberKey), ServiceError> {
        let (cell, member) = self.find_member(group, given).await?;
        if cell.engine.read(move |engine| Ok(member != engine.me() && engine.came_lately(&member))).await? {
            return Ok((cell, member));
        }
        Err(ServiceError::new(
            Code::NotAllowed,
            "This is nobody who came in the last 14 days.",
            "\"kith welcome list\" shows who has not been greeted. Kind words are always welcome: kith encourage.",
        ))
    }

    /// Says that I am not to be shown as new here.
    ///
    /// # Errors
    /// As [`Service::post`].
    pub async fn settle_in(&self, group: &str) -> Result<Delivery, ServiceError> {
        let cell = self.cell(group).await?;
        written(&cell, Engine::settle_in).await
    }

    /// Takes a first step that the node does not see by itself, or hides them.
    ///
    /// # Errors
    /// As [`Service::newcomers`].
    pub async fn take_step(&self, group: &str, take: TakeStep) -> Result<StepsLeft, ServiceError> {
        let cell = self.cell(group).await?;
        let act = move |engine: &mut Engine| {
            engine.took_step(|steps| {
                steps.hello |= take.listen;
                steps.hidden |= take.hide;
            })?;
            engine.first_steps()
        };
        Ok(StepsLeft { steps: cell.engine.write(act).await? })
    }
}
