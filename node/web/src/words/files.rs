//! The files. A test reads the folders, so that none is forgotten here.

macro_rules! files {
    ($language:literal: $($name:literal),+ $(,)?) => {
        [$(include_str!(concat!("../../locales/", $language, "/", $name, ".ftl"))),+]
    };
}

pub const EN: [&str; 13] = files!("en": "frame", "when", "problem", "sign_in", "talk", "group", "thread", "file", "needs_reply", "today", "circle", "calendar", "library");
pub const DE: [&str; 0] = [];
