(() => {
  const root = document.documentElement, tip = document.getElementById('tip'), live = document.getElementById('live');
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const hide = () => tip.classList.remove('v');
  const show = (text, x, y) => {
    tip.textContent = text;
    tip.classList.add('v');
    const box = tip.getBoundingClientRect(), above = y - box.height - 12;
    tip.style.left = Math.max(8, Math.min(innerWidth - box.width - 8, x - box.width / 2)) + 'px';
    tip.style.top = (above < 6 ? y + 18 : above) + 'px';
  };

  // one segment in every chart
  const highlight = (segment) => {
    root.toggleAttribute('data-on', segment !== null);
    all('[data-s]').forEach((mark) => mark.classList.toggle('lit', mark.dataset.s === segment));
    all('.lg button').forEach((button) => button.setAttribute('aria-pressed', button.dataset.f === segment));
  };
  const legend = document.getElementById('legend');
  if (legend) legend.hidden = false;
  all('.lg button').forEach((button) => button.addEventListener('click', () =>
    highlight(button.getAttribute('aria-pressed') === 'true' ? null : button.dataset.f)));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { hide(); highlight(null); }
  });

  // the marks of a figure, read with the arrow keys
  all('figure[data-nav]').forEach((figure) => {
    let at = -1;
    figure.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key], marks = all('[data-t]', figure);
      if (!step || !marks.length || event.target !== figure) return;
      event.preventDefault();
      at = at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length;
      const box = marks[at].getBoundingClientRect();
      show(marks[at].dataset.t, box.x + box.width / 2, box.y);
      live.textContent = marks[at].dataset.t;
    });
    figure.addEventListener('blur', hide);
  });
  document.addEventListener('pointermove', (event) => {
    const mark = event.target.closest && event.target.closest('[data-t]');
    if (event.target.closest && event.target.closest('svg[data-map=points]')) return;
    mark ? show(mark.dataset.t, event.clientX, event.clientY) : hide();
  });

  // the nearest customer on the map, its values read back from its place
  all('svg[data-map=points]').forEach((map) => {
    const points = all('path[data-n]', map).flatMap((path) => {
      const by = path.classList.contains('dots') ? 0.1 : 1;
      return [...path.getAttribute('d').matchAll(/M(-?\d+) (-?\d+)/g)].map((m) => [m[1] * by, m[2] * by, path.dataset.n]);
    });
    const reader = (code) => {
      const [low, high, start, end, unit] = code.split(' ').map(Number);
      return (place) => {
        const value = low + (place - start) / (end - start) * (high - low);
        return unit ? Math.expm1(value) / unit : value;
      };
    };
    const x = reader(map.dataset.x), y = reader(map.dataset.y), labels = (map.dataset.labels || '').split('\n');
    const short = (value) => Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2);
    const ring = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    ring.setAttribute('r', 7);
    ring.setAttribute('class', 'ov');
    ring.setAttribute('visibility', 'hidden');
    map.append(ring);
    const off = () => { ring.setAttribute('visibility', 'hidden'); hide(); };
    map.addEventListener('pointermove', (event) => {
      const box = map.getBoundingClientRect(), view = map.viewBox.baseVal, by = view.width / box.width;
      const px = (event.clientX - box.x) * by, py = (event.clientY - box.y) * by;
      let best = null, least = 300;
      for (const point of points) {
        const distance = (point[0] - px) ** 2 + (point[1] - py) ** 2;
        if (distance < least) { least = distance; best = point; }
      }
      if (!best) return off();
      ring.setAttribute('cx', best[0]);
      ring.setAttribute('cy', best[1]);
      ring.setAttribute('visibility', 'visible');
      const values = labels.length === 2
        ? ' · ' + labels[0] + ' about ' + short(x(best[0])) + ' · ' + labels[1] + ' about ' + short(y(best[1])) : '';
      show(best[2] + values, box.x + best[0] / by, box.y + best[1] / by);
    });
    map.addEventListener('pointerleave', off);
  });

  const theme = document.getElementById('theme'), print = document.getElementById('print');
  theme.hidden = print.hidden = false;
  theme.addEventListener('click', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme:dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
  });
  print.addEventListener('click', () => window.print());
  let before = null;
  addEventListener('beforeprint', () => {
    if (before) return;
    before = [root.dataset.theme, all('details.printed:not([open])')];
    root.dataset.theme = 'light';
    before[1].forEach((part) => { part.open = true; });
  });
  addEventListener('afterprint', () => {
    if (!before) return;
    if (before[0]) root.dataset.theme = before[0]; else delete root.dataset.theme;
    before[1].forEach((part) => { part.open = false; });
    before = null;
  });
})();
