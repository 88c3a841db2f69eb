//! The fold from outside: entries that are really signed, in whatever order they come.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what went wrong by stopping"
)]

use ed25519_dalek::{Signer, SigningKey};
use kith_protocol::body::{Body, Genesis, Invite, InviteMode, Join, Leave, Promote, Remove, Role};
use kith_protocol::charter::{Charter, History, Inviters};
use kith_protocol::entry::{Entry, Links, SignedEntry};
use kith_protocol::group::{Control, Group, GroupError, Standing};
use kith_protocol::id::{EntryId, GroupId, LogId, MemberKey, SealKey};
use kith_protocol::time::Millis;

/// One person with one device.
struct Device {
    key: SigningKey,
    log: LogId,
    last: Option<EntryId>,
    seq: u64,
}

impl Device {
    fn new(seed: u8) -> Device {
        Device { key: SigningKey::from_bytes(&[seed; 32]), log: LogId([seed; 8]), last: None, seq: 0 }
    }

    fn member(&self) -> MemberKey {
        MemberKey(self.key.verifying_key().to_bytes())
    }

    /// Writes an entry and reads it back as another node would.
    fn write(&mut self, group: GroupId, deps: &[EntryId], body: Body) -> Control {
        let author = self.member();
        let links = Links::Control { prev: self.last, deps: deps.to_vec() };
        let entry = Entry {
            author: author.author(),
            log: self.log,
            seq: self.seq,
            links,
            lamport: self.seq,
            time: Millis(0),
            body,
        };
        let signed = SignedEntry::sign(&entry, &group, &self.key, None);
        assert!(signed.verify(&group, &author));
        let id = signed.id(&group, &author);
        (self.last, self.seq) = (Some(id), self.seq + 1);
        Control { id, author, entry: signed.entry().expect("an entry in its one form") }
    }
}

fn genesis(founder: &Device) -> Genesis {
    let charter = Charter {
        purpose: "to sleep better".into(),
        history: History::All,
        size: 50,
        inviters: Inviters::Facilitators,
        shared_power: false,
        ..Charter::default()
    };
    Genesis {
        salt: [1; 32],
        title: "Owls".into(),
        founders: vec![founder.member()],
        charter,
        seal: SealKey([1; 32]),
        name: "Ana".into(),
    }
}

/// Ana begins; Ben and Chi come in on one invite; Ben becomes a facilitator; Ana leaves; Ben removes Chi.
fn story() -> (Vec<Control>, [MemberKey; 3]) {
    let (mut ana, mut ben, mut chi) = (Device::new(1), Device::new(2), Device::new(3));
    let door = SigningKey::from_bytes(&[9; 32]);
    let body = genesis(&ana);
    let (group, charter) = (body.group_id(), body.charter.hash());
    let mut made = vec![ana.write(group, &[], Body::Genesis(body))];
    let invite = Invite {
        key: door.verifying_key().to_bytes(),
        mode: InviteMode::OnSight,
        uses: 2,
        expires: Millis(9),
        porch: None,
    };
    made.push(ana.write(group, &[made[0].id], Body::Invite(invite)));
    let invite = made[1].id;
    for (device, name) in [(&mut ben, "Ben"), (&mut chi, "Chi")] {
        let invited = door.sign(&Join::invited(&group, &device.member(), &device.log)).to_bytes();
        let (member, seal) = (device.member(), SealKey(device.member().0));
        let join = Join { member, seal, name: name.into(), invite, invited, charter };
        made.push(device.write(group, &[invite], Body::Join(join)));
    }
    let both = [made[2].id, made[3].id];
    let promote = Promote { member: ben.member(), role: Role::Seat };
    made.push(ana.write(group, &both, Body::Promote(promote)));
    made.push(ana.write(group, &[made[4].id], Body::Leave(Leave { goodbye: Some("be well".into()) })));
    let remove = Remove { member: chi.member(), reason: "sold us pills".into(), heads: vec![] };
    made.push(ben.write(group, &[made[5].id], Body::Remove(remove)));
    (made, [ana.member(), ben.member(), chi.member()])
}

#[test]
fn a_group_lives_on_when_its_founder_goes() {
    let (made, [ana, ben, chi]) = story();
    let mut group = Group::begin(made[0].clone()).unwrap();
    for control in &made[1..] {
        assert_eq!(group.insert(control.clone()).unwrap().right, Ok(()));
    }
    assert_eq!(group.title(), "Owls");
    assert_eq!(group.seats(), vec![ben]);
    let told: Vec<(MemberKey, String, Standing)> =
        group.members().map(|member| (member.key, member.name.clone(), member.standing)).collect();
    let mut expected = vec![
        (ana, "Ana".to_string(), Standing::Left),
        (ben, "Ben".to_string(), Standing::Member),
        (chi, "Chi".to_string(), Standing::Removed),
    ];
    expected.sort_by_key(|(key, ..)| *key);
    assert_eq!(told, expected);
    assert_eq!(group.heads(), vec![made[6].id]);
}

#[test]
fn whatever_the_order_and_however_often_it_is_one_state() {
    let (made, _) = story();
    let mut hashes = Vec::new();
    // Every rotation of the entries, each tried again and again until all it cites is there.
    for turn in 0..made.len() {
        let mut group = Group::begin(made[0].clone()).unwrap();
        let mut waiting: Vec<&Control> = made[turn..].iter().chain(&made[..turn]).collect();
        for _ in 0..made.len() {
            waiting.retain(|control| match group.insert((*control).clone()) {
                Ok(_) => false,
                Err(GroupError::Missing(ids)) => {
                    assert!(!ids.is_empty() && ids.iter().all(|id| !group.holds(id)));
                    true
                }
                Err(other) => panic!("{other}"),
            });
        }
        assert!(waiting.is_empty());
        hashes.push(group.state_hash());
    }
    hashes.dedup();
    assert_eq!(hashes.len(), 1);
}
