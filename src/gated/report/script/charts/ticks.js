// Chooses the ticks of an axis: round numbers, round times.

import { DAY, formatClock, formatDay, formatMonth, MINUTE, SECOND } from "../clock.js";

/**
 * @import { Clock } from "../clock.js"
 * @typedef {[time: number, text: string]} TimeTick
 */

const HOUR = 60 * MINUTE;
const MONTH = 30.4 * DAY; // on average
const STEPS = [
  ...[1, 5, 15, 30].map((count) => count * SECOND),
  ...[1, 5, 15].map((count) => count * MINUTE),
  ...[1, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7].map((count) => count * DAY),
];
const MONTHS = [1, 3, 6, 12, 24, 60, 120, 240, 600];

/**
 * Returns round ticks from low to high. Both ends are included up to a thousandth of a step, the
 * rounding error of packing.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} count  their approximate number
 * @returns {number[]}
 */
export function roundTicks(low, high, count) {
  const half = high / 2 - low / 2; // the whole difference may overflow
  if (!(half > 0)) {
    const pad = Math.abs(low) * 0.1 || 1;
    return roundTicks(low - pad, high + pad, count);
  }
  const raw = (half / count) * 2;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5].find((m) => m * power >= raw * 0.999) ?? 10) * power;
  const ticks = [];
  for (let k = Math.floor(low / step + 1e-3); k * step < high + step * 0.999; k++) {
    ticks.push(k * step);
  }
  return ticks;
}

/**
 * Returns ticks at round times of the wall clock. The first one contains the year.
 *
 * @param {number} from
 * @param {number} to
 * @param {Clock} clock
 * @param {number} count  their largest number, approximately
 * @returns {TimeTick[]}
 */
export function timeTicks(from, to, clock, count) {
  if (clock.unit === "step") return stepTicks(from, to, count);
  const ticks = dateTicks(clock.wall(from), clock.wall(to), count);
  if (ticks.length && !/^\d{4}$/.test(ticks[0][1])) {
    const [time, text] = ticks[0];
    const first = new Date(time);
    ticks[0][1] = `${text.includes(":") ? formatDay(first) : text} ${first.getUTCFullYear()}`;
  }
  return ticks.map(([wall, text]) => [clock.time(wall), text]);
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} count
 * @returns {TimeTick[]}
 */
function stepTicks(from, to, count) {
  const inside = roundTicks(from, to, count).filter((tick) => tick >= from && tick <= to);
  return inside.filter(Number.isInteger).map((tick) => [tick, tick.toLocaleString("en")]);
}

/**
 * @param {number} from  in milliseconds since 1970, as all times here
 * @param {number} to
 * @param {number} count
 * @returns {TimeTick[]}
 */
function dateTicks(from, to, count) {
  const span = to - from;
  const step = STEPS.find((one) => span / one <= count);
  if (step !== undefined) return clockTicks(from, to, step);
  return monthTicks(from, to, MONTHS.find((months) => span / (months * MONTH) <= count) ?? 1200);
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} step
 */
function clockTicks(from, to, step) {
  /** @type {TimeTick[]} */
  const ticks = [];
  const begin = step === 7 * DAY ? 4 * DAY : 0; // 1970-01-05 was a Monday
  for (let time = Math.ceil((from - begin) / step) * step + begin; time <= to; time += step) {
    const date = new Date(time);
    const clock = formatClock(date);
    const seconds = date.toISOString().slice(11, 19);
    const isShort = step < MINUTE;
    ticks.push([
      time,
      step < DAY && seconds !== "00:00:00" ? (isShort ? seconds : clock) : formatDay(date),
    ]);
  }
  return ticks;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} months  from one tick to the next
 */
function monthTicks(from, to, months) {
  /** @type {TimeTick[]} */
  const ticks = [];
  for (let k = new Date(from).getUTCFullYear() * 12; ; k += months) {
    const time = Date.UTC(Math.floor(k / 12), k % 12, 1);
    if (time > to) return ticks;
    if (time < from) continue;
    const isYear = k % 12 === 0 || months >= 12;
    ticks.push([time, isYear ? String(Math.floor(k / 12)) : formatMonth(new Date(time))]);
  }
}
