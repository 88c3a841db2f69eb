//! The browser that other tests look through: what it shows of a page, does in it, and notices about it.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::routing::get;
use kith_tests::browser::{
    Browser, DESK, Driver, Key, Look, NARROW, Setting, button, css, field, heading, link,
};

/// A page as it should be: everything has a name, and can be reached and read.
const GOOD: &str = r##"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A good page</title>
<link rel="stylesheet" href="/style.css"></head><body><main>
<h1>A good page</h1>
<noscript><p>No scripts run.</p></noscript>
<p id="late" hidden>It came late.</p>
<details><summary>What is folded</summary><p>It was folded.</p></details>
<article><p>First of all.</p><a href="/answered?to=1">Answer</a></article>
<article><p>And then.</p><a href="/answered?to=2">Answer</a></article>
<form action="/sent">
<label for="text">What would you like to say?</label> <textarea id="text" name="text"></textarea>
<label>To whom <select name="to"><option>All</option><option>Facilitators</option></select></label>
<label><input type="checkbox" name="quiet"> Quietly</label>
<button>Send</button>
</form></main><script src="/late.js"></script></body></html>"##;

/// A page as it should not be.
const BAD: &str = r##"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A bad page</title></head><body><main>
<h1>A bad page</h1><input id="nameless"><p class="wide" style="width: 2000px">Too wide.</p>
<img src="http://elsewhere.example/pixel.png" alt="Somebody else's"></main></body></html>"##;

const STYLE: &str = "
:root { color-scheme: light dark } body { font-size: 1rem; background: Canvas; color: CanvasText }
select, textarea { max-width: 100% }
";

const LATE: &str = "
document.getElementById('late').hidden = false;
const told = matches => document.body.dataset.told = matches;
";

/// Pages on loopback, until the test ends.
struct Pages {
    origin: String,
    _runtime: tokio::runtime::Runtime,
}

impl Pages {
    fn serve() -> Pages {
        let policy = "default-src 'self'";
        let page = move |kind: &'static str, body: &'static str, policy: &'static str| {
            get(move || async move { ([(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, policy)], body) })
        };
        let html = "text/html; charset=utf-8";
        let answer = "<!doctype html><html lang=en><title>Done</title><main><h1>It is done</h1></main>";
        let pages = Router::new()
            .route("/", page(html, GOOD, policy))
            .route("/bad", page(html, BAD, policy))
            .route("/sent", page(html, answer, policy))
            .route("/answered", page(html, answer, policy))
            .route("/style.css", page("text/css", STYLE, policy))
            .route("/late.js", page("text/javascript", LATE, policy))
            .route("/favicon.ico", page("image/x-icon", "", policy));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move { axum::serve(listener, pages).await });
        Pages { origin: format!("http://abcdefghijklmnop.localhost:{port}"), _runtime: runtime }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// What a failing look says.
fn failure(look: impl FnOnce()) -> String {
    let failed = catch_unwind(AssertUnwindSafe(look)).expect_err("this should fail");
    *failed.downcast::<String>().expect("a failure has words")
}

#[test]
fn a_page_is_read_and_used_as_a_person_would() {
    let Some(driver) = Driver::start() else { return };
    let pages = Pages::serve();
    let browser = driver.opens(&Setting { patience: Duration::from_secs(20), ..Setting::default() });
    browser.goes_to(&pages.at("/"));
    it_is_read(&browser);
    it_is_written_in(&browser, &pages);
    the_keyboard_is_enough(&browser, &pages);
    it_is_seen_as_people_set_their_machines(&browser);
    nothing_is_wrong(&browser, &pages);
    what_is_wrong_is_noticed(&browser, &pages);
}

fn it_is_read(browser: &Browser) {
    assert_eq!(browser.title(), "A good page");
    assert_eq!(browser.path(), "/");
    browser.sees(&heading("A good page"));
    browser.reads("It came late.");
    assert!(!browser.text().contains("It was folded."), "{}", browser.text());
    assert!(!browser.text().contains("No scripts run."), "{}", browser.text());
    browser.clicks(&button("What is folded"));
    browser.reads("What is folded It was folded.");
    browser.clicks(&button("What is folded"));
    browser.reads_no_more("It was folded.");
    browser.sees_no_more(&css("noscript > p"));
}

fn it_is_written_in(browser: &Browser, pages: &Pages) {
    browser.fills(&field("What would you like to say?"), "Four hours, ");
    browser.writes(&field("What would you like to say?"), "again ☕ 🙂");
    assert_eq!(browser.value(&field("What would you like to say?")), "Four hours, again ☕ 🙂");
    browser.chooses(&field("To whom"), "Facilitators");
    browser.clicks(&field("Quietly"));
    assert!(browser.is_ticked(&field("Quietly")));
    browser.clicks(&button("Send"));
    browser.comes_where("the form to be sent", |path| {
        path.starts_with("/sent?text=Four+hours%2C+again") && path.ends_with("&to=Facilitators&quiet=on")
    });
    browser.goes_to(&pages.at("/"));
    browser.clicks(&link("Answer").beside("And then."));
    browser.comes_to("/answered?to=2");
    browser.goes_back();
    browser.comes_to("/");
}

fn the_keyboard_is_enough(browser: &Browser, pages: &Pages) {
    browser.goes_to(&pages.at("/"));
    let way = browser.tabs_to(&field("What would you like to say?"));
    let names: Vec<&str> = way.iter().map(|stop| stop.name.as_str()).collect();
    assert_eq!(names, ["What is folded", "Answer", "Answer", "What would you like to say?"]);
    browser.types("Hello");
    browser.presses(Key::Tab);
    browser.presses(Key::Down);
    browser.presses_all(&[Key::Shift, Key::Tab]);
    let focused = browser.focused();
    assert_eq!((focused.tag.as_str(), focused.role.as_str()), ("textarea", "textbox"));
    browser.tabs_to(&button("Send"));
    browser.presses(Key::Enter);
    browser.comes_to("/sent?text=Hello&to=Facilitators");
}

fn it_is_seen_as_people_set_their_machines(browser: &Browser) {
    let told = |query: &str| browser.runs("return matchMedia(arguments[0]).matches", &[query.into()]) == true;
    for (look, query) in [
        (Look::DARK, "(prefers-color-scheme: dark)"),
        (Look::FORCED, "(forced-colors: active)"),
        (Look::CONTRAST, "(prefers-contrast: more)"),
        (Look::STILL, "(prefers-reduced-motion: reduce)"),
    ] {
        browser.looks(Look::LIGHT);
        assert!(!told(query), "{query} as machines come");
        browser.looks(look);
        assert!(told(query), "{query} with {look:?}");
        browser.reloads();
        assert!(told(query), "{query} with {look:?}, on the next page");
    }
    browser.looks(Look::LIGHT);
}

fn nothing_is_wrong(browser: &Browser, pages: &Pages) {
    browser.goes_to(&pages.at("/"));
    for look in [Look::LIGHT, Look::DARK, Look::FORCED] {
        browser.looks(look);
        browser.has_no_violations();
    }
    browser.sized(NARROW);
    browser.fits();
    browser.sized(DESK);
    browser.has_asked_only(&pages.origin);
    browser.has_no_complaints();
}

fn what_is_wrong_is_noticed(browser: &Browser, pages: &Pages) {
    browser.goes_to(&pages.at("/bad"));
    let violations = browser.violations();
    let found = violations.iter().find(|one| one.rule == "label").expect("the nameless field is found");
    assert_eq!(found.places(), ["#nameless"]);
    assert!(found.to_string().contains("#nameless: "), "{found}");
    assert!(failure(|| browser.has_no_violations()).contains("label (critical)"));

    // Styles inside the page are forbidden by its policy, so nothing is too wide yet.
    browser.runs("document.querySelector('.wide').style.width = '2000px'", &[]);
    assert!(failure(|| browser.fits()).contains("p.wide: from"));

    let elsewhere = failure(|| browser.has_asked_only(&pages.origin));
    assert!(elsewhere.contains("http://elsewhere.example/pixel.png"), "{elsewhere}");
    assert!(!elsewhere.contains("style.css"), "{elsewhere}");
    let complaints = failure(|| browser.has_no_complaints());
    assert!(complaints.contains("Content Security Policy"), "{complaints}");
}

#[test]
fn a_page_is_read_without_scripts_in_large_text_and_by_a_picture() {
    let Some(driver) = Driver::start() else { return };
    let pages = Pages::serve();
    let setting = Setting { patience: Duration::from_millis(200), text: 32, ..Setting::without_scripts() };
    let browser = driver.opens(&setting);
    browser.goes_to(&pages.at("/"));
    browser.reads("No scripts run.");
    browser.reads_no_more("It came late.");
    let size = browser.runs("return getComputedStyle(document.body).fontSize", &[]);
    assert_eq!(size, "32px");

    let missing = failure(|| browser.sees(&button("Sing")));
    assert!(missing.starts_with("Waited 0 s for the button \"Sing\"; it did not come."), "{missing}");
    assert!(missing.contains(&pages.at("/")) && missing.contains("No scripts run."), "{missing}");
    assert!(missing.contains("button \"Send\""), "{missing}");

    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("page.png");
    browser.sized(NARROW);
    browser.pictured(&picture);
    let bytes = fs::read(&picture).unwrap();
    let size = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!(size(16), NARROW.0);
    assert!(size(20) > NARROW.1, "the whole page is longer than the window: {}", size(20));

    let file = folder.path().join("page.html");
    fs::write(&file, GOOD).unwrap();
    browser.goes_to_file(&file);
    browser.sees(&heading("A good page"));
}
