// Writes numbers as text.

const PACKED = 65_535; // values are packed with this resolution of their range

/**
 * Writes a number with as many digits as its axis needs.
 *
 * @param {number | null} value
 * @param {number} span  from one end of the axis to the other
 */
export function formatNumber(value, span) {
  if (value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4 && !(span >= 1))) return value.toExponential(2);
  const digits = span > 0 ? Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(span)))) : 2;
  return fixed(value, 0, digits);
}

/**
 * Makes a function that writes the amounts of one column, all with the same number of decimals.
 *
 * @param {(number | null)[]} values
 * @returns {(value: number | null) => string}
 */
export function amountsWriter(values) {
  const numbers = values.filter((value) => value !== null).sort((a, b) => a - b);
  const sizes = numbers.flatMap((value) => (value === 0 ? [] : Math.abs(value)));
  sizes.sort((a, b) => a - b);
  const middle = sizes[sizes.length >> 1] ?? 1;
  const span = (numbers.at(-1) ?? 0) - (numbers[0] ?? 0) || middle;
  // Three digits of a usual value, and of the differences between the values.
  const needed = 2 - Math.floor(Math.log10(Math.min(middle, span)));
  // Whole numbers may have become fractions when they were packed with other lines.
  const areWhole = sizes.every((size) => Math.abs(size - Math.round(size)) <= span / PACKED);
  const digits = areWhole ? 0 : Math.max(0, Math.min(6, needed));
  return (value) => {
    if (value === null) return "–";
    return Math.abs(value) >= 1e15 ? value.toExponential(2) : fixed(value, digits, digits);
  };
}

/**
 * Writes an amount in little space: 27.86M.
 *
 * @param {number} value
 */
export function shortAmount(value) {
  const text = value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 4 });
  return text.replace("-", "−");
}

/**
 * Writes a share as a change in percent with its sign.
 *
 * @param {number | null} share
 */
export function formatChange(share) {
  if (share === null) return "–";
  const percent = 100 * share;
  if (percent > 999.5) return "> 999 %";
  if (Math.abs(percent) < 0.05) return "±0 %";
  const digits = Math.abs(percent) < 9.95 ? 1 : 0;
  return `${percent < 0 ? "−" : "+"}${fixed(Math.abs(percent), digits, digits)} %`;
}

/** @param {number | null} value */
export function formatRatio(value) {
  return value === null ? "–" : fixed(value, 2, 2);
}

/**
 * @param {number} value
 * @param {number} least  decimals
 * @param {number} most  decimals
 */
function fixed(value, least, most) {
  const options = { minimumFractionDigits: least, maximumFractionDigits: most };
  const text = value.toLocaleString("en", options);
  return text.replace(/^-(?=[0.]*$)/, "").replace("-", "−");
}
