// Chooses the class, and so the colour, of bands and methods: the same in charts and legends.

const BANDS = 3; // classes band0 (the narrowest) to band2
const METHODS = 8; // classes m0 to m7

/**
 * @param {number} k  the place of the band, the widest first
 * @param {number} count
 */
export function bandClass(k, count) {
  return `band band${Math.min(BANDS - 1, count - 1 - k)}`;
}

/**
 * The class of a method's line; that of the forecast for a name that is not among the others.
 *
 * @param {string} name
 * @param {string[]} methods  the other methods
 */
export function methodClass(name, methods) {
  const place = methods.indexOf(name);
  return place < 0 ? "point" : `competitor m${place % METHODS}`;
}
