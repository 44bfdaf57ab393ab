/** One event: what it is, holding seats, the file for a calendar, and the companies that are there. */

import { node } from "../chat/nodes.js";
import { Intention } from "../manage/api.js";
import { cents, language, money, span } from "../manage/format.js";
import { field, form, Missing, submitButton } from "../manage/parts.js";
import { company } from "./contact.js";

const MOST_SEATS = 12;

export function one(app, event) {
  const { words, lang } = app;
  const { session } = event;
  return [
    node("p", { class: "kicker" }, node("a", { href: "/events" }, `← ${words.all}`)),
    node("h1", {}, session.title),
    session.state === "cancelled" ? node("p", { class: "state cancelled" }, words.cancelled) : "",
    node("p", { class: "lead" }, event.summary),
    session.demo ? node("p", { class: "note" }, words.demo) : "",
    facts(app, event),
    event.content.length ? node("h2", {}, words.programme) : "",
    event.content.length ? node("ul", { class: "programme" }, event.content.map((line) => node("li", {}, line))) : "",
    booking(app, session),
    companies(app, event),
    node("p", { class: "chat" }, node("a", { href: "/", class: "link", lang }, words.chat)),
  ];
}

function facts({ words, lang, now }, { session, audience_text: whom, prerequisites }) {
  const amount = cents(session.price.amount) ? words.inclusive(money(session.price.amount, lang)) : words.free;
  const rows = [
    [words.when, session.meetings.map(({ start, end }) => span(start, end, lang, now())).join("; ")],
    [words.where, session.place],
    [words.language, language(session.language, lang)],
    [words.price, amount],
    [words.seats, session.state === "open" ? words.room(session.seats_free) : words.state[session.state]],
    [words.operator, session.operator.name],
    [words.forWhom, whom],
    [words.before, prerequisites],
  ];
  const pairs = rows.filter(([, value]) => value);
  const list = pairs.map(([name, value]) => node("div", {}, node("dt", {}, name), node("dd", {}, value)));
  return node("section", { class: "facts" }, node("dl", {}, list));
}

/** Seats are held through the service; the page of the booking, which its link opens, asks for the rest. */
function booking(app, session) {
  const { words, lang } = app;
  const file = `/v1/events/${encodeURIComponent(session.id)}/calendar.ics?lang=${lang}`;
  const calendar = node("a", { href: file, class: "link", download: `${session.id}.ics` }, words.ics);
  if (session.state === "cancelled") return "";
  const heading = node("h2", { id: "book" }, words.bookTitle);
  if (session.state !== "open") {
    return node("section", { "aria-labelledby": "book" }, heading, node("p", {}, words[session.state]), calendar);
  }
  const intention = new Intention();
  const submit = async (place) => {
    const seats = Number(place.elements.seats.value);
    if (!Number.isInteger(seats) || seats < 1 || seats > MOST_SEATS) throw new Missing(app, "seats");
    const body = { session_id: session.id, seats, lang };
    const held = await app.api.write("POST", "bookings", body, intention);
    location.assign(`/manage#${held.manage_token}`);
  };
  const most = Math.min(MOST_SEATS, session.seats_free);
  const number = { type: "number", inputmode: "numeric", min: 1, max: most, value: 1, required: true };
  return node(
    "section",
    { class: "book", "aria-labelledby": "book" },
    heading,
    form(app, submit, field(words.howMany, "seats", number, words.bookHint), submitButton(words.book), " ", calendar),
  );
}

function companies(app, event) {
  const { words } = app;
  if (!event.exhibitors.length || event.session.state === "cancelled") return "";
  return node(
    "section",
    { class: "firms", "aria-labelledby": "firms" },
    node("h2", { id: "firms" }, words.firms),
    node("p", {}, words.firmsLead),
    event.exhibitors.map((firm) => company(app, event.session, firm)),
  );
}
