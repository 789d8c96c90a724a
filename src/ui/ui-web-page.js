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
  const MARGIN = 18; /* of a body that says nothing (ui-web-page.css) */
  let fitted = 1, width = -1;
  const smaller = (needed, room) => Math.max(0.5, Math.min(1, room / needed));
  const set = (zoom) => {
    if (zoom !== fitted)
      document.body.style.zoom = zoom;
    fitted = zoom;
  };
  /* Styles and layout take the most of the time there is, and to find out by a layout that it is too wide takes two: so what says how wide
   * it is is believed first, and looked at afterwards.  No picture: those are made to fit (ui-web-page.css); no cell, nor what is at most as
   * wide as what it stands in: they give way. */
  const pixels = (value) => (/^[\d.]+(px)?$/.test(value || '') ? parseFloat(value) : 0);
  const widest = () => {
    let found = null, said = 0, left = 5000; /* whatever stands behind so many is found by the layout */
    for (const element of document.body.querySelectorAll('table[width],[style*="width"]:not(img,td,th)')) {
      const most = Math.max(...[element.getAttribute('width'), element.style.width, element.style.minWidth].map(pixels));
      if (most > said)
        [found, said] = [element, most];
      if (--left === 0)
        break;
    }
    return [found, said];
  };
  let claim = null; /* nobody changes it while the page is there, and the width of the window changes many times */
  const leftOf = (element) => {
    let left = 0;
    for (let at = element; at !== root; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.maxWidth !== 'none' || style.display.endsWith('flex'))
        return -1;
      if (at !== element)
        left += pixels(style.marginLeft) + pixels(style.borderLeftWidth) + pixels(style.paddingLeft);
    }
    return left;
  };
  const fit = () => {
    width = window.innerWidth;
    if (root.classList.contains('sosik-letter'))
      return;
    const room = width * (Number(root.dataset.zoom) || 1);
    const [element, said] = claim ||= widest();
    if (said > width) {
      const margin = document.body.style.marginLeft;
      set(smaller(said + (margin ? pixels(margin) : MARGIN), room));
      const left = Math.abs(element.offsetWidth - said) <= 1 ? leftOf(element) : -1;
      if (left >= 0) { /* it was true */
        set(smaller(said + left, room));
        if (root.scrollWidth > width)
          set(smaller(root.scrollWidth / fitted, room));
        return;
      }
    }
    set(1);
    const needed = Math.max(root.scrollWidth, document.body.scrollWidth);
    if (needed > width)
      set(smaller(needed, room));
  };
  fit();
  window.addEventListener('resize', () => {
    if (window.innerWidth !== width)
      fit();
  });
  /* Only pictures could make it wider since */
  if (document.images.length > 0)
    window.addEventListener('load', fit);

  /* ---- height: with the news of the first frame, so that the window has one frame to draw for both ---- */
  let last = -1;
  const measure = (what) => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    root.classList.toggle('sosik-endless', height * (Number(root.dataset.zoom) || 1) > Number(root.dataset.most));
    if (height !== last || what !== 'height')
      tell.postMessage([what, root.dataset.sosik, last = height]);
  };
  /* Behind the first frame: only then what stood here before is gone. */
  if (document.hidden)
    measure('height');
  requestAnimationFrame(() => setTimeout(() => {
    measure('painted');
    new ResizeObserver(() => measure('height')).observe(root);
  }, 0));
})();
