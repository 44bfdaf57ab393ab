/** Confirming what is held or offered, and asking for more time. */

import { node } from "../chat/nodes.js";
import { Intention } from "./api.js";
import { isFree, priceWithVat, terms } from "./facts.js";
import { moment, money } from "./format.js";
import { attempt, field, form, Missing, submitButton } from "./parts.js";

/** The form with terms, right to withdraw and price right above a button that names the duty to pay. */
export function confirming(app) {
  const { booking, words, lang } = app;
  const { contact } = booking;
  const said = words.confirm;
  const free = isFree(booking);
  const fields = contact
    ? [node("p", {}, said.as(contact.name, contact.email))]
    : [
        field(said.name, "contact.name", { autocomplete: "name", required: true, maxlength: 120 }),
        field(
          said.email,
          "contact.email",
          { type: "email", autocomplete: "email", required: true, maxlength: 254 },
          said.emailWhy,
        ),
      ];
  const accept = free ? said.termsFree : said.terms(booking.session.operator.name);
  const intention = new Intention();
  const declared = node("div");
  const submit = async (place) => {
    const read = Object.fromEntries(new FormData(place));
    const missing = ["contact.name", "contact.email"].filter((name) => !contact && !read[name].trim());
    if (!read.terms_accepted) missing.push("terms_accepted");
    const asked = [...declared.querySelectorAll("input")];
    if (asked.some((input) => !input.checked)) missing.push("declarations");
    if (missing.length) throw new Missing(app, ...missing);
    const typed = contact ? {} : { contact: { name: read["contact.name"], email: read["contact.email"] } };
    const body = { ...typed, terms_accepted: true };
    if (asked.length) body.declarations = asked.map((input) => input.value);
    try {
      const confirmed = await app.api.write("POST", `bookings/${booking.reference}/confirm`, body, intention);
      app.done(confirmed, said.done(confirmed.contact.email));
    } catch (error) {
      askFor(error.requirement, declared);
      throw error;
    }
  };
  const label = free ? said.free : said.pay(money(booking.total.gross, lang));
  return node(
    "section",
    { class: "confirm", "aria-labelledby": "confirm" },
    node("h2", { id: "confirm" }, said.title),
    form(
      app,
      submit,
      fields,
      terms(app).map((line) => node("p", { class: "term" }, line)),
      free ? "" : node("p", { class: "term" }, words.invoice(booking.session.operator.name)),
      free ? "" : node("p", { class: "amount" }, priceWithVat(app)),
      declared,
      field(accept, "terms_accepted", { type: "checkbox", required: true }),
      submitButton(label),
    ),
  );
}

/** A rule of the course that a declaration fulfils: the service refused by it, so it is asked from now on. */
function askFor(requirement, declared) {
  if (!requirement?.id || declared.querySelector(`[value="${CSS.escape(requirement.id)}"]`)) return;
  declared.append(field(requirement.text, "declarations", { type: "checkbox", value: requirement.id }));
}

/** More time for a hold, as often as the service says. */
export function extending(app) {
  const { booking, words, lang, now } = app;
  const left = booking.terms.extensions_left;
  if (!left) return "";
  const intention = new Intention();
  const trouble = node("div", { class: "trouble", role: "alert", tabindex: "-1", hidden: true });
  const extend = () =>
    attempt(app, place, async () => {
      const longer = await app.api.write("POST", `bookings/${booking.reference}/extend`, {}, intention);
      app.done(longer, words.extend.done(moment(longer.hold_expires_at, lang, now())));
    });
  const button = node("button", { type: "button", onclick: extend }, words.extend.do);
  const place = node("div", { class: "quick" }, trouble, button, node("p", { class: "hint" }, words.extend.left(left)));
  return place;
}
