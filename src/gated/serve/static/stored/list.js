// Lists the stored series in pages, with small charts. Arrow keys go from row to row.

import { byId, html } from "/static/report/script/elements.js";
import { amountsWriter } from "/static/report/script/format.js";
import { askForKey } from "../access.js";
import { Problem, request } from "../api.js";
import { sparkline } from "./sparkline.js";

/**
 * @typedef {object} Stored  what is known of a series
 * @property {string} unique_id
 * @property {number} rows
 * @property {string | number | null} first
 * @property {string | number | null} last
 * @property {number} revision
 *
 * @typedef {Stored & { values: (number | null)[] }} Listed
 * @typedef {{ series: Listed[], count: number, next: string | null }} Page
 */

const [PER_PAGE, VALUES] = [50, 60];
const PAUSE = 150; // milliseconds after a key, before the server is asked

let begin = ""; // of the address of a series
/** @type {string[]} `after` of each page up to the shown one */
let pages = [""];
/** @type {Page} */
let shown = { series: [], count: 0, next: null };
let pending = new AbortController();
let isFirst = true;

/**
 * Adds the event handlers of the list, and shows its first page.
 *
 * @param {string} beginning  of the address of a series, before its name
 */
export function startList(beginning) {
  begin = beginning;
  const find = byId("find", HTMLInputElement);
  let timer = 0;
  find.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => turnTo([""]), PAUSE);
  });
  find.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") moveTo(event, 0);
    if (event.key === "Enter") links()[0]?.click();
  });
  byId("previous-page", HTMLElement).addEventListener("click", () => turnTo(pages.slice(0, -1)));
  byId("next-page", HTMLElement).addEventListener("click", () => {
    if (shown.next !== null) turnTo([...pages, shown.next]);
  });
  byId("list", HTMLElement).addEventListener("keydown", handleKeys);
  addEventListener("hashchange", markOpen);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") showList();
  });
  showList();
}

/** Reads the page of the list again, and shows it. */
export async function showList() {
  pending.abort();
  pending = new AbortController();
  const { signal } = pending;
  const find = byId("find", HTMLInputElement).value.trim();
  const after = pages[pages.length - 1];
  const query = new URLSearchParams({ limit: `${PER_PAGE}`, values: `${VALUES}`, find, after });
  const problem = byId("stored-problem", HTMLElement);
  try {
    const page = /** @type {Page} */ (
      await (await request(`/v1/series?${query}`, { signal })).json()
    );
    problem.textContent = "";
    show(page, find);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) askForKey("list", showList);
    else problem.textContent = error.message;
    byId("stored", HTMLElement).hidden = error.status === 401;
  }
}

/** @param {string[]} to  `after` of each page up to the one to show */
function turnTo(to) {
  pages = to.length ? to : [""];
  showList();
}

/**
 * @param {Page} page
 * @param {string} find
 */
function show(page, find) {
  shown = page;
  byId("stored", HTMLElement).hidden = isFirst && !page.count;
  isFirst &&= !page.count; // a search without a result hides nothing
  const body = tableBody();
  const active = document.activeElement;
  const kept = active instanceof HTMLAnchorElement && body.contains(active) ? active.hash : null;
  body.replaceChildren(...page.series.map(rowOf));
  markOpen();
  links()
    .find((link) => link.hash === kept)
    ?.focus();
  const first = (pages.length - 1) * PER_PAGE + 1;
  const last = first + page.series.length - 1;
  const [from, to, all] = [first, last, page.count].map((n) => n.toLocaleString("en"));
  const found = find ? " found" : "";
  byId("shown", HTMLElement).textContent = page.series.length
    ? `${from} to ${to} of ${all} series${found}.`
    : `No series${found}.`;
  byId("turn", HTMLElement).hidden = pages.length === 1 && page.next === null;
  byId("previous-page", HTMLButtonElement).disabled = pages.length === 1;
  byId("next-page", HTMLButtonElement).disabled = page.next === null;
  byId("list", HTMLElement).hidden = !page.series.length;
}

/** @param {Listed} one */
function rowOf({ unique_id: label, values, last, rows }) {
  const row = html("tr");
  const head = html("th", { scope: "row" });
  const href = `${begin}${encodeURIComponent(label)}`;
  const link = html("a", { href, tabindex: -1, title: label }, label);
  head.append(link);
  const picture = html("td", { class: "spark" });
  picture.append(sparkline(values));
  const cells = [
    html("td", {}, amountsWriter(values)(values.at(-1) ?? null)),
    html("td", { class: "time" }, last === null ? "" : writtenTime(last)),
    html("td", { class: "rows" }, rows.toLocaleString("en")),
  ];
  row.append(head, picture, ...cells);
  row.addEventListener("click", (event) => {
    if (event.target !== link) link.click();
  });
  return row;
}

/**
 * A time of the server as people write it.
 *
 * @param {string | number} time
 */
export function writtenTime(time) {
  return String(time)
    .replace("T", " ")
    .replace(/(:\d\d):00(?=Z?$)/, "$1");
}

/** Marks the row of the open series, and makes one row the one that Tab reaches. */
function markOpen() {
  const all = links();
  const open = all.find((link) => link.hash === location.hash);
  for (const link of all) {
    link.tabIndex = link === (open ?? all[0]) ? 0 : -1;
    if (link === open) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/** @param {KeyboardEvent} event */
function handleKeys(event) {
  const all = links();
  const at = all.findIndex((link) => link.matches(":focus"));
  /** @type {Record<string, number>} */
  const places = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  const place = places[event.key];
  if (at < 0 || place === undefined) return;
  if (place < 0) {
    event.preventDefault();
    byId("find", HTMLElement).focus();
  } else moveTo(event, place);
}

/**
 * @param {KeyboardEvent} event
 * @param {number} place
 */
function moveTo(event, place) {
  const all = links();
  if (!all[place]) return;
  event.preventDefault();
  for (const link of all) link.tabIndex = -1;
  all[place].tabIndex = 0;
  all[place].focus();
}

function tableBody() {
  return byId("list", HTMLTableElement).tBodies[0];
}

/** @returns {HTMLAnchorElement[]} */
function links() {
  return [...tableBody().querySelectorAll("a")];
}
