//! A real browser, and what a person does and sees in it.
//!
//! Guarantees: each [`Browser`] is a Chromium of its own with an empty profile, which can look up no name but
//! `localhost`; what was started ends with the test, well or badly; every wait has a deadline, and its failure shows
//! where the browser was and what stood there. Things are found as a person finds them, or a screen reader: by
//! role and name ([`button`], [`link`], [`field`]).
//!
//! Refuses: to run inside an async test (as the stories, it blocks), and to pass silently where there is no Chromium:
//! it says so, or fails where `KITH_BROWSER=required` is set.
//!
//! ```no_run
//! use kith_tests::browser::{self, Driver, Setting};
//!
//! # fn story() {
//! let Some(driver) = Driver::start() else { return };
//! let ana = driver.opens(&Setting::default());
//! ana.goes_to("http://localhost:8080/");
//! ana.fills(&browser::field("What would you like to say?"), "Is anybody awake?");
//! ana.clicks(&browser::button("Post"));
//! ana.reads("Is anybody awake?");
//! # }
//! ```

mod accessibility;
mod chromium;
mod command;
mod driver;
mod everybody;
mod hands;
mod keyboard;
mod look;
mod overheard;
mod setting;
mod tab;
mod thing;

pub use accessibility::Violation;
pub use driver::Driver;
pub use fantoccini::key::Key;
pub use keyboard::Focused;
pub use look::{DESK, Look, NARROW, PHONE};
pub use setting::Setting;
pub use tab::Browser;
pub use thing::{Thing, button, css, field, heading, link, option};
