use proptest::prelude::*;

use super::*;

/// A JPEG of these segments (marker, content), a scan, and something behind its end.
fn jpeg(segments: &[(u8, &[u8])]) -> Vec<u8> {
    let mut out = vec![0xff, 0xd8];
    let scan: &[u8] = &[1, 1, 0, 0, 63, 0];
    let all = segments.iter().copied().chain([(0xdb, [7; 65].as_slice()), (0xc0, &[8; 9]), (0xda, scan)]);
    for (marker, content) in all {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        out.extend([&[0xff, marker], length.as_slice(), content].concat());
    }
    out.extend([0x12, 0xff, 0x00, 0x34, 0xff, 0xd3, 0x56, 0xff, 0xd9]);
    out
}

fn exif(little: bool, orientation: u16) -> Vec<u8> {
    let word = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let long = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let entry = |tag, value| [&word(tag)[..], &word(3), &long(1), &word(value), &word(0)].concat();
    let magic: &[u8] = if little { b"II*\0" } else { b"MM\0*" };
    [
        b"Exif\0\0",
        magic,
        &long(8),
        &word(2),
        &entry(0x8825, 26),
        &entry(0x0112, orientation),
        &long(0),
        b"GPS 48.2082 N 16.3738 E",
    ]
    .concat()
}

fn cleaned(bytes: &[u8]) -> Vec<u8> {
    clean(bytes).bytes.expect("a well-formed picture")
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_photograph_says_no_more_where_it_was_taken() {
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x:location>Vienna";
    let icc = b"ICC_PROFILE\0\x01\x01colours";
    for little in [true, false] {
        let photograph = [
            jpeg(&[
                (0xe0, b"JFIF\0\x01\x02\0\0\x48\0\x48\0\0"),
                (0xe1, &exif(little, 6)),
                (0xe1, xmp),
                (0xe2, icc),
                (0xe2, b"MPF\0second picture"),
                (0xed, b"Photoshop 3.0\0Ana in the garden"),
                (0xee, b"Adobe\0d\0\0\0\0\0\x01"),
                (0xfe, b"a comment"),
            ]),
            b"trailer of a phone".to_vec(),
        ]
        .concat();
        let shown = clean(&photograph);
        assert_eq!(shown.media, Media::JPEG);
        let shown = shown.bytes.unwrap();
        for secret in [&b"GPS"[..], b"Vienna", b"Ana", b"comment", b"trailer", b"second", b"Photoshop"] {
            assert!(!holds(&shown, secret), "{}", String::from_utf8_lossy(secret));
        }
        for needed in [&b"JFIF"[..], icc, b"Adobe", &[7; 65], &[0x12, 0xff, 0x00, 0x34, 0xff, 0xd3, 0x56]] {
            assert!(holds(&shown, needed), "{needed:?}");
        }
        assert_eq!(shown.iter().rev().take(2).collect::<Vec<_>>(), [&0xd9, &0xff]);
        // It lies as it lay.
        assert!(holds(&shown, &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6]));
        assert_eq!(cleaned(&shown), shown, "once is enough");
    }
    assert!(!holds(&cleaned(&jpeg(&[(0xe1, &exif(true, 1))])), b"Exif"), "upright needs no word");
}

#[test]
fn a_picture_of_several_scans_stays_whole() {
    let mut progressive = jpeg(&[]);
    progressive.truncate(progressive.len() - 2);
    progressive.extend([0xff, 0xc4, 0, 4, 9, 9, 0xff, 0xfe, 0, 5, b'x', b'y', b'z']);
    progressive.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0xaa, 0xff, 0x00, 0xbb, 0xff, 0xd9]);
    let shown = cleaned(&progressive);
    assert!(holds(&shown, &[0xff, 0xc4, 0, 4, 9, 9, 0xff, 0xda]) && !holds(&shown, b"xyz"));
    assert!(shown.ends_with(&[0xaa, 0xff, 0x00, 0xbb, 0xff, 0xd9]));
}

fn png_chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    [&u32::try_from(content.len()).unwrap().to_be_bytes(), name.as_slice(), content, &[1, 2, 3, 4]].concat()
}

#[test]
fn a_drawing_keeps_what_is_seen() {
    let header = png_chunk(b"IHDR", &[0; 13]);
    let (pixels, end) = (png_chunk(b"IDAT", b"pixels"), png_chunk(b"IEND", b""));
    let drawing = [
        png::SIGNATURE,
        &header,
        &png_chunk(b"eXIf", b"GPS"),
        &png_chunk(b"tEXt", b"Author\0Ana"),
        &png_chunk(b"tIME", b"when"),
        &png_chunk(b"iTXt", b"XMP"),
        &png_chunk(b"prVt", b"unknown"),
        &pixels,
        &end,
        b"behind",
    ]
    .concat();
    assert_eq!(cleaned(&drawing), [png::SIGNATURE, &header, &pixels, &end].concat());
    assert_eq!(clean(&drawing[..drawing.len() - 30]).bytes, None, "cut short");
}

fn webp_chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let even: &[u8] = if content.len() % 2 == 1 { &[0] } else { &[] };
    [name, u32::try_from(content.len()).unwrap().to_le_bytes().as_slice(), content, even].concat()
}

#[test]
fn a_webp_keeps_what_is_seen() {
    let file = |chunks: &[Vec<u8>]| {
        let all = [b"WEBP".as_slice(), &chunks.concat()].concat();
        webp_chunk(b"RIFF", &all)
    };
    let header = |flags| webp_chunk(b"VP8X", &[flags, 0, 0, 0, 9, 0, 0, 9, 0, 0]);
    let pixels = webp_chunk(b"VP8L", b"odd");
    let photograph = file(&[
        header(0x10 | 0x08 | 0x04),
        pixels.clone(),
        webp_chunk(b"EXIF", b"GPS"),
        webp_chunk(b"XMP ", b"Vienna"),
    ]);
    assert_eq!(cleaned(&photograph), file(&[header(0x10), pixels]));
    assert_eq!(clean(&file(&[header(0)])).bytes, None, "nothing to see");
}

#[test]
fn files_are_told_apart_and_others_are_not_touched() {
    for (bytes, media) in [
        (&b"GIF89a"[..], Media::GIF),
        (b"%PDF-1.7", Media::PDF),
        (b"OggS..", Media::OGG),
        (b"ID3\x03", Media::MP3),
        (b"\0\0\0\x18ftypisom", Media::MP4),
        (b"\0\0\0\x18ftypheic", Media::FILE),
        (b"PK\x03\x04", Media::FILE),
        (b"\xff\xd8\xff\xd9", Media::JPEG),
    ] {
        assert_eq!(clean(bytes), Cleaned { media, bytes: None }, "{bytes:?}");
    }
    let text = "A list:\r\n\tcall Ana\n".as_bytes();
    assert_eq!(clean(text), Cleaned { media: Media::TEXT, bytes: Some(text.to_vec()) });
    assert_eq!(sniff(b"\x1b[2J"), Media::FILE);
}

proptest! {
    #[test]
    fn any_bytes_are_a_picture_or_not(
        begin in prop_oneof![
            Just(vec![0xff, 0xd8, 0xff]), Just(png::SIGNATURE.to_vec()), Just(b"RIFF\x40\0\0\0WEBP".to_vec()),
            Just(jpeg(&[(0xe1, &exif(true, 3))])),
        ],
        rest in proptest::collection::vec(any::<u8>(), 0..300),
        hurt in any::<prop::sample::Index>(), by in any::<u8>(),
    ) {
        let mut bytes = [begin, rest].concat();
        let at = hurt.index(bytes.len());
        bytes[at] ^= by;
        if let Some(shown) = clean(&bytes).bytes {
            prop_assert!(shown.len() <= bytes.len() + 36);
            prop_assert_eq!(clean(&shown).bytes, Some(shown.clone()));
        }
    }
}
