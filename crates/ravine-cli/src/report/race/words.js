// The text around the pictures.

/** A formula as one writes it: x² for x^2, a centred dot for a product. */
function prettyFormula(text) {
  const spaced = text.replace(/\s+/g, " ").replace(/\s*([+-])\s*/g, (_, sign, at) => (/[\w)²³]\s*$/.test(text.replace(/\s+/g, " ").slice(0, at)) && !/\de$/i.test(text.slice(0, at)) ? ` ${sign} ` : sign));
  return spaced
    .replace(/\s*(\^|\*\*)\s*(\d+)(?![\d.])/g, (_, __, digits) => [...digits].map((digit) => SUPERSCRIPTS[digit]).join(""))
    .replace(/\s*\*\s*/g, "·")
    .replaceAll("-", "−")
    .replace(/\bpi\b/g, "π");
}

function writeTitle() {
  const formula = `f(${race.variables.join(", ")}) = ${prettyFormula(race.expression)}`;
  byId("title").textContent = race.title || formula;
  byId("formula").textContent = race.title ? formula : "";
  byId("formula").hidden = !race.title;
  document.title = `${race.title || formula}: a race of optimisers`;
}

const RATES = {
  even: "Learning rates: for each optimiser the one with which its first steps are a fiftieth of the picture’s diagonal long, lowered where the path would leave the picture.",
  given: "Learning rates: as given on the command line.",
  tuned: "Learning rates: for each optimiser the best of the same number of rates: of those with which it stays in the picture, the one that is lowest along its path from the first start.",
};

function writeReading() {
  const live = race.lanes.filter((lane) => lane.live).length;
  const fixed = race.lanes.filter((lane) => !lane.live).map((lane) => lane.name);
  const tried = Math.max(...race.lanes.map((lane) => lane.tried), 1);
  const paragraphs = [
    `Every optimiser begins at the ring and makes up to ${counted(race.steps, "step")}. ${race.minima.length ? "Stars are known minima. " : ""}${race.logarithmic ? "Contours stand at equal ratios above the lowest value, so that the floor of a ravine shows as much as its walls." : "Contours stand at equal distances in height."}`,
    "Solid arrows: the step that comes next. Its length on the screen is the step’s own, but never shorter than can be seen. Dashed arrows: the direction of steepest descent, against the gradient, all of one length.",
    `${RATES[race.rates]}${race.rates === "tuned" ? ` ${tried} were tried for each.` : ""} The same rates hold when the start is moved.`,
  ];
  if (live) paragraphs.push("Drag the ring, or click anywhere, to begin elsewhere: the optimisers then run again here in the page. Their update rules are not written a second time for it: they are the recorded formulas of Ravine’s own rules, as WebAssembly.");
  if (fixed.length && live) paragraphs.push(`The ${fixed.length === 1 ? "path" : "paths"} of ${listed(fixed)} cannot be computed in the page, and ${fixed.length === 1 ? "stays that" : "stay those"} of the first start.`);
  if (race.lanes.some((lane) => lane.evaluations !== null)) paragraphs.push(`A step of a method with a line search takes more than one evaluation: ${race.lanes.filter((lane) => lane.evaluations !== null).map((lane) => `${lane.name} made ${counted(lane.evaluations, "evaluation")} in ${counted(lane.first.values.length - 1, "step")}`).join(", ")}.`);
  if (race.noise > 0) paragraphs.push(`Every gradient has normal noise of standard deviation ${formatRate(race.noise)} in each coordinate, the same for all optimisers and for every start (seed ${race.seed}).`);
  byId("reading").append(...paragraphs.map((text) => element("p", {}, text)));
  byId("standings-note").textContent = race.noise > 0 ? `With noise of ${formatRate(race.noise)} on every gradient, the same for all.` : "";
}

function writeRules() {
  const known = race.lanes.filter((lane) => lane.formula);
  byId("rules").hidden = known.length === 0;
  byId("rules").append(
    ...known.map((lane) => element("details", {}, element("summary", {}, element("b", {}, lane.name), element("span", { class: "muted" }, lane.summary ? ` · ${lane.summary}` : "")), element("pre", {}, element("code", {}, lane.formula)))),
  );
}

function writeRepeat() {
  const command = byId("command");
  command.textContent = race.command ?? "";
  command.closest("section").hidden = !race.command;
  wireCopy();
}
