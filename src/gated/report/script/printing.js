// Prepares the page for paper: the chart in the width of a page, and all that can be scrolled or
// opened on a screen.

import { drawSmallCharts } from "./charts/small_charts.js";
import { byId } from "./elements.js";

/**
 * @import { Chart } from "./charts/chart.js"
 * @import { Head } from "./data.js"
 * @import { Overview } from "./overview.js"
 */

const PAPER = 690; // pixels between the margins of A4
const HALF = 330; // of two small charts next to each other
const MOST_STEPS = 100; // more would fill pages with numbers

/**
 * @param {Head} head
 * @param {() => Chart} current  returns the chart in the page
 * @param {Overview | null} overview
 * @param {AbortSignal} signal  ends the listeners of the window
 */
export function handlePrinting(head, current, overview, signal) {
  const values = byId("values", HTMLDetailsElement);
  let wasOpen = false;
  addEventListener(
    "beforeprint",
    () => {
      const chart = current();
      wasOpen = values.open;
      const { ahead } = chart.series;
      values.open = wasOpen || (ahead.length === 1 && ahead[0].times.length <= MOST_STEPS);
      chart.isPrinted = true;
      chart.draw(PAPER);
      chart.tabulate();
      drawSmallCharts(head, HALF);
      overview?.print(true);
    },
    { signal },
  );
  addEventListener(
    "afterprint",
    () => {
      const chart = current();
      values.open = wasOpen;
      chart.isPrinted = false;
      chart.draw();
      chart.tabulate();
      drawSmallCharts(head);
      overview?.print(false);
    },
    { signal },
  );
}
