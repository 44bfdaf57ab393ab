/** The meeting place: the events to come (`/events`), or one of them (`/events/{id}`). */

import { node } from "../chat/nodes.js";
import { Api, Problem } from "../manage/api.js";
import { frame } from "../manage/frame.js";
import { tell } from "../manage/parts.js";
import { list } from "./list.js";
import { one } from "./one.js";
import { STRINGS } from "./strings.js";

const path = location.pathname.replace(/^.*\/events\/?/u, "");

const app = frame(STRINGS, start, {
  api: new Api(),

  /** Say what went wrong, in the place where it was asked. */
  async failed(error, place) {
    if (error instanceof Problem) tell(app, place, error.title, error.detail, error.errors);
    else tell(app, place, app.words.trouble.network);
  },
});

async function start() {
  app.api.lang = app.lang;
  app.dress(app.words.title);
  app.wait();
  try {
    if (path) {
      const event = await app.api.get(`events/${path}`);
      app.show(event.session.title, ...one(app, event));
    } else {
      app.show(app.words.title, ...list(app, await all()));
    }
  } catch (error) {
    const back = node("a", { href: "/events", class: "link main" }, app.words.all);
    if (error instanceof Problem && error.status < 500) app.explain(app.words.lost, back);
    else app.down(error);
  }
}

/** Every event to come, part by part. */
async function all() {
  const found = [];
  let next = "";
  while (next !== null) {
    const part = await app.api.get(`sessions?kind=event&limit=100${next ? `&cursor=${next}` : ""}`);
    found.push(...part.items);
    next = part.next;
  }
  return found;
}

start();
