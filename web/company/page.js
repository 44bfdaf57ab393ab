/** The page of a quote: reads the token in the address, asks the service, shows what is and what can be done. */

import { node } from "../chat/nodes.js";
import { Api, Problem } from "../manage/api.js";
import { cents, moment, money, percent } from "../manage/format.js";
import { frame, opensNothing, OUTDATED, tokenInAddress } from "../manage/frame.js";
import { attempt, tell } from "../manage/parts.js";
import { accepting, declining, invoicing } from "./decide.js";
import { lines } from "./lines.js";
import { STRINGS } from "./strings.js";

const TICK_MS = 30_000;
const HOUR_MS = 3_600_000;
const TOKEN = /^m1_(EBQ-[0-9A-Z]{6})_[\w-]{32}$/u;

const app = frame(STRINGS, start, {
  quote: null,
  bookings: new Map(),

  /** It is done: show everything as it is now, and say so. */
  async done(text) {
    await read();
    render();
    app.say(text);
  },

  /** Say what went wrong, in the place where it was asked; where the page was out of date, bring it up to date. */
  async failed(error, place) {
    if (!(error instanceof Problem)) {
      tell(app, place, app.words.trouble.network);
      return;
    }
    if (OUTDATED.has(error.code)) {
      const before = app.quote.state;
      await read().catch(() => null);
      if (app.quote.state !== before) {
        render();
        app.say(`${error.title}. ${error.detail}`);
        return;
      }
    }
    tell(app, place, error.title, error.detail, error.errors);
  },
});

/** The quote with its bookings. Raises Problem, Unreachable. */
async function read() {
  const [quote, { items }] = await Promise.all([
    app.api.get(`quotes/${app.reference}?lang=${app.lang}`),
    app.api.get(`bookings?limit=100&lang=${app.lang}`),
  ]);
  app.quote = quote;
  app.bookings = new Map(items.map((booking) => [booking.reference, booking]));
}

async function start() {
  const token = tokenInAddress();
  app.quote = null;
  app.wait();
  const found = TOKEN.exec(token);
  if (!found) {
    lost();
    return;
  }
  [app.reference, app.api] = [found[1], new Api(token)];
  app.api.lang = app.lang;
  try {
    await read();
    if (app.adopt(app.quote.lang)) await read();
    render();
  } catch (error) {
    if (opensNothing(error)) lost();
    else app.down(error);
  }
}

function stateBox() {
  const { quote, words, lang, now } = app;
  const until = quote.state === "open" ? moment(quote.valid_until, lang, now()) : "";
  const left = quote.state === "open" ? node("p", { class: "left", id: "left" }) : "";
  const colour = { requested: "waiting", open: "held" }[quote.state] ?? quote.state;
  const title = node("h2", { id: "state" }, words.state[quote.state]);
  const told = node("p", {}, words.told[quote.state](until));
  return node("section", { class: `state ${colour}`, "aria-labelledby": "state" }, title, told, left);
}

function facts() {
  const { quote, words } = app;
  const { label } = words;
  const { company, contact } = quote;
  const rows = [
    [label.reference, quote.reference],
    [label.company, [company.name, company.address].filter(Boolean).join(", ")],
    [label.enterprise, company.enterprise_number?.replace(/(\d{4})(\d{3})(\d{3})/u, "$1.$2.$3")],
    [label.vat, company.vat_number],
    [label.peppol, company.peppol_id],
    [label.contact, contact && `${contact.name}, ${contact.email}`],
    [label.po, quote.po_number],
    [label.needs, quote.needs],
  ];
  const pairs = rows
    .filter(([, value]) => value)
    .map(([name, value]) => node("div", {}, node("dt", {}, name), node("dd", {}, value)));
  const heading = node("h2", { id: "details" }, words.details);
  return node("section", { class: "facts", "aria-labelledby": "details" }, heading, node("dl", {}, pairs));
}

/** Who invoices what at which rate, and the whole. */
function totals() {
  const { quote, words, lang } = app;
  const said = words.totals;
  if (!quote.lines.length) return "";
  const names = ["net", "vat", "gross"];
  const amounts = (total) => names.map((name) => node("td", { "data-label": said[name] }, money(total[name], lang)));
  const rows = quote.total.by_operator.map((part) => {
    const { name } = part.operator;
    const told = cents(part.vat_rate) ? said.rate(name, percent(part.vat_rate, lang)) : said.exempt(name);
    return node("tr", {}, node("th", { scope: "row" }, told), amounts(part));
  });
  const head = [said.operator, ...names.map((name) => said[name])].map((text) => node("th", { scope: "col" }, text));
  const foot = node("tr", {}, node("th", { scope: "row" }, said.sum), amounts(quote.total));
  return node(
    "section",
    { "aria-labelledby": "totals" },
    node("h2", { id: "totals" }, said.title),
    node("table", { class: "totals" }, node("thead", {}, node("tr", {}, head)), node("tbody", {}, rows), node("tfoot", {}, foot)),
  );
}

/** The file, fetched with the token and handed to the device. */
function file() {
  const { quote, words } = app;
  if (!quote.pdf_url) return "";
  const fetchFile = async () => {
    const url = URL.createObjectURL(await app.api.file(`quotes/${quote.reference}/pdf`));
    node("a", { href: url, download: `${quote.reference}.pdf` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    app.say(words.pdf.done);
  };
  const trouble = node("div", { class: "trouble", role: "alert", tabindex: "-1", hidden: true });
  const press = (event) => attempt(app, event.currentTarget.parentElement, fetchFile);
  return node("div", { class: "quick" }, trouble, node("button", { type: "button", onclick: press }, words.pdf.do));
}

function actions() {
  const { state } = app.quote;
  if (state === "open") return [accepting(app), declining(app)];
  if (state === "requested") return [declining(app)];
  return state === "accepted" ? [invoicing(app)] : [];
}

function render() {
  const { words, quote } = app;
  const name = quote.company.name ?? quote.reference;
  const demo = quote.lines.some(({ session }) => session.demo);
  app.show(
    `${name} – ${words.page}`,
    node("p", { class: "kicker" }, `${words.page} ${quote.reference}`),
    node("h1", {}, name),
    stateBox(),
    facts(),
    lines(app),
    totals(),
    demo ? node("p", { class: "note" }, words.demo) : "",
    node("div", { id: "actions" }, file(), actions()),
    chat(),
  );
  tick();
}

const chat = () => node("p", { class: "chat" }, node("a", { href: "./", class: "link" }, app.words.chat));

/** A link that opens nothing. */
const lost = () => app.explain(app.words.lost, chat());

let over = null;

/** How much time is left; when it is over, the quote is read again, once. */
async function tick() {
  const left = document.getElementById("left");
  if (app.quote?.state !== "open" || !left) return;
  const ms = Date.parse(app.quote.valid_until) - Date.parse(app.now());
  left.textContent = app.words.left(ms / HOUR_MS);
  if (ms > 0 || over === app.quote.valid_until) return;
  over = app.quote.valid_until;
  await read().catch(() => null);
  if (app.quote.state !== "open") render();
}

window.addEventListener("hashchange", start);
setInterval(tick, TICK_MS);
start();
