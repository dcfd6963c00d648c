// Figures of the view in numbers and in words.

function figuresOf(view, state) {
  const { summed, column, areas, closing, residents, number, percent } = columnsOf(view, state);
  const classMeasure = view.measures.find(measure => measure.kind === "class");
  const NOT_SURVEYED = 1, NONE = 2; // places in the classes; before them stands out of scope
  const ALL_THE_SAME = "somebody on record";
  const high = view.measures.find(measure => measure.id === "coverage_high");

  const dateOf = () => view.dates.indexOf(state.date);
  const own = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined); // a theme may be called __proto__

  // Of every date after the first only what differs from the date before is written
  function latest(dates, theme) {
    for (let date = dateOf(); date >= 0; date--) {
      const place = own(own(dates[date], state.geography.id) ?? {}, theme.id);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  const names = [...view.measures.map(measure => measure.id), "reason", "flags"];
  function found(name, area, theme) {
    const places = latest(view.figures, theme);
    return places === undefined ? null : column(summed(places)[names.indexOf(name)])[area] ?? null;
  }

  function value(measure, area, theme = state.theme) {
    const whole = found(measure.id, area, theme);
    return whole === null ? null : whole / measure.scale;
  }
  const classOf = (area, theme) => (classMeasure ? value(classMeasure, area, theme) : null);
  const seen = (area, theme) => classOf(area, theme) === NOT_SURVEYED && !!high && value(high, area, theme) > 0;
  const saysNothing = (measure, area, theme) => measure.of_served && classOf(area, theme) === NONE;

  const label = measure => (measure.unit && measure.kind === "number" ? `${measure.label} (${measure.unit})` : measure.label);
  const written = (measure, figure) => (measure.kind === "share" ? percent(figure) : number.format(figure));

  function figure(measure, area, theme = state.theme) {
    const known = value(measure, area, theme);
    if (measure.kind === "class") {
      if (known !== null) return view.classes[known].label + (seen(area, theme) ? `; ${ALL_THE_SAME}` : "");
      return area < areas().length ? "not available" : "";
    }
    const place = classOf(area, theme);
    const label = view.classes[place]?.label;
    if (known === null) return place !== null && place < NONE ? label : "not available";
    if (place === NOT_SURVEYED && measure.id !== "surveyed_share") return `${written(measure, known)} (${label})`;
    return saysNothing(measure, area, theme) ? label : written(measure, known);
  }

  // A label as it stands inside a sentence: "Funding advice" is not a name, "ICT" is
  const inside = label => (/^[A-Z]{2}/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1));

  function text(place) {
    const found = view.texts[place];
    if (typeof found === "string") return found;
    const [frame, ...numbers] = found;
    return view.texts[frame].replace(/[0-9]+/g, () => numbers.shift());
  }
  const sentences = (name, area, theme) => view.sets[found(name, area, theme) ?? 0].map(text);
  const flags = (area, theme = state.theme) => sentences("flags", area, theme);
  const reason = (area, theme = state.theme) => sentences("reason", area, theme).join(" ");
  function headline() {
    const place = latest(view.headlines, state.theme);
    return place === undefined ? "" : text(place).replace("\u0001", () => inside(state.theme.label));
  }

  // Who is on record

  const { organisation: owners, theme: themes, detail: details, reach: reaches } = Object.fromEntries(
    ["organisation", "theme", "detail", "reach"].map(name => [name, summed(view.records[name])]));
  const recordsOf = body => owners.flatMap((owner, record) => (owner === body ? [record] : []));

  function organisation(place) {
    const { id, name, website, ...shared } = view.organisations;
    const told = Object.fromEntries(Object.entries(shared).map(([key, places]) => [key, text(places[place])]));
    return { id: id[place], name: name[place], website: website[place], ...told };
  }

  function detail(record) {
    const [areas, focus, communities, dates, evidence, counted, shapes] = view.details[details[record]];
    const [a, f, c, d, e, n] = [areas, focus, communities, dates, evidence, counted].map(text);
    return { areas: a, focus: f, communities: c, dates: d, evidence: e, counted: n, shapes };
  }

  const moved = view.dates.map(date => new Map(date.reaches));
  const ended = view.dates.map(date => new Set(summed(date.ended)));
  const hasEnded = record => ended[dateOf()].has(record);
  const reachOf = record => view.reaches[moved[dateOf()].get(record) ?? reaches[record]] || {};

  function entries(record) {
    const flat = reachOf(record)[state.geography.id] || [];
    const made = [];
    for (let i = 0; i < flat.length; i += 2) {
      const code = flat[i + 1];
      made.push({ record, area: flat[i], whole: !!(code & 1), local: !!(code & 2), beside: !!(code & 4), ended: hasEnded(record) });
    }
    return made;
  }

  let indexed = {};
  function onRecord(area, theme = state.theme) {
    const key = [state.geography.id, theme.id, dateOf()].join("\n");
    if (indexed.key !== key) {
      const byArea = new Map();
      const place = view.themes.indexOf(theme);
      themes.forEach((each, record) => {
        if (each !== place) return;
        for (const entry of entries(record)) byArea.set(entry.area, [...(byArea.get(entry.area) || []), entry]);
      });
      indexed = { key, byArea };
    }
    return indexed.byArea.get(area) || [];
  }

  function whyNotCounted(entry) {
    const { counted } = detail(entry.record);
    if (counted) return counted;
    if (entry.ended) return `not on record for ${state.date.label}`;
    return entry.beside ? "members of it are counted here" : "";
  }

  return {
    inside, NOT_SURVEYED, NONE, ALL_THE_SAME, seen, saysNothing, label, written, classMeasure, value, classOf, figure, areas, closing, residents, flags, reason, headline,
    organisation, ownerOf: record => owners[record], themeOf: record => view.themes[themes[record]], recordsOf, detail, onRecord, entries, hasEnded, whyNotCounted,
  };
}
