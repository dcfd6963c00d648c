// Beside the map: who loses and who gains most, or what is chosen, before and after.

function differencePanel(page) {
  const { view, state, figures, at, make, capital } = page;
  const MOST = 5;
  const covered = view.measures.find(measure => measure.id === "covered");
  const relying = view.measures.find(measure => measure.id === "relying");

  function list(title, measure, sign) {
    const found = figures.areas()
      .map((_, area) => [figures.sure(figures.difference(measure, area)), area])
      .filter(([value]) => value !== null && value * sign > 0)
      .sort(([a], [b]) => (b - a) * sign);
    const items = found.slice(0, MOST).map(([, area]) => {
      const button = make("button", { type: "button", class: "row" }, figures.areas()[area].name);
      button.addEventListener("click", () => page.choose([area], { from: area }));
      return make("li", {}, button, make("span", { class: "amount" }, figures.inSigns(figures.difference(measure, area))));
    });
    const rest = found.length - items.length;
    return make("section", {},
      make("h3", {}, title),
      items.length ? make("ol", { class: "ranked" }, ...items) : make("p", {}, "None for sure."),
      rest > 0 ? make("p", { class: "small" }, `And ${rest} more, in the table.`) : "");
  }

  function ranking() {
    return [
      make("h2", {}, "Who gains and who loses"),
      make("p", { class: "small" }, `Residents, ${state.theme.label}, by ${state.geography.nouns[0]}.`),
      list("Most residents no longer covered", covered, -1),
      list("Most residents newly covered", covered, 1),
      list("Most residents left relying on one organisation", relying, 1),
    ];
  }

  function details(area) {
    const { name, code } = figures.areas()[area];
    const rows = view.measures.map(measure => {
      const [before, after] = ["baseline", "scenario"].map(which => figures.inState(which, measure, area));
      const difference = measure.kind === "class" ? view.changes[figures.changeOf(area)].label : figures.inSigns(figures.difference(measure, area));
      return make("tr", {}, make("th", { scope: "row" }, measure.label), ...[before, after, difference].map(text => make("td", {}, text)));
    });
    return make("section", {},
      make("h2", {}, name, " ", make("span", { class: "code" }, code)),
      make("p", {}, `Residents: ${figures.residents(figures.areas()[area])}.`),
      make("table", { class: "before-after" },
        make("caption", { class: "unseen" }, `${name}: ${state.theme.label}`),
        make("thead", {}, make("tr", {}, ...["Measure", "Record", "Scenario", "Difference"].map(text => make("th", { scope: "col" }, text)))),
        make("tbody", {}, ...rows)),
      make("p", { class: "small" }, capital(view.changes[figures.changeOf(area)].meaning)));
  }

  function show() {
    if (!state.areas.length) return at("panel").replaceChildren(...ranking());
    const back = make("button", { type: "button", class: "quiet", id: "back" }, "Who gains and who loses");
    back.addEventListener("click", () => {
      page.choose([]);
      at("panel").focus({ preventScroll: true });
    });
    at("panel").replaceChildren(back, ...state.areas.map(details));
    at("panel").scrollTop = 0;
  }

  return { show };
}
