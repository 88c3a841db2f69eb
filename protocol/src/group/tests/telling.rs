//! What the fold tells: names, logs, heads, what is shown, and what it refuses to take.

use super::kit::{World, check, invite_body, key, log, role, standing};
use crate::body::{Body, Genesis, Kind, OpenLog, Post, Role};
use crate::entry::Links;
use crate::group::{Group, GroupError, Once, Right, Standing};
use crate::id::{EntryId, LogId, SealKey, ShortId};
use crate::limits;

fn open(name: &str, retires: Option<LogId>, called: Option<&str>) -> OpenLog {
    OpenLog { seal: SealKey([2; 32]), member: key(name), retires, name: called.map(Into::into) }
}

fn live(group: &Group, name: &str) -> Vec<LogId> {
    let member = group.member(&key(name)).unwrap();
    member.logs.iter().filter(|log| log.live).map(|log| log.id).collect()
}

#[test]
fn names_and_logs_are_the_newest() {
    let mut world = World::new(&["a", "b"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let ids: Vec<LogId> = (0..6).map(|n| LogId([n; 8])).collect();
    let mut last = world.open_log("m", ids[0], open("m", Some(log("m")), Some("Em")), &[m]);
    let group = world.group();
    assert_eq!(group.member(&key("m")).unwrap().name, "Em");
    assert_eq!(live(&group, "m"), vec![ids[0]]);
    for id in &ids[1..] {
        last = world.open_log("m", *id, open("m", None, None), &[last]);
    }
    let group = world.group();
    assert_eq!(group.member(&key("m")).unwrap().name, "Em", "no new name keeps the one before");
    assert_eq!(live(&group, "m"), ids[2..], "the newest {}", limits::LOGS);
    // Nobody retires another's log, and nobody opens one for another.
    world.open_log("b", LogId([77; 8]), open("b", Some(ids[5]), Some("Ben")), &[last]);
    let forged = world.open_log("b", LogId([78; 8]), open("m", None, Some("Not Em")), &[last]);
    let group = world.group();
    assert_eq!(live(&group, "m"), ids[2..]);
    assert!(!group.counts(&forged));
    assert_eq!(group.member(&key("b")).unwrap().name, "Ben");
    let gone = world.leave("m", &[last]);
    assert!(live(&world.knowing(&[gone]), "m").is_empty(), "no keys for who is no member");
}

#[test]
fn heads_are_entries_that_count_and_no_more_than_fit() {
    let mut world = World::new(&["a", "b", "c"]);
    let genesis = world.genesis();
    let m = world.add("a", "m", &[genesis]);
    let void = world.invite("m", &[m]);
    let group = world.group();
    assert_eq!(group.heads(), vec![m], "an entry without right is not cited");
    assert!(!group.counts(&void));
    let removal = world.remove("b", "m", &[m]);
    let wide: Vec<EntryId> = (0..9).map(|_| world.invite("a", &[m])).collect();
    let deep = world.invite("c", &[wide[0], wide[1]]);
    let group = world.group();
    let heads = group.heads();
    assert_eq!(heads.len(), limits::DEPS);
    assert!(heads.contains(&removal) && heads.contains(&deep));
    assert!(!heads.contains(&wide[0]));
    // Cited together they leave the rest, which the next cites.
    world.mint("a", &heads);
    assert_eq!(world.group().heads().len(), 2);
}

#[test]
fn what_the_removed_wrote_is_shown_as_far_as_their_removers_had_it() {
    let mut world = World::new(&["a", "b", "c"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let device = LogId([5; 8]);
    let opened = world.open_log("m", device, open("m", None, None), &[m]);
    let group = world.group();
    assert!(group.shows(&key("m"), &device, 999) && !group.shows(&key("nobody"), &device, 0));
    let first = world.remove_showing("a", "m", &[opened], &[(log("m"), 7)]);
    let group = world.group();
    assert!(group.shows(&key("m"), &log("m"), 7) && !group.shows(&key("m"), &log("m"), 8));
    assert!(group.shows(&key("m"), &device, 0), "not below what lies in the removal's past");
    assert!(!group.shows(&key("m"), &device, 1) && !group.shows(&key("m"), &LogId([6; 8]), 0));
    // Of several removals, the one that had most.
    world.remove_showing("b", "m", &[first], &[(log("m"), 5), (device, 3)]);
    let group = world.group();
    assert!(group.shows(&key("m"), &log("m"), 7) && group.shows(&key("m"), &device, 3));
}

#[test]
fn everybody_and_everything_that_ended_is_told_with_its_end() {
    let mut world = World::new(&["a", "b", "c"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let n = world.add("a", "n", &[m]);
    let invite = world.invite("a", &[n]);
    let (out, gone) = (world.remove("a", "m", &[invite]), world.leave("n", &[invite]));
    let revoked = world.revoke("b", invite, &[invite]);
    let group = world.group();
    let mut told: Vec<_> =
        group.ended().into_iter().map(|ended| (ended.who, ended.by, ended.enough)).collect();
    let mut expected = vec![
        (Once::Member(key("m")), vec![out], 1),
        (Once::Member(key("n")), vec![gone], 1),
        (Once::Invite(invite), vec![revoked], 1),
    ];
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}

#[test]
fn entries_wait_for_what_they_cite_and_come_in_once() {
    let mut world = World::new(&["a", "b"]);
    let first = world.invite("a", &[world.genesis()]);
    let second = world.mint("a", &[first]);
    let mut group = Group::begin(world.made[0].clone()).unwrap();
    assert_eq!(group.insert(world.made[2].clone()), Err(GroupError::Missing(vec![first])));
    assert!(!group.holds(&second));
    assert!(group.insert(world.made[1].clone()).unwrap().fresh);
    let hash = group.state_hash();
    let again = group.insert(world.made[1].clone()).unwrap();
    assert!(!again.fresh && again.right.is_ok());
    assert_eq!(group.state_hash(), hash);
    assert!(group.insert(world.made[2].clone()).unwrap().fresh);
    assert_ne!(group.state_hash(), hash);
    assert!(group.precedes(&first, &second) && !group.precedes(&second, &first));
    assert!(!group.precedes(&first, &first));
    assert_eq!(group.resolve(&second.short()), Some(second));
    assert_eq!(group.resolve(&ShortId([0; 16])), None);
    assert_eq!(group.entry(&second).unwrap().id, second);
}

#[test]
fn content_and_odd_beginnings_are_refused() {
    let mut world = World::new(&["a", "b"]);
    let mut group = world.group();
    let mut post = world.made[0].clone();
    post.id = EntryId([1; 32]);
    post.entry.body = Body::Post(Post::new("hello"));
    post.entry.links = Links::Content { prev: ShortId([0; 16]), control: vec![], content: vec![] };
    assert_eq!(group.insert(post.clone()), Err(GroupError::NotControl));
    assert!(matches!(Group::begin(post), Err(GroupError::NotGenesis(_))));
    let edit = |change: &dyn Fn(&mut Genesis)| {
        let mut genesis = world.made[0].clone();
        if let Body::Genesis(body) = &mut genesis.entry.body {
            change(body);
        }
        Group::begin(genesis).map(|_| ())
    };
    assert_eq!(edit(&|_| ()), Ok(()));
    let refused = |result| matches!(result, Err(GroupError::NotGenesis(_)));
    assert!(refused(edit(&|body| body.founders.reverse())));
    assert!(refused(edit(&|body| body.founders.push(key("a")))));
    assert!(refused(edit(&|body| {
        body.charter.shared_power = true;
        body.founders.extend((0..5).map(|n| key(&format!("f{n}"))));
    })));
    // A second beginning changes nothing.
    let again = world.made[0].entry.body.clone();
    let second = world.write("a", &[world.genesis()], again);
    assert!(!world.group().counts(&second));
}

#[test]
fn unknown_kinds_are_part_of_the_past_and_nothing_else() {
    let mut world = World::new(&["a", "b", "c"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let later = world.write("m", &[m], Body::Unknown(Kind(40), vec![0xa0]));
    let by_nobody = world.write("nobody", &[m], Body::Unknown(Kind(40), vec![0xa0]));
    let after = world.invite("b", &[later]);
    let group = world.group();
    assert!(group.counts(&later) && !group.counts(&by_nobody) && group.counts(&after));
    assert!(group.precedes(&later, &after));
    assert_eq!(group.heads(), vec![after]);
}

#[test]
fn those_who_are_gone_stay_listed_and_their_keys_are_known() {
    let mut world = World::new(&["a", "b", "c"]);
    let m = world.add("a", "m", &[world.genesis()]);
    let made = world.promote("a", "m", Role::Deputy, &[m]);
    world.remove("b", "m", &[made]);
    let group = world.group();
    check(&group);
    assert_eq!(group.members().count(), 4);
    assert_eq!((standing(&group, "m"), role(&group, "m")), (Some(Standing::Removed), None));
    assert_eq!(group.member(&key("m")).unwrap().role, Role::Deputy);
    assert_eq!(group.keys(&key("m").author()), &[key("m")]);
    assert_eq!(group.keys(&key("a").author()), &[key("a")]);
    assert!(group.keys(&key("nobody").author()).is_empty());
    let judged = group.judge(&key("m"), &group.heads(), &Body::Invite(invite_body(1)));
    assert_eq!(judged, Err(Right::Removed));
}
