//! One entry of every kind, the same on every machine.

use kith_protocol::body::{
    Accept, Admit, Amend, Attachment, AttachmentKey, Body, CheckIn, CheckItem, Circle, CircleDoor,
    CircleFormat, Claim, ContentNotes, Demote, Doorstep, Duty, Edit, Elect, Event, EventChange, EventKind,
    Heard, Helped, Intro, Invite, InviteMode, Item, Join, Keep, Kind, Leave, Letter, Listed, LogHead,
    Measure, Media, Mention, Milestone, Mint, Moderate, Need, NeedKey, OpenLog, Post, Promote, ProposeNotes,
    Pulse, Remove, Reply, Revoke, Role, Slot, StepBack, StillNeed, Task, Unkeep, Unlisted, Welcome, Withdraw,
    Withdrawn, Wrap,
};
use kith_protocol::charter::{Advice, AttachmentCap, Changes, Floor, History, Inviters, Rule};
use kith_protocol::entry::{Entry, Links};
use kith_protocol::hearing::{Intent, ReplyKind};
use kith_protocol::id::{
    AttachmentId, EntryId, EnvelopeId, EpochId, LogId, MemberKey, SealKey, ShortId, StewardKey,
};
use kith_protocol::library::{ItemKind, Relation, Verdict};
use kith_protocol::time::Millis;

use crate::sample::*;

fn listed() -> Listed {
    let secret = member().listing(&LISTING_SALT);
    Listed {
        key: secret.key(),
        salt: LISTING_SALT,
        portrait: portrait(),
        invite: EntryId([0x22; 32]),
        end: secret.withdrawal().into(),
    }
}

/// A picture of 340 000 bytes.
fn attachment() -> Attachment {
    Attachment {
        id: AttachmentId([0x74; 32]),
        key: AttachmentKey::from_bytes([0x75; 32]),
        size: 340_000,
        media: Media::JPEG,
        words: "Beans, as high as the fence".into(),
        name: String::new(),
    }
}

/// An amendment of everything that can be amended.
fn amend() -> Amend {
    Amend {
        changes: Changes {
            purpose: Some("For people living with long-term pain".into()),
            history: Some(History::None),
            size: Some(24),
            inviters: Some(Inviters::Members),
            audience: Some("Adults with pain for three months or more".into()),
            agreements: Some(vec!["What is said here stays here".into(), "One voice at a time".into()]),
            confidentiality: Some("A facilitator may act if somebody is in danger".into()),
            reply_hours: Some(48),
            retention_days: Some(365),
            advice: Some(Advice::Welcome),
            rules: Some(vec!["No names of medicines to buy".into()]),
            language: Some("en-GB".into()),
            questions: Some(vec!["What brings you here?".into()]),
            term_days: Some(180),
            attachment: Some(AttachmentCap(8 * 1024)),
        },
        reason: "We talked about it on Tuesday".into(),
    }
}

/// An entry of every kind that this version knows, and one of a kind it does not, by name.
pub fn entries() -> Vec<(&'static str, Entry)> {
    let (target, invite) = (MemberKey([0x21; 32]), EntryId([0x22; 32]));
    let (earlier, later) = (EpochId([0x23; 32]), EpochId([0x24; 32]));
    let bodies = vec![
        ("genesis", Body::Genesis(genesis())),
        (
            "open-log",
            Body::OpenLog(OpenLog {
                seal: SealKey([0x25; 32]),
                member: member().key(),
                retires: Some(LogId([0x26; 8])),
                name: Some("Noor".into()),
            }),
        ),
        (
            "invite",
            Body::Invite(Invite {
                key: invite_secret().key(),
                mode: InviteMode::OnSight,
                uses: 3,
                expires: TIME.plus(7 * 24 * 3_600_000),
                porch: None,
            }),
        ),
        (
            "invite: to knock on",
            Body::Invite(Invite {
                key: invite_secret().key(),
                mode: InviteMode::Knock,
                uses: 12,
                expires: TIME.plus(90 * 24 * 3_600_000),
                porch: None,
            }),
        ),
        (
            "invite: an open door",
            Body::Invite(Invite {
                key: door_secret().invite().key(),
                mode: InviteMode::OpenDoor,
                uses: 12,
                expires: TIME.plus(90 * 24 * 3_600_000),
                porch: Some(door_secret().porch()),
            }),
        ),
        ("revoke", Body::Revoke(Revoke { invite })),
        (
            "join",
            Body::Join(Join {
                member: member().key(),
                seal: member().seal(&LOG).key(),
                name: "Noor".into(),
                invite,
                invited: invite_secret().invited(&group(), &member().key(), &LOG),
                charter: genesis().charter.hash(),
            }),
        ),
        ("admit", Body::Admit(Admit { join: EntryId([0x27; 32]) })),
        ("promote", Body::Promote(Promote { member: target, role: Role::Seat })),
        (
            "remove",
            Body::Remove(Remove {
                member: target,
                reason: "Shared what was said here with an employer".into(),
                heads: vec![LogHead { log: LogId([0x28; 8]), seq: 70_000 }],
            }),
        ),
        ("leave", Body::Leave(Leave { goodbye: Some("Thank you all".into()) })),
        ("mint", Body::Mint(Mint { epoch: later, clear: [0x29; 32], from: vec![earlier] })),
        ("wrap", Body::Wrap(Wrap { epoch: later, clear: [0x29; 32] })),
        ("need-key", Body::NeedKey(NeedKey { epochs: vec![earlier, later], seal: SealKey([0x25; 32]) })),
        ("amend", Body::Amend(amend())),
        ("accept", Body::Accept(Accept { terms: genesis().charter.terms() })),
        ("step-back", Body::StepBack(StepBack {})),
        (
            "demote",
            Body::Demote(Demote {
                member: target,
                role: Role::Deputy,
                reason: "She asked for less to carry".into(),
            }),
        ),
        ("elect", Body::Elect(Elect { member: target })),
        ("pulse", Body::Pulse(Pulse {})),
        (
            "keep",
            Body::Keep(Keep {
                place: PLACE,
                keeper: KEEPER,
                addresses: vec!["/dns4/keeper.example/udp/41000/quic-v1".into()],
                steward: StewardKey(member().steward(&PLACE).verifying_key().to_bytes()),
            }),
        ),
        ("unkeep", Body::Unkeep(Unkeep { place: PLACE })),
        (
            "moderate: fold",
            Body::Moderate(Moderate {
                member: target,
                entry: Some(EntryId([0x2b; 32])),
                measure: Measure::Fold,
                rule: Some(Rule::Floor(Floor::Numbers)),
                reason: "It names amounts".into(),
            }),
        ),
        (
            "moderate: pause",
            Body::Moderate(Moderate {
                member: target,
                entry: None,
                measure: Measure::Pause(TIME.plus(24 * 3_600_000)),
                rule: Some(Rule::Agreement(1)),
                reason: "A day to breathe, for everybody".into(),
            }),
        ),
        (
            "moderate: restore",
            Body::Moderate(Moderate {
                member: target,
                entry: Some(EntryId([0x2b; 32])),
                measure: Measure::Restore,
                rule: None,
                reason: "We read it again together".into(),
            }),
        ),
        ("listed", Body::Listed(listed())),
        ("unlisted", Body::Unlisted(Unlisted { listed: EntryId([0x2c; 32]) })),
        ("post", Body::Post(Post::new("Slept four hours. That is one more than last week."))),
        ("reply", Body::Reply(Reply::new(ShortId([0x2a; 16]), "אחלה, \u{1f331}"))),
        (
            "withdraw",
            Body::Withdraw(Withdraw {
                entries: vec![Withdrawn {
                    log: LOG,
                    seq: 40,
                    lamport: 299,
                    entry: EntryId([0x2b; 32]),
                    envelope: EnvelopeId([0x2c; 32]),
                    secret: member().drop_secret(&LOG).reveal(40),
                }],
            }),
        ),
        (
            "edit",
            Body::Edit(Edit {
                post: ShortId([0x2b; 16]),
                text: "Slept five hours, in fact.".into(),
                intent: None,
                notes: None,
            }),
        ),
        (
            "post that wishes for experiences and mentions something",
            Body::Post(Post {
                intent: Intent::EXPERIENCES,
                notes: ContentNotes::new([Mention::LOSS, Mention::MEDICAL], "a ward at night"),
                ..Post::new("How did you get through the first weeks?")
            }),
        ),
        (
            "reply with a suggestion",
            Body::Reply(Reply {
                kind: ReplyKind::SUGGESTION,
                notes: ContentNotes::new([Mention(200)], ""),
                ..Reply::new(ShortId([0x2a; 16]), "What helped me was a list of three people to call.")
            }),
        ),
        (
            "edit that wishes for advice from now on",
            Body::Edit(Edit {
                post: ShortId([0x2b; 16]),
                text: "What would you do?".into(),
                intent: Some(Intent::ADVICE),
                notes: Some(ContentNotes::default()),
            }),
        ),
        ("heard", Body::Heard(Heard { post: ShortId([0x2a; 16]) })),
        ("still need", Body::StillNeed(StillNeed { post: ShortId([0x2b; 16]) })),
        ("claim", Body::Claim(Claim { post: Some(ShortId([0x2a; 16])) })),
        (
            "propose-notes",
            Body::ProposeNotes(ProposeNotes {
                to: ShortId([0x2a; 16]),
                mentions: vec![Mention::LOSS, Mention::MEDICAL],
                reason: "It tells of a ward.".into(),
            }),
        ),
        (
            "propose-notes taken back",
            Body::ProposeNotes(ProposeNotes {
                to: ShortId([0x2a; 16]),
                mentions: vec![],
                reason: String::new(),
            }),
        ),
        (
            "item",
            Body::Item(Item {
                title: "A list of three people to call".into(),
                kind: ItemKind::TIP,
                relation: Relation::EXPERIENCE,
                text: "I keep it on the fridge.".into(),
                link: String::new(),
                source: String::new(),
                region: String::new(),
                cost: "nothing".into(),
                language: "en".into(),
                tags: vec!["nights".into()],
                notes: ContentNotes::default(),
                review_by: Some(TIME.plus(365 * 24 * 3_600_000)),
                attachments: vec![],
            }),
        ),
        (
            "post with attachments",
            Body::Post(Post {
                attachments: vec![attachment(), Attachment { words: String::new(), ..attachment() }],
                ..Post::new("The garden, this morning.")
            }),
        ),
        (
            "reply with an attachment",
            Body::Reply(Reply {
                attachments: vec![attachment()],
                ..Reply::new(ShortId([0x2a; 16]), "And mine.")
            }),
        ),
        (
            "check-item",
            Body::CheckItem(CheckItem {
                item: ShortId([0x2a; 16]),
                verdict: Verdict::Dispute,
                words: "The number has changed.".into(),
                review_by: None,
            }),
        ),
        (
            "helped",
            Body::Helped(Helped { item: ShortId([0x2a; 16]), words: "I called the second one.".into() }),
        ),
        ("claim taken back", Body::Claim(Claim { post: None })),
        ("duty", Body::Duty(Duty { task: Task::Greeter, from: TIME, until: TIME.plus(24 * 3_600_000) })),
        (
            "event",
            Body::Event(Event {
                title: "Walk by the river".into(),
                kind: EventKind::GATHERING,
                start: Some(TIME.plus(48 * 3_600_000)),
                minutes: 90,
                place: "At the old bridge".into(),
                words: "Slowly; there are benches.".into(),
                circle: None,
                notes: ContentNotes::default(),
            }),
        ),
        (
            "event: an anniversary",
            Body::Event(Event {
                title: "Two years since my mother died".into(),
                kind: EventKind::ANNIVERSARY,
                start: Some(Millis(1_796_083_200_000)),
                minutes: 0,
                place: String::new(),
                words: String::new(),
                circle: None,
                notes: ContentNotes::new([Mention::LOSS], ""),
            }),
        ),
        (
            "event-change",
            Body::EventChange(EventChange {
                event: ShortId([0x2a; 16]),
                cancelled: false,
                start: Some(TIME.plus(72 * 3_600_000)),
                minutes: None,
                place: Some("In the café".into()),
                reason: "It will rain.".into(),
            }),
        ),
        ("welcome", Body::Welcome(Welcome { member: target, post: Some(ShortId([0x2a; 16])) })),
        ("welcome: settled in", Body::Welcome(Welcome { member: member().key(), post: None })),
        (
            "intro",
            Body::Intro(Intro {
                line: "Night nurse, two children".into(),
                words: String::new(),
                tags: vec!["carer".into(), "night shifts".into()],
                notes: ContentNotes::default(),
            }),
        ),
        (
            "check-in",
            Body::CheckIn(CheckIn { mood: 2, energy: 1, need: Need::COMPANY, note: "A long week.".into() }),
        ),
        ("milestone", Body::Milestone(Milestone { what: "without".into(), count: 40, unit: "days".into() })),
        (
            "circle",
            Body::Circle(Circle {
                start: TIME.plus(24 * 3_600_000),
                minutes: 75,
                host: member().key(),
                co_host: Some(target),
                size: 6,
                format: CircleFormat::Rounds,
                soft: 3,
                opening: "Take a breath. Nobody has to speak.".into(),
                prompts: vec!["How was this week?".into(), "What helped?".into()],
                closing: "What was said here stays here.".into(),
                door: CircleDoor::from_bytes([0x73; 32]),
            }),
        ),
        (
            "letter",
            Body::Letter(Letter {
                slots: (1..=3).map(|n| Slot { encapped: [0x50 + n; 32], sealed: [0x60 + n; 48] }).collect(),
                sealed: vec![0x70; 512 + 16],
            }),
        ),
        ("doorstep", Body::Doorstep(Doorstep { tag: [0x71; 16], sealed: vec![0x72; 552] })),
        ("unknown", Body::Unknown(Kind(60_000), vec![0xa1, 0x00, 0x01])),
    ];
    bodies.into_iter().map(|(name, body)| (name, around(body))).collect()
}

/// An entry that says `body`.
pub fn around(body: Body) -> Entry {
    let kind = body.kind();
    let seq = if kind.opens_log() { 0 } else { 41 };
    let links = if kind == Kind::GENESIS {
        Links::Control { prev: None, deps: vec![] }
    } else if kind.opens_log() {
        Links::Control { prev: None, deps: vec![EntryId([0x22; 32])] }
    } else if kind.is_control() {
        Links::Control {
            prev: Some(EntryId([0x31; 32])),
            deps: vec![EntryId([0x32; 32]), EntryId([0x33; 32])],
        }
    } else {
        Links::Content {
            prev: ShortId([0x31; 16]),
            control: vec![ShortId([0x32; 16])],
            content: vec![ShortId([0x34; 16])],
        }
    };
    let author = member().key().author();
    Entry { author, log: LOG, seq, links, lamport: 300, time: TIME, body }
}
