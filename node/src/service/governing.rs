//! The charter, proposals, and the record of what facilitators did.

use super::resolve::{self, Thing};
use super::{Service, ServiceError, text};
use crate::api::types::{
    ActState, Amended, Code, EditCharter, GroupCharter, History, ProposalList, Record, Signed,
};

impl Service {
    /// A group's charter.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::StillWaiting`] before it has come.
    pub async fn charter(&self, group: &str) -> Result<GroupCharter, ServiceError> {
        let cell = self.cell(group).await?;
        let (charter, steps) =
            cell.engine.read(|engine| Ok((engine.charter_view()?, engine.first_steps()?))).await?;
        if steps.is_some_and(|steps| !steps.charter) {
            cell.engine.write(|engine| engine.took_step(|steps| steps.charter = true)).await?;
        }
        Ok(charter)
    }

    /// A group's charter, for pages that show a line of it beside something else: nobody looked at it by that.
    ///
    /// # Errors
    /// As [`Service::charter`].
    pub async fn charter_beside(&self, group: &str) -> Result<GroupCharter, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(cell.engine.read(|engine| engine.charter_view()).await?)
    }

    /// Changes the charter, or signs that another facilitator does.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`]; [`Code::BadWords`] without a reason, or for
    /// what a charter cannot be; [`Code::BadRequest`] if nothing would change.
    pub async fn charter_edit(&self, group: &str, edit: EditCharter) -> Result<Amended, ServiceError> {
        let reason = text::reason(&edit.reason)?;
        let cell = self.cell(group).await?;
        let old = cell.engine.read(|engine| engine.charter_view()).await?.charter;
        let closed = old.history == History::None;
        if closed && edit.changes.history == Some(History::All) {
            return Err(ServiceError::new(
                Code::NotAllowed,
                "Newcomers of this group do not read what was written before they came, and that stays so.",
                "People wrote trusting in it. Leave \"history\" out, and change the rest.",
            ));
        }
        text::charter(&edit.changes.clone().over(old))?;
        let changes = edit.changes;
        let amended = cell.engine.write(move |engine| engine.amend(changes, reason)).await?;
        let Some((done, asks_members)) = amended else {
            return Err(ServiceError::new(
                Code::BadRequest,
                "This is the charter as it is, so there is nothing to change.",
                "\"kith group charter show --toml\" prints it in a form to be edited.",
            ));
        };
        Ok(Amended { group: cell.id.to_string(), state: state(done), asks_members })
    }

    /// Accepts the charter as it is. Accepting it again changes nothing.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotMember`].
    pub async fn charter_accept(&self, group: &str) -> Result<GroupCharter, ServiceError> {
        let cell = self.cell(group).await?;
        let accept = |engine: &mut crate::cell::Engine| {
            engine.accept()?;
            engine.charter_view()
        };
        Ok(cell.engine.write(accept).await?)
    }

    /// What waits for more facilitators to say the same.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn proposal_list(&self, group: &str) -> Result<ProposalList, ServiceError> {
        let cell = self.cell(group).await?;
        let proposals = cell.engine.read(|engine| engine.proposals_view()).await?;
        Ok(ProposalList { proposals })
    }

    /// Says the same as a proposal.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`].
    pub async fn proposal_sign(&self, group: &str, proposal: &str) -> Result<Signed, ServiceError> {
        let cell = self.cell(group).await?;
        let open = cell.engine.read(|engine| Ok(engine.proposed())).await?;
        let candidates = open.into_iter().map(|entry| (entry.to_string(), None, entry));
        let entry = resolve::one(Thing::Proposal, proposal, candidates)?;
        let done = cell.engine.write(move |engine| engine.sign(&entry)).await?;
        Ok(Signed { proposal: entry.to_string(), state: state(done) })
    }

    /// Everything that facilitators, helpers and voters did that counts.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn record(&self, group: &str) -> Result<Record, ServiceError> {
        let cell = self.cell(group).await?;
        let acts = cell.engine.read(|engine| engine.record()).await?;
        Ok(Record { acts })
    }
}

fn state(done: bool) -> ActState {
    if done { ActState::Done } else { ActState::Awaiting }
}
