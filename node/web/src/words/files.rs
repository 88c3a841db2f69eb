//! The files. A test reads the folders, so that none is forgotten here.

macro_rules! files {
    ($language:literal: $($name:literal),+ $(,)?) => {
        [$(include_str!(concat!("../../locales/", $language, "/", $name, ".ftl"))),+]
    };
}

pub const EN: [&str; 27] = files!(
    "en": "about", "calendar", "charter", "check_in", "circle", "desk", "file", "find", "frame", "group", "groups", "help_now", "join", "kept", "library", "needs_reply", "node", "office", "people", "problem", "settings", "sign_in", "talk", "thread", "today", "welcome", "when"
);

pub const DE: [&str; 27] = files!(
    "de": "about", "calendar", "charter", "check_in", "circle", "desk", "file", "find", "frame", "group", "groups", "help_now", "join", "kept", "library", "needs_reply", "node", "office", "people", "problem", "settings", "sign_in", "talk", "thread", "today", "welcome", "when"
);
