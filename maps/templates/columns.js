// What pages share: columns of figures, the areas that they are of, and how numbers are written.

function columnsOf(view, state) {
  const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });

  // Columns are written as maps/columns.py says: numbers to base 36, runs, and patches of earlier columns
  function unpacked(text) {
    const values = [];
    for (const run of text.split(",")) {
      const [value, length = 1] = run.split("*");
      for (let i = 0; i < length; i++) values.push(value === "" ? null : parseInt(value, 36));
    }
    return values;
  }

  const sums = new Map();
  function summed(text) {
    if (!sums.has(text)) {
      let sum = 0;
      sums.set(text, text ? unpacked(text).map(gap => (sum += gap)) : []);
    }
    return sums.get(text);
  }

  const full = new Map();
  function column(place) {
    if (!full.has(place)) {
      const written = view.columns[place];
      if (typeof written === "string") {
        full.set(place, unpacked(written));
      } else {
        const [of, rows, to] = written;
        const gaps = typeof rows === "number" ? view.columns[rows][1] : rows;
        const values = [...column(of)], news = unpacked(to);
        summed(gaps).forEach((row, i) => (values[row] = news[i]));
        full.set(place, values);
      }
    }
    return full.get(place);
  }

  function percent(share) {
    if (share > 0 && share < 0.01) return "under 1%";
    if (share > 0.99 && share < 1) return "over 99%";
    return Math.round(share * 100) + "%";
  }

  const listed = new Map();
  function areas(geography = state.geography) {
    if (!listed.has(geography)) {
      const { code, name, residents, residents_full, extent, lies_in } = geography.areas;
      listed.set(geography, code.map((_, i) => ({
        code: code[i], name: name[i], residents: residents[i], residentsFull: residents_full[i], extent: extent[i], liesIn: lies_in[i],
      })));
    }
    return listed.get(geography);
  }
  const closing = () => state.geography.closing;

  function residents(area) {
    if (area.residents == null) return "not available";
    if (area.extent !== "part") return number.format(area.residents);
    if (area.residentsFull == null) return `${number.format(area.residents)} in the part known here`;
    return `${number.format(area.residents)} of ${number.format(area.residentsFull)}`;
  }

  return { summed, column, areas, closing, residents, number, percent };
}
