//! Attacks on the app from other pages, other programs and other users of the device. Each rule of `kith_web`'s guard
//! and sessions, and somebody who breaks it.

use std::io::{Read, Write};
use std::net::TcpStream;

use kith_tests::visitor::{Page, Visitor, form};
use kith_tests::{Person, wait};

/// What only somebody who was let in may see.
const SAID: &str = "a sentence that nobody else may see";

struct Scene {
    person: Person,
    group: String,
    visitor: Visitor,
}

fn scene() -> Scene {
    let person = Person::new("Ana");
    let group = person.opens("Sleepless", "For nights that are too long.");
    person.posts(&group, SAID);
    let visitor = Visitor::comes_to(person.home());
    Scene { person, group, visitor }
}

impl Scene {
    fn page(&self) -> String {
        format!("/groups/{}", self.group)
    }

    /// Sends what an attacker would, and is refused, having learned nothing.
    #[track_caller]
    fn refuses(&mut self, method: &str, headers: &[&str], body: &str) -> Page {
        let path = if method == "POST" { format!("{}/write", self.page()) } else { self.page() };
        let page = self.visitor.clone().asks(method, &path, headers, body);
        assert!((400..500).contains(&page.status), "{headers:?}: {} {}", page.status, page.text());
        assert!(!page.html.contains(SAID), "{headers:?}: {}", page.html);
        page
    }

    fn wrote_nothing(&self) {
        assert_eq!(self.person.reads(&self.group).len(), 1);
    }
}

#[test]
fn a_foreign_host_is_refused_whatever_it_looks_like() {
    let mut scene = scene();
    let own = scene.visitor.authority().to_owned();
    let (name, port) = own.split_once(':').unwrap();
    let foreign = [
        "Host: evil.example".to_owned(),
        format!("Host: evil.example:{port}"),
        format!("Host: 127.0.0.1:{port}"),
        format!("Host: localhost:{port}"),
        format!("Host: [::1]:{port}"),
        format!("Host: {name}"),
        format!("Host: {name}.:{port}"),
        format!("Host: {name}.evil.example:{port}"),
        format!("Host: evil.{name}:{port}"),
        format!("Host: {own}0"),
        format!("Host: {own}@evil.example"),
        format!("Host: {}", own.to_uppercase()),
        format!("Host: x{own}"),
        "Host:".to_owned(),
    ];
    for host in &foreign {
        assert_eq!(scene.refuses("GET", &[host], "").status, 421, "{host}");
    }
    let twice = [format!("Host: {own}"), "Host: evil.example".to_owned()];
    let twice: Vec<&str> = twice.iter().map(String::as_str).collect();
    scene.refuses("GET", &twice, "");
}

#[test]
fn other_origins_can_neither_send_forms_nor_fetch() {
    let mut scene = scene();
    scene.visitor.sees(&format!("{}/write", scene.page()));
    let own = format!("http://{}", scene.visitor.authority());
    // The worst case: the attacker knows the token, and the browser sends the cookie along.
    let body = form(&[("text", "not mine"), ("token", scene.visitor.token())]);
    let foreign = [
        "Origin: https://evil.example".to_owned(),
        "Origin: null".to_owned(),
        format!("Origin: {own}.evil.example"),
        format!("Origin: {own}0"),
        format!("Origin: {}", own.replace("http:", "https:")),
        format!("Origin: {}", own.trim_end_matches(|letter: char| letter.is_ascii_digit())),
    ];
    for origin in &foreign {
        assert_eq!(scene.refuses("POST", &[origin], &body).status, 403, "{origin}");
    }
    scene.refuses("POST", &[], &body);
    let origin = format!("Origin: {own}");
    scene.refuses("POST", &[&origin, "Sec-Fetch-Site: cross-site"], &body);
    scene.refuses("POST", &[&origin, "Origin: https://evil.example"], &body);
    for site in ["cross-site", "same-site"] {
        let site = format!("Sec-Fetch-Site: {site}");
        scene.refuses("GET", &[&site, "Sec-Fetch-Mode: no-cors"], "");
        scene.refuses("GET", &[&site, "Sec-Fetch-Mode: cors", "Origin: https://evil.example"], "");
    }
    for method in ["PUT", "DELETE", "PATCH"] {
        scene.refuses(method, &[&origin], &body);
    }
    scene.wrote_nothing();
}

#[test]
fn a_form_without_the_token_of_its_page_is_refused() {
    let mut scene = scene();
    let origin = format!("Origin: http://{}", scene.visitor.authority());
    scene.person.kith(["open"]).ok();
    let path = scene.page();
    let other = Visitor::comes_to(scene.person.home()).sees(&path).html;
    let others = other.split_once("name=\"token\" value=\"").unwrap().1.split('"').next().unwrap();
    for token in ["", "0", &"0".repeat(64), others] {
        let page = scene.refuses("POST", &[&origin], &form(&[("text", "not mine"), ("token", token)]));
        assert_eq!(page.status, 403);
        page.says("Please try that again");
    }
    scene.refuses("POST", &[&origin], "text=not+mine");
    scene.refuses("POST", &[&origin, "Content-Type: text/plain"], "text=not+mine");
    scene.refuses("POST", &[&origin, "Content-Type: application/json"], "{\"text\":\"not mine\"}");
    scene.wrote_nothing();
}

#[test]
fn even_reading_takes_a_session_that_the_node_gave() {
    let mut scene = scene();
    let given = scene.visitor.cookie().unwrap().to_owned();
    let flipped = given.replace(given.chars().last().unwrap(), "_");
    let fixed = format!("Cookie: s={}.{}", "0".repeat(32), "0".repeat(64));
    for cookie in ["Cookie: none=1", "Cookie: s=", &fixed, &format!("Cookie: {flipped}")] {
        for path in ["/", "/today", "/events", "/parts/connection", "/nothing", "/settings"] {
            let page = scene.visitor.clone().asks("GET", path, &[cookie], "");
            assert_eq!(page.status, 401, "{path} {cookie}");
        }
        scene.refuses("GET", &[cookie], "");
    }
    // A session that somebody brings along is not taken over: the one given is new.
    scene.person.kith(["open"]).ok();
    let (mut stranger, token) = Visitor::at_the_door_of(scene.person.home());
    let page = stranger.asks("POST", "/sign-in", &["Origin: null", &fixed], &form(&[("token", &token)]));
    assert_eq!(page.status, 200);
    assert!(!fixed.ends_with(stranger.cookie().unwrap()));
    assert_eq!(stranger.asks("GET", "/today", &[&fixed], "").status, 401);
}

#[test]
fn a_sign_in_page_works_once_and_twice_sends_everybody_away() {
    let mut scene = scene();
    let path = scene.page();
    scene.visitor.sees(&path).says(SAID);
    assert!(!scene.person.home().path().join("open.html").exists(), "a used page is gone");
    scene.person.kith(["open"]).ok();
    let (mut thief, token) = Visitor::at_the_door_of(scene.person.home());
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(scene.person.home().path().join("open.html")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let sends = |visitor: &mut Visitor, token: &str, origin: &str| {
        visitor.asks("POST", "/sign-in", &[origin], &form(&[("token", token)]))
    };
    assert_eq!(sends(&mut thief, "00", "Origin: null").status, 403);
    assert_eq!(sends(&mut thief, &token, "Origin: https://evil.example").status, 403);
    assert_eq!(sends(&mut thief, &token, "Origin: null").status, 200);
    thief.sees(&path).says(SAID);
    let mut owner = Visitor::clone(&scene.visitor);
    sends(&mut owner, &token, "Origin: null").says("This page was used before");
    assert_eq!(thief.goes_to(&path).status, 401, "the thief is out");
    assert_eq!(scene.visitor.goes_to(&path).status, 401, "and so is everybody");
    // A page that was replaced lets nobody in.
    scene.person.kith(["open"]).ok();
    let (mut late, old) = Visitor::at_the_door_of(scene.person.home());
    scene.person.kith(["open"]).ok();
    assert_eq!(sends(&mut late, &old, "Origin: null").status, 403);
    Visitor::comes_to(scene.person.home()).sees(&path).says(SAID);
}

#[test]
fn after_a_lock_nothing_is_shown_and_nothing_was_kept_by_the_browser() {
    let mut scene = scene();
    let path = scene.page();
    let page = scene.visitor.sees(&path);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let policy = page.header("content-security-policy").unwrap();
    for rule in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("data:") && !policy.contains("http"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let before = scene.visitor.clone();
    scene.visitor.sends("/lock", &[]).says("Kith is locked");
    for mut visitor in [before, scene.visitor.clone()] {
        let page = visitor.goes_to(&path);
        page.is_silent_on(SAID).is_silent_on("Sleepless");
    }
    assert_eq!(scene.person.kith(["status"]).fails(4).code, "locked");
    scene.person.kith(["unlock"]).ok();
    assert_eq!(scene.visitor.goes_to(&path).status, 401, "unlocking lets nobody back in by itself");
    scene.person.kith(["open"]).ok();
    Visitor::comes_to(scene.person.home()).sees(&path).says(SAID);
}

#[test]
fn too_much_too_slow_and_crooked_paths_are_refused() {
    let mut scene = scene();
    let origin = format!("Origin: http://{}", scene.visitor.authority());
    scene.visitor.sees(&format!("{}/write", scene.page()));
    let much = form(&[("text", &"é".repeat(60_000)), ("token", scene.visitor.token())]);
    assert_eq!(scene.refuses("POST", &[&origin], &much).status, 413);
    scene.wrote_nothing();
    for path in [
        "/../../etc/passwd",
        "/static/../vault",
        "/static/x/..%2f..%2fvault",
        "/static/000000000000/kith.css",
        "/groups/../vault",
        "/groups/%2e%2e/vault",
        "//evil.example/",
        "/groups/%00",
        "/open.html",
    ] {
        let page = scene.visitor.clone().asks("GET", path, &[], "");
        assert!((400..500).contains(&page.status), "{path}: {}", page.status);
        assert!(page.header("location").is_none(), "{path}");
    }
    // Half a request, from somebody who then only waits: others are served meanwhile.
    let port: u16 = scene.visitor.authority().rsplit(':').next().unwrap().parse().unwrap();
    let mut slow: Vec<TcpStream> =
        (0..32).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET /today HTTP/1.1\r\nHost: ").unwrap();
    }
    let path = scene.page();
    scene.visitor.sees(&path).says(SAID);
    let mut first = slow.remove(0);
    first.set_read_timeout(Some(wait::ANSWER)).unwrap();
    let mut left = Vec::new();
    first.read_to_end(&mut left).expect("whoever dawdles is hung up on");
}

#[test]
fn script_and_markup_in_what_people_write_are_text() {
    let mut scene = scene();
    let path = scene.page();
    let nasty =
        "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>{{7*7}}\u{202e}";
    scene.visitor.sees(&format!("{path}/write"));
    let page = scene.visitor.sends(&format!("{path}/write"), &[("text", nasty), ("note", "<b>\"'>x</b>")]);
    for raw in ["<script>alert", "<img src=x", "<svg/onload", "<b>\"'>x"] {
        assert!(!page.html.contains(raw), "{raw}");
    }
    page.says("alert(1)").says("{{7*7}}");
    let title = "<i>\"><script>alert(2)</script>";
    let other = scene.person.opens(title, "<b>bold</b>");
    let page = scene.visitor.sees(&format!("/groups/{other}"));
    assert!(!page.html.contains("<script>alert(2)") && !page.html.contains("<b>bold"));
    let window = page.html.split_once("<title>").unwrap().1.split("</title>").next().unwrap();
    assert!(!window.contains('<'), "{window}");
}
