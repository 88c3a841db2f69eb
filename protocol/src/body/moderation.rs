//! What facilitators and helpers do about what somebody wrote.

use minicbor::{Decode, Encode};

use crate::charter::Rule;
use crate::codec::CodecError;
use crate::id::{EntryId, MemberKey};
use crate::limits;
use crate::time::Millis;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum Measure {
    /// An earlier one is taken back.
    #[n(0)]
    Restore,
    /// Shown folded, with the reason before it.
    #[n(1)]
    Fold,
    /// Not shown until somebody restores it.
    #[n(2)]
    Hold,
    /// What the member writes until then is held. By each reader's clock, and for display alone.
    #[n(3)]
    Pause(#[n(0)] Millis),
}

/// An act of moderation. Everybody sees that there is one, of which rule and why; nobody loses a right by it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Moderate {
    /// Whose writing it is about.
    #[n(0)]
    pub member: MemberKey,
    /// What they wrote; none where it is about all they write ([`Measure::Pause`], and restoring from it).
    #[n(1)]
    pub entry: Option<EntryId>,
    /// What is done.
    #[n(2)]
    pub measure: Measure,
    /// The rule it rests on, by the charter as the author knew it; none where something is restored.
    #[n(3)]
    pub rule: Option<Rule>,
    /// Why, in words that the member and everybody else can read: 1 to [`limits::REASON`] bytes. What is private
    /// is for a letter.
    #[n(4)]
    pub reason: String,
}

impl Moderate {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        super::words(&self.reason, limits::REASON, "reason")?;
        let whole = matches!(self.measure, Measure::Pause(_));
        let fits = match self.measure {
            Measure::Restore => self.rule.is_none(),
            Measure::Fold | Measure::Hold | Measure::Pause(_) => {
                self.rule.is_some() && whole == self.entry.is_none()
            }
        };
        if fits {
            Ok(())
        } else {
            Err(CodecError::Mismatch("a measure that does not fit what it is about".into()))
        }
    }
}
