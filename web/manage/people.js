/** Who sits on the seats: as many people as seats at most. */

import { node } from "../chat/nodes.js";
import { Intention } from "./api.js";
import { disclosure, field, form, Missing, submitButton } from "./parts.js";

export function namingPeople(app) {
  const said = app.words.people;
  const intention = new Intention();
  const fill = (panel) => {
    const rows = node("div", { class: "people" });
    const add = node("button", { type: "button", onclick: () => append().querySelector("input").focus() }, said.add);
    const append = (person = {}) => {
      const row = personRow(said, person, () => {
        row.remove();
        number(rows, said);
        add.hidden = false;
        add.focus();
      });
      rows.append(row);
      number(rows, said);
      add.hidden = rows.childElementCount >= app.booking.seats;
      return row;
    };
    const known = app.booking.participants;
    for (const person of known.length ? known : [{}]) append(person);
    const submit = async () => {
      const participants = read(app, rows);
      const body = { participants, version: app.booking.version };
      app.done(await app.api.write("PATCH", `bookings/${app.booking.reference}`, body, intention), said.done);
    };
    const intro = node("p", {}, said.intro(app.booking.seats));
    panel.replaceChildren(form(app, submit, intro, rows, add, submitButton(said.do)));
  };
  return disclosure(said.title, fill);
}

function personRow(said, person, remove) {
  const name = field(said.name, "name", { value: person.name, maxlength: 120, autocomplete: "off" });
  const email = field(said.email, "email", { type: "email", value: person.email, maxlength: 254, autocomplete: "off" });
  const button = node("button", { type: "button", class: "small", onclick: remove }, said.removeShort);
  return node("fieldset", {}, node("legend"), name, email, button);
}

/** Number the people from one, and their fields as the service counts them. */
function number(rows, said) {
  [...rows.children].forEach((row, at) => {
    row.querySelector("legend").textContent = said.person(at + 1);
    row.querySelector("button").setAttribute("aria-label", said.remove(at + 1));
    const [name, email] = row.querySelectorAll("input");
    [name.name, email.name] = [`participants.${at}.name`, `participants.${at}.email`];
  });
}

/** The people who were typed; rows left empty are nobody, and go, so that the service counts as the page does. */
function read(app, rows) {
  for (const row of [...rows.children]) {
    const empty = [...row.querySelectorAll("input")].every((input) => !input.value.trim());
    if (empty) row.remove();
  }
  number(rows, app.words.people);
  const people = [...rows.children].map((row) => {
    const [name, email] = [...row.querySelectorAll("input")].map((input) => input.value.trim());
    return email ? { name, email } : { name };
  });
  const nameless = people.flatMap((person, at) => (person.name ? [] : [`participants.${at}.name`]));
  if (nameless.length) throw new Missing(app, ...nameless);
  return people;
}
