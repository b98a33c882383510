// Sends requests to the server.

import { byId } from "/static/report/script/elements.js";

/**
 * @typedef {"time_col" | "target_col" | "id_col" | "h"} Field
 *
 * @typedef {object} Reading  what was understood of a file
 * @property {string} name
 * @property {string[]} columns  of the file
 * @property {string | null} time_col
 * @property {string | null} target_col
 * @property {string | null} id_col
 * @property {Record<string, string>} facts
 * @property {string[]} notes
 * @property {Record<string, string>} left_out  series to reason
 * @property {number} h  a usual horizon
 * @property {string[]} header
 * @property {string[][]} rows  the first ones
 *
 * @typedef {object} Forecast
 * @property {string} name
 * @property {string} verdict
 * @property {string} csv
 * @property {string} report  a page of HTML
 */

/** An error of the server: a sentence, and where it belongs. */
export class Problem extends Error {
  /**
   * @param {number} status  of HTTP; 0 without a response
   * @param {string} detail
   * @param {Field | null} field  beside which the sentence is shown
   * @param {string[]} columns  of the file, where they are known
   */
  constructor(status, detail, field = null, columns = []) {
    super(detail);
    this.status = status;
    this.field = field;
    this.columns = columns;
  }
}

/** The most bytes of a file, as the server has written into the page. */
export function mostBytes() {
  return Number(document.querySelector('meta[name="body-bytes"]')?.getAttribute("content"));
}

/**
 * Sends a request, with the key if there is one: in a header, never in an address.
 *
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<Response>}  of a success
 * @throws {Problem} the server refuses it, or does not answer
 */
export async function request(path, options) {
  const headers = new Headers(options.headers);
  const key = byId("key", HTMLInputElement).value;
  if (key) headers.set("Authorization", `Bearer ${key}`);
  let response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Problem(0, "The server did not answer.");
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  const detail = body.detail ?? `The server answered ${response.status}.`;
  throw new Problem(response.status, detail, body.field, body.columns);
}

/**
 * Sends a file.
 *
 * @param {"read" | "report"} what
 * @param {File} file
 * @param {Record<string, string>} options  of the query
 * @param {AbortSignal} signal
 * @returns {Promise<unknown>}  the JSON of the response
 * @throws {Problem} it is too large, or the server refuses it
 */
export async function send(what, file, options, signal) {
  const most = mostBytes();
  if (file.size > most) {
    const [found, expected] = [file.size, most].map((bytes) => bytes.toLocaleString("en"));
    throw new Problem(413, `The file has ${found} bytes. Expected at most ${expected}.`);
  }
  const query = new URLSearchParams({ name: file.name, ...options });
  const headers = { "Content-Type": "application/octet-stream" };
  const sent = { method: "POST", body: file, headers, signal };
  return (await request(`/v1/${what}?${query}`, sent)).json();
}
