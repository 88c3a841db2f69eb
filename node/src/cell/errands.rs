//! What this node asks of a keeper, once it has reconciled with it.

use std::time::Duration;

use futures::AsyncWriteExt;
use kith_protocol::id::PlaceId;
use kith_protocol::keeper::{Errand, Reply, Told};
use kith_protocol::limits;
use tokio::time::timeout;

use super::engine::Engine;
use super::sessions::SessionError;
use super::thread::EngineHandle;
use crate::swarm::{Kind, Network, PeerId, Stream, read_frame, write_frame};

/// All errands of one visit take at most this long.
const WITHIN: Duration = Duration::from_secs(30);

/// Tells a keeper what it is to know, and shows it what was taken back; says how things stand then.
///
/// To be called when the control set has been compared: what this node would say must not be older than what others
/// have said since.
pub(super) async fn run(
    engine: &EngineHandle,
    network: &Network,
    keeper: PeerId,
    place: PlaceId,
    told: Told,
) -> Result<Told, SessionError> {
    timeout(WITHIN, visit(engine, network, keeper, place, told)).await?
}

async fn visit(
    engine: &EngineHandle,
    network: &Network,
    keeper: PeerId,
    place: PlaceId,
    mut told: Told,
) -> Result<Told, SessionError> {
    let mut stream: Option<Stream> = None;
    if let Some(grant) = engine.read(move |engine| engine.grant_due(&place, &told)).await? {
        match ask(network, keeper, &mut stream, Errand::Grant(grant.into())).await? {
            Reply::Told(now) => {
                told = now;
                let note = move |engine: &mut Engine| {
                    engine.told_by_keeper(&place, now);
                    Ok(())
                };
                engine.write(note).await?;
            }
            // Another facilitator's node was first: the next session brings what it said.
            reply => tracing::debug!(?reply, "a keeper did not take a grant"),
        }
    }
    loop {
        let (dropped, until) = engine.read(move |engine| engine.drops_due(&place)).await?;
        if dropped.is_empty() {
            break;
        }
        if ask(network, keeper, &mut stream, Errand::Drop(dropped)).await? != Reply::Done {
            break;
        }
        engine.write(move |engine| engine.dropped(&place, until)).await?;
    }
    meet(engine, network, keeper, place, &mut stream).await?;
    if let Some(mut stream) = stream {
        stream.close().await?;
    }
    Ok(told)
}

/// Leaves with a keeper where this node is, sealed for the group, and hears where the others are.
async fn meet(
    engine: &EngineHandle,
    network: &Network,
    keeper: PeerId,
    place: PlaceId,
    stream: &mut Option<Stream>,
) -> Result<(), SessionError> {
    let me = engine.read(|engine| Ok(engine.device())).await?;
    let record = network.record(me);
    let seal = move |engine: &mut Engine| Ok(record.and_then(|record| engine.meeting_point(&place, &record)));
    let point = engine.read(seal).await?;
    if let Reply::Met(points) = ask(network, keeper, stream, Errand::Meet(point.map(Into::into))).await? {
        let open =
            move |engine: &mut Engine| Ok(engine.met_at(&place, points.iter().map(|point| point.as_slice())));
        let records = engine.read(open).await?;
        if !records.is_empty() {
            network.hear(records).await?;
        }
    }
    Ok(())
}

/// Asks one thing, over a stream that is opened for the first.
async fn ask(
    network: &Network,
    keeper: PeerId,
    stream: &mut Option<Stream>,
    errand: Errand,
) -> Result<Reply, SessionError> {
    let stream = match stream {
        Some(stream) => stream,
        None => stream.insert(network.open(keeper, Kind::Errand).await?),
    };
    write_frame(stream, &errand.encode()).await?;
    let reply = read_frame(stream, limits::ERRAND_REPLY).await?;
    Ok(Reply::decode(&reply.ok_or(std::io::Error::from(std::io::ErrorKind::UnexpectedEof))?)?)
}
