//! Functions written as text, with their exact derivatives.
//!
//! `(1 - x)^2 + 100*(y - x^2)^2` is read with the usual precedence (`-x^2` is −(x²), `2^3^2` is 2⁹), differentiated
//! symbolically, and kept as one list of [`Node`]s in which what value, gradient and Hessian share is computed once. Functions
//! are those of the `libm` crate, so that values have the same bits on every platform.
//!
//! ```
//! use ravine::expression::Expression;
//! use ravine::minimize::Objective;
//!
//! let rosenbrock = Expression::parse("(1 - x)^2 + 100*(y - x^2)^2")?;
//! assert_eq!(rosenbrock.variables(), ["x", "y"]);
//! let mut gradient = [0.0; 2];
//! assert!(rosenbrock.gradient(&[1.0, 1.0], &mut gradient));
//! assert_eq!(gradient, [0.0, 0.0]);
//! # Ok::<(), ravine::expression::ParseError>(())
//! ```

mod error;
mod graph;
mod node;
mod parse;
mod token;

pub use error::ParseError;
pub use node::{Binary, Node, Unary};

use crate::Scalar;
use crate::minimize::Objective;
use graph::{Graph, MOST};

/// A function of named variables, with its gradient and its Hessian.
///
/// Grammar: numbers (`1.5e-3`), names, `+ - * / ^` (or `**`, or `x²`), parentheses, the constants `pi`, `tau` and `e`, and the functions
/// `abs acos asin atan atan2 cos cosh exp ln log log10 log2 max min pow sign sin sinh sqrt tan tanh`; `log` is the natural
/// logarithm. At a kink (`abs` at 0, `min` and `max` where both are equal) the derivative is that of one side, or between them.
///
/// As an [`Objective`] it takes its variables in the order of [`variables`](Self::variables).
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    variables: Vec<String>,
    nodes: Vec<Node>,
    /// How many of the nodes the value needs, and how many value and gradient together.
    value_nodes: usize,
    gradient_nodes: usize,
    value: usize,
    gradient: Vec<usize>,
    /// Rows of the lower triangle.
    hessian: Vec<usize>,
}

impl Expression {
    /// Reads and differentiates an expression.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, and where.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let (graph, value, variables) = parse::parse(text)?;
        Self::from_graph(text, graph, value, variables).ok_or_else(|| ParseError {
            message: format!(
                "the first and second derivatives of this need more than {MOST} operations"
            ),
            text: text.into(),
            place: 0..text.chars().count(),
        })
    }

    /// `None` if the derivatives are too large.
    fn from_graph(
        text: &str,
        mut graph: Graph,
        value: usize,
        variables: Vec<String>,
    ) -> Option<Self> {
        let n = variables.len();
        let gradient = (0..n).map(|i| graph.derivative(value, i));
        let gradient = gradient.collect::<Option<Vec<usize>>>()?;
        let mut hessian = Vec::new();
        for (i, &g) in gradient.iter().enumerate() {
            for j in 0..=i {
                hessian.push(graph.derivative(g, j)?);
            }
        }
        let (nodes, ends, place) = graph.ordered(&[&[value], &gradient, &hessian]);
        let placed = |roots: &[usize]| roots.iter().map(|root| place[*root]).collect();
        Some(Self {
            text: text.into(),
            variables,
            nodes,
            value_nodes: ends[0],
            gradient_nodes: ends[1],
            value: place[value],
            gradient: placed(&gradient),
            hessian: placed(&hessian),
        })
    }

    /// The text that it was read from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of the variables, in alphabetical order; `x2` comes before `x10`.
    #[must_use]
    pub fn variables(&self) -> &[String] {
        &self.variables
    }

    /// The nodes of value, gradient and Hessian, each made of earlier ones.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Which node is the value. It is made of nodes up to itself only.
    #[must_use]
    pub fn value_node(&self) -> usize {
        self.value
    }

    /// Which nodes are the partial derivatives.
    #[must_use]
    pub fn gradient_nodes(&self) -> &[usize] {
        &self.gradient
    }

    /// Which node is ∂²f/∂xᵢ∂xⱼ; `None` for variables that there are not.
    #[must_use]
    pub fn hessian_node(&self, i: usize, j: usize) -> Option<usize> {
        let (row, column) = (i.max(j), i.min(j));
        let known = row < self.variables.len();
        known
            .then(|| self.hessian.get(row * (row + 1) / 2 + column).copied())
            .flatten()
    }

    /// Whether the value contains a kink or a jump: `abs`, `sign`, `min` or `max`.
    #[must_use]
    pub fn is_smooth(&self) -> bool {
        let kink = |node: &Node| {
            matches!(
                node,
                Node::Unary(Unary::Abs | Unary::Sign, _)
                    | Node::Binary(Binary::Min | Binary::Max, _, _)
            )
        };
        !self.nodes[..self.value_nodes].iter().any(kink)
    }

    /// The first `count` nodes' values at x. Variables beyond the end of x are NaN.
    fn run<T: Scalar>(&self, x: &[T], count: usize) -> Vec<f64> {
        let mut values = Vec::with_capacity(count);
        for node in &self.nodes[..count] {
            values.push(node.value(&values, &|i| x.get(i).map_or(f64::NAN, |x| x.to_f64())));
        }
        values
    }
}

impl<T: Scalar> Objective<T> for Expression {
    fn value(&self, x: &[T]) -> f64 {
        self.run(x, self.value_nodes)[self.value]
    }

    fn gradient(&self, x: &[T], gradient: &mut [T]) -> bool {
        self.value_and_gradient(x, gradient).is_some()
    }

    fn value_and_gradient(&self, x: &[T], gradient: &mut [T]) -> Option<f64> {
        let values = self.run(x, self.gradient_nodes);
        for (g, node) in gradient.iter_mut().zip(&self.gradient) {
            *g = T::from_f64(values[*node]);
        }
        Some(values[self.value])
    }

    fn hessian_vector(&self, x: &[T], v: &[T], product: &mut [T]) -> bool {
        let values = self.run(x, self.nodes.len());
        for (i, product) in product.iter_mut().enumerate() {
            let row = v.iter().enumerate().filter_map(|(j, v)| {
                let node = self.hessian_node(i, j)?;
                Some(values[node] * v.to_f64())
            });
            *product = T::from_f64(row.sum());
        }
        true
    }

    fn hessian(&self, x: &[T], hessian: &mut [T]) -> bool {
        let values = self.run(x, self.nodes.len());
        let n = self.variables.len().max(1);
        for (k, entry) in hessian.iter_mut().enumerate() {
            let node = self.hessian_node(k / n, k % n);
            *entry = T::from_f64(node.map_or(0.0, |node| values[node]));
        }
        true
    }

    fn dimension(&self) -> Option<usize> {
        Some(self.variables.len())
    }
}
