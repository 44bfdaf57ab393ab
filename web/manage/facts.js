/** What a booking is, in words: its state, its facts, and the terms as of now. */

import { node } from "../chat/nodes.js";
import { cents, day, language, moment, money, percent, span } from "./format.js";

const AHEAD = new Set(["held", "offered", "waiting", "confirmed"]);
/** Over before anything was agreed: there is no amount to speak of. */
const NEVER_AGREED = new Set(["expired", "released", "declined", "lapsed", "left"]);
const OVER_WITH_FEES = new Set(["cancelled", "withdrawn"]);

export const isFree = (booking) => cents(booking.total.gross) === 0;
export const isAhead = (booking) => AHEAD.has(booking.state);

/** The state in words, and until when where there is a limit. */
export function stateBox(app) {
  const { booking, words, lang, now } = app;
  const { state, seats, session } = booking;
  const until = booking.hold_expires_at ?? booking.offer_expires_at;
  const told = words.told[state];
  const text = typeof told === "function" ? told(until ? moment(until, lang, now()) : seats) : told;
  const lines = [text];
  if (OVER_WITH_FEES.has(state)) lines.push(owed(app));
  if (session.state === "cancelled" && isAhead(booking)) lines.push(words.calledOff);
  else if (state === "confirmed" && app.begun()) lines.push(words.begun);
  const left = until && node("p", { class: "left", id: "left" });
  const soon = node("p", { id: "soon", role: "status" });
  const title = node("h2", { id: "state" }, words.state[state](seats));
  const told_ = lines.map((line) => node("p", {}, line));
  return node("section", { class: `state ${state}`, "aria-labelledby": "state" }, title, told_, left, soon);
}

function owed({ booking, words, lang }) {
  if (cents(booking.fees) === 0) return words.owesNothing;
  return words.owes(money(booking.fees, lang), booking.session.operator.name);
}

/** Label and value of everything that is agreed. */
export function facts(app) {
  const { booking, words, lang } = app;
  const { session } = booking;
  const { label } = words;
  const rows = [
    [label.reference, booking.reference],
    ...dates(app, session),
    [label.place, session.place || words.format[session.format]],
    [label.language, language(session.language, lang)],
    [label.operator, session.operator.name],
    [label.seats, String(booking.seats)],
    [label.people, who(app)],
    [label.contact, booking.contact && `${booking.contact.name}, ${booking.contact.email}`],
    [label.company, booking.company],
    [label.amount, !NEVER_AGREED.has(booking.state) && total(app)],
    [label.fees, booking.state === "confirmed" && cents(booking.fees) > 0 && money(booking.fees, lang)],
  ];
  const shown = rows.filter(([, value]) => value);
  const pairs = shown.map(([name, value]) => node("div", {}, node("dt", {}, name), node("dd", {}, value)));
  const list = node("dl", {}, pairs);
  const heading = node("h2", { id: "details" }, words.details);
  return node("section", { class: "facts", "aria-labelledby": "details" }, heading, list);
}

/** A row for each block of a session. */
export function dates({ words, lang, now }, session) {
  const { label } = words;
  const many = session.meetings.length > 1;
  return session.meetings.map(({ start, end }, at) => [
    many ? label.day(at + 1) : label.date,
    span(start, end, lang, now()),
  ]);
}

function who({ booking, words }) {
  if (booking.participants.length) return booking.participants.map(({ name }) => name).join(", ");
  return booking.state === "confirmed" && booking.seats > 1 ? words.nobody : "";
}

/** « 1 250,00 € TVA comprise, dont 216,94 € de TVA à 21 % »: the total that was agreed. */
export function priceWithVat({ booking, words, lang }) {
  const { net, vat, gross } = booking.total;
  const amount = money(gross, lang);
  const rate = percent(Math.round((1000 * Number(vat)) / Number(net)) / 10, lang);
  return cents(vat) ? words.vat(amount, money(vat, lang), rate) : words.exempt(amount);
}

/** The price with its VAT, and who sends the invoice. */
function total(app) {
  const { booking, words } = app;
  if (isFree(booking)) return words.free;
  const price = priceWithVat(app);
  if (!isAhead(booking)) return price;
  return [price, node("br"), words.invoice(booking.session.operator.name)];
}

/** The terms as of now, as sentences; none where nothing can be given up any more. */
export function terms(app) {
  const { booking, words, lang, now } = app;
  if (isFree(booking) || !isAhead(booking) || app.begun()) return [];
  const { free_until: until, cancel_fee: fee, fee_percent: rate, fee_minimum: minimum } = booking.terms;
  const said = [];
  const open = Date.parse(until) > Date.parse(now());
  if (cents(rate) === 0 && cents(minimum) === 0) said.push(words.freeAlways);
  else if (open) {
    const after = words.after(percent(rate, lang), cents(minimum) ? money(minimum, lang) : "");
    said.push(words.freeUntil(moment(until, lang, now())) + after);
  } else said.push(words.freeOver(moment(until, lang, now())));
  if (booking.state === "confirmed") {
    said.push(cents(fee) ? words.costsNow.fee(money(fee, lang)) : words.costsNow.free);
  }
  const withdraw = booking.terms.withdraw_until;
  if (withdraw && Date.parse(withdraw) >= Date.parse(now())) {
    const atStart = Date.parse(withdraw) === Date.parse(booking.session.start);
    said.push(atStart ? words.withdrawUntilStart : words.withdrawUntil(day(withdraw, lang, now())));
  }
  return said;
}
