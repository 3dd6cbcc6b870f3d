//! Hyper-parameters as data: a constant or a schedule, with a name, a default and a range.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::schedule::Schedule;

/// The value of a numeric hyper-parameter.
///
/// Written as text it is a number (`0.1`) or a schedule (`cosine(from=0.1, to=0, steps=1000)`).
#[derive(Clone, Debug, PartialEq)]
pub enum Hyper {
    /// The same at every step.
    Constant(f64),
    /// A function of the step; the first update sees step 0.
    Scheduled(Schedule),
}

impl Hyper {
    /// The value at `step`, counted from 0.
    #[must_use]
    pub fn at(&self, step: u64) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Scheduled(schedule) => schedule.at(step),
        }
    }

    /// Whether this is the constant `value`.
    #[must_use]
    pub fn is(&self, value: f64) -> bool {
        matches!(self, Self::Constant(constant) if *constant == value)
    }
}

impl From<f64> for Hyper {
    fn from(value: f64) -> Self {
        Self::Constant(value)
    }
}

impl From<Schedule> for Hyper {
    fn from(schedule: Schedule) -> Self {
        Self::Scheduled(schedule)
    }
}

impl fmt::Display for Hyper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "{value}"),
            Self::Scheduled(schedule) => write!(f, "{schedule}"),
        }
    }
}

impl FromStr for Hyper {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.trim().parse::<f64>() {
            Ok(value) => Ok(Self::Constant(value)),
            Err(_) if text.contains('(') || crate::schedule::find(text.trim()).is_ok() => {
                Ok(Self::Scheduled(text.parse::<Schedule>()?))
            }
            Err(_) => Err(Error::NotANumber { text: text.into() }),
        }
    }
}

/// The interval that a hyper-parameter's value must lie in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
    open_low: bool,
    open_high: bool,
}

impl Range {
    /// `[0, 1)`: the decay rates of averages.
    pub const DECAY_RATE: Self = Self::new(0.0, false, 1.0, true);
    /// `[0, 1]`.
    pub const FRACTION: Self = Self::new(0.0, false, 1.0, false);
    /// `[0, ∞)`.
    pub const NON_NEGATIVE: Self = Self::new(0.0, false, f64::INFINITY, true);
    /// `(0, ∞)`.
    pub const POSITIVE: Self = Self::new(0.0, true, f64::INFINITY, true);
    /// `(0, ∞]`: a bound that may be absent.
    pub const BOUND: Self = Self::new(0.0, true, f64::INFINITY, false);

    /// The interval from `low` to `high`, each end left out where it is open.
    #[must_use]
    pub const fn new(low: f64, open_low: bool, high: f64, open_high: bool) -> Self {
        Self {
            low,
            high,
            open_low,
            open_high,
        }
    }

    /// Whether `value` lies in it; NaN never does.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        let above = if self.open_low {
            value > self.low
        } else {
            value >= self.low
        };
        let below = if self.open_high {
            value < self.high
        } else {
            value <= self.high
        };
        above && below
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = if self.open_low { '(' } else { '[' };
        let close = if self.open_high { ')' } else { ']' };
        let end = |value: f64| match value {
            f64::INFINITY => "∞".to_string(),
            f64::NEG_INFINITY => "−∞".to_string(),
            value => value.to_string(),
        };
        write!(f, "{open}{}, {}{close}", end(self.low), end(self.high))
    }
}

/// What a hyper-parameter is: its name, default, range and meaning.
#[derive(Clone, Copy, Debug)]
pub struct HyperInfo {
    /// The name by which it is set.
    pub name: &'static str,
    /// The default value.
    pub default: f64,
    /// The values it may have.
    pub range: Range,
    /// What it means.
    pub doc: &'static str,
}

impl HyperInfo {
    /// Refuses a value outside the range.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] names the hyper-parameter, the value, the step for a schedule, and the range.
    pub fn check(&self, hyper: &Hyper, step: u64) -> Result<(), Error> {
        let value = hyper.at(step);
        if self.range.contains(value) {
            return Ok(());
        }
        Err(Error::OutOfRange {
            name: self.name,
            value,
            range: self.range,
            step: matches!(hyper, Hyper::Scheduled(_)).then_some(step),
        })
    }

    /// Refuses a constant outside the range, and a schedule that leaves it at any step. One that grows without bound is
    /// let through: each step checks its own value.
    ///
    /// # Errors
    /// [`Error::OutOfRange`], as [`HyperInfo::check`].
    pub fn check_ahead(&self, hyper: &Hyper) -> Result<(), Error> {
        if let Hyper::Scheduled(schedule) = hyper {
            let (low, high) = schedule.bounds(u64::MAX);
            for value in [low, high] {
                if value != f64::INFINITY && !self.range.contains(value) {
                    return Err(Error::ScheduleOutOfRange {
                        name: self.name,
                        schedule: schedule.to_string(),
                        value,
                        range: self.range,
                    });
                }
            }
            return Ok(());
        }
        self.check(hyper, 0)
    }
}

/// A rule's hyper-parameters, by name. Written by [`hyper!`](crate::hyper!).
pub trait Hypers {
    /// The documentation that was written for the macro.
    #[must_use]
    fn doc() -> &'static str
    where
        Self: Sized,
    {
        ""
    }

    /// Shows each hyper-parameter.
    fn visit(&self, see: &mut dyn FnMut(&HyperInfo, &Hyper));

    /// Lets each hyper-parameter be changed.
    fn visit_mut(&mut self, change: &mut dyn FnMut(&HyperInfo, &mut Hyper));
}

impl<A: Hypers, B: Hypers> Hypers for (A, B) {
    fn visit(&self, see: &mut dyn FnMut(&HyperInfo, &Hyper)) {
        self.0.visit(see);
        self.1.visit(see);
    }

    fn visit_mut(&mut self, change: &mut dyn FnMut(&HyperInfo, &mut Hyper)) {
        self.0.visit_mut(change);
        self.1.visit_mut(change);
    }
}

/// Declares a rule's struct from its hyper-parameters: `name: default, range`, each with its doc; then, after `with`,
/// options that are no numbers.
///
/// The struct gets `new()`, `Default`, a builder method for each field (a number or a schedule), and [`Hypers`].
#[macro_export]
macro_rules! hyper {
    (
        $(#[doc = $about:expr])*
        $rule:ident {
            $($(#[doc = $doc:expr])+ $name:ident: $default:expr, $range:expr;)*
            $(with $($(#[doc = $option_doc:expr])+ $option:ident: $type:ty = $initial:expr;)+)?
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $rule {
            $($(#[doc = $doc])+ pub $name: $crate::Hyper,)*
            $($($(#[doc = $option_doc])+ pub $option: $type,)+)?
        }

        impl Default for $rule {
            fn default() -> Self {
                Self {
                    $($name: $crate::Hyper::Constant($default),)*
                    $($($option: $initial,)+)?
                }
            }
        }

        impl $rule {
            /// With the defaults.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            $(
                $(#[doc = $doc])+
                #[must_use]
                pub fn $name(mut self, value: impl Into<$crate::Hyper>) -> Self {
                    self.$name = value.into();
                    self
                }
            )*
            $($(
                $(#[doc = $option_doc])+
                #[must_use]
                pub fn $option(mut self, value: $type) -> Self {
                    self.$option = value;
                    self
                }
            )+)?
        }

        impl $crate::hyper::Hypers for $rule {
            fn doc() -> &'static str {
                concat!($($about, "\n"),*)
            }

            fn visit(&self, see: &mut dyn FnMut(&$crate::hyper::HyperInfo, &$crate::Hyper)) {
                let _ = &see;
                $(see(
                    &$crate::hyper::HyperInfo {
                        name: stringify!($name),
                        default: $default,
                        range: $range,
                        doc: concat!($($doc),+).trim_ascii(),
                    },
                    &self.$name,
                );)*
            }

            fn visit_mut(&mut self, change: &mut dyn FnMut(&$crate::hyper::HyperInfo, &mut $crate::Hyper)) {
                let _ = &change;
                $(change(
                    &$crate::hyper::HyperInfo {
                        name: stringify!($name),
                        default: $default,
                        range: $range,
                        doc: concat!($($doc),+).trim_ascii(),
                    },
                    &mut self.$name,
                );)*
            }
        }
    };
}
