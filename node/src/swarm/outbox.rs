//! The way to the cell, which may be slow: what waits for it, and what is dropped instead.
//!
//! Gossip and streams are handed over or dropped, never kept. What tells of a state (who is connected, which
//! addresses, that something is dirty) waits, the newest only, so that no more waits than there are peers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use libp2p::{Multiaddr, PeerId};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

use super::event::Event;

/// Peers the cell has not heard of yet, at most; beyond it no further peer is taken on.
const UNHEARD: usize = 256;

#[derive(Default)]
struct News {
    /// What the cell does not know of a peer yet, in order; never two of a sort.
    peers: BTreeMap<PeerId, VecDeque<Event>>,
    listening: Option<Event>,
    book: bool,
    dirty: bool,
}

/// Events on their way to the cell.
pub(super) struct Outbox {
    events: Sender<Event>,
    news: News,
    /// Peers that are here as far as the cell has heard.
    heard: BTreeSet<PeerId>,
}

/// The cell had no room.
#[derive(Debug)]
pub(super) struct Full;

impl Outbox {
    pub fn new(events: Sender<Event>) -> Outbox {
        Outbox { events, news: News::default(), heard: BTreeSet::new() }
    }

    /// Whether there is anything to deliver.
    pub fn is_empty(&self) -> bool {
        let News { peers, listening, book, dirty } = &self.news;
        peers.is_empty() && listening.is_none() && !book && !dirty
    }

    /// Whether the cell hears of new peers at all.
    pub fn has_room(&self) -> bool {
        self.news.peers.len() < UNHEARD
    }

    /// Hands over a gossip or a stream, if there is room for it now and nothing older waits.
    pub fn offer(&mut self, event: Event) -> Result<(), Full> {
        self.flush();
        if !self.is_empty() {
            return Err(Full);
        }
        self.events.try_send(event).map_err(|_| Full)
    }

    /// Tells something about a peer.
    pub fn peer(&mut self, peer: PeerId, event: Event) {
        let waiting = self.news.peers.entry(peer).or_default();
        if matches!(event, Event::Gone { .. }) {
            waiting.retain(|event| matches!(event, Event::Refused { .. }));
            // A peer that the cell has not heard of needs no farewell.
            if self.heard.contains(&peer) {
                waiting.push_front(event);
            }
        } else {
            let sort = std::mem::discriminant(&event);
            match waiting.iter_mut().find(|waiting| std::mem::discriminant(*waiting) == sort) {
                Some(older) => *older = event,
                None => waiting.push_back(event),
            }
        }
        if waiting.is_empty() {
            self.news.peers.remove(&peer);
        }
        self.flush();
    }

    /// Tells the addresses.
    pub fn listening(&mut self, port: u16, addresses: Vec<Multiaddr>, next: Vec<Multiaddr>) {
        self.news.listening = Some(Event::Listening { port, addresses, next });
        self.flush();
    }

    /// Tells that the book changed.
    pub fn book(&mut self) {
        self.news.book = true;
        self.flush();
    }

    /// Tells that something was lost.
    pub fn dirty(&mut self) {
        self.news.dirty = true;
        self.flush();
    }

    /// Delivers what fits.
    pub fn flush(&mut self) {
        while let Some(event) = self.news.next() {
            let (proved, gone) = match &event {
                Event::Proved { peer, .. } => (Some(*peer), None),
                Event::Gone { peer } => (None, Some(*peer)),
                _ => (None, None),
            };
            if let Err(TrySendError::Full(event)) = self.events.try_send(event) {
                self.news.put_back(event);
                return;
            }
            self.heard.extend(proved);
            if let Some(peer) = gone {
                self.heard.remove(&peer);
            }
        }
    }
}

impl News {
    fn next(&mut self) -> Option<Event> {
        if let Some(event) = self.listening.take() {
            return Some(event);
        }
        if let Some(mut entry) = self.peers.first_entry() {
            let event = entry.get_mut().pop_front();
            if entry.get().is_empty() {
                entry.remove();
            }
            if event.is_some() {
                return event;
            }
        }
        if std::mem::take(&mut self.book) {
            return Some(Event::Book);
        }
        std::mem::take(&mut self.dirty).then_some(Event::Dirty)
    }

    fn put_back(&mut self, event: Event) {
        match event {
            Event::Listening { .. } => self.listening = Some(event),
            Event::Book => self.book = true,
            Event::Dirty => self.dirty = true,
            Event::Proved { peer, .. }
            | Event::Gone { peer }
            | Event::Subscribed { peer }
            | Event::Refused { peer, .. } => self.peers.entry(peer).or_default().push_front(event),
            Event::Gossip { .. } | Event::Stream { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use kith_protocol::id::{LogId, MemberKey};
    use tokio::sync::mpsc;

    use super::super::event::{Direction, Who};
    use super::*;

    fn proved(peer: PeerId) -> Event {
        let who = Who::Member { key: MemberKey([1; 32]), log: LogId([1; 8]) };
        Event::Proved { peer, who, direction: Direction::Inbound, control_only: false }
    }

    fn read(events: &mut mpsc::Receiver<Event>, outbox: &mut Outbox) -> Vec<String> {
        let mut all = Vec::new();
        while let Ok(event) = events.try_recv() {
            let text = format!("{event:?}");
            all.push(text.split([' ', '{']).next().unwrap_or_default().to_owned());
            outbox.flush();
        }
        all
    }

    #[test]
    fn a_slow_cell_reads_the_newest_state_and_nothing_twice() {
        let (send, mut events) = mpsc::channel(1);
        let mut outbox = Outbox::new(send);
        let (ana, ben) = (PeerId::random(), PeerId::random());
        outbox.peer(ana, proved(ana)); // fills the queue
        for _ in 0..100 {
            outbox.peer(ben, proved(ben));
            outbox.peer(ben, Event::Subscribed { peer: ben });
            outbox.peer(ben, Event::Gone { peer: ben });
            outbox.dirty();
            outbox.book();
        }
        assert!(matches!(outbox.offer(Event::Book), Err(Full)), "nothing overtakes what waits");
        assert_eq!(read(&mut events, &mut outbox), ["Proved", "Book", "Dirty"]);
        // Ana was heard of, so her going and coming back are told, in that order, once.
        outbox.dirty();
        for _ in 0..100 {
            outbox.peer(ana, Event::Gone { peer: ana });
            outbox.peer(ana, proved(ana));
        }
        assert_eq!(read(&mut events, &mut outbox), ["Dirty", "Gone", "Proved"]);
        assert!(outbox.is_empty());
    }
}
