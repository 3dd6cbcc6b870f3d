// The document, arranged for drawing: for each optimiser its row in the ranking, its tuning runs by rate, its tuned curves.

const study = readStudy(JSON.parse(document.getElementById("data").textContent));

function readStudy(source) {
  const ranking = source.ranking ?? [];
  const trials = source.trials ?? [];
  const names = [...new Set([...ranking, ...trials].map((row) => row.optimizer))];
  // Colours go by the alphabet, so that an optimiser keeps its colour when the order of the ranking changes. Where there are
  // more optimisers than colours, the best of them have colours of their own.
  const order = names.length > LOOKS ? names : [...names].sort();
  const optimizers = names.map((name) => {
    const own = trials.filter((trial) => trial.optimizer === name);
    const entry = ranking.find((row) => row.optimizer === name) ?? null;
    return {
      name,
      place: order.indexOf(name),
      entry,
      tuning: byRate(own.filter((trial) => trial.phase === "tuning")),
      tuned: own.filter((trial) => trial.phase === "tuned"),
      untuned: own.filter((trial) => trial.phase === "default"),
      curves: own
        .filter((trial) => trial.phase === "tuned" && source.curves?.[trial.id])
        .map((trial) => ({ trial, points: source.curves[trial.id] })),
    };
  });
  return { source, ranking, trials, optimizers, classification: source.task !== "regression" };
}

/** Tuning runs grouped by learning rate, rates ascending. A failed run's loss counts as infinite. */
function byRate(trials) {
  const groups = new Map();
  for (const trial of trials) {
    if (!groups.has(trial.lr)) groups.set(trial.lr, []);
    groups.get(trial.lr).push(trial);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([lr, runs]) => {
      const losses = runs.map(lossOf);
      return { lr, runs, losses, failures: runs.filter((run) => run.failure !== null && run.failure !== undefined), ...summarize(losses) };
    });
}

function lossOf(trial) {
  return trial.failure || trial.validation_loss === null || trial.validation_loss === undefined ? Infinity : trial.validation_loss;
}

function sameRate(a, b) {
  return Math.abs(a - b) <= 1e-6 * Math.abs(b);
}

/**
 * Median and band of an optimiser's curves at each evaluation, with the raw curves beside them. A run that failed counts
 * as infinitely bad after its end; one that ended for another reason is left out from there on. With seconds on the
 * x axis a point stands at the median time of its evaluation. Nothing is smoothed, interpolated or left out.
 */
function aggregate(optimizer, metric, axis) {
  const worst = metric === "validation_accuracy" ? -Infinity : Infinity;
  const runs = optimizer.curves
    .filter(({ points }) => points[metric])
    .map(({ trial, points }) => {
      const at = new Map(points.step.map((step, index) => [step, index]));
      return { trial, points, at, values: points[metric].map((value) => value ?? worst), x: points[axis] };
    });
  const steps = [...new Set(runs.flatMap((run) => run.points.step))].sort((a, b) => a - b);
  const rows = steps.map((step) => {
    const values = [];
    const places = [];
    for (const run of runs) {
      const index = run.at.get(step);
      if (index !== undefined) {
        values.push(run.values[index]);
        places.push(run.x[index]);
      } else if (run.trial.failure && step > run.points.step[run.points.step.length - 1]) {
        values.push(worst);
      }
    }
    return { step, x: quantile(places, 0.5), ...summarize(values) };
  });
  return { optimizer, runs, rows, worst };
}
