//! Functions written as text, with their exact derivatives.
//!
//! `(1 - x)^2 + 100*(y - x^2)^2` is read with the usual precedence (`-x^2` is −(x²), `2^3^2` is 2⁹), differentiated
//! symbolically, and kept as one list of [`Node`]s in which what value, gradient and the Hessian's product with a direction share is
//! computed once. Functions are those of the `libm` crate, so that values have the same bits on every platform.
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
/// `abs acos asin atan atan2 cbrt cos cosh exp ln log log10 log2 max min pow sign sin sinh sqrt tan tanh`; `log` is the natural
/// logarithm. At a kink (`abs` at 0, `min` and `max` where both are equal) the derivative is that of one side, or between them.
///
/// As an [`Objective`] it takes its variables in the order of [`variables`](Self::variables). A gradient, and a product with the
/// Hessian, cost a few times what the value costs, however many variables there are; the Hessian itself costs a product for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    variables: Vec<String>,
    nodes: Vec<Node>,
    /// How many of the nodes the value needs, how many value and gradient together, and how many do not depend on the direction that
    /// the Hessian is multiplied by.
    ends: [usize; 3],
    value: usize,
    gradient: Vec<usize>,
    product: Vec<usize>,
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
        let (x, v) = (0..n, n..2 * n);
        let gradient = graph.gradient(value, x.clone())?;
        // ∇²f·v = ∇(∇f·v)
        let along = graph.along(&gradient, v.clone());
        let product = graph.gradient(along, x)?;
        let fixed = graph.without(&product, &v);
        let (nodes, [value_end, gradient_end, fixed_end, _], place) =
            graph.ordered([&[value], &gradient, &fixed, &product]);
        let placed = |roots: &[usize]| roots.iter().map(|root| place[*root]).collect();
        Some(Self {
            text: text.into(),
            variables,
            nodes,
            ends: [value_end, gradient_end, fixed_end],
            value: place[value],
            gradient: placed(&gradient),
            product: placed(&product),
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

    /// The nodes of value, gradient and the Hessian's product with a direction, each made of earlier ones.
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

    /// Which nodes are the Hessian's product with the direction v, where vᵢ is the variable n + i.
    #[must_use]
    pub fn product_nodes(&self) -> &[usize] {
        &self.product
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
        !self.nodes[..self.ends[0]].iter().any(kink)
    }

    /// The nodes' values at x up to `end`, of which there are some already. Variables that there are not are NaN.
    fn run(&self, values: &mut Vec<f64>, end: usize, x: &[impl Scalar], v: impl Fn(usize) -> f64) {
        let n = self.variables.len();
        values.reserve(end.saturating_sub(values.len()));
        for node in &self.nodes[values.len()..end] {
            let variable = |i: usize| match x.get(i) {
                Some(x) if i < n => x.to_f64(),
                _ if i < n => f64::NAN,
                _ => v(i - n),
            };
            values.push(node.value(values, variable));
        }
    }

    /// The values of the nodes before `end` at x, where they do not depend on a direction.
    fn at(&self, x: &[impl Scalar], end: usize) -> Vec<f64> {
        let mut values = Vec::new();
        self.run(&mut values, end, x, |_| f64::NAN);
        values
    }
}

impl<T: Scalar> Objective<T> for Expression {
    fn value(&self, x: &[T]) -> f64 {
        self.at(x, self.ends[0])[self.value]
    }

    fn gradient(&self, x: &[T], gradient: &mut [T]) -> bool {
        self.value_and_gradient(x, gradient).is_some()
    }

    fn value_and_gradient(&self, x: &[T], gradient: &mut [T]) -> Option<f64> {
        let values = self.at(x, self.ends[1]);
        for (g, node) in gradient.iter_mut().zip(&self.gradient) {
            *g = T::from_f64(values[*node]);
        }
        Some(values[self.value])
    }

    fn hessian_vector(&self, x: &[T], v: &[T], product: &mut [T]) -> bool {
        let mut values = Vec::new();
        let direction = |i: usize| v.get(i).map_or(f64::NAN, |v| v.to_f64());
        self.run(&mut values, self.nodes.len(), x, direction);
        for (p, node) in product.iter_mut().zip(&self.product) {
            *p = T::from_f64(values[*node]);
        }
        true
    }

    fn hessian(&self, x: &[T], hessian: &mut [T]) -> bool {
        let mut values = self.at(x, self.ends[2]);
        let n = self.variables.len().max(1);
        for (i, row) in hessian.chunks_mut(n).enumerate() {
            values.truncate(self.ends[2]);
            let unit = |j| if i == j { 1.0 } else { 0.0 };
            self.run(&mut values, self.nodes.len(), x, unit);
            for (h, node) in row.iter_mut().zip(&self.product) {
                *h = T::from_f64(values[*node]);
            }
        }
        true
    }

    fn dimension(&self) -> Option<usize> {
        Some(self.variables.len())
    }
}
