//! What somebody wrote, shown to others so that they can see that it was so.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::{Gathering, Message, open_with};
use crate::body::Body;
use crate::codec::{CodecError, at_most};
use crate::entry::{Bond, Entry, SignedEntry};
use crate::id::{DropMark, EntryId, EpochId, GroupId, MemberKey};
use crate::limits;

/// Somebody's entry as they signed it: it stays what it is when they take it back.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Quote {
    /// Who wrote it.
    #[n(0)]
    pub author: MemberKey,
    /// The signed entry.
    #[n(1)]
    pub signed: ByteVec,
    /// The epoch it was signed for.
    #[n(2)]
    pub epoch: EpochId,
    /// The drop mark it was signed for.
    #[n(3)]
    pub drop: DropMark,
}

impl Quote {
    /// Quotes a content entry.
    pub fn of(author: MemberKey, signed: &SignedEntry) -> Option<Quote> {
        let bond = signed.bond()?;
        Some(Quote { author, signed: signed.to_bytes().into(), epoch: bond.epoch, drop: bond.drop })
    }

    /// The entry and its name, if the author it names signed it in this group.
    pub fn entry(&self, group: &GroupId) -> Option<(EntryId, Entry)> {
        let bond = Bond { epoch: self.epoch, drop: self.drop };
        let signed = SignedEntry::from_bytes(&self.signed, Some(bond)).ok()?;
        let entry = signed.entry().ok()?;
        let theirs = signed.verify(group, &self.author) && entry.author == self.author.author();
        theirs.then(|| (signed.id(group, &self.author), entry))
    }

    /// The text in it.
    pub fn text(&self, group: &GroupId) -> Option<String> {
        match self.entry(group)?.1.body {
            Body::Post(post) => Some(post.text),
            Body::Reply(reply) => Some(reply.text),
            Body::Edit(edit) => Some(edit.text),
            _ => None,
        }
    }
}

/// A letter as its author signed it, and the key that opens it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct QuotedLetter {
    /// The letter.
    #[n(0)]
    pub quote: Quote,
    /// Its key.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub key: [u8; 32],
}

impl QuotedLetter {
    pub(super) fn check(&self) -> Result<(), CodecError> {
        at_most(self.quote.signed.len(), limits::PAYLOAD, "quoted letter")
    }
}

/// The words of a direct message out of the letters it came in: who wrote them, in which entry they began, and what they are.
/// `None` if the letters are not all that one author signed of one message in this group, or it is no direct message.
pub fn direct(letters: &[QuotedLetter], group: &GroupId) -> Option<(MemberKey, EntryId, String)> {
    let (author, mut first, mut name) = (letters.first()?.quote.author, None, None);
    let mut gathering = Gathering::default();
    let mut whole = None;
    for quoted in letters {
        let (id, entry) = quoted.quote.entry(group)?;
        let Body::Letter(letter) = entry.body else { return None };
        let piece = open_with(&letter, group, &author, &quoted.key)?;
        let of = Gathering::message(&piece).ok()?;
        if quoted.quote.author != author || *name.get_or_insert(of) != of {
            return None;
        }
        first.get_or_insert(id);
        whole = gathering.take(&piece).ok()?.or(whole);
    }
    match Message::decode(&whole?).ok()? {
        Message::Direct { text } => Some((author, first?, text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::entry::Links;
    use crate::id::{LogId, ShortId};
    use crate::identity::SealSecret;
    use crate::letter::{cut, key, seal};
    use crate::time::Millis;

    const GROUP: GroupId = GroupId([5; 32]);

    fn quoted(seed: u8, text: &str, name: u8) -> Vec<QuotedLetter> {
        let signing = SigningKey::from_bytes(&[seed; 32]);
        let author = MemberKey(signing.verifying_key().to_bytes());
        let to = SealSecret::from_bytes([9; 32]);
        let message = Message::Direct { text: text.into() }.encode();
        let pieces = cut([name; 16], &message).unwrap();
        let letter = |(seq, piece): (u64, &Vec<u8>)| {
            let mut rng = ChaCha20Rng::from_seed([seed; 32]);
            let letter = seal(piece, &GROUP, &author, &[to.key()], &mut rng).unwrap();
            let key = key(&letter, &GROUP, &author, &to).unwrap();
            let entry = Entry {
                author: author.author(),
                log: LogId([2; 8]),
                seq,
                links: Links::Content { prev: ShortId([3; 16]), control: vec![], content: vec![] },
                lamport: 300,
                time: Millis(1_795_305_600_000),
                body: Body::Letter(letter),
            };
            let bond = Bond { epoch: EpochId([4; 32]), drop: DropMark([6; 16]) };
            let signed = SignedEntry::sign(&entry, &GROUP, &signing, Some(bond));
            QuotedLetter { quote: Quote::of(author, &signed).unwrap(), key: *key }
        };
        (1..).zip(&pieces).map(letter).collect()
    }

    #[test]
    fn quoted_letters_say_what_their_author_signed_in_any_order_and_nothing_else() {
        let long = "and so on ".repeat(200);
        let mut letters = quoted(1, &long, 7);
        assert!(letters.len() > 3);
        let (author, _, text) = direct(&letters, &GROUP).unwrap();
        assert_eq!((author, text.as_str()), (letters[0].quote.author, long.as_str()));
        letters.reverse();
        assert_eq!(direct(&letters, &GROUP).unwrap().2, long);
        assert!(direct(&letters[1..], &GROUP).is_none(), "a part is no message");
        assert!(direct(&letters, &GroupId([6; 32])).is_none());
        assert!(direct(&[], &GROUP).is_none());
        let mut other = letters.clone();
        other[0].key[3] ^= 1;
        assert!(direct(&other, &GROUP).is_none());
        let mut other = letters.clone();
        other[0] = quoted(2, &long, 7).pop().unwrap();
        assert!(direct(&other, &GROUP).is_none(), "of two authors");
        let mut other = letters;
        other.extend(quoted(1, "short", 8));
        assert!(direct(&other, &GROUP).is_none(), "of two messages");
    }
}
