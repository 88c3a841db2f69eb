//! Errands over a stream: a question and its answer at a time.

use std::sync::Arc;
use std::time::Duration;

use futures::AsyncWriteExt as _;
use kith_protocol::keeper::{Errand, PlaceRefused, Reply, Standing};
use kith_protocol::limits;
use libp2p::PeerId;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::counters::Counters;
use super::door::Failure;
use super::place::Pass;
use super::task::Notice;
use super::thread::PlacesHandle;
use crate::swarm::{Stream, read_frame, write_frame};

/// How long a stream may be without a question, and an answer may take.
const WITHIN: Duration = Duration::from_secs(30);
/// Questions on one stream. Whoever has more opens another.
const QUESTIONS: usize = 16;

/// Who asks, and whom.
pub(super) struct Errands {
    pub peer: PeerId,
    pub pass: Pass,
    pub places: PlacesHandle,
    pub notices: mpsc::Sender<Notice>,
    pub counters: Arc<Counters>,
}

impl Errands {
    /// Answers until there is no question any more.
    pub async fn serve(mut self, mut stream: Stream) -> Result<(), Failure> {
        for _ in 0..QUESTIONS {
            let Some(question) = timeout(WITHIN, read_frame(&mut stream, limits::ERRAND)).await?? else {
                break;
            };
            let reply = self.answer(Errand::decode(&question)?).await?;
            timeout(WITHIN, write_frame(&mut stream, &reply.encode())).await??;
        }
        Ok(timeout(WITHIN, stream.close()).await??)
    }

    async fn answer(&mut self, errand: Errand) -> Result<Reply, Failure> {
        let pass = self.pass;
        if self.places.read(move |places| Ok(places.standing(&pass))).await? != Some(Standing::Member) {
            return Ok(Reply::Refused(PlaceRefused::Unknown));
        }
        match errand {
            Errand::Grant(grant) => {
                let take = move |places: &mut super::places::Places| Ok(places.grant(Some(&pass), &grant));
                match self.places.write(take).await? {
                    Ok((pass, told)) => {
                        Counters::add(&self.counters.grants);
                        self.pass = pass;
                        let notice = Notice::Granted { peer: self.peer, pass };
                        self.notices.send(notice).await.map_err(|_| super::KeeperError::Closed)?;
                        Ok(Reply::Told(told))
                    }
                    Err(why) => {
                        Counters::add(&self.counters.grants_refused);
                        Ok(Reply::Refused(why))
                    }
                }
            }
            Errand::Drop(dropped) => {
                let drop = move |places: &mut super::places::Places| places.drop_payloads(&pass, &dropped);
                let done = self.places.write(drop).await?;
                Counters::more(&self.counters.dropped, done);
                Ok(Reply::Done)
            }
            Errand::Meet(point) => {
                let (reply, met) = oneshot::channel();
                let point = point.map(|point| Vec::from(point).into());
                let notice = Notice::Meet { peer: self.peer, place: pass.place, point, reply };
                self.notices.send(notice).await.map_err(|_| super::KeeperError::Closed)?;
                let met = met.await.map_err(|_| super::KeeperError::Closed)?;
                Ok(Reply::Met(met.into_iter().map(|point| Vec::from(point).into()).collect()))
            }
        }
    }
}
