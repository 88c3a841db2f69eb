//! What happens in a circle, in words.

use kith_node::api::types::{CircleMember, Room, RoomPerson, RoomPhase, RoomPlace, RoomReach};

use crate::{phrase, plain};

/// How far a circle is, whole.
pub fn now(room: &Room) -> String {
    let mut lines = vec![place(room)];
    if room.place == RoomPlace::In {
        lines.extend(led(room));
        let people: Vec<String> = room.people.iter().map(|person| person_words(person, room)).collect();
        lines.push(format!("Here: {}.", people.join(", ")));
        lines.extend(phase(room));
        lines.extend(turn(room));
        if !room.next.is_empty() {
            let next: Vec<String> = room.next.iter().map(who).collect();
            lines.push(format!("Then: {}.", next.join(", ")));
        }
        if room.led.me && room.somebody_waits {
            lines.push("Somebody waits to come in between two rounds.".to_owned());
        }
    }
    lines.join("\n")
}

/// What has changed, each change a line.
pub fn changes(before: &Room, now: &Room) -> Vec<String> {
    let mut lines = Vec::new();
    if before.place != now.place {
        if now.place == RoomPlace::In {
            return vec![self::now(now)];
        }
        lines.push(place(now));
    }
    if now.place != RoomPlace::In {
        return lines;
    }
    let known =
        |room: &Room, person: &RoomPerson| room.people.iter().any(|one| one.who.member == person.who.member);
    for person in now.people.iter().filter(|person| !known(before, person)) {
        lines.push(format!("{} came in.", name(&person.who)));
    }
    for person in before.people.iter().filter(|person| !known(now, person)) {
        lines.push(format!("{} is not here any more.", name(&person.who)));
    }
    for person in &now.people {
        let was = before.people.iter().find(|one| one.who.member == person.who.member);
        if person.minute && was.is_none_or(|was| !was.minute) && !person.who.me {
            lines.push(format!("{} needs a minute.", name(&person.who)));
        }
        if person.split && was.is_none_or(|was| !was.split) {
            lines.push(format!(
                "What comes from {}'s device contradicts itself, so nothing of it is shown any more.",
                name(&person.who)
            ));
        }
    }
    let lost = |room: &Room| room.said.iter().filter(|said| said.reach == RoomReach::Lost).count();
    if lost(now) > lost(before) {
        lines.push(
            "Something that you said reached nobody, since the circle began anew. Say it again if you like."
                .to_owned(),
        );
    }
    if before.led != now.led {
        lines.extend(led(now));
    }
    if (before.phase, before.round) != (now.phase, now.round) {
        lines.extend(phase(now));
    }
    if before.paused != now.paused {
        lines.push(if now.paused { "A pause." } else { "It goes on." }.to_owned());
    }
    let holder = |room: &Room| room.turn.as_ref().map(|turn| turn.member.clone());
    if holder(before) != holder(now) || (before.turn.is_some() && before.round != now.round) {
        lines.extend(turn(now));
    }
    if now.asked && !before.asked && now.turn.as_ref().is_some_and(|turn| turn.me) {
        lines.push("When you can, come to an end. Nobody cuts you off.".to_owned());
    }
    if now.led.me && now.somebody_waits && !before.somebody_waits {
        lines.push("Somebody waits to come in between two rounds.".to_owned());
    }
    lines
}

/// What was said since `number`; by oneself, too, unless one has just seen oneself type it.
pub fn said(room: &Room, since: u32, typed: bool) -> impl Iterator<Item = String> + '_ {
    let rounds = room.phase == RoomPhase::Turns;
    let new = room.said.iter().filter(move |said| said.number >= since && !(typed && said.who.me));
    new.map(move |said| {
        let beside = if rounds && !said.in_turn { " (beside their turn)" } else { "" };
        format!("{}{beside}: {}", name(&said.who), plain::block(&said.text))
    })
}

fn place(room: &Room) -> String {
    match room.place {
        RoomPlace::Asking => "You are on your way in. Whoever leads the circle lets you in.",
        RoomPlace::Waiting => "A round is on. You come in when it is over.",
        RoomPlace::Full => "All places are taken now. You come in when one is free.",
        RoomPlace::In => "You are in the circle.",
        RoomPlace::Closed => "The circle is over. Of what was said nothing is kept on this device.",
        RoomPlace::Left => "You left the circle. Of what was said nothing is kept on this device.",
        RoomPlace::Elsewhere => "You are in this circle with another device now, and no more with this one.",
        RoomPlace::Unled => {
            "Host and co-host have been gone for long, so the circle is over. Of what was said nothing is kept on this device."
        }
    }
    .to_owned()
}

fn led(room: &Room) -> Option<String> {
    Some(match &room.led.by {
        Some(_) if room.led.me => "You lead. \"next\" begins a round or goes on, \"close\" ends the circle.".to_owned(),
        Some(by) if room.led.silent => {
            format!("Nothing is heard of {} at the moment. If it stays so, it goes on without them.", name(by))
        }
        Some(by) => format!("{} leads.", name(by)),
        None => "Nobody leads at the moment, so everybody may speak. If neither host nor co-host comes back, the circle ends by itself after ten minutes."
            .to_owned(),
    })
}

fn phase(room: &Room) -> Option<String> {
    Some(match room.phase {
        RoomPhase::Gathering if room.led.me => "People come in. When you wish to begin: \"next\".".to_owned(),
        RoomPhase::Gathering => "People come in. It begins when the host says so.".to_owned(),
        RoomPhase::Turns => match &room.prompt {
            Some(prompt) => format!("Round {}: {}", room.round, plain::line(prompt)),
            None => format!("Round {}.", room.round),
        },
        RoomPhase::Between => "The round is over.".to_owned(),
        RoomPhase::Floor if room.led.by.is_none() => return None,
        RoomPhase::Floor => "The floor is open: whoever wishes to speaks.".to_owned(),
        RoomPhase::Closing => "The last words.".to_owned(),
    })
}

fn turn(room: &Room) -> Option<String> {
    let turn = room.turn.as_ref()?;
    Some(if turn.me {
        "It is your turn. Speak, or pass; both are fine, and nobody hurries you.".to_owned()
    } else {
        format!("{} has the turn.", name(turn))
    })
}

fn person_words(person: &RoomPerson, room: &Room) -> String {
    let mut notes = Vec::new();
    if room.led.by.as_ref().is_some_and(|by| by.member == person.who.member) {
        notes.push("leads");
    }
    if person.minute {
        notes.push("needs a minute");
    }
    if person.silent {
        notes.push("silent at the moment");
    }
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    format!("{}{notes}", who(&person.who))
}

fn who(member: &CircleMember) -> String {
    if member.me { "you".to_owned() } else { name(member) }
}

fn name(member: &CircleMember) -> String {
    let name = plain::line(&member.name);
    let name = name.trim();
    if name.is_empty() { phrase::id(&member.member).to_owned() } else { name.to_owned() }
}
