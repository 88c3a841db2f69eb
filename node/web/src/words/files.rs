//! The files. A test reads the folders, so that none is forgotten here.

macro_rules! files {
    ($language:literal: $($name:literal),+ $(,)?) => {
        [$(include_str!(concat!("../../locales/", $language, "/", $name, ".ftl"))),+]
    };
}

pub const EN: [&str; 18] = files!(
    "en": "about", "charter", "check_in", "desk", "file", "frame", "group", "help_now", "kept", "needs_reply", "node", "office", "problem", "sign_in", "talk", "thread", "today", "when"
);
pub const DE: [&str; 0] = [];
