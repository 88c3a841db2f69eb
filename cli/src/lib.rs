//! The command line of Kith: a face of the node, over its local API, and the way to start one.
//!
//! Guarantees: what people write reaches the node byte for byte, and never stands in an argument. With
//! `--json`, stdout carries JSON lines only and texts are exact; without it, everything somebody else wrote
//! is made harmless for the terminal ([`plain`]). Every failure is a sentence, something to do, and an exit
//! code ([`exit`]).
//!
//! Refuses to touch a home that a node uses: what concerns a running node is asked of that node.

mod ask;
mod client;
mod commands;
mod context;
mod events;
mod exit;
mod input;
mod output;
mod phrase;
pub mod plain;
mod protect;
pub mod reference;
mod when;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use kith_node::api::types::{Code, Problem};

pub use self::commands::Cli;
use self::context::Context;
use self::exit::Ending;
use self::output::Output;

/// The whole command line as clap knows it, for help, manual pages and completions.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads the arguments of this process, does what they say, and gives the exit code.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return misunderstood(&error, &arguments),
    };
    let output = Output::new(cli.json);
    let done = Context::new(cli.home.as_deref(), output).and_then(|context| cli.command.run(&context));
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
        let first = error.to_string();
        let first = first.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let mut sentence = first.trim_end_matches([':', '.']).to_owned();
        if let Some(letter) = sentence.get_mut(..1) {
            letter.make_ascii_uppercase();
        }
        sentence.push('.');
        let problem = Problem { message: plain::line(&sentence).into_owned(), ..Problem::of(Code::Usage) };
        Output::new(true).problem(&problem);
    } else if error.print().is_err() {
        return ExitCode::FAILURE;
    }
    ExitCode::from(if error.use_stderr() { Code::Usage.exit() } else { 0 })
}
