"use strict";

// Names and notes come from other people's tables: they enter the document as text nodes and attribute
// values only, never as markup. This file holds the state of the page, and tells its parts what to show again.

function comparison(map) {
  const { view, palette } = JSON.parse(document.getElementById("view").textContent);
  const SHOWN = ["difference", "baseline", "scenario", "swipe"];

  const { at, capital, plain, make, draw, say } = documentOf();
  const lists = { scenario: view.scenarios, theme: view.themes, measure: view.measures, geography: view.geographies };
  const state = {
    scenario: view.scenarios[0], theme: view.themes[0], measure: view.measures[0], geography: view.geographies[0],
    shown: SHOWN[0], areas: [], sort: "covered", down: false, filter: "", only: "",
  };

  const figures = differencesOf(view, state);
  const fills = differenceFills(view, palette, { at, make, draw, capital }, figures, state);
  const page = {
    view, palette, map, state, figures, fills, at, make, draw, capital, plain, say, change, choose, printed: ["430px", "280px"],
  };
  const drawn = mapOf(page);
  page.drawn = drawn;
  const swipe = swipeOf(page);
  const panel = differencePanel(page);
  const table = tableOf(page, differenceTable(page));
  const options = optionsOf(page);

  const differing = () => new Map(state.scenario.themes[state.geography.id]);
  const differs = theme => differing().has(theme.id);
  // The theme in which most residents are lost
  const first = () => view.themes.find(theme => theme.id === differing().keys().next().value) || view.themes[0];

  function showFigures() {
    const { scenario, theme, measure, geography, shown } = state;
    at("headline").textContent = scenario.headlines[geography.id];
    for (const [id, text] of [["label", scenario.label], ["warning", scenario.warning]]) {
      at(id).textContent = text;
      at(id).hidden = !text;
    }
    at("as-of").textContent = [scenario.as_of, scenario.cost].filter(Boolean).join(" ");
    const titles = { difference: "what would differ", baseline: "the record", scenario: "the scenario", swipe: "the record and the scenario" };
    at("map-title").textContent = `${capital(theme.label)}: ${titles[shown]}`;
    at("sentence").textContent = differing().get(theme.id) || scenario.redrawn || `${capital(theme.label)}: nothing differs, by ${geography.label}.`;
    at("map-note").textContent = [`${measure.label}, ${geography.label}.`, measure.meaning, theme.label_note].filter(Boolean).join(" ");
    for (const [name, list] of Object.entries(lists)) at(name).value = list.indexOf(state[name]);
    view.themes.forEach((each, i) => {
      const option = at("theme").querySelector(`option[value="${i}"]`);
      option.textContent = capital(each.label) + (differs(each) ? "" : " (nothing differs)");
    });
    for (const name of SHOWN) at(`state-${name}`).checked = shown === name;
    drawn.showFigures();
    swipe.show();
    table.showFigures();
    options.show();
  }

  function showGeography() {
    drawn.showGeography();
    table.showGeography();
  }

  function showChoice() {
    drawn.showChoice();
    table.showChoice();
    panel.show();
  }

  function change(changes, { push = false } = {}) {
    const before = { ...state };
    const changed = (...names) => names.some(name => state[name] !== before[name]);
    Object.assign(state, changes);
    if (changed("scenario") && !changes.theme && !differs(state.theme)) state.theme = first();
    if (changed("geography")) {
      const codes = before.areas.map(area => before.geography.areas.code[area]);
      const here = codes.map(code => state.geography.areas.code.indexOf(code));
      Object.assign(state, { sort: "covered", down: false, filter: "", only: "", areas: here.every(area => area >= 0) ? here : [] });
      showGeography();
    }
    at("lost").hidden = true;
    at("copied").textContent = "";
    if (changed("scenario", "theme", "measure", "geography", "shown")) showFigures();
    else if (changed("sort", "down", "filter", "only")) table.arrange();
    if (changed("scenario", "theme", "geography", "areas")) showChoice();
    remember(push);
  }

  function choose(areas) {
    change({ areas });
    say(areas.map(area => `${figures.areas()[area].name}: ${figures.figure(state.measure, area)}.`).join(" "));
  }

  // The address

  function remember(push) {
    const { scenario, theme, measure, geography, shown, areas, sort, down, filter, only } = state;
    const parts = new URLSearchParams({ scenario: scenario.id, theme: theme.id, measure: measure.id, geography: geography.id });
    const add = (name, value, usual) => value !== usual && parts.append(name, value);
    add("show", shown, SHOWN[0]);
    for (const area of areas) parts.append("area", figures.areas()[area].code);
    add("sort", sort, "covered");
    add("down", down, false);
    add("filter", filter, "");
    add("change", only === "" ? "" : view.changes[only].id, "");
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
    if (!parts.has("scenario")) state.scenario = view.scenarios.find(each => each.themes[state.geography.id].length) || view.scenarios[0];
    if (!parts.has("theme")) state.theme = first();
    state.shown = SHOWN[Math.max(place("show", SHOWN), 0)];
    const codes = figures.areas().map(area => area.code);
    state.areas = parts.getAll("area").map(code => place("area", codes, code)).filter(found => found >= 0);
    const only = place("change", view.changes.map(each => each.id));
    Object.assign(state, {
      sort: parts.get("sort") ?? "covered", down: parts.get("down") === "true", filter: parts.get("filter") ?? "", only: only < 0 ? "" : only,
    });
    at("lost").textContent = `The link asks for ${lost.join(", ")}, which is not on this page. What it would show instead is shown.`;
    at("lost").hidden = !lost.length;
    showGeography();
    showFigures();
    showChoice();
  }

  // The controls

  for (const [name, list] of Object.entries(lists)) {
    at(name).append(...list.map((each, i) => make("option", { value: i }, capital(each.label && name !== "scenario" ? each.label : each.title))));
    at(name).addEventListener("change", event => {
      say("");
      change({ [name]: list[event.target.value] }, { push: name === "scenario" });
      at("status").textContent ||= at("map-title").textContent;
    });
  }
  for (const name of SHOWN) at(`state-${name}`).addEventListener("change", () => change({ shown: name }));
  aidsOf(page, [...view.changes, ...[...view.classes].reverse(), ...view.measures].filter(each => each.meaning));
  at("skip").addEventListener("click", () => at("table-title").focus());
  addEventListener("popstate", recall);

  map.setMaxZoom(14);
  recall();
  drawn.fit();
  map.setMinZoom(Math.min(4, map.getZoom()));
}
