//! Directories over a real file and a real server: added, fetched anew, looked through, taken off.

use kith_protocol::directory::{ListingSecret, Portrait, WayToMeet, write};
use kith_protocol::id::{EntryId, GroupId, SealKey};
use kith_protocol::invite::{InviteSecret, Link, Way};
use kith_protocol::time::Millis;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::error::DirectoryError;
use super::reader::{Directories, Shown};
use super::*;
use crate::clock::Clock;
use crate::home::{Home, Paths};
use crate::mine::MineHandle;
use crate::vault::{Protection, Stretch, VaultHandle};

const NOW: Millis = Millis(1_795_358_400_000);
const DAY: u64 = 24 * 3_600_000;

fn listing(key: u8, group: u8, title: &str, issued: Millis, address: &str) -> Vec<u8> {
    let link = Link {
        group: GroupId([group; 32]),
        salt: [2; 32],
        invite: EntryId([3; 32]),
        secret: InviteSecret::from_bytes([4; 32]),
        expires: NOW.plus(300 * DAY),
        uses: 500,
        charter: [5; 32],
        nodes: vec![vec![address.to_owned()]],
        way: Way::Knock { desk: vec![SealKey([6; 32])], questions: Vec::new() },
    };
    let portrait = Portrait {
        title: title.into(),
        about: "Sleepless nights".into(),
        languages: vec!["en".into()],
        ways: vec![WayToMeet::WRITING],
        ..Portrait::default()
    };
    ListingSecret::from_bytes([key; 32]).list(portrait, &link, issued, issued.plus(30 * DAY)).unwrap()
}

fn file(items: &[Vec<u8>]) -> Vec<u8> {
    write(items.iter().map(Vec::as_slice)).unwrap()
}

struct Desk {
    folder: tempfile::TempDir,
    _home: Home,
    directories: Directories,
    vault: VaultHandle,
    mine: MineHandle,
    paths: Paths,
    closing: CancellationToken,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(Paths::at(&folder.path().join("home"))).unwrap();
    let paths = home.paths().clone();
    let protection = Protection::KeyFile(paths.key());
    let unlocked = crate::vault::create(&paths.vault(), [7; 16], &protection, Stretch::with_mib(64)).unwrap();
    let vault = VaultHandle::start(unlocked).unwrap();
    let mine = MineHandle::start(vault.clone(), paths.clone()).unwrap();
    let closing = CancellationToken::new();
    let directories = start(&vault, &mine, &paths, NOW, &closing);
    Desk { folder, _home: home, directories, vault, mine, paths, closing }
}

fn start(
    vault: &VaultHandle,
    mine: &MineHandle,
    paths: &Paths,
    now: Millis,
    closing: &CancellationToken,
) -> Directories {
    let clock = Clock::from_fn(move || now);
    Directories::start(vault.clone(), mine.clone(), paths, clock, closing.clone())
}

fn titles(all: &[Shown]) -> Vec<&str> {
    all.iter().map(|one| one.kept.listing.portrait.title.as_str()).collect()
}

const WORLD: &str = "/ip4/203.0.114.7/udp/41000/quic-v1";

#[tokio::test]
async fn a_directory_is_read_kept_sealed_and_taken_off() {
    let mut desk = desk();
    let path = desk.folder.path().join("stick").display().to_string();
    let (one, two) = (listing(1, 1, "Awake", NOW, WORLD), listing(2, 2, "Abend", NOW, WORLD));
    std::fs::write(&path, file(&[one, two])).unwrap();
    let added = desk.directories.add("Stick".into(), path.clone(), true).await.unwrap();
    assert_eq!((added.subscription.name.as_str(), added.listings), ("Stick", 2));
    let again = desk.directories.add("Other".into(), path.clone(), true).await;
    assert!(matches!(again, Err(DirectoryError::There(name)) if name == "Stick"));
    assert_eq!(titles(&desk.directories.all().await.unwrap()), ["Abend", "Awake"]);
    let wanted = Wanted { words: "awak".into(), ..Wanted::default() };
    assert_eq!(titles(&desk.directories.find(wanted).await.unwrap()), ["Awake"]);

    // Nothing of it can be read in the home, and it is there after a restart.
    let kept = std::fs::read_dir(desk.paths.directories()).unwrap().next().unwrap().unwrap().path();
    for at in [kept.clone(), desk.paths.mine()] {
        let bytes = std::fs::read(at).unwrap();
        assert!(!bytes.windows(5).any(|some| some == b"Awake" || some == b"Stick" || some == b"stick"));
    }
    desk.closing.cancel();
    desk.closing = CancellationToken::new();
    desk.directories = start(&desk.vault, &desk.mine, &desk.paths, NOW.plus(DAY), &desk.closing);
    let all = desk.directories.all().await.unwrap();
    assert_eq!(titles(&all), ["Abend", "Awake"]);
    assert_eq!(all[0].kept.first, NOW);

    desk.directories.remove(added.id).await.unwrap();
    assert!(!kept.exists());
    assert!(desk.directories.all().await.unwrap().is_empty());
    assert!(matches!(desk.directories.remove(added.id).await, Err(DirectoryError::Unknown)));
}

#[tokio::test]
async fn what_is_gone_older_or_withdrawn_is_not_shown_and_a_damaged_file_changes_nothing() {
    let desk = desk();
    let at = |name: &str| desk.folder.path().join(name).display().to_string();
    let put = |name: &str, items: &[Vec<u8>]| std::fs::write(at(name), file(items)).unwrap();
    let new = listing(1, 1, "New", NOW, WORLD);
    put("one", &[new.clone(), listing(2, 2, "Second", NOW, WORLD)]);
    let id = desk.directories.add("One".into(), at("one"), true).await.unwrap().id;
    put("one", &[listing(1, 1, "Older", Millis(NOW.0 - DAY), WORLD)]);
    assert_eq!(desk.directories.refresh(id).await.unwrap().listings, 1);
    assert_eq!(titles(&desk.directories.all().await.unwrap()), ["New"], "an older one is replayed");
    std::fs::write(at("one"), b"<html>").unwrap();
    assert!(matches!(desk.directories.refresh(id).await, Err(DirectoryError::Form(_))));
    let list = desk.directories.list().await.unwrap();
    assert_eq!(list[0].subscription.failed.as_deref(), Some("this is no directory"));
    assert_eq!(titles(&desk.directories.all().await.unwrap()), ["New"]);

    // Withdrawn in one directory is withdrawn in all.
    put("two", &[ListingSecret::from_bytes([1; 32]).withdrawal()]);
    desk.directories.add("Two".into(), at("two"), true).await.unwrap();
    assert!(desk.directories.all().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_listing_that_looks_like_another_or_leads_to_the_same_group_is_marked() {
    let desk = desk();
    let path = desk.folder.path().join("many").display().to_string();
    let mut all = vec![
        listing(1, 1, "Awake", NOW, WORLD),
        listing(2, 2, "AWAKE", NOW, WORLD),
        listing(3, 3, "Other", NOW, WORLD),
    ];
    all.extend((10..40).map(|key| listing(key, 9, &format!("Group {key}"), NOW, WORLD)));
    std::fs::write(&path, file(&all)).unwrap();
    desk.directories.add("Many".into(), path, true).await.unwrap();
    let shown = desk.directories.all().await.unwrap();
    assert_eq!(shown.len(), 6, "of thirty that lead to one group three are shown");
    let twin = |title: &str| shown.iter().find(|one| one.kept.listing.portrait.title == title).unwrap().twin;
    assert!(twin("Awake") && twin("AWAKE") && !twin("Other"));
    assert!(shown.iter().filter(|one| one.kept.listing.link.group == GroupId([9; 32])).all(|one| one.twin));
}

#[tokio::test]
async fn links_from_a_file_lead_out_into_the_world_alone_and_those_from_this_device_lead_here_too() {
    let desk = desk();
    let here = "/ip4/127.0.0.1/udp/41000/quic-v1";
    let path = desk.folder.path().join("file").display().to_string();
    let bytes = file(&[listing(1, 1, "Here", NOW, here)]);
    std::fs::write(&path, &bytes).unwrap();
    let id = desk.directories.add("File".into(), path, true).await.unwrap().id;
    assert!(desk.directories.all().await.unwrap()[0].nodes.is_empty());
    desk.directories.remove(id).await.unwrap();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let source = format!("http://{}/kith.bin", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await.unwrap();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", bytes.len());
        stream.write_all(&[head.as_bytes(), &bytes].concat()).await.unwrap();
    });
    desk.directories.add("Web".into(), source, true).await.unwrap();
    serving.await.unwrap();
    assert_eq!(desk.directories.all().await.unwrap()[0].nodes, [vec![here.to_owned()]]);
}

#[tokio::test]
async fn there_is_an_end_to_how_many_can_be_read() {
    let desk = desk();
    let at = |name: usize| desk.folder.path().join(name.to_string()).display().to_string();
    for name in 0..=MOST {
        std::fs::write(at(name), file(&[])).unwrap();
        let added = desk.directories.add("d".into(), at(name), true).await;
        assert_eq!(added.is_ok(), name < MOST, "{name}");
    }
    let missing = desk.directories.add("d".into(), at(99), true).await;
    assert!(matches!(missing, Err(DirectoryError::Full)));
}

#[test]
fn files_are_put_together_without_what_has_ended() {
    let (old, new) = (listing(1, 1, "Old", NOW, WORLD), listing(1, 1, "New", NOW.plus(1), WORLD));
    let ended = listing(2, 2, "Ended", Millis(NOW.0 - 40 * DAY), WORLD);
    let (gone, end) = (listing(3, 3, "Gone", NOW, WORLD), ListingSecret::from_bytes([3; 32]).withdrawal());
    let mut forged = listing(4, 4, "Forged", NOW, WORLD);
    *forged.last_mut().unwrap() ^= 1;
    let files = [file(&[old, gone]), file(&[new.clone(), ended, forged]), file(std::slice::from_ref(&end))];
    let made = collate(&files, NOW.plus(1)).unwrap();
    assert_eq!(made.file, file(&[new, end]));
    assert_eq!((made.listings, made.withdrawn, made.ended, made.refused), (1, 1, 3, 1));
    let broken = collate(&[files[0].clone(), b"x".to_vec()], NOW).unwrap_err();
    assert_eq!(broken.0, Some(1));
}
