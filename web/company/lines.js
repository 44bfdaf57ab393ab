/** The lines of a quote: what was offered, what became of its booking, and who sits there. */

import { node } from "../chat/nodes.js";
import { Intention, Problem } from "../manage/api.js";
import { cents, day, money, percent, span } from "../manage/format.js";
import { disclosure, form, submitButton } from "../manage/parts.js";

const OFF = new Set(["expired", "released", "cancelled", "withdrawn"]);
const MOST_DATES = 3;
const OPEN = new Set(["held", "confirmed"]);

export function lines(app) {
  const { quote, words } = app;
  if (!quote.lines.length) return "";
  const heading = node("h2", { id: "lines" }, words.lines);
  return node("section", { "aria-labelledby": "lines" }, heading, quote.lines.map((line) => card(app, line)));
}

function card(app, line) {
  const { words, now } = app;
  const booking = app.bookings.get(line.booking.reference);
  const session = booking?.session ?? line.session;
  const seats = booking?.seats ?? line.seats;
  const changed = session.id !== line.session.id || seats !== line.seats;
  const state = booking?.state ?? line.booking.state;
  const dates = when(app, session).map((text) => node("p", { class: "when" }, text));
  const badge = node("span", { class: OFF.has(state) ? "badge off" : "badge" }, words.bookingState[state] ?? state);
  const people = booking?.participants ?? [];
  const begun = Date.parse(session.start) <= Date.parse(now());
  const acts = booking && OPEN.has(state) && !begun ? [naming(app, booking), givingUp(app, booking)] : [];
  return node(
    "article",
    { class: "line" },
    node("h3", {}, session.title),
    dates,
    node("p", {}, `${words.seats(seats)}, ${price(app, line)}`),
    node("p", {}, `${session.place ? `${session.place}. ` : ""}${words.by(line.operator.name)}.`),
    changed ? node("p", { class: "hint" }, words.moved) : "",
    node("p", {}, `${words.booking(line.booking.reference)} `, badge),
    people.length ? node("ol", {}, people.map(({ name, email }) => node("li", {}, told(name, email)))) : "",
    acts,
  );
}

/** A line for each block, or how many there are from when to when. */
function when({ words, lang, now }, { meetings }) {
  if (meetings.length <= MOST_DATES) return meetings.map(({ start, end }) => span(start, end, lang, now()));
  return [words.dates(meetings.length, day(meetings[0].start, lang, now()), day(meetings.at(-1).start, lang, now()))];
}

const told = (name, email) => (email && email !== name ? `${name}, ${email}` : name);

function price({ words, lang }, line) {
  const { gross, vat } = line.total;
  if (cents(gross) === 0) return words.free;
  const amount = money(gross, lang);
  return cents(vat) ? words.vat(amount, percent(line.vat_rate, lang)) : words.exempt(amount);
}

/** A text to paste into, or a file that fills it; it can be checked before it is saved. */
function naming(app, booking) {
  const said = app.words.people;
  const path = `bookings/${booking.reference}/participants`;
  const [checking, saving] = [new Intention(), new Intention()];
  const fill = (panel, close) => {
    const id = `people-${booking.reference}`;
    const known = booking.participants.map(({ name, email }) => (email ? `${name} <${email}>` : name)).join("\n");
    const text = node("textarea", { id, name: "text", rows: 7, spellcheck: "false", "aria-describedby": `${id}-hint` });
    text.value = known;
    const file = node("input", { id: `${id}-file`, type: "file", accept: ".csv,.txt,text/csv,text/plain" });
    file.addEventListener("change", async () => {
      if (file.files[0]) text.value = decoded(await file.files[0].arrayBuffer());
    });
    const result = node("p", { class: "result amount", role: "status" });
    const ask = async (only, intention) => {
      result.textContent = "";
      try {
        return await app.api.write("POST", only ? `${path}?dry_run=true` : path, { text: text.value }, intention);
      } catch (error) {
        throw lineByLine(app, error);
      }
    };
    const check = node("button", { type: "submit", value: "check" }, said.check);
    const place = form(
      app,
      async (element) => {
        if (element.dataset.pressed === "check") {
          result.textContent = said.ok((await ask(true, checking)).participants.length);
          return;
        }
        const saved = await ask(false, saving);
        close();
        await app.done(said.done(saved.state === "confirmed"));
      },
      node("div", { class: "field" }, node("label", { for: id }, said.text), hint(`${id}-hint`, said.hint), text),
      node("div", { class: "field" }, node("label", { for: file.id }, said.file), hint("", said.fileHint), file),
      result,
      check,
      submitButton(said.do),
    );
    place.addEventListener("submit", (event) => { place.dataset.pressed = event.submitter?.value ?? ""; }, true);
    panel.replaceChildren(place);
  };
  return disclosure(said.title(booking.participants.length, booking.seats), fill);
}

const hint = (id, text) => node("p", id ? { id, class: "hint" } : { class: "hint" }, text);

/** What the service says about lines, as sentences with their numbers. */
function lineByLine(app, error) {
  if (!(error instanceof Problem) || error.code !== "invalid") return error;
  const said = app.words.people;
  const detail = error.errors.map(({ field, code }) => {
    const [, number, what] = field.split(".");
    const wrong = said.codes[code] ?? said.codes[what] ?? said.codes.other;
    return number ? said.line(number, wrong) : said.none;
  });
  return new Problem(422, { code: "invalid", title: said.wrong, detail: detail.join("\n"), errors: [] });
}

/** UTF-8 where it is that, else what Excel writes. */
function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Take a held line off the quote, or cancel a booking, with what that costs told before. */
function givingUp(app, booking) {
  const { words, lang } = app;
  const said = words.off[booking.state];
  const intention = new Intention();
  const fee = booking.terms.cancel_fee;
  const costs = cents(fee) ? said.fee?.(money(fee, lang), booking.session.operator.name) : said.free;
  const fill = (panel) => {
    const submit = async () => {
      await app.api.write("POST", `bookings/${booking.reference}/cancel`, {}, intention);
      await app.done(said.done);
    };
    panel.replaceChildren(form(app, submit, node("p", {}, said.told ?? costs), submitButton(said.do, "grave")));
  };
  return disclosure(said.title, fill, "grave");
}
