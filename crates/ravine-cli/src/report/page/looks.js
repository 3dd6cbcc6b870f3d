// What an optimiser looks like: its colour and its dash, by its place.

const HUES = 8;
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]];
const LOOKS = HUES * DASHES.length;

/** Past the eight colours the same colours come again with another dash. */
const dashOf = (optimizer) => DASHES[Math.floor(optimizer.place / HUES) % DASHES.length];
const hueClass = (optimizer) => `hue-${optimizer.place % HUES}`;

function swatch(optimizer) {
  const line = vector("line", { x1: 1, y1: 6, x2: 23, y2: 6, "stroke-dasharray": dashOf(optimizer).join(" ") });
  return vector("svg", { class: `swatch ${hueClass(optimizer)}`, viewBox: "0 0 24 12", width: 24, height: 12, "aria-hidden": "true" }, line);
}
