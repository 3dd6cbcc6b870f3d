//! What to do about infinities and NaN in a gradient.

/// The policy for gradients that are not finite. They are always counted and reported with the parameter's name.
///
/// What overflows within a step (a finite gradient whose square is infinite, a division by ε = 0) is found behind it, when it
/// has made a parameter infinite or NaN: under `Stop` that is [`Error::Diverged`](crate::Error::Diverged), under the others it
/// is in the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NonFinite {
    /// The step returns [`Error::NonFinite`](crate::Error::NonFinite). No infinity or NaN of a gradient reaches a parameter or
    /// a state: the coordinates concerned stay as they were. A chain that reads all gradients beforehand (because it clips by a
    /// norm) changes nothing at all; any other has updated the finite coordinates by then, since finding out before would
    /// cost another pass over memory.
    #[default]
    Stop,
    /// The step changes nothing, does not count, and says so in its report. Costs one more read of the gradients.
    Skip,
    /// Non-finite coordinates count as zero.
    Zero,
}
