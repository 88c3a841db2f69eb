//! Between Kith and a page of the web that somebody named: it says where the link leads, and that following it leaves Kith.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::visit::Visit;
use crate::web::Web;

/// The longest address, in bytes.
const MOST: usize = 2048;

pub fn routes() -> Router<Web> {
    Router::new().route("/leave", get(show))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "leave_to.html")]
struct LeavePage {
    f: Frame,
    to: String,
    host: String,
    plain: bool,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let to = address(&asked.to).ok_or_else(Oops::missing)?;
    let f = visit.frame(visit.words.t("leave-to"), Nav::None);
    let host = host(&to).unwrap_or_default().to_owned();
    Ok(page(&LeavePage { plain: to.starts_with("http://"), host, to, f }))
}

/// An address of the web as it stands in a text by itself; none if it is something else. What browsers would show in
/// another way than it stands here is none: marks that turn the direction, spaces, control characters, and names before an
/// `@`, which look like the host.
pub fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let scheme = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme))?;
    let rest = text.get(scheme.len()..)?;
    let shown = |letter: char| letter.is_alphanumeric() || letter.is_ascii_graphic();
    let plain = rest.chars().all(|letter| shown(letter) && !r#"<>"\^`{|}"#.contains(letter));
    let whole = format!("{scheme}{rest}");
    let named = host(&whole).is_some_and(|host| !host.is_empty() && !host.contains('@'));
    (plain && named && whole.len() <= MOST).then_some(whole)
}

/// The host and port of an address.
fn host(address: &str) -> Option<&str> {
    address.split_once("://")?.1.split(['/', '?', '#']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_led_to() {
        for (text, led) in [
            ("https://example.org/a?b=c#d", true),
            (" HTTP://example.org ", true),
            ("https://exämple.org/ü", true),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("//example.org", false),
            ("https://", false),
            ("https:///path", false),
            ("https://kith.example@evil.example/", false),
            ("https://a b", false),
            ("https://a\u{202e}gro.b", false),
            ("https://a\\b", false),
            ("https://a\n.b", false),
            ("At the bridge", false),
        ] {
            assert_eq!(address(text).is_some(), led, "{text:?}");
        }
        assert_eq!(address("HTTPS://Example.org/").as_deref(), Some("https://Example.org/"));
        assert_eq!(host("https://example.org:8080/a"), Some("example.org:8080"));
    }
}
