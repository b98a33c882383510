// Computes the range of a series in view: the whole, a zoomed part or the last horizons.

/**
 * @import { Series, Values } from "../data.js"
 * @typedef {readonly [from: number, to: number]} Range
 */

export class View {
  /**
   * @param {Series} series
   * @param {number} steps  of the past in the first view; 0 for a few horizons
   */
  constructor(series, steps) {
    const all = [...series.times, ...series.ahead.flatMap((one) => one.times)];
    /** @type {number[]} */
    this.times = [...new Set(all)].sort((a, b) => a - b);
    this.whole = wholeRange(this.times);
    this.first = firstRange(series, this.whole, steps);
    this.near = nearRange(series, this.whole);
    /** @type {Range} */
    this.range = this.first;
  }

  showFirst() {
    this.range = this.first;
  }

  showAhead() {
    this.range = this.near;
  }

  showWhole() {
    this.range = this.whole;
  }

  /**
   * Makes the range shorter (a factor below 1) or longer, around a time that keeps its position.
   *
   * @param {number} factor
   * @param {number} [around]  the middle of the range by default
   */
  zoom(factor, around) {
    const [from, to] = this.range;
    const [first, last] = this.whole;
    const fixed = around ?? (from + to) / 2;
    const shortest = ((last - first) / Math.max(1, this.times.length)) * 4; // about four steps
    if (factor < 1 && (to - from) * factor < shortest) return;
    const begin = Math.max(first, fixed - (fixed - from) * factor);
    this.range = [begin, Math.min(last, fixed + (to - fixed) * factor)];
  }

  /**
   * Moves the range until it contains a time.
   *
   * @param {number} time
   * @returns {boolean} whether it was moved
   */
  reveal(time) {
    const [from, to] = this.range;
    if (time >= from && time <= to) return false;
    const shift = time < from ? time - from : time - to;
    this.range = [from + shift, to + shift];
    return true;
  }

  /**
   * Returns the nearest step to a time.
   *
   * @param {number} time
   */
  nearest(time) {
    let low = 0;
    let high = this.times.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle] < time) low = middle + 1;
      else high = middle;
    }
    const before = this.times[Math.max(0, low - 1)];
    const after = this.times[low];
    return Math.abs(before - time) < Math.abs(after - time) ? before : after;
  }

  /**
   * Returns the time some steps after another one, at most the last one.
   *
   * @param {number} time
   * @param {number} steps  negative: before
   */
  stepsFrom(time, steps) {
    const i = this.times.indexOf(time) + steps;
    return this.times[Math.max(0, Math.min(this.times.length - 1, i))];
  }

  /**
   * Returns the part of a line in view and one step on either side, so that the line continues to
   * the edges of the picture.
   *
   * @param {number[]} times
   * @param {Values[]} lines  over these times
   * @returns {[times: number[], ...lines: Values[]]}
   */
  part(times, ...lines) {
    const [from, to] = this.range;
    const first = times.findIndex((time) => time >= from);
    const last = times.findLastIndex((time) => time <= to);
    if (first < 0 || last < first) return [[], ...lines.map(() => [])];
    const [begin, end] = [Math.max(0, first - 1), last + 2];
    return [times.slice(begin, end), ...lines.map((line) => line.slice(begin, end))];
  }
}

/**
 * @param {number[]} times  rising
 * @returns {Range}
 */
function wholeRange(times) {
  if (!times.length) return [0, 1];
  const [first, last] = [times[0], times[times.length - 1]];
  return first === last ? [first - 1, last + 1] : [first, last];
}

/**
 * Returns the range of the forecasts and of a past that is a little longer.
 *
 * @param {Series} series
 * @param {Range} whole
 * @returns {Range}
 */
function nearRange({ ahead, times }, whole) {
  const begin = ahead[0]?.times[0];
  if (begin === undefined || !times.length) return whole;
  const end = ahead[ahead.length - 1].times.at(-1) ?? begin;
  const before = (end - begin) * (ahead.length > 1 ? 0.3 : 1.2);
  return [Math.max(whole[0], begin - Math.max(before, 1)), whole[1]];
}

/**
 * Returns the first range: the forecasts, and a past of some steps or of a few horizons, whichever
 * is longer.
 *
 * @param {Series} series
 * @param {Range} whole
 * @param {number} steps  0 for a few horizons
 * @returns {Range}
 */
function firstRange(series, whole, steps) {
  const { ahead, times } = series;
  const begin = ahead[0]?.times[0];
  if (begin === undefined || !times.length) return whole;
  const end = ahead[ahead.length - 1].times.at(-1) ?? begin;
  const horizons = begin - Math.max((end - begin) * (ahead.length > 1 ? 0.6 : 3), 1);
  if (!steps) return [Math.max(whole[0], horizons), whole[1]];
  const observed = times.filter((time) => time < begin);
  return [Math.max(whole[0], Math.min(horizons, observed.at(-steps) ?? whole[0])), whole[1]];
}
