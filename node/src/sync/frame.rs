//! Frames on a stream: a length of four bytes, most significant first, then so many bytes.

/// How many bytes count as progress when no frame is complete yet.
pub const STEP: usize = 16 * 1024;
