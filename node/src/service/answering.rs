//! Answering: what fits, what was said to an author alone, and what a reader puts out of their sight.

use super::{Service, ServiceError};
use crate::api::types::{Answering, Post};

impl Service {
    /// How I stand to a post: what answers of mine may be, what I said to its author, and whether I hide it.
    ///
    /// # Errors
    /// [`Code::UnknownId`](crate::api::types::Code::UnknownId),
    /// [`Code::AmbiguousId`](crate::api::types::Code::AmbiguousId).
    pub async fn answering(&self, post: &str) -> Result<Answering, ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        Ok(cell.engine.read(move |engine| engine.answering(&post)).await?)
    }

    /// The newest answers to what I wrote, in all groups: at most `most`.
    ///
    /// # Errors
    /// [`Code::NotOpen`](crate::api::types::Code::NotOpen).
    pub async fn answers_to_me(&self, most: usize) -> Result<Vec<Post>, ServiceError> {
        let mut answers = Vec::new();
        for cell in self.cells()?.values() {
            answers.extend(cell.engine.read(move |engine| engine.answers_to_me(most)).await?);
        }
        answers.sort_by(|a, b| b.time.cmp(&a.time));
        answers.truncate(most);
        Ok(answers)
    }

    /// Lets be that a member asks whether their ideas about a post of mine are welcome. Nobody is told.
    ///
    /// # Errors
    /// As [`Service::consent`].
    pub async fn not_now(&self, post: &str, member: &str) -> Result<(), ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        let (_, member) = self.find_member(&cell.id.to_string(), member).await?;
        Ok(cell.engine.write(move |engine| engine.not_now(&post, member)).await?)
    }

    /// Hides a post that somebody else wrote from me alone, as if I had chosen so for what it mentions; or shows it again.
    ///
    /// # Errors
    /// [`Code::UnknownId`](crate::api::types::Code::UnknownId),
    /// [`Code::AmbiguousId`](crate::api::types::Code::AmbiguousId);
    /// [`Code::NotAllowed`](crate::api::types::Code::NotAllowed) for what is mine or not shown.
    pub async fn put_out_of_sight(&self, post: &str, hidden: bool) -> Result<(), ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        Ok(cell.engine.write(move |engine| engine.put_out_of_sight(&post, hidden)).await?)
    }
}
