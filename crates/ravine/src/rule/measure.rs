//! What a rule must know of the whole tensor, and what its states begin with.

/// What a state holds before the first update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// A number.
    Constant(f64),
    /// The parameter's own values.
    Parameter,
}

/// What a rule must know of its whole input before it can start.
///
/// Where this is not `Nothing`, the rule begins a new pass over memory, unless it is the first of its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Nothing: coordinate after coordinate.
    Nothing,
    /// The Euclidean norm of the input over the parameter, as [`Step::norm`](super::Step::norm).
    ParameterNorm,
    /// The Euclidean norm of the input over all parameters of the step.
    GlobalNorm,
    /// The sums of [`Rule::terms`](super::Rule::terms) over the parameter, as [`Step::sums`](super::Step::sums).
    ParameterSums,
    /// The sums of [`Rule::terms`](super::Rule::terms) over all parameters of the step.
    GlobalSums,
}

impl Measure {
    /// Whether the rule's own terms are summed.
    #[must_use]
    pub const fn sums(self) -> bool {
        matches!(self, Self::ParameterSums | Self::GlobalSums)
    }

    /// What the measure, and with it a rule's memory, extends over.
    #[must_use]
    pub fn scope(self) -> Scope {
        match self {
            Self::GlobalNorm | Self::GlobalSums => Scope::Global,
            Self::Nothing | Self::ParameterNorm | Self::ParameterSums => Scope::Parameter,
        }
    }
}

/// In which updates of a parameter a rule cannot do without the estimate of the Hessian's diagonal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeedsHessian {
    /// In none.
    Never,
    /// In the parameter's first; it remembers what it saw.
    First,
    /// In all.
    Always,
}

/// What a measure or a memory extends over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Each parameter has its own.
    Parameter,
    /// All parameters of the optimiser share one.
    Global,
}
