// The paths on the surface, up to the present step, and the arrows at their heads.

/** The gradient's arrow has one length, the step's its own, but so long at least and at most. */
const GRADIENT_LENGTH = 44;
const STEP_LENGTHS = [14, 120];

function drawPaths(canvas, frame, ink, engine, time, { arrows, focus }) {
  const ctx = prepared(canvas, frame.width, frame.height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(frame.left, frame.top, frame.w, frame.h);
  ctx.clip();
  ctx.lineJoin = "round";
  ctx.lineCap = "round";
  const lanes = visible();
  for (const lane of lanes) paintPath(ctx, frame, ink, lane, time, focus);
  if (arrows) for (const lane of lanes) paintArrows(ctx, frame, ink, engine, lane, time, focus);
  for (const lane of lanes) paintHead(ctx, frame, ink, lane, time, focus);
  ctx.restore();
}

const strengthOf = (lane, focus) => (focus !== null && focus !== lane.name ? 0.14 : 1) * (lane.stale ? 0.4 : 1);

/** A path that flies off is not worth more pixels than this. */
const clamp = (pixel) => Math.max(-1e5, Math.min(1e5, pixel));

function paintPath(ctx, frame, ink, lane, time, focus) {
  const { points, values } = lane.path;
  if (values.length === 0) return;
  const whole = Math.min(Math.floor(time), values.length - 1);
  const place = (k) => [clamp(frame.px(points[2 * k])), clamp(frame.py(points[2 * k + 1]))];
  const spots = Array.from({ length: whole + 1 }, (_, k) => place(k));
  const [x, y] = pointAt(lane.path, time);
  if (time > whole && whole < values.length - 1) spots.push([clamp(frame.px(x)), clamp(frame.py(y))]);
  const line = () => {
    ctx.beginPath();
    spots.forEach((spot, k) => (k === 0 ? ctx.moveTo(...spot) : ctx.lineTo(...spot)));
    ctx.stroke();
  };
  ctx.globalAlpha = 0.75 * strengthOf(lane, focus);
  ctx.strokeStyle = ink.surface;
  ctx.lineWidth = 4.6;
  line();
  ctx.globalAlpha = strengthOf(lane, focus);
  ctx.strokeStyle = ink.hues.get(lane.name);
  ctx.lineWidth = 2.3;
  ctx.setLineDash(lane.stale ? [5, 5] : dashOf(lane));
  line();
  ctx.setLineDash([]);
  // Single steps, where they are far enough apart to be told apart.
  ctx.fillStyle = ink.hues.get(lane.name);
  let before = null;
  spots.slice(0, whole + 1).forEach(([px, py]) => {
    if (before && Math.hypot(px - before[0], py - before[1]) < 7) return;
    before = [px, py];
    ctx.beginPath();
    ctx.arc(px, py, 2.7, 0, 2 * Math.PI);
    ctx.fill();
  });
  ctx.globalAlpha = 1;
}

function paintHead(ctx, frame, ink, lane, time, focus) {
  const { values, diverged } = lane.path;
  if (values.length === 0) return;
  const [x, y] = pointAt(lane.path, time).map((v, i) => clamp(i === 0 ? frame.px(v) : frame.py(v)));
  ctx.globalAlpha = strengthOf(lane, focus);
  ctx.strokeStyle = ink.surface;
  ctx.fillStyle = ink.hues.get(lane.name);
  ctx.lineWidth = 2;
  ctx.beginPath();
  if (diverged !== null && time >= values.length - 1) {
    ctx.lineWidth = 3;
    ctx.strokeStyle = ink.hues.get(lane.name);
    for (const sign of [-1, 1]) {
      ctx.moveTo(x - 5, y - 5 * sign);
      ctx.lineTo(x + 5, y + 5 * sign);
    }
  } else {
    ctx.arc(x, y, 6.5, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.stroke();
  ctx.globalAlpha = 1;
}

function paintArrows(ctx, frame, ink, engine, lane, time, focus) {
  const { points, values } = lane.path;
  const k = Math.floor(time);
  if (k >= values.length - 1 || lane.stale) return;
  const from = [clamp(frame.px(points[2 * k])), clamp(frame.py(points[2 * k + 1]))];
  ctx.globalAlpha = strengthOf(lane, focus);
  ctx.strokeStyle = ctx.fillStyle = ink.hues.get(lane.name);
  if (engine) {
    const { gradient } = engine.at(points[2 * k], points[2 * k + 1]);
    // Downhill on the screen, where y points down.
    const [dx, dy] = [-gradient[0] * (frame.px(1) - frame.px(0)), -gradient[1] * (frame.py(1) - frame.py(0))];
    arrow(ctx, from, dx, dy, GRADIENT_LENGTH, 1.6, [4, 3.5], ink.surface);
  }
  const [dx, dy] = [frame.px(points[2 * k + 2]) - from[0], frame.py(points[2 * k + 3]) - from[1]];
  const length = Math.max(STEP_LENGTHS[0], Math.min(STEP_LENGTHS[1], Math.hypot(dx, dy)));
  arrow(ctx, from, dx, dy, length, 3, [], ink.surface);
  ctx.globalAlpha = 1;
}

function arrow(ctx, [x, y], dx, dy, length, width, dash, halo) {
  const size = Math.hypot(dx, dy);
  if (!(size > 0) || !Number.isFinite(size)) return;
  const [ux, uy] = [dx / size, dy / size];
  const head = 5 + 1.6 * width;
  const reach = length + 9;
  const [tx, ty] = [x + reach * ux, y + reach * uy];
  const stem = () => {
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(tx - head * 0.8 * ux, ty - head * 0.8 * uy);
    ctx.stroke();
  };
  const tip = () => {
    ctx.beginPath();
    ctx.moveTo(tx, ty);
    ctx.lineTo(tx - head * ux - head * 0.5 * uy, ty - head * uy + head * 0.5 * ux);
    ctx.lineTo(tx - head * ux + head * 0.5 * uy, ty - head * uy - head * 0.5 * ux);
    ctx.closePath();
  };
  const colour = ctx.strokeStyle;
  ctx.strokeStyle = halo;
  ctx.lineWidth = width + 2.4;
  stem();
  tip();
  ctx.lineWidth = 2.4;
  ctx.stroke();
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  stem();
  ctx.setLineDash([]);
  tip();
  ctx.fill();
}
