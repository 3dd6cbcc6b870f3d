// Who races: switches, learning rates, values at the present step.

function standings(show) {
  const rows = race.lanes.map((lane) => {
    const button = element("button", { type: "button", class: "chip", "data-optimizer": lane.name, title: lane.summary || null, "aria-label": `Show ${lane.name}` }, swatch(lane), element("span", {}, lane.name));
    const value = element("td", { class: "value" });
    const state = element("td", { class: "state" });
    const row = element("tr", { "data-optimizer": lane.name }, element("th", { scope: "row" }, button), element("td", { class: "rate" }, lane.lr === null ? MISSING : formatRate(lane.lr).replace("-", "−")), value, state);
    button.addEventListener("click", () => {
      lane.shown = !lane.shown;
      show.all();
    });
    row.addEventListener("pointerenter", () => show.focus(lane.name));
    row.addEventListener("pointerleave", () => show.focus(null));
    return { lane, row, button, value, state };
  });
  const heading = race.lowest === null ? "value" : "above minimum";
  byId("standings").append(
    element("caption", { class: "visually-hidden" }, "Optimisers, their learning rates and values at the present step"),
    element("thead", {}, element("tr", {}, ...["optimiser", "learning rate", heading, ""].map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows.map(({ row }) => row)),
  );
  return function update(time) {
    const heights = rows.map(({ lane }) => heightAt(lane, time));
    const best = Math.min(...heights.filter((height, k) => rows[k].lane.shown && !rows[k].lane.stale && Number.isFinite(height)));
    rows.forEach(({ lane, row, button, value, state }, k) => {
      button.setAttribute("aria-pressed", String(lane.shown));
      row.className = [lane.shown ? "" : "off", lane.stale ? "stale" : "", ended(lane, time) && lane.path.diverged !== null ? "alarm" : "", lane.shown && heights[k] === best ? "best" : ""].join(" ");
      value.textContent = formatNumber(heights[k]).replaceAll("-", "−");
      state.textContent = stateOf(lane, time);
    });
  };
}

function heightAt(lane, time) {
  const { values } = lane.path;
  return values[Math.min(Math.floor(time), values.length - 1)] - (race.lowest ?? 0);
}

const ended = (lane, time) => lane.path.values.length <= race.steps && time >= lane.path.values.length - 1;

function stateOf(lane, time) {
  if (lane.stale) return "computed for the first start only";
  if (lane.path.diverged !== null && ended(lane, time)) return `diverged at step ${lane.path.diverged}`;
  if (lane.stopped && ended(lane, time)) return `done in ${counted(lane.path.values.length - 1, "step")}`;
  return "";
}
