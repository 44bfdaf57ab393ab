/** Nodes, never HTML: what the assistant or a person wrote can only ever become text. */

/** An element with attributes, listeners (`onclick: f`) and children; children that are nullish or "" are left out. */
export function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter((child) => child != null && child !== ""));
  return element;
}

const LINK = /(?:https?:\/\/|mailto:)[^\s<>"«»]+|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/giu;
const SCHEMES = new Set(["http:", "https:", "mailto:"]);
/** EBC-4T9K2M: nobody should have to read it over the end of a line. */
const REFERENCE = /\b([A-Z]{3,4}-[0-9A-Z]{6})\b/u;

/** Text as nodes: a line each, list lines set in, addresses as links. `newTab` tells what a link does. */
export function lines(text, newTab) {
  return text.split(/\r\n|\r|\n/u).map((line) => node("span", { class: kind(line) }, linked(line, newTab)));
}

function kind(line) {
  if (!line.trim()) return "gap";
  if (/^\s*\d{1,2}[.)]\s/u.test(line)) return "line item";
  return /^\s*[-•–]\s/u.test(line) ? "line item dot" : "line";
}

function linked(line, newTab) {
  const parts = [];
  let end = 0;
  for (const match of line.matchAll(LINK)) {
    const shown = trimmed(match[0]);
    const address = target(shown);
    if (!address) continue;
    parts.push(...whole(line.slice(end, match.index)), link(address, shown, newTab));
    end = match.index + shown.length;
  }
  return [...parts, ...whole(line.slice(end))];
}

function link(address, shown, newTab) {
  if (address.protocol === "mailto:") return node("a", { href: address.href }, shown);
  const told = node("span", { class: "unseen" }, ` ${newTab}`);
  return node("a", { href: address.href, target: "_blank", rel: "noopener noreferrer" }, shown, told);
}

/** Plain text with its references kept in one piece. (A split by a group puts what it caught at odd places.) */
const whole = (text) => text.split(REFERENCE).map((part, i) => (i % 2 ? node("span", { class: "whole" }, part) : part));

/** An address without the punctuation of the sentence around it. */
function trimmed(address) {
  let shown = address.replace(/[.,;:!?…'’]+$/u, "");
  if (shown.endsWith(")") && !shown.includes("(")) shown = shown.slice(0, -1);
  return shown;
}

function target(shown) {
  try {
    const address = new URL(/^(?:https?:|mailto:)/iu.test(shown) ? shown : `mailto:${shown}`);
    return SCHEMES.has(address.protocol) ? address : null;
  } catch {
    return null;
  }
}
