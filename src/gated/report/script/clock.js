// Converts the times of the page to wall clock time in the table's own zone, and writes them.

/** @import { Head, Unit } from "./data.js" */

/** @typedef {"step" | "year" | "month" | "day" | "minute" | "second"} Precision  of written times */

export const SECOND = 1e3; // in milliseconds, the unit of dates
export const MINUTE = 60 * SECOND;
export const DAY = 864e5;
const [SHORTEST_MONTH, SHORTEST_YEAR] = [28 * DAY, 365 * DAY];

/** Times are numbers on the page's axis; a wall time is a date whose UTC fields are the clock's. */
export class Clock {
  /**
   * @param {Pick<Head, "unit" | "zone">} head
   * @param {number[]} axis  all times, rising
   */
  constructor({ unit, zone }, axis) {
    /** @type {Unit} */
    this.unit = unit;
    this.scale = unit === "day" ? DAY : SECOND;
    this.zone = zone?.name ?? "";
    this.since = zone?.since ?? [];
    this.offsets = zone?.offsets ?? [];
    this.precision = this.precisionOf(axis);
  }

  /**
   * The unit in which times are written, from the shortest step.
   *
   * @param {number[]} axis
   * @returns {Precision}
   */
  precisionOf(axis) {
    if (this.unit === "step") return "step";
    const shortest = axis.reduce(
      (least, time, i) => (i ? Math.min(least, time - axis[i - 1]) : least),
      Infinity,
    );
    const length = shortest * this.scale;
    if (this.unit === "second") return length < MINUTE ? "second" : "minute";
    if (!Number.isFinite(length) || length < SHORTEST_MONTH) return "day";
    return length < SHORTEST_YEAR ? "month" : "year";
  }

  /**
   * Seconds by which the wall clock is ahead of UTC at a time.
   *
   * @param {number} time
   */
  offset(time) {
    const k = this.since.findLastIndex((since) => since <= time);
    return this.offsets[Math.max(0, k)] ?? 0;
  }

  /**
   * @param {number} time
   * @returns {number} milliseconds
   */
  wall(time) {
    return time * this.scale + this.offset(time) * SECOND;
  }

  /**
   * The time at which the wall clock shows something; the first one if it does so twice.
   *
   * @param {number} wall  milliseconds
   */
  time(wall) {
    for (const offset of this.offsets) {
      const time = (wall - offset * SECOND) / this.scale;
      if (this.wall(time) === wall) return time;
    }
    return (wall - (this.offsets[0] ?? 0) * SECOND) / this.scale;
  }

  /**
   * Whether the wall clock shows this hour twice, because it was set back.
   *
   * @param {number} time
   */
  isTwice(time) {
    const wall = this.wall(time);
    return this.offsets.some((offset) => {
      const other = (wall - offset * SECOND) / this.scale;
      return other !== time && this.wall(other) === wall;
    });
  }

  /**
   * Writes a time.
   *
   * @param {number} time
   */
  text(time) {
    if (this.precision === "step") return `step ${time.toLocaleString("en")}`;
    const date = new Date(this.wall(time));
    if (this.precision === "year") return String(date.getUTCFullYear());
    if (this.precision === "month") return written(date, { month: "short", year: "numeric" });
    const weekday = written(date, { weekday: "short" });
    const day = `${weekday} ${formatDay(date)} ${date.getUTCFullYear()}`;
    if (this.precision === "day") return day;
    const clock = date.toISOString().slice(11, this.precision === "second" ? 19 : 16);
    return `${day} ${clock}${this.isTwice(time) ? ` ${utcOffset(this.offset(time))}` : ""}`;
  }
}

/**
 * @param {number} seconds
 * @returns {string} such as UTC+02:00
 */
function utcOffset(seconds) {
  const clock = new Date(Math.abs(seconds) * SECOND).toISOString().slice(11, 16);
  return `UTC${seconds < 0 ? "−" : "+"}${clock}`;
}

/**
 * @param {Date} date
 * @param {Intl.DateTimeFormatOptions} parts
 */
function written(date, parts) {
  return date.toLocaleDateString("en-US", { ...parts, timeZone: "UTC" });
}

/** @param {Date} date */
export function formatClock(date) {
  return date.toISOString().slice(11, 16);
}

/** @param {Date} date */
export function formatDay(date) {
  return `${date.getUTCDate()} ${formatMonth(date)}`;
}

/** @param {Date} date */
export function formatMonth(date) {
  return written(date, { month: "short" });
}
