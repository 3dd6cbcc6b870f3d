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

/// How many characters of a long expression are shown on either side of the mistake.
const SHOWN: usize = 36;

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
        let from = self.place.start.saturating_sub(SHOWN);
        let to = (self.place.end + SHOWN).min(text.len());
        let dots = |cut: bool| if cut { "… " } else { "" };
        let shown: String = text.get(from..to).unwrap_or_default().iter().collect();
        let before = dots(from > 0);
        let after = if to < text.len() { " …" } else { "" };
        let gap = " ".repeat(before.chars().count() + self.place.start - from);
        let carets = "^".repeat(self.place.len().max(1));
        write!(
            f,
            "{}\n  {before}{shown}{after}\n  {gap}{carets}",
            self.message
        )
    }
}
