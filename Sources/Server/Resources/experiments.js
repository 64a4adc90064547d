// Experiments: making, starting and stopping them, and what came of them.
import { t } from "/assets/words.js";
import { h, api, number, percent, date, guarded, toast, field, heading, panel } from "/assets/parts.js";
import { plot } from "/assets/charts.js";

const address = (id, rest = "") => `/v1/experiments/${encodeURIComponent(id)}${rest}`;
const nameOf = (variant) => variant.name || variant.id;
const signed = (value) => `${value > 0 ? "+" : ""}${percent(value)}`;
const measures = { clicked: "clicked", basket: "basketed", bought: "boughtN" };

// The fields of one variant, and what they say.
function variantFields(place, rankers, rules) {
  const name = h("input", { autocomplete: "off", maxlength: "60", value: t("withoutName", "ABCDEF"[place]) });
  const ranker = h("select", {}, ["default", ...rankers, "popular"].map((one) => h("option", { value: one }, one === "default" || one === "popular" ? t(`ranker_${one}`) : t(`serves_${one}`))));
  const off = h("select", {}, ["none", "all", ...(rules.length ? ["some"] : [])].map((one) => h("option", { value: one }, t(`rules_${one}`))));
  const boxes = rules.map((rule) => h("input", { type: "checkbox", value: rule.id }));
  const some = h("div", { class: "full row", hidden: true }, rules.map((rule, index) => h("label", { class: "check" }, boxes[index], rule.name || rule.id)));
  off.addEventListener("change", () => { some.hidden = off.value !== "some"; });
  const view = h("fieldset", {}, h("legend", {}, t("withoutName", "ABCDEF"[place])), h("div", { class: "fields" }, field(t("name"), name), field(t("ranker"), ranker), field(t("rulesOff"), off), some));
  const read = () => ({ id: "abcdef"[place], name: name.value.trim(), ranker: ranker.value, rules_off: off.value === "all" ? "all" : off.value === "some" ? boxes.filter((box) => box.checked).map((box) => box.value) : [] });
  return [view, read];
}

async function editor(close) {
  const [overview, { items: rules }] = await Promise.all([api("GET", "/v1/overview"), api("GET", "/v1/rules")]);
  const name = h("input", { required: true, autocomplete: "off", maxlength: "60" });
  const share = h("input", { type: "number", min: "1", max: "100", step: "any", required: true, value: "100" });
  const place = h("div", {});
  const readers = [];
  const more = h("button", { class: "quiet", type: "button", onclick: () => add() }, t("addVariant"));
  function add() {
    const [view, read] = variantFields(readers.length, overview.rankers ?? [], rules);
    readers.push(read);
    place.append(view);
    more.hidden = readers.length >= 6;
  }
  add();
  add();
  const save = guarded(async () => {
    await api("POST", "/v1/experiments", { name: name.value.trim(), share: Number(share.value) / 100, variants: readers.map((read) => read()) });
    toast(t("saved"));
    await close();
  });
  return h("form", { class: "panel", onsubmit: save }, h("h2", {}, t("newExperiment")),
    h("div", { class: "fields" }, field(t("name"), name), field(t("shareOf"), share)), place,
    h("div", { class: "buttons" }, h("button", { class: "main" }, t("save")), more, h("button", { class: "quiet", type: "button", onclick: guarded(close) }, t("cancel"))));
}

// A difference in words: the lift with its bounds, and whether it is more than chance. Without a
// lift, because nobody of the first variant did it, the difference itself.
function verdict(comparison, measure) {
  if (!comparison) return h("span", { class: "meta" }, t("tooFew"));
  const plain = (value) => `${value > 0 ? "+" : ""}${number(measure === "revenue" ? value : 100 * value, 2)}`;
  const bounds = `${plain(comparison.lower)} … ${plain(comparison.upper)}`;
  const text = comparison.lift === undefined || comparison.lift === null ? (measure === "revenue" ? bounds : t("pointsOf", bounds)) : `${signed(comparison.lift)} (${signed(comparison.lift_lower)} … ${signed(comparison.lift_upper)})`;
  return h("span", {}, text, " ", h("span", { class: comparison.is_sure ? (comparison.lower > 0 ? "chip near" : "chip bad") : "chip" }, t(comparison.is_sure ? "sure" : "notSure")));
}

function counts(experiment, result) {
  const names = new Map(experiment.variants.map((variant) => [variant.id, nameOf(variant)]));
  const share = (variant, measure) => `${number(variant.counts[measure])}${variant.rates ? ` · ${percent(variant.rates[measure])}` : ""}`;
  return h("div", { class: "scroll", tabindex: "0" }, h("table", {},
    h("thead", {}, h("tr", {}, [t("variant"), t("exposed"), t("clicked"), t("basketed"), t("boughtN"), t("perShopper")].map((name, place) => h("th", { scope: "col", class: place ? "n" : null }, name)))),
    h("tbody", {}, result.variants.map((variant) => h("tr", {}, h("th", { scope: "row" }, names.get(variant.id)),
      [number(variant.counts.exposed), share(variant, "clicked"), share(variant, "basket"), share(variant, "bought"), variant.rates?.revenue === undefined || variant.rates?.revenue === null ? "–" : number(variant.rates.revenue, 2)].map((cell) => h("td", { class: "n" }, cell)))))));
}

// The lift over the days, with the band that holds at every look.
function lift(experiment, result) {
  const first = experiment.variants[0];
  const others = experiment.variants.slice(1);
  const choice = h("select", {}, Object.entries(measures).map(([value, name]) => h("option", { value }, t(name))));
  choice.value = "bought";
  const place = h("div", {});
  function show() {
    const known = (variant) => result.days.map((day) => { const one = day.against[variant.id]?.[choice.value]; return one && one.lift !== undefined && one.lift !== null ? one : null; });
    const title = t("liftTitle", t(measures[choice.value]), nameOf(first));
    const series = others.map((variant) => ({ variant, days: known(variant) })).filter(({ days }) => days.some(Boolean)).map(({ variant, days }) => ({ name: nameOf(variant), values: days.map((one) => one?.lift ?? null), intervals: days.map((one) => (one ? { lower: one.lift_lower, upper: one.lift_upper } : null)) }));
    const labels = result.days.map((day) => new Date((day.until - 86400) * 1000).toLocaleDateString(document.documentElement.lang === "zh" ? "zh-CN" : "en-GB", { day: "numeric", month: "short" }));
    place.replaceChildren(series.length ? plot({ type: "line", title, heading: title, labels, format: signed, nameTitle: t("day"), fromZero: true, series }) : h("p", { class: "empty" }, t("tooFew")));
  }
  choice.addEventListener("change", show);
  show();
  return [h("label", { class: "check" }, t("liftOf"), choice), place];
}

function outcome(experiment) {
  const { result } = experiment;
  if (!result) return panel(experiment.name, h("p", { class: "empty" }, t("notBegun")));
  const names = new Map(experiment.variants.map((variant) => [variant.id, nameOf(variant)]));
  return panel(experiment.name, counts(experiment, result),
    h("h3", {}, t("against", nameOf(experiment.variants[0]))),
    h("dl", { class: "facts" }, result.variants.slice(1).flatMap((variant) => [...Object.entries(measures), ["revenue", "perShopper"]].map(([measure, name]) => h("div", {}, h("dt", {}, `${names.get(variant.id)} · ${t(name)}`), h("dd", {}, verdict(variant.against?.[measure], measure)))))),
    h("div", { class: "apart" }, lift(experiment, result)));
}

export async function experiments() {
  const place = h("div", { class: "grid" });
  const list = h("section", { class: "panel" });
  const shown = h("div", { class: "grid" });
  let opened;
  const act = (rest, method = "POST") => async (experiment) => { await api(method, address(experiment.id, rest)); await show(); };
  async function open(experiment) {
    opened = experiment.id;
    shown.replaceChildren(outcome(await api("GET", address(experiment.id))));
  }
  function row(experiment) {
    const facts = [t("shareN", percent(experiment.share)), experiment.variants.map(nameOf).join(" / "), experiment.started ? t("sinceDay", date(experiment.started)) : "", experiment.stopped ? t("untilDay", date(experiment.stopped)) : ""];
    const button = (name, action, look = "quiet") => h("button", { class: look, type: "button", onclick: guarded(() => action(experiment)) }, t(name));
    return h("div", { class: "rule" }, h("div", { class: "body" }, h("strong", {}, experiment.name), " ", h("span", { class: experiment.state === "running" ? "chip near" : "chip" }, t(experiment.state)), h("p", { class: "meta" }, facts.filter(Boolean).join(" · "))),
      experiment.state === "draft" ? button("begin", act("/start")) : button("results", open),
      experiment.state === "running" ? button("stop", act("/stop")) : button("delete", async (one) => { if (confirm(t("removeSure"))) { if (opened === one.id) opened = undefined; await act("", "DELETE")(one); } }, "quiet danger"));
  }
  async function show() {
    const { items } = await api("GET", "/v1/experiments");
    const newest = [...items].sort((a, b) => b.created - a.created);
    list.replaceChildren(...(newest.length ? newest.map(row) : [h("p", { class: "empty" }, t("noExperiments"))]));
    shown.replaceChildren();
    const one = newest.find((experiment) => experiment.id === opened) ?? newest.find((experiment) => experiment.state !== "draft");
    if (one && one.state !== "draft") await open(one);
    place.replaceChildren(list, shown);
  }
  await show();
  return [heading(t("experiments"), t("experimentsLead"), h("button", { class: "main", type: "button", onclick: guarded(async () => { place.replaceChildren(await editor(show)); place.querySelector("input").focus(); }) }, t("newExperiment"))), place];
}
