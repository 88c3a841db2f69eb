//! `kith export`: one's own words, out of the sealed files, to keep elsewhere.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{Code, Group, Item, Library, Measure, Page, Post, Problem};
use serde::Serialize;
use serde_json::Value;

use crate::client::{Client, Route};
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{hearing, phrase};

/// How many posts are asked for at once.
const AT_ONCE: usize = 500;

/// What is said of what was written out.
const UNSEALED: &str = "What is in this folder is not sealed: whoever can open it can read it, and so can programs that copy \
                        or index your files. Deleting it does not take it out of backups. Taking something back in Kith \
                        does not change it here.";

/// Write your own words into a folder, readable, to keep them elsewhere
///
/// As Markdown for people and JSON for programs, in a new folder that your user alone can open. It is not sealed.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Group(InGroup),
    Mine(Mine),
}

/// What you wrote in a group: posts, answers, and items of the library
///
/// Not what was said to you or others alone, and not what you took back.
#[derive(Args, Debug)]
pub struct InGroup {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// The folder to make
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Also what others wrote, as you see it: nothing that was taken back, is held, or is hidden by you. They did not agree to
    /// it being kept elsewhere: keep it to yourself
    #[arg(long)]
    others: bool,
}

/// What you keep for yourself: journal, goals, milestones, check-ins, answers, plan, tags, thanks and drafts
#[derive(Args, Debug)]
pub struct Mine {
    /// The folder to make
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// What was written out.
#[derive(Debug, Serialize)]
struct Written {
    folder: String,
    files: Vec<&'static str>,
}

/// A new folder of private files.
struct Folder {
    path: PathBuf,
    files: Vec<&'static str>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Group(cmd) => cmd.run(context),
            Cmd::Mine(cmd) => cmd.run(context),
        }
    }
}

impl InGroup {
    fn run(self, context: &Context) -> Outcome {
        let (title, posts, items) = context.node(async |node| {
            let group: Group = node.get(Route::new(&["groups", &self.group])?).await?;
            let posts = self.posts(node).await?;
            let library: Library = node.get(Route::new(&["groups", &self.group, "library"])?).await?;
            let items = library.items.into_iter().filter(|item| item.mine || self.others);
            Ok((phrase::title(group.title.as_deref()), posts, items.collect::<Vec<Item>>()))
        })?;
        let mut folder = Folder::new(&self.folder)?;
        folder.file("README.md", &format!("# {title}\n\n{UNSEALED}\n"))?;
        folder.file("posts.md", &format!("# {title}\n\n{}", posts.iter().map(post).collect::<String>()))?;
        folder.file("posts.json", &json(&posts)?)?;
        folder.file(
            "library.md",
            &format!("# {title}: library\n\n{}", items.iter().map(item).collect::<String>()),
        )?;
        folder.file("library.json", &json(&items)?)?;
        folder.end(context)
    }

    /// The oldest first.
    async fn posts(&self, node: &Client) -> Result<Vec<Post>, Problem> {
        let (mut posts, mut before) = (Vec::new(), None::<String>);
        loop {
            let route = Route::new(&["groups", &self.group, "posts"])?;
            let route = route.with("limit", Some(&AT_ONCE.to_string())).with("before", before.as_deref());
            let page: Page = node.get(route).await?;
            posts.extend(page.posts.into_iter().filter(|post| self.includes(post)).map(theirs_left_out));
            before = page.next;
            if before.is_none() {
                posts.reverse();
                return Ok(posts);
            }
        }
    }

    fn includes(&self, post: &Post) -> bool {
        let held = post.moderation.as_ref().is_some_and(|act| act.measure != Measure::Folded);
        !post.withdrawn && (post.mine || (self.others && !held))
    }
}

impl Mine {
    fn run(self, context: &Context) -> Outcome {
        const PARTS: [(&str, &str); 9] = [
            ("journal", "Journal"),
            ("goals", "Goals"),
            ("milestones", "Milestones"),
            ("check-ins", "Check-ins"),
            ("answers", "Answers to guides"),
            ("plan", "Plan"),
            ("tags", "Tags"),
            ("jar", "Thanks"),
            ("drafts", "Drafts"),
        ];
        let parts = context.node(async |node| {
            let mut parts = Vec::new();
            for (place, title) in PARTS {
                let part: Value = node.get(Route::new(&["mine", place])?).await?;
                parts.push((place, title, part));
            }
            Ok(parts)
        })?;
        let mut folder = Folder::new(&self.folder)?;
        folder.file("README.md", &format!("# What I keep for myself\n\n{UNSEALED}\n"))?;
        let mut words = String::from("# What I keep for myself\n");
        for (_, title, part) in &parts {
            words.push_str(&format!("\n## {title}\n\n"));
            bullets(part, 0, &mut words);
        }
        folder.file("mine.md", &words)?;
        let all = parts.into_iter().map(|(place, _, part)| (place.to_owned(), part));
        folder.file("mine.json", &json(&all.collect::<serde_json::Map<_, _>>())?)?;
        folder.end(context)
    }
}

impl Folder {
    fn new(path: &Path) -> Result<Folder, Problem> {
        DirBuilder::new().mode(0o700).create(path).map_err(|error| {
            let message = match error.kind() {
                io::ErrorKind::AlreadyExists => {
                    format!("{} is there already, so nothing was written.", path.display())
                }
                _ => format!("The folder {} cannot be made.", path.display()),
            };
            Problem::new(
                Code::StorageFailed,
                message,
                "Name a folder that is not there yet, where you can write.",
            )
        })?;
        Ok(Folder { path: path.to_owned(), files: Vec::new() })
    }

    fn file(&mut self, name: &'static str, text: &str) -> Result<(), Problem> {
        let path = self.path.join(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|_| {
            Problem::new(
                Code::StorageFailed,
                format!(
                    "{} could not be written; what was written before it is in that folder.",
                    path.display()
                ),
                "Look whether there is room on the disk, delete the folder, and try again.",
            )
        })?;
        self.files.push(name);
        Ok(())
    }

    fn end(self, context: &Context) -> Outcome {
        let written = Written { folder: self.path.display().to_string(), files: self.files };
        context.output.answer(&written, || format!("Written into {}.\n{UNSEALED}", written.folder))?;
        Ok(Ending::Done)
    }
}

/// What was said to its author alone, by others, is theirs.
fn theirs_left_out(post: Post) -> Post {
    Post { acks: Vec::new(), asking: Vec::new(), proposed: Vec::new(), unanswered: None, ..post }
}

fn post(post: &Post) -> String {
    let answers = post.reply_to.as_deref().map(|to| format!(", in answer to {}", phrase::id(to)));
    let notes = hearing::notes(&post.notes).map(|notes| format!("*{notes}*\n\n")).unwrap_or_default();
    format!(
        "## {}, {} [{}]{}\n\n{notes}{}\n",
        line(&post.name),
        post.time,
        phrase::id(&post.post),
        answers.unwrap_or_default(),
        quoted(&post.text)
    )
}

fn item(item: &Item) -> String {
    let notes = hearing::notes(&item.notes).map(|notes| format!("*{notes}*\n\n")).unwrap_or_default();
    let facts = [
        ("from", &item.name),
        ("source", &item.source),
        ("link", &item.link),
        ("region", &item.region),
        ("cost", &item.cost),
        ("language", &item.language),
    ];
    let facts = facts.into_iter().filter(|(_, fact)| !fact.is_empty());
    let facts: String = facts.map(|(what, fact)| format!("- {what}: {}\n", line(fact))).collect();
    format!(
        "## {} [{}]\n\n{notes}{facts}\n{}\n",
        line(&item.title),
        phrase::id(&item.item),
        quoted(&item.text)
    )
}

/// A text as it is, as a block of its own: nothing in it is taken for a heading of this file.
fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("> {line}\n")).collect()
}

fn line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Anything that is kept, as a list in a list.
fn bullets(value: &Value, depth: usize, into: &mut String) {
    let space = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::Array(all) if all.is_empty() => {}
                    Value::Object(_) | Value::Array(_) => {
                        into.push_str(&format!("{space}- {name}:\n"));
                        bullets(value, depth.saturating_add(1), into);
                    }
                    Value::Null => {}
                    one => into.push_str(&format!("{space}- {name}: {}\n", plainly(one, &space))),
                }
            }
        }
        Value::Array(all) => {
            for one in all {
                match one {
                    Value::Object(_) | Value::Array(_) => {
                        into.push_str(&format!("{space}-\n"));
                        bullets(one, depth.saturating_add(1), into);
                    }
                    one => into.push_str(&format!("{space}- {}\n", plainly(one, &space))),
                }
            }
        }
        one => into.push_str(&format!("{space}{}\n", plainly(one, &space))),
    }
}

fn plainly(value: &Value, space: &str) -> String {
    match value {
        Value::String(text) => text.trim_end().replace('\n', &format!("\n{space}  ")),
        other => other.to_string(),
    }
}

fn json(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string_pretty(value).map_err(|_| Problem::of(Code::Internal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_a_list_in_a_list() {
        let mut words = String::new();
        let value = serde_json::json!({"items": [{"text": "one\ntwo\n", "done": true, "why": null}], "n": 3});
        bullets(&value, 0, &mut words);
        assert_eq!(words, "- items:\n  -\n    - done: true\n    - text: one\n      two\n- n: 3\n");
    }

    #[test]
    fn a_text_cannot_pass_for_a_part_of_the_file() {
        assert_eq!(quoted("# Ben, today\nnone\n"), "> # Ben, today\n> none\n");
    }
}
