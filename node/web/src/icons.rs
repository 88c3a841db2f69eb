//! Icons, as they stand in the pages. Beside each stand words: an icon alone says nothing.

use std::fmt;

use askama::filters::HtmlSafe;

/// A drawing of our own, as SVG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icon(&'static str);

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<svg class=\"i\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">{}</svg>", self.0)
    }
}

impl HtmlSafe for Icon {}

macro_rules! icons {
    ($($name:ident $drawn:literal)+) => { $(#[allow(missing_docs, reason = "it is what it is called")] pub const $name: Icon = Icon($drawn);)+ };
}

icons! {
    BRAND r#"<circle cx="12" cy="12" r="8"/>"#
    LEAVE r#"<path d="M10 4H5.500a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1H10M9.5 12H20M16 8l4 4-4 4"/>"#
    HELP r#"<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="3.4"/>"#
    NODES r#"<circle cx="6" cy="7" r="2.3"/><circle cx="18" cy="7" r="2.3"/><circle cx="12" cy="18" r="2.3"/>"#
    TODAY r#"<path d="M4 18h16M7 18a5 5 0 0 1 10 0"/>"#
    GROUPS r#"<circle cx="8.5" cy="9" r="3"/><circle cx="16.5" cy="10" r="2.4"/>"#
    SKILLS r#"<path d="M5 4.500h9v12H5z"/>"#
    PEOPLE r#"<circle cx="12" cy="8.5" r="3.5"/>"#
    CALENDAR r#"<rect x="4" y="5.5" width="16" height="14.5" rx="2"/>"#
    SETTINGS r#"<circle cx="12" cy="12" r="3"/>"#
    MENU r#"<path d="M5 7h14M5 12h14M5 17h14"/>"#
    BACK r#"<path d="M19 12H5M11 6l-6 6 6 6"/>"#
    LISTEN r#"<path d="M8 9.500a4.5 4.5 0 0 1 9 0"/>"#
    EXPERIENCE r#"<path d="M5 5h14v9H5z"/>"#
    IDEA r#"<path d="M9.5 17.500h5"/>"#
    HAND r#"<path d="M9.5 17.500h5"/>"#
    LEAF r#"<path d="M9.5 17.500h5"/>"#
    QUESTION r#"<circle cx="12" cy="12" r="8.5"/>"#
    LIBRARY r#"<path d="M5 4.500h14v15H5z"/>"#
    WINDOW r#"<path class="pane" d="M6 20v-9a6 6 0 0 1 12 0v9z"/><path d="M12 5v15M6 13h12"/>"#
    CLOCK r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 7.500V12l3 2"/>"#
    NOTE r#"<path d="M5 4.500h14v15H5z"/>"#
}
