// The map: outlines drawn once for each geography, filled anew for each choice, reached by mouse and by keyboard.

function mapOf(page) {
  const { view, palette, map, state, figures, fills, at, make } = page;

  function points(flat, steps) {
    const made = [];
    let lon = 0, lat = 0;
    for (let i = 0; i < flat.length; i += 2) made.push([(lat += flat[i + 1]) / steps, (lon += flat[i]) / steps]);
    return made;
  }
  const arcs = view.arcs.map(flat => points(flat, view.steps));

  function ring(numbers) {
    const made = [];
    for (const i of numbers) {
      const arc = i < 0 ? [...arcs[~i]].reverse() : arcs[i];
      made.pop();
      for (const point of arc) made.push(point);
    }
    return made;
  }
  const outline = polygons => polygons.map(rings => rings.map(ring));

  function pane(name, order) {
    const made = map.createPane(name);
    made.style.zIndex = order;
    return { pane: name, renderer: L.svg({ pane: name, padding: 1 }) };
  }
  const exact = { smoothFactor: 0, noClip: true };
  const still = { ...exact, ...pane("still", 390), interactive: false };
  const chosenMark = { ...exact, ...pane("chosen", 450), interactive: false, fill: false };
  const focusMark = { ...chosenMark, ...pane("focused", 460) };
  const focused = L.layerGroup().addTo(map);
  const chosen = L.layerGroup().addTo(map);
  const served = page.overlay?.(page, {
    points, arcs, options: { ...exact, ...pane("service-areas", 455), interactive: false, fill: false },
  });
  for (const each of view.context) {
    L.polygon(outline(each.polygons), { ...still, color: "#c4c7c9", weight: 1, fillColor: "#f3f4f5", fillOpacity: 1 }).addTo(map);
  }

  const drawn = new Map();

  function piecesOf(geography) {
    if (drawn.has(geography)) return drawn.get(geography);
    const options = { ...exact, ...pane("geography-" + drawn.size, 400), color: palette.border, weight: 1, fillColor: "#ffffff", fillOpacity: 1 };
    const pieces = geography.pieces.map(piece => {
      const points = outline(piece.polygons);
      const layer = L.polygon(points, { ...options, interactive: piece.areas.length > 0, className: "area" }).addTo(map);
      return { areas: piece.areas, points, layer, path: layer.getElement(), centre: layer.getBounds().getCenter() };
    });
    const live = pieces.filter(piece => piece.areas.length);
    for (const piece of pieces) if (!piece.areas.length) piece.path.setAttribute("fill", `url(#fill-${palette.missing})`);
    for (const piece of live) {
      piece.path.setAttribute("role", "button");
      piece.path.setAttribute("tabindex", piece === live[0] ? 0 : -1);
      piece.layer.on("click", () => page.choose(piece.areas));
      piece.layer.on("mousemove", event => tip(piece, event.containerPoint));
      piece.layer.on("mouseout", () => (at("tip").hidden = true));
      piece.path.addEventListener("keydown", event => press(event, piece, live));
      piece.path.addEventListener("focus", () => focus(piece, live));
      piece.path.addEventListener("blur", () => {
        focused.clearLayers();
        at("tip").hidden = true;
      });
    }
    const made = { pieces, live, pane: map.getPane(options.pane) };
    drawn.set(geography, made);
    return made;
  }

  function press(event, piece, live) {
    if (event.key === "Enter" || event.key === " ") {
      page.choose(piece.areas);
    } else {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!way) return;
      neighbour(piece, live, way)?.path.focus({ preventScroll: true });
    }
    event.preventDefault();
  }

  function neighbour(piece, live, [x, y]) {
    const from = map.latLngToContainerPoint(piece.centre);
    let best = null, least = Infinity;
    for (const other of live) {
      const to = map.latLngToContainerPoint(other.centre).subtract(from);
      const ahead = to.x * x + to.y * y;
      const aside = Math.abs(to.x * y) + Math.abs(to.y * x);
      if (other !== piece && ahead > 0 && aside <= 2 * ahead && ahead + 2 * aside < least) {
        best = other;
        least = ahead + 2 * aside;
      }
    }
    return best;
  }

  function focus(piece, live) {
    for (const other of live) other.path.setAttribute("tabindex", other === piece ? 0 : -1);
    if (!piece.path.matches(":focus-visible")) return;
    tip(piece, map.latLngToContainerPoint(piece.centre));
    if (!map.getBounds().contains(piece.centre)) map.panTo(piece.centre, { animate: false });
    focused.clearLayers();
    mark(focused, focusMark, [piece], "#0b0c0c", 7);
    mark(focused, focusMark, [piece], "#ffdd00", 3);
  }

  function mark(group, options, pieces, color, weight) {
    for (const { points } of pieces) L.polygon(points, { ...options, color, weight }).addTo(group);
  }

  const inWords = area => `${figures.areas()[area].name}: ${figures.figure(state.measure, area)}`;

  function tip(piece, point) {
    const element = at("tip");
    element.textContent = piece.areas.map(inWords).join("\n");
    element.hidden = false;
    const room = map.getSize();
    const x = Math.min(point.x + 14, room.x - element.offsetWidth - 4);
    const y = point.y + 18 + element.offsetHeight > room.y ? point.y - element.offsetHeight - 10 : point.y + 18;
    element.style.transform = `translate(${Math.max(x, 4)}px, ${Math.max(y, 4)}px)`;
  }

  function showGeography() {
    focused.clearLayers();
    for (const made of drawn.values()) made.pane.style.display = "none";
    piecesOf(state.geography).pane.style.display = "";
  }

  function showFigures() {
    for (const { areas, path } of piecesOf(state.geography).live) {
      path.setAttribute("fill", `url(#fill-${fills.stripes(areas.map(fills.of))})`);
      path.setAttribute("aria-label", (areas.length > 1 ? "Shared. " : "") + areas.map(inWords).join("; "));
    }
    fills.legend();
  }

  const holds = piece => state.areas.length > 0 && state.areas.every(area => piece.areas.includes(area));

  function showChoice() {
    chosen.clearLayers();
    const held = piecesOf(state.geography).live.filter(piece => {
      piece.path.setAttribute("aria-pressed", holds(piece));
      return holds(piece);
    });
    mark(chosen, chosenMark, held, "#ffffff", 7);
    mark(chosen, chosenMark, held, "#0b0c0c", 4);
  }

  function whole() {
    const { pieces, live } = piecesOf(state.geography);
    return L.featureGroup((live.length ? live : pieces).map(piece => piece.layer)).getBounds();
  }
  const fit = (bounds = whole()) => map.fitBounds(bounds, { animate: false, padding: [8, 8] });

  function background() {
    const { url, attribution, host } = view.background;
    const tiles = L.tileLayer(url, { zIndex: 1, referrerPolicy: "strict-origin-when-cross-origin" });
    const box = make("input", { type: "checkbox", id: "background", autocomplete: "off" });
    const label = make("label", { for: "background" }, `Background map (asks ${host} for pictures)`);
    const note = make("p", { class: "small" });
    at("extras").append(make("p", { class: "choice" }, box, label), note);
    box.addEventListener("change", () => {
      if (box.checked) tiles.addTo(map);
      else tiles.remove();
      map.getContainer().classList.toggle("see-through", box.checked);
      note.textContent = box.checked ? `Background: ${attribution}` : "";
    });
  }
  if (view.background) background();

  const container = map.getContainer();
  container.setAttribute("role", "group");
  container.setAttribute("aria-label", "Map. Tab to an area, arrow keys for its neighbours, Enter for details.");
  at("reset").addEventListener("click", () => fit());

  const frame = container.parentElement;
  addEventListener("beforeprint", () => {
    [frame.style.width, frame.style.height] = page.printed;
    map.invalidateSize({ animate: false });
    fit(served ? whole().extend(served.bounds()) : whole());
  });
  addEventListener("afterprint", () => {
    frame.style.width = frame.style.height = "";
    map.invalidateSize({ animate: false });
    fit();
  });

  return { showGeography, showFigures, showChoice, fit, served, pieces: () => piecesOf(state.geography).live };
}
