/** All events to come, month by month, with a choice of month that the address keeps. */

import { node } from "../chat/nodes.js";
import { hour, language } from "../manage/format.js";

const ZONE = "Europe/Brussels";
const DATES = { fr: "fr-BE", en: "en-GB" };

const shown = (iso, lang, shape) =>
  new Intl.DateTimeFormat(DATES[lang], { ...shape, timeZone: ZONE }).format(new Date(iso));
/** `2027-01`: times are written with the offset of Brussels, so that their text begins with its month. */
const monthOf = (session) => session.start.slice(0, 7);
const monthName = (session, lang) => shown(session.start, lang, { month: "long", year: "numeric" });

export function list(app, sessions) {
  const { words } = app;
  const months = new Map(sessions.map((session) => [monthOf(session), monthName(session, app.lang)]));
  const asked = new URLSearchParams(location.search).get("month") ?? "";
  const place = node("div", { id: "list" });
  const count = node("p", { id: "count", role: "status" });
  const show = (month) => {
    const wanted = sessions.filter((session) => !month || monthOf(session) === month);
    count.textContent = sessions.length ? words.count(wanted.length) : "";
    place.replaceChildren(...groups(app, wanted));
    if (!wanted.length) place.append(node("p", {}, sessions.length ? words.noneInMonth : words.none));
  };
  const choose = (event) => {
    const month = event.target.value;
    history.replaceState(null, "", month ? `?month=${month}` : location.pathname);
    show(month);
  };
  const option = ([value, name]) => node("option", { value, selected: value === asked }, name);
  const select = node("select", { id: "month", onchange: choose }, [["", words.everyMonth], ...months].map(option));
  show(months.has(asked) ? asked : "");
  const filter = node("div", { class: "field filter" }, node("label", { for: "month" }, words.month), select, count);
  return [
    node("h1", {}, words.title),
    node("p", { class: "lead" }, words.lead),
    sessions.some((session) => session.demo) ? node("p", { class: "note" }, words.demo) : "",
    sessions.length ? filter : "",
    place,
    feed(app),
  ];
}

function groups(app, sessions) {
  const found = Map.groupBy ? Map.groupBy(sessions, monthOf) : grouped(sessions);
  return [...found].map(([month, items]) =>
    node(
      "section",
      { "aria-labelledby": `month-${month}` },
      node("h2", { id: `month-${month}` }, monthName(items[0], app.lang)),
      node("ul", { class: "cards" }, items.map((session) => node("li", {}, card(app, session)))),
    ),
  );
}

function grouped(sessions) {
  const found = new Map();
  for (const session of sessions) found.set(monthOf(session), [...(found.get(monthOf(session)) ?? []), session]);
  return found;
}

function card({ words, lang }, session) {
  const { start, end } = session.meetings[0];
  const open = session.state === "open";
  return node(
    "a",
    { href: `/events/${encodeURIComponent(session.id)}`, class: `card ${session.state}` },
    node(
      "span",
      { class: "date", "aria-hidden": "true" },
      node("b", {}, shown(start, lang, { day: "numeric" })),
      shown(start, lang, { weekday: "short" }),
    ),
    node(
      "span",
      { class: "what" },
      node("strong", {}, session.title),
      node("span", { class: "unseen-date" }, shown(start, lang, { weekday: "long", day: "numeric", month: "long" })),
      node("span", {}, `${hour(start, lang)} – ${hour(end, lang)}, ${language(session.language, lang)}`),
      node("span", {}, session.place),
    ),
    node("span", { class: `room ${session.state}` }, open ? words.room(session.seats_free) : words.state[session.state]),
  );
}

function feed({ words, lang }) {
  const address = new URL(`/v1/events/calendar.ics?lang=${lang}`, location.origin).href;
  return node(
    "section",
    { class: "feed", "aria-labelledby": "feed" },
    node("h2", { id: "feed" }, words.subscribe),
    node("p", {}, words.subscribeHint),
    node("p", {}, node("a", { href: address, class: "address" }, address)),
  );
}
