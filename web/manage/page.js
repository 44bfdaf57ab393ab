/** The page of one booking: reads the token in the address, asks the service, shows what is and what can be done.
 * The token stays in the fragment, so that a reload works, and in memory; it is stored nowhere. */

import { node } from "../chat/nodes.js";
import { Api, Intention, Problem } from "./api.js";
import { confirming, extending } from "./confirm.js";
import { facts, isAhead, stateBox, terms } from "./facts.js";
import { frame, opensNothing, OUTDATED, tokenInAddress } from "./frame.js";
import { givingUp, withdrawing } from "./giving_up.js";
import { moving } from "./move.js";
import { attempt, tell } from "./parts.js";
import { namingPeople } from "./people.js";
import { changingSeats } from "./seats.js";
import { STRINGS } from "./strings.js";

const TICK_MS = 5_000;
const SOON_MS = 120_000;
const TOKEN = /^m1_[A-Z]+-[0-9A-Z]+_[\w-]{32}$/u;

const app = frame(STRINGS, start, {
  booking: null,

  begun: () => Date.parse(app.booking.session.start) <= Date.parse(app.now()),

  /** It is done: show the booking as it is now, and say so. */
  done(booking, text) {
    app.booking = booking;
    render();
    app.say(text);
  },

  /** Show new facts and leave the actions with what was typed in them. */
  refresh(booking) {
    const [old, fresh] = [app.booking, booking].map(whatCanBeDone);
    const same = old === fresh;
    app.booking = booking;
    if (same) document.getElementById("facts").replaceChildren(...told());
    else render();
    tick();
    return same;
  },

  /** Say what went wrong, in the place where it was asked; where the page was out of date, bring it up to date. */
  async failed(error, place) {
    if (!(error instanceof Problem)) {
      tell(app, place, app.words.trouble.network);
      return;
    }
    let [title, detail] = [error.title, error.detail];
    if (OUTDATED.has(error.code)) {
      const fresh = await app.api.booking().catch(() => null);
      if (fresh && !app.refresh(fresh)) {
        app.say(`${title}. ${detail}`);
        return;
      }
      if (error.code === "version-conflict") detail = app.words.trouble.conflict;
    }
    tell(app, place, title, detail, error.errors);
  },

  /** Open an action again from the start. */
  reopen(section) {
    const [button, panel] = [section.querySelector(".opens"), section.querySelector(".panel")];
    panel.replaceChildren();
    panel.hidden = true;
    button.disabled = false;
    button.click();
  },
});

/** Read the address and show what it opens. */
async function start() {
  const token = tokenInAddress();
  app.booking = null;
  app.wait();
  if (!TOKEN.test(token)) {
    lost();
    return;
  }
  app.api = new Api(token);
  app.api.lang = app.lang;
  try {
    let booking = await app.api.booking();
    if (booking && app.adopt(booking.lang)) booking = await app.api.booking();
    if (!booking) lost();
    else {
      app.booking = booking;
      render();
    }
  } catch (error) {
    if (opensNothing(error)) lost();
    else app.down(error);
  }
}

/** As long as this is the same, the same actions are offered. */
const whatCanBeDone = ({ state, session }) => `${state} ${session.id} ${session.state === "cancelled"}`;

function told() {
  const { words, booking } = app;
  const said = ["held", "offered"].includes(booking.state) ? [] : terms(app); // there they stand above the button
  const heading = node("h2", { id: "terms" }, words.terms);
  const parts = [stateBox(app), facts(app)];
  if (said.length) {
    parts.push(node("section", { "aria-labelledby": "terms" }, heading, said.map((line) => node("p", {}, line))));
  }
  if (booking.session.demo) parts.push(node("p", { class: "note" }, words.demo));
  return parts;
}

/** What can be done, by state. */
function actions() {
  const { booking, words } = app;
  const calledOff = booking.session.state === "cancelled";
  const asked = ["held", "offered"].includes(booking.state) && !calledOff;
  const confirm = asked ? confirming(app) : "";
  if (booking.state === "held") return [confirm, asked ? extending(app) : "", givingUp(app)];
  if (booking.state === "offered") return [confirm, givingUp(app)];
  if (booking.state === "waiting") return [givingUp(app)];
  if (booking.state !== "confirmed") return [chat(words.bookAgain, "main")];
  const quick = node("div", { class: "quick" }, trouble(), calendar(), sendAgain());
  if (app.begun()) return [quick];
  const changes = calledOff ? [moving(app)] : [moving(app), changingSeats(app), namingPeople(app)];
  return [quick, ...changes, givingUp(app), withdrawing(app)];
}

const trouble = () => node("div", { class: "trouble", role: "alert", tabindex: "-1", hidden: true });

/** The calendar file, fetched with the token and handed to the device. */
function calendar() {
  const { words, booking } = app;
  const fetchFile = async () => {
    const url = URL.createObjectURL(await app.api.file(`bookings/${booking.reference}/calendar.ics`));
    node("a", { href: url, download: `${booking.reference}.ics` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    app.say(words.calendar.done);
  };
  const press = (event) => attempt(app, event.currentTarget.parentElement, fetchFile);
  return node("button", { type: "button", class: "main", onclick: press }, words.calendar.do);
}

function sendAgain() {
  const { words, booking } = app;
  const intention = new Intention();
  const send = async () => {
    await app.api.write("POST", `bookings/${booking.reference}/send`, { what: "confirmation" }, intention);
    app.say(words.send.done(booking.contact.email));
  };
  const press = (event) => attempt(app, event.currentTarget.parentElement, send);
  return node("button", { type: "button", onclick: press }, words.send.do);
}

const chat = (text, kind = "") => node("p", { class: "chat" }, node("a", { href: "./", class: `link ${kind}` }, text));

function render() {
  const { words, booking } = app;
  const title = booking.session.title;
  const doing = actions();
  const heading = isAhead(booking) ? [node("h2", { id: "what" }, words.what)] : [];
  const asked = ["held", "offered"].includes(booking.state) ? [] : heading;
  app.show(
    `${title} – ${words.page}`,
    node("p", { class: "kicker" }, `${words.page} ${booking.reference}`),
    node("h1", {}, title),
    node("div", { id: "facts" }, told()),
    node("div", { id: "actions" }, asked, doing),
    isAhead(booking) || booking.state === "attended" ? chat(words.chat) : "",
  );
  tick();
}

/** A link that opens nothing: how to find the right one, and the way to the chat. */
function lost() {
  const { lost: said, chat: talk } = app.words;
  const steps = node("ol", {}, said.steps.map((step) => node("li", {}, step)));
  app.explain(said, node("h2", {}, said.how), steps, chat(talk, "main"));
}

let over = null;

/** How much time is left; when it is over, the booking is read again, once. */
async function tick() {
  const until = app.booking?.hold_expires_at ?? app.booking?.offer_expires_at;
  const left = document.getElementById("left");
  if (!until || !left) return;
  const ms = Date.parse(until) - Date.parse(app.now());
  left.textContent = app.words.left(ms / 60_000);
  const soon = ms <= SOON_MS && app.booking.terms.extensions_left > 0 ? app.words.soon : "";
  const place = document.getElementById("soon");
  if (place.textContent !== soon) place.textContent = soon;
  if (ms > 0 || over === until) return;
  over = until;
  const fresh = await app.api.booking().catch(() => null);
  if (fresh) app.refresh(fresh);
}

window.addEventListener("hashchange", start);
setInterval(tick, TICK_MS);
start();
