// The ranking: each optimiser with its chosen rate and, below it, with its default rate.

const STRIP_WIDTH = 150;

const rankingView = { column: "place", rising: true, by: "tuned", whole: !crowded };

const spanText = (format) => (band) => (band && band.median !== null && band.median !== undefined ? { main: format(band.median), band: `${format(band.low ?? Infinity)} to ${format(band.high ?? Infinity)}` } : { main: MISSING, band: "" });

/** Low and high without repeating the unit. */
function percentSpan(band) {
  const text = spanText(formatPercent)(band);
  if (text.band) text.band = `${Number.isFinite(band.low) ? (100 * band.low).toFixed(1) : "−∞"} to ${Number.isFinite(band.high) ? (100 * band.high).toFixed(1) : MISSING}`;
  return text;
}

function reach(format) {
  return (band) => {
    if (!band) return { main: MISSING, band: "" };
    const reached = band.reached ?? band.n;
    const all = reached === band.n;
    return { main: format(band.median ?? NaN), band: all ? `${format(band.low ?? NaN)} to ${format(band.high ?? NaN)}` : `reached ${reached} of ${band.n}` };
  };
}

function rankingColumns() {
  const columns = [
    { key: "lr", title: "Learning rate", value: (row) => row.lr, text: (row) => ({ main: formatRate(row.lr), band: row.lr_at_edge ? "edge of grid" : "" }) },
    { key: "validation_loss", title: "Validation loss", value: (row) => medianOf(row, "validation_loss"), text: (row) => spanText(formatNumber)(row.validation_loss) },
    { key: "test_accuracy", title: "Test accuracy", value: (row) => medianOf(row, "test_accuracy"), text: (row) => percentSpan(row.test_accuracy), falling: true },
    { key: "test_loss", title: "Test loss", value: (row) => medianOf(row, "test_loss"), text: (row) => spanText(formatNumber)(row.test_loss) },
    { key: "failures", title: "Failed", value: (row) => row.failures, text: (row) => ({ main: `${row.failures ?? 0} of ${row[METRIC.key]?.n ?? row.validation_loss?.n ?? "?"}`, band: "", alarm: row.failures > 0 }) },
    { key: "steps_to_target", title: "Steps to target", value: (row) => medianOf(row, "steps_to_target"), text: (row) => reach(formatCount)(row.steps_to_target) },
    { key: "seconds_to_target", title: "Seconds to target", value: (row) => medianOf(row, "seconds_to_target"), text: (row) => reach((value) => (Number.isFinite(value) ? value.toPrecision(3) : MISSING))(row.seconds_to_target) },
  ];
  return columns.filter((column) => (study.classification || column.key !== "test_accuracy") && (study.source.target || !column.key.endsWith("target")));
}

function rankingTable() {
  const table = byId("ranking");
  const columns = rankingColumns();
  const axis = stripAxis();
  const bodies = study.ranking.map((row, index) => ({ row, place: index + 1, body: rankingRows(row, index + 1, columns, axis) }));

  const headers = [];
  const header = (key, title, falling, attributes = {}) => {
    const button = element("button", { type: "button", "data-sort": key }, title, element("span", { class: "arrow", "aria-hidden": "true" }));
    const cell = element("th", { scope: "col", ...attributes }, button);
    button.addEventListener("click", () => {
      rankingView.rising = rankingView.column === key ? !rankingView.rising : !falling;
      rankingView.column = key;
      arrange();
    });
    headers.push({ key, cell });
    return cell;
  };
  const head = element(
    "tr",
    {},
    header("place", "Optimiser", false, { class: "name" }),
    element("td", { class: "setting" }, element("span", { class: "visually-hidden" }, "Setting")),
    ...columns.map((column) => header(column.key, column.title, column.falling)),
    axis ? element("th", { scope: "col", class: "strip" }, `Median and band, ${METRIC.name}`, element("span", { class: "ends" }, element("span", {}, METRIC.format(axis.low)), element("span", {}, METRIC.format(axis.high)))) : null,
  );
  table.append(element("caption", { class: "visually-hidden" }, "Optimisers in order, best first: medians over the reporting seeds with the 20 to 80 % band, with the chosen and with the default learning rate."), element("thead", {}, head));
  byId("ranking-controls").append(choice("Sort by the values", [["tuned", "tuned"], ["default", "default"]], rankingView.by, (value) => ((rankingView.by = value), arrange())));
  byId("ranking-note").textContent = `Each run at its lowest validation loss: medians over the reporting seeds, with the 20–80 % band below.${study.source.target ? ` Target: ${targetText()}.` : ""} Click a heading to sort, a name to switch an optimiser off in the charts.`;
  if (crowded) byId("ranking-note").before(restOfRanking());
  arrange();

  /** Opens and closes the rows beyond the first. */
  function restOfRanking() {
    const button = element("button", { type: "button", class: "plain", id: "whole-ranking" });
    const show = () => {
      button.textContent = rankingView.whole ? `Only the first ${MOST_SHOWN}` : `All ${study.ranking.length} rows`;
      button.setAttribute("aria-expanded", String(rankingView.whole));
      arrange();
    };
    button.addEventListener("click", () => {
      rankingView.whole = !rankingView.whole;
      show();
    });
    show();
    return button;
  }

  function arrange() {
    const { column, rising, by } = rankingView;
    const found = columns.find((one) => one.key === column);
    const value = ({ row, place }) => (found ? found.value(by === "default" ? (row.default ?? {}) : row) : place);
    const sorted = [...bodies].sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      // What has no value stands last, whichever way the column runs.
      const missing = Number(x === null || x === undefined) - Number(y === null || y === undefined);
      return missing || (rising ? x - y : y - x) || a.place - b.place;
    });
    table.append(...sorted.map(({ body }) => body));
    sorted.forEach(({ body }, index) => (body.hidden = !rankingView.whole && index >= MOST_SHOWN));
    for (const { key, cell } of headers) {
      if (key === column) cell.setAttribute("aria-sort", rising ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    }
    table.dataset.by = by;
  }
}

function rankingRows(row, place, columns, axis) {
  const optimizer = study.optimizers.find(({ name }) => name === row.optimizer);
  const cells = (values) =>
    columns.map((column) => {
      const { main, band, alarm } = column.text(values);
      return element("td", { class: alarm ? "alarm" : false, "data-column": column.key }, element("span", { class: "main" }, main), band ? element("span", { class: "band" }, band) : null);
    });
  const lines = row.default ? 2 : 1;
  const body = element(
    "tbody",
    { "data-optimizer": row.optimizer },
    element(
      "tr",
      { class: "tuned" },
      element("th", { scope: "rowgroup", rowspan: lines, class: "name" }, element("div", {}, element("span", { class: "place" }, String(place)), optimizerSwitch(optimizer))),
      element("td", { class: "setting" }, "tuned"),
      ...cells(row),
      axis ? element("td", { class: "strip" }, strip(optimizer, row, axis, true)) : null,
    ),
    row.default ? element("tr", { class: "default" }, element("td", { class: "setting" }, "default"), ...cells({ ...row.default, lr_at_edge: false }), axis ? element("td", { class: "strip" }, strip(optimizer, row.default, axis, false)) : null) : null,
  );
  focusOnHover(body, optimizer);
  return body;
}

/** The common axis of the strips: all tuned bands fit; a default far below them does not flatten it. */
function stripAxis() {
  const tuned = study.ranking.map((row) => row[METRIC.key]).filter((band) => band && Number.isFinite(band.median));
  if (tuned.length === 0) return null;
  const medians = tuned.map((band) => band.median);
  const defaults = study.ranking.map((row) => medianOf(row.default)).filter((value) => value !== null);
  const towardsGood = (values) => (study.classification ? values.map((value) => -value) : values);
  const fence = upperFence(towardsGood([...medians, ...defaults]));
  const bad = study.classification ? -fence : fence;
  const edges = tuned.flatMap((band) => [band.low, band.high]).filter((value) => value !== null && (study.classification ? value >= bad : value <= bad));
  const all = [...medians, ...edges, bad];
  const [low, high] = padded("linear", Math.min(...all), Math.max(...all), 0.05);
  return { low, high: study.classification ? Math.min(high, 1) : high };
}

/** One band on that axis: a disc for the chosen rate, an open diamond for the default; an arrow where it lies beyond the end. */
function strip(optimizer, values, axis, chosen) {
  const [width, y] = [STRIP_WIDTH, 10];
  const band = values[METRIC.key];
  const picture = vector("svg", { class: `strip-plot ${hueClass(optimizer)}`, viewBox: `0 0 ${width} 20`, width, height: 20, "aria-hidden": "true" });
  if (!band || !Number.isFinite(band.median)) return picture;
  const at = (value) => 6 + ((value - axis.low) / (axis.high - axis.low)) * (width - 12);
  const bound = (value) => Math.max(1, Math.min(width - 1, at(value)));
  const bad = study.classification ? -Infinity : Infinity;
  const x = at(band.median);
  picture.append(vector("line", { x1: bound(band.low ?? bad), x2: bound(band.high ?? bad), y1: y, y2: y, class: chosen ? "strong" : "weak" }));
  if (x < 0) picture.append(vector("path", { d: `M7 ${y - 4} 1 ${y} 7 ${y + 4}`, class: "off" }));
  else if (x > width) picture.append(vector("path", { d: `M${width - 7} ${y - 4} ${width - 1} ${y} ${width - 7} ${y + 4}`, class: "off" }));
  else if (chosen) picture.append(vector("circle", { cx: x, cy: y, r: 4.5, class: "filled" }));
  else picture.append(vector("path", { d: `M${x} ${y - 5} ${x + 5} ${y} ${x} ${y + 5} ${x - 5} ${y}Z`, class: "hollow" }));
  return picture;
}
