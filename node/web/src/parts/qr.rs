//! Square codes: black on white whatever the theme, since that is what cameras read.

use std::fmt;

use askama::filters::HtmlSafe;
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code, as the standard asks (ISO/IEC 18004, section 5.3.8).
const QUIET: usize = 4;

/// A square code, drawn as SVG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    width: usize,
    dark: String,
}

impl Qr {
    /// The code of a text; none if it is too long for one.
    pub fn of(text: &str) -> Option<Qr> {
        // The least correction: a screen has no stains, and larger modules are read more easily.
        let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
        let modules = code.to_colors();
        let rows = modules.chunks(code.width().max(1));
        let dark = rows.zip(QUIET..).map(|(row, y)| line(row, y)).collect();
        Some(Qr { width: code.width().saturating_add(2 * QUIET), dark })
    }
}

/// The dark modules of a row, those side by side drawn at once.
fn line(row: &[Color], y: usize) -> String {
    let mut drawn = String::new();
    let mut x = QUIET;
    for run in row.chunk_by(|a, b| a == b) {
        if run.first() == Some(&Color::Dark) {
            drawn.push_str(&format!("M{x} {y}h{0}v1h-{0}z", run.len()));
        }
        x = x.saturating_add(run.len());
    }
    drawn
}

impl fmt::Display for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Qr { width, dark } = self;
        write!(
            f,
            "<svg viewBox=\"0 0 {width} {width}\" width=\"192\" height=\"192\" shape-rendering=\"crispEdges\" \
             aria-hidden=\"true\"><path fill=\"#fff\" d=\"M0 0h{width}v{width}h-{width}z\"/>\
             <path fill=\"#000\" d=\"{dark}\"/></svg>"
        )
    }
}

impl HtmlSafe for Qr {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_corners_and_its_margin() {
        let qr = Qr::of("kith:abc").unwrap();
        assert_eq!(qr.width, 21 + 8);
        // The frame of the first corner: seven dark modules, then a light one.
        assert!(qr.dark.starts_with("M4 4h7v1h-7z"), "{}", qr.dark);
        assert!(!qr.to_string().contains("style"));
    }

    #[test]
    fn what_is_too_long_has_none() {
        assert!(Qr::of(&"x".repeat(2900)).is_some());
        assert!(Qr::of(&"x".repeat(3000)).is_none());
    }
}
