//! The golden vector of attachments: sealing from the words of `docs/protocol.md`, and a stream that fetches one.

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hex::encode as hex;
use kith_protocol::attachment::{Ask, Fetch, Serve, seal};
use kith_protocol::body::{Attachment, AttachmentKey, Media};
use serde_json::json;

use crate::sample::member;
use crate::spelled_out::{hash, keyed};
use crate::vectors::golden;

/// Bytes in a whole part.
const PART: usize = 65_520;
const KEY: [u8; 32] = [0x75; 32];

#[test]
fn attachments() {
    let plain: Vec<u8> = (0..PART + 80).map(|at| (at % 256) as u8).collect();
    let mut padded = plain.clone();
    padded.resize(67_584, 0);
    let seal_key = keyed(&KEY, "kith/1/attachment-seal", &[]);
    let mark = keyed(&KEY, "kith/1/attachment-mark", &[member().key().as_ref()]);
    let chunks: Vec<Vec<u8>> = (0..2_u8)
        .zip(padded.chunks(PART))
        .map(|(number, part)| {
            let mut nonce = [0; 24];
            nonce[23] = number;
            XChaCha20Poly1305::new((&seal_key).into()).encrypt(&XNonce::from(nonce), part).unwrap()
        })
        .collect();
    let hashes: Vec<[u8; 32]> = chunks.iter().map(|chunk| hash("kith/1/chunk", &[chunk])).collect();
    let manifest = [&mark[..16], hashes.as_flattened()].concat();

    let key = AttachmentKey::from_bytes(KEY);
    let sealed = seal(&plain, &member().key(), &key);
    assert_eq!((&sealed.chunks, sealed.manifest.encode()), (&chunks, manifest.clone()));
    let id = sealed.manifest.id();
    assert_eq!(id.0, hash("kith/1/attachment", &[&manifest]));

    let size = u32::try_from(plain.len()).unwrap();
    let attachment =
        Attachment { id, key, size, media: Media::FILE, words: String::new(), name: String::new() };
    let mut fetch = Fetch::new(attachment, member().key());
    let ask = fetch.ask().encode();
    let (mut serve, offer) =
        Serve::offer(&sealed.manifest, vec![true; 2], Ask::decode(&ask).unwrap().manifest);
    fetch.offered(&offer.encode()).unwrap();
    let want = fetch.want().unwrap().encode();
    assert_eq!(serve.want(&want), Ok(vec![0, 1]));
    for chunk in &chunks {
        fetch.take(chunk).unwrap();
    }
    assert!(fetch.is_whole());

    golden(
        "attachment",
        &json!({
            "what": "bytes that count up from 0, over and over",
            "size": size,
            "author": member().key().to_string(),
            "key": hex(KEY),
            "seal key": hex(seal_key),
            "mark": hex(&mark[..16]),
            "hash of chunk 0": hex(hashes[0]),
            "last chunk": hex(&chunks[1]),
            "manifest": hex(&manifest),
            "id": id.to_string(),
            "ask": hex(ask),
            "offer": hex(offer.encode()),
            "want": hex(want),
        }),
    );
}
