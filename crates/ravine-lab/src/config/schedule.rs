use std::fmt;
use std::str::FromStr;

use ravine::suggest::nearest;

/// How the learning rate moves during a run of known length, with the trial's learning rate as its peak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScheduleShape {
    /// The peak throughout.
    #[default]
    Constant,
    /// From the peak to 0 along a straight line.
    Linear,
    /// From the peak to 0 along half a cosine.
    Cosine,
    /// Up from 0 over the first tenth of the steps, then [`ScheduleShape::Linear`].
    WarmupLinear,
    /// Up from 0 over the first tenth of the steps, then [`ScheduleShape::Cosine`].
    WarmupCosine,
    /// Up from 0 over the first tenth of the steps, the peak, and over the last fifth linearly down to 0.
    WarmupStableDecay,
    /// PyTorch's `OneCycleLR`: up from a 25th of the peak over the first three tenths, then far down.
    OneCycle,
}

/// The shapes, their names, and what they do.
pub const SHAPES: [(ScheduleShape, &str, &str); 7] = [
    (ScheduleShape::Constant, "constant", "the peak throughout"),
    (
        ScheduleShape::Linear,
        "linear",
        "from the peak to 0 along a straight line",
    ),
    (
        ScheduleShape::Cosine,
        "cosine",
        "from the peak to 0 along half a cosine",
    ),
    (
        ScheduleShape::WarmupLinear,
        "warmup-linear",
        "up over the first tenth of the steps, then linear to 0",
    ),
    (
        ScheduleShape::WarmupCosine,
        "warmup-cosine",
        "up over the first tenth of the steps, then half a cosine to 0",
    ),
    (
        ScheduleShape::WarmupStableDecay,
        "wsd",
        "up over the first tenth of the steps, the peak, linear to 0 over the last fifth",
    ),
    (
        ScheduleShape::OneCycle,
        "one-cycle",
        "up from a 25th of the peak over three tenths of the steps, then a cosine far down",
    ),
];

impl ScheduleShape {
    /// The learning rate's course with this peak over `steps` updates, as the text of a hyper-parameter.
    pub fn course(self, peak: f64, steps: u64) -> String {
        let up = (steps / 10).max(1);
        let down =
            |kind: &str, steps: u64| format!("{kind}(from={peak}, to=0, steps={})", steps.max(1));
        let warm = |kind: &str| {
            let then = down(kind, steps.saturating_sub(up));
            format!("warmup(steps={up}, from=0, then={then})")
        };
        match self {
            ScheduleShape::Constant => peak.to_string(),
            ScheduleShape::Linear => down("linear", steps),
            ScheduleShape::Cosine => down("cosine", steps),
            ScheduleShape::WarmupLinear => warm("linear"),
            ScheduleShape::WarmupCosine => warm("cosine"),
            ScheduleShape::WarmupStableDecay => {
                let decay = steps / 5;
                let stable = steps.saturating_sub(up + decay);
                format!("wsd(peak={peak}, warmup={up}, stable={stable}, decay={decay})")
            }
            ScheduleShape::OneCycle => format!("one_cycle(peak={peak}, steps={steps})"),
        }
    }
}

impl FromStr for ScheduleShape {
    type Err = String;

    fn from_str(text: &str) -> Result<ScheduleShape, String> {
        let shape = SHAPES.iter().find(|(_, name, _)| *name == text);
        shape.map(|(shape, ..)| *shape).ok_or_else(|| {
            let names = SHAPES.map(|(_, name, _)| name);
            let known = format!("must be one of {}", names.join(", "));
            match nearest(text, names) {
                Some(name) => format!("{known}; did you mean '{name}'?"),
                None => known,
            }
        })
    }
}

impl fmt::Display for ScheduleShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = SHAPES.iter().find(|(shape, ..)| shape == self);
        f.write_str(name.map_or("", |(_, name, _)| name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ravine::Hyper;

    #[test]
    fn every_course_has_the_trials_rate_as_its_peak() {
        for (shape, name, _) in SHAPES {
            assert_eq!(name.parse(), Ok(shape));
            for steps in [1, 2, 7, 680] {
                let course: Hyper = shape.course(0.01, steps).parse().unwrap();
                let rates: Vec<f64> = (0..steps).map(|step| course.at(step)).collect();
                assert!(
                    rates.iter().all(|rate| (0.0..=0.01).contains(rate)),
                    "{name}"
                );
                if steps == 680 {
                    let peak = rates.iter().copied().fold(0.0, f64::max);
                    assert!((peak - 0.01).abs() < 1e-6, "{name}: {peak}");
                }
            }
        }
    }
}
