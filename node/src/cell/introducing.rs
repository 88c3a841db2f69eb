//! What members say of themselves to the group.

use kith_protocol::admit::Verified;
use kith_protocol::body::{Body, Intro};
use kith_protocol::entry::Entry;
use kith_protocol::group::Standing;
use kith_protocol::id::{EntryId, MemberKey};

use super::CellError;
use super::engine::Engine;
use super::hearing_view::content_notes;
use crate::api::types;

/// Introductions of one member that are looked at. Of more, those that came first are not.
const OF_ONE: usize = 8;

impl Engine {
    /// Introduces me, in place of what I said before, which is taken back.
    pub(crate) fn introduce(&mut self, intro: Intro) -> Result<EntryId, CellError> {
        let before = self.my_intros()?;
        let written = self.write(Body::Intro(intro))?;
        if !before.is_empty() {
            self.withdraw(&before)?;
        }
        Ok(written)
    }

    /// Takes my introduction back.
    pub(crate) fn take_intro_back(&mut self) -> Result<EntryId, CellError> {
        let mine = self.my_intros()?;
        if mine.is_empty() { Err(CellError::NotMine) } else { self.withdraw(&mine) }
    }

    /// The introductions of members, by name.
    pub(crate) fn intros_view(&self) -> Result<Vec<types::Intro>, CellError> {
        let mut intros = Vec::new();
        for member in self.group()?.members().filter(|one| one.standing == Standing::Member) {
            let Some((id, entry, intro)) = self.intro_of(&member.key)? else { continue };
            intros.push(types::Intro {
                intro: id.to_string(),
                member: member.key.to_string(),
                name: member.name.clone(),
                me: member.key == self.me(),
                line: intro.line,
                words: intro.words,
                tags: intro.tags,
                notes: content_notes(&intro.notes),
                time: entry.time.to_string(),
            });
        }
        intros.retain(|intro| !self.hides_notes(&intro.notes, intro.me));
        intros.sort_by(|a, b| (&a.name, &a.member).cmp(&(&b.name, &b.member)));
        Ok(intros)
    }

    /// The line that a member put beside their name.
    pub(super) fn profile_line(&self, member: &MemberKey) -> Result<Option<String>, CellError> {
        let intro = self.intro_of(member)?;
        // What it mentions is to be said before it, which a line beside a name cannot.
        let intro = intro.filter(|(_, _, intro)| intro.notes.is_empty());
        Ok(intro.map(|(_, _, intro)| intro.line).filter(|line| !line.is_empty()))
    }

    /// Takes note of an introduction.
    pub(super) fn heed_intro(&mut self, verified: &Verified) -> Result<(), CellError> {
        self.enlist(intros_name(verified.author()), OF_ONE, verified)
    }

    fn intro_of(&self, member: &MemberKey) -> Result<Option<(EntryId, Entry, Intro)>, CellError> {
        let mut last: Option<(EntryId, Entry, Intro)> = None;
        for name in self.listed(&intros_name(member))? {
            let Some((entry, _, id)) = self.shown_entry(&name)? else { continue };
            let Body::Intro(intro) = entry.body.clone() else { continue };
            if last.as_ref().is_none_or(|(other, before, _)| (before.lamport, *other) < (entry.lamport, id)) {
                last = Some((id, entry, intro));
            }
        }
        Ok(last)
    }

    fn my_intros(&self) -> Result<Vec<EntryId>, CellError> {
        let mut mine = Vec::new();
        for name in self.listed(&intros_name(&self.me()))? {
            let held = self.store.entry(&name)?;
            let there =
                held.as_ref().and_then(|held| Some((self.read_held(held)?, held.placed.as_ref()?.entry)));
            mine.extend(there.map(|(_, id)| id));
        }
        Ok(mine)
    }
}

fn intros_name(member: &MemberKey) -> String {
    format!("intro/of/{member}")
}
