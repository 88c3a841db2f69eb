//! A circle's room, in words.

use std::fmt::Debug;

use kith_node::api::types::{
    Circle, CircleForm, CircleMember, Room, RoomPerson, RoomPhase, RoomPlace, RoomReach, RoomWords,
};

use crate::parts::person::Pebble;
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::words::Words;

/// The most seats that are drawn as a ring.
const RING: usize = 8;

/// What somebody sees of a circle they are in, or on the way into.
#[derive(Clone, Debug)]
pub struct RoomView {
    /// Where its page is.
    pub here: String,
    /// Whether I am in it.
    pub inside: bool,
    /// Whether I am in it or on the way in.
    pub coming: bool,
    /// Whether it is over for me, or nothing is known of it here.
    pub over: bool,
    /// Whose turn it is, and how far it is.
    pub turn: Turn,
    /// What I can say.
    pub field: Field,
    /// What stood in the field and could not be said.
    pub unsaid: String,
    /// Who is there.
    pub seats: Vec<Seat>,
    /// How far it is, for the middle of the ring.
    pub middle: (String, String),
    /// What was said.
    pub lines: Vec<Line>,
    /// From which number on of what was said is asked for.
    pub from: u32,
    /// What is planned, each with whether it is now.
    pub agenda: Vec<(String, bool)>,
    /// What I can do as the one who leads, or could: value and words.
    pub acts: Vec<(&'static str, String)>,
}

/// Whose turn it is.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// In short.
    pub heading: String,
    /// What else is to be known.
    pub lines: Vec<String>,
    /// What the round is about; the words to begin and to end with.
    pub prompt: Option<String>,
}

/// What I can say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// Nothing now.
    #[default]
    Shut,
    /// Something, as anybody can.
    Open,
    /// Something in my turn, which I can also pass.
    Mine,
}

/// Somebody who is there.
#[derive(Clone, Debug)]
pub struct Seat {
    /// What they are called.
    pub name: String,
    /// Their pebble.
    pub pebble: Pebble,
    /// What is said beside the name.
    pub beside: String,
    /// Whether they have the turn.
    pub now: bool,
    /// Whether their turn of this round has been, or there is none for them.
    pub done: bool,
}

/// Something that was said.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its place in what was said.
    pub number: u32,
    /// By whom.
    pub name: String,
    /// Their pebble.
    pub pebble: Pebble,
    /// The words.
    pub paragraphs: Vec<Vec<String>>,
    /// What is to be known of how far my own words came.
    pub reach: Option<String>,
    /// Whether that may still change.
    pub waits: bool,
}

impl RoomView {
    /// What is seen of a room; `unsaid` is what could not be said.
    pub fn of(visit: &Visit, circle: &Circle, room: Option<&Room>, unsaid: Option<String>) -> RoomView {
        let words = &visit.words;
        let inside = room.is_some_and(|room| room.place == RoomPlace::In);
        let shown = room.filter(|_| inside);
        RoomView {
            here: format!("/groups/{}/circles/{}", circle.group, circle.circle),
            inside,
            coming: room.is_some_and(|room| !room.place.is_over()),
            over: room.is_some_and(|room| room.place.is_over()),
            turn: room.map(|room| turn(words, circle, room)).unwrap_or_default(),
            field: shown.map(|room| field(circle, room)).unwrap_or_default(),
            unsaid: unsaid.unwrap_or_default(),
            seats: shown.map(|room| seats(words, circle, room)).unwrap_or_default(),
            middle: shown.map(|room| middle(words, circle, room)).unwrap_or_default(),
            lines: shown.map(|room| lines(words, room)).unwrap_or_default(),
            from: 0,
            agenda: agenda(words, circle, shown),
            acts: shown.map(|room| acts(words, circle, room)).unwrap_or_default(),
        }
    }

    /// Whether there is a field: also where what could not be said stands in it.
    pub fn has_field(&self) -> bool {
        self.field != Field::Shut || !self.unsaid.is_empty()
    }

    /// Whether it is my turn.
    pub fn mine(&self) -> bool {
        self.field == Field::Mine
    }

    /// The class of the ring.
    pub fn ring(&self) -> String {
        format!("n{}", self.seats.len().clamp(1, RING))
    }

    /// What the next thing said will be called.
    pub fn next(&self) -> u32 {
        self.lines.last().map_or(0, |line| line.number.saturating_add(1))
    }

    /// What was said from what is asked for on.
    pub fn since(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.number >= self.from)
    }

    /// What is asked for of what was said.
    pub fn line(&self) -> Option<&Line> {
        self.lines.iter().find(|line| line.number == self.from)
    }

    pub fn turn_mark(&self) -> String {
        mark(&(&self.turn, self.inside))
    }

    pub fn field_mark(&self) -> String {
        mark(&(self.field != Field::Shut))
    }

    pub fn buttons_mark(&self) -> String {
        mark(&self.field)
    }

    pub fn seats_mark(&self) -> String {
        mark(&(&self.seats, &self.middle))
    }

    pub fn log_mark(&self) -> String {
        mark(&(self.inside, self.over))
    }

    pub fn said_mark(&self) -> String {
        mark(&(self.inside, self.next().max(self.from)))
    }

    pub fn reach_mark(&self, line: Option<&Line>) -> String {
        mark(&line.map(|line| &line.reach))
    }

    pub fn agenda_mark(&self) -> String {
        mark(&self.agenda)
    }

    pub fn acts_mark(&self) -> String {
        mark(&(&self.acts, self.coming))
    }
}

/// By what a page tells whether what it has of a part still holds.
fn mark(part: &impl Debug) -> String {
    blake3::hash(format!("{part:?}").as_bytes()).to_hex().chars().take(16).collect()
}

fn name(words: &Words, member: &CircleMember) -> String {
    if member.me { words.t("circle-you") } else { member.name.clone() }
}

fn turn(words: &Words, circle: &Circle, room: &Room) -> Turn {
    let (heading, mut lines) = match room.place {
        RoomPlace::In => how_far(words, room),
        RoomPlace::Asking => ("circle-asking", vec![words.t("circle-asking-said")]).said(words),
        RoomPlace::Waiting => ("circle-waiting", vec![words.t("circle-waiting-said")]).said(words),
        RoomPlace::Full => ("circle-full", vec![words.t("circle-full-said")]).said(words),
        RoomPlace::Closed => ("circle-closed", vec![words.t("circle-gone")]).said(words),
        RoomPlace::Left => ("circle-left", vec![words.t("circle-gone")]).said(words),
        RoomPlace::Elsewhere => ("circle-elsewhere", vec![words.t("circle-gone")]).said(words),
        RoomPlace::Unled => ("circle-unled", vec![words.t("circle-gone")]).said(words),
    };
    if room.place == RoomPlace::In {
        lines.extend(around(words, circle, room));
    }
    let prompt = match (room.place, room.phase) {
        (RoomPlace::In, RoomPhase::Gathering) => Some(circle.opening.clone()),
        (RoomPlace::In, RoomPhase::Closing) => Some(circle.closing.clone()),
        (RoomPlace::In, _) => room.prompt.clone(),
        _ => None,
    };
    Turn { heading, lines, prompt: prompt.filter(|prompt| !prompt.trim().is_empty()) }
}

/// A heading by its id, and what stands below it.
trait Spoken {
    fn said(self, words: &Words) -> (String, Vec<String>);
}

impl Spoken for (&str, Vec<String>) {
    fn said(self, words: &Words) -> (String, Vec<String>) {
        (words.t(self.0), self.1)
    }
}

/// How far it is, and who comes next.
fn how_far(words: &Words, room: &Room) -> (String, Vec<String>) {
    let me_leading = room.led.me;
    match (room.phase, &room.turn) {
        (RoomPhase::Turns, Some(turn)) if turn.me => {
            let asked = room.asked.then(|| words.t("circle-come-to-an-end"));
            (words.t("circle-your-turn"), asked.into_iter().collect())
        }
        (RoomPhase::Turns, Some(turn)) => {
            let next: Vec<String> = room.next.iter().map(|one| name(words, one)).collect();
            let then = (!next.is_empty()).then(|| words.t1("circle-then", "names", next.join(", ")));
            (words.t1("circle-has-the-turn", "name", &turn.name), then.into_iter().collect())
        }
        (RoomPhase::Turns | RoomPhase::Between, _) => {
            let hint = if me_leading { "circle-between-lead" } else { "circle-between-said" };
            (words.t("circle-between"), vec![words.t(hint)])
        }
        (RoomPhase::Gathering, _) => {
            let hint = if me_leading { "circle-gathering-lead" } else { "circle-gathering-said" };
            (words.t("circle-gathering"), vec![words.t(hint)])
        }
        (RoomPhase::Floor, _) => (words.t("circle-floor"), Vec::new()),
        (RoomPhase::Closing, _) => (words.t("circle-last-words"), vec![words.t("circle-last-words-said")]),
    }
}

/// Who leads where that is not as announced, pauses, who waits, who needs a minute.
fn around(words: &Words, circle: &Circle, room: &Room) -> Vec<String> {
    let mut lines = Vec::new();
    if room.paused {
        lines.push(words.t("circle-paused"));
    }
    let host = &circle.host;
    match &room.led.by {
        None => lines.push(words.t("circle-nobody-leads")),
        Some(by) if room.led.silent => {
            lines.push(words.t1("circle-nothing-heard", "name", name(words, by)));
        }
        Some(by) if by.member != host.member => {
            let there = room.people.iter().any(|one| one.who.member == host.member && !one.silent);
            lines.push(match (there, by.me) {
                (false, true) => words.t1("circle-dropped-out-you", "host", &host.name),
                (false, false) => words.t2("circle-dropped-out", "host", name(words, host), "name", &by.name),
                (true, true) => words.t("circle-you-lead"),
                (true, false) => words.t1("circle-leads-now", "name", &by.name),
            });
        }
        Some(_) => {}
    }
    for person in room.people.iter().filter(|person| person.split) {
        lines.push(words.t1("circle-contradicts", "name", &person.who.name));
    }
    if room.led.me && room.somebody_waits {
        lines.push(words.t("circle-somebody-waits"));
    }
    lines
}

fn field(circle: &Circle, room: &Room) -> Field {
    let holds = room.turn.as_ref().is_some_and(|turn| turn.me);
    let quiet = circle.form == CircleForm::Rounds && room.phase == RoomPhase::Turns && room.led.by.is_some();
    match (holds, quiet) {
        (true, _) => Field::Mine,
        (false, true) => Field::Shut,
        (false, false) => Field::Open,
    }
}

/// Whoever has the turn first, then those who come next, then the others in the order they came.
fn seats(words: &Words, circle: &Circle, room: &Room) -> Vec<Seat> {
    let turns = room.phase == RoomPhase::Turns;
    let order: Vec<&CircleMember> = room.turn.iter().chain(&room.next).collect();
    let place = |person: &RoomPerson| order.iter().position(|one| one.member == person.who.member);
    let mut people: Vec<&RoomPerson> = room.people.iter().collect();
    people.sort_by_key(|person| place(person).unwrap_or(usize::MAX));
    let next = room.next.first().map(|next| &next.member);
    let seat = |person: &RoomPerson| {
        let who = &person.who;
        let now = room.turn.as_ref().is_some_and(|turn| turn.member == who.member);
        let co_host = circle.co_host.as_ref().is_some_and(|one| one.member == who.member);
        let beside = [
            who.me.then_some("circle-seat-you"),
            (now && !who.me).then_some("circle-seat-speaking"),
            (next == Some(&who.member)).then_some("circle-seat-next"),
            (who.member == circle.host.member).then_some("circle-seat-host"),
            co_host.then_some("circle-seat-co-host"),
            person.minute.then_some("circle-seat-minute"),
            person.silent.then_some("circle-seat-silent"),
        ];
        let beside: Vec<String> = beside.into_iter().flatten().map(|id| words.t(id)).collect();
        Seat {
            name: who.name.clone(),
            pebble: Pebble::of(&who.member, &who.name),
            beside: beside.join(", "),
            now,
            done: turns && place(person).is_none(),
        }
    };
    people.into_iter().map(seat).collect()
}

fn middle(words: &Words, circle: &Circle, room: &Room) -> (String, String) {
    let rounds = u16::try_from(circle.prompts.len()).unwrap_or_default();
    match room.phase {
        RoomPhase::Gathering => (words.t("circle-gathering-short"), String::new()),
        RoomPhase::Turns | RoomPhase::Between => {
            let of =
                (room.round <= rounds && rounds > 1).then(|| words.tn("circle-of-rounds", "rounds", rounds));
            (words.tn("circle-round", "round", room.round), of.unwrap_or_default())
        }
        RoomPhase::Floor => (words.t("circle-floor-short"), String::new()),
        RoomPhase::Closing => (words.t("circle-last-words"), String::new()),
    }
}

fn lines(words: &Words, room: &Room) -> Vec<Line> {
    let line = |said: &RoomWords| {
        let reach = match said.reach {
            RoomReach::Heard => None,
            RoomReach::NotYet => Some(words.t("circle-not-yet")),
            RoomReach::Lost => Some(words.t("circle-lost")),
        };
        Line {
            number: said.number,
            name: said.who.name.clone(),
            pebble: Pebble::of(&said.who.member, &said.who.name),
            paragraphs: paragraphs(&said.text),
            reach,
            waits: said.who.me && said.reach == RoomReach::NotYet,
        }
    };
    room.said.iter().map(line).collect()
}

fn agenda(words: &Words, circle: &Circle, room: Option<&Room>) -> Vec<(String, bool)> {
    let phase = room.map(|room| room.phase);
    let round = room.map_or(0, |room| usize::from(room.round));
    let turns = matches!(phase, Some(RoomPhase::Turns | RoomPhase::Between));
    let mut all = vec![(words.t("circle-agenda-opening"), phase == Some(RoomPhase::Gathering))];
    for (number, prompt) in (1..).zip(&circle.prompts) {
        let said = words.t2("circle-agenda-round", "round", number, "prompt", prompt);
        all.push((said, turns && round == number));
    }
    if circle.form == CircleForm::OpenFloor {
        all.push((words.t("circle-floor-short"), phase == Some(RoomPhase::Floor)));
    } else if circle.prompts.is_empty() {
        all.push((words.t("circle-agenda-rounds"), turns));
    }
    all.push((words.t("circle-last-words"), phase == Some(RoomPhase::Closing)));
    all
}

fn acts(words: &Words, circle: &Circle, room: &Room) -> Vec<(&'static str, String)> {
    let other = circle.host.me || circle.co_host.as_ref().is_some_and(|co_host| co_host.me);
    if !room.led.me {
        let lead = (other && room.led.by.is_some()).then(|| ("lead", words.t("circle-act-lead")));
        return lead.into_iter().collect();
    }
    let mine = room.turn.as_ref().is_some_and(|turn| turn.me);
    let next = match room.phase {
        RoomPhase::Gathering => Some("circle-act-begin"),
        RoomPhase::Between => Some("circle-act-next-round"),
        RoomPhase::Turns if mine => None,
        RoomPhase::Turns if room.asked => Some("circle-act-next-turn"),
        RoomPhase::Turns => Some("circle-act-ask-to-end"),
        RoomPhase::Floor | RoomPhase::Closing => None,
    };
    let next = next.map(|id| ("next", words.t(id)));
    let pause = match (room.phase, room.paused) {
        (RoomPhase::Closing, _) => None,
        (_, true) => Some(("resume", words.t("circle-act-resume"))),
        (_, false) => Some(("pause", words.t("circle-act-pause"))),
    };
    let there = room.people.iter().any(|one| one.leads && !one.who.me);
    let hand_over = there.then(|| ("hand_over", words.t("circle-act-hand-over")));
    let close = (room.phase != RoomPhase::Closing).then(|| ("close", words.t("circle-act-close")));
    [next, pause, hand_over, close].into_iter().flatten().collect()
}
