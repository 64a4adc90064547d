// How good the answers are: what each training came to on data that it did not learn from.
import { t, currentLanguage, sourceName } from "/assets/words.js";
import { h, api, number, percent, date, duration, heading, panel } from "/assets/parts.js";
import { plot } from "/assets/charts.js";

const four = (value) => number(value, 4);
const stratumName = (name) => { const key = `st_${name}`; const text = t(key); return text === key ? name : text; };
const metricName = (key) => { const [metric, cut] = key.split("@"); return `${metric === "ndcg" || metric === "mrr" || metric === "map" || metric === "auc" ? metric.toUpperCase() : t(`m_${metric}`)}${cut ? ` @ ${cut}` : ""}`; };
// In words, and as the command line has it.
const longName = (name) => { const word = sourceName(name); return word === name ? name : `${word} (${name})`; };
const note = (...parts) => h("p", { class: "note" }, parts.filter(Boolean).join(" · "));

// What is missing, and the command that fills it.
function missing(title, lead, command, more) {
  return panel(title, h("p", { class: "empty" }, lead, " ", h("code", {}, command)), more ?? null);
}

function table(names, rows) {
  return h("div", { class: "scroll", tabindex: "0" }, h("table", {}, h("thead", {}, h("tr", {}, names.map((name, place) => h("th", { scope: "col", class: place ? "n" : null }, name)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, place) => h("td", { class: place ? "n" : "wrap" }, cell)))))));
}

function strata(parts, title, series) {
  const first = parts[0] ?? [];
  const key = Object.keys(first[0]?.means ?? {}).find((name) => name.startsWith("ndcg@"));
  if (!key) return null;
  return plot({ type: "bar", title, heading: title, labels: first.map((part) => stratumName(part.name)), format: four, nameTitle: t("stratum"), valueTitle: metricName(key), height: 220,
    series: parts.map((part, place) => ({ name: series[place], values: part.map((one) => one.means[key] ?? null) })) });
}

// One kind of list of the trained recommenders: "all" may hold what the shopper has, "new" may not.
function kind(training, name) {
  const blend = training[name];
  const lines = [...training.candidates.map((one) => ({ name: longName(one.name), settings: one.settings, seconds: one.fit_seconds, ...one[name] })).sort((a, b) => b.test.ndcg - a.test.ndcg)];
  const learned = blend.learned, isLearned = learned?.is_kept ?? false;
  const whole = [...(learned ? [{ name: t("order_learned"), isUsed: isLearned, ...learned }] : []), { name: t(isLearned ? "blendAlone" : "blend"), isUsed: !isLearned, ...blend }];
  const all = [...whole.map((one) => ({ isWhole: true, ...one })), ...lines];
  const metric = `NDCG @ ${training.cut}`;
  const weights = lines.filter((line) => line.weight > 0).sort((a, b) => b.weight - a.weight);
  const total = weights.reduce((sum, line) => sum + line.weight, 0) || 1;
  const luck = blend.p_value === undefined ? "" : t("lead_", sourceName(blend.best), blend.p_value < 0.001 ? "< 0.001" : number(blend.p_value, 3));
  return h("div", { class: "grid" },
    plot({ type: "lying", title: `${metric}, ${t("onTest")}`, heading: `${metric}, ${t("onTest")}`, labels: all.map((line) => line.name), format: four, nameTitle: t("recommender"), valueTitle: all.some((line) => line.test.interval) ? t("whiskers") : "",
      series: [{ name: metric, values: all.map((line) => line.test.ndcg), intervals: all.map((line) => line.test.interval), marked: all.map((line) => line.isUsed ?? false) }] }),
    h("p", { class: "meta" }, [isLearned ? t("orderKept") : "", t("testShoppers", number(blend.test_shoppers)), luck].filter(Boolean).join(" · ")),
    h("div", { class: "two grid" },
      plot({ type: "lying", title: t("blendWeights"), heading: t("blendWeights"), labels: weights.map((line) => line.name), format: percent, nameTitle: t("recommender"), series: [{ name: t("weightShare"), colour: "with", values: weights.map((line) => line.weight / total) }] }),
      blend.strata ? strata([blend.strata], t("forWhom"), [t("blend")]) : null),
    h("details", {}, h("summary", {}, t("allFigures")), table([t("recommender"), t("validation"), metric, t("m_recall"), t("m_hit"), t("coverage"), t("fitting"), t("weight")],
      all.map((line) => [h("span", {}, line.name, line.settings ? h("span", { class: "meta" }, ` ${line.settings}`) : ""), four(line.validation), four(line.test.ndcg), four(line.test.recall), four(line.test.hit), percent(line.test.coverage), line.seconds === undefined ? "" : `${number(line.seconds, 2)} s`, line.isWhole ? "" : number(line.weight, 3)]))));
}

function recommenders(training) {
  if (!training) return missing(t("recommenders"), t("neverTrained"), "akin train --shop DIR", h("p", {}, h("a", { href: "#/jobs" }, t("orJob"))));
  const place = h("div", {});
  const names = training.allows_repeats ? ["all", "new"] : ["new", "all"];
  const choice = h("select", {}, names.map((name) => h("option", { value: name }, t(`lists_${name}`))));
  const show = () => place.replaceChildren(kind(training, choice.value));
  choice.addEventListener("change", show);
  show();
  return panel(t("recommenders"), note(date(training.finished), duration(training.seconds), t("trainedOn", number(training.shoppers), number(training.items), number(training.deeds))),
    training.heads ? h("p", {}, t("headsToldBy", training.heads.network, duration(training.heads.horizon), number(training.heads.area, 3), number(training.heads.simple_area, 3), number(training.heads.absolute_error / 86400, 2), number(training.heads.simple_absolute_error / 86400, 2))) : null,
    currentLanguage() === "en" ? h("p", {}, training.reason) : null, h("p", { class: "meta" }, `${t("predicts", training.target)} ${currentLanguage() === "en" ? training.split : ""}`), h("label", { class: "check" }, t("listsThat"), choice), place);
}

function relations(report) {
  if (!report) return missing(t("relationTypes"), t("neverRelated"), "akin relate train --shop DIR");
  const labels = report.lines.map((line) => t(`r_${line.relation}`));
  return panel(t("relationTypes"), note(date(report.finished), t("pairsN", number(report.train_pairs), number(report.test_pairs))),
    plot({ type: "bar", title: t("relationF1"), heading: t("relationF1"), labels, format: four, nameTitle: t("kind"), valueTitle: "F1", height: 220,
      series: [{ name: t("trained_"), values: report.lines.map((line) => line.f1) }, { name: t("prior"), values: report.lines.map((line) => line.prior_f1) }] }),
    h("p", { class: "meta" }, t("calibration", four(report.ece), four(report.prior_ece))),
    h("details", {}, h("summary", {}, t("allFigures")), table([t("kind"), t("pairs"), t("precision"), t("m_recall"), "F1", "AUC"], report.lines.map((line) => [t(`r_${line.relation}`), number(line.pairs), four(line.precision), four(line.recall), four(line.f1), four(line.auc)]))));
}

function search(report) {
  if (!report) return missing(t("searchOrder"), t("neverOrdered"), "akin search-train --shop DIR --judged FILE");
  return panel(t("searchOrder"), note(date(report.finished), t("queriesN", number(report.queries), number(report.products)), t(`from_${report.source}`)),
    plot({ type: "bar", title: "NDCG @ 10", heading: "NDCG @ 10", labels: report.figures.map((figure) => t(`order_${figure.order}`)), format: four, nameTitle: t("order"), height: 220,
      series: [{ name: t("onTest"), values: report.figures.map((figure) => figure.test) }, { name: t("validation"), values: report.figures.map((figure) => figure.validation) }] }),
    h("p", {}, t(report.is_kept ? "orderKept" : "orderNotKept")));
}

function evaluated(report) {
  if (!report) return missing(t("evaluations"), t("neverEvaluated"), "akin evaluate --interactions train.txt --test test.txt --beside popularity --keep DIR");
  const names = report.lines.map((line) => line.recommender);
  const keys = Object.keys(report.lines[0]?.intervals ?? {}).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const place = h("div", {});
  const choice = h("select", {}, keys.map((key) => h("option", { value: key }, metricName(key))));
  choice.value = keys.find((key) => key === "ndcg@20") ?? keys.find((key) => key.startsWith("ndcg")) ?? keys[0] ?? "";
  const show = () => place.replaceChildren(plot({ type: "lying", title: metricName(choice.value), labels: names, format: four, nameTitle: t("recommender"), valueTitle: t("whiskers"),
    series: [{ name: metricName(choice.value), values: report.lines.map((line) => line.means[choice.value] ?? null), intervals: report.lines.map((line) => line.intervals[choice.value]), marked: report.lines.map((_, index) => index === 0) }] }));
  choice.addEventListener("change", show);
  if (keys.length) show();
  const curve = report.lines[0]?.curve ?? [];
  return panel(t("evaluations"), note(date(report.finished), report.files.join(", "), t("rowsN", number(report.rows))), report.reason && currentLanguage() === "en" ? h("p", {}, report.reason) : null,
    keys.length ? h("label", { class: "check" }, t("metric"), choice) : null, place,
    h("div", { class: "two grid" },
      curve.length > 1 ? plot({ type: "line", title: t("asListsGrow"), heading: t("asListsGrow"), labels: curve.map((point) => point.cut), format: four, nameTitle: t("listLength"), showsNames: true, valueTitle: t("m_recall"),
        series: report.lines.map((line) => ({ name: line.recommender, values: curve.map((point) => line.curve.find((one) => one.cut === point.cut)?.recall ?? null) })) }) : null,
      report.lines.every((line) => line.strata.length) ? strata(report.lines.map((line) => line.strata), t("forWhom"), names) : null));
}

// What was found of one recommender's settings, and what it began with.
function tuned(report) {
  const lines = [...(report.best.some((one) => one.trial === report.beginning?.trial) ? [] : [report.beginning].filter(Boolean)), ...report.best].sort((a, b) => b.score - a.score);
  return h("details", { open: "" }, h("summary", {}, longName(report.recommender)), note(date(report.finished), report.file, t("trialsN", number(report.trials)), report.method),
    table([t("values"), metricName(report.metric), t("fitting")], lines.map((one) => [h("span", {}, one.values, one.trial === report.beginning?.trial ? h("span", { class: "meta" }, ` ${t("began")}`) : ""), four(one.score), `${number(one.seconds, 2)} s`])));
}

function tunings(reports) {
  if (!reports) return missing(t("tunings"), t("neverTuned"), "akin tune --interactions train.txt --recommender ease --keep DIR");
  return panel(t("tunings"), h("p", { class: "meta" }, t("tuningsLead")), reports.map(tuned));
}

export async function evaluation() {
  const known = await api("GET", "/v1/evaluation");
  const first = known.serving[0];
  return [heading(t("evaluation"), t("evaluationLead")),
    h("p", { class: "panel" }, t("servesNow"), " ", h("strong", {}, t(`serves_${first}`)), known.training ? ` (${date(known.training.finished)})` : "", known.serving.length > 1 ? `; ${t("servesThen", known.serving.slice(1).map((name) => t(`serves_${name}`)).join(", "))}` : ""),
    h("div", { class: "grid" }, recommenders(known.training)),
    h("div", { class: "grid two" }, relations(known.relations), search(known.search)),
    h("div", { class: "grid" }, evaluated(known.evaluation), tunings(known.tunings))];
}
