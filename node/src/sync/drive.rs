//! The loop that runs a session: reads, writes, loads and admits at once, and minds the clock.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;

use futures::io::{ReadHalf, WriteHalf};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, FutureExt};
use kith_protocol::id::EnvelopeId;
use kith_protocol::limits;
use kith_protocol::sync::{Input, Message, Output, Session, Terms};
use tokio::time::{Instant, sleep_until, timeout};

use super::frame::{Incoming, Outgoing};
use super::replica::{Replica, ReplicaError};
use super::{Options, Outcome, Progress, SyncFailure};

/// How many bytes of a frame count as progress before the frame is whole.
const STEP: u64 = 16 * 1024;
/// With more than this to write, a peer is not heard until it reads. An honest peer never stops reading, so
/// two honest ones cannot wait for each other; one that asks without listening holds no more memory than this.
const BACKLOG: usize = 4 << 20;

type Work<'r> = Pin<Box<dyn Future<Output = Result<Input, ReplicaError>> + Send + 'r>>;

/// A running session.
pub(super) struct Drive<'r, S, R, P> {
    replica: &'r R,
    options: Options,
    progress: P,
    session: Session,
    incoming: Incoming<ReadHalf<S>>,
    outgoing: Outgoing<WriteHalf<S>>,
    /// Windows to load, and the one that is being loaded.
    loads: VecDeque<Vec<EnvelopeId>>,
    loading: Option<Work<'r>>,
    /// Batches to admit, and the one that is being admitted. Windows bound them.
    admissions: VecDeque<Vec<(EnvelopeId, Vec<u8>)>>,
    admitting: Option<Work<'r>>,
    clock: Clock,
    outcome: Outcome,
    finished: bool,
}

/// When the peer last got on.
struct Clock {
    since: Instant,
    bytes_in: u64,
    bytes_out: u64,
}

impl<'r, S, R, P> Drive<'r, S, R, P>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
    R: Replica,
    P: FnMut(Progress),
{
    pub(super) fn new(
        stream: S,
        options: Options,
        terms: Terms,
        replica: &'r R,
        progress: P,
    ) -> (Self, Vec<Output>) {
        let (reader, writer) = stream.split();
        let (session, first) = Session::start(terms);
        let drive = Drive {
            replica,
            options,
            progress,
            session,
            incoming: Incoming::new(reader),
            outgoing: Outgoing::new(writer),
            loads: VecDeque::new(),
            loading: None,
            admissions: VecDeque::new(),
            admitting: None,
            clock: Clock { since: Instant::now(), bytes_in: 0, bytes_out: 0 },
            outcome: Outcome::default(),
            finished: false,
        };
        (drive, first)
    }

    /// Runs the session to its end.
    pub(super) async fn run(mut self, first: Vec<Output>) -> Result<Outcome, SyncFailure> {
        let end = Instant::now() + self.options.timeouts.whole;
        self.act(first).await?;
        while !(self.finished && self.outgoing.is_done()) {
            self.begin_work();
            if !self.hear().await? {
                self.step(end).await?;
            }
        }
        self.part().await;
        self.outcome.bytes_in = self.incoming.bytes;
        self.outcome.bytes_out = self.outgoing.bytes;
        Ok(self.outcome)
    }

    /// Waits for whatever comes first, and deals with it.
    async fn step(&mut self, end: Instant) -> Result<(), SyncFailure> {
        let busy = self.loading.is_some() || self.admitting.is_some();
        let writing = !self.outgoing.is_done();
        // While this side works, the peer has nothing to say until it is told of the result.
        let patience = (!busy || writing).then(|| self.clock.since + self.options.timeouts.idle);
        let deadline = patience.map_or(end, |patience| patience.min(end));
        let hearing = self.hearing();
        tokio::select! {
            biased;
            () = sleep_until(deadline) => return Err(SyncFailure::TimedOut),
            input = work(&mut self.admitting), if self.admitting.is_some() => {
                self.admitting = None;
                self.answer(input?).await?;
            }
            input = work(&mut self.loading), if self.loading.is_some() => {
                self.loading = None;
                self.answer(input?).await?;
            }
            written = self.outgoing.write(), if writing => {
                written?;
                self.written();
            }
            more = self.incoming.fill(), if hearing => {
                if !more? {
                    return Err(SyncFailure::Closed);
                }
                self.read();
            }
        }
        Ok(())
    }

    fn hearing(&self) -> bool {
        !self.finished && self.outgoing.waiting() <= BACKLOG
    }

    fn begin_work(&mut self) {
        let replica = self.replica;
        if self.admitting.is_none()
            && let Some(batch) = self.admissions.pop_front()
        {
            self.outcome.received = self.outcome.received.saturating_add(batch.len() as u64);
            self.admitting = Some(Box::pin(async move { replica.admit(batch).await.map(Input::Admitted) }));
        }
        // A window is fetched when the one before is on its way.
        if self.loading.is_none()
            && self.outgoing.waiting() <= limits::SYNC_WINDOW_BYTES
            && let Some(ids) = self.loads.pop_front()
        {
            self.loading = Some(Box::pin(async move {
                let (envelopes, through) = replica.envelopes(ids, limits::SYNC_WINDOW_BYTES).await?;
                Ok(Input::Loaded { envelopes, through })
            }));
        }
    }

    async fn answer(&mut self, input: Input) -> Result<(), SyncFailure> {
        self.clock.since = Instant::now();
        let outputs = self.session.handle(input)?;
        self.act(outputs).await
    }

    /// Notes what was written: whole frames do not show, so bytes and the end of the queue count.
    fn written(&mut self) {
        if self.outgoing.is_done() || self.outgoing.bytes.saturating_sub(self.clock.bytes_out) >= STEP {
            self.clock.bytes_out = self.outgoing.bytes;
            self.clock.since = Instant::now();
        }
    }

    fn read(&mut self) {
        if self.incoming.bytes.saturating_sub(self.clock.bytes_in) >= STEP {
            self.clock.bytes_in = self.incoming.bytes;
            self.clock.since = Instant::now();
        }
    }

    /// Hears one frame, if a whole one was read and there is room for an answer.
    async fn hear(&mut self) -> Result<bool, SyncFailure> {
        if !self.hearing() {
            return Ok(false);
        }
        let Some(frame) = self.incoming.frame()? else { return Ok(false) };
        let message = Message::decode(frame)?;
        self.clock.bytes_in = self.incoming.bytes;
        self.answer(Input::Message(message)).await?;
        Ok(true)
    }

    /// Does what the session asks for; questions are answered on the spot.
    async fn act(&mut self, outputs: Vec<Output>) -> Result<(), SyncFailure> {
        let mut todo = VecDeque::from(outputs);
        while let Some(output) = todo.pop_front() {
            let input = match output {
                Output::Send(message) => {
                    if let Message::Envelopes { envelopes, .. } = &message {
                        self.outcome.sent = self.outcome.sent.saturating_add(envelopes.len() as u64);
                    }
                    self.outgoing.push(&message.encode());
                    continue;
                }
                Output::Load(ids) => {
                    self.loads.push_back(ids);
                    continue;
                }
                Output::Admit(batch) => {
                    self.admissions.push_back(batch);
                    continue;
                }
                Output::Progress { received, of } => {
                    (self.progress)(Progress { received, of });
                    continue;
                }
                Output::Finished { complete } => {
                    self.outcome.complete = complete;
                    self.finished = true;
                    continue;
                }
                Output::Held(ids) => {
                    self.replica.held(ids).await?;
                    continue;
                }
                Output::InStep { sets, lacking } => {
                    self.replica.in_step(sets, lacking).await?;
                    continue;
                }
                Output::Sums(since) => Input::Sums(self.replica.sums(since).await?),
                Output::Wanted(ids) => Input::Wanted(self.replica.wanted(ids).await?),
                Output::Sets(names) => {
                    let mut sets = Vec::with_capacity(names.len());
                    for name in names {
                        sets.push(self.replica.set(name).await?);
                    }
                    Input::Sets(sets)
                }
            };
            todo.extend(self.session.handle(input)?);
        }
        Ok(())
    }

    /// Closes the stream and lets the peer close its half, so that its last words are not lost on the way. What
    /// goes wrong here harms nobody: both sides have said all.
    async fn part(&mut self) {
        let goodbye = async {
            self.outgoing.close().await?;
            while self.incoming.skip().await? {}
            Ok::<_, std::io::Error>(())
        };
        let _ = timeout(self.options.timeouts.goodbye, goodbye).await;
    }
}

/// The work under way; never, if there is none.
fn work<'w, 'r>(
    slot: &'w mut Option<Work<'r>>,
) -> impl Future<Output = Result<Input, ReplicaError>> + 'w + use<'w, 'r> {
    match slot {
        Some(work) => work.as_mut().left_future(),
        None => futures::future::pending().right_future(),
    }
}
