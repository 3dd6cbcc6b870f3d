//! One operation of an expression, and what it computes.

/// One value of an expression, made of earlier ones, which it names by their index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// A number.
    Number(f64),
    /// The variable of this number; from the number of variables on, the parts of the direction that the Hessian is multiplied by.
    Variable(usize),
    /// An operation on one value.
    Unary(Unary, usize),
    /// An operation on two values.
    Binary(Binary, usize, usize),
    /// `if a < b { then } else { otherwise }`, in this order.
    IfLess(usize, usize, usize, usize),
}

/// An operation on one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Unary {
    Negate,
    Sqrt,
    Abs,
    /// −1, 0 or 1
    Sign,
    Exp,
    Ln,
    Log10,
    Log2,
    Cbrt,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
}

/// An operation on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Min,
    Max,
    Atan2,
}

impl Unary {
    /// The functions that can be called by name.
    pub(super) const NAMED: &'static [(&'static str, Self)] = &[
        ("abs", Self::Abs),
        ("acos", Self::Acos),
        ("asin", Self::Asin),
        ("atan", Self::Atan),
        ("cbrt", Self::Cbrt),
        ("cos", Self::Cos),
        ("cosh", Self::Cosh),
        ("exp", Self::Exp),
        ("ln", Self::Ln),
        ("log", Self::Ln),
        ("log10", Self::Log10),
        ("log2", Self::Log2),
        ("sign", Self::Sign),
        ("sin", Self::Sin),
        ("sinh", Self::Sinh),
        ("sqrt", Self::Sqrt),
        ("tan", Self::Tan),
        ("tanh", Self::Tanh),
    ];

    /// The operation's result.
    #[must_use]
    pub fn apply(self, a: f64) -> f64 {
        match self {
            Self::Negate => -a,
            Self::Sqrt => a.sqrt(),
            Self::Abs => a.abs(),
            Self::Sign if a > 0.0 => 1.0,
            Self::Sign if a < 0.0 => -1.0,
            // 0 of either sign is 0, and NaN stays.
            Self::Sign => a * 0.0,
            Self::Exp => libm::exp(a),
            Self::Ln => libm::log(a),
            Self::Log10 => libm::log10(a),
            Self::Log2 => libm::log2(a),
            Self::Cbrt => libm::cbrt(a),
            Self::Sin => libm::sin(a),
            Self::Cos => libm::cos(a),
            Self::Tan => libm::tan(a),
            Self::Asin => libm::asin(a),
            Self::Acos => libm::acos(a),
            Self::Atan => libm::atan(a),
            Self::Sinh => libm::sinh(a),
            Self::Cosh => libm::cosh(a),
            Self::Tanh => libm::tanh(a),
        }
    }
}

impl Binary {
    /// The functions of two arguments that can be called by name.
    pub(super) const NAMED: &'static [(&'static str, Self)] = &[
        ("atan2", Self::Atan2),
        ("max", Self::Max),
        ("min", Self::Min),
        ("pow", Self::Power),
    ];

    /// The operation's result. The smaller or larger of NaN and a number is the first one, as in [`Real`](crate::Real).
    #[must_use]
    pub fn apply(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Power => libm::pow(a, b),
            Self::Min if b < a => b,
            Self::Max if a < b => b,
            Self::Min | Self::Max => a,
            Self::Atan2 => libm::atan2(a, b),
        }
    }
}

impl Node {
    /// The node's value, given those of the nodes before it and of the variables.
    #[inline]
    pub(super) fn value(&self, before: &[f64], variable: impl Fn(usize) -> f64) -> f64 {
        match *self {
            Self::Number(value) => value,
            Self::Variable(i) => variable(i),
            Self::Unary(operation, a) => operation.apply(before[a]),
            Self::Binary(operation, a, b) => operation.apply(before[a], before[b]),
            Self::IfLess(a, b, then, _) if before[a] < before[b] => before[then],
            Self::IfLess(_, _, _, otherwise) => before[otherwise],
        }
    }

    /// The nodes that it is made of.
    pub(super) fn operands(&self) -> impl Iterator<Item = usize> + use<> {
        let operands = match *self {
            Self::Number(_) | Self::Variable(_) => [None; 4],
            Self::Unary(_, a) => [Some(a), None, None, None],
            Self::Binary(_, a, b) => [Some(a), Some(b), None, None],
            Self::IfLess(a, b, then, otherwise) => [Some(a), Some(b), Some(then), Some(otherwise)],
        };
        operands.into_iter().flatten()
    }

    /// The same node where those that it is made of have other places.
    pub(super) fn moved(&self, place: &[usize]) -> Self {
        match *self {
            Self::Number(_) | Self::Variable(_) => *self,
            Self::Unary(operation, a) => Self::Unary(operation, place[a]),
            Self::Binary(operation, a, b) => Self::Binary(operation, place[a], place[b]),
            Self::IfLess(a, b, then, otherwise) => {
                Self::IfLess(place[a], place[b], place[then], place[otherwise])
            }
        }
    }
}
