//! Serving connections of a listener, a bounded number at once, until the node closes.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Connections served at once. More wait until one ends.
pub const CONNECTIONS: usize = 256;
/// How long the head of a request may take to come in, and an idle connection may stay.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// The largest head of a request, in bytes.
const HEAD_MOST: usize = 32 * 1024;
/// How long answers under way have to finish when the node closes. Then they are cut off.
const FINISH_WITHIN: Duration = Duration::from_secs(2);
/// How long to wait after a failed accept (mostly: no descriptors left) before the next.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// Where connections come from.
pub trait Listens: Send {
    /// What a connection is.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Waits for the next one.
    fn accept(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// Serves `router` to whoever `listener` lets in until `closing`, then lets answers under way finish and returns.
pub async fn serve(listener: impl Listens, router: Router, closing: CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let place = tokio::select! {
            biased;
            () = closing.cancelled() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let accepted = tokio::select! {
            biased;
            () = closing.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok(stream) => {
                let (router, closing) = (router.clone(), closing.clone());
                connections.spawn(async move {
                    let _place = place;
                    connection(stream, router, HEAD_WITHIN, closing).await;
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the local API could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(FINISH_WITHIN, finished).await.is_err() {
        tracing::debug!("answers of the local API were cut off");
    }
}

async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    head_within: Duration,
    closing: CancellationToken,
) {
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_within)
        .max_buf_size(HEAD_MOST)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = closing.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to the local API ended badly");
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixStream;

    use super::*;

    #[tokio::test]
    async fn who_says_nothing_or_half_a_word_is_sent_away() {
        for said in ["", "GET /api/v1/sta"] {
            let (mut client, server) = UnixStream::pair().unwrap();
            client.write_all(said.as_bytes()).await.unwrap();
            let within = Duration::from_millis(20);
            let serving = connection(server, Router::new(), within, CancellationToken::new());
            tokio::time::timeout(Duration::from_secs(10), serving).await.unwrap();
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).await.unwrap();
            assert!(!answer.starts_with(b"HTTP/1.1 2"));
        }
    }
}
