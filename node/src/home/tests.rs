use super::*;

fn home_in(dir: &Path) -> Paths {
    Paths::at(&dir.join("home"))
}

#[test]
fn a_new_home_is_made_and_locked_until_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::open(home_in(dir.path())).unwrap();
    let second = Home::open(home_in(dir.path())).unwrap_err();
    assert!(matches!(&second, HomeError::InUse { pid: Some(pid), .. } if *pid == std::process::id()));
    assert!(second.to_string().contains(&format!("by process {}", std::process::id())), "{second}");
    drop(home);
    Home::open(home_in(dir.path())).unwrap();
}

#[test]
fn a_cell_gets_a_directory_that_says_nothing_and_goes_as_a_whole() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::open(home_in(dir.path())).unwrap();
    let cell = home.new_cell().unwrap();
    assert_eq!(cell.name().len(), 16);
    fs::create_dir(cell.db()).unwrap();
    fs::write(cell.own_log(), "x").unwrap();
    home.remove_cell(cell.name()).unwrap();
    home.remove_cell(cell.name()).unwrap();
    assert_eq!(fs::read_dir(home.paths().cells()).unwrap().count(), 0);
}

#[test]
fn something_else_in_its_place_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("home"), "a file").unwrap();
    assert!(matches!(Home::open(home_in(dir.path())), Err(HomeError::NotADirectory { .. })));
}

#[test]
fn a_setting_that_does_not_exist_is_named_with_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::open(home_in(dir.path())).unwrap();
    assert_eq!(home.config().unwrap(), Config::default());
    fs::write(home.paths().config(), "colour = 3\n").unwrap();
    let error = home.config().unwrap_err().to_string();
    assert!(error.contains("config.toml") && error.contains("colour"), "{error}");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn everything_in_it_is_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::open(Paths::at(&dir.path().join("above/home"))).unwrap();
        let cell = home.new_cell().unwrap();
        for (path, expected) in [
            (dir.path().join("above"), 0o700),
            (home.paths().dir().to_owned(), 0o700),
            (home.paths().cells(), 0o700),
            (cell.dir().to_owned(), 0o700),
            (home.paths().lock(), 0o600),
        ] {
            assert_eq!(mode(&path), expected, "{}", path.display());
        }
        // Whatever the database makes by itself.
        fs::write(cell.dir().join("other"), "").unwrap();
        assert_eq!(mode(&cell.dir().join("other")), 0o600);
    }

    #[test]
    fn a_home_others_could_enter_is_closed_to_them() {
        let dir = tempfile::tempdir().unwrap();
        let paths = home_in(dir.path());
        fs::create_dir(paths.dir()).unwrap();
        fs::write(paths.key(), "secret").unwrap();
        fs::set_permissions(paths.dir(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(paths.key(), fs::Permissions::from_mode(0o644)).unwrap();
        Home::open(paths.clone()).unwrap();
        assert_eq!((mode(paths.dir()), mode(&paths.key())), (0o700, 0o600));
    }

    #[test]
    fn a_place_that_cannot_be_written_is_told_apart() {
        // A file system that refuses whoever asks, root too.
        let error = Home::open(Paths::at(Path::new("/proc/kith-home"))).unwrap_err();
        assert!(matches!(error, HomeError::Io { .. }), "{error:?}");
        let read_only = io::Error::from(io::ErrorKind::ReadOnlyFilesystem);
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert_eq!(at(Path::new("x"))(read_only).trouble(), Some(Trouble::ReadOnly));
        assert_eq!(at(Path::new("x"))(full).trouble(), Some(Trouble::Full));
    }
}
