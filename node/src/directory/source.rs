//! Where a directory comes from: an address on the web, or a file.

use std::path::{Path, PathBuf};

use axum::http::Uri;
use thiserror::Error;

/// The longest address, in bytes.
const LONGEST: usize = 1024;

/// Where a directory comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A web server.
    Web(Web),
    /// A file, on this device or on a stick.
    File(PathBuf),
}

/// An address on the web, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    /// Whether it is `https`.
    pub tls: bool,
    /// The host, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Host and port as the request names them.
    pub authority: String,
    /// The path.
    pub path: String,
}

/// Why something is not where a directory can come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SourceError {
    /// Neither an address nor the whole path of a file.
    #[error("this is neither an address that begins with https:// or http://, nor the whole path of a file")]
    NotOne,
    /// A question, a name or a mark: something that tells this reader from others.
    #[error(
        "this address has a part that could tell you from other readers: a name, a question mark or a hash sign"
    )]
    TellsApart,
}

impl Source {
    /// Reads one: an address, or the absolute path of a file.
    ///
    /// # Errors
    /// [`SourceError`].
    pub fn parse(text: &str) -> Result<Source, SourceError> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST {
            return Err(SourceError::NotOne);
        }
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("http" | "https") => Web::parse(text).map(Source::Web),
            Some(_) => Err(SourceError::NotOne),
            None if Path::new(text).is_absolute() => Ok(Source::File(text.into())),
            None => Err(SourceError::NotOne),
        }
    }
}

impl Web {
    fn parse(text: &str) -> Result<Web, SourceError> {
        if text.contains(['?', '#', '@']) {
            return Err(SourceError::TellsApart);
        }
        let uri: Uri = text.parse().map_err(|_| SourceError::NotOne)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(SourceError::NotOne);
        };
        let tls = scheme.eq_ignore_ascii_case("https");
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        if host.is_empty() {
            return Err(SourceError::NotOne);
        }
        // What stands behind the host is a port, or nothing.
        let named = authority.as_str().rsplit_once(':').filter(|(_, port)| !port.contains(']'));
        let port = match named {
            Some((_, port)) => port.parse().map_err(|_| SourceError::NotOne)?,
            None => {
                if tls {
                    443
                } else {
                    80
                }
            }
        };
        let path = if uri.path().is_empty() { "/" } else { uri.path() };
        Ok(Web { tls, host, port, authority: authority.as_str().to_ascii_lowercase(), path: path.to_owned() })
    }

    /// Where a server says that it is instead; none if that is another host, or less private than before.
    pub fn led_to(&self, location: &str) -> Option<Web> {
        let scheme = if self.tls { "https" } else { "http" };
        let whole = match location {
            path if path.starts_with("//") => format!("{scheme}:{path}"),
            path if path.starts_with('/') => format!("{scheme}://{}{path}", self.authority),
            other => other.to_owned(),
        };
        let next = Web::parse(&whole).ok()?;
        let same = next.host == self.host && (next.tls || !self.tls);
        let port = next.port == self.port || (next.tls && !self.tls);
        (same && port).then_some(next)
    }

    /// Whether it is reached over Tor alone.
    pub fn is_onion(&self) -> bool {
        self.host.ends_with(".onion")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web(text: &str) -> Web {
        match Source::parse(text) {
            Ok(Source::Web(web)) => web,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn addresses_and_files_are_told_apart() {
        let one = web(" https://Groups.example.org/dir/Kith.bin ");
        assert_eq!((one.tls, one.host.as_str(), one.port), (true, "groups.example.org", 443));
        assert_eq!((one.authority.as_str(), one.path.as_str()), ("groups.example.org", "/dir/Kith.bin"));
        assert_eq!(web("http://[::1]:8080").host, "::1");
        assert_eq!(web("HTTP://192.0.2.1:81/x").port, 81);
        assert_eq!(Source::parse("/media/stick/kith"), Ok(Source::File("/media/stick/kith".into())));
        for not in [
            "",
            "kith.bin",
            "ftp://x/y",
            "file:///etc/passwd",
            "https://",
            "https:///x",
            "http://x:999999/",
            "javascript:alert(1)",
        ] {
            assert_eq!(Source::parse(not), Err(SourceError::NotOne), "{not}");
        }
        for apart in ["https://x/y?me=1", "https://me@x/y", "https://x/y#me"] {
            assert_eq!(Source::parse(apart), Err(SourceError::TellsApart), "{apart}");
        }
    }

    #[test]
    fn nobody_is_led_to_another_host() {
        let one = web("https://a.example/x");
        assert_eq!(one.led_to("/y").unwrap().path, "/y");
        assert_eq!(one.led_to("https://a.example/z").unwrap().path, "/z");
        for elsewhere in [
            "https://b.example/x",
            "//b.example/x",
            "http://a.example/x",
            "https://a.example:8443/x",
            "/y?me",
            "relative",
        ] {
            assert_eq!(one.led_to(elsewhere), None, "{elsewhere}");
        }
        assert!(web("http://a.example/x").led_to("https://a.example/x").is_some_and(|next| next.tls));
    }
}
