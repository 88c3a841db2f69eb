//! What a person does with a keyboard alone.

use std::fmt;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;

use super::thing::{elements, label, role};
use super::{Browser, Thing};

/// How many stops of the Tab key are tried on the way to something.
const STOPS: usize = 120;

const OUTLINED: &str = "
const outlined = one => one && getComputedStyle(one).outlineStyle !== 'none' && getComputedStyle(one).outlineWidth !== '0px';
return Boolean(outlined(document.activeElement) || outlined(document.activeElement.closest('label')));
";

/// At which of several to choose from the Tab key stops: the one that is chosen, or else the first.
const AMONG: &str = "
const [one] = arguments;
const all = [...document.getElementsByName(one.name)].filter(other => other.form === one.form);
return [all.find(other => other.checked) || all[0]];
";

/// What has the focus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focused {
    /// Its tag: `body` if nothing has.
    pub tag: String,
    /// What it is, for those who do not see it: `button`, `link`, `textbox`…
    pub role: String,
    /// What it is called, for those who do not see it.
    pub name: String,
    /// What can be read in it.
    pub text: String,
    /// Whether an outline shows where the focus is, around it or around its label.
    pub outlined: bool,
}

impl fmt::Display for Focused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} <{}> {:?}", self.role, self.tag, self.name)?;
        if self.outlined { Ok(()) } else { write!(f, " (without an outline)") }
    }
}

impl Browser {
    /// Presses a key and lets it go, wherever the focus is.
    #[track_caller]
    pub fn presses(&self, key: Key) {
        self.presses_all(&[key]);
    }

    /// Holds keys down one after another, and lets them go the other way round: Shift and Tab goes back.
    #[track_caller]
    pub fn presses_all(&self, keys: &[Key]) {
        let press = |actions: KeyActions, key: &Key| actions.then(KeyAction::Down { value: (*key).into() });
        let release = |actions: KeyActions, key: &Key| actions.then(KeyAction::Up { value: (*key).into() });
        let actions = keys.iter().fold(KeyActions::new("keyboard".into()), press);
        self.does(self.client().perform_actions(keys.iter().rev().fold(actions, release)));
    }

    /// Presses the Tab key so many times.
    #[track_caller]
    pub(super) fn presses_tab(&self, times: u64) {
        let press = |actions: KeyActions, _| {
            let down = actions.then(KeyAction::Down { value: Key::Tab.into() });
            down.then(KeyAction::Up { value: Key::Tab.into() })
        };
        self.does(self.client().perform_actions((0..times).fold(KeyActions::new("keyboard".into()), press)));
    }

    /// Types a text, wherever the focus is.
    #[track_caller]
    pub fn types(&self, text: &str) {
        let element = self.does(self.client().active_element());
        self.does(element.send_keys(text));
    }

    /// Goes to something with the Tab key, and presses Enter there.
    #[track_caller]
    pub fn enters(&self, thing: &Thing) {
        self.tabs_to(thing);
        self.presses(Key::Enter);
    }

    /// Goes to something with the Tab key, and presses the space bar there.
    #[track_caller]
    pub fn ticks(&self, thing: &Thing) {
        self.tabs_to(thing);
        self.types(" ");
    }

    /// Chooses one of several: goes to them with the Tab key, and on among them with the arrows.
    #[track_caller]
    pub fn picks(&self, thing: &Thing) {
        let wanted = self.find(thing);
        let stop = self.runs(AMONG, &[serde_json::json!(wanted)]);
        let stop = elements(self.client(), &stop).pop().unwrap_or_else(|| wanted.clone());
        self.tabs_until(thing, &stop);
        if !self.does(stop.is_selected()) {
            self.types(" ");
        }
        for _ in 0..STOPS {
            if self.does(wanted.is_selected()) {
                return;
            }
            self.presses(Key::Down);
        }
        panic!("The arrows do not get to {thing}.\n{}", self.report());
    }

    /// Goes to a field with the Tab key, and types there. In a field of choices, what is typed chooses.
    #[track_caller]
    pub fn types_into(&self, thing: &Thing, text: &str) {
        self.tabs_to(thing);
        self.types(text);
    }

    /// What has the focus.
    #[track_caller]
    pub fn focused(&self) -> Focused {
        self.does(async {
            let element = self.client().active_element().await?;
            let id = element.element_id();
            let outlined = self.client().execute(OUTLINED, vec![]).await?;
            Ok(Focused {
                tag: element.tag_name().await?,
                role: role(self.client(), &id).await?,
                name: label(self.client(), &id).await?,
                text: element.text().await?,
                outlined: outlined == true,
            })
        })
    }

    /// Presses Tab until this has the focus, and gives what had it on the way; fails the test if the way goes round
    /// without it, or somewhere on it no outline shows where the focus is.
    #[track_caller]
    pub fn tabs_to(&self, thing: &Thing) -> Vec<Focused> {
        self.tabs_until(thing, &self.find(thing))
    }

    #[track_caller]
    fn tabs_until(&self, thing: &Thing, wanted: &Element) -> Vec<Focused> {
        let wanted = wanted.element_id();
        let mut way: Vec<Focused> = Vec::new();
        let shown = |way: &[Focused]| way.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        for _ in 0..STOPS {
            self.presses(Key::Tab);
            let stop = self.focused();
            let unseen = !stop.outlined && stop.tag != "body";
            way.push(stop);
            assert!(!unseen, "On the way to {thing}, nothing shows where the focus is:\n{}", shown(&way));
            if self.does(self.client().active_element()).element_id().as_ref() == wanted.as_ref() {
                return way;
            }
        }
        panic!("The Tab key does not get to {thing}. It went:\n{}\n{}", shown(&way), self.report());
    }
}
