//! Files that are to go with what is being written: given to the node one by one before anything is sent, and left out
//! again. A form names each with what was done with it.

use kith_node::api::types::{Attach, Code, Media, Prepared};

use crate::oops::Said;
use crate::parts::file::{size, thing};
use crate::visit::Visit;
use crate::words::Words;

/// What a form says of its files.
#[derive(Debug)]
pub struct Files<'a> {
    /// Those that the node was given.
    pub attachments: &'a mut Vec<String>,
    /// What was done with each, in words.
    pub attached: &'a mut Vec<String>,
    /// What the file to be attached shows.
    pub caption: &'a mut String,
    /// Whether a file may go as it is, which could not be cleaned.
    pub offer_as_it_is: &'a mut bool,
}

/// The part of a form about files.
#[derive(Debug)]
pub struct FilesView {
    /// Each with what was done with it.
    pub attached: Vec<(String, String)>,
    /// What the file to be attached shows.
    pub caption: String,
    /// Whether a file may go as it is, which could not be cleaned.
    pub offer_as_it_is: bool,
    /// Where a file is given.
    pub attach: String,
    /// Where one is left out again.
    pub detach: String,
}

impl FilesView {
    /// Of a form whose ways to give and to leave out begin with `here`.
    pub fn of(files: Files<'_>, here: &str) -> FilesView {
        let (attachments, attached) = (std::mem::take(files.attachments), std::mem::take(files.attached));
        FilesView {
            attached: attachments.into_iter().zip(attached).collect(),
            caption: std::mem::take(files.caption),
            offer_as_it_is: *files.offer_as_it_is,
            attach: format!("{here}/attach"),
            detach: format!("{here}/detach"),
        }
    }
}

impl Files<'_> {
    /// Gives a file to the node, or says why not.
    pub async fn give(
        self,
        visit: &Visit,
        group: &str,
        file: Option<(String, Vec<u8>)>,
        as_it_is: bool,
    ) -> Result<(), Said> {
        let Some((_, bytes)) = file else {
            return Err(said(&visit.words, "file-none-chosen", "file-none-chosen-hint"));
        };
        // What a file is called says much about a device and its owner: it is not sent.
        let wish = Attach { words: self.caption.clone(), name: String::new(), as_it_is };
        match visit.service().attach(group, bytes, wish).await {
            Ok(prepared) => {
                self.attached.push(prepared_said(&visit.words, &prepared, self.caption));
                self.attachments.push(prepared.attachment);
                self.caption.clear();
                Ok(())
            }
            Err(problem) => {
                *self.offer_as_it_is = problem.code == Code::NotCleaned;
                Err(Said::of(&visit.words, &problem))
            }
        }
    }

    /// Leaves a file out again.
    pub fn leave_out(self, left: &str) {
        let both = self.attachments.drain(..).zip(self.attached.drain(..));
        let kept: Vec<_> = both.filter(|(one, _)| one != left).collect();
        (*self.attachments, *self.attached) = kept.into_iter().unzip();
    }
}

/// A browser names a file that was chosen and not attached, and leaves it out: nobody is to believe that it was sent.
pub fn not_attached(words: &Words) -> Said {
    said(words, "file-not-attached", "file-not-attached-hint")
}

fn said(words: &Words, message: &str, hint: &str) -> Said {
    Said { message: words.t(message), hint: words.t(hint) }
}

/// What was done with a file, before anything is sent.
fn prepared_said(words: &Words, prepared: &Prepared, caption: &str) -> String {
    let what =
        words.t2("file-what", "thing", words.t(thing(prepared.media)), "size", size(words, prepared.size));
    let carries = match (prepared.cleaned, prepared.media) {
        (true, Media::Text) => "file-prepared",
        (true, _) => "file-cleaned",
        (false, _) => "file-as-it-is-said",
    };
    let said = words.t1(carries, "what", what);
    if caption.trim().is_empty() {
        said
    } else {
        words.t2("file-with-caption", "said", said, "caption", caption)
    }
}
