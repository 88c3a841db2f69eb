//! The stage of the demo: three nodes in this process, in a folder that goes with them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kith_node::api::types::{Code, Problem};
use kith_node::home::{Home, Paths};
use kith_node::identity;
use kith_node::run::{Listen, RunConfig};
use kith_node::vault::Protection;
use tempfile::TempDir;
use tokio::runtime::{self, Runtime};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::context::Context;

/// How long what still runs after the orderly end may take to let go.
const LET_GO_WITHIN: Duration = Duration::from_millis(500);

/// Three nodes, and the folder with their homes.
pub struct Stage {
    folder: TempDir,
    runtime: Runtime,
    nodes: JoinSet<()>,
    end: watch::Sender<bool>,
}

impl Stage {
    /// A stage with nobody on it, on loopback alone.
    ///
    /// # Errors
    /// [`Code::StorageFailed`] if there is no place for temporary files.
    pub fn set() -> Result<Stage, Problem> {
        let folder = tempfile::Builder::new().prefix("kith-demo-").tempdir().map_err(|_| {
            Problem::new(
                Code::StorageFailed,
                "No folder for temporary files could be made.",
                "Set TMPDIR to a folder that you can write to, and try again.",
            )
        })?;
        let runtime = runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|_| Problem::of(Code::Internal))?;
        let stage = Stage { folder, runtime, nodes: JoinSet::new(), end: watch::Sender::new(false) };
        stage.clear_on_interrupt();
        Ok(stage)
    }

    /// Starts somebody's node, and gives their home once it serves.
    ///
    /// # Errors
    /// What keeps it from starting.
    pub fn enters(&mut self, name: &str, context: &Context) -> Result<PathBuf, Problem> {
        let dir = self.folder.path().join(name);
        let home = Home::open(Paths::at(&dir))?;
        let key = Protection::KeyFile(home.paths().key());
        let vault = identity::create(&home, &key)?;
        let listen: Listen = "127.0.0.1".parse().map_err(|_| Problem::of(Code::Internal))?;
        let config = RunConfig {
            home,
            vault: Some(vault),
            listen: vec![listen],
            announce: Vec::new(),
            proxy: None,
            lan: false,
            front: None,
            clock: context.world.clock.clone(),
            #[cfg(feature = "lab")]
            tap: context.world.tap.clone(),
        };
        let (ready, served) = oneshot::channel();
        let (failed, failure) = oneshot::channel();
        let mut end = self.end.subscribe();
        let asked = async move {
            // A stage that is gone asks as well.
            let _ = end.wait_for(|end| *end).await;
        };
        let node = async move {
            let ready = move |_| {
                let _ = ready.send(());
            };
            if let Err(problem) = kith_node::run::run(config, ready, asked).await {
                let _ = failed.send(problem);
            }
        };
        self.nodes.spawn_on(node, self.runtime.handle());
        self.runtime.block_on(async {
            match served.await {
                Ok(()) => Ok(dir),
                Err(_) => Err(failure.await.unwrap_or_else(|_| Code::Internal.into())),
            }
        })
    }

    /// Does something that waits for the nodes.
    pub fn wait<T>(&self, until: impl Future<Output = T>) -> T {
        self.runtime.block_on(until)
    }

    /// Ends the nodes, and deletes the folder.
    pub fn clear(mut self) {
        self.end.send_replace(true);
        self.runtime.block_on(async { while self.nodes.join_next().await.is_some() {} });
        self.runtime.shutdown_timeout(LET_GO_WITHIN);
        // A folder that cannot be deleted is private, and in the place for what may go.
        let _ = self.folder.close();
    }

    /// Ctrl-C: the folder goes, then the process.
    fn clear_on_interrupt(&self) {
        let folder = self.folder.path().to_owned();
        self.runtime.spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                let _ = std::fs::remove_dir_all(&folder);
                std::process::exit(i32::from(Code::Interrupted.exit()));
            }
        });
    }
}

/// A way to the node of a home.
pub fn client(home: &Path) -> Client {
    Client::new(Paths::at(home).socket())
}
