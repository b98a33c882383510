// Asks for an API key where the server refuses a request, and sends the request again with it.
// The key is only in its field: it goes with the page.

import { byId } from "/static/report/script/elements.js";

/** @type {Map<string, () => void>} what was refused, by what it is of */
const refused = new Map();

/**
 * Shows the field of the key.
 *
 * @param {string} what  was refused; of several requests of one name the last one is sent again
 * @param {() => void} again  sends the request again
 */
export function askForKey(what, again) {
  refused.set(what, again);
  byId("key-place", HTMLElement).hidden = false;
}

/** Adds the event handler of the key. */
export function handleKey() {
  byId("key-place", HTMLElement).addEventListener("submit", (event) => {
    event.preventDefault();
    byId("key-place", HTMLElement).hidden = true; // until a key is refused again
    const again = [...refused.values()];
    refused.clear();
    for (const one of again) one();
  });
}
