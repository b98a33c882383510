// Starts the page: a file can be forecast, or one of the stored series opened. The address names
// the open series, so that a page can be loaded again, and the browser goes back and forth.

import { handleKey } from "./access.js";
import { startList } from "./stored/list.js";
import { closeSeries, openSeries } from "./stored/opened.js";
import { forgetFile, startUpload } from "./upload.js";

const BEGIN = "#series=";

/** Opens the series of the address, or closes that which is open. */
function follow() {
  if (!location.hash.startsWith(BEGIN)) {
    closeSeries();
    return;
  }
  forgetFile();
  openSeries(decodeURIComponent(location.hash.slice(BEGIN.length)));
}

function start() {
  handleKey();
  startUpload(() => {
    // Both have a chart: only one of them is in the page.
    if (location.hash) history.pushState(null, "", location.pathname);
    closeSeries();
  });
  startList(BEGIN);
  addEventListener("hashchange", follow);
  if (location.hash) follow();
}

start();
