//! Expressions under construction: equal parts are one node, and what is known beforehand is computed at once.

use std::collections::HashMap;
use std::f64::consts::{LN_2, LN_10};

use super::node::{Binary, Node, Unary};

/// Integer powers up to this are products.
const PRODUCTS: f64 = 64.0;

/// Most nodes, and most derivatives of nodes: those of a product of many variables grow with the cube of their number.
pub(super) const MOST: usize = 1_000_000;

#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    known: HashMap<Key, usize>,
    /// Of each node, which variables it may depend on, as bits: that of variable i is bit i modulo 64.
    variables: Vec<u64>,
    /// Derivatives that are made already, by node and variable.
    derivatives: HashMap<(usize, usize), usize>,
}

/// A node as a key: numbers by their bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Number(u64),
    Variable(usize),
    Unary(Unary, usize),
    Binary(Binary, usize, usize),
    IfLess(usize, usize, usize, usize),
}

/// The bit of a variable.
fn bit(variable: usize) -> u64 {
    1 << (variable % 64)
}

impl Graph {
    fn add(&mut self, node: Node) -> usize {
        let key = match node {
            Node::Number(value) => Key::Number(value.to_bits()),
            Node::Variable(i) => Key::Variable(i),
            Node::Unary(operation, a) => Key::Unary(operation, a),
            Node::Binary(operation, a, b) => Key::Binary(operation, a, b),
            Node::IfLess(a, b, then, otherwise) => Key::IfLess(a, b, then, otherwise),
        };
        let (nodes, variables) = (&mut self.nodes, &mut self.variables);
        *self.known.entry(key).or_insert_with(|| {
            nodes.push(node);
            variables.push(match node {
                Node::Variable(i) => bit(i),
                _ => node.operands().fold(0, |all, part| all | variables[part]),
            });
            nodes.len() - 1
        })
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
            Binary::Divide if self.is(a, 0.0) => a,
            Binary::Power => self.power(a, b),
            _ => self.add(Node::Binary(operation, a, b)),
        }
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

    /// The derivative of a node; `None` if the graph became larger than [`MOST`]. What it is made of comes first, on a stack of its own,
    /// so that deep expressions need no deep one.
    pub fn derivative(&mut self, node: usize, variable: usize) -> Option<usize> {
        let zero = self.number(0.0);
        let mut open = vec![node];
        while let Some(&node) = open.last() {
            if self.known(node, variable, zero).is_some() {
                open.pop();
                continue;
            }
            let ready = open.len();
            let parts = self.nodes[node].operands();
            open.extend(parts.filter(|part| self.known(*part, variable, zero).is_none()));
            if open.len() == ready {
                if self.derivatives.len().max(self.nodes.len()) > MOST {
                    return None;
                }
                let derivative = self.rule(node, variable, zero);
                self.derivatives.insert((node, variable), derivative);
            }
        }
        self.known(node, variable, zero)
    }

    /// A derivative that is made already, or 0.
    fn known(&self, node: usize, variable: usize, zero: usize) -> Option<usize> {
        if self.variables[node] & bit(variable) == 0 {
            return Some(zero);
        }
        self.derivatives.get(&(node, variable)).copied()
    }

    /// The derivative of a node of whose parts the derivatives are known.
    fn rule(&mut self, node: usize, variable: usize, zero: usize) -> usize {
        use Binary::{Add, Divide, Multiply, Power, Subtract};
        let known = |graph: &Self, part| graph.known(part, variable, zero).unwrap_or(zero);
        match self.nodes[node] {
            Node::Number(_) => zero,
            Node::Variable(i) => self.number(if i == variable { 1.0 } else { 0.0 }),
            Node::Unary(operation, a) => {
                let da = known(self, a);
                if self.is(da, 0.0) {
                    return da;
                }
                let outer = self.outer(operation, a, node);
                self.binary(Multiply, outer, da)
            }
            Node::IfLess(a, b, then, otherwise) => {
                let (then, otherwise) = (known(self, then), known(self, otherwise));
                self.choose(a, b, then, otherwise)
            }
            Node::Binary(operation, a, b) => {
                let (da, db) = (known(self, a), known(self, b));
                match operation {
                    Add | Subtract => self.binary(operation, da, db),
                    Multiply => {
                        let left = self.binary(Multiply, da, b);
                        let right = self.binary(Multiply, a, db);
                        self.binary(Add, left, right)
                    }
                    Divide => {
                        // (a/b)′ = (a′ − (a/b) b′) / b
                        let right = self.binary(Multiply, node, db);
                        let over = self.binary(Subtract, da, right);
                        self.binary(Divide, over, b)
                    }
                    Power => self.power_rule(node, (a, da), (b, db)),
                    Binary::Min => self.choose(a, b, da, db),
                    Binary::Max => self.choose(b, a, da, db),
                    Binary::Atan2 => {
                        // (b a′ − a b′) / (a² + b²)
                        let left = self.binary(Multiply, b, da);
                        let right = self.binary(Multiply, a, db);
                        let over = self.binary(Subtract, left, right);
                        let (aa, bb) = (self.binary(Multiply, a, a), self.binary(Multiply, b, b));
                        let under = self.binary(Add, aa, bb);
                        self.binary(Divide, over, under)
                    }
                }
            }
        }
    }

    fn choose(&mut self, a: usize, b: usize, then: usize, otherwise: usize) -> usize {
        if then == otherwise {
            then
        } else {
            self.add(Node::IfLess(a, b, then, otherwise))
        }
    }

    /// (aᵇ)′ = b aᵇ⁻¹ a′ + aᵇ ln(a) b′
    fn power_rule(
        &mut self,
        power: usize,
        (a, da): (usize, usize),
        (b, db): (usize, usize),
    ) -> usize {
        use Binary::{Add, Multiply, Power, Subtract};
        let one = self.number(1.0);
        let less = self.binary(Subtract, b, one);
        let lower = self.binary(Power, a, less);
        let left = self.binary(Multiply, b, lower);
        let left = self.binary(Multiply, left, da);
        if self.is(db, 0.0) {
            return left;
        }
        let ln = self.unary(Unary::Ln, a);
        let right = self.binary(Multiply, power, ln);
        let right = self.binary(Multiply, right, db);
        self.binary(Add, left, right)
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
    pub fn ordered(&self, groups: &[&[usize]]) -> (Vec<Node>, Vec<usize>, Vec<usize>) {
        let mut place = vec![usize::MAX; self.nodes.len()];
        let (mut order, mut ends) = (Vec::new(), Vec::new());
        for roots in groups {
            let reached = self.reached(roots);
            for node in (0..self.nodes.len()).filter(|node| reached[*node]) {
                if place[node] == usize::MAX {
                    place[node] = order.len();
                    order.push(node);
                }
            }
            ends.push(order.len());
        }
        let nodes = order.iter().map(|node| self.nodes[*node].moved(&place));
        (nodes.collect(), ends, place)
    }
}
