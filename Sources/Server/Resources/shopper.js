import { t, eventName } from "/assets/words.js";
import { h, api, date, duration, number, percent, tile, guarded, field, heading, panel, list, effects } from "/assets/parts.js";

const shownAtOnce = 12;

// Pictures of the products of a history, which names them only; one that is gone has none.
async function pictures(history) {
  const ids = [...new Set(history.deeds.slice(0, shownAtOnce).map((deed) => deed.product))];
  const found = await Promise.all(ids.map((id) => api("GET", `/v1/products/${encodeURIComponent(id)}`).catch(() => null)));
  return new Map(found.filter(Boolean).map((product) => [product.id, product]));
}

// Whether an experiment chose the list: its token says so.
function trial(slot) {
  const [, experiment, variant] = slot.attribution_token?.split("~") ?? [];
  return experiment ? h("p", { class: "relaxed" }, t("inExperiment", experiment, variant)) : null;
}

// What he did, the last first; what is long past waits behind a button.
function deeds(history, known) {
  if (!history.deeds.length) return h("p", { class: "empty" }, t("noHistory"));
  const row = (deed) => h("li", { class: "entry" }, tile(known.get(deed.product) ?? { title: deed.title ?? deed.product }),
    h("div", { class: "body" }, h("a", { href: `#/products/${encodeURIComponent(deed.product)}` }, deed.title ?? deed.product),
      h("p", { class: "meta" }, `${deed.product} · ${date(deed.time)}`)), h("span", { class: "chip" }, eventName(deed.type)));
  const items = h("ol", { class: "list" }, history.deeds.slice(0, shownAtOnce).map(row));
  if (history.deeds.length <= shownAtOnce) return items;
  const more = h("button", { class: "quiet", type: "button", onclick: () => { items.append(...history.deeds.slice(shownAtOnce).map(row)); more.remove(); } }, t("showAll", number(history.deeds.length)));
  return [items, more];
}

// When he buys and comes next, where training learnt it.
function outlook(history) {
  if (history.purchase_probability === undefined) return null;
  return h("p", { class: "note" }, t("buysWithin", duration(history.purchase_horizon_seconds), percent(history.purchase_probability)), " · ", t("comesNext", date(history.expected_next_visit)));
}

export async function shopper() {
  const name = h("input", { required: true, autocomplete: "off", value: sessionStorage.getItem("akin-shopper") ?? "" });
  const kind = h("select", {}, ["user", "visitor", "session"].map((value) => h("option", { value }, t(value))));
  kind.value = sessionStorage.getItem("akin-shopper-kind") ?? "user";
  const place = h("div", { class: "grid" });

  async function show() {
    if (!name.value.trim()) return place.replaceChildren();
    sessionStorage.setItem("akin-shopper", name.value.trim());
    sessionStorage.setItem("akin-shopper-kind", kind.value);
    const id = encodeURIComponent(name.value.trim());
    const [history, lists] = await Promise.all([
      api("GET", `/v1/shoppers/${id}?kind=${kind.value}`),
      api("POST", "/v1/recommend", { [kind.value]: name.value.trim(), k: 12, explain: true, shown: false })]);
    const erase = h("button", { class: "quiet danger", type: "button", onclick: guarded(async () => {
      if (!confirm(t("eraseSure"))) return;
      const receipt = await api("DELETE", `/v1/shoppers/${id}?kind=${kind.value}`);
      place.replaceChildren(panel(t("erased", receipt.erased), h("h3", {}, t("looked")),
        h("ul", {}, receipt.looked.map((entry) => h("li", { class: "meta" }, `${entry.place}: ${entry.found}`)), receipt.not_held.map((text) => h("li", { class: "meta" }, text)))));
    }) }, t("erase"));
    place.replaceChildren(h("div", { class: "grid two" },
      panel(t("history"), outlook(history), deeds(history, await pictures(history)), history.deeds.length ? h("div", { class: "buttons" }, erase) : null),
      panel(t("forYou"), trial(lists.slots[0]), list(lists.slots[0], { titles: new Map(history.deeds.map((deed) => [deed.product, deed.title ?? deed.product])) }), lists.slots[0].effects ? effects(lists.slots[0]) : null)));
  }

  await show();
  return [heading(t("shopper"), t("shopperLead")),
    h("form", { class: "line", onsubmit: guarded(show) }, field(t("shopperName"), name, "grow"), field(t("kindOfName"), kind), h("button", { class: "main" }, t("show"))), place];
}
