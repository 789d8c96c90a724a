/* The one script in a page, in a world of its own: no page has a script, so nobody else runs.  It tells how high the content
 * is, which link has the focus, which link is clicked and what its text is; and makes the colours of a letter readable on
 * dark paper. */
(() => {
  'use strict';
  const root = document.documentElement;
  const tell = window.webkit.messageHandlers.sosik;

  /* ---- links ---- */
  const link = (event) => {
    const found = event.target instanceof Element ? event.target.closest('a[href]') : null;
    return found;
  };
  document.addEventListener('click', (event) => {
    const found = link(event);
    if (!found || !event.isTrusted)
      return;
    event.preventDefault();
    tell.postMessage(['click', found.href, found.innerText.slice(0, 500)]);
  }, true);
  document.addEventListener('focusin', (event) => {
    const found = link(event);
    tell.postMessage(['focus', found ? found.href : '']);
  });
  document.addEventListener('focusout', () => tell.postMessage(['focus', '']));

  /* ---- dark paper ---- */
  const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => {
      c /= 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const readable = (ink) => (luminance(ink) + 0.05) / 0.063 >= 4.5; /* on #1e1e1e */
  const lighter = (colour) => {
    let ink = colour.slice(0, 3);
    /* Grey is turned round, so that black becomes white; colours go towards white until they are read */
    if (Math.max(...ink) - Math.min(...ink) < 24)
      ink = ink.map((c) => 255 - c);
    for (let i = 0; i < 20 && !readable(ink); i++)
      ink = ink.map((c) => c + (255 - c) * 0.15);
    return `rgb(${ink.map(Math.round).join()})`;
  };
  const darken = () => {
    const all = document.body.getElementsByTagName('*');
    /* All is read before anything is written: one layout for all of it. */
    const changes = [];
    const look = (element, inLight) => {
      const style = getComputedStyle(element);
      const paper = numbers(style.backgroundColor), ink = numbers(style.color);
      const own = paper.length === 3 || paper[3] > 0.5;
      let light = inLight;
      if (own) {
        const white = Math.min(...paper.slice(0, 3)) >= 240;
        light = !white && luminance(paper) > 0.2;
        if (white)
          changes.push([element, 'background', 'transparent']);
      }
      if (light !== inLight && light)
        changes.push([element, 'color', luminance(ink) > 0.5 ? '#000' : style.color]);
      else if (!light && !readable(ink))
        changes.push([element, 'color', lighter(ink)]);
      return light;
    };
    const inLight = new Map();
    inLight.set(document.body, look(document.body, false));
    for (let i = 0; i < all.length && i < 5000; i++)
      inLight.set(all[i], look(all[i], inLight.get(all[i].parentElement) || false));
    for (const [element, name, value] of changes)
      element.style.setProperty(name, value, 'important');
  };
  if (root.classList.contains('sosik-adapt'))
    darken();

  /* ---- Korean words stay whole ---- */
  if (/[\uac00-\ud7a3]/.test(document.body.textContent.slice(0, 20000)))
    root.classList.add('sosik-korean');

  /* ---- width: a layout that is wider than the view is made smaller, down to a half, before it has to be scrolled ---- */
  let fitted = 1, width = -1;
  const fit = () => {
    width = window.innerWidth;
    if (root.classList.contains('sosik-letter'))
      return;
    const room = width * (Number(root.dataset.zoom) || 1);
    const wide = document.body.scrollWidth > width || root.scrollWidth > width;
    if (fitted === 1 && !wide)
      return;
    if (fitted !== 1)
      document.body.style.zoom = 1;
    const needed = Math.max(root.scrollWidth, document.body.scrollWidth);
    fitted = needed > width ? Math.max(0.5, Math.min(1, room / needed)) : 1;
    document.body.style.zoom = fitted;
  };
  fit();
  window.addEventListener('resize', () => {
    if (window.innerWidth !== width)
      fit();
  });
  /* Only pictures could make it wider since */
  if (document.images.length > 0)
    window.addEventListener('load', fit);

  /* ---- height ---- */
  let last = -1;
  const measure = () => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    if (height !== last)
      tell.postMessage(['height', root.dataset.sosik, last = height]);
  };
  new ResizeObserver(measure).observe(root);
  measure();
  /* Behind the first frame: only then what stood here before is gone. */
  requestAnimationFrame(() => setTimeout(() => tell.postMessage(['painted', root.dataset.sosik]), 0));
})();
