// Every theme and area at a glance: the provision classes as a heat table, each with its letter.

function matrixOf(page) {
  const { view, palette, state, figures, fills, at, make, capital } = page;
  const { classOf, flags } = figures;
  const byName = new Intl.Collator("en-GB", { numeric: true });
  const MARK = "▲", SEEN = "+";
  const REPORTED = "reported gap";
  const kinds = { function: "What organisations do", community: "Communities served" };

  const legend = make("ul", { class: "legend", "aria-label": "Legend" },
    ...view.classes.map((each, place) => make("li", {}, fills.swatch(palette.classes[place]), `${each.code} ${capital(each.label)}`)).reverse(),
    make("li", {}, make("span", { class: "mark" }, SEEN), `Not surveyed, but ${figures.ALL_THE_SAME} all the same`),
    make("li", {}, make("span", { class: "mark" }, MARK), "A source reports a gap: beside the class, never mixed with it"));
  const note = make("p", { class: "hint" });
  const grid = make("table", { class: "matrix", role: "grid", "aria-labelledby": "matrix-title" });
  at("matrix").append(note, legend, make("div", { class: "scroll matrix-scroll" }, grid));

  let cells = [];

  function sentence(area, theme, reported) {
    const label = figures.classMeasure ? figures.figure(figures.classMeasure, area, theme) : "not available";
    return `${figures.areas()[area].name}, ${theme.label}: ${label}${reported ? `; ${REPORTED}` : ""}`;
  }

  function show() {
    note.textContent = `${state.geography.label}. ${state.date.as_of} Select a cell to see it on the map.`;
    const groups = Object.keys(kinds).map(kind => [kind, view.themes.filter(theme => theme.kind === kind)]).filter(([, themes]) => themes.length);
    const themes = groups.flatMap(([, listed]) => listed);
    const head = make("thead", {},
      make("tr", { role: "row" }, make("th", { rowspan: 2, scope: "col", role: "columnheader" }, "Area"), ...groups.map(([kind, listed]) =>
        make("th", { colspan: listed.length, scope: "colgroup", role: "columnheader" }, kinds[kind]))),
      make("tr", { role: "row" }, ...themes.map(theme =>
        make("th", { scope: "col", role: "columnheader", class: "theme" }, make("span", {}, theme.label)))));
    const areas = figures.areas();
    const order = areas.map((_, i) => i).sort((a, b) => byName.compare(areas[a].name, areas[b].name));
    const body = make("tbody", {});
    cells = order.map(area => {
      const made = themes.map(theme => {
        const place = classOf(area, theme);
        const reported = flags(area, theme).some(flag => flag.startsWith(REPORTED));
        const cell = make("td", { role: "gridcell", tabindex: "-1", class: `class-${place ?? "missing"}`, "aria-label": sentence(area, theme, reported) },
          make("b", {}, place === null ? "×" : view.classes[place].code), figures.seen(area, theme) ? make("i", {}, SEEN) : "", reported ? make("i", {}, MARK) : "");
        cell.choice = { theme, areas: [area] };
        return cell;
      });
      body.append(make("tr", { role: "row" }, make("th", { scope: "row", role: "rowheader" }, areas[area].name), ...made));
      return made;
    });
    grid.replaceChildren(head, body);
    cells[0]?.[0]?.setAttribute("tabindex", "0");
  }

  function open(cell) {
    if (!cell?.choice) return;
    page.back = null;
    page.change({ ...cell.choice, organisation: null, view: "map" }, { push: true });
    at("panel").scrollIntoView({ block: "nearest" });
    at("panel").focus({ preventScroll: true });
  }

  grid.addEventListener("click", event => open(event.target.closest("td")));
  grid.addEventListener("keydown", event => {
    const cell = event.target.closest("td");
    if (!cell?.choice) return;
    if (event.key === "Enter" || event.key === " ") {
      open(cell);
    } else {
      const y = cells.findIndex(row => row.includes(cell)), x = cells[y].indexOf(cell);
      const [across, down] = {
        ArrowLeft: [x - 1, y], ArrowRight: [x + 1, y], ArrowUp: [x, y - 1], ArrowDown: [x, y + 1],
        Home: [0, y], End: [cells[y].length - 1, y], PageUp: [x, Math.max(0, y - 10)], PageDown: [x, Math.min(cells.length - 1, y + 10)],
      }[event.key] || [];
      if (across === undefined) return;
      const next = cells[down]?.[across];
      if (next) {
        cell.setAttribute("tabindex", "-1");
        next.setAttribute("tabindex", "0");
        next.focus();
      }
    }
    event.preventDefault();
  });

  return { show };
}
