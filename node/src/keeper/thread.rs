//! The thread that owns all places, and the handle through which everybody else asks it.
//!
//! Guarantees: what is asked is done in the order it came; whatever wrote is answered after it is durable and not
//! before; all that waits is committed at once. The thread ends when the last handle is gone, or when it is told to.

use tokio::sync::{mpsc, oneshot};

use super::KeeperError;
use super::places::{Opens, Places};

/// Requests that may wait. Whoever asks beyond it waits, and with them the peer they ask for.
const QUEUE: usize = 1024;
/// Requests committed together.
const BATCH: usize = 256;

/// What is left to do for a request once its changes are durable, or are known not to be.
type After = Box<dyn FnOnce(Result<(), KeeperError>) + Send>;

type Served<'p> = Result<&'p mut Places, KeeperError>;

enum Request {
    Read(Box<dyn FnOnce(Served<'_>) + Send>),
    Write(Box<dyn FnOnce(Served<'_>) -> After + Send>),
    Stop(oneshot::Sender<()>),
}

/// A handle to the places.
#[derive(Clone, Debug)]
pub(super) struct PlacesHandle {
    requests: mpsc::Sender<Request>,
}

impl PlacesHandle {
    /// Opens the places, and starts the thread. Says whether a database that could not be read was set aside.
    pub async fn start(opens: Opens) -> Result<(PlacesHandle, bool), KeeperError> {
        let (requests, inbox) = mpsc::channel(QUEUE);
        let (opened, opening) = oneshot::channel();
        let started = std::thread::Builder::new().name("places".into()).spawn(move || {
            match Places::open(opens.clone()) {
                Ok(places) => {
                    // Nobody waiting for the opening is no reason not to serve.
                    let _ = opened.send(Ok(places.lost));
                    serve(places, &opens, inbox);
                }
                Err(error) => {
                    let _ = opened.send(Err(error));
                }
            }
        });
        started.map_err(|error| KeeperError::Storage(error.to_string()))?;
        let lost = opening.await.map_err(|_| KeeperError::Closed)??;
        Ok((PlacesHandle { requests }, lost))
    }

    /// Looks at the places.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Places) -> Result<T, KeeperError> + Send + 'static,
    ) -> Result<T, KeeperError> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Read(Box::new(move |places| {
            // An asker that has gone away needs no answer.
            let _ = answer.send(places.and_then(look));
        }));
        self.requests.send(request).await.map_err(|_| KeeperError::Closed)?;
        answered.await.map_err(|_| KeeperError::Closed)?
    }

    /// Changes something, and returns once it is durable.
    pub async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Places) -> Result<T, KeeperError> + Send + 'static,
    ) -> Result<T, KeeperError> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Write(Box::new(move |places| {
            let done = places.and_then(act);
            Box::new(move |committed| {
                let _ = answer.send(committed.and(done));
            })
        }));
        self.requests.send(request).await.map_err(|_| KeeperError::Closed)?;
        answered.await.map_err(|_| KeeperError::Closed)?
    }

    /// Ends the thread, and returns when the files are closed.
    pub async fn stop(&self) {
        let (ended, end) = oneshot::channel();
        // A thread that has ended already is what was asked for.
        if self.requests.send(Request::Stop(ended)).await.is_ok() {
            let _ = end.await;
        }
    }
}

fn serve(places: Places, opens: &Opens, mut inbox: mpsc::Receiver<Request>) {
    let mut open = Some(places);
    while let Some(first) = inbox.blocking_recv() {
        if open.is_none() {
            match Places::open(opens.clone()) {
                Ok(places) => open = Some(places),
                Err(error) => {
                    tracing::warn!(%error, "the places are still closed");
                    match first {
                        Request::Read(look) => look(Err(error)),
                        Request::Write(act) => act(Err(error.clone()))(Err(error)),
                        Request::Stop(ended) => {
                            let _ = ended.send(());
                            return;
                        }
                    }
                    continue;
                }
            }
        }
        let Some(places) = open.as_mut() else { return };
        let ended = serve_batch(places, first, &mut inbox);
        if places.should_reopen() || ended.is_some() {
            // Closed before it is opened again: only one may have the files.
            open = None;
        }
        if let Some(ended) = ended {
            let _ = ended.send(());
            return;
        }
    }
}

/// Serves what is waiting, as one batch; gives back whoever wants the thread to end.
fn serve_batch(
    places: &mut Places,
    first: Request,
    inbox: &mut mpsc::Receiver<Request>,
) -> Option<oneshot::Sender<()>> {
    let mut after: Vec<After> = Vec::new();
    let mut next = Some(first);
    while let Some(request) = next {
        match request {
            Request::Write(act) => after.push(act(Ok(places))),
            Request::Read(look) => {
                settle(places, &mut after);
                look(Ok(places));
            }
            Request::Stop(ended) => {
                settle(places, &mut after);
                return Some(ended);
            }
        }
        // After a failed write, or one that left much lying about, what waits is served by what is opened anew.
        let on = after.len() < BATCH && !places.should_reopen();
        next = if on { inbox.try_recv().ok() } else { None };
    }
    settle(places, &mut after);
    None
}

fn settle(places: &mut Places, after: &mut Vec<After>) {
    if after.is_empty() {
        return;
    }
    let committed = places.commit();
    for done in after.drain(..) {
        done(committed.clone());
    }
}
