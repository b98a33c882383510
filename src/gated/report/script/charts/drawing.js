// Draws the part of a series that is in view as one SVG picture.

import { svg } from "../elements.js";
import { bandClass, methodClass } from "./colours.js";
import { drawValueAxis, leftMargin, linearScale, linePath, RIGHT, TOP } from "./frame.js";
import { roundTicks, timeTicks } from "./ticks.js";

/**
 * @import { Clock } from "../clock.js"
 * @import { Head, Series, Values } from "../data.js"
 * @import { Scale } from "./frame.js"
 * @import { Legend } from "./legend.js"
 * @import { View } from "./view.js"
 *
 * @typedef {object} Drawing
 * @property {SVGSVGElement} picture
 * @property {SVGGElement} overlay  where the cursor is drawn
 * @property {Scale} x  from times to pixels
 * @property {Scale} y  from values to pixels
 * @property {number} width
 * @property {number} left  where the axis of times begins
 * @property {number} right  where it ends
 * @property {number} bottom  where the axis of values begins
 *
 * @typedef {{ style: string, times: number[], values: Values }} Line  style: its class
 * @typedef {{ style: string, times: number[], lower: Values, upper: Values }} Area
 */

const [WIDE, HIGH, LOW] = [820, 380, 270];
const NARROW = 560;
const BOTTOM = 30; // margin
const BOTTOM_WITH_ZONE = 48;
const LABEL = 80; // pixels that a label of the axis needs
const THINNEST = 3; // half of the width of an interval of a single step

/**
 * @param {Series} series
 * @param {View} view
 * @param {Legend} legend
 * @param {Head} head
 * @param {Clock} clock
 * @param {number} space  the width for the picture; 0 without a layout
 * @returns {Drawing}
 */
export function drawSeries(series, view, legend, head, clock, space) {
  const lines = linesInView(series, view, legend);
  const areas = areasInView(series, view, legend);
  const width = Math.max(280, Math.round(space || WIDE));
  const height = width < NARROW ? LOW : HIGH;
  const [right, bottom] = [width - RIGHT, height - (clock.zone ? BOTTOM_WITH_ZONE : BOTTOM)];
  const [from, to] = view.range;
  const ticks = valueTicks(lines, areas, height / 70);
  const left = leftMargin(ticks);
  const x = linearScale(from, to, left, right);
  const y = linearScale(ticks[0], ticks[ticks.length - 1], bottom, TOP);

  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const clip = svg("clipPath", { id: "inside" }, svg("defs", {}, picture));
  svg("rect", { x: left, y: 0, width: right - left, height: bottom }, clip);
  const below = svg("g", { "clip-path": "url(#inside)" }, picture);
  if (!legend.hidden.has("closed")) drawClosed(below, series, x, bottom);
  for (const area of areas) drawArea(below, area, x, y);
  drawValueAxis(picture, ticks, y, left, right);
  drawTimeAxis(picture, view, clock, x, bottom);
  svg("text", { x: 0, y: 12 }, picture, head.y);
  const inside = svg("g", { "clip-path": "url(#inside)" }, picture);
  for (const cutoff of cutoffs(series)) {
    svg("path", { d: `M${x(cutoff).toFixed(1)} ${TOP}V${bottom}`, class: "cutoff" }, inside);
  }
  for (const { style, times, values } of lines) {
    svg("path", { d: linePath(times, values, x, y, width), class: style }, inside);
  }
  const overlay = svg("g", {}, inside);
  return { picture, overlay, x, y, width, left, right, bottom };
}

/**
 * Draws the labels of the axis of times, and the name of their zone.
 *
 * @param {SVGElement} picture
 * @param {View} view
 * @param {Clock} clock
 * @param {Scale} x
 * @param {number} bottom
 */
function drawTimeAxis(picture, view, clock, x, bottom) {
  const [from, to] = view.range;
  const right = x(to);
  for (const [time, text] of timeTicks(from, to, clock, (right - x(from)) / LABEL)) {
    const place = x(time);
    svg("path", { d: `M${place.toFixed(1)} ${bottom}v4`, class: "tick" }, picture);
    // The label at the end of the axis would be cut otherwise.
    const isLast = place > right - LABEL / 3;
    const at = { x: isLast ? right + RIGHT : place, y: bottom + 20 };
    svg("text", { ...at, "text-anchor": isLast ? "end" : "middle" }, picture, text);
  }
  if (!clock.zone) return;
  const at = { x: right, y: bottom + 40, "text-anchor": "end" };
  svg("text", at, picture, `time in ${clock.zone}`);
}

/**
 * @param {Series} series
 * @param {View} view
 * @param {Legend} legend
 */
function linesInView(series, view, { hidden, methods }) {
  /** @type {Line[]} */
  const lines = [];
  /** @type {(style: string, times: number[], values: Values) => void} */
  const add = (style, times, values) => {
    const [part, shown] = view.part(times, values);
    lines.push({ style, times: part, values: shown });
  };
  if (!hidden.has("past")) add("past", series.times, series.y);
  for (const ahead of series.ahead) {
    for (const { name, values } of ahead.competitors) {
      if (!hidden.has(`competitor ${name}`)) add(methodClass(name, methods), ahead.times, values);
    }
    if (!hidden.has("point")) add("point", ahead.times, ahead.point);
  }
  return lines;
}

/**
 * @param {Series} series
 * @param {View} view
 * @param {Legend} legend
 */
function areasInView(series, view, { hidden }) {
  /** @type {Area[]} */
  const areas = [];
  for (const { bands, times: steps } of series.ahead) {
    for (const [k, band] of bands.entries()) {
      if (hidden.has(`band${band.level}`)) continue;
      const [times, lower, upper] = view.part(steps, band.lower, band.upper);
      if (times.length) areas.push({ style: bandClass(k, bands.length), times, lower, upper });
    }
  }
  return areas;
}

/**
 * The middle between the last observed time and the first step of each forecast.
 *
 * @param {Series} series
 * @returns {number[]}
 */
function cutoffs(series) {
  if (!series.times.length) return [];
  const begins = series.ahead.flatMap((one) => one.times.slice(0, 1));
  return begins.map((begin) => (begin + (series.times.findLast((t) => t < begin) ?? begin)) / 2);
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
 * Draws closed steps as pale stripes, from the middle between two steps to the next one.
 *
 * @param {SVGElement} below
 * @param {Series} series
 * @param {Scale} x
 * @param {number} bottom
 */
function drawClosed(below, { ahead }, x, bottom) {
  for (const { times, closed } of ahead) {
    // Steps in a row become one stripe, because seams would be visible.
    const begins = closed.filter((k) => !closed.includes(k - 1));
    const ends = closed.filter((k) => !closed.includes(k + 1));
    begins.forEach((begin, i) => {
      const [left, right] = [x(border(times, begin, -1)), x(border(times, ends[i], 1))];
      const place = { x: left, y: TOP, width: Math.max(0.5, right - left), height: bottom - TOP };
      svg("rect", { ...place, class: "closed" }, below);
    });
  }
}

/**
 * The middle between a step and the next one, or the one before.
 *
 * @param {number[]} times
 * @param {number} k
 * @param {1 | -1} side
 */
function border(times, k, side) {
  const time = times[k];
  const other = times[k + side] ?? 2 * time - (times[k - side] ?? time);
  return (time + other) / 2;
}

/**
 * An interval: its upper end from left to right, its lower end back.
 *
 * @param {SVGElement} below
 * @param {Area} area
 * @param {Scale} x
 * @param {Scale} y
 */
function drawArea(below, { style, times, lower, upper }, x, y) {
  const sides = times.length === 1 ? [-THINNEST, THINNEST] : [0];
  /** @type {(values: Values) => string[]} */
  const points = (values) =>
    times.flatMap((time, i) =>
      sides.map((side) => `${(x(time) + side).toFixed(1)} ${y(values[i] ?? 0).toFixed(1)}`),
    );
  const outline = [...points(upper), ...points(lower).reverse()].join("L");
  svg("path", { d: `M${outline}Z`, class: style }, below);
}
