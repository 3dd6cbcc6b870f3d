//! The update rules as WebAssembly, made from their recorded programs.
//!
//! A page that runs optimisers again must not have their formulas a second time, in another language. So each chain's recorded
//! [`Program`]s become one function, and the surface's expression with its derivatives another; a page calls them in turn. The
//! module imports what WebAssembly lacks (`exp`, `log`, `sin` …) from `math`, which in a page is JavaScript's `Math`.
//!
//! Memory is numbers of 64 bits: the point at [`POINT`], then value, gradient and the Hessian's diagonal, then for each chain its
//! states and its constants of the step ([`Live`]).

use std::collections::BTreeSet;

use ravine::Chain;
use ravine::expression::{Binary, Expression, Node, Unary};
use ravine::program::{self, Program};
use ravine::rule::{Body as What, Initial};
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, ImportSection,
    Instruction as Do, MemArg, MemArgTarget, MemorySection, MemoryType, TypeSection, ValType,
};

use super::document::{Constants, Live, State};

/// The number of bytes of one number.
const BYTES: usize = 8;
/// Where the point is, in numbers from the beginning of the memory.
pub const POINT: usize = 0;
/// Where the value is.
pub const VALUE: usize = 2;
/// Where the gradient is.
pub const GRADIENT: usize = 3;
/// Where the Hessian's diagonal is.
pub const HESSIAN: usize = 5;
/// Where states and constants begin.
const CHAINS: usize = 8;
/// A page of WebAssembly's memory.
const PAGE: usize = 65_536;

/// A module, and what must be known to run it.
pub struct Module {
    /// The module.
    pub bytes: Vec<u8>,
    /// For each chain how to run it; `None` where its constants depend on gradients or it needs whole tensors.
    pub live: Vec<Option<Live>>,
}

/// The types of the functions: by how many numbers they take and whether they give one.
const ONE: u32 = 0;
const TWO: u32 = 1;
const EVALUATE: u32 = 2;
const STEP: u32 = 3;

impl Module {
    /// The module of a surface and of the chains that can be run so, for so many steps.
    pub(super) fn new<'a>(
        expression: &Expression,
        chains: impl Iterator<Item = &'a Chain>,
        steps: usize,
    ) -> Self {
        let mut free = CHAINS;
        let mut number = 0;
        let mut plans = Vec::new();
        for chain in chains {
            let plan = Plan::new(chain, steps, number, &mut free);
            number += usize::from(plan.is_some());
            plans.push(plan);
        }
        let runnable: Vec<&Plan> = plans.iter().flatten().collect();
        let imports = Imports::of(expression, &runnable);

        let mut types = TypeSection::new();
        types.ty().function([ValType::F64], [ValType::F64]);
        types.ty().function([ValType::F64; 2], [ValType::F64]);
        types.ty().function([], []);
        types.ty().function([ValType::I32], []);

        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        let mut exports = ExportSection::new();
        let mut export = |name: &str, kind: u32, body: &Function| {
            exports.export(name, ExportKind::Func, imports.len() + functions.len());
            functions.function(kind);
            code.function(body);
        };
        export("value", TWO, &value(expression, &imports));
        let hessian = runnable.iter().any(|plan| plan.reads_hessian);
        export(
            "evaluate",
            EVALUATE,
            &evaluate(expression, hessian, &imports),
        );
        for plan in &runnable {
            export(&plan.live.step, STEP, &plan.body(&imports));
        }
        exports.export("memory", ExportKind::Memory, 0);

        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: (free * BYTES).div_ceil(PAGE) as u64,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut module = wasm_encoder::Module::new();
        module.section(&types);
        module.section(&imports.section());
        module.section(&functions);
        module.section(&memories);
        module.section(&exports);
        module.section(&code);
        Self {
            bytes: module.finish(),
            live: plans
                .into_iter()
                .map(|plan| plan.map(|plan| plan.live))
                .collect(),
        }
    }
}

/// What is called that WebAssembly has no instruction for, by its name in JavaScript.
struct Imports(Vec<(&'static str, u32)>);

impl Imports {
    fn of(expression: &Expression, plans: &[&Plan]) -> Self {
        let rules = plans.iter().flat_map(|plan| &plan.formulas);
        let nodes = rules.flat_map(|formula| &formula.nodes);
        let names: BTreeSet<(&str, u32)> = expression
            .nodes()
            .iter()
            .chain(nodes)
            .filter_map(called)
            .collect();
        Self(names.into_iter().collect())
    }

    fn len(&self) -> u32 {
        self.0.len() as u32
    }

    fn section(&self) -> ImportSection {
        let mut section = ImportSection::new();
        for (name, kind) in &self.0 {
            section.import("math", name, EntityType::Function(*kind));
        }
        section
    }

    fn call(&self, node: &Node) -> Do<'static> {
        let name = called(node);
        let index = name.and_then(|name| self.0.iter().position(|known| *known == name));
        // Every function that a node calls was found beforehand.
        index.map_or(Do::Unreachable, |index| Do::Call(index as u32))
    }
}

/// The function of `Math` that a node calls, and its type.
fn called(node: &Node) -> Option<(&'static str, u32)> {
    Some(match node {
        Node::Unary(Unary::Exp, _) => ("exp", ONE),
        Node::Unary(Unary::Ln, _) => ("log", ONE),
        Node::Unary(Unary::Log10, _) => ("log10", ONE),
        Node::Unary(Unary::Log2, _) => ("log2", ONE),
        Node::Unary(Unary::Cbrt, _) => ("cbrt", ONE),
        Node::Unary(Unary::Sin, _) => ("sin", ONE),
        Node::Unary(Unary::Cos, _) => ("cos", ONE),
        Node::Unary(Unary::Tan, _) => ("tan", ONE),
        Node::Unary(Unary::Asin, _) => ("asin", ONE),
        Node::Unary(Unary::Acos, _) => ("acos", ONE),
        Node::Unary(Unary::Atan, _) => ("atan", ONE),
        Node::Unary(Unary::Sinh, _) => ("sinh", ONE),
        Node::Unary(Unary::Cosh, _) => ("cosh", ONE),
        Node::Unary(Unary::Tanh, _) => ("tanh", ONE),
        Node::Binary(Binary::Power, ..) => ("pow", TWO),
        Node::Binary(Binary::Atan2, ..) => ("atan2", TWO),
        _ => return None,
    })
}

/// A rule's program in the operations of expressions; what it reads are variables.
struct Formula {
    nodes: Vec<Node>,
    /// What each variable is.
    inputs: Vec<program::Node>,
    output: usize,
    states: Vec<usize>,
}

impl Formula {
    fn new(program: &Program) -> Self {
        use program::Unary as Of;
        let (mut nodes, mut inputs, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let mut add = |node: Node| {
            nodes.push(node);
            nodes.len() - 1
        };
        for node in &program.nodes {
            let place = match *node {
                program::Node::Literal(value) => add(Node::Number(value)),
                program::Node::Unary(operation, a) => {
                    let a = places[a];
                    let operation = match operation {
                        Of::Negate => Unary::Negate,
                        Of::Sqrt => Unary::Sqrt,
                        Of::Abs => Unary::Abs,
                        Of::Exp => Unary::Exp,
                        Of::Ln => Unary::Ln,
                        Of::Cbrt => Unary::Cbrt,
                        Of::Tanh => Unary::Tanh,
                        Of::Sign => {
                            // That of rules is 0 for NaN.
                            let numbers = [-1.0, 0.0, 1.0].map(Node::Number);
                            let [less, zero, more] = numbers.map(&mut add);
                            let positive = add(Node::IfLess(zero, a, more, zero));
                            places.push(add(Node::IfLess(a, zero, less, positive)));
                            continue;
                        }
                    };
                    add(Node::Unary(operation, a))
                }
                program::Node::Binary(operation, a, b) => add(Node::Binary(
                    match operation {
                        program::Binary::Add => Binary::Add,
                        program::Binary::Subtract => Binary::Subtract,
                        program::Binary::Multiply => Binary::Multiply,
                        program::Binary::Divide => Binary::Divide,
                        program::Binary::Max => Binary::Max,
                        program::Binary::Min => Binary::Min,
                        program::Binary::Power => Binary::Power,
                    },
                    places[a],
                    places[b],
                )),
                program::Node::IfLess(a, b, then, otherwise) => add(Node::IfLess(
                    places[a],
                    places[b],
                    places[then],
                    places[otherwise],
                )),
                input => {
                    inputs.push(input);
                    add(Node::Variable(inputs.len() - 1))
                }
            };
            places.push(place);
        }
        Self {
            nodes,
            inputs,
            output: places[program.output],
            states: program.states.iter().map(|state| places[*state]).collect(),
        }
    }
}

/// A function under construction, whose local variables are values of nodes.
struct Body {
    function: Function,
    next: u32,
}

impl Body {
    /// A function with so many parameters, and so many values.
    fn new(parameters: u32, values: usize) -> Self {
        Self {
            function: Function::new([(values as u32, ValType::F64)]),
            next: parameters,
        }
    }

    fn add(&mut self, instructions: &[Do<'_>]) {
        for instruction in instructions {
            self.function.instruction(instruction);
        }
    }

    /// Keeps what is on the stack as the next value.
    fn keep(&mut self) -> u32 {
        let local = self.next;
        self.next += 1;
        self.add(&[Do::LocalSet(local)]);
        local
    }

    /// `if a < b { then } else { otherwise }`
    fn select(&mut self, a: u32, b: u32, then: u32, otherwise: u32) {
        let get = Do::LocalGet;
        self.add(&[
            get(then),
            get(otherwise),
            get(a),
            get(b),
            Do::F64Lt,
            Do::Select,
        ]);
    }

    /// Puts the number of this place, or of the places from there on that parameter 0 names in bytes, on the stack.
    fn load(&mut self, place: usize, by_parameter: bool) {
        let from = if by_parameter {
            Do::LocalGet(0)
        } else {
            Do::I32Const(0)
        };
        self.add(&[from, Do::F64Load(at(place))]);
    }

    /// Computes nodes, with what `variable` puts on the stack for those; which local has each.
    fn compute(
        &mut self,
        nodes: &[Node],
        imports: &Imports,
        variable: impl Fn(&mut Self, usize),
    ) -> Vec<u32> {
        let mut values: Vec<u32> = Vec::with_capacity(nodes.len());
        let get = Do::LocalGet;
        for node in nodes {
            match *node {
                Node::Number(value) => self.add(&[number(value)]),
                Node::Variable(i) => variable(self, i),
                Node::Unary(operation, a) => {
                    let a = get(values[a]);
                    match operation {
                        Unary::Negate => self.add(&[a, Do::F64Neg]),
                        Unary::Sqrt => self.add(&[a, Do::F64Sqrt]),
                        Unary::Abs => self.add(&[a, Do::F64Abs]),
                        Unary::Sign => self.add(&[
                            number(1.0),
                            number(-1.0),
                            a.clone(),
                            number(0.0),
                            Do::F64Mul,
                            a.clone(),
                            number(0.0),
                            Do::F64Lt,
                            Do::Select,
                            number(0.0),
                            a,
                            Do::F64Lt,
                            Do::Select,
                        ]),
                        _ => self.add(&[a, imports.call(node)]),
                    }
                }
                Node::Binary(operation, a, b) => {
                    let (a, b) = (values[a], values[b]);
                    match operation {
                        Binary::Add => self.add(&[get(a), get(b), Do::F64Add]),
                        Binary::Subtract => self.add(&[get(a), get(b), Do::F64Sub]),
                        Binary::Multiply => self.add(&[get(a), get(b), Do::F64Mul]),
                        Binary::Divide => self.add(&[get(a), get(b), Do::F64Div]),
                        Binary::Min => self.select(b, a, b, a),
                        Binary::Max => self.select(a, b, b, a),
                        Binary::Power | Binary::Atan2 => {
                            self.add(&[get(a), get(b), imports.call(node)]);
                        }
                    }
                }
                Node::IfLess(a, b, then, otherwise) => {
                    self.select(values[a], values[b], values[then], values[otherwise]);
                }
            }
            values.push(self.keep());
        }
        values
    }

    fn end(mut self) -> Function {
        self.add(&[Do::End]);
        self.function
    }
}

fn at(place: usize) -> MemArg {
    MemArg {
        offset: (place * BYTES) as u64,
        align: 3,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}

fn number(value: f64) -> Do<'static> {
    Do::F64Const(value.into())
}

/// `value(x, y) → f`
fn value(expression: &Expression, imports: &Imports) -> Function {
    let root = expression.value_node();
    let nodes = &expression.nodes()[..=root];
    let mut body = Body::new(2, nodes.len());
    let values = body.compute(nodes, imports, |body, i| {
        body.add(&[Do::LocalGet(i as u32)])
    });
    body.add(&[Do::LocalGet(values[root])]);
    body.end()
}

/// `evaluate()`: from the point in memory its value, its gradient and, if it is asked for, the Hessian's diagonal.
fn evaluate(expression: &Expression, hessian: bool, imports: &Imports) -> Function {
    let gradient = expression.gradient_nodes();
    let mut results = vec![(VALUE, expression.value_node())];
    results.extend(gradient.iter().enumerate().map(|(i, g)| (GRADIENT + i, *g)));
    let mut passes = vec![([0.0; 2], results)];
    if hessian {
        // Along each axis: its product with the unit vector.
        let products = expression
            .product_nodes()
            .iter()
            .zip([[1.0, 0.0], [0.0, 1.0]]);
        let products = products.enumerate();
        passes.extend(products.map(|(i, (product, unit))| (unit, vec![(HESSIAN + i, *product)])));
    }
    let count =
        |results: &[(usize, usize)]| results.iter().map(|(_, node)| node + 1).max().unwrap_or(0);
    let locals = passes.iter().map(|(_, results)| count(results)).sum();
    let mut body = Body::new(0, locals);
    for (direction, results) in passes {
        let nodes = &expression.nodes()[..count(&results)];
        let values = body.compute(nodes, imports, |body, i| match i {
            0 | 1 => body.load(POINT + i, false),
            _ => body.add(&[number(direction[i % 2])]),
        });
        for (place, node) in results {
            body.add(&[
                Do::I32Const(0),
                Do::LocalGet(values[node]),
                Do::F64Store(at(place)),
            ]);
        }
    }
    body.end()
}

/// A chain that can be run by itself.
struct Plan {
    formulas: Vec<Formula>,
    /// How many constants each formula has.
    constants: Vec<usize>,
    reads_hessian: bool,
    live: Live,
}

impl Plan {
    fn new(chain: &Chain, steps: usize, number: usize, free: &mut usize) -> Option<Self> {
        let chain = chain.clone().without_idle();
        let table = chain.constants_ahead(steps as u64, chain.reads_hessian())?;
        let parts = chain.parts();
        let constants: Vec<usize> = parts.iter().map(|part| part.constants.len()).collect();
        let formula = |body: &What| match body {
            What::Program(program) => Some(Formula::new(program)),
            What::Text(_) => None,
        };
        let formulas: Option<Vec<Formula>> = parts.iter().map(|part| formula(&part.body)).collect();
        let mut take = |count: usize| {
            let from = *free;
            *free += count;
            from
        };
        let states = chain.initial_states().into_iter().map(|initial| State {
            at: take(2),
            initial: match initial {
                Initial::Constant(value) => Some(value),
                Initial::Parameter => None,
            },
        });
        let states = states.collect();
        let from = take(constants.iter().sum());
        Some(Self {
            formulas: formulas?,
            constants,
            reads_hessian: chain.reads_hessian(),
            live: Live {
                step: format!("step{number}"),
                states,
                constants: Constants::new(from, &table),
            },
        })
    }

    /// `step(c)`: one coordinate, that of the point's number at c bytes.
    fn body(&self, imports: &Imports) -> Function {
        let nodes = self.formulas.iter().map(|formula| formula.nodes.len());
        let mut body = Body::new(1, nodes.sum::<usize>() + 1);
        let mut states = self.live.states.iter().map(|state| state.at);
        let mut constants = self.live.constants.at;
        body.load(GRADIENT, true);
        let mut flow = body.keep();
        for (formula, count) in self.formulas.iter().zip(&self.constants) {
            let own: Vec<usize> = states.by_ref().take(formula.states.len()).collect();
            let values = body.compute(&formula.nodes, imports, |body, i| match formula.inputs[i] {
                program::Node::Constant(k) => body.load(constants + k, false),
                program::Node::Parameter => body.load(POINT, true),
                program::Node::Gradient => body.load(GRADIENT, true),
                program::Node::Hessian => body.load(HESSIAN, true),
                program::Node::State(k) => body.load(own[k], true),
                _ => body.add(&[Do::LocalGet(flow)]),
            });
            for (place, value) in own.iter().zip(&formula.states) {
                body.add(&[
                    Do::LocalGet(0),
                    Do::LocalGet(values[*value]),
                    Do::F64Store(at(*place)),
                ]);
            }
            flow = values[formula.output];
            constants += count;
        }
        body.add(&[Do::LocalGet(0)]);
        body.load(POINT, true);
        body.add(&[Do::LocalGet(flow), Do::F64Sub, Do::F64Store(at(POINT))]);
        body.end()
    }
}
