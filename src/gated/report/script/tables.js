// Fills the table of a series' values, and sorts tables after a click on a column.

import { valuesAt } from "./data.js";
import { html } from "./elements.js";
import { formatNumber, formatTime } from "./format.js";

/** @import { Series, Unit } from "./data.js" */

const MOST_ROWS = 400;

/**
 * Fills the table of a series' values if it is open, and empties it if it is closed.
 *
 * @param {HTMLDetailsElement} place
 * @param {Series} series
 * @param {number[]} times  of the observations and forecasts
 * @param {Unit} unit
 * @param {number} precision  the span that determines the digits
 */
export function fillValueTable(place, series, times, unit, precision) {
  const content = place.querySelector("div");
  content?.replaceChildren();
  if (!content || !place.open) return;
  const last = times.slice(-MOST_ROWS);
  if (times.length > last.length) {
    const note = `The last ${last.length} of ${times.length} steps.`;
    content.append(html("p", { class: "note" }, note));
  }
  const levels = (series.ahead[0]?.bands ?? []).map(({ level }) => level).reverse();
  const names = ["time", "observed", "forecast", ...levels.map((level) => `${level} % interval`)];
  const table = html("table");
  const head = table.createTHead().insertRow();
  head.append(...names.map((name) => html("th", { scope: "col" }, name)));
  const body = table.createTBody();
  for (const time of last) {
    const cells = valueCells(series, time, levels, precision).map((text) => html("td", {}, text));
    body.insertRow().append(html("th", { scope: "row" }, formatTime(time, unit)), ...cells);
  }
  const scroll = html("div", { class: "scroll" });
  scroll.append(table);
  content.append(scroll);
}

/**
 * @param {Series} series
 * @param {number} time
 * @param {string[]} levels
 * @param {number} precision
 * @returns {string[]}
 */
function valueCells(series, time, levels, precision) {
  const { observed, ahead, step, median } = valuesAt(series, time);
  const written = (/** @type {number | null} */ value) => formatNumber(value, precision);
  const intervals = levels.map((level) => {
    const band = ahead?.bands.find((one) => one.level === level);
    return band ? `${written(band.lower[step])} – ${written(band.upper[step])}` : "";
  });
  return [written(observed), ahead ? written(median) : "", ...intervals];
}

/**
 * Turns the column heads of a table into buttons that sort it, ascending first.
 *
 * @param {HTMLTableElement} table
 */
export function makeSortable(table) {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  heads.forEach((head, column) => {
    const button = html("button", { type: "button" }, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const isUp = head.getAttribute("aria-sort") !== "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
      sortRows(table.tBodies[0], column, isUp ? 1 : -1);
    });
  });
}

/**
 * @param {HTMLTableSectionElement} body
 * @param {number} column
 * @param {1 | -1} direction
 */
function sortRows(body, column, direction) {
  const rows = [...body.rows].map((row) => ({ row, value: cellValue(row.cells[column]) }));
  rows.sort((a, b) => direction * compared(a.value, b.value));
  body.append(...rows.map(({ row }) => row));
}

/**
 * Returns the number of a cell, or its text if it has none.
 *
 * @param {HTMLTableCellElement} cell
 */
function cellValue(cell) {
  const { value } = cell.dataset;
  return value === undefined ? cell.textContent : Number(value);
}

/**
 * @param {string | number} a
 * @param {string | number} b
 */
function compared(a, b) {
  const areNumbers = typeof a === "number" && typeof b === "number";
  return areNumbers ? a - b : String(a).localeCompare(String(b));
}
