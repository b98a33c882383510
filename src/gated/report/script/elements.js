// Finds and makes the elements of the page, HTML and SVG.

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number>} Attributes */

/**
 * The element of an id.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind  what it must be
 * @returns {T}
 */
export function byId(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  const what = found ? found.constructor.name : "nothing";
  throw new Error(`#${id}: found ${what}, expected ${kind.name}. Make the report again.`);
}

/**
 * A new HTML element; it is put nowhere.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} [attributes]
 * @param {string} [text]  shown as it is, never as markup
 * @returns {HTMLElementTagNameMap[K]}
 */
export function html(name, attributes = {}, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/**
 * A new SVG element, put at the end of its parent if one is given.
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
