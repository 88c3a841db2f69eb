//! Invites, and coming in on one.

use std::time::Duration;

use kith_protocol::body::InviteMode;
use kith_protocol::id::EntryId;
use kith_protocol::invite::{Link, Way};
use kith_protocol::limits;
use tokio::time::{Instant, timeout_at};

use super::resolve::{self, Thing};
use super::{Service, ServiceError, doors, text};
use crate::api::types::{
    Code, CreateInvite, GroupState, InviteList, InviteState, InviteWay, Invited, Join, Joined, LinkSeen,
    Revoked,
};
use crate::cell::{Cell, Engine};
use crate::supervisor::Arriving;

/// The longest an invite may last: ten years, in seconds.
const LONGEST: u64 = 10 * 366 * 24 * 3600;

impl Service {
    /// Makes an invite.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`], [`Code::NotMember`],
    /// [`Code::StillWaiting`]; [`Code::BadRequest`] for uses or expiry out of bounds; [`Code::BadWords`] for a phrase that
    /// is too short or too long.
    pub async fn invite_create(&self, group: &str, invite: CreateInvite) -> Result<Invited, ServiceError> {
        let cell = self.cell(group).await?;
        let wrong = |message: String| {
            ServiceError::new(Code::BadRequest, message, "Choose another number and try again.")
        };
        if !(1..=limits::INVITE_USES).contains(&invite.uses) {
            return Err(wrong(format!("An invite can have 1 to {} uses.", limits::INVITE_USES)));
        }
        if !(1..=LONGEST).contains(&invite.expires_in) {
            return Err(wrong("An invite can last from one second to ten years.".into()));
        }
        let expires = self.node()?.clock.now().plus(invite.expires_in.saturating_mul(1000));
        if invite.way == InviteWay::Confirm && invite.uses > 1 {
            return Err(wrong("An invite on confirmation is for one person.".into()));
        }
        let wished = doors::wished(&invite, &self.node()?.stretching).await?;
        let (uses, way) = (invite.uses, invite.way);
        let (door, made_up) = wished.map(|wished| (wished.door, wished.made_up)).unzip();
        let make = move |engine: &mut Engine| match (way, &door) {
            (InviteWay::Confirm, _) => engine.invite(InviteMode::Confirm, uses, expires),
            (InviteWay::Knock, _) => engine.invite(InviteMode::Knock, uses, expires),
            (_, Some(door)) => engine.open_door(door, uses, expires),
            (_, None) => engine.invite(InviteMode::OnSight, uses, expires),
        };
        let id = cell.engine.write(make).await?;
        let phrase = made_up.flatten().map(|phrase| phrase.to_string());
        Ok(Invited { phrase, ..invited(&cell, id).await? })
    }

    /// How I may let people into a group: nothing for who may not invite.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::StillWaiting`] before the group is known.
    pub async fn ways_to_invite(&self, group: &str) -> Result<Vec<InviteWay>, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(cell.engine.read(|engine| engine.may_invite()).await?)
    }

    /// The invites of a group.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn invite_list(&self, group: &str) -> Result<InviteList, ServiceError> {
        let cell = self.cell(group).await?;
        let invites = cell.engine.read(|engine| engine.invites_view()).await?;
        Ok(InviteList { invites })
    }

    /// An invite anew, its link with the addresses known now. `group` narrows where it is looked for.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotAllowed`] if another node made it;
    /// [`Code::InviteExpired`], [`Code::InviteRevoked`], [`Code::InviteUsed`].
    pub async fn invite_show(&self, group: Option<&str>, invite: &str) -> Result<Invited, ServiceError> {
        let (cell, id) = self.find_invite(group, invite).await?;
        match cell.engine.read(move |engine| engine.invite_stands(&id)).await? {
            Some(InviteState::Live | InviteState::Awaiting) => invited(&cell, id).await,
            Some(InviteState::Used) => Err(Code::InviteUsed.into()),
            Some(InviteState::Expired) => Err(Code::InviteExpired.into()),
            Some(InviteState::Revoked) => Err(Code::InviteRevoked.into()),
            None => Err(Thing::Invite.unknown(invite)),
        }
    }

    /// Takes an invite back. Taking it back again changes nothing.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`].
    pub async fn invite_revoke(&self, group: Option<&str>, invite: &str) -> Result<Revoked, ServiceError> {
        let (cell, id) = self.find_invite(group, invite).await?;
        let revoke = move |engine: &mut Engine| {
            if engine.invite_stands(&id)? != Some(InviteState::Revoked) {
                engine.revoke(id)?;
            }
            engine.invite_stands(&id)
        };
        let state = cell.engine.write(revoke).await?.unwrap_or(InviteState::Revoked);
        Ok(Revoked { invite: id.to_string(), state })
    }

    /// Starts to join by a link, or to come back; returns once this is durable, mostly `waiting`. Joining a
    /// group one is in already answers with its state.
    ///
    /// # Errors
    /// [`Code::BadLink`], [`Code::InviteExpired`], [`Code::BadWords`]; [`Code::NameNeeded`] for a newcomer
    /// without a name; [`Code::PhraseNeeded`], [`Code::PhraseWrong`].
    pub async fn join(&self, join: Join) -> Result<Joined, ServiceError> {
        let link = Link::parse(&join.link)?;
        let name = join.name.filter(|name| !name.trim().is_empty());
        name.as_deref().map_or(Ok(()), text::name)?;
        let words = join.text.filter(|text| !text.trim().is_empty());
        words.as_deref().map_or(Ok(()), |said| text::words("text", said, limits::KNOCK))?;
        let asks = matches!(link.way, Way::Knock { .. }) && name.is_some() && words.is_none();
        if asks && self.state_of(&link).await?.is_none_or(|state| state == GroupState::Refused) {
            return Err(words_needed(&link.way));
        }
        if matches!(link.way, Way::OpenDoor { check: Some(_), .. })
            && join.phrase.is_none()
            && let Some(cell) = self.cells()?.get(&link.group).cloned()
        {
            let invite = link.invite;
            let look = move |engine: &mut Engine| Ok((engine.is_coming_on(&invite), stands(engine)));
            if let (true, joined) = cell.engine.read(look).await? {
                return Ok(joined);
            }
        }
        let door = self.door(&link, join.phrase.as_deref()).await?;
        let cell = self.node()?.supervisor.join(link, Arriving { name, words, door }).await?;
        Ok(cell.engine.read(|engine| Ok(stands(engine))).await?)
    }

    /// What a link says, before it is used.
    ///
    /// # Errors
    /// [`Code::BadLink`].
    pub async fn look_at_link(&self, link: &str) -> Result<LinkSeen, ServiceError> {
        let link = Link::parse(link)?;
        let (way, questions) = match &link.way {
            Way::OnSight => (InviteWay::OnSight, Vec::new()),
            Way::Confirm { .. } => (InviteWay::Confirm, Vec::new()),
            Way::OpenDoor { .. } => (InviteWay::OpenDoor, Vec::new()),
            Way::Knock { questions, .. } => (InviteWay::Knock, questions.clone()),
        };
        let spoken = matches!(link.way, Way::OpenDoor { check: Some(_), .. });
        let state = self.state_of(&link).await?;
        let (group, expires) = (link.group.to_string(), link.expires.to_string());
        Ok(LinkSeen { group, way, spoken, questions, expires, state })
    }

    /// How I stand in the group of a link, if it is here.
    async fn state_of(&self, link: &Link) -> Result<Option<GroupState>, ServiceError> {
        let Some(cell) = self.cells()?.get(&link.group).cloned() else { return Ok(None) };
        Ok(Some(cell.engine.read(|engine| Ok(engine.group_state())).await?))
    }

    /// How joining stands: returns at once if it is settled, else when it is or after `wait`, whichever is
    /// first.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::GroupFull`], [`Code::InviteExpired`],
    /// [`Code::InviteRevoked`], [`Code::InviteUsed`] or [`Code::NotMember`] if the group's nodes said so.
    pub async fn joined(&self, group: &str, wait: Duration) -> Result<Joined, ServiceError> {
        let mut cell = self.cell(group).await?;
        let until = Instant::now().checked_add(wait);
        let mut notices = cell.notices.subscribe();
        loop {
            let look =
                |engine: &mut Engine| Ok((stands(engine), engine.refusal_code(), engine.needs_another_key()));
            let (joined, refused, another) = cell.engine.read(look).await?;
            match joined.state {
                GroupState::Joined => return Ok(joined),
                GroupState::Refused if another => {
                    cell = self.node()?.supervisor.join_again(cell.id).await?;
                    notices = cell.notices.subscribe();
                    continue;
                }
                GroupState::Refused => return Err(refused.unwrap_or(Code::BadLink).into()),
                GroupState::Removed | GroupState::Left => return Err(Code::NotMember.into()),
                GroupState::Waiting => {}
            }
            let Some(until) = until else { return Ok(joined) };
            // Whatever happened, or was missed: look again.
            if timeout_at(until, notices.recv()).await.is_err() {
                return Ok(joined);
            }
        }
    }

    async fn find_invite(&self, group: Option<&str>, given: &str) -> Result<(Cell, EntryId), ServiceError> {
        let mut found = Vec::new();
        for cell in self.within(group).await? {
            let invites = cell.engine.read(|engine| Ok(engine.invite_ids())).await?;
            found
                .extend(invites.into_iter().map(|invite| (invite.to_string(), None, (cell.clone(), invite))));
        }
        resolve::one(Thing::Invite, given, found)
    }
}

/// An invite of this node with its link.
async fn invited(cell: &Cell, id: EntryId) -> Result<Invited, ServiceError> {
    let nodes = cell.known_nodes().await;
    let count = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
    let loopback = |address: &String| address.starts_with("/ip4/127.") || address.starts_with("/ip6/::1/");
    let loopback_only = nodes.iter().flatten().all(loopback);
    let made = move |engine: &mut Engine| {
        let signed = engine.invite_stands(&id)? != Some(InviteState::Awaiting);
        Ok((engine.link(&id, nodes)?, engine.invite_used(&id), engine.invite_way(&id), signed))
    };
    let (link, used, way, signed) = cell.engine.read(made).await?;
    let Some(link) = link else {
        return Err(ServiceError::new(
            Code::NotAllowed,
            "This invite was made on another device, and only that device has its link.",
            "Make one of your own with \"kith invite create\".",
        ));
    };
    Ok(Invited {
        invite: id.to_string(),
        group: cell.id.to_string(),
        expires: link.expires.to_string(),
        uses: link.uses,
        used,
        nodes: count,
        loopback_only,
        spoken: matches!(link.way, Way::OpenDoor { check: Some(_), .. }),
        link: if signed { Some(link.to_text()?) } else { None },
        way,
        phrase: None,
    })
}

fn stands(engine: &Engine) -> Joined {
    let group = engine.show();
    Joined {
        group: group.group,
        state: group.state,
        title: group.title,
        purpose: group.purpose,
        history: group.history,
        // What cannot be read now is not there to be shown.
        knock: engine.knock_view().ok().flatten(),
        key_words: group.key_words,
    }
}

/// What those who decide would like to know belongs to it: nobody can answer what they were not asked.
fn words_needed(way: &Way) -> ServiceError {
    let (message, hint) = Code::WordsNeeded.words();
    let questions = match way {
        Way::Knock { questions, .. } if !questions.is_empty() => questions,
        _ => return Code::WordsNeeded.into(),
    };
    let asked = questions.iter().map(|question| format!("\n- {question}")).collect::<String>();
    ServiceError::new(Code::WordsNeeded, format!("{message} They ask:{asked}"), hint)
}
