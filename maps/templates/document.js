// The document: its elements, found and made, and what every page does with its words and its address.

function documentOf() {
  const SVG = "http://www.w3.org/2000/svg";

  const at = id => document.getElementById(id);
  const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter(child => child !== "" && child != null));
    return element;
  }
  // A name as it is searched for: without regard to case, accents and signs
  const plain = text =>
    text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/&/g, " and ").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  const make = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const draw = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const say = text => (at("status").textContent = text);

  return { at, capital, plain, make, draw, say };
}

function aidsOf({ at, make, capital }, meant) {
  at("meanings").append(...meant.flatMap(each => [make("dt", {}, capital(each.label)), make("dd", {}, each.meaning)]));
  at("to-words").addEventListener("click", () => {
    at("words").open = true;
    at("words").querySelector("summary").focus();
  });
  at("copy").addEventListener("click", async () => {
    const told = "It opens this view wherever this file is, so send the file with it.";
    try {
      await navigator.clipboard.writeText(location.href);
      at("copied").textContent = `Copied. ${told}`;
    } catch {
      at("copied").textContent = `Copy the address of this page from the top of the window. ${told}`;
    }
  });
}
