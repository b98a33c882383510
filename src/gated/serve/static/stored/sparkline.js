// Draws the last values of a series as a small line.

import { linearScale, linePath } from "/static/report/script/charts/frame.js";
import { svg } from "/static/report/script/elements.js";

/** @import { Values } from "/static/report/script/data.js" */

const [WIDE, HIGH, MARGIN] = [140, 30, 3];

/**
 * @param {Values} values  null for a missing one
 * @returns {SVGSVGElement}
 */
export function sparkline(values) {
  const picture = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true" });
  const seen = values.filter((value) => value !== null);
  if (!seen.length) return picture;
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  const pad = low === high ? Math.abs(low) / 2 || 1 : 0; // a constant line lies in the middle
  const x = linearScale(0, Math.max(1, values.length - 1), MARGIN, WIDE - MARGIN);
  const y = linearScale(low - pad, high + pad, HIGH - MARGIN, MARGIN);
  const steps = [...values.keys()];
  svg("path", { d: linePath(steps, values, x, y, WIDE), class: "past" }, picture);
  const last = values.findLastIndex((value) => value !== null);
  const end = { cx: x(last), cy: y(values[last] ?? 0), r: 2.2, class: "dot-past" };
  svg("circle", end, picture);
  return picture;
}
