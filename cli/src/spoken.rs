//! The phrase of an open door, which people tell each other by voice: never an argument, which other programs could see.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use kith_node::api::types::{Code, Problem};
use zeroize::Zeroizing;

use crate::ask;
use crate::context::Context;
use crate::phrase;

/// The longest file that is read for a phrase, in bytes: one more than a phrase can have, and its end.
const MOST: u64 = 259;

/// A phrase for an invite to be made.
#[derive(Args, Debug)]
pub struct NewPhrase {
    /// With "--way open-door": make up a phrase of five words that people need beside the link
    #[arg(long)]
    phrase: bool,
    /// With "--way open-door": ask for a phrase of your own, of 12 letters or more
    #[arg(long, conflicts_with = "phrase")]
    own_phrase: bool,
    /// With "--way open-door": read a phrase of your own from the first line of FILE ("-" is stdin)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["phrase", "own_phrase"])]
    phrase_file: Option<PathBuf>,
}

impl NewPhrase {
    /// Whether one is to be made up, and one's own.
    ///
    /// # Errors
    /// [`Code::Usage`] if somebody is to be asked and nobody is there; [`Code::StorageFailed`], [`Code::TextNotUtf8`].
    pub fn wished(&self, context: &Context) -> Result<(bool, Option<String>), Problem> {
        if let Some(path) = &self.phrase_file {
            return Ok((false, Some(read(path)?.to_string())));
        }
        if !self.own_phrase {
            return Ok((self.phrase, None));
        }
        if !context.can_ask() {
            return Err(phrase::say_it("A phrase", "--phrase-file FILE (\"-\" is stdin)"));
        }
        let own = ask::needed(
            "Your phrase, which you will tell by voice (several words that nobody would guess):",
        )?;
        Ok((false, Some(own.to_string())))
    }
}

/// A phrase out of the first line of a file, "-" being stdin.
///
/// # Errors
/// [`Code::StorageFailed`], [`Code::TextNotUtf8`].
pub fn read(path: &Path) -> Result<Zeroizing<String>, Problem> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = if path == Path::new("-") {
        io::stdin().lock().take(MOST).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes))
    };
    read.map_err(|_| {
        Problem::new(
            Code::StorageFailed,
            format!("The file {} cannot be read.", path.display()),
            "Check its name and its permissions.",
        )
    })?;
    let text = std::str::from_utf8(&bytes).map_err(|_| {
        Problem::new(
            Code::TextNotUtf8,
            "The phrase is not in UTF-8, so nothing was done.",
            "Save it as UTF-8 and try again.",
        )
    })?;
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_the_first_line_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("phrase");
        std::fs::write(&path, "the blue heron waits\nand more").unwrap();
        assert_eq!(*read(&path).unwrap(), "the blue heron waits");
        std::fs::write(&path, [0xff]).unwrap();
        assert_eq!(read(&path).unwrap_err().code, Code::TextNotUtf8);
        std::fs::write(&path, "x".repeat(5000)).unwrap();
        assert_eq!(read(&path).unwrap().len(), 259, "enough to see that it is too long");
    }
}
