import { t } from "/assets/words.js";
import { h, api, number, date, duration, guarded, heading, toast } from "/assets/parts.js";

function cells(values) { return values.map((value) => h("td", { class: "wrap" }, value)); }

function table(names, rows) {
  return h("div", { class: "scroll" }, h("table", {}, h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows)));
}

function progress(job) {
  if (job.state !== "running") return job.note ?? "";
  const share = job.total ? job.done / job.total : 0;
  const bar = h("span"); bar.style.width = `${100 * share}%`;
  return h("div", {}, h("p", { class: "meta" }, `${job.stage ?? ""} ${number(job.done ?? 0)}${job.total ? ` / ${number(job.total)}` : ""}`), h("div", { class: "meter" }, bar));
}

export async function jobs(_, isCurrent) {
  const place = h("section", { class: "panel" });
  async function refresh() {
    const { items } = await api("GET", "/v1/jobs");
    place.replaceChildren(items.length ? table([t("kind"), t("state"), t("progress"), t("created"), t("took"), ""], items.map((job) => h("tr", {},
      cells([t(job.kind), h("span", { class: job.state === "failed" ? "chip bad" : "chip" }, t(job.state)), progress(job), date(job.created), job.finished ? duration(Math.max(1, job.finished - job.created)) : ""]),
      h("td", {}, job.state === "running" ? h("button", { class: "quiet", type: "button", onclick: guarded(async () => { await api("DELETE", `/v1/jobs/${job.id}`); await refresh(); }) }, t("stop")) : null))))
      : h("p", { class: "empty" }, t("none")));
    if (items.some((job) => job.state === "running")) setTimeout(() => { if (isCurrent()) refresh().catch(() => {}); }, 700);
  }
  const start = (kind, look) => h("button", { class: look, type: "button", onclick: guarded(async () => { await api("POST", "/v1/jobs", { kind }); toast(t("started")); await refresh(); }) }, t(kind));
  await refresh();
  return [heading(t("jobs"), t("jobsLead"), h("div", { class: "buttons" }, start("train", "quiet"), start("search-train", "quiet"), start("relate", "quiet"), start("rebuild", "main"))), place];
}

export async function keys() {
  const place = h("section", { class: "panel" });
  async function refresh() {
    const { items } = await api("GET", "/v1/keys");
    place.replaceChildren(items.length ? table([t("id"), t("role"), t("name"), t("origins"), t("created"), ""], items.map((key) => h("tr", {},
      cells([h("code", {}, key.id), key.role, key.name, key.origins.join(", "), date(key.created)]),
      h("td", {}, key.revoked ? t("revoked") : h("button", { class: "quiet danger", type: "button", onclick: guarded(async () => {
        if (!confirm(t("revokeSure"))) return;
        await api("DELETE", `/v1/keys/${encodeURIComponent(key.id)}`);
        await refresh();
      }) }, t("revoke"))))))
      : h("p", { class: "empty" }, t("noKeys")));
  }
  await refresh();
  return [heading(t("keys"), t("keysLead")), place];
}
