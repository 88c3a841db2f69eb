//! What two nodes do over one stream: reconcile, ask to be let in, hand letters over.

use std::time::Duration;

use futures::AsyncWriteExt;
use kith_protocol::entrance::{Answer, AskError, Word};
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::keeper::Standing;
use kith_protocol::limits;
use kith_protocol::sync::{Role, Scope, SyncError};
use kith_protocol::time::Millis;
use thiserror::Error;
use tokio::time::timeout;

use super::CellError;
use super::engine::Engine;
use super::handle::StateSender;
use super::joining::Question;
use super::network::source_number;
use super::porch_replica::PorchReplica;
use super::replica::{CellReplica, Holder};
use super::thread::EngineHandle;
use crate::swarm::{Kind, Network, NetworkError, PeerId, Stream, Who, read_frame, write_frame};
use crate::sync;

/// A newcomer's question and its answer take at most this long.
const ENTRANCE_WITHIN: Duration = Duration::from_secs(20);
/// Handing letters over takes at most this long.
const HANDING_WITHIN: Duration = Duration::from_secs(20);
/// A letter as it is handed over, in bytes, at most.
const LETTER_FRAME: usize = 1024;
/// Bytes in which a clock is told.
const CLOCK: usize = 8;

/// Why a session broke off. None is an error of this node: the next session goes on.
#[derive(Debug, Error)]
pub(super) enum SessionError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Stream(#[from] std::io::Error),
    #[error(transparent)]
    Codec(#[from] kith_protocol::codec::CodecError),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Cell(#[from] CellError),
    #[error("it took too long")]
    TimedOut(#[from] tokio::time::error::Elapsed),
}

/// How a reconciliation went.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Synced {
    pub(super) complete: bool,
    pub(super) received: u64,
    /// Whether the other side broke the rules.
    pub(super) wrong: bool,
}

/// Reconciles over a stream.
pub(super) async fn reconcile(
    engine: EngineHandle,
    mut stream: Stream,
    peer: PeerId,
    who: Who,
    role: Role,
    state: StateSender,
) -> Synced {
    let (scope, member) = match who {
        Who::Member { key, .. } => (Scope::All, Some(key)),
        Who::Invite { .. } => (Scope::ControlOnly, None),
        Who::Keeper { told, .. } if told.standing == Standing::Member => (Scope::All, None),
        Who::Keeper { .. } => (Scope::ControlOnly, None),
        // They may be newer than what this node knows: it listens, and judges them again afterwards.
        Who::Unknown { .. } => (Scope::Nothing, None),
    };
    if let Err(error) = tell_time(&engine, &mut stream, member).await {
        tracing::debug!(%error, "a reconciliation did not begin");
        return Synced::default();
    }
    let salted = role == Role::Initiator && salt_due(&engine, member).await;
    let clock = engine.clone();
    let holder = match who {
        Who::Keeper { .. } => Holder::Keeper,
        _ => member.map_or(Holder::Nobody, Holder::Member),
    };
    let source = source_number(&peer);
    let options = sync::Options { role, scope, salted, timeouts: sync::Timeouts::default() };
    let progress = |progress: sync::Progress| {
        state.send_modify(|state| state.catching_up = (progress.received < progress.of).then_some(progress));
    };
    let outcome = match on_the_porch(&engine, holder, source).await {
        Some(porch) => sync::run(stream, options, &porch, progress).await,
        None => sync::run(stream, options, &CellReplica::new(engine, holder, source), progress).await,
    };
    state.send_modify(|state| state.catching_up = None);
    match outcome {
        Ok(outcome) => {
            let whole = member.is_some() && outcome.complete;
            let compared = move |engine: &mut Engine| {
                engine.refilling &= !whole;
                Ok(engine.time())
            };
            if let Ok(now) = clock.read(compared).await {
                state.send_modify(|state| state.last_exchange = Some(now));
            }
            if let Some(member) = member.filter(|_| salted && outcome.complete) {
                // If the note is lost, the next session is salted once more.
                let _ = clock.write(move |engine| engine.was_salted(&member)).await;
            }
            tracing::debug!(
                ?role,
                ?scope,
                salted,
                complete = outcome.complete,
                received = outcome.received,
                "reconciled"
            );
            Synced { complete: outcome.complete, received: outcome.received, wrong: false }
        }
        Err(error) => {
            tracing::debug!(%error, "a reconciliation broke off");
            let wrong =
                matches!(&error, sync::SyncFailure::Peer(why) if !matches!(why, SyncError::Misuse(_)));
            Synced { wrong, ..Synced::default() }
        }
    }
}

/// What somebody on the porch of an open door has, who comes to a keeper.
async fn on_the_porch(engine: &EngineHandle, holder: Holder, source: u64) -> Option<PorchReplica> {
    let Holder::Keeper = holder else { return None };
    let left = |engine: &mut Engine| if engine.settled() { Ok(None) } else { engine.on_the_porch() };
    PorchReplica::new(engine.clone(), engine.read(left).await.ok()??, source)
}

/// Both say what time it is, eight bytes each, before they compare anything.
async fn tell_time(
    engine: &EngineHandle,
    stream: &mut Stream,
    member: Option<MemberKey>,
) -> Result<(), SessionError> {
    let mine = engine.read(|engine| Ok(engine.time())).await?;
    let telling = async {
        write_frame(stream, &mine.0.to_be_bytes()).await?;
        read_frame(stream, CLOCK).await
    };
    let theirs = timeout(ENTRANCE_WITHIN, telling).await??.unwrap_or_default();
    let theirs = theirs.try_into().map(u64::from_be_bytes);
    if let (Ok(theirs), Some(member)) = (theirs, member) {
        let saw = move |engine: &mut Engine| {
            engine.saw_clock(member, Millis(theirs));
            Ok(())
        };
        engine.write(saw).await?;
    }
    Ok(())
}

/// Whether the weekly pass under a salt is due with a member.
async fn salt_due(engine: &EngineHandle, member: Option<MemberKey>) -> bool {
    let Some(member) = member else { return false };
    engine.read(move |engine| engine.salt_due(&member)).await.unwrap_or_default()
}

/// Asks a member's node to be let in, with a sealed question.
pub(super) async fn ask_in(
    engine: &EngineHandle,
    network: &Network,
    peer: PeerId,
    question: Question,
) -> Result<(), SessionError> {
    let asking = async {
        let mut stream = network.open(peer, Kind::Join).await?;
        write_frame(&mut stream, &question.sealed).await?;
        Ok::<_, SessionError>(read_frame(&mut stream, limits::ENTRANCE_ANSWER).await?.unwrap_or_default())
    };
    let answer = Answer::decode(&timeout(ENTRANCE_WITHIN, asking).await??)?;
    engine.write(move |engine| engine.answered(&question, answer)).await?;
    Ok(())
}

/// Answers somebody who asks to be let in, and proved an invite if there is one. Says whether they are.
pub(super) async fn let_in(
    engine: &EngineHandle,
    mut stream: Stream,
    invite: Option<EntryId>,
) -> Result<bool, SessionError> {
    let asked = timeout(ENTRANCE_WITHIN, read_frame(&mut stream, limits::ENTRANCE_ASK)).await??;
    let question = asked.unwrap_or_default();
    let answer = engine.write(move |engine| Ok(engine.let_in(&question, invite))).await??;
    let welcome = answer.word == Word::Welcome;
    timeout(ENTRANCE_WITHIN, write_frame(&mut stream, &answer.encode())).await??;
    stream.close().await?;
    Ok(welcome)
}

/// Hands letters to a member's device, at most [`limits::LETTER_PIECES`].
pub(super) async fn hand_over(
    network: Network,
    peer: PeerId,
    letters: Vec<Vec<u8>>,
) -> Result<(), SessionError> {
    let handing = async {
        let mut stream = network.open(peer, Kind::Letter).await?;
        for letter in letters.iter().take(limits::LETTER_PIECES) {
            write_frame(&mut stream, letter).await?;
        }
        stream.close().await?;
        Ok::<_, SessionError>(())
    };
    timeout(HANDING_WITHIN, handing).await?
}

/// Takes the letters that a member hands over.
pub(super) async fn take_letters(mut stream: Stream) -> Result<Vec<Vec<u8>>, SessionError> {
    let taking = async {
        let mut letters = Vec::new();
        while letters.len() < limits::LETTER_PIECES {
            match read_frame(&mut stream, LETTER_FRAME).await? {
                Some(letter) => letters.push(letter),
                None => break,
            }
        }
        Ok::<_, SessionError>(letters)
    };
    timeout(HANDING_WITHIN, taking).await?
}
