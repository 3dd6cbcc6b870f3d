// Puts the page together.

document.title = study.ranking[0] ? `${study.ranking[0].optimizer} leads: comparison of ${counted(study.ranking.length, "optimiser")}` : "Comparison of optimisers";
writeSummary();
rankingTable();
legendBar();
const allCharts = [learningRateChart(), ...curveCharts()].filter(Boolean);
writeReading();
writeRepeat();
wireTheme(() => allCharts.forEach((one) => one.build()));
wirePrint();

function legendBar() {
  const setAll = (hidden) => () => {
    view.hidden = new Set(hidden);
    view.changed();
  };
  const button = (value, text, hidden) => {
    const node = element("button", { type: "button", class: "plain", "data-value": value }, text);
    node.addEventListener("click", setAll(hidden));
    return node;
  };
  const all = button("all", "All", []);
  const top = button("top", "First 3", beyond(3));
  const most = button("most", `First ${MOST_SHOWN}`, beyond(MOST_SHOWN));
  byId("legend").append(
    element("div", { class: "chips", role: "group", "aria-label": "Optimisers in the charts" }, ...study.optimizers.map(optimizerSwitch)),
    element("div", { class: "legend-tools" }, all, crowded ? most : null, study.optimizers.length > 3 ? top : null, toggles("Show", [["bands", "bands", true], ["seeds", "single runs", true]], (key, on) => ((view[key] = on), view.changed()))),
  );
}

function writeReading() {
  const tuningSeeds = new Set(study.trials.filter((trial) => trial.phase === "tuning").map((trial) => trial.seed)).size;
  const extended = study.ranking.filter((row) => row.extended > 0).map((row) => `${row.optimizer} by ${row.extended}`);
  const texts = [
    ["Equal trials.", `Every optimiser is tried on the same number of learning rates, half a decade apart around its usual one, for the same number of steps. When the best rate lies at an edge, the grid slides on${extended.length ? `; here that of ${listed(extended, 8)}` : ""}.`],
    ["Judged at its best.", "A run is judged at its lowest validation loss: the network as it was then is the one that is evaluated on test data."],
    ["Chosen on validation data.", `The rate with the lowest median of that loss over ${tuningSeeds ? counted(tuningSeeds, "tuning seed") : "the tuning seeds"} is chosen. Test data have no part in it.`],
    ["Reported on test data.", "What the ranking shows comes from fresh seeds, with the chosen rate and with the default rate. For one seed, every optimiser starts from the same parameters and sees the same batches."],
    ["Median and band.", "Numbers are the median over the seeds; the band runs from the 20 % to the 80 % quantile. Where two bands overlap, the difference may be chance."],
    ["Failures count.", "A run that diverges is a result and stays in: its loss counts as infinite, its accuracy as minus infinity, and a target it misses takes infinitely long. It cannot stretch an axis: lines that leave the frame go on outside it, and a cross or an arrow marks the place."],
    ["Seconds are of training.", "The clock stands still during evaluation. Runs share the processor's cores with each other, so compare seconds within this page only."],
  ];
  byId("reading").append(...texts.map(([title, text]) => element("p", {}, element("b", {}, title), ` ${text}`)));
}

function writeRepeat() {
  const { source } = study;
  const command = byId("command");
  command.textContent = source.command ?? "";
  command.closest(".command").hidden = !source.command;
  wireCopy();
  const pairs = (id, entries) =>
    byId(id).append(...entries.filter(([, value]) => value !== undefined && value !== null && value !== "").map(([key, value]) => element("div", {}, element("dt", {}, key), element("dd", {}, String(value)))));
  pairs("machine", [
    ["ravine", source.version],
    ["time", Number.isFinite(source.seconds) ? formatSeconds(source.seconds) : null],
    ["runs", study.trials.length || null],
    ...flatten(source.machine ?? {}),
    ["schema", source.schema],
  ]);
  pairs("configuration", flatten(source.config ?? {}));
}

/** Paper is light, and narrower than most windows. */
function wirePrint() {
  const root = document.documentElement;
  let before = null;
  addEventListener("beforeprint", () => {
    before = root.dataset.theme ?? "";
    root.dataset.theme = "light";
    document.querySelectorAll("details.numbers").forEach((details) => (details.open = true));
    allCharts.forEach((one) => one.build(660));
  });
  addEventListener("afterprint", () => {
    if (before) root.dataset.theme = before;
    else delete root.dataset.theme;
    allCharts.forEach((one) => one.build());
  });
}
