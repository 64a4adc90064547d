import { t } from "/assets/words.js";
import { h, api, guarded, toast, field, heading, panel, list, effects } from "/assets/parts.js";

const actions = ["boost", "bury", "hide", "keep", "pin", "diversify", "price_band", "stock", "lift"];
const kinds = ["similar", "bought_together", "for_you", "popular", "search"];
const matching = new Set(["boost", "bury", "hide", "keep"]);
const words = (text) => text.split(/[,，\n]/).map((word) => word.trim()).filter(Boolean);
const optional = (value) => (value === "" || value === undefined ? undefined : Number(value));
const text = (value = "") => h("input", { autocomplete: "off", value: value ?? "" });
const figure = (value = "", step = "any") => h("input", { type: "number", step, value: value ?? "" });
const choice = (values, label, value) => { const select = h("select", {}, values.map((one) => h("option", { value: one }, label(one)))); if (value !== undefined) select.value = value; return select; };

// Seconds since 1970 as the browser's local time, and back.
const local = (seconds) => { if (!seconds) return ""; const moment = new Date(seconds * 1000); return new Date(moment - moment.getTimezoneOffset() * 60000).toISOString().slice(0, 16); };
const seconds = (value) => (value ? new Date(value).getTime() / 1000 : undefined);

function summary(rule) {
  const action = rule.action;
  const match = action.match ? Object.entries(action.match).map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(", ") : JSON.stringify(value)}`).join("; ") : "";
  const rest = Object.entries(action).filter(([name]) => !["type", "match"].includes(name)).map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(", ") : value}`).join(", ");
  const scope = Object.values(rule.scope ?? {}).flat().join(", ") || t("everywhere");
  return `${t(`a_${action.type}`)} ${[match, rest].filter(Boolean).join("; ")} · ${scope} · ${rule.schedule ? t("when") : t("always")}`;
}

function matchFields(match = {}) {
  const inputs = { brand: text(match.brand?.join(", ")), category: text(match.category?.join(", ")), id: text(match.id?.join(", ")), least: figure(match.price?.min), most: figure(match.price?.max), availability: choice(["", "in_stock", "out_of_stock", "preorder", "backorder"], (one) => one || "–", match.availability?.[0] ?? "") };
  const view = h("fieldset", { class: "full" }, h("legend", {}, `${t("which")} (${t("commas")})`), h("div", { class: "fields" },
    field(t("brand"), inputs.brand), field(t("category"), inputs.category), field(t("idlist"), inputs.id), field(t("priceMin"), inputs.least), field(t("priceMax"), inputs.most), field(t("availability"), inputs.availability)));
  const read = () => {
    // What the form does not show, such as attributes, is kept.
    const result = match.attributes ? { attributes: match.attributes } : {};
    for (const name of ["brand", "category", "id"]) if (words(inputs[name].value).length) result[name] = words(inputs[name].value);
    const price = { min: optional(inputs.least.value), max: optional(inputs.most.value) };
    if (price.min !== undefined || price.max !== undefined) result.price = price;
    if (inputs.availability.value) result.availability = [inputs.availability.value];
    return result;
  };
  return [view, read];
}

function actionFields(type, action) {
  const given = action.type === type ? action : {};
  if (matching.has(type)) {
    const [view, match] = matchFields(given.match);
    if (type !== "boost") return [[view], () => ({ type, match: match() })];
    const factor = figure(given.factor ?? 1.5);
    return [[field(t("factor"), factor), view], () => ({ type, match: match(), factor: Number(factor.value) })];
  }
  if (type === "pin") {
    const products = h("textarea", { value: given.products?.join("\n") ?? "" });
    const position = figure(given.position ?? 1, "1");
    return [[field(t("products_"), products, "full"), field(t("position"), position)], () => ({ type, products: words(products.value), position: Number(position.value) })];
  }
  if (type === "diversify") {
    const inputs = [figure(given.relevance), figure(given.per_brand, "1"), figure(given.per_category, "1")];
    return [[field(t("relevance"), inputs[0]), field(t("perBrand"), inputs[1]), field(t("perCategory"), inputs[2])],
      () => ({ type, relevance: optional(inputs[0].value), per_brand: optional(inputs[1].value), per_category: optional(inputs[2].value) })];
  }
  if (type === "price_band") {
    const inputs = [figure(given.least ?? 0.5), figure(given.most ?? 2)];
    return [[field(t("least"), inputs[0]), field(t("mostTimes"), inputs[1])], () => ({ type, least: optional(inputs[0].value), most: optional(inputs[1].value) })];
  }
  if (type === "stock") {
    const treatment = choice(["hide", "bury"], t, given.out_of_stock ?? "hide");
    return [[field(t("treatment"), treatment)], () => ({ type, out_of_stock: treatment.value })];
  }
  const attribute = text(given.attribute);
  const weight = figure(given.weight ?? 1);
  return [[field(t("attribute"), attribute), field(t("weight"), weight)], () => ({ type, attribute: attribute.value.trim(), weight: Number(weight.value) })];
}

// The form of one rule: its elements, and what they say.
function form(rule) {
  const id = text(rule.id);
  if (rule.id) id.readOnly = true;
  const name = text(rule.name);
  const active = h("input", { type: "checkbox", checked: rule.active !== false });
  const type = choice(actions, (one) => t(`a_${one}`), rule.action.type);
  const place = h("div", { class: "fields" });
  let action;
  const change = () => { const [views, read] = actionFields(type.value, rule.action); action = read; place.replaceChildren(...views); };
  type.addEventListener("change", change);
  change();
  const scope = rule.scope ?? {};
  const boxes = kinds.map((kind) => h("input", { type: "checkbox", value: kind, checked: scope.kinds?.includes(kind) }));
  const lists = { pages: text(scope.pages?.join(", ")), categories: text(scope.categories?.join(", ")), audiences: text(scope.audiences?.join(", ")), queries: text(scope.queries?.join(", ")) };
  const schedule = rule.schedule ?? {};
  const from = h("input", { type: "datetime-local", value: local(schedule.from) });
  const until = h("input", { type: "datetime-local", value: local(schedule.until) });
  const weekdays = text(schedule.weekdays?.join(", "));
  const hours = text(schedule.hours?.join(", "));
  const read = () => {
    const result = { id: id.value.trim(), name: name.value.trim(), active: active.checked, action: action(), scope: {} };
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    if (chosen.length) result.scope.kinds = chosen;
    for (const [key, input] of Object.entries(lists)) if (words(input.value).length) result.scope[key] = words(input.value);
    const times = { from: seconds(from.value), until: seconds(until.value) };
    if (words(weekdays.value).length) times.weekdays = words(weekdays.value).map(Number);
    if (words(hours.value).length) times.hours = words(hours.value).map(Number);
    if (times.weekdays || times.hours) times.offset = schedule.offset ?? -new Date().getTimezoneOffset();
    if (Object.values(times).some((value) => value !== undefined)) result.schedule = times;
    return result;
  };
  const view = [
    h("div", { class: "fields" }, field(t("id"), id), field(t("name"), name), field(t("action"), type), h("label", { class: "check" }, active, t("active"))),
    h("fieldset", {}, h("legend", {}, t("action")), place),
    h("fieldset", {}, h("legend", {}, t("where")), h("div", { class: "fields" },
      h("div", { class: "full row" }, kinds.map((kind, index) => h("label", { class: "check" }, boxes[index], t(`k_${kind}`)))),
      field(t("pages"), lists.pages), field(t("categories"), lists.categories), field(t("audiences"), lists.audiences), field(t("queries"), lists.queries))),
    h("fieldset", {}, h("legend", {}, t("when")), h("div", { class: "fields" }, field(t("from"), from), field(t("until"), until), field(t("weekdays"), weekdays), field(t("hours"), hours))),
  ];
  return [view, read];
}

// What list the preview shows, and the two lists side by side.
function preview(read) {
  const kind = choice(kinds, (one) => t(`k_${one}`), sessionStorage.getItem("akin-preview-kind") ?? "popular");
  const product = text(sessionStorage.getItem("akin-preview-product"));
  const user = text(sessionStorage.getItem("akin-shopper"));
  const query = text(sessionStorage.getItem("akin-preview-query"));
  const place = h("div", { class: "grid" });
  const run = guarded(async () => {
    sessionStorage.setItem("akin-preview-kind", kind.value);
    sessionStorage.setItem("akin-preview-product", product.value.trim());
    const rule = read();
    if (!rule.id) rule.id = "draft";
    const scope = rule.scope ?? {};
    const request = { kind: kind.value, k: 10, context: { page: scope.pages?.[0], audiences: scope.audiences } };
    if (product.value.trim()) request.product = product.value.trim();
    if (user.value.trim()) request.user = user.value.trim();
    sessionStorage.setItem("akin-preview-query", query.value.trim());
    const wanted = kind.value === "search" ? { search: { q: query.value.trim() || scope.queries?.[0], k: 10, page: scope.pages?.[0], audiences: scope.audiences } } : { request };
    const { before, after } = await api("POST", "/v1/rules/preview", { rule, ...wanted });
    const order = before.items.map((item) => item.id);
    place.replaceChildren(
      h("div", { class: "grid two" }, panel(t("before"), list(before)), panel(t("after"), list(after, { moved: (item, index) => order[index] !== item.id }))),
      panel(t("effects"), effects(after)));
  });
  return [h("fieldset", {}, h("legend", {}, t("preview")), h("div", { class: "fields" }, field(t("previewList"), kind), field(t("ofProduct"), product), field(t("ofShopper"), user), field(t("ofQuery"), query)),
    h("div", { class: "buttons" }, h("button", { class: "quiet", type: "button", onclick: run }, t("preview")))), place];
}

function editor(rule, close) {
  const [view, read] = form(rule);
  const [controls, place] = preview(read);
  const save = guarded(async () => {
    const changed = read();
    if (!changed.id) changed.id = `rule-${Date.now().toString(36)}`;
    await api("PUT", `/v1/rules/${encodeURIComponent(changed.id)}`, changed);
    toast(t("saved"));
    close();
  });
  return [h("form", { class: "panel", onsubmit: save }, h("h2", {}, rule.name || rule.id || t("newRule")), view, controls,
    h("div", { class: "buttons" }, h("button", { class: "main" }, t("save")), h("button", { class: "quiet", type: "button", onclick: close }, t("cancel")))), place];
}

export async function rules() {
  const place = h("div", { class: "grid" });
  const open = (rule) => { place.replaceChildren(...editor(rule, () => guarded(show)())); place.querySelector("input:not([readonly])")?.focus(); };
  async function toggle(rule) { await api("PUT", `/v1/rules/${encodeURIComponent(rule.id)}`, { ...rule, active: rule.active === false }); await show(); }
  async function remove(rule) { await api("DELETE", `/v1/rules/${encodeURIComponent(rule.id)}`); toast(t("deleted")); await show(); }
  async function show() {
    const { items } = await api("GET", "/v1/rules");
    place.replaceChildren(h("section", { class: "panel" }, items.length ? items.map((rule) => h("div", { class: rule.active === false ? "rule off" : "rule" },
      h("label", { class: "check" }, h("input", { type: "checkbox", checked: rule.active !== false, onchange: guarded(() => toggle(rule)) }), h("span", { class: "hidden" }, t("active"))),
      h("div", { class: "body" }, h("strong", {}, rule.name || rule.id), h("p", { class: "meta" }, summary(rule))),
      h("button", { class: "quiet", type: "button", onclick: () => open(rule) }, t("edit")),
      h("button", { class: "quiet danger", type: "button", onclick: guarded(() => remove(rule)) }, t("delete"))))
      : h("p", { class: "empty" }, t("noRules"))));
  }
  await show();
  return [heading(t("rules"), t("rulesLead"), h("button", { class: "main", type: "button", onclick: () => open({ action: { type: "boost" } }) }, t("newRule"))), place];
}
