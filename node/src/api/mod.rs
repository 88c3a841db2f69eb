//! The local API: HTTP and JSON under `/api/v1`, with server-sent events, over a Unix socket that belongs to
//! one user.

pub mod types;
