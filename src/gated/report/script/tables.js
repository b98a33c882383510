// Fills the table of a series' values, and sorts tables after a click on a column.

import { valuesAt } from "./data.js";
import { html } from "./elements.js";

/**
 * @import { Clock } from "./clock.js"
 * @import { Series } from "./data.js"
 * @typedef {(value: number | null) => string} Writer  writes a number
 */

const MOST_ROWS = 400;

/**
 * Fills the table of a series' values: first the forecast, then the past, the newest value on top.
 *
 * @param {HTMLElement} place
 * @param {Series} series
 * @param {number[]} times  of the observations and forecasts
 * @param {Clock} clock
 * @param {Writer} write
 * @param {boolean} withPast
 */
export function fillValueTable(place, series, times, clock, write, withPast) {
  place.replaceChildren();
  const levels = (series.ahead[0]?.bands ?? []).map(({ level }) => level).reverse();
  const hasSeveral = series.ahead.length > 1;
  const point = `forecast (${series.pointName})`;
  const names = [
    clock.zone ? `time, ${clock.zone}` : "time",
    ...(hasSeveral || withPast ? ["observed"] : []),
    point,
    ...levels.map((level) => `${level} % interval`),
  ];
  const table = html("table", { class: "values" });
  const head = table.createTHead().insertRow();
  head.append(...names.map((name) => html("th", { scope: "col" }, name)));
  const skipped = names.includes("observed") ? 0 : 1;
  /** @type {(title: string, shown: number[]) => void} */
  const add = (title, shown) => {
    if (!shown.length) return;
    const body = table.createTBody();
    const heading = html("th", { scope: "rowgroup", colspan: names.length }, title);
    const row = body.insertRow();
    row.className = "group";
    row.append(heading);
    for (const time of shown) {
      const cells = valueCells(series, time, levels, write).slice(skipped);
      const written = cells.map((text) => html("td", {}, text));
      body.insertRow().append(html("th", { scope: "row" }, clock.text(time)), ...written);
    }
  };
  const ahead = new Set(series.ahead.flatMap((one) => one.times));
  add(
    hasSeveral ? "Forecasts and actual values" : "Forecast",
    times.filter((t) => ahead.has(t)),
  );
  const past = withPast ? times.filter((time) => !ahead.has(time)).reverse() : [];
  const isCut = past.length > MOST_ROWS;
  const few = `Past, the last ${MOST_ROWS} of ${past.length.toLocaleString("en")} steps`;
  add(isCut ? few : "Past, the newest value first", past.slice(0, MOST_ROWS));
  const scroll = html("div", { class: "scroll" });
  scroll.append(table);
  place.append(scroll);
}

/**
 * @param {Series} series
 * @param {number} time
 * @param {string[]} levels
 * @param {Writer} write
 * @returns {string[]}
 */
function valueCells(series, time, levels, write) {
  const { observed, ahead, step, point } = valuesAt(series, time);
  const intervals = levels.map((level) => {
    const band = ahead?.bands.find((one) => one.level === level);
    return band ? `${write(band.lower[step])} – ${write(band.upper[step])}` : "";
  });
  const isClosed = ahead?.closed.includes(step);
  const past = ahead && observed === null ? "" : write(observed);
  return [past, isClosed ? "closed" : ahead ? write(point) : "", ...intervals];
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
