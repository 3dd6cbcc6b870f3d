//! Options set by name.

use crate::minimize::Error;
use crate::minimize::options::{self, OptionInfo, Options};

/// An option of a method or of a step size, and its value: `cma-es.population=30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting<'a> {
    /// The name of the method or step size.
    pub owner: &'a str,
    /// The option.
    pub option: &'a str,
    /// Its value.
    pub value: &'a str,
}

impl<'a> Setting<'a> {
    /// Reads `owner.option=value`.
    ///
    /// # Errors
    ///
    /// If it does not read like that.
    pub fn parse(text: &'a str) -> Result<Self, Error> {
        let parts = text.split_once('=').and_then(|(key, value)| {
            let (owner, option) = key.split_once('.')?;
            Some((owner.trim(), option.trim(), value.trim()))
        });
        match parts {
            Some((owner, option, value)) if !owner.is_empty() && !option.is_empty() => Ok(Self {
                owner,
                option,
                value,
            }),
            _ => Err(Error::Unknown(format!(
                "'{text}' is not a setting: write NAME.option=value, such as lbfgs.memory=5"
            ))),
        }
    }
}

/// Is shown what is made, before it is used.
pub(super) type Configure<'a> = &'a mut dyn FnMut(&mut dyn Options);

/// Makes what is called `owner`, with its settings among `settings`.
pub(super) fn configured<M>(
    owner: &str,
    settings: &[Setting<'_>],
    make: impl FnOnce(Configure<'_>) -> M,
) -> Result<M, Error> {
    let mut outcome = Ok(());
    let made = make(&mut |options| {
        let mut own = settings.iter().filter(|setting| setting.owner == owner);
        outcome = own.try_for_each(|s| options::set(options, owner, s.option, s.value));
    });
    outcome.map(|()| made)
}

/// The options of what is made.
pub(super) fn options<M>(make: impl FnOnce(Configure<'_>) -> M) -> Vec<OptionInfo> {
    let mut list = Vec::new();
    make(&mut |options| list = options::list(options));
    list
}

/// The documentation of what is made, and of its parts.
pub(super) fn docs<M>(make: impl FnOnce(Configure<'_>) -> M) -> Vec<&'static str> {
    let mut docs = Vec::new();
    make(&mut |options| docs = options.docs());
    docs
}
