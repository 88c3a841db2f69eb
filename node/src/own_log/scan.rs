//! Reading a file from its beginning: what is there, where it ends, and whether something is missing.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use crate::disk::DiskFile;
use crate::secret::Secret;

use super::frame::{FRONT, FileId, Front, Header, MAGIC, PREAMBLE, Sealer};
use super::{Head, Record};

/// What a file was found to hold.
pub(super) struct Scanned {
    pub(super) sealer: Sealer,
    pub(super) header: Header,
    /// Where each record after the header starts.
    pub(super) starts: Vec<u64>,
    /// Where the last whole record ends.
    pub(super) end: u64,
    /// The last entry.
    pub(super) head: Option<Head>,
    /// The records asked for, oldest first; also some after the damage.
    pub(super) records: Vec<Record>,
    /// Whether a batch before the last one is damaged.
    pub(super) damaged: bool,
}

/// Reads a file; none if it does not start like one. Only records after `known` are opened, and the last one:
/// the others are stepped over.
pub(super) fn scan<F: DiskFile>(
    file: &mut F,
    key: &Secret,
    known: Option<u64>,
) -> io::Result<Option<Scanned>> {
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut reader = Reader { inner: BufReader::with_capacity(1 << 16, file), at: 0, length };
    let Some(file_id) = reader.preamble()? else { return Ok(None) };
    let sealer = Sealer { key: key.clone(), file: file_id };
    let Some(header) = reader.next(0)?.and_then(|sealed| sealer.open_header(&sealed)) else {
        return Ok(None);
    };
    let first_seq = header.base.map_or(0, |base| base.seq.saturating_add(1));
    let mut found = Scanned {
        sealer,
        header,
        starts: Vec::new(),
        end: reader.at,
        head: None,
        records: Vec::new(),
        damaged: false,
    };
    found.head = found.header.base;
    loop {
        let number = (found.starts.len() as u64).saturating_add(1);
        let seq = first_seq.saturating_add(number).saturating_sub(1);
        let start = reader.at;
        let whole = if known.is_some_and(|known| seq <= known) && !reader.is_last(number)? {
            reader.skip(number)?
        } else {
            let opened = reader.next(number)?.and_then(|sealed| found.sealer.open_record(number, &sealed));
            match opened.filter(|(record, _)| record.seq == seq) {
                None => false,
                Some((record, _)) => {
                    found.head = Some(Head { seq, entry: record.entry });
                    if known.is_none_or(|known| seq > known) {
                        found.records.push(record);
                    }
                    true
                }
            }
        };
        if !whole {
            found.salvage(&mut reader, start, number, known)?;
            return Ok(Some(found));
        }
        found.starts.push(start);
        found.end = reader.at;
    }
}

impl Scanned {
    /// Looks for records behind one that cannot be read. Those of its own batch may be there, if the batch was
    /// not finished; one of a later batch proves that this one once was.
    fn salvage<F: DiskFile>(
        &mut self,
        reader: &mut Reader<'_, F>,
        start: u64,
        number: u64,
        known: Option<u64>,
    ) -> io::Result<()> {
        let rest = reader.rest(start)?;
        let most = number.saturating_add(rest.len() as u64);
        let mut later = Vec::new();
        let mut at = 0;
        while let Some(front) = rest.get(at..).and_then(<[u8]>::first_chunk::<FRONT>) {
            let opened = Front::parse(front)
                .filter(|front| (number..=most).contains(&front.number))
                .and_then(|front| {
                    let body = at.saturating_add(FRONT);
                    let sealed = rest.get(body..body.saturating_add(front.length))?;
                    Some((self.sealer.open_record(front.number, sealed)?, body.saturating_add(front.length)))
                });
            match opened {
                None => at = at.saturating_add(1),
                Some(((record, batch), end)) => {
                    self.damaged |= batch > number;
                    later.push(record);
                    at = end;
                }
            }
        }
        if self.damaged {
            later.retain(|record| known.is_none_or(|known| record.seq > known));
            self.records.extend(later);
        }
        Ok(())
    }
}

struct Reader<'f, F> {
    inner: BufReader<&'f mut F>,
    at: u64,
    length: u64,
}

impl<F: DiskFile> Reader<'_, F> {
    fn left(&self) -> u64 {
        self.length.saturating_sub(self.at)
    }

    fn preamble(&mut self) -> io::Result<Option<FileId>> {
        if self.left() < PREAMBLE as u64 {
            return Ok(None);
        }
        let (mut magic, mut id) = ([0; 8], [0; 16]);
        self.inner.read_exact(&mut magic)?;
        self.inner.read_exact(&mut id)?;
        self.at = PREAMBLE as u64;
        Ok((magic == *MAGIC).then_some(id))
    }

    /// The front of the record with this number, if there is room for it and for what follows it.
    fn front(&mut self, number: u64) -> io::Result<Option<Front>> {
        if self.left() < FRONT as u64 {
            return Ok(None);
        }
        let mut front = [0; FRONT];
        self.inner.read_exact(&mut front)?;
        self.at = self.at.saturating_add(FRONT as u64);
        Ok(Front::parse(&front).filter(|front| front.number == number && front.length as u64 <= self.left()))
    }

    /// What follows the front of the next record.
    fn next(&mut self, number: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(front) = self.front(number)? else { return Ok(None) };
        let mut sealed = vec![0; front.length];
        self.inner.read_exact(&mut sealed)?;
        self.at = self.at.saturating_add(front.length as u64);
        Ok(Some(sealed))
    }

    /// Steps over the next record, if it looks like one.
    fn skip(&mut self, number: u64) -> io::Result<bool> {
        let Some(front) = self.front(number)? else { return Ok(false) };
        self.inner.seek_relative(i64::try_from(front.length).unwrap_or(i64::MAX))?;
        self.at = self.at.saturating_add(front.length as u64);
        Ok(true)
    }

    /// Says whether nothing follows the next record. Does not move.
    fn is_last(&mut self, number: u64) -> io::Result<bool> {
        let start = self.at;
        let front = self.front(number)?;
        let moved = self.at.saturating_sub(start);
        let last = front.is_none_or(|front| front.length as u64 >= self.left());
        self.inner.seek_relative(i64::try_from(moved).unwrap_or(0).saturating_neg())?;
        self.at = start;
        Ok(last)
    }

    /// Everything from a place on.
    fn rest(&mut self, start: u64) -> io::Result<Vec<u8>> {
        let mut rest = Vec::new();
        self.inner.seek(SeekFrom::Start(start))?;
        self.inner.read_to_end(&mut rest)?;
        Ok(rest)
    }
}
