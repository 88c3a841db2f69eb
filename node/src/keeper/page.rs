//! A page for whoever runs the keeper: totals, on this machine alone. It changes nothing, and names no place.
//!
//! Anybody on this machine can ask, and so can any web page in a browser on it; so a request must name this very address
//! as its host, and nothing that a browser sends on behalf of another page is answered.

use std::fmt::Write;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::{TcpListener, TcpStream};

use super::network::Keeper;
use super::operator::Status;
use crate::api::serve::Listens;

/// Where the page is.
pub(super) struct Loopback(TcpListener);

impl Loopback {
    /// Listens on a port of 127.0.0.1; 0 is any.
    pub async fn bind(port: u16) -> io::Result<Loopback> {
        Ok(Loopback(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?))
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Listens for Loopback {
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<TcpStream> {
        self.0.accept().await.map(|(stream, _)| stream)
    }
}

/// The page, at this address alone.
pub(super) fn router(keeper: Keeper, address: SocketAddr) -> Router {
    Router::new().route("/", get(page)).with_state((keeper, address))
}

async fn page(State((keeper, address)): State<(Keeper, SocketAddr)>, headers: HeaderMap) -> Response {
    if !ours(&headers, address) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let Ok(status) = keeper.status().await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ];
    (headers, html(&status)).into_response()
}

/// Whether somebody at this machine asks, and not a page from elsewhere in their browser.
fn ours(headers: &HeaderMap, address: SocketAddr) -> bool {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = said(header::HOST).is_some_and(|host| host == address.to_string());
    let elsewhere = headers.get("sec-fetch-site").is_some_and(|site| site != "none" && site != "same-origin");
    host && !elsewhere && headers.get(header::ORIGIN).is_none()
}

fn html(status: &Status) -> String {
    let mut rows = String::new();
    let mut row = |name: &str, value: &dyn std::fmt::Display| {
        // Writing to a String cannot fail.
        let _ = writeln!(rows, "<tr><th scope=row>{name}</th><td>{value}</td></tr>");
    };
    row("Places", &status.places);
    row("of them claimed", &status.claimed);
    row("Bytes held", &status.used);
    row("Bytes that may be held", &status.quota);
    row("Bytes on the disk", &status.disk);
    row("Connections", &status.connections);
    row("of them proved", &status.proved);
    for (name, count) in &status.counters {
        row(&name.replace('_', " "), count);
    }
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Keeper</title>\n<h1>Keeper</h1>\n<p>Totals of \
         all places, since the start where something is counted. What is held cannot be read here or \
         anywhere on this machine.</p>\n<table>\n{rows}</table>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_address_is_answered_and_no_page_from_elsewhere() {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 4567));
        let asked = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            ours(&headers, address)
        };
        assert!(asked(&[("host", "127.0.0.1:4567")]));
        assert!(asked(&[("host", "127.0.0.1:4567"), ("sec-fetch-site", "none")]));
        assert!(!asked(&[]));
        assert!(!asked(&[("host", "evil.example:4567")]));
        assert!(!asked(&[("host", "localhost:4567")]));
        assert!(!asked(&[("host", "127.0.0.1:4567"), ("sec-fetch-site", "cross-site")]));
        assert!(!asked(&[("host", "127.0.0.1:4567"), ("origin", "http://evil.example")]));
    }
}
