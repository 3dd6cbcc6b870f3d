// Small helpers for the document tree. Text always goes in as text, never as markup.

const byId = (id) => document.getElementById(id);

/** An element with attributes and children; a child is a node or a text. */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function vector(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Past the eight colours the same colours come again with another dash. */
const dashOf = (optimizer) => DASHES[Math.floor(optimizer.place / HUES) % DASHES.length];
const hueClass = (optimizer) => `hue-${optimizer.place % HUES}`;

function swatch(optimizer) {
  const line = vector("line", { x1: 1, y1: 6, x2: 23, y2: 6, "stroke-dasharray": dashOf(optimizer).join(" ") });
  return vector("svg", { class: `swatch ${hueClass(optimizer)}`, viewBox: "0 0 24 12", width: 24, height: 12, "aria-hidden": "true" }, line);
}

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

/** Buttons of which exactly one is pressed. */
function choice(label, options, chosen, choose) {
  const group = element("div", { class: "choice", role: "group", "aria-label": label }, element("span", { class: "choice-label", "aria-hidden": "true" }, label));
  const buttons = options.map(([value, text]) => {
    const button = element("button", { type: "button", "aria-pressed": String(value === chosen), "data-value": String(value) }, text);
    button.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      choose(value);
    });
    return button;
  });
  group.append(element("span", { class: "segments" }, ...buttons));
  return group;
}

/** Buttons that are each on or off. */
function toggles(label, options, change) {
  const buttons = options.map(([value, text, on]) => {
    const button = element("button", { type: "button", "aria-pressed": String(on), "data-value": value }, text);
    button.addEventListener("click", () => {
      const next = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(next));
      change(value, next);
    });
    return button;
  });
  return element("div", { class: "choice", role: "group", "aria-label": label }, element("span", { class: "choice-label", "aria-hidden": "true" }, label), element("span", { class: "segments" }, ...buttons));
}
