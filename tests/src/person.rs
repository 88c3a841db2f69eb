//! Somebody with a device: what people do in the stories, and what they may count on.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::call::Call;
use crate::internet::{PORT, Place};
use crate::node::run;
use crate::{Home, Machine, Node, Watch, wait};

/// A person, their home, and their node while it runs.
#[derive(Debug)]
pub struct Person {
    name: &'static str,
    home: Home,
    words: String,
    node: Option<Node>,
}

/// A post or reply as a reader gets it: the fields that the contract names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Its id.
    pub post: String,
    /// The author's member id.
    pub author: String,
    /// What the author is called.
    pub name: String,
    /// The text.
    pub text: String,
    /// When, as claimed.
    pub time: String,
    /// What it answers.
    pub reply_to: Option<String>,
    /// How far it has come.
    pub state: String,
}

/// A member as a member list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The member's id.
    pub member: String,
    /// What they are called.
    pub name: String,
    /// `facilitator`, `helper` or `member`.
    pub role: String,
    /// `member`, `left`, `removed` or `waiting`.
    pub state: String,
}

/// An invite just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Its id.
    pub invite: String,
    /// What to hand over.
    pub link: String,
    /// When it ends.
    pub expires: String,
}

impl Person {
    /// Somebody with a new identity, whose node runs.
    #[track_caller]
    pub fn new(name: &'static str) -> Person {
        let mut person = Person::offline(name);
        person.comes_online();
        person
    }

    /// Somebody with a new identity, whose node does not run yet.
    #[track_caller]
    pub fn offline(name: &'static str) -> Person {
        let (home, words) = Home::with_identity();
        Person { name, home, words, node: None }
    }

    /// As [`Person::new`], of somebody whose node takes as many posts in an hour as they like.
    #[track_caller]
    pub fn untiring(name: &'static str) -> Person {
        let mut person = Person::offline(name);
        person.home.writes_as_much_as_they_like();
        person.comes_online();
        person
    }

    /// As [`Person::offline`], behind a passphrase.
    #[track_caller]
    pub fn guarded(name: &'static str, passphrase: &str) -> Person {
        let (home, words) = Home::with_passphrase(passphrase);
        Person { name, home, words, node: None }
    }

    /// Somebody who brought an identity back by its words, on a new device. The node does not run yet.
    #[track_caller]
    pub fn recovered(name: &'static str, words: &str) -> Person {
        let home = Home::new();
        home.kith(["recover", "--no-passphrase"]).stdin(format!("{words}\n")).ok();
        Person { name, home, words: words.to_owned(), node: None }
    }

    /// What they go by.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Their home.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Their twelve words.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Their running node.
    ///
    /// # Panics
    /// If it does not run.
    #[track_caller]
    pub fn node(&mut self) -> &mut Node {
        let name = self.name;
        self.node.as_mut().unwrap_or_else(|| panic!("{name} is offline"))
    }

    /// Starts their node.
    #[track_caller]
    pub fn comes_online(&mut self) {
        self.runs_on(self.home.node());
    }

    /// Starts their node, which stays locked until it is opened.
    #[track_caller]
    pub fn comes_online_locked(&mut self) {
        self.runs_on(Node::start_as(self.home.kith(["run", "--listen", "127.0.0.1"]).command()));
    }

    /// Starts their node on a machine of its own.
    #[track_caller]
    pub fn comes_online_on(&mut self, machine: &Machine) {
        let call = machine.carry(run(&self.home.path(), &[]));
        self.runs_on(Node::start_as(call.command()));
    }

    /// Starts their node at a place in an internet of its own, listening everywhere there.
    #[track_caller]
    pub fn comes_online_at(&mut self, place: &Place, arguments: &[&str]) {
        let (v4, v6) = (format!("0.0.0.0:{PORT}"), format!("[::]:{PORT}"));
        let listen = [place.ip.as_ref().map(|_| v4), place.ip6.as_ref().map(|_| v6)];
        let listen = listen.into_iter().flatten().collect::<Vec<_>>().join(",");
        let call = run(&self.home.path(), &[&["--listen", &listen, "--no-web"], arguments].concat());
        self.runs_on(Node::start_as(place.carry(&call.command())));
    }

    /// Who is connected in a group, and by which way.
    #[track_caller]
    pub fn ways(&self, group: &str) -> BTreeMap<String, String> {
        let list = self.kith(["peers", group]).ok();
        let peers = list["peers"].as_array().cloned().unwrap_or_default();
        peers
            .iter()
            .filter(|peer| peer["name"].is_string())
            .map(|peer| (word(peer, "name"), word(peer, "how")))
            .collect()
    }

    /// Takes a node, started in their home in a way of its own, as theirs.
    #[track_caller]
    pub fn runs_on(&mut self, node: Node) {
        assert!(self.node.is_none(), "{} is online already", self.name);
        self.node = Some(node);
    }

    /// Ends their node in order.
    #[track_caller]
    pub fn goes_offline(&mut self) {
        self.taken_node().terminate();
    }

    /// Ends their node as a power button would.
    #[track_caller]
    pub fn is_cut_off(&mut self) {
        self.taken_node().kill();
    }

    /// Kills their node while others still hold on to it; [`Person::is_cut_off`] takes its end in.
    #[track_caller]
    pub fn is_struck(&self) {
        self.node.as_ref().unwrap_or_else(|| panic!("{} is offline", self.name)).strike();
    }

    #[track_caller]
    fn taken_node(&mut self) -> Node {
        let name = self.name;
        self.node.take().unwrap_or_else(|| panic!("{name} is offline already"))
    }

    /// A command of theirs.
    pub fn kith<S: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Call {
        self.home.kith(arguments)
    }

    /// Opens a group, and gives its id.
    #[track_caller]
    pub fn opens(&self, title: &str, purpose: &str) -> String {
        self.opens_with(title, purpose, &[])
    }

    /// As [`Person::opens`], with further flags.
    #[track_caller]
    pub fn opens_with(&self, title: &str, purpose: &str, flags: &[&str]) -> String {
        let call = ["group", "create", "--title", title, "--purpose", purpose, "--as", self.name];
        word(&self.kith(call.iter().chain(flags)).ok(), "group")
    }

    /// Makes an invite for one.
    #[track_caller]
    pub fn invites(&self, group: &str) -> Invited {
        self.invites_with(group, &[])
    }

    /// As [`Person::invites`], with further flags.
    #[track_caller]
    pub fn invites_with(&self, group: &str, flags: &[&str]) -> Invited {
        let made = self.kith(["invite", "create", group].iter().chain(flags)).ok();
        Invited { invite: word(&made, "invite"), link: word(&made, "link"), expires: word(&made, "expires") }
    }

    /// Comes in on a link, and gives the group's id.
    #[track_caller]
    pub fn joins(&self, link: &str) -> String {
        let seconds = wait::ARRIVAL.as_secs().to_string();
        let call = self.kith(["join", link, "--as", self.name, "--wait", &seconds]);
        let joined = call.limit(wait::ARRIVAL + wait::ANSWER).ok();
        assert_eq!(joined["state"], "joined", "{} was not let in: {joined}", self.name);
        word(&joined, "group")
    }

    /// Writes a post, and gives its id.
    #[track_caller]
    pub fn posts(&self, group: &str, text: &str) -> String {
        word(&self.kith(["post", group]).stdin(text).ok(), "post")
    }

    /// Answers a post, and gives the reply's id.
    #[track_caller]
    pub fn replies(&self, post: &str, text: &str) -> String {
        word(&self.kith(["reply", post]).stdin(text).ok(), "post")
    }

    /// Everything of a group, the newest first, page by page.
    #[track_caller]
    pub fn reads(&self, group: &str) -> Vec<Post> {
        let mut posts = Vec::new();
        let mut before: Option<String> = None;
        loop {
            let mut call = vec!["read", group, "--limit", "200"];
            if let Some(cursor) = &before {
                call.extend(["--before", cursor]);
            }
            let page = self.kith(call).ok();
            posts.extend(all_posts(&page));
            match page["next"].as_str() {
                Some(next) => before = Some(next.to_owned()),
                None => return posts,
            }
        }
    }

    /// A thread, the newest first.
    #[track_caller]
    pub fn reads_thread(&self, post: &str) -> Vec<Post> {
        all_posts(&self.kith(["thread", post]).ok())
    }

    /// Begins to watch a group.
    #[track_caller]
    pub fn watches(&self, group: &str) -> Watch {
        Watch::start(&self.kith(["watch", group]))
    }

    /// Waits until all these posts can be read here, and gives everything that can.
    #[track_caller]
    pub fn has_got(&self, group: &str, posts: &[impl AsRef<str>]) -> Vec<Post> {
        self.has_got_within(wait::ARRIVAL, group, posts)
    }

    /// As [`Person::has_got`], for much or slow ways.
    #[track_caller]
    pub fn has_got_within(&self, limit: Duration, group: &str, posts: &[impl AsRef<str>]) -> Vec<Post> {
        let mut missing = Vec::new();
        let got = wait::within(limit, || {
            let read = self.reads(group);
            missing = posts
                .iter()
                .map(AsRef::as_ref)
                .filter(|id| !read.iter().any(|post| post.post == *id))
                .collect();
            missing.is_empty().then_some(read)
        });
        got.unwrap_or_else(|| {
            panic!(
                "{} never got {} of {} posts within {} s, among them {}.",
                self.name,
                missing.len(),
                posts.len(),
                limit.as_secs(),
                missing[0]
            )
        })
    }

    /// How a group does on this node.
    #[track_caller]
    pub fn status(&self, group: &str) -> Value {
        let status = self.kith(["status"]).ok();
        let groups = status["groups"].as_array().cloned().unwrap_or_default();
        groups
            .into_iter()
            .find(|one| one["group"] == group)
            .unwrap_or_else(|| panic!("{}'s node does not know group {group}: {status}", self.name))
    }

    /// Waits until this many members' nodes are connected in a group.
    #[track_caller]
    pub fn meets(&self, group: &str, nodes: u64) {
        let what = format_args!("{} to be connected with {nodes} nodes of the group", self.name).to_string();
        wait::until(wait::ARRIVAL, what, || (self.status(group)["peers"].as_u64()? >= nodes).then_some(()));
    }

    /// Waits until a post of theirs is on another member's node, by that node's word.
    #[track_caller]
    pub fn knows_held(&self, post: &str) {
        wait::until(wait::CONFIRMED, format_args!("another node to confirm post {post}"), || {
            self.reads_thread(post).into_iter().find(|one| one.post == post && one.state == "held")
        });
    }

    /// The members of a group, former ones included.
    #[track_caller]
    pub fn lists_members(&self, group: &str) -> Vec<Member> {
        let list = self.kith(["member", "list", group]).ok();
        let members = list["members"].as_array().cloned().unwrap_or_default();
        members
            .iter()
            .map(|one| Member {
                member: word(one, "member"),
                name: word(one, "name"),
                role: word(one, "role"),
                state: word(one, "state"),
            })
            .collect()
    }

    /// Waits until a member list holds somebody of this name, role and state, and gives them.
    #[track_caller]
    pub fn sees_member(&self, group: &str, name: &str, role: &str, state: &str) -> Member {
        wait::until(wait::ARRIVAL, format_args!("{} to see {name} as {role}, {state}", self.name), || {
            self.lists_members(group)
                .into_iter()
                .find(|one| one.name == name && one.role == role && one.state == state)
        })
    }
}

impl Post {
    /// Reads a post of what a command answered; `None` if something the contract names is not there.
    pub fn read(from: &Value) -> Option<Post> {
        let word = |name: &str| from[name].as_str().map(str::to_owned);
        Some(Post {
            post: word("post")?,
            author: word("author")?,
            name: word("name")?,
            text: word("text")?,
            time: word("time")?,
            reply_to: match &from["reply_to"] {
                Value::Null => None,
                other => Some(other.as_str()?.to_owned()),
            },
            state: word("state")?,
        })
    }
}

/// Waits until all these people have the same posts in the same order, and the same view of who belongs;
/// gives the posts, newest first.
#[track_caller]
pub fn agree(group: &str, people: &[&Person]) -> Vec<Post> {
    let names: Vec<&str> = people.iter().map(|person| person.name()).collect();
    wait::until(wait::ARRIVAL, format_args!("{} to have the same group", names.join(", ")), || {
        let mut views = people.iter().map(|person| {
            let posts = person.reads(group);
            let shown: Vec<_> = posts.iter().map(|post| (post.post.clone(), post.text.clone())).collect();
            (person.status(group)["state_hash"].clone(), shown, posts)
        });
        let first = views.next()?;
        views.all(|view| (&view.0, &view.1) == (&first.0, &first.1)).then_some(first.2)
    })
}

/// Fails the test if a reply stands before what it answers, or one author's posts are not in the order they
/// were written. `written` has each author's posts in that order; `posts` is as read, newest first.
#[track_caller]
pub fn is_causal(posts: &[Post], written: &[&[String]]) {
    let place: BTreeMap<&str, usize> =
        posts.iter().rev().enumerate().map(|(place, post)| (post.post.as_str(), place)).collect();
    for post in posts {
        if let Some(parent) = post.reply_to.as_deref().and_then(|parent| place.get(parent)) {
            assert!(
                *parent < place[post.post.as_str()],
                "A reply is shown before what it answers: {}",
                post.text
            );
        }
    }
    for author in written {
        for pair in author.windows(2) {
            let [one, two] = [&pair[0], &pair[1]].map(|id| {
                *place
                    .get(id.as_str())
                    .unwrap_or_else(|| panic!("A post is missing where all should be: {id}"))
            });
            assert!(one < two, "What somebody wrote later is shown before what they wrote earlier: {pair:?}");
        }
    }
}

#[track_caller]
fn all_posts(page: &Value) -> Vec<Post> {
    let posts = page["posts"].as_array().unwrap_or_else(|| panic!("no posts in {page}"));
    posts.iter().map(|post| Post::read(post).unwrap_or_else(|| panic!("not a whole post: {post}"))).collect()
}

#[track_caller]
fn word(from: &Value, name: &str) -> String {
    from[name].as_str().unwrap_or_else(|| panic!("there is no {name} in {from}")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: &str, reply_to: Option<&str>) -> Post {
        Post {
            post: id.into(),
            author: "a".into(),
            name: "Ana".into(),
            text: id.into(),
            time: "2026-11-22T20:00:00.000Z".into(),
            reply_to: reply_to.map(str::to_owned),
            state: "held".into(),
        }
    }

    #[test]
    fn an_order_that_respects_what_was_seen_passes() {
        is_causal(&[post("3", Some("1")), post("2", None), post("1", None)], &[&["1".into(), "2".into()]]);
    }

    #[test]
    #[should_panic(expected = "A reply is shown before what it answers")]
    fn a_reply_before_its_post_fails() {
        is_causal(&[post("1", None), post("2", Some("1"))], &[]);
    }

    #[test]
    #[should_panic(expected = "wrote later is shown before")]
    fn a_turned_log_fails() {
        is_causal(&[post("1", None), post("2", None)], &[&["1".into(), "2".into()]]);
    }

    #[test]
    fn a_post_without_a_field_of_the_contract_is_none() {
        let mut json = serde_json::json!({
            "post": "1", "author": "a", "name": "Ana", "text": "x", "time": "t", "reply_to": null, "state": "saved",
        });
        assert_eq!(Post::read(&json).unwrap().reply_to, None);
        json.as_object_mut().unwrap().remove("state");
        assert_eq!(Post::read(&json), None);
    }
}
