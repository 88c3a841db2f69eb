//! One circle while this node is in it: a task between the topic, the people at this device, and
//! [`kith_protocol::circle`].
//!
//! Guarantees: nothing of a circle is written anywhere; when it is over, its keys and words are wiped from this node's
//! memory, and what was shown of it is let go. Somebody who looks away for [`UNATTENDED`] leaves, so that nobody waits for
//! who is not there. Time is that of a clock that only goes forward.

use std::sync::Arc;
use std::time::Duration;

use kith_protocol::circle::{Act, ActError, Circle, Effect, End, Place, Setting, timing};
use kith_protocol::id::MemberKey;
use kith_protocol::time::Millis;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::circles::{Company, Ticket};
use super::engine::Notice;
use super::room_view::Around;
use super::thread::EngineHandle;
use crate::api::types::Room;
use crate::swarm::{Frames, Network};

/// Somebody who does not look, speak or act for so long leaves.
const UNATTENDED: Duration = Duration::from_secs(300);
/// Leaving because the node ends takes at most this long.
const GOODBYE: Duration = Duration::from_millis(1500);

/// What is asked of a circle.
pub(super) enum Wish {
    Act(Act, oneshot::Sender<Result<Arc<Room>, ActError>>),
    /// Somebody looks.
    Look,
}

/// The task's state.
pub(super) struct RoomTask {
    circle: Circle,
    setting: Setting,
    topic: String,
    me: MemberKey,
    company: Company,
    engine: EngineHandle,
    network: Network,
    /// What the clock said at the beginning.
    begun: (Millis, Instant),
    attended: Instant,
    shown: watch::Sender<Arc<Room>>,
}

/// What a task listens to.
pub(super) struct Ears {
    pub(super) frames: Frames,
    pub(super) wishes: mpsc::Receiver<Wish>,
    pub(super) notices: broadcast::Receiver<Notice>,
    pub(super) stop: CancellationToken,
}

/// The name of the topic of a circle.
pub(super) fn topic(setting: &Setting) -> String {
    hex::encode(setting.plan.door.topic())
}

impl RoomTask {
    /// Goes to a circle.
    pub(super) fn enter(
        ticket: Ticket,
        engine: EngineHandle,
        network: Network,
        now: Millis,
    ) -> (RoomTask, watch::Sender<Arc<Room>>) {
        let Ticket { setting, me, log, company } = ticket;
        let mine = me.key();
        let circle = Circle::enter(setting.clone(), me, log, now, &mut rand::rng());
        let room = Around { setting: &setting, company: &company, me: mine }.room(&circle.view(now));
        let shown = watch::Sender::new(Arc::new(room));
        let (topic, here) = (topic(&setting), Instant::now());
        let begun = (now, here);
        let task = RoomTask {
            circle,
            setting,
            topic,
            me: mine,
            company,
            engine,
            network,
            begun,
            attended: here,
            shown: shown.clone(),
        };
        (task, shown)
    }

    /// Runs until the circle is over here and nobody needs to be told so any more.
    pub(super) async fn run(mut self, mut ears: Ears) {
        let mut tick = interval(Duration::from_millis(timing::TICK));
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut over: Option<Instant> = None;
        while !self.is_done(over) {
            let effects = tokio::select! {
                biased;
                () = ears.stop.cancelled() => break,
                wish = ears.wishes.recv() => match wish {
                    Some(wish) => self.wish(wish),
                    None => break,
                },
                frame = ears.frames.recv() => match frame {
                    Some(frame) => self.hear(&frame),
                    None => break,
                },
                notice = ears.notices.recv() => match notice {
                    Ok(Notice::Changed) | Err(RecvError::Lagged(_)) => {
                        if !self.knows_the_group().await {
                            break;
                        }
                        Vec::new()
                    }
                    Ok(_) => Vec::new(),
                    Err(RecvError::Closed) => break,
                },
                _ = tick.tick() => self.pass_time(),
            };
            let ended = effects.iter().any(|effect| matches!(effect, Effect::Ended(_)));
            self.put_into_effect(effects).await;
            if ended {
                over.get_or_insert_with(Instant::now);
            }
        }
        if over.is_none() {
            // What cannot be told in time, others see by the silence.
            let _ = timeout(GOODBYE, self.say_goodbye()).await;
        }
        let _ = self.network.part(&self.topic).await;
    }

    /// Somebody who left goes at once; after a circle was closed those who have not heard of it are told for a while.
    fn is_done(&self, over: Option<Instant>) -> bool {
        let Some(over) = over else { return false };
        let closed = self.circle.view(self.now()).place == Place::Ended(End::Closed);
        !closed || over.elapsed() > Duration::from_millis(timing::OVER_LONGEST)
    }

    fn now(&self) -> Millis {
        let (then, at) = self.begun;
        then.plus(u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn wish(&mut self, wish: Wish) -> Vec<Effect> {
        self.attended = Instant::now();
        let Wish::Act(act, answer) = wish else { return Vec::new() };
        let now = self.now();
        match self.circle.act(act, now, &mut rand::rng()) {
            Ok(effects) => {
                self.show();
                let _ = answer.send(Ok(self.shown.borrow().clone()));
                effects
            }
            Err(error) => {
                let _ = answer.send(Err(error));
                Vec::new()
            }
        }
    }

    fn hear(&mut self, frame: &[u8]) -> Vec<Effect> {
        let now = self.now();
        let device = |member: &MemberKey, log: &kith_protocol::id::LogId| {
            self.company.devices.get(&(*member, *log)).copied()
        };
        self.circle.receive(frame, &device, now, &mut rand::rng())
    }

    fn pass_time(&mut self) -> Vec<Effect> {
        let now = self.now();
        let mut effects = self.circle.tick(now, &mut rand::rng());
        if self.shown.receiver_count() > 0 {
            self.attended = Instant::now();
        }
        if self.attended.elapsed() > UNATTENDED
            && let Ok(more) = self.circle.act(Act::Leave, now, &mut rand::rng())
        {
            effects.extend(more);
        }
        // Who is silent, and who leads, are matters of time.
        self.show();
        effects
    }

    /// Looks anew at who is in the group. False if I am not any more.
    async fn knows_the_group(&mut self) -> bool {
        let look = self.engine.read(|engine| Ok((engine.company(), engine.standing()))).await;
        match look {
            Ok((company, Some(kith_protocol::group::Standing::Member))) => {
                self.company = company;
                true
            }
            _ => false,
        }
    }

    async fn put_into_effect(&self, effects: Vec<Effect>) {
        let mut changed = false;
        for effect in effects {
            match effect {
                Effect::Send(frame) => {
                    if self.network.say(&self.topic, frame).await.is_err() {
                        return;
                    }
                }
                Effect::Changed | Effect::Ended(_) => changed = true,
            }
        }
        if changed {
            self.show();
        }
    }

    fn show(&self) {
        let around = Around { setting: &self.setting, company: &self.company, me: self.me };
        let room = around.room(&self.circle.view(self.now()));
        self.shown.send_if_modified(|shown| {
            let differs = **shown != room;
            if differs {
                *shown = Arc::new(room);
            }
            differs
        });
    }

    async fn say_goodbye(&mut self) {
        let now = self.now();
        let left = self.circle.act(Act::Leave, now, &mut rand::rng());
        if let Ok(effects) = left {
            self.put_into_effect(effects).await;
        }
    }
}
