// The document, arranged for drawing.

const race = readRace(JSON.parse(byId("data").textContent));

function readRace(source) {
  const lanes = (source.optimizers ?? []).map((lane, place) => ({ ...lane, place, shown: true, first: pathOf(lane), path: pathOf(lane), stale: false }));
  return { ...source, lanes, origin: source.start, start: [...source.start] };
}

/** Points and values as they are drawn: x and y in turn. */
function pathOf(lane) {
  return { points: Float64Array.from(lane.points.flat()), values: Float64Array.from(lane.values), diverged: lane.diverged };
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** Numbers of 64 bits, the least significant byte first whatever the machine. */
function numbersOf(base64) {
  const bytes = bytesOf(base64);
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, k) => view.getFloat64(8 * k, true));
}

const visible = () => race.lanes.filter((lane) => lane.shown);

/** The point after `time` steps, between whole steps on the line between them. */
function pointAt(path, time) {
  const last = path.values.length - 1;
  const at = Math.min(time, last);
  const k = Math.min(Math.floor(at), Math.max(last - 1, 0));
  const part = at - k;
  const next = Math.min(k + 1, last);
  return [0, 1].map((i) => path.points[2 * k + i] * (1 - part) + path.points[2 * next + i] * part);
}
