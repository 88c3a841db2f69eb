//! An entry: one signed statement by a member's device, in that device's hash-chained log.
//!
//! Guarantees: an [`Entry`] made by [`Entry::decode`] is in the one form it may have and within its limits,
//! with links of the length its kind asks for. Nothing here says that it is signed, or that its author may
//! say it: that is [`SignedEntry::verify`] and the group's fold.

mod signed;

pub use signed::{Bond, SIGNATURE, SignedEntry};

use minicbor::{Decoder, Encoder};

use crate::body::{Body, Kind};
use crate::codec::{self, CodecError};
use crate::id::{AuthorId, EntryId, LogId, ShortId};
use crate::limits;
use crate::time::Millis;

/// The version of the protocol that this crate writes and reads.
pub const VERSION: u8 = 1;

/// What an entry points back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Links {
    /// Of a control entry: whole ids, and only of control entries in `deps`, which make its causal past.
    Control {
        /// The entry before it in its log; none for the first (seq 0).
        prev: Option<EntryId>,
        /// Heads of the control entries its author knew, most [`limits::DEPS`].
        deps: Vec<EntryId>,
    },
    /// Of a content entry: half ids, for display.
    Content {
        /// The entry before it in its log.
        prev: ShortId,
        /// Heads of the control entries its author knew.
        control: Vec<ShortId>,
        /// Heads of the content its author had seen.
        content: Vec<ShortId>,
    },
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who: the short form of the member's key.
    pub author: AuthorId,
    /// On which device.
    pub log: LogId,
    /// Place in the log, from 0.
    pub seq: u64,
    /// What it points back to.
    pub links: Links,
    /// One more than the highest number among what its author had seen: orders what is shown.
    pub lamport: u64,
    /// When, as claimed.
    pub time: Millis,
    /// What it says.
    pub body: Body,
}

impl Entry {
    /// Encodes the entry; the bytes that are signed, hashed and kept.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::new(Vec::with_capacity(256));
        // Writing to a Vec cannot fail; if a body refused, the short bytes would be refused by every reader.
        let _ = self.write(&mut out);
        out.into_writer()
    }

    fn write(
        &self,
        out: &mut Encoder<Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        let (prev, first, second) = match &self.links {
            Links::Control { prev, deps } => (prev.as_ref().map(EntryId::as_ref), slices(deps), Vec::new()),
            Links::Content { prev, control, content } => {
                (Some(prev.as_ref()), slices(control), slices(content))
            }
        };
        let absent = u64::from(prev.is_none()).saturating_add(u64::from(second.is_empty()));
        out.map(11_u64.saturating_sub(absent))?;
        out.u8(0)?.u8(VERSION)?;
        out.u8(1)?.bytes(self.author.as_ref())?;
        out.u8(2)?.bytes(self.log.as_ref())?;
        out.u8(3)?.u64(self.seq)?;
        if let Some(prev) = prev {
            out.u8(4)?.bytes(prev)?;
        }
        out.u8(5)?.array(first.len() as u64)?;
        for id in first {
            out.bytes(id)?;
        }
        if !second.is_empty() {
            out.u8(6)?.array(second.len() as u64)?;
            for id in second {
                out.bytes(id)?;
            }
        }
        out.u8(7)?.u64(self.lamport)?;
        out.u8(8)?.u64(self.time.0)?;
        out.u8(9)?.u16(self.body.kind().0)?;
        out.u8(10)?;
        out.writer_mut().extend_from_slice(&self.body.encode());
        Ok(())
    }

    /// Reads an entry that fills `bytes`.
    ///
    /// # Errors
    /// [`CodecError`] if the bytes are not in the one form of an entry of this version, or a limit is broken.
    pub fn decode(bytes: &[u8]) -> Result<Entry, CodecError> {
        codec::check(bytes)?;
        let fields = Fields::read(bytes).map_err(|error| CodecError::Mismatch(error.to_string()))?;
        fields.into_entry()
    }
}

/// The map of an entry as read, before its kind gives the links their meaning.
#[derive(Default)]
struct Fields<'b> {
    version: u8,
    author: &'b [u8],
    log: &'b [u8],
    seq: Option<u64>,
    prev: Option<&'b [u8]>,
    first: Vec<&'b [u8]>,
    second: Vec<&'b [u8]>,
    lamport: Option<u64>,
    time: Option<u64>,
    kind: Option<u16>,
    body: &'b [u8],
}

impl<'b> Fields<'b> {
    fn read(bytes: &'b [u8]) -> Result<Self, minicbor::decode::Error> {
        let mut from = Decoder::new(bytes);
        let mut fields = Fields::default();
        let pairs = from.map()?.unwrap_or(0);
        for _ in 0..pairs {
            match from.u64()? {
                0 => fields.version = from.u8()?,
                1 => fields.author = from.bytes()?,
                2 => fields.log = from.bytes()?,
                3 => fields.seq = Some(from.u64()?),
                4 => fields.prev = Some(from.bytes()?),
                5 => fields.first = list(&mut from)?,
                6 => fields.second = list(&mut from)?,
                7 => fields.lamport = Some(from.u64()?),
                8 => fields.time = Some(from.u64()?),
                9 => fields.kind = Some(from.u16()?),
                10 => {
                    let start = from.position();
                    from.skip()?;
                    fields.body = bytes.get(start..from.position()).unwrap_or_default();
                }
                _ => from.skip()?,
            }
        }
        Ok(fields)
    }

    fn into_entry(self) -> Result<Entry, CodecError> {
        if self.version != VERSION {
            return Err(CodecError::Mismatch(format!("version {}", self.version)));
        }
        codec::at_most(self.first.len(), limits::DEPS, "list of cited entries")?;
        codec::at_most(self.second.len(), limits::DEPS, "list of cited entries")?;
        let kind = Kind(self.kind.ok_or_else(|| missing("kind"))?);
        let seq = self.seq.ok_or_else(|| missing("seq"))?;
        let links = if kind.is_control() {
            if !self.second.is_empty() {
                return Err(CodecError::Mismatch("a control entry cites content".into()));
            }
            Links::Control {
                prev: self.prev.map(|id| fixed(id, "prev")).transpose()?.map(EntryId),
                deps: self
                    .first
                    .iter()
                    .map(|id| Ok(EntryId(fixed(id, "cited id")?)))
                    .collect::<Result<_, _>>()?,
            }
        } else {
            let short = |id: &&[u8]| Ok(ShortId(fixed(id, "cited id")?));
            Links::Content {
                prev: ShortId(fixed(self.prev.ok_or_else(|| missing("prev"))?, "prev")?),
                control: self.first.iter().map(short).collect::<Result<_, _>>()?,
                content: self.second.iter().map(short).collect::<Result<_, _>>()?,
            }
        };
        let starts = matches!(links, Links::Control { prev: None, .. });
        if starts != (seq == 0) || starts != kind.opens_log() {
            return Err(CodecError::Mismatch(
                "only the first entry of a log opens it and has none before it".into(),
            ));
        }
        Ok(Entry {
            author: AuthorId(fixed(self.author, "author")?),
            log: LogId(fixed(self.log, "log")?),
            seq,
            links,
            lamport: self.lamport.ok_or_else(|| missing("lamport"))?,
            time: Millis(self.time.ok_or_else(|| missing("time"))?),
            body: Body::decode(kind, self.body)?,
        })
    }
}

fn slices<T: AsRef<[u8]>>(ids: &[T]) -> Vec<&[u8]> {
    ids.iter().map(AsRef::as_ref).collect()
}

fn list<'b>(from: &mut Decoder<'b>) -> Result<Vec<&'b [u8]>, minicbor::decode::Error> {
    let items = from.array()?.unwrap_or(0);
    // One more than the limit is read, so that a longer list is seen to be one, and no more.
    let most = (limits::DEPS as u64).saturating_add(1);
    let mut out = Vec::new();
    for index in 0..items {
        let item = from.bytes()?;
        if index < most {
            out.push(item);
        }
    }
    Ok(out)
}

fn fixed<const N: usize>(bytes: &[u8], what: &'static str) -> Result<[u8; N], CodecError> {
    bytes.try_into().map_err(|_| CodecError::Mismatch(format!("{what} is {} bytes, not {N}", bytes.len())))
}

fn missing(what: &str) -> CodecError {
    CodecError::Mismatch(format!("no {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Post, Reply};

    fn post() -> Entry {
        Entry {
            author: AuthorId([1; 8]),
            log: LogId([2; 8]),
            seq: 7,
            links: Links::Content {
                prev: ShortId([3; 16]),
                control: vec![ShortId([4; 16])],
                content: vec![],
            },
            lamport: 300,
            time: Millis(1_795_305_600_000),
            body: Body::Post(Post::new("hello")),
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut entry = post();
        assert_eq!(Entry::decode(&entry.encode()), Ok(entry.clone()));
        entry.body = Body::Reply(Reply::new(ShortId([9; 16]), "\u{200f}שלום"));
        entry.links =
            Links::Content { prev: ShortId([3; 16]), control: vec![], content: vec![ShortId([5; 16]); 8] };
        assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
    }

    #[test]
    fn a_log_starts_with_an_entry_that_opens_it_and_only_there() {
        let mut entry = post();
        entry.seq = 0;
        assert!(Entry::decode(&entry.encode()).is_err());
    }

    #[test]
    fn too_many_citations_are_refused() {
        let mut entry = post();
        entry.links =
            Links::Content { prev: ShortId([3; 16]), control: vec![ShortId([4; 16]); 9], content: vec![] };
        assert_eq!(Entry::decode(&entry.encode()), Err(CodecError::TooLarge("list of cited entries")));
    }
}
