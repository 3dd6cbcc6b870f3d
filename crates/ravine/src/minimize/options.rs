//! Options by name, as command lines and files set them.

use super::set::Whole;
use super::{Error, Method};
use crate::Scalar;
use crate::suggest::nearest;

/// An option of a method or of a step size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionInfo {
    /// Its name.
    pub name: &'static str,
    /// Its value where nothing is said.
    pub default: String,
    /// What may be written: `a number`.
    pub form: String,
    /// What it means, and its range.
    pub doc: &'static str,
}

/// Sees the name, the documentation and the value of an option.
pub(crate) type See<'a> = &'a mut dyn FnMut(&'static str, &'static str, &mut dyn Value);

/// What has options. Written by [`options!`].
pub(crate) trait Options {
    /// The documentation, and that of the parts that have options themselves.
    fn docs(&self) -> Vec<&'static str>;

    /// Lets each option be seen and changed.
    fn visit(&mut self, see: See<'_>);
}

/// A field of what has options: an option, or a part that has some, or neither.
pub(crate) trait Field {
    fn docs(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Shows the option with the name and the documentation of the field, or the options of the part.
    fn visit(&mut self, _name: &'static str, _doc: &'static str, _see: See<'_>) {}
}

/// What an option may be.
pub(crate) trait Value {
    /// It, as it is written.
    fn text(&self) -> String;

    /// Reads it; whether the text was of its [form](Self::form).
    fn set(&mut self, text: &str) -> bool;

    /// What may be written.
    fn form(&self) -> String;
}

impl<V: Value> Field for V {
    fn visit(&mut self, name: &'static str, doc: &'static str, see: See<'_>) {
        see(name, doc, self);
    }
}

/// A method within a method has a name of its own.
impl<T: Scalar> Field for Box<dyn Method<T>> {}

/// Nor is the whole space a choice.
impl Field for Whole {}

/// The options with their present values.
pub(crate) fn list(options: &mut dyn Options) -> Vec<OptionInfo> {
    let mut list = Vec::new();
    options.visit(&mut |name, doc, value| {
        list.push(OptionInfo {
            name,
            default: value.text(),
            form: value.form(),
            doc: doc.trim_ascii(),
        });
    });
    list
}

/// Sets an option. `owner` is whose option it is, for messages.
pub(crate) fn set(
    options: &mut dyn Options,
    owner: &str,
    option: &str,
    text: &str,
) -> Result<(), Error> {
    let mut known = Vec::new();
    let mut outcome = None;
    options.visit(&mut |name, _, value| {
        known.push(name);
        if name == option {
            outcome = Some(match value.set(text.trim()) {
                true => Ok(()),
                false => Err(Error::Unknown(format!(
                    "{owner}.{name}: '{text}' is not {}",
                    value.form()
                ))),
            });
        }
    });
    outcome.unwrap_or_else(|| {
        let hint = match (nearest(option, known.iter().copied()), &known[..]) {
            (_, []) => "it has none".to_string(),
            (Some(near), _) => format!("did you mean '{near}'?"),
            (None, known) => format!("there are: {}", known.join(", ")),
        };
        Err(Error::Unknown(format!(
            "{owner} has no option '{option}'; {hint}"
        )))
    })
}

macro_rules! parsed {
    ($($type:ty: $form:literal),*) => {$(
        impl Value for $type {
            fn text(&self) -> String {
                self.to_string()
            }

            fn set(&mut self, text: &str) -> bool {
                text.parse().map(|value| *self = value).is_ok()
            }

            fn form(&self) -> String {
                $form.to_string()
            }
        }
    )*};
}

parsed!(f64: "a number", u32: "a whole number", u64: "a whole number", usize: "a whole number", bool: "true or false");

/// `None` reads `auto`.
impl<V: Value + Default> Value for Option<V> {
    fn text(&self) -> String {
        match self {
            Some(value) => value.text(),
            None => "auto".to_string(),
        }
    }

    fn set(&mut self, text: &str) -> bool {
        let mut value = V::default();
        match text {
            "auto" => *self = None,
            _ if value.set(text) => *self = Some(value),
            _ => return false,
        }
        true
    }

    fn form(&self) -> String {
        format!("auto or {}", V::default().form())
    }
}

/// `0.5:1`.
impl Value for (f64, f64) {
    fn text(&self) -> String {
        format!("{}:{}", self.0, self.1)
    }

    fn set(&mut self, text: &str) -> bool {
        let parts = text.split_once(':');
        parts.is_some_and(|(low, high)| self.0.set(low.trim()) && self.1.set(high.trim()))
    }

    fn form(&self) -> String {
        "two numbers with a colon between them".to_string()
    }
}

/// Declares a struct whose fields are [options](Options).
macro_rules! options {
    (
        $(#[doc = $about:expr])*
        #[derive($($derived:ident),*)]
        pub struct $name:ident $(<$part:ident $(= $default:ty)?>)? {
            $($(#[doc = $doc:expr])* $vis:vis $field:ident: $type:ty,)*
        }
    ) => {
        $(#[doc = $about])*
        #[derive($($derived),*)]
        pub struct $name $(<$part $(= $default)?>)? {
            $($(#[doc = $doc])* $vis $field: $type,)*
        }

        $crate::minimize::options::options! {
            @implement $name [$($part)?] [$($about),*] $($field [$($doc),*])*
        }
    };
    (
        $(#[doc = $about:expr])*
        #[derive($($derived:ident),*)]
        pub struct $name:ident;
    ) => {
        $(#[doc = $about])*
        #[derive($($derived),*)]
        pub struct $name;

        $crate::minimize::options::options! { @implement $name [] [$($about),*] }
    };
    (@implement $name:ident [$($part:ident)?] [$($about:expr),*] $($field:ident [$($doc:expr),*])*) => {
        const _: () = {
            use $crate::minimize::options::{Field, Options, See};

            impl $(<$part: Field>)? Options for $name $(<$part>)? {
                fn docs(&self) -> Vec<&'static str> {
                    let own = [concat!($($about, "\n"),*)];
                    own.into_iter()$(.chain(Field::docs(&self.$field)))*.collect()
                }

                fn visit(&mut self, see: See<'_>) {
                    let _ = &see;
                    $(Field::visit(&mut self.$field, stringify!($field), concat!($($doc, "\n"),*), see);)*
                }
            }

            impl $(<$part: Field>)? Field for $name $(<$part>)? {
                fn docs(&self) -> Vec<&'static str> {
                    Options::docs(self)
                }

                fn visit(&mut self, _name: &'static str, _doc: &'static str, see: See<'_>) {
                    Options::visit(self, see);
                }
            }
        };
    };
}
pub(crate) use options;

/// Makes an enumeration an option: its names, and for some a number, as in `ipop:9`.
macro_rules! choice {
    ($type:ident: $($name:literal => $variant:ident $(($number:ident: $of:ty))?),+) => {
        impl $crate::minimize::options::Value for $type {
            fn text(&self) -> String {
                match self {
                    $(Self::$variant $(($number))? => {
                        let text = $name.to_string();
                        $(let text = format!("{text}:{}", $number);)?
                        text
                    })+
                }
            }

            fn set(&mut self, text: &str) -> bool {
                let (name, number) = match text.split_once(':') {
                    Some((name, number)) => (name, Some(number.trim())),
                    None => (text, None),
                };
                $(if name == $name {
                    $(
                        let Some(Ok($number)) = number.map(str::parse::<$of>) else {
                            return false;
                        };
                        let number = None::<&str>;
                    )?
                    *self = Self::$variant $(($number))?;
                    return number.is_none();
                })+
                false
            }

            fn form(&self) -> String {
                [$(concat!($name $(, ":", stringify!($number))?)),+].join(", or ")
            }
        }
    };
}
pub(crate) use choice;
