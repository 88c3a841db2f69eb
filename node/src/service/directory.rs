//! Finding a group in directories, and knocking there; listing a group of one's own.

use kith_protocol::directory::{self, Led, Size, Topic, WayToMeet};
use kith_protocol::invite::{Link, Way};
use kith_protocol::limits;

use super::resolve::{self, Thing};
use super::{Service, ServiceError, problem, text};
use crate::api::types::{
    AddDirectory, Code, Directory, DirectoryGone, DirectoryList, FindListings, GroupListing, Join, Joined,
    KnockAtListing, Listing, ListingLed, ListingPreview, ListingSize, ListingTopic, ListingWay, Listings,
    Portrait,
};
use crate::cell::{Cell, Engine, ListingTrouble};
use crate::directory::{
    DirectoryError, FetchError, NAME, Place, Reading, Shown, Source, SourceError, Wanted,
};
use crate::mine::Id;

/// Listings that are shown at once.
const SHOWN: usize = 200;
/// What is looked for, in bytes.
const WORDS: usize = 512;

impl Service {
    /// Whether a group of mine is listed, and in which words.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::StillWaiting`] before the group is known.
    pub async fn listing_show(&self, group: &str) -> Result<GroupListing, ServiceError> {
        let cell = self.cell(group).await?;
        Ok(cell.engine.read(|engine| engine.listing_view()).await?)
    }

    /// What strangers would read and learn if a group were listed in these words.
    ///
    /// # Errors
    /// As [`Service::listing_show`]; [`Code::BadWords`].
    pub async fn listing_preview(
        &self,
        group: &str,
        portrait: Portrait,
    ) -> Result<ListingPreview, ServiceError> {
        let cell = self.cell(group).await?;
        let portrait = checked(portrait)?.into();
        let (addresses, near_only) = own_addresses(&cell).await;
        let questions = cell.engine.read(|engine| Ok(engine.charter_view()?.charter.questions)).await?;
        Ok(ListingPreview { portrait, questions, addresses, near_only })
    }

    /// Lists a group in these words, or in others than before. Every member reads them.
    ///
    /// # Errors
    /// As [`Service::listing_preview`]; [`Code::NotAllowed`] for who is no facilitator, or where another listed it.
    pub async fn listing_publish(
        &self,
        group: &str,
        portrait: Portrait,
    ) -> Result<GroupListing, ServiceError> {
        let cell = self.cell(group).await?;
        let portrait = checked(portrait)?;
        let publish = move |engine: &mut Engine| {
            engine.be_found(portrait)?;
            engine.listing_view()
        };
        Ok(cell.engine.write(publish).await?)
    }

    /// Ends the listing of a group, for good. Ending it again changes nothing.
    ///
    /// # Errors
    /// As [`Service::listing_show`]; [`Code::NotAllowed`]; [`Code::NotListed`].
    pub async fn listing_end(&self, group: &str) -> Result<GroupListing, ServiceError> {
        let cell = self.cell(group).await?;
        let end = |engine: &mut Engine| {
            engine.end_listing()?;
            engine.listing_view()
        };
        Ok(cell.engine.write(end).await?)
    }

    /// What is handed to a directory now: the listing, signed anew, or its end.
    ///
    /// # Errors
    /// As [`Service::listing_end`].
    pub async fn listing_file(&self, group: &str) -> Result<Vec<u8>, ServiceError> {
        let cell = self.cell(group).await?;
        let (addresses, _) = own_addresses(&cell).await;
        Ok(cell.engine.write(move |engine| engine.listing_file(addresses)).await?)
    }

    /// The directories that I read.
    ///
    /// # Errors
    /// [`Code::HomeDamaged`].
    pub async fn directory_list(&self) -> Result<DirectoryList, ServiceError> {
        let all = self.node()?.directories.list().await?;
        Ok(DirectoryList { directories: all.into_iter().map(shown_directory).collect() })
    }

    /// Fetches a directory, and reads it from now on.
    ///
    /// # Errors
    /// [`Code::BadDirectory`] for what is none, or not reached; [`Code::BadWords`]; [`Code::MineFull`].
    pub async fn directory_add(&self, add: AddDirectory) -> Result<Directory, ServiceError> {
        let node = self.node()?;
        let source = add.source.trim().to_owned();
        Source::parse(&source).map_err(bad_source)?;
        let name = add.name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        name.as_deref().map_or(Ok(()), text::name)?;
        let name = name.unwrap_or_else(|| usual_name(&source));
        Ok(shown_directory(node.directories.add(name, source, add.by_hand).await?))
    }

    /// Fetches a directory anew.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`]; [`Code::BadDirectory`].
    pub async fn directory_refresh(&self, directory: &str) -> Result<Directory, ServiceError> {
        let id = self.find_directory(directory).await?;
        Ok(shown_directory(self.node()?.directories.refresh(id).await?))
    }

    /// Takes a directory off: what was in it is gone from this device.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn directory_remove(&self, directory: &str) -> Result<DirectoryGone, ServiceError> {
        let id = self.find_directory(directory).await?;
        self.node()?.directories.remove(id).await?;
        Ok(DirectoryGone { directory: hex::encode(id) })
    }

    /// Looks through the listings, on this device.
    ///
    /// # Errors
    /// [`Code::BadWords`] for too many words.
    pub async fn listings(&self, find: FindListings) -> Result<Listings, ServiceError> {
        let node = self.node()?;
        let mut words = find.words;
        text::words("question", &words, WORDS)?;
        if find.mine {
            for tag in self.tags().await?.tags {
                words.push(' ');
                words.push_str(&tag);
            }
        }
        let wanted = Wanted {
            words,
            language: find.language.filter(|language| !language.trim().is_empty()),
            topic: find.topic.map(|topic| Topic(topic.number())),
            way: find.way.map(|way| WayToMeet(way.number())),
        };
        let mut found = node.directories.find(wanted).await?;
        let more = found.len() > SHOWN;
        found.truncate(SHOWN);
        let directories = u32::try_from(node.directories.list().await?.len()).unwrap_or(u32::MAX);
        let mut listings = Vec::with_capacity(found.len());
        for one in found {
            listings.push(self.shown_listing(one).await?);
        }
        Ok(Listings { listings, more, directories })
    }

    /// One listing.
    ///
    /// # Errors
    /// [`Code::UnknownId`], [`Code::AmbiguousId`].
    pub async fn listing(&self, listing: &str) -> Result<Listing, ServiceError> {
        let one = self.find_listing(listing).await?;
        self.shown_listing(one).await
    }

    /// Asks to be let in where a listing leads.
    ///
    /// # Errors
    /// As [`Service::listing`] and [`Service::join`]; [`Code::NoWayThere`] if it has no address that may be followed.
    pub async fn knock_at_listing(
        &self,
        listing: &str,
        knock: KnockAtListing,
    ) -> Result<Joined, ServiceError> {
        let one = self.find_listing(listing).await?;
        if one.nodes.is_empty() {
            return Err(Code::NoWayThere.into());
        }
        let link = Link { nodes: one.nodes, ..one.kept.listing.link };
        let join =
            Join { link: link.to_text()?, name: Some(knock.name), text: Some(knock.text), phrase: None };
        self.join(join).await
    }

    async fn find_directory(&self, given: &str) -> Result<Id, ServiceError> {
        let all = self.node()?.directories.list().await?;
        let all = all.iter().map(|one| (hex::encode(one.id), Some(one.subscription.name.as_str()), one.id));
        resolve::one(Thing::Directory, given, all)
    }

    async fn find_listing(&self, given: &str) -> Result<Shown, ServiceError> {
        let all = self.node()?.directories.all().await?;
        let all = all.into_iter().map(|one| (one.kept.listing.key.to_string(), None, one));
        resolve::one(Thing::Listing, given, all)
    }

    async fn shown_listing(&self, one: Shown) -> Result<Listing, ServiceError> {
        let here = self.cells()?.get(&one.kept.listing.link.group).cloned();
        let state = match &here {
            Some(cell) => Some(cell.engine.read(|engine| Ok(engine.group_state())).await?),
            None => None,
        };
        let listing = one.kept.listing;
        let questions = match listing.link.way {
            Way::Knock { questions, .. } => questions,
            _ => Vec::new(),
        };
        Ok(Listing {
            listing: listing.key.to_string(),
            portrait: listing.portrait.into(),
            questions,
            directories: one.directories,
            issued: listing.issued.to_string(),
            expires: listing.expires.to_string(),
            first_seen: one.kept.first.to_string(),
            twin: one.twin,
            reachable: !one.nodes.is_empty(),
            group: here.map(|cell| cell.id.to_string()),
            state,
        })
    }
}

/// The addresses of this node that strangers would learn, and whether they lead nowhere from outside. No other member's:
/// they did not choose it.
async fn own_addresses(cell: &Cell) -> (Vec<String>, bool) {
    let all = cell.own_addresses().await;
    let world: Vec<String> =
        all.iter().filter(|address| Place::of_address(address) == Some(Place::World)).cloned().collect();
    let near_only = world.is_empty();
    let mut shown = if near_only { all } else { world };
    shown.truncate(limits::NODE_ADDRESSES);
    (shown, near_only)
}

fn shown_directory(Reading { id, subscription: one, listings }: Reading) -> Directory {
    let time = |at: u64| kith_protocol::time::Millis(at).to_string();
    Directory {
        directory: hex::encode(id),
        name: one.name,
        source: one.source,
        by_hand: one.by_hand,
        fetched: one.fetched.map(time),
        failed: one.failed.map(|why| problem::sentence(&why)),
        listings: u32::try_from(listings).unwrap_or(u32::MAX),
    }
}

/// What a directory is called if nobody says: its host, or its file.
fn usual_name(source: &str) -> String {
    let name = match Source::parse(source) {
        Ok(Source::Web(web)) => web.host,
        Ok(Source::File(path)) => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        Err(_) => String::new(),
    };
    let mut name: String = name.chars().filter(|letter| !letter.is_control()).collect();
    while name.len() > NAME {
        name.pop();
    }
    if name.trim().is_empty() { "directory".to_owned() } else { name }
}

/// What strangers are to read, in its bounds.
fn checked(portrait: Portrait) -> Result<directory::Portrait, ServiceError> {
    let bad = |message: String, hint: &str| Err(ServiceError::new(Code::BadWords, message, hint));
    for (what, words, most) in [
        ("title", &portrait.title, limits::LISTING_TITLE),
        ("description", &portrait.about, limits::LISTING_WORDS),
        ("line on when you meet", &portrait.meets, limits::LISTING_LINE),
        ("line on how one comes in", &portrait.coming_in, limits::LISTING_LINE),
    ] {
        text::words(what, words, most)?;
    }
    for (what, words) in [("title", &portrait.title), ("description", &portrait.about)] {
        if words.trim().is_empty() {
            return bad(
                format!("The {what} is missing."),
                "Strangers need it to see whether the group is for them.",
            );
        }
    }
    if portrait.languages.iter().all(|language| language.trim().is_empty()) {
        return bad("No language is named.".into(), "Name what is spoken in the group, such as en or de.");
    }
    let portrait: directory::Portrait = portrait.into();
    if let Some((field, why)) = portrait.unfit() {
        let field = field.replace('_', " ");
        return bad(
            format!("Readers would not take this listing: in \"{field}\" {why}."),
            "Write it in plain letters, one alphabet a word. Titles, tags and lines have no line breaks.",
        );
    }
    portrait.check().map_err(|error| {
        let (_, hint) = Code::BadWords.words();
        ServiceError::new(Code::BadWords, problem::sentence(&error.to_string()), hint)
    })?;
    Ok(portrait)
}

impl From<Portrait> for directory::Portrait {
    fn from(portrait: Portrait) -> directory::Portrait {
        let trimmed = |all: Vec<String>| {
            let all = all.into_iter().map(|one| one.trim().to_owned());
            all.filter(|one| !one.is_empty()).collect::<Vec<_>>()
        };
        let mut topics: Vec<Topic> = portrait.topics.into_iter().map(|one| Topic(one.number())).collect();
        let mut ways: Vec<WayToMeet> = portrait.ways.into_iter().map(|one| WayToMeet(one.number())).collect();
        topics.sort_unstable();
        topics.dedup();
        ways.sort_unstable();
        ways.dedup();
        directory::Portrait {
            title: portrait.title.trim().to_owned(),
            about: portrait.about.replace("\r\n", "\n").trim().to_owned(),
            topics,
            tags: trimmed(portrait.tags),
            languages: trimmed(portrait.languages),
            ways,
            meets: portrait.meets.trim().to_owned(),
            coming_in: portrait.coming_in.trim().to_owned(),
            reply_hours: portrait.reply_hours,
            size: portrait.size.map_or(Size::UNSAID, |size| Size(size.number())),
            led: portrait.led.map_or(Led::UNSAID, |led| Led(led.number())),
        }
    }
}

impl From<directory::Portrait> for Portrait {
    fn from(portrait: directory::Portrait) -> Portrait {
        Portrait {
            title: portrait.title,
            about: portrait.about,
            topics: portrait.topics.iter().filter_map(|one| ListingTopic::of(one.0)).collect(),
            tags: portrait.tags,
            languages: portrait.languages,
            ways: portrait.ways.iter().filter_map(|one| ListingWay::of(one.0)).collect(),
            meets: portrait.meets,
            coming_in: portrait.coming_in,
            reply_hours: portrait.reply_hours,
            size: ListingSize::of(portrait.size.0),
            led: ListingLed::of(portrait.led.0),
        }
    }
}

/// Why something about a listing is not done, in words.
pub(super) fn trouble(trouble: &ListingTrouble) -> ServiceError {
    let said = |message: String, hint: &str| ServiceError::new(Code::NotAllowed, message, hint);
    match trouble {
        ListingTrouble::No => Code::NotListed.into(),
        ListingTrouble::By(name) => said(
            format!("{name} listed this group, and only the node on which that was done can sign it."),
            "You can end it (kith directory end), and list the group anew in your own words.",
        ),
        ListingTrouble::Awaits => said(
            "The invite that this listing leads to waits for more of you to sign it.".to_owned(),
            "\"kith proposal list\" shows it. When it is signed, ask for the file again.",
        ),
        ListingTrouble::Over => said(
            "The invite that this listing leads to is used up, expired or taken back: nobody could knock by it.".to_owned(),
            "End the listing (kith directory end), and list the group anew.",
        ),
    }
}

fn bad_source(error: SourceError) -> ServiceError {
    let hint = match error {
        SourceError::NotOne => "Copy the whole address, or give the path of the file from the root on.",
        SourceError::TellsApart => {
            "Ask whoever runs the directory for an address that is the same for everybody."
        }
    };
    ServiceError::new(Code::BadDirectory, problem::sentence(&error.to_string()), hint)
}

impl From<DirectoryError> for ServiceError {
    fn from(error: DirectoryError) -> ServiceError {
        let said =
            |hint: &str| ServiceError::new(Code::BadDirectory, problem::sentence(&error.to_string()), hint);
        match &error {
            DirectoryError::Full => said("Take one off first: \"kith directory list\" shows them."),
            DirectoryError::There(_) => said("\"kith directory refresh\" fetches it anew."),
            DirectoryError::Fetch(FetchError::NotTrusted) => {
                said("Look whether the address is right. Somebody on the way may be pretending to be it.")
            }
            DirectoryError::Fetch(FetchError::Elsewhere) => said(
                "Nobody is followed to another host. Ask whoever runs the directory for its address now.",
            ),
            DirectoryError::Fetch(FetchError::Unreachable | FetchError::Slow | FetchError::Broken) => {
                said("Look whether this device is online and the address is right, and try again later.")
            }
            DirectoryError::Fetch(_) | DirectoryError::Form(_) => {
                said("Ask whoever runs the directory. Nothing of it was kept.")
            }
            DirectoryError::File => said("Look whether it is there, and whether you may read it."),
            DirectoryError::Unknown => Code::UnknownId.into(),
            DirectoryError::Mine(_) => Code::StorageFailed.into(),
            DirectoryError::Closed => Code::NotOpen.into(),
        }
    }
}
