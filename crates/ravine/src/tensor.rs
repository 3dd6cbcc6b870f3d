//! The same optimisers on any tensor type, by interpreting the recorded programs: on a GPU, for instance.

use std::borrow::Cow;

use safetensors::Dtype;

use crate::chain::checkpoint;
use crate::chain::core::{Claim, Core};
use crate::chain::shared::shared_methods;
use crate::chain::{Chain, NonFinite, StepReport};
use crate::error::{Error, NonFiniteValues};
use crate::program::{Binary, Node, Program, Unary};
use crate::rule::{Initial, Measure};

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
        if self.core.steps == before {
            self.core.slots.roll_back();
        }
        result
    }

    fn attempt(
        &mut self,
        parameters: &mut [TensorParameter<A::Tensor>],
    ) -> Result<StepReport, Error> {
        let mut works = self.admit(parameters)?;
        self.core.check()?;
        let mut report = StepReport {
            step: self.core.steps + 1,
            learning_rate: self.core.learning_rate(),
            ..StepReport::default()
        };
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
                NonFinite::Skip => {
                    report.step = self.core.steps;
                    report.skipped = true;
                    return Ok(report);
                }
                NonFinite::Zero => {}
            }
        }
        for stage in 0..self.core.plan.stages.len() {
            report.clipped |= self.run_stage(stage, parameters, &mut works);
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
        if self.core.non_finite == NonFinite::Stop && !report.diverged.is_empty() {
            return Err(Error::Diverged {
                step: report.step,
                parameters: report.diverged,
            });
        }
        Ok(report)
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
            let Some(gradient) = &parameter.gradient else {
                continue;
            };
            let variant = core.slots.at(slot).variant;
            if !core.plan.variants[variant].frozen {
                works.push(Work {
                    parameter: position,
                    slot,
                    variant,
                    u: gradient.clone(),
                    square_sum: 0.0,
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
        }
        report.gradient_norm = norm(works.iter().map(|work| work.square_sum));
    }

    fn run_stage(
        &mut self,
        index: usize,
        parameters: &[TensorParameter<A::Tensor>],
        works: &mut [Work<A::Tensor>],
    ) -> bool {
        let stage = self.core.plan.stages[index].clone();
        let global = norm(works.iter().map(|work| work.square_sum));
        let updates: Vec<u64> = works
            .iter()
            .map(|work| self.core.slots.at(work.slot).updates)
            .collect();
        let claims = works.iter().zip(updates).map(|(work, updates)| Claim {
            variant: work.variant,
            updates: updates + u64::from(index == 0),
            norm: match stage.measure {
                Measure::Nothing => f64::NAN,
                Measure::ParameterNorm => work.square_sum.sqrt(),
                Measure::GlobalNorm => global,
            },
        });
        let constants = self.core.constants(&stage, claims);
        for (work, &set) in works.iter_mut().zip(&constants.of) {
            let x = &parameters[work.parameter].values;
            let initials = &self.core.plan.variants[work.variant].initials;
            let slot = self.core.slots.at(work.slot);
            slot.updates += u64::from(index == 0);
            let (mut constant, mut state) = (0, stage.states.start);
            for part in &stage.parts {
                let states: Vec<A::Tensor> = (state..state + part.state.len())
                    .map(|k| {
                        slot.states[k].take().unwrap_or_else(|| match initials[k] {
                            Initial::Constant(value) => self.algebra.full(x, value),
                            Initial::Parameter => x.clone(),
                        })
                    })
                    .collect();
                let count = part.constants.len();
                let (u, states) = interpret(
                    &self.algebra,
                    &part.program,
                    &constants.sets[set][constant..constant + count],
                    x,
                    &work.u,
                    &states,
                );
                work.u = u;
                for (k, tensor) in states.into_iter().enumerate() {
                    slot.states[state + k] = Some(tensor);
                }
                constant += count;
                state += part.state.len();
            }
            work.square_sum = self.algebra.square_sum(&work.u);
        }
        constants.clipped
    }

    /// The state as safetensors, in the layout of [`Optimizer::save`](crate::Optimizer::save).
    ///
    /// # Errors
    /// None that a user could cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        checkpoint::write(
            &self.core.plan,
            self.core.steps,
            &self.core.slots,
            |state| {
                let values = self.algebra.read(state);
                (
                    Dtype::F32,
                    Cow::Owned(bytemuck::cast_slice(&values).to_vec()),
                )
            },
        )
    }

    /// Replaces the state by a saved one.
    ///
    /// # Errors
    /// As [`Optimizer::load`](crate::Optimizer::load).
    pub fn from_bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let core = &mut self.core;
        let (steps, slots) = checkpoint::read(
            bytes,
            &mut core.plan,
            &core.slots,
            Dtype::F32,
            |bytes, shape| {
                self.algebra
                    .write(bytemuck::pod_collect_to_vec(bytes), shape)
            },
        )?;
        core.steps = steps;
        core.slots = slots;
        Ok(())
    }
}

struct Work<T> {
    parameter: usize,
    slot: usize,
    variant: usize,
    u: T,
    square_sum: f64,
}

fn norm(squares: impl Iterator<Item = f64>) -> f64 {
    squares.sum::<f64>().sqrt()
}

/// A value in the course of a program: a number for every element, or a tensor.
enum Value<T> {
    Number(f64),
    Tensor(T),
}

/// Runs a recorded program; returns its output and its states behind the step.
fn interpret<A: Algebra>(
    algebra: &A,
    program: &Program,
    constants: &[f64],
    x: &A::Tensor,
    g: &A::Tensor,
    states: &[A::Tensor],
) -> (A::Tensor, Vec<A::Tensor>) {
    let mut values: Vec<Value<A::Tensor>> = Vec::with_capacity(program.nodes.len());
    let tensor = |value: &Value<A::Tensor>| match value {
        Value::Number(number) => algebra.full(x, *number),
        Value::Tensor(tensor) => tensor.clone(),
    };
    for node in &program.nodes {
        let value = match *node {
            Node::Constant(k) => Value::Number(constants[k]),
            Node::Literal(number) => Value::Number(number),
            Node::Parameter => Value::Tensor(x.clone()),
            Node::Gradient => Value::Tensor(g.clone()),
            Node::State(k) => Value::Tensor(states[k].clone()),
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
    (
        tensor(&values[program.output]),
        program
            .states
            .iter()
            .map(|&node| tensor(&values[node]))
            .collect(),
    )
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
