//! The same optimisers on any tensor type, by interpreting the recorded programs: on a GPU, for instance.

mod averaged;

use std::borrow::Cow;

use safetensors::Dtype;

use crate::chain::checkpoint;
use crate::chain::core::{Claim, Core, Measured};
use crate::chain::plan;
use crate::chain::shared::shared_methods;
use crate::chain::{Chain, Fallback, NonFinite, StepReport};
use crate::error::{Error, NonFiniteValues};
use crate::program::{Binary, Node, Program, Unary};
use crate::rule::{self, Initial, Scope, TERMS, Tensor};
use crate::storage::Part;

/// What a tensor type must be able to do for [`TensorOptimizer`]. All tensors of an operation have the same shape.
pub trait Algebra {
    /// A tensor, cheap to clone.
    type Tensor: Clone;

    /// An operation on each element.
    fn unary(&self, operation: Unary, a: &Self::Tensor) -> Self::Tensor;

    /// An operation on each pair of elements.
    fn binary(&self, operation: Binary, a: &Self::Tensor, b: &Self::Tensor) -> Self::Tensor;

    /// `element ∘ b` for each element of `a`.
    fn with_scalar(&self, operation: Binary, a: &Self::Tensor, b: f64) -> Self::Tensor;

    /// `if a < b { then } else { otherwise }`, element by element.
    fn if_less(
        &self,
        a: &Self::Tensor,
        b: &Self::Tensor,
        then: &Self::Tensor,
        otherwise: &Self::Tensor,
    ) -> Self::Tensor;

    /// A tensor like this one, filled with a number.
    fn full(&self, like: &Self::Tensor, value: f64) -> Self::Tensor;

    /// The sum of the elements.
    fn sum(&self, a: &Self::Tensor) -> f64;

    /// The sum of the squared elements.
    fn square_sum(&self, a: &Self::Tensor) -> f64;

    /// The elements, row-major.
    fn read(&self, a: &Self::Tensor) -> Vec<f32>;

    /// A tensor of this shape from its elements, row-major.
    fn write(&self, values: Vec<f32>, shape: &[usize]) -> Self::Tensor;
}

/// One named parameter and its gradient, as tensors.
#[derive(Clone, Debug)]
pub struct TensorParameter<T> {
    /// The name that the parameter's state belongs to.
    pub name: String,
    /// The shape.
    pub shape: Vec<usize>,
    /// The values, which the step replaces.
    pub values: T,
    /// The gradient; `None` leaves the parameter and its state as they are.
    pub gradient: Option<T>,
    /// An estimate of the Hessian's diagonal, for the methods that use one.
    pub hessian: Option<T>,
}

/// An optimiser for parameters held as tensors of `A`.
///
/// Same chain, groups, states and files as [`Optimizer`](crate::Optimizer); the arithmetic is the tensor type's, f32.
/// With the policy [`NonFinite::Stop`] it reads all gradients first and changes nothing when one is not finite.
#[derive(Debug)]
pub struct TensorOptimizer<A: Algebra> {
    core: Core<A::Tensor>,
    algebra: A,
}

impl<A: Algebra> TensorOptimizer<A> {
    /// An optimiser that runs `chain`.
    ///
    /// # Errors
    /// As [`Optimizer::new`](crate::Optimizer::new).
    pub fn new(chain: impl Into<Chain>, algebra: A) -> Result<Self, Error> {
        Ok(Self {
            core: Core::new(chain.into())?,
            algebra,
        })
    }

    shared_methods!();

    /// A parameter's state by its name; `None` before its first update.
    #[must_use]
    pub fn state(&self, parameter: &str, state: &str) -> Option<&A::Tensor> {
        self.core.state(parameter, state)
    }

    /// Moves the parameters by one step: `x ← x − u`.
    ///
    /// # Errors
    /// As [`Optimizer::step`](crate::Optimizer::step); but for [`Error::Diverged`], nothing is changed by a step that returns an
    /// error.
    pub fn step(
        &mut self,
        parameters: &mut [TensorParameter<A::Tensor>],
    ) -> Result<StepReport, Error> {
        let before = self.core.steps;
        self.core.slots.begin();
        let result = self.attempt(parameters);
        if self.core.steps == before && !matches!(&result, Ok(report) if report.gathered) {
            self.core.slots.roll_back();
        }
        result
    }

    fn attempt(
        &mut self,
        parameters: &mut [TensorParameter<A::Tensor>],
    ) -> Result<StepReport, Error> {
        let mut works = self.admit(parameters)?;
        if self.core.accumulation.is_last() {
            self.core.check()?;
        }
        let mut report = StepReport {
            step: self.core.steps + 1,
            learning_rate: self.core.learning_rate(),
            ..StepReport::default()
        };
        if self.core.accumulation.is_last() && self.core.skips_loss() {
            return Ok(self.skipped(report));
        }
        self.measure(parameters, &mut works, &mut report);
        if !report.non_finite.is_empty() {
            match self.core.non_finite {
                NonFinite::Stop => {
                    return Err(Error::NonFinite {
                        step: report.step,
                        gradients: report.non_finite,
                        untouched: true,
                    });
                }
                NonFinite::Skip => return Ok(self.skipped(report)),
                NonFinite::Zero => {}
            }
        }
        if self.core.accumulation.size > 1 {
            self.gather(&mut works);
            if !self.core.accumulation.next() {
                report.step = self.core.steps;
                report.gathered = true;
                return Ok(report);
            }
            self.take_mean(&mut works, &mut report);
        }
        for work in &works {
            self.core.slots.at_mut(work.slot).updates = work.updates;
        }
        for stage in 0..self.core.plan.stages.len() {
            self.run_stage(stage, parameters, &mut works, &mut report);
        }
        report.update_norm = norm(works.iter().map(|work| work.square_sum));
        for work in works {
            let parameter = &mut parameters[work.parameter];
            parameter.values = self
                .algebra
                .binary(Binary::Subtract, &parameter.values, &work.u);
            if !work.square_sum.is_finite() {
                let values = self.algebra.read(&parameter.values);
                let count = values.iter().filter(|value| !value.is_finite()).count();
                report.diverged.extend((count > 0).then(|| NonFiniteValues {
                    parameter: parameter.name.clone(),
                    count,
                }));
            }
        }
        self.core.steps += 1;
        self.core.loss = None;
        if self.core.non_finite == NonFinite::Stop && !report.diverged.is_empty() {
            return Err(Error::Diverged {
                step: report.step,
                parameters: report.diverged,
            });
        }
        Ok(report)
    }

    fn skipped(&mut self, report: StepReport) -> StepReport {
        self.core.loss = None;
        StepReport {
            step: self.core.steps,
            skipped: true,
            ..report
        }
    }

    /// Adds the gradients of a micro-batch to those before.
    fn gather(&mut self, works: &mut [Work<A::Tensor>]) {
        for work in works {
            let gathered = &mut self.core.slots.at_mut(work.slot).gathered;
            *gathered = Some(match gathered.take() {
                None => work.u.clone(),
                Some(sum) => self.algebra.binary(Binary::Add, &sum, &work.u),
            });
        }
    }

    /// The mean of the gradients of all micro-batches takes the place of the last.
    fn take_mean(&mut self, works: &mut [Work<A::Tensor>], report: &mut StepReport) {
        let scale = 1.0 / self.core.accumulation.size as f64;
        for work in works.iter_mut() {
            if let Some(sum) = self.core.slots.at_mut(work.slot).gathered.take() {
                work.u = self.algebra.with_scalar(Binary::Multiply, &sum, scale);
                work.gradient = work.u.clone();
                work.square_sum = self.algebra.square_sum(&work.u);
            }
        }
        // What came in earlier micro-batches only belongs to no later step.
        for slot in self.core.slots.iter_mut() {
            slot.gathered = None;
        }
        report.gradient_norm = norm(works.iter().map(|work| work.square_sum));
    }

    fn admit(
        &mut self,
        parameters: &[TensorParameter<A::Tensor>],
    ) -> Result<Vec<Work<A::Tensor>>, Error> {
        let core = &mut self.core;
        let mut works = Vec::with_capacity(parameters.len());
        for (position, parameter) in parameters.iter().enumerate() {
            let slot =
                core.slots
                    .find(&mut core.plan, position, &parameter.name, &parameter.shape)?;
            let gradient = match (&parameter.gradient, &core.slots.at(slot).gathered) {
                (Some(gradient), _) => gradient.clone(),
                (None, Some(gathered)) => self.algebra.full(gathered, 0.0),
                (None, None) => continue,
            };
            if let Some(hessian) = &parameter.hessian {
                let finite = |value: &f32| value.is_finite();
                if !self.algebra.square_sum(hessian).is_finite()
                    && !self.algebra.read(hessian).iter().all(finite)
                {
                    return Err(Error::Parameter {
                        parameter: parameter.name.clone(),
                        problem: "has a Hessian's diagonal that is not finite; leave it out for this step".into(),
                    });
                }
            }
            core.refuse_averaged(slot)?;
            let variant = core.slots.at(slot).variant;
            if !core.plan.is_frozen(variant, core.steps) {
                core.check_hessian(slot, &parameter.name, parameter.hessian.is_some())?;
                works.push(Work {
                    parameter: position,
                    slot,
                    variant,
                    updates: core.slots.at(slot).updates + 1,
                    u: gradient.clone(),
                    gradient,
                    has_hessian: parameter.hessian.is_some(),
                    square_sum: 0.0,
                    terms: [0.0; TERMS],
                });
            }
        }
        core.slots.check_loaded()?;
        Ok(works)
    }

    /// The norms of the gradients; what is not finite is reported, and zero from here on.
    fn measure(
        &self,
        parameters: &[TensorParameter<A::Tensor>],
        works: &mut [Work<A::Tensor>],
        report: &mut StepReport,
    ) {
        for work in works.iter_mut() {
            work.square_sum = self.algebra.square_sum(&work.u);
            if work.square_sum.is_finite() {
                continue;
            }
            let parameter = &parameters[work.parameter];
            let mut values = self.algebra.read(&work.u);
            let bad = values.iter_mut().filter(|value| !value.is_finite());
            let count = bad.map(|value| *value = 0.0).count();
            if count > 0 {
                report.non_finite.push(NonFiniteValues {
                    parameter: parameter.name.clone(),
                    count,
                });
            }
            work.square_sum = values.iter().map(|&v| f64::from(v) * f64::from(v)).sum();
            work.u = self.algebra.write(values, &parameter.shape);
            work.gradient = work.u.clone();
        }
        report.gradient_norm = norm(works.iter().map(|work| work.square_sum));
    }

    fn run_stage(
        &mut self,
        index: usize,
        parameters: &[TensorParameter<A::Tensor>],
        works: &mut [Work<A::Tensor>],
        report: &mut StepReport,
    ) {
        for work in works.iter_mut() {
            self.make_states(index, &parameters[work.parameter].values, work);
        }
        if self.core.plan.stages[index].whole {
            self.run_whole(index, parameters, works, report);
            return;
        }
        let measure = self.core.plan.stages[index].measure;
        if measure.sums() {
            self.sum_terms(index, parameters, works);
        }
        let elements = |work: &Work<_>| parameters[work.parameter].shape.iter().product();
        let claims: Vec<Claim> = match measure.scope() {
            Scope::Parameter => works
                .iter()
                .map(|work| {
                    let (square, sums) = (work.square_sum, work.terms);
                    work.claim(Measured::new(measure, square, sums, elements(work)))
                })
                .collect(),
            Scope::Global => {
                let stage = &self.core.plan.stages[index];
                let variants = &self.core.plan.variants;
                let measured = |work: &&Work<_>| variants[work.variant].measures(stage);
                let measured = || works.iter().filter(measured);
                let square = measured().map(|work| work.square_sum).sum();
                let mut sums = [0.0; TERMS];
                for work in measured() {
                    for (sum, term) in sums.iter_mut().zip(work.terms) {
                        *sum += term;
                    }
                }
                let all = measured().map(elements).sum();
                let all = Measured::new(measure, square, sums, all);
                works.iter().map(|work| work.claim(all)).collect()
            }
        };
        self.core.remember(index, &claims);
        let constants = self.core.constants(index, &claims);
        report.clipped |= constants.clipped;
        let parts = self.parts(index);
        for (work, &set) in works.iter_mut().zip(&constants.of) {
            let mut constant = 0;
            for &(state, ref part) in &parts[work.variant] {
                let Some(program) = plan::program(part) else {
                    continue;
                };
                let count = part.constants.len();
                let own = &constants.sets[set][constant..constant + count];
                let (u, states) = self.interpret(program, own, parameters, work, state);
                work.u = u;
                let slot = self.core.slots.at_mut(work.slot);
                for (k, tensor) in states.into_iter().enumerate() {
                    slot.states[state + k] = Some(tensor);
                }
                constant += count;
            }
            work.square_sum = self.algebra.square_sum(&work.u);
        }
    }

    /// For each variant the rules of a stage that its parameters pass through, each with the place of its first state.
    fn parts(&self, index: usize) -> Vec<Vec<(usize, rule::Part)>> {
        let stage = &self.core.plan.stages[index];
        let of = |variant: &plan::Variant| {
            let mut state = stage.states.start;
            let mut parts = Vec::new();
            for (number, own) in stage.links.clone().zip(&stage.parts) {
                for part in own {
                    if variant.is_active(number) {
                        parts.push((state, part.clone()));
                    }
                    state += part.state.len();
                }
            }
            parts
        };
        self.core.plan.variants.iter().map(of).collect()
    }

    /// Makes the states of a stage that are not there yet.
    fn make_states(&mut self, index: usize, x: &A::Tensor, work: &Work<A::Tensor>) {
        let slot = self.core.slots.at_mut(work.slot);
        for k in self.core.plan.stages[index].states.clone() {
            let (Some(kind), None) = (&slot.kinds[k], &slot.states[k]) else {
                continue;
            };
            slot.states[k] = Some(match (kind.initial, &kind.shape) {
                (Initial::Constant(value), None) => self.algebra.full(x, value),
                (Initial::Constant(value), Some(shape)) => {
                    let count = shape.iter().product();
                    self.algebra.write(vec![value as f32; count], shape)
                }
                (Initial::Parameter, _) => x.clone(),
            });
        }
    }

    /// The sums that the first rule of a stage asks for.
    fn sum_terms(
        &self,
        index: usize,
        parameters: &[TensorParameter<A::Tensor>],
        works: &mut [Work<A::Tensor>],
    ) {
        let claims: Vec<Claim> = works
            .iter()
            .map(|work| work.claim(Measured::NOTHING))
            .collect();
        let constants = self.core.constants(index, &claims);
        let parts = self.parts(index);
        let stage = &self.core.plan.stages[index];
        for (work, &set) in works.iter_mut().zip(&constants.of) {
            // Where the first link is passed by, nothing is summed.
            work.terms = [0.0; TERMS];
            let variant = &self.core.plan.variants[work.variant];
            let first = parts[work.variant].first();
            let Some((state, part)) = first.filter(|_| variant.measures(stage)) else {
                continue;
            };
            let Some(program) = plan::program(part) else {
                continue;
            };
            let own = &constants.sets[set][..part.constants.len()];
            let inputs = self.inputs(own, parameters, work, *state);
            let values = evaluate(&self.algebra, &program.terms.nodes, &inputs);
            let sum = |&node: &usize| match &values[node] {
                Value::Number(number) => self.algebra.sum(&self.algebra.full(inputs.x, *number)),
                Value::Tensor(tensor) => self.algebra.sum(tensor),
            };
            let sums: Vec<f64> = program.terms.outputs.iter().map(sum).collect();
            work.terms[..sums.len()].copy_from_slice(&sums);
        }
    }

    fn inputs<'a>(
        &'a self,
        constants: &'a [f64],
        parameters: &'a [TensorParameter<A::Tensor>],
        work: &'a Work<A::Tensor>,
        state: usize,
    ) -> Inputs<'a, A::Tensor> {
        let parameter = &parameters[work.parameter];
        Inputs {
            constants,
            x: &parameter.values,
            g: &work.u,
            gradient: &work.gradient,
            hessian: parameter.hessian.as_ref(),
            states: &self.core.slots.at(work.slot).states[state..],
        }
    }

    /// Runs a recorded program; returns its output and its states behind the step.
    fn interpret(
        &self,
        program: &Program,
        constants: &[f64],
        parameters: &[TensorParameter<A::Tensor>],
        work: &Work<A::Tensor>,
        state: usize,
    ) -> (A::Tensor, Vec<A::Tensor>) {
        let inputs = self.inputs(constants, parameters, work, state);
        let values = evaluate(&self.algebra, &program.nodes, &inputs);
        let tensor = |node: usize| match &values[node] {
            Value::Number(number) => self.algebra.full(inputs.x, *number),
            Value::Tensor(tensor) => tensor.clone(),
        };
        let states = program.states.iter().map(|&node| tensor(node)).collect();
        (tensor(program.output), states)
    }

    /// A whole-tensor link: on the processor, in f32.
    fn run_whole(
        &mut self,
        index: usize,
        parameters: &[TensorParameter<A::Tensor>],
        works: &mut [Work<A::Tensor>],
        report: &mut StepReport,
    ) {
        let range = self.core.plan.stages[index].states.clone();
        for work in works {
            let stage = &self.core.plan.stages[index];
            let variant = &self.core.plan.variants[work.variant];
            if variant.links(stage).next().is_none() {
                continue;
            }
            let parameter = &parameters[work.parameter];
            let read = |tensor: &Option<A::Tensor>| {
                let tensor = tensor.as_ref();
                tensor.map_or_else(Vec::new, |tensor| self.algebra.read(tensor))
            };
            let slot = self.core.slots.at(work.slot);
            let mut states: Vec<Vec<f32>> = slot.states[range.clone()].iter().map(read).collect();
            let x = self.algebra.read(&parameter.values);
            let gradient = self.algebra.read(&work.gradient);
            let hessian = parameter.hessian.as_ref().map(|h| self.algebra.read(h));
            let mut u = self.algebra.read(&work.u);
            let stage = &self.core.plan.stages[index];
            let step = self.core.step_of(&work.claim(Measured::NOTHING));
            for (_, link) in self.core.plan.variants[work.variant].links(stage) {
                let tensor = Tensor {
                    name: &parameter.name,
                    shape: &parameter.shape,
                    x: &x,
                    gradient: &gradient,
                    hessian: hessian.as_deref(),
                    u: &mut u,
                    states: &mut states,
                };
                if let Err(reason) = link.whole_f32(&step, tensor) {
                    report.fallbacks.push(Fallback {
                        link: stage.parts[0][0].name,
                        parameter: parameter.name.clone(),
                        reason,
                    });
                }
            }
            work.u = self.algebra.write(u, &parameter.shape);
            work.square_sum = self.algebra.square_sum(&work.u);
            let slot = self.core.slots.at_mut(work.slot);
            for (k, values) in range.clone().zip(states) {
                let Some(kind) = &slot.kinds[k] else { continue };
                let shape = kind.shape.as_ref().unwrap_or(&slot.shape);
                slot.states[k] = Some(self.algebra.write(values, shape));
            }
        }
    }

    /// The state as safetensors, in the layout of [`Optimizer::save`](crate::Optimizer::save).
    ///
    /// # Errors
    /// None that a user could cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        checkpoint::write(&self.core, |state, shape| {
            let values = self.algebra.read(state);
            vec![Part {
                suffix: "",
                dtype: Dtype::F32,
                shape: shape.to_vec(),
                bytes: Cow::Owned(bytemuck::cast_slice(&values).to_vec()),
            }]
        })
    }

    /// Replaces the state by a saved one. States that were saved in a small format are widened.
    ///
    /// # Errors
    /// As [`Optimizer::load`](crate::Optimizer::load).
    pub fn from_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        checkpoint::read(bytes, &mut self.core, false, |saved, _| {
            let (values, shape) = saved.full()?;
            Ok(self.algebra.write(values, &shape))
        })
    }
}

struct Work<T> {
    parameter: usize,
    slot: usize,
    variant: usize,
    updates: u64,
    u: T,
    /// The gradient, without what was not finite.
    gradient: T,
    has_hessian: bool,
    square_sum: f64,
    terms: [f64; TERMS],
}

impl<T> Work<T> {
    fn claim(&self, measured: Measured) -> Claim {
        Claim {
            slot: self.slot,
            variant: self.variant,
            updates: self.updates,
            measured,
            has_hessian: self.has_hessian,
        }
    }
}

fn norm(squares: impl Iterator<Item = f64>) -> f64 {
    squares.sum::<f64>().sqrt()
}

/// A value in the course of a program: a number for every element, or a tensor.
enum Value<T> {
    Number(f64),
    Tensor(T),
}

/// What a recorded formula reads.
struct Inputs<'a, T> {
    constants: &'a [f64],
    x: &'a T,
    g: &'a T,
    gradient: &'a T,
    hessian: Option<&'a T>,
    states: &'a [Option<T>],
}

/// The values of a recorded formula.
fn evaluate<A: Algebra>(
    algebra: &A,
    nodes: &[Node],
    inputs: &Inputs<'_, A::Tensor>,
) -> Vec<Value<A::Tensor>> {
    let mut values: Vec<Value<A::Tensor>> = Vec::with_capacity(nodes.len());
    let tensor = |value: &Value<A::Tensor>| match value {
        Value::Number(number) => algebra.full(inputs.x, *number),
        Value::Tensor(tensor) => tensor.clone(),
    };
    for node in nodes {
        let value = match *node {
            Node::Constant(k) => Value::Number(inputs.constants[k]),
            Node::Literal(number) => Value::Number(number),
            Node::Parameter => Value::Tensor(inputs.x.clone()),
            Node::Input => Value::Tensor(inputs.g.clone()),
            Node::Gradient => Value::Tensor(inputs.gradient.clone()),
            Node::Hessian => match inputs.hessian {
                Some(hessian) => Value::Tensor(hessian.clone()),
                None => Value::Number(0.0),
            },
            Node::State(k) => match &inputs.states[k] {
                Some(state) => Value::Tensor(state.clone()),
                None => Value::Number(0.0),
            },
            Node::Unary(operation, a) => match &values[a] {
                Value::Number(a) => Value::Number(unary(operation, *a)),
                Value::Tensor(a) => Value::Tensor(algebra.unary(operation, a)),
            },
            Node::Binary(operation, a, b) => match (&values[a], &values[b]) {
                (Value::Number(a), Value::Number(b)) => Value::Number(binary(operation, *a, *b)),
                (Value::Tensor(a), Value::Tensor(b)) => {
                    Value::Tensor(algebra.binary(operation, a, b))
                }
                (Value::Tensor(a), Value::Number(b)) => {
                    Value::Tensor(algebra.with_scalar(operation, a, *b))
                }
                (Value::Number(a), Value::Tensor(b)) => match operation {
                    Binary::Add | Binary::Multiply => {
                        Value::Tensor(algebra.with_scalar(operation, b, *a))
                    }
                    Binary::Subtract
                    | Binary::Divide
                    | Binary::Max
                    | Binary::Min
                    | Binary::Power => {
                        Value::Tensor(algebra.binary(operation, &algebra.full(b, *a), b))
                    }
                },
            },
            Node::IfLess(a, b, then, otherwise) => Value::Tensor(algebra.if_less(
                &tensor(&values[a]),
                &tensor(&values[b]),
                &tensor(&values[then]),
                &tensor(&values[otherwise]),
            )),
        };
        values.push(value);
    }
    values
}

fn unary(operation: Unary, a: f64) -> f64 {
    use crate::Real;
    match operation {
        Unary::Negate => -a,
        Unary::Sqrt => a.sqrt(),
        Unary::Abs => a.abs(),
        Unary::Sign => Real::sign(a),
        Unary::Exp => Real::exp(a),
        Unary::Ln => Real::ln(a),
        Unary::Cbrt => Real::cbrt(a),
        Unary::Tanh => Real::tanh(a),
    }
}

fn binary(operation: Binary, a: f64, b: f64) -> f64 {
    match operation {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide => a / b,
        Binary::Max => crate::Real::max(a, b),
        Binary::Min => crate::Real::min(a, b),
        Binary::Power => crate::Real::powf(a, b),
    }
}
