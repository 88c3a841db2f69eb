//! Content notes: what a reader wishes to see of texts that mention something, and what is proposed for others' texts.

use kith_protocol::limits;

use super::talk::written;
use super::{Service, ServiceError, mine, text};
use crate::api::types::{Choice, Delivery, Mention, NoteChoice, NoteChoices, Post, ProposeNotes};
use crate::cell::Choices;
use crate::mine::{Kind, MineHandle};
use crate::vault::VaultHandle;

impl Service {
    /// What I wish to see of texts that mention something, for each thing.
    ///
    /// # Errors
    /// [`crate::api::types::Code::HomeDamaged`].
    pub async fn note_choices(&self) -> Result<NoteChoices, ServiceError> {
        Ok(whole(&map(&self.single::<NoteChoices>(Kind::Notes).await?)))
    }

    /// Keeps what I wish to see, in place of what I chose for the same things before. It holds at once, everywhere.
    ///
    /// # Errors
    /// As [`Service::keep_text`].
    pub async fn choose_notes(&self, change: NoteChoices) -> Result<NoteChoices, ServiceError> {
        let node = self.node()?;
        let mut choices = map(&self.single::<NoteChoices>(Kind::Notes).await?);
        choices.extend(map(&change));
        self.set_single(Kind::Notes, whole(&choices)).await?;
        node.choices.send_replace(choices.clone());
        for cell in self.cells()?.values() {
            let chose = |engine: &mut crate::cell::Engine| {
                engine.chose();
                Ok(())
            };
            if let Err(error) = cell.engine.write(chose).await {
                tracing::debug!(%error, "a group was not told what its reader chose");
            }
        }
        Ok(whole(&choices))
    }

    /// Proposes to say something before what another wrote; of somebody in charge who gives a reason, it stands there.
    ///
    /// # Errors
    /// As [`Service::post`]; [`crate::api::types::Code::NotAllowed`] for what is mine or not shown;
    /// [`crate::api::types::Code::BadRequest`] for what is no note.
    pub async fn propose_notes(&self, post: &str, wish: ProposeNotes) -> Result<Delivery, ServiceError> {
        self.node()?;
        text::words("reason", &wish.reason, limits::REASON)?;
        let mentions = super::hearing::notes(Some(&wish.mentions), None)?.unwrap_or_default().mentions;
        let reason = wish.reason.trim().to_owned();
        let (cell, post) = self.find_post(post).await?;
        written(&cell, move |engine| engine.propose_notes(&post, mentions, reason)).await
    }

    /// Puts what others proposed before a text of mine.
    ///
    /// # Errors
    /// As [`Service::edit`].
    pub async fn accept_notes(&self, post: &str) -> Result<Delivery, ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        written(&cell, move |engine| engine.accept_notes(&post)).await
    }

    /// Lets be what others proposed for a text of mine. Nobody is told.
    ///
    /// # Errors
    /// As [`Service::edit`].
    pub async fn decline_notes(&self, post: &str) -> Result<Post, ServiceError> {
        let (cell, post) = self.find_post(post).await?;
        let decline = move |engine: &mut crate::cell::Engine| engine.decline_notes(&post);
        cell.engine.write(decline).await?;
        let shown = cell.engine.read(move |engine| engine.post_by_id(&post.short())).await?;
        shown.ok_or_else(|| super::resolve::Thing::Post.unknown(&post.to_string()))
    }
}

/// What was chosen, when a node starts; nothing if it cannot be read, which every wish about it then says.
pub(crate) async fn chosen(vault: &VaultHandle, mine: &MineHandle) -> Choices {
    if !vault.read(|vault| vault.mine.is_some()).unwrap_or_default() {
        return Choices::new();
    }
    match mine.ask(|shelf| Ok(shelf.of(Kind::Notes))).await {
        Ok(read) => {
            read.last().and_then(mine::decode::<NoteChoices>).map(|kept| map(&kept)).unwrap_or_default()
        }
        Err(error) => {
            tracing::warn!(%error, "what the person chose for content notes cannot be read");
            Choices::new()
        }
    }
}

fn map(choices: &NoteChoices) -> Choices {
    choices.choices.iter().map(|one| (one.note, one.choice)).collect()
}

fn whole(choices: &Choices) -> NoteChoices {
    let of = |note: Mention| NoteChoice { note, choice: choices.get(&note).copied().unwrap_or(Choice::Fold) };
    NoteChoices { choices: Mention::ALL.into_iter().map(of).collect() }
}
