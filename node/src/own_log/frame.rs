//! One record of the file: sealing, opening, and finding where it ends.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use kith_protocol::id::{EntryId, LogId};
use kith_protocol::limits;
use minicbor::{Decode, Encode};

use crate::disk::Whereabouts;
use crate::secret::Secret;

use super::{Form, Head, OwnLogError, Record};

pub(super) const MAGIC: &[u8; 8] = b"KITHLOG1";
/// Magic and file id.
pub(super) const PREAMBLE: usize = 24;
/// Length and number.
pub(super) const FRONT: usize = 12;
const NONCE: usize = 24;
const TAG: usize = 16;
/// Room for everything beside the bytes of a record.
const FRAMING: usize = 128;

/// Random bytes that bind records to the file they were written to, whatever old blocks a disk brings up.
pub(super) type FileId = [u8; 16];

/// Record number 0.
#[derive(Clone, Debug, Encode, Decode)]
#[cbor(map)]
pub(super) struct Header {
    #[n(0)]
    pub(super) log: LogId,
    /// Where the file lies.
    #[n(1)]
    pub(super) file: Whereabouts,
    /// Where the cell's directory lies.
    #[n(2)]
    pub(super) dir: Whereabouts,
    /// The last entry before record number 1: of those that were trimmed.
    #[n(3)]
    pub(super) base: Option<Head>,
}

/// Every further record.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Inside<'b> {
    #[n(0)]
    seq: u64,
    #[n(1)]
    entry: EntryId,
    #[n(2)]
    form: Form,
    /// Number of the first record of the batch: all before it were synced before this was written.
    #[n(3)]
    batch: u64,
    #[cbor(b(4), with = "minicbor::bytes")]
    bytes: &'b [u8],
}

/// What seals the records of one file.
#[derive(Clone)]
pub(super) struct Sealer {
    pub(super) key: Secret,
    pub(super) file: FileId,
}

/// The front of a record: its number, and the length of what follows the front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) number: u64,
    pub(super) length: usize,
}

impl Front {
    /// Reads a front; none if it cannot be one.
    pub(super) fn parse(bytes: &[u8; FRONT]) -> Option<Front> {
        let (length, number) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let fits = (NONCE + TAG..=limits::ENVELOPE + FRAMING + NONCE + TAG).contains(&length);
        fits.then_some(Front { number: u64::from_be_bytes(number.try_into().ok()?), length })
    }
}

impl Sealer {
    /// A record as it goes into the file.
    fn frame(&self, number: u64, plain: &[u8]) -> Result<Vec<u8>, OwnLogError> {
        let nonce: [u8; NONCE] = rand::random();
        let sealed = XChaCha20Poly1305::new(self.key.bytes().into())
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &self.aad(number) })
            .map_err(|_| OwnLogError::TooLarge)?;
        let length = u32::try_from(sealed.len().saturating_add(NONCE)).map_err(|_| OwnLogError::TooLarge)?;
        Ok([length.to_be_bytes().as_slice(), &number.to_be_bytes(), &nonce, &sealed].concat())
    }

    /// Opens what follows a front.
    fn unframe(&self, number: u64, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>()?;
        let cipher = XChaCha20Poly1305::new(self.key.bytes().into());
        cipher.decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: &self.aad(number) }).ok()
    }

    fn aad(&self, number: u64) -> [u8; 24] {
        let mut aad = [0; 24];
        let (left, right) = aad.split_at_mut(8);
        left.copy_from_slice(&number.to_be_bytes());
        right.copy_from_slice(&self.file);
        aad
    }

    /// The preamble and record number 0.
    pub(super) fn header(&self, header: &Header) -> Result<Vec<u8>, OwnLogError> {
        // Encoding into memory has no failure; an empty header would be refused when read.
        let frame = self.frame(0, &minicbor::to_vec(header).unwrap_or_default())?;
        Ok([MAGIC.as_slice(), &self.file, &frame].concat())
    }

    pub(super) fn open_header(&self, sealed: &[u8]) -> Option<Header> {
        minicbor::decode(&self.unframe(0, sealed)?).ok()
    }

    /// A record of the batch that starts with number `batch`.
    pub(super) fn record(&self, number: u64, batch: u64, record: &Record) -> Result<Vec<u8>, OwnLogError> {
        if record.bytes.len() > limits::ENVELOPE {
            return Err(OwnLogError::TooLarge);
        }
        let Record { seq, entry, form, bytes } = record;
        let inside = Inside { seq: *seq, entry: *entry, form: *form, batch, bytes };
        self.frame(number, &minicbor::to_vec(&inside).unwrap_or_default())
    }

    /// A record and where its batch started.
    pub(super) fn open_record(&self, number: u64, sealed: &[u8]) -> Option<(Record, u64)> {
        let plain = self.unframe(number, sealed)?;
        let Inside { seq, entry, form, batch, bytes } = minicbor::decode(&plain).ok()?;
        Some((Record { seq, entry, form, bytes: bytes.to_vec() }, batch))
    }
}
