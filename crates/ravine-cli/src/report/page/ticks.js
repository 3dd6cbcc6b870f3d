// Round numbers for axes: at least `room` pixels apart on an axis of `pixels`.

function linearTicks(low, high, pixels, room) {
  const least = ((high - low) * room) / pixels;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5, 10].find((digit) => digit * power >= least * (1 - 1e-9)) ?? 10);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

function logTicks(low, high, pixels, room) {
  if (!(low > 0 && high > low)) return [];
  const decade = pixels / Math.log10(high / low);
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  const choices = [
    [[1, 2, 3, 4, 5, 6, 7, 8, 9], Math.log10(10 / 9)],
    [[1, 2, 3, 5, 7], Math.log10(10 / 7)],
    [[1, 2, 5], Math.log10(2)],
    [[1, 3], Math.log10(3)],
    [[1], 1],
  ];
  const digits = (choices.find(([, gap]) => gap * decade >= room) ?? [[1]])[0];
  const every = Math.max(1, Math.ceil(room / decade));
  const ticks = [];
  for (let k = from; k <= to; k++) {
    if (k % every === 0) for (const digit of digits) ticks.push(Number(`${digit}e${k}`));
  }
  return ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}
