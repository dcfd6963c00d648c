// How an area is filled, and the legend that says what a fill means.

function fillsOf(view, palette, { at, make, draw, capital }, figures, state) {
  const { NOT_SURVEYED, NONE, ALL_THE_SAME, value, classOf, seen, saysNothing, written } = figures;
  const { stripes, swatch } = patternsOf({ at, draw });
  const breaksOf = measure => measure.breaks?.[state.geography.id] || [];
  const ofClass = place => (place === null ? palette.missing : palette.classes[place]);

  function step(measure, index) {
    const last = breaksOf(measure).length;
    return palette.ramp[last ? Math.round((index * (palette.ramp.length - 1)) / last) : palette.ramp.length - 1];
  }

  function of(area) {
    const found = value(state.measure, area);
    if (state.measure.kind === "class") return seen(area) ? palette.seen : ofClass(found);
    if (found === null) {
      const known = classOf(area);
      return known !== null && known < NONE ? palette.classes[known] : palette.missing;
    }
    if (found === 0) return saysNothing(state.measure, area) ? palette.classes[NONE] : palette.zero;
    return step(state.measure, breaksOf(state.measure).filter(start => found >= start).length);
  }

  function entriesOf(measure) {
    if (measure.kind === "class") {
      const entries = view.classes.map((each, i) => [palette.classes[i], each.label]);
      entries.splice(NOT_SURVEYED, 0, [palette.seen, `${view.classes[NOT_SURVEYED]?.label}; ${ALL_THE_SAME}`]);
      return entries.reverse();
    }
    const starts = breaksOf(measure);
    const entries = [[palette.zero, written(measure, 0)]];
    for (let i = 0; i <= starts.length; i++) {
      const from = i ? written(measure, starts[i - 1]) : "above 0";
      const to = i < starts.length ? `${i ? "" : ","} under ${written(measure, starts[i])}` : i ? " or more" : "";
      entries.push([step(measure, i), i && i < starts.length ? `${from} to${to}` : from + to]);
    }
    for (const place of [NONE, NOT_SURVEYED, 0]) {
      entries.push([palette.classes[place], place === NOT_SURVEYED ? "not surveyed, nobody on record" : view.classes[place]?.label]);
    }
    return entries;
  }

  function legend() {
    const measure = state.measure;
    const entries = [...entriesOf(measure), [palette.missing, "not available"]];
    const counts = {};
    figures.areas().forEach((_, area) => (counts[of(area)] = (counts[of(area)] || 0) + 1));
    const always = name => (measure.kind === "class" ? ![palette.missing, palette.seen].includes(name) : !palette.classes.includes(name) && name !== palette.missing);
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

  return { of, ofClass, stripes, swatch, legend };
}
