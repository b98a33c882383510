// Finds and makes the elements of the page, HTML and SVG.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number>} Attributes */

/**
 * Returns the element of an id.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind  its expected class
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  const what = found ? found.constructor.name : "nothing";
  throw new Error(`#${id}: found ${what}, expected ${kind.name}. Make the report again.`);
}

/**
 * Makes an HTML element, which is not yet in the page.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} [attributes]
 * @param {string} [text]  shown as text, never as markup
 * @returns {HTMLElementTagNameMap[K]}
 */
export function html(name, attributes = {}, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * Makes an SVG element and appends it to its parent if one is given.
 *
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} attributes
 * @param {Element} [parent]
 * @param {string} [text]
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(name, attributes, parent, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}
