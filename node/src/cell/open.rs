//! Bringing a cell up from its files.
//!
//! The fold and the keyring are rebuilt from the control envelopes, through the same door as ever. The own log
//! is replayed into the store: what it holds was acknowledged. A database that does not open is put aside and
//! a fresh one begun; the own log and the other members bring back what it held.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use kith_protocol::admit::{self, Replay, Waiting};
use kith_protocol::body::{Body, Genesis, OpenLog};
use kith_protocol::envelope::{Envelope, Stub};
use kith_protocol::epoch::choose::Choice;
use kith_protocol::epoch::ring::Keyring;
use kith_protocol::id::LogId;
use kith_protocol::identity::MemberSecrets;
use kith_protocol::time::Millis;
use rand::RngExt;
use rayon::prelude::*;
use tokio::sync::watch;

use super::CellError;
use super::attached::Attached;
use super::clocks::Clocks;
use super::deliveries::Deliveries;
use super::doorstep::Taken;
use super::duties::Duties;
use super::engine::Engine;
use super::handle::Channels;
use super::heads::Heads;
use super::hearing::Hearing;
use super::hiding::Hidden;
use super::intake::Declined;
use super::keeping::Claims;
use super::letters::Letters;
use super::noting::Choices;
use super::own::Own;
use super::pace::Pace;
use super::retaining::Files;
use super::sets::Sets;
use super::splits::Splits;
use super::staged::Staged;
use super::withdrawing::TakenBack;
use crate::clock::Clock;
use crate::disk::RealDisk;
use crate::own_log::{Form, OwnLog, Record, Verdict};
use crate::store::chunks::ChunkFiles;
use crate::store::{Arrival, Held, SledStore, Store, StoreError, copying, quarantine};
use crate::swarm::{Me, Roster};
use crate::vault::{CellKeys, LogKeys, VaultHandle};

/// Control envelopes read from the store at a time.
const PAGE: usize = 1000;
/// A time that nothing is ahead of: what was let in once is not put aside because this clock was set back.
const ANY_TIME: Millis = Millis(u64::MAX);
/// Content entries looked at to find the heads again.
const HEADS_FROM: usize = 64;

/// What a cell is opened with.
#[derive(Clone)]
pub(crate) struct Opening {
    /// Where its database is.
    pub(crate) db: PathBuf,
    /// Where its attachments are.
    pub(crate) files: PathBuf,
    /// Where its own log is.
    pub(crate) own_log: PathBuf,
    /// Its keys, as the vault has them.
    pub(crate) keys: CellKeys,
    /// Who I am in it.
    pub(crate) secrets: MemberSecrets,
    /// Memory the database may use, in bytes.
    pub(crate) cache: u64,
    /// How many posts the person may write in an hour.
    pub(crate) posts_an_hour: u32,
    pub(crate) vault: VaultHandle,
    pub(crate) clock: Clock,
    /// Memory that searching it may take, in bytes.
    pub(crate) search: usize,
    /// What the person chose to see of texts that mention something.
    pub(crate) choices: watch::Receiver<Choices>,
}

impl Opening {
    /// The same with the keys as the vault has them by now.
    pub(super) fn refreshed(&self) -> Result<Opening, CellError> {
        let dir = self.keys.dir.clone();
        let keys = self.vault.read(move |vault| vault.cell(&dir).cloned())?.ok_or(CellError::Closed)?;
        Ok(Opening { keys, ..self.clone() })
    }

    /// What the network would be told before the cell's files are read.
    pub(super) fn first_roster(&self) -> Roster {
        let signing = Arc::new(self.secrets.signing().clone());
        let log = self.keys.logs.last().map_or(LogId([0; LogId::LEN]), |log| log.id);
        Roster::new(Me::Member { key: self.secrets.key(), signing, log })
    }
}

/// How a cell begins.
pub(crate) enum Beginning {
    /// It was here before.
    Before,
    /// I found the group.
    Found(Box<Genesis>),
}

impl Engine {
    /// Opens a cell.
    ///
    /// # Errors
    /// [`CellError::Storage`] or [`CellError::DiskFull`] if its files cannot be read or written.
    pub(super) fn open(
        opening: Opening,
        channels: Channels,
        beginning: Beginning,
    ) -> Result<Engine, CellError> {
        let was_here = matches!(beginning, Beginning::Before) && opening.keys.group_secret.is_some();
        let lost = was_here && !opening.db.exists();
        let (store, damaged) = open_store(&opening)?;
        let log = opening.keys.logs.last().map(|log| log.id);
        let known = match log {
            Some(log) => {
                let author = opening.secrets.key().author();
                store.log_heads()?.get(&(author, log)).copied()
            }
            None => None,
        };
        let (own, records) = open_own(&opening, known)?;
        let mut ring = Keyring::new(opening.keys.group);
        for log in &opening.keys.logs {
            ring.own(opening.secrets.seal(&log.id));
        }
        let lamport = store.highest_lamport()?;
        let sets = Sets::of(store.as_ref())?;
        let taken_back = TakenBack::of(store.as_ref())?;
        let letters = Letters::of(store.as_ref())?;
        let splits = Splits::of(store.as_ref())?;
        let claims = Claims::of(store.as_ref())?;
        let pace = Pace::of(store.as_ref())?;
        let (db, data_keys, cache) = (opening.db.clone(), opening.keys.data_keys(), opening.cache);
        let attached = Attached::of(store.as_ref(), ChunkFiles::new(&opening.files, &data_keys))?;
        let mut engine = Engine {
            id: opening.keys.group,
            salt: opening.keys.salt,
            dir: opening.keys.dir.clone(),
            joining: opening.keys.joining.clone(),
            refilling: lost || damaged,
            hidden: Hidden { muted: opening.keys.muted.clone(), blocked: opening.keys.blocked.clone() },
            attached,
            taken_back,
            claims,
            hearing: Hearing::of(store.as_ref())?,
            splits,
            pace,
            posts_an_hour: opening.posts_an_hour,
            choices: opening.choices,
            letters,
            taken: Taken::default(),
            keep_days: opening.keys.keep_days,
            tidy: false,
            kept_secret: opening.keys.group_secret.clone(),
            clock: opening.clock,
            vault: opening.vault,
            secrets: opening.secrets,
            store,
            own,
            group: None,
            ring,
            waiting: Waiting::default(),
            declined: Declined::default(),
            sets,
            heads: Heads::default(),
            deliveries: Deliveries::default(),
            duties: Duties::default(),
            staged: Staged::default(),
            notices: Vec::new(),
            owed: BTreeMap::new(),
            cite: Vec::new(),
            prepared: None,
            lamport,
            with_somebody: false,
            changed: true,
            unlooked: true,
            refusal: None,
            clocks: Clocks::default(),
            broken: None,
            roster: channels.roster,
            feed: channels.notices,
        };
        if engine.splits.has(&engine.me(), &engine.own.log()) {
            let log = engine.own.log();
            engine.own.split(&log);
        }
        engine.replay_control()?;
        engine.splits.replay_ended();
        engine.prune(Files { db: &db, keys: data_keys, cache })?;
        engine.let_go_alone()?;
        engine.replay_own(records);
        engine.tidy_attachments()?;
        engine.find_heads()?;
        engine.recall_pace()?;
        if let Beginning::Found(genesis) = beginning {
            engine.begin(*genesis)?;
        }
        engine.commit()?;
        Ok(engine)
    }

    /// Rebuilds fold and keyring from the store. What was stored went through the door once, in an order in
    /// which nothing comes before what it cites.
    fn replay_control(&mut self) -> Result<(), CellError> {
        let mut all: Vec<Held> = Vec::new();
        loop {
            let after = all.last().map_or(Arrival(0), |held| held.arrival);
            let page = self.store.control(after, PAGE)?;
            let ended = page.len() < PAGE;
            all.extend(page);
            if ended {
                break;
            }
        }
        let envelopes: Vec<Envelope> =
            all.iter().filter_map(|held| Envelope::decode(&held.bytes).ok()).collect();
        for envelope in envelopes.iter().filter(|envelope| !envelope.clear().is_empty()) {
            self.ring.learn(envelope);
        }
        let mut rest = envelopes;
        // The first round knows no authors but the founders; each further one knows those it let in.
        while !rest.is_empty() {
            let (ring, group) = (&self.ring, self.group.as_ref());
            let opened: Vec<_> = rest
                .par_iter()
                .map(|envelope| admit::open_envelope(envelope.clone(), ring, group, ANY_TIME))
                .collect();
            let mut later = Vec::new();
            for (envelope, opened) in rest.iter().zip(opened) {
                let verified = opened.and_then(|opened| admit::admit(opened, &Replay, self.group.as_ref()));
                match verified {
                    Ok(verified) => self.restore(&verified),
                    Err(_) => later.push(envelope.clone()),
                }
            }
            if later.len() == rest.len() {
                tracing::warn!(count = later.len(), "control entries in the store that do not open now");
                break;
            }
            rest = later;
        }
        Ok(())
    }

    /// Puts acknowledged entries of mine back into the store, if it has lost them.
    fn replay_own(&mut self, records: Vec<Record>) {
        let log = self.own.log();
        let mut envelopes = Vec::new();
        for record in records {
            if record.form == Form::Envelope {
                if let Ok(envelope) = Envelope::decode(&record.bytes) {
                    let header = envelope.header();
                    let set = Sets::name(header.control, header.hour);
                    self.recall(&envelope, &log, record.seq);
                    if !header.control && header.hour.month() < self.since() {
                        // It has outlived its time here as well.
                        if let Some(stub) = Stub::of(&envelope) {
                            self.own.forget_payload(&log, record.seq, stub.encode());
                        }
                        continue;
                    }
                    let held = self.held_note(&record.entry).unwrap_or_default();
                    if !held.is_empty() {
                        self.own.held(&log, record.seq);
                    }
                    self.deliveries.follow(record.entry, envelope.id(), set, (log, record.seq), held);
                }
                envelopes.push(record.bytes);
            } else {
                self.own.unsealed(record.seq);
            }
        }
        tracing::debug!(%log, count = envelopes.len(), "replaying the own log");
        self.take_in_at(envelopes, 0, ANY_TIME);
    }

    /// Finds what comes last, and follows on what I wrote of it: whose nodes hold it is learnt after a restart, too.
    fn find_heads(&mut self) -> Result<(), CellError> {
        let mut latest = self.store.timeline(None, HEADS_FROM)?;
        latest.reverse();
        let me = self.me().author();
        for held in &latest {
            let Some(placed) = &held.placed else { continue };
            if let Some((entry, _)) = self.read_held(held) {
                self.heads.see(&entry, placed.entry.short());
            }
            if placed.author == me {
                let set = Sets::name(held.control, held.hour);
                let by = self.held_note(&placed.entry)?;
                self.deliveries.follow(placed.entry, held.id, set, (placed.log, placed.seq), by);
            }
        }
        Ok(())
    }

    /// Opens a new log in place of one that cannot be continued. What the old one held is in the store by now.
    pub(super) fn open_log(&mut self) -> Result<(), CellError> {
        self.commit_files()?;
        // Under a key at hand: a wrap or a mint to prepare another would have to be in a log of mine itself.
        let group = self.group()?;
        let epoch = match self.ring.best(group, &self.me()) {
            Choice::Send { epoch, .. } => epoch,
            _ => self.ring.heads(group).into_iter().next().ok_or(CellError::StillWaiting)?,
        };
        let retires = self.own.log();
        let log = LogId(rand::rng().random());
        self.vault.change_cell(&self.dir, move |cell| {
            cell.logs.push(LogKeys { id: log, seal: None, drop: None });
        })?;
        let seal = self.secrets.seal(&log);
        let member = self.me();
        let body = OpenLog { seal: seal.key(), member, retires: Some(retires), name: None };
        self.ring.own(seal);
        self.own.replace(log)?;
        self.write_under(Body::OpenLog(body), &epoch, None).map(|_| ())
    }
}

/// Opens the database, and tells whether it had to be begun anew.
fn open_store(opening: &Opening) -> Result<(Box<dyn Store>, bool), CellError> {
    copying::settle(&opening.db)?;
    let open = || SledStore::open(&opening.db, opening.keys.data_keys(), opening.cache);
    match open() {
        Ok(store) => Ok((Box::new(store), false)),
        Err(StoreError::Damaged(what)) => {
            tracing::warn!(%what, "a group's database is damaged: it is put aside, and filled anew");
            quarantine(&opening.db)?;
            Ok((Box::new(open()?), true))
        }
        Err(error) => Err(error.into()),
    }
}

/// Opens the own log, and reads what it holds whether it can be continued or not.
fn open_own(opening: &Opening, known: Option<u64>) -> Result<(Own, Vec<Record>), CellError> {
    let path = opening.own_log.clone();
    let key = opening.keys.log_key.clone();
    let Some(log) = opening.keys.logs.last().map(|log| log.id) else {
        return Err(CellError::Storage("the vault names no log for this group".into()));
    };
    let opened = OwnLog::open(RealDisk, &path, key.bytes(), log, known)?;
    let file = match opened.verdict {
        Verdict::Continue(file) => Some(file),
        Verdict::Retire(why) => {
            tracing::info!(%why, "this device's log cannot be continued; it goes on in a new one");
            None
        }
    };
    Ok((Own::new(path, key, log, file), opened.records))
}
