//! What stories are told with.

use kith_protocol::body::{Body, Elect, Promote, Pulse, Remove, Role, StepBack};
use kith_protocol::charter::{Changes, Charter, History};
use kith_protocol::group::{Member, Standing};
use kith_protocol::id::{EntryId, EnvelopeId, MemberKey};
use kith_protocol::sim::{MINUTE, Node, Ticket, World, charter};

/// A group of people by name, in a world of their own.
pub struct Story {
    pub world: World,
}

impl Story {
    /// A group founded by these facilitators, the most senior first, in which newcomers get history.
    pub fn of(founders: &[&str]) -> Story {
        Story::under(founders, charter(History::All))
    }

    /// As [`Story::of`], under a charter of its own.
    pub fn under(founders: &[&str], charter: Charter) -> Story {
        Story { world: World::new(1, Node::founders_with(founders, charter)) }
    }

    /// These come in as members, at the node of a facilitator.
    pub fn with(mut self, sponsor: &str, names: &[&str]) -> Story {
        let ticket = self.invites(sponsor, 50);
        for name in names {
            assert!(self.joins(name, &ticket, sponsor), "{name} came in");
        }
        self.time_passes();
        self
    }

    /// A few minutes go by.
    pub fn time_passes(&mut self) {
        self.world.go(5 * MINUTE);
    }

    /// Everybody is back online and has heard everything.
    pub fn all_meet(&mut self) {
        self.world.mend();
        self.world.rest();
        assert!(self.world.blamed.is_empty(), "{:?}", self.world.blamed);
    }

    pub fn node(&self, name: &str) -> &Node {
        &self.world.nodes[self.world.who(name)]
    }

    pub fn key(&self, name: &str) -> MemberKey {
        self.node(name).key()
    }

    /// Somebody, as somebody else sees them.
    pub fn seen(&self, name: &str, by: &str) -> Option<&Member> {
        self.node(by).group().member(&self.key(name))
    }

    pub fn standing(&self, name: &str, by: &str) -> Option<Standing> {
        self.seen(name, by).map(|member| member.standing)
    }

    pub fn role(&self, name: &str, by: &str) -> Option<Role> {
        self.seen(name, by).filter(|member| member.standing == Standing::Member).map(|member| member.role)
    }

    /// The facilitators by name, as somebody sees them, the most senior first.
    pub fn facilitators(&self, by: &str) -> Vec<String> {
        let name = |key: &MemberKey| {
            self.world.nodes.iter().find(|node| node.key() == *key).map(|node| node.name.clone()).unwrap()
        };
        self.node(by).group().seats().iter().map(name).collect()
    }

    fn act<T>(&mut self, name: &str, act: impl FnOnce(&mut Node) -> T) -> T {
        let who = self.world.who(name);
        self.world.act(who, act)
    }

    pub fn invites(&mut self, name: &str, uses: u32) -> Ticket {
        self.act(name, |node| node.invite(uses)).expect("a facilitator invites")
    }

    /// Somebody comes in on a link at somebody's node. False if they are turned away there.
    pub fn joins(&mut self, name: &str, ticket: &Ticket, sponsor: &str) -> bool {
        self.comes_back(name, 0, ticket, sponsor)
    }

    /// As [`Story::joins`], of somebody who was removed so many times before.
    pub fn comes_back(&mut self, name: &str, generation: u32, ticket: &Ticket, sponsor: &str) -> bool {
        let at = self.world.who(sponsor);
        let came = self.world.act(at, |sponsor| Node::rejoin(name, generation, ticket, sponsor));
        let Some(mut node) = came else { return false };
        if generation > 0 {
            node.name = format!("{name} again");
        }
        self.world.add(node, at);
        true
    }

    pub fn posts(&mut self, name: &str, text: &str) -> EnvelopeId {
        *self.act(name, |node| node.post(text)).unwrap_or_else(|| panic!("{name} can post")).envelope_id()
    }

    pub fn withdraws(&mut self, name: &str, post: &EnvelopeId) {
        assert!(self.act(name, |node| node.withdraw(post)).is_some(), "{name} takes it back");
    }

    pub fn removes(&mut self, name: &str, target: &str) {
        let target = self.key(target);
        assert!(self.act(name, |node| node.remove(&target)).is_some(), "{name} can write");
    }

    /// Signs a removal, and begins no epoch for it; citing one entry alone, if that is said, as though nothing else were
    /// known.
    pub fn signs_against(&mut self, name: &str, target: &str, past: Option<EntryId>) -> EntryId {
        let member = self.key(target);
        let body = Body::Remove(Remove { member, reason: "enough".into(), heads: Vec::new() });
        self.act(name, |node| {
            let keys = node.ready().expect("a key to say it under");
            let heads = past.map_or_else(|| node.group().heads(), |past| vec![past]);
            node.last_control = node.last_control.filter(|_| past.is_none());
            let entry = node.entry_citing(body, heads);
            *node.write(entry, &keys, None).expect("an entry of one's own").entry_id()
        })
    }

    pub fn promotes(&mut self, name: &str, target: &str, role: Role) {
        let member = self.key(target);
        self.says(name, Body::Promote(Promote { member, role }));
    }

    pub fn votes_for(&mut self, name: &str, target: &str) {
        let member = self.key(target);
        self.says(name, Body::Elect(Elect { member }));
    }

    pub fn steps_back(&mut self, name: &str) {
        self.says(name, Body::StepBack(StepBack {}));
    }

    pub fn gives_a_sign(&mut self, name: &str) {
        self.says(name, Body::Pulse(Pulse {}));
    }

    pub fn amends(&mut self, name: &str, changes: Changes) {
        self.says(name, Body::Amend(kith_protocol::body::Amend { changes, reason: "as we said".into() }));
    }

    pub fn says(&mut self, name: &str, body: Body) {
        let kind = body.kind();
        assert!(self.act(name, |node| node.say(body)).is_some(), "{name} can write {kind:?}");
    }

    /// Whether somebody has a text on their screen.
    pub fn sees(&self, name: &str, text: &str) -> bool {
        self.node(name).timeline().iter().any(|(_, shown)| shown == text)
    }

    /// Everybody of these makes the same of the group.
    pub fn agree(&self, names: &[&str]) {
        let hash = self.node(names[0]).group().state_hash();
        for name in names {
            assert_eq!(self.node(name).group().state_hash(), hash, "{name} sees another group");
        }
    }
}
