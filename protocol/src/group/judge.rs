//! Whether an act is right in the fold of its own causal past: found once, the same on every node, and never
//! changed by what comes later.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::amending::charter;
use super::fold::State;
use super::joins::revocations;
use super::past::{At, Past};
use super::quorum::{Call, Fresh, Quorum};
use super::record::{About, Act, Matter, Record, Verdict, Who};
use super::right::Right;
use super::view::Standing;
use crate::body::{Body, Role};
use crate::charter::{Charter, History, Inviters};
use crate::id::MemberKey;
use crate::limits;

/// An act to be judged.
pub(super) struct Case<'a> {
    pub(super) record: &'a Record,
    /// The fold of the act's causal past.
    pub(super) state: &'a State,
    pub(super) past: &'a Past,
    pub(super) author: &'a MemberKey,
    pub(super) act: &'a Act,
    pub(super) body: &'a Body,
}

impl Case<'_> {
    /// Judges it.
    pub(super) fn verdict(&self) -> Verdict {
        let author = self.record.who(self.author);
        let needs = self.needs(author);
        let right = self.right(author, needs);
        let over = match self.act {
            Act::Remove(who) | Act::Moderate(About { who, .. }) => self.over(*who),
            Act::Demote(who, _) => self.state.role(self.record, *who).unwrap_or(Role::Member),
            _ => Role::Member,
        };
        let call = author.filter(|_| right.is_ok()).and_then(|author| self.call(author));
        Verdict { right, needs, over, call }
    }

    /// The least role that may do it.
    fn needs(&self, author: Option<Who>) -> Role {
        let shared = self.record.charter.shared_power;
        match self.act {
            Act::Invite(_) if shared => Role::Seat,
            Act::Invite(_) if self.charter().inviters == Inviters::Facilitators => Role::Deputy,
            Act::Revoke { invite, .. } => {
                let own = self.record.node(*invite).is_some_and(|node| Some(node.author) == author);
                if own { Role::Member } else { Role::Deputy }
            }
            Act::Admit(_) => {
                if shared {
                    Role::Seat
                } else {
                    Role::Deputy
                }
            }
            Act::Promote(..) | Act::Amend(_) | Act::Demote(..) | Act::List => Role::Seat,
            Act::Plain if matches!(self.body, Body::Keep(_) | Body::Unkeep(_)) => Role::Seat,
            Act::StepBack | Act::Unlist => Role::Deputy,
            Act::Moderate(_) if shared => Role::Seat,
            Act::Moderate(about) if self.over(about.who) > Role::Member => Role::Seat,
            Act::Moderate(_) => Role::Deputy,
            Act::Remove(who) if self.over(*who) > Role::Member => Role::Seat,
            Act::Remove(_) => Role::Deputy,
            _ => Role::Member,
        }
    }

    /// What a removal is of. Whoever stepped back from a seat counts as having it: what they did in it, and
    /// what they may yet do in its past, falls only to a quorum.
    fn over(&self, who: Who) -> Role {
        if self.state.stands.holds(who).seat.is_empty() {
            self.state.role(self.record, who).unwrap_or(Role::Member)
        } else {
            Role::Seat
        }
    }

    fn right(&self, author: Option<Who>, needs: Role) -> Result<(), Right> {
        match self.act {
            Act::Amiss(why) => return Err(*why),
            Act::Join { invite, .. } => return self.may_join(author, *invite),
            // It gives no right, only somewhere to wrap keys to while its owner is a member. Whoever comes back
            // with nothing but recovery words and a link cannot cite their own admission.
            Act::OpenLog => return Ok(()),
            _ => {}
        }
        let role = author
            .and_then(|who| self.state.role(self.record, who))
            .ok_or_else(|| self.not_member(author))?;
        match needs {
            Role::Seat if role < Role::Seat => return Err(Right::NeedsSeat),
            Role::Deputy if role < Role::Deputy => return Err(Right::NeedsDeputy),
            _ => {}
        }
        match self.act {
            Act::Promote(_, Role::Member) => Err(Right::Meaningless),
            Act::Promote(who, _) | Act::Remove(who) | Act::Demote(who, _) if Some(*who) == author => {
                Err(Right::Oneself)
            }
            Act::Moderate(about) if Some(about.who) == author => Err(Right::Oneself),
            // Where power is shared a seat comes with being a member.
            Act::StepBack | Act::Demote(..) | Act::Elect(_) if self.record.charter.shared_power => {
                Err(Right::Meaningless)
            }
            Act::Demote(who, to) => match self.state.role(self.record, *who) {
                Some(role) if role > *to => Ok(()),
                Some(_) => Err(Right::NoOffice),
                None => Err(Right::NoSuchMember),
            },
            Act::Elect(who) => match self.state.role(self.record, *who) {
                Some(Role::Seat) => Err(Right::Meaningless),
                Some(_) => Ok(()),
                None => Err(Right::NoSuchMember),
            },
            // What former members wrote is moderated too.
            Act::Moderate(about) => self.standing(about.who).map(|_| ()).ok_or(Right::NoSuchMember),
            Act::Promote(who, _) => match self.standing(*who) {
                Some(Standing::Member) => Ok(()),
                _ => Err(Right::NoSuchMember),
            },
            // Whoever once came in, however it went, can be removed: so no key is ever out of reach.
            Act::Remove(who) => self.standing(*who).map(|_| ()).ok_or(Right::NoSuchMember),
            Act::Revoke { invite, .. } => self.stands(*invite).ok_or(Right::NoSuchInvite),
            Act::Admit(join) => match self.record.node(*join) {
                Some(node) if node.verdict.right.is_ok() => Ok(()),
                _ => Err(Right::NoSuchJoin),
            },
            Act::Amend(_) => self.may_amend(),
            Act::Plain => self.may_say(),
            _ => Ok(()),
        }
    }

    fn may_amend(&self) -> Result<(), Right> {
        let Body::Amend(amend) = self.body else { return Err(Right::Meaningless) };
        let opened = amend.changes.history == Some(History::All);
        // It would not fit the members a group of shared power may have.
        let most =
            if self.record.charter.shared_power { limits::SHARED_POWER_MEMBERS } else { limits::MEMBERS };
        let size = amend.changes.size.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > most));
        if opened || size { Err(Right::Meaningless) } else { Ok(()) }
    }

    fn may_say(&self) -> Result<(), Right> {
        match self.body {
            Body::Accept(accept) if accept.terms != self.charter().terms() => Err(Right::OtherCharter),
            _ => Ok(()),
        }
    }

    fn charter(&self) -> Cow<'_, Charter> {
        charter(self.record, &self.state.stands, self.past)
    }

    fn may_join(&self, author: Option<Who>, invite: At) -> Result<(), Right> {
        let Body::Join(join) = self.body else { return Err(Right::Meaningless) };
        if join.charter != self.charter().hash() {
            return Err(Right::OtherCharter);
        }
        if !self.state.stands.open.has(invite) {
            return Err(Right::NoSuchInvite);
        }
        if let Act::Join { door, .. } = self.act
            && !revocations(self.record, &self.state.stands, door).is_empty()
        {
            return Err(Right::Revoked);
        }
        // Who waits may try another invite; who was a member comes back with a new key.
        match author.and_then(|who| self.standing(who)) {
            None | Some(Standing::Waiting) => {}
            Some(Standing::Removed) => return Err(Right::Removed),
            Some(_) => return Err(Right::SameKey),
        }
        let full = self.record.charter.shared_power && self.state.seats.len() >= limits::SHARED_POWER_MEMBERS;
        if full { Err(Right::Full) } else { Ok(()) }
    }

    fn standing(&self, who: Who) -> Option<Standing> {
        self.state.standing(self.record, who)
    }

    fn stands(&self, at: At) -> Option<()> {
        self.state.stands.role(at).map(|_| ())
    }

    fn not_member(&self, author: Option<Who>) -> Right {
        match author.and_then(|who| self.standing(who)) {
            Some(Standing::Removed) => Right::Removed,
            Some(Standing::Left) => Right::Left,
            Some(Standing::Waiting) => Right::Waiting,
            Some(Standing::Member) | None => Right::NotMember,
        }
    }

    /// Who had written the same by then: others who hold a seat in this past, in entries that stand in it
    /// and were written in a seat. The target of an act does not sign it.
    fn call(&self, author: Who) -> Option<Call> {
        let matter = self.record.matter(self.act)?;
        if let Matter::Elect(_) = matter {
            return Some(self.vote(author, matter));
        }
        if self.state.role(self.record, author) != Some(Role::Seat) {
            return None;
        }
        let target = match self.act {
            Act::Remove(who) | Act::Promote(who, _) | Act::Demote(who, _) => Some(*who),
            Act::Admit(join) => self.record.node(*join).map(|node| node.author),
            _ => None,
        };
        let fresh = Fresh::of(self.record, &self.state.stands, matter);
        let mut signed = BTreeSet::new();
        for at in self.record.signed.get(&matter).into_iter().flatten() {
            let Some(node) = self.record.node(*at) else { continue };
            if self.past.has(*at)
                && fresh.has(*at)
                && node.author != author
                && Some(node.author) != target
                && self.state.stands.in_seat(*at)
                && self.state.seats.contains(&node.author)
            {
                signed.insert((node.author, *at));
            }
        }
        Some(Call::new(Quorum::of(&self.state.seats), author, signed.into_iter().collect()))
    }

    /// Who had voted the same by then, of those who are members in this past.
    fn vote(&self, author: Who, matter: Matter) -> Call {
        let members =
            (0..self.record.people.len()).filter(|who| self.state.role(self.record, Who(*who)).is_some());
        let votes = self.record.signed.get(&matter).into_iter().flatten().filter(|at| self.past.has(**at));
        let signed: BTreeSet<(Who, At)> = votes
            .filter_map(|at| {
                let node = self.record.node(*at)?;
                let counts = node.author != author && self.state.role(self.record, node.author).is_some();
                (counts && self.state.stands.role(*at).is_some()).then_some((node.author, *at))
            })
            .collect();
        Call::new(Quorum::more_than_half(members.count()), author, signed.into_iter().collect())
    }
}
