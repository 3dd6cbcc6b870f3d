//! The grammar of the text form, before anything is known about kinds and arguments.

use super::MAX_DEPTH;
use super::error::ScheduleError;

/// A piece of text and what it is made of.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) text: &'a str,
    pub(super) form: Form<'a>,
}

#[derive(Debug)]
pub(super) enum Form<'a> {
    /// A number, a choice, or a name without parentheses.
    Word,
    Call {
        name: &'a str,
        arguments: Vec<(Option<&'a str>, Node<'a>)>,
    },
    List(Vec<Node<'a>>),
    /// Values with a count each: `a for 10, b for 20`.
    Timed(Vec<(Node<'a>, Node<'a>)>),
}

pub(super) fn parse(text: &str) -> Result<Node<'_>, ScheduleError> {
    let mut parser = Parser { text, at: 0 };
    let node = parser.value(0)?;
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(parser.error("the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn value(&mut self, depth: usize) -> Result<Node<'a>, ScheduleError> {
        self.peek();
        let start = self.at;
        let form = if self.eat('[') {
            Form::List(self.list(depth + 1)?)
        } else {
            let name = self.word("a number or a schedule")?;
            if self.eat('(') {
                Form::Call {
                    name,
                    arguments: self.arguments(depth + 1)?,
                }
            } else {
                Form::Word
            }
        };
        Ok(Node {
            text: self.text[start..self.at].trim_end(),
            form,
        })
    }

    fn list(&mut self, depth: usize) -> Result<Vec<Node<'a>>, ScheduleError> {
        self.check_depth(depth)?;
        let mut items = Vec::new();
        while !self.eat(']') {
            items.push(self.value(depth)?);
            if !self.eat(',') && self.peek() != Some(']') {
                return Err(self.error("`,` or `]`"));
            }
        }
        Ok(items)
    }

    fn arguments(
        &mut self,
        depth: usize,
    ) -> Result<Vec<(Option<&'a str>, Node<'a>)>, ScheduleError> {
        self.check_depth(depth)?;
        let mut arguments = Vec::new();
        // All stages are one argument, at the place of the first.
        let mut stages: Option<(usize, usize, usize)> = None;
        let mut timed = Vec::new();
        while !self.eat(')') {
            self.peek();
            let start = self.at;
            let mut value = self.value(depth)?;
            let mut name = None;
            if matches!(value.form, Form::Word) && self.eat('=') {
                name = Some(value.text);
                value = self.value(depth)?;
            } else if self.eat_for() {
                let text = self.word("the number of steps after `for`")?;
                timed.push((
                    value,
                    Node {
                        text,
                        form: Form::Word,
                    },
                ));
                stages.get_or_insert((arguments.len(), start, self.at)).2 = self.at;
                self.separator()?;
                continue;
            }
            arguments.push((name, value));
            self.separator()?;
        }
        if let Some((place, start, end)) = stages {
            let text = &self.text[start..end];
            let form = Form::Timed(timed);
            arguments.insert(place, (None, Node { text, form }));
        }
        Ok(arguments)
    }

    fn separator(&mut self) -> Result<(), ScheduleError> {
        if self.eat(',') || self.peek() == Some(')') {
            Ok(())
        } else {
            Err(self.error("`,` or `)`"))
        }
    }

    fn word(&mut self, expected: &'static str) -> Result<&'a str, ScheduleError> {
        self.peek();
        match self.word_ahead() {
            "" => Err(self.error(expected)),
            word => {
                self.at += word.len();
                Ok(word)
            }
        }
    }

    fn eat_for(&mut self) -> bool {
        self.peek();
        let found = self.word_ahead() == "for";
        self.at += if found { "for".len() } else { 0 };
        found
    }

    fn word_ahead(&self) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || "_.+-".contains(c)))
            .unwrap_or(rest.len());
        &rest[..end]
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    /// Skips blanks and looks at the next character.
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn check_depth(&self, depth: usize) -> Result<(), ScheduleError> {
        // One more than schedules may be deep: a list can be the innermost.
        if depth > MAX_DEPTH + 1 {
            Err(ScheduleError::TooDeep { kind: "schedule" })
        } else {
            Ok(())
        }
    }

    fn error(&mut self, expected: &'static str) -> ScheduleError {
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(_) if !self.word_ahead().is_empty() => format!("`{}`", self.word_ahead()),
            Some(other) => format!("`{other}`"),
        };
        let column = self.text[..self.at].chars().count() + 1;
        ScheduleError::Syntax {
            text: self.text.to_owned(),
            column,
            expected,
            found,
        }
    }
}
