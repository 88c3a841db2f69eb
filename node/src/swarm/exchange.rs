//! Telling each other where members are, one way on a stream that then closes: the teller names the signed records it
//! has, the listener those it lacks, and these come, one a frame.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::AsyncWriteExt as _;
use kith_protocol::address::AddressRecord;
use kith_protocol::id::GroupId;
use kith_protocol::limits;

use super::book::{Book, TAG, Tag};
use super::roster::Roster;
use super::stream::{Stream, read_frame, write_frame};

/// Records in one exchange: as many as a book holds.
const RECORDS: usize = limits::LOGS * limits::MEMBERS;
/// One signed record, in bytes.
const RECORD: usize = limits::NODE_ADDRESSES * (limits::ADDRESS + 8) + 256;

/// Sends those of the records that the other side lacks.
pub(super) async fn tell(mut stream: Stream, records: Vec<(Tag, Bytes)>) -> io::Result<()> {
    let tags: Vec<Tag> = records.iter().map(|(tag, _)| *tag).collect();
    write_frame(&mut stream, tags.as_flattened()).await?;
    let wanted = tags_of(&read_frame(&mut stream, RECORDS * TAG).await?.unwrap_or_default());
    for (_, record) in records.iter().filter(|(tag, _)| wanted.contains(tag)) {
        write_frame(&mut stream, record).await?;
    }
    stream.close().await
}

fn tags_of(bytes: &[u8]) -> BTreeSet<Tag> {
    let (tags, _) = bytes.as_chunks::<TAG>();
    tags.iter().copied().collect()
}

/// What was heard: news, and how many records were refused.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub news: Vec<(AddressRecord, Bytes)>,
    pub refused: u64,
}

impl Heard {
    /// Takes a record if it is genuine, of somebody we know, and newer than what `book` has.
    pub fn take(&mut self, signed: Bytes, group: &GroupId, roster: &Roster, book: &Book) {
        let Ok(record) = AddressRecord::verify(&signed, group) else {
            self.refused = self.refused.saturating_add(1);
            return;
        };
        if !roster.knows(&record.member) {
            self.refused = self.refused.saturating_add(1);
            return;
        }
        let held = book.record(&record.member, &record.log);
        // Of our own device, another record of the same number is news too: we counted anew.
        let myself = roster.device() == Some((record.member, record.log));
        let newer = |held: &AddressRecord| {
            held.sequence < record.sequence || (myself && held.sequence == record.sequence && *held != record)
        };
        if held.is_none_or(newer) {
            self.news.push((record, signed));
        }
    }
}

/// Receives records, and keeps those that are genuine, of people we know, and newer than what `book` has.
pub(super) async fn hear(
    mut stream: Stream,
    group: GroupId,
    roster: Arc<Roster>,
    book: Arc<Book>,
) -> io::Result<Heard> {
    let mut heard = Heard::default();
    let offered = read_frame(&mut stream, RECORDS * TAG).await?.unwrap_or_default();
    let wanted: Vec<Tag> = tags_of(&offered).into_iter().filter(|tag| !book.has(tag)).collect();
    write_frame(&mut stream, wanted.as_flattened()).await?;
    for _ in 0..=wanted.len() {
        let Some(bytes) = read_frame(&mut stream, RECORD).await? else { return Ok(heard) };
        heard.take(bytes.into(), &group, &roster, &book);
    }
    Err(io::ErrorKind::InvalidData.into())
}
