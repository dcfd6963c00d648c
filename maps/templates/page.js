"use strict";

// Names and notes come from other people's tables: they enter the document as text nodes and attribute
// values only, never as markup. This file holds the state of the page, and tells its parts what to show again.

function hinterland(map) {
  const { view, palette } = JSON.parse(document.getElementById("view").textContent);
  const VIEWS = ["map", "matrix"];

  const { at, capital, plain, make, draw, say } = documentOf();
  const lists = { theme: view.themes, measure: view.measures, geography: view.geographies, date: view.dates };
  const state = {
    theme: view.themes[0], measure: view.measures[0], geography: view.geographies[0], date: view.dates[0],
    view: VIEWS[0], areas: [], organisation: null, sort: "name", down: false, filter: "", only: "",
  };
  let origin = { geography: state.geography, areas: [] }; // what was chosen last, by which geography

  const figures = figuresOf(view, state);
  const fills = fillsOf(view, palette, { at, make, draw, capital }, figures, state);
  const page = {
    view, palette, map, state, figures, fills, at, make, draw, capital, plain, say, change, choose, pick, back: null, aside: "",
    overlay: serviceAreas, printed: ["1000px", "430px"], // what A4 has room for under the headline
  };
  page.served = () => drawn.served;
  const drawn = mapOf(page);
  const panel = panelOf(page);
  const table = tableOf(page, mapTable(page));
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
    const differs = (...names) => names.some(name => state[name] !== before[name]);
    Object.assign(state, changes);
    if (differs("geography")) Object.assign(state, { sort: "name", down: false, filter: "", only: "" });
    if (changes.areas) {
      origin = { geography: state.geography, areas: state.areas };
      page.aside = "";
    } else if (differs("geography")) {
      state.areas = kept();
    }
    at("lost").hidden = true;
    at("copied").textContent = "";
    if (differs("view")) {
      say("");
      showView();
    }
    if (differs("geography")) showGeography();
    if (differs("theme", "measure", "geography", "date")) showFigures();
    else if (differs("sort", "down", "filter", "only")) table.arrange();
    if (differs("theme", "geography", "date", "areas", "organisation")) showChoice();
    if (state.view === "matrix" && differs("view", "geography", "date")) matrix.show();
    remember(push);
  }

  // The areas of the new geography that hold what was chosen last, or that itself
  function kept() {
    page.aside = "";
    if (origin.geography === state.geography) return origin.areas;
    if (origin.areas.length !== 1) return [];
    const chosen = figures.areas(origin.geography)[origin.areas[0]];
    const same = figures.areas().findIndex(area => area.code === chosen.code);
    if (same >= 0) return [same];
    const place = view.geographies.indexOf(state.geography);
    const holders = chosen.liesIn.filter(([other]) => other === place);
    const whole = holders.filter(([, , entirely]) => entirely).map(([, area]) => area);
    const names = holders.map(([, area]) => figures.areas()[area].name).join(" and in ");
    const where = holders.length ? `lies ${whole.length ? "" : "partly "}in ${names}` : `lies in no area of ${state.geography.label}`;
    page.aside = `${chosen.name}, chosen before, ${where}.`;
    say(page.aside);
    return whole;
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
    const { theme, measure, geography, date, areas, organisation, sort, down, filter, only } = state;
    const parts = new URLSearchParams({ theme: theme.id, measure: measure.id, geography: geography.id });
    const add = (name, value, usual) => value !== usual && parts.append(name, value);
    add("date", date.id, "");
    for (const area of areas) parts.append("area", figures.areas()[area].code);
    if (organisation !== null) parts.append("organisation", view.organisations.id[organisation]);
    add("view", state.view, VIEWS[0]);
    add("sort", sort, "name");
    add("down", down, false);
    add("filter", filter, "");
    add("class", only === "" ? "" : view.classes[only].id, "");
    // A page inside a frame made of text has no address of its own.
    if (location.protocol === "about:") return;
    history[push ? "pushState" : "replaceState"](null, "", "#" + parts);
  }

  function recall() {
    const parts = new URLSearchParams(location.hash.slice(1));
    const lost = [];
    const place = (name, ids, wanted = parts.get(name)) => {
      const found = ids.indexOf(wanted);
      if (wanted !== null && found < 0) lost.push(`${name} ${wanted}`);
      return found;
    };
    for (const [name, list] of Object.entries(lists)) state[name] = list[Math.max(place(name, list.map(each => each.id)), 0)];
    const codes = figures.areas().map(area => area.code);
    state.areas = parts.getAll("area").map(code => place("area", codes, code)).filter(found => found >= 0);
    const picked = place("organisation", view.organisations.id);
    state.organisation = picked < 0 ? null : picked;
    state.view = VIEWS[Math.max(place("view", VIEWS), 0)];
    const only = place("class", view.classes.map(each => each.id));
    Object.assign(state, {
      sort: parts.get("sort") ?? "name", down: parts.get("down") === "true", filter: parts.get("filter") ?? "", only: only < 0 ? "" : only,
    });
    origin = { geography: state.geography, areas: state.areas };
    page.back = null;
    page.aside = "";
    at("lost").textContent = `The link asks for ${lost.join(", ")}, which is not on this page. What it would show instead is shown.`;
    at("lost").hidden = !lost.length;
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
  aidsOf(page, [...view.classes].reverse().concat(view.measures, view.glossary).filter(each => each.meaning));
  at("skip").addEventListener("click", () => at(state.view === "map" ? "table-title" : "matrix-title").focus());
  addEventListener("popstate", recall);

  map.setMaxZoom(14);
  recall();
  drawn.fit();
  map.setMinZoom(Math.min(4, map.getZoom()));
}
