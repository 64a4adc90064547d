// Both languages of the dashboard and the shop window; a missing word shows its key.
const words = {
  en: {
    language: "中文", skip: "Skip to the content", overview: "Overview", products: "Products", shopper: "Shopper", rules: "Rules", jobs: "Jobs", keys: "Keys", demo: "Shop window",
    overviewLead: "How the shop is doing, what comes in, and the state of the catalogue.",
    productsN: "Products", textsN: "Texts compared", waiting: "Texts being encoded", recent: "New since last rebuild", eventsN: "Events", rulesN: "Rules", requestsN: "Requests", failuresN: "Failed requests", memory: "Memory", uptime: "Running for", built: "Built", never: "never", ago: "{0} ago",
    traffic: "Events, last 14 days", today: "today", days14: "14 days ago", byType: "Last 7 days by type", none: "Nothing yet.",
    latency: "How fast it answers", route: "Route", count: "Count", half: "Half within", most: "99 % within",
    quality: "State of the catalogue", finding: "Finding", share: "Filled", field: "Field", findings: "Deserves a look", buildTook: "Last build", refused: "{0} rows refused", duplicates: "{0} groups of near-duplicates",
    search: "Search products", searchLead: "As a shopper would type it: words, brands, prices, sizes, “-without”; an identifier too.", find: "Find", more: "Show more", nothing: "Nothing found.",
    searchedFor: "Searched for", leftOut: "No product has everything; left out: {0}", longQuery: "The query is long; only its beginning was used.", alsoSimilar: "Similar, without the words", foundN: "{0} found", order: "Order", byRelevance: "best first", byPrice: "cheapest first", byPriceDown: "dearest first", byPopularity: "most bought first", brand_: "Brand", category_: "Category", colour_: "Colour", size_: "Size", price_: "Price", without_: "Without", priceUpTo: "up to {0}", priceFromN: "from {0}",
    similar: "Similar", bought: "Bought together", whyNot: "Why not?", whyNotLead: "You miss a product here? Enter its identifier.", ask: "Ask", list: "List", delete: "Delete", edit: "Edit", cancel: "Cancel", back: "Back to the list",
    source_content: "content", source_basket: "baskets", source_popularity: "popular", source_catalogue: "newest", source_rule: "rule", source_words: "words", source_models: "model numbers", source_text: "text", source_meaning: "meaning", source_both: "words and meaning", source_attributes: "attributes", source_category: "category", "source_made for": "made for", source_price: "price", source_behaviour: "behaviour", source_links: "known links", source_base: "base",
    inWhichWay: "In which way", inWhichWayLead: "What each product most likely is to this one, with the probability and what speaks for it; the numbers add up to the logarithm of the odds.", r_same: "The same", r_variant: "Variants", r_substitute: "Would do instead", r_complement: "Goes with it", s_relation: "It is something else.", because: "because of {0}", twins: "+{0} with the same text",
    shopperLead: "What a shopper did, what he would see, and why.", shopperName: "Shopper", kindOfName: "Name of", user: "customer", visitor: "device", session: "session", show: "Show", history: "History", forYou: "Recommended", erase: "Erase this shopper", eraseSure: "Erase everything known of this shopper? This cannot be undone.", erased: "Erased {0} events.", looked: "Looked in", noHistory: "Nothing is known of this shopper: he gets popular products.",
    rulesLead: "Rules change the order and choice of what the models found. Preview before you save.", newRule: "New rule", noRules: "There are no rules.", id: "Identifier", name: "Name", active: "Active", action: "What it does", where: "Where", when: "When", save: "Save", preview: "Preview", before: "Before", after: "After", saved: "Saved.", deleted: "Deleted.", everywhere: "everywhere", always: "always",
    a_pin: "Pin products", a_boost: "Boost", a_lift: "Lift by a number", a_bury: "Bury", a_hide: "Hide", a_keep: "Show only", a_diversify: "Vary", a_price_band: "Price band", a_stock: "Out of stock",
    products_: "Products (one a line)", position: "First place", factor: "Factor", attribute: "Attribute", weight: "Weight", brand: "Brands", category: "Categories", idlist: "Products", priceMin: "Price from", priceMax: "Price to", availability: "Stock", relevance: "Relevance against variety, 0 to 1", perBrand: "Most per brand", perCategory: "Most per category", least: "Least multiple of the price", mostTimes: "Largest multiple of the price", treatment: "Treatment", hide: "hide", bury: "move to the end", commas: "separate by commas", which: "Which products",
    kinds: "Kinds of list", pages: "Pages", categories: "Categories of the product", audiences: "Audiences", queries: "Searches for", from: "From", until: "Until", weekdays: "Days (1 Monday … 7 Sunday)", hours: "Hours (0 … 23)",
    k_similar: "similar", k_bought_together: "bought together", k_popular: "popular", k_for_you: "for you", k_search: "search", previewList: "List to look at", ofProduct: "of product", ofShopper: "for shopper", ofQuery: "of the search for", effects: "What the rules did", did_pinned: "pinned", did_boosted: "boosted", did_lifted: "lifted", did_buried: "buried", did_hid: "hid", did_spread: "spread", noEffect: "No rule changes this list.",
    jobsLead: "Long work, with its progress.", rebuild: "Rebuild the neighbours", train: "Train the recommenders", started: "Started.", kind: "Kind", state: "State", progress: "Progress", created: "Begun", note: "Result", stop: "Stop", running: "running", done: "done", failed: "failed", cancelled: "cancelled", interrupted: "interrupted",
    keysLead: "Keys are made on the command line, so that none ever travels: akin key add --shop DIR --role write --name backend", role: "Role", origins: "Origins", revoke: "Revoke", revoked: "revoked", revokeSure: "Revoke this key for good?", noKeys: "No keys: only this machine is served.",
    keyNeeded: "This server asks for a key.", keyLead: "Enter an admin key; it stays in this tab.", key: "Key", enter: "Enter",
    failed_: "That failed: {0}",
    s_shown: "It is in the list.", s_unknown: "There is no such product.", s_subject: "It is the product itself.", s_excluded: "The request excludes it.", s_filter: "The filter leaves it out.", s_rule: "A rule is at work.", s_waiting: "Its text is being encoded.", s_same_text: "A product with the same text stands for it.", s_history: "The shopper knows it already.", s_rank: "It comes later in the ranking.", s_no_evidence: "Nothing speaks for it here.", rankIs: "Place {0}, score {1}; the last shown has {2}.",
    home: "Home", basket: "Basket", popularNow: "Popular now", forYouShelf: "For you", add: "Add to basket", added: "In the basket", similarShelf: "Similar products", togetherShelf: "Often bought together", basketShelf: "Goes well with your basket", emptyBasket: "Your basket is empty.", remove: "Remove", buy: "Buy", bought_: "Thank you! The purchase was counted.", demoNote: "A shop window over the same API: every click is an event, the next shelf knows it. You are {0}.", anew: "Be somebody else", searchShop: "Search the shop", results: "Found", admin: "Dashboard",
  },
  zh: {
    language: "English", skip: "跳到内容", overview: "概览", products: "商品", shopper: "顾客", rules: "规则", jobs: "任务", keys: "密钥", demo: "示范店面",
    overviewLead: "商店的运行状况、流入的数据与商品目录的质量。",
    productsN: "商品", textsN: "已比较的文本", waiting: "正在编码", recent: "上次重建后新增", eventsN: "事件", rulesN: "规则", requestsN: "请求", failuresN: "失败的请求", memory: "内存", uptime: "已运行", built: "构建于", never: "从未", ago: "{0}前",
    traffic: "最近 14 天的事件", today: "今天", days14: "14 天前", byType: "最近 7 天按类型", none: "暂无数据。",
    latency: "响应速度", route: "路由", count: "次数", half: "半数不超过", most: "99% 不超过",
    quality: "目录质量", finding: "发现", share: "填充率", field: "字段", findings: "值得检查", buildTook: "上次构建", refused: "拒绝了 {0} 行", duplicates: "{0} 组近似重复",
    search: "搜索商品", searchLead: "像顾客一样输入：词语、品牌、价格、规格、“-排除”，也可输入编号。", find: "查找", more: "显示更多", nothing: "没有找到。",
    searchedFor: "已按此搜索：", leftOut: "没有商品满足全部条件；已放宽：{0}", longQuery: "输入过长，只使用了开头部分。", alsoSimilar: "语义相近的商品", foundN: "找到 {0} 件", order: "排序", byRelevance: "综合", byPrice: "价格从低到高", byPriceDown: "价格从高到低", byPopularity: "销量", brand_: "品牌", category_: "类目", colour_: "颜色", size_: "规格", price_: "价格", without_: "排除", priceUpTo: "不超过 {0}", priceFromN: "{0} 起",
    similar: "相似商品", bought: "一起购买", whyNot: "为什么没有？", whyNotLead: "这里缺了某个商品？请输入它的编号。", ask: "查询", list: "列表", delete: "删除", edit: "编辑", cancel: "取消", back: "返回列表",
    source_content: "内容", source_basket: "购物篮", source_popularity: "热门", source_catalogue: "最新", source_rule: "规则", source_words: "词语", source_models: "型号", source_text: "文本", source_meaning: "语义", source_both: "词语和语义", source_attributes: "属性", source_category: "类目", "source_made for": "适用对象", source_price: "价格", source_behaviour: "行为", source_links: "已知关联", source_base: "基数",
    inWhichWay: "关系类型", inWhichWayLead: "每个商品最可能是什么关系，附概率与依据；各项之和为几率的对数。", r_same: "同一商品", r_variant: "规格款式", r_substitute: "可替代", r_complement: "搭配", s_relation: "它是另一种关系。", because: "因为 {0}", twins: "另有 {0} 个同文本商品",
    shopperLead: "顾客做过什么、会看到什么，以及原因。", shopperName: "顾客", kindOfName: "名称类型", user: "客户", visitor: "设备", session: "会话", show: "显示", history: "历史", forYou: "推荐", erase: "删除该顾客", eraseSure: "删除该顾客的全部数据？此操作无法撤销。", erased: "已删除 {0} 个事件。", looked: "检查范围", noHistory: "没有该顾客的记录：将显示热门商品。",
    rulesLead: "规则调整模型结果的顺序与取舍。保存前请先预览。", newRule: "新规则", noRules: "还没有规则。", id: "编号", name: "名称", active: "启用", action: "作用", where: "范围", when: "时间", save: "保存", preview: "预览", before: "之前", after: "之后", saved: "已保存。", deleted: "已删除。", everywhere: "全部", always: "始终",
    a_pin: "置顶商品", a_boost: "加权", a_lift: "按数值提升", a_bury: "后移", a_hide: "隐藏", a_keep: "仅显示", a_diversify: "多样化", a_price_band: "价格区间", a_stock: "缺货商品",
    products_: "商品（每行一个）", position: "起始位置", factor: "倍数", attribute: "属性", weight: "权重", brand: "品牌", category: "类目", idlist: "商品", priceMin: "最低价格", priceMax: "最高价格", availability: "库存", relevance: "相关性与多样性，0 到 1", perBrand: "每个品牌最多", perCategory: "每个类目最多", least: "价格的最小倍数", mostTimes: "价格的最大倍数", treatment: "处理", hide: "隐藏", bury: "移到末尾", commas: "用逗号分隔", which: "哪些商品",
    kinds: "列表类型", pages: "页面", categories: "商品的类目", audiences: "人群", queries: "搜索词", from: "开始", until: "结束", weekdays: "星期（1 周一 … 7 周日）", hours: "小时（0 … 23）",
    k_similar: "相似", k_bought_together: "一起购买", k_popular: "热门", k_for_you: "个性推荐", k_search: "搜索", previewList: "预览的列表", ofProduct: "所属商品", ofShopper: "顾客", ofQuery: "搜索词", effects: "规则做了什么", did_pinned: "置顶", did_boosted: "加权", did_lifted: "提升", did_buried: "后移", did_hid: "隐藏", did_spread: "分散", noEffect: "没有规则改变此列表。",
    jobsLead: "耗时的工作及其进度。", rebuild: "重建近邻", train: "训练推荐模型", started: "已开始。", kind: "类型", state: "状态", progress: "进度", created: "开始时间", note: "结果", stop: "停止", running: "运行中", done: "完成", failed: "失败", cancelled: "已取消", interrupted: "被中断",
    keysLead: "密钥在命令行创建，因此不会在网络上传输：akin key add --shop DIR --role write --name backend", role: "角色", origins: "来源", revoke: "吊销", revoked: "已吊销", revokeSure: "永久吊销此密钥？", noKeys: "没有密钥：仅本机可以访问。",
    keyNeeded: "此服务器需要密钥。", keyLead: "请输入管理员密钥；它只保存在此标签页。", key: "密钥", enter: "进入",
    failed_: "失败：{0}",
    s_shown: "它在列表中。", s_unknown: "没有此商品。", s_subject: "就是该商品本身。", s_excluded: "请求排除了它。", s_filter: "过滤条件排除了它。", s_rule: "有规则在起作用。", s_waiting: "其文本正在编码。", s_same_text: "同文本的商品代表了它。", s_history: "顾客已经看过它。", s_rank: "它排在后面。", s_no_evidence: "没有任何依据指向它。", rankIs: "第 {0} 位，得分 {1}；最后一个显示的得分为 {2}。",
    home: "首页", basket: "购物车", popularNow: "热门商品", forYouShelf: "为你推荐", add: "加入购物车", added: "已加入", similarShelf: "相似商品", togetherShelf: "经常一起购买", basketShelf: "与购物车搭配", emptyBasket: "购物车是空的。", remove: "移除", buy: "购买", bought_: "谢谢！购买已记录。", demoNote: "基于同一接口的店面：每次点击都是事件，下一个货架立即知晓。你是 {0}。", anew: "换个身份", searchShop: "搜索本店", results: "搜索结果", admin: "管理",
  },
};

let language = localStorage.getItem("akin-language") || (navigator.language.startsWith("zh") ? "zh" : "en");
document.documentElement.lang = language;

export function t(key, ...values) {
  const text = words[language][key] ?? words.en[key] ?? key;
  return text.replace(/\{(\d)\}/g, (_, place) => String(values[place] ?? ""));
}

// The word for a source of evidence; recommenders go by their own names.
export function sourceName(name) { return words[language][`source_${name}`] ?? name; }

export function currentLanguage() { return language; }

export function switchLanguage() {
  language = language === "en" ? "zh" : "en";
  localStorage.setItem("akin-language", language);
  document.documentElement.lang = language;
}
