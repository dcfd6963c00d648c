// Both states on one map: the record drawn as ever, the scenario above it, clipped where the slider stands.

function swipeOf({ map, state, fills, at, drawn }) {
  const pane = map.createPane("swiped");
  pane.style.zIndex = 410;
  const options = { pane: "swiped", renderer: L.svg({ pane: "swiped", padding: 1 }), smoothFactor: 0, noClip: true, interactive: false };
  const layers = L.featureGroup();
  let geography = null;

  function clip() {
    const { x, y } = map.getSize(), place = (x * at("swipe").value) / 100;
    const [from, to] = [[place, 0], [x, y]].map(point => map.containerPointToLayerPoint(point));
    pane.style.clipPath = `polygon(${[[from.x, from.y], [to.x, from.y], [to.x, to.y], [from.x, to.y]].map(([left, top]) => `${left}px ${top}px`).join(",")})`;
    at("divider").style.transform = `translateX(${place}px)`;
    at("swipe").setAttribute("aria-valuetext", `${at("swipe").value}% of the map shows the record`);
  }

  function show() {
    const on = state.shown === "swipe";
    at("slider").hidden = at("divider").hidden = !on;
    if (!on) return layers.remove();
    const pieces = drawn.pieces();
    if (geography !== state.geography) {
      layers.clearLayers();
      for (const { points } of pieces) L.polygon(points, { ...options, color: "#1d2327", weight: 1, fillOpacity: 1 }).addTo(layers);
      geography = state.geography;
    }
    layers.addTo(map);
    layers.getLayers().forEach((layer, i) => layer.getElement().setAttribute("fill", `url(#fill-${fills.stripes(pieces[i].areas.map(area => fills.ofState("scenario", area)))})`));
    clip();
  }

  at("swipe").addEventListener("input", clip);
  map.on("move zoom resize", () => state.shown === "swipe" && clip());

  return { show };
}
