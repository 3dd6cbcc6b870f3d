//! Schedules: hyper-parameters that move with the step.
//!
//! A [`Schedule`] is a pure function of the step, in the unit of optimizer steps: step 0 is the first update. It keeps no
//! state, so a resumed run needs nothing but its step count, and evaluating a step twice or out of order changes nothing.
//! Any numeric hyper-parameter takes one; a learning rate is only the usual case.
//!
//! ```
//! use ravine::Schedule;
//!
//! # fn main() -> Result<(), ravine::schedule::ScheduleError> {
//! let built = Schedule::warmup(100, 0.0, Schedule::cosine(0.1, 0.0, 900)?)?;
//! let parsed: Schedule = "warmup(steps=100, then=cosine(from=0.1, steps=900))".parse()?;
//! assert_eq!(built, parsed);
//! assert_eq!(built.at(0), 0.001);
//! assert_eq!(built.at(100), 0.1);
//! assert_eq!(built.at(1000), 0.0);
//! # Ok(())
//! # }
//! ```
//!
//! # The text form
//!
//! ```text
//! schedule  =  number  |  name "(" [argument {"," argument}] ")"
//! argument  =  [name "="] value  |  schedule "for" count
//! value     =  number  |  word  |  schedule  |  "[" [number {"," number}] "]"
//! ```
//!
//! - Arguments go by name in any order or by position in the order of [`kinds`]; those with a default may be left out.
//! - A number where a schedule is expected is that constant.
//! - `for` gives a stage of [`sequence`](Schedule::sequence) its length:
//!   `sequence(linear(from=0, to=1, steps=10) for 10, then=constant(1))`.
//! - Counts may be written `10000`, `10_000` or `1e4`.
//! - `Display` writes every argument with its name, defaults included, and parses back to an equal schedule.
//!
//! # Conventions
//!
//! - A schedule that goes from one value to another in `steps` steps has the first at step 0 and the second at step
//!   `steps`, which is the first update *after* the stretch, and holds it from there on. In a run of exactly `steps`
//!   updates the last one is therefore a little short of the end value, and none is wasted at a rate of 0.
//! - Warm-up is the exception, for the same reason: see [`Schedule::warmup`].
//! - Values may have any sign; what a hyper-parameter allows is for its owner to check, with [`Schedule::bounds`].

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

mod argument;
mod curve;
mod error;
mod kind;
mod shape;
mod text;

mod constant;
mod cosine;
mod cosine_restarts;
mod exponential;
mod geometric;
mod inverse_sqrt;
mod inverse_time;
mod linear;
mod multi_step;
mod one_cycle;
mod piecewise;
mod polynomial;
mod scaled;
mod sequence;
mod step;
mod warmup;
mod wsd;

pub use curve::Curve;
pub use error::ScheduleError;
pub use kind::{ArgumentInfo, KindInfo, find, kinds};
pub use one_cycle::OneCycle;
pub use wsd::Wsd;

use kind::Kind;
use shape::Shape;

/// How deep schedules may be nested in each other, so that neither text nor code can exhaust the stack.
pub const MAX_DEPTH: usize = 32;

/// A hyper-parameter as a pure function of the step; see the [module](self) for the text form and the conventions.
///
/// Cheap to clone. `Display`, `FromStr` and serde use the same text, which round-trips exactly.
#[derive(Clone, PartialEq)]
pub struct Schedule(Arc<Inner>);

#[derive(PartialEq)]
struct Inner {
    kind: Kind,
    depth: usize,
}

impl Schedule {
    /// The value at `step`; step 0 is the first update.
    ///
    /// Defined for every step and never NaN; `inf` only where the schedule grows without bound.
    pub fn at(&self, step: u64) -> f64 {
        self.0.kind.at(step)
    }

    /// The smallest and the largest value over the first `steps` steps (at least one step is looked at).
    ///
    /// Not a scan: the values at the ends and at the steps where the schedule turns. With `u64::MAX` it bounds every run,
    /// so that the owner of a hyper-parameter can refuse a schedule before the first step.
    ///
    /// ```
    /// # use ravine::Schedule;
    /// let rate = Schedule::cosine(0.1, 0.001, 1000)?;
    /// assert_eq!(rate.bounds(u64::MAX), (0.001, 0.1));
    /// # Ok::<(), ravine::schedule::ScheduleError>(())
    /// ```
    pub fn bounds(&self, steps: u64) -> (f64, f64) {
        let last = steps.saturating_sub(1);
        self.turns()
            .into_iter()
            .filter(|&turn| turn < last)
            .chain([0, last])
            .map(|step| self.at(step))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            })
    }

    /// The name of its kind, as in the text form and in [`kinds`].
    pub fn name(&self) -> &'static str {
        self.0.kind.name()
    }

    fn checked<S: Shape + Into<Kind>>(shape: S) -> Result<Self, ScheduleError> {
        let bad = |argument, value: String, needs| ScheduleError::BadArgument {
            kind: S::NAME,
            argument,
            value,
            needs,
        };
        let mut depth = 1;
        for field in shape.fields() {
            if !field.value.holds(field.range) {
                return Err(bad(
                    field.name,
                    field.value.text(),
                    (field.needs)(field.range),
                ));
            }
            depth = depth.max(1 + field.value.depth());
        }
        if depth > MAX_DEPTH {
            return Err(ScheduleError::TooDeep { kind: S::NAME });
        }
        if let Err((culprit, needs)) = shape.check() {
            let value = shape
                .fields()
                .iter()
                .find(|field| field.name == culprit)
                .map(|field| field.value.text());
            return Err(bad(culprit, value.unwrap_or_default(), needs));
        }
        Ok(Self(Arc::new(Inner {
            kind: shape.into(),
            depth,
        })))
    }

    fn depth(&self) -> usize {
        self.0.depth
    }

    fn turns(&self) -> Vec<u64> {
        self.0.kind.turns()
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.0.kind.fields();
        write!(f, "{}(", self.name())?;
        for (i, field) in fields.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            // A lone argument needs no name, and stages carry `for` instead of one.
            if fields.len() == 1 || field.value.is_timed() {
                write!(f, "{separator}{}", field.value.text())?;
            } else {
                write!(f, "{separator}{}={}", field.name, field.value.text())?;
            }
        }
        f.write_str(")")
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({self})")
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        kind::build(&text::parse(text)?)
    }
}

impl Serialize for Schedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}
