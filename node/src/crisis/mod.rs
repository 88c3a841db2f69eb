//! Where somebody can turn to now: a card that needs no network, no identity and no running node.
//!
//! Guarantees: the country is what the person chose, never guessed; their own lines come first; nothing is called, sent or
//! looked up. Each line names its source and the day on which somebody compared it. Refuses to pretend that numbers do not
//! change: every card says so.
//!
//! What the person chose and added lies in a file of its own, unsealed, so that it can be read while all else is locked.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::disk::{RealDisk, write_atomic};

/// The lines that come with the program.
const TABLE: &str = include_str!("lines.toml");
/// Own lines, at most.
const OWN: usize = 20;
/// One field of an own line, in bytes.
const FIELD: usize = 200;
/// The file, in bytes, at most.
const FILE: u64 = 64 * 1024;

/// Somebody to turn to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Who.
    pub name: String,
    /// The number to call.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub call: String,
    /// Another number to call.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub also: String,
    /// The number to text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// A page, where one can chat or write.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub web: String,
    /// When they are there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hours: String,
    /// Where that was read; of an own line empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// When it was compared, as a date; of an own line when it was added.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub checked_on: String,
}

/// What a country has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Country {
    emergency: String,
    lines: Vec<Line>,
}

/// What the person chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    country: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lines: Vec<Line>,
}

/// The card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Card {
    /// The country: ISO 3166-1 alpha-2; none if nobody chose one.
    pub country: Option<String>,
    /// The number for emergencies there; none if this program knows none.
    pub emergency: Option<String>,
    /// The person's own lines, then those of the country.
    pub lines: Vec<Line>,
    /// A page with lines of many countries.
    pub elsewhere: String,
}

/// Why a card could not be changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CrisisError {
    /// This program has no lines for such a country.
    #[error("no lines are known for \"{0}\"")]
    Unknown(String),
    /// A field is empty or too long, or there are too many lines.
    #[error("{0}")]
    Unfit(&'static str),
    /// There is no own line at that place.
    #[error("there is no such line")]
    NoLine,
    /// The file cannot be read or written.
    #[error("the card's file: {0}")]
    Io(#[from] io::Error),
}

/// The countries that have lines here, in order.
pub fn countries() -> Vec<String> {
    table().into_keys().collect()
}

/// The card of a country, or of the one that was chosen, with the person's own lines. A file that cannot be understood is
/// as none: in this moment something is better than an error.
pub fn card(file: &Path, country: Option<&str>) -> Card {
    let chosen = read(file).unwrap_or_default();
    let country = country.map_or(chosen.country, str::to_uppercase);
    let known = table().remove(&country);
    let (emergency, lines) = known.map_or((None, Vec::new()), |known| (Some(known.emergency), known.lines));
    Card {
        country: Some(country).filter(|country| !country.is_empty()),
        emergency,
        lines: chosen.lines.into_iter().chain(lines).collect(),
        elsewhere: "https://findahelpline.com".to_owned(),
    }
}

/// Chooses a country.
///
/// # Errors
/// [`CrisisError::Unknown`], [`CrisisError::Io`].
pub fn set_country(file: &Path, country: &str) -> Result<(), CrisisError> {
    let country = country.trim().to_uppercase();
    if !table().contains_key(&country) {
        return Err(CrisisError::Unknown(country));
    }
    change(file, |chosen| {
        chosen.country = country;
        Ok(())
    })
}

/// Adds a line of one's own, before all others.
///
/// # Errors
/// [`CrisisError::Unfit`], [`CrisisError::Io`].
pub fn add(file: &Path, line: Line) -> Result<(), CrisisError> {
    let fields = [&line.name, &line.call, &line.also, &line.text, &line.web, &line.hours];
    if line.name.trim().is_empty() || fields.iter().any(|field| field.len() > FIELD) {
        return Err(CrisisError::Unfit("a line has a name, and no field of it more than 200 bytes"));
    }
    change(file, |chosen| {
        if chosen.lines.len() >= OWN {
            return Err(CrisisError::Unfit("there are 20 lines of your own already"));
        }
        chosen.lines.push(line);
        Ok(())
    })
}

/// Removes the line of one's own at this place, from 1.
///
/// # Errors
/// [`CrisisError::NoLine`], [`CrisisError::Io`].
pub fn remove(file: &Path, place: usize) -> Result<(), CrisisError> {
    change(file, |chosen| {
        let at = place.checked_sub(1).filter(|at| *at < chosen.lines.len()).ok_or(CrisisError::NoLine)?;
        chosen.lines.remove(at);
        Ok(())
    })
}

fn table() -> BTreeMap<String, Country> {
    // Part of the program: a test reads it.
    toml::from_str(TABLE).unwrap_or_default()
}

/// Makes a folder that only its owner can look into, if there is none.
fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn read(file: &Path) -> io::Result<Chosen> {
    use std::io::Read;
    let mut text = String::new();
    match std::fs::File::open(file) {
        Ok(open) => open.take(FILE).read_to_string(&mut text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Chosen::default()),
        Err(error) => return Err(error),
    };
    toml::from_str(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn change(
    file: &Path,
    change: impl FnOnce(&mut Chosen) -> Result<(), CrisisError>,
) -> Result<(), CrisisError> {
    // What cannot be understood is not written over: the person may have edited it by hand.
    let mut chosen = read(file)?;
    change(&mut chosen)?;
    let text = toml::to_string(&chosen).map_err(io::Error::other)?;
    if let Some(folder) = file.parent() {
        private_folder(folder)?;
    }
    Ok(write_atomic(&RealDisk, file, text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_source_and_was_compared_within_a_year() {
        let table: BTreeMap<String, Country> = toml::from_str(TABLE).unwrap();
        assert!(table.len() >= 9);
        let today = jiff::Zoned::now().date();
        for (country, known) in table {
            assert_eq!(country.len(), 2, "{country}");
            assert!(!known.emergency.is_empty() && (1..=3).contains(&known.lines.len()), "{country}");
            for line in known.lines {
                assert!(line.source.starts_with("https://") && !line.call.is_empty(), "{country}: {line:?}");
                let checked: jiff::civil::Date = line.checked_on.parse().unwrap();
                let days = (today - checked).get_days();
                assert!(days <= 365, "{country}: {} was last compared on {checked}", line.name);
            }
        }
    }

    #[test]
    fn own_lines_come_first_and_a_chosen_country_stays() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("crisis.toml");
        assert_eq!(card(&file, None).country, None);
        set_country(&file, "de").unwrap();
        add(&file, Line { name: "My sister".into(), call: "1234".into(), ..Line::default() }).unwrap();
        let shown = card(&file, None);
        assert_eq!((shown.country.as_deref(), shown.emergency.as_deref()), (Some("DE"), Some("112")));
        assert_eq!(shown.lines[0].name, "My sister");
        assert_eq!(card(&file, Some("us")).emergency.as_deref(), Some("911"));
        remove(&file, 1).unwrap();
        assert_ne!(card(&file, None).lines[0].name, "My sister");
        assert!(matches!(remove(&file, 1), Err(CrisisError::NoLine)));
        assert!(matches!(set_country(&file, "zz"), Err(CrisisError::Unknown(_))));
        assert!(matches!(add(&file, Line::default()), Err(CrisisError::Unfit(_))));
    }

    #[test]
    fn a_damaged_file_still_gives_a_card_and_is_not_written_over() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("crisis.toml");
        std::fs::write(&file, "country = [").unwrap();
        assert!(card(&file, Some("gb")).emergency.is_some());
        assert!(set_country(&file, "gb").is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "country = [");
    }
}
