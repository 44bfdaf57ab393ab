/** What the actions are built of: a button that opens its panel, fields, and a request that is carried out once. */

import { node } from "../chat/nodes.js";
import { Problem } from "./api.js";

let count = 0;
const unique = (name) => `${name}-${++count}`;

/** A button and the panel that it opens. `fill(panel)` is called each time it opens and the panel is empty. */
export function disclosure(title, fill, kind = "") {
  const id = unique("panel");
  const panel = node("div", { id, class: "panel", role: "group", "aria-label": title, hidden: true });
  const toggle = async () => {
    const open = panel.hidden;
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open && !panel.childElementCount) await fill(panel, close);
  };
  const close = () => {
    panel.replaceChildren();
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    button.focus();
  };
  const attributes = { type: "button", class: `opens ${kind}`, "aria-expanded": "false", "aria-controls": id };
  const button = node("button", { ...attributes, onclick: toggle }, title);
  return node("section", { class: "action" }, node("h3", {}, button), panel);
}

/** A labelled field; `name` is what the service calls it. What is wrong with it is told below it. */
export function field(label, name, attributes = {}, hint = "") {
  const id = unique("field");
  const trouble = node("p", { id: `${id}-wrong`, class: "wrong", hidden: true });
  const told = hint ? node("p", { id: `${id}-hint`, class: "hint" }, hint) : "";
  const described = hint ? `${id}-hint ${id}-wrong` : `${id}-wrong`;
  const input = node("input", { id, name, type: "text", "aria-describedby": described, ...attributes });
  if (attributes.type === "checkbox") {
    return node("div", { class: "field check" }, node("label", { for: id }, input, node("span", {}, label)), trouble);
  }
  return node("div", { class: "field" }, node("label", { for: id }, label), told, input, trouble);
}

/** A form whose `submit` runs at most once at a time; what fails is told in it, and what was typed stays. */
export function form(app, submit, ...children) {
  const trouble = node("div", { class: "trouble", role: "alert", tabindex: "-1", hidden: true });
  const send = (event) => {
    event.preventDefault();
    return attempt(app, element, () => submit(element));
  };
  const element = node("form", { novalidate: true, onsubmit: send }, trouble, children.flat());
  return element;
}

export const submitButton = (label, kind = "") => node("button", { type: "submit", class: `main ${kind}` }, label);

/** Do this while every button is off; tell in `place` what went wrong. */
export async function attempt(app, place, work) {
  clear(place);
  app.hush();
  const wake = sleep(app);
  try {
    await work();
  } catch (error) {
    wake();
    await app.failed(error, place);
  } finally {
    wake();
  }
}

/** Turn every button off; the answer turns those on again, and gives the focus back that a button loses with it. */
function sleep(app) {
  const focused = document.activeElement;
  const buttons = [...document.querySelectorAll("button:not(:disabled)")];
  for (const button of buttons) button.disabled = true;
  app.main.setAttribute("aria-busy", "true");
  const slow = setTimeout(() => app.murmur(app.words.busy), 400);
  return () => {
    clearTimeout(slow);
    for (const button of buttons) button.disabled = false;
    if (document.activeElement === document.body && focused.isConnected) focused.focus();
    app.main.removeAttribute("aria-busy");
    app.murmur("");
  };
}

function clear(place) {
  const trouble = place.querySelector(".trouble");
  if (trouble) trouble.hidden = true;
  for (const wrong of place.querySelectorAll(".wrong")) wrong.hidden = true;
  for (const input of place.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
}

/** Say in the form what went wrong: the words, then each field that the service (or the page) names. */
export function tell(app, place, title, detail, errors = []) {
  const marked = errors.map((error) => mark(app, place, error));
  const first = marked.find((found) => found instanceof Element);
  const said = [detail, ...marked.filter((found) => typeof found === "string")].filter(Boolean);
  const trouble = place.querySelector(".trouble");
  trouble.replaceChildren(node("p", {}, node("strong", {}, title)), ...said.map((line) => node("p", {}, line)));
  trouble.hidden = false;
  (first ?? trouble).focus();
  (first ?? trouble).scrollIntoView({ block: "center" });
}

/** Mark the field that an error names, or the one with the last part of that name: the field, else what to say. */
function mark(app, place, { field: name, code }) {
  const wrong = app.words.wrong;
  const last = name.split(".").at(-1);
  const named = (what) => place.querySelector(`[name="${CSS.escape(what)}"]`);
  const input = named(name) ?? named(last);
  if (!input) return wrong[code] ?? "";
  input.setAttribute("aria-invalid", "true");
  const below = document.getElementById(`${input.id}-wrong`);
  below.textContent = wrong[code] ?? wrong[last] ?? wrong.other;
  below.hidden = false;
  return input;
}

/** What the page itself can see is missing, told like an answer of the service. */
export class Missing extends Problem {
  constructor(app, ...fields) {
    const errors = fields.map((name) => ({ field: name, code: "missing" }));
    super(422, { code: "invalid", title: app.words.trouble.check, detail: "", errors });
  }
}
