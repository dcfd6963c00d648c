// How a difference and both states are filled, and the legend that says so.

function differenceFills(view, palette, { at, make, draw, capital }, figures, state) {
  const { stripes, swatch } = patternsOf({ at, draw });
  const SHARES = [0.25, 0.5, 0.75, 0.99];
  const breaksOf = measure => measure.breaks?.[state.geography.id] || [];
  const grade = (value, breaks) => breaks.filter(start => value >= start).length;

  // The nearer to none, the paler: the steps of one side, from the greatest on
  function side(measure, size, loss) {
    const steps = loss ? [...palette.losses].reverse() : palette.gains;
    return steps[Math.min(grade(size, breaksOf(measure)) + steps.length - 1 - breaksOf(measure).length, steps.length - 1)];
  }

  function ofDifference(area) {
    const unknown = figures.unknown(area);
    const change = figures.changeOf(area);
    if (state.measure.kind === "class") {
      if (change === figures.SAME && unknown !== null) return palette.classes[unknown];
      return palette.changes[view.changes[change].id];
    }
    const found = figures.difference(state.measure, area);
    if (found === null) return unknown !== null ? palette.classes[unknown] : palette.missing;
    if (figures.open(found)) return palette.changes.undecided;
    const value = figures.sure(found);
    if (!value) return unknown !== null ? palette.classes[unknown] : palette.changes.same;
    return side(state.measure, Math.abs(value), value < 0 !== state.measure.worse);
  }

  const ramp = (value, breaks) => palette.ramp[Math.round((grade(value, breaks) * (palette.ramp.length - 1)) / breaks.length)];
  function ofState(which, area) {
    if (state.measure.kind === "class") {
      const place = figures.classIn(which, area);
      return place === null ? palette.missing : palette.classes[place];
    }
    const found = figures.figureIn(which, state.measure, area);
    if (found === null) return figures.unknown(area) !== null ? palette.classes[figures.unknown(area)] : palette.missing;
    if (found === 0) return palette.zero;
    return state.measure.kind === "residents" ? ramp(found, SHARES) : ramp(found, [2, 3, 5, 8]);
  }

  const of = area => (state.shown === "difference" ? ofDifference(area) : ofState(state.shown === "scenario" ? "scenario" : "baseline", area));

  function range(starts, i, write, unit) {
    const from = i ? write(starts[i - 1]) : "above 0";
    if (i === starts.length) return i ? `${from} or more${unit}` : from + unit;
    return `${from}${i ? " to" : ","} under ${write(starts[i])}${unit}`;
  }

  function entriesOf(measure) {
    const classes = view.classes.map((each, i) => [palette.classes[i], each.label]);
    if (measure.kind === "class") {
      return state.shown === "difference" ? [...view.changes.map(each => [palette.changes[each.id], each.label]), ...classes.slice(0, 2)] : classes.reverse();
    }
    if (state.shown !== "difference") {
      const starts = measure.kind === "residents" ? SHARES : [2, 3, 5, 8];
      const write = measure.kind === "residents" ? figures.percent : figures.number.format;
      const steps = [...starts.keys(), starts.length].map(i => [palette.ramp[Math.round((i * (palette.ramp.length - 1)) / starts.length)], range(starts, i, write, "")]);
      return [[palette.zero, write(0)], ...steps, ...classes.slice(0, 2)];
    }
    const starts = breaksOf(measure);
    const one = sign => [...starts.keys(), starts.length].map(i => {
      const size = i ? starts[i - 1] : 0.5;
      return [side(measure, size, (sign < 0) !== measure.worse), range(starts, i, figures.number.format, sign < 0 ? " fewer" : " more")];
    });
    return [...one(-1).reverse(), [palette.changes.same, "no difference"], [palette.changes.undecided, "undecided"], ...one(1), ...classes.slice(0, 2)];
  }

  function legend() {
    const counts = {};
    const states = state.shown === "swipe" ? ["baseline", "scenario"] : [null];
    for (const which of states) {
      figures.areas().forEach((_, area) => {
        const name = which ? ofState(which, area) : of(area);
        counts[name] = (counts[name] || 0) + 1;
      });
    }
    const always = name => state.shown === "difference" ? name === palette.changes.same : false;
    const entries = [...entriesOf(state.measure), [palette.missing, "not available"]].filter(([name]) => counts[name] || always(name));
    const items = entries.map(([name, label]) => {
      const many = states.length > 1 ? [] : [" ", make("span", { class: "count" }, `(${counts[name] || 0})`)];
      return make("li", {}, swatch(name), make("span", {}, capital(label), ...many));
    });
    if (state.geography.overlapping) {
      items.push(make("li", {}, swatch(stripes([palette.changes.worse, palette.changes.same])), "Stripes: shared by several areas"));
    }
    if (state.geography.pieces.some(piece => !piece.areas.length)) {
      items.push(make("li", {}, swatch(palette.missing), "In no area of this geography"));
    }
    at("legend").replaceChildren(...items);
  }

  return { of, ofState, stripes, swatch, legend };
}
