// The page's words in English and Chinese, and how numbers are written.
'use strict';

const WORDS = {
  en: {
    other: '中文', otherLanguage: 'zh', skip: 'Skip to the products', sections: 'Sections',
    eyebrow: 'Which products are alike',
    products: 'products', events: 'events', baskets: 'baskets', shoppers: 'shoppers',
    brands: 'brands', categories: 'categories', covered: 'with basket neighbours',
    built: 'Built {date}', made: 'Report of {date}', by: 'encoded by {model}', dimensions: '{n} dimensions',
    shelf: 'The shelf',
    shelfLead: 'Sample products with what is nearest to them in content, and what shoppers bought with them. Words that two titles share are marked.',
    search: 'Search these products', searchHint: 'Title, brand, category or id',
    all: 'All', found: '{n} of {total} sample products', none: 'Nothing here answers to that.',
    noSamples: 'No products yet. Build the shop with a catalogue, and they will stand here.',
    more: 'Show {n} more', rest: 'Show {n} more', fewer: 'Show fewer', similar: 'Similar', bought: 'Bought together',
    noSimilar: 'Nothing near enough.', noBought: 'No shared baskets yet.',
    noEvents: 'No events were given, so baskets are unknown.',
    sameBrand: 'same brand', sameCategory: 'same category', cheaper: '{n} cheaper', dearer: '{n} dearer',
    scale: 'bars from {a} to {b}',
    noPrice: 'no price', map: 'The map',
    mapLead: 'Each dot is a product; near dots tend to be alike. {n} products by {method}{share}. Drag to move, scroll or pinch to zoom, choose a category to see it alone.',
    mapShare: ', which keeps {n} of the variance', mapLabel: 'Map of {n} products coloured by category. Arrow keys move, plus and minus zoom, 0 shows all.',
    otherCategory: 'Other', zoomIn: 'Zoom in', zoomOut: 'Zoom out', zoomAll: 'Show all', legend: 'Categories: choose to see one alone',
    scores: 'How near is near',
    scoresLead: 'The score of each product’s nearest neighbour. A wide hill to the right means that most products have a true relative; a tail to the left holds the loners.',
    contentScore: 'Content', basketScore: 'Baskets', median: 'median {n}', mean: 'mean {n}',
    histogramLabel: '{name}: {n} products, from {a} to {b}, median {m}', bin: '{a} – {b}: {n} products',
    quality: 'The state of the data', qualityLead: 'What the feed says, what it leaves out, and what deserves a look.',
    rowsRead: 'rows read', rowsRejected: 'rows refused', exact: 'repeated ids merged', near: 'near duplicates', suspicious: 'suspicious prices', outliers: 'price outliers',
    fill: 'Filled fields', languages: 'Languages', sources: 'Sources', rejects: 'Refused rows', noRejects: 'Every row was accepted.',
    duplicates: 'Near duplicates', noDuplicates: 'No two products look like one.', outlierList: 'Unusual for their category', noOutliers: 'No price stands out.',
    suspiciousList: 'Suspicious prices', noSuspicious: 'No price looks wrong.', ofRows: '{n} rows', refused: '{n} refused', unknown: 'unknown',
    attributes: 'Attributes', currencies: 'Currencies', otherFindings: 'Also worth a look', largest: 'Largest categories', columns: 'How the columns were read', andMore: 'and {n} more',
    byType: 'In which way ({n})', same: 'The same', variant: 'Variants', substitute: 'Would do instead', complement: 'Goes with it',
    sources: {}, findings: {}, reasons: {}, methods: {},
    build: 'How it was made', total: 'Total', foot: 'Made by Akin. This file holds everything it shows and asks nothing of the network.',
  },
  zh: {
    other: 'English', otherLanguage: 'en', skip: '跳到商品', sections: '目录',
    eyebrow: '哪些商品彼此相似',
    products: '件商品', events: '条行为', baskets: '笔订单', shoppers: '位顾客',
    brands: '个品牌', categories: '个类目', covered: '件有同购商品',
    built: '构建于 {date}', made: '报告时间 {date}', by: '编码模型 {model}', dimensions: '{n} 维',
    shelf: '货架',
    shelfLead: '样例商品，以及内容上最接近的商品和顾客一起购买的商品。两个标题共有的词已标出。',
    search: '搜索样例商品', searchHint: '标题、品牌、类目或编号',
    all: '全部', found: '样例商品 {total} 件，显示 {n} 件', none: '没有符合的商品。',
    noSamples: '还没有商品。导入商品目录后会显示在这里。',
    more: '再显示 {n} 件', rest: '再显示 {n} 项', fewer: '收起', similar: '相似商品', bought: '一起购买',
    noSimilar: '没有足够接近的商品。', noBought: '还没有共同的订单。',
    noEvents: '没有行为数据，因此不知道哪些商品一起购买。',
    sameBrand: '同品牌', sameCategory: '同类目', cheaper: '便宜 {n}', dearer: '贵 {n}',
    scale: '条形从 {a} 到 {b}',
    noPrice: '无价格', map: '商品地图',
    mapLead: '每个点是一件商品，相近的点往往相似。共 {n} 件，方法 {method}{share}。拖动平移，滚轮或双指缩放，点选类目可单独查看。',
    mapShare: '，保留 {n} 的方差', mapLabel: '{n} 件商品的地图，按类目着色。方向键平移，加减号缩放，0 显示全部。',
    otherCategory: '其他', zoomIn: '放大', zoomOut: '缩小', zoomAll: '显示全部', legend: '类目：点选可单独查看',
    scores: '有多接近',
    scoresLead: '每件商品与其最近邻的得分。右侧的高峰说明多数商品有真正的同类，左侧的尾部是孤单的商品。',
    contentScore: '内容', basketScore: '订单', median: '中位数 {n}', mean: '平均 {n}',
    histogramLabel: '{name}：{n} 件商品，从 {a} 到 {b}，中位数 {m}', bin: '{a} – {b}：{n} 件',
    quality: '数据质量', qualityLead: '商品数据里有什么、缺什么、哪些值得看一眼。',
    rowsRead: '行已读取', rowsRejected: '行被拒绝', exact: '重复编号已合并', near: '疑似重复', suspicious: '可疑价格', outliers: '价格离群',
    fill: '字段填充率', languages: '语言', sources: '来源', rejects: '被拒绝的行', noRejects: '所有行均已接受。',
    duplicates: '疑似重复商品', noDuplicates: '没有疑似重复的商品。', outlierList: '与同类目价格差距大', noOutliers: '没有离群的价格。',
    suspiciousList: '可疑价格', noSuspicious: '没有可疑的价格。', ofRows: '{n} 行', refused: '拒绝 {n} 行', unknown: '未知',
    attributes: '属性', currencies: '货币', otherFindings: '其他值得关注', largest: '最大的类目', columns: '列的含义', andMore: '另有 {n} 件',
    byType: '关系类型（{n}）', same: '同一商品', variant: '规格款式', substitute: '可替代', complement: '搭配',
    sources: { text: '文本', attributes: '属性', category: '类目', 'made for': '适用对象', price: '价格', behaviour: '行为', links: '已知关联', base: '基数' },
    findings: {
      price_unreadable: '价格无法读取', price_range: '价格是区间，取了低值', price_negative: '价格为负', price_zero: '价格为 0',
      price_one: '价格为 1 或 0.01', price_placeholder: '价格像占位数 (9999 …)', sale_above_price: '促销价高于原价', price_outlier: '价格与同类目相差很大',
      bad_gtin: '条码长度或校验位不对', availability_unknown: '库存状态无法识别', currency_unknown: '货币未知',
    },
    methods: { 'PCA, language means removed': 'PCA（已减去各语言的均值）' },
    reasons: {
      malformed_record: '行格式损坏', missing_id: '缺少编号', missing_title: '缺少标题', missing_product: '缺少商品编号',
      unknown_event_type: '未知的行为类型', unreadable_time: '时间无法读取', unreadable_quantity: '数量无法读取', unreadable_items: '商品列表无法读取',
    },
    build: '生成过程', total: '合计', foot: '由 Akin 生成。本文件自带全部内容，不访问网络。',
  },
};

const Akin = {
  data: JSON.parse(document.getElementById('data').textContent),
  language: /^zh\b/i.test(navigator.language || '') ? 'zh' : 'en',
  sections: [],
  opened: new Set(),

  /** A phrase with its {holes} filled. */
  t(key, values = {}) {
    let phrase = WORDS[Akin.language][key];
    if (!Array.isArray(phrase) && typeof phrase === 'object') return phrase;
    if (Array.isArray(phrase)) phrase = phrase[values.n === '1' ? 0 : 1];
    return phrase.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  },

  number(value, digits = 0) {
    return new Intl.NumberFormat(Akin.language, { maximumFractionDigits: digits }).format(value);
  },

  short(value) {
    if (value < 10000000) return Akin.number(value);
    const form = { notation: 'compact', maximumFractionDigits: 1 };
    return new Intl.NumberFormat(Akin.language, form).format(value);
  },

  percent(value, digits = 0) {
    const form = { style: 'percent', maximumFractionDigits: digits };
    // A share that is not quite whole must not be rounded to look whole.
    const shown = value < 1 && value > 0.995 ? Math.floor(value * 1000) / 1000 : value;
    if (shown !== value) form.maximumFractionDigits = 1;
    return new Intl.NumberFormat(Akin.language, form).format(shown);
  },

  score(value) {
    return value.toFixed(2);
  },

  price(price) {
    if (!price) return Akin.t('noPrice');
    if (price.currency && /^[A-Z]{3}$/.test(price.currency)) {
      const form = { style: 'currency', currency: price.currency, currencyDisplay: 'narrowSymbol' };
      if (Number.isInteger(price.amount)) form.minimumFractionDigits = 0;
      return new Intl.NumberFormat(Akin.language, form).format(price.amount);
    }
    return Akin.number(price.amount, 2);
  },

  /** The button that opens a list of which a narrow screen shows the beginning only. */
  rest(box, key, count) {
    const button = Akin.el('button', { type: 'button', class: 'rest', click: () => {
      if (!Akin.opened.delete(key)) Akin.opened.add(key);
      show();
    } });
    const show = () => {
      const open = Akin.opened.has(key);
      box.classList.toggle('open', open);
      button.setAttribute('aria-expanded', String(open));
      button.textContent = open ? Akin.t('fewer') : Akin.t('rest', { n: Akin.number(count) });
    };
    show();
    return button;
  },

  /** An element; strings become text nodes, so that no product text is ever read as markup. */
  el(name, attributes = {}, ...children) {
    const svg = /^(svg|g|rect|line|path|text|circle|title)$/.test(name);
    const element = svg
      ? document.createElementNS('http://www.w3.org/2000/svg', name)
      : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === undefined || value === null || value === false) continue;
      if (key.startsWith('--')) element.style.setProperty(key, value);
      else if (typeof value === 'function') element.addEventListener(key, value);
      else element.setAttribute(key, value === true ? '' : value);
    }
    for (const child of children.flat()) {
      if (child !== undefined && child !== null) element.append(child);
    }
    return element;
  },
};
