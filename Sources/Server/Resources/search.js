// What both boxes are made of: completion while typing, what was understood, facets, results.
import { t } from "/assets/words.js";
import { h, api, guarded, number } from "/assets/parts.js";

let lists = 0;

// Completes what is typed: arrow keys choose, Enter takes, Escape closes. `take` runs the search.
export function completing(input, take) {
  const list = h("ul", { class: "completions", role: "listbox", id: `completions-${++lists}`, hidden: true });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);
  let chosen = -1, asked = 0, timer;
  const close = () => { asked += 1; clearTimeout(timer); list.hidden = true; chosen = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const choose = (text) => { input.value = text; close(); take(); };
  const mark = (place) => {
    chosen = place;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", index === place));
    if (place >= 0) input.setAttribute("aria-activedescendant", list.children[place].id); else input.removeAttribute("aria-activedescendant");
  };
  async function ask() {
    const typed = input.value.trim();
    const turn = ++asked;
    if (!typed) return close();
    let found = [];
    // A completion that does not come is no loss: the search itself says what is wrong.
    try { found = (await api("GET", `/v1/suggest?${new URLSearchParams({ q: typed, k: "8" })}`)).suggestions; } catch { return close(); }
    if (turn !== asked || document.activeElement !== input) return;
    list.replaceChildren(...found.map((text, place) => h("li", { role: "option", id: `${list.id}-${place}`, "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); choose(text); } }, text)));
    mark(-1);
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(Boolean(found.length)));
  }
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 80); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) { event.preventDefault(); close(); }
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) { event.preventDefault(); mark(event.key === "ArrowDown" ? (chosen + 1) % count : (Math.max(chosen, 0) + count - 1) % count); }
    else if (event.key === "Enter" && count && chosen >= 0) { event.preventDefault(); choose(list.children[chosen].textContent); }
    else if (event.key === "Enter") close();
  });
  return h("span", { class: "completing" }, input, list);
}

// The title with the query's words marked; places are bytes of UTF-8.
export function marked(item) {
  const bytes = new TextEncoder().encode(item.title);
  const decode = (from, to) => new TextDecoder().decode(bytes.slice(from, to));
  const parts = [];
  let at = 0;
  for (const [from, to] of item.highlights ?? []) { parts.push(decode(at, from), h("mark", {}, decode(from, to))); at = to; }
  return [...parts, decode(at)];
}

function price(understood) {
  const { minimum_price: least, maximum_price: most, currency = "" } = understood;
  if (least === undefined && most === undefined) return [];
  const text = least === undefined ? t("priceUpTo", number(most, 2)) : most === undefined ? t("priceFromN", number(least, 2)) : `${number(least, 2)} – ${number(most, 2)}`;
  return [`${text} ${currency}`.trim()];
}

// What was read out of the query, and what was given up.
export function understood(answer) {
  const read = answer.understood;
  const chips = [["brand_", read.brands], ["category_", read.categories], ["colour_", read.colours], ["size_", read.sizes], ["price_", price(read)], ["without_", read.excluded]]
    .filter(([, values]) => values.length).map(([name, values]) => h("span", { class: name === "without_" ? "chip bad" : "chip near" }, `${t(name)}: ${values.join(", ")}`));
  const relaxed = read.relaxed.map((text) => (text === "price" ? t("price_") : text));
  return h("div", { class: "understood" },
    read.suggestion ? h("p", {}, t("searchedFor"), " ", h("strong", {}, read.suggestion)) : null,
    chips.length ? h("p", {}, chips) : null,
    relaxed.length ? h("p", { class: "relaxed" }, t("leftOut", relaxed.join(", "))) : null,
    read.is_truncated ? h("p", { class: "meta" }, t("longQuery")) : null);
}

// Boxes to tick for the values of each facet; `chosen` holds the ticked ones by field.
export function facets(answer, chosen, change) {
  const groups = ["brand", "category", "price"].filter((name) => answer.facets[name]?.length > 1 || chosen[name]?.length);
  return groups.map((name) => {
    const values = [...(answer.facets[name] ?? [])];
    for (const value of chosen[name] ?? []) if (!values.some((one) => one.value === value)) values.push({ value, count: 0 });
    return h("fieldset", { class: "facet" }, h("legend", {}, t(`${name}_`)), values.map(({ value, count }) => {
      const box = h("input", { type: "checkbox", checked: chosen[name]?.includes(value), onchange: () => {
        // Price bands are one range: the last one ticked counts.
        const others = name === "price" ? [] : (chosen[name] ?? []).filter((one) => one !== value);
        chosen[name] = box.checked ? [...others, value] : others;
        change();
      } });
      return h("label", { class: "check" }, box, h("span", { class: "grow" }, name === "price" ? value.replace("..", " – ") : value), h("span", { class: "meta" }, number(count)));
    }));
  });
}

// One search with the ticked facets.
export async function find(words, { chosen = {}, sort = "relevance", k = 24, cursor } = {}) {
  const query = new URLSearchParams({ q: words, k: String(k), facets: "brand,category,price", sort });
  const filters = ["brand", "category"].filter((name) => chosen[name]?.length).map((name) => `${name}=${chosen[name].join("|")}`);
  if (filters.length) query.set("filter", filters.join(";"));
  const [least, most] = chosen.price?.[0]?.split("..") ?? [];
  if (least) query.set("price_min", least);
  if (most) query.set("price_max", most);
  if (cursor) query.set("cursor", cursor);
  return api("GET", `/v1/search?${query}`);
}

// A whole page of results: `draw` makes the entry of one product. Returns its elements.
export async function resultPage(words, { draw, list, k = 24 }) {
  const chosen = {};
  const sort = h("select", {}, [["relevance", "byRelevance"], ["price", "byPrice"], ["-price", "byPriceDown"], ["popularity", "byPopularity"]].map(([value, name]) => h("option", { value }, t(name))));
  const place = h("div", {});
  const side = h("div", { class: "facets" });
  const more = h("button", { class: "quiet", type: "button", hidden: true }, t("more"));
  const count = h("p", { class: "meta", role: "status" });
  let cursor, shown = 0, turn = 0;
  async function load(isFirst) {
    const own = ++turn;
    const answer = await find(words, { chosen, sort: sort.value, k, cursor: isFirst ? undefined : cursor });
    if (own !== turn) return;
    if (isFirst) {
      shown = 0;
      list.replaceChildren();
      place.replaceChildren(understood(answer));
      side.replaceChildren(...facets(answer, chosen, guarded(() => load(true))));
    }
    const near = answer.items.findIndex((item) => item.source === "meaning");
    answer.items.forEach((item, index) => {
      if (index === near && near > 0) list.append(h("li", { class: "divider meta" }, t("alsoSimilar")));
      list.append(draw(item, answer.attribution_token));
    });
    shown += answer.items.length;
    if (!shown) list.append(h("li", { class: "empty" }, t("nothing")));
    count.textContent = t("foundN", number(answer.total));
    cursor = answer.cursor;
    more.hidden = !cursor;
  }
  sort.addEventListener("change", guarded(() => load(true)));
  more.addEventListener("click", guarded(() => load(false)));
  await load(true);
  return h("div", { class: "searched" }, side, h("div", { class: "found" }, place, h("div", { class: "row order" }, count, h("label", { class: "check" }, t("order"), sort)), list, more));
}
