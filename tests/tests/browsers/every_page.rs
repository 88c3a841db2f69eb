//! Every page there is, in a real browser: that everybody can read and use it, at every width, in every colour, in large
//! text, by keyboard alone, and in a language that is longer or runs from right to left.

use std::collections::BTreeMap;
use std::thread;

use kith_tests::browser::{Browser, DESK, Driver, Look, NARROW, PHONE, Setting};
use kith_tests::guest::signs_in;
use kith_tests::scene::Scene;
use kith_tests::visitor::Visitor;
use kith_tests::{Person, crawl};

/// One page of each kind that somebody is led to, by its kind.
fn pages(person: &Person) -> BTreeMap<String, String> {
    person.kith(["open"]).ok();
    let mut visitor = Visitor::comes_to(person.home());
    let kinds = crawl::every_page(&mut visitor, &[]);
    kinds.into_iter().map(|(kind, pages)| (kind, pages[0].path.clone())).collect()
}

fn speaks(person: &Person, language: &str) {
    person.kith(["open"]).ok();
    let mut visitor = Visitor::comes_to(person.home());
    visitor.sees("/settings/look");
    let page = visitor.sends("/settings/look", &[("theme", "auto"), ("language", language)]);
    assert_eq!(page.status, 200, "{}", page.text());
}

/// What keeps people out of these pages.
fn look_at(driver: &Driver, person: &Person, pages: &BTreeMap<String, String>) -> Vec<String> {
    let browser = driver.opens(&Setting::default());
    signs_in(&browser, person.home());
    let origin = browser.origin();
    let mut found = Vec::new();
    for path in pages.values() {
        browser.goes_to(&format!("{origin}{path}"));
        found.extend(browser.keeps_out());
        browser.has_no_complaints();
    }
    browser.has_asked_only(&origin);
    let large = driver.opens(&Setting::with_large_text());
    signs_in(&large, person.home());
    found.extend(too_wide(&large, &origin, pages, &[DESK, PHONE]));
    for language in ["de", "en-XA", "ar-XB"] {
        speaks(person, language);
        let wide = too_wide(&browser, &origin, pages, &[NARROW]);
        found.extend(wide.iter().map(|why| format!("{language}: {why}")));
    }
    found
}

/// Which pages scroll sideways in a window of one of these sizes, and why.
fn too_wide(
    browser: &Browser,
    origin: &str,
    pages: &BTreeMap<String, String>,
    sizes: &[(u32, u32)],
) -> Vec<String> {
    let mut found = Vec::new();
    browser.looks(Look::STILL);
    for path in pages.values() {
        browser.goes_to(&format!("{origin}{path}"));
        browser.opens_all_folds();
        for size in sizes {
            browser.sized(*size);
            found.extend(browser.too_wide().iter().map(|why| format!("{path} at {size:?}: {why}")));
        }
    }
    found
}

#[test]
fn every_page_is_for_everybody() {
    let Some(driver) = Driver::start() else { return };
    let scene = Scene::plays();
    let of_a_member = pages(&scene.juniper);
    let mut of_a_facilitator = pages(&scene.ilse);
    of_a_facilitator.retain(|kind, _| !of_a_member.contains_key(kind));
    let found = thread::scope(|threads| {
        let looked = [(&scene.juniper, &of_a_member), (&scene.ilse, &of_a_facilitator)]
            .map(|(person, pages)| threads.spawn(|| look_at(&driver, person, pages)));
        looked.map(|found| found.join().expect("a look at the pages")).concat()
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}
