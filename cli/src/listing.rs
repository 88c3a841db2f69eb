//! Many posts as people read them: where somebody wrote very much within an hour, the rest of it behind one line.

use std::borrow::Cow;
use std::collections::BTreeSet;

use kith_node::api::types::Post;

use crate::{phrase, plain};

/// Posts in words, in this order. What is beyond an hour's measure is folded, unless `all` is to be shown; `command` shows
/// all. `unfold` shows what facilitators folded.
pub fn posts<'a>(
    posts: impl Iterator<Item = &'a Post>,
    all: bool,
    unfold: bool,
    command: impl Fn(&Post) -> String,
) -> String {
    let posts: Vec<&Post> = posts.collect();
    let answered: BTreeSet<&str> = posts.iter().filter_map(|post| post.reply_to.as_deref()).collect();
    let mut shown = Vec::new();
    let mut run: Vec<&Post> = Vec::new();
    for post in posts {
        if run.first().is_some_and(|first| !folds(post, all) || first.author != post.author) {
            shown.extend(line(&std::mem::take(&mut run), &command));
        }
        if folds(post, all) {
            run.push(post);
        } else {
            shown.push(phrase::written(&beside(post, &answered), unfold));
        }
    }
    shown.extend(line(&run, &command));
    shown.join("\n")
}

/// A post beside its answers: that it was heard can be seen from them, and is not said.
fn beside<'a>(post: &'a Post, answered: &BTreeSet<&str>) -> Cow<'a, Post> {
    if post.heard && answered.contains(post.post.as_str()) {
        return Cow::Owned(Post { heard: false, ..post.clone() });
    }
    Cow::Borrowed(post)
}

/// Whether a post stands behind a line.
fn folds(post: &Post, all: bool) -> bool {
    post.much && !post.withdrawn && !all
}

fn line(run: &[&Post], command: impl Fn(&Post) -> String) -> Option<String> {
    let first = run.first()?;
    let (name, command) = (plain::line(&first.name), command(first));
    let posts = if run.len() == 1 { "1 post".to_owned() } else { format!("{} posts", run.len()) };
    Some(format!("({posts} more by {name}, who wrote a lot within an hour. Show: {command})\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(author: &str, much: bool) -> Post {
        let text = format!("by {author}");
        Post { author: author.into(), name: author.into(), text, much, ..phrase::tests::example() }
    }

    #[test]
    fn that_somebody_heard_it_is_said_where_no_answer_shows_it() {
        let heard = Post { heard: true, ..post("Ana", false) };
        let answer = Post { post: "f".repeat(64), reply_to: Some(heard.post.clone()), ..post("Ben", false) };
        let words = |written: &[Post]| posts(written.iter(), false, false, |_| String::new());
        assert!(words(std::slice::from_ref(&heard)).contains("Somebody has heard this"));
        assert!(!words(&[heard, answer]).contains("Somebody has heard this"));
    }

    #[test]
    fn a_flood_is_one_line_and_others_are_seen_between() {
        let written =
            [post("Ana", false), post("Ana", true), post("Ana", true), post("Ben", false), post("Ana", true)];
        let shown = posts(written.iter(), false, false, |_| "kith read x --all".into());
        let lines: Vec<_> = shown.lines().filter(|line| line.starts_with('(')).collect();
        assert_eq!(
            lines,
            [
                "(2 posts more by Ana, who wrote a lot within an hour. Show: kith read x --all)",
                "(1 post more by Ana, who wrote a lot within an hour. Show: kith read x --all)",
            ]
        );
        assert_eq!(shown.matches("    by ").count(), 2, "{shown}");
        let all = posts(written.iter(), true, false, |_| String::new());
        assert_eq!(all.matches("    by ").count(), 5, "{all}");
    }
}
