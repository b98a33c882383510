// Turns rows and a forecast of the server into a series of the report's charts.

/**
 * @import { Ahead, Head, Series, Unit } from "/static/report/script/data.js"
 *
 * @typedef {string | number} Time  as the server writes it
 * @typedef {{ ds: Time, y: number | null }[]} Rows
 *
 * @typedef {object} Forecast
 * @property {Record<string, any>[]} rows
 * @property {string} verdict
 * @property {string[]} notes
 * @property {Record<string, string>} rejected
 */

const SECOND = 1e3;
const DAY = 864e5;
const LOWER = "gated-lo-";

/**
 * @param {string} label
 * @param {Rows} rows
 * @param {Forecast | null} forecast
 * @returns {{ head: Head, series: Series, axis: number[] }}
 */
export function seriesOf(label, rows, forecast) {
  const past = rows.map(({ ds }) => ds);
  const ahead = forecast?.rows.map(({ ds }) => ds) ?? [];
  const unit = unitOf([...past, ...ahead]);
  const times = past.map((time) => numbered(time, unit));
  const steps = ahead.map((time) => numbered(time, unit));
  const isUtc = typeof past[0] === "string" && past[0].endsWith("Z");
  return {
    head: {
      labels: [label],
      columns: [],
      sort: null,
      total: false,
      first: 0,
      methods: [],
      axis: [],
      unit,
      zone: isUtc ? { name: "UTC", since: [], offsets: [] } : null,
      per: 1,
      view: 0,
      y: "",
      curves: [],
      coverage: null,
    },
    series: {
      label,
      pointName: "median",
      times,
      y: rows.map(({ y }) => y),
      ahead: forecast?.rows.length ? [aheadOf(forecast, steps)] : [],
    },
    axis: [...new Set([...times, ...steps])].sort((a, b) => a - b),
  };
}

/**
 * @param {Forecast} forecast
 * @param {number[]} times
 * @returns {Ahead}
 */
function aheadOf({ rows }, times) {
  const column = (/** @type {string} */ name) =>
    rows.map((row) => /** @type {number} */ (row[name]));
  const levels = Object.keys(rows[0]).filter((name) => name.startsWith(LOWER));
  const bands = levels.map((name) => {
    const level = name.slice(LOWER.length);
    return { level, lower: column(name), upper: column(`gated-hi-${level}`) };
  });
  bands.sort((a, b) => Number(b.level) - Number(a.level));
  return { times, point: column("gated"), bands, competitors: [], closed: [] };
}

/**
 * @param {Time[]} times
 * @returns {Unit}
 */
function unitOf(times) {
  if (typeof times[0] === "number") return "step";
  return times.every((time) => !String(time).includes("T")) ? "day" : "second";
}

/**
 * @param {Time} time
 * @param {Unit} unit
 */
function numbered(time, unit) {
  if (typeof time === "number") return time;
  const wall = Date.parse(time.includes("T") ? `${time.replace("Z", "")}Z` : time);
  return wall / (unit === "day" ? DAY : SECOND);
}
