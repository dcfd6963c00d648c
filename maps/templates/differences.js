// Figures of a scenario beside the record: in numbers with their signs, and in words.

function differencesOf(view, state) {
  const { summed, column, areas, closing, residents, number, percent } = columnsOf(view, state);
  const NOT_SURVEYED = 1; // place in the classes; before it stands out of scope
  const SHARE = 10000;
  const change = name => view.changes.findIndex(each => each.id === name);
  const [SAME, UNDECIDED, WORSE, BETTER] = ["same", "undecided", "worse", "better"].map(change);

  function read(name, area, theme = state.theme, scenario = state.scenario) {
    const figures = view.figures[view.scenarios.indexOf(scenario)][state.geography.id];
    const places = Object.hasOwn(figures, theme.id) ? figures[theme.id] : "";
    return places ? column(summed(places)[view.names.indexOf(name)])[area] ?? null : null;
  }

  // Residents who gain less those who lose, at least and at most
  function net(gains, losses, area, theme, scenario) {
    const [gained, most, lost, mostLost] = [gains, losses].flatMap(name => ["low", "high"].map(end => read(`residents_${name}_${end}`, area, theme, scenario)));
    return [gained, most, lost, mostLost].includes(null) ? null : [gained - mostLost, most - lost];
  }

  function difference(measure, area, theme = state.theme, scenario = state.scenario) {
    if (measure.id === "covered") return net("gained", "lost", area, theme, scenario);
    if (measure.id === "relying") return net("left_relying", "freed", area, theme, scenario);
    const [before, after] = ["baseline", "scenario"].map(end => read(`${measure.id}_${end}`, area, theme, scenario));
    return before === null || after === null ? null : [after - before, after - before];
  }

  const shares = { covered: "coverage_low", relying: "relying_low" };
  function figureIn(which, measure, area, theme, scenario) {
    const found = read(`${shares[measure.id] ?? measure.id}_${which}`, area, theme, scenario);
    return found !== null && measure.kind === "residents" ? found / SHARE : found;
  }

  // What is certain of a difference: the end nearer to none; 0 where it may be either way
  const sure = found => (found === null ? null : found[0] > 0 ? found[0] : Math.min(found[1], 0));
  const open = found => found !== null && sure(found) === 0 && (found[0] < 0 || found[1] > 0);

  const signed = figure => (figure > 0 ? "+" : figure < 0 ? "−" : "") + number.format(Math.abs(figure));
  function inSigns(found) {
    if (found === null) return "not available";
    const [low, high] = found;
    if (low === high) return signed(low);
    if (!open(found)) return `${signed(sure(found))} to ${signed(sure(found) === low ? high : low)}`;
    return low < 0 && high > 0 ? `undecided: ${signed(low)} to ${signed(high)}` : `up to ${signed(low || high)}, or none`;
  }

  const classIn = (which, area, theme) => read(`class_${which}`, area, theme);
  const changeOf = (area, theme, scenario) => read("change", area, theme, scenario);
  const unknown = area => {
    const place = classIn("baseline", area);
    return place !== null && place <= NOT_SURVEYED && classIn("scenario", area) === place ? place : null;
  };

  function inState(which, measure, area) {
    if (measure.kind === "class") {
      const place = classIn(which, area);
      return place === null ? "" : view.classes[place].label;
    }
    const found = figureIn(which, measure, area);
    if (found === null) return unknown(area) === null ? "not available" : view.classes[unknown(area)].label;
    return measure.kind === "residents" ? percent(found) : number.format(found);
  }

  function changed(area) {
    const place = changeOf(area);
    if (place === SAME && unknown(area) !== null) return view.classes[unknown(area)].label;
    const [before, after] = ["baseline", "scenario"].map(which => inState(which, view.measures[0], area));
    return before === after ? view.changes[place].label : `${view.changes[place].label}: ${before}, then ${after}`;
  }

  function figure(measure, area) {
    if (state.shown === "swipe") return `${inState("baseline", measure, area)}, then ${inState("scenario", measure, area)}`;
    if (state.shown !== "difference") return inState(state.shown, measure, area);
    return measure.kind === "class" ? changed(area) : inSigns(difference(measure, area));
  }

  return {
    SAME, UNDECIDED, WORSE, BETTER, read, difference, figureIn, sure, open, inSigns, inState, classIn, changeOf, changed, unknown, figure,
    areas, closing, residents, number, percent,
  };
}
