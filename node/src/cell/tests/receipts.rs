//! Of what members are owed word.

use std::collections::BTreeMap;

use kith_protocol::envelope::Envelope;
use kith_protocol::id::EnvelopeId;

use super::{Device, START};
use crate::clock::SetClock;

fn ids(envelopes: &[Vec<u8>]) -> Vec<EnvelopeId> {
    envelopes.iter().map(|bytes| Envelope::decode(bytes).unwrap().id()).collect()
}

/// A newcomer writes, and some hear of it before they hear that she is in: she learns from them, too, that they hold it.
#[test]
fn who_writes_before_all_know_of_her_is_owed_word_by_all() {
    let time = SetClock::at(START);
    let mut ana = Device::founds(&time);
    let (link, door) = ana.opens_a_door();
    let mut all = ana.publishes();
    let [mut ben, mut cleo] = [2, 3].map(|number| Device::comes(&time, number, &link, &door));
    ben.is_let_in_by(&mut ana);
    all.extend(ana.publishes());
    ben.hears(&all);
    cleo.is_let_in_by(&mut ana);
    let admission = ana.publishes();
    all.extend(admission.clone());
    cleo.hears(&all);
    cleo.publishes();
    cleo.posts("I am here.");
    let post = cleo.publishes();
    ben.engine.owed_receipts();

    ben.hears(&post);
    assert_eq!(ben.engine.owed_receipts(), BTreeMap::new(), "it waits for her admission");
    // What a session brings is said in that session; the post is not of it.
    ben.hears(&admission);
    ben.engine.owes_no_receipt(&ids(&admission));
    assert_eq!(ben.engine.owed_receipts(), BTreeMap::from([(cleo.engine.me(), ids(&post))]));

    ana.hears(&post);
    ana.engine.owes_no_receipt(&ids(&post));
    assert_eq!(ana.engine.owed_receipts(), BTreeMap::new(), "the session said it");
}
