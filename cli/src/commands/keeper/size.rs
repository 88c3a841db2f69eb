//! Amounts of bytes, as people write and read them.

use std::fmt;
use std::str::FromStr;

/// So many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub u64);

const UNITS: [(&str, u64); 4] = [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

impl FromStr for Size {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Size, Self::Err> {
        const WRONG: &str = "write a size such as 500MiB or 1GiB";
        let text = text.trim();
        let unit = UNITS.iter().find_map(|(name, bytes)| Some((text.strip_suffix(name)?, *bytes)));
        let (number, bytes) = unit.unwrap_or((text, 1));
        let number: u64 = number.trim().parse().map_err(|_| WRONG)?;
        number.checked_mul(bytes).filter(|size| *size > 0).map(Size).ok_or(WRONG)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, bytes)| self.0 >= *bytes) {
            // Amounts of this size lose nothing that is shown.
            Some((name, bytes)) => write!(f, "{:.1} {name}", self.0 as f64 / *bytes as f64),
            None => write!(f, "{} bytes", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_shown() {
        for (text, bytes, shown) in [
            ("1GiB", 1 << 30, "1.0 GiB"),
            ("1536 MiB", 1536 << 20, "1.5 GiB"),
            ("100", 100, "100 bytes"),
            ("2048", 2048, "2.0 KiB"),
            ("3TiB", 3 << 40, "3.0 TiB"),
        ] {
            assert_eq!(text.parse(), Ok(Size(bytes)));
            assert_eq!(Size(bytes).to_string(), shown);
        }
        for text in ["", "GiB", "1GB", "-1", "0", "1.5GiB", "99999999TiB", "one"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
