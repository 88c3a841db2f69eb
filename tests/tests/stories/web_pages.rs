//! What holds of every page, whatever it is for.

use kith_tests::scene::Scene;
use kith_tests::visitor::{Page, Visitor};
use kith_tests::{Person, crawl};

/// What no page says: figures of people and of what they did.
const COUNTED: [&str; 9] = [
    "replies",
    "posts",
    "members",
    "people",
    "acknowledgements",
    "messages",
    "letters",
    "views",
    "days in a row",
];

fn is_as_it_should_be(kind: &str, page: &Page) {
    let html = &page.html;
    let at = || format!("{kind} ({})", page.path);
    assert_eq!(page.status, 200, "{}: {}", at(), page.text());
    assert_eq!(html.matches("<h1").count(), 1, "{} has not one h1", at());
    assert!(!html.contains(" style="), "{} has an inline style", at());
    assert!(!html.contains("onclick=") && !html.contains("<script>"), "{} has an inline script", at());
    assert!(!html.contains("src=\"http") && !html.contains("href=\"data:"), "{} asks elsewhere", at());
    assert_eq!(page.header("cache-control"), Some("no-store"), "{}", at());
    for form in html.split("<form").skip(1) {
        let form = form.split("</form>").next().unwrap_or_default();
        let posts = form.split('>').next().unwrap_or_default().contains("method=\"post\"");
        assert!(!posts || form.contains("name=\"token\""), "{} has a form without its token: {form}", at());
    }
    let text = page.text();
    for (place, word) in text.match_indices(|letter: char| letter.is_ascii_digit()) {
        let before = text[..place].trim_end_matches(|letter: char| letter.is_ascii_digit());
        if before.ends_with(':') {
            continue; // A time of day, and what stands beside it.
        }
        let after = text[place + word.len()..].trim_start_matches(|letter: char| letter.is_ascii_digit());
        let counted = COUNTED.iter().find(|counted| after.trim_start().to_lowercase().starts_with(**counted));
        assert!(
            counted.is_none(),
            "{} counts {}: {}",
            at(),
            counted.unwrap_or(&""),
            &text[place.saturating_sub(40)..]
        );
    }
    // An id of words that are missing stands where the words would.
    for word in text.split_whitespace() {
        let id = word.matches('-').count() >= 2
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(!id, "{} says {word}", at());
    }
}

fn all_are(person: &Person) -> Vec<String> {
    let mut visitor = Visitor::comes_to(person.home());
    let kinds = crawl::every_page(&mut visitor, &[]);
    for (kind, pages) in &kinds {
        pages.iter().for_each(|page| is_as_it_should_be(kind, page));
    }
    kinds.into_keys().collect()
}

#[test]
fn every_page_is_as_pages_should_be() {
    let scene = Scene::plays();
    let kinds = all_are(&scene.juniper);
    for kind in [
        "/today",
        "/groups",
        "/groups/new",
        "/groups/{id}",
        "/groups/{id}/write",
        "/groups/{id}/posts/{id}",
        "/groups/{id}/needs-reply",
        "/groups/{id}/circles",
        "/groups/{id}/circles/{id}",
        "/groups/{id}/library",
        "/groups/{id}/library/{id}",
        "/groups/{id}/members",
        "/groups/{id}/members/{id}",
        "/groups/{id}/about",
        "/groups/{id}/leave",
        "/join",
        "/check-in",
        "/skills",
        "/skills/plan",
        "/skills/goals",
        "/skills/journal",
        "/people",
        "/calendar",
        "/help-now",
        "/help-now/plan",
        "/help-now/worried",
        "/node",
        "/settings",
        "/settings/safety",
        "/settings/look",
        "/settings/notes",
        "/settings/storage",
        "/settings/backup",
        "/menu",
    ] {
        assert!(kinds.iter().any(|known| known == kind), "No link leads to {kind}; there are {kinds:#?}");
    }
    assert!(!kinds.iter().any(|kind| kind.contains("/desk")), "A member is led to the desk");
    let kinds = all_are(&scene.ilse);
    for kind in ["/groups/{id}/desk", "/groups/{id}/invite", "/groups/{id}/record"] {
        assert!(kinds.iter().any(|known| known == kind), "No link leads to {kind}; there are {kinds:#?}");
    }
}
