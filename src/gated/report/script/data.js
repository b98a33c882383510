// Reads the page's data: base64 of zipped JSON in blocks of plain text, which `packing.py` writes.
// A block is unpacked when one of its series is first shown.

import { byId } from "./elements.js";

/**
 * @typedef {"day" | "second" | "step"} Unit  of times: days or seconds since 1970, or steps
 * @typedef {(number | null)[]} Values  null for a missing value
 *
 * @typedef {object} Curves  lines over a common axis
 * @property {string} title
 * @property {string} x  the label of the axis
 * @property {string} y  the label of the values
 * @property {number[]} at  [K]
 * @property {Record<string, Values>} lines  name to [K]
 *
 * @typedef {object} Head  all but the series
 * @property {string[]} labels  [N] names of the series
 * @property {Record<string, string[]>} figures  name to [N] texts
 * @property {number[]} axis  all times, rising; the series refer to them by index
 * @property {Unit} unit
 * @property {number} per  series in a block
 * @property {string} y  the name of the values
 * @property {string} line  the name of the forecast's line
 * @property {Curves[]} curves
 * @property {[nominal: number[], actual: number[]] | null} coverage  in percent
 *
 * @typedef {object} PackedAhead  whole numbers on the scale of their series
 * @property {number[]} t
 * @property {Values} m
 * @property {Record<string, [Values, Values]>} b
 * @property {Record<string, Values>} x
 *
 * @typedef {object} PackedSeries
 * @property {number} o  the value of 0
 * @property {number} s  the value of a difference of 1
 * @property {number[]} t  indices into the axis: [first, −count], or each index
 * @property {Values} y
 * @property {PackedAhead[]} a
 *
 * @typedef {{ level: string, lower: Values, upper: Values }} Band  level in percent, ends [h]
 *
 * @typedef {object} Ahead  one forecast
 * @property {number[]} times  [h]
 * @property {Values} median  [h]
 * @property {Band[]} bands  the widest first, so that it is drawn at the bottom
 * @property {{ name: string, values: Values }[]} competitors  forecasts of other methods, [h] each
 *
 * @typedef {object} Series
 * @property {number[]} times  [T]
 * @property {Values} y  [T] observed values
 * @property {Ahead[]} ahead  one forecast, or one for each cutoff
 *
 * @typedef {object} Entry  a series with the text above its chart
 * @property {string} label
 * @property {[name: string, value: string][]} figures
 * @property {Series} series
 */

/**
 * The content of one block.
 *
 * @param {string} id
 * @returns {Promise<unknown>}
 */
export async function unzipped(id) {
  const text = atob(byId(id, HTMLElement).textContent.trim());
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/**
 * @param {PackedSeries} packed
 * @param {number[]} axis
 * @returns {Series}
 */
function unpacked(packed, axis) {
  // Halved first, because the sum of offset and difference may overflow.
  const half = { offset: packed.o / 2, step: packed.s / 2 };
  /** @param {Values} whole */
  const values = (whole) =>
    whole.map((n) => (n === null ? null : 2 * (half.offset + n * half.step)));
  /** @param {number[]} places */
  const times = (places) => {
    const [first, minusCount] = places;
    const isRun = places.length === 2 && minusCount <= 0;
    return isRun ? axis.slice(first, first - minusCount) : places.map((place) => axis[place]);
  };
  return {
    times: times(packed.t),
    y: values(packed.y),
    ahead: packed.a.map((one) => ({
      times: times(one.t),
      median: values(one.m),
      bands: Object.entries(one.b)
        .map(([level, [lower, upper]]) => ({ level, lower: values(lower), upper: values(upper) }))
        .sort((a, b) => Number(b.level) - Number(a.level)),
      competitors: Object.entries(one.x).map(([name, line]) => ({ name, values: values(line) })),
    })),
  };
}

/** The series of the page; each block is unpacked when it is first read. */
export class SeriesStore {
  /** @param {Head} head */
  constructor(head) {
    this.head = head;
    /** @type {Map<number, Promise<PackedSeries[]>>} */
    this.blocks = new Map();
  }

  /**
   * @param {number} index
   * @returns {Promise<Entry>}
   */
  async entry(index) {
    const { labels, figures, per, axis } = this.head;
    const number = Math.floor(index / per);
    const block = this.blocks.get(number) ?? this.read(number);
    const series = unpacked((await block)[index % per], axis);
    /** @type {Entry["figures"]} */
    const own = Object.entries(figures).map(([name, column]) => [name, column[index]]);
    return { label: labels[index], figures: own.filter(([, value]) => value), series };
  }

  /**
   * @param {number} number
   * @returns {Promise<PackedSeries[]>}
   */
  read(number) {
    const block = /** @type {Promise<PackedSeries[]>} */ (unzipped(`block${number}`));
    this.blocks.set(number, block);
    return block;
  }
}

/**
 * @typedef {object} Moment  the values at one time
 * @property {number | null} observed
 * @property {Ahead | undefined} ahead  the last forecast of that time
 * @property {number} step  its step there; −1 where there is none
 * @property {number | null} median  of that forecast
 */

/**
 * @param {Series} series
 * @param {number} time
 * @returns {Moment}
 */
export function valuesAt(series, time) {
  const i = series.times.indexOf(time);
  const ahead = series.ahead.findLast((one) => one.times.includes(time));
  const step = ahead ? ahead.times.indexOf(time) : -1;
  const median = ahead ? ahead.median[step] : null;
  return { observed: i < 0 ? null : series.y[i], ahead, step, median };
}
