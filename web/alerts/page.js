/** The page behind the links of an alert's mails. Opening it changes nothing (programs that scan mails open every
 * link): a button confirms, a button ends. */

import { node } from "../chat/nodes.js";
import { Api, Intention, Problem } from "../manage/api.js";
import { frame, tokenInAddress } from "../manage/frame.js";
import { attempt, tell } from "../manage/parts.js";
import { STRINGS } from "./strings.js";

const TOKEN = /^a1_([A-Z]+-[0-9A-Z]+)_[0-9a-f]{32}$/u;
let token = "";

const app = frame(STRINGS, start, {
  async failed(error, place) {
    if (error instanceof Problem && error.status === 404) lost();
    else if (error instanceof Problem) tell(app, place, error.title, error.detail, error.errors);
    else tell(app, place, app.words.network);
  },
});

async function start() {
  token = tokenInAddress();
  const id = token.match(TOKEN)?.[1];
  if (!id) {
    lost();
    return;
  }
  app.api = new Api(token);
  app.api.lang = app.lang;
  try {
    let alert = await app.api.get(`alerts/${id}`);
    if (app.adopt(alert.lang)) alert = await app.api.get(`alerts/${id}`);
    render(alert);
  } catch (error) {
    if (error instanceof Problem && error.status < 500) lost();
    else app.down(error);
  }
}

function render(alert) {
  const { words } = app;
  const asked = alert.state === "unconfirmed";
  const intention = new Intention();
  const confirm = async () => {
    const body = { token };
    const anybody = new Api();
    anybody.lang = app.lang;
    render(await anybody.write("POST", "alerts/confirm", body, intention));
    app.say(words.confirmed);
  };
  const end = async () => {
    await app.api.end(`alerts/${alert.id}`);
    app.explain(words.ended);
    app.say(words.endedSay);
  };
  const press = (work) => (event) => attempt(app, event.currentTarget.parentElement, work);
  const trouble = node("div", { class: "trouble", role: "alert", tabindex: "-1", hidden: true });
  const button = (label, kind, work) => node("button", { type: "button", class: kind, onclick: press(work) }, label);
  const facts = alert.about.map(({ label, value }) => node("div", {}, node("dt", {}, label), node("dd", {}, value)));
  app.explain(
    asked ? words.asked : words.active,
    facts.length ? node("section", { class: "facts" }, node("dl", {}, facts)) : node("p", {}, words.everything),
    node(
      "div",
      { class: "quick" },
      trouble,
      asked ? button(words.confirm, "main", confirm) : "",
      button(asked ? words.forget : words.end, asked ? "" : "main", end),
    ),
  );
}

const lost = () => app.explain(app.words.lost);

window.addEventListener("hashchange", start);
start();
