//! Files that are to go with what is being written: given to the node one by one before anything is sent, and left out
//! again. A form names each with what was done with it.

use kith_node::api::types::{Attach, Code, Media, Prepared};
use serde::{Deserialize, Deserializer, Serialize};

use crate::oops::Said;
use crate::parts::file::{size, thing};
use crate::visit::Visit;
use crate::words::Words;

/// What a form says of its files.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Files {
    /// Those that the node was given.
    #[serde(deserialize_with = "one_or_more")]
    attachments: Vec<String>,
    /// What was done with each, in words.
    #[serde(deserialize_with = "one_or_more")]
    attached: Vec<String>,
    /// What the file to be attached shows.
    #[serde(skip_serializing)]
    caption: String,
    #[serde(skip_serializing)]
    as_it_is: String,
    /// A file that was chosen and not attached: its name.
    #[serde(skip_serializing)]
    file: String,
    /// Whether a file may go as it is, which could not be cleaned.
    #[serde(skip)]
    offer_as_it_is: bool,
    /// A file to be left out.
    #[serde(skip_serializing)]
    leave_out: String,
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
    pub fn of(files: Files, here: &str) -> FilesView {
        FilesView {
            attached: files.attachments.into_iter().zip(files.attached).collect(),
            caption: files.caption,
            offer_as_it_is: files.offer_as_it_is,
            attach: format!("{here}/attach"),
            detach: format!("{here}/detach"),
        }
    }
}

impl Files {
    /// Those that the node was given, as it is asked to send them.
    pub fn given(&self) -> Option<String> {
        (!self.attachments.is_empty()).then(|| self.attachments.join(","))
    }

    /// That a file was chosen and not attached, if one was: a browser names it, and leaves it out, and nobody is to believe
    /// that it was sent.
    pub fn left(&self, words: &Words) -> Option<Said> {
        (!self.file.is_empty()).then(|| said(words, "file-not-attached", "file-not-attached-hint"))
    }

    /// Gives a file to the node, or says why not.
    pub async fn give(
        &mut self,
        visit: &Visit,
        group: &str,
        file: Option<(String, Vec<u8>)>,
    ) -> Result<(), Said> {
        let Some((_, bytes)) = file else {
            return Err(said(&visit.words, "file-none-chosen", "file-none-chosen-hint"));
        };
        // What a file is called says much about a device and its owner: it is not sent.
        let as_it_is = !self.as_it_is.is_empty();
        let wish = Attach { words: self.caption.clone(), name: String::new(), as_it_is };
        match visit.service().attach(group, bytes, wish).await {
            Ok(prepared) => {
                self.attached.push(prepared_said(&visit.words, &prepared, &self.caption));
                self.attachments.push(prepared.attachment);
                self.caption.clear();
                Ok(())
            }
            Err(problem) => {
                self.offer_as_it_is = problem.code == Code::NotCleaned;
                Err(Said::of(&visit.words, &problem))
            }
        }
    }

    /// Leaves a file out again: the one that the form names.
    pub fn leave_out(&mut self) {
        let both = self.attachments.drain(..).zip(self.attached.drain(..));
        let kept: Vec<_> = both.filter(|(one, _)| *one != self.leave_out).collect();
        (self.attachments, self.attached) = kept.into_iter().unzip();
    }
}

/// A field that stands once or several times in a form which holds this part of one.
fn one_or_more<'de, D: Deserializer<'de>>(fields: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Fields {
        One(String),
        More(Vec<String>),
    }
    Ok(match Fields::deserialize(fields)? {
        Fields::One(one) => vec![one],
        Fields::More(more) => more,
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Filled {
        text: String,
        mentions: Vec<String>,
        #[serde(flatten)]
        files: Files,
    }

    #[test]
    fn files_are_a_part_of_a_form_and_of_its_draft() {
        for (written, count) in [
            ("text=Hello", 0),
            ("text=Hello&mentions=loss&attachments=a&attached=A+picture", 1),
            (
                "text=Hello&mentions=loss&mentions=death&attachments=a&attachments=b&attached=A+picture&attached=A+text",
                2,
            ),
        ] {
            let filled: Filled = serde_html_form::from_str(written).unwrap();
            assert_eq!((filled.text.as_str(), filled.files.attachments.len()), ("Hello", count));
            assert_eq!(filled.files.attached.len(), count);
            assert_eq!(serde_html_form::to_string(&filled).unwrap(), written);
        }
        let mut filled: Filled = serde_html_form::from_str(
            "attachments=a&attachments=b&attached=A&attached=B&caption=Sea&leave_out=a&file=b.png",
        )
        .unwrap();
        filled.files.leave_out();
        assert_eq!((filled.files.given().as_deref(), filled.files.caption.as_str()), (Some("b"), "Sea"));
        assert_eq!(serde_html_form::to_string(&filled).unwrap(), "text=&attachments=b&attached=B");
    }
}
