//! Messages of which not all letters have come yet.
//!
//! Anybody who can have letters written may begin messages and never end them, people outside among them; so only so
//! many are kept, in all and of one author's letters, and the oldest go first.

use kith_protocol::id::MemberKey;
use kith_protocol::letter::Gathering;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use super::letters::Name;

/// Messages begun that are kept, and of them those whose letters one member's log carries.
const MOST: usize = 256;
const OF_ONE: usize = 64;

const NOTE: &str = "letters/begun";

/// A message that has begun to come.
#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Begun {
    #[n(0)]
    author: MemberKey,
    #[n(1)]
    name: ByteArray<16>,
}

impl Engine {
    /// Takes a piece that came in a member's letter; gives the message once nothing of it is missing.
    pub(super) fn gather(
        &mut self,
        author: &MemberKey,
        piece: &[u8],
    ) -> Result<Option<(Name, Vec<u8>)>, CellError> {
        let Ok(name) = Gathering::message(piece) else { return Ok(None) };
        let begun = Begun { author: *author, name: name.into() };
        let mut gathering: Gathering = self.noted(&pieces(&begun))?.unwrap_or_default();
        let Ok(whole) = gathering.take(piece) else { return Ok(None) };
        let mut list: Vec<Begun> = self.noted(NOTE)?.unwrap_or_default();
        let known = list.contains(&begun);
        match (&whole, known) {
            (Some(_), false) => return Ok(whole.map(|whole| (name, whole))),
            (Some(_), true) => {
                list.retain(|one| *one != begun);
                self.staged.unnote(pieces(&begun));
            }
            (None, _) => {
                self.staged.note(pieces(&begun), minicbor::to_vec(&gathering).unwrap_or_default());
                if known {
                    return Ok(None);
                }
                list.push(begun);
                for gone in surplus(&mut list, author) {
                    self.staged.unnote(pieces(&gone));
                }
            }
        }
        self.staged.note(NOTE, minicbor::to_vec(&list).unwrap_or_default());
        Ok(whole.map(|whole| (name, whole)))
    }
}

/// Takes out what there is no room for after one more of this author's.
fn surplus(list: &mut Vec<Begun>, author: &MemberKey) -> Vec<Begun> {
    let theirs = list.iter().filter(|one| one.author == *author).count();
    let oldest = if theirs > OF_ONE {
        list.iter().position(|one| one.author == *author)
    } else {
        (list.len() > MOST).then_some(0)
    };
    oldest.map(|oldest| list.remove(oldest)).into_iter().collect()
}

fn pieces(begun: &Begun) -> String {
    format!("letters/pieces/{}/{}", begun.author, hex::encode(*begun.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(list: &mut Vec<Begun>, author: u8, count: usize) {
        let author = MemberKey([author; 32]);
        for at in 0..count {
            let mut name = [0; 16];
            name[..8].copy_from_slice(&(at as u64).to_be_bytes());
            list.push(Begun { author, name: name.into() });
            surplus(list, &author);
        }
    }

    #[test]
    fn one_author_cannot_crowd_out_the_others_and_all_together_do_not_grow() {
        let mut list = Vec::new();
        fill(&mut list, 1, 2);
        let first = list[0];
        fill(&mut list, 2, 1000);
        assert_eq!(list.len(), 2 + OF_ONE);
        assert!(list.contains(&first), "somebody else's goes on");
        for author in 3..20 {
            fill(&mut list, author, OF_ONE);
        }
        assert_eq!(list.len(), MOST);
        assert!(!list.contains(&first), "the oldest of all goes");
    }
}
