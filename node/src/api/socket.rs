//! The Unix socket: found under the home folder, open to its user alone.

use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use tokio::net::UnixListener;

use super::serve::Listens;
use super::types::{Code, Problem};

/// A listening socket; its file goes when it is dropped.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    /// Listens at `path`, with mode 0600. The socket of a dead node is replaced.
    ///
    /// The caller holds the lock of the home, and the home is private (0700): between making the file and
    /// setting its mode nobody else can reach it.
    ///
    /// # Errors
    /// [`Code::HomeInUse`] if somebody answers there; [`Code::BadSetting`] if the path is too long for a
    /// socket or something else lies there; [`Code::HomeReadOnly`], [`Code::StorageFailed`].
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn bind(path: &Path) -> Result<Socket, Problem> {
        clear(path)?;
        let listener = UnixListener::bind(path).map_err(|error| problem(path, &error))?;
        let socket = Socket { listener, path: path.to_owned() };
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
            .map_err(|error| problem(path, &error))?;
        Ok(socket)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Listens for Socket {
    type Stream = tokio::net::UnixStream;

    async fn accept(&self) -> io::Result<tokio::net::UnixStream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let gone = std::fs::remove_file(&self.path);
        if let Err(error) = gone {
            tracing::debug!(%error, "the socket's file was already gone");
        }
    }
}

/// Makes room at `path` if what lies there is the socket of a dead node.
fn clear(path: &Path) -> Result<(), Problem> {
    let found = match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(problem(path, &error)),
        Ok(found) => found,
    };
    if !found.file_type().is_socket() {
        return Err(Problem::new(
            Code::BadSetting,
            format!("There is something at {} that is not a socket of this program.", path.display()),
            "Move it away, then start again.",
        ));
    }
    match UnixStream::connect(path) {
        Ok(_) => Err(Code::HomeInUse.into()),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(|error| problem(path, &error))
        }
        Err(error) => Err(problem(path, &error)),
    }
}

fn problem(path: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Code::HomeReadOnly.into(),
        io::ErrorKind::StorageFull => Code::DiskFull.into(),
        io::ErrorKind::AddrInUse => Code::HomeInUse.into(),
        io::ErrorKind::InvalidInput => Problem::new(
            Code::BadSetting,
            format!("The path {} is too long for a socket.", path.display()),
            "Choose a home folder with a shorter path, with --home.",
        ),
        _ => Problem::new(
            Code::StorageFailed,
            format!("The socket {} could not be opened: {error}.", path.display()),
            "Run \"kith doctor\" to see what is wrong.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_private_and_goes_when_closed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("api.sock");
        let socket = Socket::bind(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        drop(socket);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_dead_one_is_replaced_and_a_live_one_refused() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("api.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.exists(), "a listener that just ends leaves its file");
        let live = Socket::bind(&path).unwrap();
        assert_eq!(Socket::bind(&path).unwrap_err().code, Code::HomeInUse);
        drop(live);
    }

    #[tokio::test]
    async fn a_file_in_its_place_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("api.sock");
        std::fs::write(&path, "mine").unwrap();
        assert_eq!(Socket::bind(&path).unwrap_err().code, Code::BadSetting);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    }

    #[tokio::test]
    async fn a_path_too_long_is_said() {
        let home = tempfile::tempdir().unwrap();
        let problem = Socket::bind(&home.path().join("x".repeat(120))).unwrap_err();
        assert_eq!(problem.code, Code::BadSetting);
        assert!(problem.message.contains("too long"));
    }
}
