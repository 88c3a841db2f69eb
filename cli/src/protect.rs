//! What protects an identity: a passphrase, or a key file. Asked for on a terminal, given by options elsewhere;
//! never an argument or a variable, which other programs could see.

use std::fs::File;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use kith_node::api::types::{Code, Problem};
use kith_node::home::Home;
use kith_node::identity;
use kith_node::vault::{Protection, Unlocked};
use zeroize::Zeroizing;

use crate::ask;
use crate::context::Context;

/// The longest passphrase that is read from a file, in bytes.
const MOST: u64 = 4096;
/// How often a person may try a passphrase before the command gives up. It can be given again.
const TRIES: usize = 3;

/// How the identity opens.
#[derive(Args, Debug)]
pub struct Protect {
    /// Read the passphrase from the first line of FILE
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Use no passphrase: whoever can read this device's disk can open the identity
    #[arg(long, conflicts_with = "passphrase_file")]
    no_passphrase: bool,
}

impl Protect {
    /// How a new identity is to be protected.
    ///
    /// # Errors
    /// [`Code::PassphraseNeeded`] if nothing was said and nobody can be asked.
    pub fn new_identity(&self, context: &Context, home: &Home) -> Result<Protection, Problem> {
        if let Some(path) = &self.passphrase_file {
            return from_file(context, path).map(Protection::Passphrase);
        }
        let key_file = Protection::KeyFile(home.paths().key());
        if self.no_passphrase {
            return Ok(key_file);
        }
        if !context.can_ask() {
            return Err(Code::PassphraseNeeded.into());
        }
        context.output.remark(
            "A passphrase protects your identity if somebody else gets at this device. Several words are better\n\
             than one. You will need it each time your node starts.",
        );
        match ask::new_passphrase()? {
            Some(passphrase) => Ok(Protection::Passphrase(passphrase)),
            None if ask::whether("Without a passphrase, whoever can read this disk can be you. Go on?")? => {
                Ok(key_file)
            }
            None => Err(Code::Interrupted.into()),
        }
    }

    /// The passphrase that an option gives, if one does.
    ///
    /// # Errors
    /// [`Code::PassphraseNeeded`] if its file holds none.
    pub fn passphrase(&self, context: &Context) -> Result<Option<Zeroizing<String>>, Problem> {
        self.passphrase_file.as_ref().map(|path| from_file(context, path)).transpose()
    }

    /// Whether the options say how an identity opens.
    pub fn says(&self) -> bool {
        self.no_passphrase || self.passphrase_file.is_some()
    }

    /// Opens the identity that is there.
    ///
    /// # Errors
    /// [`Code::WrongPassphrase`], [`Code::PassphraseNeeded`], [`Code::NoIdentity`], [`Code::HomeDamaged`].
    pub fn open(&self, context: &Context, home: &Home) -> Result<Unlocked, Problem> {
        if let Some(path) = &self.passphrase_file {
            let passphrase = from_file(context, path)?;
            context.progress(OPENING);
            return identity::open(home, &Protection::Passphrase(passphrase));
        }
        if !home.paths().vault().exists() {
            return Err(Code::NoIdentity.into());
        }
        if home.paths().key().exists() {
            match identity::open(home, &Protection::KeyFile(home.paths().key())) {
                // A key left over from another identity: this one has a passphrase.
                Err(problem) if problem.code == Code::WrongPassphrase && !self.no_passphrase => {}
                other => return other,
            }
        } else if self.no_passphrase {
            return Err(Problem::new(
                Code::PassphraseNeeded,
                "This identity opens with a passphrase.",
                "Leave out --no-passphrase, or give the passphrase with --passphrase-file FILE.",
            ));
        }
        if !context.can_ask() {
            return Err(Code::PassphraseNeeded.into());
        }
        asked(context, home)
    }
}

const OPENING: &str = "Opening your identity. This takes a moment, so that guessing would take long.";

fn asked(context: &Context, home: &Home) -> Result<Unlocked, Problem> {
    let mut tries = TRIES;
    loop {
        let passphrase = ask::passphrase("Passphrase:")?;
        context.progress(OPENING);
        tries = tries.saturating_sub(1);
        match identity::open(home, &Protection::Passphrase(passphrase)) {
            Err(problem) if problem.code == Code::WrongPassphrase && tries > 0 => {
                context.output.remark("That did not match. You can try again.");
            }
            other => return other,
        }
    }
}

/// The first line of a file, without its end.
fn from_file(context: &Context, path: &Path) -> Result<Zeroizing<String>, Problem> {
    let cannot = |what: &str| {
        Problem::new(
            Code::PassphraseNeeded,
            format!("The passphrase file {} {what}.", path.display()),
            "It must hold the passphrase in its first line, in UTF-8.",
        )
    };
    let file = File::open(path).map_err(|_| cannot("cannot be read"))?;
    remark_if_open(context, path, &file);
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MOST).read_to_end(&mut bytes).map_err(|_| cannot("cannot be read"))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| cannot("is not in UTF-8"))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() { Err(cannot("is empty")) } else { Ok(Zeroizing::new(line.to_owned())) }
}

/// A passphrase that everybody can read protects little.
fn remark_if_open(context: &Context, path: &Path, file: &File) {
    use std::os::unix::fs::PermissionsExt;
    let open = file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o077 != 0);
    if open && !file.is_terminal() {
        context.output.remark(&format!(
            "Others who use this device may read {}. Close it with: chmod go= {}",
            path.display(),
            path.display()
        ));
    }
}

/// The words as they are written down: numbered, three in a row.
pub fn numbered(words: &str) -> Zeroizing<String> {
    let mut shown = Zeroizing::new(String::new());
    for (index, word) in words.split(' ').enumerate() {
        let number = index.saturating_add(1);
        shown.push_str(&format!("{number:>6}. {word:<10}"));
        if number % 3 == 0 {
            while shown.ends_with(' ') {
                shown.pop();
            }
            shown.push('\n');
        }
    }
    shown
}

/// What recovery words are, for somebody who sees them for the first time.
pub const ABOUT_WORDS: &str = "These twelve words are your identity. Whoever has them can be you, and without them \
nobody\ncan bring you back: there is no company that could. Write them on paper, in this order, and\nkeep it where \
only you find it. Do not photograph them.";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::World;
    use crate::output::Output;

    fn protect(file: Option<PathBuf>, no_passphrase: bool) -> Protect {
        Protect { passphrase_file: file, no_passphrase }
    }

    fn scripts(folder: &tempfile::TempDir) -> (Context, Home) {
        let context =
            Context::new(Some(&folder.path().join("home")), Output::new(true), World::default()).unwrap();
        let home = Home::open(context.paths().clone()).unwrap();
        (context, home)
    }

    #[test]
    fn scripts_must_say_how_an_identity_opens() {
        let folder = tempfile::tempdir().unwrap();
        let (context, home) = scripts(&folder);
        let said_nothing = protect(None, false).new_identity(&context, &home);
        assert_eq!(said_nothing.err().unwrap().code, Code::PassphraseNeeded);
        assert_eq!(protect(None, true).open(&context, &home).err().unwrap().code, Code::NoIdentity);
        let protection = protect(None, true).new_identity(&context, &home).unwrap();
        identity::create(&home, &protection).unwrap();
        assert!(protect(None, false).open(&context, &home).is_ok(), "a key file needs no option");
        assert!(protect(None, true).open(&context, &home).is_ok());
    }

    #[test]
    fn a_passphrase_comes_from_the_first_line_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let (context, home) = scripts(&folder);
        fs::write(home.paths().config(), "passphrase_mib = 64\n").unwrap();
        let file = folder.path().join("passphrase");
        let with = |text: &str| {
            fs::write(&file, text).unwrap();
            protect(Some(file.clone()), false)
        };
        let protection = with("correct horse \r\nsecond line").new_identity(&context, &home).unwrap();
        assert!(matches!(&protection, Protection::Passphrase(text) if text.as_str() == "correct horse "));
        identity::create(&home, &protection).unwrap();
        let wrong = with("correct horse").open(&context, &home);
        assert_eq!(wrong.err().unwrap().code, Code::WrongPassphrase);
        assert!(with("correct horse \n").open(&context, &home).is_ok());
        assert_eq!(with("\n").open(&context, &home).err().unwrap().code, Code::PassphraseNeeded);
        assert_eq!(protect(None, true).open(&context, &home).err().unwrap().code, Code::PassphraseNeeded);
    }

    #[test]
    fn words_are_numbered_in_rows() {
        let shown = numbered("one two three four");
        assert_eq!(shown.as_str(), "     1. one            2. two            3. three\n     4. four      ");
    }
}
