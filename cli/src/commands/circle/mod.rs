//! `kith circle`: live sessions of a few people.

mod create;
mod join;
mod room;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{
    ActInCircle, Circle, CircleAct, CircleForm, CircleList, CircleState, Room, SayInCircle,
};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::{phrase, plain, when};

/// Meet a few others at one time, to talk and to be heard
///
/// A circle is for up to eight people, for about an hour. In rounds one after another speaks, and passing is as good as
/// speaking. No time cuts anybody off. Of what is said nothing is kept once it is over: not by this program on anybody's
/// device. What people remember or copy is theirs.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Create(create::Create),
    /// Show the circles of a group
    List(Group),
    /// Show a circle, and how far it is if you are in it
    Show(Which),
    Join(join::Join),
    Share(Share),
    /// Give your turn on; nobody asks why
    Pass(Which),
    /// Say that you need a minute
    Minute(Which),
    /// Go; nobody asks why
    Leave(Which),
    Next(Next),
    /// As the one who leads: let the soft timer stand still
    Pause(Which),
    /// As the one who leads: go on
    Resume(Which),
    /// As the one who leads: ask the other of host and co-host to lead
    HandOver(Which),
    /// As the other of host and co-host: lead from now on
    Lead(Which),
    /// As the one who leads: end the circle for everybody
    Close(Which),
}

/// Of which group.
#[derive(Args, Debug)]
pub struct Group {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Which circle.
#[derive(Args, Debug)]
pub struct Which {
    /// The circle: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "CIRCLE", value_parser = NonEmptyStringValueParser::new())]
    circle: String,
}

/// Say something in a circle you are in
///
/// The text is taken as "kith post" takes it: at most 4 KiB. In your turn it gives the turn on.
#[derive(Args, Debug)]
pub struct Share {
    #[command(flatten)]
    which: Which,
    /// Keep the turn: there is more to come
    #[arg(long)]
    more: bool,
    #[command(flatten)]
    source: Source,
}

/// As the one who leads: begin, begin the next round, or go on to the next turn
///
/// While somebody has the turn, this asks them to come to an end when they can; a quarter of a minute later it gives the
/// turn on.
#[derive(Args, Debug)]
pub struct Next {
    #[command(flatten)]
    which: Which,
    /// Begin the round in this order of members' ids; who is not named has no turn in it [usual: chance decides]
    #[arg(long, value_name = "MEMBERS", value_delimiter = ',')]
    order: Vec<String>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Create(cmd) => cmd.run(context),
            Cmd::Join(cmd) => cmd.run(context),
            Cmd::List(group) => {
                let route = Route::new(&["groups", &group.group, "circles"])?;
                let list: CircleList = context.node(async |node| node.get(route).await)?;
                context.output.answer(&list, || circles(&list))?;
                Ok(Ending::Done)
            }
            Cmd::Show(which) => show(context, &which.circle),
            Cmd::Share(share) => share.run(context),
            Cmd::Next(next) => {
                act(context, &next.which, ActInCircle { act: CircleAct::Next, order: next.order })
            }
            Cmd::Pass(which) => plainly(context, &which, CircleAct::Pass),
            Cmd::Minute(which) => plainly(context, &which, CircleAct::Minute),
            Cmd::Leave(which) => plainly(context, &which, CircleAct::Leave),
            Cmd::Pause(which) => plainly(context, &which, CircleAct::Pause),
            Cmd::Resume(which) => plainly(context, &which, CircleAct::Resume),
            Cmd::HandOver(which) => plainly(context, &which, CircleAct::HandOver),
            Cmd::Lead(which) => plainly(context, &which, CircleAct::Lead),
            Cmd::Close(which) => plainly(context, &which, CircleAct::Close),
        }
    }
}

impl Share {
    fn run(self, context: &Context) -> Outcome {
        if self.source.is_person(context) {
            context.before_asking()?;
        }
        let mut written = self.source.read(context)?;
        let text = String::from_utf8_lossy(&std::mem::take(&mut written.text)).into_owned();
        let route = Route::new(&["circles", &self.which.circle, "words"])?;
        let say = SayInCircle { text, more: self.more };
        let said = context.node(async |node| node.post::<Room>(route, &say).await);
        let room = written.sent(said)?;
        context.output.answer(&room, || room::now(&room))?;
        Ok(Ending::Done)
    }
}

fn plainly(context: &Context, which: &Which, what: CircleAct) -> Outcome {
    act(context, which, ActInCircle { act: what, order: Vec::new() })
}

fn act(context: &Context, which: &Which, wish: ActInCircle) -> Outcome {
    let route = Route::new(&["circles", &which.circle, "acts"])?;
    let room: Room = context.node(async |node| node.post(route, &wish).await)?;
    context.output.answer(&room, || room::now(&room))?;
    Ok(Ending::Done)
}

fn show(context: &Context, given: &str) -> Outcome {
    let (circle, room) = context.node(async |node| {
        let circle: Circle = node.get(Route::new(&["circles", given])?).await?;
        // Who is not in it sees what was announced.
        let room: Option<Room> = node.get(Route::new(&["circles", given, "room"])?).await.ok();
        Ok((circle, room))
    })?;
    let data = serde_json::json!({ "circle": circle, "room": room });
    context.output.answer(&data, || {
        let mut words = whole(&circle);
        words.extend(room.as_ref().map(|room| format!("\n{}", room::now(room))));
        words
    })?;
    Ok(Ending::Done)
}

fn circles(list: &CircleList) -> String {
    if list.circles.is_empty() {
        return "No circle is announced here. Would you like to host one?  kith circle create".to_owned();
    }
    list.circles.iter().map(|circle| format!("{}\n", line(circle))).collect()
}

fn line(circle: &Circle) -> String {
    let state = match (circle.here, circle.state) {
        (true, _) => "you are in it",
        (_, CircleState::Coming) => "to come",
        (_, CircleState::Open) => "you can go to it now",
        (_, CircleState::Past) => "it is over",
    };
    format!(
        "{}, hosted by {}: {state}.   [{}]",
        when::friendly(&circle.start),
        who(&circle.host),
        phrase::id(&circle.circle)
    )
}

/// A circle as it was announced.
fn whole(circle: &Circle) -> String {
    let mut words = format!("{}\n", line(circle));
    let form = match circle.form {
        CircleForm::Rounds => "In rounds: one after another speaks, in a turn nobody else does.",
        CircleForm::OpenFloor => "With an open floor: whoever wishes to speaks.",
        CircleForm::SupportTurns => {
            "In support turns: one after another has the time of the others, who may answer."
        }
    };
    let people = phrase::count(circle.size, "person", "people");
    words.push_str(&format!("{form} For up to {people}, about {} minutes.\n", circle.minutes));
    words.extend(circle.co_host.as_ref().map(|co_host| {
        let leads = if co_host.me { "lead" } else { "leads" };
        format!("If the host is gone, {} {leads}.\n", who(co_host))
    }));
    if circle.soft_minutes > 0 {
        let minutes = phrase::count(circle.soft_minutes, "minute", "minutes");
        words.push_str(&format!(
            "After {minutes} whoever speaks is asked to come to an end when they can. Nobody is cut off.\n"
        ));
    }
    if !circle.opening.is_empty() {
        words.push_str(&format!("\n{}\n", plain::block(&circle.opening)));
    }
    for (number, prompt) in circle.prompts.iter().enumerate() {
        words.push_str(&format!("Round {}: {}\n", number.saturating_add(1), plain::line(prompt)));
    }
    match (circle.here, circle.state) {
        (false, CircleState::Open) => {
            words.push_str(&format!("\nTo go there: kith circle join {}\n", phrase::id(&circle.circle)));
        }
        (_, CircleState::Coming) => words.push_str("\nYou can go there from half an hour before.\n"),
        _ => {}
    }
    words
}

fn who(member: &kith_node::api::types::CircleMember) -> String {
    if member.me { "you".to_owned() } else { plain::line(&member.name).into_owned() }
}
