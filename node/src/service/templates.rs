//! Charters to begin with, which come with the program: TOML files that describe a group, as the command line reads them.

/// Each with its name; the first line says whom it is for.
const ALL: [(&str, &str); 6] = [
    ("anxiety", include_str!("../../templates/anxiety.toml")),
    ("carers", include_str!("../../templates/carers.toml")),
    ("grief", include_str!("../../templates/grief.toml")),
    ("long-illness", include_str!("../../templates/long-illness.toml")),
    ("new-parents", include_str!("../../templates/new-parents.toml")),
    ("recovery", include_str!("../../templates/recovery.toml")),
];

/// Their names, each with whom it is for.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    let about = |text: &'static str| text.lines().next().unwrap_or_default().trim_start_matches("# ");
    ALL.into_iter().map(move |(name, text)| (name, about(text)))
}

/// The one of this name, as TOML.
pub fn text(name: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
