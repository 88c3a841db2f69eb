//! Somebody with a browser that runs no scripts: pages and forms over plain HTTP, as a careful program would ask for
//! them, or as one that means harm.
//!
//! What pages do with scripts, and how they look, is for a real browser.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use crate::{Home, wait};

/// How many redirects are followed.
const FOLLOWED: usize = 5;

/// A visitor of one node's pages.
#[derive(Clone, Debug)]
pub struct Visitor {
    authority: String,
    cookie: Option<String>,
    token: String,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Page {
    /// The path it was got from, after redirects.
    pub path: String,
    /// The HTTP status.
    pub status: u16,
    /// Headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub html: String,
}

impl Visitor {
    /// Opens the sign-in page of a home, which then is used.
    #[track_caller]
    pub fn comes_to(home: &Home) -> Visitor {
        let (mut visitor, token) = Visitor::at_the_door_of(home);
        let page = visitor.asks("POST", "/sign-in", &["Origin: null"], &form(&[("token", &token)]));
        assert_eq!(page.status, 200, "not let in: {}", page.text());
        visitor
    }

    /// Has read the sign-in page of a home, and not used it: a visitor without a session, and the page's token.
    #[track_caller]
    pub fn at_the_door_of(home: &Home) -> (Visitor, String) {
        let path = home.path().join("open.html");
        let page = wait::until(wait::READY, "a sign-in page", || fs::read_to_string(&path).ok());
        let between = |before: &str, after: &str| {
            let (_, rest) = page.split_once(before).expect("the page has it");
            rest.split_once(after).expect("the page has it").0.to_owned()
        };
        let authority = between("action=\"http://", "/sign-in");
        let token = between("name=\"token\" value=\"", "\"");
        (Visitor { authority, cookie: None, token: String::new() }, token)
    }

    /// The name and port of the app.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The cookie that was given, if one was.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// The token of the last page with a form.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Goes to a page that is there.
    #[track_caller]
    pub fn sees(&mut self, path: &str) -> Page {
        let page = self.goes_to(path);
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        page
    }

    /// Goes to a page, which may not be there.
    #[track_caller]
    pub fn goes_to(&mut self, path: &str) -> Page {
        let page = self.asks("GET", path, &[], "");
        self.follows(page)
    }

    /// Fills in and sends a form of the last page, and goes where that leads.
    #[track_caller]
    pub fn sends(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token.clone();
        let all = [fields, &[("token", token.as_str())]].concat();
        let origin = format!("Origin: http://{}", self.authority);
        let page = self.asks("POST", path, &[&origin], &form(&all));
        self.follows(page)
    }

    /// Looks at a page again and again until it says something.
    #[track_caller]
    pub fn waits_for(&mut self, path: &str, words: &str) -> Page {
        wait::until(wait::ARRIVAL, format!("\"{words}\" on {path}"), || {
            let page = self.goes_to(path);
            page.text().contains(words).then_some(page)
        })
    }

    #[track_caller]
    fn follows(&mut self, mut page: Page) -> Page {
        for _ in 0..FOLLOWED {
            let Some(place) = page.header("location").filter(|_| page.status == 303).map(str::to_owned)
            else {
                break;
            };
            if !place.starts_with('/') {
                break;
            }
            page = self.asks("GET", &place, &[], "");
        }
        page
    }

    /// Sends one request with further headers, its cookie if there is one, and the right host unless they name another.
    #[track_caller]
    pub fn asks(&mut self, method: &str, path: &str, headers: &[&str], body: &str) -> Page {
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|header| header.starts_with("Host:")) {
            head += &format!("Host: {}\r\n", self.authority);
        }
        if let Some(cookie) =
            self.cookie.as_ref().filter(|_| !headers.iter().any(|h| h.starts_with("Cookie:")))
        {
            head += &format!("Cookie: {cookie}\r\n");
        }
        if method == "POST" && !headers.iter().any(|header| header.starts_with("Content-Type:")) {
            head += "Content-Type: application/x-www-form-urlencoded\r\n";
        }
        for header in headers {
            head += &format!("{header}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", body.len());
        let page = self.exchange(path, format!("{head}{body}").as_bytes());
        if let Some(set) = page.header("set-cookie") {
            let (value, gone) = (set.split(';').next().unwrap_or_default(), set.contains("Max-Age=0"));
            self.cookie = (!gone).then(|| value.to_owned());
        }
        if let Some((_, rest)) = page.html.split_once("name=\"token\" value=\"") {
            self.token = rest.split('"').next().unwrap_or_default().to_owned();
        }
        page
    }

    /// Sends bytes that may or may not be a request, and gives what came back.
    #[track_caller]
    pub fn exchange(&self, path: &str, request: &[u8]) -> Page {
        let port = self.authority.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the app listens");
        stream.set_read_timeout(Some(wait::ANSWER)).expect("a limit can be set");
        // Whoever is refused early may be hung up on while still speaking.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let whole = String::from_utf8_lossy(&bytes).into_owned();
        let (head, html) = whole.split_once("\r\n\r\n").unwrap_or((&whole, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
        let header = |line: &str| {
            line.split_once(':').map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        Page {
            path: path.to_owned(),
            status,
            headers: lines.filter_map(header).collect(),
            html: html.to_owned(),
        }
    }
}

impl Page {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What a reader sees, roughly: without tags and marks of direction, with one space where several are.
    pub fn text(&self) -> String {
        let body = self.html.split_once("<body").map_or(self.html.as_str(), |(_, body)| body);
        let (mut text, mut inside) = (String::new(), false);
        for letter in body.chars() {
            match letter {
                '<' => inside = true,
                '>' => (inside, _) = (false, text.push(' ')),
                '\u{2068}' | '\u{2069}' => {}
                _ if !inside => text.push(letter),
                _ => {}
            }
        }
        let text = text.replace("&#39;", "'").replace("&#34;", "\"").replace("&lt;", "<");
        let text = text.replace("&#60;", "<").replace("&#62;", ">");
        let text = text.replace("&gt;", ">").replace("&#38;", "&").replace("&amp;", "&");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Fails the test unless the page says this.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Page {
        assert!(self.text().contains(words), "{} does not say \"{words}\":\n{}", self.path, self.text());
        self
    }

    /// Fails the test if the page says this.
    #[track_caller]
    pub fn is_silent_on(&self, words: &str) -> &Page {
        assert!(!self.text().contains(words), "{} says \"{words}\":\n{}", self.path, self.text());
        self
    }

    /// The part of an address after `prefix`, of the first link that begins so.
    #[track_caller]
    pub fn link_after(&self, prefix: &str) -> String {
        let found = self.html.split("href=\"").skip(1).find_map(|rest| {
            let address = rest.split('"').next()?;
            address.strip_prefix(prefix).filter(|rest| !rest.is_empty())
        });
        found.unwrap_or_else(|| panic!("{} has no link to {prefix}…", self.path)).to_owned()
    }
}

/// Fields as a browser sends them.
pub fn form(fields: &[(&str, &str)]) -> String {
    let written = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
                b' ' => "+".to_owned(),
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", written(name), written(value))).collect();
    pairs.join("&")
}
