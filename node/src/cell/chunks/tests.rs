//! Two sides of a stream for chunks, one of which means ill. Time is the test's: a stall takes none.

use std::collections::BTreeMap;

use kith_protocol::attachment::{Sealed, Want, seal};
use kith_protocol::body::{Attachment, AttachmentKey, Media};
use tempfile::TempDir;
use tokio::io::DuplexStream;
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

use super::*;
use crate::store::DataKeys;

const ANA: MemberKey = MemberKey([1; 32]);
const SIZE: usize = 1_200_000;

type End = Compat<DuplexStream>;

/// A home of chunks, an attachment of Ana's, and what was sealed of it.
struct World {
    _home: TempDir,
    ours: ChunkFiles,
    theirs: ChunkFiles,
    sealed: Sealed,
    wish: Wish,
}

fn world() -> World {
    let home = tempfile::tempdir().unwrap();
    let keys = DataKeys::new([7; 32], BTreeMap::new());
    let [ours, theirs] = ["ours", "theirs"].map(|name| ChunkFiles::new(&home.path().join(name), &keys));
    let plain: Vec<u8> = (0..SIZE).map(|at| (at % 251) as u8).collect();
    let key = AttachmentKey::from_bytes([9; 32]);
    let sealed = seal(&plain, &ANA, &key);
    let (id, size) = (sealed.manifest.id(), u32::try_from(SIZE).unwrap());
    let attachment =
        Attachment { id, key, size, media: Media::FILE, words: String::new(), name: String::new() };
    let wish = Wish { attachment, author: ANA, files: ours.clone() };
    World { _home: home, ours, theirs, sealed, wish }
}

impl World {
    fn id(&self) -> AttachmentId {
        self.wish.attachment.id
    }

    /// Fetches from whoever is at the other end.
    async fn fetches(&self, mut stream: End) -> Result<bool, ChunksError> {
        let (mut fetch, manifest) = begun(self.id(), &self.wish).await?;
        ask(&mut stream, &mut fetch, manifest, &self.ours, |_| async { Ok(true) }).await?;
        Ok(fetch.is_whole())
    }

    /// Chunks that are here and right.
    fn held(&self) -> usize {
        let found = self.ours.look(&self.id()).unwrap();
        found.map_or(0, |(_, held)| held.iter().filter(|held| **held).count())
    }
}

fn pipe() -> (End, End) {
    let (one, other) = tokio::io::duplex(1 << 17);
    (one.compat(), other.compat())
}

/// Serves from these files whatever is asked for.
async fn serves(mut stream: End, files: ChunkFiles, most: u64) -> (Result<(), ChunksError>, u64) {
    let mut served = 0;
    let place = |_| std::future::ready(Ok(Some((files.clone(), true))));
    (answer(&mut stream, place, most, &mut served).await, served)
}

/// Says the offer of somebody who has all, then whatever `then` does with each wish.
async fn offers(
    stream: &mut End,
    sealed: &Sealed,
    then: impl AsyncFn(&mut End, Vec<u16>) -> Result<(), ChunksError>,
) -> Result<(), ChunksError> {
    let asked = Ask::decode(&hear(stream, 1 << 16).await?).map_err(AttachmentError::from)?;
    let (_, offer) = Serve::offer(&sealed.manifest, vec![true; sealed.chunks.len()], asked.manifest);
    say(stream, &offer.encode()).await?;
    loop {
        let want = Want::decode(&hear(stream, 1 << 16).await?).map_err(AttachmentError::from)?;
        then(stream, want.chunks).await?;
    }
}

#[tokio::test]
async fn it_comes_whole_in_parts_and_after_a_break() {
    let world = world();
    world.theirs.put(&world.sealed).unwrap();
    // The other side gives up in the middle.
    let (mine, other) = pipe();
    let most = 5 * limits::CHUNK as u64;
    let (fetched, (served, bytes)) =
        tokio::join!(world.fetches(mine), serves(other, world.theirs.clone(), most));
    assert!(matches!(served, Err(ChunksError::Enough)) && fetched.is_err());
    assert!(bytes > most && world.held() == 5);
    let (mine, other) = pipe();
    let (fetched, (_, bytes)) =
        tokio::join!(world.fetches(mine), serves(other, world.theirs.clone(), u64::MAX));
    assert!(fetched.unwrap());
    assert_eq!(world.held(), world.sealed.chunks.len());
    let all: usize = world.sealed.chunks.iter().map(Vec::len).sum();
    assert_eq!(bytes, (all - 5 * limits::CHUNK) as u64, "nothing came twice");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_stalls_is_given_up_and_what_came_stays() {
    let world = world();
    let (mine, mut other) = pipe();
    let stalling = offers(&mut other, &world.sealed, async |stream, chunks| {
        for index in chunks.into_iter().take(3) {
            say(stream, &world.sealed.chunks[usize::from(index)]).await?;
        }
        std::future::pending().await
    });
    let fetched = tokio::select! {
        fetched = world.fetches(mine) => fetched,
        stalled = stalling => panic!("{stalled:?}"),
    };
    assert!(matches!(fetched, Err(ChunksError::Silent)), "{fetched:?}");
    assert_eq!(world.held(), 3);
    // One that says nothing at all.
    let (mine, _other) = pipe();
    assert!(matches!(world.fetches(mine).await, Err(ChunksError::Silent)));
    // One that asks and never goes on.
    let (mut mine, other) = pipe();
    world.theirs.put(&world.sealed).unwrap();
    say(&mut mine, &Ask { id: world.id(), manifest: true }.encode()).await.unwrap();
    assert!(matches!(serves(other, world.theirs.clone(), 1 << 30).await.0, Err(ChunksError::Silent)));
}

#[tokio::test]
async fn wrong_chunks_longer_ones_and_endless_ones_end_the_stream() {
    let world = world();
    let wrong = async |bytes: Vec<u8>| {
        let (mine, mut other) = pipe();
        let lying = offers(&mut other, &world.sealed, async |stream, _| {
            say(stream, &bytes).await?;
            std::future::pending().await
        });
        tokio::select! {
            fetched = world.fetches(mine) => fetched,
            ended = lying => panic!("{ended:?}"),
        }
    };
    let mut changed = world.sealed.chunks[0].clone();
    changed[0] ^= 1;
    for bytes in [changed, world.sealed.chunks[1].clone(), vec![0; 10], vec![0; limits::CHUNK]] {
        assert!(matches!(wrong(bytes).await, Err(ChunksError::Wrong(AttachmentError::Chunk))));
    }
    assert!(matches!(wrong(vec![0; limits::CHUNK + 1]).await, Err(ChunksError::Stream(_))));
    assert_eq!(world.held(), 0);
    // A frame that claims four gigabytes is not waited for, whichever side says it.
    let (mine, mut other) = pipe();
    other.write_all(&[0xff; 8]).await.unwrap();
    assert!(matches!(world.fetches(mine).await, Err(ChunksError::Stream(_))));
    let (mut mine, other) = pipe();
    mine.write_all(&[0xff; 8]).await.unwrap();
    assert!(matches!(serves(other, world.theirs.clone(), 1).await.0, Err(ChunksError::Stream(_))));
}

#[tokio::test]
async fn another_attachment_or_another_s_is_not_taken() {
    let world = world();
    for (author, key) in [(ANA, [8; 32]), (MemberKey([2; 32]), [9; 32])] {
        let other = seal(&vec![0; SIZE], &author, &AttachmentKey::from_bytes(key));
        world.theirs.put(&other).unwrap();
        let (mine, mut end) = pipe();
        let lying = offers(&mut end, &other, async |_, _| Ok(()));
        let fetched = tokio::select! {
            fetched = world.fetches(mine) => fetched,
            ended = lying => panic!("{ended:?}"),
        };
        assert!(matches!(fetched, Err(ChunksError::Wrong(AttachmentError::Manifest))), "{fetched:?}");
    }
    assert!(!world.ours.has(&world.id()), "nothing of it is on the disk");
}

#[tokio::test]
async fn who_asks_for_what_they_should_not_is_given_nothing() {
    let world = world();
    world.theirs.put(&world.sealed).unwrap();
    let asked = Ask { id: world.id(), manifest: true }.encode();
    // What is not for them, or not here, looks alike.
    let (mut mine, mut other) = pipe();
    let refused = async {
        say(&mut mine, &asked).await?;
        hear(&mut mine, 1 << 16).await
    };
    let mut served = 0;
    let place = |_| std::future::ready(Ok(None));
    let (offer, answered) = tokio::join!(refused, answer(&mut other, place, 1 << 30, &mut served));
    assert_eq!((Offer::decode(&offer.unwrap()), served), (Ok(Offer::default()), 0));
    answered.unwrap();
    // What was not offered, twice the same, too much, and no message at all.
    let many: Vec<u16> = (0..17).collect();
    for want in [vec![500], vec![1, 1], many, vec![]] {
        let (mut mine, other) = pipe();
        let asking = async {
            say(&mut mine, &asked).await?;
            hear(&mut mine, 1 << 16).await?;
            say(&mut mine, &Want { chunks: want.clone() }.encode()).await?;
            hear(&mut mine, 1 << 17).await
        };
        let (got, (served, bytes)) = tokio::join!(asking, serves(other, world.theirs.clone(), 1 << 30));
        assert!(matches!(got, Err(ChunksError::Ended)) && bytes == 0, "{want:?}");
        assert!(matches!(served, Err(ChunksError::Wrong(_))), "{want:?}: {served:?}");
    }
    let (mut mine, other) = pipe();
    say(&mut mine, b"\xff\xff").await.unwrap();
    assert!(matches!(serves(other, world.theirs.clone(), 1).await.0, Err(ChunksError::Wrong(_))));
}

#[tokio::test]
async fn what_is_no_longer_wished_for_or_taken_back_stops() {
    let world = world();
    world.theirs.put(&world.sealed).unwrap();
    let (mut mine, other) = pipe();
    let (mut fetch, manifest) = begun(world.id(), &world.wish).await.unwrap();
    let until_two = |count| std::future::ready(Ok(count < 2));
    let asking = async {
        ask(&mut mine, &mut fetch, manifest, &world.ours, until_two).await.unwrap();
        drop(mine);
    };
    let ((), _) = tokio::join!(asking, serves(other, world.theirs.clone(), u64::MAX));
    assert_eq!(world.held(), 2);
    // Taken away under the fetcher's hands, it does not come back.
    let (mut mine, other) = pipe();
    let (mut fetch, manifest) = begun(world.id(), &world.wish).await.unwrap();
    let taken_away = |_| {
        world.ours.remove(&world.id());
        std::future::ready(Ok(true))
    };
    let asking = async {
        let asked = ask(&mut mine, &mut fetch, manifest, &world.ours, taken_away).await;
        drop(mine);
        asked
    };
    let (asked, _) = tokio::join!(asking, serves(other, world.theirs.clone(), u64::MAX));
    assert!(matches!(asked, Err(ChunksError::Disk(_))), "{asked:?}");
    assert!(!world.ours.has(&world.id()));
}
