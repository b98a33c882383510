// Draws the chart of one series, with the range in view and the cursor.

import { valuesAt } from "../data.js";
import { byId, svg } from "../elements.js";
import { amountsWriter } from "../format.js";
import { fillValueTable } from "../tables.js";
import { drawSeries } from "./drawing.js";
import { TOP } from "./frame.js";
import { View } from "./view.js";

/**
 * @import { Clock } from "../clock.js"
 * @import { Head, Moment, Series } from "../data.js"
 * @import { Drawing } from "./drawing.js"
 * @import { Legend } from "./legend.js"
 */

const HINT = "Point at the chart to read values; drag to zoom in. Keys: ← → + − Esc.";

export class Chart {
  /**
   * Draws a series in place of the previous one.
   *
   * @param {Head} head
   * @param {Clock} clock
   * @param {Legend} legend
   * @param {Series} series
   * @param {string} figures  the series' row of the overview as text
   */
  constructor(head, clock, legend, series, figures) {
    this.head = head;
    this.clock = clock;
    this.legend = legend;
    this.series = series;
    this.view = new View(series, head.view);
    this.write = amountsWriter([...series.y, ...series.ahead.flatMap((one) => one.point)]);
    this.plot = byId("plot", HTMLElement);
    this.readout = byId("readout", HTMLElement);
    /** @type {number | null} */
    this.cursor = null;
    this.isPrinted = false; // on paper, the table of values has no past

    byId("label", HTMLElement).textContent = series.label;
    byId("figures", HTMLElement).textContent = figures;
    this.readout.textContent = HINT;
    this.readout.className = "hint";
    legend.show(series, () => this.draw());
    this.drawing = this.drawn();
    this.tabulate();
  }

  /** @param {number} [space]  the width; that of the page by default */
  draw(space) {
    this.drawing = this.drawn(space);
    if (this.cursor !== null) this.point(this.cursor);
  }

  /**
   * @param {number} [space]
   * @returns {Drawing} the drawing that is now in the page
   */
  drawn(space) {
    const { series, view, legend, head, clock, plot } = this;
    const drawing = drawSeries(series, view, legend, head, clock, space ?? plot.clientWidth);
    plot.replaceChildren(drawing.picture);
    plot.setAttribute("aria-label", this.description());
    return drawing;
  }

  /** The description of the chart for screen readers. */
  description() {
    const [from, to] = this.view.range.map((time) => this.clock.text(Math.round(time)));
    const count = this.series.ahead.length;
    const what = count > 1 ? `${count} forecasts of the past` : "forecast after its past";
    return `${this.series.label}: ${what}, from ${from} to ${to}. Arrow keys read out values.`;
  }

  /**
   * Moves the cursor to a time and reads out its values.
   *
   * @param {number} time
   */
  point(time) {
    this.cursor = time;
    const { overlay, x, y, bottom } = this.drawing;
    const moment = valuesAt(this.series, time);
    overlay.replaceChildren();
    svg("path", { d: `M${x(time)} ${TOP}V${bottom}`, class: "cursor" }, overlay);
    /** @type {(value: number | null, kind: string) => void} */
    const dot = (value, kind) => {
      if (value === null) return;
      svg("circle", { cx: x(time), cy: y(value), r: 4, class: kind }, overlay);
    };
    dot(moment.observed, "dot-past");
    dot(moment.point, "dot-point");
    const values = this.readings(moment);
    if (!values.length) values.push("not observed");
    this.readout.className = "";
    this.readout.textContent = [this.clock.text(time), ...values].join(" · ");
  }

  /**
   * Values of one time, each with its name.
   *
   * @param {Moment} moment
   */
  readings({ observed, ahead, step, point }) {
    const { write } = this;
    const parts = observed === null ? [] : [`observed ${write(observed)}`];
    if (!ahead || point === null) return parts;
    const closed = ahead.closed.includes(step) ? ", closed" : "";
    parts.push(`forecast ${write(point)}${closed}`);
    for (const { level, lower, upper } of [...ahead.bands].reverse()) {
      parts.push(`${level} %: ${write(lower[step])} to ${write(upper[step])}`);
    }
    for (const { name, values } of ahead.competitors) {
      if (!this.legend.hidden.has(`competitor ${name}`))
        parts.push(`${name} ${write(values[step])}`);
    }
    return parts;
  }

  /**
   * Moves the cursor by some steps, and the view with it.
   *
   * @param {number} steps
   */
  step(steps) {
    const { times } = this.view;
    const begin = this.series.ahead.at(-1)?.times[0] ?? times[times.length - 1];
    const isFirst = this.cursor === null && Math.abs(steps) === 1; // an arrow begins at the forecast
    const time = this.view.stepsFrom(this.cursor ?? begin, isFirst ? 0 : steps);
    if (this.view.reveal(time)) this.draw();
    this.point(time);
  }

  /**
   * @param {number} factor  below 1: a shorter range
   * @param {number} [around]
   */
  zoom(factor, around) {
    this.view.zoom(factor, around);
    this.draw();
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  zoomTo(from, to) {
    this.view.range = [from, to];
    this.draw();
  }

  showWhole() {
    this.view.showWhole();
    this.draw();
  }

  showAhead() {
    this.view.showAhead();
    this.draw();
  }

  showFirst() {
    this.view.showFirst();
    this.draw();
  }

  /**
   * The time under the pointer.
   *
   * @param {MouseEvent} event
   */
  timeUnder(event) {
    const box = this.plot.getBoundingClientRect();
    const { left, right } = this.drawing;
    const pixel = ((event.clientX - box.left) / box.width) * this.drawing.width;
    const share = Math.max(0, Math.min(1, (pixel - left) / (right - left)));
    const [from, to] = this.view.range;
    return from + share * (to - from);
  }

  /** Redraws the chart if the width of the page has changed. */
  fit() {
    if (this.isPrinted) return; // the chart has the width of the paper
    if (Math.abs(this.plot.clientWidth - this.drawing.width) > 2) this.draw();
  }

  /** Fills the table of values if it is open. */
  tabulate() {
    const place = byId("values", HTMLDetailsElement);
    const content = place.querySelector("div");
    if (!content) return;
    if (place.open) {
      const { series, view, clock, write, isPrinted } = this;
      fillValueTable(content, series, view.times, clock, write, !isPrinted);
    } else content.replaceChildren();
  }
}
