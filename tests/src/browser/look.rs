//! What a page looks like: sizes, colours, pictures, and whether it fits.

use std::fs;
use std::path::Path;

use data_encoding::BASE64;
use fantoccini::error::CmdError;
use serde_json::{Value, json};

use super::Browser;
use super::command::Command;

/// Width and height of a window on a desk, in CSS pixels.
pub const DESK: (u32, u32) = (1280, 900);
/// Width and height of a phone.
pub const PHONE: (u32, u32) = (390, 844);
/// The narrowest window that pages must fit: a desk's at 400 % (WCAG 2.2, 1.4.10).
pub const NARROW: (u32, u32) = (320, 640);

/// What a person has set their machine to, as far as pages can know it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// They prefer dark colours.
    pub dark: bool,
    /// Their machine allows a few colours of its own only, as high contrast on Windows does.
    pub forced: bool,
    /// They prefer more contrast.
    pub contrast: bool,
    /// They prefer little motion.
    pub still: bool,
}

impl Look {
    /// As machines come.
    pub const LIGHT: Look = Look { dark: false, forced: false, contrast: false, still: false };
    /// Dark colours preferred.
    pub const DARK: Look = Look { dark: true, ..Look::LIGHT };
    /// Few colours, and dark ones.
    pub const FORCED: Look = Look { forced: true, ..Look::DARK };
    /// More contrast preferred.
    pub const CONTRAST: Look = Look { contrast: true, ..Look::LIGHT };
    /// Little motion preferred.
    pub const STILL: Look = Look { still: true, ..Look::LIGHT };

    fn features(self) -> Value {
        let feature = |name: &str, value: &str| json!({ "name": name, "value": value });
        let or_none = |set: bool, value: &'static str| if set { value } else { "no-preference" };
        json!([
            feature("prefers-color-scheme", if self.dark { "dark" } else { "light" }),
            feature("forced-colors", if self.forced { "active" } else { "none" }),
            feature("prefers-contrast", or_none(self.contrast, "more")),
            feature("prefers-reduced-motion", or_none(self.still, "reduce")),
        ])
    }
}

impl Browser {
    /// Gives pages this much room: width and height in CSS pixels, as [`DESK`], [`PHONE`] or [`NARROW`].
    #[track_caller]
    pub fn sized(&self, (width, height): (u32, u32)) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.commands(Command::DevTools("Emulation.setDeviceMetricsOverride", size));
    }

    /// Has pages look as for somebody who set their machine so.
    #[track_caller]
    pub fn looks(&self, look: Look) {
        self.commands(Command::DevTools(
            "Emulation.setEmulatedMedia",
            json!({ "features": look.features() }),
        ));
    }

    /// Writes a picture of the whole page to a PNG file.
    #[track_caller]
    pub fn pictured(&self, file: &Path) {
        let bytes =
            self.try_picture().unwrap_or_else(|error| panic!("No picture: {error}\n{}", self.report()));
        fs::write(file, bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    pub(super) fn try_picture(&self) -> Result<Vec<u8>, CmdError> {
        let ask = |name, values| self.awaits(self.client().issue_cmd(Command::DevTools(name, values)));
        let size = ask("Page.getLayoutMetrics", json!({}))?["cssContentSize"].take();
        let whole = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let taken = ask(
            "Page.captureScreenshot",
            json!({ "format": "png", "captureBeyondViewport": true, "clip": whole }),
        )?;
        let encoded = taken["data"].as_str().unwrap_or_default();
        BASE64.decode(encoded.as_bytes()).map_err(|_| CmdError::NotW3C(Value::from("a picture that is none")))
    }

    /// What makes the page scroll sideways: nothing if it fits into its window.
    #[track_caller]
    pub fn too_wide(&self) -> Vec<String> {
        let found = self.runs(TOO_WIDE, &[]);
        found.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    }

    /// Fails the test if the page scrolls sideways.
    #[track_caller]
    pub fn fits(&self) {
        let wide = self.too_wide();
        assert!(wide.is_empty(), "{} scrolls sideways, because of:\n{}", self.address(), wide.join("\n"));
    }
}

const TOO_WIDE: &str = r#"
const page = document.documentElement, room = page.clientWidth;
if (page.scrollWidth <= room) return [];
const wide = [...document.body.querySelectorAll('*')].filter(one => {
    const { left, right } = one.getBoundingClientRect();
    const outside = right > room + 0.5 || (document.dir === 'rtl' && left < -0.5);
    // Words that do not break stand out of what holds them.
    return outside || (one.scrollWidth > room && getComputedStyle(one).overflowX === 'visible');
});
const inner = wide.filter(one => !wide.some(other => other !== one && one.contains(other)));
const named = one => one.tagName.toLowerCase() + (one.id ? '#' + one.id : '') + [...one.classList].map(c => '.' + c).join('');
return [`the page: ${page.scrollWidth} px of ${room}`, ...inner.slice(0, 4).map(one =>
    `${named(one)}: from ${Math.round(one.getBoundingClientRect().left)} to ${Math.round(one.getBoundingClientRect().right)} px, "${one.textContent.trim().slice(0, 40)}"`)];
"#;
