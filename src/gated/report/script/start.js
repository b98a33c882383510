// Starts the page: reads its data, draws the first series and adds the event handlers.

import { Chart } from "./charts/chart.js";
import { handleEvents } from "./charts/interaction.js";
import { Legend } from "./charts/legend.js";
import { drawSmallCharts } from "./charts/small_charts.js";
import { SeriesStore, unzipped } from "./data.js";
import { SeriesList } from "./series_list.js";
import { makeSortable } from "./tables.js";

/**
 * @import { Entry, Head } from "./data.js"
 */

async function start() {
  const head = /** @type {Head} */ (await unzipped("head"));
  /** @type {NodeListOf<HTMLTableElement>} */
  const tables = document.querySelectorAll("table.sortable");
  tables.forEach(makeSortable);
  if (head.labels.length) await startChart(head);
  drawSmallCharts(head);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    drawSmallCharts(head);
  });
  document.documentElement.dataset.ready = "yes"; // the tests wait for this
}

/** @param {Head} head */
async function startChart(head) {
  const store = new SeriesStore(head);
  const legend = new Legend(head.line);
  const draw = (/** @type {Entry} */ entry) => new Chart(head, legend, entry);
  let chart = draw(await store.entry(0));
  handleEvents(() => chart);
  if (head.labels.length === 1) return; // the page has no list
  const list = new SeriesList(head, async (index) => {
    const entry = await store.entry(index);
    if (list.chosen === index) chart = draw(entry); // not if another one was chosen in the meantime
  });
}

start();
