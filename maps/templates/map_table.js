// What the table of the map page holds: every measure of the theme, its flags, residents and codes.

function mapTable({ view, state, figures, capital }) {
  const { value, classOf, figure } = figures;
  const FLAGS = "flags";
  const isArea = index => index < figures.areas().length;
  const of = index => (isArea(index) ? figures.areas()[index] : figures.closing()[index - figures.areas().length]);
  const flags = index => (isArea(index) ? figures.flags(index).join("; ") : "");
  const code = index => of(index).code ?? "";

  const columns = [
    { key: "name", label: () => "Area", order: index => of(index).name },
    ...view.measures.map(measure => ({
      key: measure.id,
      label: () => capital(figures.label(measure)),
      kind: measure.kind === "class" ? "" : "number",
      text: index => figure(measure, index),
      order: index => value(measure, index),
    })),
    { key: FLAGS, label: () => "Flags", kind: "flagged", text: flags, order: flags },
    { key: "residents", label: () => "Residents", kind: "number", text: index => figures.residents(of(index)), order: index => of(index).residents },
    { key: "code", label: () => (state.geography.code_column ? `Code (${state.geography.code_column})` : "Code"), text: code, order: code },
  ];

  function values(index) {
    const numbers = view.measures.map(measure => {
      const found = value(measure, index);
      return measure.kind === "class" && found !== null ? view.classes[found].label : found;
    });
    return [state.theme.id, state.date.label, ...numbers, flags(index)];
  }

  return {
    columns,
    only: {
      label: "Class",
      choices: [["", "All classes"], ...view.classes.map((each, i) => [i, capital(each.label)]).reverse()],
      holds: (place, index) => classOf(index) === place,
    },
    caption: () => `${state.theme.label}. ${state.geography.label}. ${state.date.as_of}`,
    csv: {
      heads: ["theme", "as_of", ...view.measures.map(measure => measure.id), FLAGS, "residents", "about", "method", "warning", "banner"],
      values,
      about: () => [view.subtitle, view.method, state.date.warning, view.banner],
      file: () => [state.theme.id, state.geography.id, state.date.id],
    },
  };
}
