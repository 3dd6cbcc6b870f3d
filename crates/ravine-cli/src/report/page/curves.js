// Loss and accuracy over the tuned runs: median, band, and every seed as it was.

const curveView = { loss: "validation_loss", axis: "step", logX: false, logY: true };

const AXIS_LABELS = { step: "step", epoch: "epoch", seconds: "seconds of training" };

function curveCharts() {
  if (!study.optimizers.some((optimizer) => optimizer.curves.length > 0)) {
    document.querySelector(".pair").hidden = true;
    byId("curve-controls").parentElement.hidden = true;
    return [];
  }
  const charts = [];
  const loss = byId("loss");
  const accuracy = byId("accuracy");
  const rebuild = () => {
    titles();
    charts.forEach((one) => one.build());
  };
  titles();
  byId("curve-controls").append(
    choice("Loss", [["validation_loss", "validation"], ["train_loss", "training"]], curveView.loss, (value) => ((curveView.loss = value), rebuild())),
    choice("Horizontal", [["step", "step"], ["epoch", "epoch"], ["seconds", "seconds"]], curveView.axis, (value) => ((curveView.axis = value), rebuild())),
    toggles("Log scale", [["logX", "x", curveView.logX], ["logY", "y", curveView.logY]], (key, on) => ((curveView[key] = on), rebuild())),
  );
  charts.push(chart(loss, (width) => describeCurves(curveView.loss, width), "curves"));
  if (study.classification) charts.push(chart(accuracy, (width) => describeCurves("validation_accuracy", width), "curves"));
  else accuracy.hidden = true;
  return charts;

  function titles() {
    const scale = curveView.logY ? "log scale" : "linear scale";
    loss.querySelector("h3").replaceChildren(curveView.loss === "train_loss" ? "Training loss" : "Validation loss", element("span", { class: "muted" }, ` ${scale}`));
    accuracy.querySelector("h3").replaceChildren("Validation accuracy", element("span", { class: "muted" }, curveView.logY ? " log scale of the error" : " linear scale"));
    byId("curve-note").textContent =
      "Line: median over the reporting seeds. Band: 20–80 %. Thin lines: single runs, unsmoothed. A cross marks the last evaluation of a run that failed; after it the run counts as infinitely bad." +
      (curveView.axis === "seconds" ? " A point of the median stands at the median time of its evaluation." : "") +
      " Drag to zoom, double-click to see all.";
  }
}

/** What to draw for one metric, with bounds that one diverged run cannot stretch. */
function describeCurves(metric, width) {
  const isAccuracy = metric === "validation_accuracy";
  const { axis, logX, logY } = curveView;
  const kind = isAccuracy ? (logY ? "error" : "share") : logY ? "log" : "linear";
  const sets = charted().map((optimizer) => aggregate(optimizer, metric, axis)).filter((set) => set.rows.length > 0);
  const visible = (value) => Number.isFinite(value) && !(kind === "log" && value <= 0);
  const xs = sets.flatMap((set) => set.runs.flatMap((run) => run.x)).filter((x) => Number.isFinite(x) && (x > 0 || !logX));
  const values = sets.flatMap((set) => set.runs.flatMap((run) => run.values)).filter(visible);
  const [xLow, xHigh] = logX ? padded("log", Math.min(...xs), Math.max(...xs), 0.01) : [Math.min(...xs), Math.max(...xs)];

  let low = values.length ? Math.min(...values) : 0;
  let high = values.length ? Math.max(...values) : 1;
  if (isAccuracy && kind === "error") {
    const worst = values.filter((value) => value < 1);
    // A run without a single error would stand at infinity: it gets a place just above the best of the others.
    if (high >= 1) high = worst.length ? 1 - (1 - Math.max(...worst)) / 2 : 0.999;
  } else if (!isAccuracy) {
    const peaks = sets.flatMap((set) => set.runs.map((run) => Math.max(...run.values.filter(visible)))).filter(Number.isFinite);
    const onScale = kind === "log" ? peaks.map(Math.log10) : peaks;
    const fence = upperFence(onScale);
    if (Number.isFinite(fence)) high = Math.min(high, kind === "log" ? 10 ** fence : fence);
  }
  const [yLow, yHigh] = padded(kind, low, Math.max(high, low), 0.04);
  const roomy = width >= COMPACT;
  const longest = Math.max(...sets.map((set) => set.optimizer.name.length), 0);
  const nameWidth = Math.min(Math.max(68, 6.5 * longest), 120);
  const name = { train_loss: "Training loss", validation_loss: "Validation loss", validation_accuracy: "Validation accuracy" }[metric];
  return {
    label: `${name} of the tuned runs against ${AXIS_LABELS[axis]}: median, band and single runs of every optimiser. The ranking table has the values at each run's lowest validation loss.`,
    height: width < COMPACT ? 320 : 400,
    x: { kind: logX ? "log" : "linear", low: xLow, high: xHigh > xLow ? xHigh : xLow + 1, label: AXIS_LABELS[axis] },
    y: { kind, low: yLow, high: yHigh },
    above: 18,
    right: roomy ? nameWidth + 24 : 16,
    paint: (use) => paintCurves(use, sets, roomy ? nameWidth : 0),
    hover: (use, left, top) => hoverCurves(use, sets, metric, left, top),
  };
}

function paintCurves(use, sets, nameWidth) {
  const { ctx, box, ratio, px, py } = use;
  const order = inFrontLast(shown());
  const drawn = order.map((optimizer) => sets.find((set) => set.optimizer === optimizer)).filter(Boolean);
  const possible = (x) => curveView.logX ? x > 0 : true;
  const trace = (xs, ys) => xs.map((x, index) => [x, ys[index]]).filter(([x]) => possible(x)).map(([x, y]) => [px(x), py(y)]);
  ctx.save();
  clipToFrame(use, ratio);
  for (const set of drawn) {
    const alpha = use.strength(set.optimizer);
    const xs = set.rows.map((row) => row.x);
    const along = (key) => trace(xs, set.rows.map((row) => row[key]));
    if (view.bands) paintBand(use, along("high"), along("low"), use.hue(set.optimizer), 0.13 * alpha);
  }
  for (const set of drawn) {
    const alpha = use.strength(set.optimizer);
    const colour = use.hue(set.optimizer);
    if (view.seeds) for (const run of set.runs) paintLine(use, trace(run.x, run.values), { colour, width: 0.75, alpha: 0.45 * alpha });
  }
  for (const set of drawn) {
    const line = trace(set.rows.map((row) => row.x), set.rows.map((row) => row.median));
    paintLine(use, line, { colour: use.hue(set.optimizer), width: 2, alpha: use.strength(set.optimizer), dash: dashOf(set.optimizer) });
  }
  ctx.restore();

  for (const set of drawn) {
    for (const run of set.runs.filter((one) => one.trial.failure)) {
      const x = px(run.x[run.x.length - 1]);
      if (x >= box.left && x <= box.left + box.width) {
        paintMark(use, "cross", x, box.top - 8 * ratio, 3.6, { stroke: use.hue(set.optimizer), width: 2, alpha: use.strength(set.optimizer) });
      }
    }
  }
  if (nameWidth > 0) paintNames(use, drawn, nameWidth);
}

/** Names at the right, each as near to the end of its line as the others allow. */
function paintNames(use, drawn, width) {
  const { ctx, box, ratio, px, py } = use;
  const gap = 14 * ratio;
  const right = box.left + box.width;
  const ends = [...drawn]
    .reverse()
    .map((set) => {
      const ending = set.rows.filter((row) => px(row.x) <= right + 1 && px(row.x) >= box.left).pop();
      if (!ending || !Number.isFinite(ending.median)) return null;
      const y = py(ending.median);
      return y < box.top || y > box.top + box.height ? null : { set, x: px(ending.x), y, label: y };
    })
    .filter(Boolean)
    .sort((a, b) => a.y - b.y);
  if (ends.length * gap > box.height) return;
  spread(ends, gap, box.top + 5 * ratio, box.top + box.height - 5 * ratio);
  ctx.font = `${12 * ratio}px ${use.ink.font}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  for (const { set, x, y, label } of ends) {
    const alpha = use.strength(set.optimizer);
    paintLine(use, [[x, y], [right + 4 * ratio, y], [right + 14 * ratio, label], [right + 18 * ratio, label]], { colour: use.hue(set.optimizer), width: 1, alpha: 0.7 * alpha });
    ctx.globalAlpha = alpha;
    ctx.fillStyle = use.ink.text;
    ctx.fillText(set.optimizer.name, right + 22 * ratio, label, width * ratio);
    ctx.globalAlpha = 1;
  }
}

/** Moves labels apart to at least `gap`, each group of neighbours staying centred on where it wants to be. */
function spread(labels, gap, low, high) {
  const groups = [];
  for (const label of labels) {
    groups.push({ members: [label], centre: label.y });
    while (groups.length > 1) {
      const [above, below] = groups.slice(-2);
      const reach = (gap * (above.members.length + below.members.length)) / 2;
      if (below.centre - above.centre >= reach) break;
      const members = [...above.members, ...below.members];
      const wanted = members.reduce((sum, member, index) => sum + member.y - index * gap, 0) / members.length;
      groups.splice(-2, 2, { members, centre: clampCentre(wanted + ((members.length - 1) * gap) / 2, members.length) });
    }
  }
  for (const { members, centre } of groups) {
    const start = clampCentre(centre, members.length) - ((members.length - 1) * gap) / 2;
    members.forEach((member, index) => (member.label = start + index * gap));
  }

  function clampCentre(centre, count) {
    const half = ((count - 1) * gap) / 2;
    return Math.min(Math.max(centre, low + half), high - half);
  }
}

/** The medians at the evaluation nearest to the pointer, best first. */
function hoverCurves(use, sets, metric, left, top) {
  const { plot, box, ratio, px, py } = use;
  const isAccuracy = metric === "validation_accuracy";
  const names = new Set(shown().map((optimizer) => optimizer.name));
  const rows = sets
    .filter((set) => names.has(set.optimizer.name))
    .map((set) => {
      const distance = (row) => Math.abs(px(row.x) - box.left - left * ratio);
      const row = set.rows.reduce((best, other) => (distance(other) < distance(best) ? other : best));
      return { set, row, away: Math.abs(py(row.median) - box.top - top * ratio) };
    })
    .sort((a, b) => (isAccuracy ? b.row.median - a.row.median : a.row.median - b.row.median) || 0);
  if (rows.length === 0) return null;
  const nearest = rows.reduce((best, other) => (other.away < best.away ? other : best));
  const x = plot.posToVal(left, "x");
  const place = curveView.axis === "step" ? `step ${formatCount(nearest.row.x)}` : curveView.axis === "epoch" ? `epoch ${Number(nearest.row.x.toPrecision(3))}` : formatSeconds(x);
  const format = (value) => (!isAccuracy ? formatNumber(value) : value === -Infinity ? "failed" : formatPercent(value));
  return [
    element("p", { class: "tip-title" }, place),
    element("table", {}, element("tbody", {}, ...rows.slice(0, 12).map(({ set, row }) =>
      element("tr", { class: set === nearest.set ? "nearest" : false },
        element("td", {}, swatch(set.optimizer)),
        element("th", { scope: "row" }, set.optimizer.name),
        element("td", {}, format(row.median)),
        element("td", { class: "muted" }, `${format(row.low)} to ${format(row.high)}`)),
    ))),
  ];
}
