//! Texts that people write: from stdin, a file or an editor, byte for byte. Never from an argument, which
//! other programs of this device could see and the shell would remember.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use kith_node::api::types::{Code, Problem, TEXT_MOST};

use crate::context::Context;
use crate::interrupt;

/// Where a text comes from.
#[derive(Args, Debug)]
pub struct Source {
    /// Take the text from FILE instead of stdin ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// A text, and where it is kept until it has been sent.
#[derive(Debug)]
pub struct Written {
    /// The text as it will be sent. May be too long or no UTF-8: the node says so.
    pub text: Vec<u8>,
    draft: Option<PathBuf>,
}

impl Source {
    /// Whether the person is going to write now, at this terminal.
    pub fn is_person(&self, context: &Context) -> bool {
        self.file.is_none() && context.can_ask()
    }

    /// Gets the text.
    ///
    /// # Errors
    /// [`Code::StorageFailed`] if it cannot be read, [`Code::EmptyText`] if nothing was written in the editor.
    pub fn read(&self, context: &Context) -> Result<Written, Problem> {
        match &self.file {
            Some(path) if path != Path::new("-") => file(path),
            None if context.can_ask() => match editor() {
                Some(editor) => edit(context, &editor, "", TEXT_MOST),
                None => typed(context),
            },
            _ => stdin(),
        }
    }
}

impl Written {
    /// What sending came to. Sent: the draft goes. Not sent: it stays, and the problem says where.
    ///
    /// # Errors
    /// The problem that sending came to.
    pub fn sent<T>(self, result: Result<T, Problem>) -> Result<T, Problem> {
        let Some(draft) = self.draft else { return result };
        let empty = fs::metadata(&draft).is_ok_and(|found| found.len() == 0);
        if result.is_ok() || empty {
            // Left behind it would only be untidy: the folder is private.
            let _ = fs::remove_file(&draft);
        }
        match result {
            Ok(done) => Ok(done),
            Err(problem) if empty => Err(problem),
            Err(problem) => Err(Problem {
                hint: format!("{} Your text is kept in {}.", problem.hint, draft.display()),
                ..problem
            }),
        }
    }
}

/// What a person makes of `text` in their editor: at most `most` bytes of it.
///
/// # Errors
/// [`Code::Usage`] if no editor is set; as [`Source::read`].
pub fn edited(context: &Context, text: &str, most: usize) -> Result<Written, Problem> {
    let editor = editor().ok_or_else(|| {
        Problem::new(
            Code::Usage,
            "No editor is set on this device.",
            "Set EDITOR to one, such as nano; or change a file, and give it with --from.",
        )
    })?;
    edit(context, &editor, text, most)
}

/// A file as it is, "-" being stdin: as long as a text may be.
///
/// # Errors
/// [`Code::StorageFailed`].
pub fn whole(context: &Context, path: &Path) -> Result<Vec<u8>, Problem> {
    Source { file: Some(path.to_owned()) }.read(context).map(|written| written.text)
}

/// One byte more than fits is read, so that a longer text is seen to be one, and no more.
fn bounded(from: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    from.take(most).read_to_end(&mut text)?;
    Ok(text)
}

fn file(path: &Path) -> Result<Written, Problem> {
    let text = File::open(path).and_then(|file| bounded(file, TEXT_MOST)).map_err(|_| {
        Problem::new(
            Code::StorageFailed,
            format!("The file {} cannot be read.", path.display()),
            "Check its name and its permissions.",
        )
    })?;
    Ok(Written { text, draft: None })
}

fn stdin() -> Result<Written, Problem> {
    let text = bounded(io::stdin().lock(), TEXT_MOST).map_err(|_| {
        Problem::new(
            Code::StorageFailed,
            "The text could not be read from stdin.",
            "Try again, or use --file.",
        )
    })?;
    Ok(Written { text, draft: None })
}

/// Typed line by line. The last line break ended the last line and is not meant.
fn typed(context: &Context) -> Result<Written, Problem> {
    context.output.remark(
        "Write your text here. When it is done, press Ctrl-D on an empty line. Ctrl-C leaves without sending.\n\
         (Set the variable EDITOR to write in your editor instead.)",
    );
    let mut written = stdin()?;
    without_last_break(&mut written.text);
    // Without a place for a draft there is still the terminal to copy it from.
    written.draft = new_draft(context.home()).ok().filter(|draft| fs::write(draft, &written.text).is_ok());
    Ok(written)
}

fn editor() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    set("VISUAL").or_else(|| set("EDITOR"))
}

fn edit(context: &Context, editor: &str, text: &str, most: usize) -> Result<Written, Problem> {
    let cannot = || {
        Problem::new(
            Code::StorageFailed,
            format!("The editor \"{editor}\" could not be used."),
            "Set EDITOR to another one, or give the text with --file or on stdin.",
        )
    };
    let draft = new_draft(context.home()).map_err(|_| cannot())?;
    fs::write(&draft, text).map_err(|_| cannot())?;
    // As git does: the variable may hold a program with arguments.
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{editor} \"$1\"")).arg("kith").arg(&draft);
    let ended = interrupt::disarmed(|| command.status());
    let read = match ended {
        Ok(status) if status.success() => {
            File::open(&draft).and_then(|file| bounded(file, most)).map_err(|_| cannot())
        }
        _ => Err(cannot()),
    };
    let mut written = Written { text: Vec::new(), draft: Some(draft.clone()) };
    match read {
        Err(problem) => return written.sent(Err(problem)),
        Ok(text) => written.text = text,
    }
    without_last_break(&mut written.text);
    if written.text.is_empty() {
        let _ = fs::remove_file(&draft);
        return Err(Code::EmptyText.into());
    }
    Ok(written)
}

/// Editors and terminals end the last line with a break that nobody wrote.
fn without_last_break(text: &mut Vec<u8>) {
    if text.pop_if(|last| *last == b'\n').is_some() {
        text.pop_if(|last| *last == b'\r');
    }
}

/// An empty private file: in memory where the system has such a folder, else in the home.
fn new_draft(home: &Path) -> io::Result<PathBuf> {
    let in_memory = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_dir());
    let folder = in_memory.unwrap_or_else(|| home.to_owned());
    let path = folder.join(format!("kith-draft-{}.txt", std::process::id()));
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?.flush()?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_byte_for_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        for text in [b"\xef\xbb\xbfx\r\n\n".as_slice(), b"", b"\xff", &[b'a'; TEXT_MOST]] {
            fs::write(&path, text).unwrap();
            assert_eq!(file(&path).unwrap().text, text);
        }
        fs::write(&path, [b'a'; TEXT_MOST + 500]).unwrap();
        assert_eq!(file(&path).unwrap().text.len(), TEXT_MOST + 1, "enough to see that it is too long");
        let problem = file(&folder.path().join("none")).unwrap_err();
        assert_eq!(problem.code, Code::StorageFailed);
    }

    #[test]
    fn an_editor_s_last_line_break_is_not_meant() {
        for (saved, meant) in [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a", "a"), ("\n", "")] {
            let mut text = saved.as_bytes().to_vec();
            without_last_break(&mut text);
            assert_eq!(text, meant.as_bytes());
        }
    }

    #[test]
    fn a_draft_stays_until_it_has_been_sent() {
        let folder = tempfile::tempdir().unwrap();
        let draft = folder.path().join("draft");
        fs::write(&draft, "words").unwrap();
        let written = || Written { text: b"words".to_vec(), draft: Some(draft.clone()) };
        let problem = written().sent::<()>(Err(Code::NotRunning.into())).unwrap_err();
        assert!(problem.hint.contains(&draft.display().to_string()));
        assert!(draft.exists());
        written().sent(Ok(())).unwrap();
        assert!(!draft.exists());
        fs::write(&draft, "").unwrap();
        let problem = written().sent::<()>(Err(Code::NotRunning.into())).unwrap_err();
        assert_eq!(problem, Code::NotRunning.into(), "nothing was written, so nothing is kept");
        assert!(!draft.exists());
    }
}
