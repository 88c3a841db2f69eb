//! Files that go with what people write.

use std::time::Duration;

use kith_protocol::attachment;
use kith_protocol::body::{self, AttachmentKey, Media};
use kith_protocol::id::{AttachmentId, EntryId};
use kith_protocol::limits;
use tokio::time::{Instant, timeout_at};

use super::resolve::{self, Thing};
use super::{Service, ServiceError};
use crate::api::types::{Attach, Attached, AttachmentList, AttachmentState, Code, Prepared};
use crate::cell::{Cell, CellError, Engine};
use crate::picture::{self, Cleaned};
use crate::secret::Secret;
use crate::store::chunks::ChunkFiles;

/// Attachments in one list. Of more, the oldest are not.
const LISTED: usize = 500;
/// Parts of what a group wrote that are looked through for a list.
const PAGES: usize = 80;
/// How soon to look again how far an attachment has come.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

impl Service {
    /// Takes a file, to go with what is written next: seals it and keeps its chunks. What a picture carries beside what it
    /// shows is taken out first.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::AttachmentTooLarge`], [`Code::AttachmentsFull`],
    /// [`Code::DiskFull`]; [`Code::NotCleaned`] for a file from which nothing can be taken out, unless that is wished for.
    pub async fn attach(&self, group: &str, file: Vec<u8>, wish: Attach) -> Result<Prepared, ServiceError> {
        let cell = self.cell(group).await?;
        let (words, name) = (wish.words.trim().to_owned(), wish.name.trim().to_owned());
        super::text::words("description of an attachment", &words, limits::ATTACHMENT_WORDS)?;
        super::text::words("name of a file", &name, limits::ATTACHMENT_NAME)?;
        if file.is_empty() {
            return Err(ServiceError::new(
                Code::EmptyText,
                "This file is empty, so nothing was sent.",
                "Look whether it is the right one.",
            ));
        }
        let given = file.len();
        place_for(&cell, given).await?;
        let (media, plain, cleaned) = blocking(move || {
            let Cleaned { media, bytes } = picture::clean(&file);
            let cleaned = bytes.is_some();
            (media, bytes.unwrap_or(file), cleaned)
        })
        .await?;
        if !cleaned && !wish.as_it_is {
            return Err(not_cleaned(media));
        }
        let (files, author) = place_for(&cell, plain.len()).await?;
        let size = u32::try_from(plain.len()).map_err(|_| ServiceError::of(Code::RequestTooLarge))?;
        let key = AttachmentKey::from_bytes(*Secret::random().bytes());
        let sealing = key.clone();
        let id = blocking(move || {
            let sealed = attachment::seal(&plain, &author, &sealing);
            files.put(&sealed).map(|()| sealed.manifest.id())
        })
        .await?
        .map_err(CellError::from)?;
        let prepared = body::Attachment { id, key, size, media, words, name };
        let prepare = move |engine: &mut Engine| {
            engine.prepare_attachment(prepared);
            Ok(())
        };
        cell.engine.write(prepare).await?;
        Ok(Prepared { attachment: id.to_string(), media: media.into(), size: size.into(), cleaned })
    }

    /// What goes with what a group wrote, the newest first.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn attachments(&self, group: &str) -> Result<AttachmentList, ServiceError> {
        let cell = self.cell(group).await?;
        let mut attachments: Vec<Attached> = Vec::new();
        let mut at = None;
        for _ in 0..PAGES {
            let (found, next) = cell.engine.read(move |engine| engine.attachments_page(at)).await?;
            attachments.extend(found);
            at = next;
            if at.is_none() || attachments.len() >= LISTED {
                break;
            }
        }
        Ok(AttachmentList { attachments })
    }

    /// How an attachment stands here: at once, or when all of it is here or after `wait`, whichever is first.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn attachment(
        &self,
        post: &str,
        number: u32,
        wait: Duration,
    ) -> Result<Attached, ServiceError> {
        let (cell, entry) = self.find_entry(post).await?;
        let until = Instant::now().checked_add(wait);
        let mut notices = cell.notices.subscribe();
        loop {
            let attached = cell.engine.read(move |engine| engine.attachment(&entry, number)).await?;
            let fetching = attached.attachment.state == AttachmentState::Fetching;
            let Some(until) = until.filter(|until| fetching && Instant::now() < *until) else {
                return Ok(attached);
            };
            // That it is whole is told; that some more came is not.
            let _ = timeout_at(until.min(Instant::now() + LOOK_AGAIN), notices.recv()).await;
        }
    }

    /// Wishes to have an attachment: the node fetches it from whichever member's node has it, and goes on after a break.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::AttachmentTooLarge`], [`Code::AttachmentsFull`],
    /// [`Code::DiskFull`].
    pub async fn fetch_attachment(
        &self,
        post: &str,
        number: u32,
        wait: Duration,
    ) -> Result<Attached, ServiceError> {
        let (cell, entry) = self.find_entry(post).await?;
        cell.engine.write(move |engine| engine.wish(&entry, number)).await?;
        self.attachment(&entry.to_string(), number, wait).await
    }

    /// What is in an attachment that is here.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`], [`Code::NotFetched`]; [`Code::AttachmentBroken`] if its chunks do not open.
    pub async fn attachment_content(&self, post: &str, number: u32) -> Result<Vec<u8>, ServiceError> {
        let (cell, entry) = self.find_entry(post).await?;
        let (attachment, files) = cell.engine.read(move |engine| engine.fetched(&entry, number)).await?;
        Ok(blocking(move || open(&attachment, &files)).await??)
    }

    /// Takes an attachment away from this device, or stops fetching it. Of the others nobody learns of it.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn drop_attachment(&self, post: &str, number: u32) -> Result<Attached, ServiceError> {
        let (cell, entry) = self.find_entry(post).await?;
        cell.engine.write(move |engine| engine.drop_attachment(&entry, number)).await?;
        self.attachment(&entry.to_string(), number, Duration::ZERO).await
    }

    /// The post, reply or item that `given` names.
    async fn find_entry(&self, given: &str) -> Result<(Cell, EntryId), ServiceError> {
        match self.find_post(given).await {
            Err(problem) if problem.code == Code::UnknownId => {
                self.find_item(given).await.map_err(|_| Thing::Post.unknown(given))
            }
            found => found,
        }
    }
}

/// The names of prepared files, with commas between.
pub(super) fn named(ids: Option<&str>) -> Result<Vec<AttachmentId>, ServiceError> {
    let ids: Vec<&str> = ids.unwrap_or_default().split(',').filter(|id| !id.is_empty()).collect();
    prepared(&ids)
}

/// The names of prepared files.
pub(super) fn prepared(ids: &[impl AsRef<str>]) -> Result<Vec<AttachmentId>, ServiceError> {
    if ids.len() > limits::ATTACHMENTS {
        return Err(ServiceError::new(
            Code::BadRequest,
            format!("At most {} files can go with one text.", limits::ATTACHMENTS),
            "Put the others with another one.",
        ));
    }
    let one = |id: &str| {
        let whole = resolve::prefix(id).and_then(|id| hex::decode(id).ok());
        let bytes = whole.and_then(|bytes| <[u8; AttachmentId::LEN]>::try_from(bytes).ok());
        bytes.map(AttachmentId).ok_or_else(not_prepared)
    };
    ids.iter().map(|id| one(id.as_ref())).collect()
}

pub(super) fn not_prepared() -> ServiceError {
    ServiceError::new(
        Code::UnknownId,
        "A file that was to go with this is not ready on this node, so nothing was sent.",
        "Attach it again: what was given to the node is kept for a day, and while it runs.",
    )
}

fn not_cleaned(media: Media) -> ServiceError {
    let problem = ServiceError::of(Code::NotCleaned);
    let message = match media {
        Media::JPEG | Media::PNG | Media::WEBP => {
            "This picture is not built as it should be, so that what it may carry beside what it shows (such as where it was taken) could not be taken out. Nothing was sent."
        }
        Media::PDF => {
            "A document may carry more than it shows: who wrote it, on which device, what it said before. That cannot be taken out here. Nothing was sent."
        }
        Media::MP3 | Media::OGG | Media::MP4 => {
            "A recording may carry more than is heard or seen: where and when it was made, and on which device. That cannot be taken out here. Nothing was sent."
        }
        _ => return problem,
    };
    ServiceError { message: message.to_owned(), ..problem }
}

async fn place_for(
    cell: &Cell,
    size: usize,
) -> Result<(ChunkFiles, kith_protocol::id::MemberKey), ServiceError> {
    cell.engine.read(move |engine| engine.place_for(size)).await.map_err(|error| match error {
        CellError::AttachmentTooLarge(most) => too_large(size, most),
        error => error.into(),
    })
}

/// That an attachment is too large, with both numbers.
pub(super) fn too_large(size: usize, most: usize) -> ServiceError {
    if most == 0 {
        return ServiceError::new(
            Code::AttachmentTooLarge,
            "The charter of this group lets nobody attach files, so nothing was sent.",
            "Tell in words what it shows, or speak with a facilitator about the charter.",
        );
    }
    let mib = |bytes: usize| {
        // A tenth of a MiB, rounded up so that what is too large does not look as if it fitted.
        let tenths = bytes.saturating_mul(10).div_ceil(1 << 20);
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    ServiceError::new(
        Code::AttachmentTooLarge,
        format!("This file has {} MiB; the charter of this group allows {} MiB.", mib(size), mib(most)),
        "Make it smaller: most programs for pictures can export a smaller copy.",
    )
}

fn open(attachment: &body::Attachment, files: &ChunkFiles) -> Result<Vec<u8>, CellError> {
    let manifest = files.manifest(&attachment.id)?.ok_or(CellError::DoesNotOpen)?;
    let mut plain = Vec::new();
    for index in 0..manifest.len() {
        let chunk = files.read(&manifest, index)?.ok_or(CellError::DoesNotOpen)?;
        let part = attachment::open(&attachment.key, attachment.size, index, &chunk);
        plain.extend(part.map_err(|_| CellError::DoesNotOpen)?);
    }
    Ok(plain)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ServiceError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ServiceError::of(Code::Internal))
}
