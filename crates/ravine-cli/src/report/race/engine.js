// The surface and the update rules themselves: WebAssembly made from the formulas that Ravine runs.

const POINT = 0;
const VALUE = 2;
const GRADIENT = 3;

/** What the module can do, or `null` where this browser does not run WebAssembly. */
async function startEngine() {
  try {
    const { instance } = await WebAssembly.instantiate(bytesOf(race.module), { math: Math });
    return engineOf(instance.exports);
  } catch {
    return null;
  }
}

function engineOf({ memory, value, evaluate, ...exports }) {
  const cells = new Float64Array(memory.buffer);
  const noise = numbersOf(race.noise_table);
  const tables = new Map(race.lanes.filter((lane) => lane.live).map((lane) => [lane.name, numbersOf(lane.live.constants.table)]));

  function at(x, y) {
    cells[POINT] = x;
    cells[POINT + 1] = y;
    evaluate();
    return { value: cells[VALUE], gradient: [cells[GRADIENT], cells[GRADIENT + 1]] };
  }

  /** The path of an optimiser from another start, as Ravine would make it. */
  function run(lane, start) {
    const { step, states, constants } = lane.live;
    const table = tables.get(lane.name);
    const varying = constants.varying;
    const points = [];
    const values = [];
    let diverged = null;
    for (const state of states) for (const i of [0, 1]) cells[state.at + i] = state.initial ?? start[i];
    constants.first.forEach((constant, k) => (cells[constants.at + k] = constant));
    cells[POINT] = start[0];
    cells[POINT + 1] = start[1];
    for (let k = 0; k <= race.steps; k++) {
      evaluate();
      const here = [cells[POINT], cells[POINT + 1], cells[VALUE]];
      if (!here.every(Number.isFinite)) {
        diverged = k;
        break;
      }
      points.push(here[0], here[1]);
      values.push(here[2]);
      if (k === race.steps) break;
      if (noise.length) for (const i of [0, 1]) cells[GRADIENT + i] += noise[2 * k + i];
      if (!Number.isFinite(cells[GRADIENT]) || !Number.isFinite(cells[GRADIENT + 1])) {
        diverged = k + 1;
        break;
      }
      varying.forEach((constant, i) => (cells[constants.at + constant] = table[k * varying.length + i]));
      exports[step](0);
      exports[step](8);
    }
    return { points: Float64Array.from(points), values: Float64Array.from(values), diverged };
  }

  return { value, at, run };
}
