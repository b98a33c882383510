// Shows one stored series with its forecast, and keeps both up to date while it is open.

import { Chart } from "/static/report/script/charts/chart.js";
import { handleEvents } from "/static/report/script/charts/interaction.js";
import { Legend } from "/static/report/script/charts/legend.js";
import { Clock } from "/static/report/script/clock.js";
import { byId, html } from "/static/report/script/elements.js";
import { handlePrinting } from "/static/report/script/printing.js";
import { askForKey } from "../access.js";
import { Problem, request } from "../api.js";
import { withCode } from "../reading.js";
import { listen } from "./events.js";
import { showList } from "./list.js";
import { seriesOf } from "./series.js";

/**
 * @import { View } from "/static/report/script/charts/view.js"
 * @import { Stored } from "./list.js"
 * @import { Forecast, Rows } from "./series.js"
 */

const [ROWS, LAST] = [1_000, 8]; // rows of the chart, and of the table
const LEVELS = "level=80&level=95";
const [PAUSE, LONG_PAUSE] = [300, 5_000]; // milliseconds between two updates, and after an error
const PASSING = [0, 429, 503]; // such an error may be over soon

/** @type {OpenSeries | null} */
let open = null;

/**
 * Opens a series, and closes that which was open.
 *
 * @param {string} label
 */
export function openSeries(label) {
  if (open?.label === label) return;
  closeSeries();
  open = new OpenSeries(label);
}

/** Closes the open series, if there is one. */
export function closeSeries() {
  open?.close();
  open = null;
}

class OpenSeries {
  /** @param {string} label */
  constructor(label) {
    this.label = label;
    this.path = `/v1/series/${encodeURIComponent(label)}`;
    this.ending = new AbortController();
    /** @type {Chart | null} */
    this.chart = null;
    /** @type {Rows} */
    this.rows = [];
    /** @type {Forecast | null} */
    this.forecast = null;
    this.isUpdating = false;
    this.hasChanged = false; // since the update began
    const place = byId("opened", HTMLElement);
    place.append(byId("opened-parts", HTMLTemplateElement).content.cloneNode(true));
    place.hidden = false;
    this.legend = new Legend([]);
    byId("label", HTMLElement).textContent = label;
    byId("label", HTMLElement).focus();
    this.addHandlers();
    this.listen();
  }

  addHandlers() {
    byId("close", HTMLElement).addEventListener("click", () => {
      location.hash = "";
      byId("find", HTMLElement).focus();
    });
    byId("ahead-form", HTMLElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.update();
    });
  }

  close() {
    this.ending.abort();
    byId("opened", HTMLElement).hidden = true;
    byId("opened", HTMLElement).replaceChildren();
  }

  async listen() {
    this.say("Connecting …");
    const handlers = {
      onSeries: (/** @type {Stored} */ stored) => {
        this.stored = stored;
        this.update();
      },
      onRemoved: () => {
        this.complain("This series was removed from the server.");
        showList();
      },
      onBreak: (/** @type {Problem} */ problem) =>
        this.complain(`${problem.message} The page tries again.`),
    };
    try {
      await listen(this.label, handlers, this.ending.signal);
    } catch (error) {
      this.fail(error, () => this.listen());
    }
  }

  /** Reads the rows and the forecast again; a change meanwhile is followed afterwards. */
  async update() {
    this.hasChanged = true;
    if (this.isUpdating) return;
    this.isUpdating = true;
    while (this.hasChanged && !this.ending.signal.aborted) {
      this.hasChanged = false;
      let pause = PAUSE;
      try {
        await this.updateOnce();
      } catch (error) {
        this.fail(error, () => this.update());
        if (error instanceof Problem && PASSING.includes(error.status)) {
          this.hasChanged = true;
          pause = LONG_PAUSE;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.isUpdating = false;
  }

  async updateOnce() {
    const { rows } = /** @type {{ rows: Rows }} */ (await this.read(`rows?limit=${ROWS}`));
    this.rows = rows;
    this.draw();
    showList();
    this.say("Forecasting …");
    const steps = byId("steps", HTMLInputElement);
    const query = steps.value ? `${LEVELS}&h=${encodeURIComponent(steps.value)}` : LEVELS;
    this.forecast = /** @type {Forecast} */ (await this.read(`forecast?${query}`));
    steps.value ||= String(this.forecast.rows.length || "");
    this.draw();
    const { verdict, notes, rejected } = this.forecast;
    const noBreak = "\u00a0";
    byId("verdict", HTMLElement).textContent = verdict.replaceAll(" %", `${noBreak}%`);
    byId("opened-notes", HTMLElement).replaceChildren(...notes.map((note) => withCode("li", note)));
    byId("how", HTMLElement).hidden = !notes.length;
    byId("opened-problem", HTMLElement).textContent = Object.values(rejected).join(" ");
    this.say(
      `Live: new rows appear by themselves. Up to date at ${new Date().toLocaleTimeString()}.`,
    );
  }

  /**
   * @param {string} what
   * @returns {Promise<unknown>}
   */
  async read(what) {
    const response = await request(`${this.path}/${what}`, { signal: this.ending.signal });
    return response.json();
  }

  /** Draws the chart again; the range in view, the cursor and the hidden parts stay. */
  draw() {
    if (this.ending.signal.aborted) return;
    const { head, series, axis } = seriesOf(this.label, this.rows, this.forecast);
    const before = this.chart;
    const clock = new Clock(head, axis);
    const figures = this.stored ? `${this.stored.rows.toLocaleString("en")} rows` : "";
    const chart = new Chart(head, clock, this.legend, series, figures);
    this.chart = chart;
    if (before) keepView(before.view, chart);
    if (before?.cursor != null) chart.point(before.cursor);
    if (!before) {
      handleEvents(() => this.chart ?? chart, this.ending.signal);
      handlePrinting(head, () => this.chart ?? chart, null, this.ending.signal);
    }
    this.tabulate(chart);
  }

  /**
   * Fills the table of the last values.
   *
   * @param {Chart} chart
   */
  tabulate({ series, clock, write }) {
    const rows = [...series.times.keys()].slice(-LAST).reverse();
    const body = byId("last", HTMLTableElement).tBodies[0];
    body.replaceChildren(
      ...rows.map((k) => {
        const row = html("tr");
        row.append(
          html("th", { scope: "row" }, clock.text(series.times[k])),
          html("td", {}, write(series.y[k])),
        );
        return row;
      }),
    );
  }

  /** @param {string} text */
  say(text) {
    if (!this.ending.signal.aborted) byId("live", HTMLElement).textContent = text;
  }

  /** @param {string} text */
  complain(text) {
    this.say("");
    if (!this.ending.signal.aborted) byId("opened-problem", HTMLElement).textContent = text;
  }

  /**
   * Shows an error.
   *
   * @param {unknown} error
   * @param {() => void} again  after a key was given
   */
  fail(error, again) {
    if (this.ending.signal.aborted) return;
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) askForKey(`open ${this.label}`, again);
    this.complain(error.message);
  }
}

/**
 * Shows the part that was in view before, unless that was the first one.
 *
 * @param {View} view
 * @param {Chart} chart
 */
function keepView({ range, first, near }, chart) {
  if (range === first) return;
  if (range === near) chart.showAhead();
  else chart.zoomTo(...range);
}
