//! Every bound of the protocol, and what happens when it is hit.
//!
//! Three answers exist: a local person is told and *waits*; a gossip is *dropped and healed by sync*; a peer
//! that cannot be honest is *disconnected*. Bounds of queues and caches live beside the queues.

/// Text of one post or reply, in bytes of UTF-8. Local: refused with a sentence. Remote: rejected.
pub const TEXT: usize = 16 * 1024;
/// A member's name, in bytes of UTF-8.
pub const NAME: usize = 64;
/// A group's title, in bytes of UTF-8.
pub const TITLE: usize = 128;
/// A group's purpose, in bytes of UTF-8.
pub const PURPOSE: usize = 2 * 1024;
/// Agreements of a charter, and likewise its rules about content.
pub const AGREEMENTS: usize = 20;
/// One agreement, or one rule about content, in bytes of UTF-8.
pub const AGREEMENT: usize = 400;
/// The tag of a language, in bytes of UTF-8.
pub const LANGUAGE: usize = 35;
/// A reason given for an act, in bytes of UTF-8.
pub const REASON: usize = 2 * 1024;
/// Entries that one withdrawal takes back. More take further ones.
pub const WITHDRAWN: usize = 64;
/// How long somebody can be on duty at a time, in milliseconds: 14 days.
pub const DUTY: u64 = 14 * 24 * 3_600_000;
/// What a letter says, in bytes: all letters say as much.
pub const LETTER: usize = 512;
/// Logs that one letter can be for.
pub const LETTER_SLOTS: usize = 3;
/// Letters that one message can take. More: the local person is told.
pub const LETTER_PIECES: usize = 96;
/// What somebody says who asks to be let in, or is told there, in bytes of UTF-8.
pub const KNOCK: usize = 2 * 1024;
/// Letters that one knock, or what is said after it, can take. More: the local person is told.
pub const KNOCK_LETTERS: usize = 12;
/// Logs that a knock is sealed to: those its link names.
pub const DESK: usize = 6;
/// Questions that a group asks of whoever knocks, each at most [`QUESTION`] bytes.
pub const QUESTIONS: usize = 5;
/// One question, in bytes of UTF-8.
pub const QUESTION: usize = 200;
/// The spoken phrase of an open door as it is typed, in bytes of UTF-8.
pub const PHRASE: usize = 256;
/// The least letters of such a phrase, as it is compared.
pub const PHRASE_LEAST: usize = 12;
/// A sealed word for somebody outside, in bytes.
pub const DOORSTEP: usize = 4 * 1024;
/// Words for one person outside that are kept. Of more, the oldest go.
pub const DOORSTEPS: usize = 32;
/// The title, or the source, of an item of the library, in bytes of UTF-8.
pub const ITEM_LINE: usize = 200;
/// Where an item of the library is, in bytes of UTF-8.
pub const LINK_LINE: usize = 1024;
/// A region, a cost or a tag, in bytes of UTF-8.
pub const ITEM_WORD: usize = 64;
/// Tags of one item.
pub const ITEM_TAGS: usize = 8;
/// Attachments of one text or item.
pub const ATTACHMENTS: usize = 4;
/// One attachment before it is sealed, in bytes, whatever a charter says. Larger: refused with a sentence; remote: rejected.
pub const ATTACHMENT: usize = 32 << 20;
/// What an attachment shows, in its author's words, in bytes of UTF-8.
pub const ATTACHMENT_WORDS: usize = 400;
/// The name of an attached file, in bytes of UTF-8.
pub const ATTACHMENT_NAME: usize = 128;
/// One sealed chunk of an attachment, in bytes, but for the last, which may be shorter.
pub const CHUNK: usize = 64 << 10;
/// Chunks of one attachment: what [`ATTACHMENT`] takes.
pub const CHUNKS: usize = 513;
/// Chunks asked for at once. More: disconnected.
pub const CHUNKS_WANTED: usize = 16;
/// A message about chunks, in bytes. Larger: disconnected.
pub const CHUNKS_MESSAGE: usize = 20 << 10;
/// More about an event, in bytes of UTF-8.
pub const EVENT_WORDS: usize = 4 * 1024;
/// How long an event can take, in minutes: 14 days.
pub const EVENT_MINUTES: u16 = 20_160;
/// More about how somebody is, in bytes of UTF-8.
pub const CHECK_IN: usize = 2 * 1024;
/// What somebody says of themselves to a group, in bytes of UTF-8.
pub const INTRO: usize = 2 * 1024;
/// For how many weeks two are buddies, at most; then they may say yes again.
pub const BUDDY_WEEKS: usize = 26;
/// How often buddies would like to hear from each other, in bytes of UTF-8.
pub const RHYTHM: usize = 200;
/// An encouragement, in bytes of UTF-8.
pub const ENCOURAGEMENT: usize = 280;
/// Content notes of one text.
pub const MENTIONS: usize = 8;
/// A content note in its author's words, in bytes of UTF-8.
pub const MENTION: usize = 100;
/// Edits of one post that are followed. More: the local person is told.
pub const EDITS: usize = 32;

/// The title of a listing, in bytes of UTF-8. Local: refused with a sentence. Remote: the listing is left out.
pub const LISTING_TITLE: usize = 96;
/// What a listing says of its group and whom it is for, in bytes of UTF-8.
pub const LISTING_WORDS: usize = 1200;
/// When a group of a listing meets, and likewise how one comes in, in bytes of UTF-8.
pub const LISTING_LINE: usize = 240;
/// Topics of one listing, and likewise ways to meet.
pub const LISTING_TOPICS: usize = 6;
/// Further words of one listing, each at most [`LISTING_TAG`] bytes.
pub const LISTING_TAGS: usize = 8;
/// One of them, in bytes of UTF-8.
pub const LISTING_TAG: usize = 40;
/// Languages of one listing.
pub const LISTING_LANGUAGES: usize = 4;
/// How long a listing can last, in milliseconds: 30 days.
pub const LISTING_LASTS: u64 = 30 * 24 * 3_600_000;
/// One signed listing, in bytes.
pub const LISTING: usize = 8 * 1024;
/// A directory, in bytes of its file. Larger: it is not read on, and the person is told.
pub const DIRECTORY: usize = 4 << 20;
/// Items of one directory: listings, and what was withdrawn.
pub const DIRECTORY_ITEMS: usize = 4096;
/// A directory's file is padded to a multiple of this, in bytes.
pub const DIRECTORY_PADDING: usize = 64 << 10;
/// Listings that a reader remembers of one directory, those that are gone included. Of more, the oldest gone are forgotten.
pub const DIRECTORY_KNOWN: usize = 8192;

/// One sealed payload, in bytes, nonce and tag included. Larger: rejected.
pub const PAYLOAD: usize = 32 * 1024;
/// The clear part of an epoch envelope, in bytes: wraps and back-links. Larger: rejected.
pub const CLEAR: usize = 256 * 1024;
/// One whole envelope, in bytes.
pub const ENVELOPE: usize = 320 * 1024;
/// Above this an envelope is not gossiped; it travels by sync alone.
pub const GOSSIP: usize = 60 * 1024;
/// The least plaintext length, before padding grows it (Padmé above it).
pub const PADDED_LEAST: usize = 256;

/// Entries one entry may cite, in each of its lists.
pub const DEPS: usize = 8;
/// Nesting of CBOR containers in anything signed.
pub const DEPTH: usize = 8;
/// How far a lamport number may run ahead of the highest one known: more waits.
pub const LAMPORT_STEP: u64 = 1 << 20;
/// Hours an envelope may be ahead of the reader's clock before it waits.
pub const HOURS_AHEAD: u32 = 2;

/// Founding facilitators named by a genesis.
pub const FOUNDERS: usize = 16;
/// Members of one group, whatever its charter says.
pub const MEMBERS: usize = 500;
/// Elections that are decided in one set of control entries: of more, the later by rank give nothing.
pub const ELECTIONS: usize = 16;
/// Members in a group where everybody has a seat.
pub const SHARED_POWER_MEMBERS: usize = 6;
/// Live logs of one member that epoch keys are wrapped to: the newest count.
pub const LOGS: usize = 4;
/// Wraps in one envelope.
pub const WRAPS: usize = 2048;
/// Epochs one mint goes on from.
pub const BACK_LINKS: usize = 64;
/// Back-links in one envelope: of each epoch its control key, and the whole key where newcomers get history.
pub const CLEAR_LINKS: usize = 128;
/// Per-log heads a removal lists.
pub const REMOVAL_HEADS: usize = 64;
/// Uses one invite may have.
pub const INVITE_USES: u32 = 500;
/// Addresses in an invite link: one for each of up to this many members' nodes.
pub const LINK_NODES: usize = 8;
/// Addresses of one node, in an invite link or an address record.
pub const NODE_ADDRESSES: usize = 8;
/// One address, in bytes of text.
pub const ADDRESS: usize = 256;
/// An invite link, in characters. Longer: refused, by its maker and by whoever pastes it.
pub const LINK: usize = 4096;

/// A greeting or a proof of the proof handshake, in bytes. Larger: disconnected.
pub const PROOF: usize = 512;
/// The answer that ends the proof handshake, in bytes: it may carry the envelopes of a removal.
pub const PROOF_ANSWER: usize = 256 * 1024;
/// Envelopes in such an answer.
pub const PROOF_ENVELOPES: usize = 16;

/// Envelopes that wait for a key, an author or control entries they cite, in all; beyond it the author with most waiting loses one.
pub const WAITING: usize = 4096;
/// Bytes that such entries take, in all; beyond it the author with most bytes waiting loses one.
pub const WAITING_BYTES: usize = 16 << 20;

/// One frame of reconciliation, in bytes.
pub const SYNC_FRAME: usize = 500_000;
/// Rounds of reconciliation of one set before the session gives up.
pub const SYNC_ROUNDS: usize = 64;
/// Months of content one session compares: 100 years.
pub const SYNC_MONTHS: usize = 1200;
/// Envelopes in one window of a transfer.
pub const SYNC_WINDOW: usize = 1000;
/// Bytes in one window of a transfer.
pub const SYNC_WINDOW_BYTES: usize = 1 << 20;
/// Ids one side may announce in one session, each way; what is beyond is left to the next session. Bounds
/// the memory a peer can take up by announcing.
pub const SYNC_IDS: usize = 1 << 17;
/// Cells of a sketch, at most; a difference that needs more is found by ranges.
pub const SYNC_CELLS: usize = 1024;
/// Windows of a transfer asked for and not yet stored. One travels while the one before is being admitted.
pub const SYNC_AHEAD: usize = 2;
/// Envelopes named at the end of a session as still lacking; with more, nothing is concluded from it.
pub const SYNC_LACKING: usize = 4096;

/// What a newcomer asks, in bytes. Larger: disconnected.
pub const ENTRANCE_ASK: usize = 16 * 1024;
/// What a newcomer is answered, in bytes. Larger: disconnected.
pub const ENTRANCE_ANSWER: usize = 1 << 20;
/// Envelopes in an answer to a newcomer.
pub const ENTRANCE_ENVELOPES: usize = 16;

/// People in a circle at a time. More: they are told that it is full.
pub const CIRCLE_SIZE: usize = 8;
/// How long a circle can be announced for, in minutes, and likewise the soft time of a turn.
pub const CIRCLE_MINUTES: u16 = 240;
/// Opening or closing words of a circle, in bytes of UTF-8.
pub const CIRCLE_WORDS: usize = 2 * 1024;
/// Prompts of a circle.
pub const CIRCLE_PROMPTS: usize = 8;
/// One prompt, in bytes of UTF-8.
pub const CIRCLE_PROMPT: usize = 400;
/// What is shared in a circle at a time, in bytes of UTF-8. Local: refused with a sentence. Remote: dropped.
pub const CIRCLE_TEXT: usize = 4 * 1024;
/// Numbered messages of one voice in a circle. Local: the person is told. Remote: dropped.
pub const CIRCLE_MESSAGES: u16 = 128;
/// Voices that a circle sees in all, those who left and came again included. More: they are told that it is full.
pub const CIRCLE_SEATS: usize = 24;
/// Voices of one member in a circle, one after another. More: they are told that it is full.
pub const CIRCLE_RETURNS: usize = 3;
/// Turns that an order of a circle names. More: the oldest are let go.
pub const CIRCLE_TURNS: usize = 200;
/// Messages kept of sittings before the one that somebody is in. More: the oldest are let go.
pub const CIRCLE_KEPT: usize = 1000;
/// One frame of a circle, sealed, in bytes. Larger: dropped.
pub const CIRCLE_FRAME: usize = 16 * 1024;

/// Keepers that one group is told of.
pub const KEEPERS: usize = 4;
/// Keepers that an invite link names.
pub const LINK_KEEPERS: usize = 2;
/// Gate keys of former epochs in one grant: the newest are named.
pub const PLACE_GATES: usize = 512;
/// Gate keys of porches in one grant.
pub const PLACE_PORCHES: usize = 32;
/// Stewards in one grant: the seats, by seniority.
pub const PLACE_STEWARDS: usize = 32;
/// What all keys of the past together, or one porch, may leave at a place, in bytes. More is refused.
pub const PLACE_LITTLE: usize = 1 << 20;
/// A signed grant, in bytes. Larger: disconnected.
pub const PLACE_GRANT: usize = 24 * 1024;
/// A proof towards a keeper, in bytes: it may be a grant. Larger: disconnected.
pub const PLACE_PROOF: usize = 25 * 1024;
/// Refused proofs on one connection with a keeper. More: disconnected.
pub const PLACE_TRIES: u32 = 16;
/// A question to a keeper, in bytes. Larger: disconnected.
pub const ERRAND: usize = 25 * 1024;
/// A keeper's answer, in bytes. Larger: disconnected.
pub const ERRAND_REPLY: usize = 192 * 1024;
/// A meeting point, in bytes: all are as long.
pub const MEETING: usize = 2560;
/// A record of the DHT, in bytes: an hour, a signature and a sealed box of one size. Of another length: not taken.
pub const DHT_RECORD: usize = 2_628;
/// How long a record of the DHT is kept, in milliseconds: two days.
pub const DHT_KEPT: u64 = 48 * 3_600_000;
/// Meeting points in one answer.
pub const MEETINGS: usize = 64;
/// The link of a place, in characters. Longer: refused, by its maker and by whoever pastes it.
pub const PLACE_LINK: usize = 4096;
