//! The part of the door that needs nothing of what a node holds but keys and names: so it runs on any core.

use ed25519_dalek::SigningKey;

use super::refusal::{Refusal, Wait, Why};
use super::statement::Statement;
use super::waiting::Owner;
use crate::body::{Body, Mint};
use crate::entry::{Bond, Entry, SignedEntry};
use crate::envelope::{self, Envelope, Header, OpenError, Unsealed};
use crate::epoch::ring::Keyring;
use crate::epoch::{Clear, EpochKeys};
use crate::group::Group;
use crate::id::{DropMark, EntryId, EnvelopeId, EpochId, GroupId, MemberKey};
use crate::limits;
use crate::time::{Hour, Millis};

/// An envelope that opened and holds what its author signed. Whether it is new, and whether what it cites is
/// here, [`super::admit`] finds out.
#[derive(Clone, Debug)]
pub struct Opened {
    pub(super) envelope: Envelope,
    pub(super) id: EnvelopeId,
    pub(super) epoch: EpochId,
    pub(super) clear: Option<Clear>,
    pub(super) statement: Statement,
}

impl Opened {
    /// The envelope's name.
    pub fn id(&self) -> &EnvelopeId {
        &self.id
    }

    /// The epoch it is sealed under.
    pub fn epoch(&self) -> &EpochId {
        &self.epoch
    }

    /// The entry's name.
    pub fn entry_id(&self) -> &EntryId {
        self.statement.id()
    }

    /// Who signed it.
    pub fn author(&self) -> &MemberKey {
        self.statement.author()
    }

    /// The entry.
    pub fn entry(&self) -> &Entry {
        self.statement.entry()
    }

    /// What its author signed.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Who is charged for the room it takes while it waits: its author, or the source if the author is only
    /// known from what the entry says of itself.
    pub fn owner(&self, source: u64) -> Owner {
        self.statement.owner(source)
    }

    fn new(
        envelope: Envelope,
        epoch: EpochId,
        clear: Option<Clear>,
        statement: Statement,
    ) -> Result<Opened, Why> {
        keys_fit(&statement.entry().body, clear.as_ref())?;
        let id = envelope.id();
        Ok(Opened { envelope, id, epoch, clear, statement })
    }
}

/// Opens an envelope and checks everything that can be checked without knowing what a node holds, cheapest
/// first: size and form, the clock, the epoch's key, the gate tag, the seal and its nonce, the entry, that
/// outside and inside fit, and the signature.
///
/// The keyring must have seen the clear part first: [`Keyring::learn`] for envelopes that have one.
///
/// # Errors
/// [`Refusal`].
pub fn open(bytes: &[u8], ring: &Keyring, group: Option<&Group>, now: Millis) -> Result<Opened, Refusal> {
    let envelope = Envelope::decode(bytes).map_err(|error| Refusal::Reject(Why::Envelope(error)))?;
    open_envelope(envelope, ring, group, now)
}

/// As [`open`], for an envelope that is decoded already.
///
/// # Errors
/// [`Refusal`].
pub fn open_envelope(
    envelope: Envelope,
    ring: &Keyring,
    group: Option<&Group>,
    now: Millis,
) -> Result<Opened, Refusal> {
    in_time(envelope.header().hour, now)?;
    let (unsealed, epoch) = unseal(&envelope, ring)?;
    let Unsealed { signed, entry, clear } = unsealed;
    on_the_porch(&entry.body, &epoch, ring, group)?;
    let statement = Statement::check(signed, entry, ring.group(), group)?;
    Opened::new(envelope, epoch, clear, statement).map_err(Refusal::Reject)
}

/// Writes an entry of one's own: signs and seals it under an epoch, ready for [`super::admit`] like everything
/// else. `clear` is given for a mint or a wrap; `drop` is the mark of the entry's drop secret, of which control
/// entries have no need.
///
/// # Errors
/// [`Why`], if the entry breaks a limit or does not fit its epoch or clear part: nobody would let it in.
pub fn write(
    entry: &Entry,
    signer: &SigningKey,
    group: &GroupId,
    keys: &EpochKeys,
    clear: Option<Clear>,
    drop: DropMark,
) -> Result<Opened, Why> {
    let bond = (!entry.body.kind().is_control()).then_some(Bond { epoch: keys.epoch(), drop });
    let signed = SignedEntry::sign(entry, group, signer, bond);
    let statement = Statement::own(signed, group, MemberKey(signer.verifying_key().to_bytes()))?;
    let envelope = envelope::seal(statement.signed(), statement.entry(), keys, clear.as_ref())
        .map_err(Why::Unsealable)?;
    Opened::new(envelope, keys.epoch(), clear, statement)
}

impl Statement {
    /// Puts somebody's signed entry into an envelope, as the member who let them in: the same bytes whoever
    /// does it under the same epoch.
    ///
    /// # Errors
    /// [`Why`], if it does not fit an envelope.
    pub fn seal(self, keys: &EpochKeys) -> Result<Opened, Why> {
        let envelope = envelope::seal(self.signed(), self.entry(), keys, None).map_err(Why::Unsealable)?;
        Opened::new(envelope, keys.epoch(), None, self)
    }
}

/// Waits for what is dated too far ahead: an honest person's clock may be wrong, or this one.
pub(super) fn in_time(hour: Hour, now: Millis) -> Result<(), Refusal> {
    let hours = hour.0.saturating_sub(now.hour().0);
    if hours > limits::HOURS_AHEAD { Err(Refusal::Wait(Wait::Clock { hours })) } else { Ok(()) }
}

/// Tries the keys of every epoch whose tag is on the envelope.
fn unseal(envelope: &Envelope, ring: &Keyring) -> Result<(Unsealed, EpochId), Refusal> {
    let Header { epoch: tag, .. } = *envelope.header();
    let mut answer = Refusal::Wait(Wait::Key(tag));
    for keys in ring.by_tag(&tag) {
        match envelope::open(envelope, keys) {
            Ok(unsealed) => return Ok((unsealed, keys.epoch())),
            Err(OpenError::OtherEpoch) => {}
            Err(OpenError::Gate) => answer = Refusal::Reject(Why::Gate),
            Err(OpenError::NoKey) if !gated(envelope, keys) => answer = Refusal::Reject(Why::Gate),
            Err(OpenError::NoKey) if ring.porch(&keys.epoch()).is_some() => {
                return Err(Refusal::Reject(Why::Porch));
            }
            Err(OpenError::NoKey) => return Err(Refusal::Wait(Wait::Content(keys.epoch()))),
            Err(error) => return Err(Refusal::Reject(Why::Sealed(error))),
        }
    }
    Err(answer)
}

/// Under a porch there is nothing but joins on its invite. One on an invite that is not here yet may be that of another
/// who made the same invite, where it takes several to.
fn on_the_porch(body: &Body, epoch: &EpochId, ring: &Keyring, group: Option<&Group>) -> Result<(), Refusal> {
    let Some(invites) = ring.porch(epoch) else { return Ok(()) };
    match body {
        Body::Join(join) if invites.contains(&join.invite) => Ok(()),
        Body::Join(join) if group.is_none_or(|group| !group.holds(&join.invite)) => {
            Err(Refusal::Wait(Wait::Control(vec![join.invite.short()])))
        }
        _ => Err(Refusal::Reject(Why::Porch)),
    }
}

fn gated(envelope: &Envelope, keys: &EpochKeys) -> bool {
    keys.control().gate().admits(&envelope.id(), envelope.gate())
}

/// What a mint or a wrap brings must be of use to somebody, and be what the entry says.
fn keys_fit(body: &Body, clear: Option<&Clear>) -> Result<(), Why> {
    let (wraps, links) = clear.map_or((&[][..], &[][..]), |clear| (clear.wraps(), clear.links()));
    match body {
        Body::Mint(mint) => {
            if wraps.is_empty() {
                return Err(Why::Keys("a new epoch that nobody gets the key of"));
            }
            let control = links.iter().filter(|link| !link.whole).map(|link| link.epoch);
            let whole = links.iter().filter(|link| link.whole).map(|link| link.epoch);
            let from = sorted(mint);
            if !control.eq(from.iter().copied()) || !whole.clone().all(|epoch| from.contains(&epoch)) {
                return Err(Why::Keys("the epochs it goes on from are not those it links back to"));
            }
            if from.contains(&mint.epoch) {
                return Err(Why::Keys("an epoch that goes on from itself"));
            }
            Ok(())
        }
        Body::Wrap(_) if wraps.is_empty() => Err(Why::Keys("a wrap for nobody")),
        Body::Wrap(_) if !links.is_empty() => Err(Why::Keys("a wrap with back-links")),
        _ => Ok(()),
    }
}

/// The epochs a mint goes on from, ascending as the links in its clear part are.
fn sorted(mint: &Mint) -> Vec<EpochId> {
    let mut from = mint.from.clone();
    from.sort_unstable();
    from
}
