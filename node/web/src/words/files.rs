//! The files. A test reads the folders, so that none is forgotten here.

macro_rules! files {
    ($language:literal: $($name:literal),+ $(,)?) => {
        [$(include_str!(concat!("../../locales/", $language, "/", $name, ".ftl"))),+]
    };
}

pub const EN: [&str; 20] = files!(
    "en": "about", "check_in", "desk", "file", "frame", "group", "groups", "help_now", "join", "kept", "needs_reply", "node", "problem", "settings", "sign_in", "talk", "thread", "today", "welcome", "when"
);
pub const DE: [&str; 0] = [];
