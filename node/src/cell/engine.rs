//! What one group is on this node: its store, its fold, its keys, and the log this device writes.
//!
//! Guarantees: nothing gets into store or fold but through `protocol::admit`; what [`Engine::commit`] has
//! answered with success is durable, own entries in the own log first. If a commit fails, the engine is
//! ahead of the disk: it can be read, and is opened again from what is durable as soon as the disk
//! takes something.
//!
//! One thread owns it ([`super::thread`]); no method waits for anything but the disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use kith_protocol::admit::{Verified, Waiting};
use kith_protocol::charter::History;
use kith_protocol::entrance::Word;
use kith_protocol::epoch::ring::Keyring;
use kith_protocol::group::{Group, Standing};
use kith_protocol::id::{EntryId, EnvelopeId, EpochId, GroupId, MemberKey};
use kith_protocol::identity::MemberSecrets;
use kith_protocol::time::{Millis, Month};
use tokio::sync::{broadcast, watch};

use super::CellError;
use super::attached::{Attached, Name};
use super::clocks::Clocks;
use super::deliveries::Deliveries;
use super::doorstep::Taken;
use super::duties::Duties;
use super::heads::Heads;
use super::hearing::Hearing;
use super::hiding::Hidden;
use super::intake::Declined;
use super::keeping::Claims;
use super::letters::Letters;
use super::noting::Choices;
use super::own::Own;
use super::pace::Pace;
use super::sets::Sets;
use super::splits::Splits;
use super::staged::Staged;
use super::withdrawing::TakenBack;
use crate::clock::Clock;
use crate::secret::Secret;
use crate::store::Store;
use crate::swarm::Roster;
use crate::vault::{Joining, VaultHandle};

/// What happened in a batch, told once it is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A content entry is here.
    Written(EntryId),
    /// An envelope written or sealed here, to be passed on.
    Publish {
        /// The entry in it.
        entry: EntryId,
        /// The envelope.
        bytes: Vec<u8>,
    },
    /// Letters to a member, to be handed to their devices that are connected. They leave by the others as well.
    HandOver {
        /// Who.
        to: MemberKey,
        /// The letters, encoded.
        letters: Vec<Vec<u8>>,
    },
    /// Something written here has come further.
    Delivered(EntryId),
    /// Something was changed or taken back by its author, or has been fetched.
    Altered(EntryId),
    /// Somebody wishes to have an attachment.
    Wished(Name),
    /// Members, roles, invites or keys changed.
    Changed,
}

/// One group on this node.
pub(crate) struct Engine {
    pub(super) id: GroupId,
    /// The group's salt, as it stands in its links.
    pub(super) salt: [u8; 32],
    /// The name of its folder, by which the vault knows it.
    pub(super) dir: String,
    pub(super) clock: Clock,
    pub(super) vault: VaultHandle,
    pub(super) secrets: MemberSecrets,
    pub(super) store: Box<dyn Store>,
    pub(super) own: Own,
    pub(super) group: Option<Group>,
    pub(super) ring: Keyring,
    pub(super) waiting: Waiting,
    pub(super) declined: Declined,
    pub(super) sets: Sets,
    pub(super) heads: Heads,
    pub(super) deliveries: Deliveries,
    pub(super) duties: Duties,
    pub(super) staged: Staged,
    pub(super) notices: Vec<Notice>,
    /// Envelopes let in by gossip since they were last asked for: their authors are owed a receipt.
    pub(super) owed: BTreeMap<MemberKey, Vec<EnvelopeId>>,
    /// What the next control entry cites, if not the heads.
    pub(super) cite: Vec<EntryId>,
    /// The epoch to send under, until something changes.
    pub(super) prepared: Option<EpochId>,
    /// The highest lamport number held.
    pub(super) lamport: u64,
    /// Whether a member's node or a keeper is connected now.
    pub(super) with_somebody: bool,
    /// Whether the fold or the keyring changed since the last commit.
    pub(super) changed: bool,
    /// The same, since [`Engine::look_after`] last looked.
    pub(super) unlooked: bool,
    /// What to show in order to be let in.
    pub(super) joining: Option<Joining>,
    /// The group's secret as it was last kept in the vault.
    pub(super) kept_secret: Option<Secret>,
    /// Whether the database was begun anew, and has not been compared with a member's node since.
    pub(super) refilling: bool,
    /// Why a member's node would not let me in.
    pub(super) refusal: Option<Word>,
    /// For how many days at most this person keeps what is written; 0: as the charter says.
    pub(super) keep_days: u32,
    /// Whether something has outlived its time: the cell is opened again, and lets it go then.
    pub(super) tidy: bool,
    /// Letters on their way out.
    pub(super) letters: Letters,
    /// Letters taken over from people outside.
    pub(super) taken: Taken,
    /// Posts that wait for an answer.
    pub(super) hearing: Hearing,
    /// Logs whose history split.
    pub(super) splits: Splits,
    /// How much people write.
    pub(super) pace: Pace,
    /// How many posts this person's node takes in an hour.
    pub(super) posts_an_hour: u32,
    /// Attachments that are here, or wished for.
    pub(super) attached: Attached,
    /// What authors took back.
    pub(super) taken_back: TakenBack,
    /// Keepers' places that are to be the group's.
    pub(super) claims: Claims,
    /// Whose writing this person hides.
    pub(super) hidden: Hidden,
    /// What this person chose to see of texts that mention something.
    pub(super) choices: watch::Receiver<Choices>,
    /// What others' clocks said.
    pub(super) clocks: Clocks,
    /// Why the last write failed, if it did: what is in memory may be ahead of the disk.
    pub(super) broken: Option<CellError>,
    pub(super) roster: watch::Sender<Arc<Roster>>,
    pub(super) feed: broadcast::Sender<Notice>,
}

impl Engine {
    /// Makes what was let in since the last commit durable, and tells of it.
    ///
    /// # Errors
    /// [`CellError::DiskFull`] or [`CellError::Storage`]; the engine is broken afterwards.
    pub(super) fn commit(&mut self) -> Result<(), CellError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        if let Err(error) = self.commit_files() {
            tracing::error!(%error, "a batch could not be made durable");
            self.broken = Some(error.clone());
            self.notices.clear();
            return Err(error);
        }
        self.attached.take_away();
        let mut notices = std::mem::take(&mut self.notices);
        if std::mem::take(&mut self.changed) {
            self.unlooked = true;
            self.declined.clear();
            self.keep_secret()?;
            self.send_roster();
            notices.push(Notice::Changed);
        }
        for notice in notices {
            // Nobody listening is fine; who listens too slowly is told how much they missed.
            let _ = self.feed.send(notice);
        }
        Ok(())
    }

    /// Whether a write failed, and another would not for want of room: time to be opened again. Until then
    /// what is durable can be read.
    pub(super) fn should_reopen(&self) -> bool {
        self.tidy || (self.broken.is_some() && self.own.has_room())
    }

    /// Own log first, then the store.
    pub(super) fn commit_files(&mut self) -> Result<(), CellError> {
        self.note_hearing();
        self.own.sync()?;
        if self.staged.is_empty() {
            return Ok(());
        }
        let (changes, months) = self.staged.take();
        for month in months {
            if !self.store.has_key(month) {
                let key = self.vault.month_key(&self.dir, month)?;
                self.store.learn_key(month, key);
            }
        }
        self.store.commit(changes)?;
        self.own.shrink()
    }

    /// Keeps the group's secret in the vault, once it is known.
    fn keep_secret(&mut self) -> Result<(), CellError> {
        if self.kept_secret.is_some() {
            return Ok(());
        }
        let first = self.group.as_ref().and_then(|group| self.ring.first(group));
        let Some(keys) = first else { return Ok(()) };
        let secret = Secret::new(*keys.control().group_secret().expose());
        self.kept_secret = Some(secret.clone());
        self.vault.change_cell(&self.dir, move |cell| cell.group_secret = Some(secret))?;
        Ok(())
    }

    /// The group, once its beginning is known.
    pub(crate) fn group(&self) -> Result<&Group, CellError> {
        self.group.as_ref().ok_or(CellError::StillWaiting)
    }

    /// Who I am here.
    pub(crate) fn me(&self) -> MemberKey {
        self.secrets.key()
    }

    /// How I stand here; none while I am not known to the fold.
    pub(crate) fn standing(&self) -> Option<Standing> {
        let me = self.me();
        self.group.as_ref()?.member(&me).map(|member| member.standing)
    }

    /// The time, by the node's clock.
    pub(crate) fn time(&self) -> Millis {
        self.clock.now()
    }

    /// The time.
    pub(super) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Which of these envelopes reconciliation should fetch.
    pub(crate) fn wanted(&self, ids: Vec<EnvelopeId>) -> Result<Vec<EnvelopeId>, CellError> {
        let mut wanted = Vec::with_capacity(ids.len());
        for id in ids {
            if !self.declined.contains(&id) && !self.store.holds(&id)? {
                wanted.push(id);
            }
        }
        Ok(wanted)
    }

    /// The first month whose content this node keeps: what has not outlived its time; where newcomers get no history,
    /// from the month they came in.
    pub(crate) fn since(&self) -> Month {
        let Some(group) = &self.group else { return Month(0) };
        let kept = self.kept_from().unwrap_or(Month(0));
        if group.charter().history == History::All {
            return kept;
        }
        let joined = group.member(&self.me()).and_then(|me| group.entry(&me.joined));
        joined.map_or(Month(0), |control| control.entry.time.month()).max(kept)
    }

    /// Envelopes that arrived and wait for something.
    pub(crate) fn pending(&self) -> u64 {
        self.waiting.len() as u64
    }

    /// Takes note of what another member's clock says.
    pub(crate) fn saw_clock(&mut self, member: MemberKey, theirs: Millis) {
        // A clock that is behind what its owner signed long ago was set back: it says nothing about this one.
        let opened = self.group.as_ref().and_then(|group| {
            let logs = &group.member(&member)?.logs;
            logs.iter().filter_map(|log| group.entry(&log.opened)).map(|control| control.entry.time).max()
        });
        if opened.is_some_and(|opened| theirs < opened) {
            return;
        }
        if self.clocks.saw(member, theirs, self.now()) {
            tracing::info!(off = self.clocks.off(), "what others' clocks say of this one has changed");
            self.notices.push(Notice::Changed);
        }
    }

    /// Looks at an entry that is in for signs that somebody else writes my log.
    pub(super) fn notice_own(&mut self, verified: &Verified) {
        if *verified.author() == self.me() {
            self.own.met(verified);
        }
    }
}
