// Shows what was read of a file, and the fields of its columns and horizon.

import { byId, html } from "/static/report/script/elements.js";

/** @import { Field, Problem, Reading } from "./api.js" */

const COLUMNS = /** @type {const} */ (["time_col", "target_col", "id_col"]);
/** @type {Field[]} */
const FIELDS = [...COLUMNS, "h"];
const DETECTED = "(detected)";
const MOST_NOTES = 12;

/**
 * Shows what was read.
 *
 * @param {Reading} reading
 * @param {boolean} isNew  whether the file is another one, whose horizon is not chosen yet
 */
export function showReading(reading, isNew) {
  byId("reading", HTMLElement).hidden = false;
  byId("reading-title", HTMLElement).textContent = `Read: ${reading.name}`;
  byId("understood", HTMLElement).hidden = false;
  for (const name of COLUMNS) fillSelect(name, reading.columns, reading[name]);
  if (isNew) byId("h", HTMLInputElement).value = String(reading.h);
  const facts = Object.entries(reading.facts).flatMap(([name, text]) => [
    html("dt", {}, name),
    withCode("dd", text),
  ]);
  byId("facts", HTMLElement).replaceChildren(...facts);
  const leftOut = Object.entries(reading.left_out).map(([name, why]) => `${name}: ${why}`);
  const notes = [...reading.notes, ...leftOut];
  const shown = notes.slice(0, MOST_NOTES).map((note) => withCode("li", note));
  const rest = notes.length - shown.length;
  if (rest > 0) shown.push(html("li", {}, `and ${rest} more.`));
  byId("notes", HTMLElement).replaceChildren(...shown);
  byId("beginning", HTMLElement).replaceChildren(firstRows(reading));
}

/**
 * Shows an error beside its field.
 *
 * @param {Problem} problem
 * @param {string} name  of the file
 * @returns {boolean}  whether there is such a field
 */
export function showBesideField(problem, name) {
  const { columns, field } = problem;
  if (columns.length) {
    // The table cannot be read as it is: other columns can be chosen.
    byId("reading", HTMLElement).hidden = false;
    byId("reading-title", HTMLElement).textContent = `Not read yet: ${name}`;
    byId("understood", HTMLElement).hidden = true;
    for (const one of COLUMNS) fillSelect(one, columns, byId(one, HTMLSelectElement).value);
  }
  if (!field) return false;
  byId(`${field}-error`, HTMLElement).textContent = problem.message;
  const input = byId(field, HTMLElement);
  input.setAttribute("aria-invalid", "true");
  input.focus();
  return true;
}

/** Removes the errors beside the fields. */
export function clearFields() {
  for (const name of FIELDS) {
    byId(`${name}-error`, HTMLElement).textContent = "";
    byId(name, HTMLElement).removeAttribute("aria-invalid");
  }
}

/**
 * Returns the chosen columns, for the query of a request.
 *
 * @returns {Record<string, string>}
 */
export function chosenColumns() {
  const pairs = COLUMNS.map((name) => [name, byId(name, HTMLSelectElement).value]);
  return Object.fromEntries(pairs.filter(([, value]) => value));
}

/** Forgets the choices of the file before. */
export function forgetColumns() {
  for (const name of COLUMNS) byId(name, HTMLSelectElement).replaceChildren();
}

/**
 * Fills a field with the columns of the file.
 *
 * @param {Field} name
 * @param {string[]} columns
 * @param {string | null} chosen
 */
function fillSelect(name, columns, chosen) {
  const select = byId(name, HTMLSelectElement);
  const options = columns.map((column) => html("option", { value: column }, column));
  select.replaceChildren(html("option", { value: "" }, DETECTED), ...options);
  select.value = chosen !== null && columns.includes(chosen) ? chosen : "";
}

/**
 * Makes an element of a text in which names stand between backticks.
 *
 * @param {"dd" | "li"} kind
 * @param {string} text
 */
export function withCode(kind, text) {
  const made = html(kind);
  for (const [k, part] of text.split("`").entries())
    made.append(k % 2 ? html("code", {}, part) : part);
  return made;
}

/** @param {Reading} reading */
function firstRows(reading) {
  const table = html("table");
  const head = html("tr");
  head.append(...reading.header.map((name) => html("th", { scope: "col" }, name)));
  table.createTHead().append(head);
  const body = table.createTBody();
  for (const row of reading.rows) {
    const line = html("tr");
    line.append(...row.map((cell) => html("td", {}, cell)));
    body.append(line);
  }
  return table;
}
