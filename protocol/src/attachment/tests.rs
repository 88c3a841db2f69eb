use super::*;
use crate::body::Media;

const ANA: MemberKey = MemberKey([1; 32]);
const BEN: MemberKey = MemberKey([2; 32]);

fn plain(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8).collect()
}

fn sealed(size: usize) -> (Attachment, Sealed) {
    let key = AttachmentKey::from_bytes([7; 32]);
    let sealed = seal(&plain(size), &ANA, &key);
    let size = u32::try_from(size).unwrap();
    let id = sealed.manifest.id();
    (Attachment { id, key, size, media: Media::FILE, words: String::new(), name: String::new() }, sealed)
}

/// Lets one side ask another that has these chunks; `tamper` sees every frame with a chunk.
fn exchange(
    fetch: &mut Fetch,
    sealed: &Sealed,
    held: Vec<bool>,
    tamper: impl Fn(usize, Vec<u8>) -> Vec<u8>,
) -> Result<Vec<usize>, AttachmentError> {
    let ask = Ask::decode(&fetch.ask().encode()).unwrap();
    let (mut serve, offer) = Serve::offer(&sealed.manifest, held, ask.manifest);
    fetch.offered(&offer.encode())?;
    let mut got = Vec::new();
    while let Some(want) = fetch.want() {
        for index in serve.want(&want.encode()).expect("an honest wish") {
            got.extend(fetch.take(&tamper(index, sealed.chunks[index].clone()))?);
        }
        assert!(!fetch.is_owed());
    }
    Ok(got)
}

#[test]
fn what_was_sealed_opens_whatever_its_length() {
    for size in [1, 255, 256, 65_519, 65_520, 65_521, 500_000, 5 << 20] {
        let (attachment, sealed) = sealed(size);
        assert_eq!(sealed.chunks.len(), chunks(attachment.size), "{size}");
        let mut opened = Vec::new();
        for (index, chunk) in sealed.chunks.iter().enumerate() {
            assert_eq!(chunk_length(attachment.size, index), Some(chunk.len()), "{size} {index}");
            opened.extend(open(&attachment.key, attachment.size, index, chunk).unwrap());
        }
        assert_eq!(opened, plain(size));
        assert_eq!(chunk_length(attachment.size, sealed.chunks.len()), None);
    }
    assert_eq!(chunks(u32::try_from(limits::ATTACHMENT).unwrap()), limits::CHUNKS);
    assert!(chunks(u32::MAX) <= limits::CHUNKS, "whatever size is claimed");
}

#[test]
fn its_length_tells_little() {
    let length = |size: u32| (0..chunks(size)).filter_map(|index| chunk_length(size, index)).sum::<usize>();
    assert_eq!(length(340_001), length(344_000));
    assert_eq!(length(1), length(256));
    assert!(length(5_000_000) * 100 <= 5_000_000 * 107);
}

#[test]
fn chunks_come_from_whoever_has_some() {
    let (attachment, sealed) = sealed(1_300_000);
    let count = sealed.chunks.len();
    let mut fetch = Fetch::new(attachment.clone(), ANA);
    let even: Vec<bool> = (0..count).map(|index| index % 2 == 0).collect();
    let got = exchange(&mut fetch, &sealed, even.clone(), |_, chunk| chunk).unwrap();
    assert_eq!((got.len(), fetch.is_whole()), (count.div_ceil(2), false));
    // After a restart, with what was kept.
    let mut fetch = Fetch::resume(attachment, ANA, sealed.manifest.clone(), &even).unwrap();
    let got = exchange(&mut fetch, &sealed, vec![true; count], |_, chunk| chunk).unwrap();
    assert!(fetch.is_whole() && got.iter().all(|index| index % 2 == 1), "nothing comes twice");
    assert_eq!(exchange(&mut fetch, &sealed, vec![true; count], |_, chunk| chunk), Ok(vec![]));
}

#[test]
fn a_peer_without_anything_says_so_and_gives_no_list() {
    let (attachment, sealed) = sealed(200_000);
    let mut fetch = Fetch::new(attachment, ANA);
    assert_eq!(exchange(&mut fetch, &sealed, vec![false; 4], |_, chunk| chunk), Ok(vec![]));
    let (_, offer) = Serve::offer(&sealed.manifest, vec![false; 4], true);
    assert_eq!(offer, Offer::default());
}

#[test]
fn a_wrong_chunk_a_short_one_and_a_long_one_are_refused() {
    let (attachment, sealed) = sealed(200_000);
    let all = || vec![true; sealed.chunks.len()];
    type Tamper = fn(usize, Vec<u8>) -> Vec<u8>;
    let tampers: [Tamper; 4] = [
        |_, mut chunk| {
            chunk[100] ^= 1;
            chunk
        },
        |_, mut chunk| {
            chunk.pop();
            chunk
        },
        |_, chunk| [chunk, vec![0]].concat(),
        |index, chunk| if index == 0 { vec![0; chunk.len()] } else { chunk },
    ];
    for tamper in tampers {
        let mut fetch = Fetch::new(attachment.clone(), ANA);
        assert_eq!(exchange(&mut fetch, &sealed, all(), tamper), Err(AttachmentError::Chunk));
        assert_eq!(fetch.arrived(), 0);
        // Another peer has it right.
        exchange(&mut fetch, &sealed, all(), |_, chunk| chunk).unwrap();
        assert!(fetch.is_whole());
    }
}

#[test]
fn a_hole_in_the_middle_stays_one_until_somebody_fills_it() {
    let (attachment, sealed) = sealed(300_000);
    let count = sealed.chunks.len();
    let mut fetch = Fetch::new(attachment, ANA);
    let hole = |index: usize, chunk| if index == 2 { Vec::new() } else { chunk };
    let got = exchange(&mut fetch, &sealed, vec![true; count], hole).unwrap();
    assert_eq!((got.len(), fetch.is_whole()), (count - 1, false));
    assert_eq!(exchange(&mut fetch, &sealed, vec![true; count], |_, chunk| chunk), Ok(vec![2]));
    assert!(fetch.is_whole());
}

#[test]
fn chunks_nobody_asked_for_are_refused() {
    let (attachment, sealed) = sealed(100);
    let mut fetch = Fetch::new(attachment, ANA);
    assert_eq!(fetch.take(&sealed.chunks[0]), Err(AttachmentError::Chunk));
    exchange(&mut fetch, &sealed, vec![true], |_, chunk| chunk).unwrap();
    assert_eq!(fetch.take(&sealed.chunks[0]), Err(AttachmentError::Chunk), "too many");
}

#[test]
fn a_size_that_lies_fits_no_list() {
    let (attachment, sealed) = sealed(200_000);
    for size in [1, 60_000, 10 << 20] {
        let lie = Attachment { size, ..attachment.clone() };
        assert_eq!(sealed.manifest.belongs_to(&lie, &ANA), Err(AttachmentError::Manifest));
    }
    // Within the same number of chunks, the last has another length, or the padding is not as it must be.
    let lie = Attachment { size: 199_000, ..attachment };
    let mut fetch = Fetch::new(lie.clone(), ANA);
    let all = vec![true; sealed.chunks.len()];
    let fetched = exchange(&mut fetch, &sealed, all, |_, chunk| chunk);
    let opened = (0..).zip(&sealed.chunks).map(|(index, chunk)| open(&lie.key, lie.size, index, chunk));
    assert!(fetched.is_err() || opened.collect::<Result<Vec<_>, _>>().is_err());
}

#[test]
fn another_s_attachment_or_another_list_is_not_taken() {
    let (attachment, sealed) = sealed(200_000);
    assert_eq!(sealed.manifest.belongs_to(&attachment, &ANA), Ok(()));
    assert_eq!(sealed.manifest.belongs_to(&attachment, &BEN), Err(AttachmentError::Manifest));
    let other = seal(&plain(200_000), &ANA, &AttachmentKey::from_bytes([8; 32]));
    let mut fetch = Fetch::new(attachment.clone(), ANA);
    assert_eq!(exchange(&mut fetch, &other, vec![true; 4], |_, chunk| chunk), Err(AttachmentError::Manifest));
    let mut swapped = sealed.manifest.clone();
    swapped.chunks.swap(0, 1);
    assert!(Fetch::resume(attachment, ANA, swapped, &[true; 4]).is_err());
}

#[test]
fn lists_and_messages_are_bounded() {
    for bytes in [vec![], vec![0; 16], vec![0; 47], vec![0; 49], vec![0; 16 + 32 * (limits::CHUNKS + 1)]] {
        assert!(Manifest::decode(&bytes).is_err(), "{}", bytes.len());
    }
    let longest = Manifest::decode(&vec![0; 16 + 32 * limits::CHUNKS]).unwrap();
    let (_, offer) = Serve::offer(&longest, vec![true; limits::CHUNKS], true);
    assert!(offer.encode().len() <= limits::CHUNKS_MESSAGE);
    assert_eq!(Offer::decode(&offer.encode()), Ok(offer.clone()));
    assert!(Offer::decode(&Offer { held: vec![255; 66], ..offer }.encode()).is_err());
    assert!(Want::decode(&Want { chunks: (0..17).collect() }.encode()).is_err());
}

#[test]
fn who_asks_for_too_much_twice_or_for_what_is_not_there_is_refused() {
    let (_, sealed) = sealed(300_000);
    let want = |chunks: &[u16]| Want { chunks: chunks.to_vec() }.encode();
    let serve = || {
        let held = vec![true, false, true, true, true];
        Serve::offer(&sealed.manifest, held, true).0
    };
    assert_eq!(serve().want(&want(&[0, 2])), Ok(vec![0, 2]));
    for wrong in [vec![1], vec![0, 0], vec![9], vec![u16::MAX], vec![]] {
        assert_eq!(serve().want(&want(&wrong)), Err(AttachmentError::Want), "{wrong:?}");
    }
    let mut twice = serve();
    twice.want(&want(&[3])).unwrap();
    assert_eq!(twice.want(&want(&[3])), Err(AttachmentError::Want));
    assert!(serve().want(b"\xff").is_err());
}
