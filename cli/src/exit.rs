//! How a command ends: 0, or what the problem's code says.

use std::process::ExitCode;

use kith_node::api::types::Problem;

/// The end of a command that did what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Exit code 0.
    Done,
    /// It is under way, and did not happen within `--wait`: exit code 75.
    NotInTime,
}

/// What a command comes to.
pub type Outcome = Result<Ending, Problem>;

/// The exit code for a problem.
pub fn code(problem: &Problem) -> ExitCode {
    ExitCode::from(problem.code.exit())
}

/// What each exit code means, in one sentence, for the reference and the manual.
pub const MEANINGS: &[(u8, &str)] = &[
    (0, "Done. A text that is saved and not sent yet is done, too: its state says so."),
    (1, "It failed: bad text or link, wrong passphrase, full disk, or something inside."),
    (2, "The arguments or the request are not understood."),
    (3, "The home folder or a setting does not allow it: in use, read-only, taken port, missing identity."),
    (4, "The node is not running, or not open yet."),
    (5, "Not allowed: no right, full group, or an invite that has ended."),
    (6, "Nothing, or more than one thing, goes by that id."),
    (75, "It did not happen within --wait, and goes on by itself."),
    (130, "Interrupted by you."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use kith_node::api::types::Code;

    #[test]
    fn every_code_ends_in_an_exit_code_that_is_explained() {
        for code in Code::ALL {
            assert!(MEANINGS.iter().any(|(exit, _)| *exit == code.exit()), "{code:?}");
            assert_ne!(code.exit(), 0, "{code:?}");
        }
    }

    #[test]
    fn the_promised_exit_codes_are_kept() {
        let promised = [
            (1, vec![Code::EmptyText, Code::TextTooLarge, Code::TextNotUtf8, Code::BadLink]),
            (1, vec![Code::WrongPassphrase, Code::DiskFull]),
            (3, vec![Code::HomeInUse, Code::IdentityExists, Code::PortTaken, Code::HomeReadOnly]),
            (4, vec![Code::NotRunning]),
            (5, vec![Code::GroupFull, Code::InviteExpired, Code::InviteRevoked, Code::NotAllowed]),
            (6, vec![Code::UnknownId, Code::AmbiguousId]),
            (75, vec![Code::NotInTime]),
        ];
        for (exit, codes) in promised {
            for code in codes {
                assert_eq!(code.exit(), exit, "{code:?}");
            }
        }
    }
}
