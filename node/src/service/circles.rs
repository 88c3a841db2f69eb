//! Circles: announcing them, going to them, and what people do there.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream;
use kith_protocol::body::{self, CircleDoor, CircleFormat};
use kith_protocol::circle::{Act, ActError};
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::limits;
use rand::RngExt;
use tokio::sync::watch;

use super::moment::moment;
use super::problem::sentence;
use super::resolve::{self, Thing};
use super::talk::written;
use super::{Feed, Service, ServiceError};
use crate::api::types::{
    ActInCircle, AnnounceCircle, Circle, CircleAct, CircleForm, CircleList, CircleState, Code, Delivery,
    Room, RoomPlace, SayInCircle,
};
use crate::cell::{Cell, Engine, RoomError};

/// How long a circle is meant to take if nobody says, in minutes.
const MINUTES: u16 = 60;

impl Service {
    /// The circles of a group: those to come and open ones in the order in which they begin, then past ones.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn circles(&self, group: &str) -> Result<CircleList, ServiceError> {
        let cell = self.cell(group).await?;
        let mut circles = cell.engine.read(|engine| engine.circles_view()).await?;
        for (id, room) in cell.rooms.all() {
            let id = id.to_string();
            circles.iter_mut().filter(|circle| circle.circle == id).for_each(|circle| seen(circle, &room));
        }
        Ok(CircleList { circles })
    }

    /// One circle, as it was announced.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn circle(&self, circle: &str) -> Result<Circle, ServiceError> {
        let (cell, circle) = self.find_circle(circle).await?;
        let mut announced = cell.engine.read(move |engine| engine.circle(&circle)).await?;
        if let Some(room) = cell.rooms.look(&circle) {
            seen(&mut announced, &room);
        }
        Ok(announced)
    }

    /// Announces a circle.
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::BadWords`] for what is too long, [`Code::BadRequest`] for numbers or a moment that
    /// cannot be meant, [`Code::NobodyToAsk`] for a host who is no member.
    pub async fn announce_circle(&self, group: &str, wish: AnnounceCircle) -> Result<Delivery, ServiceError> {
        let now = self.node()?.clock.now();
        let cell = self.cell(group).await?;
        let host = match &wish.host {
            Some(host) => self.find_member(group, host).await?.1,
            None => cell.engine.read(|engine| Ok(engine.me())).await?,
        };
        let co_host = match &wish.co_host {
            Some(co_host) => Some(self.find_member(group, co_host).await?.1),
            None => None,
        };
        let start = match &wish.start {
            Some(start) => moment(start).ok_or_else(|| {
                ServiceError::new(
                    Code::BadRequest,
                    "The node does not understand when the circle is to begin.",
                    "Write a moment like 2026-11-22T20:00:00Z.",
                )
            })?,
            None => now,
        };
        let circle = body::Circle {
            start,
            minutes: wish.minutes.unwrap_or(MINUTES),
            host,
            co_host,
            size: wish.size.unwrap_or(u8::try_from(limits::CIRCLE_SIZE).unwrap_or(u8::MAX)),
            format: match wish.form {
                CircleForm::Rounds => CircleFormat::Rounds,
                CircleForm::OpenFloor => CircleFormat::OpenFloor,
                CircleForm::SupportTurns => CircleFormat::SupportTurns,
            },
            soft: wish.soft_minutes,
            opening: wish.opening.trim().to_owned(),
            prompts: wish.prompts.iter().map(|prompt| prompt.trim().to_owned()).collect(),
            closing: wish.closing.trim().to_owned(),
            door: CircleDoor::from_bytes(rand::rng().random()),
        };
        fits(&circle)?;
        written(&cell, move |engine| engine.announce(circle)).await
    }

    /// Goes to a circle, or stays in one I am in.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::NotNow`] if it is too early or too late for it.
    pub async fn enter_circle(&self, circle: &str) -> Result<Room, ServiceError> {
        let (cell, circle) = self.find_circle(circle).await?;
        let now = self.node()?.clock.now();
        Ok(shown(cell.rooms.enter(circle, now).await?))
    }

    /// A circle I am in, or on the way into, as it is now.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotInCircle`].
    pub async fn circle_room(&self, circle: &str) -> Result<Room, ServiceError> {
        let (cell, circle) = self.find_circle(circle).await?;
        cell.rooms.look(&circle).map(shown).ok_or_else(|| Code::NotInCircle.into())
    }

    /// Says something in a circle I am in.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotInCircle`]; [`Code::NotNow`] with what can be done.
    pub async fn say_in_circle(&self, circle: &str, say: SayInCircle) -> Result<Room, ServiceError> {
        let (cell, circle) = self.find_circle(circle).await?;
        let act = Act::Share { text: say.text, more: say.more };
        Ok(shown(cell.rooms.act(&circle, act).await?))
    }

    /// Does something in a circle I am in.
    ///
    /// # Errors
    /// As [`Service::say_in_circle`].
    pub async fn act_in_circle(&self, circle: &str, wish: ActInCircle) -> Result<Room, ServiceError> {
        let (cell, circle) = self.find_circle(circle).await?;
        let act = match wish.act {
            CircleAct::Pass => Act::Pass,
            CircleAct::Minute => Act::Minute,
            CircleAct::Leave => Act::Leave,
            CircleAct::Next if !wish.order.is_empty() => Act::Round(self.named(&cell, &wish.order).await?),
            CircleAct::Next => Act::Next,
            CircleAct::Pause => Act::Pause,
            CircleAct::Resume => Act::Resume,
            CircleAct::HandOver => Act::HandOver,
            CircleAct::Lead => Act::Lead,
            CircleAct::Close => Act::Close,
        };
        Ok(shown(cell.rooms.act(&circle, act).await?))
    }

    /// A circle I am in, as it is now and then as it becomes.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotInCircle`].
    pub async fn watch_circle(&self, circle: &str) -> Result<Feed<Room>, ServiceError> {
        let (cell, circle) = self.find_circle(circle).await?;
        let mut room = cell.rooms.watch(&circle).ok_or(Code::NotInCircle)?;
        room.mark_changed();
        let rooms = stream::unfold(Some(room), |room| async move {
            let mut room = room?;
            room.changed().await.ok()?;
            let now = watch::Receiver::borrow_and_update(&mut room).clone();
            let over = now.place.is_over();
            Some((Ok(shown(now)), (!over).then_some(room)))
        });
        Ok(rooms.take_until(self.node()?.closing.clone().cancelled_owned()).boxed())
    }

    async fn named(&self, cell: &Cell, names: &[String]) -> Result<Vec<MemberKey>, ServiceError> {
        let keys = cell.engine.read(|engine| Ok(engine.member_keys())).await?;
        let mut order = Vec::new();
        for name in names.iter().take(limits::CIRCLE_SIZE) {
            let candidates = keys.iter().map(|key| (key.to_string(), None, *key));
            order.push(resolve::one(Thing::Member, name, candidates)?);
        }
        Ok(order)
    }

    async fn find_circle(&self, given: &str) -> Result<(Cell, EntryId), ServiceError> {
        let mut found = Vec::new();
        for cell in self.cells()?.values() {
            let names = cell.engine.read(|engine: &mut Engine| engine.circle_names()).await?;
            found.extend(names.into_iter().map(|name| (name.to_string(), None, (cell.clone(), name))));
        }
        resolve::one(Thing::Circle, given, found)
    }
}

/// What is known of a circle by having been there.
fn seen(circle: &mut Circle, room: &Room) {
    circle.here = !room.place.is_over();
    if room.place == RoomPlace::Closed {
        circle.state = CircleState::Past;
    }
}

fn shown(room: Arc<Room>) -> Room {
    Arc::unwrap_or_clone(room)
}

fn fits(circle: &body::Circle) -> Result<(), ServiceError> {
    let bad = |message: String, hint: &str| Err(ServiceError::new(Code::BadRequest, message, hint));
    let most = limits::CIRCLE_MINUTES;
    if circle.minutes == 0 || circle.minutes > most || circle.soft > most {
        return bad(
            format!(
                "A circle is announced for 1 to {most} minutes, and the soft time of a turn is within that."
            ),
            "An hour is usual. Nothing ends when the time is over.",
        );
    }
    if !(2..=limits::CIRCLE_SIZE).contains(&usize::from(circle.size)) {
        return bad(
            format!("A circle is for 2 to {} people at a time.", limits::CIRCLE_SIZE),
            "If more wish to come, announce two.",
        );
    }
    if circle.co_host == Some(circle.host) {
        return bad(
            "Host and co-host are two people.".to_owned(),
            "Leave the co-host out if nobody else can lead.",
        );
    }
    let words = |what: &str, most: usize| {
        ServiceError::new(
            Code::BadWords,
            format!("The {what} of a circle can have {most} bytes."),
            "Say the rest in the circle.",
        )
    };
    if circle.opening.len().max(circle.closing.len()) > limits::CIRCLE_WORDS {
        return Err(words("opening and closing words", limits::CIRCLE_WORDS));
    }
    if circle.prompts.len() > limits::CIRCLE_PROMPTS
        || circle.prompts.iter().any(|prompt| prompt.is_empty() || prompt.len() > limits::CIRCLE_PROMPT)
    {
        return Err(ServiceError::new(
            Code::BadWords,
            format!(
                "A circle has at most {} prompts, none of them empty or longer than {} bytes.",
                limits::CIRCLE_PROMPTS,
                limits::CIRCLE_PROMPT
            ),
            "One question for each round is enough.",
        ));
    }
    Ok(())
}

impl From<RoomError> for ServiceError {
    fn from(error: RoomError) -> ServiceError {
        match error {
            RoomError::NotIn => Code::NotInCircle.into(),
            RoomError::Act(error) => refused(error),
            RoomError::TooMany => ServiceError::new(
                Code::NotNow,
                "This device is in several circles of this group already.",
                "Leave one of them: \"kith circle leave\".",
            ),
            RoomError::Offline => ServiceError::new(
                Code::NotNow,
                "This group is not on the network, so you cannot go to its circles.",
                "Wait a moment and try again. \"kith doctor\" shows what is wrong if it stays so.",
            ),
            RoomError::Cell(error) => error.into(),
        }
    }
}

fn refused(error: ActError) -> ServiceError {
    let message = sentence(&error.to_string());
    let (code, hint) = match error {
        ActError::Ended => {
            (Code::NotInCircle, "Nothing of it is kept. \"kith circle list\" shows those to come.")
        }
        ActError::NotIn => (Code::NotNow, "Stay, and you come in by yourself."),
        ActError::NotYourTurn => {
            (Code::NotNow, "Keep your words. If you need a moment or cannot go on: \"kith circle minute\".")
        }
        ActError::Empty => (Code::EmptyText, "Or write something, even one word."),
        ActError::TooLong => (Code::TextTooLarge, "Give all but the last part with --more."),
        ActError::TooMany => (Code::NotNow, "\"kith circle leave\", then \"kith circle join\"."),
        ActError::NotLeading | ActError::NoOffice => {
            (Code::NotAllowed, "Say it to whoever leads; \"kith circle show\" shows who that is.")
        }
        ActError::Asked => (Code::NotNow, "Ask for the next turn again in a quarter of a minute."),
        ActError::NobodyElse => (Code::NotNow, "You can go on, or close the circle: \"kith circle close\"."),
        _ => (Code::NotNow, "\"kith circle show\" shows how far the circle is."),
    };
    ServiceError::new(code, message, hint)
}
