//! What went wrong, in a form for scripts and in words for people.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why something was not done. The `code` is stable; the words may improve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// For scripts.
    pub code: Code,
    /// What happened, as a sentence.
    pub message: String,
    /// What the person can do now, as a sentence.
    pub hint: String,
}

impl Problem {
    /// A problem with its own words.
    pub fn new(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Problem {
        Problem { code, message: message.into(), hint: hint.into() }
    }

    /// A problem in the usual words for its code.
    pub fn of(code: Code) -> Problem {
        let (message, hint) = code.words();
        Problem::new(code, message, hint)
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Problem {
        Problem::of(code)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

/// One row: variant, exit code of the command line, HTTP status, usual message, usual hint.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident, $exit:literal, $status:literal, $message:literal, $hint:literal;)+) => {
        /// What kind of problem, for scripts: snake case on the wire, never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
            /// A code that this program does not know: the node is newer.
            #[serde(other)]
            Other,
        }

        impl Code {
            /// Every code, in the order of the reference.
            pub const ALL: &[Code] = &[$(Code::$name,)+ Code::Other];

            /// The exit code of the command line.
            pub fn exit(self) -> u8 {
                match self { $(Code::$name => $exit,)+ Code::Other => 1 }
            }

            /// The HTTP status of the local API.
            pub fn status(self) -> u16 {
                match self { $(Code::$name => $status,)+ Code::Other => 500 }
            }

            /// The usual message and hint.
            pub fn words(self) -> (&'static str, &'static str) {
                match self {
                    $(Code::$name => ($message, $hint),)+
                    Code::Other => ("Something went wrong.", "Update this program; the node may be newer."),
                }
            }

            /// What it means, as the reference says it.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Code::$name => concat!($($doc),+),)+
                    Code::Other => " A code that this program does not know: the node is newer.",
                }
            }
        }
    };
}

codes! {
    /// The text has no bytes.
    EmptyText, 1, 400,
        "There was no text, so nothing was sent.",
        "Write something, even one word, and try again.";
    /// The text is longer than a post may be.
    TextTooLarge, 1, 413,
        "This text is too long, so nothing was sent. A post holds up to 16 KiB, about 2 500 words.",
        "Shorten it, or send it in two parts.";
    /// The text is not UTF-8.
    TextNotUtf8, 1, 400,
        "This text is not in UTF-8, so nothing was sent.",
        "Save it as UTF-8 (most editors have \"Save with encoding\") and try again.";
    /// A name, title, purpose or reason is empty, too long, or holds characters it may not.
    BadWords, 1, 400,
        "That name or text cannot be used here.",
        "Use at least one visible character, and fewer words.";
    /// The invite link is cut off, mistyped, or made for another version.
    BadLink, 1, 400,
        "This is not a whole invite link.",
        "Copy the link again, from \"kith:\" to its last character, and try once more.";
    /// The recovery words are not twelve known words that fit together.
    BadRecoveryWords, 1, 400,
        "These are not the twelve words of an identity.",
        "Check the spelling and the order. All twelve are needed.";
    /// The vault does not open with this passphrase.
    WrongPassphrase, 1, 403,
        "That passphrase did not open the vault.",
        "You can try again; nothing is lost. If it is gone, the recovery words bring your identity back.";
    /// No room is left on the disk.
    DiskFull, 1, 507,
        "The disk is full, so this was not saved.",
        "Free some space, look whether it is there after all, and if not, try again. What was saved before is still there.";
    /// Reading or writing a file failed for another reason.
    StorageFailed, 1, 500,
        "Reading or writing on this device failed.",
        "Run \"kith doctor\" to see what is wrong. What was saved before is still there.";
    /// The clock of this device is far from the clocks of the others.
    ClockOff, 1, 409,
        "The clock of this device seems to be wrong.",
        "Set date and time (best: automatically), then try again.";
    /// The arguments of the command line are not understood.
    Usage, 2, 400,
        "These arguments are not understood.",
        "\"kith --help\" and \"kith COMMAND --help\" show what there is.";
    /// The request is not understood.
    BadRequest, 2, 400,
        "The node did not understand this request.",
        "The reference lists what it understands: docs/reference/openapi.json.";
    /// The request is larger than any such request needs to be.
    RequestTooLarge, 2, 413,
        "This request is too large.",
        "Send less at once.";
    /// There is no such route, or not with this method.
    UnknownRoute, 2, 404,
        "The node has nothing at this address.",
        "The reference lists what it offers: docs/reference/openapi.json. Program and node may differ in version.";
    /// A newcomer must say by which name to go.
    NameNeeded, 2, 400,
        "A name is needed to join this group.",
        "Choose what people here should call you, with --as NAME. It need not be your real name.";
    /// The answer or the request took too long.
    TookTooLong, 1, 503,
        "The node took too long to answer.",
        "Try again in a moment. \"kith doctor\" tells whether something is wrong.";
    /// As many programs watch as the node serves at once.
    TooManyWatching, 1, 503,
        "Too many programs are watching at once.",
        "Stop one of them and try again.";
    /// Something inside went wrong that should not.
    Internal, 1, 500,
        "Something went wrong inside the node. That is our fault, not yours.",
        "Try again. If it stays, \"kith doctor\" may help, and a report of what you did helps us.";
    /// Another node uses this home.
    HomeInUse, 3, 409,
        "Another node is already using this home folder.",
        "Stop it with \"kith stop\", or choose another folder with --home.";
    /// The home already holds an identity.
    IdentityExists, 3, 409,
        "There is already an identity in this home folder. It was left as it is.",
        "Start it with \"kith run\", or choose another folder with --home.";
    /// The home holds no identity.
    NoIdentity, 3, 404,
        "There is no identity in this home folder yet.",
        "Make one with \"kith init\", or bring yours back with \"kith recover\".";
    /// An identity must be unlocked or made, and nobody is there to be asked.
    PassphraseNeeded, 3, 403,
        "A passphrase is needed, and there is no terminal to ask on.",
        "Give it with --passphrase-file FILE, or choose --no-passphrase.";
    /// The vault or another file of the home is damaged.
    HomeDamaged, 3, 500,
        "A file in the home folder is damaged and cannot be read.",
        "Nothing was changed. A copy of the folder, or the recovery words, can bring your identity back.";
    /// A group's database was lost or damaged, and is being filled again.
    Refilling, 1, 503,
        "The database of this group was missing or damaged. It is being filled again from this device's own copy and from members' nodes.",
        "Leave your node running. What only other members' nodes have comes back once one of them is reachable.";
    /// A fixed port is taken by another program.
    PortTaken, 3, 409,
        "The chosen port is taken by another program.",
        "Choose another one with --listen, or leave the port out to get a free one.";
    /// The home cannot be written.
    HomeReadOnly, 3, 403,
        "The home folder cannot be written.",
        "Check its permissions, or choose another folder with --home.";
    /// A setting is not understood.
    BadSetting, 3, 400,
        "A setting is not understood.",
        "Check config.toml in the home folder; \"kith paths\" tells where it is.";
    /// The proxy that everything goes through is not there.
    ProxyMissing, 1, 503,
        "Your proxy does not answer, so no member's node can be reached through it. If you use Tor: it is not running, or at another address.",
        "Start it, or correct \"proxy\" in config.toml. Your node tries again by itself, and takes no other way meanwhile. What you write is saved.";
    /// What is set as a proxy is none that can be used.
    ProxyUnfit, 3, 503,
        "What answers at the address of your proxy is no SOCKS5 proxy that keeps your groups apart, so it is not used.",
        "Correct \"proxy\" in config.toml: Tor's is usually socks5://127.0.0.1:9050. Your node takes no other way meanwhile. What you write is saved.";
    /// No node runs in this home.
    NotRunning, 4, 503,
        "Your node is not running.",
        "Start it with \"kith run\" (in another window, or in the background) and try again.";
    /// The node runs, and is still opening its groups or already closing them.
    NotOpen, 4, 503,
        "The node is not open yet.",
        "Wait a moment and try again.";
    /// The node is locked.
    Locked, 4, 423,
        "Kith is locked on this device.",
        "Unlock it with \"kith unlock\", or in your browser after \"kith open\".";
    /// This node serves no pages for a browser.
    NoPages, 1, 501,
        "This node serves no pages for a browser.",
        "Start it with \"kith run\", without --no-web.";
    /// The group has as many members as its charter allows.
    GroupFull, 5, 403,
        "This group has no free place now.",
        "Ask the person who invited you. A place may become free, or they may know another group.";
    /// The invite has ended by its date.
    InviteExpired, 5, 403,
        "This invite has expired.",
        "Ask the person who invited you for a new link.";
    /// The invite was taken back.
    InviteRevoked, 5, 403,
        "This invite was taken back and no longer opens the group.",
        "Ask the person who invited you for a new link.";
    /// The invite has been used as often as it may.
    InviteUsed, 5, 403,
        "This invite has already been used by somebody.",
        "Ask the person who invited you for a new link.";
    /// None of those whom the link names decides any more who comes in.
    NobodyThere, 5, 409,
        "Those whom this link reaches no longer decide who comes in.",
        "Ask the person who gave you the link for a new one.";
    /// The link takes a spoken phrase.
    PhraseNeeded, 2, 400,
        "This link takes a phrase, which whoever invited you tells you by voice.",
        "Give it when you are asked, or with --phrase-file FILE (\"-\" is stdin). It is not in the link.";
    /// The phrase is not the one that was told.
    PhraseWrong, 2, 403,
        "This phrase does not fit the link.",
        "Capitals and punctuation do not matter, the words and their order do. Ask whoever invited you to say it again.";
    /// The link lets nobody in alone: those inside are to be told something.
    WordsNeeded, 2, 400,
        "This link is for asking: somebody inside reads what you write, and answers.",
        "Say something about what brings you, with --text-file FILE (\"-\" is stdin). A few words are enough.";
    /// Those inside decided not to let the person in.
    Declined, 5, 403,
        "The people of this group decided not to let you in this time. \"kith knock list\" shows what they wrote.",
        "It need not be about you: groups are small, and each is for something. Another group may fit you better. If you need somebody now, call your local help line.";
    /// The person has no right to this.
    NotAllowed, 5, 403,
        "Your role in this group does not allow this.",
        "Ask a facilitator of the group. \"kith member list\" shows who they are.";
    /// Facilitators were heard of too lately for members to vote.
    TooEarly, 5, 409,
        "It is too early for this.",
        "Members vote once all facilitators have been silent for 14 days.";
    /// A facilitator has paused the person's posting for a time.
    Paused, 5, 403,
        "Your posting is paused for a time.",
        "You can go on reading. If this seems wrong to you, write to another facilitator.";
    /// The reply is advice, and whoever began the thread did not ask for any.
    AdviceNotAsked, 5, 409,
        "Whoever wrote this asked for something other than ideas, so this was not sent.",
        "Keep your text. You can ask first whether ideas are welcome (\"kith ask-to-suggest\"), or tell how it was for you (\"--kind experience\").";
    /// The person wrote very much in this hour.
    TooMuch, 5, 429,
        "You have written a great deal here within this hour, so this was not sent. A group can take in only so much at once.",
        "Keep your text, and send it in an hour.";
    /// The circle does not allow it now.
    NotNow, 5, 409,
        "This does not fit now.",
        "\"kith circle show\" shows how far the circle is.";
    /// The person is not in this circle.
    NotInCircle, 5, 409,
        "You are not in this circle on this device.",
        "\"kith circle list\" shows when it is; \"kith circle join\" goes there.";
    /// Nobody is left for whom a report, letter or appeal could be.
    NobodyToAsk, 5, 409,
        "There is nobody to whom this could go.",
        "A report goes to facilitators other than whoever wrote the post and whoever you leave out; an appeal to one who did not act. \"kith member list\" shows them.";
    /// The charter changed in what members agree to, and the person has not accepted it yet.
    CharterChanged, 1, 409,
        "What members of this group agree to has changed.",
        "Read it with \"kith group charter show\"; if you agree, say so with \"kith group charter accept\". You can go on reading and writing meanwhile.";
    /// All facilitators stepped back or left.
    NoFacilitator, 1, 409,
        "This group has no facilitator now, so nobody can let people in or act when something goes wrong.",
        "The members can vote for one: \"kith member elect\". It takes more than half of them.";
    /// No facilitator's node has been heard of for long, so that things may have changed unseen.
    OutOfDate, 1, 409,
        "No facilitator's node has been heard of for 14 days. This may be out of date.",
        "Ask somebody of the group whether they are well. If all facilitators are gone for good, the members can vote for one: \"kith member elect\".";
    /// The person is no longer a member.
    NotMember, 5, 403,
        "You are no longer a member of this group.",
        "What you received before stays readable here. A new invite lets you come back.";
    /// The person waits to be let in.
    StillWaiting, 5, 409,
        "You are not in this group yet. Your node goes on trying by itself.",
        "Wait until a member's node is reachable. \"kith status\" shows when you are in.";
    /// Nothing here has this id or title.
    UnknownId, 6, 404,
        "Nothing here goes by that id.",
        "Copy the id again; the first 6 characters are enough if only one fits.";
    /// More than one thing fits.
    AmbiguousId, 6, 409,
        "More than one thing here fits that.",
        "Give more characters of the id.";
    /// It did not happen within `--wait`.
    NotInTime, 75, 504,
        "It has not happened yet. Your node goes on trying by itself.",
        "Nothing is lost. \"kith status\" shows how it stands.";
    /// Stopped by the person.
    Interrupted, 130, 499,
        "Stopped.",
        "You can start again any time.";
    /// The file is larger than the charter lets an attachment be.
    AttachmentTooLarge, 1, 413,
        "This file is larger than a group may let an attachment be, so nothing was sent.",
        "Make it smaller: most programs for pictures can export a smaller copy.";
    /// A file may carry more than it shows, and that cannot be taken out of it.
    NotCleaned, 1, 409,
        "A file like this may carry more than it shows, such as where a picture was taken or who wrote a document. That cannot be taken out here. Nothing was sent.",
        "A copy of a picture saved as JPEG or PNG goes without that. To send the file as it is, say so with --as-it-is.";
    /// The attachment is not here, or not all of it.
    NotFetched, 1, 409,
        "This attachment is not here yet.",
        "\"kith attachment get\" fetches it from whichever member's node has it.";
    /// The chunks of an attachment do not open.
    AttachmentBroken, 1, 409,
        "This attachment cannot be opened: what arrived is not what its author's node said of it.",
        "Drop it with \"kith attachment drop\" and fetch it again. If that does not help, tell whoever sent it.";
    /// The attachments of a group take as much room as they may.
    AttachmentsFull, 1, 507,
        "The attachments of this group take as much room on this device as they may: 1 GiB.",
        "Drop some that you no longer need with \"kith attachment drop\"; \"kith attachment list\" shows them. Nothing was lost.";
    /// The group is not listed in public.
    NotListed, 6, 404,
        "This group is not listed in public.",
        "A facilitator lists it with \"kith directory publish\".";
    /// A directory cannot be read: it is none, is not reached, or is read already.
    BadDirectory, 1, 422,
        "This directory could not be read.",
        "Look whether its address is right, and try again later.";
    /// A listing has no address that may be followed.
    NoWayThere, 1, 409,
        "This listing names no place where this node could knock.",
        "It may be meant for people on another network. Its group may list itself anew: fetch the directory again tomorrow.";
    /// What is kept for oneself has come to its bound.
    MineFull, 1, 507,
        "No more can be kept here: what you keep for yourself has come to its bound of 32 MiB.",
        "Delete something that you no longer need, then try again. Nothing was lost.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_travels_as_code_message_and_hint() {
        let json = serde_json::to_value(Problem::of(Code::TextNotUtf8)).unwrap();
        assert_eq!(json["code"], "text_not_utf8");
        assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["code", "hint", "message"]);
    }

    #[test]
    fn a_code_from_a_newer_node_is_still_a_problem() {
        let problem: Problem =
            serde_json::from_str(r#"{"code":"from_the_future","message":"m","hint":"h"}"#).unwrap();
        assert_eq!(problem.code, Code::Other);
    }

    #[test]
    fn words_are_whole_sentences_that_do_not_shout() {
        for code in Code::ALL {
            let (message, hint) = code.words();
            for words in [message, hint] {
                assert!(words.ends_with('.'), "{code:?}: {words}");
                assert!(!words.contains('!'), "{code:?}: {words}");
                for jargon in ["epoch", "swarm", "PeerId", "multiaddr", "sled", "error"] {
                    assert!(!words.contains(jargon), "{code:?}: {words}");
                }
            }
        }
    }
}
