//! Expressions under construction: equal parts are one node, and what is known beforehand is computed at once.

use std::collections::HashMap;
use std::f64::consts::{LN_2, LN_10};
use std::ops::Range;

use super::node::{Binary, Node, Unary};

/// Integer powers up to this are products.
const PRODUCTS: f64 = 64.0;

/// Most nodes. Derivatives have a few times the nodes of their expression, except where `min` and `max` are deeply nested.
pub(super) const MOST: usize = 20_000_000;

#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    known: HashMap<Key, u32>,
}

/// A node as a key: numbers by their bits, places in 32 bits, for which [`MOST`] leaves room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Number(u64),
    Variable(u32),
    Unary(Unary, u32),
    Binary(Binary, u32, u32),
    IfLess([u32; 4]),
}

impl Graph {
    fn add(&mut self, node: Node) -> usize {
        let place = |node: usize| node as u32;
        let key = match node {
            Node::Number(value) => Key::Number(value.to_bits()),
            Node::Variable(i) => Key::Variable(place(i)),
            Node::Unary(operation, a) => Key::Unary(operation, place(a)),
            Node::Binary(operation, a, b) => Key::Binary(operation, place(a), place(b)),
            Node::IfLess(a, b, then, otherwise) => Key::IfLess([a, b, then, otherwise].map(place)),
        };
        let nodes = &mut self.nodes;
        let known = self.known.entry(key).or_insert_with(|| {
            nodes.push(node);
            place(nodes.len() - 1)
        });
        *known as usize
    }

    pub fn number(&mut self, value: f64) -> usize {
        self.add(Node::Number(value))
    }

    pub fn variable(&mut self, i: usize) -> usize {
        self.add(Node::Variable(i))
    }

    fn as_number(&self, node: usize) -> Option<f64> {
        match self.nodes[node] {
            Node::Number(value) => Some(value),
            _ => None,
        }
    }

    fn is(&self, node: usize, value: f64) -> bool {
        self.as_number(node) == Some(value)
    }

    pub fn unary(&mut self, operation: Unary, a: usize) -> usize {
        if let Some(a) = self.as_number(a) {
            return self.number(operation.apply(a));
        }
        match (operation, self.nodes[a]) {
            (Unary::Negate, Node::Unary(Unary::Negate, inner)) => inner,
            (Unary::Negate, Node::IfLess(..)) => {
                self.in_branches(a, |graph, branch| graph.unary(Unary::Negate, branch))
            }
            _ => self.add(Node::Unary(operation, a)),
        }
    }

    /// Neutral numbers go, and a product with 0 is 0: what a derivative multiplies by 0 does not depend on the variable.
    pub fn binary(&mut self, operation: Binary, a: usize, b: usize) -> usize {
        if let (Some(a), Some(b)) = (self.as_number(a), self.as_number(b)) {
            return self.number(operation.apply(a, b));
        }
        match operation {
            Binary::Add if self.is(a, 0.0) => b,
            Binary::Add | Binary::Subtract if self.is(b, 0.0) => a,
            Binary::Subtract if self.is(a, 0.0) => self.unary(Unary::Negate, b),
            Binary::Multiply if self.is(a, 0.0) || self.is(b, 0.0) => self.number(0.0),
            Binary::Multiply if self.is(a, 1.0) => b,
            Binary::Multiply | Binary::Divide if self.is(b, 1.0) => a,
            Binary::Multiply if self.is(a, -1.0) => self.unary(Unary::Negate, b),
            Binary::Divide if self.is(a, 0.0) => a,
            Binary::Multiply | Binary::Divide if self.is_half(a) => {
                self.in_branches(a, |graph, branch| graph.binary(operation, branch, b))
            }
            Binary::Multiply if self.is_half(b) => {
                self.in_branches(b, |graph, branch| graph.binary(operation, a, branch))
            }
            Binary::Power => self.power(a, b),
            _ => self.add(Node::Binary(operation, a, b)),
        }
    }

    /// Whether a node is a choice of which one branch is 0, as in derivatives of `min` and `max`. What such a node is multiplied by may
    /// be infinite where that branch is chosen, so products are made in the other one.
    fn is_half(&self, node: usize) -> bool {
        matches!(self.nodes[node], Node::IfLess(_, _, then, otherwise) if self.is(then, 0.0) || self.is(otherwise, 0.0))
    }

    /// A choice, with something done in both branches.
    fn in_branches(
        &mut self,
        node: usize,
        mut make: impl FnMut(&mut Self, usize) -> usize,
    ) -> usize {
        let Node::IfLess(a, b, then, otherwise) = self.nodes[node] else {
            return make(self, node);
        };
        let (then, otherwise) = (make(self, then), make(self, otherwise));
        self.choose(a, b, then, otherwise)
    }

    /// Small integer powers as products, by repeated squaring: exact where the products are.
    fn power(&mut self, base: usize, exponent: usize) -> usize {
        let Some(n) = self.as_number(exponent) else {
            return self.add(Node::Binary(Binary::Power, base, exponent));
        };
        if n == 0.5 {
            return self.unary(Unary::Sqrt, base);
        }
        if n.fract() != 0.0 || n.abs() > PRODUCTS {
            return self.add(Node::Binary(Binary::Power, base, exponent));
        }
        let one = self.number(1.0);
        let (mut result, mut square, mut left) = (one, base, n.abs() as u64);
        while left > 0 {
            if left & 1 == 1 {
                result = self.binary(Binary::Multiply, result, square);
            }
            left >>= 1;
            if left > 0 {
                square = self.binary(Binary::Multiply, square, square);
            }
        }
        if n < 0.0 {
            self.binary(Binary::Divide, one, result)
        } else {
            result
        }
    }

    /// The partial derivatives of a node, for the variables of these numbers.
    ///
    /// The chain rule from the node down to the variables ("reverse mode"): what every node adds to the rates of its parts is made
    /// once, however many variables there are, so derivatives are a small multiple of the expression. `None` if the graph became
    /// larger than [`MOST`]. Source: A. Griewank, A. Walther, Evaluating Derivatives, 2nd edition, 2008, section 3.2.
    pub fn gradient(&mut self, node: usize, variables: Range<usize>) -> Option<Vec<usize>> {
        let (zero, one) = (self.number(0.0), self.number(1.0));
        let depends = self.depend(&variables);
        let mut gradient = vec![zero; variables.len()];
        // The derivative of the node with respect to each before it, as far as it is added up.
        let mut rates = vec![zero; node + 1];
        rates[node] = one;
        for node in (0..=node).rev() {
            let rate = rates[node];
            if rate == zero || !depends[node] {
                continue;
            }
            if self.nodes.len() > MOST {
                return None;
            }
            if let Node::Variable(i) = self.nodes[node] {
                gradient[i - variables.start] = rate;
            }
            for (k, part) in self.nodes[node].operands().enumerate() {
                if depends[part] {
                    let share = self.share(node, k, rate);
                    rates[part] = self.binary(Binary::Add, rates[part], share);
                }
            }
        }
        Some(gradient)
    }

    /// The sum of products of nodes with the variables of these numbers.
    pub fn along(&mut self, nodes: &[usize], variables: Range<usize>) -> usize {
        let zero = self.number(0.0);
        nodes.iter().zip(variables).fold(zero, |sum, (node, i)| {
            let variable = self.variable(i);
            let product = self.binary(Binary::Multiply, *node, variable);
            self.binary(Binary::Add, sum, product)
        })
    }

    /// Of each node, whether it depends on one of the variables.
    fn depend(&self, variables: &Range<usize>) -> Vec<bool> {
        let mut depend: Vec<bool> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let depends = match node {
                Node::Variable(i) => variables.contains(i),
                _ => node.operands().any(|part| depend[part]),
            };
            depend.push(depends);
        }
        depend
    }

    /// `rate` times the derivative of a node with respect to the k-th of its parts.
    fn share(&mut self, node: usize, k: usize, rate: usize) -> usize {
        use Binary::{Add, Divide, Multiply, Power, Subtract};
        let zero = self.number(0.0);
        match self.nodes[node] {
            Node::Number(_) | Node::Variable(_) => zero,
            Node::Unary(operation, a) => {
                let outer = self.outer(operation, a, node);
                self.binary(Multiply, outer, rate)
            }
            Node::IfLess(a, b, ..) => match k {
                2 => self.choose(a, b, rate, zero),
                3 => self.choose(a, b, zero, rate),
                _ => zero,
            },
            Node::Binary(operation, a, b) => match (operation, k) {
                (Add, _) | (Subtract, 0) => rate,
                (Subtract, _) => self.unary(Unary::Negate, rate),
                (Multiply, 0) => self.binary(Multiply, rate, b),
                (Multiply, _) => self.binary(Multiply, rate, a),
                (Divide, 0) => self.binary(Divide, rate, b),
                (Divide, _) => {
                    // −a/b² = −(1/b)(a/b)
                    let over = self.binary(Divide, rate, b);
                    let product = self.binary(Multiply, over, node);
                    self.unary(Unary::Negate, product)
                }
                (Power, 0) => {
                    // b aᵇ⁻¹
                    let one = self.number(1.0);
                    let less = self.binary(Subtract, b, one);
                    let lower = self.binary(Power, a, less);
                    let outer = self.binary(Multiply, b, lower);
                    self.binary(Multiply, outer, rate)
                }
                (Power, _) => {
                    // aᵇ ln a
                    let ln = self.unary(Unary::Ln, a);
                    let outer = self.binary(Multiply, node, ln);
                    self.binary(Multiply, outer, rate)
                }
                (Binary::Min, 0) => self.choose(b, a, zero, rate),
                (Binary::Min, _) => self.choose(b, a, rate, zero),
                (Binary::Max, 0) => self.choose(a, b, zero, rate),
                (Binary::Max, _) => self.choose(a, b, rate, zero),
                (Binary::Atan2, k) => {
                    // b/(a² + b²) and −a/(a² + b²)
                    let (aa, bb) = (self.binary(Multiply, a, a), self.binary(Multiply, b, b));
                    let under = self.binary(Add, aa, bb);
                    let over = self.binary(Multiply, rate, if k == 0 { b } else { a });
                    let share = self.binary(Divide, over, under);
                    if k == 0 {
                        share
                    } else {
                        self.unary(Unary::Negate, share)
                    }
                }
            },
        }
    }

    /// `if a < b { then } else { otherwise }`
    fn choose(&mut self, a: usize, b: usize, then: usize, otherwise: usize) -> usize {
        if then == otherwise {
            then
        } else {
            self.add(Node::IfLess(a, b, then, otherwise))
        }
    }

    /// The derivative of an operation at `a`, where its value is `value`.
    fn outer(&mut self, operation: Unary, a: usize, value: usize) -> usize {
        use Binary::{Add, Divide, Multiply, Subtract};
        let one = self.number(1.0);
        match operation {
            Unary::Negate => self.number(-1.0),
            Unary::Sqrt => {
                let half = self.number(0.5);
                self.binary(Divide, half, value)
            }
            Unary::Abs => self.unary(Unary::Sign, a),
            Unary::Sign => self.number(0.0),
            Unary::Exp => value,
            // ∛a′ = 1/(3∛a²)
            Unary::Cbrt => {
                let square = self.binary(Multiply, value, value);
                let third = self.number(1.0 / 3.0);
                self.binary(Divide, third, square)
            }
            Unary::Ln => self.binary(Divide, one, a),
            Unary::Log10 | Unary::Log2 => {
                let base = if operation == Unary::Log2 {
                    LN_2
                } else {
                    LN_10
                };
                let factor = self.number(1.0 / base);
                self.binary(Divide, factor, a)
            }
            Unary::Sin => self.unary(Unary::Cos, a),
            Unary::Cos => {
                let sine = self.unary(Unary::Sin, a);
                self.unary(Unary::Negate, sine)
            }
            // tan′ = 1 + tan²
            Unary::Tan => {
                let square = self.binary(Multiply, value, value);
                self.binary(Add, one, square)
            }
            // asin′ = 1/√(1 − a²) = −acos′
            Unary::Asin | Unary::Acos => {
                let square = self.binary(Multiply, a, a);
                let under = self.binary(Subtract, one, square);
                let root = self.unary(Unary::Sqrt, under);
                let over = if operation == Unary::Asin {
                    one
                } else {
                    self.number(-1.0)
                };
                self.binary(Divide, over, root)
            }
            Unary::Atan => {
                let square = self.binary(Multiply, a, a);
                let under = self.binary(Add, one, square);
                self.binary(Divide, one, under)
            }
            Unary::Sinh => self.unary(Unary::Cosh, a),
            Unary::Cosh => self.unary(Unary::Sinh, a),
            // tanh′ = 1 − tanh² = (1 − tanh)(1 + tanh)
            Unary::Tanh => {
                let (less, more) = (
                    self.binary(Subtract, one, value),
                    self.binary(Add, one, value),
                );
                self.binary(Multiply, less, more)
            }
        }
    }

    /// The nodes that these roots need, and that do not depend on the variables.
    pub fn without(&self, roots: &[usize], variables: &Range<usize>) -> Vec<usize> {
        let (reached, depend) = (self.reached(roots), self.depend(variables));
        let nodes = 0..self.nodes.len();
        nodes
            .filter(|&node| reached[node] && !depend[node])
            .collect()
    }

    fn reached(&self, roots: &[usize]) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        for root in roots {
            reached[*root] = true;
        }
        for node in (0..reached.len()).rev() {
            if reached[node] {
                self.nodes[node]
                    .operands()
                    .for_each(|operand| reached[operand] = true);
            }
        }
        reached
    }

    /// The nodes that these groups of roots need, first all of the first group; where each group ends; and the new places.
    pub fn ordered<const N: usize>(
        &self,
        groups: [&[usize]; N],
    ) -> (Vec<Node>, [usize; N], Vec<usize>) {
        let mut place = vec![usize::MAX; self.nodes.len()];
        let mut order = Vec::new();
        let ends = groups.map(|roots| {
            let reached = self.reached(roots);
            for node in (0..self.nodes.len()).filter(|node| reached[*node]) {
                if place[node] == usize::MAX {
                    place[node] = order.len();
                    order.push(node);
                }
            }
            order.len()
        });
        let nodes = order.iter().map(|node| self.nodes[*node].moved(&place));
        (nodes.collect(), ends, place)
    }
}
