//! What somebody brings who comes to a group they hold a link of.

use kith_protocol::body::{Body, Join, OpenLog};
use kith_protocol::codec::CodecError;
use kith_protocol::entry::{Entry, Links, SignedEntry};
use kith_protocol::id::LogId;
use kith_protocol::identity::MemberSecrets;
use kith_protocol::invite::Link;
use kith_protocol::porch::DoorSecret;
use kith_protocol::time::Millis;

use crate::own_log::{Form, Record};
use crate::secret::Secret;
use crate::vault::Joining;

/// The signed entries with which somebody comes: as a newcomer, if they give a name, and as one who was there before. Both
/// open the same log.
pub(crate) struct Arrival {
    /// What is shown to be let in.
    pub(crate) joining: Joining,
    /// What the own log begins with.
    pub(crate) first: Record,
}

impl Arrival {
    /// Signs them. `door` is what an open door's link, or link and phrase, give.
    ///
    /// # Errors
    /// [`CodecError`] if the name cannot be one.
    pub(crate) fn by(
        link: &Link,
        door: Option<&DoorSecret>,
        secrets: &MemberSecrets,
        log: LogId,
        name: Option<&str>,
        now: Millis,
    ) -> Result<Arrival, CodecError> {
        let (member, seal) = (secrets.key(), secrets.seal(&log).key());
        let invite = door.map_or_else(|| link.secret.clone(), DoorSecret::invite);
        let sign = |body| {
            let entry = Entry {
                author: member.author(),
                log,
                seq: 0,
                links: Links::Control { prev: None, deps: vec![link.invite] },
                lamport: 1,
                time: now,
                body,
            };
            SignedEntry::sign(&entry, &link.group, secrets.signing(), None)
        };
        let join = name.map(|name| {
            sign(Body::Join(Join {
                member,
                seal,
                name: name.to_owned(),
                invite: link.invite,
                invited: invite.invited(&link.group, &member, &log),
                charter: link.charter,
            }))
        });
        if let Some(join) = &join {
            join.entry()?;
        }
        let name = name.map(str::to_owned);
        let reopen = sign(Body::OpenLog(OpenLog { seal, member, retires: None, name }));
        let first = join.as_ref().unwrap_or(&reopen);
        let first = Record {
            seq: 0,
            entry: first.id(&link.group, &member),
            form: Form::Signed,
            bytes: first.to_bytes(),
        };
        let joining = Joining {
            invite: link.invite,
            secret: Secret::new(*invite.expose()),
            join: join.map(|join| join.to_bytes()),
            reopen: reopen.to_bytes(),
            addresses: link.nodes.clone(),
            way: link.way.clone(),
            door: door.map(|door| Secret::new(*door.expose())),
        };
        Ok(Arrival { joining, first })
    }
}
