//! A rule's formula as data: recorded by running the rule on symbols.

use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::Real;
use crate::pack::Pack;
use crate::rule::{At, Rule};

/// One value of a [`Program`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// The rule's constant of this number.
    Constant(usize),
    /// The parameter `x` before the step.
    Parameter,
    /// The rule's input: the gradient, or what the link before made of it.
    Input,
    /// The gradient as it came.
    Gradient,
    /// The caller's estimate of the Hessian's diagonal.
    Hessian,
    /// The rule's state of this number, before the step.
    State(usize),
    /// A number written in the formula.
    Literal(f64),
    /// An operation on one earlier value.
    Unary(Unary, usize),
    /// An operation on two earlier values.
    Binary(Binary, usize, usize),
    /// `if a < b { then } else { otherwise }` on four earlier values, in this order.
    IfLess(usize, usize, usize, usize),
}

/// An operation on one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `−a`
    Negate,
    /// `√a`
    Sqrt,
    /// `|a|`
    Abs,
    /// −1, 0 or 1
    Sign,
    /// `eᵃ`
    Exp,
    /// the natural logarithm
    Ln,
    /// `∛a`, with the sign of a
    Cbrt,
    /// the hyperbolic tangent
    Tanh,
}

/// An operation on two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `a + b`
    Add,
    /// `a − b`
    Subtract,
    /// `a · b`
    Multiply,
    /// `a / b`
    Divide,
    /// the larger
    Max,
    /// the smaller
    Min,
    /// `aᵇ` for a ≥ 0; 1 where b = 0
    Power,
}

/// A rule's formula: a list of values, each made from earlier ones, in the order of computation.
///
/// The kernel for slices is compiled from the same formula; the program is what other tensor types interpret
/// ([`crate::tensor`]) and what `ravine explain` prints.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The values; operations name them by their index.
    pub nodes: Vec<Node>,
    /// Which value is the rule's output.
    pub output: usize,
    /// Which value each state has after the step.
    pub states: Vec<usize>,
    /// What is summed beforehand: [`Rule::terms`].
    pub terms: Terms,
    /// The value to evaluate at: [`Rule::evaluate`].
    pub average: Terms,
}

/// What one coordinate adds to a rule's sums, or its average, recorded: values made from earlier ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// The values; operations name them by their index.
    pub nodes: Vec<Node>,
    /// Which value each sum is made of.
    pub outputs: Vec<usize>,
}

impl Program {
    /// Records the formula of `R`.
    #[must_use]
    pub fn of<R: Rule>() -> Self {
        let (nodes, (output, states)) = recorded(|| {
            let (constants, at, mut states) = symbols::<R>();
            let output = R::apply(&constants, at, &mut states);
            let states = (0..R::State::<Symbol>::LEN).map(|k| states.at(k).index);
            (output.index, states.collect())
        });
        Self {
            nodes,
            output,
            states,
            terms: Terms::of::<R>(),
            average: Terms::average_of::<R>(),
        }
    }
}

impl Terms {
    fn of<R: Rule>() -> Self {
        if R::SUMS.is_empty() {
            return Self::default();
        }
        let (nodes, outputs) = recorded(|| {
            let (constants, at, states) = symbols::<R>();
            let terms = R::terms(&constants, at, &states);
            terms[..R::SUMS.len()]
                .iter()
                .map(|term| term.index)
                .collect()
        });
        Self { nodes, outputs }
    }

    fn average_of<R: Rule>() -> Self {
        if !R::AVERAGES {
            return Self::default();
        }
        let (nodes, output) = recorded(|| {
            let (constants, at, states) = symbols::<R>();
            R::evaluate(&constants, at.x, &states).index
        });
        Self {
            nodes,
            outputs: vec![output],
        }
    }
}

/// What `record` returns, with the values that it made. Recordings may nest.
fn recorded<T>(record: impl FnOnce() -> T) -> (Vec<Node>, T) {
    let before = RECORDING.take();
    let result = record();
    (RECORDING.replace(before), result)
}

/// The inputs of a rule's formula.
fn symbols<R: Rule>() -> (R::Constants<Symbol>, At<Symbol>, R::State<Symbol>) {
    let constants = R::Constants::build(&mut |k| Symbol::record(Node::Constant(k)));
    let at = At {
        x: Symbol::record(Node::Parameter),
        g: Symbol::record(Node::Input),
        gradient: Symbol::record(Node::Gradient),
        hessian: Symbol::record(Node::Hessian),
    };
    let states = R::State::build(&mut |k| Symbol::record(Node::State(k)));
    (constants, at, states)
}

thread_local! {
    static RECORDING: RefCell<Vec<Node>> = const { RefCell::new(Vec::new()) };
}

/// A number that records what is done with it, for [`Program::of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    index: usize,
}

impl Symbol {
    fn record(node: Node) -> Self {
        RECORDING.with_borrow_mut(|nodes| {
            nodes.push(node);
            Self {
                index: nodes.len() - 1,
            }
        })
    }

    fn unary(self, operation: Unary) -> Self {
        Self::record(Node::Unary(operation, self.index))
    }

    fn binary(self, operation: Binary, other: Self) -> Self {
        Self::record(Node::Binary(operation, self.index, other.index))
    }
}

impl Add for Symbol {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.binary(Binary::Add, other)
    }
}

impl Sub for Symbol {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.binary(Binary::Subtract, other)
    }
}

impl Mul for Symbol {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        self.binary(Binary::Multiply, other)
    }
}

impl Div for Symbol {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        self.binary(Binary::Divide, other)
    }
}

impl Neg for Symbol {
    type Output = Self;
    fn neg(self) -> Self {
        self.unary(Unary::Negate)
    }
}

impl Real for Symbol {
    fn like(self, value: f64) -> Self {
        Self::record(Node::Literal(value))
    }

    fn sqrt(self) -> Self {
        self.unary(Unary::Sqrt)
    }

    fn abs(self) -> Self {
        self.unary(Unary::Abs)
    }

    fn if_less(self, bound: Self, then: Self, otherwise: Self) -> Self {
        Self::record(Node::IfLess(
            self.index,
            bound.index,
            then.index,
            otherwise.index,
        ))
    }

    fn exp(self) -> Self {
        self.unary(Unary::Exp)
    }

    fn ln(self) -> Self {
        self.unary(Unary::Ln)
    }

    fn cbrt(self) -> Self {
        self.unary(Unary::Cbrt)
    }

    fn tanh(self) -> Self {
        self.unary(Unary::Tanh)
    }

    fn powf(self, exponent: Self) -> Self {
        self.binary(Binary::Power, exponent)
    }

    fn max(self, other: Self) -> Self {
        self.binary(Binary::Max, other)
    }

    fn min(self, other: Self) -> Self {
        self.binary(Binary::Min, other)
    }

    fn sign(self) -> Self {
        self.unary(Unary::Sign)
    }
}
