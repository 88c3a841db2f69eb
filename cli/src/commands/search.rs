//! `kith search`: finding what was written by its words.

use std::collections::BTreeMap;
use std::io::{self, Read};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use kith_node::api::types::{Code, FoundThing, GroupList, Problem, SearchResults};

use crate::client::{Client, Route};
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{ask, phrase, plain, when};

/// How many posts are asked for at once.
const AT_ONCE: usize = 100;
/// The most that is read of a question, in bytes; the node says that it is too long.
const WORDS_MOST: u64 = 4096;

/// Find posts, answers and items of the library by their words
///
/// You are asked for the words; a script gives them on stdin. They never stand in the command, where other programs could
/// see them. A post is found if it has all of them; of the last word the beginning is enough. Accents, vowel points and
/// capital letters make no difference. Only what is on this device is searched, and nobody learns of it.
///
/// Items of the library are found with what was said about them. Among the words, tag:nights, region:Wellington,
/// language:en and cost:nothing ask for such items alone; what has several words stands in quotes: tag:"late nights".
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group to look in: its id, the beginning of it (6 characters or more), or its exact title [usual: all]
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: Option<String>,
    /// Only what this member wrote: their id, or the beginning of it (6 characters or more)
    #[arg(long, value_name = "MEMBER", value_parser = NonEmptyStringValueParser::new())]
    author: Option<String>,
    /// Only posts that answer nothing, only answers, or only items of the library
    #[arg(long, value_name = "KIND")]
    kind: Option<Kind>,
    /// Only items of the library of this kind
    #[arg(long, value_name = "KIND")]
    item: Option<Item>,
    /// Only what was written since then: a day such as 2026-11-22, or a span such as 7d
    #[arg(long, value_name = "WHEN", value_parser = when::since)]
    since: Option<String>,
    /// Only what was written until then: a day such as 2026-11-22 (its end is meant), or a span such as 7d
    #[arg(long, value_name = "WHEN", value_parser = when::until)]
    until: Option<String>,
    /// How many posts to show
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Show what comes next: the CURSOR that a former "kith search" for the same words gave
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Posts that answer nothing
    Post,
    /// Answers
    Reply,
    /// Items of the library
    Library,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Item {
    /// Something that somebody learnt
    Tip,
    /// A place or people to turn to
    Service,
    /// An article
    Article,
    /// A tool, a form, an exercise
    Tool,
    /// A book, a film, a recording
    Book,
    /// A helpline
    Helpline,
    /// What got somebody through
    Story,
}

/// What is looked for: words, and what items of the library are to have.
#[derive(Debug, Default, PartialEq, Eq)]
struct Asked {
    words: String,
    /// By the names of [`NAMES`].
    named: BTreeMap<&'static str, String>,
}

/// What items can be asked for by among the words: `tag:nights`, `region:"South Island"`.
const NAMES: [&str; 4] = ["tag", "region", "language", "cost"];

impl Asked {
    fn read(text: &str) -> Asked {
        let (mut asked, mut rest) = (Asked::default(), text);
        while !rest.is_empty() {
            let named = NAMES.into_iter().find_map(|name| {
                let value = rest.strip_prefix(name)?.strip_prefix(':')?;
                let (value, after) = match value.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
                    Some(parts) => parts,
                    None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
                };
                (!value.trim().is_empty()).then_some((name, value, after))
            });
            if let Some((name, value, after)) = named {
                asked.named.insert(name, value.to_owned());
                rest = after.trim_start();
                continue;
            }
            let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, after) = rest.split_at(word);
            let next = after.find(|letter: char| !letter.is_whitespace()).unwrap_or(after.len());
            let (space, after) = after.split_at(next);
            asked.words.push_str(word);
            asked.words.push_str(space);
            rest = after;
        }
        asked
    }
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let asked = Asked::read(&words(context)?);
        let (results, titles) = context.node(async |node| {
            let results = self.pages(node, &asked).await?;
            let mut titles = BTreeMap::new();
            if self.group().is_none() && !context.output.is_json() {
                let list: GroupList = node.get(Route::new(&["groups"])?).await?;
                titles.extend(list.groups.into_iter().map(|group| (group.group, group.title)));
            }
            Ok((results, titles))
        })?;
        context.output.answer(&results, || self.words(&results, &titles))?;
        Ok(Ending::Done)
    }

    /// "-" says, as elsewhere, that what is looked for comes on stdin.
    fn group(&self) -> Option<&str> {
        self.group.as_deref().filter(|group| *group != "-")
    }

    /// As many answers as it takes.
    async fn pages(&self, node: &Client, asked: &Asked) -> Result<SearchResults, Problem> {
        let wanted = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let mut all = SearchResults { next: self.after.clone(), ..SearchResults::default() };
        let kind = self.kind.map(|kind| match kind {
            Kind::Post => "post",
            Kind::Reply => "reply",
            Kind::Library => "library",
        });
        let item = self.item.map(|item| match item {
            Item::Tip => "tip",
            Item::Service => "service",
            Item::Article => "article",
            Item::Tool => "tool",
            Item::Book => "book",
            Item::Helpline => "helpline",
            Item::Story => "story",
        });
        loop {
            let limit = wanted.saturating_sub(all.found.len()).min(AT_ONCE).to_string();
            let route = NAMES.into_iter().fold(Route::new(&["search"])?, |route, name| {
                route.with(name, asked.named.get(name).map(String::as_str))
            });
            let route = route
                .with("q", Some(&asked.words))
                .with("group", self.group())
                .with("author", self.author.as_deref())
                .with("kind", kind)
                .with("item", item)
                .with("from", self.since.as_deref())
                .with("until", self.until.as_deref())
                .with("limit", Some(&limit))
                .with("after", all.next.as_deref());
            let page: SearchResults = node.get(route).await?;
            all.found.extend(page.found);
            (all.next, all.reading, all.from) = (page.next, page.reading, page.from);
            if all.next.is_none() || all.found.len() >= wanted {
                return Ok(all);
            }
        }
    }

    fn words(&self, results: &SearchResults, titles: &BTreeMap<String, Option<String>>) -> String {
        let mut words = String::new();
        let mut last: Option<&str> = None;
        for found in &results.found {
            let group = found.thing.group().as_str();
            if let Some(title) = titles.get(group)
                && last != Some(group)
            {
                words.push_str(&format!("In {}:\n\n", phrase::title(title.as_deref())));
            }
            last = Some(group);
            words.push_str(&match &found.thing {
                FoundThing::Post(post) => phrase::written(post, false),
                FoundThing::Item(item) => super::library::line(item),
            });
            words.push('\n');
        }
        if results.found.is_empty() {
            words.push_str(if self.after.is_some() {
                "Nothing more was found.\n"
            } else {
                "Nothing was found that has all of these words. Fewer words, or the beginning of one, find more.\n"
            });
        }
        if let Some(next) = &results.next {
            let group = self.group().map(|group| format!(" {}", plain::line(group))).unwrap_or_default();
            words.push_str(&format!(
                "(More: kith search{group} --after {}, with the same words and flags)\n",
                plain::line(next)
            ));
        }
        if results.reading {
            words.push_str(
                "(Still reading older posts: results may be incomplete. Search again in a moment.)\n",
            );
        }
        if let Some(from) = &results.from {
            words.push_str(&format!(
                "(Posts from before {} are not searched: there are more than this node keeps in memory for it. \
                 \"kith read\" shows them.)\n",
                when::day(from)
            ));
        }
        words
    }
}

/// What to look for. The break that ends the line is not meant; a space before it is: the last word is whole then.
fn words(context: &Context) -> Result<String, Problem> {
    if context.can_ask() {
        return Ok(ask::needed("Words to look for:")?.to_string());
    }
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(WORDS_MOST)
        .read_to_end(&mut bytes)
        .map_err(|_| Problem::of(Code::StorageFailed))?;
    let text = String::from_utf8(bytes).map_err(|_| Problem::of(Code::TextNotUtf8))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_items_are_to_have_stands_among_the_words() {
        let read = |text: &str| {
            let asked = Asked::read(text);
            (
                asked.words,
                asked.named.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>(),
            )
        };
        assert_eq!(
            read("sea walk "),
            ("sea walk ".into(), vec![]),
            "a space at the end says that the word is whole"
        );
        assert_eq!(read("tag:nights sleep"), ("sleep".into(), vec!["tag=nights".into()]));
        assert_eq!(
            read("call tag:\"late nights\" language:en now"),
            ("call now".into(), vec!["language=en".into(), "tag=late nights".into()])
        );
        assert_eq!(read("tag: x mytag:y tag:\""), ("tag: x mytag:y ".into(), vec!["tag=\"".into()]));
    }
}
