// Starts the page of a report.

import { drawReport } from "./drawn_report.js";

drawReport(new AbortController().signal);
document.documentElement.dataset.ready = "yes"; // the tests wait for this
