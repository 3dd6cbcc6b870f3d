//! `ravine minimize`: a function, its minimum, and what that cost.

mod answer;
mod function;
mod numbers;
mod shown;
mod trace;

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use ravine::minimize::catalogue::{named, sensible};
use ravine::minimize::{Answer, Basin, Limits, Method, MultiStart, Progress, Stopped, Task};

use crate::args::Minimize;
use crate::error::Error;
use crate::exit::Exit;
use crate::{interrupt, output};
use answer::Report;
use function::Function;
use shown::Shown;
use trace::Trace;

pub(super) fn run(args: &Minimize) -> Result<Exit, Error> {
    let function = Function::asked_for(args)?;
    let start = function.start(args)?;
    let bounds = function.bounds(args, start.len())?;
    let (name, why) = match &args.method {
        Some(name) => (name.as_str(), None),
        None => {
            let (name, why) = sensible(function.objective(), &start, bounds.is_some());
            (name, Some(why))
        }
    };
    let method = method(args, name)?;
    let mut trace = args.trace.as_deref().map(Trace::create).transpose()?;
    let mut shown = Shown::new();
    let interrupted = interrupt::flag("the last point follows");
    let mut watch = |progress: &Progress<'_, f64>| {
        let written = trace.as_mut().is_none_or(|trace| trace.write(progress));
        shown.see(progress);
        if written && !interrupted.load(Ordering::Relaxed) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    let mut task = Task::new(function.objective(), &start)
        .with_limits(limits(args)?)
        .with_seed(args.seed)
        .observed_by(&mut watch);
    if let Some(bounds) = &bounds {
        task = task.with_bounds(bounds);
    }
    let Solved {
        method,
        answer,
        basins,
    } = solve(args, task, method)?;
    shown.end();
    if let Some(trace) = trace {
        trace.end()?;
    }
    let report = Report {
        function: &function,
        method: &method,
        why,
        answer: &answer,
        basins: &basins,
    };
    if args.json {
        output::json(&report.document())?;
    } else {
        output::data(&report.text())?;
    }
    // The best of many starts ended for a reason of its own.
    if interrupted.load(Ordering::Relaxed) {
        return Ok(Exit::Interrupted);
    }
    Ok(match answer.stopped {
        Stopped::Unbounded | Stopped::NonFinite => Exit::Diverged,
        _ => Exit::Done,
    })
}

/// What a method found.
struct Solved {
    /// What found it.
    method: String,
    answer: Answer<f64>,
    /// Every minimum, where there were many starts.
    basins: Vec<Basin<f64>>,
}

fn solve(args: &Minimize, task: Task<'_>, method: Box<dyn Method>) -> Result<Solved, Error> {
    let Some(starts) = args.starts else {
        return Ok(Solved {
            answer: task.minimize(&*method).map_err(function::usage)?,
            method: method.name(),
            basins: Vec::new(),
        });
    };
    let many = MultiStart::new(method).with_starts(starts);
    let basins = many.basins(task).map_err(function::usage)?;
    let best = basins.first().map(|basin| basin.answer.clone());
    let answer = best
        .ok_or_else(|| Error::Other("no start led to a point with a finite value".to_string()))?;
    Ok(Solved {
        method: format!("{} from {starts} starts", many.method.name()),
        answer,
        basins,
    })
}

fn method(args: &Minimize, name: &str) -> Result<Box<dyn Method>, Error> {
    let settings = function::settings(args)?;
    let made =
        named(name).and_then(|named| named.method_with(args.step_size.as_deref(), &settings));
    made.map_err(function::usage)
}

fn limits(args: &Minimize) -> Result<Limits, Error> {
    let mut limits = Limits::default();
    if let Some(text) = &args.tolerance {
        limits.gradient = numbers::not_negative(text, "--tolerance")?;
    }
    limits.iterations = args.max_iterations.unwrap_or(limits.iterations);
    limits.evaluations = args.max_evaluations.unwrap_or(limits.evaluations);
    Ok(limits)
}
