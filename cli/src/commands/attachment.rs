//! `kith attachment`: what goes with posts and items, fetched by choice.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kith_node::api::types::{Attached, AttachmentList, AttachmentState, Code, Problem};
use serde::Serialize;

use crate::client::{Client, Route};
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{attach, phrase, plain};

/// Nothing is waited for any longer when nothing has come for so long.
const PATIENCE: Duration = Duration::from_secs(20);
const STYLE: &str = "Fetching {bar:24} {bytes} of {total_bytes}";

/// Fetch and look at what goes with posts and library items
///
/// What is larger than 256 KiB is fetched only when you ask for it; what is folded, or has content notes, always waits for
/// you. It is kept sealed on this device, and goes when the post is taken back or has outlived its time.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    /// Show what goes with what a group wrote, the newest first
    List(Group),
    /// Fetch an attachment from whichever member's node has it
    ///
    /// It waits as long as something arrives. Your node goes on by itself after a break and after a restart, until all of it
    /// is here or you drop it.
    Get(Get),
    /// Save an attachment as a file that other programs can open; fetches it first if it is not here
    ///
    /// The file is not sealed any more: whoever uses this device can open it, and it stays when the post is taken back.
    Save(Save),
    /// Take an attachment away from this device, or stop fetching it; nobody learns of it
    Drop(Which),
}

/// Of which group.
#[derive(Args, Debug)]
pub struct Group {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Which attachment.
#[derive(Args, Debug)]
pub struct Which {
    /// The post, reply or item: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "POST", value_parser = NonEmptyStringValueParser::new())]
    post: String,
    /// Which of several
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    number: u32,
}

/// What to fetch, and for how long.
#[derive(Args, Debug)]
pub struct Get {
    #[command(flatten)]
    which: Which,
    /// Wait at most SECS seconds in all [usual: as long as something arrives]
    #[arg(long, value_name = "SECS")]
    wait: Option<u64>,
}

/// What to save, and where.
#[derive(Args, Debug)]
pub struct Save {
    #[command(flatten)]
    get: Get,
    /// The file to make ("-" is stdout) [usual: a name of its own, in this folder]
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// What was saved.
#[derive(Serialize)]
struct Saved<'a> {
    #[serde(flatten)]
    attached: &'a Attached,
    file: &'a Path,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::List(group) => {
                let route = Route::new(&["groups", &group.group, "attachments"])?;
                let all: AttachmentList = context.node(async |node| node.get(route).await)?;
                context.output.answer(&all, || list(&all))?;
                Ok(Ending::Done)
            }
            Cmd::Get(get) => {
                let attached = context.node(async |node| get.fetch(node, context).await)?;
                ended(context, &attached)
            }
            Cmd::Save(save) => save.run(context),
            Cmd::Drop(which) => {
                let route = which.route()?;
                let left: Attached = context.node(async |node| node.delete(route).await)?;
                context.output.answer(&left, || {
                    "It is not on this device any more. As long as another member's node has it, it can be fetched again."
                        .to_owned()
                })?;
                Ok(Ending::Done)
            }
        }
    }
}

impl Which {
    fn route(&self) -> Result<Route, Problem> {
        let route = Route::new(&["posts", &self.post, "attachment"])?;
        Ok(route.with("number", Some(&self.number.to_string())))
    }
}

impl Get {
    /// Fetches until it is here, or nothing comes any more.
    async fn fetch(&self, node: &Client, context: &Context) -> Result<Attached, Problem> {
        let begun = Instant::now();
        let mut attached: Attached = node.post(self.which.route()?, &()).await?;
        let bar = bar(context, attached.attachment.size);
        let mut moved = Instant::now();
        while attached.attachment.state == AttachmentState::Fetching {
            bar.set_position(attached.attachment.arrived);
            let waited = match self.wait {
                Some(seconds) => begun.elapsed() >= Duration::from_secs(seconds),
                None => moved.elapsed() >= PATIENCE,
            };
            if waited {
                break;
            }
            let now: Attached = node.get(self.which.route()?.with("wait", Some("1"))).await?;
            if now.attachment.arrived != attached.attachment.arrived {
                moved = Instant::now();
            }
            attached = now;
        }
        bar.finish_and_clear();
        Ok(attached)
    }
}

impl Save {
    fn run(&self, context: &Context) -> Outcome {
        let stdout = self.to.as_deref() == Some(Path::new("-"));
        if stdout && context.output.is_json() {
            return Err(Problem::new(
                Code::Usage,
                "With --json, stdout holds the answer and cannot hold the file.",
                "Name a file with --to.",
            ));
        }
        let attached = context.node(async |node| self.get.fetch(node, context).await)?;
        if attached.attachment.state != AttachmentState::Here {
            return ended(context, &attached);
        }
        let route = Route::new(&["posts", &self.get.which.post, "attachment", "content"])?;
        let route = route.with("number", Some(&self.get.which.number.to_string()));
        let content = context.node(async |node| node.content(route).await)?;
        if stdout {
            let written = io::stdout().lock().write_all(&content);
            return written.map(|()| Ending::Done).map_err(|_| cannot(Path::new("-")));
        }
        let file = self.to.clone().unwrap_or_else(|| usual(&attached));
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file);
        let mut made = made.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Problem::new(
                Code::StorageFailed,
                format!("There is already a file {}. It was left as it is.", file.display()),
                "Name another one with --to.",
            ),
            _ => cannot(&file),
        })?;
        made.write_all(&content).and_then(|()| made.sync_all()).map_err(|error| {
            // Half a file is of no use.
            let _ = std::fs::remove_file(&file);
            if error.kind() == io::ErrorKind::StorageFull { Code::DiskFull.into() } else { cannot(&file) }
        })?;
        context.output.answer(&Saved { attached: &attached, file: &file }, || {
            format!(
                "Saved as {}.\nThis copy is not sealed: whoever uses this device can open it, and it stays when the post is \
                 taken back.\nDelete it when you no longer need it.",
                file.display()
            )
        })?;
        Ok(Ending::Done)
    }
}

/// Whoever wrote it chose its name: that is shown, and no file is called so.
fn usual(attached: &Attached) -> PathBuf {
    let one = &attached.attachment;
    format!("kith-{}-{}.{}", phrase::id(&attached.post), one.number, attach::ending(one.media)).into()
}

fn cannot(file: &Path) -> Problem {
    Problem::new(
        Code::StorageFailed,
        format!("The file {} could not be written.", file.display()),
        "Check the folder and its permissions, or name another file with --to.",
    )
}

/// How fetching ended.
fn ended(context: &Context, attached: &Attached) -> Outcome {
    match attached.attachment.state {
        AttachmentState::Here => {
            let post = phrase::id(&attached.post);
            let number = attached.attachment.number;
            let number = if number > 1 { format!(" --number {number}") } else { String::new() };
            context.output.answer(attached, || {
                format!("It is here, sealed. To look at it: kith attachment save {post}{number}")
            })?;
            Ok(Ending::Done)
        }
        AttachmentState::TooLarge => Err(Code::AttachmentTooLarge.into()),
        AttachmentState::NoRoom => Err(Problem::new(
            Code::DiskFull,
            "The disk is full, so the attachment is not wholly here.",
            "Free some space: your node goes on by itself. What has come of it stays.",
        )),
        AttachmentState::Fetching | AttachmentState::NotFetched => {
            context.output.not_in_time(attached, || {
                "It has not come yet: no member's node that has it can be reached now. Your node goes on trying by itself."
                    .to_owned()
            })?;
            Ok(Ending::NotInTime)
        }
    }
}

fn list(all: &AttachmentList) -> String {
    if all.attachments.is_empty() {
        return "Nothing goes with what was written here. To add something: kith post --attach FILE"
            .to_owned();
    }
    let line = |one: &Attached| {
        let several = all.attachments.iter().filter(|other| other.post == one.post).count() > 1;
        let shown = attach::line(&one.post, &one.attachment, several);
        format!("{}   [{}]\n    {shown}\n", plain::line(&one.author_name), phrase::id(&one.post))
    };
    all.attachments.iter().map(line).collect()
}

fn bar(context: &Context, size: u64) -> ProgressBar {
    let target = if context.can_show() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let style = ProgressStyle::with_template(STYLE).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(size), target).with_style(style)
}
