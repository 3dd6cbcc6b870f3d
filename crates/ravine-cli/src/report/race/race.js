// Puts the page together: time, the start, and what is drawn when one of them changes.

const SPEEDS = [
  [0.25, "¼×"],
  [0.5, "½×"],
  [1, "1×"],
  [2, "2×"],
  [4, "4×"],
];
/** At the ordinary speed a race takes so many seconds. */
const DURATION = 12;

const view = { time: race.steps, playing: false, speed: 1, arrows: true, focus: null };

writeTitle();
writeReading();
writeRules();
writeRepeat();

const stage = byId("stage");
const handle = byId("start");
let engine = null;
let ink = inks();
let frame = frameOf(stage.clientWidth);
let chart = null;
let waiting = false;

/** What must be drawn again waits for the next frame of the screen. */
const show = {
  all() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      drawAll();
    });
  },
  focus(name) {
    view.focus = name;
    show.all();
  },
};
const updateStandings = standings(show);

function drawAll() {
  drawPaths(byId("paths"), frame, ink, engine, view.time, view);
  chart = drawProgress(byId("values"), ink, view.time, view.focus);
  updateStandings(view.time);
  const step = Math.floor(view.time);
  byId("time").value = step;
  byId("time").setAttribute("aria-valuetext", `step ${step} of ${race.steps}`);
  byId("step").replaceChildren("step ", element("b", {}, String(step)), ` of ${race.steps}`);
  placeHandle();
}

function rebuild() {
  ink = inks();
  frame = frameOf(stage.clientWidth);
  stage.style.height = `${frame.height}px`;
  drawGround(byId("surface"), frame, ink, engine);
  drawAll();
}

function placeHandle() {
  const [x, y] = race.start;
  handle.style.left = `${Math.max(frame.left, Math.min(frame.left + frame.w, frame.px(x)))}px`;
  handle.style.top = `${Math.max(frame.top, Math.min(frame.top + frame.h, frame.py(y)))}px`;
  const text = `Start at ${race.variables[0]} = ${formatRate(x)}, ${race.variables[1]} = ${formatRate(y)}`;
  handle.setAttribute("aria-label", `${text}. Arrow keys move it.`);
  handle.title = text;
}

// The start

function moveStart(x, y) {
  if (!engine) return;
  const inside = (value, [low, high]) => Math.max(low, Math.min(high, value));
  const start = [inside(x, race.window[0]), inside(y, race.window[1])];
  if (!Number.isFinite(engine.value(...start))) return;
  race.start = start;
  const home = start.every((value, i) => value === race.origin[i]);
  for (const lane of race.lanes) {
    lane.stale = !lane.live && !home;
    lane.path = home || !lane.live ? lane.first : engine.run(lane, start);
  }
  byId("home").hidden = home;
  show.all();
}

function wireStart() {
  const board = byId("paths");
  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const inFrame = ([px, py]) => px >= frame.left && px <= frame.left + frame.w && py >= frame.top && py <= frame.top + frame.h;
  handle.hidden = false;
  handle.addEventListener("pointerdown", (event) => {
    // Without a pointer that is really down (a test's, say) there is nothing to capture.
    try {
      handle.setPointerCapture(event.pointerId);
    } catch {}
    handle.classList.add("held");
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.classList.contains("held")) return;
    const [px, py] = place(event);
    moveStart(frame.x(px), frame.y(py));
  });
  for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => handle.classList.remove("held"));
  handle.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!direction) return;
    event.preventDefault();
    const part = event.shiftKey ? 0.05 : 0.005;
    moveStart(...race.start.map((value, i) => value + direction[i] * part * (race.window[i][1] - race.window[i][0])));
  });
  board.addEventListener("click", (event) => {
    const at = place(event);
    if (inFrame(at)) moveStart(frame.x(at[0]), frame.y(at[1]));
  });
  const readout = byId("readout");
  board.addEventListener("pointermove", (event) => {
    const at = place(event);
    readout.hidden = !inFrame(at);
    const [x, y] = [frame.x(at[0]), frame.y(at[1])];
    readout.textContent = `${race.variables[0]} ${x.toFixed(2)}  ${race.variables[1]} ${y.toFixed(2)}  f ${formatNumber(engine.value(x, y))}`;
  });
  board.addEventListener("pointerleave", () => (readout.hidden = true));
}

// Time

function setTime(time) {
  view.time = Math.max(0, Math.min(race.steps, time));
  show.all();
}

function setPlaying(on) {
  view.playing = on;
  byId("play").classList.toggle("on", on);
  byId("play").setAttribute("aria-label", on ? "Pause" : "Play");
  if (!on) return;
  if (view.time >= race.steps) view.time = 0;
  let before = performance.now();
  requestAnimationFrame(function frameOfTime(now) {
    if (!view.playing) return;
    // A tab that was hidden does not jump.
    const seconds = Math.min(0.1, Math.max(0, (now - before) / 1000));
    before = now;
    view.time = Math.min(race.steps, view.time + (seconds * view.speed * race.steps) / DURATION);
    if (view.time >= race.steps) setPlaying(false);
    drawAll();
    requestAnimationFrame(frameOfTime);
  });
}

function wireTime() {
  const time = byId("time");
  time.max = race.steps;
  time.addEventListener("input", () => {
    setPlaying(false);
    setTime(Number(time.value));
  });
  byId("play").addEventListener("click", () => setPlaying(!view.playing));
  for (const [id, by] of [
    ["back", -1],
    ["forward", 1],
  ]) {
    byId(id).addEventListener("click", () => {
      setPlaying(false);
      setTime(Math.floor(view.time) + by);
    });
  }
  addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("button, input, summary, a")) return;
    event.preventDefault();
    setPlaying(!view.playing);
  });
  const values = byId("values");
  const scrub = (event) => {
    if (event.type === "pointermove" && !(event.buttons & 1)) return;
    setPlaying(false);
    setTime(chart.stepAt(event.clientX - values.getBoundingClientRect().left));
  };
  values.addEventListener("pointerdown", scrub);
  values.addEventListener("pointermove", scrub);
}

function wireOptions() {
  const home = element("button", { type: "button", class: "plain", id: "home", hidden: true }, "Back to the first start");
  home.addEventListener("click", () => moveStart(...race.origin));
  byId("options").append(
    choice("Speed", SPEEDS, 1, (speed) => (view.speed = speed)),
    toggles("Show", [["arrows", "Arrows", true]], (_, on) => {
      view.arrows = on;
      show.all();
    }),
    home,
  );
}

function describe() {
  byId("progress-title").textContent = race.lowest === null ? "Value" : "Height above the minimum";
  byId("surface").setAttribute("aria-label", `Contours of ${race.title || race.expression}, and the paths of ${listed(race.lanes.map((lane) => lane.name), 20)} from the start`);
  byId("values").setAttribute("aria-label", `Value against step of ${listed(race.lanes.map((lane) => lane.name), 20)}`);
}

wireOptions();
wireTime();
describe();
rebuild();
startEngine().then((started) => {
  engine = started;
  if (engine) wireStart();
  else byId("warnings").append(element("p", { class: "note" }, "This browser does not run WebAssembly: contours are missing, and the start cannot be moved."));
  stage.classList.toggle("still", !engine);
  rebuild();
  stage.dataset.ready = engine ? "live" : "still";
});
wireTheme(rebuild);
let width = stage.clientWidth;
new ResizeObserver(() =>
  requestAnimationFrame(() => {
    if (stage.clientWidth === width || stage.clientWidth === 0) return;
    width = stage.clientWidth;
    rebuild();
  }),
).observe(stage.parentElement);
addEventListener("beforeprint", () => {
  setPlaying(false);
  view.time = race.steps;
  rebuild();
});
