// Handles mouse, touch and keyboard events of the chart.

import { byId, svg } from "../elements.js";
import { TOP } from "./frame.js";

/** @import { Chart } from "./chart.js" */

const [CLOSER, FARTHER] = [0.6, 1.7];
const SHORTEST_DRAG = 8; // in pixels; less is a click

/**
 * Adds the event handlers of the chart.
 *
 * @param {() => Chart} current  returns the chart in the page
 * @param {AbortSignal} signal  ends the observer of the chart's size
 */
export function handleEvents(current, signal) {
  const plot = byId("plot", HTMLElement);
  handlePointer(plot, current);
  handleWheel(plot, current);
  handleKeys(plot, current);
  byId("in", HTMLElement).addEventListener("click", () => current().zoom(CLOSER));
  byId("out", HTMLElement).addEventListener("click", () => current().zoom(FARTHER));
  byId("ahead", HTMLElement).addEventListener("click", () => current().showAhead());
  byId("back", HTMLElement).addEventListener("click", () => current().showFirst());
  byId("whole", HTMLElement).addEventListener("click", () => current().showWhole());
  byId("values", HTMLElement).addEventListener("toggle", () => current().tabulate());
  const observer = new ResizeObserver(() => current().fit());
  observer.observe(plot);
  signal.addEventListener("abort", () => observer.disconnect());
}

/**
 * Shows the values at the pointer, and zooms to a range that the mouse dragged over.
 *
 * @param {HTMLElement} plot
 * @param {() => Chart} current
 */
function handlePointer(plot, current) {
  /** @type {number | null} */
  let begun = null; // the time at which a drag began
  plot.addEventListener("pointerdown", (event) => {
    begun = event.pointerType === "mouse" ? current().timeUnder(event) : null;
  });
  plot.addEventListener("pointermove", (event) => {
    const chart = current();
    const time = chart.timeUnder(event);
    chart.point(chart.view.nearest(time));
    if (begun === null) return;
    const { x, bottom, overlay } = chart.drawing;
    const [left, right] = [x(begun), x(time)].sort((a, b) => a - b);
    const area = { x: left, y: TOP, width: right - left, height: bottom - TOP, class: "zoom" };
    svg("rect", area, overlay);
  });
  plot.addEventListener("pointerup", (event) => {
    if (begun === null) return;
    const chart = current();
    const [from, to] = [begun, chart.timeUnder(event)].sort((a, b) => a - b);
    begun = null;
    const { x } = chart.drawing;
    if (x(to) - x(from) > SHORTEST_DRAG) chart.zoomTo(from, to);
  });
  plot.addEventListener("pointerleave", () => {
    begun = null;
  });
  plot.addEventListener("dblclick", () => current().showFirst());
}

/**
 * Zooms around the pointer with Ctrl, Shift or the focus; else the page scrolls.
 *
 * @param {HTMLElement} plot
 * @param {() => Chart} current
 */
function handleWheel(plot, current) {
  const wheel = (/** @type {WheelEvent} */ event) => {
    if (!event.ctrlKey && !event.shiftKey && document.activeElement !== plot) return;
    event.preventDefault();
    const chart = current();
    chart.zoom(event.deltaY > 0 ? 1.25 : 0.8, chart.timeUnder(event));
  };
  plot.addEventListener("wheel", wheel, { passive: false });
}

/**
 * @param {HTMLElement} plot
 * @param {() => Chart} current
 */
function handleKeys(plot, current) {
  /** @type {Map<string, (chart: Chart, jump: number) => void>} */
  const actions = new Map([
    ["ArrowLeft", (chart, jump) => chart.step(-jump)],
    ["ArrowRight", (chart, jump) => chart.step(jump)],
    ["Home", (chart) => chart.step(-1e9)],
    ["End", (chart) => chart.step(1e9)],
    ["+", (chart) => chart.zoom(CLOSER)],
    ["=", (chart) => chart.zoom(CLOSER)], // on keyboards where + needs Shift
    ["-", (chart) => chart.zoom(FARTHER)],
    ["Escape", (chart) => chart.showFirst()],
  ]);
  plot.addEventListener("keydown", (event) => {
    const action = actions.get(event.key);
    if (!action) return;
    event.preventDefault();
    action(current(), event.shiftKey ? 10 : 1);
  });
}
