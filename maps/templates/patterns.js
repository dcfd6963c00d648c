// Fills that are made of others, and small pictures of them.

function patternsOf({ at, draw }) {
  function stripes(fills) {
    const id = fills.join("-and-");
    if (fills.length > 1 && !at("fill-" + id)) {
      const wide = 11;
      at("fills").append(draw(
        "pattern",
        { id: "fill-" + id, width: wide * fills.length, height: 80, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
        ...fills.map((name, i) => draw("rect", { x: i * wide, width: wide, height: 80, fill: `url(#fill-${name})` })),
        ...fills.map((_, i) => draw("path", { d: `M${i * wide} 0v80`, stroke: "#0b0c0c", "stroke-width": 1 })),
      ));
    }
    return id;
  }

  const swatch = name =>
    draw("svg", { class: "swatch", "aria-hidden": "true" }, draw("rect", { width: "100%", height: "100%", fill: `url(#fill-${name})` }));

  return { stripes, swatch };
}
