//! What stands in forms that were not sent yet, so that a reload, a lock or a crash loses nothing. It is kept as all that
//! a person keeps for themselves: sealed, on this device alone.

use super::{Service, ServiceError};
use crate::api::types::{Mine, MineList, Unsent};
use crate::mine::Kind;

impl Service {
    /// What was kept of a form.
    ///
    /// # Errors
    /// [`Code::HomeDamaged`](crate::api::types::Code::HomeDamaged).
    pub async fn draft(&self, place: &str) -> Result<Option<Unsent>, ServiceError> {
        Ok(self.draft_at(place).await?.map(|draft| draft.kept))
    }

    /// Keeps what stands in a form, in place of what was kept of it before.
    ///
    /// # Errors
    /// As [`Service::keep_text`].
    pub async fn keep_draft(&self, place: &str, text: String) -> Result<(), ServiceError> {
        let time = self.node()?.clock.now().to_string();
        let kept = Unsent { place: place.to_owned(), time, text };
        match self.draft_at(place).await? {
            Some(Mine { id, .. }) => self.replace(Kind::Unsent, Mine { id, kept }).await.map(drop),
            None => self.keep(Kind::Unsent, kept).await.map(drop),
        }
    }

    /// Deletes what was kept of a form, if anything was.
    ///
    /// # Errors
    /// As [`Service::draft`].
    pub async fn drop_draft(&self, place: &str) -> Result<(), ServiceError> {
        match self.draft_at(place).await? {
            Some(draft) => self.delete(Kind::Unsent, &draft.id).await.map(drop),
            None => Ok(()),
        }
    }

    async fn draft_at(&self, place: &str) -> Result<Option<Mine<Unsent>>, ServiceError> {
        self.node()?;
        let all: MineList<Unsent> = self.all(Kind::Unsent).await?;
        Ok(all.items.into_iter().find(|draft| draft.kept.place == place))
    }
}
