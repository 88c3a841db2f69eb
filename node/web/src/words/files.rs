//! The files. A test reads the folders, so that none is forgotten here.

macro_rules! files {
    ($language:literal: $($name:literal),+ $(,)?) => {
        [$(include_str!(concat!("../../locales/", $language, "/", $name, ".ftl"))),+]
    };
}

pub const EN: [&str; 6] = files!("en": "frame", "when", "problem", "sign_in", "talk", "group");
pub const DE: [&str; 0] = [];
