/** What is decided about the whole quote: take it, leave it, and ask for its invoices. */

import { node } from "../chat/nodes.js";
import { Intention } from "../manage/api.js";
import { cents, moment, money, percent } from "../manage/format.js";
import { disclosure, field, form, Missing, submitButton } from "../manage/parts.js";

/** The terms of each operator and the price right above a button that names the duty to pay. */
export function accepting(app) {
  const { quote, words, lang } = app;
  const said = words.accept;
  const intention = new Intention();
  const free = cents(quote.total.gross) === 0;
  const declared = node("div");
  const submit = async (place) => {
    const read = Object.fromEntries(new FormData(place));
    const asked = [...declared.querySelectorAll("input")];
    const missing = read.terms_accepted ? [] : ["terms_accepted"];
    if (asked.some((input) => !input.checked)) missing.push("declarations");
    if (missing.length) throw new Missing(app, ...missing);
    const body = { terms_accepted: true };
    if (read.po_number.trim()) body.po_number = read.po_number.trim();
    if (asked.length) body.declarations = asked.map((input) => input.value);
    try {
      await app.api.write("POST", `quotes/${quote.reference}/accept`, body, intention);
    } catch (error) {
      askFor(error.requirement, declared);
      throw error;
    }
    await app.done(said.done(quote.contact.email));
  };
  const attributes = { value: quote.po_number, maxlength: 60, autocomplete: "off" };
  return node(
    "section",
    { class: "confirm", "aria-labelledby": "accept" },
    node("h2", { id: "accept" }, said.title),
    form(
      app,
      submit,
      field(said.po, "po_number", attributes),
      free ? "" : terms(app).map((line) => node("p", { class: "term" }, line)),
      free ? "" : node("p", { class: "term" }, said.invoice),
      declared,
      field(said.terms, "terms_accepted", { type: "checkbox", required: true }),
      submitButton(free ? said.doFree : said.do(money(quote.total.gross, lang))),
    ),
  );
}

/** A sentence for each operator whose courses cost something. */
function terms({ quote, words, lang }) {
  const said = words.accept;
  const told = new Map();
  for (const { operator, terms: agreed, total } of quote.lines) {
    if (cents(total.gross) === 0) continue;
    const { free_working_days: days, fee_percent: rate, fee_minimum: minimum } = agreed;
    const always = cents(rate) === 0 && cents(minimum) === 0;
    const sentence = always
      ? said.freeAlways(operator.name)
      : said.freeUntil(operator.name, days, percent(rate, lang), cents(minimum) ? money(minimum, lang) : "");
    told.set(operator.id, sentence);
  }
  return [...told.values()];
}

/** A rule of a course that a declaration fulfils: the service refused by it, so it is asked from now on. */
function askFor(requirement, declared) {
  if (!requirement?.id || declared.querySelector(`[value="${CSS.escape(requirement.id)}"]`)) return;
  declared.append(field(requirement.text, "declarations", { type: "checkbox", value: requirement.id }));
}

export function declining(app) {
  const { quote, words } = app;
  const said = words.decline;
  const intention = new Intention();
  const fill = (panel) => {
    const submit = async () => {
      await app.api.write("POST", `quotes/${quote.reference}/decline`, {}, intention);
      await app.done(said.done);
    };
    panel.replaceChildren(form(app, submit, node("p", {}, said.told), submitButton(said.do, "grave")));
  };
  return disclosure(said.title, fill, "grave");
}

/** One request for all operators. */
export function invoicing(app) {
  const { quote, words, lang, now } = app;
  const said = words.invoice;
  const intention = new Intention();
  const names = [...new Set(quote.lines.map(({ operator }) => operator.name))];
  const operators = new Intl.ListFormat(lang, { type: "conjunction" }).format(names);
  const when = quote.invoice_requested_at;
  const fill = (panel) => {
    const submit = async (place) => {
      const read = Object.fromEntries(new FormData(place));
      const given = Object.entries(read).filter(([, value]) => value.trim());
      const body = Object.fromEntries(given.map(([name, value]) => [name, value.trim()]));
      await app.api.write("POST", `quotes/${quote.reference}/invoice`, body, intention);
      await app.done(said.done);
    };
    panel.replaceChildren(
      form(
        app,
        submit,
        node("p", {}, said.told(operators)),
        when ? node("p", { class: "hint" }, said.asked(moment(when, lang, now()))) : "",
        field(said.po, "po_number", { value: quote.po_number, maxlength: 60, autocomplete: "off" }),
        field(said.email, "email", { type: "email", value: quote.contact?.email, maxlength: 254 }),
        field(said.peppol, "peppol_id", { value: quote.company.peppol_id, maxlength: 90 }, said.peppolHint),
        submitButton(said.do),
      ),
    );
  };
  return disclosure(said.title, fill);
}
