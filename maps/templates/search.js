// Find an area or an organisation by its name.

function searchOf(page) {
  const { view, state, figures, at, make, plain } = page;
  const MOST = 12;
  const list = make("ul", { role: "listbox", id: "found", "aria-label": "Found", hidden: "" });
  const input = make("input", {
    type: "text", id: "find", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list",
  });
  const note = make("p", { class: "unseen", role: "status" });
  at("search").append(make("label", { for: "find" }, "Find area or organisation"), make("div", { class: "combobox" }, input, list), note);

  const known = new Map(view.geographies.map(geography => [
    geography,
    figures.areas(geography).map((area, place) => ({ text: plain(`${area.name} ${area.code}`), name: area.name, kind: geography.nouns[0], about: geography.label, geography, place })),
  ]));
  const bodies = view.organisations.name.map((name, organisation) => {
    const { remit } = figures.organisation(organisation);
    return { text: plain(name), name, kind: "organisation", about: remit ? `set up to serve: ${remit}` : "", organisation };
  });

  let found = [], active = -1;

  function matches(words) {
    const geographies = [state.geography, ...view.geographies.filter(each => each !== state.geography)];
    const all = [...geographies.flatMap(geography => known.get(geography)), ...bodies];
    const fits = all.filter(each => words.every(word => each.text.includes(word)));
    const begins = each => !words.every(word => each.text.split(" ").some(part => part.startsWith(word)));
    return fits.sort((a, b) => begins(a) - begins(b));
  }

  function suggest() {
    const words = plain(input.value).split(" ").filter(Boolean);
    const all = words.length ? matches(words) : [];
    const areas = all.filter(each => each.geography), others = all.filter(each => !each.geography);
    found = [...areas.slice(0, MOST - Math.min(others.length, 5)), ...others].slice(0, MOST);
    active = -1;
    list.replaceChildren(...found.map((each, i) => {
      const option = make("li", { role: "option", id: `found-${i}`, "aria-selected": "false" }, make("strong", {}, each.name), " ",
        make("span", {}, [each.kind, each.about].filter(Boolean).join(", ")));
      option.addEventListener("mousedown", event => {
        event.preventDefault();
        take(each);
      });
      return option;
    }));
    const nothing = words.length && !found.length ? "Nothing of that name is on this page." : "";
    if (nothing) list.append(make("li", { class: "nothing", role: "option", "aria-disabled": "true", "aria-selected": "false" }, nothing));
    open(list.children.length > 0);
    note.textContent = nothing || (words.length ? `${found.length}${all.length > found.length ? ` of ${all.length}` : ""} found.` : "");
  }

  function open(is) {
    list.hidden = !is;
    input.setAttribute("aria-expanded", is);
    if (!is) input.removeAttribute("aria-activedescendant");
  }

  function move(step) {
    if (list.hidden) suggest();
    if (!found.length) return;
    list.children[active]?.setAttribute("aria-selected", "false");
    active = (active + step + found.length) % found.length;
    list.children[active].setAttribute("aria-selected", "true");
    list.children[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `found-${active}`);
  }

  function take(each) {
    input.value = each.name;
    open(false);
    note.textContent = "";
    if (each.organisation !== undefined) return page.pick(each.organisation);
    page.change({ geography: each.geography, areas: [], view: "map" });
    page.choose([each.place]);
    at("panel").scrollIntoView({ block: "nearest" });
    at("panel").focus({ preventScroll: true });
  }

  input.addEventListener("input", suggest);
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", event => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter") {
      if (found.length) take(found[Math.max(active, 0)]);
    } else if (event.key === "Escape") {
      if (list.hidden) input.value = "";
      open(false);
    } else return;
    event.preventDefault();
  });
}
