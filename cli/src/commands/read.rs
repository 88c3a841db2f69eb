//! `kith read`: what a group wrote.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::{Group, Page, Post, Problem};

use crate::client::{Client, Route};
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{listing, phrase, plain};

/// How many posts are asked for at once.
const AT_ONCE: usize = 200;

/// Read what a group wrote
///
/// Answers are included. The newest comes last, next to your prompt; with --json it comes first.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
    /// How many posts to show
    #[arg(long, value_name = "N", default_value = "50", value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Show what comes before: the CURSOR that a former "kith read" gave
    #[arg(long, value_name = "CURSOR")]
    before: Option<String>,
    /// Show also what is folded because somebody wrote very much within an hour
    #[arg(long)]
    all: bool,
    /// Show also, folded, what you hide for what it mentions ("kith notes")
    #[arg(long)]
    show: bool,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let (page, notice) = context.node(async |node| {
            let page = self.pages(node).await?;
            // Scripts ask "group show" for it.
            let shown = !context.output.is_json();
            let group = Route::new(&["groups", &self.group])?;
            let notice = if shown { node.get::<Group>(group).await?.notice } else { None };
            Ok((page, notice))
        })?;
        context.output.answer(&page, || self.words(&page))?;
        if let Some(notice) = notice {
            context.output.remark(&format!("\n{}\n{}", notice.message, notice.hint));
        }
        Ok(Ending::Done)
    }

    /// As many pages as it takes.
    async fn pages(&self, node: &Client) -> Result<Page, Problem> {
        let wanted = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let mut all = Page { next: self.before.clone(), ..Page::default() };
        loop {
            let limit = wanted.saturating_sub(all.posts.len()).min(AT_ONCE).to_string();
            let route = Route::new(&["groups", &self.group, "posts"])?;
            let route = route.with("limit", Some(&limit)).with("before", all.next.as_deref());
            let route = route.with("show", self.show.then_some("true"));
            let page: Page = node.get(route).await?;
            let last = page.posts.is_empty();
            all.posts.extend(page.posts);
            all.next = page.next;
            all.catching_up = page.catching_up;
            all.hidden |= page.hidden;
            if last || all.next.is_none() || all.posts.len() >= wanted {
                return Ok(all);
            }
        }
    }

    fn words(&self, page: &Page) -> String {
        let more = page.catching_up.map(|progress| format!("({})", phrase::catching_up(progress)));
        let hidden = page.hidden.then(|| {
            let group = plain::line(&self.group).into_owned();
            phrase::left_out(&format!("kith read \"{group}\" --show"))
        });
        if page.posts.is_empty() {
            if let Some(hidden) = hidden {
                return hidden;
            }
            return match (&self.before, more) {
                (_, Some(more)) => format!("Nothing can be shown yet: messages are arriving.\n{more}"),
                (None, None) => {
                    "Nothing to read here yet. What others have written arrives by itself.".to_owned()
                }
                (Some(_), None) => "This is where the group's posts begin.".to_owned(),
            };
        }
        let mut words = String::new();
        if let (Some(next), Some(post)) = (&page.next, page.posts.first()) {
            let group = phrase::id(&post.group);
            words.push_str(&format!("(Earlier posts: kith read {group} --before {})\n\n", plain::line(next)));
        }
        let all = |post: &Post| format!("kith read {} --all", phrase::id(&post.group));
        words.push_str(&listing::posts(page.posts.iter().rev(), self.all, false, all));
        words.extend(hidden.map(|hidden| format!("\n{hidden}")));
        if let Some(more) = more {
            words.push_str(&format!("\n{more}\n"));
        }
        words
    }
}
