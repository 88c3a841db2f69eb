//! The library's rules: what an item is, and whether it was looked at by others than its author.
//!
//! Guarantees: nodes with the same entries agree on how an item stands, in whatever order they came ([`Checks`]); whether
//! it should be looked at again is each reader's clock's matter. Nothing counts how many an item helped.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::id::MemberKey;
use crate::time::Millis;

/// Members other than its author who have to find an item right before it is listed, where there are so many.
const CHECKS: usize = 2;

/// What an item is. A number this version does not know is a tip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct ItemKind(#[n(0)] pub u8);

impl ItemKind {
    /// Something that somebody learnt.
    pub const TIP: ItemKind = ItemKind(0);
    /// A service: a place or people to turn to.
    pub const SERVICE: ItemKind = ItemKind(1);
    /// An article.
    pub const ARTICLE: ItemKind = ItemKind(2);
    /// A tool, a form, an exercise.
    pub const TOOL: ItemKind = ItemKind(3);
    /// A book, a film, a recording.
    pub const BOOK: ItemKind = ItemKind(4);
    /// A helpline.
    pub const HELPLINE: ItemKind = ItemKind(5);
    /// What got somebody through: for the hope shelf.
    pub const STORY: ItemKind = ItemKind(6);
}

/// How its author comes to an item. A number this version does not know is their own experience.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Relation(#[n(0)] pub u8);

impl Relation {
    /// It was so for them.
    pub const EXPERIENCE: Relation = Relation(0);
    /// An organisation says it.
    pub const ORGANISATION: Relation = Relation(1);
    /// Research found it.
    pub const RESEARCH: Relation = Relation(2);
}

/// What somebody found who looked at an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Verdict {
    /// It is right, as far as they can tell.
    #[n(0)]
    Fine,
    /// Something about it is wrong.
    #[n(1)]
    Dispute,
}

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Too few have looked at it yet.
    Proposed,
    /// Others than its author found it right.
    Listed,
    /// Somebody says that something about it is wrong.
    Disputed,
}

/// What members found, each by their last word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    last: BTreeMap<MemberKey, (u64, Verdict)>,
    review_by: Option<(u64, Millis)>,
}

impl Checks {
    /// Takes up what a member said in an entry with this lamport number: of one member the highest holds; of two with one
    /// number, the dispute.
    pub fn take(&mut self, by: MemberKey, lamport: u64, verdict: Verdict, review_by: Option<Millis>) {
        let rank = |(lamport, verdict): &(u64, Verdict)| (*lamport, *verdict == Verdict::Dispute);
        let new = (lamport, verdict);
        if self.last.get(&by).is_none_or(|last| rank(last) < rank(&new)) {
            self.last.insert(by, new);
        }
        self.review_by = self.review_by.max(review_by.map(|at| (lamport, at)));
    }

    /// How an item by this author stands in a group with so many members.
    pub fn stands(&self, author: &MemberKey, members: usize) -> Stands {
        let others = || self.last.iter().filter(|(by, _)| *by != author).map(|(_, (_, verdict))| verdict);
        if others().any(|verdict| *verdict == Verdict::Dispute) {
            return Stands::Disputed;
        }
        let enough = CHECKS.min(members.saturating_sub(1)).max(1);
        if others().count() >= enough { Stands::Listed } else { Stands::Proposed }
    }

    /// When somebody should look again, if an item names a day itself or nobody named another since.
    pub fn review_by(&self, of_item: Option<Millis>) -> Option<Millis> {
        self.review_by.map(|(_, at)| at).or(of_item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: MemberKey = MemberKey([1; 32]);
    const BEN: MemberKey = MemberKey([2; 32]);
    const CHI: MemberKey = MemberKey([3; 32]);

    #[test]
    fn two_others_find_it_right_and_one_dispute_is_enough_to_say_so() {
        let mut checks = Checks::default();
        checks.take(ANA, 1, Verdict::Fine, None);
        checks.take(BEN, 2, Verdict::Fine, None);
        assert_eq!(checks.stands(&ANA, 5), Stands::Proposed, "its author's word is none");
        checks.take(CHI, 3, Verdict::Fine, None);
        assert_eq!(checks.stands(&ANA, 5), Stands::Listed);
        checks.take(BEN, 4, Verdict::Dispute, None);
        assert_eq!(checks.stands(&ANA, 5), Stands::Disputed);
        checks.take(BEN, 5, Verdict::Fine, None);
        assert_eq!(checks.stands(&ANA, 5), Stands::Listed);
    }

    #[test]
    fn in_a_group_of_two_the_other_is_enough() {
        let mut checks = Checks::default();
        assert_eq!(checks.stands(&ANA, 1), Stands::Proposed);
        checks.take(BEN, 2, Verdict::Fine, None);
        assert_eq!(checks.stands(&ANA, 2), Stands::Listed);
        assert_eq!(checks.stands(&ANA, 3), Stands::Proposed);
    }

    #[test]
    fn what_was_said_counts_the_same_in_any_order() {
        let said = [
            (BEN, 2, Verdict::Dispute, Some(Millis(5))),
            (BEN, 2, Verdict::Fine, None),
            (CHI, 7, Verdict::Fine, Some(Millis(1))),
            (BEN, 9, Verdict::Fine, None),
        ];
        let of = |order: &[usize]| {
            let mut checks = Checks::default();
            for place in order {
                let (by, lamport, verdict, review) = said[*place];
                checks.take(by, lamport, verdict, review);
            }
            checks
        };
        let first = of(&[0, 1, 2, 3]);
        for order in [[3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
            assert_eq!(of(&order), first);
        }
        assert_eq!(first.review_by(Some(Millis(9))), Some(Millis(1)), "the last word about it");
        assert_eq!(of(&[3]).review_by(Some(Millis(9))), Some(Millis(9)));
        assert_eq!(of(&[1, 0]).stands(&ANA, 2), Stands::Disputed);
    }
}
