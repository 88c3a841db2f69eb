//! Icons, as they stand in the pages. Beside each stand words: an icon alone says nothing.
//!
//! Drawn for Kith on a square of 24, in strokes of 1.75 with round ends, which the stylesheet gives. What points along a
//! line of text has the class `flip`, and is mirrored where a page is read from the right.

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
    // The mark: a ring of people with one seat lit.
    BRAND r#"<circle class="ring-seat" cx="12" cy="4.1" r="2.9"/><circle class="ring-dot" cx="18.4" cy="7.2" r="2.3"/><circle class="ring-dot" cx="20" cy="14.1" r="2.3"/><circle class="ring-dot" cx="15.6" cy="19.7" r="2.3"/><circle class="ring-dot" cx="8.4" cy="19.7" r="2.3"/><circle class="ring-dot" cx="4" cy="14.1" r="2.3"/><circle class="ring-dot" cx="5.6" cy="7.2" r="2.3"/>"#
    // Around every page.
    LEAVE r#"<path class="flip" d="M13 4.5H6.5A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.5H13M10 12h10m-3.5-3.5L20 12l-3.5 3.5"/>"#
    HELP r#"<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="3.5"/><path d="m6 6 3.5 3.5m5 5L18 18m0-12-3.5 3.5m-5 5L6 18"/>"#
    NODES r#"<circle cx="6" cy="6.5" r="2.25"/><circle cx="18" cy="6.5" r="2.25"/><circle cx="12" cy="17.5" r="2.25"/><path d="M8.25 6.5h7.5M7.1 8.5l3.8 7m6-7-3.8 7"/>"#
    TODAY r#"<path d="M3.5 18.5h17m-13.5 0a5 5 0 0 1 10 0M12 6v3.5m-7.2 1.7L7 13m12.2-1.8L17 13"/>"#
    GROUPS r#"<circle cx="12" cy="8" r="2.75"/><path d="M6.8 19.5c.3-3.7 2.2-5.5 5.2-5.5s4.9 1.8 5.2 5.5M6.2 11.7A2.15 2.15 0 1 1 7 7.6M2.8 17.5c.2-1.9.9-3.1 2-3.7m13-2.1A2.15 2.15 0 1 0 17 7.6m4.2 9.9c-.2-1.9-.9-3.1-2-3.7"/>"#
    SKILLS r#"<path d="M6.5 4h10A1.5 1.5 0 0 1 18 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-10A1.5 1.5 0 0 1 5 18.5v-13A1.5 1.5 0 0 1 6.5 4zM8.5 4v16m3-11.5H15m-3.5 3.5H15"/>"#
    PEOPLE r#"<circle cx="8.25" cy="8.5" r="2.75"/><circle cx="15.75" cy="8.5" r="2.75"/><path d="M3.25 19c.3-3.5 2.1-5.25 5-5.25 1.6 0 2.9.6 3.75 1.6.85-1 2.15-1.6 3.75-1.6 2.9 0 4.7 1.75 5 5.25"/>"#
    CALENDAR r#"<rect x="4" y="5.5" width="16" height="14" rx="2"/><path d="M4 10h16M8.5 3.5v4m7-4v4"/>"#
    SETTINGS r#"<circle cx="15" cy="7.5" r="2.25"/><circle cx="9" cy="16.5" r="2.25"/><path d="M4 7.5h8.75m4.5 0H20M4 16.5h2.75m4.5 0H20"/>"#
    MENU r#"<path d="M5 7h14M5 12h14M5 17h14"/>"#
    BACK r#"<path class="flip" d="M19 12H5m6-6-6 6 6 6"/>"#
    GO r#"<path class="flip" d="M5 12h14m-6-6 6 6-6 6"/>"#
    // What a post asks for, and what a reply is.
    LISTEN r#"<path d="M7 10a5 5 0 0 1 10 0c0 3.5-3.3 4.2-3.7 7-.3 2-1.5 3.5-3.3 3.5A3.2 3.2 0 0 1 6.9 18m3.1-7.8a2 2 0 0 1 4 0c0 1.5-1.6 1.9-1.9 3.5"/>"#
    EXPERIENCE r#"<path d="M5.5 5h13A1.5 1.5 0 0 1 20 6.5v8a1.5 1.5 0 0 1-1.5 1.5H12l-4.5 3.5V16h-2A1.5 1.5 0 0 1 4 14.5v-8A1.5 1.5 0 0 1 5.5 5z"/>"#
    IDEA r#"<path d="M9 14.7a5.75 5.75 0 1 1 6 0c-.6.5-.9 1.2-.9 2.3H9.9c0-1.1-.3-1.8-.9-2.3zM10.25 20h3.5"/>"#
    HAND r#"<circle cx="13" cy="7" r="2.75"/><path d="M4 13.5c1.8-1.2 3.6-1.2 5.2-.2l1.9 1.2H14a1.65 1.65 0 0 1 0 3.3h-3.2m3.7-2.6 3.7-2.1a1.6 1.6 0 0 1 1.7 2.7l-5.4 3.7H7.8L4 18"/>"#
    LEAF r#"<path d="M5 19.5C4.5 11 9 5 19.5 4.5 19.5 14 15 19 7.3 17.3M5 19.5c1.5-4 4-6.9 8-9.2"/>"#
    QUESTION r#"<circle cx="12" cy="12" r="8.5"/><path d="M9.6 9.7a2.45 2.45 0 1 1 3.5 2.2c-.8.4-1.1.9-1.1 1.8m0 2.8v.01"/>"#
    RESOURCE r#"<path d="M12 7c-2-1.5-4.5-2-8-2v12.5c3.5 0 6 .5 8 2 2-1.5 4.5-2 8-2V5c-3.5 0-6 .5-8 2zm0 0v12.5"/>"#
    OFFER r#"<path d="M5.5 11v8.5h13V11M4 7.5h16V11H4zm8 0v12m0-12C11.3 4.5 7.5 3 7.5 5.3c0 1.5 2 2.2 4.5 2.2zm0 0c.7-3 4.5-4.5 4.5-2.2 0 1.5-2 2.2-4.5 2.2z"/>"#
    // How something stands. The window is lit where its words say that somebody heard.
    WINDOW r#"<path class="pane" d="M6 20v-9.5a6 6 0 0 1 12 0V20z"/><path d="M12 4.5V20M6 13h12"/>"#
    CLOCK r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>"#
    DEVICE r#"<rect x="5" y="5" width="14" height="10" rx="1.5"/><path d="M3 18.5h18"/>"#
    CHECK r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#
    NOTE r#"<path d="M6 4.5h12v15H6zM9 9h6m-6 3.5h6M9 16h3.5"/>"#
    LOCK r#"<rect x="5.5" y="10.5" width="13" height="9.5" rx="2"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5M12 14.5v2"/>"#
    EYE r#"<path d="M3 12s3.3-6 9-6 9 6 9 6-3.3 6-9 6-9-6-9-6z"/><circle cx="12" cy="12" r="2.75"/>"#
    HOME r#"<path d="m4 11.5 8-7 8 7M6.5 9.5v10h4V14h3v5.5h4v-10"/>"#
    // Places and acts.
    WRITE r#"<path d="m4.5 19.5 1-4.2L16.2 4.7a1.5 1.5 0 0 1 2.1 0l1 1a1.5 1.5 0 0 1 0 2.1L8.7 18.5zM14 7l3 3"/>"#
    SEARCH r#"<circle cx="10.75" cy="10.75" r="6"/><path d="m15.25 15.25 4.75 4.75"/>"#
    ATTACHMENT r#"<path d="m18.75 11.25-6.9 6.9a4.2 4.2 0 0 1-6-6l7.3-7.3a2.85 2.85 0 0 1 4 4l-7 7a1.45 1.45 0 0 1-2.05-2.05l6.15-6.15"/>"#
    LINK_OUT r#"<path class="flip" d="M13.5 5H19v5.5M19 5l-8 8m6 1v4.5a1.5 1.5 0 0 1-1.5 1.5h-10A1.5 1.5 0 0 1 4 18.5v-10A1.5 1.5 0 0 1 5.5 7H10"/>"#
    PERSON r#"<circle cx="12" cy="8" r="3.5"/><path d="M5.5 19.5c.5-4 2.8-6 6.5-6s6 2 6.5 6"/>"#
    KEY r#"<circle cx="8" cy="15.5" r="3.75"/><path d="m10.75 12.75 8.75-8.75m-3.5 3.5 2.5 2.5m-5.25.25 2 2"/>"#
    INVITE r#"<rect x="3.5" y="5.5" width="17" height="13" rx="1.5"/><path d="m4 7 8 6 8-6"/>"#
    PHONE r#"<path d="M6.5 4h2.8l1.5 4-2 1.5a11.5 11.5 0 0 0 5.7 5.7l1.5-2 4 1.5v2.8a2 2 0 0 1-2 2A14.5 14.5 0 0 1 4.5 6a2 2 0 0 1 2-2z"/>"#
}
