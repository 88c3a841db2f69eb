//! The golden vector of directories: a listing, its end, and a file of both.

use ed25519_dalek::{Signer, SigningKey};
use hex::encode as hex;
use kith_protocol::directory::{self, Item};
use kith_protocol::id::SealKey;
use kith_protocol::invite::Way;
use serde_json::json;

use crate::sample::{LISTING_SALT, TIME, link, member, portrait};
use crate::vectors::golden;

#[test]
fn directories() {
    let secret = member().listing(&LISTING_SALT);
    let signing = SigningKey::from_bytes(secret.expose());
    let questions = vec!["What brings you here?".into()];
    let link = link(Way::Knock { desk: vec![SealKey([0x26; 32])], questions });
    let expires = TIME.plus(7 * 24 * 3_600_000);
    let listing = secret.list(portrait(), &link, TIME, expires).unwrap();
    let end = secret.withdrawal();

    // The end, spelled out: a statement of version and key, signed under the domain, beside its signature.
    let statement = [&[0xa2, 0, 1, 1, 0x58, 32], secret.key().0.as_slice()].concat();
    let signature = signing.sign(&[b"kith/1/listing\0".as_slice(), &statement].concat()).to_bytes();
    let spelled = [&[0xa2, 0, 0x58, 38], statement.as_slice(), &[1, 0x58, 64], &signature].concat();
    assert_eq!(end, spelled);

    let file = directory::write([listing.as_slice(), end.as_slice()]).unwrap();
    let inside = [
        &[0x82, 0x59],
        u16::try_from(listing.len()).unwrap().to_be_bytes().as_slice(),
        &listing,
        &[0x58, u8::try_from(end.len()).unwrap()],
        &end,
    ]
    .concat();
    let length = u32::try_from(inside.len()).unwrap().to_be_bytes();
    let mut whole = [b"KITHDIR1".as_slice(), &length, &inside].concat();
    whole.resize(64 << 10, 0);
    assert_eq!(file, whole);
    let Item::Listing(read, _) = Item::read(&listing).unwrap() else { panic!("a listing") };
    assert_eq!((read.portrait, read.link), (portrait(), link));

    golden(
        "directory",
        &json!({
            "what": "a listing by the first member of the sample group, and its end",
            "salt": hex(LISTING_SALT),
            "secret": hex(secret.expose()),
            "key": hex(secret.key().0),
            "listing": hex(&listing),
            "end": hex(&end),
            "file begins": hex([b"KITHDIR1".as_slice(), &length, &inside].concat()),
            "file length": file.len(),
        }),
    );
}
