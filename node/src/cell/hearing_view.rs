//! What people see of being heard.

use kith_protocol::body;
use kith_protocol::hearing::{self, AckKind, Intent, ReplyKind, Step};
use kith_protocol::id::{EntryId, ShortId};
use kith_protocol::time::Millis;

use super::CellError;
use super::engine::Engine;
use super::hearing::Open;
use crate::api::types::{self, DeliveryState};
use crate::store::Held;

/// What a text is, by its author's word.
#[derive(Clone, Copy)]
pub(super) enum Manner {
    Post(Intent),
    Reply(ReplyKind),
}

impl Manner {
    /// The same after a change.
    pub(super) fn edited(self, to: Option<Intent>) -> Manner {
        match (self, to) {
            (Manner::Post(_), Some(intent)) => Manner::Post(intent),
            _ => self,
        }
    }

    pub(super) fn intent(self) -> Option<types::Intent> {
        match self {
            Manner::Post(intent) => Some(intent_of(intent)),
            Manner::Reply(_) => None,
        }
    }

    pub(super) fn kind(self) -> Option<types::ReplyKind> {
        match self {
            Manner::Post(_) => None,
            Manner::Reply(kind) => Some(kind_of(kind)),
        }
    }
}

/// What was said to me alone about a text.
#[derive(Default)]
pub(super) struct Told {
    pub(super) acks: Vec<types::Ack>,
    pub(super) asking: Vec<types::Asking>,
}

impl Engine {
    /// Who waits for an answer: newcomers first, then who has waited longest.
    pub(crate) fn needs_reply(&self) -> Result<Vec<types::NeedsReply>, CellError> {
        let mut waiting = self.waiting()?.collect::<Result<Vec<_>, _>>()?;
        waiting.sort_by_key(|(came, one)| (!one.new_here, *came));
        Ok(waiting.into_iter().map(|(_, one)| one).collect())
    }

    /// Whether anybody waits for an answer: looked for until one is found.
    pub(crate) fn someone_waits(&self) -> Result<bool, CellError> {
        Ok(self.waiting()?.next().transpose()?.is_some())
    }

    fn waiting(
        &self,
    ) -> Result<impl Iterator<Item = Result<(Millis, types::NeedsReply), CellError>> + '_, CellError> {
        let waits = |open: Result<_, CellError>| open.and_then(|open| self.needed(open)).transpose();
        Ok(self.open_posts()?.filter_map(waits))
    }

    /// A post that waits, if I can answer it, with when it came.
    fn needed(&self, open: Open) -> Result<Option<(Millis, types::NeedsReply)>, CellError> {
        let Open { held, came, step, reopened } = open;
        let Some(post) = self.post_view(&held)?.filter(|post| !post.mine && !post.withdrawn) else {
            return Ok(None);
        };
        let is_held = |moderation: &types::Moderation| moderation.measure == types::Measure::Held;
        let shown = !post.moderation.as_deref().is_some_and(is_held);
        let Some(placed) = held.placed.as_ref().filter(|_| shown) else { return Ok(None) };
        let author = self.read_held(&held).map(|(_, author)| author);
        let new_here = author.is_some_and(|author| self.is_new(&author));
        let claimed_by = self.claimed_by(&placed.entry.short());
        let pressing = reopened || step >= Step::Duty;
        Ok(Some((came, types::NeedsReply { post, since: came.to_string(), new_here, pressing, claimed_by })))
    }

    pub(super) fn told_view(&self, post: &EntryId, mine: bool) -> Result<Told, CellError> {
        if !mine {
            return Ok(Told::default());
        }
        let acks = self.acks(&post.short())?.into_iter();
        let asking = self.asking_to_suggest(post)?.into_iter();
        Ok(Told {
            acks: acks
                .map(|((name, member), kind)| types::Ack {
                    member: member.to_string(),
                    name,
                    kind: ack_of(kind),
                })
                .collect(),
            asking: asking
                .map(|member| types::Asking { member: member.to_string(), name: self.name_of(&member) })
                .collect(),
        })
    }

    /// Whether something is advice that I did not ask for, in a thread that I began.
    pub(super) fn is_unasked(
        &self,
        manner: Manner,
        to: Option<&ShortId>,
        author: &kith_protocol::id::MemberKey,
    ) -> Result<bool, CellError> {
        let (Manner::Reply(kind), Some(to)) = (manner, to) else { return Ok(false) };
        let root = self.unasked_in(to, kind, author)?;
        Ok(root.is_some_and(|root| root.author == self.me()))
    }

    /// Of a post of mine that nobody has answered for long: how far it came, and what can be done.
    pub(super) fn unanswered(&self, held: &Held) -> Result<Option<types::Unanswered>, CellError> {
        let Some(placed) = &held.placed else { return Ok(None) };
        let Some(came) = self.came(&placed.entry.short()) else { return Ok(None) };
        let hours = self.group()?.charter().reply_hours;
        let waits = hearing::step(hours, came, self.now()) >= Step::Long
            && !self.greetings()?.contains(&(placed.entry.short(), self.me()));
        if !waits || self.marks(held, &self.me())?.heard() {
            return Ok(None);
        }
        let delivery = self.delivery(&placed.entry, self.with_somebody)?;
        let nodes = if delivery.state >= DeliveryState::Passed { delivery.nodes } else { 0 };
        let message = match nodes {
            0 if delivery.state == DeliveryState::Kept => {
                "A keeper of the group holds this, and it has gone to no other member from here yet. Whoever comes gets it from there."
                    .to_owned()
            }
            0 => "This has reached nobody yet: no other member's node was reachable. It goes out as soon as one is."
                .to_owned(),
            1 => "This has reached 1 other member's node, and nobody has answered yet. That may be because few people were there, not because of what you wrote.".to_owned(),
            nodes => format!(
                "This has reached {nodes} other members' nodes, and nobody has answered yet. That may be because few people were there, not because of what you wrote."
            ),
        };
        let hint = "You can say that you still need an answer (\"kith still-need\"), or say what else would help (\"kith edit --intent\"). If you need somebody now, call a number that is there for that.";
        Ok(Some(types::Unanswered { nodes, message, hint: hint.to_owned() }))
    }
}

pub(super) fn content_notes(notes: &body::ContentNotes) -> types::ContentNotes {
    types::ContentNotes {
        mentions: notes.mentions.iter().map(|mention| mention_of(*mention)).collect(),
        other: notes.other.clone(),
    }
}

pub(super) fn intent_of(intent: Intent) -> types::Intent {
    match intent {
        Intent::EXPERIENCES => types::Intent::Experiences,
        Intent::ADVICE => types::Intent::Advice,
        Intent::PRACTICAL_HELP => types::Intent::PracticalHelp,
        Intent::GOOD_NEWS => types::Intent::GoodNews,
        _ => types::Intent::HearMe,
    }
}

pub(super) fn kind_of(kind: ReplyKind) -> types::ReplyKind {
    match kind {
        ReplyKind::LISTENING => types::ReplyKind::Listening,
        ReplyKind::EXPERIENCE => types::ReplyKind::Experience,
        ReplyKind::QUESTION => types::ReplyKind::Question,
        ReplyKind::RESOURCE => types::ReplyKind::Resource,
        ReplyKind::OFFER => types::ReplyKind::Offer,
        _ => types::ReplyKind::Suggestion,
    }
}

pub(super) fn ack_of(kind: AckKind) -> types::AckKind {
    match kind {
        AckKind::ME_TOO => types::AckKind::MeToo,
        AckKind::WITH_YOU => types::AckKind::WithYou,
        AckKind::STRENGTH => types::AckKind::Strength,
        AckKind::THANK_YOU => types::AckKind::ThankYou,
        _ => types::AckKind::HearYou,
    }
}

pub(super) fn mention_of(mention: body::Mention) -> types::Mention {
    match mention {
        body::Mention::SELF_HARM => types::Mention::SelfHarm,
        body::Mention::SUICIDE => types::Mention::Suicide,
        body::Mention::EATING => types::Mention::Eating,
        body::Mention::ABUSE => types::Mention::Abuse,
        body::Mention::SEXUAL_VIOLENCE => types::Mention::SexualViolence,
        body::Mention::SUBSTANCES => types::Mention::Substances,
        body::Mention::LOSS => types::Mention::Loss,
        body::Mention::MEDICAL => types::Mention::Medical,
        body::Mention::PREGNANCY => types::Mention::Pregnancy,
        body::Mention::VIOLENCE => types::Mention::Violence,
        body::Mention::DISCRIMINATION => types::Mention::Discrimination,
        _ => types::Mention::Other,
    }
}
