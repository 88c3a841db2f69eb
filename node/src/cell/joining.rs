//! Coming in, and letting others in.
//!
//! Whoever holds no key cannot seal an entry; so they sign it and hand it to a member's node that they have
//! proved themselves to, which judges it as it would judge anything, seals it, and gives them the epoch's key.
//! One who comes back asks in the same way with a new log's certificate.

use kith_protocol::admit::{self, Refusal, Statement, Wait};
use kith_protocol::body::Body;
use kith_protocol::entrance::{Answer, Ask, AskError, Word};
use kith_protocol::epoch::mint::Recipient;
use kith_protocol::group::{Group, InviteState, Standing};
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::limits;
use kith_protocol::time::Millis;

use super::CellError;
use super::engine::{Engine, Notice};
use super::letters::Name;

/// What is asked of one member's node.
pub(crate) struct Question {
    pub(super) sealed: Vec<u8>,
    /// The messages handed over with it.
    handed: Vec<Name>,
    host: Option<MemberKey>,
}

impl Engine {
    /// What to ask a member's node for: none once I am in and hold a key.
    pub(crate) fn question(&self, host: Option<MemberKey>) -> Result<Option<Question>, CellError> {
        let Some((ask, handed)) = self.ask(host)? else { return Ok(None) };
        let sealed = ask.seal(&self.id, &self.salt).map_err(|why| CellError::Unfit(why.to_string()))?;
        Ok(Some(Question { sealed, handed, host }))
    }

    fn ask(&self, host: Option<MemberKey>) -> Result<Option<(Ask, Vec<Name>)>, CellError> {
        if self.settled() || self.refusal.is_some() {
            return Ok(None);
        }
        let nothing = Ask { join: None, reopen: None, knock: None, sealed: None };
        let Some(joining) = self.joining.as_ref() else { return Ok(None) };
        let (join, reopen) = (joining.join.clone().map(Into::into), Some(joining.reopen.clone().into()));
        if let Some(sealed) = self.on_the_porch()? {
            return Ok(Some((Ask { reopen, sealed: Some(sealed.into()), ..nothing }, Vec::new())));
        }
        if !self.asks() {
            return Ok(Some((Ask { join, reopen, ..nothing }, Vec::new())));
        }
        // Nobody sees name or key of who knocks but those they are sealed to, until one of them says so.
        if self.admitted()? {
            return Ok(Some((Ask { join, ..nothing }, Vec::new())));
        }
        if self.known_there()? {
            return Ok(Some((Ask { reopen, ..nothing }, Vec::new())));
        }
        let Some(host) = host else { return Ok(None) };
        let knock = self.at_the_door(&host)?;
        Ok(knock.map(|(knock, names)| (Ask { knock: Some(knock), ..nothing }, names)))
    }

    /// Whether I am in, and can read and write.
    pub(crate) fn settled(&self) -> bool {
        self.standing() == Some(Standing::Member) && self.certified() && self.ring.kept().next().is_some()
    }

    /// Whether the group knows this device's log.
    fn certified(&self) -> bool {
        let (me, log) = (self.me(), self.own.log());
        let member = self.group.as_ref().and_then(|group| group.member(&me));
        member.is_some_and(|member| member.logs.iter().any(|known| known.id == log))
    }

    /// Whether this key was a member once and is no more, so that one who comes back needs the next one.
    pub(crate) fn needs_another_key(&self) -> bool {
        self.refusal == Some(Word::Former)
    }

    /// Takes a member's node's answer to a question.
    pub(crate) fn answered(&mut self, asked: &Question, answer: Answer) -> Result<(), CellError> {
        if let Some(host) = asked.host.filter(|_| self.asks()) {
            self.heard_at_the_door(&host, &asked.handed, answer.word, &answer.left)?;
            if self.admitted()? && answer.word != Word::Welcome {
                return Ok(()); // The next question is another one.
            }
        }
        match answer.word {
            Word::Welcome => {
                let envelopes = answer.envelopes.into_iter().map(Into::into).collect();
                self.take_in(envelopes, 0);
                self.changed = true;
            }
            Word::Later | Word::PassedOn => {}
            // Those who decide have my knock, and may answer it all the same.
            Word::Expired | Word::Revoked | Word::Used | Word::Full if self.handed_over()? => {}
            word => {
                self.refusal = Some(word);
                self.changed = true;
            }
        }
        Ok(())
    }

    /// Answers somebody who asks to be let in, or back in; who proved an invite may knock on it.
    ///
    /// # Errors
    /// [`AskError`] if this is no question to this group.
    pub(crate) fn let_in(&mut self, question: &[u8], invite: Option<EntryId>) -> Result<Answer, AskError> {
        let ask = Ask::open(question, &self.id, &self.salt)?;
        let before = self.notices.len();
        let served = match (&ask.knock, invite) {
            (Some(_), _) if !self.settled() => Ok(Word::Later),
            (Some(knock), Some(invite)) => self.host(&invite, knock),
            _ => self.judge_ask(&ask),
        };
        let word = served.unwrap_or_else(|error| {
            tracing::debug!(%error, "a newcomer could not be served");
            Word::Later
        });
        let left = match (&ask.knock, invite) {
            (Some(knock), Some(_)) => self.doorstep(&knock.tag).unwrap_or_default(),
            _ => Vec::new(),
        };
        let published = self.notices.iter().skip(before).filter_map(|notice| match notice {
            Notice::Publish { bytes, .. } => Some(bytes.clone().into()),
            _ => None,
        });
        let envelopes = if word == Word::Welcome {
            published.take(limits::ENTRANCE_ENVELOPES).collect()
        } else {
            Vec::new()
        };
        Ok(Answer { word, envelopes, now: self.now(), left })
    }

    fn judge_ask(&mut self, ask: &Ask) -> Result<Word, CellError> {
        if !self.settled() {
            return Ok(Word::Later);
        }
        let mut former = false;
        if let Some(bytes) = &ask.reopen {
            match self.open_signed(bytes) {
                Err(word) => return Ok(word),
                Ok(statement) if self.is_member(&statement) => return self.seal_for(statement),
                Ok(statement) => former |= self.group()?.member(statement.author()).is_some(),
            }
        }
        if let Some(bytes) = &ask.sealed {
            return self.judge_sealed(bytes);
        }
        let Some(bytes) = &ask.join else { return Ok(if former { Word::Former } else { Word::Wrong }) };
        let statement = match self.open_signed(bytes) {
            Ok(statement) => statement,
            Err(word) => return Ok(word),
        };
        if self.is_member(&statement) && self.group()?.holds(statement.id()) {
            return self.seal_for(statement); // Somebody let them in.
        }
        let now = self.now();
        match join_word(self.group()?, &statement, now) {
            Word::Welcome => self.seal_for(statement),
            word => Ok(word),
        }
    }

    fn open_signed(&self, bytes: &[u8]) -> Result<Statement, Word> {
        let opened = admit::open_signed(bytes, &self.id, self.group.as_ref(), self.now());
        opened.map_err(|refusal| refused(&refusal))
    }

    pub(super) fn is_member(&self, statement: &Statement) -> bool {
        let member = self.group.as_ref().and_then(|group| group.member(statement.author()));
        member.is_some_and(|member| member.standing == Standing::Member)
    }

    /// Seals somebody's signed entry, lets it in, and sees to it that they get the key. Asked twice, it gives
    /// them what they should have already, once more.
    fn seal_for(&mut self, statement: Statement) -> Result<Word, CellError> {
        let author = *statement.author();
        let held = self.group()?.holds(statement.id()) || self.opens_what_is_open(&statement)?;
        if !held {
            self.seal_in(statement)?;
        }
        self.welcome(author, held)
    }

    /// Whether a log would be opened that another entry in the same place has opened: whoever asks several at once, with a
    /// join and with a certificate, may be in by the one when the other is judged. Both would be a history that split.
    fn opens_what_is_open(&self, statement: &Statement) -> Result<bool, CellError> {
        let entry = statement.entry();
        let member = self.group()?.member(statement.author());
        Ok(entry.seq == 0 && member.is_some_and(|member| member.logs.iter().any(|log| log.id == entry.log)))
    }

    /// Sees to it that somebody who was let in, now or before, gets the keys.
    pub(super) fn welcome(&mut self, author: MemberKey, before: bool) -> Result<Word, CellError> {
        let epoch = self.prepare()?;
        // Whoever is disputed is given nothing before somebody has vouched for them.
        if before && self.standing_of(&author) == Some(Standing::Member) {
            let logs = self.group()?.member(&author).map(|member| member.logs.clone()).unwrap_or_default();
            let to: Vec<_> = logs
                .iter()
                .filter(|log| log.live)
                .map(|log| Recipient { member: author, seal: log.seal })
                .collect();
            self.wrap(&epoch, &to)?;
        }
        for answer in self.ring.welcome(self.group()?, &author) {
            self.wrap(&answer.epoch, &answer.wrap_to)?;
        }
        Ok(Word::Welcome)
    }

    /// Seals somebody's signed entry under the epoch that is sent under, and lets it in.
    pub(super) fn seal_in(&mut self, statement: Statement) -> Result<(), CellError> {
        let epoch = self.prepare()?;
        let keys = self.ring.keys(&epoch).ok_or(CellError::StillWaiting)?;
        let opened = statement.seal(keys).map_err(|why| CellError::Unfit(why.to_string()))?;
        let verified = self.hold_own(opened)?;
        self.publish(&verified);
        Ok(())
    }
}

/// What to tell somebody whose join or certificate is not let in.
pub(super) fn refused(refusal: &Refusal) -> Word {
    match refusal {
        Refusal::Wait(Wait::Clock { .. }) => Word::Clock,
        Refusal::Wait(_) => Word::Later,
        Refusal::Ignore(_) | Refusal::Reject(_) => Word::Wrong,
    }
}

/// What to tell somebody who wants to come in on an invite, by what this node knows and its clock.
pub(super) fn join_word(group: &Group, statement: &Statement, now: Millis) -> Word {
    let Body::Join(join) = &statement.entry().body else { return Word::Wrong };
    if group.member(statement.author()).is_some_and(|member| member.standing != Standing::Waiting) {
        return Word::Former;
    }
    let Some(invite) = group.invite(&join.invite) else { return Word::Later };
    match invite_word(group, invite, now) {
        Word::Welcome
            if group.charter_of(&join.invite).is_none_or(|charter| join.charter != charter.hash()) =>
        {
            Word::Wrong
        }
        // Word of their being let in may not have come here yet.
        Word::Welcome if !invite.invite.mode.lets_in() => Word::Later,
        word => word,
    }
}

/// Whether somebody could come in on an invite, by what this node knows and its clock.
pub(super) fn invite_word(group: &Group, invite: &InviteState, now: Millis) -> Word {
    let members = group.members().filter(|member| member.standing == Standing::Member).count();
    if !invite.revoked.is_empty() {
        Word::Revoked
    } else if invite.invite.expires < now {
        Word::Expired
    } else if !invite.live {
        match invite.used >= invite.invite.uses {
            true => Word::Used,
            // More may sign it yet.
            false if group.charter().shared_power => Word::Later,
            false => Word::Revoked,
        }
    } else if members >= usize::try_from(group.charter().size).unwrap_or(usize::MAX) {
        Word::Full
    } else {
        Word::Welcome
    }
}
