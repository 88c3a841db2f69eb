//! What people write, before it is signed: texts of posts, and the words that name things.
//!
//! The text of a post is any UTF-8 within its bound and stays byte for byte as it is. A name or title stands in
//! lists and sentences, so it is one visible line.

use kith_protocol::limits;
use kith_protocol::time::Millis;

use super::ServiceError;
use crate::api::types::{Charter, Code};

/// Makes a text of bytes without changing any.
///
/// # Errors
/// [`Code::EmptyText`], [`Code::TextTooLarge`], [`Code::TextNotUtf8`] (which says where).
pub fn check(bytes: Vec<u8>) -> Result<String, ServiceError> {
    if bytes.is_empty() {
        return Err(Code::EmptyText.into());
    }
    if bytes.len() > limits::TEXT {
        return Err(Code::TextTooLarge.into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let problem = ServiceError::of(Code::TextNotUtf8);
        let at = error.utf8_error().valid_up_to();
        ServiceError::new(
            problem.code,
            format!("This text is not in UTF-8 (from byte {at} on), so nothing was sent."),
            problem.hint,
        )
    })
}

/// Makes sure that a group can go by this title.
///
/// # Errors
/// [`Code::BadWords`].
pub fn title(title: &str) -> Result<(), ServiceError> {
    one_line("title", title, limits::TITLE)
}

/// Makes sure that a person can go by this name.
///
/// # Errors
/// [`Code::BadWords`].
pub fn name(name: &str) -> Result<(), ServiceError> {
    one_line("name", name, limits::NAME)
}

/// Makes sure that a purpose, reason or goodbye is not too long: `most` bytes.
///
/// # Errors
/// [`Code::BadWords`].
pub fn words(what: &str, words: &str, most: usize) -> Result<(), ServiceError> {
    if words.len() > most {
        return Err(ServiceError::new(
            Code::BadWords,
            format!("This {what} is {} bytes long; it can have {most}.", words.len()),
            "Make it shorter. Letters outside the English alphabet count as two bytes or more.",
        ));
    }
    Ok(())
}

/// Makes sure that a group can live by this charter.
///
/// # Errors
/// [`Code::BadWords`].
pub fn charter(charter: &Charter) -> Result<(), ServiceError> {
    words("purpose", &charter.purpose, limits::PURPOSE)?;
    words("description of whom it is for", &charter.audience, limits::PURPOSE)?;
    words("word on where confidence ends", &charter.confidentiality, limits::PURPOSE)?;
    words("name of a language", &charter.language, limits::LANGUAGE)?;
    list("agreement", &charter.agreements)?;
    list("rule", &charter.rules)?;
    each("question", &charter.questions, limits::QUESTIONS, limits::QUESTION)?;
    if usize::try_from(charter.attachment_kib).is_ok_and(|kib| kib > limits::ATTACHMENT >> 10) {
        return Err(ServiceError::new(
            Code::BadWords,
            format!("An attachment can have at most {} KiB.", limits::ATTACHMENT >> 10),
            "Choose a smaller number; 0 is for none at all.",
        ));
    }
    let (most, kind) = if charter.shared_power {
        (limits::SHARED_POWER_MEMBERS, "A group in which everybody facilitates")
    } else {
        (limits::MEMBERS, "A group")
    };
    if !usize::try_from(charter.size).is_ok_and(|size| (1..=most).contains(&size)) {
        return Err(ServiceError::new(
            Code::BadWords,
            format!("{kind} can have 1 to {most} members."),
            "Choose another size and try again.",
        ));
    }
    Ok(())
}

fn list(what: &str, list: &[String]) -> Result<(), ServiceError> {
    each(what, list, limits::AGREEMENTS, limits::AGREEMENT)
}

fn each(what: &str, list: &[String], most: usize, long: usize) -> Result<(), ServiceError> {
    if list.len() > most {
        return Err(ServiceError::new(
            Code::BadWords,
            format!("There are {} {what}s; a charter can have {most}.", list.len()),
            "Take out those that matter least, or put two into one.",
        ));
    }
    for (number, one) in (1..).zip(list) {
        let what = format!("{what} (number {number})");
        if one.trim().is_empty() {
            return Err(ServiceError::new(
                Code::BadWords,
                format!("This {what} is empty."),
                "Write it, or take it out.",
            ));
        }
        words(&what, one, long)?;
    }
    Ok(())
}

/// A reason without the space around it, made sure to be there and not too long.
///
/// # Errors
/// [`Code::BadWords`].
pub fn reason(reason: &str) -> Result<String, ServiceError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(ServiceError::new(
            Code::BadWords,
            "There was no reason, so nothing was done.",
            "Say why in a sentence or two. The person concerned will read it, and so can the others.",
        ));
    }
    words("reason", reason, limits::REASON)?;
    Ok(reason.to_owned())
}

/// A moment in a sentence, where the reader's time zone is not known.
pub fn moment(time: Millis) -> String {
    let whole = time.to_string();
    format!("{} UTC", whole.get(..16).unwrap_or(&whole).replace('T', " "))
}

/// What is said to somebody who wrote very much.
pub fn too_much(until: Millis) -> ServiceError {
    let (message, _) = Code::TooMuch.words();
    ServiceError::new(
        Code::TooMuch,
        message,
        format!(
            "From {} on there is room again. Until then, keep your text and read what others wrote.",
            moment(until)
        ),
    )
}

fn one_line(what: &str, text: &str, most: usize) -> Result<(), ServiceError> {
    let refused =
        |why: &str, hint: &str| ServiceError::new(Code::BadWords, format!("This {what} {why}."), hint);
    if text.trim().is_empty() {
        return Err(refused("is empty", "Use at least one visible character."));
    }
    if text.chars().any(is_unfit_for_a_line) {
        return Err(refused(
            "holds a line break or another invisible control character",
            "Write it on one line, in plain letters.",
        ));
    }
    words(what, text, most)
}

/// Line breaks, controls, and what forces the direction of writing upon the words around it.
fn is_unfit_for_a_line(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_stays() {
        for text in [" \n", "\u{feff}x\r\n", "\0", "שלום\u{202e}abc", "e\u{301}", "👩‍👩‍👧"] {
            assert_eq!(check(text.as_bytes().to_vec()).unwrap(), text);
        }
        assert!(check(vec![b'a'; limits::TEXT]).is_ok());
    }

    #[test]
    fn what_is_no_text_is_told_apart() {
        let code = |bytes: &[u8]| check(bytes.to_vec()).unwrap_err().code;
        assert_eq!(code(b""), Code::EmptyText);
        assert_eq!(code(&[b'a'; limits::TEXT + 1]), Code::TextTooLarge);
        assert_eq!(code(b"ab\xffcd"), Code::TextNotUtf8);
        assert!(check(b"ab\xff".to_vec()).unwrap_err().message.contains("byte 2"));
    }

    #[test]
    fn names_of_the_world_are_names() {
        for fit in ["Ana", "Søren", "نور", "שרה\u{200f}", "陳", "👩\u{200d}🌾", "O\u{27}Brien", "a  b"]
        {
            assert!(name(fit).is_ok(), "{fit}");
        }
        assert!(title(&"t".repeat(limits::TITLE)).is_ok());
    }

    #[test]
    fn what_cannot_stand_in_a_line_is_no_name() {
        for unfit in ["", "  ", "\u{3000}", "a\nb", "a\0", "\u{1b}[2J", "a\u{202e}b", "a\u{2028}b"] {
            assert_eq!(name(unfit).unwrap_err().code, Code::BadWords, "{unfit:?}");
        }
        let long = title(&"é".repeat(65)).unwrap_err();
        assert_eq!(long.message, "This title is 130 bytes long; it can have 128.");
        assert!(words("reason", &"x".repeat(limits::REASON + 1), limits::REASON).is_err());
    }
}
