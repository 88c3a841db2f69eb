//! Pictures of the pages for `docs/pictures`, taken in a real browser from a group that is made up.
//!
//! `cargo run -p kith-tests --example pictures [-- FOLDER]`, or `just pictures`. The group is played anew each time, so
//! that ids and times differ; what is written and who wrote it do not.

use std::fs;
use std::path::{Path, PathBuf};

use kith_tests::browser::{Browser, DESK, Driver, Look, PHONE, Setting, button, css};
use kith_tests::guest::signs_in;
use kith_tests::scene::Scene;
use kith_tests::{Home, Node, Visitor, wait};

const LIGHT: Look = Look::STILL;
const DARK: Look = Look { still: true, ..Look::DARK };

/// How a page is taken: the end of its file's name, the window, and the colours.
type Way = (&'static str, (u32, u32), Look);

const DESK_LIGHT: Way = ("", DESK, LIGHT);
const DESK_DARK: Way = ("-dark", DESK, DARK);
const PHONE_LIGHT: Way = ("-phone", PHONE, LIGHT);
const PHONE_DARK: Way = ("-phone-dark", PHONE, DARK);

const SHARED: [&str; 2] = [
    "Today I carried his watch. It has stopped, and I wear it anyway.",
    "A letter from the bank, with both our names on it. I put it back into its envelope.",
];

struct Camera {
    browser: Browser,
    origin: String,
    folder: PathBuf,
}

impl Camera {
    /// As somebody who has just opened the app.
    fn at(driver: &Driver, home: &Home, folder: &Path) -> Camera {
        let browser = driver.opens(&Setting::default());
        browser.looks(LIGHT);
        signs_in(&browser, home);
        Camera { origin: browser.origin(), browser, folder: folder.to_owned() }
    }

    fn takes(&self, name: &str, path: &str, ways: &[Way]) {
        self.browser.goes_to(&format!("{}{path}", self.origin));
        self.takes_here(name, ways);
    }

    fn takes_here(&self, name: &str, ways: &[Way]) {
        for (end, size, look) in ways {
            self.browser.sized(*size);
            self.browser.looks(*look);
            self.browser.pictured(&self.folder.join(format!("{name}{end}.png")));
        }
        println!("{name}");
    }
}

fn main() {
    let folder: PathBuf = std::env::args().nth(1).unwrap_or_else(|| "docs/pictures".into()).into();
    let Some(driver) = Driver::start() else { return };
    fs::create_dir_all(&folder).expect("a folder for the pictures");
    of_the_first_run(&driver, &folder);
    let scene = Scene::plays();
    of_a_member(&driver, &scene, &folder);
    of_a_facilitator(&driver, &scene, &folder);
    of_a_circle(&driver, &scene, &folder);
}

fn of_the_first_run(driver: &Driver, folder: &Path) {
    let home = Home::new();
    let _node = Node::start_as(home.kith(["run", "--listen", "127.0.0.1"]).command());
    let camera = Camera::at(driver, &home, folder);
    camera.takes("welcome", "/welcome", &[DESK_LIGHT, DESK_DARK, PHONE_LIGHT]);
}

fn of_a_member(driver: &Driver, scene: &Scene, folder: &Path) {
    let camera = Camera::at(driver, scene.juniper.home(), folder);
    let group = format!("/groups/{}", scene.group);
    camera.takes("today", "/today", &[DESK_LIGHT, PHONE_LIGHT]);
    camera.takes("group", &group, &[DESK_LIGHT, DESK_DARK, PHONE_LIGHT, PHONE_DARK]);
    camera.takes("write", &format!("{group}/write"), &[DESK_LIGHT, PHONE_LIGHT]);
    camera.takes("thread", &format!("{group}/posts/{}", scene.coat), &[DESK_LIGHT, PHONE_LIGHT]);
    camera.takes("thread-mine", &format!("{group}/posts/{}", scene.birthday), &[DESK_LIGHT, DESK_DARK]);
    camera.takes("needs-reply", &format!("{group}/needs-reply"), &[DESK_LIGHT]);
    camera.takes("library", &format!("{group}/library"), &[DESK_LIGHT]);
    camera.takes("about", &format!("{group}/about"), &[DESK_LIGHT]);
    camera.takes("circle-lobby", &format!("{group}/circles/{}", scene.circle), &[DESK_LIGHT]);
    camera.takes("check-in", "/check-in", &[DESK_LIGHT, PHONE_LIGHT]);
    camera.takes("skills", "/skills", &[DESK_LIGHT]);
    camera.takes("calendar", "/calendar", &[DESK_LIGHT]);
    camera.takes("people", "/people", &[DESK_LIGHT]);
    camera.takes("help-now", "/help-now", &[DESK_LIGHT, PHONE_LIGHT]);
    camera.takes("connection", "/node", &[DESK_LIGHT]);
    camera.takes("settings", "/settings", &[DESK_LIGHT]);
}

fn of_a_facilitator(driver: &Driver, scene: &Scene, folder: &Path) {
    let camera = Camera::at(driver, scene.ilse.home(), folder);
    let group = format!("/groups/{}", scene.group);
    camera.takes("desk", &format!("{group}/desk"), &[DESK_LIGHT]);
    camera.takes("start", "/groups/new", &[DESK_LIGHT]);
    camera.browser.goes_to(&format!("{}{group}/invite", camera.origin));
    camera.browser.clicks(&button("Make the invite"));
    camera.browser.sees(&css(".qr"));
    camera.takes_here("invite", &[DESK_LIGHT]);
}

/// Everybody is in the circle, and one has spoken.
fn of_a_circle(driver: &Driver, scene: &Scene, folder: &Path) {
    let here = format!("/groups/{}/circles/{}", scene.group, scene.circle);
    let mut at = [&scene.ilse, &scene.bram, &scene.wren, &scene.juniper].map(|person| {
        person.kith(["open"]).ok();
        Visitor::comes_to(person.home())
    });
    for visitor in &mut at {
        visitor.waits_for(&format!("/groups/{}/circles", scene.group), "Open now");
        visitor.sees(&here);
        visitor.sends(&here, &[("do", "enter")]);
    }
    let camera = Camera::at(driver, scene.juniper.home(), folder);
    camera.browser.goes_to(&format!("{}{here}", camera.origin));
    for name in ["Ilse", "Bram", "Wren"] {
        camera.browser.reads(name);
    }
    at[0].sees(&here);
    at[0].sends(&here, &[("do", "next")]);
    camera.browser.reads("What did you carry today?");
    for words in SHARED {
        let has_turn = |visitor: &mut Visitor| visitor.sees(&here).text().contains("It is your turn");
        let turn =
            wait::until(wait::ARRIVAL, "somebody to have the turn", || at.iter_mut().position(has_turn));
        if turn + 1 == at.len() {
            break;
        }
        at[turn].sends(&here, &[("do", "share"), ("text", words)]);
        camera.browser.reads(words);
    }
    camera.takes_here("circle", &[DESK_LIGHT, DESK_DARK, PHONE_LIGHT]);
}
