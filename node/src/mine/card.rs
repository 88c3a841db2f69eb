//! Help numbers: a small table that comes with the program, and which country of it the person chose.
//!
//! The choice lies in the clear in a file of two letters: numbers must show while the node is stopped and the vault is
//! locked. Nothing is ever guessed from an address.

use std::io::{self, Read as _};

use serde::Deserialize;

use crate::disk::{RealDisk, write_atomic};
use crate::home::Paths;

/// The numbers of one country.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Country {
    /// ISO 3166-1: two capital letters.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// What to call in danger.
    pub emergency: String,
    /// Where that was read.
    pub emergency_source: String,
    /// On which day all of it was checked.
    pub checked_on: String,
    /// Whom to talk with.
    pub lines: Vec<Line>,
}

/// Somebody to talk with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// The number to call, if one can.
    pub call: Option<String>,
    /// The number to write to, if one can.
    pub text: Option<String>,
    /// When.
    pub hours: String,
    /// Where to write, or read more.
    pub online: Option<String>,
    /// Where all this was read.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    countries: Vec<Country>,
}

const TABLE: &str = include_str!("../../guides/help-numbers.toml");

/// Every country there are numbers for, by its code.
pub fn countries() -> Vec<Country> {
    // A test reads it.
    toml::from_str::<Table>(TABLE).map(|table| table.countries).unwrap_or_default()
}

/// The country of this code, in any case.
pub fn country(code: &str) -> Option<Country> {
    countries().into_iter().find(|country| country.code.eq_ignore_ascii_case(code))
}

/// The code that the person chose; none if they chose none, or the file says nothing of use.
pub fn chosen(paths: &Paths) -> Option<String> {
    let mut letters = String::new();
    std::fs::File::open(paths.country()).ok()?.take(16).read_to_string(&mut letters).ok()?;
    let letters = letters.trim().to_ascii_uppercase();
    is_code(&letters).then_some(letters)
}

/// Keeps the choice.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] for what is no code, and the system's.
pub fn choose(paths: &Paths, code: &str) -> io::Result<()> {
    let code = code.trim().to_ascii_uppercase();
    if !is_code(&code) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    write_atomic(&RealDisk, &paths.country(), format!("{code}\n").as_bytes())
}

fn is_code(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;

    #[test]
    fn every_number_says_where_it_was_read() {
        let table: Table = toml::from_str(TABLE).unwrap();
        let mut codes = std::collections::BTreeSet::new();
        for country in table.countries {
            assert!(is_code(&country.code) && codes.insert(country.code.clone()), "{}", country.code);
            assert!(country.emergency_source.starts_with("https://"), "{}", country.code);
            assert!((1..=3).contains(&country.lines.len()), "{}", country.code);
            for line in country.lines {
                assert!(line.call.is_some() || line.text.is_some(), "{}", line.name);
                assert!(line.source.starts_with("https://") && !line.hours.is_empty(), "{}", line.name);
            }
        }
    }

    /// Numbers change: whoever builds this a year later looks at every page again, and sets the day.
    #[test]
    fn no_check_is_older_than_twelve_months() {
        let today = jiff::Zoned::now().date();
        for country in countries() {
            let checked: Date = country.checked_on.parse().unwrap();
            let ends = checked.checked_add(jiff::Span::new().months(12)).unwrap();
            assert!(today <= ends, "{} was checked on {}: check it again", country.code, country.checked_on);
            assert!(checked <= today.tomorrow().unwrap(), "{} was checked in the future", country.code);
        }
    }

    #[test]
    fn a_choice_is_two_letters_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::at(folder.path());
        assert_eq!(chosen(&paths), None);
        choose(&paths, " nz").unwrap();
        assert_eq!(chosen(&paths).as_deref(), Some("NZ"));
        for bad in ["", "N", "NZL", "1Z", "é"] {
            assert!(choose(&paths, bad).is_err(), "{bad}");
        }
        assert_eq!(chosen(&paths).as_deref(), Some("NZ"));
        std::fs::write(paths.country(), [0xff; 40]).unwrap();
        assert_eq!(chosen(&paths), None);
    }
}
