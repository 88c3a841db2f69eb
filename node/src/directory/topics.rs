//! What people look for who look for a topic, in words: so that nobody has to know what a directory calls it.

use kith_protocol::directory::Topic;

const WORDS: [&str; 28] = [
    "grief loss bereaved mourning death widow Trauer Verlust Tod verwitwet",
    "illness chronic long-term Krankheit chronisch",
    "pain migraine Schmerz Migräne",
    "cancer tumour tumor Krebs",
    "disability disabled Behinderung",
    "carer caring caregiver caregiving looking-after pflegen Pflege Angehörige",
    "parent parenting mother father child Eltern Mutter Vater Kind",
    "pregnancy birth baby miscarriage stillbirth postnatal Schwangerschaft Geburt Fehlgeburt Sternenkind",
    "depression depressed low mood Depression niedergeschlagen",
    "anxiety anxious worry panic fear OCD Angst Panik Sorge Zwang",
    "bipolar manic mania bipolar manisch",
    "voices psychosis schizophrenia unusual experiences Stimmen Psychose Schizophrenie",
    "trauma abuse violence PTSD survivor Missbrauch Gewalt Trauma Überlebende",
    "eating anorexia bulimia binge Essen Essstörung Magersucht",
    "drinking alcohol drugs addiction sober recovery Alkohol Drogen Sucht trocken",
    "gambling habits gaming Glücksspiel Spielsucht",
    "partner family of drinker addict codependency Angehörige von Süchtigen",
    "separation divorce breakup Trennung Scheidung",
    "lonely loneliness alone isolation einsam Einsamkeit allein",
    "old age ageing aging retirement Alter Ruhestand",
    "young youth teenager student jung Jugend Studium",
    "queer trans gay lesbian bisexual LGBTQ LGBT schwul lesbisch",
    "migration refugee exile immigrant Flucht Migration Exil",
    "work burnout exhaustion stress job unemployed Arbeit Erschöpfung arbeitslos",
    "money debt housing homeless poverty Geld Schulden Wohnung obdachlos Armut",
    "autism autistic ADHD neurodivergent Autismus ADHS",
    "dementia memory Alzheimer Demenz Gedächtnis",
    "prison jail release Gefängnis Haft",
];

/// The words of a topic; none of one that is not known here.
pub(super) fn words(topic: Topic) -> &'static str {
    let place = usize::from(topic.0).checked_sub(1);
    place.and_then(|place| WORDS.get(place)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_words_and_no_other() {
        assert!((1..=Topic::LAST).all(|topic| !words(Topic(topic)).is_empty()));
        assert!(words(Topic(0)).is_empty() && words(Topic(Topic::LAST + 1)).is_empty());
    }
}
