//! The keys of an epoch, and what each of them opens.
//!
//! ```text
//! EpochKey K (32 random bytes)
//! ├─ ControlKey ─ EpochId = hash("kith/1/epoch", control key)
//! │  ├─ seal and nonce keys of control entries
//! │  ├─ link key of control back-links
//! │  ├─ GateKey      granted to keepers: "somebody of this group wrote this"
//! │  ├─ Discovery    topic and rendezvous names
//! │  └─ GroupSecret  of the group's first epoch only: proves membership to other members
//! └─ ContentKey
//!    ├─ seal and nonce keys of content entries
//!    └─ link key of whole back-links
//! ```
//!
//! Every arrow is a keyed hash, so a key gives what hangs below it and nothing else: whoever has only the
//! control key of an epoch opens its control entries and checks its gate tags, and reads no content.
//!
//! The epoch id is the hash of the *control* key. As that key is itself a hash of the epoch key, the id
//! commits to both; and somebody who is handed only the control key can tell that it is the right one.

use rand_core::CryptoRng;

use crate::envelope::GateTag;
use crate::id::{EnvelopeId, EpochId, hash, keyed_hash, truncate};
use crate::secret::{same, secret};
use crate::time::Week;

secret!(
    /// The key of an epoch: opens all of it.
    EpochKey
);
secret!(
    /// The key of an epoch's control entries.
    ControlKey
);
secret!(
    /// The key of an epoch's content.
    ContentKey
);
secret!(
    /// The key of an epoch's gate tags, granted to keepers: shows that somebody of the group sealed an envelope,
    /// and neither who nor what.
    GateKey
);
secret!(
    /// The secret under which an epoch's members find each other on the network.
    Discovery
);
secret!(
    /// What every member of a group has and a stranger has not, former members included: derived from the
    /// group's first epoch, whose control key every member reaches. Never decides alone who is served.
    GroupSecret
);

impl EpochKey {
    /// Draws a new one.
    pub fn generate(rng: &mut impl CryptoRng) -> EpochKey {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        EpochKey(bytes)
    }

    /// The name of its epoch.
    pub fn id(&self) -> EpochId {
        self.control().id()
    }

    /// The key of its control entries.
    pub fn control(&self) -> ControlKey {
        ControlKey(keyed_hash(&self.0, "kith/1/control", &[]))
    }

    /// The key of its content.
    pub fn content(&self) -> ContentKey {
        ContentKey(keyed_hash(&self.0, "kith/1/content", &[]))
    }
}

impl ControlKey {
    /// The name of the epoch it is the control key of.
    pub fn id(&self) -> EpochId {
        EpochId(hash("kith/1/epoch", &[&self.0]))
    }

    /// The key of the epoch's gate tags.
    pub fn gate(&self) -> GateKey {
        GateKey(keyed_hash(&self.0, "kith/1/gate", &[]))
    }

    /// The secret behind the epoch's names on the network.
    pub fn discovery(&self) -> Discovery {
        Discovery(keyed_hash(&self.0, "kith/1/discovery", &[]))
    }

    /// The group's secret, if this is the control key of the group's first epoch.
    pub fn group_secret(&self) -> GroupSecret {
        GroupSecret(keyed_hash(&self.0, "kith/1/group-secret", &[]))
    }

    pub(crate) fn class(&self) -> ClassKeys {
        ClassKeys::derive(&self.0)
    }

    pub(crate) fn link(&self) -> [u8; 32] {
        keyed_hash(&self.0, "kith/1/link-key", &[])
    }
}

impl ContentKey {
    pub(crate) fn class(&self) -> ClassKeys {
        ClassKeys::derive(&self.0)
    }

    pub(crate) fn link(&self) -> [u8; 32] {
        keyed_hash(&self.0, "kith/1/link-key", &[])
    }
}

impl GateKey {
    /// The gate tag of an envelope.
    pub fn tag(&self, envelope: &EnvelopeId) -> GateTag {
        GateTag(truncate(&keyed_hash(&self.0, "kith/1/gate-tag", &[envelope.as_ref()])))
    }

    /// Whether a gate tag was made with this key.
    pub fn admits(&self, envelope: &EnvelopeId, tag: &GateTag) -> bool {
        same(&self.tag(envelope).0, &tag.0)
    }
}

impl Discovery {
    /// The gossip topic of a week: 64 hex digits that tell a stranger nothing.
    pub fn topic(&self, week: Week) -> String {
        self.name("kith/1/topic", week)
    }

    /// The name under which nodes leave and look for addresses in a week, at keepers and in the DHT.
    pub fn rendezvous(&self, week: Week) -> String {
        self.name("kith/1/rendezvous", week)
    }

    fn name(&self, purpose: &str, week: Week) -> String {
        data_encoding::HEXLOWER.encode(&keyed_hash(&self.0, purpose, &[&week.0.to_be_bytes()]))
    }
}

/// What seals one class of entries: an AEAD key, and the key of the keyed hash that makes nonces.
#[derive(zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub(crate) struct ClassKeys {
    pub(crate) seal: [u8; 32],
    pub(crate) nonce: [u8; 32],
}

impl ClassKeys {
    fn derive(key: &[u8; 32]) -> ClassKeys {
        ClassKeys { seal: keyed_hash(key, "kith/1/seal", &[]), nonce: keyed_hash(key, "kith/1/nonce", &[]) }
    }
}

/// What somebody holds of one epoch: all of it, or its control part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochKeys {
    epoch: EpochId,
    control: ControlKey,
    whole: Option<(EpochKey, ContentKey)>,
}

impl EpochKeys {
    /// All of an epoch.
    pub fn whole(key: EpochKey) -> EpochKeys {
        let (control, content) = (key.control(), key.content());
        EpochKeys { epoch: control.id(), control, whole: Some((key, content)) }
    }

    /// The control part of an epoch.
    pub fn control_only(control: ControlKey) -> EpochKeys {
        EpochKeys { epoch: control.id(), control, whole: None }
    }

    /// What is sealed under a porch ([`crate::porch`]): control entries alone, by a name that no epoch can have.
    pub(crate) fn porch(secret: &[u8; 32]) -> EpochKeys {
        let control = ControlKey(keyed_hash(secret, "kith/1/porch-control", &[]));
        EpochKeys { epoch: EpochId(hash("kith/1/porch-id", &[&control.0])), control, whole: None }
    }

    /// Which epoch.
    pub fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// The key of its control entries.
    pub fn control(&self) -> &ControlKey {
        &self.control
    }

    /// The key of its content, if that is held.
    pub fn content(&self) -> Option<&ContentKey> {
        self.whole.as_ref().map(|(_, content)| content)
    }

    /// The epoch key itself, if that is held: what is wrapped for others.
    pub fn key(&self) -> Option<&EpochKey> {
        self.whole.as_ref().map(|(key, _)| key)
    }

    /// Whether content can be read and written with it.
    pub fn is_whole(&self) -> bool {
        self.whole.is_some()
    }

    pub(crate) fn class(&self, control: bool) -> Option<ClassKeys> {
        if control { Some(self.control.class()) } else { self.content().map(ContentKey::class) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_key_names_its_epoch_and_reaches_no_content() {
        let key = EpochKey::from_bytes([7; 32]);
        let whole = EpochKeys::whole(key.clone());
        let control = EpochKeys::control_only(key.control());
        assert_eq!(whole.epoch(), key.id());
        assert_eq!(control.epoch(), key.id());
        assert_eq!(control.control().gate(), whole.control().gate());
        assert!(control.content().is_none() && control.key().is_none() && !control.is_whole());
        assert!(whole.is_whole());
    }

    #[test]
    fn no_two_derived_keys_are_the_same() {
        let key = EpochKey::from_bytes([7; 32]);
        let (control, content) = (key.control(), key.content());
        let (of_control, of_content) = (control.class(), content.class());
        let mut all = vec![
            key.0,
            control.0,
            content.0,
            control.id().0,
            control.gate().0,
            control.discovery().0,
            control.group_secret().0,
            control.link(),
            content.link(),
            of_control.seal,
            of_control.nonce,
            of_content.seal,
            of_content.nonce,
        ];
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn names_change_with_the_week_the_purpose_and_the_epoch() {
        let discovery = EpochKey::from_bytes([7; 32]).control().discovery();
        let topic = discovery.topic(Week(2951));
        assert_eq!(topic.len(), 64);
        assert_eq!(topic, discovery.topic(Week(2951)));
        assert_ne!(topic, discovery.topic(Week(2952)));
        assert_ne!(topic, discovery.rendezvous(Week(2951)));
        assert_ne!(topic, EpochKey::from_bytes([8; 32]).control().discovery().topic(Week(2951)));
    }

    #[test]
    fn a_gate_tag_holds_for_one_envelope_and_one_key() {
        let gate = EpochKey::from_bytes([7; 32]).control().gate();
        let tag = gate.tag(&EnvelopeId([1; 32]));
        assert!(gate.admits(&EnvelopeId([1; 32]), &tag));
        assert!(!gate.admits(&EnvelopeId([2; 32]), &tag));
        assert!(!EpochKey::from_bytes([8; 32]).control().gate().admits(&EnvelopeId([1; 32]), &tag));
    }

    #[test]
    fn secrets_are_not_printed() {
        let keys = EpochKeys::whole(EpochKey::from_bytes([0xab; 32]));
        let shown = format!("{keys:?} {:?}", keys.control().gate());
        assert!(!shown.contains("171") && !shown.contains("abab"), "{shown}");
    }
}
