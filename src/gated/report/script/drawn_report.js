// Draws a report into the page that has its elements: reads its data, draws the first series and
// adds the event handlers. A report does this once; the page of `gated serve` for each forecast.

import { Chart } from "./charts/chart.js";
import { handleEvents } from "./charts/interaction.js";
import { Legend } from "./charts/legend.js";
import { drawSmallCharts } from "./charts/small_charts.js";
import { json, SeriesStore } from "./data.js";
import { Overview } from "./overview.js";
import { handlePrinting } from "./printing.js";
import { makeSortable } from "./tables.js";

/** @import { Head, Series } from "./data.js" */

/**
 * Draws the report in the page.
 *
 * @param {AbortSignal} signal  ends the listeners of the window, when another report takes its place
 */
export function drawReport(signal) {
  const head = /** @type {Head} */ (json("head"));
  /** @type {NodeListOf<HTMLTableElement>} */
  const tables = document.querySelectorAll("table.sortable");
  tables.forEach(makeSortable);
  drawSmallCharts(head);
  if (head.labels.length) startChart(head, signal);
  let width = innerWidth;
  addEventListener(
    "resize",
    () => {
      if (innerWidth === width) return;
      width = innerWidth;
      drawSmallCharts(head);
    },
    { signal },
  );
}

/**
 * @param {Head} head
 * @param {AbortSignal} signal
 */
function startChart(head, signal) {
  const store = new SeriesStore(head);
  const legend = new Legend(head.methods);
  /** @type {Overview | null} */
  let overview = null;
  const draw = (/** @type {Series} */ series, /** @type {number} */ index) =>
    new Chart(head, store.clock, legend, series, overview?.figures(index) ?? "");
  if (document.getElementById("overview")) {
    overview = new Overview(head, async (index) => {
      const series = await store.series(index);
      // Not if another one was chosen in the meantime.
      if (overview?.chosen === index) chart = draw(series, index);
    });
  }
  let chart = draw(store.first(), head.first);
  handleEvents(() => chart, signal);
  handlePrinting(head, () => chart, overview, signal);
}
