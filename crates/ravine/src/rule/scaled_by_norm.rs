//! Rules that multiply their input by one number, made from its norm.

/// `min(1, bound/norm)`: what shortens a vector to the bound. Exactly 1 where it is short enough.
pub(super) fn shortening(norm: f64, bound: f64) -> f64 {
    if norm > bound { bound / norm } else { 1.0 }
}

/// Implements [`Rule`](super::Rule) for a type with a method `scale(&self, &Step) -> f64`: `u = scale · g`.
macro_rules! scaled_by_norm {
    ($rule:ident: $name:literal, $measure:ident, $scale:literal; $($item:item)*) => {
        impl $crate::rule::Rule for $rule {
            const NAME: &'static str = $name;
            const STATE: &'static [&'static str] = &[];
            const CONSTANTS: &'static [&'static str] = &[$scale];
            const MEASURE: $crate::rule::Measure = $crate::rule::Measure::$measure;
            type State<T> = [T; 0];
            type Constants<T> = [T; 1];

            fn constants(&self, step: &$crate::rule::Step) -> [f64; 1] {
                [self.scale(step)]
            }

            #[inline(always)]
            fn apply<T: $crate::Real>([scale]: &[T; 1], at: $crate::rule::At<T>, []: &mut [T; 0]) -> T {
                *scale * at.g
            }

            $($item)*
        }
    };
}
pub(super) use scaled_by_norm;

/// Implements [`Rule`](super::Rule) for clipping: with the hyper-parameter `$bound`, a bound of what `$size` makes of the step.
macro_rules! clips_by_norm {
    ($rule:ident: $name:literal, $measure:ident, $scale:literal; $bound:ident, $size:expr) => {
        impl $rule {
            fn scale(&self, step: &$crate::rule::Step) -> f64 {
                let size: fn(&$crate::rule::Step) -> f64 = $size;
                $crate::rule::scaled_by_norm::shortening(size(step), step.value(&self.$bound))
            }
        }

        $crate::rule::scaled_by_norm::scaled_by_norm! {
            $rule: $name, $measure, $scale;

            fn is_identity(&self) -> bool {
                self.$bound.is(f64::INFINITY)
            }

            fn clips(&self, step: &$crate::rule::Step) -> bool {
                self.scale(step) < 1.0
            }
        }
    };
}
pub(super) use clips_by_norm;
