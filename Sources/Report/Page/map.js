// The map: a canvas of points with zoom, drag, touch, keys, and a legend that isolates.
'use strict';

(() => {
  const { data, el, t } = Akin;
  const map = data.map;
  const byId = (id) => document.getElementById(id);
  if (!map || map.x.length === 0) return;

  const canvas = byId('plot');
  const context = canvas.getContext('2d');
  const tip = byId('tip');
  const COLOURS = {
    light: ['#14746f', '#d1741c', '#5a54b5', '#b43a62', '#5c8a1e', '#1d7fc4', '#a0522d', '#8c3fa8', '#b8950a', '#0f9a8a', '#d1495b', '#52708c', '#8f8d86'],
    dark: ['#4fc4bb', '#f2a154', '#a5a0f5', '#ee7fa3', '#a6cf63', '#6fb9f0', '#d99a73', '#cf90e6', '#e3c64a', '#6fe0c6', '#f58a94', '#9fb8cf', '#8b8a84'],
  };
  const OTHER = 12;
  const scheme = matchMedia('(prefers-color-scheme: dark)');

  // The twelve largest categories have a colour of their own, the rest share one.
  const sizes = map.categories.map(() => 0);
  for (const index of map.category) if (index >= 0) sizes[index]++;
  const ranked = [...sizes.keys()].filter((index) => sizes[index] > 0).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const named = ranked.slice(0, OTHER);
  const slotOf = new Map(named.map((index, slot) => [index, slot]));
  const slots = Uint8Array.from(map.category, (index) => slotOf.get(index) ?? OTHER);
  const slotSizes = new Array(OTHER + 1).fill(0);
  for (const slot of slots) slotSizes[slot]++;

  // A shuffled order keeps one category from covering the others.
  const order = Uint32Array.from(map.x.keys());
  for (let i = order.length - 1, state = 12345; i > 0; i--) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }

  const extent = (values) => values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  const [left, right] = extent(map.x);
  const [bottom, top] = extent(map.y);
  let width = 0, height = 0, radius = 3;
  let fit = 1;
  const view = { zoom: 1, x: (left + right) / 2, y: (bottom + top) / 2 };
  let alone = null, hovered = -1, waiting = false;

  const scale = () => fit * view.zoom;
  const screenX = (index) => width / 2 + (map.x[index] - view.x) * scale();
  const screenY = (index) => height / 2 - (map.y[index] - view.y) * scale();

  function paint() {
    waiting = false;
    const colours = COLOURS[scheme.matches ? 'dark' : 'light'];
    const size = radius * Math.min(1 + Math.log2(view.zoom) * 0.28, 3);
    context.clearRect(0, 0, width, height);
    const layer = (wanted, alpha) => {
      context.globalAlpha = alpha;
      for (let slot = 0; slot <= OTHER; slot++) {
        if (wanted !== (alone === null || slot === alone)) continue;
        context.fillStyle = wanted ? colours[slot] : colours[OTHER];
        context.beginPath();
        for (const index of bySlot[slot]) {
          const x = screenX(index), y = screenY(index);
          if (x < -9 || y < -9 || x > width + 9 || y > height + 9) continue;
          context.moveTo(x + size, y);
          context.arc(x, y, size, 0, 6.2832);
        }
        context.fill();
      }
    };
    if (alone !== null) layer(false, 0.18);
    if (alone !== null) layer(true, 0.85);
    else interleaved(colours, size);
    context.globalAlpha = 1;
    if (hovered >= 0) {
      context.beginPath();
      context.arc(screenX(hovered), screenY(hovered), size + 2.5, 0, 6.2832);
      context.lineWidth = 2;
      context.strokeStyle = getComputedStyle(canvas).color;
      context.stroke();
    }
  }

  const bySlot = Array.from({ length: OTHER + 1 }, () => []);
  for (const index of order) bySlot[slots[index]].push(index);

  /** All categories, in slices, so that none lies wholly on top. */
  function interleaved(colours, size) {
    context.globalAlpha = 0.72;
    const slices = 6;
    for (let slice = 0; slice < slices; slice++) {
      for (let slot = OTHER; slot >= 0; slot--) {
        const list = bySlot[slot];
        context.fillStyle = colours[slot];
        context.beginPath();
        for (let i = slice; i < list.length; i += slices) {
          const x = screenX(list[i]), y = screenY(list[i]);
          if (x < -9 || y < -9 || x > width + 9 || y > height + 9) continue;
          context.moveTo(x + size, y);
          context.arc(x, y, size, 0, 6.2832);
        }
        context.fill();
      }
    }
  }

  function repaint() {
    if (!waiting) { waiting = true; requestAnimationFrame(paint); }
  }

  function resize() {
    const box = canvas.getBoundingClientRect();
    if (!box.width) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    width = box.width;
    height = box.height;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const margin = 26;
    fit = Math.min((width - margin * 2) / Math.max(right - left, 1), (height - margin * 2) / Math.max(top - bottom, 1));
    radius = Math.min(Math.max(Math.sqrt(width * height / map.x.length) * 0.14, 1.6), 5.5);
    paint();
  }

  function nearest(x, y, reach) {
    let best = -1, least = reach * reach;
    for (let index = 0; index < slots.length; index++) {
      if (alone !== null && slots[index] !== alone) continue;
      const dx = screenX(index) - x, dy = screenY(index) - y;
      const distance = dx * dx + dy * dy;
      if (distance < least) { least = distance; best = index; }
    }
    return best;
  }

  function point(index) {
    if (index === hovered && index < 0) return;
    hovered = index;
    tip.hidden = index < 0;
    if (index >= 0) {
      const category = map.categories[map.category[index]];
      tip.replaceChildren(el('strong', { dir: 'auto' }, map.label[index]), category ? el('span', { dir: 'auto' }, category) : '');
      const x = screenX(index), y = screenY(index);
      const box = tip.getBoundingClientRect();
      tip.style.left = `${Math.min(Math.max(x - box.width / 2, 6), Math.max(width - box.width - 6, 6))}px`;
      tip.style.top = `${y > box.height + 20 ? y - box.height - 14 : y + 16}px`;
    }
    repaint();
  }

  function zoom(factor, x = width / 2, y = height / 2) {
    const next = Math.min(Math.max(view.zoom * factor, 1), 60);
    const before = scale();
    const worldX = view.x + (x - width / 2) / before, worldY = view.y - (y - height / 2) / before;
    view.zoom = next;
    view.x = worldX - (x - width / 2) / scale();
    view.y = worldY + (y - height / 2) / scale();
    move(0, 0);
  }

  function move(dx, dy) {
    view.x = Math.min(Math.max(view.x - dx / scale(), left), right);
    view.y = Math.min(Math.max(view.y + dy / scale(), bottom), top);
    point(-1);
    repaint();
  }

  function showAll() {
    Object.assign(view, { zoom: 1, x: (left + right) / 2, y: (bottom + top) / 2 });
    point(-1);
    repaint();
  }

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const pointers = new Map();
  let travelled = 0;
  canvas.addEventListener('pointerdown', (event) => {
    pointers.set(event.pointerId, place(event));
    travelled = 0;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const now = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== 'touch') point(nearest(now[0], now[1], 14));
      return;
    }
    const other = [...pointers].find(([id]) => id !== event.pointerId);
    pointers.set(event.pointerId, now);
    const dx = now[0] - before[0], dy = now[1] - before[1];
    travelled += Math.abs(dx) + Math.abs(dy);
    if (other) {
      const far = other[1];
      const grown = Math.hypot(now[0] - far[0], now[1] - far[1]) / Math.max(Math.hypot(before[0] - far[0], before[1] - far[1]), 1);
      move(dx / 2, dy / 2);
      zoom(grown, (now[0] + far[0]) / 2, (now[1] + far[1]) / 2);
    } else if (travelled > 4) {
      move(dx, dy);
    }
  });
  const lift = (event) => {
    if (pointers.delete(event.pointerId) && event.type === 'pointerup' && travelled <= 4) {
      const [x, y] = place(event);
      point(nearest(x, y, 24));
    }
  };
  canvas.addEventListener('pointerup', lift);
  canvas.addEventListener('pointercancel', lift);
  canvas.addEventListener('pointerleave', (event) => { if (event.pointerType !== 'touch') point(-1); });

  // A scroll that began outside passes over the map instead of being caught by it.
  let passing = 0;
  window.addEventListener('wheel', (event) => { if (event.target !== canvas) passing = event.timeStamp; }, { passive: true });
  canvas.addEventListener('wheel', (event) => {
    const leaving = view.zoom === 1 && event.deltaY > 0;
    if (!event.ctrlKey && (event.timeStamp - passing < 350 || leaving)) {
      passing = event.timeStamp;
      return;
    }
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0022)), ...place(event));
  }, { passive: false });
  canvas.addEventListener('keydown', (event) => {
    const steps = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] };
    if (steps[event.key]) move(...steps[event.key]);
    else if (event.key === '+' || event.key === '=') zoom(1.4);
    else if (event.key === '-') zoom(1 / 1.4);
    else if (event.key === '0') showAll();
    else if (event.key === 'Escape') point(-1);
    else return;
    event.preventDefault();
  });
  byId('zoom-in').addEventListener('click', () => zoom(1.6));
  byId('zoom-out').addEventListener('click', () => zoom(1 / 1.6));
  byId('zoom-all').addEventListener('click', showAll);

  function drawLegend() {
    const colours = COLOURS[scheme.matches ? 'dark' : 'light'];
    const entries = named.map((index, slot) => [slot, map.categories[index]]);
    if (slotSizes[OTHER]) entries.push([OTHER, t('otherCategory')]);
    const legend = byId('legend');
    const focused = [...legend.children].indexOf(document.activeElement);
    legend.setAttribute('aria-label', t('legend'));
    legend.replaceChildren(...entries.map(([slot, name]) => el('button', {
      type: 'button', 'aria-pressed': String(alone === slot), class: alone !== null && alone !== slot ? 'dim' : undefined,
      click: () => { alone = alone === slot ? null : slot; point(-1); drawLegend(); repaint(); },
    }, el('i', { '--colour': colours[slot] }), el('span', { dir: 'auto' }, name), el('small', {}, Akin.number(slotSizes[slot])))));
    if (focused >= 0) legend.children[focused].focus();
  }

  function draw() {
    byId('map').hidden = false;
    const kept = map.explained.reduce((a, b) => a + b, 0);
    const share = kept > 0 ? t('mapShare', { n: Akin.percent(kept) }) : '';
    const methods = t('methods');
    const method = Object.hasOwn(methods, map.method) ? methods[map.method] : map.method;
    byId('map-lead').textContent = t('mapLead', { n: Akin.number(map.x.length), method, share });
    canvas.setAttribute('aria-label', t('mapLabel', { n: Akin.number(map.x.length) }));
    for (const [id, key] of [['zoom-in', 'zoomIn'], ['zoom-out', 'zoomOut'], ['zoom-all', 'zoomAll']]) {
      byId(id).setAttribute('aria-label', t(key));
      byId(id).title = t(key);
    }
    drawLegend();
    resize();
  }

  scheme.addEventListener('change', () => { drawLegend(); repaint(); });
  new ResizeObserver(resize).observe(canvas);
  Akin.sections.push(draw);
})();
