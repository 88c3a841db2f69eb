//! Numbers within the words that stand around them: `112 or 999`.

/// A part of such words, and what to dial if it is a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub said: String,
    /// What to dial.
    pub dial: Option<String>,
}

/// Fewest digits that are a number to dial.
const DIGITS: usize = 2;

/// The words in pieces, each either a number or not.
pub fn pieces(words: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut number = String::new();
    for letter in words.chars().chain([';']) {
        let goes_on = !number.is_empty() && matches!(letter, ' ' | '-' | '/');
        if letter.is_ascii_digit() || letter == '+' || goes_on {
            number.push(letter);
            continue;
        }
        let run = std::mem::take(&mut number);
        let said = run.trim_end_matches([' ', '-', '/']);
        let dial: String = said.chars().filter(|letter| letter.is_ascii_digit() || *letter == '+').collect();
        if dial.len() >= DIGITS {
            pieces.push(Piece { said: said.to_owned(), dial: Some(dial) });
            plain(&mut pieces, run.get(said.len()..).unwrap_or_default());
        } else {
            plain(&mut pieces, &run);
        }
        plain(&mut pieces, letter.encode_utf8(&mut [0; 4]));
    }
    // The one that was put behind it all.
    if let Some(last) = pieces.last_mut() {
        last.said.pop();
    }
    pieces.retain(|piece| !piece.said.is_empty());
    pieces
}

fn plain(pieces: &mut Vec<Piece>, words: &str) {
    match pieces.last_mut() {
        Some(Piece { said, dial: None }) => said.push_str(words),
        _ => pieces.push(Piece { said: words.to_owned(), dial: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_among_words_and_no_word_is_lost() {
        for (words, dialled) in [
            ("112 (ambulance also 144)", vec!["112", "144"]),
            ("0800 111 0 111 or 0800 111 0 222", vec!["08001110111", "08001110222"]),
            ("+64 9-123 45/6", vec!["+649123456"]),
            ("Jo, 5th floor", vec![]),
            ("988", vec!["988"]),
            ("", vec![]),
            ("+", vec![]),
            ("\u{202e}12\u{0661}", vec!["12"]),
        ] {
            let pieces = pieces(words);
            let said: String = pieces.iter().map(|piece| piece.said.as_str()).collect();
            assert_eq!(said, words);
            let dials: Vec<_> = pieces.iter().filter_map(|piece| piece.dial.as_deref()).collect();
            assert_eq!(dials, dialled, "{words}");
        }
    }
}
