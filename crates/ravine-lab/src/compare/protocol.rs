use std::collections::HashMap;

use super::grid;
use super::trial::{Phase, Trial, TrialSpec};
use crate::statistics::median;

/// How many runs of which kind every optimiser gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Learning rates in the grid.
    pub trials: usize,
    /// How often the grid may slide by one rate when the best is at its edge.
    pub extend: usize,
    /// Seeds for choosing the learning rate.
    pub tuning_seeds: Vec<u64>,
    /// Seeds for the reported numbers.
    pub seeds: Vec<u64>,
}

/// An optimiser that takes part.
#[derive(Debug, Clone, PartialEq)]
pub struct Entrant {
    /// Its name.
    pub name: String,
    /// The centre of its grid of learning rates.
    pub usual_lr: f64,
    /// Its default learning rate.
    pub default_lr: f64,
}

/// Which runs a comparison makes, given what the finished ones showed. It runs nothing itself, and does not depend on
/// the order in which runs finish.
#[derive(Debug)]
pub struct Protocol {
    plan: Plan,
    lanes: Vec<Lane>,
    trials: HashMap<String, Trial>,
}

/// One optimiser's way through the comparison.
#[derive(Debug)]
struct Lane {
    entrant: Entrant,
    /// First and last rate of the grid where it stands now, in half decades from the usual rate.
    window: (i32, i32),
    /// First and last rate that was tried.
    tried: (i32, i32),
    extended: usize,
    chosen: Option<Choice>,
    done: bool,
}

#[derive(Debug, Clone, Copy)]
struct Choice {
    lr: f64,
    at_edge: bool,
}

/// What the protocol decided for one optimiser.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Verdict {
    pub(super) entrant: Entrant,
    pub(super) lr: f64,
    pub(super) at_edge: bool,
    pub(super) rates: Vec<f64>,
    pub(super) extended: usize,
}

impl Protocol {
    /// A comparison of `entrants`, of which the runs to begin with are [`Protocol::first`].
    pub fn new(plan: Plan, entrants: Vec<Entrant>) -> Protocol {
        let window = grid::offsets(plan.trials).into_inner();
        let lanes = entrants.into_iter().map(|entrant| Lane {
            entrant,
            window,
            tried: window,
            extended: 0,
            chosen: None,
            done: false,
        });
        Protocol {
            lanes: lanes.collect(),
            plan,
            trials: HashMap::new(),
        }
    }

    /// The runs to begin with: every optimiser's grid.
    pub fn first(&self) -> Vec<TrialSpec> {
        let mut specs = Vec::new();
        for lane in &self.lanes {
            for offset in lane.window.0..=lane.window.1 {
                specs.extend(self.tuning(lane, offset));
            }
        }
        specs
    }

    /// Takes in a finished run, and returns the runs that it makes necessary.
    pub fn finished(&mut self, trial: Trial) -> Vec<TrialSpec> {
        let lane = self
            .lanes
            .iter()
            .position(|lane| lane.entrant.name == trial.optimizer);
        self.trials.insert(trial.id.clone(), trial);
        lane.map_or_else(Vec::new, |lane| self.advance(lane))
    }

    /// Runs known to be needed so far: a grid that slides adds some.
    pub fn total(&self) -> usize {
        let of_lane = |lane: &Lane| {
            let rates = (lane.tried.1 - lane.tried.0 + 1) as usize;
            let shared = lane.chosen.is_some_and(|c| c.lr == lane.entrant.default_lr);
            let reports = if shared { 1 } else { 2 };
            rates * self.plan.tuning_seeds.len() + reports * self.plan.seeds.len()
        };
        self.lanes.iter().map(of_lane).sum()
    }

    /// Whether every optimiser has all its numbers.
    pub fn is_done(&self) -> bool {
        self.lanes.iter().all(|lane| lane.done)
    }

    /// All finished runs: by optimiser, in the order in which they were named, then by phase, learning rate and seed.
    pub fn trials(&self) -> Vec<&Trial> {
        let place = |trial: &Trial| {
            let lane = |lane: &Lane| lane.entrant.name == trial.optimizer;
            self.lanes.iter().position(lane)
        };
        let mut trials: Vec<&Trial> = self.trials.values().collect();
        trials.sort_by(|a, b| {
            (place(a), a.phase)
                .cmp(&(place(b), b.phase))
                .then(a.lr.total_cmp(&b.lr))
                .then(a.seed.cmp(&b.seed))
        });
        trials
    }

    /// What was decided for each optimiser, once [`Protocol::is_done`].
    pub(super) fn verdicts(&self) -> Vec<Verdict> {
        let decided = |lane: &Lane| {
            let choice = lane.chosen?;
            let offsets = lane.tried.0..=lane.tried.1;
            Some(Verdict {
                entrant: lane.entrant.clone(),
                lr: choice.lr,
                at_edge: choice.at_edge,
                rates: offsets
                    .map(|k| grid::rate(lane.entrant.usual_lr, k))
                    .collect(),
                extended: lane.extended,
            })
        };
        self.lanes.iter().filter_map(decided).collect()
    }

    fn advance(&mut self, index: usize) -> Vec<TrialSpec> {
        let lane = &self.lanes[index];
        if lane.chosen.is_none() {
            let offsets = lane.window.0..=lane.window.1;
            let losses: Option<Vec<(i32, f64)>> = offsets
                .map(|k| Some((k, self.tuning_loss(lane, k)?)))
                .collect();
            let Some(losses) = losses else {
                return Vec::new();
            };
            return self.choose_or_slide(index, best(&losses));
        }
        self.finish(index);
        Vec::new()
    }

    /// With the grid complete: takes the best rate, or slides the grid beyond it.
    fn choose_or_slide(&mut self, index: usize, best: i32) -> Vec<TrialSpec> {
        let searched = self.plan.trials > 1;
        let limit = self.plan.extend;
        let lane = &mut self.lanes[index];
        let at_edge = searched && (best == lane.tried.0 || best == lane.tried.1);
        if at_edge && lane.extended < limit {
            let step = if best == lane.tried.0 { -1 } else { 1 };
            let new = best + step;
            lane.window = (lane.window.0 + step, lane.window.1 + step);
            lane.tried = (lane.tried.0.min(new), lane.tried.1.max(new));
            lane.extended += 1;
            return self.tuning(&self.lanes[index], new);
        }
        lane.chosen = Some(Choice {
            lr: grid::rate(lane.entrant.usual_lr, best),
            at_edge,
        });
        let (mut specs, default) = self.reporting(&self.lanes[index]);
        if specs.first().map(|s| s.lr) != default.first().map(|s| s.lr) {
            specs.extend(default);
        }
        specs
    }

    /// Marks the optimiser done when its reports are complete. Where the chosen rate is the default one, one set of runs serves both.
    fn finish(&mut self, index: usize) {
        let lane = &self.lanes[index];
        let (tuned, default) = self.reporting(lane);
        for (tuned, default) in tuned.iter().zip(&default) {
            if tuned.lr == default.lr
                && let Some(trial) = self.trials.get(&tuned.id())
            {
                let copy = trial.also_for(default);
                self.trials.insert(copy.id.clone(), copy);
            }
        }
        let complete = tuned
            .iter()
            .chain(&default)
            .all(|spec| self.trials.contains_key(&spec.id()));
        self.lanes[index].done = complete;
    }

    fn tuning(&self, lane: &Lane, offset: i32) -> Vec<TrialSpec> {
        let lr = grid::rate(lane.entrant.usual_lr, offset);
        specs(lane, lr, Phase::Tuning, &self.plan.tuning_seeds)
    }

    fn reporting(&self, lane: &Lane) -> (Vec<TrialSpec>, Vec<TrialSpec>) {
        let tuned = lane.chosen.map_or(lane.entrant.usual_lr, |c| c.lr);
        let default = lane.entrant.default_lr;
        (
            specs(lane, tuned, Phase::Tuned, &self.plan.seeds),
            specs(lane, default, Phase::Default, &self.plan.seeds),
        )
    }

    /// The median validation loss at one rate, once all its runs are there.
    fn tuning_loss(&self, lane: &Lane, offset: i32) -> Option<f64> {
        let losses: Option<Vec<f64>> = self
            .tuning(lane, offset)
            .iter()
            .map(|spec| {
                let trial = self.trials.get(&spec.id())?;
                Some(trial.validation_loss.unwrap_or(f64::INFINITY))
            })
            .collect();
        median(&losses?)
    }
}

fn specs(lane: &Lane, lr: f64, phase: Phase, seeds: &[u64]) -> Vec<TrialSpec> {
    let spec = |&seed: &u64| TrialSpec {
        optimizer: lane.entrant.name.clone(),
        lr,
        seed,
        phase,
    };
    seeds.iter().map(spec).collect()
}

/// The place of the smallest loss, of equal ones the first.
fn best(losses: &[(i32, f64)]) -> i32 {
    let smaller = |a: &&(i32, f64), b: &&(i32, f64)| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0));
    losses
        .iter()
        .min_by(smaller)
        .map_or(0, |&(offset, _)| offset)
}
