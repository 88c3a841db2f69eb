//! What every command works with: the home, the output, and the node if it is asked.

use std::io::{self, IsTerminal};
use std::os::unix::net::UnixStream;
use std::path::Path;

use kith_node::api::types::{Code, Problem};
use kith_node::home::Paths;
use tokio::runtime;

use crate::World;
use crate::client::Client;
use crate::output::Output;

/// What every command works with.
#[derive(Debug)]
pub struct Context {
    paths: Paths,
    /// Where answers go.
    pub output: Output,
    /// Where a node started here runs.
    pub world: World,
}

impl Context {
    /// A context for a home as said on the command line, else the usual one.
    ///
    /// # Errors
    /// [`Code::BadSetting`] if there is no usual place on this system.
    pub fn new(home: Option<&Path>, output: Output, world: World) -> Result<Context, Problem> {
        let home = home.filter(|path| !path.as_os_str().is_empty());
        Ok(Context { paths: Paths::find(home)?, output, world })
    }

    /// Where everything is.
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        self.paths.dir()
    }

    /// Whether there is somebody to ask: a terminal on both sides, and not a script.
    pub fn can_ask(&self) -> bool {
        !self.output.is_json() && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Before a person is asked for something that only a running node can take: that one runs.
    ///
    /// # Errors
    /// [`Code::NotRunning`].
    pub fn before_asking(&self) -> Result<(), Problem> {
        if !self.can_ask() || UnixStream::connect(self.paths.socket()).is_ok() {
            return Ok(());
        }
        Err(Code::NotRunning.into())
    }

    /// Whether somebody sees what is shown while something takes its time.
    pub fn can_show(&self) -> bool {
        !self.output.is_json() && io::stderr().is_terminal()
    }

    /// A remark for a person at a terminal, while something takes its time.
    pub fn progress(&self, words: &str) {
        if self.can_show() {
            self.output.remark(words);
        }
    }

    /// Asks the running node.
    ///
    /// # Errors
    /// [`Code::NotRunning`], and whatever `ask` comes to.
    pub fn node<T>(&self, ask: impl AsyncFnOnce(&Client) -> Result<T, Problem>) -> Result<T, Problem> {
        let client = Client::new(self.paths.socket());
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| Problem::of(Code::Internal))?;
        runtime.block_on(ask(&client))
    }
}
