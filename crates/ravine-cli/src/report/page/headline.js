// The answer in a sentence, and what must be known beside it.

const METRIC = study.classification
  ? { key: "test_accuracy", name: "test accuracy", format: formatPercent, better: (a, b) => a > b }
  : { key: "test_loss", name: "test loss", format: formatNumber, better: (a, b) => a < b };

const medianOf = (row, key = METRIC.key) => row?.[key]?.median ?? null;

function rate(row) {
  return `${row.optimizer} at learning rate ${formatRate(row.lr)}`;
}

function writeSummary() {
  const [first, ...others] = study.ranking;
  if (!first) {
    byId("headline").textContent = "This comparison holds no finished runs.";
    return;
  }
  const value = medianOf(first);
  if (value === null) {
    byId("headline").textContent = "No optimiser trained: at least half of every one's reporting runs failed.";
  } else {
    const rivals = others.filter((row) => overlap(row[METRIC.key], first[METRIC.key]));
    const verb = others.length === 0 ? "" : rivals.length > 0 ? " comes first" : " wins";
    byId("headline").textContent = `${rate(first)}${verb}: median ${METRIC.name} ${METRIC.format(value)} (${counted(first[METRIC.key].n, "seed")})`;
    byId("verdict").textContent = verdict(first, others, rivals);
  }
  byId("setting").textContent = setting();
  byId("facts").append(...facts().map(([name, text, note]) => element("div", {}, element("dt", {}, name), element("dd", {}, text, note ? element("span", { class: "muted" }, note) : null))));
  byId("warnings").append(...warnings().map((text) => element("p", { class: "note" }, text)));
}

/** Two bands overlap; a bound that is not finite reaches past everything on the bad side. */
function overlap(a, b) {
  const bounds = (band) => [band?.low ?? -Infinity, band?.high ?? Infinity];
  if (a?.median === null || a?.median === undefined) return false;
  const [aLow, aHigh] = bounds(a);
  const [bLow, bHigh] = bounds(b);
  return aLow <= bHigh && bLow <= aHigh;
}

function verdict(first, others, rivals) {
  if (others.length === 0) return "";
  const parts = [];
  if (rivals.length > 0) {
    const names = listed(rivals.map((row) => row.optimizer), 8);
    parts.push(`The 20–80 % band${rivals.length > 1 ? "s" : ""} of ${names} overlap${rivals.length > 1 ? "" : "s"} that of ${first.optimizer}: these runs do not tell them apart.`);
  } else {
    const next = others.find((row) => medianOf(row) !== null);
    if (next) parts.push(`Its 20–80 % band is clear of all the others. ${next.optimizer} follows with ${METRIC.format(medianOf(next))}.`);
  }
  const higher = others.filter((row) => medianOf(row) !== null && METRIC.better(medianOf(row), medianOf(first)));
  if (higher.length > 0) parts.push(`By the median alone ${listed(higher.map((row) => row.optimizer))} would stand above it.`);
  return parts.join(" ");
}

/** Data, model and budget in one line, as far as the configuration names them. */
function setting() {
  const flat = new Map(flatten(study.source.config ?? {}));
  const pick = (...keys) => keys.map((key) => flat.get(key)).find((value) => value !== undefined && value !== null && value !== "");
  const joined = (...values) => values.filter((value) => value !== undefined).join(" ");
  const runs = (phase) => study.trials.filter((trial) => trial.phase === phase);
  const seeds = (phase) => new Set(runs(phase).map((trial) => trial.seed)).size;
  const rates = pick("trials") ?? Math.max(0, ...study.optimizers.map((optimizer) => optimizer.tuning.length));
  const epochs = pick("epochs");
  const batch = pick("batch");
  const parts = [
    pick("data.source", "data.name", "data"),
    joined(pick("model.kind", "model"), pick("model.widths"), pick("model.activation")) || undefined,
    epochs === undefined ? undefined : counted(Number(epochs), "epoch"),
    batch === undefined ? undefined : `batch ${batch}`,
    flat.has("schedule") ? `${flat.get("schedule")} learning rate` : undefined,
    study.trials.length ? `${counted(study.optimizers.length, "optimiser")} × ${rates} learning rates × ${counted(seeds("tuning"), "tuning seed")}, then ${counted(seeds("tuned"), "fresh seed")}` : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(" · ");
}

function facts() {
  const { source, ranking, trials } = study;
  const list = [];
  const untuned = ranking.map((row) => ({ ...row.default, optimizer: row.optimizer })).filter((row) => medianOf(row) !== null);
  if (untuned.length > 0) {
    const best = untuned.reduce((a, b) => (METRIC.better(medianOf(b), medianOf(a)) ? b : a));
    list.push(["Best without tuning", `${best.optimizer} ${METRIC.format(medianOf(best))}`, `at its default ${formatRate(best.lr)}`]);
  }
  const least = (key) => ranking.filter((row) => medianOf(row, key) !== null).reduce((a, b) => (a === null || b[key].median < a[key].median ? b : a), null);
  const steps = least("steps_to_target");
  const seconds = least("seconds_to_target");
  if (source.target) {
    const goal = targetText();
    list.push(["Fewest steps to the target", steps ? `${steps.optimizer} ${formatCount(steps.steps_to_target.median)}` : "none reached it", goal]);
    if (seconds) list.push(["Least time to the target", `${seconds.optimizer} ${formatSeconds(seconds.seconds_to_target.median)}`, goal]);
  }
  if (trials.length > 0) {
    const failed = trials.filter((trial) => trial.failure).length;
    list.push(["Failed runs", `${formatCount(failed)}`, `of ${formatCount(trials.length)}`]);
  }
  if (Number.isFinite(source.seconds)) list.push(["Whole comparison", formatSeconds(source.seconds), ""]);
  return list;
}

function targetText() {
  const { metric, value } = study.source.target;
  const accuracy = String(metric).includes("accuracy");
  return `${String(metric).replaceAll("_", " ")} ${accuracy ? `≥ ${formatPercent(value)}` : `≤ ${Number(value.toPrecision(3))}`}`;
}

function warnings() {
  const texts = [];
  const edge = study.ranking.filter((row) => row.lr_at_edge).map((row) => row.optimizer);
  if (edge.length > 0) texts.push(`The chosen rate of ${listed(edge)} lies at the edge of the tried rates: a better one may lie beyond.`);
  const reasons = new Map();
  for (const { optimizer, reason } of study.source.left_out ?? []) reasons.set(reason, [...(reasons.get(reason) ?? []), optimizer]);
  for (const [reason, names] of reasons) texts.push(`Left out: ${listed(names, 12)}: ${reason}.`);
  return texts;
}

/** Nested settings as dotted keys. */
function flatten(value, prefix = "") {
  if (Array.isArray(value)) {
    return value.some((item) => item !== null && typeof item === "object") ? value.flatMap((item, index) => flatten(item, `${prefix}.${index}`)) : [[prefix, value.join(", ")]];
  }
  if (value !== null && typeof value === "object") return Object.entries(value).flatMap(([key, item]) => flatten(item, prefix ? `${prefix}.${key}` : key));
  return [[prefix, value]];
}
