// Draws the common parts of all charts: margins, scales, the axis of values and lines.

import { svg } from "../elements.js";
import { formatNumber } from "../format.js";

/**
 * @import { Values } from "../data.js"
 * @typedef {(value: number) => number} Scale  from a time or a value to a pixel
 */

export const RIGHT = 12; // margins in pixels
export const TOP = 26;
const [MARGIN, GAP, DIGIT] = [46, 8, 7.7]; // least margin, between number and line, of a digit

/**
 * Makes the scale that maps the values from low to high onto the pixels from begin to end.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} begin
 * @param {number} end
 * @returns {Scale}
 */
export function linearScale(low, high, begin, end) {
  const span = high / 2 - low / 2; // the whole difference may overflow
  return (value) => begin + ((value / 2 - low / 2) / span) * (end - begin);
}

/**
 * Returns the margin that the numbers of an axis need.
 *
 * @param {number[]} ticks
 */
export function leftMargin(ticks) {
  const longest = Math.max(...ticks.map((tick) => formatNumber(tick, spanOf(ticks)).length));
  return Math.max(MARGIN, Math.ceil(longest * DIGIT) + GAP + 2);
}

/**
 * Draws a grid line and a number for each tick.
 *
 * @param {SVGElement} picture
 * @param {number[]} ticks
 * @param {Scale} y
 * @param {number} left  where the grid lines begin
 * @param {number} right  where they end
 */
export function drawValueAxis(picture, ticks, y, left, right) {
  const span = spanOf(ticks);
  for (const tick of ticks) {
    svg("path", { d: `M${left} ${y(tick)}H${right}`, class: "grid" }, picture);
    const place = { x: left - GAP, y: y(tick) + 4, "text-anchor": "end" };
    svg("text", place, picture, formatNumber(tick, span));
  }
}

/** @param {number[]} ticks  from the first to the last */
export function spanOf(ticks) {
  return 2 * (ticks[ticks.length - 1] / 2 - ticks[0] / 2);
}

/**
 * Writes a line as an SVG path. Missing values interrupt it; a single value becomes a dot.
 *
 * @param {number[]} times
 * @param {Values} values
 * @param {Scale} x
 * @param {Scale} y
 * @param {number} pixels  the width of the chart
 */
export function linePath(times, values, x, y, pixels) {
  const dot = "h0.01"; // a line of length 0 is invisible
  let path = "";
  let length = 0; // points of the current piece
  for (const i of thinned(times, values, x, pixels)) {
    const value = values[i];
    if (value === null) {
      if (length === 1) path += dot;
      length = 0;
    } else {
      path += `${length ? "L" : "M"}${x(times[i]).toFixed(1)} ${y(value).toFixed(1)}`;
      length += 1;
    }
  }
  return length === 1 ? path + dot : path;
}

/**
 * Selects the points to draw: the first, lowest, highest and last one of each pixel, so that the
 * line looks the same as with all points.
 *
 * @param {number[]} times
 * @param {Values} values
 * @param {Scale} x
 * @param {number} pixels
 * @returns {number[]} their indices
 */
function thinned(times, values, x, pixels) {
  if (times.length <= 3 * pixels) return times.map((_, i) => i);
  const kept = [];
  let first = 0;
  while (first < times.length) {
    const pixel = Math.floor(x(times[first]));
    let end = first + 1;
    while (end < times.length && Math.floor(x(times[end])) === pixel) end += 1;
    const [low, high] = extremes(values, first, end);
    kept.push(...[...new Set([first, low, high, end - 1])].sort((a, b) => a - b));
    first = end;
  }
  return kept;
}

/**
 * Finds the indices of the lowest and the highest value.
 *
 * @param {Values} values
 * @param {number} begin
 * @param {number} end
 * @returns {[low: number, high: number]}
 */
function extremes(values, begin, end) {
  let low = begin;
  let high = begin;
  for (let i = begin; i < end; i++) {
    const [value, least, most] = [values[i], values[low], values[high]];
    if (value === null || least === null || value < least) low = i;
    if (most === null || (value !== null && value > most)) high = i;
  }
  return [low, high];
}
