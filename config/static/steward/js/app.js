// What plain HTML cannot do: warn about unsaved work, sort tables, jump to the search field, focus the error summary.
// Every page works without this file.
(() => {
  "use strict";

  // ---- forms with data-unsaved warn before the page is left
  let submitting = false;
  const isChanged = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
    if (field.type === "file") return field.files.length > 0;
    return field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
  };
  const hasUnsavedWork = () =>
    [...document.querySelectorAll("form[data-unsaved]")].some((form) => [...form.elements].some(isChanged));

  document.addEventListener("submit", () => { submitting = true; });
  document.addEventListener("htmx:afterRequest", () => { submitting = false; });
  window.addEventListener("pageshow", () => { submitting = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!submitting && hasUnsavedWork()) event.preventDefault();
  });

  // ---- tables with data-sortable: each column heading becomes a button
  const sortValue = (row, index) => {
    const cell = row.cells[index];
    if (!cell) return "";
    const text = (cell.dataset.value ?? cell.textContent).trim();
    const figure = Number(text.replace(/−/g, "-").replace(/[$,%\s]|bps|points/g, ""));
    return text !== "" && Number.isFinite(figure) ? figure : text.toLocaleLowerCase();
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return a.localeCompare(b);
  };
  const sortBy = (table, heading) => {
    const descending = heading.getAttribute("aria-sort") === "ascending";
    const order = descending ? -1 : 1;
    for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    for (const body of table.tBodies) {
      const rows = [...body.rows].map((row) => [sortValue(row, heading.cellIndex), row]);
      rows.sort(([a], [b]) => order * compare(a, b));
      body.append(...rows.map(([, row]) => row));
    }
  };
  const makeSortable = (table) => {
    if (table.dataset.sortable === "ready" || !table.tHead) return;
    table.dataset.sortable = "ready";
    for (const heading of table.tHead.querySelectorAll('th[scope="col"]:not([data-nosort])')) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sortBy(table, heading));
      heading.append(button);
    }
  };

  // ---- "/" goes to the search field of the page, else of the rail
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = document.querySelector('main input[type="search"]') ?? document.querySelector("[data-search]");
    if (!field) return;
    event.preventDefault();
    field.closest("details:not([open])")?.setAttribute("open", "");
    field.focus();
    field.select();
  });

  // ---- Escape closes an open card or menu and gives the focus back to what opened it
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && event.target.closest?.("details[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  // ---- browsers without ::details-content: keep the menu and the panel open where there is room
  const openWhereWide = (selector, query) => {
    const details = document.querySelector(selector);
    const wide = window.matchMedia(query);
    if (!details || CSS.supports("selector(::details-content)")) return;
    const follow = () => { details.open = wide.matches; };
    wide.addEventListener("change", follow);
    follow();
  };

  const prepare = (root) => {
    for (const table of root.querySelectorAll("table[data-sortable]")) makeSortable(table);
    if (root.matches?.("table[data-sortable]")) makeSortable(root);
    root.querySelector("[data-error-summary]")?.focus();
  };
  prepare(document);
  openWhereWide(".rail-menu", "(width >= 60rem)");
  openWhereWide(".panel > details", "(width >= 72rem)");
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) prepare(event.detail.elt);
  });
})();
