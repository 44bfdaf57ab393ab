/** Cards of the neutral message format (bot/channels/cards.schema.json) as nodes. The text of a reply is complete
 * without them: courses and sessions fold away what they add, a booking is a receipt, of the rest there is the text. */

import { node } from "./nodes.js";
import { STRINGS } from "./strings.js";

const ZONE = "Europe/Brussels";
const LOCALES = { fr: "fr-BE", en: "en-GB" };

/** The nodes that the cards of one reply add to its text. */
export function cardNodes(cards, lang) {
  const t = STRINGS[lang];
  const nodes = [];
  for (const [type, card] of Object.entries({ course, session })) {
    const some = cards.filter((one) => one.type === type);
    if (some.length === 0) continue;
    const summary = node("summary", {}, t.more[type](some.length));
    nodes.push(
      node(
        "details",
        { class: "cards" },
        summary,
        some.map((one) => card(one, lang, t)),
      ),
    );
  }
  return [...nodes, ...cards.filter((one) => one.type === "booking").map((one) => booking(one, lang, t))];
}

function course(card, lang, t) {
  const dates = (card.next_sessions ?? []).map((next) =>
    node("li", {}, `${day(next.start, lang)}\u00a0: ${t.free(next.seats_free)}`),
  );
  return node(
    "div",
    { class: "card" },
    head(card, t),
    node("p", { class: "quiet" }, joined(card.operator, t.level[card.level])),
    node("p", {}, card.summary),
    dates.length ? node("ul", {}, dates) : null,
  );
}

function session(card, lang, t) {
  return node(
    "div",
    { class: "card" },
    head(card, t),
    node("ul", {}, meetings(card, lang)),
    node("p", { class: "quiet" }, joined(card.place, t.format[card.format], t.taught[card.language])),
    node("p", { class: "quiet" }, joined(cost(card.price, lang, t), t.state[card.state] || t.free(card.seats_free))),
  );
}

/** A receipt; while it is only held or offered, what it is stands in the text, and here only until when. */
function booking(card, lang, t) {
  const pending = card.hold_expires_at ?? card.offer_expires_at;
  return node(
    "div",
    { class: "card receipt", role: "group", "aria-label": `${t.booking} ${card.reference}` },
    node(
      "p",
      { class: "head" },
      node(
        "span",
        { class: `state ${card.state}` },
        card.state === "cancelled" ? t.bookingCancelled : t.state[card.state],
      ),
      pending ? node("span", {}, until(card, lang, t)) : null,
      mark(card.session ?? {}, t),
    ),
    pending ? null : receipt(card, lang, t),
  );
}

function receipt({ reference, session: of = {}, seats, total }, lang, t) {
  const gross = money(total?.gross, lang);
  const taxed = Number(total?.vat) > 0 ? `${gross}, ${t.vatIncluded(money(total.vat, lang))}` : gross;
  const rows = [
    [t.reference, node("strong", { class: "whole reference" }, reference)],
    [t.course, of.title],
    [t.dates, node("ul", {}, meetings(of, lang))],
    [t.place, of.place],
    [t.seatsLabel, t.seats(seats)],
    [t.total, Number(total?.gross) === 0 ? t.nothing : taxed],
  ];
  const row = ([name, value]) => node("div", {}, node("dt", {}, name), node("dd", {}, value));
  return node("dl", {}, rows.filter(([, value]) => value).map(row));
}

function until({ hold_expires_at: hold, offer_expires_at: offer }, lang, t) {
  return hold ? t.keptUntil(clock(hold, lang)) : t.offeredUntil(`${day(offer, lang)}, ${clock(offer, lang)}`);
}

const head = (card, t) => node("p", { class: "head" }, node("strong", {}, card.title), mark(card, t));
const mark = (card, t) => (card.demo ? node("span", { class: "demo" }, t.demo) : null);
const joined = (...parts) => parts.filter(Boolean).join(" · ");

function cost(price, lang, t) {
  if (!price) return "";
  return Number(price.amount) === 0 ? t.nothing : `${money(price.amount, lang)} ${t.perSeat}`;
}

function meetings(of, lang) {
  return (of.meetings ?? []).map(({ start, end }) =>
    node("li", {}, `${day(start, lang)}, ${clock(start, lang)}\u2060–\u2060${clock(end, lang)}`),
  );
}

function money(amount, lang) {
  if (amount == null) return "";
  return new Intl.NumberFormat(LOCALES[lang], { style: "currency", currency: "EUR" }).format(Number(amount));
}

function day(moment, lang) {
  const shape = { timeZone: ZONE, weekday: "short", day: "numeric", month: "long", year: "numeric" };
  return new Intl.DateTimeFormat(LOCALES[lang], shape).format(new Date(moment));
}

function clock(moment, lang) {
  const shape = { timeZone: ZONE, hour: "numeric", minute: "2-digit", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat(LOCALES[lang], shape).formatToParts(new Date(moment));
  const { hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  if (lang === "en") return `${hour}:${minute}`;
  return minute === "00" ? `${Number(hour)}\u00a0h` : `${Number(hour)}\u00a0h\u00a0${minute}`;
}
