//! Files of directories: read and written whole.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use kith_node::api::types::{Code, Problem};

/// The largest file, in bytes; a larger one is no directory.
const MOST: u64 = (4 << 20) + 1;

/// Reads a file whole, as far as it can be a directory.
///
/// # Errors
/// [`Code::StorageFailed`].
pub fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST).read_to_end(&mut bytes));
    read.map_err(|_| {
        Problem::new(
            Code::StorageFailed,
            format!("The file {} cannot be read.", path.display()),
            "Check its name and its permissions.",
        )
    })?;
    Ok(bytes)
}

/// Writes a file for others to have, in place of one that is there: whole, or not at all.
///
/// # Errors
/// [`Code::StorageFailed`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(bytes)?;
        #[cfg(unix)]
        file.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        file.persist(path).map_err(|error| error.error).map(drop)
    });
    written.map_err(|_| {
        Problem::new(
            Code::StorageFailed,
            format!("The file {} cannot be written.", path.display()),
            "Check the folder and its permissions.",
        )
    })
}
