//! What can go wrong with a matrix.

/// A matrix function could not give its result; what it was to change is as it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlgebraError {
    /// The shapes do not fit.
    #[error("{what} is {found}, but must be {expected}")]
    Shape {
        /// The matrix or slice.
        what: &'static str,
        /// Its shape.
        found: String,
        /// The shape it must have.
        expected: String,
    },

    /// The matrix holds an infinity or NaN, or its result would.
    #[error("the {of} of a matrix that holds infinite numbers or NaN, or overflows to them")]
    NotFinite {
        /// The function.
        of: &'static str,
    },

    /// An iteration did not converge.
    #[error("the {of} did not converge")]
    NoConvergence {
        /// The function.
        of: &'static str,
    },

    /// The matrix has no inverse.
    #[error("the {of} of a singular matrix")]
    Singular {
        /// The function.
        of: &'static str,
    },

    /// The matrix must be positive semidefinite, but has a negative eigenvalue beyond rounding.
    #[error("the inverse root of a matrix with the negative eigenvalue {eigenvalue}")]
    Indefinite {
        /// The smallest eigenvalue.
        eigenvalue: f64,
    },

    /// An argument lies outside its range.
    #[error("{name} is {value}, but must be {range}")]
    Argument {
        /// The argument.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it must be.
        range: &'static str,
    },
}

/// As a [`Whole`](crate::rule::Whole) link reports it.
impl From<AlgebraError> for String {
    fn from(error: AlgebraError) -> Self {
        error.to_string()
    }
}

impl AlgebraError {
    /// `what` has the shape `found` where `expected` is right.
    pub(super) fn shape(
        what: &'static str,
        found: (usize, usize),
        expected: (usize, usize),
    ) -> Self {
        let text = |(rows, cols)| format!("{rows} × {cols}");
        Self::Shape {
            what,
            found: text(found),
            expected: text(expected),
        }
    }
}

/// An error unless `what` has the shape that is expected.
pub(super) fn expect_shape(
    what: &'static str,
    found: (usize, usize),
    expected: (usize, usize),
) -> Result<(), AlgebraError> {
    if found == expected {
        Ok(())
    } else {
        Err(AlgebraError::shape(what, found, expected))
    }
}
