//! Somebody watching a group.

use std::process::Child;

use crate::call::{Call, data, kill};
use crate::lines::Lines;
use crate::{Post, wait};

/// `kith watch GROUP`, running. Dropped, it is killed.
#[derive(Debug)]
pub struct Watch {
    child: Child,
    lines: Lines,
    log: Lines,
}

impl Watch {
    /// Starts watching, and returns once it has begun: what comes from now on is shown.
    #[track_caller]
    pub(crate) fn start(call: &Call) -> Watch {
        let mut child =
            call.command().spawn().unwrap_or_else(|error| panic!("{call} could not start: {error}"));
        let lines = Lines::of(child.stdout.take().expect("stdout is connected"));
        let log = Lines::of(child.stderr.take().expect("stderr is connected"));
        let watch = Watch { child, lines, log };
        watch.log.expect(wait::ANSWER, format_args!("{call} to begin"), |line| {
            line.contains("Watching").then_some(())
        });
        watch
    }

    /// Waits until a post is shown, and gives it.
    #[track_caller]
    pub fn shows(&self, post: &str) -> Post {
        self.lines.expect(wait::ARRIVAL, format_args!("post {post} to be shown live"), |line| {
            posts(line).filter(|shown| shown.post == post)
        })
    }

    /// The posts shown so far, in the order they were.
    pub fn shown(&self) -> Vec<Post> {
        self.lines.so_far().iter().filter_map(|line| posts(line)).collect()
    }

    /// What it wrote to stderr.
    pub fn log(&self) -> &Lines {
        &self.log
    }
}

fn posts(line: &str) -> Option<Post> {
    data(line).as_ref().and_then(Post::read)
}

impl Drop for Watch {
    fn drop(&mut self) {
        kill(&mut self.child);
    }
}
