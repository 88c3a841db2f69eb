//! Content notes: what of a text stands before it, by its author's word and by others', and what a reader makes of that.
//!
//! Guarantees: an author's own notes are never taken from a text; what others propose counts for nothing until the author
//! takes it up, but for somebody in charge who gives a reason, and whom the author can turn to and against; nodes with the
//! same entries agree, in whatever order they came ([`Proposals`]). What a reader sees of a text is the reader's own choice
//! alone ([`Choice`]): a note keeps a text from nobody who did not choose so.
//!
//! Why so: notes neither lessen distress nor, on their own, keep anybody from reading (Bridgland and others 2023,
//! doi 10.1177/21677026231186625), and have been used to hush those who tell their own experience.

use std::collections::{BTreeMap, BTreeSet};

use crate::body::{ContentNotes, Mention, ProposeNotes};
use crate::id::MemberKey;
use crate::limits;

/// What a reader wishes to see of texts that mention something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// The text, with its notes before it.
    Show,
    /// The notes, and the text when they ask for it: what holds if they chose nothing.
    #[default]
    Fold,
    /// Nothing, unless they ask for it.
    Hide,
}

/// What of several choices holds for a text that mentions several things: the one that shows least; of a text that
/// mentions nothing, that it is shown.
pub fn strictest(choices: impl IntoIterator<Item = Choice>) -> Choice {
    choices.into_iter().max().unwrap_or(Choice::Show)
}

/// What others proposed for one text, each by their last word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposals(BTreeMap<MemberKey, (u64, BTreeSet<Mention>, String)>);

/// What one member proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed<'a> {
    /// Who.
    pub by: &'a MemberKey,
    /// What; never empty.
    pub mentions: &'a BTreeSet<Mention>,
    /// Why; may be empty.
    pub reason: &'a str,
}

impl Proposals {
    /// Takes up what a member proposed in an entry with this lamport number: of one member the highest holds; of several
    /// with one number, the same one on all nodes.
    pub fn take(&mut self, by: MemberKey, lamport: u64, said: ProposeNotes) {
        let new = (lamport, said.mentions.into_iter().collect(), said.reason);
        if self.0.get(&by).is_none_or(|last| *last < new) {
            self.0.insert(by, new);
        }
    }

    /// What stands, by member: not what was taken back.
    pub fn standing(&self) -> impl Iterator<Item = Proposed<'_>> {
        let all = self.0.iter().filter(|(_, (_, mentions, _))| !mentions.is_empty());
        all.map(|(by, (_, mentions, reason))| Proposed { by, mentions, reason })
    }
}

impl Proposed<'_> {
    /// Whether it stands before the text without its author's word: if somebody in charge gives a reason.
    pub fn is_added(&self, in_charge: bool) -> bool {
        in_charge && !self.reason.trim().is_empty()
    }

    /// Whether it says anything that is not said already.
    pub fn is_new_to(&self, notes: &ContentNotes) -> bool {
        self.mentions.iter().any(|mention| !notes.mentions.contains(mention))
    }
}

/// An author's notes with more: none of theirs goes. Of more than [`limits::MENTIONS`] the rest is left out.
pub fn with<'a>(notes: &ContentNotes, more: impl IntoIterator<Item = &'a Mention>) -> ContentNotes {
    let mut all = notes.mentions.clone();
    for mention in more {
        if all.len() < limits::MENTIONS && !all.contains(mention) {
            all.push(*mention);
        }
    }
    ContentNotes::new(all, notes.other.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ShortId;

    const ANA: MemberKey = MemberKey([1; 32]);
    const BEN: MemberKey = MemberKey([2; 32]);

    fn said(mentions: &[Mention], reason: &str) -> ProposeNotes {
        ProposeNotes { to: ShortId([0; 16]), mentions: mentions.to_vec(), reason: reason.into() }
    }

    #[test]
    fn the_choice_that_shows_least_holds() {
        assert_eq!(strictest([]), Choice::Show);
        assert_eq!(strictest([Choice::Show, Choice::Fold]), Choice::Fold);
        assert_eq!(strictest([Choice::Hide, Choice::Fold, Choice::Show]), Choice::Hide);
        assert_eq!(Choice::default(), Choice::Fold);
    }

    #[test]
    fn the_last_word_of_each_holds_in_any_order_and_none_takes_it_back() {
        let all = [
            (ANA, 3, said(&[Mention::LOSS], "")),
            (ANA, 5, said(&[], "")),
            (BEN, 4, said(&[Mention::MEDICAL], "It names a ward.")),
            (BEN, 4, said(&[Mention::LOSS], "")),
        ];
        let of = |order: &[usize]| {
            let mut proposals = Proposals::default();
            for place in order {
                let (by, lamport, said) = all[*place].clone();
                proposals.take(by, lamport, said);
            }
            proposals
        };
        let first = of(&[0, 1, 2, 3]);
        for order in [[3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] {
            assert_eq!(of(&order), first);
        }
        let standing: Vec<_> = first.standing().collect();
        assert_eq!(standing.len(), 1, "Ana took hers back");
        assert_eq!((standing[0].by, standing[0].reason), (&BEN, "It names a ward."));
    }

    #[test]
    fn only_somebody_in_charge_with_a_reason_adds_and_nothing_of_the_author_goes() {
        let mut proposals = Proposals::default();
        proposals.take(BEN, 4, said(&[Mention::MEDICAL], "It names a ward."));
        let one = proposals.standing().next().unwrap();
        assert!(one.is_added(true) && !one.is_added(false));
        let bare = Proposed { reason: "  ", ..one.clone() };
        assert!(!bare.is_added(true));
        let own = ContentNotes::new([Mention::LOSS], "my brother");
        assert!(one.is_new_to(&own));
        let both = with(&own, one.mentions);
        assert_eq!(both, ContentNotes::new([Mention::LOSS, Mention::MEDICAL], "my brother"));
        assert!(!one.is_new_to(&both));
        let many = ContentNotes::new((1..=8).map(Mention), "");
        assert_eq!(with(&many, &[Mention::VIOLENCE]), many);
    }
}
