// Quantiles over seeds, and numbers as text.

/** Quantile by linear interpolation between order statistics. A failed run is an infinite value and stays in. */
function quantile(values, p) {
  if (values.length === 0) return NaN;
  const sorted = Float64Array.from(values).sort();
  const position = p * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  const weight = position - Math.floor(position);
  // Between infinite neighbours the sum below would be NaN.
  return weight === 0 || below === above || below === -Infinity ? below : below + weight * (above - below);
}

/** Median and 20–80\u00a0% band. */
function summarize(values) {
  return { low: quantile(values, 0.2), median: quantile(values, 0.5), high: quantile(values, 0.8), n: values.length };
}

/**
 * The highest value worth a place on an axis: Tukey's upper fence of the finite values, or their maximum where that is not
 * much higher. Works in the coordinates it is given, so a logarithmic axis passes logarithms.
 */
function upperFence(values) {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return NaN;
  const top = Math.max(...finite);
  const bottom = Math.min(...finite);
  const quarter = quantile(finite, 0.75);
  const fence = quarter + 1.5 * (quarter - quantile(finite, 0.25));
  return top - fence <= 0.25 * (fence - bottom) ? top : fence;
}

const MISSING = "–";

/** Three significant digits; powers of ten where the digits would be mostly zeros. */
function formatNumber(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return MISSING;
  if (value === Infinity) return "∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(2).replace("e+", "e");
  return size >= 1000 ? String(Math.round(value)) : value.toPrecision(3);
}

/** A learning rate as one would type it: at most three digits, no trailing zeros. */
function formatRate(rate) {
  if (!Number.isFinite(rate)) return MISSING;
  const rounded = Number(rate.toPrecision(3));
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential().replace("e+", "e") : String(rounded);
}

function formatPercent(share) {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : MISSING;
}

function formatCount(count) {
  return Number.isFinite(count) ? Math.round(count).toLocaleString("en-GB") : MISSING;
}

function formatSeconds(seconds) {
  if (!Number.isFinite(seconds)) return MISSING;
  if (seconds >= 120) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${seconds >= 10 ? seconds.toFixed(1) : Number(seconds.toPrecision(3))} s`;
}

/** "3 seeds", "1 seed". */
function counted(count, noun) {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** "a", "a and b", "a, b and c"; beyond `most` names the rest is counted. */
function listed(names, most = 4) {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} others`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
}

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A tick of an axis: plain digits where they are short, powers of ten elsewhere. */
function formatTick(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e-3 && size < 1e5) return String(Number(value.toPrecision(6)));
  const [digits, exponent] = value.toExponential().split("e");
  const power = `10${exponent.startsWith("-") ? "⁻" : ""}${[...exponent.replace(/[+-]/, "")].map((d) => SUPERSCRIPTS[d]).join("")}`;
  return digits === "1" ? power : `${Number(Number(digits).toPrecision(3))}·${power}`;
}
