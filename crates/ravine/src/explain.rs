//! A chain's formula as text, from the recorded programs.

use crate::chain::Chain;
use crate::program::{Binary, Node, Program, Unary};
use crate::rule::{Body, Part, Scope};

/// A chain's formula as text: each rule's assignments in the order of computation, then the step.
#[must_use]
pub fn formula(chain: &Chain) -> String {
    let parts = chain.parts();
    let mut lines = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let input = if index == 0 { "g" } else { "u" };
        match &part.body {
            Body::Program(program) => assignments(part, program, input, &mut lines),
            Body::Text(text) => {
                lines.extend((input == "u").then(|| "g ← u".into()));
                lines.extend(text.lines().map(String::from));
            }
        }
    }
    let update = if parts.is_empty() { "g" } else { "u" };
    lines.push(format!("x ← x − {update}"));
    lines.join("\n")
}

fn assignments(part: &Part, program: &Program, input: &str, lines: &mut Vec<String>) {
    let mut targets: Vec<(usize, Option<usize>)> = program
        .states
        .iter()
        .enumerate()
        .map(|(state, &node)| (node, Some(state)))
        .collect();
    targets.push((program.output, None));
    targets.sort_by_key(|&(node, state)| (node, state.is_none()));
    // The update takes the place of the input, so an input that is read behind it needs a name of its own.
    let read_later = targets
        .iter()
        .skip_while(|(_, state)| state.is_some())
        .skip(1)
        .any(|&(node, _)| reads_input(&program.nodes, node));
    let input = if input == "u" && read_later {
        lines.push("g ← u".into());
        "g"
    } else {
        input
    };
    let sums = Writer {
        part,
        nodes: &program.terms.nodes,
        input,
        assigned: Vec::new(),
    };
    let over = match part.scope() {
        Scope::Parameter => "the parameter",
        Scope::Global => "all parameters",
    };
    for (name, &term) in part.sums.iter().zip(&program.terms.outputs) {
        let term = sums.write(term, PRODUCT);
        lines.push(format!("{name} ← Σ {term}    over {over}"));
    }
    let mut writer = Writer {
        part,
        nodes: &program.nodes,
        input,
        assigned: Vec::new(),
    };
    for (node, state) in targets {
        let name = state.map_or("u", |state| part.state[state]);
        let text = writer.write(node, 0);
        if name != text {
            lines.push(format!("{name} ← {text}"));
        }
        if let Some(state) = state {
            writer.assigned.push((node, state));
        }
    }
}

/// Whether the input has a part in this value.
fn reads_input(nodes: &[Node], node: usize) -> bool {
    match nodes[node] {
        Node::Input => true,
        Node::Constant(_)
        | Node::Parameter
        | Node::Gradient
        | Node::Hessian
        | Node::State(_)
        | Node::Literal(_) => false,
        Node::Unary(_, a) => reads_input(nodes, a),
        Node::Binary(_, a, b) => reads_input(nodes, a) || reads_input(nodes, b),
        Node::IfLess(a, b, c, d) => [a, b, c, d].iter().any(|&n| reads_input(nodes, n)),
    }
}

struct Writer<'a> {
    part: &'a Part,
    nodes: &'a [Node],
    input: &'a str,
    /// The values that a state holds by now, by the node that made them.
    assigned: Vec<(usize, usize)>,
}

// How tightly an expression binds.
const SUM: u8 = 1;
const QUOTIENT: u8 = 2;
const PRODUCT: u8 = 3;
const POWER: u8 = 4;
const ATOM: u8 = 5;

impl Writer<'_> {
    /// The expression of a node, in parentheses if it binds less than `least`.
    fn write(&self, node: usize, least: u8) -> String {
        let (text, binding) = self.expression(node);
        if binding < least {
            format!("({text})")
        } else {
            text
        }
    }

    fn expression(&self, node: usize) -> (String, u8) {
        if let Some((_, state)) = self.assigned.iter().find(|(by, _)| *by == node) {
            return (self.part.state[*state].into(), ATOM);
        }
        match self.nodes[node] {
            Node::Constant(k) => {
                let name = self.part.constants[k];
                let plain = !name.contains([' ', '/']) || name.starts_with("min(");
                (name.into(), if plain { ATOM } else { SUM })
            }
            Node::Parameter => ("x".into(), ATOM),
            Node::Input => (self.input.into(), ATOM),
            Node::Gradient => ("∇f".into(), ATOM),
            Node::Hessian => ("h".into(), ATOM),
            Node::State(state) => {
                let name = self.part.state[state];
                let overwritten = self.assigned.iter().any(|(_, by)| *by == state);
                (
                    if overwritten {
                        format!("old {name}")
                    } else {
                        name.into()
                    },
                    ATOM,
                )
            }
            Node::Literal(value) => (value.to_string(), ATOM),
            Node::Unary(operation, a) => match operation {
                Unary::Negate => (format!("−{}", self.write(a, ATOM)), PRODUCT),
                Unary::Sqrt => (format!("√{}", self.write(a, ATOM)), POWER),
                Unary::Abs => (format!("|{}|", self.write(a, 0)), ATOM),
                Unary::Sign => (format!("sign({})", self.write(a, 0)), ATOM),
                Unary::Exp => (format!("exp({})", self.write(a, 0)), ATOM),
                Unary::Ln => (format!("ln({})", self.write(a, 0)), ATOM),
                Unary::Cbrt => (format!("∛{}", self.write(a, ATOM)), POWER),
                Unary::Tanh => (format!("tanh({})", self.write(a, 0)), ATOM),
            },
            Node::Binary(operation, a, b) => match operation {
                Binary::Add => (
                    format!("{} + {}", self.write(a, SUM), self.write(b, SUM)),
                    SUM,
                ),
                Binary::Subtract => (
                    format!("{} − {}", self.write(a, SUM), self.write(b, QUOTIENT)),
                    SUM,
                ),
                Binary::Multiply if a == b => (format!("{}²", self.write(a, ATOM)), POWER),
                Binary::Multiply => (
                    format!("{}·{}", self.write(a, PRODUCT), self.write(b, PRODUCT)),
                    PRODUCT,
                ),
                Binary::Divide => (
                    format!("{} / {}", self.write(a, PRODUCT), self.write(b, POWER)),
                    QUOTIENT,
                ),
                Binary::Max => (
                    format!("max({}, {})", self.write(a, 0), self.write(b, 0)),
                    ATOM,
                ),
                Binary::Min => (
                    format!("min({}, {})", self.write(a, 0), self.write(b, 0)),
                    ATOM,
                ),
                Binary::Power => (
                    format!("{}^{}", self.write(a, ATOM), self.write(b, ATOM)),
                    POWER,
                ),
            },
            Node::IfLess(a, b, then, otherwise) => (
                format!(
                    "({} if {} < {} else {})",
                    self.write(then, 0),
                    self.write(a, 0),
                    self.write(b, 0),
                    self.write(otherwise, 0)
                ),
                ATOM,
            ),
        }
    }
}
