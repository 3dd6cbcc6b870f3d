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
