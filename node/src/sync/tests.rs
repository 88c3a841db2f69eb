use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use kith_protocol::id::{EnvelopeId, hash};
use kith_protocol::limits;
use kith_protocol::sync::{Hello, Message, Prepared, Role, Scope, SetName, Sum, SyncError, VERSION};
use kith_protocol::time::{Hour, Month};
use tokio::io::duplex;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

use super::*;

type Wire = Compat<tokio::io::DuplexStream>;

fn wire(buffer: usize) -> (Wire, Wire) {
    let (a, b) = duplex(buffer);
    (a.compat(), b.compat())
}

/// A test envelope: four bytes of hour, one that says control or content, and filling.
fn envelope(n: u64, hour: u32, control: bool, size: usize) -> Vec<u8> {
    let mut bytes = hour.to_be_bytes().to_vec();
    bytes.push(u8::from(control));
    let seed = hash("filling", &[&n.to_be_bytes()]);
    bytes.extend(seed.iter().cycle().take(size.max(40) - 5));
    bytes
}

/// Envelopes in memory.
#[derive(Default)]
struct Memory {
    state: Mutex<State>,
    /// Given: admissions wait for a call each.
    gate: Option<Arc<Notify>>,
}

#[derive(Default)]
struct State {
    envelopes: BTreeMap<SetName, BTreeMap<EnvelopeId, (Hour, Vec<u8>)>>,
    peer_holds: BTreeSet<EnvelopeId>,
    in_step: BTreeSet<SetName>,
    largest_batch: usize,
    admitted: usize,
    loaded: usize,
}

impl State {
    fn put(&mut self, bytes: Vec<u8>) -> EnvelopeId {
        let id = Memory::identify(&bytes).unwrap();
        let hour = Hour(u32::from_be_bytes(bytes[..4].try_into().unwrap()));
        let name = if bytes[4] == 1 { SetName::Control } else { SetName::Month(hour.month()) };
        self.envelopes.entry(name).or_default().insert(id, (hour, bytes));
        id
    }

    fn find(&self, id: &EnvelopeId) -> Option<&Vec<u8>> {
        self.envelopes.values().find_map(|set| set.get(id)).map(|(_, bytes)| bytes)
    }

    fn prepared(&self, name: SetName) -> Prepared {
        let set = self.envelopes.get(&name);
        Prepared::new(set.into_iter().flatten().map(|(id, (hour, _))| (*hour, *id)))
    }
}

impl Memory {
    fn with(numbers: impl IntoIterator<Item = u64>, size: usize) -> Memory {
        let memory = Memory::default();
        for n in numbers {
            memory.lock().put(envelope(n, (n % 2_000) as u32, n % 20 == 0, size));
        }
        memory
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn ids(&self) -> BTreeSet<EnvelopeId> {
        self.lock().envelopes.values().flat_map(|set| set.keys().copied()).collect()
    }
}

impl Replica for Memory {
    fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
        (bytes.len() >= 40).then(|| EnvelopeId(hash("test", &[bytes])))
    }

    async fn since(&self) -> Result<Month, ReplicaError> {
        Ok(Month(0))
    }

    async fn sums(&self, since: Option<Month>) -> Result<Vec<(SetName, Sum)>, ReplicaError> {
        let state = self.lock();
        let fits = |name: &SetName| match name {
            SetName::Control => since.is_none(),
            SetName::Month(month) => since.is_some_and(|since| *month >= since),
        };
        let names = state.envelopes.keys().copied().filter(fits);
        Ok(names.map(|name| (name, state.prepared(name).sum())).collect())
    }

    async fn set(&self, name: SetName) -> Result<Arc<Prepared>, ReplicaError> {
        Ok(Arc::new(self.lock().prepared(name)))
    }

    async fn wanted(&self, mut ids: Vec<EnvelopeId>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        let state = self.lock();
        ids.retain(|id| state.find(id).is_none());
        Ok(ids)
    }

    async fn envelopes(
        &self,
        ids: Vec<EnvelopeId>,
        most: usize,
    ) -> Result<(Vec<(EnvelopeId, Vec<u8>)>, usize), ReplicaError> {
        let mut state = self.lock();
        let (mut found, mut size, mut through) = (Vec::new(), 0, 0);
        for id in ids {
            if let Some(bytes) = state.find(&id) {
                size += bytes.len();
                if size > most && through > 0 {
                    break;
                }
                found.push((id, bytes.clone()));
            }
            through += 1;
        }
        state.loaded += found.len();
        Ok((found, through))
    }

    async fn admit(&self, envelopes: Vec<(EnvelopeId, Vec<u8>)>) -> Result<Vec<EnvelopeId>, ReplicaError> {
        if let Some(gate) = &self.gate {
            gate.notified().await;
        }
        let mut state = self.lock();
        state.largest_batch = state.largest_batch.max(envelopes.iter().map(|(_, bytes)| bytes.len()).sum());
        state.admitted += envelopes.len();
        Ok(envelopes.into_iter().map(|(_, bytes)| state.put(bytes)).collect())
    }

    async fn held(&self, ids: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        self.lock().peer_holds.extend(ids);
        Ok(())
    }

    async fn in_step(&self, sets: Vec<(SetName, Sum)>, _: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
        self.lock().in_step.extend(sets.into_iter().map(|(name, _)| name));
        Ok(())
    }
}

fn options(role: Role) -> Options {
    Options { role, scope: Scope::All, salted: false, timeouts: Timeouts::default() }
}

/// Runs a session over a wire that holds so many bytes.
async fn meet(a: &Memory, b: &Memory, buffer: usize) -> (Outcome, Outcome) {
    let (x, y) = wire(buffer);
    let one = run(x, options(Role::Initiator), a, |_| ());
    let two = run(y, options(Role::Responder), b, |_| ());
    let (one, two) = timeout(Duration::from_secs(600), futures::future::join(one, two)).await.unwrap();
    (one.unwrap(), two.unwrap())
}

#[tokio::test(start_paused = true)]
async fn two_nodes_end_with_the_same_over_any_wire() {
    for buffer in [7, 1_000, 1 << 20] {
        let (a, b) = (Memory::with(0..700, 300), Memory::with(400..1_500, 300));
        let (before_a, before_b) = (a.ids(), b.ids());
        let (one, two) = meet(&a, &b, buffer).await;
        assert_eq!(a.ids(), b.ids());
        assert_eq!(a.ids(), &before_a | &before_b);
        assert!(one.complete && two.complete);
        assert_eq!((one.sent, one.received), (400, 800));
        assert_eq!((two.sent, two.received), (800, 400));
        assert_eq!((one.bytes_in, one.bytes_out), (two.bytes_out, two.bytes_in));
        assert_eq!(a.lock().peer_holds, &before_a - &before_b);
        assert_eq!(b.lock().peer_holds, &before_b - &before_a);
        let own = |memory: &Memory, before: &BTreeSet<EnvelopeId>| -> BTreeSet<SetName> {
            let sets = &memory.lock().envelopes;
            sets.iter()
                .filter(|(_, set)| set.keys().any(|id| before.contains(id)))
                .map(|(name, _)| *name)
                .collect()
        };
        for (memory, before) in [(&a, &before_a), (&b, &before_b)] {
            let own = own(memory, before);
            assert_eq!(memory.lock().in_step, own);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn both_sides_sending_windows_at_once_over_a_narrow_wire_do_not_wait_for_each_other() {
    let (a, b) =
        (Memory::with((0..6_000).map(|n| n * 2), 2_000), Memory::with((0..6_000).map(|n| n * 2 + 1), 2_000));
    meet(&a, &b, 4_096).await;
    assert_eq!(a.ids().len(), 12_000);
    assert_eq!(a.ids(), b.ids());
    // What lies in memory at once is a frame, not the 12 MB.
    assert!(a.lock().largest_batch <= limits::SYNC_FRAME);
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_from_nothing_to_all() {
    let (a, b) = (Memory::default(), Memory::with(0..3_000, 300));
    let (x, y) = wire(1 << 16);
    let mut seen = Vec::new();
    let one = run(x, options(Role::Initiator), &a, |progress| seen.push(progress));
    let (one, two) = futures::future::join(one, run(y, options(Role::Responder), &b, |_| ())).await;
    one.unwrap();
    two.unwrap();
    assert!(seen.len() > 3);
    assert!(seen.is_sorted_by_key(|progress| progress.received));
    assert!(seen.iter().all(|progress| progress.received <= progress.of));
    assert_eq!(seen.last(), Some(&Progress { received: 3_000, of: 3_000 }));
}

#[tokio::test(start_paused = true)]
async fn windows_wait_for_admission() {
    let gate = Arc::new(Notify::new());
    let a = Memory { gate: Some(Arc::clone(&gate)), ..Memory::default() };
    let b = Memory::with(0..1, 100);
    for n in 0..8_000_u64 {
        b.lock().put(envelope(n, 10, false, 600));
    }
    let (x, y) = wire(1 << 16);
    let session = async {
        let one = run(x, options(Role::Initiator), &a, |_| ());
        futures::future::join(one, run(y, options(Role::Responder), &b, |_| ())).await
    };
    tokio::pin!(session);
    // Control goes through; of content nothing is admitted, so no more is asked for than may be open at once.
    gate.notify_one();
    assert!(timeout(Duration::from_secs(20), &mut session).await.is_err());
    assert_eq!(a.lock().admitted, 1);
    assert_eq!(b.lock().loaded, 1 + limits::SYNC_AHEAD * limits::SYNC_WINDOW);
    let release = async {
        loop {
            gate.notify_one();
            tokio::task::yield_now().await;
        }
    };
    let (one, two) = tokio::select! { both = &mut session => both, () = release => unreachable!() };
    one.unwrap();
    two.unwrap();
    assert_eq!(a.ids(), b.ids());
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_given_up() {
    for role in [Role::Initiator, Role::Responder] {
        let (x, _silent) = wire(1 << 16);
        let begun = Instant::now();
        let a = Memory::with(0..10, 100);
        let end = run(x, options(role), &a, |_| ()).await;
        assert!(matches!(end, Err(SyncFailure::TimedOut)), "{end:?}");
        assert_eq!(begun.elapsed().as_secs(), 30);
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_is_given_up() {
    let (x, mut y) = wire(64);
    let a = Memory::with(0..3_000, 300);
    let peer = async {
        let mut some = [0; 40];
        y.read_exact(&mut some).await.unwrap();
        futures::future::pending::<()>().await;
    };
    let begun = Instant::now();
    let end = tokio::select! {
        end = run(x, options(Role::Initiator), &a, |_| ()) => end,
        () = peer => unreachable!(),
    };
    assert!(matches!(end, Err(SyncFailure::TimedOut)), "{end:?}");
    assert_eq!(begun.elapsed().as_secs(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_crawls_is_given_up_and_one_on_a_slow_line_is_not() {
    // A frame of 400 kB comes at a byte a second, or at 1 kB a second.
    for (pace, patient) in [(1, false), (1_000, true)] {
        let (x, mut y) = wire(1 << 10);
        let crawl = async {
            y.write_all(&400_000_u32.to_be_bytes()).await.unwrap();
            let mut tick = tokio::time::interval(Duration::from_secs(1));
            for _ in 0..400_000 / pace {
                tick.tick().await;
                if y.write_all(&vec![0; pace]).await.is_err() {
                    break;
                }
            }
            futures::future::pending::<()>().await;
        };
        let begun = Instant::now();
        let a = Memory::default();
        let end = tokio::select! {
            end = run(x, options(Role::Responder), &a, |_| ()) => end,
            () = crawl => unreachable!(),
        };
        if patient {
            assert!(matches!(end, Err(SyncFailure::Peer(SyncError::Codec(_)))), "{end:?}");
            assert!(begun.elapsed().as_secs() > 390);
        } else {
            assert!(matches!(end, Err(SyncFailure::TimedOut)), "{end:?}");
            assert_eq!(begun.elapsed().as_secs(), 30);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_whole_session_has_an_end() {
    let gate = Arc::new(Notify::new());
    let a = Memory { gate: Some(gate), ..Memory::default() };
    let (x, y) = wire(1 << 16);
    let b = Memory::with(0..10, 100);
    let patient = Timeouts { idle: Duration::from_secs(100_000), ..Timeouts::default() };
    let one = run(x, Options { timeouts: patient, ..options(Role::Initiator) }, &a, |_| ());
    let two = run(y, Options { timeouts: patient, ..options(Role::Responder) }, &b, |_| ());
    let (one, two) = futures::future::join(one, two).await;
    assert!(matches!(one, Err(SyncFailure::TimedOut)), "{one:?}");
    assert!(matches!(two, Err(SyncFailure::TimedOut | SyncFailure::Closed)), "{two:?}");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_early_is_told_from_one_that_times_out() {
    let (x, y) = wire(1 << 16);
    drop(y);
    let end = run(x, options(Role::Responder), &Memory::default(), |_| ()).await;
    assert!(matches!(end, Err(SyncFailure::Closed)), "{end:?}");
}

/// Says `frames`, whatever it hears.
async fn say(mut stream: impl AsyncRead + AsyncWrite + Unpin, frames: &[Vec<u8>]) {
    for frame in frames {
        let length = u32::try_from(frame.len()).unwrap().to_be_bytes();
        if stream.write_all(&[&length, frame.as_slice()].concat()).await.is_err() {
            return;
        }
    }
    let mut nothing = Vec::new();
    let _ = stream.read_to_end(&mut nothing).await;
}

fn hello() -> Vec<u8> {
    let (scope, since) = (Scope::All, Month(0));
    Message::Hello(Hello { version: VERSION, scope, since, nonce: [0; 16], salted: false }).encode()
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_breaks_the_rules_is_told_from_bad_luck() {
    let oversized = {
        let (x, mut y) = wire(1 << 16);
        y.write_all(&500_001_u32.to_be_bytes()).await.unwrap();
        let end = run(x, options(Role::Responder), &Memory::default(), |_| ()).await;
        drop(y);
        end
    };
    assert!(matches!(oversized, Err(SyncFailure::Peer(SyncError::TooMuch(_)))), "{oversized:?}");
    for (frames, what) in [
        (vec![Vec::new()], "an empty frame"),
        (vec![vec![0xff; 100]], "junk"),
        (vec![hello(), hello()], "two hellos"),
        (vec![hello(), Message::Sums(Vec::new()).encode(), Message::More.encode()], "out of turn"),
    ] {
        let (x, y) = wire(1 << 16);
        let a = Memory::with(0..50, 100);
        let (end, ()) =
            futures::future::join(run(x, options(Role::Responder), &a, |_| ()), say(y, &frames)).await;
        let fault = matches!(end, Err(SyncFailure::Peer(_)));
        assert!(fault || what == "out of turn" && end.is_err(), "{what}: {end:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_asks_and_never_listens_fills_no_memory() {
    let a = Memory::with((0..120_000).map(|n| n * 20 + 1), 40);
    let (x, y) = wire(64);
    let (_never_read, mut writer) = y.split();
    let months: Vec<_> =
        a.lock().envelopes.keys().copied().filter(|name| *name != SetName::Control).collect();
    let flood = async {
        let mut frames =
            vec![hello(), Message::Sums(Vec::new()).encode(), Message::Sums(Vec::new()).encode()];
        for set in months.iter().rev() {
            // "I have nothing": each is answered with as many ids as go into a frame.
            let all = Message::Ranges { set: *set, step: vec![0x61, 0, 0, 2, 0] };
            frames.extend(std::iter::repeat_n(all.encode(), 64));
        }
        let mut written = 0;
        for frame in &frames {
            let length = u32::try_from(frame.len()).unwrap().to_be_bytes();
            if writer.write_all(&[&length, frame.as_slice()].concat()).await.is_err() {
                break;
            }
            written += 1;
        }
        written
    };
    let session = run(x, options(Role::Responder), &a, |_| ());
    let (end, heard) = futures::future::join(session, flood).await;
    assert!(matches!(end, Err(SyncFailure::TimedOut)), "{end:?}");
    // Hellos and sums, and as many answers of 500 kB as the backlog holds, not all of them.
    assert!((8..25).contains(&heard), "{heard}");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_gives_up_ends_the_session_as_its_own_failure() {
    struct Failing(Memory);
    impl Replica for Failing {
        fn identify(bytes: &[u8]) -> Option<EnvelopeId> {
            Memory::identify(bytes)
        }
        async fn since(&self) -> Result<Month, ReplicaError> {
            self.0.since().await
        }
        async fn sums(&self, since: Option<Month>) -> Result<Vec<(SetName, Sum)>, ReplicaError> {
            self.0.sums(since).await
        }
        async fn set(&self, name: SetName) -> Result<Arc<Prepared>, ReplicaError> {
            self.0.set(name).await
        }
        async fn wanted(&self, ids: Vec<EnvelopeId>) -> Result<Vec<EnvelopeId>, ReplicaError> {
            self.0.wanted(ids).await
        }
        async fn envelopes(
            &self,
            ids: Vec<EnvelopeId>,
            most: usize,
        ) -> Result<(Vec<(EnvelopeId, Vec<u8>)>, usize), ReplicaError> {
            self.0.envelopes(ids, most).await
        }
        async fn admit(&self, _: Vec<(EnvelopeId, Vec<u8>)>) -> Result<Vec<EnvelopeId>, ReplicaError> {
            Err(ReplicaError("the disk is full".into()))
        }
        async fn held(&self, ids: Vec<EnvelopeId>) -> Result<(), ReplicaError> {
            self.0.held(ids).await
        }
        async fn in_step(
            &self,
            sets: Vec<(SetName, Sum)>,
            lacking: Vec<EnvelopeId>,
        ) -> Result<(), ReplicaError> {
            self.0.in_step(sets, lacking).await
        }
    }
    let (a, b) = (Failing(Memory::default()), Memory::with(0..50, 100));
    let (x, y) = wire(1 << 16);
    let one = run(x, options(Role::Initiator), &a, |_| ());
    let (one, two) = futures::future::join(one, run(y, options(Role::Responder), &b, |_| ())).await;
    assert!(matches!(one, Err(SyncFailure::Replica(_))), "{one:?}");
    assert!(matches!(two, Err(SyncFailure::Closed)), "{two:?}");
}
