// Draws the small charts of accuracy: errors by step ahead, and coverage of the intervals.

import { html, svg } from "../elements.js";
import { formatNumber } from "../format.js";
import { methodClass } from "./colours.js";
import { drawValueAxis, leftMargin, linearScale, linePath, RIGHT, TOP } from "./frame.js";
import { roundTicks } from "./ticks.js";

/** @import { Curves, Head } from "../data.js" */

const [WIDE, HIGH, BOTTOM] = [480, 260, 44];

/**
 * Draws all of them again.
 *
 * @param {Head} head
 * @param {number} [space]  the width of each; that of its place by default
 */
export function drawSmallCharts({ curves, coverage, methods }, space) {
  const style = (/** @type {string} */ name) =>
    `line ${name === "level" ? "nominal" : methodClass(name, methods)}`;
  for (const place of elements("[data-curve]")) {
    const one = curves[Number(place.dataset.curve)];
    const description = `${one.title}: ${one.lines.map(([name]) => name).join(", ")}`;
    drawCurves(place, one, description, style, space);
  }
  if (!coverage) return;
  for (const place of elements("[data-coverage]")) drawCoverage(place, coverage, space);
}

/**
 * @param {string} selector
 * @returns {NodeListOf<HTMLElement>}
 */
function elements(selector) {
  return document.querySelectorAll(selector);
}

/**
 * @param {HTMLElement} place
 * @param {[nominal: number[], actual: number[]]} coverage  in percent
 * @param {number} [space]
 */
function drawCoverage(place, [nominal, actual], space) {
  const order = [...nominal.keys()].sort((a, b) => nominal[a] - nominal[b]);
  const at = [0, ...order.map((i) => nominal[i]), 100];
  /** @type {Curves["lines"]} */
  const lines = [
    ["actual", [0, ...order.map((i) => actual[i]), 100]],
    ["nominal", at],
  ];
  const texts = order.map((i) => `${nominal[i]} % intervals covered ${actual[i].toFixed(0)} %`);
  const one = { title: "", x: "nominal coverage, %", y: "actual coverage, %", at, lines };
  const style = (/** @type {string} */ name) => `line ${name === "actual" ? "point" : "nominal"}`;
  drawCurves(place, one, texts.join("; "), style, space);
}

/**
 * @param {HTMLElement} place  its content is replaced
 * @param {Curves} curves
 * @param {string} description  for screen readers
 * @param {(name: string) => string} style  the class of a line
 * @param {number} [space]
 */
function drawCurves(place, curves, description, style, space) {
  const values = curves.lines.flatMap(([, line]) => line).filter((value) => value !== null);
  if (!values.length) {
    place.replaceChildren();
    return;
  }
  const width = Math.max(280, space ?? (place.clientWidth || WIDE));
  const [right, bottom] = [width - RIGHT, HIGH - BOTTOM];
  const ticks = roundTicks(Math.min(0, ...values), Math.max(...values), 4);
  const [from, last] = [Math.min(...curves.at), Math.max(...curves.at)];
  const to = last === from ? from + 1 : last;
  const left = leftMargin(ticks);
  const x = linearScale(from, to, left, right);
  const y = linearScale(ticks[0], ticks[ticks.length - 1], bottom, TOP);

  const view = { viewBox: `0 0 ${width} ${HIGH}`, role: "img", "aria-label": description };
  const picture = svg("svg", view);
  drawValueAxis(picture, ticks, y, left, right);
  for (const tick of roundTicks(from, to, 6).filter((one) => one >= from && one <= to)) {
    const below = { x: x(tick), y: bottom + 18, "text-anchor": "middle" };
    svg("text", below, picture, formatNumber(tick, to - from));
  }
  svg("text", { x: right, y: HIGH - 6, "text-anchor": "end" }, picture, curves.x);
  svg("text", { x: 0, y: 12 }, picture, curves.y);
  // The first line is the most important one, so it is drawn on top.
  for (const [name, line] of [...curves.lines].reverse()) {
    svg("path", { d: linePath(curves.at, line, x, y, width), class: style(name) }, picture);
  }
  place.replaceChildren(
    picture,
    key(
      curves.lines.map(([name]) => name),
      style,
    ),
  );
}

/**
 * Lists the names of the lines, each with a sample of its line.
 *
 * @param {string[]} names
 * @param {(name: string) => string} style
 */
function key(names, style) {
  const list = html("ul", { class: "key" });
  for (const name of names) {
    const item = html("li");
    const sign = svg("svg", { viewBox: "0 0 26 8", "aria-hidden": "true" }, item);
    svg("path", { d: "M0 4H26", class: style(name) }, sign);
    item.append(name);
    list.append(item);
  }
  return list;
}
