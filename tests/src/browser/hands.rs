//! What a person does with a pointer and by writing.

use fantoccini::Locator;

use super::{Browser, Thing};

const INTO_SIGHT: &str = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";

impl Browser {
    /// Clicks it, once it is there and nothing lies over it.
    #[track_caller]
    pub fn clicks(&self, thing: &Thing) {
        self.until(&format!("{thing}, to click it"), || {
            let Some(element) = self.awaits(thing.look(self.client()))? else { return Ok(None) };
            self.awaits(async {
                // What stands under the bar at the top is scrolled to, as a person would.
                let arguments = vec![serde_json::to_value(&element)?];
                self.client().execute(INTO_SIGHT, arguments).await?;
                element.click().await.map(Some)
            })
        });
    }

    /// Writes into a field, behind what stands there. A line break is the Enter key; for a field for a file, the text
    /// is its path.
    #[track_caller]
    pub fn writes(&self, thing: &Thing, text: &str) {
        let element = self.find(thing);
        self.does(element.send_keys(text));
    }

    /// Writes into a field instead of what stands there.
    #[track_caller]
    pub fn fills(&self, thing: &Thing, text: &str) {
        let element = self.find(thing);
        self.does(async {
            element.clear().await?;
            element.send_keys(text).await
        });
    }

    /// Chooses an option of a field, by what it says.
    #[track_caller]
    pub fn chooses(&self, thing: &Thing, option: &str) {
        let element = self.find(thing);
        self.until(&format!("the option {option:?} of {thing}"), || {
            self.awaits(async {
                for one in element.find_all(Locator::Css("option")).await? {
                    if one.text().await?.trim() == option {
                        return one.click().await.map(Some);
                    }
                }
                Ok(None)
            })
        });
    }

    /// What stands in a field.
    #[track_caller]
    pub fn value(&self, thing: &Thing) -> String {
        let element = self.find(thing);
        self.does(element.prop("value")).unwrap_or_default()
    }

    /// Waits until this stands in a field.
    #[track_caller]
    pub fn sees_value(&self, thing: &Thing, wanted: &str) {
        self.until(&format!("{wanted:?} in {thing}"), || {
            let Some(element) = self.awaits(thing.look(self.client()))? else { return Ok(None) };
            Ok(self.awaits(element.prop("value"))?.filter(|value| value == wanted).map(drop))
        });
    }

    /// Whether a box is ticked, or an option chosen.
    #[track_caller]
    pub fn is_ticked(&self, thing: &Thing) -> bool {
        let element = self.find(thing);
        self.does(element.is_selected())
    }

    /// An attribute of something.
    #[track_caller]
    pub fn attribute(&self, thing: &Thing, name: &str) -> Option<String> {
        let element = self.find(thing);
        self.does(element.attr(name))
    }
}
