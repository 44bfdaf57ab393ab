/** `<campus-chat>`: what happens in the chat. */

import { Conversation } from "./conversation.js";
import { layout } from "./layout.js";
import { latestButtonsOnly, message } from "./message.js";
import { spoken, STRINGS } from "./strings.js";
import { STYLE } from "./style.js";

/** Milliseconds before "the assistant is writing": a reply usually comes sooner, and a flash would only disturb. */
const PAUSE = 400;
const TROUBLES = { failed: "notSent", late: "noReply", fast: "tooFast" };

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

class CampusChat extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #conversation;
  #ui;
  #lang;
  #shown = new WeakMap();
  #begun = new WeakMap();
  #timer = 0;
  #problem = "";

  connectedCallback() {
    if (this.#conversation) return;
    this.#conversation = new Conversation(this.#endpoint(), (...news) => this.#changed(...news));
    this.#ui = layout({
      open: (open) => this.#open(open),
      ask: (lang) => this.#ask(lang),
      say: (text) => this.#say(text),
      submit: (event) => this.#submit(event),
      key: (event) => this.#key(event),
      retry: () => this.#retry(),
    });
    this.#ui.field.addEventListener("input", () => this.#grow());
    this.#root.adoptedStyleSheets = [sheet];
    this.#root.append(this.#ui.launcher, this.#ui.panel);
    this.#resume();
  }

  /** Take up the conversation of this tab where it was before the page was loaded again. */
  #resume() {
    const { token, settings, unsent } = this.#conversation;
    this.#speak(spoken(settings.lang ?? this.lang));
    if (token) this.#ui.log.setAttribute("aria-live", "off"); // what was read before is not read out again
    for (const entry of unsent) this.#show(entry);
    this.#ui.intro.hidden = Boolean(token) || unsent.length > 0;
    if (unsent.length > 0) this.#trouble("notSent");
    const from = Number(this.dataset.openFrom);
    this.#open(settings.open ?? (from > 0 && matchMedia(`(min-width: ${from}px)`).matches), false);
  }

  disconnectedCallback() {
    this.#conversation.close();
  }

  #endpoint() {
    const { protocol, hostname } = location;
    return this.dataset.endpoint || `${protocol}//${hostname}:5005/webhooks/web`;
  }

  #speak(lang) {
    this.#lang = lang;
    this.#ui.wording(lang);
    this.#trouble(this.#problem);
  }

  #open(open, byPerson = true) {
    const { panel, launcher, field, log } = this.#ui;
    panel.hidden = !open;
    launcher.hidden = open;
    launcher.setAttribute("aria-expanded", String(open));
    if (open) this.#follow(log.lastElementChild);
    if (open) this.#conversation.open();
    else this.#conversation.close();
    if (!byPerson) return;
    this.#conversation.set("open", open);
    (open ? field : launcher).focus();
  }

  /** Ask the assistant to speak `lang`, in words, as anybody could. */
  #ask(lang) {
    if (lang === this.#lang) return;
    this.#conversation.set("lang", lang);
    this.#speak(lang);
    this.#say(STRINGS[lang].ask, {}, lang);
  }

  #submit(event) {
    event.preventDefault();
    const { field } = this.#ui;
    const text = field.value.trim();
    field.focus();
    if (!text) return;
    field.value = "";
    this.#grow();
    this.#say(text);
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#ui.form.requestSubmit();
  }

  /** Make the field as high as its text, up to what the style allows. */
  #grow() {
    const { style } = this.#ui.field;
    style.height = "auto";
    style.height = `${this.#ui.field.scrollHeight + 2}px`;
  }

  #say(text, button = {}, lang = null) {
    // on a touch screen the keyboard would come up and cover the reply
    if (!matchMedia("(pointer: coarse)").matches) this.#ui.field.focus();
    this.#conversation.say(text, button, lang);
  }

  #retry() {
    this.#ui.field.focus();
    this.#conversation.deliver();
  }

  #changed(what, entry, answered) {
    const { log, intro } = this.#ui;
    if (what === "live") this.#live();
    if (what !== "told" && what !== "live") this.#trouble(TROUBLES[what] ?? "");
    this.#wait(this.#conversation.waiting.size > 0);
    if (TROUBLES[what]) this.#follow(log.lastElementChild);
    if (!entry) return;
    if (answered && entry.lang) this.#shown.get(answered).lang = entry.lang;
    if (entry.who === "bot" && spoken(entry.lang) !== this.#lang) {
      this.#conversation.set("lang", spoken(entry.lang));
      this.#speak(spoken(entry.lang));
    }
    intro.hidden = true;
    const atTheEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    const shown = this.#show(entry);
    if (what === "told") return;
    latestButtonsOnly(log);
    if (answered && !this.#begun.has(answered)) this.#begun.set(answered, shown);
    if (answered || entry.who === "me" || atTheEnd) this.#follow(this.#begun.get(answered) ?? shown);
  }

  /** Say that the assistant is writing, once it has taken a moment. */
  #wait(waits) {
    const { log, status } = this.#ui;
    log.setAttribute("aria-busy", String(waits));
    if (waits) this.#timer ||= setTimeout(() => (status.textContent = STRINGS[this.#lang].writing), PAUSE);
    if (waits) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    status.textContent = "";
  }

  /** What was said before the page was loaded is there again. */
  #live() {
    const { log } = this.#ui;
    latestButtonsOnly(log);
    if (log.getAttribute("aria-live") === "off") this.#follow(log.lastElementChild);
    log.setAttribute("aria-live", "polite");
  }

  #trouble(problem) {
    this.#problem = problem;
    this.#ui.trouble.hidden = !problem;
    this.#ui.problem.textContent = problem && STRINGS[this.#lang][problem];
  }

  /** Put an entry into the log: at its end, but before what has not left yet. */
  #show(entry) {
    const { log } = this.#ui;
    const waiting = this.#conversation.unsent.find((one) => one !== entry && this.#shown.has(one));
    const before = entry.sent === false ? null : (this.#shown.get(waiting) ?? null);
    const last = before ? before.previousElementSibling : log.lastElementChild;
    const press = (button, lang) => this.#say(button.title, button, lang);
    const shown = this.#shown.get(entry) ?? message(entry, this.#lang, last.classList.contains(entry.who), press);
    this.#shown.set(entry, shown);
    log.insertBefore(shown, before);
    return shown;
  }

  /** Show the end of the log; where what is new is higher than the log, its beginning. */
  #follow(shown) {
    this.#ui.log.scrollTop = shown.offsetTop - 12;
  }
}

customElements.define("campus-chat", CampusChat);
