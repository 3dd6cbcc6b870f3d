//! The words of an expression.

use std::ops::Range;

use super::ParseError;
use super::error::brief;

/// A word of an expression, and which characters it is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub place: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Number(f64),
    Name(String),
    /// `+ - * / ^ ( ) ,`
    Sign(char),
    End,
}

/// Cuts a text into words, the last of which is the end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ParseError> {
    let characters: Vec<char> = text.chars().collect();
    let at = |i: usize| characters.get(i).copied().unwrap_or('\0');
    let wrong = |message: String, place: Range<usize>| ParseError {
        message,
        text: text.into(),
        place,
    };
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < characters.len() {
        let start = i;
        let kind = match characters[i] {
            c if c.is_whitespace() => {
                i += 1;
                continue;
            }
            c if c.is_ascii_digit() || c == '.' => {
                while at(i).is_ascii_digit() || at(i) == '.' {
                    i += 1;
                }
                let signed = usize::from(matches!(at(i + 1), '+' | '-'));
                if matches!(at(i), 'e' | 'E') && at(i + 1 + signed).is_ascii_digit() {
                    i += 2 + signed;
                    while at(i).is_ascii_digit() {
                        i += 1;
                    }
                }
                let word: String = characters[start..i].iter().collect();
                number(&word).map_err(|message| wrong(message, start..i))?
            }
            c if c.is_alphabetic() || c == '_' => {
                while (at(i).is_alphanumeric() && superscript(at(i)).is_none()) || at(i) == '_' {
                    i += 1;
                }
                Kind::Name(characters[start..i].iter().collect())
            }
            c if superscript(c).is_some() => {
                let digits = characters[i..].iter().map_while(|c| superscript(*c));
                let digits: String = digits.map(|d| d.to_string()).collect();
                i += digits.len();
                tokens.push(Token {
                    kind: Kind::Sign('^'),
                    place: start..i,
                });
                number(&digits).map_err(|message| wrong(message, start..i))?
            }
            '*' if at(i + 1) == '*' => {
                i += 2;
                Kind::Sign('^')
            }
            c => {
                i += 1;
                Kind::Sign(match c {
                    '+' | '-' | '*' | '/' | '^' | '(' | ')' | ',' => c,
                    '−' => '-',
                    '·' | '×' => '*',
                    _ => {
                        let message = format!("'{c}' means nothing in an expression");
                        return Err(wrong(message, start..i));
                    }
                })
            }
        };
        tokens.push(Token {
            kind,
            place: start..i,
        });
    }
    let end = characters.len();
    tokens.push(Token {
        kind: Kind::End,
        place: end..end,
    });
    Ok(tokens)
}

/// What digits mean, or what is wrong with them.
fn number(word: &str) -> Result<Kind, String> {
    match word.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Kind::Number(value)),
        Ok(_) => Err(format!(
            "{} is too large: numbers end at 1.8e308",
            brief(word)
        )),
        Err(_) => Err(format!("'{}' is not a number", brief(word))),
    }
}

/// `x²` is `x^2`.
fn superscript(c: char) -> Option<usize> {
    "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|digit| digit == c)
}
