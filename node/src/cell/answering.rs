//! What I may answer, and what I said to an author alone: noted here for myself, and gone with the text it is about.

use kith_protocol::hearing::{AckKind, ReplyKind};
use kith_protocol::id::{EntryId, MemberKey, ShortId};

use super::CellError;
use super::engine::{Engine, Notice};
use super::hearing_view::{ack_of, intent_of, kind_of};
use crate::api::types::{Answering, Post};

/// Every kind of reply, in the order in which they are offered.
const KINDS: [ReplyKind; 6] = [
    ReplyKind::LISTENING,
    ReplyKind::EXPERIENCE,
    ReplyKind::QUESTION,
    ReplyKind::SUGGESTION,
    ReplyKind::RESOURCE,
    ReplyKind::OFFER,
];
/// Entries read from the store at a time.
const PAGE: usize = 256;
/// Entries looked through for answers to me.
const LOOKED_THROUGH: usize = 2048;

impl Engine {
    /// What I may answer to a post, what I said to its author, and whether I hide it.
    pub(crate) fn answering(&self, post: &EntryId) -> Result<Answering, CellError> {
        let short = post.short();
        let root = self.root(&short)?;
        let mut kinds = Vec::with_capacity(KINDS.len());
        for kind in KINDS {
            if self.unasked_in(&short, kind, &self.me())?.is_none() {
                kinds.push(kind_of(kind));
            }
        }
        let asked = match &root {
            Some(root) => self.noted::<bool>(&asked_name(&root.post.short()))?.unwrap_or_default(),
            None => false,
        };
        Ok(Answering {
            intent: root.map(|root| intent_of(root.intent)).unwrap_or_default(),
            may_ask: kinds.len() < KINDS.len(),
            kinds,
            asked,
            said: self.noted::<AckKind>(&said_name(&short))?.map(ack_of),
            hidden: self.is_put_out_of_sight(&short)?,
        })
    }

    /// Notes what I said to the author of a text alone.
    pub(super) fn note_said(&mut self, post: &ShortId, kind: AckKind) -> Result<(), CellError> {
        self.staged.note(said_name(post), minicbor::to_vec(kind).unwrap_or_default());
        self.remember_told(post)
    }

    /// Notes that I asked whether my ideas are welcome.
    pub(super) fn note_asked(&mut self, post: &ShortId) -> Result<(), CellError> {
        self.staged.note(asked_name(post), minicbor::to_vec(true).unwrap_or_default());
        self.remember_told(post)
    }

    /// Lets be that somebody asks whether their ideas about a post of mine are welcome, now and later. Nobody is told.
    pub(crate) fn not_now(&mut self, post: &EntryId, member: MemberKey) -> Result<(), CellError> {
        let me = self.me();
        let root = self.root(&post.short())?.filter(|root| root.author == me).ok_or(CellError::NotMine)?;
        let short = root.post.short();
        let mut let_be = self.let_be(&short)?;
        if !let_be.contains(&member) && self.asking_to_suggest(&root.post)?.contains(&member) {
            let_be.push(member);
            self.staged.note(let_be_name(&short), minicbor::to_vec(&let_be).unwrap_or_default());
            self.notices.push(Notice::Altered(root.post));
        }
        Ok(())
    }

    /// Whose question about a post of mine I let be.
    pub(super) fn let_be(&self, post: &ShortId) -> Result<Vec<MemberKey>, CellError> {
        Ok(self.noted(&let_be_name(post))?.unwrap_or_default())
    }

    /// Hides a text that somebody else wrote from me alone, or shows it again.
    pub(crate) fn put_out_of_sight(&mut self, post: &EntryId, hidden: bool) -> Result<(), CellError> {
        let (_, _) = self.theirs(post)?;
        let short = post.short();
        if hidden {
            self.staged.note(hidden_name(&short), minicbor::to_vec(true).unwrap_or_default());
            self.remember_told(&short)?;
        } else {
            self.staged.unnote(hidden_name(&short));
        }
        self.notices.push(Notice::Altered(*post));
        Ok(())
    }

    /// Whether I hide a text.
    pub(super) fn is_put_out_of_sight(&self, post: &ShortId) -> Result<bool, CellError> {
        Ok(self.noted(&hidden_name(post))?.unwrap_or_default())
    }

    /// Forgets what was noted here of a text that is gone.
    pub(super) fn forget_said(&mut self, post: &ShortId) {
        for name in [said_name(post), asked_name(post), let_be_name(post), hidden_name(post)] {
            self.staged.unnote(name);
        }
    }

    /// The newest answers to what I wrote, at most so many.
    pub(crate) fn answers_to_me(&self, most: usize) -> Result<Vec<Post>, CellError> {
        let me = self.me().author();
        let (mut found, mut at, mut looked) = (Vec::new(), None, 0_usize);
        while found.len() < most && looked < LOOKED_THROUGH {
            let page = self.store.timeline(at, PAGE)?;
            looked = looked.saturating_add(page.len());
            let ended = page.len() < PAGE;
            for held in page {
                let Some(placed) = &held.placed else { continue };
                at = Some(placed.cursor());
                let Some(to) = placed.reply_to.filter(|_| placed.author != me) else { continue };
                let answered = self.store.entry(&to)?.and_then(|held| held.placed);
                if answered.is_some_and(|answered| answered.author == me) && found.len() < most {
                    found.extend(self.post_view(&held)?.filter(|post| !post.mine && !post.withdrawn));
                }
            }
            if ended {
                break;
            }
        }
        Ok(found)
    }
}

fn said_name(post: &ShortId) -> String {
    format!("hearing/said/{post}")
}

fn asked_name(post: &ShortId) -> String {
    format!("hearing/asked/{post}")
}

fn let_be_name(post: &ShortId) -> String {
    format!("hearing/let-be/{post}")
}

fn hidden_name(post: &ShortId) -> String {
    format!("hearing/hidden/{post}")
}
