// The table under the map: the same rows, sorted, filtered and taken away as CSV.
//
// What it holds is the page's: `columns` (key, label(), kind, text(index), and order(index), by which rows are sorted),
// `only` (a label, choices, and which rows a choice holds), `caption()`, and of the CSV file `heads`, `values(index)`, what
// is said `about()` all rows, and `file()`. The first column holds the names; closing rows come after all areas.

function tableOf(page, { columns, only, caption: told, csv: written }) {
  const { state, figures, at, make, plain, say } = page;
  const byName = new Intl.Collator("en-GB", { numeric: true });
  const MOST = 100; // rows that are shown until all are asked for: a hundred take a browser 25 milliseconds

  const built = new Map();
  let rows = [], sorted = [];
  let everything = false;

  const words = make("input", { type: "text", id: "filter", autocomplete: "off", spellcheck: "false" });
  const classes = make("select", { id: "filter-class", autocomplete: "off" });
  const download = make("button", { type: "button", id: "download", class: "action" }, "Download CSV");
  const count = make("p", { class: "hint", id: "row-count", role: "status" });
  const all = make("button", { type: "button", class: "quiet", id: "all-rows" });
  const head = make("thead", { id: "columns" }), body = make("tbody", { id: "rows" }), foot = make("tfoot", { id: "totals" });
  const caption = make("span", { id: "caption" });
  const scroll = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "table-title" },
    make("table", {}, make("caption", {}, caption), head, body, foot));
  at("table").append(
    make("div", { class: "table-controls" },
      make("p", {}, make("label", { for: "filter" }, "Filter by name or code"), words),
      make("p", {}, make("label", { for: "filter-class" }, only.label), classes),
      download),
    count, scroll, all);
  function showAll() {
    everything = true;
    arrange();
  }
  all.addEventListener("click", showAll);
  addEventListener("beforeprint", showAll);
  classes.append(...only.choices.map(([value, label]) => make("option", { value }, label)));

  const cell = (tag, column, attributes = {}, ...children) =>
    make(tag, column.kind ? { ...attributes, class: column.kind } : attributes, ...children);

  function build() {
    head.replaceChildren(make("tr", {}, ...columns.map(column => {
      const button = make("button", { type: "button", class: "sort" }, column.label());
      button.addEventListener("click", () => {
        page.change({ sort: column.key, down: state.sort === column.key ? !state.down : column.kind === "number" && !column.rising });
        say(`Sorted by ${column.label()}, ${state.down ? "from high to low" : "from low to high"}.`);
      });
      return cell("th", column, { scope: "col", "data-key": column.key }, button);
    })));
    if (!built.has(state.geography)) built.set(state.geography, rowsOf(figures.areas()));
    rows = built.get(state.geography);
    body.replaceChildren();
    foot.replaceChildren(...rows.closing.map(each => each.row));
  }

  function rowsOf(areas) {
    const closing = figures.closing().map((each, i) => {
      const cells = columns.slice(1).map(column => cell("td", column));
      return { index: areas.length + i, cells, row: make("tr", {}, make("th", { scope: "row" }, each.name), ...cells) };
    });
    return Object.assign(areas.map((area, index) => ({ area, index })), { closing });
  }

  function drawn(each) {
    if (each.row) return each;
    const button = make("button", { type: "button", class: "row" }, each.area.name);
    button.addEventListener("click", () => {
      page.choose([each.index], { from: button });
      at("panel").scrollIntoView({ block: "nearest" });
      at("panel").focus({ preventScroll: true });
    });
    const cells = columns.slice(1).map(column => cell("td", column));
    return Object.assign(each, { cells, button, row: make("tr", {}, make("th", { scope: "row" }, button), ...cells) });
  }

  function shown() {
    const wanted = plain(state.filter).split(" ").filter(Boolean);
    return rows.filter(({ index }) => {
      const { name, code } = figures.areas()[index];
      const text = plain(`${name} ${code}`);
      return wanted.every(word => text.includes(word)) && (state.only === "" || only.holds(state.only, index));
    });
  }

  function arrange() {
    const column = columns.find(each => each.key === state.sort) || columns[0];
    const keyed = shown().map(row => [column.order(row.index), row]);
    const way = state.down ? -1 : 1;
    keyed.sort(([a, one], [b, other]) => {
      if (a === null || b === null) return (a === null) - (b === null) || one.index - other.index;
      const first = typeof a === "number" ? a - b : byName.compare(a, b);
      return first * way || byName.compare(figures.areas()[one.index].name, figures.areas()[other.index].name);
    });
    sorted = keyed.map(([, each]) => each);
    const visible = (everything ? sorted : sorted.slice(0, MOST)).map(drawn);
    if (words.value !== state.filter) words.value = state.filter;
    classes.value = state.only;
    fill([...visible, ...rows.closing]);
    const wanted = visible.map(each => each.row);
    if (wanted.length !== body.children.length || wanted.some((row, i) => row !== body.children[i])) body.replaceChildren(...wanted);
    all.hidden = visible.length === sorted.length;
    all.textContent = `Show all ${sorted.length} rows`;
    for (const th of head.querySelectorAll("th")) {
      th.setAttribute("aria-sort", th.dataset.key !== column.key ? "none" : state.down ? "descending" : "ascending");
    }
    const standing = visible.length < sorted.length ? `, the first ${visible.length} shown` : "";
    const text = `${sorted.length} of ${rows.length} ${state.geography.nouns[1]}${standing}`;
    if (count.textContent !== text) count.textContent = text;
    mark();
  }

  function mark() {
    for (const { index, row, button } of rows) {
      row?.classList.toggle("chosen", state.areas.includes(index));
      button?.setAttribute("aria-pressed", state.areas.includes(index));
    }
  }

  words.addEventListener("input", () => page.change({ filter: words.value }));
  classes.addEventListener("change", () => page.change({ only: classes.value === "" ? "" : Number(classes.value) }));

  // CSV with the columns of the published tables: text that a spreadsheet would run is given an apostrophe
  function csv() {
    const safe = each => (typeof each === "string" && /^[=+\-@\t\r＝＋－＠]/.test(each) ? `'${each}` : each);
    const quoted = text => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const closing = figures.closing().map((each, i) => ({ index: rows.length + i, area: { code: "", ...each } }));
    const lines = [...sorted, ...closing].map(({ index, area }) =>
      [area.code, area.name, ...written.values(index), area.residents ?? "", ...written.about()].map(each => quoted(String(safe(each) ?? ""))).join(","));
    const { code_column, name_column } = state.geography;
    return [[code_column || "code", name_column || "name", ...written.heads].join(","), ...lines].join("\r\n") + "\r\n";
  }

  download.addEventListener("click", () => {
    const name = written.file().filter(Boolean).join("_").replace(/[^\w.-]+/g, "-");
    const file = URL.createObjectURL(new Blob(["\ufeff", csv()], { type: "text/csv;charset=utf-8" }));
    make("a", { href: file, download: `${name}.csv` }).click();
    URL.revokeObjectURL(file);
    say(`${sorted.length} rows downloaded as ${name}.csv.`);
  });

  function showGeography() {
    everything = false;
    build();
  }

  function fill(shown) {
    for (const { index, cells } of shown) {
      cells.forEach((each, i) => {
        const text = columns[i + 1].text(index);
        if (each.textContent !== text) each.textContent = text;
      });
    }
  }

  function showFigures() {
    caption.textContent = told();
    arrange();
  }

  function showChoice() {
    if (sorted.some(({ index, row }) => state.areas.includes(index) && !row?.isConnected)) showAll();
    mark();
    for (const { index, row, button } of rows) {
      if (!state.areas.includes(index) || !row?.isConnected || document.activeElement === button) continue;
      const box = scroll.getBoundingClientRect(), mine = row.getBoundingClientRect();
      if (mine.top < box.top + head.offsetHeight || mine.bottom > box.bottom) {
        scroll.scrollTop += mine.top - box.top - head.offsetHeight - 8;
      }
    }
  }

  return { showGeography, showFigures, showChoice, arrange };
}
