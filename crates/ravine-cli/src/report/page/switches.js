// Which optimisers are shown, and the buttons that say so.

/** Of more optimisers than a chart can show at once, these many are switched on at first, and have rows in the table. */
const MOST_SHOWN = 12;
const crowded = study.optimizers.length > MOST_SHOWN + 4;
const beyond = (count) => study.optimizers.slice(count).map(({ name }) => name);

/** What is switched on, and what the pointer rests on. Whoever draws from it listens. */
const view = {
  hidden: new Set(crowded ? beyond(MOST_SHOWN) : []),
  focus: null,
  bands: true,
  seeds: true,
  listeners: [],
  changed() {
    this.listeners.forEach((listener) => listener());
  },
};

const shown = () => study.optimizers.filter((optimizer) => !view.hidden.has(optimizer.name));

/** Those for which axes must have room: all, so that axes stay while optimisers are switched; of very many, those switched on. */
const charted = () => (crowded && shown().length > 0 ? shown() : study.optimizers);

/** A button that switches one optimiser on and off in every chart, and picks it out while the pointer rests on it. */
function optimizerSwitch(optimizer) {
  const button = element(
    "button",
    { type: "button", class: "chip", "data-optimizer": optimizer.name, "aria-label": `Show ${optimizer.name} in the charts` },
    swatch(optimizer),
    element("span", {}, optimizer.name),
  );
  const show = () => button.setAttribute("aria-pressed", String(!view.hidden.has(optimizer.name)));
  button.addEventListener("click", () => {
    if (!view.hidden.delete(optimizer.name)) view.hidden.add(optimizer.name);
    view.changed();
  });
  view.listeners.push(show);
  show();
  focusOnHover(button, optimizer);
  return button;
}

function focusOnHover(node, optimizer) {
  const set = (name) => () => {
    if (view.focus === name) return;
    view.focus = name;
    view.changed();
  };
  node.addEventListener("pointerenter", set(optimizer.name));
  node.addEventListener("pointerleave", set(null));
}
