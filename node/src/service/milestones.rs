//! Counting what matters to somebody: nothing counted is ever lost, and a new stretch is no starting over.

use jiff::Unit;
use jiff::civil::Date;

use super::mine::{bad, short};
use super::{Service, ServiceError};
use crate::api::types::{AddMilestone, Milestone, Mine, MineList, Stretch};
use crate::mine::Kind;

/// The unit that counts by itself.
const DAYS: &str = "days";

impl Service {
    /// Begins to count something.
    ///
    /// # Errors
    /// [`Code::BadWords`](crate::api::types::Code::BadWords), [`Code::BadRequest`](crate::api::types::Code::BadRequest),
    /// and as [`Service::keep_text`].
    pub async fn add_milestone(&self, wish: AddMilestone) -> Result<Mine<Milestone>, ServiceError> {
        self.node()?;
        short("milestone", &wish.what)?;
        let unit = wish.unit.unwrap_or_else(|| DAYS.to_owned());
        short("unit", &unit)?;
        let today = self.today()?;
        let from = wish.since.as_deref().map(day).transpose()?.unwrap_or(today);
        if from > today {
            return Err(bad("The day is still to come."));
        }
        let count = if unit == DAYS { 0 } else { wish.count };
        let stretches = vec![Stretch { from: from.to_string(), count }];
        let milestone = Milestone { what: wish.what, unit, stretches, now: 0, earlier: 0 };
        let kept = self.keep(Kind::Milestone, milestone).await?;
        Ok(Mine { kept: reckoned(kept.kept, today), ..kept })
    }

    /// All that is counted, as it stands today.
    ///
    /// # Errors
    /// [`Code::HomeDamaged`](crate::api::types::Code::HomeDamaged).
    pub async fn milestones(&self) -> Result<MineList<Milestone>, ServiceError> {
        let today = self.today()?;
        let mut list: MineList<Milestone> = self.mine().await?;
        for one in &mut list.items {
            one.kept = reckoned(std::mem::take(&mut one.kept), today);
        }
        Ok(list)
    }

    /// Begins a new stretch. What was counted before stays counted.
    ///
    /// # Errors
    /// As [`Service::text`].
    pub async fn milestone_again(&self, given: &str) -> Result<Mine<Milestone>, ServiceError> {
        let today = self.today()?;
        let mut found: Mine<Milestone> = self.one(Kind::Milestone, given).await?;
        let count = reckoned(found.kept.clone(), today).now;
        if let Some(last) = found.kept.stretches.last_mut() {
            last.count = count;
        }
        found.kept.stretches.push(Stretch { from: today.to_string(), count: 0 });
        let kept = self.replace(Kind::Milestone, found).await?;
        Ok(Mine { kept: reckoned(kept.kept, today), ..kept })
    }

    /// What is counted, as it stands today.
    pub(super) async fn milestone(&self, given: &str) -> Result<Milestone, ServiceError> {
        let today = self.today()?;
        let found: Mine<Milestone> = self.one(Kind::Milestone, given).await?;
        Ok(reckoned(found.kept, today))
    }

    /// Counts further, where the unit is not days.
    ///
    /// # Errors
    /// [`Code::BadRequest`](crate::api::types::Code::BadRequest) of days, and as [`Service::text`].
    pub async fn milestone_more(&self, given: &str, more: u32) -> Result<Mine<Milestone>, ServiceError> {
        let mut found: Mine<Milestone> = self.one(Kind::Milestone, given).await?;
        if found.kept.unit == DAYS {
            return Err(bad("Days count by themselves."));
        }
        if let Some(last) = found.kept.stretches.last_mut() {
            last.count = last.count.saturating_add(more);
        }
        let kept = self.replace(Kind::Milestone, found).await?;
        Ok(Mine { kept: reckoned(kept.kept, self.today()?), ..kept })
    }
}

/// A day as somebody wrote it.
pub(super) fn day(written: &str) -> Result<Date, ServiceError> {
    written.parse().map_err(|_| bad("Write a day as 2026-11-28."))
}

/// With the numbers of today.
fn reckoned(mut milestone: Milestone, today: Date) -> Milestone {
    if let Some((last, before)) = milestone.stretches.split_last() {
        let from: Option<Date> = last.from.parse().ok();
        milestone.now = match from.filter(|_| milestone.unit == DAYS) {
            Some(from) => days(from, today),
            None => last.count,
        };
        milestone.earlier = before.iter().map(|stretch| stretch.count).fold(0, u32::saturating_add);
    }
    milestone
}

fn days(from: Date, to: Date) -> u32 {
    let span = from.until((Unit::Day, to)).map(|span| span.get_days()).unwrap_or(0);
    u32::try_from(span).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: &str, count: u32) -> Stretch {
        Stretch { from: from.into(), count }
    }

    #[test]
    fn earlier_days_stay_counted() {
        let milestone = Milestone {
            what: "without".into(),
            unit: "days".into(),
            stretches: vec![stretch("2026-01-01", 40), stretch("2026-03-01", 7), stretch("2026-03-10", 0)],
            ..Milestone::default()
        };
        let reckoned = reckoned(milestone, "2026-03-12".parse().unwrap());
        assert_eq!((reckoned.now, reckoned.earlier), (2, 47));
    }

    #[test]
    fn days_follow_the_calendar() {
        let count = |from: &str, to: &str| days(from.parse().unwrap(), to.parse().unwrap());
        assert_eq!(count("2026-02-27", "2026-03-01"), 2);
        assert_eq!(count("2024-02-27", "2024-03-01"), 3);
        assert_eq!(count("2026-03-02", "2026-03-01"), 0, "a clock set back counts nothing away");
        assert_eq!(count("2020-01-01", "2026-01-01"), 2192);
    }

    #[test]
    fn other_units_count_what_is_told() {
        let milestone = Milestone {
            what: "meetings".into(),
            unit: "visits".into(),
            stretches: vec![stretch("2026-01-01", 3), stretch("2026-02-01", 2)],
            ..Milestone::default()
        };
        let reckoned = reckoned(milestone, "2026-03-12".parse().unwrap());
        assert_eq!((reckoned.now, reckoned.earlier), (2, 3));
    }
}
