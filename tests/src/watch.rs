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
    pub(crate) fn start(call: &Call) -> Watch {
        let mut child =
            call.command().spawn().unwrap_or_else(|error| panic!("{call} could not start: {error}"));
        let lines = Lines::of(child.stdout.take().expect("stdout is connected"));
        let log = Lines::of(child.stderr.take().expect("stderr is connected"));
        Watch { child, lines, log }
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
