//! Random points between bounds.

use crate::minimize::Bounds;
use crate::minimize::options::choice;
use crate::random::{ChaCha8Rng, shuffle, unit};

/// How random points are spread between bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampling {
    /// Each by itself, uniform.
    Uniform,
    /// A Latin hypercube: of k points, each coordinate has one in each k-th part of its range (M. D. McKay, R. J.
    /// Beckman, W. J. Conover, 1979).
    #[default]
    LatinHypercube,
}

choice!(Sampling: "uniform" => Uniform, "latin-hypercube" => LatinHypercube);

impl Sampling {
    /// `count` points.
    pub(super) fn points(
        self,
        bounds: &Bounds,
        count: usize,
        rng: &mut ChaCha8Rng,
    ) -> Vec<Vec<f64>> {
        let n = bounds.lower().len();
        let mut points = vec![vec![0.0; n]; count];
        for (i, (l, u)) in bounds.lower().iter().zip(bounds.upper()).enumerate() {
            let mut part: Vec<usize> = (0..count).collect();
            if self == Self::LatinHypercube {
                shuffle(rng, &mut part);
            }
            for (point, part) in points.iter_mut().zip(part) {
                let t = match self {
                    Self::Uniform => unit(rng),
                    Self::LatinHypercube => (part as f64 + unit(rng)) / count as f64,
                };
                // Not l + t(u − l), which may overflow.
                point[i] = ((1.0 - t) * l + t * u).clamp(*l, *u);
            }
        }
        points
    }
}
