// Where the surface lies on the screen, and its colours.

const MARGIN = { left: 46, right: 8, top: 6, bottom: 32 };

/** Pixels for points: of the canvas, with the same scale on both axes where the window's shape allows it. */
function frameOf(width) {
  const [[x0, x1], [y0, y1]] = race.window;
  const shape = (y1 - y0) / (x1 - x0);
  const most = Math.max(340, innerHeight * 0.76);
  let w = width - MARGIN.left - MARGIN.right;
  let h = w * Math.min(Math.max(shape, 0.42), 1.35);
  if (h > most) {
    if (shape > 0.42 && shape < 1.35) w *= most / h;
    h = most;
  }
  const left = MARGIN.left + (width - MARGIN.left - MARGIN.right - w) / 2;
  const top = MARGIN.top;
  return {
    left,
    top,
    w,
    h,
    width,
    height: h + MARGIN.top + MARGIN.bottom,
    px: (x) => left + ((x - x0) / (x1 - x0)) * w,
    py: (y) => top + ((y1 - y) / (y1 - y0)) * h,
    x: (px) => x0 + ((px - left) / w) * (x1 - x0),
    y: (py) => y1 - ((py - top) / h) * (y1 - y0),
  };
}

/** A canvas of this size, sharp on every screen, empty, in the units of the page. */
function prepared(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const ctx = canvas.getContext("2d");
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  return ctx;
}

/** Colours as the style sheet has them now. */
function inks() {
  const style = getComputedStyle(document.body);
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || (document.documentElement.dataset.theme === undefined && matchMedia("(prefers-color-scheme: dark)").matches);
  const probe = (name) => {
    const node = element("i", { style: `color: var(${name})` });
    document.body.append(node);
    const colour = getComputedStyle(node).color;
    node.remove();
    return colour;
  };
  const hue = (lane) => {
    const node = element("i", { class: hueClass(lane) });
    document.body.append(node);
    const colour = getComputedStyle(node).color;
    node.remove();
    return colour;
  };
  return {
    dark,
    font: style.fontFamily,
    ink: probe("--ink"),
    muted: probe("--muted"),
    rule: probe("--rule"),
    edge: probe("--edge"),
    surface: probe("--surface"),
    hues: new Map(race.lanes.map((lane) => [lane.name, hue(lane)])),
    // From the lowest ground to the highest.
    ground: dark
      ? [
          [38, 76, 105],
          [31, 52, 68],
          [24, 30, 35],
        ]
      : [
          [178, 204, 224],
          [216, 229, 236],
          [249, 249, 246],
        ],
    contour: dark ? "rgb(190 215 235 / 20%)" : "rgb(28 60 92 / 24%)",
  };
}

/** A tick with a true minus sign. */
const axisTick = (value) => formatTick(value).replace(/^-/, "−");
