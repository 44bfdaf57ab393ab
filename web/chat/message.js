/** One message of the log. */

import { cardNodes } from "./cards.js";
import { lines, node } from "./nodes.js";
import { spoken, STRINGS } from "./strings.js";

/**
 * @param entry what was said; see conversation.js
 * @param fallback the language of the chat, for a message that does not tell its own
 * @param follows whether the message before has the same author, who need not be shown again
 * @param press called with (button, language)
 */
export function message({ who, text, lang, buttons = [], cards = [] }, fallback, follows, press) {
  const tongue = spoken(lang ?? fallback);
  const t = STRINGS[tongue];
  if (who === "anew") return node("p", { class: "message anew", lang: tongue }, t.anew);
  if (who === "me") {
    return node(
      "div",
      { class: "message me", lang },
      node("p", { class: "unseen" }, t.you),
      node("p", { class: "bubble" }, text),
    );
  }
  return node(
    "div",
    { class: `message ${who}`, lang: tongue },
    node(
      "p",
      { class: follows ? "unseen" : "by" },
      `${t[who]} `,
      who === "person" ? null : node("abbr", { title: t.spoken }, tongue.toUpperCase()),
    ),
    text.trim() ? node("p", { class: "bubble" }, lines(text, t.newTab)) : null,
    cardNodes(cards, tongue),
    buttons.length ? choices(buttons, t, (button) => press(button, tongue)) : null,
  );
}

function choices(buttons, t, press) {
  const pressed = (button) => (event) => {
    const shown = event.currentTarget;
    if (shown.getAttribute("aria-disabled") === "true") return;
    shown.classList.add("chosen");
    press(button);
  };
  return node(
    "div",
    { class: "buttons", role: "group", "aria-label": t.choices },
    buttons.map((button) => node("button", { type: "button", onclick: pressed(button) }, button.title)),
  );
}

/** Leave only the buttons since the visitor's last word to be pressed. Used ones stay where they are: focus would be lost. */
export function latestButtonsOnly(log) {
  let latest = true;
  for (const shown of [...log.querySelectorAll(".message")].reverse()) {
    if (shown.matches(".me, .anew")) latest = false;
    for (const button of shown.querySelectorAll(".buttons button"))
      button.setAttribute("aria-disabled", String(!latest));
  }
}
