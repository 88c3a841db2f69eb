//! Acts about what somebody wrote, and what a person hides for themselves.

use kith_protocol::body::{self, Measure};
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::time::Millis;

use super::{Service, ServiceError, text};
use crate::api::types::{
    Act, ActState, Block, Blocked, Code, Moderate, Moderated, Moderation, Mute, Muted, Pause, RuleName,
};
use crate::cell::{Cell, CellError, Engine};

impl Service {
    /// Folds or holds a post or reply, or restores it.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotAllowed`]; [`Code::BadWords`] without a reason, or
    /// for a rule that is not there.
    pub async fn moderate(&self, post: &str, act: Moderate) -> Result<Moderated, ServiceError> {
        let (cell, entry) = self.find_post(post).await?;
        let measure = match act.act {
            Act::Fold => Measure::Fold,
            Act::Hold => Measure::Hold,
            Act::Restore => Measure::Restore,
        };
        let rule = rule(act.rule, measure)?;
        let author = cell.engine.read(move |engine| engine.author_of(&entry)).await?;
        let Some(member) = author else { return Err(super::resolve::Thing::Post.unknown(post)) };
        let reason = act.reason;
        act_on(&cell, body::Moderate { member, entry: Some(entry), measure, rule, reason }).await
    }

    /// Pauses a member's posting, or ends a pause.
    ///
    /// # Errors
    /// As [`Service::moderate`].
    pub async fn pause(&self, group: &str, member: &str, pause: Pause) -> Result<Moderated, ServiceError> {
        let (cell, member) = self.find_member(group, member).await?;
        let now = cell.engine.read(|engine| Ok(engine.time())).await?;
        let until = pause.lasts.map(|lasts| now.plus(lasts.saturating_mul(1000)));
        let measure = until.map_or(Measure::Restore, Measure::Pause);
        let rule = rule(pause.rule, measure)?;
        act_on(&cell, body::Moderate { member, entry: None, measure, rule, reason: pause.reason }).await
    }

    /// Hides what a member writes from me alone, or shows it again.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::BadRequest`] for myself.
    pub async fn mute(&self, group: &str, member: &str, mute: Mute) -> Result<Muted, ServiceError> {
        let (cell, key) = self.find_member(group, member).await?;
        let muted = mute.muted;
        let (name, Hidden { blocked, .. }) = hide(&cell, key, move |engine| engine.mute(key, muted)).await?;
        Ok(Muted { member: key.to_string(), name, muted, blocked })
    }

    /// Hides what a member writes from me alone and refuses their letters, or takes that back.
    ///
    /// # Errors
    /// As [`Service::mute`].
    pub async fn block(&self, group: &str, member: &str, block: Block) -> Result<Blocked, ServiceError> {
        let (cell, key) = self.find_member(group, member).await?;
        let blocked = block.blocked;
        let (name, Hidden { muted, .. }) = hide(&cell, key, move |engine| engine.block(key, blocked)).await?;
        Ok(Blocked { member: key.to_string(), name, blocked, muted })
    }
}

/// How somebody is hidden.
struct Hidden {
    muted: bool,
    blocked: bool,
}

/// Hides somebody in some way; says what they are called, and how they are hidden now.
async fn hide(
    cell: &Cell,
    key: MemberKey,
    act: impl FnOnce(&mut Engine) -> Result<(), CellError> + Send + 'static,
) -> Result<(String, Hidden), ServiceError> {
    let named = move |engine: &mut Engine| {
        if engine.me() == key {
            return Ok(None);
        }
        act(engine)?;
        let (muted, blocked) = engine.hides(&key);
        Ok(Some((engine.names().remove(&key).unwrap_or_default(), Hidden { muted, blocked })))
    };
    let hidden = cell.engine.write(named).await?;
    hidden.ok_or_else(|| {
        ServiceError::new(
            Code::BadRequest,
            "This is you.",
            "You can hide what others write, not what you write yourself.",
        )
    })
}

/// The rule an act rests on: restoring rests on none.
fn rule(
    rule: Option<RuleName>,
    measure: Measure,
) -> Result<Option<kith_protocol::charter::Rule>, ServiceError> {
    match (rule, measure) {
        (_, Measure::Restore) => Ok(None),
        (Some(rule), _) => Ok(Some(rule.0)),
        (None, _) => Err(ServiceError::new(
            Code::BadWords,
            "An act like this rests on a rule, and none was named.",
            "Name one: methods, numbers, encouragement, pacts, countdowns, identifying, or one of the charter, \
             such as rule:1 or agreement:2.",
        )),
    }
}

async fn act_on(cell: &Cell, mut act: body::Moderate) -> Result<Moderated, ServiceError> {
    act.reason = text::reason(&act.reason)?;
    let (member, entry, measure) = (act.member, act.entry, act.measure);
    let done = move |engine: &mut crate::cell::Engine| -> Result<(bool, String), CellError> {
        engine.moderate(act)?;
        let name = engine.names().remove(&member).unwrap_or_default();
        Ok((engine.holds(&member, entry.as_ref(), measure), name))
    };
    let (holds, name) = cell.engine.write(done).await?;
    Ok(moderated(&member, entry, holds, name))
}

fn moderated(member: &MemberKey, entry: Option<EntryId>, holds: bool, name: String) -> Moderated {
    Moderated {
        member: member.to_string(),
        name,
        post: entry.map(|entry| entry.to_string()),
        state: if holds { ActState::Done } else { ActState::Awaiting },
    }
}

/// What is said to somebody whose posting is paused.
pub(super) fn paused(until: &Millis, pause: &Moderation) -> ServiceError {
    ServiceError::new(
        Code::Paused,
        format!(
            "Your posting is paused until {}. The reason given: \"{}\".",
            text::moment(*until),
            pause.reason
        ),
        "You can go on reading. If this seems wrong to you, write to another facilitator: \"kith member list\" \
         shows them.",
    )
}
