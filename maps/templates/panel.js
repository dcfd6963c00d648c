// The panel beside the map: the area that is chosen, or the organisation that is picked.

function panelOf(page) {
  const { view, palette, state, figures, fills, at, make, capital } = page;
  const { NONE, classOf, figure, inside } = figures;
  const byName = new Intl.Collator("en-GB", { numeric: true });
  const pairs = entries =>
    make("dl", {}, ...entries.filter(([, text]) => text).flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]));
  const code = text => make("span", { class: "code" }, text);

  function link(address) {
    const safe = /^https?:\/\//i.test(address || "");
    return safe ? make("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, address) : address;
  }

  function quiet(text, act) {
    const button = make("button", { type: "button", class: "quiet" }, text);
    button.addEventListener("click", act);
    return button;
  }

  function about(body) {
    return pairs([
      ["Kind", [body.category, body.sector].filter(Boolean).join(", ")],
      ["Set up to serve", body.remit],
      ["Note", body.note],
      ["Source", link(body.source)],
      ["Website", link(body.website)],
    ]);
  }

  function service(record, why) {
    const each = figures.detail(record);
    return [
      ["Areas on record", each.areas],
      ["Focus", each.focus],
      ["Communities", each.communities],
      ["Dates", each.dates],
      ["Evidence", each.evidence],
      ["Not counted", why],
    ];
  }

  function organisation(index, entries) {
    const body = figures.organisation(index);
    const counting = entries.filter(entry => !figures.whyNotCounted(entry));
    const judged = counting.length ? counting : entries;
    const extent = judged.some(entry => entry.whole) ? "serves the whole area" : "serves part of the area";
    const reach = judged.some(entry => entry.local) ? "local" : "wider-area";
    const whyNot = counting.length ? "" : `; not counted: ${[...new Set(entries.map(figures.whyNotCounted))].join("; ")}`;
    const made = make("details", { class: "organisation" },
      make("summary", {}, body.name, make("span", { class: "extent" }, `${reach}; ${extent}${whyNot}`)),
      make("div", {}, about(body), ...entries.map(entry => pairs(service(entry.record, figures.whyNotCounted(entry)))),
        quiet("Everything on record of it", () => page.pick(index))));
    page.served().offer(made, body.name, entries.map(entry => entry.record));
    return made;
  }

  function liesIn(area) {
    if (!area.liesIn.length) return "";
    return make("ul", { class: "lies-in", "aria-label": "Lies in" }, ...area.liesIn.map(([place, holder, whole]) => {
      const geography = view.geographies[place];
      const name = figures.areas(geography)[holder].name;
      const button = quiet(name, () => page.change({ geography, areas: [holder], organisation: null }));
      return make("li", {}, whole ? "" : "partly in ", button, " ", code(geography.label));
    }));
  }

  function areaSection(index, single) {
    const area = figures.areas()[index];
    const known = classOf(index);
    const bodies = new Map();
    for (const entry of figures.onRecord(index)) {
      const body = figures.ownerOf(entry.record);
      bodies.set(body, [...(bodies.get(body) || []), entry]);
    }
    const names = view.organisations.name;
    const uncounted = body => bodies.get(body).every(entry => figures.whyNotCounted(entry));
    const order = [...bodies.keys()].sort((a, b) =>
      uncounted(a) - uncounted(b) || byName.compare(names[a], names[b]));
    const reason = figures.reason(index);
    const flags = figures.flags(index);
    const numbers = [["Residents", figures.residents(area)]];
    for (const measure of view.measures) {
      if (measure.kind !== "class") numbers.push([capital(figures.label(measure)), figure(measure, index)]);
    }
    const label = figures.classMeasure ? figure(figures.classMeasure, index) : "not available";
    const nobody = known === null || known < NONE ? `${capital(label)}.` : "None on record.";
    return make("section", {},
      single ? "" : make("h3", {}, area.name, " ", code(area.code)),
      make("p", { class: "chip" }, fills.swatch(figures.seen(index) ? palette.seen : fills.ofClass(known)), capital(label)),
      reason ? make("p", { class: "reason" }, reason) : "",
      flags.length ? make("ul", { class: "flags" }, ...flags.map(flag => make("li", {}, flag))) : "",
      make(single ? "h3" : "h4", {}, `On record for ${inside(state.theme.label)}`),
      ...(order.length ? order.map(body => organisation(body, bodies.get(body))) : [make("p", { class: "nobody" }, nobody)]),
      make(single ? "h3" : "h4", {}, "Figures"),
      make("dl", { class: "figures" }, ...numbers.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text)))),
      area.liesIn.length ? make(single ? "h3" : "h4", {}, "Lies in") : "",
      liesIn(area));
  }

  function nothing() {
    return [
      make("h2", {}, "Choose an area"),
      page.aside ? make("p", { class: "aside" }, page.aside) : "",
      make("p", {}, "Select an area on the map, in the table, or by its name in the search, to see its figures and the organisations on record there."),
      ...view.classes.map((each, place) => [each, place]).reverse().map(([each, place]) =>
        make("p", { class: "class-meaning" }, fills.swatch(palette.classes[place]), make("span", {}, make("strong", {}, capital(each.label)), `: ${each.meaning}`))),
    ];
  }

  function ofAreas() {
    const areas = state.areas;
    const first = figures.areas()[areas[0]];
    const head = areas.length === 1
      ? make("h2", {}, first.name, " ", code(first.code))
      : make("h2", {}, `Shared by ${areas.length} areas`);
    const aside = page.aside ? make("p", { class: "aside" }, page.aside) : "";
    return [head, aside, make("p", { class: "hint" }, state.theme.label), ...areas.map(area => areaSection(area, areas.length === 1))];
  }

  function ofOrganisation() {
    const body = figures.organisation(state.organisation);
    const records = figures.recordsOf(state.organisation);
    const forTheme = records.filter(record => figures.themeOf(record) === state.theme);
    const outlined = (forTheme.length ? forTheme : records).filter(record => !figures.hasEnded(record));
    const where = make("div", {});
    const title = forTheme.length || !records.length ? `for ${inside(state.theme.label)}` : "for any theme: none is on record for this one";
    const items = records.map(record => {
      const theme = figures.themeOf(record);
      const why = figures.detail(record).counted || (figures.hasEnded(record) ? `not on record for ${state.date.label}` : "");
      return make("details", { class: "organisation" },
        make("summary", {}, theme ? theme.label : "Theme not stated", why ? make("span", { class: "extent" }, `not counted: ${why}`) : ""),
        make("div", {}, pairs(service(record, why))));
    });
    const clear = quiet("Clear", () => page.change({ organisation: null }));
    return {
      made: [
        make("h2", {}, body.name), clear, about(body),
        make("h3", {}, `Service area ${title}`), where,
        make("h3", {}, "On record for"), ...(items.length ? items : [make("p", {}, "Nothing that this page shows.")]),
      ],
      present: () => page.served().present(where, body.name, outlined),
    };
  }

  function show() {
    page.served().clear();
    const picked = state.organisation !== null ? ofOrganisation() : null;
    const made = picked ? picked.made : state.areas.length ? ofAreas() : nothing();
    const back = page.back && quiet("Back to the table", () => page.back.focus());
    at("panel").replaceChildren(...(back ? [back] : []), ...made.filter(each => each !== ""));
    at("panel").scrollTop = 0;
    picked?.present();
  }

  return { show };
}
