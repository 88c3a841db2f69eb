//! Of what was taken back not even the sealed bytes stay in the files, neither with its author nor with who had read it.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use kith_tests::{Lab, Person, wait};

/// Bytes looked at together: no two sealed pieces have as many in common.
const WINDOW: usize = 32;
/// About as long is the post: sealed, nothing else that comes with it is.
const LENGTH: usize = 16_000;

/// What lies in the files of a home now, with their names. What goes while it is looked at is not there. The vault is
/// left out: it holds keys and no posts, and is sealed anew as a whole whenever something in it changes.
fn files(person: &Person) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = person.home().path();
    assert!(folder.exists());
    let mut all = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for item in fs::read_dir(folder).into_iter().flatten().flatten() {
            match item.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(item.path()),
                Ok(kind) if kind.is_file() && item.file_name() != "vault" => {
                    all.extend(fs::read(item.path()).map(|bytes| (item.path(), bytes)));
                }
                _ => {}
            }
        }
    }
    all
}

/// Pieces of bytes, found wherever they lie.
struct Pieces(HashMap<[u8; 8], HashSet<[u8; WINDOW]>>);

impl Pieces {
    /// What of these files is not in those: of random bytes, as whatever is sealed looks.
    fn new_in(now: &[(PathBuf, Vec<u8>)], before: &[(PathBuf, Vec<u8>)]) -> Pieces {
        let mut pieces = Pieces(HashMap::new());
        for piece in now.iter().flat_map(|(_, file)| file.as_chunks::<WINDOW>().0) {
            let kinds: HashSet<&u8> = piece.iter().collect();
            if kinds.len() > WINDOW / 2 {
                pieces.0.entry(start(piece)).or_default().insert(*piece);
            }
        }
        for old in before.iter().flat_map(|(_, file)| pieces.found(file)).collect::<Vec<_>>() {
            if let Some(alike) = pieces.0.get_mut(&start(&old)) {
                alike.remove(&old);
            }
        }
        pieces
    }

    fn found(&self, file: &[u8]) -> HashSet<[u8; WINDOW]> {
        let whole = file.windows(WINDOW).filter_map(|window| <[u8; WINDOW]>::try_from(window).ok());
        whole
            .filter(|window| self.0.get(&start(window)).is_some_and(|alike| alike.contains(window)))
            .collect()
    }

    fn len(&self) -> usize {
        self.0.values().map(HashSet::len).sum()
    }
}

fn start(piece: &[u8; WINDOW]) -> [u8; 8] {
    let mut start = [0; 8];
    start.copy_from_slice(&piece[..8]);
    start
}

#[track_caller]
fn sees_it_gone(person: &Person, post: &str) {
    wait::until(wait::ARRIVAL, format_args!("{} to see the post taken back", person.name()), || {
        let thread = person.kith(["thread", post]).run();
        let thread = (thread.code() == 0).then(|| thread.ok())?;
        thread["posts"]
            .as_array()?
            .iter()
            .any(|one| one["post"] == post && one["withdrawn"] == true)
            .then_some(())
    });
}

/// Ana and Ben with a group; Ben's long post, which Ana has, and which pieces of their files it is; all online again.
fn two_with_a_post(online: impl Fn(&mut Person)) -> ([Person; 2], String, [Pieces; 2], String) {
    let mut people = ["Ana", "Ben"].map(Person::offline);
    people.iter_mut().for_each(&online);
    let group = people[0].opens("Letters", "Slowly is fine.");
    people[1].joins(&people[0].invites(&group).link);
    let hello = people[1].posts(&group, "Hello.");
    people[0].has_got(&group, &[&hello]);
    people.iter_mut().for_each(Person::goes_offline);
    let before = people.each_ref().map(files);
    people.iter_mut().for_each(&online);
    let post = people[1].posts(&group, &"I wish I had not said it. ".repeat(LENGTH / 26));
    people[0].has_got(&group, &[&post]);
    people.iter_mut().for_each(Person::goes_offline);
    let [ana, ben] = &people;
    let pieces = [Pieces::new_in(&files(ana), &before[0]), Pieces::new_in(&files(ben), &before[1])];
    for pieces in &pieces {
        assert!(pieces.len() > LENGTH / WINDOW, "the post is found in the files: {}", pieces.len());
    }
    people.iter_mut().for_each(&online);
    (people, group, pieces, post)
}

/// Of what came to the files with the post something small may stay: names of members' nodes, receipts. Else: which
/// files have how many of its pieces.
fn left(pieces: &Pieces, person: &Person) -> Option<Vec<(PathBuf, usize)>> {
    let files = files(person).into_iter().map(|(path, file)| (path, pieces.found(&file).len()));
    let found: Vec<(PathBuf, usize)> = files.filter(|(_, found)| *found > 0).collect();
    (found.iter().map(|(_, found)| found * 10).sum::<usize>() >= LENGTH / WINDOW).then_some(found)
}

#[test]
fn what_was_taken_back_is_in_no_file_once_the_node_was_started_again() {
    let (mut people, group, pieces, post) = two_with_a_post(Person::comes_online);
    let stays = people[0].posts(&group, "This stays.");
    people[1].has_got(&group, &[&stays]);
    people[1].kith(["withdraw", &post]).ok();
    for person in &mut people {
        sees_it_gone(person, &post);
        person.goes_offline();
    }
    for (person, pieces) in people.iter().zip(&pieces) {
        assert!(
            left(pieces, person).is_some(),
            "{}: without a copy it is still there, so that this test sees it",
            person.name()
        );
    }
    people.iter_mut().for_each(Person::comes_online);
    people.iter_mut().for_each(Person::goes_offline);
    for (person, pieces) in people.iter().zip(&pieces) {
        let left = left(pieces, person);
        assert!(left.is_none(), "{}'s files still hold what was taken back: {left:?}", person.name());
    }
    people.iter_mut().for_each(Person::comes_online);
    for person in &people {
        sees_it_gone(person, &post);
        assert!(person.reads(&group).iter().any(|one| one.post == stays));
        assert_eq!(person.status(&group)["pending"], 0);
    }
    let after = people[1].posts(&group, "And on we go.");
    people[0].has_got(&group, &[&after]);
}

#[test]
fn a_node_that_runs_copies_it_away_soon() {
    let base = Lab::now();
    let (people, group, pieces, post) = two_with_a_post(move |person| {
        Lab::hasty(person, base, 60);
    });
    people[1].kith(["withdraw", &post]).ok();
    for (person, pieces) in people.iter().zip(&pieces) {
        sees_it_gone(person, &post);
        wait::until(wait::ARRIVAL, format_args!("{}'s files to hold it no more", person.name()), || {
            left(pieces, person).is_none().then_some(())
        });
    }
    let after = people[1].posts(&group, "And on we go.");
    people[0].has_got(&group, &[&after]);
}
