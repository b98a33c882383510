// Makes the overview: a table of all series with search and sorting. Only the rows in view are in
// the page, so that thousands of series stay fast.

import { byId, html } from "./elements.js";
import { amountsWriter, formatChange, formatRatio, shortAmount } from "./format.js";

/**
 * @import { Column, Head } from "./data.js"
 * @typedef {{ column: number, isUp: boolean }} Sorting  column −1: the names
 */

const ROW = 36; // pixels, as in the style
const BEYOND = 12; // rows above and below those in view
const PRINTED = 60; // rows on paper
const [NARROW, LONG] = [480, 7]; // pixels, and characters that fit a column then

export class Overview {
  /**
   * @param {Head} head
   * @param {(index: number) => void} choose  called when a series is chosen
   */
  constructor(head, choose) {
    this.head = head;
    this.onChoose = choose;
    this.chosen = head.first;
    this.isPrinted = false;
    this.writers = head.columns.map(writerOf);
    /** @type {Sorting | null} */
    this.sorting = head.sort === null ? null : { column: head.sort, isUp: false };
    this.order = this.sorted();
    this.found = this.order;
    this.place = byId("rows", HTMLElement);
    this.search = byId("search", HTMLInputElement);
    this.heads = [html("th", { scope: "col" }), ...head.columns.map(headOf)];
    this.total = html("tbody", { class: "total" });
    this.body = html("tbody");
    this.place.append(this.table());
    this.addHandlers();
    this.filter();
  }

  table() {
    const { head } = this;
    const table = html("table", { class: "overview" });
    const row = table.createTHead().insertRow();
    for (const [k, name] of ["series", ...head.columns.map((one) => one.name)].entries()) {
      const button = html("button", { type: "button" }, name);
      button.addEventListener("click", () => this.sort(k - 1));
      this.heads[k].append(button);
    }
    row.append(...this.heads);
    table.append(this.total, this.body);
    return table;
  }

  addHandlers() {
    this.search.addEventListener("input", () => this.filter());
    this.search.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.found.length) this.open(this.found[0]);
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      this.place.focus();
    });
    byId("before", HTMLElement).addEventListener("click", () => this.move(-1));
    byId("after", HTMLElement).addEventListener("click", () => this.move(1));
    this.place.addEventListener("scroll", () => this.fill());
    this.place.addEventListener("keydown", (event) => {
      if (event.target !== this.place) return;
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    });
  }

  /**
   * Chooses a series, and scrolls to its chart.
   *
   * @param {number} index
   */
  open(index) {
    this.choose(index);
    byId("chart", HTMLElement).scrollIntoView({ block: "nearest" });
  }

  /** @param {number} index */
  choose(index) {
    this.chosen = index;
    this.fill();
    this.onChoose(index);
  }

  /**
   * Chooses the series before or after the chosen one.
   *
   * @param {1 | -1} by
   */
  move(by) {
    const all = this.head.total ? [0, ...this.found] : this.found;
    const index = all[all.indexOf(this.chosen) + by];
    if (index === undefined) return;
    this.reveal(this.found.indexOf(index));
    this.choose(index);
  }

  /**
   * Scrolls until a row is in view.
   *
   * @param {number} row
   */
  reveal(row) {
    const { place } = this;
    const heads = (this.head.total ? 2 : 1) * ROW;
    const [top, bottom] = [row * ROW, (row + 1) * ROW + heads];
    if (top < place.scrollTop) place.scrollTop = top;
    if (bottom > place.scrollTop + place.clientHeight)
      place.scrollTop = bottom - place.clientHeight;
  }

  /** @param {number} column */
  sort(column) {
    const isSame = this.sorting?.column === column;
    // The first click shows the largest numbers, and names from A to Z.
    const isUp = isSame ? !this.sorting?.isUp : column < 0;
    this.sorting = { column, isUp };
    this.order = this.sorted();
    this.filter();
  }

  /** @returns {number[]} the series in the order of the sorting */
  sorted() {
    const { labels, columns, total } = this.head;
    const order = [...labels.keys()].slice(total ? 1 : 0);
    if (!this.sorting) return order;
    const { column, isUp } = this.sorting;
    const sign = isUp ? 1 : -1;
    if (column < 0) {
      const names = new Intl.Collator("en", { numeric: true });
      return order.sort((a, b) => sign * names.compare(labels[a], labels[b]));
    }
    const { values } = columns[column];
    return order.sort((a, b) => compared(values[a], values[b], sign));
  }

  filter() {
    const { labels, total } = this.head;
    const words = this.search.value.trim().toLowerCase();
    const matches = (/** @type {number} */ i) => labels[i].toLowerCase().includes(words);
    this.found = words ? this.order.filter(matches) : this.order;
    this.heads.forEach((head, k) => {
      if (this.sorting?.column !== k - 1) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", this.sorting.isUp ? "ascending" : "descending");
    });
    this.place.scrollTop = 0;
    this.fill();
    const all = labels.length - (total ? 1 : 0);
    const [count, whole] = [this.found.length, all].map((n) => n.toLocaleString("en"));
    byId("found", HTMLElement).textContent = words ? `${count} of ${whole} series` : "";
    const isHidden = !this.found.includes(this.chosen) && !(total && this.chosen === 0 && !words);
    if (words && this.found.length && isHidden) this.choose(this.found[0]);
  }

  /** Fills the table with the rows in view, on paper with the first ones. */
  fill() {
    const { place, found } = this;
    const first = Math.max(0, Math.floor(place.scrollTop / ROW) - BEYOND);
    const inView = Math.ceil(place.clientHeight / ROW) + 2 * BEYOND;
    const [begin, end] = this.isPrinted ? [0, PRINTED] : [first, first + inView];
    const rows = found.slice(begin, end).map((index) => this.row(index));
    const after = this.isPrinted ? 0 : Math.max(0, found.length - end);
    this.body.replaceChildren(space(begin), ...rows, space(after));
    this.total.replaceChildren(...(this.head.total ? [this.row(0)] : []));
    place.setAttribute("aria-label", `${found.length.toLocaleString("en")} series`);
  }

  /** @param {number} index */
  row(index) {
    const { labels, columns } = this.head;
    const row = html("tr", { "data-index": index, "aria-selected": String(index === this.chosen) });
    row.append(html("th", { scope: "row", title: labels[index] }, labels[index]));
    const isNarrow = this.place.clientWidth < NARROW;
    columns.forEach(({ kind, values }, k) => {
      const value = values[index];
      const text = this.writers[k](value);
      // A number that is cut would be read as a smaller one.
      const isCut = isNarrow && kind === "amount" && text.length > LONG;
      row.append(html("td", { class: kind }, isCut && value !== null ? shortAmount(value) : text));
    });
    row.addEventListener("click", () => this.open(index));
    return row;
  }

  /**
   * The cells of a series, each with the name of its column.
   *
   * @param {number} index
   */
  figures(index) {
    const cells = this.head.columns.map(
      ({ name, values }, k) => `${name} ${this.writers[k](values[index])}`,
    );
    return cells.join(" · ");
  }

  /** @param {boolean} isPrinted  whether the page is on paper, where nothing can be scrolled */
  print(isPrinted) {
    this.isPrinted = isPrinted;
    this.fill();
    const rest = this.found.length - PRINTED;
    const note = `The first ${PRINTED} of ${this.found.length.toLocaleString("en")} series.`;
    if (isPrinted && rest > 0) byId("found", HTMLElement).textContent = note;
    else this.filter();
  }
}

/**
 * @param {Column} column
 * @returns {(value: number | null) => string}
 */
function writerOf({ kind, values }) {
  if (kind === "amount") return amountsWriter(values);
  return kind === "change" ? formatChange : formatRatio;
}

/** @param {Column} column */
function headOf({ kind }) {
  return html("th", { scope: "col", class: kind });
}

/**
 * A row in place of rows that are not in view.
 *
 * @param {number} rows
 */
function space(rows) {
  const row = html("tr", { class: "space", "aria-hidden": "true" });
  row.style.height = `${rows * ROW}px`;
  return row;
}

/**
 * Compares two values; empty cells come last.
 *
 * @param {number | null} a
 * @param {number | null} b
 * @param {number} sign  1: smallest first, −1: largest first
 */
function compared(a, b, sign) {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return sign * (a - b);
}
