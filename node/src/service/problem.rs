//! What goes wrong further down, in words for people.

use kith_protocol::identity::WordsError;
use kith_protocol::invite::LinkError;

use super::ServiceError;
use crate::api::types::Code;
use crate::disk::Trouble;
use crate::home::HomeError;
use crate::mine::MineError;
use crate::swarm::NetworkError;
use crate::vault::VaultError;

/// The usual words of a code, with another message.
fn said(code: Code, message: impl Into<String>) -> ServiceError {
    ServiceError { message: message.into(), ..code.into() }
}

/// A sentence of a clause: errors further down begin small and end without a full stop.
pub(super) fn sentence(clause: &str) -> String {
    let mut letters = clause.trim_end_matches('.').chars();
    let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

impl From<Trouble> for ServiceError {
    fn from(trouble: Trouble) -> ServiceError {
        match trouble {
            Trouble::Full => Code::DiskFull.into(),
            Trouble::ReadOnly => Code::HomeReadOnly.into(),
            Trouble::Other => Code::StorageFailed.into(),
        }
    }
}

impl From<HomeError> for ServiceError {
    fn from(error: HomeError) -> ServiceError {
        if let Some(trouble) = error.trouble() {
            return trouble.into();
        }
        match error {
            HomeError::Nowhere => ServiceError::new(
                Code::BadSetting,
                "There is no usual place for a home folder on this device.",
                "Choose one with --home DIR, or set KITH_HOME.",
            ),
            HomeError::InUse { .. } => Code::HomeInUse.into(),
            HomeError::NotPrivate { path } => ServiceError::new(
                Code::HomeReadOnly,
                format!("Others can look into {}, and it belongs to another user.", path.display()),
                "Choose a folder of your own with --home.",
            ),
            HomeError::NotADirectory { path } => ServiceError::new(
                Code::BadSetting,
                format!("{} is not a folder.", path.display()),
                "Choose a folder with --home.",
            ),
            HomeError::Config(error) => said(
                Code::BadSetting,
                format!("In {}: {}.", error.path.display(), first_line(&error.message).trim_end_matches('.')),
            ),
            _ => Code::StorageFailed.into(),
        }
    }
}

/// Parsers draw the place of a mistake on further lines.
fn first_line(message: &str) -> String {
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    match lines.next_back() {
        Some(last) if !last.trim_start().starts_with('|') => format!("{first}: {}", last.trim()),
        _ => first,
    }
}

impl From<VaultError> for ServiceError {
    fn from(error: VaultError) -> ServiceError {
        if let Some(trouble) = error.trouble() {
            return trouble.into();
        }
        match error {
            VaultError::Missing => Code::NoIdentity.into(),
            VaultError::Exists => Code::IdentityExists.into(),
            VaultError::WrongSecret => Code::WrongPassphrase.into(),
            VaultError::KeyFile(path) => {
                said(Code::HomeDamaged, format!("The key file {} is missing or damaged.", path.display()))
            }
            VaultError::Damaged(_) => {
                said(Code::HomeDamaged, "The file that holds your identity is damaged and cannot be read.")
            }
            VaultError::Stretch(_) => ServiceError::new(
                Code::StorageFailed,
                "This device has not enough free memory to work with the passphrase.",
                "Close other programs and try again, or make passphrase_mib in config.toml smaller.",
            ),
            _ => Code::StorageFailed.into(),
        }
    }
}

impl From<MineError> for ServiceError {
    fn from(error: MineError) -> ServiceError {
        if let Some(trouble) = error.trouble() {
            return trouble.into();
        }
        match error {
            MineError::Gone | MineError::Damaged(_) => ServiceError::new(
                Code::HomeDamaged,
                "The file with what you keep for yourself is missing or damaged. Nothing was written over.",
                "It is the file \"mine\" in your home folder (\"kith paths\"). Put a copy of it back, and try again.",
            ),
            MineError::RecordDamaged => ServiceError::new(
                Code::HomeDamaged,
                "This was changed on the disk, and cannot be read. Everything else is still there.",
                "A copy of your home folder may still have it. You can also delete it.",
            ),
            MineError::TooLong => ServiceError::new(
                Code::TextTooLarge,
                "This is too long to be kept in one piece.",
                "Shorten it, or make two of it.",
            ),
            MineError::Full => Code::MineFull.into(),
            MineError::Unknown => Code::UnknownId.into(),
            MineError::Closed => Code::NotOpen.into(),
            MineError::Vault(error) => error.into(),
            MineError::Io(_) => Code::StorageFailed.into(),
        }
    }
}

impl From<WordsError> for ServiceError {
    fn from(error: WordsError) -> ServiceError {
        said(Code::BadRecoveryWords, sentence(&error.to_string()))
    }
}

impl From<LinkError> for ServiceError {
    fn from(error: LinkError) -> ServiceError {
        let (message, hint) = match &error {
            LinkError::NotALink => (
                "This is not an invite link.",
                "An invite link begins with \"kith:\". Copy it again, from there to its last character.",
            ),
            LinkError::Newer => (
                "This invite was made by a newer version of Kith.",
                "Update Kith on this device, then try the same link again.",
            ),
            LinkError::Damaged | LinkError::TooLong => (
                "This invite link is cut short or mistyped.",
                "Copy the link again, from \"kith:\" to its last character, and try once more.",
            ),
            _ => (
                "This invite link was made wrongly.",
                "Ask the person who invited you to print it again with \"kith invite show\".",
            ),
        };
        ServiceError::new(Code::BadLink, message, hint)
    }
}

impl From<NetworkError> for ServiceError {
    fn from(error: NetworkError) -> ServiceError {
        match error {
            NetworkError::PortTaken(port) => {
                said(Code::PortTaken, format!("Port {port} is taken by another program."))
            }
            NetworkError::Listen(_) | NetworkError::Setup(_) => ServiceError::new(
                Code::BadSetting,
                "Your node cannot listen on any of the chosen addresses.",
                "Choose other ones with --listen, or leave it out to use all.",
            ),
            NetworkError::Closed => Code::NotOpen.into(),
            _ => Code::Internal.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn io(kind: io::ErrorKind) -> io::Error {
        kind.into()
    }

    #[test]
    fn a_disk_s_troubles_are_told_apart() {
        let path = std::path::PathBuf::from("/k");
        let full = HomeError::Io { path, source: io(io::ErrorKind::StorageFull) };
        assert_eq!(ServiceError::from(full).code, Code::DiskFull);
        let read_only = VaultError::Io(io(io::ErrorKind::ReadOnlyFilesystem));
        assert_eq!(ServiceError::from(read_only).code, Code::HomeReadOnly);
    }

    #[test]
    fn messages_are_sentences() {
        let errors: Vec<ServiceError> = vec![
            WordsError::Count(3).into(),
            WordsError::Unknown { position: 2, word: "helo".into() }.into(),
            WordsError::Check.into(),
            LinkError::NotALink.into(),
            LinkError::Damaged.into(),
            NetworkError::PortTaken(4001).into(),
            HomeError::InUse { path: "/k".into(), pid: None }.into(),
            HomeError::NotADirectory { path: "/k".into() }.into(),
            VaultError::Damaged("magic").into(),
        ];
        for error in errors {
            let first = error.message.chars().next().unwrap();
            assert!(first.is_uppercase() || first == '/', "{}", error.message);
            assert!(error.message.ends_with('.') && !error.message.ends_with(".."), "{}", error.message);
            assert!(error.hint.ends_with('.'), "{}", error.hint);
        }
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let home = crate::home::Home::open(crate::home::Paths::at(folder.path())).unwrap();
        std::fs::write(home.paths().config(), "lisen = []\n").unwrap();
        let problem = ServiceError::from(home.config().unwrap_err());
        assert_eq!(problem.code, Code::BadSetting);
        assert!(problem.message.contains("lisen") && !problem.message.contains('\n'), "{}", problem.message);
    }
}
