// One chart: uPlot gives scales, axes, the cursor and zooming; what is inside the frame is painted here, so that an infinite
// value can run out of the frame and a mark can stand above it.

const COMPACT = 480;

/** Scale kinds by their name: uPlot's settings, ticks, and text of a value. */
const SCALES = {
  linear: { settings: { distr: 1 }, ticks: linearTicks, format: formatTick },
  log: { settings: { distr: 3, log: 10 }, ticks: logTicks, format: formatTick },
  // Learning rates are thought of in decades: digits between them only once few decades are in view.
  rate: { settings: { distr: 3, log: 10 }, ticks: (low, high, pixels, room) => logTicks(low, high, pixels, Math.min(Math.max(room, pixels / 8), Math.max(room, pixels / Math.log10(high / low)))), format: formatTick },
  // Accuracy by the logarithm of the error, so that 98 % and 99 % are as far apart as 96 % and 98 %.
  error: {
    settings: { distr: 100, fwd: (share) => -Math.log10(Math.max(1 - share, 1e-6)), bwd: (value) => 1 - 10 ** -value },
    ticks: errorTicks,
    format: tickPercent,
  },
  share: { settings: { distr: 1 }, ticks: linearTicks, format: tickPercent },
};

function tickPercent(share) {
  return `${Number((100 * share).toPrecision(4))} %`;
}

function errorTicks(low, high, pixels, room) {
  const place = SCALES.error.settings.fwd;
  const scale = pixels / (place(high) - place(low));
  const ticks = [];
  for (const tick of [0, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9999]) {
    if (tick < low - 1e-12 || tick > high + 1e-12) continue;
    if (ticks.length === 0 || (place(tick) - place(ticks[ticks.length - 1])) * scale >= room) ticks.push(tick);
  }
  return ticks.length > 1 ? ticks : linearTicks(low, high, pixels, room);
}

/** Bounds of a logarithmic or linear axis around `low` and `high`, with a little air. */
function padded(kind, low, high, air = 0.04) {
  if (kind === "log") {
    const more = Math.max((high / low) ** air, 1.05);
    return [low / more, high * more];
  }
  if (kind === "error") {
    const { fwd, bwd } = SCALES.error.settings;
    const more = Math.max(air * (fwd(high) - fwd(low)), 0.02);
    return [Math.max(bwd(fwd(low) - more), 0), bwd(fwd(high) + more)];
  }
  const more = (high - low || Math.abs(high) || 1) * air;
  return [low - more, high + more];
}

/** Colours as the style sheet has them now: light, dark or print. */
function inks() {
  const frame = getComputedStyle(document.querySelector(".chart"));
  const hues = study.optimizers.map((optimizer) => {
    const probe = document.querySelector(`#legend .${hueClass(optimizer)}`);
    return [optimizer.name, getComputedStyle(probe).color];
  });
  return {
    hues: new Map(hues),
    text: frame.color,
    muted: getComputedStyle(document.querySelector(".muted")).color,
    rule: frame.borderTopColor,
    surface: frame.backgroundColor,
    font: frame.fontFamily,
  };
}

/**
 * A chart in `figure`. `describe(width)` says what to draw:
 * `{ label, height, x, y, above, right, paint(tools), hover(tools, left, top) }`, where `x` and `y` are
 * `{ kind, low, high, label? }` and `above` is the height kept free over the frame.
 */
function chart(figure, describe, group) {
  const host = figure.querySelector(".plot");
  const tip = element("div", { class: "tip", hidden: true });
  let plot = null;
  let ink = null;
  let spec = null;
  let over = false;

  function build(width = host.clientWidth) {
    plot?.destroy();
    ink = inks();
    // A chart that was replaced may still draw once: it keeps to its own description.
    const own = describe(width);
    const { x, y } = own;
    spec = own;
    const axis = (scale, side, room) => ({
      scale,
      side,
      stroke: ink.muted,
      font: `12px ${ink.font}`,
      labelFont: `12px ${ink.font}`,
      labelGap: 2,
      grid: { stroke: ink.rule, width: 1 },
      ticks: { show: false },
      gap: 7,
      // The ticks are found below. uPlot looks for an increment first and shows no axis when it finds none: one this large always fits.
      incrs: (_, __, low, high) => [high - low + 5],
      splits: (self, _, low, high) => SCALES[own[scale].kind].ticks(low, high, (scale === "x" ? self.bbox.width : self.bbox.height) / uPlot.pxRatio, room),
      values: (_, splits) => splits.map(SCALES[own[scale].kind].format),
      filter: (_, splits) => splits,
    });
    plot = new uPlot(
      {
        width,
        height: own.height,
        padding: [Math.max(own.above, 10), own.right, 0, 0],
        legend: { show: false },
        scales: {
          x: { time: false, ...SCALES[x.kind].settings, range: (_, low, high) => [low, high] },
          y: { ...SCALES[y.kind].settings, range: (_, low, high) => (low === null ? [y.low, y.high] : [low, high]) },
        },
        axes: [
          { ...axis("x", 2, 58), label: x.label, labelSize: 20, size: 30 },
          { ...axis("y", 3, 30), size: 52 },
        ],
        series: [{}, { paths: () => null, points: { show: false } }],
        cursor: {
          points: { show: false },
          y: false,
          drag: { x: true, y: true, uni: 24 },
          sync: group ? { key: group, scales: ["x", null], setSeries: false } : undefined,
        },
        hooks: { draw: [draw], setCursor: [hover], setSize: [() => tip.setAttribute("hidden", "")] },
      },
      [
        [x.low, x.high],
        [null, null],
      ],
      host,
    );
    plot.root.setAttribute("role", "img");
    plot.root.setAttribute("aria-label", own.label);
    plot.over.append(tip);
    plot.over.addEventListener("pointerenter", () => (over = true));
    plot.over.addEventListener("pointerleave", () => {
      over = false;
      tip.hidden = true;
    });
  }

  function tools(self) {
    const ratio = uPlot.pxRatio;
    const box = self.bbox;
    const clamp = (pixel) => Math.max(-1e5, Math.min(1e5, pixel));
    return {
      plot: self,
      ctx: self.ctx,
      ratio,
      box,
      ink,
      hue: (optimizer) => ink.hues.get(optimizer.name),
      strength: (optimizer) => (view.focus === null || view.focus === optimizer.name ? 1 : 0.15),
      px: (value) => clamp(self.valToPos(value, "x", true)),
      py(value) {
        if (value === Infinity || Number.isNaN(value)) return box.top - box.height;
        if (value === -Infinity) return box.top + 2 * box.height;
        if (spec.y.kind === "log" && value <= 0) return box.top + 2 * box.height;
        return clamp(self.valToPos(value, "y", true));
      },
    };
  }

  function draw(self) {
    if (self !== plot) return;
    const use = tools(self);
    use.ctx.save();
    spec.paint(use);
    use.ctx.restore();
  }

  function hover(self) {
    if (self !== plot) return;
    const { left, top } = self.cursor;
    const content = over && left >= 0 ? spec.hover(tools(self), left, top) : null;
    tip.hidden = content === null;
    if (content === null) return;
    tip.replaceChildren(...content);
    const { clientWidth, clientHeight } = self.over;
    const flip = left > clientWidth / 2;
    tip.style.left = flip ? "auto" : `${left + 16}px`;
    tip.style.right = flip ? `${clientWidth - left + 16}px` : "auto";
    tip.style.top = `${Math.max(0, Math.min(top - 20, clientHeight - tip.offsetHeight))}px`;
  }

  build();
  // Only of very many optimisers the axes follow those that are switched on.
  let drawn = [...view.hidden].join();
  view.listeners.push(() => {
    const hidden = [...view.hidden].join();
    if (crowded && hidden !== drawn) build();
    else plot.redraw(false, false);
    drawn = hidden;
  });
  let width = host.clientWidth;
  new ResizeObserver(() =>
    requestAnimationFrame(() => {
      if (host.clientWidth === width || host.clientWidth === 0) return;
      width = host.clientWidth;
      build();
    }),
  ).observe(host);
  return { build };
}

/** Restricts painting to the frame. */
function clipToFrame({ ctx, box }, margin = 0) {
  ctx.beginPath();
  ctx.rect(box.left - margin, box.top - margin, box.width + 2 * margin, box.height + 2 * margin);
  ctx.clip();
}

function paintLine({ ctx, ratio }, points, { colour, width, alpha = 1, dash = [] }) {
  if (points.length === 0) return;
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.lineWidth = width * ratio;
  ctx.lineJoin = "round";
  ctx.setLineDash(dash.map((length) => length * ratio));
  ctx.beginPath();
  points.forEach(([x, y], index) => (index === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

function paintBand({ ctx }, upper, lower, colour, alpha) {
  if (upper.length === 0) return;
  ctx.globalAlpha = alpha;
  ctx.fillStyle = colour;
  ctx.beginPath();
  [...upper, ...lower.reverse()].forEach(([x, y], index) => (index === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** Marks, each centred on a point, `size` in CSS pixels. */
const MARKS = {
  dot: (ctx, x, y, size) => ctx.arc(x, y, size, 0, 2 * Math.PI),
  diamond(ctx, x, y, size) {
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x, y + size);
    ctx.lineTo(x - size, y);
    ctx.closePath();
  },
  cross(ctx, x, y, size) {
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.moveTo(x + size, y - size);
    ctx.lineTo(x - size, y + size);
  },
  arrow(ctx, x, y, size) {
    ctx.moveTo(x - size, y + size);
    ctx.lineTo(x, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.closePath();
  },
};

function paintMark({ ctx, ratio }, shape, x, y, size, { fill, stroke, width = 1.75, alpha = 1 }) {
  ctx.globalAlpha = alpha;
  ctx.beginPath();
  MARKS[shape](ctx, x, y, size * ratio);
  if (fill) {
    ctx.fillStyle = fill;
    ctx.fill();
  }
  if (stroke) {
    ctx.strokeStyle = stroke;
    ctx.lineWidth = width * ratio;
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
}

/** Crosses in rows above the frame: a cross takes the lowest row in which it does not touch another. */
function stackMarks(marks, apart) {
  const ends = [];
  return [...marks]
    .sort((a, b) => a.x - b.x)
    .map((mark) => {
      let row = ends.findIndex((end) => mark.x - end >= apart);
      if (row < 0) row = ends.push(0) - 1;
      ends[row] = mark.x;
      return { ...mark, row };
    });
}
