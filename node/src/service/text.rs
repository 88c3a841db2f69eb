//! The text of a post as it comes in: bytes, until [`check`] says that they are one.

use kith_protocol::limits;

use super::ServiceError;
use crate::api::types::Code;

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
}
