//! What is said to the author of a text alone, by letter: that somebody heard it, and whether ideas are welcome. It is kept
//! by who it is for, and goes with the text.

use std::collections::BTreeMap;

use kith_protocol::body::{Body, Heard};
use kith_protocol::charter::Advice;
use kith_protocol::hearing::{AckKind, Intent, ReplyKind};
use kith_protocol::id::{EntryId, MemberKey, ShortId};
use kith_protocol::letter::Message;
use kith_protocol::limits;

use super::CellError;
use super::engine::{Engine, Notice};
use super::hearing_view::intent_of;
use super::letters::Name;
use crate::api::types;
use crate::store::Placed;

/// How far a thread is followed up to its first post.
const UP: usize = 64;
/// Texts about which something was said to me alone that are remembered, so that it goes with them.
const TEXTS: usize = 4096;

const TEXTS_NOTE: &str = "hearing/told";

/// The first post of a thread, as far as it is here.
pub(super) struct Root {
    pub(super) post: EntryId,
    pub(super) author: MemberKey,
    pub(super) intent: Intent,
}

impl Engine {
    /// Acknowledges a post or reply to its author, and marks it as heard if nobody did.
    pub(crate) fn acknowledge(
        &mut self,
        post: &EntryId,
        kind: AckKind,
    ) -> Result<(Name, Vec<MemberKey>), CellError> {
        let (held, author) = self.theirs(post)?;
        let name = self.send(&Message::Ack { post: *post, kind }, &[author])?;
        self.note_said(&post.short(), kind)?;
        if !self.marks(&held, &author)?.heard() {
            self.write(Body::Heard(Heard { post: post.short() }))?;
        }
        self.took_step(|steps| steps.heard = true)?;
        Ok((name, vec![author]))
    }

    /// Asks the author of a thread whether my ideas are welcome.
    pub(crate) fn ask_to_suggest(&mut self, post: &EntryId) -> Result<(Name, Vec<MemberKey>), CellError> {
        let root = self.root(&post.short())?.filter(|root| root.author != self.me());
        let root = root.ok_or(CellError::NobodyToAsk)?;
        let name = self.send(&Message::AskToSuggest { post: root.post }, &[root.author])?;
        self.note_asked(&root.post.short())?;
        Ok((name, vec![root.author]))
    }

    /// Says to a member that their ideas about a post of mine are welcome.
    pub(crate) fn consent(
        &mut self,
        post: &EntryId,
        to: MemberKey,
    ) -> Result<(Name, Vec<MemberKey>), CellError> {
        let me = self.me();
        let root = self.root(&post.short())?.filter(|root| root.author == me).ok_or(CellError::NotMine)?;
        self.keep_consent(&me, &root.post, &to)?;
        let logs = self.group()?.member(&me).map_or(0, |me| me.logs.iter().filter(|log| log.live).count());
        let recipients = if logs > 1 { vec![to, me] } else { vec![to] };
        let name = self.send(&Message::Consent { post: root.post, to }, &recipients)?;
        Ok((name, vec![to]))
    }

    /// What whoever began the thread that a post is in wishes for.
    pub(crate) fn wished_for(&self, post: &EntryId) -> Result<types::Intent, CellError> {
        Ok(self.root(&post.short())?.map(|root| intent_of(root.intent)).unwrap_or_default())
    }

    /// What somebody wishes for who does not say.
    pub(crate) fn usual_intent(&self) -> Intent {
        let welcome = self.group.as_ref().is_some_and(|group| group.charter().advice == Advice::Welcome);
        if welcome { Intent::ADVICE } else { Intent::HEAR_ME }
    }

    /// Refuses advice that nobody asked for, before it is written.
    pub(super) fn may_advise(&self, to: &ShortId, kind: ReplyKind) -> Result<(), CellError> {
        match self.unasked_in(to, kind, &self.me())? {
            Some(root) => Err(CellError::AdviceNotAsked(self.name_of(&root.author))),
            None => Ok(()),
        }
    }

    /// The thread's first post, if a reply of this kind by this member is advice that its author did not ask for.
    pub(super) fn unasked_in(
        &self,
        to: &ShortId,
        kind: ReplyKind,
        by: &MemberKey,
    ) -> Result<Option<Root>, CellError> {
        if !kind.advises() {
            return Ok(None);
        }
        let Some(root) = self.root(to)? else { return Ok(None) };
        let fits = root.author == *by || root.intent.welcomes(kind);
        let welcome = fits || self.consents(&root.post)?.contains(&(root.author, *by));
        Ok((!welcome).then_some(root))
    }

    /// Takes in what somebody says to me alone about a text.
    pub(super) fn told_alone(&mut self, from: &MemberKey, message: &Message) -> Result<(), CellError> {
        match message {
            Message::Ack { post, kind } if self.is_mine(post)? => {
                let name = acks_name(&post.short());
                let mut acks: Vec<(MemberKey, AckKind)> = self.noted(&name)?.unwrap_or_default();
                acks.retain(|(member, _)| member != from);
                if acks.len() < limits::MEMBERS {
                    acks.push((*from, *kind));
                }
                self.staged.note(name, minicbor::to_vec(&acks).unwrap_or_default());
                self.notices.push(Notice::Altered(*post));
            }
            Message::AskToSuggest { post } if self.is_mine(post)? => {
                let name = asks_name(&post.short());
                let mut asks: Vec<MemberKey> = self.noted(&name)?.unwrap_or_default();
                if !asks.contains(from) && asks.len() < limits::MEMBERS {
                    asks.push(*from);
                    self.staged.note(name, minicbor::to_vec(&asks).unwrap_or_default());
                    self.notices.push(Notice::Altered(*post));
                }
            }
            Message::Consent { post, to } => self.keep_consent(from, post, to)?,
            _ => return Ok(()),
        }
        if let Message::Ack { post, .. } | Message::AskToSuggest { post } | Message::Consent { post, .. } =
            message
        {
            self.remember_told(&post.short())?;
        }
        self.changed = true;
        Ok(())
    }

    /// Forgets what was said to me alone about texts that have outlived their time.
    pub(super) fn let_go_told(&mut self) -> Result<(), CellError> {
        let texts: Vec<ShortId> = self.noted(TEXTS_NOTE)?.unwrap_or_default();
        let mut kept = Vec::with_capacity(texts.len());
        for text in &texts {
            if self.store.entry(text)?.is_some() {
                kept.push(*text);
            } else {
                self.forget_told(text);
            }
        }
        if kept.len() < texts.len() {
            self.staged.note(TEXTS_NOTE, minicbor::to_vec(&kept).unwrap_or_default());
        }
        Ok(())
    }

    pub(super) fn remember_told(&mut self, post: &ShortId) -> Result<(), CellError> {
        let mut texts: Vec<ShortId> = self.noted(TEXTS_NOTE)?.unwrap_or_default();
        if !texts.contains(post) {
            texts.push(*post);
            let beyond = texts.len().saturating_sub(TEXTS);
            for gone in texts.drain(..beyond).collect::<Vec<_>>() {
                self.forget_told(&gone);
            }
            self.staged.note(TEXTS_NOTE, minicbor::to_vec(&texts).unwrap_or_default());
        }
        Ok(())
    }

    /// Who acknowledged something of mine, and how, by name.
    pub(super) fn acks(&self, post: &ShortId) -> Result<BTreeMap<(String, MemberKey), AckKind>, CellError> {
        let acks: Vec<(MemberKey, AckKind)> = self.noted(&acks_name(post))?.unwrap_or_default();
        let shown = acks.into_iter().filter(|(member, _)| !self.hidden.has(member));
        Ok(shown.map(|(member, kind)| ((self.name_of(&member), member), kind)).collect())
    }

    /// Who asks whether their ideas about a post of mine are welcome, and was not answered.
    pub(super) fn asking_to_suggest(&self, post: &EntryId) -> Result<Vec<MemberKey>, CellError> {
        let asks: Vec<MemberKey> = self.noted(&asks_name(&post.short()))?.unwrap_or_default();
        let (consents, let_be) = (self.consents(post)?, self.let_be(&post.short())?);
        let answered =
            |member: &MemberKey| consents.contains(&(self.me(), *member)) || let_be.contains(member);
        let open = |member: &MemberKey| !self.hidden.has(member) && !answered(member);
        Ok(asks.into_iter().filter(open).collect())
    }

    /// Forgets what was said to me alone about a text that is gone.
    pub(super) fn forget_told(&mut self, post: &ShortId) {
        for name in [acks_name(post), asks_name(post), consents_name(post)] {
            self.staged.unnote(name);
        }
        self.forget_said(post);
    }

    fn keep_consent(&mut self, from: &MemberKey, post: &EntryId, to: &MemberKey) -> Result<(), CellError> {
        let mut consents = self.consents(post)?;
        let consent = (*from, *to);
        if !consents.contains(&consent) && consents.len() < limits::MEMBERS {
            consents.push(consent);
            self.staged.note(consents_name(&post.short()), minicbor::to_vec(&consents).unwrap_or_default());
        }
        Ok(())
    }

    /// Who said about a post whose ideas are welcome: its author's word alone counts.
    fn consents(&self, post: &EntryId) -> Result<Vec<(MemberKey, MemberKey)>, CellError> {
        Ok(self.noted(&consents_name(&post.short()))?.unwrap_or_default())
    }

    fn is_mine(&self, post: &EntryId) -> Result<bool, CellError> {
        let held = self.store.entry(&post.short())?;
        let placed = held.as_ref().and_then(|held| held.placed.as_ref());
        if placed.is_none_or(|placed| placed.entry != *post) {
            return Ok(false);
        }
        Ok(held.and_then(|held| self.read_held(&held)).is_some_and(|(_, author)| author == self.me()))
    }

    /// The first post of the thread that something is in; none if it is not here.
    pub(super) fn root(&self, within: &ShortId) -> Result<Option<Root>, CellError> {
        let mut at = *within;
        for _ in 0..UP {
            let Some(held) = self.store.entry(&at)? else { return Ok(None) };
            if let Some(Placed { reply_to: Some(up), .. }) = &held.placed {
                at = *up;
                continue;
            }
            let Some((entry, author)) = self.read_held(&held) else { return Ok(None) };
            let (Body::Post(post), Some(placed)) = (entry.body, held.placed) else { return Ok(None) };
            let edit = self.edited(&author, &at)?.and_then(|edit| edit.intent);
            return Ok(Some(Root { post: placed.entry, author, intent: edit.unwrap_or(post.intent) }));
        }
        Ok(None)
    }
}

fn acks_name(post: &ShortId) -> String {
    format!("hearing/acks/{post}")
}

fn asks_name(post: &ShortId) -> String {
    format!("hearing/asks/{post}")
}

fn consents_name(post: &ShortId) -> String {
    format!("hearing/consents/{post}")
}
