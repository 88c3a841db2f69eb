//! The pages: how soon a long group is shown, and how soon a new post is told of on another member's open page.
//!
//! `cargo bench -p kith-tests --bench web [-- POSTS]`; 100 000 posts if no number is given. The pages are asked for over
//! loopback as a browser would that has the stylesheet and the scripts already (warm), one request a connection. The way
//! of a post begins when the form is sent on one node and ends when the hint has come on a page of the other.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use kith_tests::listening::Listening;
use kith_tests::visitor::form;
use kith_tests::{Api, Person, Visitor, wait};

/// Posts, if no number is given.
const POSTS: u64 = 100_000;
/// How often each page is asked for.
const ASKED: usize = 200;
/// Posts whose way is timed.
const TIMED: usize = 100;
/// Connections that write at once.
const HANDS: u64 = 32;

fn main() {
    // Cargo adds `--bench`.
    let posts = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(POSTS);
    let mut ana = Person::untiring("Ana");
    let group = ana.opens("Benchmark", "Many words.");
    fill(&mut ana, &group, posts);
    println!("{posts} posts\n\n| | median | 99 of 100 | most |\n| --- | --- | --- | --- |");
    let visitor = Visitor::comes_to(ana.home());
    let whole = visitor.clone().sees(&format!("/groups/{group}")).html;
    let older =
        whole.split("?before=").nth(1).and_then(|rest| rest.split('"').next()).expect("an older page");
    let older = format!("/groups/{group}?before={older}");
    for (what, path) in [("newest page", format!("/groups/{group}")), ("the page before it", older)] {
        let asked: Vec<(f64, f64, f64)> = (0..ASKED).map(|_| ask(&visitor, &path)).collect();
        row(&format!("{what}, first byte, ms"), asked.iter().map(|one| one.0).collect());
        row(&format!("{what}, whole, ms"), asked.iter().map(|one| one.1).collect());
        row(&format!("{what}, transferred, kB"), asked.iter().map(|one| one.2).collect());
    }
    live(&ana, visitor);
}

fn fill(ana: &mut Person, group: &str, posts: u64) {
    let socket = ana.node().socket();
    std::thread::scope(|scope| {
        for hand in 0..HANDS {
            let socket = &socket;
            scope.spawn(move || {
                let mut api = Api::connect(socket);
                for number in (0..posts).filter(|number| number % HANDS == hand) {
                    api.post(
                        group,
                        &format!("Post {number}. {}", "It was a long day and a short night. ".repeat(10)),
                    );
                }
            });
        }
    });
}

/// Milliseconds to the first byte and to the last, and how many kilobytes came.
fn ask(visitor: &Visitor, path: &str) -> (f64, f64, f64) {
    let mut stream = connect(visitor);
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nConnection: close\r\n\r\n",
        visitor.authority(),
        visitor.cookie().expect("let in")
    );
    let begun = Instant::now();
    stream.write_all(request.as_bytes()).expect("sent");
    let mut bytes = vec![0];
    stream.read_exact(&mut bytes).expect("an answer");
    let first = begun.elapsed();
    stream.read_to_end(&mut bytes).expect("a whole answer");
    assert!(bytes.starts_with(b"HTTP/1.1 200"), "{path}");
    (milliseconds(first), milliseconds(begun.elapsed()), bytes.len() as f64 / 1e3)
}

fn connect(visitor: &Visitor) -> TcpStream {
    let port: u16 =
        visitor.authority().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("the app listens");
    stream.set_read_timeout(Some(wait::ANSWER)).expect("a limit can be set");
    stream
}

/// From sending the form on one node to the hint on a page of the other.
fn live(ana: &Person, mut at_ana: Visitor) {
    let ben = Person::untiring("Ben");
    let group = ana.opens("Live", "Few words.");
    ben.joins(&ana.invites(&group).link);
    ana.meets(&group, 1);
    let at_ben = Visitor::comes_to(ben.home());
    let mut page = Listening::to(&at_ben, &format!("/events?group={group}"), None);
    let write = format!("/groups/{group}/write");
    at_ana.sees(&write);
    let body = form(&[("text", "Are you there?"), ("token", at_ana.token())]);
    let origin = format!("Origin: http://{}", at_ana.authority());
    let mut ways = Vec::new();
    for _ in 0..TIMED {
        let begun = Instant::now();
        at_ana.asks("POST", &write, &[&origin], &body);
        page.hears("event: newer");
        ways.push(milliseconds(begun.elapsed()));
    }
    row("a new post told of on the other's page, ms", ways);
}

fn milliseconds(span: Duration) -> f64 {
    span.as_secs_f64() * 1e3
}

fn row(what: &str, mut measured: Vec<f64>) {
    measured.sort_by(f64::total_cmp);
    let at = |share: usize| measured[(measured.len() - 1) * share / 100];
    println!("| {what} | {:.1} | {:.1} | {:.1} |", at(50), at(99), at(100));
}
