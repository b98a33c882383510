// Shows a forecast: the report's own elements, drawn by the report's own script, and downloads.

import { drawReport } from "/static/report/script/drawn_report.js";
import { byId } from "/static/report/script/elements.js";

/** @import { Forecast } from "./api.js" */

const DATA = 'script[type="application/json"], script[type="text/plain"]';

let drawn = new AbortController(); // ends the listeners of the report in the page
/** @type {string[]} */
let addresses = []; // of the downloads

/** @param {Forecast} forecast */
export function showForecast(forecast) {
  hideForecast();
  const stem = forecast.name.replace(/\.[^.]*$/, "");
  offer("csv", forecast.csv, "text/csv", `${stem}-forecast.csv`);
  offer("page", forecast.report, "text/html", `${stem}-report.html`);
  byId("result", HTMLElement).hidden = false;
  // Scripts and styles of a parsed page do nothing; its data are elements that no one runs.
  const page = new DOMParser().parseFromString(withoutStyle(forecast.report), "text/html");
  const parts = [...(page.querySelector("main")?.childNodes ?? [])];
  const data = [...page.querySelectorAll(DATA)].filter((one) => !parts.includes(one));
  byId("report", HTMLElement).replaceChildren(...parts, ...data);
  drawn = new AbortController();
  drawReport(drawn.signal);
  byId("result-title", HTMLElement).focus();
}

/** Removes the forecast from the page. */
export function hideForecast() {
  drawn.abort();
  for (const address of addresses) URL.revokeObjectURL(address);
  addresses = [];
  byId("result", HTMLElement).hidden = true;
  byId("report", HTMLElement).replaceChildren();
}

/**
 * @param {string} id  of the link
 * @param {string} content
 * @param {string} type
 * @param {string} name  of the file
 */
function offer(id, content, type, name) {
  const link = byId(id, HTMLAnchorElement);
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  addresses.push(link.href);
}

/**
 * The page has the style already, and refuses one inside of HTML.
 *
 * @param {string} page
 */
function withoutStyle(page) {
  const [begin, end] = [page.indexOf("<style>"), page.indexOf("</style>")];
  return page.slice(0, begin) + page.slice(end);
}
