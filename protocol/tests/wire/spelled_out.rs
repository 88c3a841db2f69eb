//! Sealing and deriving as `docs/protocol.md` says it, step by step, from nothing but the primitives: so that
//! the vectors are checked against the words and not only against the code that made them. It can also do one
//! thing wrong, which the library cannot.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;

/// The BIP39 seed of the all-"abandon" phrase without passphrase, as published with BIP39.
pub const BIP39_SEED: &str = "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1\
                              9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4";

/// HKDF-SHA256 of that seed with info = `purpose ‖ 0 ‖ rest`.
pub fn hkdf(purpose: &str, rest: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    let info = [purpose.as_bytes(), &[0], rest].concat();
    Hkdf::<Sha256>::new(None, &hex::decode(BIP39_SEED).unwrap()).expand(&info, &mut out).unwrap();
    out
}

/// `BLAKE3(domain ‖ 0 ‖ parts)`.
pub fn hash(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    *blake3::hash(&[domain.as_bytes(), &[0], &parts.concat()].concat()).as_bytes()
}

/// The same, keyed.
pub fn keyed(key: &[u8; 32], domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    *blake3::keyed_hash(key, &[domain.as_bytes(), &[0], &parts.concat()].concat()).as_bytes()
}

/// What goes into an envelope, and what is done wrong.
#[derive(Clone, Copy)]
pub struct Sealing<'a> {
    /// The epoch's key.
    pub epoch_key: [u8; 32],
    /// Whether a control entry is inside.
    pub control: bool,
    /// The hour of its time.
    pub hour: u32,
    /// The drop mark.
    pub drop: [u8; 16],
    /// The clear part.
    pub clear: &'a [u8],
    /// Entry and signature.
    pub signed: &'a [u8],
    /// Bits to turn in the nonce before it is used.
    pub wrong_nonce: u8,
    /// A byte to put at the end of the padding.
    pub wrong_padding: u8,
}

/// The bytes of the envelope.
pub fn envelope(it: &Sealing<'_>) -> Vec<u8> {
    let control_key = keyed(&it.epoch_key, "kith/1/control", &[]);
    let content_key = keyed(&it.epoch_key, "kith/1/content", &[]);
    let epoch = hash("kith/1/epoch", &[&control_key]);
    let class = if it.control { control_key } else { content_key };
    let (seal_key, nonce_key) = (keyed(&class, "kith/1/seal", &[]), keyed(&class, "kith/1/nonce", &[]));

    let mut plain = [&(it.signed.len() as u16).to_be_bytes(), it.signed].concat();
    plain.resize(padme(plain.len().max(256)), 0);
    if it.wrong_padding != 0 {
        *plain.last_mut().unwrap() = it.wrong_padding;
    }
    let flags = u8::from(it.control) | if it.clear.is_empty() { 0 } else { 2 };
    let header = [
        &[1, flags],
        &epoch[..8],
        &it.hour.to_be_bytes(),
        &(it.clear.len() as u32).to_be_bytes(),
        &((24 + plain.len() + 16) as u16).to_be_bytes(),
        &it.drop,
    ]
    .concat();
    let clear_hash = *blake3::hash(it.clear).as_bytes();
    let mut nonce: [u8; 24] =
        keyed(&nonce_key, "kith/1/nonce", &[&header, &clear_hash, it.signed])[..24].try_into().unwrap();
    nonce[23] ^= it.wrong_nonce;
    let aad = [header.as_slice(), &clear_hash].concat();
    let sealed = XChaCha20Poly1305::new((&seal_key).into())
        .encrypt(&XNonce::from(nonce), Payload { msg: &plain, aad: &aad })
        .unwrap();
    let payload = [nonce.as_slice(), &sealed].concat();
    let id = hash("kith/1/envelope", &[&header, &clear_hash, blake3::hash(&payload).as_bytes()]);
    let gate = keyed(&keyed(&control_key, "kith/1/gate", &[]), "kith/1/gate-tag", &[&id]);
    [header.as_slice(), &gate[..16], it.clear, &payload].concat()
}

/// A newcomer's question, sealed.
pub fn question(group: &[u8; 32], salt: &[u8; 32], question: &[u8]) -> Vec<u8> {
    let key = keyed(salt, "kith/1/entrance-key", &[group]);
    let nonce: [u8; 24] = keyed(&key, "kith/1/entrance-nonce", &[question])[..24].try_into().unwrap();
    let aad = [b"kith/1/entrance\0".as_slice(), group].concat();
    let sealed = XChaCha20Poly1305::new((&key).into())
        .encrypt(&XNonce::from(nonce), Payload { msg: question, aad: &aad })
        .unwrap();
    [nonce.as_slice(), &sealed].concat()
}

/// The tag of words on a doorstep, and what a sealed one holds.
pub fn doorstep(group: &[u8; 32], reply: &[u8; 32], sealed: &[u8]) -> ([u8; 16], Vec<u8>) {
    let tag = keyed(reply, "kith/1/doorstep-tag", &[])[..16].try_into().unwrap();
    let key = keyed(reply, "kith/1/doorstep-key", &[]);
    let nonce: [u8; 24] = sealed[..24].try_into().unwrap();
    let aad = [b"kith/1/doorstep\0".as_slice(), group].concat();
    let plain = XChaCha20Poly1305::new((&key).into())
        .decrypt(&XNonce::from(nonce), Payload { msg: &sealed[24..], aad: &aad })
        .unwrap();
    (tag, plain)
}

/// The code of a join.
pub fn code(secret: &[u8; 32], join: &[u8; 32]) -> String {
    let first: [u8; 8] = keyed(secret, "kith/1/code", &[join])[..8].try_into().unwrap();
    let six = format!("{:06}", u64::from_be_bytes(first) % 1_000_000);
    let (high, low) = six.split_at(3);
    format!("{high} {low}")
}

/// Padmé, as its paper has it.
fn padme(length: usize) -> usize {
    let e = (length as f64).log2().floor() as u32;
    let s = (f64::from(e)).log2().floor() as u32 + 1;
    let mask = (1 << (e - s)) - 1;
    (length + mask) & !mask
}
