/** The fixed parts of the chat, made once; their words are put in by `wording`. */

import { node } from "./nodes.js";
import { STRINGS } from "./strings.js";

const OWN_NAME = { fr: "Français", en: "English" };

/** The parts by name. `on` has what they do: open(bool), ask(lang), say(text), submit(event), key(event), retry(). */
export function layout(on) {
  const button = (name, onclick, ...children) => node("button", { class: name, type: "button", onclick }, children);
  const ui = {
    launcher: button("launcher", () => on.open(true)),
    name: node("h2", { id: "name" }),
    kind: node("p"),
    tongues: node("div", { class: "tongues", role: "group" }),
    close: button("close", () => on.open(false), node("span", { "aria-hidden": "true" }, "×")),
    intro: node("div", { class: "intro" }),
    log: node("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" }),
    status: node("p", { class: "status", role: "status" }),
    problem: node("p"),
    retry: button("retry", on.retry),
    label: node("label", { class: "unseen", for: "field" }),
    field: node("textarea", { id: "field", rows: "1", maxlength: "4000", autocomplete: "off", enterkeyhint: "send", onkeydown: on.key }),
    send: node("button", { class: "send", type: "submit" }),
  };
  for (const lang of Object.keys(STRINGS)) {
    const tongue = button("tongue", () => on.ask(lang), lang.toUpperCase());
    tongue.lang = lang;
    tongue.title = OWN_NAME[lang];
    ui.tongues.append(tongue);
  }
  ui.log.append(ui.intro);
  ui.trouble = node("div", { class: "trouble", role: "alert", hidden: true }, ui.problem, ui.retry);
  ui.form = node("form", { novalidate: true, onsubmit: on.submit }, ui.label, ui.field, ui.send);
  ui.panel = node(
    "section",
    { class: "panel", role: "dialog", "aria-labelledby": "name" },
    node("div", { class: "top" }, node("div", { class: "title" }, ui.name, ui.kind), ui.tongues, ui.close),
    ui.log,
    node("div", { class: "bottom" }, ui.status, ui.trouble, ui.form),
  );
  ui.panel.addEventListener("keydown", (event) => event.key === "Escape" && on.open(false));
  ui.wording = (lang) => wording(ui, lang, on);
  return ui;
}

/** The chat's own words in `lang`, which is marked as the language spoken. */
function wording(ui, lang, on) {
  const t = STRINGS[lang];
  ui.panel.lang = ui.launcher.lang = lang;
  ui.launcher.textContent = t.open;
  ui.name.textContent = t.name;
  ui.kind.textContent = t.kind;
  ui.label.textContent = t.field;
  ui.field.placeholder = t.hint;
  ui.send.textContent = t.send;
  ui.retry.textContent = t.retry;
  ui.close.setAttribute("aria-label", t.close);
  ui.log.setAttribute("aria-label", t.log);
  ui.tongues.setAttribute("aria-label", t.tongues);
  for (const tongue of ui.tongues.children) tongue.setAttribute("aria-pressed", String(tongue.lang === lang));
  const examples = t.examples.map((text) => node("button", { type: "button", onclick: () => on.say(text) }, text));
  const group = node("div", { class: "buttons", role: "group", "aria-label": t.choices }, examples);
  ui.intro.replaceChildren(node("p", {}, t.intro), group);
}
