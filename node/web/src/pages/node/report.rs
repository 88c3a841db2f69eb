//! What can be shown to somebody who helps: no name, no address, no id, nothing that was written, and in no language but
//! the one that codes have.

use kith_node::api::types::{Check, CheckState, GroupState, Status};

/// How the node does, for somebody who helps.
pub fn report(status: &Status, checks: &[Check]) -> String {
    let mut report = format!("Kith {}, started {}\n", status.version, status.started);
    for check in checks {
        let state = if check.state == CheckState::Ok { "ok" } else { "attention" };
        report += &format!("{}: {state}\n", check.check);
    }
    for notice in &status.notices {
        report += &format!("notice: {}\n", crate::oops::name(notice.code));
    }
    for group in &status.groups {
        let state = match group.state {
            GroupState::Joined => "joined",
            GroupState::Waiting => "waiting",
            GroupState::Refused => "refused",
            GroupState::Left => "left",
            GroupState::Removed => "removed",
        };
        let progress = match &group.catching_up {
            Some(progress) => format!(", catching up {}/{}", progress.arrived, progress.of),
            None => String::new(),
        };
        let last = group.last_exchange.as_deref().unwrap_or("none");
        let hash = group.state_hash.get(..8).unwrap_or_default();
        report += &format!(
            "group: {state}, connected {}, last exchange {last}, pending {}{progress}, state {hash}\n",
            group.peers, group.pending
        );
    }
    report
}

#[cfg(test)]
mod tests {
    use kith_node::api::types::GroupStatus;

    use super::*;

    #[test]
    fn nothing_in_it_says_which_group_it_is() {
        let group = GroupStatus {
            group: "ab".repeat(32),
            title: Some("Sleepless".into()),
            state: GroupState::Joined,
            peers: 2,
            keeper: false,
            entries: 7,
            pending: 0,
            state_hash: "cd".repeat(32),
            catching_up: None,
            last_exchange: None,
            term: None,
            to_do: Vec::new(),
            quiet: None,
            first_steps: None,
            knock: None,
        };
        let status = Status {
            version: "0.1.0".into(),
            pid: 1,
            started: "2026-11-28T20:00:00.000Z".into(),
            proxy: None,
            lan: false,
            groups: vec![group],
            notices: Vec::new(),
        };
        let said = report(&status, &[Check::attention("listening", "A name in it.", "")]);
        assert!(
            said.contains("listening: attention") && said.contains("group: joined, connected 2"),
            "{said}"
        );
        for secret in ["Sleepless", "abab", "A name"] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}
