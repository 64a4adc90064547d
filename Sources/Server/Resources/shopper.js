import { t } from "/assets/words.js";
import { h, api, date, guarded, field, heading, panel, list, effects } from "/assets/parts.js";

function deeds(history) {
  if (!history.deeds.length) return h("p", { class: "empty" }, t("noHistory"));
  return h("ol", { class: "list" }, history.deeds.map((deed) => h("li", { class: "entry" },
    h("div", { class: "body" }, h("a", { href: `#/products/${encodeURIComponent(deed.product)}` }, deed.title ?? deed.product),
      h("p", { class: "meta" }, `${deed.product} · ${date(deed.time)}`)), h("span", { class: "chip" }, deed.type))));
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
      api("POST", "/v1/recommend", { [kind.value]: name.value.trim(), k: 12, explain: true })]);
    const erase = h("button", { class: "quiet danger", type: "button", onclick: guarded(async () => {
      if (!confirm(t("eraseSure"))) return;
      const receipt = await api("DELETE", `/v1/shoppers/${id}?kind=${kind.value}`);
      place.replaceChildren(panel(t("erased", receipt.erased), h("h3", {}, t("looked")),
        h("ul", {}, receipt.looked.map((entry) => h("li", { class: "meta" }, `${entry.place}: ${entry.found}`)), receipt.not_held.map((text) => h("li", { class: "meta" }, text)))));
    }) }, t("erase"));
    place.replaceChildren(h("div", { class: "grid two" },
      panel(t("history"), deeds(history), history.deeds.length ? h("div", { class: "buttons" }, erase) : null),
      panel(t("forYou"), list(lists.slots[0]), lists.slots[0].effects ? effects(lists.slots[0]) : null)));
  }

  await show();
  return [heading(t("shopper"), t("shopperLead")),
    h("form", { class: "line", onsubmit: guarded(show) }, field(t("shopperName"), name, "grow"), field(t("kindOfName"), kind), h("button", { class: "main" }, t("show"))), place];
}
