//! Somebody at a browser of their own, on the pages of their own node, doing there what people do: things are found by what
//! they are called, and whatever comes from others is waited for.

use std::ops::Deref;

use crate::browser::{Browser, Driver, Setting, button, css, field, link, option};
use crate::{Home, Person, wait};

/// A few minutes from now, as the fields for a day and a time take it from a keyboard.
const SOON: &str =
    "const then = new Date(Date.now() + 5 * 60000), two = number => String(number).padStart(2, '0');
return [two(then.getMonth() + 1) + two(then.getDate()) + then.getFullYear(),
    two(then.getHours() % 12 || 12) + two(then.getMinutes()) + (then.getHours() < 12 ? 'AM' : 'PM')];";

/// A person at their browser. What the browser shows and does can be asked of them.
#[derive(Debug)]
pub struct Guest {
    /// Who it is, and their node.
    pub person: Person,
    browser: Browser,
}

impl Deref for Guest {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

/// Has a new sign-in page made, opens it as a double click would, and waits for the page it leads to.
#[track_caller]
pub fn signs_in(browser: &Browser, home: &Home) {
    home.kith(["open"]).ok();
    browser.goes_to_file(&home.path().join("open.html"));
    // It goes on by itself where it can.
    if !browser.setting().scripts {
        browser.clicks(&button("Open Kith"));
    }
    let before = ["/open.html", "/sign-in"];
    browser.comes_where("a page of the app", |path| !before.iter().any(|one| path.ends_with(one)));
}

/// Has all but the first of these come into the group that the first has opened, by a link made on its pages.
#[track_caller]
pub fn gather(guests: &[&Guest], group: &str) {
    if let [first, others @ ..] = guests {
        let invite = first.invites(group, "An open door", others.len());
        others.iter().for_each(|other| other.joins(&invite));
    }
}

impl Guest {
    /// Somebody whose node runs, signed in with a new browser.
    #[track_caller]
    pub fn of(person: Person, driver: &Driver) -> Guest {
        Guest::with(person, driver, &Setting::default())
    }

    /// As [`Guest::of`], with a browser that is set so.
    #[track_caller]
    pub fn with(person: Person, driver: &Driver, setting: &Setting) -> Guest {
        let guest = Guest { person, browser: driver.opens(setting) };
        guest.signs_in();
        guest
    }

    /// Signs in anew: after a lock, or a new start of the node, which then is at another address.
    #[track_caller]
    pub fn signs_in(&self) {
        signs_in(&self.browser, self.person.home());
    }

    /// Opens Kith with the passphrase, on the page that asks for it.
    #[track_caller]
    pub fn unlocks(&self, passphrase: &str) {
        self.fills(&field("Passphrase"), passphrase);
        self.clicks(&button("Open"));
    }

    /// Goes to a page of the app.
    #[track_caller]
    pub fn goes(&self, path: &str) {
        self.goes_to(&format!("{}{path}", self.origin()));
    }

    /// Goes to a page again and again until it says something: for pages that do not change under their reader's eyes.
    #[track_caller]
    pub fn finds(&self, path: &str, words: &str) {
        let found = wait::within(self.setting().patience, || {
            self.goes(path);
            self.says(words).then_some(())
        });
        // Waited for once more, it fails with what the page says.
        found.unwrap_or_else(|| self.reads(words));
    }

    /// Whether this can be read on the page now.
    #[track_caller]
    pub fn says(&self, words: &str) -> bool {
        self.text().replace('\n', " ").contains(words)
    }

    /// Goes to a group by its name.
    #[track_caller]
    pub fn visits(&self, group: &str) {
        self.clicks(&link(group).inside("nav"));
        self.comes_where("the group", |path| path.starts_with("/groups/"));
        self.sees(&link("Posts").inside("nav"));
    }

    /// Makes an invite for so many on the pages of a group, in one of the ways offered, and gives its text.
    #[track_caller]
    pub fn invites(&self, group: &str, way: &str, people: usize) -> String {
        self.visits(group);
        self.clicks(&link("Members").inside("nav"));
        self.clicks(&link("Invite somebody"));
        self.clicks(&option(way));
        self.fills(&field("How many times it works"), &people.to_string());
        self.clicks(&button("Make the invite"));
        self.reads("Your invite");
        let text = self.text();
        let invite = text.lines().find(|line| line.starts_with("kith:"));
        invite.unwrap_or_else(|| panic!("No invite stands here:\n{text}")).to_owned()
    }

    /// Pastes an invite where it is asked for, and looks at what it says of itself.
    #[track_caller]
    pub fn looks_at(&self, invite: &str) {
        self.clicks(&link("Groups").inside("nav"));
        self.clicks(&link("Join with an invite"));
        self.fills(&field("Your invite needed"), invite);
        self.clicks(&button("Look at it"));
        self.fills(&field("Your name here"), self.person.name());
    }

    /// Joins with an invite that lets in whoever has it, and agrees to what people there agreed to.
    #[track_caller]
    pub fn joins(&self, invite: &str) {
        self.looks_at(invite);
        self.clicks(&button("Join"));
        self.agrees();
    }

    /// Is let in, without looking again, reads what people there agreed to, and agrees.
    #[track_caller]
    pub fn agrees(&self) {
        self.reads("You are in.");
        // Who was in before the page came is led on at once.
        if !self.says("Please read this before you write.") {
            self.clicks(&link("Read what people here agreed to"));
        }
        for one in 0..self
            .runs("return document.querySelectorAll('[name=agreed]').length", &[])
            .as_u64()
            .unwrap_or(0)
        {
            self.clicks(&css(format!("[name=agreed][value='{one}']")));
        }
        self.clicks(&button("I agree to these"));
        self.reads("You are in. Saying hello is fine, and so is just reading.");
    }

    /// Writes a post with a wish, and sends it. It then stands in the group.
    #[track_caller]
    pub fn posts(&self, group: &str, wish: &str, text: &str) {
        self.visits(group);
        self.clicks(&link("Write a post"));
        self.clicks(&option(wish));
        self.fills(&field("Your words"), text);
        self.clicks(&button(format!("Send to {group}")));
        self.reads("Saved.");
        self.reads(text);
    }

    /// Shows what waited behind a button, which then is gone.
    #[track_caller]
    pub fn shows(&self, waiting: &str) {
        self.clicks(&link(waiting));
        self.sees_no_more(&link(waiting));
    }

    /// Opens a post that stands on the page.
    #[track_caller]
    pub fn opens(&self, author: &str, text: &str) {
        self.clicks(&link(format!("Open and reply to {author}")).beside(text));
        self.sees(&css("#send-reply"));
    }

    /// A few minutes from now, as it is typed into the fields for a day and a time.
    #[track_caller]
    pub fn soon(&self) -> [String; 2] {
        let soon = self.runs(SOON, &[]);
        [0, 1].map(|one: usize| soon[one].as_str().expect("a text").to_owned())
    }

    /// Answers the post whose page is open, in a way that is offered.
    #[track_caller]
    pub fn replies(&self, kind: &str, text: &str) {
        self.clicks(&option(kind));
        self.fills(&field("Your words"), text);
        self.clicks(&button("Send reply"));
    }
}
