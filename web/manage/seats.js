/** Another number of seats: what it would cost is asked of the service and told before it is done. */

import { node } from "../chat/nodes.js";
import { Intention } from "./api.js";
import { cents, money } from "./format.js";
import { disclosure, field, form, Missing, submitButton, tell } from "./parts.js";

const MOST = 100;

export function changingSeats(app) {
  const said = app.words.seats;
  const intention = new Intention();
  const fill = (panel) => {
    const input = field(said.label, "seats", {
      type: "number",
      inputmode: "numeric",
      min: 1,
      max: MOST,
      value: app.booking.seats,
      required: true,
      oninput: () => show(""),
    });
    const result = node("p", { class: "amount", role: "status" });
    const button = submitButton(said.check);
    /** What the next press of the button does: tell the price, or (once told) change. */
    let told = null;
    const show = (answer) => {
      told = answer || null;
      result.textContent = told ? sentence(app, told) : "";
      button.textContent = told ? label(app, told) : said.check;
    };
    const submit = async (place) => {
      const seats = Number(place.elements.seats.value);
      if (!Number.isInteger(seats) || seats < 1 || seats > MOST) throw new Missing(app, "seats");
      const { booking } = app;
      if (seats === booking.seats) {
        tell(app, place, said.same);
        return;
      }
      const fresh = await app.api.get(`bookings/${booking.reference}/with-seats?seats=${seats}`);
      if (!told || told.seats !== seats || told.fee !== fresh.fee || told.total.gross !== fresh.total.gross) {
        show(fresh);
        return;
      }
      const body = { seats, version: booking.version };
      const changed = await app.api.write("PATCH", `bookings/${booking.reference}`, body, intention);
      app.done(changed, said.done(changed.seats));
    };
    panel.replaceChildren(form(app, submit, node("p", {}, said.now(app.booking.seats)), input, result, button));
  };
  return disclosure(said.title, fill);
}

function sentence({ booking, words, lang }, told) {
  const said = words.seats;
  const total = cents(told.total.gross) ? money(told.total.gross, lang) : words.free;
  const fewer = told.seats < booking.seats && cents(booking.total.gross) > 0;
  return said.would(total) + (!fewer ? "" : cents(told.fee) ? said.fee(money(told.fee, lang)) : said.noFee);
}

function label({ booking, words, lang }, told) {
  const dearer = cents(told.total.gross) > cents(booking.total.gross);
  return dearer ? words.seats.pay(money(told.total.gross, lang)) : words.seats.do;
}
