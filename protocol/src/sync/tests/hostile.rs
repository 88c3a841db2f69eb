//! Peers that break the rules: each is an error at once, or ends within the bounds; nothing panics, and
//! nothing is served or stored that should not be.

use std::sync::Arc;

use minicbor::bytes::ByteVec;
use negentropy::{Id, Negentropy, NegentropyStorageVector};

use super::world::*;
use crate::id::{EnvelopeId, hash};
use crate::limits;
use crate::sync::*;
use crate::time::{Hour, Month};

const JANUARY: SetName = SetName::Month(Month(0));

/// A node with so many control envelopes and so many of content in January 1970.
fn node(control: u64, content: u64) -> Node {
    let mut node = Node::default();
    for n in 0..control + content {
        node.put(&envelope(n, (n % 700) as u32, n < control, 40).into());
    }
    node
}

fn ids(node: &Node, name: SetName) -> Vec<EnvelopeId> {
    node.sets[&name].keys().copied().collect()
}

/// Ids of envelopes that do not exist.
fn lies(from: u64, many: u64) -> Vec<EnvelopeId> {
    (from..from + many).map(|n| EnvelopeId(hash("lie", &[&n.to_be_bytes()]))).collect()
}

fn hello(scope: Scope) -> Message {
    Message::Hello(Hello { version: VERSION, scope, since: Month(0), nonce: [9; 16], salted: false })
}

fn some_sum(count: u64) -> Sum {
    Sum { count, fingerprint: [7; 16] }
}

/// The side that is attacked, and what it says.
struct Victim(Side);

impl Victim {
    fn new(role: Role, node: Node) -> Victim {
        let terms = terms(role, &node);
        let (mut side, first) = Side::start(node, terms);
        side.act(first).unwrap();
        Victim(side)
    }

    /// A victim that has heard hellos and sums: control is equal, January differs by what is asked for.
    fn in_content(role: Role, node: Node, january: Sum) -> Victim {
        let mut victim = Victim::new(role, node);
        victim.hear(hello(Scope::All)).unwrap();
        let control = victim.0.node.sums(None);
        victim.hear(Message::Sums(control)).unwrap();
        victim.hear(Message::Sums(vec![(JANUARY, january)])).unwrap();
        victim
    }

    fn hear(&mut self, message: Message) -> Result<Vec<Message>, SyncError> {
        let said = self.0.hear(&message.encode())?;
        Ok(said.iter().map(|frame| Message::decode(frame).unwrap()).collect())
    }

    fn work(&mut self) -> Vec<Message> {
        self.0.work().unwrap().iter().map(|frame| Message::decode(frame).unwrap()).collect()
    }
}

fn envelopes(bytes: &[&[u8]], through: u32) -> Message {
    Message::Envelopes {
        envelopes: bytes.iter().map(|bytes| ByteVec::from(bytes.to_vec())).collect(),
        through,
    }
}

fn offer(ids: Vec<EnvelopeId>, last: bool) -> Message {
    Message::Offer { ids: Ids(ids), last }
}

fn done() -> Message {
    Message::Done { lacking: Ids::default(), whole: true }
}

/// One of each kind.
fn every_kind() -> Vec<Message> {
    vec![
        hello(Scope::All),
        Message::Sums(Vec::new()),
        Message::Cells { cells: Vec::new(), sum: some_sum(1) },
        Message::More,
        Message::Ranges { set: JANUARY, step: vec![0x61] },
        offer(lies(0, 1), false),
        Message::Want(Ids(lies(0, 1))),
        envelopes(&[b"an envelope"], 1),
        Message::Held(vec![0]),
        done(),
    ]
}

#[test]
fn what_has_no_place_in_a_phase_ends_the_session() {
    for role in [Role::Initiator, Role::Responder] {
        for (kind, message) in every_kind().into_iter().enumerate() {
            let greeted = Victim::new(role, node(3, 3)).hear(message.clone());
            assert_eq!(greeted.is_ok(), kind == 0, "{message:?} as the first word");

            let mut victim = Victim::new(role, node(3, 3));
            victim.hear(hello(Scope::All)).unwrap();
            assert_eq!(victim.hear(message.clone()).is_ok(), kind == 1, "{message:?} instead of sums");
            assert!(victim.hear(hello(Scope::All)).is_err(), "a session that failed does not go on");

            // Once content differs: the responder may be asked for cells, ranges and envelopes it has, and be
            // offered some; of these the samples that make sense are the request for cells, the step that
            // says nothing, and the offer.
            let mut victim = Victim::in_content(role, node(3, 60), some_sum(61));
            let fine = role == Role::Responder && [3, 4, 5].contains(&kind);
            assert_eq!(victim.hear(message.clone()).is_ok(), fine, "{role:?}: {message:?} in content");

            let mut victim = Victim::in_content(role, node(3, 60), some_sum(61));
            if role == Role::Responder {
                victim.hear(offer(Vec::new(), true)).unwrap();
                assert_eq!(
                    victim.hear(message.clone()).is_ok(),
                    kind == 9,
                    "{message:?} after the last offer"
                );
                assert!(victim.hear(message).is_err());
            }
        }
    }
}

#[test]
fn another_version_is_named() {
    let mut other = hello(Scope::All);
    if let Message::Hello(hello) = &mut other {
        hello.version = 9;
    }
    let heard = Victim::new(Role::Responder, node(1, 1)).hear(other);
    assert_eq!(heard, Err(SyncError::Version(9)));
}

#[test]
fn sums_of_sets_that_do_not_belong_there_are_refused() {
    let wrong = |names: &[(SetName, u64)]| {
        let sums = names.iter().map(|(name, count)| (*name, some_sum(*count))).collect();
        let mut victim = Victim::new(Role::Responder, Node { since: Month(2), ..node(3, 0) });
        victim.hear(hello(Scope::All)).unwrap();
        let control = victim.0.node.sums(None);
        victim.hear(Message::Sums(control)).unwrap();
        victim.hear(Message::Sums(sums)).err()
    };
    let month = |n| SetName::Month(Month(n));
    assert_eq!(wrong(&[(month(2), 1), (month(3), 1)]), None);
    for sums in [
        vec![(SetName::Control, 1)],
        vec![(month(1), 1)],
        vec![(month(3), 1), (month(2), 1)],
        vec![(month(2), 1), (month(2), 2)],
        vec![(month(2), 0)],
    ] {
        assert_eq!(wrong(&sums), Some(SyncError::Contradiction("its sets")), "{sums:?}");
    }
    let many: Vec<_> = (2..1203).map(|n| (month(n), 1)).collect();
    assert_eq!(wrong(&many), Some(SyncError::TooMuch("months in a session")));
}

#[test]
fn only_what_was_shown_is_served_and_each_once() {
    let january = ids(&node(3, 60), JANUARY);
    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(61));
    assert_eq!(victim.hear(Message::Want(Ids(lies(0, 1)))), Err(SyncError::NotOffered));

    // Control is equal, so it is not shown in this phase.
    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(61));
    let control = ids(&victim.0.node, SetName::Control);
    assert_eq!(victim.hear(Message::Want(Ids(control))), Err(SyncError::NotOffered));

    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(61));
    assert_eq!(victim.hear(Message::Want(Ids::default())), Err(SyncError::OutOfPhase("nothing")));

    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(61));
    for _ in 0..limits::SYNC_AHEAD {
        victim.hear(Message::Want(Ids(january[..5].to_vec()))).unwrap();
    }
    let third = victim.hear(Message::Want(Ids(january[..5].to_vec())));
    assert_eq!(third, Err(SyncError::TooMuch("windows at once")));

    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(61));
    for round in 0..4 {
        let again = victim.hear(Message::Want(Ids(january[..20].to_vec())));
        if round == 3 {
            assert_eq!(again, Err(SyncError::TooMuch("envelopes asked for")));
        } else {
            assert_eq!(victim.work().len(), 1);
            victim.hear(Message::Held(vec![0xff; 3])).unwrap();
        }
    }
}

#[test]
fn a_peer_with_control_only_gets_no_content_by_any_message() {
    for control_differs in [false, true] {
        let mut victim = Victim::new(Role::Responder, node(30, 60));
        let january = ids(&victim.0.node, JANUARY);
        victim.0.session =
            Session::start(Terms { scope: Scope::ControlOnly, ..terms(Role::Responder, &victim.0.node) }).0;
        victim.hear(hello(Scope::All)).unwrap();
        let mut control = victim.0.node.sums(None);
        if control_differs {
            control[0].1.count += 1;
        }
        victim.hear(Message::Sums(control)).unwrap();
        assert_eq!(victim.0.node.finished.is_some(), !control_differs);
        assert!(victim.hear(Message::Want(Ids(january.clone()))).is_err());
        assert!(victim.hear(Message::Sums(vec![(JANUARY, some_sum(1))])).is_err());
    }
}

#[test]
fn envelopes_nobody_asked_for_are_refused_before_they_are_admitted() {
    let theirs: Vec<Vec<u8>> = (100..110).map(|n| envelope(n, 5, false, 40)).collect();
    let offered: Vec<_> = theirs.iter().map(|bytes| identify(bytes).unwrap()).collect();
    let asked = || {
        let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(70));
        assert_eq!(victim.hear(envelopes(&[&theirs[0]], 1)), Err(SyncError::NotAsked));
        let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(70));
        let said = victim.hear(offer(offered.clone(), true)).unwrap();
        assert!(said.contains(&Message::Want(Ids(offered.clone()))));
        victim
    };
    let stranger = envelope(999, 5, false, 40);
    for (wrong, error) in [
        (envelopes(&[&stranger], 1), SyncError::NotAsked),
        (envelopes(&[b"no envelope"], 1), SyncError::NotAsked),
        (envelopes(&[&theirs[3], &theirs[3]], 10), SyncError::NotAsked),
        (envelopes(&[&theirs[3], &theirs[2]], 10), SyncError::NotAsked), // out of order
        (envelopes(&[], 0), SyncError::OutOfPhase("nothing")),
        (envelopes(&[], 11), SyncError::Contradiction("how much it sent")),
        (envelopes(&[&theirs[3]], 3), SyncError::Contradiction("how much it sent")),
    ] {
        let mut victim = asked();
        assert_eq!(victim.hear(wrong), Err(error));
        assert!(victim.0.node.came.is_empty());
    }
    // A window that ended is closed to more.
    let mut victim = asked();
    victim.hear(envelopes(&[&theirs[0]], 10)).unwrap();
    assert_eq!(victim.hear(envelopes(&[&theirs[1]], 0)), Err(SyncError::NotAsked));
}

#[test]
fn a_window_holds_so_many_bytes_and_no_more() {
    let large: Vec<Vec<u8>> = (0..8).map(|n| envelope(n, 5, false, limits::ENVELOPE)).collect();
    let offered: Vec<_> = large.iter().map(|bytes| identify(bytes).unwrap()).collect();
    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(70));
    victim.hear(offer(offered, true)).unwrap();
    let sent =
        large.iter().map(|bytes| victim.hear(envelopes(&[bytes], 0))).take_while(Result::is_ok).count();
    assert_eq!(sent, (limits::SYNC_WINDOW_BYTES + limits::ENVELOPE) / limits::ENVELOPE);

    let over = envelope(9, 5, false, limits::ENVELOPE + 1);
    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(70));
    victim.hear(offer(vec![identify(&over).unwrap()], true)).unwrap();
    assert_eq!(victim.hear(envelopes(&[&over], 1)), Err(SyncError::TooMuch("bytes in a window")));
}

#[test]
fn offers_are_bounded() {
    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(70));
    assert_eq!(victim.hear(offer(Vec::new(), false)), Err(SyncError::OutOfPhase("an offer")));

    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(70));
    let mut offered = 0;
    let refused = loop {
        match victim.hear(offer(lies(offered, 8_192), false)) {
            Ok(_) => offered += 8_192,
            Err(error) => break error,
        }
        assert!(offered <= limits::SYNC_IDS as u64);
    };
    assert_eq!(refused, SyncError::TooMuch("envelopes announced"));
    // The same ids over and over count as well.
    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(70));
    let end = (0..).find(|_| victim.hear(offer(lies(0, 8_192), false)).is_err()).unwrap();
    assert_eq!(end, limits::SYNC_IDS / 8_192);
}

#[test]
fn receipts_must_fit_what_was_sent() {
    let january = ids(&node(3, 60), JANUARY);
    let sent = || {
        let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(61));
        victim.hear(Message::Want(Ids(january[..9].to_vec()))).unwrap();
        victim
    };
    assert_eq!(
        sent().hear(Message::Held(vec![0; 2])),
        Err(SyncError::OutOfPhase("a receipt")),
        "not sent yet"
    );
    for length in [0, 1, 3] {
        let mut victim = sent();
        victim.work();
        let heard = victim.hear(Message::Held(vec![0; length]));
        assert_eq!(heard, Err(SyncError::Contradiction("what it received")));
    }
    let mut victim = sent();
    victim.work();
    victim.hear(Message::Held(vec![0x80, 0x80])).unwrap();
    assert_eq!(victim.0.node.peer_holds, [january[0], january[8]].into());
    assert_eq!(victim.hear(Message::Held(vec![])), Err(SyncError::OutOfPhase("a receipt")));

    // Nobody is done before the receipts are in.
    let mut victim = sent();
    victim.work();
    victim.hear(offer(Vec::new(), true)).unwrap();
    assert_eq!(victim.hear(done()), Err(SyncError::OutOfPhase("the end of a phase")));
}

#[test]
fn a_sketch_that_contradicts_itself_is_refused_and_a_made_up_one_is_not_believed() {
    let begin = || Victim::in_content(Role::Initiator, node(3, 60), some_sum(60));
    let cells = |many: usize, byte| Message::Cells { cells: vec![byte; many * 38], sum: some_sum(60) };
    assert_eq!(begin().hear(cells(1, 0)), Err(SyncError::Contradiction("its sketch")));
    assert_eq!(begin().hear(cells(1_024, 0)), Err(SyncError::Contradiction("its sketch")));

    let mut victim = begin();
    assert_eq!(victim.hear(cells(24, 1)).unwrap(), [Message::More]);
    let other = Message::Cells { cells: vec![1; 24 * 38], sum: some_sum(61) };
    assert_eq!(victim.hear(other), Err(SyncError::Contradiction("its sketch")));

    // Cells that never fall apart: after the last of them, ranges decide.
    let mut victim = begin();
    let (mut sent, mut due) = (0, 24);
    let said = loop {
        let said = victim.hear(cells(due, 1)).unwrap();
        sent += due;
        assert!(sent <= limits::SYNC_CELLS);
        due = (if sent < 128 { sent } else { sent / 2 }).min(limits::SYNC_CELLS - sent);
        if said != [Message::More] {
            break said;
        }
    };
    assert!(matches!(said[..], [Message::Ranges { set: JANUARY, .. }]), "{said:?}");

    // Cells that fall apart into nothing although the sums differ are not believed either.
    let mut victim = begin();
    let same = victim.0.node.set(JANUARY).sketch().encode(0, 24);
    let said = victim.hear(Message::Cells { cells: same, sum: some_sum(60) }).unwrap();
    assert!(matches!(said[..], [Message::Ranges { set: JANUARY, .. }]), "{said:?}");
}

#[test]
fn a_liar_about_its_set_comes_to_an_end() {
    // One that says "different" for ever.
    let mut victim = Victim::in_content(Role::Initiator, node(3, 60), some_sum(100_000));
    let mut bound = vec![0x61];
    bound.extend([0, 0, 1]); // up to infinity, no id, a fingerprint
    let mut rounds = 0;
    let end = loop {
        bound.truncate(4);
        bound.extend([rounds as u8; 16]);
        match victim.hear(Message::Ranges { set: JANUARY, step: bound.clone() }) {
            Ok(said) => assert!(matches!(said[..], [Message::Ranges { .. }])),
            Err(error) => break error,
        }
        rounds += 1;
        assert!(rounds <= limits::SYNC_ROUNDS);
    };
    assert_eq!(end, SyncError::TooMuch("rounds"));

    // One that names other ids each time, as many as go into a frame.
    let mut victim = Victim::in_content(Role::Initiator, node(3, 60), some_sum(100_000));
    let (mut named, mut rounds) = (0, 0);
    loop {
        let mut vector = NegentropyStorageVector::new();
        for id in lies(named, 60_000) {
            vector.insert(5, Id::from_byte_array(id.0)).unwrap();
        }
        vector.seal().unwrap();
        let mut liar = Negentropy::borrowed(&vector, 400_000).unwrap();
        // Whatever it was asked, it answers as if it had been asked for everything.
        let step = liar.reconcile(&[0x61, 0, 0, 2, 0]).unwrap();
        let said = victim.hear(Message::Ranges { set: JANUARY, step }).unwrap();
        named += 60_000;
        rounds += 1;
        if said.iter().any(|message| matches!(message, Message::Offer { last: true, .. })) {
            break;
        }
        assert!(rounds <= limits::SYNC_ROUNDS);
    }
    assert!(victim.0.node.asked_for <= limits::SYNC_IDS);
    assert!(victim.0.node.came.is_empty());
}

#[test]
fn a_liar_that_drives_comes_to_an_end() {
    let two_months = || {
        let mut node = node(3, 60);
        node.put(&envelope(500, 800, false, 40).into());
        let mut victim = Victim::new(Role::Responder, node);
        victim.hear(hello(Scope::All)).unwrap();
        let control = victim.0.node.sums(None);
        victim.hear(Message::Sums(control)).unwrap();
        let months = [JANUARY, SetName::Month(Month(1))].map(|name| (name, some_sum(5_000)));
        victim.hear(Message::Sums(months.into())).unwrap();
        victim
    };
    let ranges =
        |month, step: &[u8]| Message::Ranges { set: SetName::Month(Month(month)), step: step.to_vec() };
    let everything = [0x61, 0, 0, 2, 0];

    let mut victim = two_months();
    for _ in 0..limits::SYNC_ROUNDS {
        victim.hear(ranges(1, &everything)).unwrap();
    }
    assert_eq!(victim.hear(ranges(1, &everything)), Err(SyncError::TooMuch("rounds")));

    let mut victim = two_months();
    victim.hear(ranges(0, &everything)).unwrap(); // skips the newer month, which it may
    assert_eq!(victim.hear(ranges(1, &everything)), Err(SyncError::OutOfPhase("ranges")));
    assert_eq!(two_months().hear(ranges(2, &everything)), Err(SyncError::NotOffered));
    assert!(matches!(two_months().hear(ranges(1, &[0x61, 0, 0, 9])), Err(SyncError::Ranges(_))));
    assert!(matches!(two_months().hear(ranges(1, &[])), Err(SyncError::Ranges(_))));

    // A request for cells is bounded by the cells there are.
    let mut victim = Victim::in_content(Role::Responder, node(3, 60), some_sum(61));
    let rounds = (0..100).take_while(|_| victim.hear(Message::More).is_ok()).count();
    assert!(rounds < 12, "{rounds}");
}

/// Ids whose sums are equal though the ids are not: what an insider would have to grind.
#[test]
fn a_ground_fingerprint_hides_a_difference_until_the_salted_session() {
    let (mut a, mut b) = (Node::default(), Node::default());
    let bytes = |n| -> Arc<[u8]> { envelope(n, 5, false, 40).into() };
    let name = |low: u8, high: u8| EnvelopeId(std::array::from_fn(|i| if i == 0 { low } else { high }));
    let hold = |node: &mut Node, id, n| node.hold(JANUARY, id, Hour(5), &bytes(n));
    for n in 0..40 {
        let id = identify(&bytes(n)).unwrap();
        hold(&mut a, id, n);
        hold(&mut b, id, n);
    }
    hold(&mut a, name(10, 1), 100);
    hold(&mut a, name(20, 2), 101);
    hold(&mut b, name(11, 1), 102);
    hold(&mut b, name(19, 2), 103);
    assert_eq!(a.set(JANUARY).sum(), b.set(JANUARY).sum());

    let ours = terms(Role::Initiator, &a);
    let (mut x, begin) = Side::start(a.clone(), ours);
    let (mut y, _) = Side::start(b.clone(), terms(Role::Responder, &b));
    let mut frames = x.act(begin).unwrap();
    while !frames.is_empty() {
        let said: Vec<_> = frames.iter().flat_map(|frame| y.hear(frame).unwrap()).collect();
        frames = said.iter().flat_map(|frame| x.hear(frame).unwrap()).collect();
    }
    assert_eq!((x.node.finished, y.node.finished), (Some(true), Some(true)), "nothing was seen");

    let ours = Terms { salted: true, ..terms(Role::Initiator, &a) };
    let (mut x, begin) = Side::start(a, ours);
    let (mut y, _) = Side::start(b.clone(), terms(Role::Responder, &b));
    let mut wanted = Vec::new();
    let mut frames = x.act(begin).unwrap();
    while !frames.is_empty() {
        let said: Vec<_> = frames.iter().flat_map(|frame| y.hear(frame).unwrap()).collect();
        frames = said.iter().flat_map(|frame| x.hear(frame).unwrap()).collect();
        wanted.extend(said.iter().chain(&frames).filter_map(|frame| match Message::decode(frame) {
            Ok(Message::Want(ids)) => Some(ids.0.len()),
            _ => None,
        }));
    }
    assert_eq!(wanted, [2, 2]);
}
