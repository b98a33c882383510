// Makes the legend of a chart: buttons that show and hide its parts.

import { byId, html, svg } from "../elements.js";
import { bandClass, methodClass } from "./colours.js";

/**
 * @import { Series } from "../data.js"
 * @typedef {{ key: string, text: string, kind: "line" | "area", style: string }} Part
 *     style: the class it is drawn with
 */

/** The hidden parts stay hidden when another series is shown. */
export class Legend {
  /** @param {string[]} methods  the other methods, in the order of their colours */
  constructor(methods) {
    this.methods = methods;
    this.place = byId("legend", HTMLElement);
    /** Hidden parts; the other methods are hidden until they are selected. */
    this.hidden = new Set(methods.map((name) => `competitor ${name}`));
  }

  /**
   * Shows the parts of a series.
   *
   * @param {Series} series
   * @param {() => void} redraw  called when a part is shown or hidden
   */
  show(series, redraw) {
    const parts = this.parts(series);
    this.place.replaceChildren(...parts.map((part) => this.button(part, redraw)));
  }

  /**
   * @param {Part} part
   * @param {() => void} redraw
   */
  button({ key, text, kind, style }, redraw) {
    const pressed = () => String(!this.hidden.has(key));
    const button = html("button", { type: "button", "aria-pressed": pressed() });
    const sign = svg("svg", { viewBox: "0 0 26 12", "aria-hidden": "true" }, button);
    if (kind === "area") svg("rect", { width: 26, height: 12, class: style }, sign);
    else svg("path", { d: "M0 6H26", class: style }, sign);
    button.append(text);
    button.addEventListener("click", () => {
      if (this.hidden.has(key)) this.hidden.delete(key);
      else this.hidden.add(key);
      button.setAttribute("aria-pressed", pressed());
      redraw();
    });
    return button;
  }

  /**
   * @param {Series} series
   * @returns {Part[]}
   */
  parts({ times, ahead, pointName }) {
    /** @type {Part[]} */
    const parts = [];
    if (times.length) parts.push({ key: "past", text: "observed", kind: "line", style: "past" });
    if (!ahead.length) return parts;
    const [{ bands, competitors }] = ahead;
    parts.push({ key: "point", text: `forecast (${pointName})`, kind: "line", style: "point" });
    for (const [k, { level }] of [...bands.entries()].reverse()) {
      const style = bandClass(k, bands.length);
      parts.push({ key: `band${level}`, text: `${level} % interval`, kind: "area", style });
    }
    if (ahead.some(({ closed }) => closed.length))
      parts.push({ key: "closed", text: "closed", kind: "area", style: "closed" });
    for (const { name } of competitors) {
      const style = methodClass(name, this.methods);
      parts.push({ key: `competitor ${name}`, text: name, kind: "line", style });
    }
    return parts;
  }
}
