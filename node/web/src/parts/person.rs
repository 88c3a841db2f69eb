//! People, as pebbles: the first letter of what somebody is called, on one of six shapes. No pictures.

/// How many shapes there are.
const SHAPES: u8 = 6;

/// A pebble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pebble {
    /// The class of its shape: `p1` to `p6`.
    pub shape: String,
    /// The letter on it.
    pub letter: String,
}

impl Pebble {
    /// The pebble of a member: its shape comes from the id, so that it is the same on every page of this group.
    pub fn of(member: &str, name: &str) -> Pebble {
        let id = u8::from_str_radix(member.get(..2).unwrap_or_default(), 16).unwrap_or_default();
        let letter = name.chars().find(|letter| letter.is_alphanumeric());
        Pebble {
            shape: format!("p{}", (id % SHAPES).saturating_add(1)),
            letter: letter.map_or_else(|| "?".to_owned(), |letter| letter.to_uppercase().to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pebble_has_a_letter_whatever_the_name() {
        for (name, letter) in
            [("wren", "W"), ("  é", "É"), ("\u{202e}b", "B"), ("", "?"), ("—", "?"), ("ß", "SS")]
        {
            assert_eq!(Pebble::of("ff", name).letter, letter, "{name:?}");
        }
        assert_eq!(Pebble::of("00ab", "x").shape, "p1");
        assert_eq!(Pebble::of("", "x").shape, "p1");
    }
}
