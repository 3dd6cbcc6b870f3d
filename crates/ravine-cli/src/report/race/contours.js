// The ground: contours by marching squares, and a shade for each band between them.

/** Where a value stands among the levels: 2.5 is half way from the second to the third. */
function heightOf(value) {
  const { levels } = race;
  if (!Number.isFinite(value)) return NaN;
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (levels[middle] <= value) low = middle + 1;
    else high = middle;
  }
  // Beyond the ends as far as from the end to its neighbour.
  const below = low > 0 ? levels[low - 1] : 2 * levels[0] - (levels[1] ?? levels[0] + 1);
  const above = low < levels.length ? levels[low] : 2 * levels[low - 1] - (levels[low - 2] ?? levels[low - 1] - 1);
  return low + Math.max(-0.999, Math.min(0.999, (value - below) / (above - below || 1)));
}

function shade(ground, share) {
  const at = Math.max(0, Math.min(share, 1)) * (ground.length - 1);
  const k = Math.min(Math.floor(at), ground.length - 2);
  return ground[k].map((low, i) => Math.round(low + (ground[k + 1][i] - low) * (at - k)));
}

function drawGround(canvas, frame, ink, engine) {
  const ctx = prepared(canvas, frame.width, frame.height);
  const { left, top, w, h } = frame;
  ctx.fillStyle = `rgb(${ink.ground.at(-1).join(" ")})`;
  ctx.fillRect(left, top, w, h);
  if (engine && race.levels.length) {
    const fine = Math.max(1, (devicePixelRatio || 1) / 1.5);
    const columns = Math.ceil((w * fine) / 2) + 1;
    const rows = Math.ceil((h * fine) / 2) + 1;
    const heights = new Float64Array(columns * rows);
    for (let j = 0; j < rows; j++) {
      const y = frame.y(top + (h * j) / (rows - 1));
      for (let i = 0; i < columns; i++) heights[j * columns + i] = heightOf(engine.value(frame.x(left + (w * i) / (columns - 1)), y));
    }
    paintBands(ctx, frame, ink, heights, columns, rows);
    paintContours(ctx, frame, ink, heights, columns, rows);
  }
  paintAxes(ctx, frame, ink);
  for (const [x, y] of race.minima) paintMinimum(ctx, frame, ink, x, y);
}

/** Shades in each band. */
const SHADES = 8;

function paintBands(ctx, frame, ink, heights, columns, rows) {
  const bands = race.levels.length + 1;
  const colours = Array.from({ length: bands * SHADES }, (_, k) => {
    const band = shade(ink.ground, Math.floor(k / SHADES) / (bands - 1));
    // Within its band the ground rises a little too.
    const within = shade(ink.ground, k / SHADES / bands);
    return band.map((colour, i) => (colour + within[i]) / 2);
  });
  const picture = new ImageData(columns, rows);
  heights.forEach((height, k) => {
    // Where there is no value there is no ground.
    if (Number.isNaN(height)) return;
    const [red, green, blue] = colours[Math.max(0, Math.min(colours.length - 1, Math.floor(height * SHADES)))];
    picture.data[4 * k] = red;
    picture.data[4 * k + 1] = green;
    picture.data[4 * k + 2] = blue;
    picture.data[4 * k + 3] = 255;
  });
  const small = element("canvas", { width: columns, height: rows });
  small.getContext("2d").putImageData(picture, 0, 0);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(small, frame.left, frame.top, frame.w, frame.h);
}

function paintContours(ctx, frame, ink, heights, columns, rows) {
  const { left, top, w, h } = frame;
  const [dx, dy] = [w / (columns - 1), h / (rows - 1)];
  ctx.beginPath();
  for (let j = 0; j + 1 < rows; j++) {
    for (let i = 0; i + 1 < columns; i++) {
      const k = j * columns + i;
      const corners = [heights[k], heights[k + 1], heights[k + columns + 1], heights[k + columns]];
      const low = Math.min(...corners);
      const high = Math.max(...corners);
      // Where something is not finite there is no contour, and where all levels meet no telling one from another.
      if (!(Math.floor(high) > Math.floor(low)) || Number.isNaN(low + high)) continue;
      for (let level = Math.floor(low) + 1; level <= high; level++) segment(ctx, corners, level, left + i * dx, top + j * dy, dx, dy);
    }
  }
  ctx.lineWidth = 1;
  ctx.strokeStyle = ink.contour;
  ctx.stroke();
}

/** The line of a level through one cell, whose corners go around from the upper left. */
function segment(ctx, [a, b, c, d], level, x, y, dx, dy) {
  const crossings = [];
  const cross = (from, to, px, py, qx, qy) => {
    if (from < level === to < level) return;
    const part = (level - from) / (to - from);
    crossings.push([x + (px + part * (qx - px)) * dx, y + (py + part * (qy - py)) * dy]);
  };
  cross(a, b, 0, 0, 1, 0);
  cross(b, c, 1, 0, 1, 1);
  cross(c, d, 1, 1, 0, 1);
  cross(d, a, 0, 1, 0, 0);
  // In a saddle two lines cross the cell: its middle says which corners belong together.
  const pairs = crossings.length === 4 && (a + b + c + d) / 4 < level === a < level ? [0, 1, 2, 3] : [0, 3, 1, 2];
  const order = crossings.length === 4 ? pairs : [0, 1];
  for (let k = 0; k + 1 < order.length && crossings.length >= 2; k += 2) {
    ctx.moveTo(...crossings[order[k]]);
    ctx.lineTo(...crossings[order[k + 1]]);
  }
}

function paintAxes(ctx, frame, ink) {
  const { left, top, w, h } = frame;
  const [[x0, x1], [y0, y1]] = race.window;
  ctx.strokeStyle = ink.edge;
  ctx.lineWidth = 1;
  ctx.strokeRect(left, top, w, h);
  ctx.fillStyle = ink.muted;
  ctx.font = `12px ${ink.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  ctx.beginPath();
  for (const tick of linearTicks(x0, x1, w, 64)) {
    const x = frame.px(tick);
    ctx.moveTo(x, top + h);
    ctx.lineTo(x, top + h + 4);
    if (x < left + w - 24) ctx.fillText(axisTick(tick), x, top + h + 7);
  }
  ctx.textAlign = "right";
  ctx.textBaseline = "middle";
  for (const tick of linearTicks(y0, y1, h, 46)) {
    const y = frame.py(tick);
    ctx.moveTo(left, y);
    ctx.lineTo(left - 4, y);
    if (y > top + 18) ctx.fillText(axisTick(tick), left - 7, y);
  }
  ctx.stroke();
  ctx.fillStyle = ink.ink;
  ctx.font = `italic 15px Cambria, Georgia, "Times New Roman", serif`;
  ctx.fillText(race.variables[1], left - 7, top + 6);
  ctx.textBaseline = "top";
  ctx.fillText(race.variables[0], left + w - 1, top + h + 5);
}

function paintMinimum(ctx, frame, ink, x, y) {
  const [px, py] = [frame.px(x), frame.py(y)];
  ctx.beginPath();
  for (let k = 0; k < 10; k++) {
    const radius = k % 2 === 0 ? 8 : 3.4;
    const angle = (k * Math.PI) / 5 - Math.PI / 2;
    ctx.lineTo(px + radius * Math.cos(angle), py + radius * Math.sin(angle));
  }
  ctx.closePath();
  ctx.fillStyle = ink.surface;
  ctx.strokeStyle = ink.ink;
  ctx.lineWidth = 1.4;
  ctx.fill();
  ctx.stroke();
}
