//! Groups: opening, showing, leaving, forgetting them.

use kith_protocol::limits;

use super::{Service, ServiceError, text};
use crate::api::types::{self, Code, CreateGroup, Created, Forgotten, Group, GroupList, Leave, Left};
use crate::cell::CellError;

impl Service {
    /// Opens a group with me as its first facilitator.
    ///
    /// # Errors
    /// [`Code::BadWords`] for title, purpose, name or size out of bounds; [`Code::DiskFull`].
    pub async fn group_create(&self, group: CreateGroup) -> Result<Created, ServiceError> {
        text::title(&group.title)?;
        text::charter(&group.charter())?;
        text::name(&group.name)?;
        let (title, history, shared_power) = (group.title.clone(), group.history, group.shared_power);
        let cell = self.node()?.supervisor.create(group).await?;
        Ok(Created { group: cell.id.to_string(), title, history, shared_power })
    }

    /// All groups of this node, those left or waited for included.
    ///
    /// # Errors
    /// [`Code::NotOpen`].
    pub async fn group_list(&self) -> Result<GroupList, ServiceError> {
        let mut groups = Vec::new();
        for cell in self.cells()?.values() {
            groups.push(cell.engine.read(|engine| Ok(engine.summary())).await?);
        }
        groups.sort_by(|a, b| (&a.title, &a.group).cmp(&(&b.title, &b.group)));
        Ok(GroupList { groups })
    }

    /// One group.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn group_show(&self, group: &str) -> Result<Group, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(cell.engine.read(|engine| Ok(engine.show())).await?)
    }

    /// Leaves a group: publishes a goodbye, and keeps what was received. Leaving again changes nothing.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::StillWaiting`] before one is in; [`Code::BadWords`].
    pub async fn group_leave(&self, group: &str, leave: Leave) -> Result<Left, ServiceError> {
        text::words("goodbye", leave.goodbye.as_deref().unwrap_or_default(), limits::REASON)?;
        let cell = self.cell(group).await?;
        let somebody = cell.with_somebody();
        let leaving = move |engine: &mut crate::cell::Engine| match engine.group_state() {
            types::GroupState::Left => Ok(None),
            types::GroupState::Removed => Err(CellError::NotMember),
            types::GroupState::Joined => engine.leave(leave.goodbye).map(Some),
            types::GroupState::Waiting | types::GroupState::Refused => Err(CellError::StillWaiting),
        };
        let left = cell.engine.write(leaving).await?;
        let delivery = match left {
            Some(entry) => Some(cell.engine.read(move |engine| engine.delivery(&entry, somebody)).await?),
            None => None,
        };
        let (state, nodes) =
            delivery.map_or((types::DeliveryState::Saved, 0), |delivery| (delivery.state, delivery.nodes));
        Ok(Left { group: cell.id.to_string(), state, nodes })
    }

    /// Keeps what is written for so many days at most, here, whatever the charter says.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn group_keep(&self, group: &str, keep: types::Keep) -> Result<types::Kept, ServiceError> {
        let cell = self.cell(group).await?;
        let days = keep.days;
        let set = move |engine: &mut crate::cell::Engine| {
            engine.keep(days)?;
            engine.charter_view()
        };
        let charter = cell.engine.write(set).await?.charter;
        Ok(types::Kept { group: cell.id.to_string(), days, charter_days: charter.retention_days })
    }

    /// For how long what is written in a group is kept here.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::StillWaiting`] before the charter has come.
    pub async fn group_keeps(&self, group: &str) -> Result<types::Kept, ServiceError> {
        let cell = self.cell(group).await?;
        let (days, charter) =
            cell.engine.read(|engine| Ok((engine.keeps(), engine.charter_view()?.charter))).await?;
        Ok(types::Kept { group: cell.id.to_string(), days, charter_days: charter.retention_days })
    }

    /// Forgets a group: its folder and keys on this device are destroyed. The others are told nothing.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn group_forget(&self, group: &str) -> Result<Forgotten, ServiceError> {
        let cell = self.cell(group).await?;
        self.node()?.supervisor.forget(cell.id).await?;
        Ok(Forgotten { group: cell.id.to_string() })
    }
}

impl From<CellError> for ServiceError {
    fn from(error: CellError) -> ServiceError {
        match error {
            CellError::Closed => Code::NotOpen.into(),
            CellError::StillWaiting | CellError::Keys => Code::StillWaiting.into(),
            CellError::NotMember => Code::NotMember.into(),
            CellError::ClockAhead => Code::ClockOff.into(),
            CellError::Right(right) => {
                let (_, hint) = Code::NotAllowed.words();
                ServiceError::new(Code::NotAllowed, super::problem::sentence(&right.to_string()), hint)
            }
            CellError::NobodyToAsk => Code::NobodyToAsk.into(),
            CellError::NoPlace => ServiceError::new(
                Code::GroupFull,
                "The group has as many members as its charter allows.",
                "Tell them so (kith knock say), or make room first: \"kith group charter edit\" changes the size.",
            ),
            CellError::KeepersFull => ServiceError::new(
                Code::NotAllowed,
                "The group has as many keepers as it may.",
                "\"kith group keeper list\" shows them. Remove one first: kith group keeper remove.",
            ),
            CellError::KeepsAlready => ServiceError::new(
                Code::NotAllowed,
                "This keeper has a place for the group already, and gives a group no more than one.",
                "\"kith group keeper list\" shows it. If whoever runs the keeper dropped that place, remove it first: kith group keeper \
                 remove. Then add this link again.",
            ),
            CellError::NotTheirs => ServiceError::new(
                Code::NotAllowed,
                "This is something of your own, or nothing that is shown here.",
                "\"kith read\" shows what the others wrote.",
            ),
            CellError::AdviceNotAsked(name) if !name.is_empty() => {
                let (_, hint) = Code::AdviceNotAsked.words();
                let message = format!("{name} asked for something other than ideas, so this was not sent.");
                ServiceError::new(Code::AdviceNotAsked, message, hint)
            }
            CellError::AdviceNotAsked(_) => Code::AdviceNotAsked.into(),
            CellError::NotSigned => ServiceError::new(
                Code::NotAllowed,
                "The letter by which others can see who wrote this is not here, so it cannot be shown to them.",
                "It takes up to two minutes to come: try again then. If it does not, or is gone, tell a facilitator in your own words.",
            ),
            CellError::NothingProposed => ServiceError::new(
                Code::NotAllowed,
                "Nobody proposes a note for it that it does not have.",
                "To say yourself what it mentions: kith edit --notes.",
            ),
            CellError::NotAgreed => ServiceError::new(
                Code::NotAllowed,
                "You and they do not write to each other.",
                "\"kith dm ask\" asks them; once they say yes, you can write.",
            ),
            CellError::TooSoon(start) => ServiceError::new(
                Code::NotNow,
                format!("This circle begins at {start}."),
                "You can go to it from half an hour before.",
            ),
            CellError::Past => ServiceError::new(
                Code::NotNow,
                "This circle has been.",
                "\"kith circle list\" shows those to come; \"kith circle create\" announces one.",
            ),
            CellError::TooNew => ServiceError::new(
                Code::NotAllowed,
                "You came to this group only lately: for the first three days you can ask facilitators and helpers for this, and nobody else.",
                "Others can ask you. And you can write to the whole group: kith post.",
            ),
            CellError::NotMine => ServiceError::new(
                Code::NotAllowed,
                "This is not yours, or it was taken back already.",
                "You can change and take back what you wrote yourself. For what others wrote, turn to a facilitator.",
            ),
            CellError::NoSuchRule => ServiceError::new(
                Code::BadWords,
                "The charter of this group has no such rule.",
                "\"kith group charter show\" lists its rules and agreements, each with its number.",
            ),
            CellError::TooMuch(until) => super::text::too_much(until),
            CellError::Listing(trouble) => super::directory::trouble(&trouble),
            CellError::Paused(pause) => super::moderation::paused(&pause.0, &pause.1),
            CellError::Unfit(why) => {
                let (_, hint) = Code::BadWords.words();
                ServiceError::new(Code::BadWords, super::problem::sentence(&why), hint)
            }
            CellError::AttachmentTooLarge(_) => ServiceError::new(
                Code::AttachmentTooLarge,
                "This attachment is larger than the charter of the group allows, and is not fetched.",
                "Whoever wrote it can send a smaller one; facilitators can change the charter.",
            ),
            CellError::NotPrepared => super::attachments::not_prepared(),
            CellError::NoAttachment => ServiceError::new(
                Code::UnknownId,
                "Nothing that is shown here has such an attachment.",
                "\"kith attachment list\" shows what there is, with numbers. What was taken back is gone.",
            ),
            CellError::NotFetched => Code::NotFetched.into(),
            CellError::DoesNotOpen => Code::AttachmentBroken.into(),
            CellError::AttachmentsFull => Code::AttachmentsFull.into(),
            CellError::DiskFull => Code::DiskFull.into(),
            CellError::Storage(_) | CellError::Broken => Code::StorageFailed.into(),
        }
    }
}
