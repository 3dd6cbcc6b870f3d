//! What is wrong with an expression, and where.

use std::fmt;
use std::ops::Range;

/// What is wrong with an expression, and where. Its text is three lines: the mistake, the expression, a caret under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong, and what would be right.
    pub message: String,
    /// The expression.
    pub text: String,
    /// Which characters of it are wrong; an empty range is the place where something is missing.
    pub place: Range<usize>,
}

impl std::error::Error for ParseError {}

/// How many characters of a long expression are shown on either side of the mistake, and of a long mistake twice as many.
const SHOWN: usize = 36;

/// A word as messages show it: the beginning of a long one.
pub(super) fn brief(word: &str) -> String {
    match word.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.into(),
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A tab or a line break would move the caret.
        let plain = |c: char| {
            if c.is_whitespace() || c.is_control() {
                ' '
            } else {
                c
            }
        };
        let text: Vec<char> = self.text.chars().map(plain).collect();
        let place = self.place.start..self.place.end.min(self.place.start + 2 * SHOWN);
        let from = place.start.saturating_sub(SHOWN);
        let to = (place.end + SHOWN).min(text.len());
        let dots = |cut: bool| if cut { "… " } else { "" };
        let shown: String = text.get(from..to).unwrap_or_default().iter().collect();
        let before = dots(from > 0);
        let after = if to < text.len() { " …" } else { "" };
        let gap = " ".repeat(before.chars().count() + place.start - from);
        let carets = "^".repeat(place.len().max(1));
        write!(
            f,
            "{}\n  {before}{shown}{after}\n  {gap}{carets}",
            self.message
        )
    }
}
