"use strict";
// Draws the report's charts. Data lie in blocks of plain text: base64 of zipped JSON,
// unpacked when first needed. One series at a time is drawn as SVG, thinned to the pixels there are.
(() => {
  const $ = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const WIDE = 820, HIGH = 360, LEFT = 62, RIGHT = 12, TOP = 26, BOTTOM = 28;

  async function unzipped(id) {
    const bytes = Uint8Array.from(atob($(id).textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  function svg(name, attributes, parent, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    if (parent) parent.append(made);
    return made;
  }

  function element(name, attributes = {}, text = undefined) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // ---- numbers and times in words

  function figure(value, span) {
    if (value === null || !Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    if (size >= 1e9 || (size > 0 && size < 1e-4 && !(span >= 1))) return value.toExponential(2);
    const digits = span > 0 ? Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(span)))) : 2;
    return value.toLocaleString("en", { minimumFractionDigits: 0, maximumFractionDigits: digits });
  }

  function nice(low, high, count) {
    // Round ticks from low to high, both included up to a thousandth of a step: what packing rounds.
    const half = high / 2 - low / 2;
    if (!(half > 0)) { const pad = Math.abs(low) * 0.1 || 1; return nice(low - pad, high + pad, count); }
    const raw = (half / count) * 2, power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].find((m) => m * power >= raw * 0.999) * power;
    const ticks = [];
    for (let k = Math.floor(low / step + 1e-3); k * step < high + step * 0.999; k++) ticks.push(k * step);
    return ticks;
  }

  const utc = { timeZone: "UTC" };
  function moment(number, unit) {
    if (unit === "step") return `step ${number.toLocaleString("en")}`;
    const date = new Date(number * (unit === "day" ? 864e5 : 1e3));
    const day = date.toISOString().slice(0, 10);
    const weekday = date.toLocaleDateString("en", { weekday: "short", ...utc });
    return unit === "day" ? `${weekday} ${day}` : `${weekday} ${day} ${date.toISOString().slice(11, 16)}`;
  }

  function timeTicks(from, to, unit, count) {
    // Ticks at round times: [number, words]; the first tells the year.
    const ticks = roundTimes(from, to, unit, count);
    if (unit !== "step" && ticks.length && !/^\d{4}$/.test(ticks[0][1])) {
      const first = new Date(ticks[0][0] * (unit === "day" ? 864e5 : 1e3));
      const day = first.toLocaleDateString("en", { day: "numeric", month: "short", ...utc });
      const words = ticks[0][1].includes(":") ? day : ticks[0][1];
      ticks[0][1] = `${words} ${first.getUTCFullYear()}`;
    }
    return ticks;
  }

  function roundTimes(from, to, unit, count) {
    if (unit === "step") {
      return nice(from, to, count).filter((t) => t >= from && t <= to && Number.isInteger(t))
        .map((t) => [t, t.toLocaleString("en")]);
    }
    const second = unit === "day" ? 864e5 : 1e3, span = (to - from) * second;
    const month = 30.4 * 864e5, steps = [6e4, 3e5, 9e5, 36e5, 108e5, 216e5, 432e5, 864e5, 2 * 864e5, 7 * 864e5];
    const step = steps.find((s) => span / s <= count);
    const ticks = [];
    if (step !== undefined) {
      const monday = step === 7 * 864e5 ? 4 * 864e5 : 0; // 1970-01-05 was a Monday
      for (let t = Math.ceil((from * second - monday) / step) * step + monday; t <= to * second; t += step) {
        const date = new Date(t), clock = date.toISOString().slice(11, 16);
        const day = date.toLocaleDateString("en", { day: "numeric", month: "short", ...utc });
        ticks.push([t / second, step < 864e5 && clock !== "00:00" ? clock : day]);
      }
      return ticks;
    }
    const months = [1, 3, 6, 12, 24, 60, 120, 240, 600].find((m) => span / (m * month) <= count) || 1200;
    const begin = new Date(from * second);
    for (let k = begin.getUTCFullYear() * 12; ; k += months) {
      const t = Date.UTC(Math.floor(k / 12), k % 12, 1);
      if (t > to * second) return ticks;
      if (t < from * second) continue;
      const words = k % 12 && months < 12
        ? new Date(t).toLocaleDateString("en", { month: "short", ...utc }) : String(Math.floor(k / 12));
      ticks.push([t / second, words]);
    }
  }

  // ---- one series, unpacked

  function unpack(packed, axis) {
    const values = (whole) => whole.map((n) => (n === null ? null : 2 * (packed.o / 2 + n * (packed.s / 2))));
    const times = (places) => {
      if (places.length === 2 && places[1] <= 0) return axis.slice(places[0], places[0] - places[1]);
      return places.map((place) => axis[place]);
    };
    return {
      t: times(packed.t), y: values(packed.y), step: packed.s,
      ahead: packed.a.map((a) => ({
        t: times(a.t), median: values(a.m),
        bands: Object.entries(a.b).map(([level, ends]) => [level, ...ends.map(values)])
          .sort((one, two) => two[0] - one[0]), // the widest lies at the bottom
        beside: Object.entries(a.x).map(([name, line]) => [name, values(line)]),
      })),
    };
  }

  function thinned(t, y, x, pixels) {
    // Per pixel the first, lowest, highest and last value: the line looks as if nothing was left out.
    if (t.length <= 3 * pixels) return t.map((_, i) => i);
    const kept = [];
    let i = 0;
    while (i < t.length) {
      const pixel = Math.floor(x(t[i]));
      let first = i, low = i, high = i;
      for (; i < t.length && Math.floor(x(t[i])) === pixel; i++) {
        if (y[i] === null || y[low] === null || y[i] < y[low]) low = i;
        if (y[high] === null || (y[i] !== null && y[i] > y[high])) high = i;
      }
      kept.push(...[...new Set([first, low, high, i - 1])].sort((a, b) => a - b));
    }
    return kept;
  }

  function path(t, y, x, at, pixels = WIDE) {
    let drawn = "", pen = false, alone = "";
    for (const i of thinned(t, y, x, pixels)) {
      if (y[i] === null) { if (alone) drawn += "h0.01"; pen = false; alone = ""; continue; }
      drawn += `${pen ? "L" : "M"}${x(t[i]).toFixed(1)} ${at(y[i]).toFixed(1)}`;
      alone = pen ? "" : "M"; pen = true;
    }
    return alone ? `${drawn}h0.01` : drawn;
  }

  // ---- the chart of one series

  class Chart {
    constructor(head) {
      this.head = head; this.plot = $("plot"); this.hidden = new Set();
      this.listen();
    }

    show(series, label, facts) {
      this.series = series; this.label = label;
      $("label").textContent = label;
      $("facts").textContent = facts.map(([name, value]) => `${name} ${value}`).join(" · ");
      const ends = [series.t, ...series.ahead.map((a) => a.t)].filter((t) => t.length);
      this.all = ends.length ? [Math.min(...ends.map((t) => t[0])), Math.max(...ends.map((t) => t.at(-1)))] : [0, 1];
      if (this.all[0] === this.all[1]) this.all = [this.all[0] - 1, this.all[1] + 1];
      const points = [...series.t, ...series.ahead.flatMap((a) => a.t)];
      this.points = [...new Set(points)].sort((a, b) => a - b);
      this.cursor = null;
      this.view = this.opening();
      this.legend(); this.draw(); this.tabulate();
      $("readout").textContent = "";
    }

    opening() {
      // At first a past of some horizons is shown, not all of it.
      const first = this.series.ahead[0], last = this.series.ahead.at(-1);
      if (!first || !first.t.length || !this.series.t.length) return [...this.all];
      const covered = last.t.at(-1) - first.t[0];
      const before = covered * (this.series.ahead.length > 1 ? 0.6 : 3);
      return [Math.max(this.all[0], first.t[0] - Math.max(before, 1)), this.all[1]];
    }

    pieces() {
      // What the legend names: [key, words, class].
      const { ahead, t } = this.series, pieces = [];
      if (t.length) pieces.push(["past", "observed", "past"]);
      if (!ahead.length) return pieces;
      pieces.push(["median", "forecast", "median"]);
      for (const [level] of ahead[0].bands) pieces.push([`band${level}`, `${level} % interval`, "band"]);
      for (const [name] of ahead[0].beside) pieces.push([`beside ${name}`, name, "beside"]);
      return pieces;
    }

    legend() {
      const place = $("legend");
      place.replaceChildren();
      for (const [key, words, kind] of this.pieces()) {
        if (kind === "beside" && !this.met?.has(key)) { (this.met ??= new Set()).add(key); this.hidden.add(key); }
        const button = element("button", { type: "button", "aria-pressed": String(!this.hidden.has(key)) });
        const sign = svg("svg", { viewBox: "0 0 22 10", "aria-hidden": "true" }, button);
        if (kind === "band") svg("rect", { width: 22, height: 10, class: "band" }, sign);
        else svg("path", { d: "M0 5H22", class: kind }, sign);
        button.append(words);
        button.addEventListener("click", () => {
          if (this.hidden.has(key)) this.hidden.delete(key); else this.hidden.add(key);
          button.setAttribute("aria-pressed", String(!this.hidden.has(key)));
          this.draw();
        });
        place.append(button);
      }
    }

    seen(t, y) {
      // The part of a line in view, with one step on either side so that it runs out of the picture.
      const [from, to] = this.view;
      let begin = t.findIndex((one) => one >= from), end = t.findLastIndex((one) => one <= to);
      if (begin < 0 || end < begin) return [[], []];
      begin = Math.max(0, begin - 1); end = Math.min(t.length, end + 2);
      return [t.slice(begin, end), y.slice(begin, end)];
    }

    draw() {
      const { series, hidden } = this, [from, to] = this.view, lines = [];
      const width = Math.max(320, Math.round(this.plot.clientWidth || WIDE));
      const height = width < 560 ? 260 : HIGH;
      const right = width - RIGHT, low = height - BOTTOM;
      const x = (t) => LEFT + ((t - from) / (to - from)) * (right - LEFT);
      if (!hidden.has("past")) lines.push(["past", ...this.seen(series.t, series.y)]);
      const bands = [];
      for (const ahead of series.ahead) {
        for (const [level, lower, upper] of ahead.bands) {
          if (hidden.has(`band${level}`)) continue;
          const [t, down] = this.seen(ahead.t, lower), [, up] = this.seen(ahead.t, upper);
          if (t.length) bands.push([t, down, up]);
        }
        for (const [name, line] of ahead.beside) {
          if (!hidden.has(`beside ${name}`)) lines.push(["beside", ...this.seen(ahead.t, line)]);
        }
        if (!hidden.has("median")) lines.push(["median", ...this.seen(...this.joined(ahead))]);
      }
      const values = [...lines.flatMap(([, , y]) => y), ...bands.flatMap(([, down, up]) => [...down, ...up])]
        .filter((value) => value !== null);
      let least = Infinity, most = -Infinity;
      for (const value of values) { if (value < least) least = value; if (value > most) most = value; }
      const ticks = values.length ? nice(least, most, height / 70) : [0, 1];
      const span = ticks.at(-1) / 2 - ticks[0] / 2;
      const at = (value) => low - ((value / 2 - ticks[0] / 2) / span) * (low - TOP);

      const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
      const clip = svg("clipPath", { id: "inside" }, svg("defs", {}, picture));
      svg("rect", { x: LEFT, y: 0, width: right - LEFT, height: low }, clip);
      for (const tick of ticks) {
        svg("path", { d: `M${LEFT} ${at(tick)}H${right}`, class: "grid" }, picture);
        svg("text", { x: LEFT - 8, y: at(tick) + 4, "text-anchor": "end" }, picture, figure(tick, 2 * span));
      }
      for (const [time, words] of timeTicks(from, to, this.head.unit, width / 95)) {
        svg("text", { x: x(time), y: height - 8, "text-anchor": "middle" }, picture, words);
      }
      svg("text", { x: 0, y: 12 }, picture, this.head.y);
      const inside = svg("g", { "clip-path": "url(#inside)" }, picture);
      for (const [t, down, up] of bands) {
        const back = [...t.keys()].reverse();
        const outline = [...t.keys()].map((i) => `${x(t[i]).toFixed(1)} ${at(up[i] ?? 0).toFixed(1)}`)
          .concat(back.map((i) => `${x(t[i]).toFixed(1)} ${at(down[i] ?? 0).toFixed(1)}`));
        if (t.length === 1) svg("path", { d: `M${outline.join("L")}`, class: "median" }, inside);
        else svg("path", { d: `M${outline.join("L")}Z`, class: "band" }, inside);
      }
      for (const [kind, t, y] of lines) svg("path", { d: path(t, y, x, at, width), class: kind }, inside);
      for (const ahead of series.ahead) {
        if (ahead.t.length && series.t.length) {
          const place = series.t.findLast((t) => t < ahead.t[0]) ?? ahead.t[0];
          svg("path", { d: `M${x(place)} ${TOP}V${low}`, class: "cutoff" }, inside);
        }
      }
      this.overlay = svg("g", {}, inside);
      Object.assign(this, { x, at, right, low, width, span: 2 * span });
      this.plot.replaceChildren(picture);
      this.plot.setAttribute("aria-label", this.words());
      if (this.cursor !== null) this.point(this.cursor);
    }

    joined(ahead) {
      // The forecast begins where the past ends.
      const { t, y } = this.series, last = t.findLastIndex((one) => one < ahead.t[0]);
      if (last < 0 || y[last] === null) return [ahead.t, ahead.median];
      return [[t[last], ...ahead.t], [y[last], ...ahead.median]];
    }

    words() {
      const [from, to] = this.view, unit = this.head.unit, forecasts = this.series.ahead.length;
      const what = forecasts > 1 ? `${forecasts} forecasts of the past` : "forecast behind its past";
      return `${this.label}: ${what}, from ${moment(Math.round(from), unit)} to ${moment(Math.round(to), unit)}. `
        + "Arrow keys read out values.";
    }

    at_time(time) {
      const i = this.series.t.indexOf(time);
      const ahead = this.series.ahead.findLast((a) => a.t.includes(time));
      return [i < 0 ? null : this.series.y[i], ahead, ahead ? ahead.t.indexOf(time) : -1];
    }

    point(time) {
      this.cursor = time;
      const [came, ahead, i] = this.at_time(time), parts = [moment(time, this.head.unit)];
      this.overlay.replaceChildren();
      svg("path", { d: `M${this.x(time)} ${TOP}V${this.low}`, class: "cursor" }, this.overlay);
      const fine = this.span / 10; // one digit more than the axis has
      const dot = (value, kind) => svg("circle", { cx: this.x(time), cy: this.at(value), r: 4, class: kind }, this.overlay);
      if (came !== null) { parts.push(`observed ${figure(came, fine)}`); dot(came, "dot-past"); }
      if (ahead && ahead.median[i] !== null) {
        parts.push(`forecast ${figure(ahead.median[i], fine)}`); dot(ahead.median[i], "dot-median");
        for (const [level, lower, upper] of [...ahead.bands].reverse()) {
          parts.push(`${level} %: ${figure(lower[i], fine)} to ${figure(upper[i], fine)}`);
        }
        for (const [name, line] of ahead.beside) {
          if (!this.hidden.has(`beside ${name}`)) parts.push(`${name} ${figure(line[i], fine)}`);
        }
      }
      if (parts.length === 1) parts.push("not observed");
      $("readout").textContent = parts.join(" · ");
    }

    nearest(time) {
      let low = 0, high = this.points.length - 1;
      while (low < high) { const middle = (low + high) >> 1; if (this.points[middle] < time) low = middle + 1; else high = middle; }
      const before = this.points[Math.max(0, low - 1)];
      return Math.abs(before - time) < Math.abs(this.points[low] - time) ? before : this.points[low];
    }

    step(by) {
      const from = this.cursor ?? this.series.ahead.at(-1)?.t[0] ?? this.points.at(-1);
      const first = this.cursor === null && Math.abs(by) === 1; // an arrow begins at the forecast
      const i = this.points.indexOf(from) + (first ? 0 : by);
      const time = this.points[Math.max(0, Math.min(this.points.length - 1, i))];
      const [begin, end] = this.view;
      if (time < begin || time > end) {
        const shift = time < begin ? time - begin : time - end;
        this.view = [begin + shift, end + shift]; this.draw();
      }
      this.point(time);
    }

    zoom(factor, around = (this.view[0] + this.view[1]) / 2) {
      const [from, to] = this.view, least = (this.all[1] - this.all[0]) / Math.max(1, this.points.length) * 4;
      if (factor < 1 && (to - from) * factor < least) return;
      this.view = [Math.max(this.all[0], around - (around - from) * factor), Math.min(this.all[1], around + (to - around) * factor)];
      this.draw();
    }

    whole() { this.view = [...this.all]; this.draw(); }

    time_of(event) {
      const box = this.plot.getBoundingClientRect(), pixel = ((event.clientX - box.left) / box.width) * this.width;
      const share = Math.max(0, Math.min(1, (pixel - LEFT) / (this.right - LEFT)));
      return this.view[0] + share * (this.view[1] - this.view[0]);
    }

    listen() {
      const { plot } = this;
      let begun = null;
      plot.addEventListener("pointerdown", (event) => { begun = event.pointerType === "mouse" ? this.time_of(event) : null; });
      plot.addEventListener("pointermove", (event) => {
        const time = this.time_of(event);
        this.point(this.nearest(time));
        if (begun !== null) {
          const [a, b] = [this.x(begun), this.x(time)].sort((one, two) => one - two);
          svg("rect", { x: a, y: TOP, width: b - a, height: this.low - TOP, class: "zoom" }, this.overlay);
        }
      });
      plot.addEventListener("pointerup", (event) => {
        if (begun === null) return;
        const [from, to] = [begun, this.time_of(event)].sort((one, two) => one - two);
        begun = null;
        if (this.x(to) - this.x(from) > 8) { this.view = [from, to]; this.draw(); }
      });
      plot.addEventListener("pointerleave", () => { begun = null; });
      plot.addEventListener("dblclick", () => this.whole());
      plot.addEventListener("wheel", (event) => {
        if (!event.ctrlKey && !event.shiftKey && document.activeElement !== plot) return; // the page scrolls
        event.preventDefault(); this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.time_of(event));
      }, { passive: false });
      plot.addEventListener("keydown", (event) => {
        const jump = event.shiftKey ? 10 : 1;
        const does = {
          ArrowLeft: () => this.step(-jump), ArrowRight: () => this.step(jump),
          Home: () => this.step(-1e9), End: () => this.step(1e9), "+": () => this.zoom(0.6), "=": () => this.zoom(0.6),
          "-": () => this.zoom(1.7), Escape: () => this.whole(),
        }[event.key];
        if (does) { event.preventDefault(); does(); }
      });
      $("in").addEventListener("click", () => this.zoom(0.6));
      $("out").addEventListener("click", () => this.zoom(1.7));
      $("whole").addEventListener("click", () => this.whole());
      new ResizeObserver(() => { if (this.series && Math.abs(plot.clientWidth - this.width) > 2) this.draw(); }).observe(plot);
      $("values").addEventListener("toggle", () => this.tabulate());
    }

    tabulate() {
      const place = $("values").querySelector("div");
      place.replaceChildren();
      if (!$("values").open) return;
      const table = element("table"), heads = ["time", "observed", "forecast"];
      const levels = (this.series.ahead[0]?.bands ?? []).map(([level]) => level).reverse();
      heads.push(...levels.map((level) => `${level} % interval`));
      const head = element("tr");
      for (const name of heads) head.append(element("th", { scope: "col" }, name));
      table.append(element("thead")); table.tHead.append(head);
      const body = element("tbody"), last = this.points.slice(-400);
      for (const time of last) {
        const [came, ahead, i] = this.at_time(time), row = element("tr");
        row.append(element("th", { scope: "row" }, moment(time, this.head.unit)));
        row.append(element("td", {}, figure(came, this.span / 10)), element("td", {}, ahead ? figure(ahead.median[i], this.span / 10) : ""));
        for (const level of levels) {
          const band = ahead?.bands.find(([one]) => one === level);
          row.append(element("td", {}, band ? `${figure(band[1][i], this.span / 10)} – ${figure(band[2][i], this.span / 10)}` : ""));
        }
        body.append(row);
      }
      table.append(body);
      if (this.points.length > last.length) place.append(element("p", { class: "note" }, `The last ${last.length} of ${this.points.length} steps.`));
      const scroll = element("div", { class: "scroll" });
      scroll.append(table); place.append(scroll);
    }
  }

  // ---- the list of series

  class Choice {
    constructor(head, chart) {
      this.head = head; this.chart = chart; this.blocks = new Map();
      this.order = head.labels.map((_, i) => i); this.shown = this.order;
      if (!$("search")) return;
      $("search").addEventListener("input", () => this.filter());
      $("sort").addEventListener("change", () => this.sort());
      $("before").addEventListener("click", () => this.move(-1));
      $("after").addEventListener("click", () => this.move(1));
      $("list").addEventListener("scroll", () => this.more());
      $("list").addEventListener("keydown", (event) => {
        const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (by) { event.preventDefault(); this.move(by); }
      });
      $("search").addEventListener("keydown", (event) => {
        if (event.key === "ArrowDown") { event.preventDefault(); $("list").focus(); }
        if (event.key === "Enter" && this.shown.length) this.choose(this.shown[0]);
      });
      this.filter();
    }

    async series(index) {
      const block = Math.floor(index / this.head.per);
      if (!this.blocks.has(block)) this.blocks.set(block, unzipped(`block${block}`));
      return unpack((await this.blocks.get(block))[index % this.head.per], this.head.axis);
    }

    async choose(index) {
      this.chosen = index;
      const series = await this.series(index);
      if (this.chosen !== index) return; // another was chosen meanwhile
      const facts = Object.entries(this.head.facts).map(([name, column]) => [name, column[index]]).filter(([, value]) => value);
      this.chart.show(series, this.head.labels[index], facts);
      for (const item of $("list")?.children ?? []) this.mark(item);
    }

    mark(item) {
      const is = Number(item.dataset.index) === this.chosen;
      item.setAttribute("aria-selected", String(is));
      if (is) { item.scrollIntoView({ block: "nearest" }); $("list").setAttribute("aria-activedescendant", item.id); }
    }

    move(by) {
      const at = this.shown.indexOf(this.chosen) + by;
      if (at < 0 || at >= this.shown.length) return;
      while ($("list").children.length <= at) { if (!this.more(true)) break; }
      this.choose(this.shown[at]);
    }

    sort() {
      const by = $("sort").value, { labels, facts } = this.head, column = facts[by];
      const number = (text) => { const n = parseFloat(String(text).replaceAll(",", "")); return Number.isNaN(n) ? -Infinity : n; };
      this.order = labels.map((_, i) => i);
      if (by === "label") this.order.sort((a, b) => labels[a].localeCompare(labels[b], "en", { numeric: true }));
      else if (column) this.order.sort((a, b) => number(column[b]) - number(column[a]));
      this.filter();
    }

    filter() {
      const words = $("search").value.trim().toLowerCase(), { labels } = this.head;
      this.shown = words ? this.order.filter((i) => labels[i].toLowerCase().includes(words)) : this.order;
      $("list").replaceChildren();
      this.more(true);
      $("found").textContent = words ? `${this.shown.length.toLocaleString("en")} of ${labels.length.toLocaleString("en")} series` : "";
      if (words && this.shown.length && !this.shown.includes(this.chosen)) this.choose(this.shown[0]);
    }

    more(always = false) {
      // The list grows as it is scrolled: thousands of items at once would be slow.
      const list = $("list"), near = list.scrollHeight - list.scrollTop - list.clientHeight < 200;
      const begin = list.children.length;
      if (!(always || near) || begin >= this.shown.length) return false;
      const column = this.head.facts[$("sort").value];
      for (const index of this.shown.slice(begin, begin + 60)) {
        const item = element("li", { role: "option", id: `series${index}`, "data-index": index });
        item.append(element("span", {}, this.head.labels[index]));
        if (column) item.append(element("span", {}, column[index]));
        item.addEventListener("click", () => this.choose(index));
        list.append(item); this.mark(item);
      }
      return true;
    }
  }

  // ---- small charts: errors by step, coverage

  function small(place, lines, x, xLabel, yLabel, label) {
    const width = Math.max(320, place.clientWidth || 480), height = 260, right = width - RIGHT, low = height - 44;
    const values = lines.flatMap(([, y]) => y).filter((value) => value !== null);
    if (!values.length) { place.replaceChildren(); return; }
    const ticks = nice(Math.min(0, ...values), Math.max(...values), 4);
    const from = Math.min(...x), to = Math.max(...x) === from ? from + 1 : Math.max(...x);
    const at = (value) => low - ((value - ticks[0]) / (ticks.at(-1) - ticks[0])) * (low - TOP);
    const across = (value) => LEFT + ((value - from) / (to - from)) * (right - LEFT);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
    for (const tick of ticks) {
      svg("path", { d: `M${LEFT} ${at(tick)}H${right}`, class: "grid" }, picture);
      svg("text", { x: LEFT - 8, y: at(tick) + 4, "text-anchor": "end" }, picture, figure(tick, ticks.at(-1) - ticks[0]));
    }
    for (const tick of nice(from, to, 6).filter((t) => t >= from && t <= to)) {
      svg("text", { x: across(tick), y: low + 18, "text-anchor": "middle" }, picture, figure(tick, to - from));
    }
    svg("text", { x: right, y: height - 6, "text-anchor": "end" }, picture, xLabel);
    svg("text", { x: 0, y: 12 }, picture, yLabel);
    lines.forEach(([, y], k) => svg("path", { d: path(x, y, across, at, width), class: `line l${k % 6}` }, picture));
    const key = element("ul", { class: "key" });
    lines.forEach(([name], k) => {
      const item = element("li"), sign = svg("svg", { viewBox: "0 0 26 8", "aria-hidden": "true" }, item);
      svg("path", { d: "M0 4H26", class: `line l${k % 6}` }, sign);
      item.append(name); key.append(item);
    });
    place.replaceChildren(picture, key);
  }

  function pictures(head) {
    for (const place of document.querySelectorAll("[data-curve]")) {
      const one = head.curves[place.dataset.curve];
      small(place, Object.entries(one.lines), one.at, one.x, one.y, `${one.title}: ${Object.keys(one.lines).join(", ")}`);
    }
    const place = document.querySelector("[data-coverage]");
    if (place && head.coverage) {
      const [promised, held] = head.coverage, order = [...promised.keys()].sort((a, b) => promised[a] - promised[b]);
      const x = [0, ...order.map((i) => promised[i]), 100];
      small(place, [["held", [0, ...order.map((i) => held[i]), 100]], ["promised", x]], x, "promised, %", "held, %",
        order.map((i) => `${promised[i]} % intervals held ${held[i].toFixed(0)} %`).join("; "));
    }
  }

  function sortable(table) {
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = element("button", { type: "button" }, cell.textContent);
      cell.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = cell.getAttribute("aria-sort") !== "ascending", body = table.tBodies[0];
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        cell.setAttribute("aria-sort", up ? "ascending" : "descending");
        const value = (row) => { const one = row.cells[column]; return one.dataset.value === undefined ? one.textContent : Number(one.dataset.value); };
        const rows = [...body.rows].sort((a, b) => {
          const [one, two] = [value(a), value(b)];
          return (typeof one === "number" && typeof two === "number" ? one - two : String(one).localeCompare(String(two))) * (up ? 1 : -1);
        });
        body.append(...rows);
      });
    });
  }

  async function start() {
    const head = await unzipped("head");
    document.querySelectorAll("table.sortable").forEach(sortable);
    if (head.labels.length) {
      const choice = new Choice(head, new Chart(head));
      await choice.choose(0);
    }
    pictures(head);
    let wide = innerWidth;
    addEventListener("resize", () => { if (innerWidth !== wide) { wide = innerWidth; pictures(head); } });
    document.documentElement.dataset.ready = "yes";
  }
  start();
})();
