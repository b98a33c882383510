// Makes the list of series, with search and sorting.

import { byId, html } from "./elements.js";

/**
 * @import { Head } from "./data.js"
 */

const AT_A_TIME = 60; // items added at once; thousands would be slow
const NEAR = 200; // pixels from the end of the list

export class SeriesList {
  /**
   * @param {Head} head
   * @param {(index: number) => void} choose  called when a series is chosen
   */
  constructor(head, choose) {
    this.head = head;
    this.onChoose = choose;
    this.chosen = 0;
    this.order = [...head.labels.keys()];
    this.found = this.order;
    this.list = byId("list", HTMLUListElement);
    this.search = byId("search", HTMLInputElement);
    this.sorting = byId("sort", HTMLSelectElement);
    this.addHandlers();
    this.filter();
  }

  addHandlers() {
    this.search.addEventListener("input", () => this.filter());
    this.sorting.addEventListener("change", () => this.sort());
    byId("before", HTMLElement).addEventListener("click", () => this.move(-1));
    byId("after", HTMLElement).addEventListener("click", () => this.move(1));
    this.list.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.list;
      if (scrollHeight - scrollTop - clientHeight < NEAR) this.grow();
    });
    this.list.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    });
    this.search.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        this.list.focus();
      }
      if (event.key === "Enter" && this.found.length) this.choose(this.found[0]);
    });
  }

  /** @param {number} index */
  choose(index) {
    this.chosen = index;
    for (const item of this.items()) this.mark(item);
    this.onChoose(index);
  }

  /** @param {1 | -1} by */
  move(by) {
    const place = this.found.indexOf(this.chosen) + by;
    if (place < 0 || place >= this.found.length) return;
    while (this.list.children.length <= place) this.grow();
    this.choose(this.found[place]);
  }

  sort() {
    const { labels, figures } = this.head;
    const by = this.sorting.value;
    const column = figures[by];
    this.order = [...labels.keys()];
    if (by === "label") {
      this.order.sort((a, b) => labels[a].localeCompare(labels[b], "en", { numeric: true }));
    } else if (column) {
      const numbers = column.map(numberIn);
      this.order.sort((a, b) => numbers[b] - numbers[a]);
    }
    this.filter();
  }

  filter() {
    const { labels } = this.head;
    const words = this.search.value.trim().toLowerCase();
    const matches = (/** @type {number} */ i) => labels[i].toLowerCase().includes(words);
    this.found = words ? this.order.filter(matches) : this.order;
    this.list.replaceChildren();
    this.grow();
    const [count, total] = [this.found.length, labels.length].map((n) => n.toLocaleString("en"));
    byId("found", HTMLElement).textContent = words ? `${count} of ${total} series` : "";
    if (words && this.found.length && !this.found.includes(this.chosen)) this.choose(this.found[0]);
  }

  /** Adds the next items, if there are any. */
  grow() {
    const begin = this.list.children.length;
    const column = this.head.figures[this.sorting.value];
    for (const index of this.found.slice(begin, begin + AT_A_TIME)) {
      const item = html("li", { role: "option", id: `series${index}`, "data-index": index });
      item.append(html("span", {}, this.head.labels[index]));
      if (column) item.append(html("span", {}, column[index]));
      item.addEventListener("click", () => this.choose(index));
      this.list.append(item);
      this.mark(item);
    }
  }

  items() {
    return this.list.querySelectorAll("li");
  }

  /** @param {HTMLLIElement} item */
  mark(item) {
    const isChosen = Number(item.dataset.index) === this.chosen;
    item.setAttribute("aria-selected", String(isChosen));
    if (!isChosen) return;
    item.scrollIntoView({ block: "nearest" });
    this.list.setAttribute("aria-activedescendant", item.id);
  }
}

/**
 * Reads the number at the start of a figure; figures without a number are sorted last.
 *
 * @param {string} figure
 */
function numberIn(figure) {
  const number = Number.parseFloat(figure.replaceAll(",", ""));
  return Number.isNaN(number) ? -Infinity : number;
}
