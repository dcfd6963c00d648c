// The dates on which what is on record changes: a slider, and what begins and ends on each.

function timelineOf(page) {
  const { view, state, at, make } = page;
  const slider = at("date");
  const last = view.dates.length - 1;
  at("timeline").hidden = last < 1;
  slider.max = last;

  const go = place => page.change({ date: view.dates[Math.min(Math.max(place, 0), last)] });
  slider.addEventListener("input", () => go(Number(slider.value)));
  at("earlier").addEventListener("click", () => go(view.dates.indexOf(state.date) - 1));
  at("later").addEventListener("click", () => go(view.dates.indexOf(state.date) + 1));

  function show() {
    const place = view.dates.indexOf(state.date);
    slider.value = place;
    slider.setAttribute("aria-valuetext", state.date.label);
    at("date-label").textContent = place ? state.date.label : `${state.date.label} (the record)`;
    at("earlier").setAttribute("aria-disabled", place === 0);
    at("later").setAttribute("aria-disabled", place === last);
    at("changes").hidden = !place;
    at("changes").replaceChildren(...state.date.changes.map(text => make("li", {}, text)));
  }

  return { show };
}
