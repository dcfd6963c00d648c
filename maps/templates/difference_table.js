// What the table of the page of scenarios holds: numbers with their signs, and both states.

function differenceTable({ view, state, figures, capital }) {
  const { difference, inSigns, sure, inState, changed, changeOf, figureIn, read, areas, closing } = figures;
  const isArea = index => index < areas().length;
  const of = index => (isArea(index) ? areas()[index] : closing()[index - areas().length]);
  const code = index => of(index).code ?? "";
  const [, covered, relying, organisations] = view.measures;

  const signed = (measure, rising) => ({
    key: measure.id,
    label: () => `${measure.label}: difference`,
    kind: "number",
    rising,
    text: index => inSigns(difference(measure, index)),
    order: index => sure(difference(measure, index)),
  });
  const inOne = (which, label) => ({
    key: `covered_${which}`,
    label: () => label,
    kind: "number",
    text: index => inState(which, covered, index),
    order: index => figureIn(which, covered, index),
  });

  return {
    columns: [
      { key: "name", label: () => "Area", order: index => of(index).name },
      signed(covered, true),
      signed(relying),
      signed(organisations, true),
      { key: "change", label: () => "Provision class", kind: "flagged", text: index => (isArea(index) ? changed(index) : ""), order: index => changeOf(index) },
      inOne("baseline", "Covered on record, at least"),
      inOne("scenario", "Covered in the scenario, at least"),
      { key: "residents", label: () => "Residents", kind: "number", text: index => figures.residents(of(index)), order: index => of(index).residents },
      { key: "code", label: () => (state.geography.code_column ? `Code (${state.geography.code_column})` : "Code"), text: code, order: code },
    ],
    only: {
      label: "What changes",
      choices: [["", "All areas"], ...view.changes.map((each, i) => [i, capital(each.label)])],
      holds: (place, index) => changeOf(index) === place,
    },
    caption: () => `${state.scenario.title}. ${state.theme.label}. ${state.geography.label}. ${state.scenario.as_of}`,
    csv: {
      heads: ["scenario", "theme", ...view.names, "residents", "about", "method", "label", "banner"],
      values: index => [state.scenario.id, state.theme.id, ...view.names.map(name => {
        const found = read(name, index);
        if (found === null) return "";
        if (name.startsWith("class_")) return view.classes[found].label;
        if (name === "change") return view.changes[found].id;
        return /^(coverage|relying)_/.test(name) ? found / 10000 : found;
      })],
      about: () => [`${view.subtitle} ${state.scenario.as_of}`, view.method, state.scenario.label, view.banner],
      file: () => [state.scenario.id, state.theme.id, state.geography.id],
    },
  };
}
