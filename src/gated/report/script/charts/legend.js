// Makes the legend of a chart: buttons that show and hide its parts.

import { byId, html, svg } from "../elements.js";

/**
 * @import { Series } from "../data.js"
 * @typedef {{ key: string, text: string, kind: "past" | "median" | "band" | "competitor" }} Part
 *     kind: the class it is drawn with
 */

/** The hidden parts stay hidden when another series is shown. */
export class Legend {
  /** @param {string} line  the name of the forecast's line */
  constructor(line) {
    this.line = line;
    this.place = byId("legend", HTMLElement);
    /** @type {Set<string>} */
    this.hidden = new Set();
    /** @type {Set<string>} */
    this.listed = new Set(); // methods in the legends so far
  }

  /**
   * Shows the parts of a series. Other methods are hidden until they are selected.
   *
   * @param {Series} series
   * @param {() => void} redraw  called when a part is shown or hidden
   */
  show(series, redraw) {
    const parts = partsOf(series, this.line);
    for (const { key } of parts.filter(({ kind }) => kind === "competitor")) {
      if (!this.listed.has(key)) this.hidden.add(key);
      this.listed.add(key);
    }
    this.place.replaceChildren(...parts.map((part) => this.button(part, redraw)));
  }

  /**
   * @param {Part} part
   * @param {() => void} redraw
   */
  button({ key, text, kind }, redraw) {
    const pressed = () => String(!this.hidden.has(key));
    const button = html("button", { type: "button", "aria-pressed": pressed() });
    const sign = svg("svg", { viewBox: "0 0 22 10", "aria-hidden": "true" }, button);
    if (kind === "band") svg("rect", { width: 22, height: 10, class: kind }, sign);
    else svg("path", { d: "M0 5H22", class: kind }, sign);
    button.append(text);
    button.addEventListener("click", () => {
      if (this.hidden.has(key)) this.hidden.delete(key);
      else this.hidden.add(key);
      button.setAttribute("aria-pressed", pressed());
      redraw();
    });
    return button;
  }
}

/**
 * @param {Series} series
 * @param {string} line
 * @returns {Part[]}
 */
function partsOf({ times, ahead }, line) {
  /** @type {Part[]} */
  const parts = times.length ? [{ key: "past", text: "observed", kind: "past" }] : [];
  if (!ahead.length) return parts;
  const [{ bands, competitors }] = ahead;
  parts.push({ key: "median", text: line, kind: "median" });
  for (const { level } of bands) {
    parts.push({ key: `band${level}`, text: `${level} % interval`, kind: "band" });
  }
  for (const { name } of competitors)
    parts.push({ key: `competitor ${name}`, text: name, kind: "competitor" });
  return parts;
}
