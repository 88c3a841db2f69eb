//! Finding a group that one does not know, and being found.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{GroupState, Id, Time};

macro_rules! numbered {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $each:literal])+ $one:ident = $number:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[doc = $each])+ $one = $number,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &[$name] = &[$($name::$one,)+];

            /// Its number in a listing.
            pub fn number(self) -> u8 {
                self as u8
            }

            /// What a number in a listing means; none of one that is not known here.
            pub fn of(number: u8) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.number() == number)
            }
        }
    };
}

numbered! {
    /// What a group is about.
    ListingTopic {
        /// Grief.
        Grief = 1,
        /// Illness that stays.
        Illness = 2,
        /// Pain.
        Pain = 3,
        /// Cancer.
        Cancer = 4,
        /// Disability.
        Disability = 5,
        /// Caring for somebody.
        Caring = 6,
        /// Being a parent.
        Parents = 7,
        /// Pregnancy, birth, and their loss.
        Birth = 8,
        /// Low mood.
        LowMood = 9,
        /// Worry and panic.
        Worry = 10,
        /// Moods that swing.
        Moods = 11,
        /// Voices and unusual experiences.
        Voices = 12,
        /// Trauma and abuse.
        Trauma = 13,
        /// Eating.
        Eating = 14,
        /// Drinking and drugs.
        Substances = 15,
        /// Gambling and other habits.
        Habits = 16,
        /// Somebody close who drinks or uses.
        CloseOnes = 17,
        /// Separation.
        Separation = 18,
        /// Being alone.
        Alone = 19,
        /// Growing old.
        Old = 20,
        /// Being young.
        Young = 21,
        /// Being queer or trans.
        Queer = 22,
        /// Leaving one's country.
        Migration = 23,
        /// Work and exhaustion.
        Work = 24,
        /// Money and housing.
        Money = 25,
        /// Autism and ADHD.
        Autism = 26,
        /// Memory and dementia.
        Memory = 27,
        /// A life after prison.
        Prison = 28,
    }
}

numbered! {
    /// How a group meets.
    ListingWay {
        /// In writing, each when they can.
        Writing = 1,
        /// In circles: in writing, together at one time.
        Circles = 2,
        /// In one room.
        InPerson = 3,
        /// By voice or picture, elsewhere.
        Calls = 4,
    }
}

numbered! {
    /// How large a group is.
    ListingSize {
        /// Up to about eight.
        Small = 1,
        /// Up to about twenty.
        Middle = 2,
        /// More.
        Large = 3,
    }
}

numbered! {
    /// Who looks after a group.
    ListingLed {
        /// Peers alone.
        Peers = 1,
        /// Peers, with somebody beside them for whom it is work.
        Beside = 2,
    }
}

/// What strangers read of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Portrait {
    /// What strangers know it by, on one line: 1 to 96 bytes. It need not be the group's title.
    pub title: String,
    /// What it is and who it is for: 1 to 1200 bytes.
    pub about: String,
    /// What it is about: at most 6.
    #[serde(default)]
    pub topics: Vec<ListingTopic>,
    /// Further words that it can be found by: at most 8, of at most 40 bytes.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What is spoken there: 1 to 4 BCP 47 tags.
    pub languages: Vec<String>,
    /// How it meets.
    #[serde(default)]
    pub ways: Vec<ListingWay>,
    /// When it meets: at most 240 bytes.
    #[serde(default)]
    pub meets: String,
    /// How one comes in: at most 240 bytes.
    #[serde(default)]
    pub coming_in: String,
    /// Within how many hours it tries to answer whoever knocks; 0: it does not say.
    #[serde(default)]
    pub reply_hours: u16,
    /// How large it is, if it wishes to say.
    #[serde(default)]
    pub size: Option<ListingSize>,
    /// Who looks after it, if it wishes to say.
    #[serde(default)]
    pub led: Option<ListingLed>,
}

/// How a listing of a group of mine stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListedState {
    /// Strangers can knock by it.
    Listed,
    /// Its invite waits for more facilitators to sign it.
    Awaiting,
    /// Its invite is used up, expired or taken back: end it, and list the group anew.
    Over,
    /// It was ended, for good.
    Ended,
}

/// A listing of a group of mine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Listed {
    /// What directories know it by.
    pub listing: Id,
    /// Who listed the group: member id.
    pub by: Id,
    /// What that member is called.
    pub name: String,
    /// Since when these are its words.
    pub since: Time,
    /// What strangers read.
    pub portrait: Portrait,
    /// Whether I listed it: my node alone can sign it.
    pub mine: bool,
    /// How it stands.
    pub state: ListedState,
    /// Until when what was signed last lasts: by then a directory needs it anew.
    pub expires: Option<Time>,
}

/// Whether a group of mine is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GroupListing {
    /// The group.
    pub group: Id,
    /// Its last listing, if there ever was one.
    pub listed: Option<Listed>,
    /// Whether I may list it, or change the words.
    pub may_list: bool,
    /// Whether I may end its listing.
    pub may_end: bool,
}

/// What strangers would read and learn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListingPreview {
    /// What they would read.
    pub portrait: Portrait,
    /// The questions that they would be asked.
    pub questions: Vec<String>,
    /// The addresses of my node that they would learn.
    pub addresses: Vec<String>,
    /// Whether none of these leads here from outside this network.
    pub near_only: bool,
}

/// A directory to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddDirectory {
    /// Where it is: an address that begins with `https://` or `http://`, or the whole path of a file.
    pub source: String,
    /// What to call it; where it is, if left out.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether to fetch it only when asked.
    #[serde(default)]
    pub by_hand: bool,
}

/// A directory that I read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Directory {
    /// Its name here, for these commands.
    pub directory: Id,
    /// What I call it.
    pub name: String,
    /// Where it is.
    pub source: String,
    /// Whether it is fetched only when I ask.
    pub by_hand: bool,
    /// When it was last fetched.
    pub fetched: Option<Time>,
    /// Why the last fetch failed, if it did.
    pub failed: Option<String>,
    /// How many groups it lists.
    pub listings: u32,
}

/// The directories that I read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectoryList {
    /// By name.
    pub directories: Vec<Directory>,
}

/// A directory taken off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectoryGone {
    /// Which.
    pub directory: Id,
}

/// What I look for. It is looked for on this device alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindListings {
    /// Words, or the beginnings of words: any will do, more are better. All listings if empty. At most 512 bytes.
    #[serde(default)]
    pub words: String,
    /// Whether to look for my own tags too.
    #[serde(default)]
    pub mine: bool,
    /// Only where this is spoken: a BCP 47 tag.
    #[serde(default)]
    pub language: Option<String>,
    /// Only what is about this.
    #[serde(default)]
    pub topic: Option<ListingTopic>,
    /// Only what meets so.
    #[serde(default)]
    pub way: Option<ListingWay>,
}

/// What a group that I do not know says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Listing {
    /// What it is known by.
    pub listing: Id,
    /// What it says.
    pub portrait: Portrait,
    /// What whoever knocks is asked.
    pub questions: Vec<String>,
    /// The directories that have it, as I call them.
    pub directories: Vec<String>,
    /// When it was signed.
    pub issued: Time,
    /// When it ends.
    pub expires: Time,
    /// Since when I know its signature.
    pub first_seen: Time,
    /// Whether another listing has the same title, or leads to the same group.
    pub twin: bool,
    /// Whether it has an address that may be followed.
    pub reachable: bool,
    /// The group, where it is one of mine.
    pub group: Option<Id>,
    /// How I stand there.
    pub state: Option<GroupState>,
}

/// Listings that fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Listings {
    /// The best first.
    pub listings: Vec<Listing>,
    /// Whether there are more: further words find them.
    pub more: bool,
    /// How many directories I read.
    pub directories: u32,
}

/// What I say where I knock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KnockAtListing {
    /// What people there should call me.
    pub name: String,
    /// What I say to those who decide: 1 to 2048 bytes.
    pub text: String,
}
