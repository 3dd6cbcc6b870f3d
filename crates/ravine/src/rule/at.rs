//! What a formula sees of one coordinate.

/// One coordinate, as a rule's formula sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At<T> {
    /// The parameter before the step.
    pub x: T,
    /// The rule's input: the gradient, or what the link before made of it.
    pub g: T,
    /// The gradient as it came, whatever links stand before; only where the rule says
    /// [`READS_GRADIENT`](super::Rule::READS_GRADIENT).
    pub gradient: T,
    /// The caller's estimate of the Hessian's diagonal; only where the rule says [`READS_HESSIAN`](super::Rule::READS_HESSIAN),
    /// and zero in steps that bring none.
    pub hessian: T,
}
