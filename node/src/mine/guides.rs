//! Guides for practising alone: data that comes with the program, each a file in `node/guides`.

use serde::Deserialize;

/// A guide, step by step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// By which it is named.
    pub id: String,
    /// Its title.
    pub title: String,
    /// About how long it takes.
    pub minutes: u32,
    /// What is known about whether it helps.
    pub evidence: String,
    /// Under what terms its words can be used.
    pub licence: String,
    /// Where its words come from.
    pub source: String,
    /// The language of its words: `en`.
    pub language: String,
    /// What to do.
    pub steps: Vec<Step>,
}

/// One step of a guide.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What to do.
    pub say: String,
    /// What is asked, where there is something to write down.
    pub ask: Option<String>,
}

/// The guides that come with the program.
const FILES: &[&str] = &[
    include_str!("../../guides/breathing.toml"),
    include_str!("../../guides/grounding.toml"),
    include_str!("../../guides/small-step.toml"),
    include_str!("../../guides/problem-solving.toml"),
    include_str!("../../guides/asking.toml"),
    include_str!("../../guides/saying-no.toml"),
    include_str!("../../guides/pros-cons.toml"),
    include_str!("../../guides/worry-time.toml"),
];

/// All guides.
pub fn guides() -> Vec<Guide> {
    // A test reads every one of them.
    FILES.iter().filter_map(|file| toml::from_str(file).ok()).collect()
}

/// The guide of this id.
pub fn guide(id: &str) -> Option<Guide> {
    guides().into_iter().find(|guide| guide.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_guide_can_be_read_and_claims_nothing_clinical() {
        for file in FILES {
            let guide: Guide = toml::from_str(file).unwrap();
            assert!(!guide.evidence.is_empty() && !guide.licence.is_empty() && !guide.source.is_empty());
            assert!(guide.minutes > 0 && guide.steps.len() >= 5 && guide.steps.len() <= 10);
            let words = file.to_lowercase();
            for word in ["!", "therapy", "treat", "cure", "patient", "symptom", "diagnos", "proven"] {
                assert!(!words.contains(word), "{}: {word}", guide.id);
            }
        }
        assert_eq!(guides().len(), 8);
    }

    #[test]
    fn no_two_go_by_one_id() {
        let ids: std::collections::BTreeSet<_> = guides().into_iter().map(|guide| guide.id).collect();
        assert_eq!(ids.len(), FILES.len());
    }
}
