// Draws the part of a series that is in view as one SVG picture.

import { svg } from "../elements.js";
import { drawValueAxis, LEFT, linearScale, linePath, RIGHT, spanOf, TOP } from "./frame.js";
import { roundTicks, timeTicks } from "./ticks.js";

/**
 * @import { Ahead, Head, Series, Values } from "../data.js"
 * @import { Scale } from "./frame.js"
 * @import { View } from "./view.js"
 *
 * @typedef {object} Drawing
 * @property {SVGSVGElement} picture
 * @property {SVGGElement} overlay  where the cursor is drawn
 * @property {Scale} x  from times to pixels
 * @property {Scale} y  from values to pixels
 * @property {number} width
 * @property {number} right  where the axis of times ends
 * @property {number} bottom  where the axis of values begins
 * @property {number} span  of the axis of values
 *
 * @typedef {{ kind: string, times: number[], values: Values }} Line  kind: its class
 * @typedef {{ times: number[], lower: Values, upper: Values }} Area
 */

const [WIDE, HIGH, LOW] = [820, 360, 260];
const NARROW = 560;
const BOTTOM = 28; // margin

/**
 * @param {Series} series
 * @param {View} view
 * @param {ReadonlySet<string>} hidden  keys of the legend
 * @param {Head} head
 * @param {number} space  the width for the picture; 0 without a layout
 * @returns {Drawing}
 */
export function drawSeries(series, view, hidden, head, space) {
  const lines = linesInView(series, view, hidden);
  const areas = areasInView(series, view, hidden);
  const width = Math.max(320, Math.round(space || WIDE));
  const height = width < NARROW ? LOW : HIGH;
  const [right, bottom] = [width - RIGHT, height - BOTTOM];
  const [from, to] = view.range;
  const ticks = valueTicks(lines, areas, height / 70);
  const x = linearScale(from, to, LEFT, right);
  const y = linearScale(ticks[0], ticks[ticks.length - 1], bottom, TOP);

  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const clip = svg("clipPath", { id: "inside" }, svg("defs", {}, picture));
  svg("rect", { x: LEFT, y: 0, width: right - LEFT, height: bottom }, clip);
  drawValueAxis(picture, ticks, y, right);
  for (const [time, text] of timeTicks(from, to, head.unit, width / 95)) {
    svg("text", { x: x(time), y: height - 8, "text-anchor": "middle" }, picture, text);
  }
  svg("text", { x: 0, y: 12 }, picture, head.y);
  const inside = svg("g", { "clip-path": "url(#inside)" }, picture);
  for (const area of areas) drawArea(inside, area, x, y);
  for (const { kind, times, values } of lines) {
    svg("path", { d: linePath(times, values, x, y, width), class: kind }, inside);
  }
  for (const cutoff of cutoffs(series)) {
    svg("path", { d: `M${x(cutoff)} ${TOP}V${bottom}`, class: "cutoff" }, inside);
  }
  const overlay = svg("g", {}, inside);
  return { picture, overlay, x, y, width, right, bottom, span: spanOf(ticks) };
}

/**
 * @param {Series} series
 * @param {View} view
 * @param {ReadonlySet<string>} hidden
 */
function linesInView(series, view, hidden) {
  /** @type {Line[]} */
  const lines = [];
  /** @type {(kind: string, times: number[], values: Values) => void} */
  const add = (kind, times, values) => {
    const [part, shown] = view.part(times, values);
    lines.push({ kind, times: part, values: shown });
  };
  if (!hidden.has("past")) add("past", series.times, series.y);
  for (const ahead of series.ahead) {
    for (const { name, values } of ahead.competitors) {
      if (!hidden.has(`competitor ${name}`)) add("competitor", ahead.times, values);
    }
    if (!hidden.has("median")) add("median", ...joinedToPast(series, ahead));
  }
  return lines;
}

/**
 * @param {Series} series
 * @param {View} view
 * @param {ReadonlySet<string>} hidden
 */
function areasInView(series, view, hidden) {
  /** @type {Area[]} */
  const areas = [];
  for (const ahead of series.ahead) {
    for (const band of ahead.bands) {
      if (hidden.has(`band${band.level}`)) continue;
      const [times, lower, upper] = view.part(ahead.times, band.lower, band.upper);
      if (times.length) areas.push({ times, lower, upper });
    }
  }
  return areas;
}

/**
 * The median with the last value of the past before it, so that the two lines connect.
 *
 * @param {Series} series
 * @param {Ahead} ahead
 * @returns {[times: number[], values: Values]}
 */
function joinedToPast(series, ahead) {
  const last = series.times.findLastIndex((time) => time < ahead.times[0]);
  if (last < 0 || series.y[last] === null) return [ahead.times, ahead.median];
  return [
    [series.times[last], ...ahead.times],
    [series.y[last], ...ahead.median],
  ];
}

/**
 * The last observed time before each forecast.
 *
 * @param {Series} series
 * @returns {number[]}
 */
function cutoffs(series) {
  if (!series.times.length) return [];
  const begins = series.ahead.flatMap((one) => one.times.slice(0, 1));
  return begins.map((begin) => series.times.findLast((time) => time < begin) ?? begin);
}

/**
 * @param {Line[]} lines
 * @param {Area[]} areas
 * @param {number} count
 */
function valueTicks(lines, areas, count) {
  const all = [
    ...lines.map(({ values }) => values),
    ...areas.flatMap(({ lower, upper }) => [lower, upper]),
  ];
  let [least, most] = [Infinity, -Infinity];
  for (const value of all.flat()) {
    if (value === null) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most ? roundTicks(least, most, count) : [0, 1];
}

/**
 * An interval: its upper end from left to right, its lower end back.
 *
 * @param {SVGElement} inside
 * @param {Area} area
 * @param {Scale} x
 * @param {Scale} y
 */
function drawArea(inside, { times, lower, upper }, x, y) {
  /** @type {(values: Values) => string[]} */
  const points = (values) =>
    times.map((time, i) => `${x(time).toFixed(1)} ${y(values[i] ?? 0).toFixed(1)}`);
  const outline = [...points(upper), ...points(lower).reverse()].join("L");
  const isLine = times.length === 1;
  const shape = isLine
    ? { d: `M${outline}`, class: "median" }
    : { d: `M${outline}Z`, class: "band" };
  svg("path", shape, inside);
}
