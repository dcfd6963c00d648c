// What an organisation serves, outlined on the map: while its entry in a panel is open, or while it is picked.

function serviceAreas({ map, view, palette, state, figures, at, make, draw, say }, { points, arcs, options }) {
  const colour = palette.serviceArea;
  const lines = L.featureGroup().addTo(map);
  const casing = { ...options, color: "#ffffff", weight: 7, lineCap: "butt", dashArray: "16 6" };
  const dashes = { ...options, color: colour, weight: 3.5, lineCap: "butt", dashArray: "12 10", dashOffset: "-2" };
  let shown = null;

  function few(texts, separator) {
    const most = 6;
    if (texts.length <= most) return texts.join(separator);
    return `${texts.slice(0, most - 1).join(separator)} and ${texts.length - most + 1} more`;
  }

  function served(records) {
    const counted = records.filter(record => figures.entries(record).some(entry => !figures.whyNotCounted(entry)));
    const shown = counted.length ? counted : records, whole = new Set(), part = new Set();
    for (const entry of shown.flatMap(record => figures.entries(record))) {
      if (entry.whole) whole.add(entry.area);
      else if (!figures.detail(entry.record).shapes) part.add(entry.area);
    }
    const shapes = new Set(shown.flatMap(record => figures.detail(record).shapes || []));
    return { shapes: [...shapes].map(shape => view.shapes[shape]), whole, part, counted: counted.length > 0 };
  }

  function inWords({ shapes, whole, part, counted }) {
    const names = areas => few([...areas].map(area => figures.areas()[area].name), ", ");
    const drawn = shapes.length ? [few(shapes.map(shape => `${shape.name}, ${shape.about}`), "; ")] : [];
    if (whole.size) drawn.push(`the whole of ${names(whole)}`);
    const left = [...part].filter(area => !whole.has(area));
    const rest = left.length ? `Not drawn: part of ${names(left)}.` : "";
    const aside = counted || !(drawn.length || rest) ? "" : "None of it is counted.";
    return [drawn.length ? `${drawn.join("; ")}.` : "", rest, aside].filter(Boolean).join(" ");
  }

  function outlines({ shapes, whole }) {
    const rings = shapes.flatMap(shape => shape.polygons.flat()).map(flat => points(flat, 1e5));
    const bounding = new Set(); // an arc between two of the areas is met twice and falls out
    for (const piece of state.geography.pieces) {
      if (!piece.areas.some(area => whole.has(area))) continue;
      for (const i of piece.polygons.flat(2)) {
        const arc = i < 0 ? ~i : i;
        if (!bounding.delete(arc)) bounding.add(arc);
      }
    }
    return [...rings.map(ring => [...ring, ring[0]]), ...[...bounding].map(arc => arcs[arc])];
  }

  function clear() {
    const before = shown;
    shown = null;
    lines.clearLayers();
    at("shown").hidden = true;
    before?.refresh();
  }

  function show(entry) {
    clear();
    shown = entry;
    const found = outlines(entry.served);
    for (const style of [casing, dashes]) L.polyline(found, style).addTo(lines);
    const swatch = draw("svg", { class: "swatch", "aria-hidden": "true" },
      draw("path", { d: "M0 10h40", stroke: colour, "stroke-width": 3.5, "stroke-dasharray": "12 10", "stroke-dashoffset": -2 }));
    at("shown").replaceChildren(swatch, make("span", {}, `Service area of ${entry.name}: ${entry.words}`));
    at("shown").hidden = false;
    say(`Shown on the map: ${entry.words}`);
    entry.refresh();
  }

  function entryOf(name, records) {
    const note = make("p", {});
    const button = make("button", { type: "button", class: "quiet" });
    const entry = {
      name,
      element: make("div", { class: "drawn" }, note, button),
      refresh() {
        const beyond = shown === entry && !map.getBounds().contains(lines.getBounds());
        note.textContent = shown === entry ? `Shown on the map: ${entry.words}` : "";
        button.textContent = shown !== entry ? "Show on the map" : beyond ? "Show all of it" : "Zoom to it";
      },
      measure() {
        entry.served ??= served(records);
        entry.words ??= inWords(entry.served);
        return entry.served.shapes.length + entry.served.whole.size > 0;
      },
    };
    button.addEventListener("click", () => {
      if (shown !== entry) return show(entry);
      map.fitBounds(lines.getBounds(), { animate: false, padding: [16, 16] });
      map.getContainer().scrollIntoView({ block: "nearest" });
    });
    return entry;
  }

  // While an entry of a panel is open
  function offer(details, name, records) {
    const entry = entryOf(name, records);
    details.addEventListener("toggle", () => {
      if (!details.isConnected) return;
      if (!details.open) {
        if (shown !== entry) return;
        clear();
        say("Taken off the map.");
        return;
      }
      if (!entry.measure()) return;
      if (!entry.element.isConnected) details.lastChild.prepend(entry.element);
      show(entry);
    });
  }

  // While an organisation is picked
  function present(container, name, records) {
    const entry = entryOf(name, records);
    if (entry.measure()) {
      container.append(entry.element);
      show(entry);
    } else {
      container.append(make("p", {}, entry.words || `Nothing that is shown here is on record for ${state.date.label}.`));
    }
  }

  map.on("moveend", () => shown?.refresh());
  return { offer, present, clear, bounds: () => lines.getBounds() };
}
