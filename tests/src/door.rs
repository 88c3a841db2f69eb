//! A group's door: a knock as those see it who decide, and as who knocked does.

use serde_json::Value;

use crate::{Person, wait};

impl Person {
    /// A knock that this person decides about, once there is one as expected.
    #[track_caller]
    pub fn has_at_the_door(&self, group: &str, expected: impl Fn(&Value) -> bool) -> Value {
        let what = format!("the knock at {}'s door to be as expected", self.name());
        wait::until(wait::ARRIVAL, what, || {
            let list = self.kith(["knock", "list", group]).ok();
            list["received"].as_array()?.iter().find(|one| expected(one)).cloned()
        })
    }

    /// This person's own knock, once it is as expected.
    #[track_caller]
    pub fn knock_is(&self, group: &str, expected: impl Fn(&Value) -> bool) -> Value {
        wait::until(wait::ARRIVAL, format!("{}'s knock to be as expected", self.name()), || {
            let list = self.kith(["knock", "list", group]).ok();
            Some(list["mine"].clone()).filter(|mine| expected(mine))
        })
    }

    /// Waits until this person is in.
    #[track_caller]
    pub fn comes_in(&self, group: &str) {
        wait::until(wait::ARRIVAL, format!("{} to be in", self.name()), || {
            (self.status(group)["state"] == "joined").then_some(())
        });
    }
}

/// The id of a knock.
#[track_caller]
pub fn id(knock: &Value) -> String {
    knock["knock"].as_str().expect("a knock has an id").to_owned()
}
