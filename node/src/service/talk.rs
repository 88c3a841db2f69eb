//! Writing and reading.

use std::time::Duration;

use kith_protocol::body::Reply;
use kith_protocol::id::{EntryId, ShortId};
use tokio::time::{Instant, timeout, timeout_at};

use super::attachments::named;
use super::feed::posts;
use super::hearing::{given, meant};
use super::{Feed, PAGE_MOST, Service, ServiceError};
use crate::api::types::{Code, Delivery, DeliveryState, Given, Meant, Page, Post, Thread, WithdrawnAll};
use crate::cell::{Cell, CellError, Engine};
use crate::store::Cursor;

/// How soon to look again whether a facilitator has begun the epoch that is needed.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// The fewest posts and replies that [`Service::posts`] takes from the store at once.
const FEW: usize = 10;
/// How many posts and replies [`Service::posts`] looks through at most.
pub const LOOKED_THROUGH: usize = 2000;

impl Service {
    /// Writes a post. The text has been through [`super::text::check`].
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotMember`], [`Code::StillWaiting`],
    /// [`Code::DiskFull`], [`Code::ClockOff`].
    pub async fn post(&self, group: &str, text: String, as_meant: Meant) -> Result<Delivery, ServiceError> {
        let (intent, notes) = meant(&as_meant)?;
        let cell = self.cell(group).await?;
        let attachments = named(as_meant.attachments.as_deref())?;
        written(&cell, move |engine| engine.post(text, intent, notes.unwrap_or_default(), &attachments)).await
    }

    /// Answers a post or reply, in the group that one is in.
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::AdviceNotAsked`].
    pub async fn reply(&self, post: &str, text: String, as_given: Given) -> Result<Delivery, ServiceError> {
        let (kind, notes) = given(&as_given)?;
        let (cell, to) = self.find_post(post).await?;
        let attachments = named(as_given.attachments.as_deref())?;
        let reply = Reply { kind, notes, ..Reply::new(to.short(), text) };
        written(&cell, move |engine| engine.reply(reply, &attachments)).await
    }

    /// Puts other words in place of what I wrote. The text has been through [`super::text::check`].
    ///
    /// # Errors
    /// As [`Service::post`]; [`Code::NotAllowed`] for what is not mine or was taken back.
    pub async fn edit(&self, post: &str, text: String, as_meant: Meant) -> Result<Delivery, ServiceError> {
        let (intent, notes) = meant(&as_meant)?;
        let (cell, entry) = self.find_post(post).await?;
        if as_meant.attachments.is_some() {
            return Err(ServiceError::new(
                Code::BadRequest,
                "What goes with a post stays with it when its words change.",
                "To take an attachment back, take the post back and write it anew.",
            ));
        }
        written(&cell, move |engine| engine.edit(&entry, text, intent, notes)).await
    }

    /// Takes back what I wrote, and what I put in its place. Gives how far the word of it has come.
    ///
    /// # Errors
    /// As [`Service::edit`].
    pub async fn withdraw(&self, post: &str) -> Result<Delivery, ServiceError> {
        let (cell, entry) = self.find_post(post).await?;
        written(&cell, move |engine| engine.withdraw(&[entry])).await
    }

    /// Takes back all that I wrote in a group.
    ///
    /// # Errors
    /// As [`Service::post`].
    pub async fn withdraw_all(&self, group: &str) -> Result<WithdrawnAll, ServiceError> {
        let cell = self.cell(group).await?;
        let all = |engine: &mut Engine| {
            let mine = engine.my_posts()?;
            let last = if mine.is_empty() { None } else { Some(engine.withdraw(&mine)?) };
            Ok((mine.len(), last))
        };
        let (posts, last) = cell.engine.write(all).await?;
        let somebody = cell.with_somebody();
        let (state, nodes) = match last {
            Some(last) => {
                let word = cell.engine.read(move |engine| engine.delivery(&last, somebody)).await?;
                (word.state, word.nodes)
            }
            None => (DeliveryState::Saved, 0),
        };
        let posts = u64::try_from(posts).unwrap_or(u64::MAX);
        Ok(WithdrawnAll { group: cell.id.to_string(), posts, state, nodes })
    }

    /// How far something I wrote has come: returns at once if others have it, else when they do or after
    /// `wait`, whichever is first.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn delivery(&self, post: &str, wait: Duration) -> Result<Delivery, ServiceError> {
        let (cell, entry) = self.find_post(post).await?;
        let until = Instant::now().checked_add(wait);
        let mut notices = cell.notices.subscribe();
        loop {
            let somebody = cell.with_somebody();
            let delivery = cell.engine.read(move |engine| engine.delivery(&entry, somebody)).await?;
            let Some(until) = until.filter(|_| delivery.state < DeliveryState::Held) else {
                return Ok(delivery);
            };
            if timeout_at(until, notices.recv()).await.is_err() {
                return Ok(delivery);
            }
        }
    }

    /// The whole thread a post is in; with what I hide for what it mentions, if I ask to `show` it.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn thread(&self, post: &str, show: bool) -> Result<Thread, ServiceError> {
        let (cell, entry) = self.find_post(post).await?;
        let thread = cell.engine.read(move |engine| engine.thread_view(&entry.short(), show)).await?;
        Ok(Thread { post: entry.to_string(), ..thread })
    }

    /// A part of what a group wrote, newest first: at most `limit` (1 to [`PAGE_MOST`]) posts older than the
    /// cursor `before`, which a former part gave as `next`; as to `show`, as [`Service::thread`].
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::BadRequest`] for a cursor that was never given.
    pub async fn read(
        &self,
        group: &str,
        limit: usize,
        before: Option<&str>,
        show: bool,
    ) -> Result<Page, ServiceError> {
        let before = match before {
            Some(text) => Some(cursor(text).ok_or_else(|| {
                ServiceError::new(
                    Code::BadRequest,
                    "This is no place in the group's history.",
                    "Give what a former part named as \"next\", or leave it out for the newest.",
                )
            })?),
            None => None,
        };
        let limit = limit.clamp(1, PAGE_MOST);
        let cell = self.cell(group).await?;
        let (page, next) = cell.engine.read(move |engine| engine.page(before, limit, show)).await?;
        let next = next.map(|next| format!("{}.{}", next.lamport, next.entry));
        Ok(Page { next, catching_up: cell.catching_up(), ..page })
    }

    /// As [`Service::read`], of posts alone: of replies only those whose post has not arrived. At most [`LOOKED_THROUGH`]
    /// posts and replies are looked through at once, so that fewer than `limit` may be given with more to follow, and a few
    /// more than `limit`.
    ///
    /// # Errors
    /// As [`Service::read`].
    pub async fn posts(
        &self,
        group: &str,
        limit: usize,
        before: Option<&str>,
        show: bool,
    ) -> Result<Page, ServiceError> {
        let limit = limit.clamp(1, PAGE_MOST);
        let (mut whole, mut looked) = (Page::default(), 0_usize);
        let mut before = before.map(str::to_owned);
        loop {
            let wanted = limit.saturating_sub(whole.posts.len()).max(FEW);
            let part = self.read(group, wanted, before.as_deref(), show).await?;
            looked = looked.saturating_add(part.posts.len());
            whole.hidden |= part.hidden;
            (whole.next, whole.catching_up) = (part.next, part.catching_up);
            let stands = |post: &Post| post.reply_to.is_none() || post.parent_missing;
            whole.posts.extend(part.posts.into_iter().filter(stands));
            if whole.posts.len() >= limit || whole.next.is_none() || looked >= LOOKED_THROUGH {
                return Ok(whole);
            }
            before.clone_from(&whole.next);
        }
    }

    /// Posts and replies of a group as they become readable here, from the moment this returns, each once,
    /// none missed however slow the reader.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn watch(&self, group: &str) -> Result<Feed<Post>, ServiceError> {
        let cell = self.cell(group).await?;
        posts(cell, self.node()?.closing.clone()).await
    }
}

pub(super) async fn written(
    cell: &Cell,
    write: impl FnOnce(&mut Engine) -> Result<EntryId, CellError> + Send + 'static,
) -> Result<Delivery, ServiceError> {
    let mut notices = cell.notices.subscribe();
    while cell.engine.read(|engine| Ok(engine.gives_way())).await? {
        // What comes is told; that time passes is not.
        let _ = timeout(LOOK_AGAIN, notices.recv()).await;
    }
    let entry = cell.engine.write(write).await?;
    let somebody = cell.with_somebody();
    Ok(cell.engine.read(move |engine| engine.delivery(&entry, somebody)).await?)
}

/// Reads a cursor: the lamport number, a dot, the entry's id.
fn cursor(text: &str) -> Option<Cursor> {
    let (lamport, entry) = text.split_once('.')?;
    let entry: [u8; ShortId::LEN] = hex::decode(entry).ok()?.try_into().ok()?;
    Some(Cursor { lamport: lamport.parse().ok()?, entry: ShortId(entry) })
}
