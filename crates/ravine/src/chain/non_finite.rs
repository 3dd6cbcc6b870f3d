//! What to do about infinities and NaN in a gradient.

/// The policy for gradients that are not finite. They are always counted and reported with the parameter's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NonFinite {
    /// The step returns [`Error::NonFinite`](crate::Error::NonFinite). No infinity or NaN reaches a parameter or a state:
    /// the coordinates concerned stay as they were. A chain that reads all gradients beforehand (because it clips by a
    /// norm) changes nothing at all; any other has updated the finite coordinates by then, since finding out before would
    /// cost another pass over memory.
    #[default]
    Stop,
    /// The step changes nothing, does not count, and says so in its report. Costs one more read of the gradients.
    Skip,
    /// Non-finite coordinates count as zero.
    Zero,
}
