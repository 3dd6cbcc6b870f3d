//! From words to a graph.
//!
//! ```text
//! sum     = product {(+ | −) product}
//! product = signed {(* | /) signed}
//! signed  = (+ | −) signed | power
//! power   = operand [^ signed]
//! operand = number | name | name ( sum {, sum} ) | ( sum )
//! ```

use std::collections::{HashMap, HashSet};
use std::f64::consts::{E, PI, TAU};
use std::ops::Range;

use super::ParseError;
use super::error::brief;
use super::graph::Graph;
use super::node::{Binary, Unary};
use super::token::{Kind, Token, tokens};
use crate::suggest::nearest;

const CONSTANTS: &[(&str, f64)] = &[("e", E), ("pi", PI), ("π", PI), ("tau", TAU)];

/// Expressions nested more deeply than this are refused, so that no input can exhaust the stack.
const DEEPEST: usize = 200;

/// The graph of an expression, its value's node, and its variables.
pub(super) fn parse(text: &str) -> Result<(Graph, usize, Vec<String>), ParseError> {
    let tokens = tokens(text)?;
    let mut names: HashSet<&String> = HashSet::new();
    for pair in tokens.windows(2) {
        if let (Kind::Name(name), next) = (&pair[0].kind, &pair[1].kind)
            && *next != Kind::Sign('(')
            && !is_known(name)
        {
            names.insert(name);
        }
    }
    let mut names: Vec<String> = names.into_iter().cloned().collect();
    names.sort_by_cached_key(|name| natural(name));
    let places = names.iter().cloned().zip(0..).collect();
    let mut parser = Parser {
        text,
        tokens,
        next: 0,
        depth: 0,
        graph: Graph::default(),
        places,
    };
    let value = parser.sum()?;
    match parser.kind() {
        Kind::End => Ok((parser.graph, value, names)),
        Kind::Sign(')') => Err(parser.wrong("this ')' closes nothing: a '(' is missing before it")),
        Kind::Sign(',') => {
            Err(parser.wrong("a ',' stands only between the arguments of a function"))
        }
        _ => Err(parser.wrong("an operator is missing before this, such as *")),
    }
}

fn is_known(name: &str) -> bool {
    functions().any(|known| known == name) || CONSTANTS.iter().any(|(known, _)| *known == name)
}

fn functions() -> impl Iterator<Item = &'static str> {
    let one = Unary::NAMED.iter().map(|(name, _)| *name);
    one.chain(Binary::NAMED.iter().map(|(name, _)| *name))
}

/// A name without its last digits, and those as a number: `x2` before `x10`.
fn natural(name: &str) -> (String, Option<u64>, String) {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name[stem.len()..].parse().ok();
    (stem.to_string(), number, name.to_string())
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    graph: Graph,
    /// The variables, and their numbers.
    places: HashMap<String, usize>,
}

impl Parser<'_> {
    fn token(&self) -> &Token {
        // The last token is the end, which is never passed.
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn kind(&self) -> Kind {
        self.token().kind.clone()
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.token().kind == Kind::Sign(sign);
        self.next += usize::from(found);
        found
    }

    fn error(&self, message: impl Into<String>, place: Range<usize>) -> ParseError {
        ParseError {
            message: message.into(),
            text: self.text.into(),
            place,
        }
    }

    /// An error at the next word.
    fn wrong(&self, message: impl Into<String>) -> ParseError {
        self.error(message, self.token().place.clone())
    }

    fn sum(&mut self) -> Result<usize, ParseError> {
        let mut value = self.product()?;
        loop {
            let operation = match self.token().kind {
                Kind::Sign('+') => Binary::Add,
                Kind::Sign('-') => Binary::Subtract,
                _ => return Ok(value),
            };
            self.next += 1;
            let right = self.product()?;
            value = self.graph.binary(operation, value, right);
        }
    }

    fn product(&mut self) -> Result<usize, ParseError> {
        let mut value = self.signed()?;
        loop {
            let operation = match self.token().kind {
                Kind::Sign('*') => Binary::Multiply,
                Kind::Sign('/') => Binary::Divide,
                _ => return Ok(value),
            };
            self.next += 1;
            let right = self.signed()?;
            value = self.graph.binary(operation, value, right);
        }
    }

    fn signed(&mut self) -> Result<usize, ParseError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.wrong(format!("this is nested more than {DEEPEST} deep")));
        }
        let value = if self.take('-') {
            let inner = self.signed()?;
            self.graph.unary(Unary::Negate, inner)
        } else if self.take('+') {
            self.signed()?
        } else {
            self.power()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn power(&mut self) -> Result<usize, ParseError> {
        let base = self.operand()?;
        if !self.take('^') {
            return Ok(base);
        }
        let exponent = self.signed()?;
        Ok(self.graph.binary(Binary::Power, base, exponent))
    }

    fn operand(&mut self) -> Result<usize, ParseError> {
        let Token { kind, place } = self.token().clone();
        match kind {
            Kind::Number(value) => {
                self.next += 1;
                Ok(self.graph.number(value))
            }
            Kind::Name(name) => {
                self.next += 1;
                if self.take('(') {
                    self.call(&name, place)
                } else {
                    self.name(&name, place)
                }
            }
            Kind::Sign('(') => {
                self.next += 1;
                let value = self.sum()?;
                self.close(place)?;
                Ok(value)
            }
            Kind::Sign(')') => Err(self.wrong("something is missing before this ')'")),
            Kind::Sign(sign) => {
                Err(self.wrong(format!("something is missing before this '{sign}'")))
            }
            Kind::End if self.next == 0 => Err(self.wrong("the expression is empty")),
            Kind::End => Err(self.wrong("something is missing at the end")),
        }
    }

    /// Takes the `)` of a parenthesis that was opened at `open`.
    fn close(&mut self, open: Range<usize>) -> Result<(), ParseError> {
        if self.take(')') {
            return Ok(());
        }
        Err(match self.kind() {
            Kind::End => self.error("this '(' is never closed", open),
            Kind::Sign(',') => self.wrong("a ',' stands only between the arguments of a function"),
            _ => self.wrong("an operator is missing before this, such as *"),
        })
    }

    fn name(&mut self, name: &str, place: Range<usize>) -> Result<usize, ParseError> {
        if let Some((_, value)) = CONSTANTS.iter().find(|(known, _)| *known == name) {
            return Ok(self.graph.number(*value));
        }
        match self.places.get(name) {
            Some(&i) => Ok(self.graph.variable(i)),
            None => Err(self.error(
                format!("{name} is a function: its argument follows in parentheses, {name}(…)"),
                place,
            )),
        }
    }

    fn call(&mut self, name: &str, place: Range<usize>) -> Result<usize, ParseError> {
        let open = self.tokens[self.next - 1].place.clone();
        let one = Unary::NAMED.iter().find(|(known, _)| *known == name);
        let two = Binary::NAMED.iter().find(|(known, _)| *known == name);
        if one.is_none() && two.is_none() {
            return Err(self.unknown_function(name, place));
        }
        let mut arguments = vec![self.sum()?];
        while self.take(',') {
            arguments.push(self.sum()?);
        }
        self.close(open)?;
        match (one, two, &arguments[..]) {
            (Some((_, operation)), _, [a]) => Ok(self.graph.unary(*operation, *a)),
            (_, Some((_, operation)), [a, b]) => Ok(self.graph.binary(*operation, *a, *b)),
            (one, _, given) => {
                let wanted = if one.is_some() {
                    "one argument"
                } else {
                    "two arguments"
                };
                let message = format!("{name} takes {wanted}, not {}", given.len());
                Err(self.error(message, place))
            }
        }
    }

    fn unknown_function(&self, name: &str, place: Range<usize>) -> ParseError {
        let is_value = self.places.contains_key(name) || is_known(name);
        let name = &brief(name);
        if is_value || name.chars().count() == 1 {
            return self.error(
                format!("{name} is not a function; to multiply, write {name}*(…)"),
                place,
            );
        }
        let message = match nearest(name, functions()) {
            Some(near) => format!("unknown function '{name}': did you mean '{near}'?"),
            None => format!(
                "unknown function '{name}': there are {}",
                functions().collect::<Vec<_>>().join(", ")
            ),
        };
        self.error(message, place)
    }
}
