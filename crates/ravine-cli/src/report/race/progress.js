// Value against step.

/** What is drawn upwards: the height above the known minimum, or the value; on a logarithmic axis where all is above 0. */
function progressScale() {
  const above = race.lowest ?? 0;
  const gaps = race.lanes.flatMap((lane) => [...lane.path.values].map((value) => value - above));
  const first = Math.abs(gaps[0] ?? 1) || 1;
  const logarithmic = race.lowest !== null || gaps.every((gap) => gap > 0);
  if (!logarithmic) {
    const sorted = Float64Array.from(gaps).sort();
    const low = Math.max(sorted[0] ?? 0, first - 3 * Math.max(spread(), 1e-300));
    return { logarithmic, above, low, high: Math.min(sorted.at(-1) ?? 1, first + spread()) };
  }
  const positive = gaps.filter((gap) => gap > 0);
  const low = Math.max(Math.min(...positive, first), first * 1e-13);
  return { logarithmic, above, low: low / 1.5, high: Math.max(first, Math.min(Math.max(...positive, first), 30 * first)) * 1.5 };
}

/** How high the surface is over its window. */
const spread = () => (race.levels.at(-1) ?? 1) - (race.levels[0] ?? 0);

function drawProgress(canvas, ink, time, focus) {
  const width = canvas.parentElement.clientWidth - 32;
  const height = Math.max(210, Math.min(300, width * 0.58));
  const ctx = prepared(canvas, width, height);
  const scale = progressScale();
  const box = { left: 52, top: 8, w: width - 52 - 16, h: height - 8 - 38 };
  const place = scale.logarithmic ? Math.log10 : (value) => value;
  const [low, high] = [place(scale.low), place(scale.high)];
  const px = (step) => box.left + (step / race.steps) * box.w;
  const py = (gap) => {
    const at = scale.logarithmic && gap <= 0 ? -Infinity : place(gap);
    return box.top + box.h - Math.max(-0.2, Math.min(1.2, (at - low) / (high - low || 1))) * box.h;
  };
  ctx.font = `12px ${ink.font}`;
  ctx.fillStyle = ink.muted;
  ctx.strokeStyle = ink.rule;
  ctx.lineWidth = 1;
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  ctx.beginPath();
  for (const tick of (scale.logarithmic ? logTicks : linearTicks)(scale.low, scale.high, box.h, 34)) {
    ctx.moveTo(box.left, py(tick));
    ctx.lineTo(box.left + box.w, py(tick));
    ctx.fillText(axisTick(tick), box.left - 8, py(tick));
  }
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  for (const tick of linearTicks(0, race.steps, box.w, 56)) {
    ctx.moveTo(px(tick), box.top);
    ctx.lineTo(px(tick), box.top + box.h);
    ctx.fillText(axisTick(tick), px(tick), box.top + box.h + 7);
  }
  ctx.stroke();
  ctx.fillText("step", box.left + box.w / 2, box.top + box.h + 22);
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.left, box.top, box.w, box.h);
  ctx.clip();
  ctx.lineJoin = "round";
  for (const lane of visible()) {
    const { values } = lane.path;
    const draw = (from, to, alpha) => {
      ctx.globalAlpha = alpha * strengthOf(lane, focus);
      ctx.beginPath();
      for (let k = from; k <= to; k++) ctx.lineTo(px(k), py(values[k] - scale.above));
      ctx.stroke();
    };
    ctx.strokeStyle = ink.hues.get(lane.name);
    ctx.lineWidth = 2;
    ctx.setLineDash(lane.stale ? [5, 5] : dashOf(lane));
    const now = Math.min(Math.floor(time), values.length - 1);
    draw(now, values.length - 1, 0.22);
    draw(0, now, 1);
    ctx.setLineDash([]);
  }
  ctx.globalAlpha = 1;
  ctx.strokeStyle = ink.muted;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(px(time), box.top);
  ctx.lineTo(px(time), box.top + box.h);
  ctx.stroke();
  ctx.restore();
  for (const lane of visible()) {
    const { values } = lane.path;
    const now = Math.min(Math.floor(time), values.length - 1);
    const y = py(values[now] - scale.above);
    if (now < 0 || y < box.top - 1 || y > box.top + box.h + 1) continue;
    ctx.globalAlpha = strengthOf(lane, focus);
    ctx.fillStyle = ink.hues.get(lane.name);
    ctx.strokeStyle = ink.surface;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.arc(px(now), y, 4.5, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
  ctx.globalAlpha = 1;
  return { stepAt: (pixel) => Math.max(0, Math.min(race.steps, Math.round(((pixel - box.left) / box.w) * race.steps))) };
}
