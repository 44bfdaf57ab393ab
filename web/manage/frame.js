/** What the pages beside the chat have in common: the language, the clock of the business, what is told to whoever sees
 * or hears the page, and what stands there when there is nothing to show. */

import { node } from "../chat/nodes.js";
import { Problem } from "./api.js";

/** Refusals after which what a page shows is no longer true. */
export const OUTDATED = new Set(["hold-expired", "offer-lapsed", "wrong-state", "session-cancelled", "version-conflict"]);

const main = document.getElementById("main");
const content = document.getElementById("content");
const status = document.getElementById("status");
/** How far the clock of the business is from that of the device. */
const ahead = (Date.parse(main.dataset.now) || Date.now()) - Date.now();

/** The token of the link, without a full stop that a mail program took for a part of it. It stays in the address, so
 * that a reload works, and in memory; it is stored nowhere. */
export const tokenInAddress = () => location.hash.slice(1).replace(/[^\w-]+$/u, "");

/** Whether an error says that a link opens nothing. */
export const opensNothing = (error) => error instanceof Problem && [401, 403, 404].includes(error.status);

/** What every part of a page works with: what is here, and `own`. `start` reads and shows everything anew. */
export function frame(strings, start, own) {
  const known = (lang) => (lang in strings ? lang : "fr");
  const app = {
    main,
    api: null,
    lang: known((navigator.languages ?? []).map((tag) => tag.slice(0, 2)).find((tag) => tag in strings)),
    /** Whether the person chose the language; before, that of what is shown is spoken. */
    chosen: false,

    get words() {
      return strings[app.lang];
    },

    /** The time it is for the business, ISO 8601. */
    now: () => new Date(Date.now() + ahead).toISOString(),

    /** Say this to whoever sees or hears the page, and go there. */
    say(text) {
      status.textContent = text;
      status.focus({ preventScroll: true });
      status.scrollIntoView({ block: "center" });
    },

    /** Say this without going there. */
    murmur(text) {
      if (text || status.textContent === app.words.busy) status.textContent = text;
    },

    /** What was said before is no longer news. */
    hush() {
      status.textContent = "";
    },

    /** It takes a moment. */
    wait() {
      status.textContent = app.words.loading;
    },

    /** Speak this language unless the person chose one; whether it is another one than before. */
    adopt(lang) {
      if (app.chosen || known(lang) === app.lang) return false;
      app.lang = app.api.lang = known(lang);
      return true;
    },

    /** The whole page: its title, and what stands in it. */
    show(title, ...parts) {
      app.hush();
      app.dress(title);
      content.replaceChildren(...parts.filter((part) => part !== ""));
    },

    /** A page with nothing to show: a title, what it means, and what can be done. */
    explain({ title, lead }, ...parts) {
      app.show(title, node("h1", {}, title), node("p", { class: "lead" }, lead), ...parts);
    },

    /** The service does not answer, or says no for a reason of its own. */
    down(error) {
      const { down, retry } = app.words;
      const again = node("button", { type: "button", class: "main", onclick: start }, retry);
      app.explain({ title: down.title, lead: error instanceof Problem ? error.detail : down.lead }, again);
    },

    /** Title and language of the document, and the switch. */
    dress(title) {
      document.title = `${title} – EU Biotech Campus`;
      document.documentElement.lang = app.lang;
      const tongues = document.getElementById("tongues");
      tongues.setAttribute("aria-label", app.words.tongues);
      tongues.replaceChildren(
        ...Object.keys(strings).map((lang) => {
          const pressed = String(lang === app.lang);
          const attributes = { type: "button", lang, title: strings[lang].own, "aria-pressed": pressed };
          return node("button", { ...attributes, onclick: () => speak(lang) }, lang.toUpperCase());
        }),
      );
    },
  };

  /** Everything is asked for again, since titles and places have a language. */
  async function speak(lang) {
    [app.lang, app.chosen] = [lang, true];
    await start();
    document.querySelector(`#tongues button[lang=${lang}]`).focus();
  }

  return Object.assign(app, own);
}
