//! Files that are the same for everybody: the stylesheet, htmx, the app's own script, and its mark. They need no session
//! and tell nothing. Their names carry what they hold, so that a browser may keep them.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file, and what it is.
struct File {
    name: &'static str,
    kind: &'static str,
    bytes: &'static str,
}

const FILES: [File; 4] = [
    File { name: "kith.css", kind: "text/css; charset=utf-8", bytes: include_str!("../static/kith.css") },
    File { name: "kith.js", kind: JS, bytes: include_str!("../static/kith.js") },
    File { name: "htmx.min.js", kind: JS, bytes: include_str!("../static/htmx.min.js") },
    File { name: "icon.svg", kind: "image/svg+xml", bytes: include_str!("../static/icon.svg") },
];
const JS: &str = "text/javascript; charset=utf-8";

/// The address of a file.
pub fn address(name: &str) -> String {
    let file = FILES.iter().find(|file| file.name == name);
    file.map(|file| format!("/static/{}/{name}", mark(file))).unwrap_or_default()
}

fn mark(file: &File) -> String {
    blake3::hash(file.bytes.as_bytes()).to_hex().chars().take(12).collect()
}

/// Gives a file.
pub async fn file(Path((marked, name)): Path<(String, String)>) -> Response {
    match FILES.iter().find(|file| file.name == name && mark(file) == marked) {
        Some(file) => {
            let kept = "private, max-age=604800, immutable";
            ([(header::CONTENT_TYPE, file.kind), (header::CACHE_CONTROL, kept)], file.bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CSS cannot say once what holds for those who chose the dark and for those whose device did.
    #[test]
    fn the_dark_is_the_same_whoever_chose_it() {
        let dark = FILES[0].bytes.split("/* dark: begin */").skip(1);
        let dark = dark.map(|rest| rest.split("/* dark: end */").next().unwrap_or_default());
        let dark: Vec<Vec<&str>> = dark.map(|block| block.split_whitespace().collect()).collect();
        let [device, chosen] = dark.as_slice() else { panic!("two blocks, not {}", dark.len()) };
        assert!(device.len() > 10);
        assert_eq!(device, chosen);
    }
}
