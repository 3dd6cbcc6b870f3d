//! What all averages of the parameters have in common.

use crate::Real;
use crate::rule::At;

/// `e + c(x′ − e)` with `x′ = x − u`, the parameter behind the step.
#[inline(always)]
pub(super) fn toward<T: Real>(c: T, at: At<T>, e: T) -> T {
    e + c * ((at.x - at.g) - e)
}

/// Writes [`Rule`](crate::rule::Rule) for an average of one state that moves towards the parameter behind the step by a
/// weight of the step: `weight` is a method of the type.
macro_rules! average {
    ($type:ty, $name:literal, $constant:literal) => {
        impl $crate::rule::Rule for $type {
            const NAME: &'static str = $name;
            const STATE: &'static [&'static str] = &[$name];
            const CONSTANTS: &'static [&'static str] = &[$constant];
            const READS_UPDATE: bool = true;
            const CHANGES_UPDATE: bool = false;
            const AVERAGES: bool = true;
            type State<T> = [T; 1];
            type Constants<T> = [T; 1];

            fn constants(&self, step: &$crate::rule::Step) -> [f64; 1] {
                [self.weight(step)]
            }

            #[inline(always)]
            fn apply<T: $crate::Real>(
                [c]: &[T; 1],
                at: $crate::rule::At<T>,
                [e]: &mut [T; 1],
            ) -> T {
                *e = $crate::average::toward::toward(*c, at, *e);
                at.g
            }

            #[inline(always)]
            fn evaluate<T: $crate::Real>(_constants: &[T; 1], _x: T, [e]: &[T; 1]) -> T {
                *e
            }

            fn initial(&self, _state: usize) -> $crate::rule::Initial {
                $crate::rule::Initial::Parameter
            }
        }
    };
}
pub(super) use average;
