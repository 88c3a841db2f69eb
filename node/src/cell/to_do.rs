//! What waits for this person: that somebody is answered must not depend on a list being opened by chance.

use kith_protocol::body::Task;
use kith_protocol::id::EntryId;

use super::CellError;
use super::engine::Engine;
use crate::api::types::{DeskState, ToDo};

impl Engine {
    /// What waits for this person to decide, answer or sign, each kind once: how much of it there is, is nobody's
    /// measure.
    pub(crate) fn to_do(&self) -> Result<Vec<ToDo>, CellError> {
        let mut list = Vec::new();
        if self.desk_view()?.iter().any(|knock| knock.state == DeskState::Waiting) {
            list.push(ToDo::Knock);
        }
        if self.reports_view()?.received.iter().any(|report| report.outcome.is_none()) {
            list.push(ToDo::Report);
        }
        if self.is_asked()? {
            list.push(ToDo::Asked);
        }
        if self.a_circle_is_on()? {
            list.push(ToDo::Circle);
        }
        if self.is_to_greet()? {
            list.push(ToDo::Welcome);
        }
        let waiting = self.needs_reply()?;
        if !waiting.is_empty() {
            let pressing = waiting.iter().any(|one| one.pressing) && self.looks_after_it()?;
            list.push(if pressing { ToDo::Unheard } else { ToDo::NeedsReply });
        }
        if self.waits_for_my_word() {
            list.push(ToDo::Proposal);
        }
        Ok(list)
    }

    /// Whether I am on duty, or could be and nobody is.
    fn looks_after_it(&self) -> Result<bool, CellError> {
        let me = self.me();
        let on_duty = self.there_for(Task::OnDuty)?;
        Ok(if on_duty.is_empty() { self.in_charge(&me) } else { on_duty.contains(&me) })
    }

    /// Whether somebody proposed what I could sign, and have not.
    fn waits_for_my_word(&self) -> bool {
        let Some(group) = &self.group else { return false };
        let (me, heads): (_, Vec<EntryId>) = (self.me(), group.heads());
        group.proposals().filter(|proposal| !proposal.signers.contains(&me)).any(|proposal| {
            let first = proposal.entries.iter().find_map(|entry| group.entry(entry));
            first.is_some_and(|first| group.judge(&me, &heads, &first.entry.body).is_ok())
        })
    }
}
