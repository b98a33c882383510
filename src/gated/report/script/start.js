// Starts the page: reads its data, draws the first series and adds the event handlers.

import { Chart } from "./charts/chart.js";
import { handleEvents } from "./charts/interaction.js";
import { Legend } from "./charts/legend.js";
import { drawSmallCharts } from "./charts/small_charts.js";
import { json, SeriesStore } from "./data.js";
import { Overview } from "./overview.js";
import { handlePrinting } from "./printing.js";
import { makeSortable } from "./tables.js";

/** @import { Head, Series } from "./data.js" */

function start() {
  const head = /** @type {Head} */ (json("head"));
  /** @type {NodeListOf<HTMLTableElement>} */
  const tables = document.querySelectorAll("table.sortable");
  tables.forEach(makeSortable);
  drawSmallCharts(head);
  if (head.labels.length) startChart(head);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    drawSmallCharts(head);
  });
  document.documentElement.dataset.ready = "yes"; // the tests wait for this
}

/** @param {Head} head */
function startChart(head) {
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
  handleEvents(() => chart);
  handlePrinting(head, () => chart, overview);
}

start();
