//! How the group does, for facilitators and helpers: reckoned here from what is here, and never sent anywhere. Nobody is
//! ranked; of people there are no numbers but how long facilitators were on duty, so that it can be shared.

use std::collections::{BTreeMap, BTreeSet};

use kith_protocol::body::{Body, Task};
use kith_protocol::entry::Entry;
use kith_protocol::group::{Right, Standing};
use kith_protocol::hearing;
use kith_protocol::id::{MemberKey, ShortId};
use kith_protocol::time::Millis;

use super::CellError;
use super::engine::Engine;
use super::views::count;
use crate::api::types;

/// How far back is looked, in days and milliseconds.
const DAYS: u32 = 30;
const BACK: u64 = 30 * 24 * HOUR;
/// Content entries that are looked at. Of more, the oldest are not.
const LOOKED_AT: usize = 20_000;
const PAGE: usize = 256;
const HOUR: u64 = 3_600_000;
const MINUTE: u64 = 60_000;
/// A newcomer is to be greeted within this long, in milliseconds.
const GREETED_WITHIN: u64 = 48 * HOUR;

/// What members wrote lately, by what it says of the group.
#[derive(Default)]
struct Seen {
    posts: BTreeMap<ShortId, (MemberKey, Millis)>,
    /// Who wrote a post or reply.
    authors: BTreeMap<ShortId, MemberKey>,
    /// Who answered or heard what, and when.
    answers: Vec<(ShortId, MemberKey, Millis)>,
    greeted: BTreeMap<MemberKey, Millis>,
    duties: BTreeMap<MemberKey, Vec<Word>>,
}

/// Somebody's word that they are on duty: when it was given, from when and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    given: Millis,
    from: Millis,
    until: Millis,
}

impl Engine {
    /// How the group did lately, for who looks after it.
    pub(crate) fn health(&self) -> Result<types::GroupHealth, CellError> {
        if !self.in_charge(&self.me()) {
            return Err(CellError::Right(Right::NeedsDeputy));
        }
        let (now, group, seen) = (self.now(), self.group()?, self.seen_lately()?);
        let reply_hours = hearing::reply_hours(group.charter().reply_hours);
        let window = u64::from(reply_hours).saturating_mul(HOUR);
        let greetings = self.greetings()?;
        let mut first: BTreeMap<ShortId, Millis> = BTreeMap::new();
        let (mut gave, mut received) = (BTreeSet::new(), BTreeSet::new());
        for (to, by, at) in &seen.answers {
            let Some(author) = seen.authors.get(to).filter(|author| *author != by) else { continue };
            gave.insert(*by);
            received.insert(*author);
            first.entry(*to).and_modify(|first| *first = (*first).min(*at)).or_insert(*at);
        }
        let waited = |post: &ShortId, written: &Millis| first.get(post).map(|at| at.since(*written));
        let (mut posts, mut heard, mut delays) = (0_usize, 0_usize, Vec::new());
        for (post, (author, written)) in &seen.posts {
            if greetings.contains(&(*post, *author)) {
                continue;
            }
            let waited = waited(post, written);
            delays.extend(waited);
            let in_time = waited.is_some_and(|waited| waited <= window);
            if in_time || now.since(*written) > window {
                posts = posts.saturating_add(1);
                heard = heard.saturating_add(usize::from(in_time));
            }
        }
        let (mut newcomers, mut greeted) = (0_usize, 0_usize);
        for member in group.members().filter(|one| one.standing == Standing::Member) {
            let joined = group.entry(&member.joined).map(|joined| &joined.entry);
            let Some(joined) = joined.filter(|joined| matches!(joined.body, Body::Join(_))) else { continue };
            if now.since(joined.time) > BACK {
                continue;
            }
            let in_time =
                seen.greeted.get(&member.key).is_some_and(|at| at.since(joined.time) <= GREETED_WITHIN);
            if in_time || now.since(joined.time) > GREETED_WITHIN {
                newcomers = newcomers.saturating_add(1);
                greeted = greeted.saturating_add(usize::from(in_time));
            }
        }
        let both = gave
            .intersection(&received)
            .filter(|key| group.member(key).is_some_and(|one| one.standing == Standing::Member));
        let since = Millis(now.0.saturating_sub(BACK));
        let mut duty: Vec<types::DutyHours> = seen
            .duties
            .into_iter()
            .filter(|(member, _)| self.in_charge(member))
            .map(|(member, words)| types::DutyHours {
                member: member.to_string(),
                name: self.name_of(&member),
                hours: u32::try_from(served(words, since, now) / HOUR).unwrap_or(u32::MAX),
            })
            .collect();
        duty.sort_by(|a, b| (&a.name, &a.member).cmp(&(&b.name, &b.member)));
        let reports = self.reports_view()?.received;
        Ok(types::GroupHealth {
            group: self.id.to_string(),
            days: DAYS,
            reply_hours: u32::from(reply_hours),
            posts: count(posts),
            heard_in_time: count(heard),
            first_reply_minutes: median(delays).map(|delay| delay / MINUTE),
            newcomers: count(newcomers),
            greeted_in_time: count(greeted),
            gave_and_received: count(both.count()),
            members: self.member_count(),
            duty,
            open_reports: count(reports.iter().filter(|report| report.outcome.is_none()).count()),
        })
    }

    fn seen_lately(&self) -> Result<Seen, CellError> {
        let (now, mut seen, mut at, mut looked) = (self.now(), Seen::default(), None, 0_usize);
        let group = self.group()?;
        while looked < LOOKED_AT {
            let page = self.store.timeline(at, PAGE)?;
            looked = looked.saturating_add(page.len());
            let ended = page.len() < PAGE;
            for held in &page {
                let Some(placed) = &held.placed else { continue };
                at = Some(placed.cursor());
                let Some((entry, author)) = self.read_held(held) else { continue };
                if now.since(entry.time) <= BACK && group.shows(&author, &placed.log, placed.seq) {
                    seen.take(placed.entry.short(), entry, author);
                }
            }
            if ended {
                break;
            }
        }
        Ok(seen)
    }
}

impl Seen {
    fn take(&mut self, id: ShortId, entry: Entry, author: MemberKey) {
        match entry.body {
            Body::Post(_) => {
                self.posts.insert(id, (author, entry.time));
                self.authors.insert(id, author);
            }
            Body::Reply(reply) => {
                self.authors.insert(id, author);
                self.answers.push((reply.to, author, entry.time));
            }
            Body::Heard(heard) => self.answers.push((heard.post, author, entry.time)),
            Body::Welcome(welcome) if welcome.member != author => {
                let first = self.greeted.entry(welcome.member).or_insert(entry.time);
                *first = (*first).min(entry.time);
            }
            Body::Duty(duty) if duty.task == Task::OnDuty => {
                let word = Word { given: entry.time, from: duty.from, until: duty.until };
                self.duties.entry(author).or_default().push(word);
            }
            _ => {}
        }
    }
}

/// How long somebody was on duty between two moments, in milliseconds: each word holds until the next was given.
fn served(mut words: Vec<Word>, since: Millis, now: Millis) -> u64 {
    words.sort_unstable();
    let next = words.iter().skip(1).map(|word| word.given).chain([now]);
    let each = words.iter().zip(next).map(|(word, next)| {
        let (from, until) = (word.from.max(since), word.until.min(next).min(now));
        until.since(from)
    });
    each.fold(0, u64::saturating_add)
}

/// The middle one; of two in the middle, the greater.
fn median(mut delays: Vec<u64>) -> Option<u64> {
    delays.sort_unstable();
    delays.get(delays.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_on_duty_are_those_that_were_served() {
        let word = |given: u64, from: u64, until: u64| Word {
            given: Millis(given * HOUR),
            from: Millis(from * HOUR),
            until: Millis(until * HOUR),
        };
        let hours = |words: &[Word]| served(words.to_vec(), Millis(10 * HOUR), Millis(100 * HOUR)) / HOUR;
        assert_eq!(hours(&[]), 0);
        assert_eq!(hours(&[word(5, 5, 15)]), 5, "what was before is not counted");
        assert_eq!(hours(&[word(20, 90, 120)]), 10, "nor what is to come");
        assert_eq!(hours(&[word(25, 0, 0), word(20, 20, 40)]), 5, "a word taken back ends it");
        assert_eq!(
            hours(&[word(20, 20, 30), word(24, 24, 34)]),
            14,
            "a longer one goes on from the one before"
        );
    }

    #[test]
    fn the_middle_is_one_that_was() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        assert_eq!(median(vec![9, 1]), Some(9));
    }
}
