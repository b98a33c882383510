// Reads the page's data, which `packing.py` writes: JSON, and base64 of zipped JSON in blocks.
// A block is unpacked when one of its series is first shown.

import { Clock } from "./clock.js";
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
 * @property {[name: string, line: Values][]} lines  [K] each
 *
 * @typedef {object} Column  of the overview
 * @property {string} name
 * @property {"amount" | "change" | "ratio"} kind
 * @property {Values} values  [N]
 *
 * @typedef {object} Head  all but the series
 * @property {string[]} labels  [N] names of the series
 * @property {Column[]} columns  of the overview
 * @property {number | null} sort  the column by which the overview is sorted at first
 * @property {boolean} total  whether the first series is the total of the others
 * @property {number} first  the series that is drawn first
 * @property {string[]} methods  the other methods, in the order of their colours
 * @property {[first: number, step: number, count: number][]} axis  all times, rising, in runs
 * @property {Unit} unit
 * @property {{ name: string, since: number[], offsets: number[] } | null} zone
 * @property {number} per  series in a block
 * @property {number} view  steps of the past in the first view; 0 for a few horizons
 * @property {string} y  the name of the values
 * @property {Curves[]} curves
 * @property {[nominal: number[], actual: number[]] | null} coverage  in percent
 *
 * @typedef {object} PackedAhead  whole numbers on the scale of their series
 * @property {number[]} t
 * @property {Values} p
 * @property {Record<string, [Values, Values]>} b
 * @property {Record<string, Values>} x
 * @property {number[]} c
 *
 * @typedef {object} PackedSeries
 * @property {number} o  the value of 0
 * @property {number} s  the value of a difference of 1
 * @property {number[]} t  indices into the axis: [first, −count], or each index
 * @property {Values} y
 * @property {string} n
 * @property {PackedAhead[]} a
 *
 * @typedef {{ level: string, lower: Values, upper: Values }} Band  level in percent, ends [h]
 *
 * @typedef {object} Ahead  one forecast
 * @property {number[]} times  [h]
 * @property {Values} point  [h]
 * @property {Band[]} bands  the widest first, so that it is drawn at the bottom
 * @property {{ name: string, values: Values }[]} competitors  forecasts of other methods, [h] each
 * @property {number[]} closed  indices of closed steps
 *
 * @typedef {object} Series
 * @property {string} label
 * @property {string} pointName  what the point forecast is: median or mean
 * @property {number[]} times  [T]
 * @property {Values} y  [T] observed values
 * @property {Ahead[]} ahead  one forecast, or one for each cutoff
 */

/**
 * The content of one element with JSON.
 *
 * @param {string} id
 * @returns {unknown}
 */
export function json(id) {
  return JSON.parse(byId(id, HTMLElement).textContent);
}

/**
 * The content of one block.
 *
 * @param {string} id
 * @returns {Promise<unknown>}
 */
async function unzipped(id) {
  if (document.readyState === "loading") {
    await new Promise((resolve) => addEventListener("DOMContentLoaded", resolve));
  }
  const text = atob(byId(id, HTMLElement).textContent.trim());
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/**
 * @param {PackedSeries} packed
 * @param {string} label
 * @param {number[]} axis
 * @returns {Series}
 */
function unpacked(packed, label, axis) {
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
    label,
    pointName: packed.n,
    times: times(packed.t),
    y: values(packed.y),
    ahead: packed.a.map((one) => ({
      times: times(one.t),
      point: values(one.p),
      bands: Object.entries(one.b)
        .map(([level, [lower, upper]]) => ({ level, lower: values(lower), upper: values(upper) }))
        .sort((a, b) => Number(b.level) - Number(a.level)),
      competitors: Object.entries(one.x).map(([name, line]) => ({ name, values: values(line) })),
      closed: one.c,
    })),
  };
}

/** The series of the page; each block is unpacked when it is first read. */
export class SeriesStore {
  /** @param {Head} head */
  constructor(head) {
    this.head = head;
    this.axis = head.axis.flatMap(([first, step, count]) =>
      Array.from({ length: count }, (_, k) => first + k * step),
    );
    this.clock = new Clock(head, this.axis);
    /** @type {Map<number, Promise<PackedSeries[]>>} */
    this.blocks = new Map();
  }

  /** The series that is drawn first, which needs no unpacking. */
  first() {
    const packed = /** @type {PackedSeries} */ (json("first"));
    return unpacked(packed, this.head.labels[this.head.first], this.axis);
  }

  /**
   * @param {number} index
   * @returns {Promise<Series>}
   */
  async series(index) {
    const { labels, per } = this.head;
    const number = Math.floor(index / per);
    const block = this.blocks.get(number) ?? this.read(number);
    return unpacked((await block)[index % per], labels[index], this.axis);
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
 * @property {number | null} point  of that forecast
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
  const point = ahead ? ahead.point[step] : null;
  return { observed: i < 0 ? null : series.y[i], ahead, step, point };
}
