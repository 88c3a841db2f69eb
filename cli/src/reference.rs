//! The reference, made from the command line itself: `docs/reference/cli.md`, `docs/reference/exit-codes.md`
//! and the manual pages.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use kith_node::api::types::Code;

use crate::exit::MEANINGS;

/// The help of every command, in one page.
pub fn commands(root: &Command) -> String {
    let mut page = "# Command line\n\nWhat `--help` says, of every command. Made from the program: \
                    `BLESS=1 cargo test -p kith reference` rewrites it.\n"
        .to_owned();
    for (path, mut command) in all(root) {
        let help = command.render_long_help().to_string();
        page.push_str(&format!("\n## {path}\n\n```text\n{}\n```\n", without_trailing_space(&help)));
    }
    page
}

/// Exit codes and the codes of errors, in one page.
pub fn exit_codes() -> String {
    let mut page =
        "# Exit codes and error codes\n\nMade from the program: `BLESS=1 cargo test -p kith reference` \
                    rewrites it.\n\n## Exit codes\n\n| code | meaning |\n|---|---|\n"
            .to_owned();
    for (exit, meaning) in MEANINGS {
        page.push_str(&format!("| {exit} | {} |\n", meaning.replace("--wait", "`--wait`")));
    }
    page.push_str(
        "\nExit codes of sysexits are used where one fits: 75 is `EX_TEMPFAIL`. A command that is ended by a \
         signal\nends as the shell says; 130 is Ctrl-C.\n\n## Error codes\n\nWith `--json` a failure is \
         `{\"v\":1,\"error\":{\"code\":…,\"message\":…,\"hint\":…}}` on stdout; the local API answers\nwith \
         `{\"code\":…,\"message\":…,\"hint\":…}` and the status below. Codes are never renamed; messages and hints \
         are\nfor people and may change. More codes will come: treat one you do not know by its exit code.\n\n\
         | error code | exit | HTTP | meaning | usual message |\n|---|---|---|---|---|\n",
    );
    let known = Code::ALL.iter().filter(|code| **code != Code::Other);
    for code in known {
        let name = serde_json::to_value(code).ok();
        let name = name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
        let (message, _) = code.words();
        page.push_str(&format!(
            "| `{name}` | {} | {} | {} | {message} |\n",
            code.exit(),
            code.status(),
            code.meaning().trim()
        ));
    }
    page
}

/// The manual page of one command, the whole program's with its exit codes.
///
/// # Errors
/// None that a page in memory could meet.
pub fn manual(command: &Command) -> io::Result<String> {
    let mut page = Vec::new();
    let whole = command.get_name() == crate::command().get_name();
    Man::new(command.clone()).render(&mut page)?;
    if whole {
        let mut roff = Roff::new();
        roff.control("SH", ["EXIT STATUS"]);
        for (exit, meaning) in MEANINGS {
            roff.control("TP", []);
            roff.text([bold(exit.to_string())]);
            roff.text([roman(*meaning)]);
        }
        roff.control("SH", ["ENVIRONMENT"]);
        for (name, meaning) in [
            ("KITH_HOME", "The home folder, where --home is not given."),
            (
                "KITH_LISTEN",
                "Where \"kith run\" listens, where --listen is not given; several with commas between.",
            ),
            ("KITH_LOG", "How much the node logs, such as info or kith_node=debug."),
            ("VISUAL, EDITOR", "The editor that texts are written in, at a terminal."),
        ] {
            roff.control("TP", []);
            roff.text([bold(name)]);
            roff.text([roman(meaning)]);
        }
        roff.to_writer(&mut page)?;
    }
    String::from_utf8(page).map_err(io::Error::other)
}

/// The manual pages of all commands, each with its name.
///
/// # Errors
/// As [`manual`].
pub fn manuals(root: &Command) -> io::Result<Vec<(String, String)>> {
    let pages = all(root).into_iter().map(|(path, command)| {
        let name = path.replace(' ', "-");
        Ok((name, manual(&command)?))
    });
    pages.collect()
}

/// Every command with its path, the root first.
fn all(root: &Command) -> Vec<(String, Command)> {
    let mut root = root.clone();
    root.build();
    let mut found = Vec::new();
    walk(root.get_name(), &root, &mut found);
    found
}

fn walk(path: &str, command: &Command, found: &mut Vec<(String, Command)>) {
    found.push((path.to_owned(), command.clone().term_width(100)));
    for child in command.get_subcommands() {
        walk(&format!("{path} {}", child.get_name()), child, found);
    }
}

fn without_trailing_space(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use kith_node::api::types;
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use super::*;

    fn current(name: &str, page: &str) {
        let path = format!("{}/../docs/reference/{name}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, page).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == page, "docs/reference/{name} is not current: run with BLESS=1");
    }

    #[test]
    fn the_reference_of_commands_is_current() {
        current("cli.md", &commands(&crate::command()));
    }

    #[test]
    fn the_reference_of_exit_codes_is_current() {
        current("exit-codes.md", &exit_codes());
    }

    /// The example of a section, whose fields must be exactly those of the type.
    fn example<T: Serialize + DeserializeOwned>(page: &str, section: &str) {
        let (_, rest) =
            page.split_once(&format!("\n## {section}\n")).unwrap_or_else(|| panic!("no {section}"));
        let (_, rest) = rest.split_once("```json\n").unwrap();
        let line: serde_json::Value = serde_json::from_str(rest.lines().next().unwrap()).unwrap();
        assert_eq!(line["v"], 1);
        let data = line.get("data").or(line.get("error")).unwrap();
        let typed: T = serde_json::from_value(data.clone()).unwrap_or_else(|e| panic!("{section}: {e}"));
        assert_eq!(&serde_json::to_value(typed).unwrap(), data, "{section}");
    }

    #[test]
    fn the_contract_for_scripts_shows_what_is_answered() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reference/json.md");
        let page = &std::fs::read_to_string(path).unwrap();
        example::<types::Status>(page, "status");
        example::<types::Created>(page, "group create");
        example::<types::GroupList>(page, "group list");
        example::<types::Group>(page, "group show");
        example::<types::Left>(page, "group leave");
        example::<types::Forgotten>(page, "group forget");
        example::<types::Invited>(page, "invite create");
        example::<types::InviteList>(page, "invite list");
        example::<types::Revoked>(page, "invite revoke");
        example::<types::Joined>(page, "join");
        example::<types::KnockList>(page, "knock list");
        example::<types::Knock>(page, "knock show");
        example::<types::Listings>(page, "directory browse");
        example::<types::DirectoryList>(page, "directory list");
        example::<types::GroupListing>(page, "directory listing");
        example::<types::Delivery>(page, "post");
        example::<types::Page>(page, "read");
        example::<types::Thread>(page, "thread");
        example::<types::Post>(page, "watch");
        example::<types::MemberList>(page, "member list");
        example::<types::Acted>(page, "member promote");
        example::<types::Moderated>(page, "mod fold");
        example::<types::GroupCharter>(page, "group charter show");
        example::<types::Amended>(page, "group charter edit");
        example::<types::Kept>(page, "group keep");
        example::<types::Record>(page, "group record");
        example::<types::ProposalList>(page, "proposal list");
        example::<types::Signed>(page, "proposal sign");
        example::<types::WithdrawnAll>(page, "withdraw");
        example::<types::Rota>(page, "rota show");
        example::<types::ReportList>(page, "report list");
        example::<types::LetterSent>(page, "report post");
        example::<types::LetterList>(page, "letters");
        example::<types::NeedReply>(page, "needs-reply");
        example::<types::ContactList>(page, "dm list");
        example::<types::Conversation>(page, "dm show");
        example::<types::Library>(page, "library list");
        example::<types::CircleList>(page, "circle list");
        example::<types::Room>(page, "circle join");
        example::<types::AttachmentList>(page, "attachment list");
        example::<types::Calendar>(page, "event list");
        example::<types::Newcomers>(page, "welcome list");
        example::<types::StepsLeft>(page, "welcome steps");
        example::<types::IntroList>(page, "introduce list");
        example::<types::Matches>(page, "match");
        example::<types::SharedCheckIns>(page, "checkin list --in");
        example::<types::SharedMilestones>(page, "milestone shared");
        example::<types::GroupHealth>(page, "group health");
        example::<types::Muted>(page, "mute");
        example::<types::Blocked>(page, "block");
        example::<types::PeerList>(page, "peers");
        example::<types::Paths>(page, "paths");
        example::<types::Doctor>(page, "doctor");
        example::<types::Problem>(page, "Failures");
    }

    #[test]
    fn clap_finds_no_fault() {
        crate::command().debug_assert();
    }

    #[test]
    fn help_is_written_for_people() {
        for (path, mut command) in all(&crate::command()) {
            let help = command.render_long_help().to_string();
            for word in ["!", "epoch", "swarm", "PeerId", "peer-to-peer", "multiaddr", "daemon", "TODO"] {
                assert!(!help.contains(word), "{path}: {word}");
            }
            assert!(command.get_about().is_some(), "{path}");
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{path}: {}", argument.get_id());
            }
        }
    }

    #[test]
    fn texts_of_people_are_no_arguments_of_talk() {
        for (path, command) in all(&crate::command()) {
            if matches!(path.as_str(), "kith post" | "kith reply") {
                let positional: Vec<_> = command.get_positionals().map(|one| one.get_id().as_str()).collect();
                assert_eq!(positional.len(), 1, "{path}: {positional:?}");
            }
        }
    }

    #[test]
    fn there_is_a_manual_page_for_every_command() {
        let pages = manuals(&crate::command()).unwrap();
        assert!(pages.iter().any(|(name, _)| name == "kith-group-create"));
        let (name, page) = &pages[0];
        assert_eq!(name, "kith");
        assert!(page.contains("EXIT STATUS") && page.contains("KITH_HOME"));
    }
}
