// Learning rate against validation loss over the tuning runs, both axes logarithmic.

const CROSS_ROW = 13;

function learningRateChart() {
  const place = new Map();
  for (const optimizer of study.optimizers) place.set(optimizer.name, landmarks(optimizer));
  if (!learningRateBounds(study.optimizers, place)) {
    byId("learning-rates").hidden = true;
    return null;
  }
  learningRateTable();

  return chart(byId("learning-rates"), (width) => {
    const bounds = learningRateBounds(charted(), place) ?? learningRateBounds(study.optimizers, place);
    const { xLow, xHigh, yLow, yHigh } = bounds;
    const plotWidth = Math.max(width - 80, 50);
    const at = (rate) => (Math.log(rate / xLow) / Math.log(xHigh / xLow)) * plotWidth;
    const rows = Math.max(0, ...stackMarks(failedGroups(charted()).map(({ group }) => ({ x: at(group.lr) })), 11).map(({ row }) => row + 1));
    return {
      label: "Learning rate against validation loss for every optimiser. The same numbers are in the table below the chart.",
      height: (width < COMPACT ? 340 : 430) + rows * CROSS_ROW,
      x: { kind: "rate", low: xLow, high: xHigh, label: "learning rate" },
      y: { kind: "log", low: yLow, high: yHigh },
      above: rows * CROSS_ROW + 8,
      right: 16,
      paint: (use) => paint(use, place),
      hover: (use, left, top) => hover(use, left, top, place),
    };
  });

  function paint(use, place) {
    const { ctx, box, ratio, px, py } = use;
    const optimizers = inFrontLast(shown());
    ctx.save();
    clipToFrame(use);
    for (const optimizer of optimizers) {
      const alpha = use.strength(optimizer);
      const along = (key) => optimizer.tuning.map((group) => [px(group.lr), py(group[key])]);
      if (view.bands) paintBand(use, along("high"), along("low"), use.hue(optimizer), 0.13 * alpha);
    }
    for (const optimizer of optimizers) {
      const alpha = use.strength(optimizer);
      const colour = use.hue(optimizer);
      if (view.seeds) {
        for (const group of optimizer.tuning) {
          for (const loss of group.losses) {
            if (Number.isFinite(loss)) paintMark(use, "dot", px(group.lr), py(loss), 1.9, { fill: colour, alpha: 0.55 * alpha });
          }
        }
      }
      const line = optimizer.tuning.map((group) => [px(group.lr), py(group.median)]);
      paintLine(use, line, { colour, width: 2, alpha, dash: dashOf(optimizer) });
    }
    ctx.restore();

    for (const optimizer of optimizers) {
      const alpha = use.strength(optimizer);
      const colour = use.hue(optimizer);
      for (const group of optimizer.tuning) {
        if (Number.isFinite(group.median) && py(group.median) < box.top) {
          paintMark(use, "arrow", px(group.lr), box.top + 6 * ratio, 4, { fill: colour, alpha });
        }
      }
      const { chosen, usual } = place.get(optimizer.name);
      if (usual && inside(use, usual)) paintMark(use, "diamond", px(usual.lr), py(usual.loss), 7, { fill: use.ink.surface, stroke: colour, alpha });
      if (chosen && inside(use, chosen)) {
        paintMark(use, "dot", px(chosen.lr), py(chosen.loss), 6.5, { fill: use.ink.surface, stroke: colour, width: 2.25, alpha });
        paintMark(use, "dot", px(chosen.lr), py(chosen.loss), 3, { fill: colour, alpha });
      }
    }

    const marks = crosses(use);
    for (const { optimizer, group, x, row } of marks) {
      const all = group.failures.length === group.runs.length;
      paintMark(use, "cross", x * ratio, crossTop(use, row) * ratio, 3.6, { stroke: use.hue(optimizer), width: all ? 2 : 1.25, alpha: use.strength(optimizer) });
    }
    if (marks.length > 0) {
      ctx.fillStyle = use.ink.muted;
      ctx.font = `${12 * ratio}px ${use.ink.font}`;
      ctx.textAlign = "right";
      ctx.textBaseline = "middle";
      ctx.fillText("failed", box.left - 7 * ratio, crossTop(use, 0) * ratio);
    }
  }

  function inside({ px, py, box }, { lr, loss }) {
    const x = px(lr);
    const y = py(loss);
    return x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height;
  }

  function crosses({ px, box, ratio }) {
    const marks = failedGroups(shown())
      .map((mark) => ({ ...mark, x: px(mark.group.lr) / ratio }))
      .filter(({ x }) => x * ratio >= box.left - 1 && x * ratio <= box.left + box.width + 1);
    return stackMarks(marks, 11);
  }

  function crossTop({ box, ratio }, row) {
    return box.top / ratio - 10 - row * CROSS_ROW;
  }

  /** The nearest point or cross within reach of the pointer. */
  function hover(use, left, top, place) {
    const { px, py, box, ratio } = use;
    let nearest = { distance: 28, optimizer: null, group: null };
    const consider = (optimizer, group, x, y) => {
      const distance = Math.hypot(x - box.left / ratio - left, y - box.top / ratio - top);
      if (distance < nearest.distance) nearest = { distance, optimizer, group };
    };
    for (const optimizer of shown()) {
      for (const group of optimizer.tuning) {
        for (const y of [group.median, ...(view.seeds ? group.losses : [])]) {
          if (Number.isFinite(y)) consider(optimizer, group, px(group.lr) / ratio, Math.max(py(y), box.top) / ratio);
        }
      }
    }
    for (const { optimizer, group, x, row } of crosses(use)) consider(optimizer, group, x, crossTop(use, row));
    const { optimizer, group } = nearest;
    if (group === null) return null;
    const { chosen, usual } = place.get(optimizer.name);
    const role = [chosen && sameRate(chosen.lr, group.lr) ? "chosen" : null, usual && sameRate(usual.lr, group.lr) ? "default" : null].filter(Boolean);
    const reasons = [...new Set(group.failures.map((run) => run.failure))];
    return [
      element("p", { class: "tip-title" }, swatch(optimizer), optimizer.name),
      element("p", {}, `learning rate ${formatRate(group.lr)}${role.length ? ` (${role.join(", ")})` : ""}`),
      element("p", {}, "validation loss ", element("b", {}, formatNumber(group.median)), ` (${formatNumber(group.low)} to ${formatNumber(group.high)})`),
      element("p", { class: "muted" }, `runs: ${group.losses.map((loss) => (loss === Infinity ? "failed" : formatNumber(loss))).join(", ")}`),
      reasons.length ? element("p", { class: "muted" }, reasons.slice(0, 2).join("; ")) : null,
    ].filter(Boolean);
  }
}

/** The ends of the axes for these optimisers; null where no run ended with a loss. */
function learningRateBounds(optimizers, place) {
  const rates = optimizers.flatMap((optimizer) => [
    ...optimizer.tuning.map((group) => group.lr),
    ...Object.values(place.get(optimizer.name)).filter(Boolean).map((mark) => mark.lr),
  ]).filter((rate) => rate > 0);
  const medians = optimizers.flatMap((optimizer) => optimizer.tuning.map((group) => group.median));
  const losses = optimizers.flatMap((optimizer) => optimizer.tuning.flatMap((group) => group.losses));
  const usable = losses.filter((loss) => Number.isFinite(loss) && loss > 0);
  if (rates.length === 0 || usable.length === 0) return null;
  const [xLow, xHigh] = padded("log", Math.min(...rates), Math.max(...rates));
  const logs = medians.filter((loss) => Number.isFinite(loss) && loss > 0).map(Math.log10);
  const fence = 10 ** upperFence(logs.length ? logs : usable.map(Math.log10));
  const top = Math.max(Math.min(...usable), Math.min(Math.max(...usable), fence, 1.5 * untrainedLoss()));
  const [yLow, yHigh] = padded("log", Math.min(...usable), top);
  return { xLow, xHigh, yLow, yHigh };
}

/** The loss before the first step, in the middle over all curves: what lies far above it has learnt nothing. */
function untrainedLoss() {
  const starts = study.optimizers
    .flatMap((optimizer) => optimizer.curves)
    .filter(({ points }) => points.step[0] === 0)
    .map(({ points }) => points.validation_loss[0])
    .filter((loss) => Number.isFinite(loss) && loss > 0);
  return starts.length > 0 ? quantile(starts, 0.5) : Infinity;
}

function failedGroups(optimizers) {
  return optimizers.flatMap((optimizer) => optimizer.tuning.filter((group) => group.failures.length > 0).map((group) => ({ optimizer, group })));
}

/** Where the chosen and the default rate stand on an optimiser's line. A default outside its grid stands at its own runs' median. */
function landmarks(optimizer) {
  const { entry } = optimizer;
  if (!entry) return { chosen: null, usual: null };
  const on = (lr, loss) => {
    if (!(lr > 0)) return null;
    const group = optimizer.tuning.find((other) => sameRate(other.lr, lr));
    return { lr, loss: group ? group.median : (loss ?? Infinity) };
  };
  return { chosen: on(entry.lr, entry.validation_loss?.median), usual: on(entry.default?.lr, entry.default?.validation_loss?.median) };
}

/** The focused optimiser is painted over the others, and a better one over a worse. */
function inFrontLast(optimizers) {
  return [...optimizers].reverse().sort((a, b) => Number(a.name === view.focus) - Number(b.name === view.focus));
}

function learningRateTable() {
  const rates = [];
  for (const rate of study.optimizers.flatMap((optimizer) => optimizer.tuning.map((group) => group.lr)).sort((a, b) => a - b)) {
    if (rates.length === 0 || !sameRate(rates[rates.length - 1], rate)) rates.push(rate);
  }
  const cell = (optimizer, rate) => {
    const group = optimizer.tuning.find((other) => sameRate(other.lr, rate));
    if (!group) return element("td");
    const failed = group.failures.length ? element("span", { class: "band" }, `${group.failures.length} of ${group.runs.length} failed`) : null;
    const text = group.median === Infinity ? null : formatNumber(group.median);
    const chosen = optimizer.entry && sameRate(optimizer.entry.lr, rate);
    return element("td", {}, text && chosen ? element("b", {}, text) : text, failed);
  };
  byId("learning-rate-table").append(
    element("caption", { class: "muted small" }, "Median over the tuning seeds of the lowest validation loss, by learning rate; the chosen rate is in bold."),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Optimiser"), ...rates.map((rate) => element("th", { scope: "col" }, formatRate(rate))))),
    element("tbody", {}, ...study.optimizers.map((optimizer) => element("tr", {}, element("th", { scope: "row" }, optimizer.name), ...rates.map((rate) => cell(optimizer, rate))))),
  );
}
