//! `kith crisis`: where to turn to now. It needs no node, no identity and no network.

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{Code, CrisisCard, CrisisLine, Problem};
use kith_node::crisis::{self, CrisisError};

use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::plain;

/// Show where you can turn to now
///
/// Numbers to call, without a network, without a passphrase, and while your node is stopped. Nobody is told that you looked.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    /// Show the numbers of your country, and your own
    Card(Card),
    /// Choose your country: two letters, such as DE or US
    ///
    /// It is kept on this device, beside your vault, and not sealed: so it can be read while all else is locked. Whoever looks
    /// into your folder can see it.
    SetCountry(Country),
    /// Add somebody of your own, who then comes first
    ///
    /// Kept as the country is: whoever looks into your folder can see it.
    Add(Add),
    /// Remove one of your own, by its number on the card
    Remove(Remove),
}

/// Which card.
#[derive(Args, Debug)]
pub struct Card {
    /// Another country than the chosen one: two letters
    #[arg(long, value_name = "CC")]
    country: Option<String>,
}

/// Which country.
#[derive(Args, Debug)]
pub struct Country {
    /// The country: two letters
    #[arg(value_name = "CC", value_parser = NonEmptyStringValueParser::new())]
    country: String,
}

/// Who, and how to reach them.
#[derive(Args, Debug)]
pub struct Add {
    /// Who they are
    #[arg(value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    name: String,
    /// The number to call
    #[arg(long, value_name = "NUMBER", default_value = "")]
    call: String,
    /// The number to text
    #[arg(long, value_name = "NUMBER", default_value = "")]
    text: String,
    /// When they are there
    #[arg(long, value_name = "WHEN", default_value = "")]
    hours: String,
}

/// Which.
#[derive(Args, Debug)]
pub struct Remove {
    /// Its number on the card
    #[arg(value_name = "N")]
    number: usize,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let file = context.paths().crisis();
        let country = match self {
            Cmd::Card(card) => card.country,
            Cmd::SetCountry(chosen) => {
                crisis::set_country(&file, &chosen.country).map_err(problem)?;
                None
            }
            Cmd::Add(add) => {
                let Add { name, call, text, hours } = add;
                let line = CrisisLine { name, call, text, hours, ..CrisisLine::default() };
                crisis::add(&file, line).map_err(problem)?;
                None
            }
            Cmd::Remove(remove) => {
                crisis::remove(&file, remove.number).map_err(problem)?;
                None
            }
        };
        let card = crisis::card(&file, country.as_deref());
        context.output.answer(&card, || words(&card))?;
        Ok(Ending::Done)
    }
}

fn problem(error: CrisisError) -> Problem {
    match error {
        CrisisError::Unknown(country) => Problem::new(
            Code::UnknownId,
            format!("No numbers for \"{}\" are known to this program.", plain::line(&country)),
            format!(
                "It has: {}. For others, look at https://findahelpline.com, and keep numbers with \"kith crisis add\".",
                crisis::countries().join(", ")
            ),
        ),
        CrisisError::NoLine => Problem::new(
            Code::UnknownId,
            "There is no line of your own with that number.",
            "\"kith crisis card\" shows them. Those of a country cannot be removed.",
        ),
        CrisisError::Unfit(_) => Problem::new(
            Code::BadWords,
            "A line has a name, and no part of it more than 200 bytes; there can be 20 of your own.",
            "Keep it short, so that you find it quickly.",
        ),
        _ => Problem::new(
            Code::StorageFailed,
            "The file of your crisis card cannot be read or written, so nothing was changed.",
            "Look at the file crisis.toml in your folder (\"kith paths\"): it may have been changed by hand.",
        ),
    }
}

fn words(card: &CrisisCard) -> String {
    let mut words = String::new();
    match (&card.emergency, &card.country) {
        (Some(emergency), Some(country)) => {
            words.push_str(&format!("In danger now, in {}: call {emergency}\n", plain::line(country)));
        }
        _ => words.push_str(&format!(
            "In danger now: call your emergency number.\nFor the numbers of your country: kith crisis set-country CC   ({})\n",
            crisis::countries().join(", ")
        )),
    }
    for (number, line) in card.lines.iter().enumerate().map(|(place, line)| (place.saturating_add(1), line)) {
        let own = if line.source.is_empty() { format!("{number}. ") } else { String::new() };
        words.push_str(&format!("\n{own}{}\n", plain::line(&line.name)));
        let also =
            if line.also.is_empty() { String::new() } else { format!(" or {}", plain::line(&line.also)) };
        let facts = [
            ("call", format!("{}{also}", plain::line(&line.call))),
            ("text", plain::line(&line.text).into_owned()),
            ("web", plain::line(&line.web).into_owned()),
            ("", plain::line(&line.hours).into_owned()),
        ];
        for (what, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
            words.push_str(&format!("    {what:<5}{fact}\n"));
        }
        if !line.checked_on.is_empty() {
            words.push_str(&format!("    Checked on {}.\n", line.checked_on));
        }
    }
    words.push_str(&format!(
        "\nNumbers change: if one does not work, try another. Lines of other countries: {}\n\
         Nobody here can see where a person is, and this program calls nobody.\n",
        card.elsewhere
    ));
    words
}
