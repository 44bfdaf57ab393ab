/** What was said, and what still waits to be said. Nothing here touches the page.
 *
 * The conversation itself is kept by the assistant, which tells it again after a reload; this tab keeps only the token
 * that opens it and what has not left yet. An entry is {id, who: "me" | "bot" | "person" | "notice" | "anew", text,
 * lang, buttons, cards}; one of the visitor's has `sent` and, where a button was pressed, `payload` and `signature`.
 */

import { listen, post } from "./transport.js";

const KEPT = "campus-chat";
/** Milliseconds that an answer may take: the assistant's own time limits are shorter. */
const PATIENCE = 30000;
/** Milliseconds before the next stream is opened, doubled each time that none comes, up to the longest. */
const PAUSE = 250;
const LONGEST_PAUSE = 30000;

export class Conversation {
  /** `changed` is called with ("said", entry), ("waiting"), ("heard", entry, the entry that it answers), ("told", …) for
   * what was said before a reload, ("live") after that, ("taken") where a person answers, ("failed"), ("late"), ("fast").
   */
  constructor(endpoint, changed) {
    this.endpoint = endpoint;
    this.changed = changed;
    this.token = null;
    this.unsent = [];
    this.settings = {};
    this.after = "";
    this.live = false;
    this.busy = false;
    this.stream = null;
    this.mine = new Map();
    this.waiting = new Set();
    this.#restore();
    for (const entry of this.unsent) this.mine.set(entry.id, entry);
    addEventListener("online", () => this.unsent.length && this.deliver());
    addEventListener("pagehide", () => this.#hangUp()); // nobody is there: what comes now is mailed
    addEventListener("pageshow", (event) => event.persisted && this.wanted && this.open());
  }

  /** Remember a choice of the person's (open or closed, language) as long as the tab lives. */
  set(name, value) {
    this.settings[name] = value;
    this.#keep();
  }

  /** Say `text`, or press a button ({title, payload, signature}) of which `text` is the title. */
  say(text, button = {}, lang = null) {
    const { payload, signature } = button;
    const entry = { id: fresh(), who: "me", text, lang, sent: false, payload, signature };
    this.mine.set(entry.id, entry);
    this.unsent.push(entry);
    this.#keep();
    this.changed("said", entry);
    return this.deliver();
  }

  /** Deliver what waits, one after the other; also what "try again" does. */
  async deliver() {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.unsent.length) await this.#deliver(this.unsent[0]);
    } catch (error) {
      this.waiting.delete(this.unsent[0]);
      this.changed(error.status === 429 ? "fast" : "failed");
      if (error.status === 429) setTimeout(() => this.deliver(), (error.seconds || 5) * 1000);
    } finally {
      this.busy = false;
    }
  }

  async #deliver(entry) {
    this.waiting.add(entry);
    this.changed("waiting");
    const { id, text, payload, signature } = entry;
    const lang = this.settings.lang;
    const said = payload === undefined ? { id, text, lang } : { id, payload, signature, lang };
    if (!this.token) await this.#begin();
    let answer;
    try {
      answer = await post(`${this.endpoint}/message`, said, this.#who());
    } catch (error) {
      if (!this.unsent.includes(entry)) return; // it was told back before the answer was lost
      if (error.status !== 401 && !(error.status === 400 && payload !== undefined)) throw error;
      if (error.status === 401) this.#over();
      delete entry.payload; // what was offered in another conversation is said in words
      return;
    }
    this.token = answer.token;
    this.#sent(entry);
    if (answer.answered_by === "person") {
      this.waiting.delete(entry);
      this.changed("taken");
    } else if (this.waiting.has(entry) && this.wanted) this.#expect(entry);
  }

  #sent(entry) {
    entry.sent = true;
    this.unsent = this.unsent.filter((one) => one !== entry);
    this.#keep();
  }

  /** What was sent is answered on the stream, or the person is told that it is not. */
  #expect(entry) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.unsent.unshift(entry); // the same id: nothing happens twice
      this.waiting.delete(entry);
      this.changed("late");
    }, PATIENCE);
  }

  async #begin() {
    const opened = { lang: this.settings.lang, page: location.pathname };
    this.token = (await post(`${this.endpoint}/session`, opened, this.#who())).token;
    this.live = true;
    this.#keep();
    if (this.wanted) this.open();
  }

  /** The assistant no longer knows this conversation: the next word begins another one. */
  #over() {
    this.token = null;
    this.after = "";
    this.#hangUp();
    this.#keep();
    this.changed("heard", { who: "anew" });
  }

  /** Hear what is said, from now on until `close`. */
  async open() {
    this.wanted = true;
    if (!this.token || this.stream) return;
    const stream = (this.stream = new AbortController());
    for (let pause = PAUSE; !stream.signal.aborted; ) {
      try {
        await listen(`${this.endpoint}/events?after=${this.after}`, this.token, stream.signal, {
          renewed: (token) => {
            pause = PAUSE;
            this.token = token ?? this.token;
            this.#keep();
          },
          told: (event) => this.#told(event),
          live: () => {
            this.live = true;
            this.changed("live");
          },
        });
      } catch (error) {
        if (stream.signal.aborted) return;
        if (error.status === 401) return this.#over();
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }

  /** Hear nothing until `open`, which tells what was said meanwhile. */
  close() {
    this.wanted = false;
    this.#hangUp();
  }

  #hangUp() {
    clearTimeout(this.timer);
    this.stream?.abort();
    this.stream = null;
  }

  #told(event) {
    if (event.id === this.after) return;
    this.after = event.id;
    const { from, text, lang, buttons, cards, message, more } = event;
    const answered = this.mine.get(message);
    const heard = this.live ? "heard" : "told";
    if (answered) this.#sent(answered);
    if (from === "visitor") {
      if (!answered) this.changed(heard, { id: message, who: "me", text });
      else if (!this.live) this.changed(heard, answered);
      return;
    }
    if (answered && !more) {
      this.waiting.delete(answered);
      if (this.waiting.size === 0) clearTimeout(this.timer);
    }
    this.changed(heard, { who: from, text, lang, buttons, cards }, answered);
  }

  #who() {
    return { token: this.token, lang: this.settings.lang ?? "fr" };
  }

  #restore() {
    try {
      const { token, unsent, settings } = JSON.parse(sessionStorage.getItem(KEPT));
      if (Array.isArray(unsent)) Object.assign(this, { token, unsent, settings });
    } catch {
      // storage is switched off or holds what another version wrote: the conversation begins anew
    }
  }

  #keep() {
    const { token, unsent, settings } = this;
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ token, unsent, settings }));
    } catch {
      // switched off: the conversation lives as long as the page
    }
  }
}

/** 128 random bits. (`randomUUID` is missing where a page has no TLS.) */
function fresh() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
