/** Another date of the same course, with enough room; a dearer one has to be accepted. */

import { node } from "../chat/nodes.js";
import { Intention } from "./api.js";
import { dates } from "./facts.js";
import { cents, money } from "./format.js";
import { disclosure, field, form, Missing, submitButton, tell } from "./parts.js";

const MOST = 100;

export function moving(app) {
  const said = app.words.move;
  const intention = new Intention();
  const fill = async (panel, close) => {
    panel.replaceChildren(node("p", { role: "status" }, said.looking));
    try {
      panel.replaceChildren(...choices(app, await elsewhere(app), intention));
    } catch (error) {
      const place = form(app, () => {
        close();
        return app.reopen(section);
      });
      place.append(submitButton(app.words.retry));
      panel.replaceChildren(place);
      await app.failed(error, place);
    }
  };
  const section = disclosure(said.title, fill);
  return section;
}

/** Sessions of the same course where all the seats fit. Raises Problem, Unreachable. */
async function elsewhere({ api, booking }) {
  const { id, course_id: course } = booking.session;
  const found = await api.get(`courses/${encodeURIComponent(course)}/sessions?seats=${booking.seats}&limit=${MOST}`);
  return found.items.filter((session) => session.id !== id);
}

function choices(app, sessions, intention) {
  const { words, booking, lang } = app;
  const said = words.move;
  if (!sessions.length) return [node("p", {}, said.none(booking.seats))];
  const more = (session) => cents(session.price.amount) * booking.seats - cents(booking.total.gross);
  const total = (session) => money((cents(session.price.amount) * booking.seats) / 100, lang);
  const dearer = node("div");
  const button = submitButton(said.do);
  const choose = (session) => {
    const difference = more(session);
    const asks = difference > 0 && booking.state === "confirmed";
    const accept = said.accept(total(session), money(difference / 100, lang));
    dearer.replaceChildren(asks ? field(accept, "terms_accepted", { type: "checkbox" }) : "");
    button.textContent = asks ? said.pay(total(session)) : said.do;
  };
  const submit = async (place) => {
    const picked = sessions.find(({ id }) => id === new FormData(place).get("session_id"));
    if (!picked) {
      tell(app, place, said.missing);
      return;
    }
    const accepted = place.elements.terms_accepted?.checked;
    if (accepted === false) throw new Missing(app, "terms_accepted");
    const body = { session_id: picked.id, ...(accepted && { terms_accepted: true }) };
    app.done(await app.api.write("POST", `bookings/${booking.reference}/reschedule`, body, intention), said.done);
  };
  const options = sessions.map((session) => option(app, session, more(session), () => choose(session)));
  const late = cents(booking.terms.cancel_fee) > 0; // nothing where the session was called off
  return [
    form(
      app,
      submit,
      node("fieldset", { class: "dates" }, node("legend", {}, said.choose), options),
      late ? node("p", { class: "term" }, said.late) : "",
      dearer,
      button,
    ),
  ];
}

function option(app, session, difference, onchange) {
  const { words, lang } = app;
  const said = words.move;
  const amount = money(Math.abs(difference) / 100, lang);
  const price = difference > 0 ? said.dearer(amount) : difference < 0 ? said.cheaper(amount) : said.same;
  const when = dates(app, session).map(([, span]) => node("span", { class: "when" }, span));
  const about = [session.place || words.format[session.format], said.room(session.seats_free), price].join(" · ");
  const input = node("input", { type: "radio", name: "session_id", value: session.id, onchange });
  return node("label", { class: "option" }, input, node("span", {}, when, node("span", { class: "about" }, about)));
}
