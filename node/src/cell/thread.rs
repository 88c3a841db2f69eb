//! The thread that owns a cell's engine, and the handle through which everybody else asks it.
//!
//! Guarantees: what is asked is done in the order it came; whatever wrote is answered after it is durable and
//! not before; everything waiting is taken as one batch and committed once. A handle is a cheap clone; the
//! thread ends when it is told to, or when the last handle is gone, and commits before it does.

use tokio::sync::{mpsc, oneshot};

use super::CellError;
use super::engine::Engine;

/// Requests that may wait for one cell. Whoever asks beyond it waits: people for their turn, the network by
/// not reading on.
const QUEUE: usize = 256;
/// Requests committed together. More gain nothing on a disk that syncs in milliseconds.
const BATCH: usize = 256;

/// What is left to do for a request once its changes are durable, or are known not to be.
pub(super) type After = Box<dyn FnOnce(Result<(), CellError>) + Send>;

/// Whether the engine could be opened, once that is known.
pub(super) type Opening = oneshot::Receiver<Result<(), CellError>>;

/// The engine, or why it is closed.
type Served<'e> = Result<&'e mut Engine, CellError>;

enum Request {
    /// Looks, at what is committed.
    Read(Box<dyn FnOnce(Served<'_>) + Send>),
    /// Changes something; what it returns is called after the commit.
    Write(Box<dyn FnOnce(Served<'_>) -> After + Send>),
    /// Ends the thread.
    Stop,
}

/// A handle to a cell's engine.
#[derive(Clone, Debug)]
pub(crate) struct EngineHandle {
    requests: mpsc::Sender<Request>,
}

impl EngineHandle {
    /// Starts the thread. `build` makes the engine on it, since opening a database may take a while; `again`
    /// does after a write that failed, when the disk may have room again.
    pub(super) fn start(
        build: impl FnOnce() -> Result<Engine, CellError> + Send + 'static,
        again: impl Fn() -> Result<Engine, CellError> + Send + 'static,
    ) -> std::io::Result<(EngineHandle, Opening)> {
        let (requests, inbox) = mpsc::channel(QUEUE);
        let (opened, opening) = oneshot::channel();
        std::thread::Builder::new().name("cell".into()).spawn(move || match build() {
            Ok(engine) => {
                // Nobody waiting for the opening is no reason not to serve.
                let _ = opened.send(Ok(()));
                serve(engine, again, inbox);
            }
            Err(error) => {
                let _ = opened.send(Err(error));
            }
        })?;
        Ok((EngineHandle { requests }, opening))
    }

    /// Looks at the engine.
    ///
    /// # Errors
    /// [`CellError::Closed`] if the cell has ended, why it cannot be opened again after a failed write, else what
    /// `look` answers.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Engine) -> Result<T, CellError> + Send + 'static,
    ) -> Result<T, CellError> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Read(Box::new(move |engine| {
            // An asker that has gone away needs no answer.
            let _ = answer.send(engine.and_then(look));
        }));
        self.requests.send(request).await.map_err(|_| CellError::Closed)?;
        answered.await.map_err(|_| CellError::Closed)?
    }

    /// Changes something, and returns once it is durable.
    ///
    /// # Errors
    /// [`CellError::Closed`], what `act` refuses with, or why the change could not be made durable.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Engine) -> Result<T, CellError> + Send + 'static,
    ) -> Result<T, CellError> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Write(Box::new(move |engine| {
            let done = engine.and_then(act);
            Box::new(move |committed| {
                let _ = answer.send(committed.and(done));
            })
        }));
        self.requests.send(request).await.map_err(|_| CellError::Closed)?;
        answered.await.map_err(|_| CellError::Closed)?
    }

    /// Asks the thread to commit and end.
    pub(crate) async fn stop(&self) {
        // A thread that has ended already is what was asked for.
        let _ = self.requests.send(Request::Stop).await;
    }
}

fn serve(engine: Engine, again: impl Fn() -> Result<Engine, CellError>, mut inbox: mpsc::Receiver<Request>) {
    let mut open = Some(engine);
    while let Some(first) = inbox.blocking_recv() {
        if open.as_ref().is_some_and(Engine::should_reopen) {
            // Closed before it is opened again: only one may have the files.
            open = None;
        }
        if open.is_none() {
            match again() {
                Ok(engine) => open = Some(engine),
                Err(error) => {
                    tracing::warn!(%error, "a group is still closed");
                    if refuse(first, &error) {
                        continue;
                    }
                    return;
                }
            }
        }
        let Some(engine) = open.as_mut() else { return };
        if !serve_batch(engine, first, &mut inbox) {
            return;
        }
    }
}

/// Tells an asker why the engine is closed. False if the thread is to end.
fn refuse(request: Request, why: &CellError) -> bool {
    match request {
        Request::Read(look) => look(Err(why.clone())),
        Request::Write(act) => act(Err(why.clone()))(Err(why.clone())),
        Request::Stop => return false,
    }
    true
}

/// Serves what is waiting, as one batch. False if the thread is to end.
fn serve_batch(engine: &mut Engine, first: Request, inbox: &mut mpsc::Receiver<Request>) -> bool {
    let mut after: Vec<After> = Vec::new();
    let mut next = Some(first);
    while let Some(request) = next {
        match request {
            Request::Write(act) => after.push(act(Ok(engine))),
            Request::Read(look) => {
                settle(engine, &mut after);
                look(Ok(engine));
            }
            Request::Stop => {
                settle(engine, &mut after);
                return false;
            }
        }
        next = if after.len() < BATCH { inbox.try_recv().ok() } else { None };
    }
    settle(engine, &mut after);
    true
}

fn settle(engine: &mut Engine, after: &mut Vec<After>) {
    if after.is_empty() {
        return;
    }
    let committed = engine.commit();
    for done in after.drain(..) {
        done(committed.clone());
    }
}
