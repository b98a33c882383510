// Reads and forecasts a file that is chosen or dropped.

import { byId } from "/static/report/script/elements.js";
import { askForKey } from "./access.js";
import { mostBytes, Problem, send } from "./api.js";
import {
  chosenColumns,
  clearFields,
  forgetColumns,
  showBesideField,
  showReading,
} from "./reading.js";
import { hideForecast, showForecast } from "./result.js";

/** @import { Forecast, Reading } from "./api.js" */

/** @type {File | null} */
let file = null;
let isRead = false; // whether the file was read once
let pending = new AbortController(); // the request that runs; a later one ends it

/** @param {string} text */
const say = (text) => {
  byId("status", HTMLElement).textContent = text;
};

/**
 * Runs a request and shows its error.
 *
 * @param {string} doing  shown meanwhile
 * @param {(signal: AbortSignal) => Promise<string>} work  returns what is shown afterwards
 */
async function run(doing, work) {
  pending.abort();
  pending = new AbortController();
  const { signal } = pending;
  clearFields();
  byId("problem", HTMLElement).textContent = "";
  say(doing);
  byId("forecast", HTMLButtonElement).disabled = true;
  try {
    say(await work(signal));
  } catch (error) {
    if (signal.aborted) return;
    say("");
    showProblem(error);
  }
  byId("forecast", HTMLButtonElement).disabled = false;
}

/** @param {unknown} error */
function showProblem(error) {
  if (!(error instanceof Problem)) throw error;
  if (!showBesideField(error, file?.name ?? "")) {
    byId("problem", HTMLElement).textContent = error.message;
    if (error.status === 401) {
      askForKey("file", read);
      byId("key", HTMLElement).focus();
    }
  }
}

/** Reads the file with the chosen columns. */
function read() {
  const given = file;
  if (!given) return;
  hideForecast();
  run(`Reading ${given.name} …`, async (signal) => {
    const reading = /** @type {Reading} */ (await send("read", given, chosenColumns(), signal));
    showReading(reading, !isRead);
    isRead = true;
    return `${given.name} was read. Choose the steps ahead, then Forecast.`;
  });
}

/** Forecasts the file. */
function forecast() {
  const given = file;
  if (!given) return;
  hideForecast();
  const h = byId("h", HTMLInputElement).value;
  if (!/^[1-9]\d*$/.test(h)) {
    clearFields();
    const found = h || "not given, or no whole number";
    const text = `The horizon is ${found}. Expected a whole number of steps ahead, at least 1.`;
    showBesideField(new Problem(422, text, "h"), given.name);
    return;
  }
  run(`Forecasting ${given.name}. This takes from a second to a minute …`, async (signal) => {
    const options = { ...chosenColumns(), h };
    showForecast(/** @type {Forecast} */ (await send("report", given, options, signal)));
    return `The forecast of ${given.name} is below.`;
  });
}

/** Forgets the file, and removes what was made of it. */
export function forgetFile() {
  pending.abort();
  file = null;
  say("");
  byId("problem", HTMLElement).textContent = "";
  byId("reading", HTMLElement).hidden = true;
  hideForecast();
}

/**
 * @param {File | null | undefined} chosen
 * @param {() => void} onFile
 */
function choose(chosen, onFile) {
  if (!chosen) return;
  onFile();
  file = chosen;
  isRead = false;
  byId("reading", HTMLElement).hidden = true;
  forgetColumns();
  read();
}

/**
 * Adds the event handlers of files.
 *
 * @param {() => void} onFile  called when a file is chosen, before it is read
 */
export function startUpload(onFile) {
  const most = (mostBytes() / 2 ** 20).toLocaleString("en", { maximumFractionDigits: 1 });
  byId("kinds", HTMLElement).textContent += ` At most ${most} MiB.`;
  const input = byId("file", HTMLInputElement);
  const drop = byId("drop", HTMLElement);
  byId("choose", HTMLElement).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    choose(input.files?.[0], onFile);
    input.value = ""; // so that the same file can be chosen again, when it was mended
  });
  addEventListener("dragover", (event) => {
    event.preventDefault(); // or else the browser would leave the page for the file
    drop.classList.add("over");
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    choose(event.dataTransfer?.files[0], onFile);
  });
  for (const name of ["time_col", "target_col", "id_col"])
    byId(name, HTMLElement).addEventListener("change", read);
  byId("choices", HTMLElement).addEventListener("submit", (event) => {
    event.preventDefault();
    forecast();
  });
}
