/** Days, hours and money as the mails write them; times are said in Brussels, whatever the zone of the device. */

const ZONE = "Europe/Brussels";
const DATES = { fr: "fr-BE", en: "en-GB" };
const MONEY = { fr: "fr-FR", en: "en-GB" };
const SPACE = "\u00a0";

function parts(iso, lang) {
  const shape = { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" };
  const format = new Intl.DateTimeFormat(DATES[lang], { ...shape, hourCycle: "h23", timeZone: ZONE });
  return Object.fromEntries(format.formatToParts(new Date(iso)).map((part) => [part.type, part.value]));
}

/** « mardi 12 janvier », “Tuesday 12 January”; with its year where that is not the year of `now`. */
export function day(iso, lang, now) {
  const { weekday, day: number, month, year } = parts(iso, lang);
  const first = lang === "fr" && Number(number) === 1 ? "1er" : String(Number(number));
  const told = [weekday, first, month];
  if (now && year !== parts(now, lang).year) told.push(year);
  return told.join(" ");
}

/** « 9 h », « 9 h 30 », “9:00”. */
export function hour(iso, lang) {
  const { hour: h, minute } = parts(iso, lang);
  if (lang === "en") return `${Number(h)}:${minute}`;
  return `${Number(h)}${SPACE}h${minute === "00" ? "" : SPACE + minute}`;
}

/** « mardi 12 janvier à 9 h », “Tuesday 12 January at 9:00”. */
export const moment = (iso, lang, now) => `${day(iso, lang, now)} ${lang === "fr" ? "à" : "at"} ${hour(iso, lang)}`;

/** « le mardi 12 janvier de 9 h à 17 h », “Tuesday 12 January, 9:00–17:00”. */
export function span(start, end, lang, now) {
  const [from, to] = [hour(start, lang), hour(end, lang)];
  return lang === "fr" ? `le ${day(start, lang, now)} de ${from} à ${to}` : `${day(start, lang, now)}, ${from}–${to}`;
}

/** « 1 250,00 € », “€1,250.00” of a decimal string or a number of EUR. */
export const money = (amount, lang) =>
  new Intl.NumberFormat(MONEY[lang], { style: "currency", currency: "EUR" }).format(Number(amount));

/** « 21 », « 5,5 ». */
export const percent = (rate, lang) =>
  new Intl.NumberFormat(MONEY[lang], { maximumFractionDigits: 2 }).format(Number(rate));

/** « français », “French”. */
export const language = (code, lang) => new Intl.DisplayNames([DATES[lang]], { type: "language" }).of(code);

/** EUR in whole cents, so that sums are exact. */
export const cents = (amount) => Math.round(Number(amount) * 100);
