// Draws the chart of one series, with the range in view and the cursor.

import { valuesAt } from "../data.js";
import { byId, svg } from "../elements.js";
import { formatNumber, formatTime } from "../format.js";
import { fillValueTable } from "../tables.js";
import { drawSeries } from "./drawing.js";
import { LEFT, TOP } from "./frame.js";
import { View } from "./view.js";

/**
 * @import { Entry, Head, Moment } from "../data.js"
 * @import { Drawing } from "./drawing.js"
 * @import { Legend } from "./legend.js"
 */

export class Chart {
  /**
   * Draws a series in place of the previous one.
   *
   * @param {Head} head
   * @param {Legend} legend
   * @param {Entry} entry
   */
  constructor(head, legend, entry) {
    this.head = head;
    this.legend = legend;
    this.label = entry.label;
    this.series = entry.series;
    this.view = new View(entry.series);
    this.plot = byId("plot", HTMLElement);
    this.readout = byId("readout", HTMLElement);
    /** @type {number | null} */
    this.cursor = null;

    byId("label", HTMLElement).textContent = entry.label;
    const figures = entry.figures.map(([name, value]) => `${name} ${value}`);
    byId("figures", HTMLElement).textContent = figures.join(" · ");
    this.readout.textContent = "";
    legend.show(entry.series, () => this.draw());
    this.drawing = this.drawn();
    this.tabulate();
  }

  draw() {
    this.drawing = this.drawn();
    if (this.cursor !== null) this.point(this.cursor);
  }

  /** @returns {Drawing} the drawing that is now in the page */
  drawn() {
    const { series, view, legend, head, plot } = this;
    const drawing = drawSeries(series, view, legend.hidden, head, plot.clientWidth);
    plot.replaceChildren(drawing.picture);
    plot.setAttribute("aria-label", this.description());
    return drawing;
  }

  /** The description of the chart for screen readers. */
  description() {
    const [from, to] = this.view.range.map((time) => formatTime(Math.round(time), this.head.unit));
    const count = this.series.ahead.length;
    const what = count > 1 ? `${count} forecasts of the past` : "forecast after its past";
    return `${this.label}: ${what}, from ${from} to ${to}. Arrow keys read out values.`;
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
    dot(moment.median, "dot-median");
    const values = this.readings(moment);
    if (!values.length) values.push("not observed");
    this.readout.textContent = [formatTime(time, this.head.unit), ...values].join(" · ");
  }

  /**
   * Values of one time, each with its name.
   *
   * @param {Moment} moment
   */
  readings({ observed, ahead, step, median }) {
    const written = (/** @type {number | null} */ value) => formatNumber(value, this.precision);
    const parts = observed === null ? [] : [`observed ${written(observed)}`];
    if (!ahead || median === null) return parts;
    parts.push(`forecast ${written(median)}`);
    for (const { level, lower, upper } of [...ahead.bands].reverse()) {
      parts.push(`${level} %: ${written(lower[step])} to ${written(upper[step])}`);
    }
    for (const { name, values } of ahead.competitors) {
      if (!this.legend.hidden.has(`competitor ${name}`))
        parts.push(`${name} ${written(values[step])}`);
    }
    return parts;
  }

  /** The span for numbers with one digit more than on the axis. */
  get precision() {
    return this.drawing.span / 10;
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

  /**
   * The time under the pointer.
   *
   * @param {MouseEvent} event
   */
  timeUnder(event) {
    const box = this.plot.getBoundingClientRect();
    const pixel = ((event.clientX - box.left) / box.width) * this.drawing.width;
    const share = Math.max(0, Math.min(1, (pixel - LEFT) / (this.drawing.right - LEFT)));
    const [from, to] = this.view.range;
    return from + share * (to - from);
  }

  /** Redraws the chart if the width of the page has changed. */
  fit() {
    if (Math.abs(this.plot.clientWidth - this.drawing.width) > 2) this.draw();
  }

  /** Fills the table of values if it is open. */
  tabulate() {
    const place = byId("values", HTMLDetailsElement);
    fillValueTable(place, this.series, this.view.times, this.head.unit, this.precision);
  }
}
