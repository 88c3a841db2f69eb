//! The command line of Kith: a face of the node, over its local API, and the way to start one.
//!
//! Guarantees: what people write reaches the node byte for byte, and never stands in an argument. With
//! `--json`, stdout carries JSON lines only and texts are exact; without it, everything somebody else wrote
//! is made harmless for the terminal ([`plain`]). Every failure is a sentence, something to do, and an exit
//! code (`docs/reference/exit-codes.md`).
//!
//! Refuses to touch a home that a node uses: what concerns a running node is asked of that node.

mod ask;
mod attach;
mod browser;
mod catching_up;
mod charter;
mod client;
mod commands;
mod context;
mod deed;
mod events;
mod exit;
mod hearing;
mod input;
mod interrupt;
mod listing;
mod output;
mod phrase;
mod protect;
mod reason;
pub mod reference;
mod spoken;
mod when;
mod world;

pub use kith_node::plain;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use kith_node::api::types::{Code, Problem};

pub use self::commands::Cli;
use self::context::Context;
use self::exit::Ending;
use self::output::Output;
pub use self::world::World;

/// The whole command line as clap knows it, for help, manual pages and completions.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads the arguments of this process, does what they say, and gives the exit code.
pub fn main() -> ExitCode {
    main_in(World::default())
}

/// As [`main`], in another world than the usual one.
pub fn main_in(world: World) -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return misunderstood(&error, &arguments),
    };
    let output = Output::new(cli.json);
    interrupt::arm();
    let done = Context::new(cli.home.as_deref(), output, world).and_then(|context| cli.command.run(&context));
    match done {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::NotInTime) => ExitCode::from(Code::NotInTime.exit()),
        Err(problem) => {
            output.problem(&problem);
            exit::code(&problem)
        }
    }
}

/// Arguments that clap does not accept, or a call for help.
fn misunderstood(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if error.use_stderr() && arguments.iter().any(|argument| argument == "--json") {
        let message = sentence(&error.to_string());
        let problem = Problem { message, ..Problem::of(Code::Usage) };
        Output::new(true).problem(&problem);
    } else if error.kind() == ErrorKind::MissingSubcommand {
        eprint!("{}", command().render_help());
    } else if error.print().is_err() {
        return ExitCode::FAILURE;
    }
    ExitCode::from(if error.use_stderr() { Code::Usage.exit() } else { 0 })
}

/// What clap says first, up to the usage, as a sentence on one line.
fn sentence(said: &str) -> String {
    let lines = said.trim_start_matches("error: ").lines().map(str::trim);
    let first: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let first = first.join(" ");
    let mut letters = first.trim_end_matches([':', '.']).chars();
    let start = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    plain::line(&format!("{start}{}.", letters.as_str())).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misread(arguments: &[&str]) -> String {
        sentence(&Cli::try_parse_from(arguments).unwrap_err().to_string())
    }

    #[test]
    fn what_clap_misses_is_one_sentence() {
        assert_eq!(misread(&["kith", "nosuch"]), "Unrecognized subcommand 'nosuch'.");
        assert_eq!(
            misread(&["kith", "member", "promote"]),
            "The following required arguments were not provided: <GROUP> <MEMBER>."
        );
        assert_eq!(
            misread(&["kith", "run", "--listen", "here"]),
            "Invalid value 'here' for '--listen <ADDR>': write an address such as 127.0.0.1 or 0.0.0.0:4001."
        );
    }

    #[test]
    fn a_group_may_be_named_before_an_invite() {
        for arguments in [["invite", "show", "abcdef"].as_slice(), &["invite", "revoke", "Tuesday", "abcdef"]]
        {
            assert!(Cli::try_parse_from([&["kith"], arguments].concat()).is_ok(), "{arguments:?}");
        }
    }
}
