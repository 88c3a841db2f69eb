//! Who is there for the group, and when.

use kith_protocol::body;
use kith_protocol::limits;

use super::{Service, ServiceError};
use crate::api::types::{Code, GroupHealth, LetterSent, Rota, TakeDuty, Task};
use crate::cell::Engine;

impl Service {
    /// Who is there now or will be.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn rota(&self, group: &str) -> Result<Rota, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(cell.engine.read(|engine| engine.rota()).await?)
    }

    /// Says that I will be there.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`]; [`Code::BadRequest`] for more than 14 days.
    pub async fn rota_take(&self, group: &str, take: TakeDuty) -> Result<Rota, ServiceError> {
        if take.lasts.saturating_mul(1000) > limits::DUTY {
            return Err(ServiceError::new(
                Code::BadRequest,
                "Nobody can be on duty for so long.",
                "Say at most 14 days; shorter is kinder to yourself.",
            ));
        }
        let cell = self.cell(group).await?;
        let task = match take.task {
            Task::OnDuty => body::Task::OnDuty,
            Task::Greeter => body::Task::Greeter,
        };
        let act = move |engine: &mut Engine| {
            let from = engine.time().plus(take.begins_in.saturating_mul(1000));
            engine.take_duty(task, from, from.plus(take.lasts.saturating_mul(1000)))?;
            engine.rota()
        };
        Ok(cell.engine.write(act).await?)
    }

    /// How a group did lately, for who looks after it.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] for who does not.
    pub async fn health(&self, group: &str) -> Result<GroupHealth, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(cell.engine.read(|engine| engine.health()).await?)
    }

    /// Tells the other facilitators alone what they should know. The text has been through [`super::text::check`].
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NobodyToAsk`] if there is no other facilitator.
    pub async fn hand_over(&self, group: &str, text: String) -> Result<LetterSent, ServiceError> {
        let cell = self.cell(group).await?;
        super::letters::letter(&cell, move |engine| engine.hand_over(text)).await
    }
}
