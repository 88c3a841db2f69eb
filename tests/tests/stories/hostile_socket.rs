//! The local API under a program that means ill or is broken: it answers with a sentence or hangs up, keeps no
//! memory, and goes on serving everybody else.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use kith_tests::{Api, Person, Seed, wait};
use serde_json::Value;

/// How much memory may grow, in bytes.
const GROWTH: u64 = 64 << 20;

#[test]
fn requests_that_make_no_sense_are_refused_in_words_and_harm_nothing() {
    let mut ana = Person::new("Ana");
    let group = ana.opens("Door", "Knock first.");
    let post = ana.posts(&group, "Somebody lives here.");
    let socket = ana.node().socket();
    let before = ana.node().memory().0;
    let mut chance = Seed::or(9).stream(0);
    let routes = [
        "status",
        "groups",
        "join",
        "nothing",
        "",
        "../../etc/passwd",
        "%00",
        "groups/%ff",
        "posts/zz/replies",
        "stop/now",
        &format!("groups/{group}/posts"),
        &format!("groups/{group}/invites"),
        &format!("groups/{group}/posts?limit=99999999999999999999"),
        &format!("groups/{group}/posts?before=x"),
        &format!("groups/{group}/members/{group}"),
        &"x/".repeat(300),
    ]
    .map(str::to_owned);
    let bodies: [&[u8]; 7] =
        [b"", b"{", b"null", b"[]", b"{\"title\":7}", b"{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}", &[0xff; 70_000]];
    for _ in 0..2000 {
        let method = *chance.pick(&["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"]);
        let kind = *chance.pick(&["application/json", "application/xml", "", "multipart/form-data"]);
        let (route, body) = (chance.pick(&routes), *chance.pick(&bodies));
        // A body that the node will not take may end the connection, so each request has its own.
        let mut api = Api::connect(&socket);
        let head = format!(
            "{method} /api/v1/{route} HTTP/1.1\r\nHost: kith\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        if method == "HEAD" {
            continue;
        }
        if let Ok(answer) = api.exchange(&[head.as_bytes(), body].concat()) {
            assert_ne!(answer.status / 100, 5, "{method} {route} with {} bytes: {answer:?}", body.len());
            if answer.status >= 400 && answer.body != Value::Null {
                assert!(answer.body["message"].is_string() && answer.body["hint"].is_string(), "{answer:?}");
            }
        }
    }
    assert!(ana.reads(&group).iter().any(|one| one.post == post), "A post is gone");
    let grown = ana.node().memory().0.saturating_sub(before);
    assert!(grown < GROWTH, "The node keeps {grown} bytes of requests that made no sense");
}

#[test]
fn bytes_that_are_no_requests_are_hung_up_on() {
    let mut ana = Person::new("Ana");
    let group = ana.opens("Line", "Noise on it.");
    let socket = ana.node().socket();
    let before = ana.node().memory().0;
    let mut chance = Seed::or(10).stream(0);
    for _ in 0..500 {
        let length = chance.between(1, 3000) as usize;
        let mut stream = connected(&socket);
        // The node may hang up in the middle.
        let _ = stream.write_all(&chance.bytes(length));
    }
    for endless in [
        "GET /",
        "GET / HTTP/1.1\r\nX: ",
        "POST /api/v1/join HTTP/1.1\r\nHost: kith\r\nContent-Length: 99999999999\r\n\r\n",
    ] {
        let mut stream = connected(&socket);
        let sent = (0..4096).take_while(|_| {
            stream.write_all(endless.as_bytes()).and_then(|()| stream.write_all(&[b'x'; 4096])).is_ok()
        });
        assert!(sent.count() < 4096, "16 MiB that no request needs were all taken in");
    }
    ana.posts(&group, "Still here.");
    let grown = ana.node().memory().0.saturating_sub(before);
    assert!(grown < GROWTH, "The node keeps {grown} bytes of noise");
}

#[test]
fn many_who_connect_and_say_nothing_do_not_lock_the_owner_out() {
    let mut ana = Person::new("Ana");
    let group = ana.opens("Queue", "Somebody stands in it.");
    let socket = ana.node().socket();
    let mut silent: Vec<UnixStream> = (0..100).map(|_| connected(&socket)).collect();
    for stream in silent.iter_mut().take(50) {
        stream.write_all(b"GET /api/v1/status HTTP/1.1\r\nHost: ki").expect("a little is taken");
    }
    ana.posts(&group, "I got through.");
    // They are sent away in the end.
    let mut bytes = Vec::new();
    silent[0].read_to_end(&mut bytes).expect("the node hangs up on who says nothing");
}

fn connected(socket: &Path) -> UnixStream {
    let stream = UnixStream::connect(socket).expect("the node listens");
    stream.set_write_timeout(Some(wait::ANSWER)).expect("a limit can be set");
    stream.set_read_timeout(Some(wait::ANSWER)).expect("a limit can be set");
    stream
}
