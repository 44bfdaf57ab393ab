/** Writing to one company: only to the one that the person chose, and only when they agree to it. */

import { node } from "../chat/nodes.js";
import { Intention } from "../manage/api.js";
import { disclosure, field, form, Missing, submitButton } from "../manage/parts.js";

const LONGEST = 2000;

export function company(app, session, firm) {
  const { words } = app;
  const mark = firm.demo ? node("p", { class: "hint" }, words.invented) : "";
  const intention = new Intention();
  const fill = (panel, close) => {
    const submit = async (place) => {
      const read = Object.fromEntries(new FormData(place));
      const missing = ["contact.name", "contact.email", "message"].filter((name) => !read[name].trim());
      if (!read.consent) missing.push("consent");
      if (missing.length) throw new Missing(app, ...missing);
      const contact = { name: read["contact.name"], email: read["contact.email"] };
      if (read["contact.phone"].trim()) contact.phone = read["contact.phone"];
      const body = { exhibitor_id: firm.id, contact, message: read.message, consent: true, lang: app.lang };
      await app.api.write("POST", `events/${encodeURIComponent(session.id)}/contact-requests`, body, intention);
      close();
      app.say(words.sent(firm.name, contact.email));
    };
    panel.replaceChildren(
      form(
        app,
        submit,
        field(words.name, "contact.name", { autocomplete: "name", required: true, maxlength: 120 }),
        field(words.email, "contact.email", { type: "email", autocomplete: "email", required: true, maxlength: 254 }),
        field(words.phone, "contact.phone", { type: "tel", autocomplete: "tel", maxlength: 40 }),
        area(words.message, "message", words.messageHint),
        field(words.consent(firm.name), "consent", { type: "checkbox", required: true }),
        submitButton(words.send),
      ),
    );
  };
  return node(
    "article",
    { class: "firm" },
    node("h3", {}, firm.name),
    mark,
    node("p", {}, firm.summary),
    disclosure(words.writeTo(firm.name), fill),
  );
}

/** A field of several lines, made as the others are. */
function area(label, name, hint) {
  const made = field(label, name, { required: true, maxlength: LONGEST }, hint);
  const input = made.querySelector("input");
  const text = node("textarea", { rows: 5 });
  for (const { name: key, value } of input.attributes) if (key !== "type") text.setAttribute(key, value);
  input.replaceWith(text);
  return made;
}
