//! Files that go with what one writes.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use kith_node::api::types::{
    ATTACHMENT_MOST, Attachment, AttachmentState, Code, Id, Media, Prepared, Problem,
};

use crate::client::{Client, Route};
use crate::context::Context;
use crate::{ask, input, phrase, plain};

/// Which files, and how.
#[derive(Args, Debug)]
pub struct Files {
    /// A file to go with it: a picture, a document (up to 4). What a picture (JPEG, PNG, WebP) says of where and when it was
    /// taken is removed; its name is not sent
    #[arg(long = "attach", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the files show, for those who cannot see them: FILE has a line for each ("-" is stdin)
    #[arg(long, value_name = "FILE", requires = "files")]
    captions: Option<PathBuf>,
    /// Send the names of the files too
    #[arg(long, requires = "files")]
    keep_name: bool,
    /// Send files as they are, from which nothing can be removed
    #[arg(long, requires = "files")]
    as_it_is: bool,
}

impl Files {
    /// Gives the files to the node, for something to be written in the group of `group`. Gives their names there.
    ///
    /// # Errors
    /// [`Code::StorageFailed`] for a file that cannot be read, and what the node answers.
    pub fn prepare(
        &self,
        context: &Context,
        group: impl AsyncFnOnce(&Client) -> Result<Id, Problem>,
    ) -> Result<Vec<Id>, Problem> {
        if self.files.is_empty() {
            return Ok(Vec::new());
        }
        context.before_asking()?;
        let captions = self.captions(context)?;
        let group = context.node(group)?;
        let mut ids = Vec::with_capacity(self.files.len());
        for (number, file) in self.files.iter().enumerate() {
            let caption = match captions.get(number) {
                Some(caption) => caption.clone(),
                None if self.captions.is_none() && context.can_ask() => {
                    let what = format!(
                        "What does {} show, in a few words, for those who cannot see it? (Enter for nothing)",
                        file.display()
                    );
                    ask::line(&what)?.to_string()
                }
                None => String::new(),
            };
            ids.push(self.give(context, &group, file, &caption)?);
        }
        Ok(ids)
    }

    fn captions(&self, context: &Context) -> Result<Vec<String>, Problem> {
        let Some(path) = &self.captions else { return Ok(Vec::new()) };
        let text = input::whole(context, path)?;
        Ok(String::from_utf8_lossy(&text).lines().map(str::to_owned).collect())
    }

    fn give(&self, context: &Context, group: &str, file: &Path, caption: &str) -> Result<Id, Problem> {
        let bytes = read(file)?;
        let name =
            file.file_name().filter(|_| self.keep_name).map(|name| name.to_string_lossy().into_owned());
        let route = || {
            let route = Route::new(&["groups", group, "attachments"])?;
            let route = route.with("words", Some(caption).filter(|words| !words.is_empty()));
            Ok::<Route, Problem>(route.with("name", name.as_deref()))
        };
        let as_it_is = |route: Route| route.with("as_it_is", Some("true"));
        let first = if self.as_it_is { as_it_is(route()?) } else { route()? };
        let copy = bytes.clone();
        let given = context.node(async |node| node.bytes::<Prepared>(first, copy).await);
        let prepared = match given {
            Err(problem) if problem.code == Code::NotCleaned && context.can_ask() => {
                context.output.remark(&problem.message);
                if !ask::whether(&format!("Send {} as it is all the same?", file.display()))? {
                    return Err(Problem::new(
                        Code::NotCleaned,
                        "Nothing was sent.",
                        "Without --attach the text goes alone. Of a picture, a copy saved as JPEG or PNG can be sent.",
                    ));
                }
                let again = as_it_is(route()?);
                context.node(async |node| node.bytes::<Prepared>(again, bytes).await)?
            }
            given => given?,
        };
        if !context.output.is_json() {
            context.output.remark(&said(&prepared, file, self.keep_name));
        }
        Ok(prepared.attachment)
    }
}

/// What was done with a file, before anything is sent.
fn said(prepared: &Prepared, file: &Path, named: bool) -> String {
    let what = format!("{}: {}, {}.", file.display(), thing(prepared.media), size(prepared.size));
    let carries = match (prepared.cleaned, prepared.media) {
        (true, Media::Text) => "",
        (true, _) => " What it says of where and when it was taken, and with what, was removed.",
        (false, _) => " It goes as it is, with whatever it carries beside what it shows.",
    };
    let name = if named { " Its name is sent too." } else { "" };
    format!("{what}{carries}{name}")
}

fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let most = u64::try_from(ATTACHMENT_MOST).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| {
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        file.take(most).read_to_end(&mut bytes)
    });
    read.map_err(|_| {
        Problem::new(
            Code::StorageFailed,
            format!("The file {} cannot be read.", path.display()),
            "Check its name and its permissions.",
        )
    })?;
    if bytes.len() > ATTACHMENT_MOST { Err(Code::AttachmentTooLarge.into()) } else { Ok(bytes) }
}

/// What goes with a text or item: a line each.
pub fn lines(post: &str, attachments: &[Attachment]) -> String {
    attachments.iter().map(|one| format!("    ({})\n", line(post, one, attachments.len() > 1))).collect()
}

/// One attachment, how it stands, and what can be done.
pub fn line(post: &str, one: &Attachment, several: bool) -> String {
    let mut what = capital(thing(one.media));
    for words in [&one.words, &one.name].into_iter().filter(|words| !words.is_empty()) {
        what.push_str(&format!(", \"{}\"", plain::line(words)));
    }
    let number = if several { format!(" --number {}", one.number) } else { String::new() };
    let act = |verb: &str| format!("kith attachment {verb} {}{number}", phrase::id(post));
    let stands = match one.state {
        AttachmentState::NotFetched => format!("not fetched yet. To have it: {}", act("get")),
        AttachmentState::Fetching | AttachmentState::NoRoom => {
            let percent = one.arrived.saturating_mul(100).checked_div(one.size).unwrap_or(0).min(99);
            let why = if one.state == AttachmentState::NoRoom { "your disk is full" } else { "waited for" };
            format!("{why}, {percent} % of it is here. To stop: {}", act("drop"))
        }
        AttachmentState::Here => format!("here, sealed. To look at it: {}", act("save")),
        AttachmentState::TooLarge => "larger than the charter allows; it is not fetched".to_owned(),
    };
    format!("{what}, {}: {stands}", size(one.size))
}

/// What an attachment is, behind "it is".
pub fn thing(media: Media) -> &'static str {
    match media {
        Media::Jpeg | Media::Png | Media::Gif | Media::Webp => "a picture",
        Media::Pdf => "a document (PDF)",
        Media::Text => "a text",
        Media::Mp3 | Media::Ogg => "a recording",
        Media::Mp4 => "a film or recording",
        Media::File => "a file",
    }
}

/// How the name of a file ends.
pub fn ending(media: Media) -> &'static str {
    match media {
        Media::Jpeg => "jpg",
        Media::Png => "png",
        Media::Gif => "gif",
        Media::Webp => "webp",
        Media::Pdf => "pdf",
        Media::Text => "txt",
        Media::Mp3 => "mp3",
        Media::Ogg => "ogg",
        Media::Mp4 => "mp4",
        Media::File => "bin",
    }
}

/// A size as people read it.
pub fn size(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1 << 20);
    match bytes {
        0..1024 => phrase::count(bytes, "byte", "bytes"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MiB", tenths / 10, tenths % 10),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| format!("{}{}", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(state: AttachmentState) -> Attachment {
        Attachment {
            number: 2,
            media: Media::Jpeg,
            size: 340_000,
            words: "Beans\u{1b}[2J".into(),
            name: String::new(),
            state,
            arrived: 85_000,
        }
    }

    #[test]
    fn what_goes_with_a_post_is_said_with_what_to_do() {
        let post = "0123456789abcdef".repeat(4);
        let shown = lines(&post, &[picture(AttachmentState::NotFetched)]);
        let expected = "    (A picture, \"Beans�[2J\", 333 KiB: not fetched yet. To have it: kith attachment get 0123456789ab)\n";
        assert_eq!(shown, expected);
        let both = [picture(AttachmentState::Fetching), picture(AttachmentState::Here)];
        let shown = lines(&post, &both);
        assert!(shown.contains("25 % of it is here. To stop: kith attachment drop 0123456789ab --number 2"));
        assert!(shown.contains("kith attachment save 0123456789ab --number 2"), "{shown}");
    }

    #[test]
    fn sizes_are_what_people_read() {
        for (bytes, words) in
            [(1, "1 byte"), (999, "999 bytes"), (1024, "1 KiB"), (340_000, "333 KiB"), (5 << 20, "5.0 MiB")]
        {
            assert_eq!(size(bytes), words);
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap_err().code, Code::StorageFailed);
        assert_eq!(read(&folder.path().join("none")).unwrap_err().code, Code::StorageFailed);
    }
}
