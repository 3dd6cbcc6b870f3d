//! Paths that approximate subproblem solvers follow until the region ends.

use crate::minimize::vector::{beyond, dot, norm};

/// A path of straight pieces from the centre of the region, ever farther from it and ever lower in the model. It does not depend on
/// the radius: a step that was too long is cut shorter without new products.
pub(super) struct Path {
    /// ∇f.
    gradient: Vec<f64>,
    /// The pieces' ends p, each with Bp.
    corners: Vec<[Vec<f64>; 2]>,
    /// A direction d of negative curvature in which the path goes on without end, with Bd.
    ray: Option<[Vec<f64>; 2]>,
}

impl Path {
    pub(super) fn new(gradient: &[f64]) -> Self {
        let zero = vec![0.0; gradient.len()];
        Self {
            gradient: gradient.to_vec(),
            corners: vec![[zero.clone(), zero]],
            ray: None,
        }
    }

    /// Goes on by td; answers the distance from the centre.
    pub(super) fn go(&mut self, t: f64, d: &[f64], bd: &[f64]) -> f64 {
        let next = self
            .corners
            .last()
            .map(|[p, bp]| [beyond(p, t, d), beyond(bp, t, bd)]);
        let distance = next.as_ref().map_or(f64::NAN, |[p, _]| norm(p));
        self.corners.extend(next);
        distance
    }

    /// Goes on along d without end.
    pub(super) fn end(&mut self, d: &[f64], bd: &[f64]) {
        self.ray = Some([d.to_vec(), bd.to_vec()]);
    }

    /// Goes to a point p.
    pub(super) fn go_to(&mut self, p: Vec<f64>, bp: Vec<f64>) {
        self.corners.push([p, bp]);
    }

    /// The path's last point within the radius, and how much lower the model is there.
    pub(super) fn cut(&self, radius: f64) -> (Vec<f64>, f64) {
        let outside = |[p, _]: &&[Vec<f64>; 2]| norm(p) > radius;
        let inside = self.corners.iter().take_while(|corner| !outside(corner));
        let Some([p, bp]) = inside.last() else {
            return (vec![0.0; self.gradient.len()], 0.0);
        };
        let exit = self
            .corners
            .iter()
            .find(outside)
            .map(|[q, bq]| [beyond(q, -1.0, p), beyond(bq, -1.0, bp)]);
        let [p, bp] = match exit.as_ref().or(self.ray.as_ref()) {
            Some([d, bd]) => {
                let t = to_sphere(p, d, radius);
                [beyond(p, t, d), beyond(bp, t, bd)]
            }
            None => [p.clone(), bp.clone()],
        };
        let fall = -(dot(&self.gradient, &p) + 0.5 * dot(&p, &bp));
        (p, fall)
    }
}

/// The t ≥ 0 for which `‖p + td‖ = radius`.
pub(super) fn to_sphere(p: &[f64], d: &[f64], radius: f64) -> f64 {
    let (a, b) = (dot(d, d), dot(p, d));
    let c = (dot(p, p) - radius * radius).min(0.0);
    let root = (b * b - a * c).sqrt();
    // Without cancellation.
    if b > 0.0 {
        -c / (b + root)
    } else {
        (root - b) / a
    }
}
