//! The kinds of schedule there are: the only list of them.

use serde::Serialize;

use super::argument::{Field, Given};
use super::error::ScheduleError;
use super::shape::{Declared, Shape};
use super::text::{Form, Node};
use super::{
    Schedule, constant::Constant, cosine::Cosine, cosine_restarts::CosineRestarts,
    exponential::Exponential,
};
use super::{
    geometric::Geometric, inverse_sqrt::InverseSqrt, inverse_time::InverseTime, linear::Linear,
};
use super::{
    multi_step::MultiStep, one_cycle::OneCycle, piecewise::Piecewise, polynomial::Polynomial,
};
use super::{scaled::Scaled, sequence::Sequence, step::Step, warmup::Warmup, wsd::Wsd};
use crate::suggest::nearest;

macro_rules! list {
    ($($Kind:ident),+ $(,)?) => {
        #[derive(Clone, Debug, PartialEq)]
        pub(super) enum Kind {
            $($Kind($Kind),)+
        }

        $(impl From<$Kind> for Kind {
            fn from(shape: $Kind) -> Self {
                Self::$Kind(shape)
            }
        })+

        impl Kind {
            const NAMES: &[&'static str] = &[$($Kind::NAME),+];

            pub(super) fn at(&self, step: u64) -> f64 {
                match self { $(Self::$Kind(shape) => shape.at(step),)+ }
            }

            pub(super) fn turns(&self) -> Vec<u64> {
                match self { $(Self::$Kind(shape) => shape.turns(),)+ }
            }

            pub(super) fn fields(&self) -> Vec<Field<'_>> {
                match self { $(Self::$Kind(shape) => shape.fields(),)+ }
            }

            pub(super) fn name(&self) -> &'static str {
                match self { $(Self::$Kind(_) => $Kind::NAME,)+ }
            }

            fn infos() -> Vec<KindInfo> {
                vec![$($Kind::info()),+]
            }

            fn read(info: &KindInfo, given: &Given<'_, '_>) -> Result<Schedule, ScheduleError> {
                $(if info.name == $Kind::NAME {
                    return Schedule::checked($Kind::read(given)?);
                })+
                Err(unknown(info.name))
            }
        }
    };
}

list! {
    Constant,
    Linear,
    Polynomial,
    Geometric,
    Exponential,
    Step,
    MultiStep,
    Piecewise,
    InverseTime,
    InverseSqrt,
    Cosine,
    CosineRestarts,
    OneCycle,
    Wsd,
    Warmup,
    Sequence,
    Scaled,
}

/// A kind of schedule, described.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KindInfo {
    /// Its name in the text form.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// The value at `step`; one or more lines.
    pub formula: &'static str,
    /// What else one should know: conventions, and where other systems differ. May be empty.
    pub notes: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// The schedule written in full.
    pub example: &'static str,
    /// Its arguments, in the order of their positions.
    pub arguments: Vec<ArgumentInfo>,
}

/// An argument of a kind of schedule, described.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ArgumentInfo {
    /// Its name.
    pub name: &'static str,
    /// What it must be, such as "a whole number of at least 1".
    pub needs: String,
    /// Its value when it is left out; `None` if it cannot be.
    pub default: Option<String>,
    /// What it means.
    pub doc: &'static str,
}

/// Every kind of schedule.
pub fn kinds() -> Vec<KindInfo> {
    Kind::infos()
}

/// The kind of this name.
///
/// # Errors
///
/// [`ScheduleError::UnknownKind`], which suggests the nearest name.
pub fn find(name: &str) -> Result<KindInfo, ScheduleError> {
    kinds()
        .into_iter()
        .find(|info| info.name == name)
        .ok_or_else(|| unknown(name))
}

/// The schedule that the text stands for.
pub(super) fn build(node: &Node<'_>) -> Result<Schedule, ScheduleError> {
    let (name, arguments) = match &node.form {
        Form::Call { name, arguments } => (*name, arguments.as_slice()),
        Form::Word => match node.text.parse() {
            Ok(value) => return Schedule::constant(value),
            Err(_) => (node.text, [].as_slice()),
        },
        Form::List(_) | Form::Timed(_) => return Err(unknown(node.text)),
    };
    let info = find(name)?;
    let known: Vec<_> = info
        .arguments
        .iter()
        .map(|argument| argument.name)
        .collect();
    Kind::read(
        &info,
        &Given::new(info.name, info.example, &known, arguments)?,
    )
}

fn unknown(name: &str) -> ScheduleError {
    let known = Kind::NAMES.to_vec();
    ScheduleError::UnknownKind {
        name: name.to_owned(),
        nearest: nearest(name, known.iter().copied()),
        known,
    }
}
