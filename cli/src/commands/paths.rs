//! `kith paths`: where the node keeps its files.

use clap::Args;
use kith_node::api::types::{Code, Paths};
use kith_node::home;

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};

/// Show where your node keeps its files
///
/// All of them are private to you. Which folder belongs to which group, only a running node can tell.
#[derive(Args, Debug)]
pub struct Cmd {}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["paths"])?;
        let asked: Result<Paths, _> = context.node(async |node| node.get(route).await);
        let paths = match asked {
            Ok(paths) => paths,
            // Where files are can be told without a node, or one that is still opening.
            Err(problem) if matches!(problem.code, Code::NotRunning | Code::NotOpen) => {
                from_outside(context.paths())
            }
            Err(problem) => return Err(problem),
        };
        context.output.answer(&paths, || words(&paths))?;
        Ok(Ending::Done)
    }
}

/// What can be told without the node.
fn from_outside(paths: &home::Paths) -> Paths {
    let shown = |path: std::path::PathBuf| path.display().to_string();
    Paths {
        home: paths.dir().display().to_string(),
        config: shown(paths.config()),
        vault: shown(paths.vault()),
        key: shown(paths.key()),
        lock: shown(paths.lock()),
        socket: shown(paths.socket()),
        cells: shown(paths.cells()),
        groups: Vec::new(),
    }
}

fn words(paths: &Paths) -> String {
    let rows = [
        ("Home", &paths.home),
        ("Settings", &paths.config),
        ("Vault", &paths.vault),
        ("Key (without passphrase)", &paths.key),
        ("Lock", &paths.lock),
        ("Socket", &paths.socket),
        ("Groups", &paths.cells),
    ];
    let mut words: String = rows.iter().map(|(name, path)| format!("{name:<26}{path}\n")).collect();
    for place in &paths.groups {
        words.push_str(&format!("  [{}]{:<10}{}\n", crate::phrase::id(&place.group), "", place.directory));
    }
    words
}
