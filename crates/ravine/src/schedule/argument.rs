//! What an argument of a schedule can be, how it is read and written, and what values it may have.

use super::Schedule;
use super::curve::Curve;
use super::error::ScheduleError;
use super::kind;
use super::text::{Form, Node};
use crate::suggest::nearest;

/// The values that a numeric argument may have. Finite is always meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Range {
    Finite,
    NonNegative,
    Positive,
    /// From 0 to 1, both included.
    Fraction,
}

impl Range {
    fn holds(self, value: f64) -> bool {
        value.is_finite()
            && match self {
                Self::Finite => true,
                Self::NonNegative => value >= 0.0,
                Self::Positive => value > 0.0,
                Self::Fraction => (0.0..=1.0).contains(&value),
            }
    }

    fn of_number(self) -> &'static str {
        match self {
            Self::Finite => "a finite number",
            Self::NonNegative => "a finite number, 0 or more",
            Self::Positive => "a finite number above 0",
            Self::Fraction => "a number from 0 to 1",
        }
    }

    fn of_count(self) -> &'static str {
        match self {
            Self::Positive => "a whole number of at least 1",
            _ => "a whole number, 0 or more",
        }
    }
}

/// The type of an argument.
pub(super) trait Argument {
    /// The value that the text stands for; `None` if it stands for none of this type.
    fn read(node: &Node<'_>) -> Result<Option<Self>, ScheduleError>
    where
        Self: Sized;

    /// What a value has to be, after "must be".
    fn needs(range: Range) -> String
    where
        Self: Sized;

    /// The text that reads back as the same value.
    fn text(&self) -> String;

    fn holds(&self, range: Range) -> bool;

    /// How many schedules are nested in it.
    fn depth(&self) -> usize {
        0
    }

    /// Whether it is written as stages with `for` in place of a name.
    fn is_timed(&self) -> bool {
        false
    }
}

/// One argument of one schedule.
pub(super) struct Field<'a> {
    pub(super) name: &'static str,
    pub(super) range: Range,
    pub(super) needs: fn(Range) -> String,
    pub(super) value: &'a dyn Argument,
}

/// The arguments given in the text, each in its place.
pub(super) struct Given<'n, 't> {
    kind: &'static str,
    example: &'static str,
    slots: Vec<(&'static str, Option<&'n Node<'t>>)>,
}

impl<'n, 't> Given<'n, 't> {
    pub(super) fn new(
        kind: &'static str,
        example: &'static str,
        known: &[&'static str],
        arguments: &'n [(Option<&'t str>, Node<'t>)],
    ) -> Result<Self, ScheduleError> {
        let mut slots: Vec<(&'static str, Option<&Node>)> =
            known.iter().map(|&name| (name, None)).collect();
        let mut position = 0;
        for (name, node) in arguments {
            let slot = match name {
                Some(name) => slots
                    .iter_mut()
                    .find(|slot| slot.0 == *name)
                    .ok_or_else(|| {
                        let nearest = nearest(name, known.iter().copied());
                        let known = known.to_vec();
                        ScheduleError::UnknownArgument {
                            kind,
                            argument: (*name).to_owned(),
                            nearest,
                            known,
                        }
                    })?,
                None => {
                    position += 1;
                    slots
                        .get_mut(position - 1)
                        .ok_or_else(|| ScheduleError::ExtraArgument {
                            kind,
                            extra: node.text.to_owned(),
                            known: known.to_vec(),
                        })?
                }
            };
            if slot.1.replace(node).is_some() {
                return Err(ScheduleError::RepeatedArgument {
                    kind,
                    argument: slot.0,
                });
            }
        }
        Ok(Self {
            kind,
            example,
            slots,
        })
    }

    pub(super) fn take<A: Argument>(
        &self,
        argument: &'static str,
        range: Range,
        default: Option<A>,
    ) -> Result<A, ScheduleError> {
        let kind = self.kind;
        match self
            .slots
            .iter()
            .find(|slot| slot.0 == argument)
            .and_then(|slot| slot.1)
        {
            None => default.ok_or(ScheduleError::MissingArgument {
                kind,
                argument,
                example: self.example,
            }),
            Some(node) => A::read(node)?.ok_or_else(|| ScheduleError::BadArgument {
                kind,
                argument,
                value: format!("`{}`", node.text),
                needs: A::needs(range),
            }),
        }
    }
}

impl Argument for f64 {
    fn read(node: &Node<'_>) -> Result<Option<Self>, ScheduleError> {
        Ok(match node.form {
            Form::Word => node.text.parse().ok(),
            _ => None,
        })
    }

    fn needs(range: Range) -> String {
        range.of_number().to_owned()
    }

    fn text(&self) -> String {
        // The shortest digits that read back as the same number, with an exponent where that is shorter.
        let text = format!("{self:?}");
        text.strip_suffix(".0").unwrap_or(&text).to_owned()
    }

    fn holds(&self, range: Range) -> bool {
        range.holds(*self)
    }
}

impl Argument for u64 {
    fn read(node: &Node<'_>) -> Result<Option<Self>, ScheduleError> {
        let Form::Word = node.form else {
            return Ok(None);
        };
        let digits = node.text.replace('_', "");
        // Beyond 2^53 a number with an exponent may not be the one that was written.
        let exact =
            |&number: &f64| (0.0..=(1u64 << 53) as f64).contains(&number) && number.fract() == 0.0;
        Ok(digits.parse().ok().or_else(|| {
            digits
                .parse()
                .ok()
                .filter(exact)
                .map(|number| number as u64)
        }))
    }

    fn needs(range: Range) -> String {
        range.of_count().to_owned()
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn holds(&self, range: Range) -> bool {
        range.holds(*self as f64)
    }
}

impl Argument for bool {
    fn read(node: &Node<'_>) -> Result<Option<Self>, ScheduleError> {
        Ok(node.text.parse().ok())
    }

    fn needs(_: Range) -> String {
        "true or false".to_owned()
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn holds(&self, _: Range) -> bool {
        true
    }
}

impl Argument for Curve {
    fn read(node: &Node<'_>) -> Result<Option<Self>, ScheduleError> {
        Ok(Self::ALL
            .into_iter()
            .find(|curve| curve.name() == node.text))
    }

    fn needs(_: Range) -> String {
        Self::ALL.map(Self::name).join(" or ")
    }

    fn text(&self) -> String {
        self.name().to_owned()
    }

    fn holds(&self, _: Range) -> bool {
        true
    }
}

impl Argument for Schedule {
    fn read(node: &Node<'_>) -> Result<Option<Self>, ScheduleError> {
        match node.form {
            Form::Word | Form::Call { .. } => kind::build(node).map(Some),
            _ => Ok(None),
        }
    }

    fn needs(_: Range) -> String {
        "a schedule".to_owned()
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn holds(&self, _: Range) -> bool {
        true
    }

    fn depth(&self) -> usize {
        Schedule::depth(self)
    }
}

/// A list of numbers or of counts.
impl<A: Argument> Argument for Vec<A> {
    fn read(node: &Node<'_>) -> Result<Option<Self>, ScheduleError> {
        match &node.form {
            Form::List(items) => items.iter().map(A::read).collect(),
            _ => Ok(None),
        }
    }

    fn needs(range: Range) -> String {
        format!("a list like [1, 2], each {}", A::needs(range))
    }

    fn text(&self) -> String {
        format!(
            "[{}]",
            self.iter().map(A::text).collect::<Vec<_>>().join(", ")
        )
    }

    fn holds(&self, range: Range) -> bool {
        self.iter().all(|item| item.holds(range))
    }
}

/// Schedules one after another, each for its number of steps.
impl Argument for Vec<(Schedule, u64)> {
    fn read(node: &Node<'_>) -> Result<Option<Self>, ScheduleError> {
        let Form::Timed(stages) = &node.form else {
            return Ok(None);
        };
        stages
            .iter()
            .map(|(stage, steps)| Ok(Schedule::read(stage)?.zip(u64::read(steps)?)))
            .collect()
    }

    fn needs(_: Range) -> String {
        "one or more schedules with their number of steps, like `constant(1) for 10`".to_owned()
    }

    fn text(&self) -> String {
        self.iter()
            .map(|(stage, steps)| format!("{stage} for {steps}"))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn holds(&self, _: Range) -> bool {
        !self.is_empty()
    }

    fn depth(&self) -> usize {
        self.iter()
            .map(|(stage, _)| stage.depth())
            .max()
            .unwrap_or(0)
    }

    fn is_timed(&self) -> bool {
        true
    }
}
