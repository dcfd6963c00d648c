"use strict";

// Names and notes come from other people's tables: they enter the document as text nodes and attribute
// values only, never as markup. This file holds the state of the page, and tells its parts what to show again.

function hinterland(map) {
  const { view, palette } = JSON.parse(document.getElementById("view").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const VIEWS = ["map", "matrix"];

  const at = id => document.getElementById(id);
  const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter(child => child !== "" && child != null));
    return element;
  }
  // A name as it is searched for: without regard to case, accents and signs
  const plain = text =>
    text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/&/g, " and ").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const draw = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const say = text => (at("status").textContent = text);

  const lists = { theme: view.themes, measure: view.measures, geography: view.geographies, date: view.dates };
  const state = {
    theme: view.themes[0], measure: view.measures[0], geography: view.geographies[0], date: view.dates[0],
    view: VIEWS[0], areas: [], organisation: null,
  };

  const figures = figuresOf(view, state);
  const fills = fillsOf(view, palette, { at, make, draw, capital }, figures, state);
  const page = { view, palette, map, state, figures, fills, at, make, draw, capital, plain, say, change, choose, pick, back: null };
  page.served = () => drawn.served;
  const drawn = mapOf(page);
  const panel = panelOf(page);
  const table = tableOf(page);
  const matrix = matrixOf(page);
  const timeline = timelineOf(page);
  searchOf(page);

  // What is shown

  function showGeography() {
    drawn.showGeography();
    table.showGeography();
  }

  function showFigures() {
    const { theme, measure, geography, date } = state;
    at("headline").textContent = figures.headline();
    at("as-of").textContent = date.as_of;
    at("warning").textContent = date.warning;
    at("warning").hidden = !date.warning;
    at("map-title").textContent = `${capital(theme.label)}: ${figures.label(measure)}`;
    at("map-note").textContent = [`${geography.label}, ${date.label}.`, measure.meaning, theme.label_note].filter(Boolean).join(" ");
    for (const [name, list] of Object.entries(lists)) if (name !== "date") at(name).value = list.indexOf(state[name]);
    drawn.showFigures();
    table.showFigures();
    timeline.show();
  }

  function showChoice() {
    drawn.showChoice();
    table.showChoice();
    panel.show();
  }

  function showView() {
    for (const name of VIEWS) {
      at(`view-${name}`).checked = state.view === name;
      at(`${name}-view`).hidden = state.view !== name;
    }
    document.body.dataset.view = state.view;
    if (state.view === "map") map.invalidateSize({ animate: false });
  }

  // What is changed

  function change(changes, { push = false } = {}) {
    const before = { ...state };
    Object.assign(state, changes);
    if (state.geography !== before.geography && !changes.areas) state.areas = kept(before);
    const differs = (...names) => names.some(name => state[name] !== before[name]);
    if (differs("view")) showView();
    if (differs("geography")) showGeography();
    if (differs("theme", "measure", "geography", "date")) showFigures();
    if (differs("theme", "geography", "date", "areas", "organisation")) showChoice();
    if (state.view === "matrix" && differs("view", "geography", "date")) matrix.show();
    remember(push);
  }

  // The area of the new geography in which the chosen one lies, or itself
  function kept({ geography, areas }) {
    if (areas.length !== 1) return [];
    const chosen = figures.areas(geography)[areas[0]];
    const same = figures.areas().findIndex(area => area.code === chosen.code);
    if (same >= 0) return [same];
    const place = view.geographies.indexOf(state.geography);
    const [holder] = chosen.liesIn.filter(([other, , whole]) => other === place && whole);
    if (holder) return [holder[1]];
    say(`${chosen.name} is no area of ${state.geography.label}: nothing is chosen.`);
    return [];
  }

  function choose(areas, { from = null } = {}) {
    page.back = from;
    change({ areas, organisation: null });
    const chosen = figures.classMeasure || state.measure;
    say(areas.map(area => `${figures.areas()[area].name}: ${figures.figure(chosen, area)}.`).join(" "));
  }

  function pick(organisation) {
    page.back = null;
    change({ organisation, view: "map" });
    at("panel").scrollIntoView({ block: "nearest" });
    at("panel").focus({ preventScroll: true });
  }

  // The address

  function remember(push) {
    const { theme, measure, geography, date, areas, organisation } = state;
    const parts = { theme: theme.id, measure: measure.id, geography: geography.id };
    if (date.id) parts.date = date.id;
    if (areas.length) parts.area = areas.map(area => figures.areas()[area].code).join(",");
    if (organisation !== null) parts.organisation = view.organisations.id[organisation];
    if (state.view !== "map") parts.view = state.view;
    // A page inside a frame made of text has no address of its own.
    if (location.protocol === "about:") return;
    history[push ? "pushState" : "replaceState"](null, "", "#" + new URLSearchParams(parts));
  }

  function recall() {
    const parts = new URLSearchParams(location.hash.slice(1));
    for (const [name, list] of Object.entries(lists)) state[name] = list.find(each => each.id === (parts.get(name) ?? "")) || list[0];
    const codes = (parts.get("area") || "").split(",");
    state.areas = figures.areas().flatMap((area, i) => (codes.includes(area.code) ? [i] : []));
    const picked = view.organisations.id.indexOf(parts.get("organisation"));
    state.organisation = picked < 0 ? null : picked;
    state.view = VIEWS.includes(parts.get("view")) ? parts.get("view") : VIEWS[0];
    page.back = null;
    showView();
    showGeography();
    showFigures();
    showChoice();
    if (state.view === "matrix") matrix.show();
  }

  // The controls

  function options(name, list) {
    const made = list.map((each, i) => [each, make("option", { value: i }, capital(each.label))]);
    const kinds = { function: "What organisations do", community: "Communities served" };
    const present = Object.keys(kinds).filter(kind => list.some(each => each.kind === kind));
    if (name !== "theme" || present.length < 2) return made.map(([, option]) => option);
    return present.map(kind =>
      make("optgroup", { label: kinds[kind] }, ...made.filter(([each]) => each.kind === kind).map(([, option]) => option)));
  }

  for (const [name, list] of Object.entries(lists)) {
    if (name === "date") continue;
    at(name).append(...options(name, list));
    at(name).addEventListener("change", event => {
      say("");
      change({ [name]: list[event.target.value] });
      at("status").textContent ||= at("map-title").textContent;
    });
  }
  for (const name of VIEWS) at(`view-${name}`).addEventListener("change", () => change({ view: name }, { push: true }));
  const meant = [...view.classes].reverse().concat(view.measures, view.glossary).filter(each => each.meaning);
  at("meanings").append(...meant.flatMap(each => [make("dt", {}, capital(each.label)), make("dd", {}, each.meaning)]));
  at("to-words").addEventListener("click", () => {
    at("words").open = true;
    at("words").querySelector("summary").focus();
  });
  at("skip").addEventListener("click", () => at(state.view === "map" ? "table-title" : "matrix-title").focus());
  addEventListener("popstate", recall);

  map.setMaxZoom(14);
  recall();
  drawn.fit();
  map.setMinZoom(Math.min(4, map.getZoom()));
}
