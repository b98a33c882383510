// Sends files to the server.

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

/**
 * Sends a file.
 *
 * @param {"read" | "report"} what
 * @param {File} file
 * @param {Record<string, string>} options  of the query
 * @param {string} key  the API key, or nothing
 * @param {AbortSignal} signal
 * @returns {Promise<unknown>}  the JSON of the response
 * @throws {Problem} the server refuses it
 */
export async function send(what, file, options, key, signal) {
  const query = new URLSearchParams({ name: file.name, ...options });
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/octet-stream" };
  if (key) headers.Authorization = `Bearer ${key}`;
  let response;
  try {
    response = await fetch(`/v1/${what}?${query}`, { method: "POST", body: file, headers, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    const size = (file.size / 2 ** 20).toFixed(1);
    throw new Problem(
      0,
      `The server did not answer. The file has ${size} MiB. Expected at most 8.`,
    );
  }
  if (response.ok) return response.json();
  const body = await response.json().catch(() => ({}));
  const detail = body.detail ?? `The server answered ${response.status}.`;
  throw new Problem(response.status, detail, body.field, body.columns);
}
