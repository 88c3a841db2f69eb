//! `kith group create`: a new group.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use kith_node::api::types::{
    CreateGroup, Created, DEFAULT_ATTACHMENT_KIB, DEFAULT_NAME, DEFAULT_SIZE, History, Inviters, Problem,
    SHARED_POWER_SIZE,
};

use crate::charter::{self, Described};
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase};

/// Open a group
///
/// You become its first facilitator. Title and purpose are asked for if you leave them out; they can also come
/// from a file, so that they stay out of the arguments, which other programs of this device can see.
#[derive(Args, Debug)]
pub struct Cmd {
    /// What the group is called
    #[arg(long)]
    title: Option<String>,
    /// What it is for, and who
    #[arg(long)]
    purpose: Option<String>,
    /// What people there should call you; it need not be your real name [usual: Facilitator]
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// What newcomers can read of the time before they came [usual: all]
    #[arg(long, value_name = "WHAT")]
    history: Option<HistoryArg>,
    /// How many members it may have, 1 to 500 [usual: 50]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
    size: Option<u32>,
    /// Who may invite [usual: facilitators]
    #[arg(long, value_name = "WHO")]
    invites: Option<InvitersArg>,
    /// Everybody who comes in is a facilitator, and what concerns all takes more than half of you: for at most 6
    #[arg(long)]
    shared_power: bool,
    /// Take what is not given here from a TOML file ("-" is stdin): title, as, and every part of the charter
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Begin with the charter of a template: see "kith group templates"
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
}

/// What newcomers can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum HistoryArg {
    /// Everything the group still keeps
    All,
    /// Nothing
    None,
}

/// Who may invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum InvitersArg {
    /// Facilitators and helpers
    Facilitators,
    /// Every member
    Members,
}

impl HistoryArg {
    fn history(self) -> History {
        match self {
            HistoryArg::All => History::All,
            HistoryArg::None => History::None,
        }
    }
}

impl InvitersArg {
    fn inviters(self) -> Inviters {
        match self {
            InvitersArg::Facilitators => Inviters::Facilitators,
            InvitersArg::Members => Inviters::Members,
        }
    }
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let described = self.described()?;
        context.before_asking()?;
        let group = self.group(context, described)?;
        let route = Route::new(&["groups"])?;
        let created: Created = context.node(async |node| node.post(route, &group).await)?;
        context.output.answer(&created, || words(&created))?;
        Ok(Ending::Done)
    }

    /// What file and template say, the file first.
    fn described(&self) -> Result<Described, Problem> {
        let from: Option<Described> =
            self.from.as_deref().map(|path| charter::read(path, charter::HOLDS)).transpose()?;
        let template = self.template.as_deref().map(charter::template).transpose()?;
        Ok(from.unwrap_or_default().or(template.unwrap_or_default()))
    }

    fn group(self, context: &Context, described: Described) -> Result<CreateGroup, Problem> {
        let asked = |what: &str, option: &str, question: &str| {
            if context.can_ask() {
                ask::needed(question).map(|answer| answer.to_string())
            } else {
                Err(phrase::say_it(what, option))
            }
        };
        let title = match self.title.or(described.title) {
            Some(title) => title,
            None => asked("A title for the group", "--title", "What is the group called?")?,
        };
        let purpose = match self.purpose.or(described.purpose) {
            Some(purpose) => purpose,
            None => asked("A purpose for the group", "--purpose", "What is it for, and who?")?,
        };
        let name = match self.name.or(described.name) {
            Some(name) => name,
            None if context.can_ask() => ask::or("What should people there call you?", DEFAULT_NAME)?,
            None => DEFAULT_NAME.to_owned(),
        };
        let history = self.history.map_or(described.history.unwrap_or_default(), HistoryArg::history);
        let invites = self.invites.map_or(described.invites.unwrap_or_default(), InvitersArg::inviters);
        let shared_power = self.shared_power || described.shared_power.unwrap_or_default();
        let usual = if shared_power { SHARED_POWER_SIZE } else { DEFAULT_SIZE };
        let size = self.size.or(described.size).unwrap_or(usual);
        Ok(CreateGroup {
            title,
            purpose,
            name,
            history,
            size,
            invites,
            shared_power,
            audience: described.audience.unwrap_or_default(),
            agreements: described.agreements.unwrap_or_default(),
            rules: described.rules.unwrap_or_default(),
            confidentiality: described.confidentiality.unwrap_or_default(),
            reply_hours: described.reply_hours.unwrap_or_default(),
            retention_days: described.retention_days.unwrap_or_default(),
            advice: described.advice.unwrap_or_default(),
            language: described.language.unwrap_or_default(),
            questions: described.questions.unwrap_or_default(),
            term_days: described.term_days.unwrap_or_default(),
            attachment_kib: described.attachment_kib.unwrap_or(DEFAULT_ATTACHMENT_KIB),
        })
    }
}

fn words(created: &Created) -> String {
    let group = phrase::id(&created.group);
    format!(
        "Your group is open: {}   [{group}]\n{}\n{}\n\
         Invite somebody with \"kith invite create {group}\".\n",
        phrase::title(Some(&created.title)),
        phrase::history(created.history),
        if created.shared_power {
            "Everybody who comes in is a facilitator, and what concerns all takes more than half of you."
        } else {
            "There is no second facilitator yet. When you know who it could be: kith member promote"
        },
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use kith_node::api::types::Code;

    use super::*;
    use crate::World;
    use crate::output::Output;

    fn create(arguments: &str) -> Result<CreateGroup, Problem> {
        let cli = <crate::Cli as clap::Parser>::try_parse_from(arguments.split(' ')).unwrap();
        let super::super::super::Command::Group(super::super::Cmd::Create(cmd)) = cli.command else {
            panic!()
        };
        let described = cmd.described()?;
        cmd.group(
            &Context::new(Some(Path::new("/nowhere")), Output::new(true), World::default()).unwrap(),
            described,
        )
    }

    #[test]
    fn what_is_not_said_is_as_usual() {
        let group = create("kith group create --title T --purpose P").unwrap();
        assert_eq!((group.name.as_str(), group.size), ("Facilitator", 50));
        assert_eq!((group.history, group.invites), (History::All, Inviters::Facilitators));
    }

    #[test]
    fn a_file_fills_in_what_is_not_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("group.toml");
        fs::write(&path, "title = 'From file'\npurpose = 'P'\nas = 'Ana'\nhistory = 'none'\n").unwrap();
        let group = create(&format!("kith group create --from {} --as Ben", path.display())).unwrap();
        assert_eq!((group.title.as_str(), group.name.as_str()), ("From file", "Ben"));
        assert_eq!(group.history, History::None);
        fs::write(&path, "title = 'T'\ncolour = 'red'\n").unwrap();
        let problem = create(&format!("kith group create --from {}", path.display())).unwrap_err();
        assert_eq!(problem.code, Code::Usage);
        assert!(problem.message.contains("line 2"), "{}", problem.message);
    }

    #[test]
    fn a_template_fills_in_the_rest() {
        let group = create("kith group create --title T --template grief --purpose Mine").unwrap();
        assert_eq!((group.purpose.as_str(), group.reply_hours), ("Mine", 24));
        assert!(group.agreements.len() > 3);
        assert!(create("kith group create --title T --purpose P --template nothing").is_err());
    }

    #[test]
    fn scripts_are_told_what_is_missing() {
        let problem = create("kith group create --title T").unwrap_err();
        assert_eq!(problem.code, Code::Usage);
        assert!(problem.hint.contains("--purpose"));
    }
}
