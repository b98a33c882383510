// Listens to a series: server-sent events by fetch, because EventSource cannot send a key.

import { Problem, request } from "../api.js";

/** @import { Stored } from "./list.js" */

const [FIRST_PAUSE, LONGEST_PAUSE] = [1_000, 30_000]; // milliseconds before it connects again
const FINAL = [401, 404]; // to try again would not help

/**
 * Listens to a series until it is removed or the signal ends it; after a break it connects again.
 * While nobody sees the page there is no connection: browsers allow few at the same time.
 *
 * @param {string} label
 * @param {object} handlers
 * @param {(stored: Stored) => void} handlers.onSeries  called with the state at first, and changes
 * @param {() => void} handlers.onRemoved
 * @param {(problem: Problem) => void} handlers.onBreak  called before it connects again
 * @param {AbortSignal} signal
 * @throws {Problem} the key is refused, or there is no such series
 */
export async function listen(label, handlers, signal) {
  const path = `/v1/series/${encodeURIComponent(label)}/events`;
  let pause = FIRST_PAUSE;
  while (!signal.aborted) {
    await visible(signal);
    const connection = connectionWhileVisible(signal);
    try {
      if (await isRemoved(path, handlers.onSeries, connection.signal)) {
        handlers.onRemoved();
        return;
      }
      pause = FIRST_PAUSE; // the server ends each connection after some minutes
    } catch (error) {
      if (!connection.signal.aborted) {
        if (!(error instanceof Problem) || FINAL.includes(error.status)) throw error;
        handlers.onBreak(error);
      }
    }
    connection.abort();
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }
}

/**
 * Listens once, until the connection ends.
 *
 * @param {string} path
 * @param {(stored: Stored) => void} onSeries
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}  whether the series was removed
 * @throws {Problem} the server refuses it, or the connection broke
 */
async function isRemoved(path, onSeries, signal) {
  const response = await request(path, { signal });
  for await (const { name, data } of eventsOf(response)) {
    if (name === "removed") return true;
    onSeries(JSON.parse(data));
  }
  return false;
}

/**
 * @param {Response} response
 * @returns {AsyncGenerator<{ name: string, data: string }>}
 */
async function* eventsOf(response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (reader) {
    const { value, done } = await reader.read().catch(broken);
    if (done) return;
    const parts = (text + value).split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const lines = part.split("\n");
      const field = (/** @type {string} */ key) =>
        lines.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2);
      const data = field("data");
      if (data !== undefined) yield { name: field("event") ?? "", data };
    }
  }
}

/** @returns {never} */
function broken() {
  throw new Problem(0, "The connection to the server broke.");
}

/**
 * Ends a connection when the page is not seen any more, or the signal does.
 *
 * @param {AbortSignal} signal
 * @returns {AbortController}  of the connection
 */
function connectionWhileVisible(signal) {
  const made = new AbortController();
  const options = { signal: made.signal };
  signal.addEventListener("abort", () => made.abort(), options);
  const check = () => {
    if (document.visibilityState === "hidden") made.abort();
  };
  document.addEventListener("visibilitychange", check, options);
  return made;
}

/**
 * Resolves when the page is seen, or the signal ends.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function visible(signal) {
  if (document.visibilityState !== "hidden") return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", () => resolve(), { once: true, signal });
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
