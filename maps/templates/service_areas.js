
// What an organisation serves, outlined on the map while its entry in the panel is open.

function serviceAreas(map, view, { at, make, draw, points, arcs, options, colour, state, onRecord }) {
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
    const whole = new Set(), part = new Set();
    (onRecord() || []).forEach((entries, area) => {
      for (const [record, extent] of entries) {
        if (!records.includes(record)) continue;
        if (extent === "whole") whole.add(area);
        else if (!view.records[record].shapes) part.add(area);
      }
    });
    const shapes = new Set(records.flatMap(record => view.records[record].shapes || []));
    return { shapes: [...shapes].map(shape => view.shapes[shape]), whole, part };
  }

  function inWords({ shapes, whole, part }) {
    const names = areas => few([...areas].map(area => state.geography.areas[area].name), ", ");
    const drawn = shapes.length ? [few(shapes.map(shape => `${shape.name}, ${shape.about}`), "; ")] : [];
    if (whole.size) drawn.push(`the whole of ${names(whole)}`);
    const left = [...part].filter(area => !whole.has(area));
    return `${drawn.join("; ")}.${left.length ? ` Not drawn: part of ${names(left)}.` : ""}`;
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
    at("status").textContent = `Shown on the map: ${entry.words}`;
    entry.refresh();
  }

  function offer(details, name, records) {
    const note = make("p", {});
    const button = make("button", { type: "button", class: "quiet" });
    const entry = {
      name,
      refresh() {
        const beyond = shown === entry && !map.getBounds().contains(lines.getBounds());
        note.textContent = shown === entry ? `Shown on the map: ${entry.words}` : "";
        button.textContent = shown !== entry ? "Show on the map" : beyond ? "Show all of it" : "Zoom to it";
      },
    };
    details.addEventListener("toggle", () => {
      if (!details.isConnected) return;
      if (!details.open) {
        if (shown !== entry) return;
        clear();
        at("status").textContent = "Taken off the map.";
        return;
      }
      entry.served ??= served(records);
      if (!entry.served.shapes.length && !entry.served.whole.size) return;
      entry.words ??= inWords(entry.served);
      if (!button.isConnected) details.lastChild.prepend(make("div", { class: "drawn" }, note, button));
      show(entry);
    });
    button.addEventListener("click", () => {
      if (shown !== entry) return show(entry);
      map.fitBounds(lines.getBounds(), { animate: false, padding: [16, 16] });
      map.getContainer().scrollIntoView({ block: "nearest" });
    });
  }

  map.on("moveend", () => shown?.refresh());
  return { offer, clear, bounds: () => lines.getBounds() };
}
