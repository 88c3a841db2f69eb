//! `kith completions`: for the shell.

use clap::Args;
use clap_complete::Shell;
use kith_node::api::types::{Code, Problem};
use serde_json::json;

use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Print completions for your shell
///
/// For bash: kith completions bash > ~/.local/share/bash-completion/completions/kith
#[derive(Args, Debug)]
pub struct Cmd {
    /// Which shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut crate::command(), "kith", &mut script);
        let script = String::from_utf8(script).map_err(|_| Problem::of(Code::Internal))?;
        context.output.answer(&json!({ "script": script }), || script.clone())?;
        Ok(Ending::Done)
    }
}
