/** The service's own interface, with the token of the link as bearer. The token is kept in memory only. */

const BASE = new URL("../v1/", import.meta.url);
const PATIENCE_MS = 20_000;
/** Answers that say nothing about the request itself: the same key may be sent again. */
const TRY_AGAIN = new Set([429, 503]);

/** The service said no: a problem document (RFC 9457), in the language of the page. */
export class Problem extends Error {
  constructor(status, document) {
    super(document.code);
    Object.assign(this, { errors: [], ...document, status });
  }
}

/** No answer came, or none that can be read. */
export class Unreachable extends Error {}

/** One thing that a person wants: keeps its key until the service has decided, whatever the network does. */
export class Intention {
  #said = null;
  #key = null;

  keyFor(said) {
    if (said !== this.#said) [this.#said, this.#key] = [said, freshKey()];
    return this.#key;
  }

  settle() {
    this.#said = null;
  }
}

const freshKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Api {
  #token;
  lang = "fr";

  constructor(token = null) {
    this.#token = token;
  }

  /** The one booking that the token opens, or null. Raises Problem, Unreachable. */
  async booking() {
    const { items } = await this.get("bookings");
    return items[0] ?? null;
  }

  /** Raises Problem, Unreachable. */
  async get(path) {
    return (await this.#ask("GET", path)).json();
  }

  /** The bytes of a file. Raises Problem, Unreachable. */
  async file(path) {
    return (await this.#ask("GET", path)).blob();
  }

  /** Remove something; a second time does no harm. Raises Problem, Unreachable. */
  async end(path) {
    await this.#ask("DELETE", path);
  }

  /** Write, with the key of this intention. Raises Problem, Unreachable. */
  async write(method, path, body, intention) {
    const sent = JSON.stringify(body);
    const key = intention.keyFor(`${method} ${path} ${sent}`);
    try {
      const answer = await this.#ask(method, path, sent, key);
      const read = await answer.json();
      intention.settle();
      return read;
    } catch (error) {
      if (!(error instanceof Problem)) throw new Unreachable();
      if (!TRY_AGAIN.has(error.status) && error.code !== "in-progress") intention.settle();
      throw error;
    }
  }

  async #ask(method, path, body, key) {
    const headers = { "Accept-Language": this.lang };
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`; // the meeting place asks as anybody
    if (key) Object.assign(headers, { "Idempotency-Key": key, "Content-Type": "application/json" });
    let answer;
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const options = { method, headers, body, signal, cache: "no-store", credentials: "omit" };
      answer = await fetch(new URL(path, BASE), options);
      if (answer.ok) return answer;
    } catch {
      throw new Unreachable();
    }
    const document = await answer.json().catch(() => null);
    if (!document?.code) throw new Unreachable(); // a proxy's page: nobody knows whether it was done
    throw new Problem(answer.status, document);
  }
}
