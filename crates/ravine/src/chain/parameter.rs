//! What a step is given for each parameter.

/// One named parameter and its gradient, as slices.
#[derive(Debug)]
pub struct Parameter<'a, T> {
    /// The name that the parameter's state belongs to.
    pub name: &'a str,
    /// The shape; `None` means one dimension of `values.len()`.
    pub shape: Option<&'a [usize]>,
    /// The values, which the step changes in place.
    pub values: &'a mut [T],
    /// The gradient, as many numbers as values. `None` leaves the parameter and its state as they are; a gradient of
    /// zeros is a gradient.
    pub gradient: Option<&'a [T]>,
    /// An estimate of the Hessian's diagonal, as many numbers as values, for the methods that use one.
    pub hessian: Option<&'a [T]>,
}

impl<'a, T> Parameter<'a, T> {
    /// A parameter of one dimension.
    #[must_use]
    pub fn new(name: &'a str, values: &'a mut [T], gradient: Option<&'a [T]>) -> Self {
        Self {
            name,
            shape: None,
            values,
            gradient,
            hessian: None,
        }
    }

    /// With this estimate of the Hessian's diagonal: see [`curvature`](crate::curvature).
    #[must_use]
    pub fn hessian(mut self, diagonal: &'a [T]) -> Self {
        self.hessian = Some(diagonal);
        self
    }

    /// With this shape, whose product must be the number of values.
    #[must_use]
    pub fn shape(mut self, shape: &'a [usize]) -> Self {
        self.shape = Some(shape);
        self
    }
}
