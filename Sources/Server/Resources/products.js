import { t, sourceName } from "/assets/words.js";
import { h, api, number, score, guarded, tile, facts, field, heading, panel, list, effects } from "/assets/parts.js";
import { completing, marked, resultPage } from "/assets/search.js";

function row(product) {
  return h("li", { class: "entry" }, tile(product),
    h("div", { class: "body" }, h("a", { href: `#/products/${encodeURIComponent(product.id)}` }, product.title),
      h("p", { class: "meta" }, [product.id, facts(product)].filter(Boolean).join(" · "))));
}

// A product that a search found, with the words that it was found by.
function found(item) {
  return h("li", { class: "entry" }, tile(item),
    h("div", { class: "body" }, h("a", { href: `#/products/${encodeURIComponent(item.id)}` }, marked(item)),
      h("p", { class: "meta" }, [item.id, facts(item)].filter(Boolean).join(" · "))),
    h("span", { class: "score" }, score(item.score), h("br"), sourceName(item.source)));
}

export async function products() {
  const input = h("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false", maxlength: "600", value: sessionStorage.getItem("akin-search") ?? "" });
  const place = h("section", { class: "panel grid" });
  let turn = 0;
  // Without words the catalogue as it stands, a page after another.
  async function browse() {
    const items = h("ol", { class: "list" });
    const more = h("button", { class: "quiet", type: "button", hidden: true }, t("more"));
    let cursor;
    async function load() {
      const query = new URLSearchParams({ limit: "30" });
      if (cursor) query.set("cursor", cursor);
      const page = await api("GET", `/v1/products?${query}`);
      items.append(...page.items.map(row));
      if (!items.children.length) items.append(h("li", { class: "empty" }, t("nothing")));
      cursor = page.next_cursor;
      more.hidden = !cursor;
    }
    more.addEventListener("click", guarded(load));
    await load();
    return [items, h("div", {}, more)];
  }
  async function show() {
    const own = ++turn;
    const typed = input.value.trim();
    sessionStorage.setItem("akin-search", typed);
    const content = typed ? [await resultPage(typed, { draw: found, list: h("ol", { class: "list" }), k: 30 })] : await browse();
    if (own === turn) place.replaceChildren(...content);
  }
  const form = h("form", { class: "line", role: "search", onsubmit: guarded(show) },
    h("div", { class: "grow" }, h("label", { for: "search" }, t("search")), completing(input, guarded(show))), h("button", { class: "main" }, t("find")));
  await show();
  return [heading(t("products"), t("searchLead")), form, place];
}

function reason(answer) {
  const why = answer.why_not;
  const rank = why.rank ? t("rankIs", number(why.rank), score(why.score), score(why.last_score)) : "";
  return h("p", {}, h("strong", {}, t(`s_${why.stage}`)), " ", rank, " ", h("span", { class: "meta" }, why.detail));
}

const types = ["same", "variant", "substitute", "complement"];

function byType(lists) {
  return panel(t("inWhichWay"), h("p", { class: "note" }, t("inWhichWayLead")),
    h("div", { class: "two types" }, types.map((type, place) =>
      h("div", {}, h("h3", {}, t(`r_${type}`)), lists[place].items.length ? list(lists[place]) : h("p", { class: "empty" }, t("none"))))));
}

function whyNot(id) {
  const sku = h("input", { autocomplete: "off", required: true });
  const relation = h("select", {}, h("option", { value: "similar" }, t("similar")), h("option", { value: "bought_together" }, t("bought")),
    types.map((type) => h("option", { value: type }, t(`r_${type}`))));
  const answer = h("div", { role: "status" });
  const ask = guarded(async () => {
    const query = new URLSearchParams({ relation: relation.value, k: "8", why_not: sku.value.trim() });
    answer.replaceChildren(reason(await api("GET", `/v1/products/${encodeURIComponent(id)}/similar?${query}`)));
  });
  return panel(t("whyNot"), h("p", { class: "note" }, t("whyNotLead")),
    h("form", { class: "line", onsubmit: ask }, field(t("id"), sku, "grow"), field(t("list"), relation), h("button", { class: "quiet" }, t("ask"))), answer);
}

export async function product(id) {
  const path = `/v1/products/${encodeURIComponent(id)}`;
  const [found, similar, bought, ...typed] = await Promise.all([
    api("GET", path), api("GET", `${path}/similar?k=8&explain=true`), api("GET", `${path}/similar?relation=bought_together&k=8&explain=true`),
    // A shop that was built by an older version knows no types, and says so where one asks.
    ...types.map((type) => api("GET", `${path}/similar?relation=${type}&k=5`).catch(() => ({ items: [] })))]);
  const attributes = found.attributes.map((attribute) => [attribute.name, typeof attribute.value === "object" ? JSON.stringify(attribute.value) : String(attribute.value)]);
  return [
    h("p", { class: "back" }, h("a", { href: "#/products" }, `← ${t("back")}`)),
    h("section", { class: "panel product" }, tile(found, true),
      h("div", { class: "body" }, h("h1", {}, found.title), h("p", { class: "meta" }, [found.id, facts(found), found.availability ? t(`av_${found.availability}`) : ""].filter(Boolean).join(" · ")),
        found.description ? h("p", {}, found.description.slice(0, 600)) : null,
        h("p", {}, attributes.map(([name, value]) => h("span", { class: "chip" }, `${name}: ${value}`))))),
    h("div", { class: "grid two" },
      panel(t("similar"), list(similar), similar.effects ? effects(similar) : null),
      h("div", { class: "column" }, panel(t("bought"), list(bought), bought.effects ? effects(bought) : null), whyNot(id))),
    h("div", { class: "grid" }, byType(typed)),
  ];
}
