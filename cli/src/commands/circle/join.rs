//! `kith circle join`: being in a circle, at a terminal.

use std::io::{self, BufRead, IsTerminal};
use std::thread;

use clap::Args;
use kith_node::api::types::{
    ActInCircle, Circle, CircleAct, Code, Problem, Room, RoomPhase, RoomPlace, SayInCircle, TEXT_MOST,
};
use tokio::sync::mpsc;

use super::{Which, room};
use crate::client::{Client, Route};
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{interrupt, plain};

/// Lines that may wait to be sent.
const LINES: usize = 64;

/// What can be typed, for whoever asks.
const HELP: &str = "\
Write, and press Enter: what you wrote is said. In your turn you can say several things; /done gives the turn on.
/pass     give your turn on without a word         /minute   say that you need a minute
/who      who is here, and how far it is           /leave    go (Ctrl-C as well)
For whoever leads: /next (begin, next round, next turn), /pause, /resume, /hand-over, /close
For the other of host and co-host: /lead";

/// Go to a circle
///
/// Shows what is said until the circle is over or you leave, and says what you write: /help shows what you can type. With
/// --json it shows the circle each time something changes; speak with "kith circle share" then. Ctrl-C leaves. If this
/// device shows the circle to nobody for five minutes, it leaves by itself.
#[derive(Args, Debug)]
pub struct Join {
    #[command(flatten)]
    which: Which,
    /// Go there and return at once; the other commands of "kith circle" do the rest
    #[arg(long)]
    detach: bool,
}

/// What somebody typed.
enum Typed {
    Words(String),
    Act(CircleAct),
    Done,
    Who,
    Help,
    Unknown,
    Nothing,
}

impl Join {
    pub fn run(self, context: &Context) -> Outcome {
        let given = &self.which.circle;
        let enter = Route::new(&["circles", given, "enter"])?;
        if self.detach {
            let room: Room = context.node(async |node| node.post(enter, &()).await)?;
            context.output.answer(&room, || room::now(&room))?;
            return Ok(Ending::Done);
        }
        interrupt::disarm();
        context.node(async |node| {
            let circle: Circle = node.get(Route::new(&["circles", given])?).await?;
            let first: Room = node.post(enter, &()).await?;
            let mut rooms = node.listen(Route::new(&["circles", &first.circle, "watch"])?).await?;
            let types = io::stdin().is_terminal();
            let mut seat = Seat { context, node, circle, room: first, said: 0, types };
            seat.begin()?;
            let mut lines = if context.output.is_json() { None } else { Some(lines()) };
            loop {
                tokio::select! {
                    interrupted = tokio::signal::ctrl_c() => {
                        interrupted.map_err(|_| Problem::of(Code::Internal))?;
                        seat.act(CircleAct::Leave).await;
                    }
                    next = rooms.next::<Room>() => match next? {
                        Some(room) => seat.show(room)?,
                        None => break,
                    },
                    line = typed(&mut lines) => match line {
                        Some(line) => seat.typed(&line).await?,
                        // Whoever closes their end of the conversation goes.
                        None if types => seat.act(CircleAct::Leave).await,
                        None => lines = None,
                    },
                }
            }
            if !seat.room.place.is_over() {
                context.output.remark("Your node has stopped, so you are not in the circle any more.");
            }
            if io::stdout().is_terminal() {
                context.output.remark("This window still shows it: close it, or clear it.");
            }
            Ok(Ending::Done)
        })
    }
}

/// Somebody's place at a terminal.
struct Seat<'a> {
    context: &'a Context,
    node: &'a Client,
    circle: Circle,
    room: Room,
    /// What was said before this number has been shown.
    said: u32,
    /// Whether the person sees what they type.
    types: bool,
}

impl Seat<'_> {
    fn begin(&self) -> Result<(), Problem> {
        if !self.context.output.is_json() {
            self.print(&room::now(&self.room))?;
            self.print("Whatever you write is said when you press Enter. /help shows what else you can do.")?;
        }
        Ok(())
    }

    fn show(&mut self, room: Room) -> Result<(), Problem> {
        let before = std::mem::replace(&mut self.room, room);
        if self.context.output.is_json() {
            return self.context.output.answer(&self.room, String::new);
        }
        // What was said belongs before the turn that came of it.
        let said: Vec<String> = room::said(&self.room, self.said, self.types).collect();
        self.said = self.room.said.last().map_or(self.said, |last| last.number.saturating_add(1));
        for line in said.iter().chain(&room::changes(&before, &self.room)) {
            self.print(line)?;
        }
        if before.place != self.room.place && self.room.place == RoomPlace::In {
            self.words(&self.circle.opening)?;
        }
        if before.phase != self.room.phase && self.room.phase == RoomPhase::Closing {
            self.words(&self.circle.closing)?;
        }
        let mine = |room: &Room| room.turn.as_ref().is_some_and(|turn| turn.me);
        if mine(&self.room) && !mine(&before) {
            self.print("(/done gives the turn on, /pass without a word.)")?;
        }
        Ok(())
    }

    /// Words of the host.
    fn words(&self, text: &str) -> Result<(), Problem> {
        if text.trim().is_empty() { Ok(()) } else { self.print(&plain::block(text)) }
    }

    async fn typed(&self, line: &str) -> Result<(), Problem> {
        match read(line) {
            Typed::Words(text) => self.say(text).await,
            Typed::Act(act) => self.act(act).await,
            Typed::Done => self.act(CircleAct::Pass).await,
            Typed::Who => self.print(&room::now(&self.room))?,
            Typed::Help => self.print(HELP)?,
            Typed::Unknown => {
                self.context.output.remark("This is nothing that can be done here. /help shows what can.")
            }
            Typed::Nothing => {}
        }
        Ok(())
    }

    async fn say(&self, text: String) {
        // In one's turn there may be more to come: /done says when there is not.
        let say = SayInCircle { text, more: true };
        let said: Result<Room, Problem> = match Route::new(&["circles", &self.room.circle, "words"]) {
            Ok(route) => self.node.post(route, &say).await,
            Err(problem) => Err(problem),
        };
        self.tell(said);
    }

    async fn act(&self, act: CircleAct) {
        let wish = ActInCircle { act, order: Vec::new() };
        let done: Result<Room, Problem> = match Route::new(&["circles", &self.room.circle, "acts"]) {
            Ok(route) => self.node.post(route, &wish).await,
            Err(problem) => Err(problem),
        };
        self.tell(done);
    }

    /// A refusal is no reason to go.
    fn tell(&self, done: Result<Room, Problem>) {
        if let Err(problem) = done {
            self.context.output.problem(&problem);
        }
    }

    fn print(&self, words: &str) -> Result<(), Problem> {
        self.context.output.answer(&(), || words.to_owned())
    }
}

fn read(line: &str) -> Typed {
    let line = line.trim_end();
    match line {
        "" => Typed::Nothing,
        "/pass" => Typed::Act(CircleAct::Pass),
        "/done" => Typed::Done,
        "/minute" => Typed::Act(CircleAct::Minute),
        "/leave" => Typed::Act(CircleAct::Leave),
        "/next" => Typed::Act(CircleAct::Next),
        "/pause" => Typed::Act(CircleAct::Pause),
        "/resume" => Typed::Act(CircleAct::Resume),
        "/hand-over" => Typed::Act(CircleAct::HandOver),
        "/lead" => Typed::Act(CircleAct::Lead),
        "/close" => Typed::Act(CircleAct::Close),
        "/who" => Typed::Who,
        "/help" => Typed::Help,
        words if words.starts_with('/') => Typed::Unknown,
        words => Typed::Words(words.to_owned()),
    }
}

/// Lines as they are typed. The thread ends with the process: nothing interrupts a read from a terminal.
fn lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(LINES);
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        let mut line = Vec::new();
        loop {
            line.clear();
            let most = u64::try_from(TEXT_MOST).unwrap_or(u64::MAX);
            match io::Read::take(&mut stdin, most).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {
                    let text = String::from_utf8_lossy(&line).into_owned();
                    if sender.blocking_send(text).is_err() {
                        return;
                    }
                }
            }
        }
    });
    lines
}

async fn typed(lines: &mut Option<mpsc::Receiver<String>>) -> Option<String> {
    match lines {
        Some(lines) => lines.recv().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_said_and_only_whole_commands_are_done() {
        assert!(matches!(read("I am here.\n"), Typed::Words(text) if text == "I am here."));
        assert!(matches!(read("/pass\r\n"), Typed::Act(CircleAct::Pass)));
        assert!(matches!(read("/pas"), Typed::Unknown), "a slip is not said aloud");
        assert!(matches!(read("  \n"), Typed::Nothing));
        assert!(matches!(read(" /pass"), Typed::Words(_)));
    }
}
