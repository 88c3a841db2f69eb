//! Nobody goes unheard: which posts still wait for an answer, and who is writing one.
//!
//! How long a post waits is measured by this node's clock from when it came here; whether it was heard follows from what
//! the group wrote ([`Marks`]).

use std::collections::{BTreeSet, HashMap};

use kith_protocol::admit::Verified;
use kith_protocol::body::{Body, Claim, StillNeed};
use kith_protocol::envelope::Envelope;
use kith_protocol::hearing::{self, Marks, Step};
use kith_protocol::id::{EntryId, LogId, MemberKey, ShortId};
use kith_protocol::time::Millis;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::{Engine, Notice};
use crate::store::{Held as Stored, Store};

/// Posts that are followed. Of more, those that came first go.
const OPEN: usize = 1000;
/// For how long they are, in milliseconds: 30 days.
const FOLLOWED: u64 = 30 * 24 * 3_600_000;
/// A claim that took longer than this to get here is over, in milliseconds.
const STALE_CLAIM: u64 = 2 * 3_600_000;
/// Marks of each sort that are kept about one post: those with the highest lamport numbers.
const MARKS: usize = 16;
/// Replies to one post that are looked at.
const REPLIES: usize = 200;

const OPEN_NOTE: &str = "hearing/open";

/// Posts that came lately, and who is writing.
#[derive(Default)]
pub(super) struct Hearing {
    open: Vec<(ShortId, Millis)>,
    changed: bool,
    claims: HashMap<MemberKey, (ShortId, Millis)>,
}

/// A heard or a still need.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
struct Mark {
    #[n(0)]
    by: MemberKey,
    #[n(1)]
    log: LogId,
    #[n(2)]
    seq: u64,
    #[n(3)]
    lamport: u64,
    #[n(4)]
    still: bool,
}

/// A post that waits for an answer.
pub(super) struct Open {
    pub(super) held: Stored,
    /// When it came here.
    pub(super) came: Millis,
    /// How long that is.
    pub(super) step: Step,
    /// Whether its author said that they still wait.
    pub(super) reopened: bool,
}

impl Hearing {
    pub(super) fn of(store: &dyn Store) -> Result<Hearing, CellError> {
        let noted = store.note(OPEN_NOTE)?;
        let open = noted.and_then(|bytes| minicbor::decode(&bytes).ok()).unwrap_or_default();
        Ok(Hearing { open, ..Hearing::default() })
    }

    fn follow(&mut self, post: ShortId, now: Millis) {
        if self.open.iter().any(|(open, _)| *open == post) {
            return;
        }
        self.open.retain(|(_, came)| now.since(*came) < FOLLOWED);
        self.open.push((post, now));
        let beyond = self.open.len().saturating_sub(OPEN);
        self.open.drain(..beyond);
        self.changed = true;
    }

    /// Who is writing an answer to a post.
    fn claimant(&self, post: &ShortId, now: Millis) -> Option<&MemberKey> {
        let live = |(claimed, came): &(ShortId, Millis)| claimed == post && now.since(*came) < hearing::CLAIM;
        self.claims.iter().find(|(_, claim)| live(claim)).map(|(member, _)| member)
    }
}

impl Engine {
    /// Says that I still wait for an answer.
    pub(crate) fn still_need(&mut self, post: &EntryId) -> Result<EntryId, CellError> {
        let held = self.store.entry(&post.short())?.ok_or(CellError::NotMine)?;
        match self.read_held(&held) {
            Some((entry, author)) if author == self.me() && matches!(entry.body, Body::Post(_)) => {
                self.write(Body::StillNeed(StillNeed { post: post.short() }))
            }
            _ => Err(CellError::NotMine),
        }
    }

    /// Says that I am writing an answer, or that I do not after all.
    pub(crate) fn claim(&mut self, post: Option<&EntryId>) -> Result<EntryId, CellError> {
        if let Some(post) = post {
            self.theirs(post)?;
        }
        self.write(Body::Claim(Claim { post: post.map(EntryId::short) }))
    }

    /// Whether a post was heard.
    pub(super) fn marks(&self, post: &Stored, author: &MemberKey) -> Result<Marks, CellError> {
        let mut marks = Marks::default();
        let Some(placed) = &post.placed else { return Ok(marks) };
        let (short, group) = (placed.entry.short(), self.group()?);
        for reply in self.store.replies_to(&short, 0, REPLIES)? {
            let Some(answer) = &reply.placed else { continue };
            let there = answer.author != placed.author && Envelope::decode(&reply.bytes).is_ok();
            let counts = |key: &MemberKey| group.shows(key, &answer.log, answer.seq);
            if there && group.keys(&answer.author).iter().any(counts) {
                marks.answer(answer.lamport);
            }
        }
        for mark in self.marked(&short)? {
            if group.shows(&mark.by, &mark.log, mark.seq) {
                match (mark.still, mark.by == *author) {
                    (true, true) => marks.still_need(mark.lamport),
                    (false, false) => marks.answer(mark.lamport),
                    _ => {}
                }
            }
        }
        Ok(marks)
    }

    /// Posts that wait for an answer and have for long enough. Mine among them. Each is looked at as it is asked for.
    pub(super) fn open_posts(&self) -> Result<impl Iterator<Item = Result<Open, CellError>> + '_, CellError> {
        let greetings = self.greetings()?;
        let open =
            move |(post, came): &(ShortId, Millis)| self.open_post(post, *came, &greetings).transpose();
        Ok(self.hearing.open.iter().filter_map(open))
    }

    /// A post that is followed, if it waits.
    fn open_post(
        &self,
        post: &ShortId,
        came: Millis,
        greetings: &BTreeSet<(ShortId, MemberKey)>,
    ) -> Result<Option<Open>, CellError> {
        let hours = self.group.as_ref().map_or(0, |group| group.charter().reply_hours);
        let step = hearing::step(hours, came, self.now());
        // One that came lately waits once its author said that they still do, which leaves a mark: nothing else of it needs
        // to be read.
        if step == Step::Fresh && !self.marked(post)?.iter().any(|mark| mark.still) {
            return Ok(None);
        }
        let Some(held) = self.store.entry(post)? else { return Ok(None) };
        let Some((_, author)) = self.read_held(&held) else { return Ok(None) };
        let marks = self.marks(&held, &author)?;
        let greets = greetings.contains(&(*post, author));
        let waits = !marks.heard() && (step > Step::Fresh && !greets || marks.reopened());
        Ok(waits.then(|| Open { held, came, step, reopened: marks.reopened() }))
    }

    /// When a post came here, if it is followed.
    pub(super) fn came(&self, post: &ShortId) -> Option<Millis> {
        self.hearing.open.iter().find(|(open, _)| open == post).map(|(_, came)| *came)
    }

    /// Who is writing an answer to a post, as they are called.
    pub(super) fn claimed_by(&self, post: &ShortId) -> Option<String> {
        let member = self.hearing.claimant(post, self.now()).filter(|member| !self.hidden.has(member))?;
        Some(self.name_of(member))
    }

    /// Whether a member is new here.
    pub(super) fn is_new(&self, member: &MemberKey) -> bool {
        self.came_within(member, hearing::NEW)
    }

    /// Whether a member came less than this long ago, in milliseconds, by their word and this clock.
    pub(super) fn came_within(&self, member: &MemberKey, within: u64) -> bool {
        let group = self.group.as_ref();
        let joined = group.and_then(|group| group.entry(&group.member(member)?.joined));
        joined.is_some_and(|joined| self.now().since(joined.entry.time) < within)
    }

    /// Takes note of content that was let in.
    pub(super) fn listen(&mut self, verified: &Verified) -> Result<(), CellError> {
        let (author, entry, now) = (*verified.author(), verified.entry(), self.now());
        let mark = |still| Mark { by: author, log: entry.log, seq: entry.seq, lamport: entry.lamport, still };
        match &entry.body {
            Body::Post(_) if now.since(entry.time) < FOLLOWED => {
                self.hearing.follow(verified.entry_id().short(), now);
            }
            Body::Reply(reply) => {
                // Whoever wrote does not write any more.
                self.hearing.claims.retain(|by, (post, _)| *by != author || *post != reply.to);
            }
            Body::Heard(heard) => self.keep_mark(&heard.post, mark(false))?,
            Body::StillNeed(still) => self.keep_mark(&still.post, mark(true))?,
            Body::Claim(claim) => {
                self.hearing
                    .claims
                    .retain(|by, (_, came)| *by != author && now.since(*came) < hearing::CLAIM);
                if let Some(post) = claim.post.filter(|_| now.since(entry.time) < STALE_CLAIM) {
                    self.hearing.claims.insert(author, (post, now));
                }
                self.notices.push(Notice::Changed);
            }
            _ => {}
        }
        Ok(())
    }

    /// Puts the list of followed posts among what is made durable, if it changed.
    pub(super) fn note_hearing(&mut self) {
        if std::mem::take(&mut self.hearing.changed) {
            self.staged.note(OPEN_NOTE, minicbor::to_vec(&self.hearing.open).unwrap_or_default());
        }
    }

    fn keep_mark(&mut self, post: &ShortId, mark: Mark) -> Result<(), CellError> {
        let mut marks = self.marked(post)?;
        let same = |one: &Mark| one.by == mark.by && one.still == mark.still;
        if marks.iter().any(|one| same(one) && one.lamport >= mark.lamport) {
            return Ok(());
        }
        let sort = mark.still;
        marks.retain(|one| !same(one));
        marks.push(mark);
        if marks.iter().filter(|one| one.still == sort).count() > MARKS
            && let Some(least) = marks.iter().filter(|one| one.still == sort).map(|one| one.lamport).min()
        {
            marks.retain(|one| one.still != sort || one.lamport > least);
        }
        self.staged.note(marks_name(post), minicbor::to_vec(&marks).unwrap_or_default());
        if let Some(placed) = self.store.entry(post)?.and_then(|held| held.placed) {
            self.notices.push(Notice::Altered(placed.entry));
        }
        self.changed = true;
        Ok(())
    }

    fn marked(&self, post: &ShortId) -> Result<Vec<Mark>, CellError> {
        Ok(self.noted(&marks_name(post))?.unwrap_or_default())
    }

    /// Something shown here that somebody else wrote.
    pub(super) fn theirs(&self, post: &EntryId) -> Result<(Stored, MemberKey), CellError> {
        let held = self.store.entry(&post.short())?.ok_or(CellError::NotTheirs)?;
        // Whoever names it has asked for it, whatever they chose for what it mentions.
        if self.whole_view(&held)?.is_none_or(|post| post.withdrawn || post.mine) {
            return Err(CellError::NotTheirs);
        }
        let author = self.read_held(&held).map(|(_, author)| author).ok_or(CellError::NotTheirs)?;
        Ok((held, author))
    }
}

fn marks_name(post: &ShortId) -> String {
    format!("hearing/marks/{post}")
}
