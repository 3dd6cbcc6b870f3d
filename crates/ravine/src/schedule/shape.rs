//! What every kind of schedule is made of, and the declaration from which its other parts come.

use super::argument::{Field, Given};
use super::error::ScheduleError;
use super::kind::KindInfo;

/// A kind of schedule with its arguments: the declared part, which `shape!` writes.
pub(super) trait Declared: Sized {
    const NAME: &'static str;

    fn info() -> KindInfo;
    fn read(given: &Given<'_, '_>) -> Result<Self, ScheduleError>;
    fn fields(&self) -> Vec<Field<'_>>;
}

/// A kind of schedule with its arguments: the function itself.
pub(super) trait Shape: Declared {
    fn at(&self, step: u64) -> f64;

    /// The steps between which it is monotone, other than the first and the last of all.
    fn turns(&self) -> Vec<u64> {
        Vec::new()
    }

    /// What the range of a single argument cannot say: the culprit and what it must be.
    fn check(&self) -> Result<(), (&'static str, String)> {
        Ok(())
    }
}

/// Declares a kind of schedule once: the struct, its constructor with documentation, its catalogue entry, and how it is read,
/// checked and written all come from here. With `pub` before the struct's name, the constructor takes the struct, which
/// suits a kind with many arguments.
macro_rules! shape {
    (
        $name:ident: $Kind:ident,
        summary: $summary:literal,
        formula: $formula:literal,
        notes: $notes:literal,
        source: $source:literal,
        example: $example:literal,
        arguments: {
            $($(#[doc = $doc:literal])+ $field:ident: $Type:ty $(where $range:ident)? $(= $default:expr)?,)+
        }
    ) => {
        #[derive(Clone, Debug, PartialEq)]
        pub(super) struct $Kind {
            $($field: $Type,)+
        }

        impl $crate::schedule::Schedule {
            #[doc = concat!($summary, ".")]
            #[doc = concat!("\n```text\n", $formula, "\n```\n")]
            #[doc = concat!($notes, "\n\n# Arguments\n")]
            $(#[doc = concat!("- `", stringify!($field), "`:" $(, $doc)+)])+
            #[doc = concat!("\nAs text: `", $example, "`\n\nSource: ", $source, "\n\n# Errors\n")]
            #[doc = "[`BadArgument`](crate::schedule::ScheduleError::BadArgument) for an argument out of its range."]
            pub fn $name($($field: $Type),+) -> Result<Self, $crate::schedule::ScheduleError> {
                Self::checked($Kind { $($field),+ })
            }
        }

        shape! { @declare $name $Kind $summary $formula $notes $source $example
            $($field [$($doc)+] [$Type] [$($range)?] [$($default)?])+ }
    };
    (
        $name:ident: pub $Kind:ident,
        summary: $summary:literal,
        formula: $formula:literal,
        notes: $notes:literal,
        source: $source:literal,
        example: $example:literal,
        arguments: {
            $($(#[doc = $doc:literal])+ $field:ident: $Type:ty $(where $range:ident)? $(= $default:expr)?,)+
        }
    ) => {
        #[doc = concat!($summary, ": the arguments of [`Schedule::", stringify!($name), "`](crate::Schedule::", stringify!($name), ").")]
        #[doc = concat!("\n```text\n", $formula, "\n```\n")]
        #[doc = concat!($notes, "\n\nAs text: `", $example, "`\n\nSource: ", $source)]
        #[derive(Clone, Debug, PartialEq)]
        pub struct $Kind {
            $($(#[doc = $doc])+ pub $field: $Type,)+
        }

        impl $crate::schedule::Schedule {
            #[doc = concat!($summary, "; formula and arguments: [`", stringify!($Kind), "`].")]
            #[doc = "\n# Errors\n"]
            #[doc = "[`BadArgument`](crate::schedule::ScheduleError::BadArgument) for an argument out of its range."]
            pub fn $name(arguments: $Kind) -> Result<Self, $crate::schedule::ScheduleError> {
                Self::checked(arguments)
            }
        }

        shape! { @declare $name $Kind $summary $formula $notes $source $example
            $($field [$($doc)+] [$Type] [$($range)?] [$($default)?])+ }
    };
    (@declare $name:ident $Kind:ident $summary:literal $formula:literal $notes:literal $source:literal $example:literal
        $($field:ident [$($doc:literal)+] [$Type:ty] [$($range:ident)?] [$($default:expr)?])+
    ) => {
        impl $crate::schedule::shape::Declared for $Kind {
            const NAME: &'static str = stringify!($name);

            fn info() -> $crate::schedule::KindInfo {
                use $crate::schedule::argument::Argument;
                $crate::schedule::KindInfo {
                    name: stringify!($name),
                    summary: $summary,
                    formula: $formula,
                    notes: $notes,
                    source: $source,
                    example: $example,
                    arguments: vec![$($crate::schedule::ArgumentInfo {
                        name: stringify!($field),
                        needs: <$Type>::needs(shape!(@range $($range)?)),
                        default: shape!(@default $($default)?).map(|value: $Type| value.text()),
                        doc: concat!($($doc),+).trim_ascii_start(),
                    },)+],
                }
            }

            fn read(
                given: &$crate::schedule::argument::Given<'_, '_>,
            ) -> Result<Self, $crate::schedule::ScheduleError> {
                Ok(Self {
                    $($field: given.take(
                        stringify!($field),
                        shape!(@range $($range)?),
                        shape!(@default $($default)?),
                    )?,)+
                })
            }

            fn fields(&self) -> Vec<$crate::schedule::argument::Field<'_>> {
                use $crate::schedule::argument::Argument;
                vec![$($crate::schedule::argument::Field {
                    name: stringify!($field),
                    range: shape!(@range $($range)?),
                    needs: <$Type>::needs,
                    value: &self.$field,
                },)+]
            }
        }
    };
    (@range $range:ident) => { $crate::schedule::argument::Range::$range };
    (@range) => { $crate::schedule::argument::Range::Finite };
    (@default $default:expr) => { Some($default) };
    (@default) => { None };
}
pub(super) use shape;
