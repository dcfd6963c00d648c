"use strict";

// Names and notes come from other people's tables: they enter the document as text nodes and attribute
// values only, never as markup.

function hinterland(map) {
  const { view, palette } = JSON.parse(document.getElementById("view").textContent);
  const at = id => document.getElementById(id);
  const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
  const byName = new Intl.Collator("en-GB", { numeric: true });
  const classMeasure = view.measures.find(measure => measure.kind === "class");
  const UNKNOWN = 2; // the classes before this one are out of scope and not surveyed
  const SVG = "http://www.w3.org/2000/svg";

  const state = { theme: view.themes[0], measure: view.measures[0], geography: view.geographies[0], areas: [] };

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter(child => child !== "" && child != null));
    return element;
  }
  const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const draw = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  // Figures

  const byArea = table => table?.[state.geography.id]?.[state.theme.id];
  const value = (measure, area) => byArea(view.values)?.[measure.id]?.[area] ?? null;
  const classOf = area => (classMeasure ? value(classMeasure, area) : null);

  function percent(share) {
    if (share > 0 && share < 0.01) return "under 1%";
    if (share > 0.99 && share < 1) return "over 99%";
    return Math.round(share * 100) + "%";
  }
  const written = (measure, figure) => (measure.kind === "share" ? percent(figure) : number.format(figure));

  function figure(measure, area) {
    const found = value(measure, area);
    if (measure.kind === "class") return found === null ? "not available" : view.classes[found].label;
    const known = classOf(area);
    if (found !== null) return written(measure, found) + (known === 1 && measure.id !== "surveyed_share" ? " (not surveyed)" : "");
    return known !== null && known < UNKNOWN ? view.classes[known].label : "not available";
  }

  function unitOf(measure) {
    return measure.kind === "number" && measure.unit ? ` (${measure.unit})` : "";
  }

  // Fills

  function step(measure, index) {
    const last = measure.breaks ? measure.breaks.length : 0;
    return palette.ramp[last ? Math.round((index * (palette.ramp.length - 1)) / last) : palette.ramp.length - 1];
  }

  function fillOf(area) {
    const found = value(state.measure, area);
    if (state.measure.kind === "class") return found === null ? palette.missing : palette.classes[found];
    if (found === null) {
      const known = classOf(area);
      return known !== null && known < UNKNOWN ? palette.classes[known] : palette.missing;
    }
    if (found === 0) return palette.zero;
    return step(state.measure, (state.measure.breaks || []).filter(start => found >= start).length);
  }

  function stripes(fills) {
    const id = fills.join("-and-");
    if (fills.length > 1 && !at("fill-" + id)) {
      const wide = 11;
      at("fills").append(draw(
        "pattern",
        { id: "fill-" + id, width: wide * fills.length, height: 80, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        ...fills.map((name, i) => draw("rect", { x: i * wide, width: wide, height: 80, fill: `url(#fill-${name})` })),
        ...fills.map((_, i) => draw("path", { d: `M${i * wide} 0v80`, stroke: "#0b0c0c", "stroke-width": 1 })),
      ));
    }
    return id;
  }

  const swatch = name =>
    draw("svg", { class: "swatch", "aria-hidden": "true" }, draw("rect", { width: "100%", height: "100%", fill: `url(#fill-${name})` }));

  function legend() {
    const measure = state.measure;
    const entries = [];
    if (measure.kind === "class") {
      view.classes.forEach((each, i) => entries.push([palette.classes[i], each.label]));
      entries.reverse();
    } else {
      const starts = measure.breaks || [];
      entries.push([palette.zero, written(measure, 0)]);
      for (let i = 0; i <= starts.length; i++) {
        const from = i ? written(measure, starts[i - 1]) : "above 0";
        const to = i < starts.length ? `${i ? "" : ","} under ${written(measure, starts[i])}` : i ? " or more" : "";
        entries.push([step(measure, i), i && i < starts.length ? `${from} to${to}` : from + to]);
      }
      for (let i = 0; i < UNKNOWN; i++) entries.push([palette.classes[i], i ? "not surveyed, nobody on record" : view.classes[i]?.label]);
    }
    entries.push([palette.missing, "not available"]);
    const counts = {};
    state.geography.areas.forEach((_, area) => (counts[fillOf(area)] = (counts[fillOf(area)] || 0) + 1));
    const always = name => (measure.kind === "class" ? name !== palette.missing : !palette.classes.includes(name) && name !== palette.missing);
    const shown = entries.filter(([name]) => counts[name] || always(name));
    const items = shown.map(([name, label]) =>
      make("li", {}, swatch(name), make("span", {}, capital(label), " ", make("span", { class: "count" }, `(${counts[name] || 0})`))));
    if (state.geography.overlapping) {
      const two = [palette.classes.at(-1), palette.classes.at(-2)];
      items.push(make("li", {}, swatch(stripes(two)), "Stripes: shared by several areas"));
    }
    if (state.geography.pieces.some(piece => !piece.areas.length)) {
      items.push(make("li", {}, swatch(palette.missing), "In no area of this geography"));
    }
    at("legend").replaceChildren(...items);
  }

  // Outlines

  function points(flat, steps) {
    const made = [];
    let lon = 0, lat = 0;
    for (let i = 0; i < flat.length; i += 2) made.push([(lat += flat[i + 1]) / steps, (lon += flat[i]) / steps]);
    return made;
  }
  const arcs = view.arcs.map(flat => points(flat, 1e4));

  function ring(numbers) {
    const points = [];
    for (const i of numbers) {
      const arc = i < 0 ? [...arcs[~i]].reverse() : arcs[i];
      points.pop();
      for (const point of arc) points.push(point);
    }
    return points;
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
  const onMap = serviceAreas(map, view, {
    at, make, draw, points, arcs, state,
    options: { ...exact, ...pane("service-areas", 455), interactive: false, fill: false },
    colour: palette.serviceArea,
    onRecord: () => byArea(view.on_record),
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
      fill(piece.path, { role: "button", tabindex: piece === live[0] ? 0 : -1 }, []);
      piece.layer.on("click", () => choose(piece.areas));
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
      choose(piece.areas);
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

  function tip(piece, point) {
    const element = at("tip");
    const lines = piece.areas.map(area => `${state.geography.areas[area].name}: ${figure(state.measure, area)}`);
    element.textContent = lines.join("\n");
    element.hidden = false;
    const room = map.getSize();
    const x = Math.min(point.x + 14, room.x - element.offsetWidth - 4);
    const y = point.y + 18 + element.offsetHeight > room.y ? point.y - element.offsetHeight - 10 : point.y + 18;
    element.style.transform = `translate(${Math.max(x, 4)}px, ${Math.max(y, 4)}px)`;
  }

  // The panel

  const holds = piece => state.areas.length > 0 && state.areas.every(area => piece.areas.includes(area));
  const pairs = entries =>
    make("dl", {}, ...entries.filter(([, text]) => text).flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]));

  function link(address) {
    const safe = /^https?:\/\//i.test(address || "");
    return safe ? make("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, address) : address;
  }

  function residents(area) {
    if (area.residents == null) return "not available";
    if (area.extent !== "part") return number.format(area.residents);
    if (area.residents_full == null) return `${number.format(area.residents)} in the part known here`;
    return `${number.format(area.residents)} of ${number.format(area.residents_full)}`;
  }

  function organisation(index, entries) {
    const body = view.organisations[index];
    const extent = entries.some(([, extent]) => extent === "whole") ? "serves the whole area" : "serves part of the area";
    const reach = entries.some(([, , reach]) => reach === "local") ? "local" : "wider-area";
    const counted = entries.some(([record]) => !view.records[record].counted);
    const about = pairs([
      ["Kind", [body.category, body.sector].filter(Boolean).join(", ")],
      ["Set up to serve", body.remit],
      ["Note", body.note],
      ["Source", link(body.source)],
      ["Website", link(body.website)],
    ]);
    const services = entries.map(([record]) => {
      const each = view.records[record];
      return pairs([
        ["Areas on record", each.areas],
        ["Focus", each.focus],
        ["Communities", each.communities],
        ["Dates", each.dates],
        ["Evidence", each.evidence],
        ["Not counted", each.counted],
      ]);
    });
    const made = make("details", { class: "organisation" },
      make("summary", {}, body.name, make("span", { class: "extent" }, `${reach}; ${extent}${counted ? "" : "; not counted"}`)),
      make("div", {}, about, ...services));
    onMap.offer(made, body.name, entries.map(([record]) => record));
    return made;
  }

  function areaSection(index, single) {
    const area = state.geography.areas[index];
    const known = classOf(index);
    const found = byArea(view.on_record)?.[index] || [];
    const bodies = new Map();
    for (const entry of found) {
      const body = view.records[entry[0]].organisation;
      bodies.set(body, [...(bodies.get(body) || []), entry]);
    }
    const uncounted = body => bodies.get(body).every(([record]) => view.records[record].counted);
    const order = [...bodies.keys()].sort((a, b) =>
      uncounted(a) - uncounted(b) || byName.compare(view.organisations[a].name, view.organisations[b].name));
    const reason = view.texts[byArea(view.reasons)?.[index]];
    const flags = byArea(view.flags)?.[index] || [];
    const figures = [["Residents", residents(area)]];
    for (const measure of view.measures) {
      if (measure.kind !== "class") figures.push([capital(measure.label) + unitOf(measure), figure(measure, index)]);
    }
    const label = known === null ? "not available" : view.classes[known].label;
    const nobody = known === null || known < UNKNOWN ? `${capital(label)}.` : "None on record.";
    return make("section", {},
      single ? "" : make("h3", {}, area.name, " ", make("span", { class: "code" }, area.code)),
      make("p", { class: "chip" }, swatch(known === null ? palette.missing : palette.classes[known]), capital(label)),
      reason ? make("p", {}, reason) : "",
      flags.length ? make("ul", { class: "flags" }, ...flags.map(flag => make("li", {}, view.texts[flag]))) : "",
      make("h4", {}, "Organisations on record"),
      ...(order.length ? order.map(body => organisation(body, bodies.get(body))) : [make("p", {}, nobody)]),
      make("h4", {}, "Figures"),
      make("dl", { class: "figures" }, ...figures.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text)))));
  }

  function panel() {
    const areas = state.areas;
    onMap.clear();
    if (!areas.length) {
      at("panel").replaceChildren(
        make("h2", {}, "Choose an area"),
        make("p", {}, "Select an area on the map, or its name in the table below, to see its figures and the organisations on record there."));
      return;
    }
    const first = state.geography.areas[areas[0]];
    const head = areas.length === 1
      ? make("h2", {}, first.name, " ", make("span", { class: "code" }, first.code))
      : make("h2", {}, `Shared by ${areas.length} areas`);
    const back = backTo && make("button", { type: "button", class: "quiet" }, "Back to the table");
    back?.addEventListener("click", () => backTo.focus());
    at("panel").replaceChildren(
      ...(back ? [back] : []),
      head,
      make("p", { class: "hint" }, state.theme.label),
      ...areas.map(area => areaSection(area, areas.length === 1)));
    at("panel").scrollTop = 0;
  }

  // The table

  let rows = [];
  let backTo = null; // the button of the table that the panel was opened from

  function buildTable() {
    const { areas, code_column: column } = state.geography;
    const head = [["Area"]];
    for (const measure of view.measures) head.push([measure.label + unitOf(measure), measure.kind !== "class"]);
    head.push(["Residents", true], [column ? `Code (${column})` : "Code"]);
    const cell = (tag, isNumber, attributes = {}) => make(tag, isNumber ? { ...attributes, class: "number" } : attributes);
    at("columns").replaceChildren(make("tr", {}, ...head.map(([label, isNumber]) => {
      const made = cell("th", isNumber, { scope: "col" });
      made.append(capital(label));
      return made;
    })));
    const order = areas.map((_, i) => i).sort((a, b) => byName.compare(areas[a].name, areas[b].name));
    rows = order.map(index => {
      const button = make("button", { type: "button", class: "row" }, areas[index].name);
      button.addEventListener("click", () => {
        choose([index]);
        backTo = button;
        panel();
        at("panel").scrollIntoView({ block: "nearest" });
        at("panel").focus({ preventScroll: true });
      });
      const figures = view.measures.map(measure => cell("td", measure.kind !== "class"));
      const count = cell("td", true);
      count.append(residents(areas[index]));
      return {
        index, figures, button,
        row: make("tr", {}, make("th", { scope: "row" }, button), ...figures, count, make("td", {}, areas[index].code)),
      };
    });
    at("rows").replaceChildren(...rows.map(each => each.row));
  }

  function fillTable() {
    for (const { index, figures } of rows) {
      view.measures.forEach((measure, i) => {
        const text = figure(measure, index);
        if (figures[i].textContent !== text) figures[i].textContent = text;
      });
    }
    at("caption").textContent = [`${state.theme.label}. ${state.geography.label}.`, view.as_of].filter(Boolean).join(" ");
  }

  // Putting it together

  const capital = text => text.charAt(0).toUpperCase() + text.slice(1);

  function showGeography() {
    focused.clearLayers();
    for (const made of drawn.values()) made.pane.style.display = "none";
    piecesOf(state.geography).pane.style.display = "";
    buildTable();
  }

  function showFigures() {
    const { theme, measure, geography } = state;
    for (const { areas, path } of piecesOf(geography).live) {
      path.setAttribute("fill", `url(#fill-${stripes(areas.map(fillOf))})`);
      const names = areas.map(area => `${geography.areas[area].name}: ${figure(measure, area)}`);
      path.setAttribute("aria-label", (areas.length > 1 ? "Shared. " : "") + names.join("; "));
    }
    at("headline").textContent = view.texts[byArea(view.headlines)] ?? "";
    at("map-title").textContent = `${capital(theme.label)}: ${measure.label}${unitOf(measure)}`;
    at("map-note").textContent = [geography.label + ".", measure.meaning, theme.label_note].filter(Boolean).join(" ");
    legend();
    fillTable();
  }

  function showChoice() {
    chosen.clearLayers();
    const held = piecesOf(state.geography).live.filter(piece => {
      piece.path.setAttribute("aria-pressed", holds(piece));
      return holds(piece);
    });
    mark(chosen, chosenMark, held, "#ffffff", 7);
    mark(chosen, chosenMark, held, "#0b0c0c", 4);
    for (const { index, row, button } of rows) {
      row.classList.toggle("chosen", state.areas.includes(index));
      button.setAttribute("aria-pressed", state.areas.includes(index));
    }
    panel();
  }

  function remember() {
    const { theme, measure, geography, areas } = state;
    const parts = { theme: theme.id, measure: measure.id, geography: geography.id };
    if (areas.length) parts.area = areas.map(area => geography.areas[area].code).join(",");
    // A page inside a frame made of text has no address of its own.
    if (location.protocol !== "about:") history.replaceState(null, "", "#" + new URLSearchParams(parts));
  }

  function recall() {
    const parts = new URLSearchParams(location.hash.slice(1));
    for (const [name, list] of Object.entries(lists)) {
      state[name] = list.find(each => each.id === parts.get(name)) || state[name];
      at(name).value = list.indexOf(state[name]);
    }
    const codes = (parts.get("area") || "").split(",");
    state.areas = state.geography.areas.flatMap((area, i) => (codes.includes(area.code) ? [i] : []));
    showGeography();
    showFigures();
    showChoice();
  }

  function choose(areas) {
    backTo = null;
    state.areas = areas;
    showChoice();
    remember();
    at("status").textContent = areas.map(area => {
      const { name } = state.geography.areas[area];
      return `${name}: ${figure(classMeasure || state.measure, area)}.`;
    }).join(" ");
  }

  const lists = { theme: view.themes, measure: view.measures, geography: view.geographies };

  function options(name, list) {
    const made = list.map((each, i) => [each, make("option", { value: i }, capital(each.label))]);
    const kinds = { function: "What organisations do", community: "Communities served" };
    const present = Object.keys(kinds).filter(kind => list.some(each => each.kind === kind));
    if (name !== "theme" || present.length < 2) return made.map(([, option]) => option);
    return present.map(kind =>
      make("optgroup", { label: kinds[kind] }, ...made.filter(([each]) => each.kind === kind).map(([, option]) => option)));
  }

  for (const [name, list] of Object.entries(lists)) {
    at(name).append(...options(name, list));
    at(name).addEventListener("change", event => {
      state[name] = list[event.target.value];
      if (name === "geography") {
        state.areas = [];
        showGeography();
      }
      showFigures();
      if (name !== "measure") showChoice();
      remember();
      at("status").textContent = at("map-title").textContent;
    });
  }
  const meant = [...view.classes].reverse().concat(view.measures, view.glossary).filter(each => each.meaning);
  at("meanings").append(...meant.flatMap(each => [make("dt", {}, capital(each.label)), make("dd", {}, each.meaning)]));

  function whole() {
    const { pieces, live } = piecesOf(state.geography);
    return L.featureGroup((live.length ? live : pieces).map(piece => piece.layer)).getBounds();
  }
  const fit = (bounds = whole()) => map.fitBounds(bounds, { animate: false, padding: [8, 8] });

  fill(map.getContainer(), { role: "group", "aria-label": "Map. Tab to an area, arrow keys for its neighbours, Enter for details." }, []);
  at("reset").addEventListener("click", () => fit());
  addEventListener("hashchange", recall);

  const frame = map.getContainer().parentElement;
  addEventListener("beforeprint", () => {
    frame.style.width = "680px";
    frame.style.height = "340px";
    map.invalidateSize({ animate: false });
    fit(whole().extend(onMap.bounds()));
  });
  addEventListener("afterprint", () => {
    frame.style.width = frame.style.height = "";
    map.invalidateSize({ animate: false });
    fit();
  });

  map.setMaxZoom(14);
  recall();
  fit();
  map.setMinZoom(Math.min(4, map.getZoom()));
}
