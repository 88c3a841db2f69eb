//! What a person sees of a group: each of its posts, members and state, as the API's types say them.

use std::collections::{BTreeMap, BTreeSet};

use kith_protocol::body::{Body, Role};
use kith_protocol::charter;
use kith_protocol::entrance::Word;
use kith_protocol::entry::SignedEntry;
use kith_protocol::envelope::{self, Envelope, Stub};
use kith_protocol::group::{Group, Member, Standing};
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::time::Millis;

use super::CellError;
use super::engine::Engine;
use super::hearing_view::Manner;
use crate::api::types::{
    self, Code, Delivery, DeliveryState, GroupState, GroupSummary, History, Inviters, Me, MemberState,
    Notice, Post,
};
use crate::store::Held;

impl Engine {
    /// How I stand in this group.
    pub(crate) fn group_state(&self) -> GroupState {
        match self.standing() {
            Some(Standing::Removed) => GroupState::Removed,
            Some(Standing::Left) => GroupState::Left,
            _ if self.settled() => GroupState::Joined,
            _ if self.refusal.is_some() || self.declined() => GroupState::Refused,
            _ => GroupState::Waiting,
        }
    }

    /// Why I am not let in, if a member's node said so.
    pub(crate) fn refusal_code(&self) -> Option<Code> {
        if self.refusal.is_none() && self.declined() {
            return Some(Code::Declined);
        }
        Some(match self.refusal? {
            Word::Expired => Code::InviteExpired,
            Word::Revoked => Code::InviteRevoked,
            Word::Used => Code::InviteUsed,
            Word::Full => Code::GroupFull,
            Word::Former => Code::NotMember,
            Word::Clock => Code::ClockOff,
            Word::Wrong if self.joining.as_ref().is_some_and(|joining| joining.join.is_none()) => {
                Code::NameNeeded
            }
            Word::Wrong => Code::BadLink,
            Word::NobodyThere => Code::NobodyThere,
            Word::Welcome | Word::Later | Word::PassedOn => return None,
        })
    }

    /// This group in a list.
    pub(crate) fn summary(&self) -> GroupSummary {
        let me = self.me();
        let group = self.group.as_ref();
        GroupSummary {
            group: self.id.to_string(),
            title: group.map(|group| group.title().to_owned()),
            state: self.group_state(),
            role: group
                .and_then(|group| group.member(&me))
                .filter(|me| is_member(me))
                .map(|me| role(me.role)),
            members: group
                .map_or(0, |group| count(group.members().filter(|member| is_member(member)).count())),
        }
    }

    /// This group, whole.
    pub(crate) fn show(&self) -> types::Group {
        let summary = self.summary();
        let group = self.group.as_ref();
        let charter = group.map(Group::charter);
        let me = group.and_then(|group| group.member(&self.me())).filter(|me| is_member(me));
        types::Group {
            group: summary.group,
            title: summary.title,
            purpose: charter.map(|charter| charter.purpose.clone()),
            history: charter.map(|charter| history(charter.history)),
            size: charter.map(|charter| charter.size),
            invites: charter.map(|charter| inviters(charter.inviters)),
            state: summary.state,
            notice: self.notice(),
            me: me.map(|me| Me { member: me.key.to_string(), name: me.name.clone(), role: role(me.role) }),
            members: summary.members,
            facilitators: count(self.facilitators()),
            key_words: group.map(Group::key_words),
            // What cannot be read now is not there to be shown.
            quiet: self.quiet().ok().flatten(),
        }
    }

    /// What a person should know of how they stand here.
    pub(crate) fn notice(&self) -> Option<Notice> {
        let code = match self.group_state() {
            GroupState::Refused => self.refusal_code()?,
            GroupState::Removed => return Some(self.removal_notice()),
            _ if self.clocks.off() => Code::ClockOff,
            _ if self.refilling => Code::Refilling,
            _ if self.leaderless() => Code::NoFacilitator,
            _ if self.out_of_date() => Code::OutOfDate,
            _ if self.asked() => Code::CharterChanged,
            _ => return None,
        };
        let (message, hint) = code.words();
        Some(Notice { code, message: message.to_owned(), hint: hint.to_owned() })
    }

    fn removal_notice(&self) -> Notice {
        let reason = self.removal_reason();
        let (message, hint) = Code::NotMember.words();
        let message = match reason {
            Some(reason) => format!("{message} The reason given: {reason}"),
            None => message.to_owned(),
        };
        Notice { code: Code::NotMember, message, hint: hint.to_owned() }
    }

    /// The reason that was given for removing me.
    fn removal_reason(&self) -> Option<String> {
        let group = self.group.as_ref()?;
        let removal = group.member(&self.me())?.removal.clone()?;
        removal.entries.iter().find_map(|id| match &group.entry(id)?.entry.body {
            Body::Remove(remove) if !remove.reason.trim().is_empty() => Some(remove.reason.clone()),
            _ => None,
        })
    }

    /// Why the others do not show something of mine.
    fn unshown(&self) -> types::Unshown {
        match self.standing() {
            Some(Standing::Removed) => types::Unshown::Removed(self.removal_reason().unwrap_or_default()),
            _ => types::Unshown::Waiting,
        }
    }

    /// Everybody who is or was a member: facilitators first, then helpers, then members, each by name; former
    /// ones last.
    pub(crate) fn members_view(&self) -> Result<Vec<types::Member>, CellError> {
        let group = self.group()?;
        let me = self.me();
        let proposed: BTreeSet<MemberKey> = group
            .proposals()
            .filter_map(|proposal| match proposal.act {
                kith_protocol::group::Proposed::Seat(key) | kith_protocol::group::Proposed::Remove(key) => {
                    Some(key)
                }
                _ => None,
            })
            .collect();
        let terms = self.terms();
        let mut members = Vec::new();
        for member in group.members() {
            members.push(types::Member {
                member: member.key.to_string(),
                name: member.name.clone(),
                role: role(member.role),
                state: match member.standing {
                    Standing::Member => MemberState::Member,
                    Standing::Left => MemberState::Left,
                    Standing::Removed => MemberState::Removed,
                    Standing::Waiting => MemberState::Waiting,
                },
                me: member.key == me,
                muted: self.hidden.muted.contains(&member.key),
                blocked: self.hidden.blocked.contains(&member.key),
                term: terms.of(&member.key),
                splits: self.splits.view(&member.key, group),
                awaiting: proposed.contains(&member.key)
                    || member.removal.as_ref().is_some_and(|removal| !removal.confirmed),
                new_here: self.is_shown_new(&member.key)?,
                line: self.profile_line(&member.key)?,
            });
        }
        members.sort_by(|a, b| {
            let former = |member: &types::Member| member.state != MemberState::Member;
            (former(a), std::cmp::Reverse(a.role), &a.name).cmp(&(
                former(b),
                std::cmp::Reverse(b.role),
                &b.name,
            ))
        });
        Ok(members)
    }

    /// How many content entries count.
    pub(crate) fn entries(&self) -> Result<u64, CellError> {
        Ok(self.store.counts()?.content)
    }

    /// What the group has decided, as a hash.
    pub(crate) fn state_hash(&self) -> String {
        self.group.as_ref().map(|group| hex::encode(group.state_hash())).unwrap_or_default()
    }

    /// Whether another's clock was seen to be far from this one.
    pub(crate) fn clock_is_off(&self) -> bool {
        self.clocks.off()
    }

    /// Everybody who is or was a member.
    pub(crate) fn member_keys(&self) -> Vec<MemberKey> {
        self.group.iter().flat_map(|group| group.members()).map(|member| member.key).collect()
    }

    /// What members are called.
    pub(crate) fn names(&self) -> BTreeMap<MemberKey, String> {
        let members = self.group.iter().flat_map(|group| group.members());
        members.map(|member| (member.key, member.name.clone())).collect()
    }

    /// How far something of mine has come; `with_somebody` says whether anybody is there to take it, now.
    pub(crate) fn delivery(&self, entry: &EntryId, with_somebody: bool) -> Result<Delivery, CellError> {
        let (state, nodes) = self.delivery_state(entry, with_somebody)?;
        Ok(Delivery { post: entry.to_string(), state, nodes })
    }

    fn delivery_state(
        &self,
        entry: &EntryId,
        with_somebody: bool,
    ) -> Result<(DeliveryState, u32), CellError> {
        let noted = self.held_note(entry)?;
        let (passed, held) = match self.deliveries.of(entry) {
            Some((passed, held)) => (passed, held.union(&noted).count()),
            None => (0, noted.len()),
        };
        Ok(if held > 0 {
            (DeliveryState::Held, count(held))
        } else if passed > 0 {
            (DeliveryState::Passed, passed)
        } else if self.deliveries.is_kept(entry) {
            (DeliveryState::Kept, 0)
        } else if with_somebody {
            (DeliveryState::Saved, 0)
        } else {
            (DeliveryState::Waiting, 0)
        })
    }

    /// Whether something of mine has gone to nobody yet, though there is somebody.
    pub(crate) fn waits_to_go(&self) -> bool {
        self.settled() && self.member_count() > 1 && self.deliveries.wait()
    }

    /// A held content entry as a post; none if it is of a kind that is not shown, or its author is blocked, or it cannot be
    /// read with the keys at hand. Whether this reader hides it is in its `choice`.
    pub(super) fn whole_view(&self, held: &Held) -> Result<Option<Post>, CellError> {
        let Some((entry, author)) = self.read_held(held) else { return self.withdrawn_view(held) };
        let group = self.group()?;
        let Some(placed) = &held.placed else { return Ok(None) };
        let mine = author == self.me();
        let shown = group.shows(&author, &placed.log, placed.seq);
        // Nobody is to lose sight of their own words.
        if !(shown || mine) || self.hidden.blocked.contains(&author) {
            return Ok(None);
        }
        let muted = self.hidden.muted.contains(&author);
        let attachments = self.attachments_view(&placed.entry, entry.body.attachments());
        let (text, reply_to, manner, notes) = match entry.body {
            Body::Post(post) => (post.text, None, Manner::Post(post.intent), post.notes),
            Body::Reply(reply) => (reply.text, Some(reply.to), Manner::Reply(reply.kind), reply.notes),
            _ => return Ok(None),
        };
        let edit = self.edited(&author, &placed.entry.short())?;
        let edited = edit.is_some();
        let (text, manner, notes) = match edit {
            Some(edit) => (edit.text, manner.edited(edit.intent), edit.notes.unwrap_or(notes)),
            None => (text, manner, notes),
        };
        let parent = match reply_to {
            Some(to) => Some((to, self.store.entry(&to)?.and_then(|held| held.placed))),
            None => None,
        };
        let moderation = self.moderation_of(&author, &placed.entry, entry.time);
        let open = moderation.as_ref().is_none_or(|moderation| moderation.measure == types::Measure::Folded);
        let (text, attachments) =
            if open || self.may_read_held(&author) { (text, attachments) } else { Default::default() };
        let state = if mine {
            self.delivery_state(&placed.entry, self.with_somebody)?.0
        } else {
            DeliveryState::Held
        };
        let told = self.told_view(&placed.entry, mine)?;
        let (notes, proposed) = self.noted_by_all(&placed.entry, &author, notes)?;
        Ok(Some(Post {
            post: placed.entry.to_string(),
            group: self.id.to_string(),
            author: author.to_string(),
            name: group.member(&author).map(|member| member.name.clone()).unwrap_or_default(),
            text,
            time: entry.time.to_string(),
            intent: manner.intent(),
            kind: manner.kind(),
            attachments,
            choice: match mine {
                true => types::Choice::Show,
                false if muted || self.is_put_out_of_sight(&placed.entry.short())? => types::Choice::Hide,
                false => self.choice(&notes),
            },
            muted,
            notes,
            proposed,
            heard: self.marks(held, &author)?.heard(),
            unasked: !mine && self.is_unasked(manner, reply_to.as_ref(), &author)?,
            acks: told.acks,
            asking: told.asking,
            unanswered: if mine { self.unanswered(held)?.map(Box::new) } else { None },
            parent_missing: matches!(parent, Some((_, None))),
            reply_to: parent.map(|(to, placed)| match placed {
                Some(placed) => placed.entry.to_string(),
                None => to.to_string(),
            }),
            state,
            mine,
            moderation: moderation.map(Box::new),
            edited,
            withdrawn: false,
            unshown: if shown { None } else { Some(self.unshown()) },
            much: !mine && self.pace.is_much(&author, &placed.log, held.hour, placed.seq),
        }))
    }

    /// What is left of something that was taken back: who, when, and that it was.
    fn withdrawn_view(&self, held: &Held) -> Result<Option<Post>, CellError> {
        let (Some(placed), Ok(stub)) = (&held.placed, Stub::decode(&held.bytes)) else { return Ok(None) };
        let group = self.group()?;
        let shown =
            |author: &&MemberKey| group.shows(author, &placed.log, placed.seq) && !self.hidden.has(author);
        let Some(author) = group.keys(&placed.author).iter().find(shown) else { return Ok(None) };
        let time = Millis(u64::from(stub.header().hour.0).saturating_mul(3_600_000));
        let mine = *author == self.me();
        Ok(Some(Post {
            post: placed.entry.to_string(),
            group: self.id.to_string(),
            author: author.to_string(),
            name: group.member(author).map(|member| member.name.clone()).unwrap_or_default(),
            text: String::new(),
            time: time.to_string(),
            intent: None,
            kind: None,
            notes: types::ContentNotes::default(),
            attachments: Vec::new(),
            choice: types::Choice::Show,
            muted: false,
            proposed: Vec::new(),
            heard: false,
            unasked: false,
            acks: Vec::new(),
            asking: Vec::new(),
            unanswered: None,
            parent_missing: false,
            reply_to: None,
            state: DeliveryState::Held,
            mine,
            moderation: None,
            edited: false,
            withdrawn: true,
            unshown: None,
            much: false,
        }))
    }

    /// Opens a held envelope again. It went through the door once; its author is the one known key that gives
    /// the entry its id.
    pub(super) fn read_held(&self, held: &Held) -> Option<(kith_protocol::entry::Entry, MemberKey)> {
        let (opened, author) = self.unsealed(held)?;
        Some((opened.entry, author))
    }

    /// A held entry as its author signed it.
    pub(super) fn signed(&self, held: &Held) -> Option<(SignedEntry, MemberKey)> {
        let (opened, author) = self.unsealed(held)?;
        Some((opened.signed, author))
    }

    fn unsealed(&self, held: &Held) -> Option<(envelope::Unsealed, MemberKey)> {
        let envelope = Envelope::decode(&held.bytes).ok()?;
        let opened = self
            .ring
            .by_tag(&envelope.header().epoch)
            .find_map(|keys| envelope::open(&envelope, keys).ok())?;
        let placed = held.placed.as_ref()?;
        let keys = self.group.as_ref()?.keys(&placed.author);
        let author = *keys.iter().find(|key| opened.signed.id(&self.id, key) == placed.entry)?;
        Some((opened, author))
    }

    /// How many members there are.
    pub(super) fn member_count(&self) -> u32 {
        let members = self.group.iter().flat_map(|group| group.members());
        count(members.filter(|member| is_member(member)).count())
    }

    /// Whether I may write to somebody alone: as or to a facilitator or helper.
    pub(crate) fn may_write_to(&self, member: &MemberKey) -> bool {
        let in_charge = |key: &MemberKey| {
            let member = self.group.as_ref().and_then(|group| group.member(key));
            member.is_some_and(|member| is_member(member) && member.role > Role::Member)
        };
        in_charge(&self.me()) || in_charge(member)
    }
}

pub(crate) fn role(role: Role) -> types::Role {
    match role {
        Role::Member => types::Role::Member,
        Role::Deputy => types::Role::Helper,
        Role::Seat => types::Role::Facilitator,
    }
}

pub(crate) fn history(history: charter::History) -> History {
    match history {
        charter::History::All => History::All,
        charter::History::None => History::None,
    }
}

pub(crate) fn inviters(inviters: charter::Inviters) -> Inviters {
    match inviters {
        charter::Inviters::Facilitators => Inviters::Facilitators,
        charter::Inviters::Members => Inviters::Members,
    }
}

fn is_member(member: &Member) -> bool {
    member.standing == Standing::Member
}

pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
