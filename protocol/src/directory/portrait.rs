//! What strangers read of a group.

use minicbor::{Decode, Encode};

use super::text::{Unfit, fit};
use crate::codec::{CodecError, at_most};
use crate::limits;

/// Lines that the longest text of a portrait may have.
const LINES: usize = 24;

/// What a group is about, of a vocabulary that everybody's node knows in their own language. A number this version
/// does not know is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Topic(#[n(0)] pub u8);

impl Topic {
    /// How many there are: 1 to this.
    pub const LAST: u8 = 28;
}

/// How a group meets. A number this version does not know is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct WayToMeet(#[n(0)] pub u8);

impl WayToMeet {
    /// In writing, each when they can.
    pub const WRITING: WayToMeet = WayToMeet(1);
    /// In circles: in writing, together at one time.
    pub const CIRCLES: WayToMeet = WayToMeet(2);
    /// In one room.
    pub const IN_PERSON: WayToMeet = WayToMeet(3);
    /// By voice or picture, elsewhere.
    pub const CALLS: WayToMeet = WayToMeet(4);
}

/// How large a group is, if it wishes to say. A number this version does not know says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Size(#[n(0)] pub u8);

impl Size {
    /// It does not say.
    pub const UNSAID: Size = Size(0);
    /// Up to about eight.
    pub const SMALL: Size = Size(1);
    /// Up to about twenty.
    pub const MIDDLE: Size = Size(2);
    /// More.
    pub const LARGE: Size = Size(3);

    fn is_unsaid(&self) -> bool {
        *self == Size::UNSAID
    }
}

/// Who looks after a group. A number this version does not know says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Led(#[n(0)] pub u8);

impl Led {
    /// It does not say.
    pub const UNSAID: Led = Led(0);
    /// Peers alone.
    pub const PEERS: Led = Led(1);
    /// Peers, with somebody beside them for whom it is work.
    pub const BESIDE: Led = Led(2);

    fn is_unsaid(&self) -> bool {
        *self == Led::UNSAID
    }
}

/// What strangers read of a group: its own words, and no name, key or number of anybody in it. Fields that say
/// nothing are left out of its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Portrait {
    /// What strangers know it by, on one line: 1 to [`limits::LISTING_TITLE`] bytes. It need not be the group's title.
    #[n(0)]
    pub title: String,
    /// What it is and who it is for: 1 to [`limits::LISTING_WORDS`] bytes.
    #[n(1)]
    pub about: String,
    /// At most [`limits::LISTING_TOPICS`], in ascending order, each once.
    #[n(2)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub topics: Vec<Topic>,
    /// Further words that it can be found by: at most [`limits::LISTING_TAGS`], each 1 to [`limits::LISTING_TAG`] bytes.
    #[n(3)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What is spoken there: 1 to [`limits::LISTING_LANGUAGES`] tags of [`limits::LANGUAGE`] bytes at most.
    #[n(4)]
    pub languages: Vec<String>,
    /// How it meets: at most [`limits::LISTING_TOPICS`], in ascending order, each once.
    #[n(5)]
    #[cbor(default, skip_if = "Vec::is_empty")]
    pub ways: Vec<WayToMeet>,
    /// When it meets: at most [`limits::LISTING_LINE`] bytes.
    #[n(6)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub meets: String,
    /// How one comes in: at most [`limits::LISTING_LINE`] bytes.
    #[n(7)]
    #[cbor(default, skip_if = "String::is_empty")]
    pub coming_in: String,
    /// Within how many hours it tries to answer whoever knocks; 0: it does not say.
    #[n(8)]
    #[cbor(default, skip_if = "zero")]
    pub reply_hours: u16,
    /// How large it is.
    #[n(9)]
    #[cbor(default, skip_if = "Size::is_unsaid")]
    pub size: Size,
    /// Who looks after it.
    #[n(10)]
    #[cbor(default, skip_if = "Led::is_unsaid")]
    pub led: Led,
}

fn zero(hours: &u16) -> bool {
    *hours == 0
}

impl Portrait {
    /// The texts of it, each with its name.
    fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let [title, about] = [("title", self.title.as_str()), ("about", self.about.as_str())];
        let lines = [("meets", self.meets.as_str()), ("coming_in", self.coming_in.as_str())];
        let tags = self.tags.iter().map(|tag| ("tags", tag.as_str()));
        let languages = self.languages.iter().map(|language| ("languages", language.as_str()));
        [title, about].into_iter().chain(lines).chain(tags).chain(languages)
    }

    /// The first text that looks otherwise than it reads: its field, and why.
    pub fn unfit(&self) -> Option<(&'static str, Unfit)> {
        self.texts().find_map(|(name, text)| {
            let lines = if name == "about" { LINES } else { 1 };
            fit(text, lines).err().map(|why| (name, why))
        })
    }

    /// Checks its bounds, and that its texts are fit to be read by strangers.
    ///
    /// # Errors
    /// [`CodecError::TooLarge`], [`CodecError::Mismatch`], naming the field.
    pub fn check(&self) -> Result<(), CodecError> {
        let words = |text: &str, most: usize, what: &'static str| {
            if text.trim().is_empty() {
                return Err(CodecError::Mismatch(format!("empty {what}")));
            }
            at_most(text.len(), most, what)
        };
        words(&self.title, limits::LISTING_TITLE, "title of a listing")?;
        words(&self.about, limits::LISTING_WORDS, "words of a listing")?;
        at_most(self.tags.len(), limits::LISTING_TAGS, "tags of a listing")?;
        for tag in &self.tags {
            words(tag, limits::LISTING_TAG, "tag of a listing")?;
        }
        at_most(self.languages.len(), limits::LISTING_LANGUAGES, "languages of a listing")?;
        if self.languages.is_empty() {
            return Err(CodecError::Mismatch("no language in a listing".into()));
        }
        for language in &self.languages {
            words(language, limits::LANGUAGE, "language of a listing")?;
        }
        at_most(self.meets.len(), limits::LISTING_LINE, "times of a listing")?;
        at_most(self.coming_in.len(), limits::LISTING_LINE, "way in of a listing")?;
        at_most(self.topics.len(), limits::LISTING_TOPICS, "topics of a listing")?;
        at_most(self.ways.len(), limits::LISTING_TOPICS, "ways of a listing")?;
        if !self.topics.is_sorted_by(|a, b| a < b) || !self.ways.is_sorted_by(|a, b| a < b) {
            return Err(CodecError::Mismatch("topics or ways out of order".into()));
        }
        match self.unfit() {
            Some((field, why)) => Err(CodecError::Mismatch(format!("{field}: {why}"))),
            None => Ok(()),
        }
    }
}
