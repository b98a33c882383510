// Writes numbers and times as text.

/** @import { Unit } from "./data.js" */

export const SECOND = 1e3; // in milliseconds, the unit of dates
export const DAY = 864e5;

/**
 * Writes a number with as many digits as its axis needs.
 *
 * @param {number | null} value
 * @param {number} span  from one end of the axis to the other
 */
export function formatNumber(value, span) {
  if (value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e9 || (size > 0 && size < 1e-4 && !(span >= 1))) return value.toExponential(2);
  const digits = span > 0 ? Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(span)))) : 2;
  return value.toLocaleString("en", { minimumFractionDigits: 0, maximumFractionDigits: digits });
}

/**
 * @param {number} time
 * @param {Unit} unit
 */
export function formatTime(time, unit) {
  if (unit === "step") return `step ${time.toLocaleString("en")}`;
  const date = new Date(time * (unit === "day" ? DAY : SECOND));
  const weekday = date.toLocaleDateString("en", { weekday: "short", timeZone: "UTC" });
  const day = `${weekday} ${date.toISOString().slice(0, 10)}`;
  return unit === "day" ? day : `${day} ${formatClock(date)}`;
}

/** @param {Date} date */
export function formatClock(date) {
  return date.toISOString().slice(11, 16);
}

/** @param {Date} date */
export function formatDay(date) {
  return date.toLocaleDateString("en", { day: "numeric", month: "short", timeZone: "UTC" });
}

/** @param {Date} date */
export function formatMonth(date) {
  return date.toLocaleDateString("en", { month: "short", timeZone: "UTC" });
}
