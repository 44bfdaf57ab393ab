/** Giving a booking up, and withdrawing from the contract: what it costs is told first, and again where it changed. */

import { node } from "../chat/nodes.js";
import { Intention } from "./api.js";
import { cents, money } from "./format.js";
import { disclosure, form, submitButton, tell } from "./parts.js";

/** held → released, offered → declined, waiting → left, confirmed → cancelled. */
export function givingUp(app) {
  const said = app.words.giveUp[app.booking.state];
  const intention = new Intention();
  const fill = (panel) => {
    const { booking, lang } = app;
    const fee = booking.terms.cancel_fee;
    const costs = cents(fee) > 0;
    const told = costs
      ? said.fee(money(fee, lang), booking.session.operator.name) +
        (cents(booking.terms.refund) ? said.rest(money(booking.terms.refund, lang)) : "")
      : said.free;
    const submit = async (place) => {
      const fresh = await changed(app, fee);
      if (fresh) {
        if (!app.refresh(fresh)) {
          app.say(app.words.trouble.conflict);
          return;
        }
        fill(panel);
        tell(app, panel.firstElementChild, app.words.trouble.changed);
        return;
      }
      const path = `bookings/${booking.reference}/cancel`;
      app.done(await app.api.write("POST", path, {}, intention), said.done, place);
    };
    const label = costs ? said.doFee(money(fee, lang)) : said.do;
    panel.replaceChildren(form(app, submit, node("p", { class: "amount" }, told), submitButton(label, "grave")));
  };
  return disclosure(said.title, fill, "grave");
}

/** The booking as it is now where cancelling costs something else than what the page told, else null. */
async function changed(app, fee) {
  if (app.booking.state !== "confirmed") return null;
  const fresh = await app.api.booking();
  return fresh?.state === "confirmed" && fresh.terms.cancel_fee !== fee ? fresh : null;
}

/** Visible for as long as a consumer may withdraw; the first step asks the service what would happen. */
export function withdrawing(app) {
  const said = app.words.withdraw;
  const until = app.booking.terms.withdraw_until;
  const allowed = app.booking.customer === "consumer" && until && Date.parse(until) >= Date.parse(app.now());
  if (!allowed) return "";
  const [asking, doing] = [new Intention(), new Intention()];
  const path = `bookings/${app.booking.reference}/withdraw`;
  const fill = async (panel) => {
    const { booking, lang } = app;
    const place = form(app, async () => {
      app.done(await app.api.write("POST", path, { confirmed: true }, doing), said.done);
    });
    panel.replaceChildren(place);
    const told = await asked(app, path, asking, place, section);
    if (!told) return;
    if (!told.allowed) {
      place.append(node("p", {}, said.no));
      return;
    }
    const refund = cents(told.refund) ? said.refund(money(told.refund, lang)) : "";
    const lines = [said.told(booking.reference, booking.session.title) + refund];
    lines.push(said.by(booking.contact.name, booking.contact.email));
    const heard = node("div", { role: "status" });
    place.append(heard, submitButton(said.do, "grave"));
    heard.append(...lines.map((line) => node("p", {}, line)));
  };
  const section = disclosure(said.title, fill, "grave");
  return section;
}

/** What withdrawing would do, or null where that could not be read: then it is said. */
async function asked(app, path, intention, place, section) {
  try {
    return (await app.api.write("POST", path, { confirmed: false }, intention)).withdrawal;
  } catch (error) {
    await app.failed(error, place);
    const again = () => place.parentElement && app.reopen(section);
    place.append(node("button", { type: "button", onclick: again }, app.words.retry));
    return null;
  }
}
