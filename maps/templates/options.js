// All scenarios side by side, by the geography that is shown: over all themes, and for the one chosen.

function optionsOf(page) {
  const { view, state, figures, at, make } = page;
  const total = () => figures.areas().length + figures.closing().length - 1;
  const costs = view.scenarios.some(each => each.cost);

  function row(scenario) {
    const some = (change, area) => view.themes.some(theme => figures.changeOf(area, theme, scenario) === change);
    const of = change => figures.areas().filter((_, area) => some(change, area)).length;
    const differing = scenario.themes[state.geography.id].length;
    const net = id => figures.inSigns(figures.difference(view.measures.find(measure => measure.id === id), total(), state.theme, scenario));
    const button = make("button", { type: "button", class: "row" }, scenario.title);
    button.addEventListener("click", () => page.change({ scenario }, { push: true }));
    if (scenario === state.scenario) button.setAttribute("aria-current", "true");
    const numbers = [differing, of(figures.WORSE), of(figures.BETTER), net("covered"), net("relying")].map(text => make("td", { class: "number" }, String(text)));
    const cost = costs ? [make("td", {}, scenario.cost || "No cost on record.")] : [];
    return make("tr", scenario === state.scenario ? { class: "chosen" } : {}, make("th", { scope: "row" }, button), ...numbers, ...cost);
  }

  function show() {
    const many = state.geography.nouns[1];
    const own = [`${state.theme.label}: residents covered`, `${state.theme.label}: residents relying on one organisation`];
    const heads = ["Scenario", `Themes that differ, of ${view.themes.length}`, `${many} classed lower for some theme`, `${many} classed higher for some theme`, ...own, ...(costs ? ["Cost"] : [])];
    const table = make("table", {},
      make("caption", {}, make("span", {}, `${state.geography.label}. Each beside the record on its own day; residents as differences.`)),
      make("thead", {}, make("tr", {}, ...heads.map((text, i) => make("th", i && i < 6 ? { scope: "col", class: "number" } : { scope: "col" }, page.capital(text))))),
      make("tbody", {}, ...view.scenarios.map(row)));
    at("options").replaceChildren(make("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "options-title" }, table));
  }

  return { show };
}
