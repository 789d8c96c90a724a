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

  /* ---- width: a letter flows as wide as the view is.  A design is made smaller, as long as it can be read then; where it could not, its boxes
   * flow as well.  What is too wide even so is made smaller, down to a half, before it has to be scrolled. ---- */
  const MARGIN = 18; /* of a body that says nothing (ui-web-page.css) */
  const READABLE = 0.75; /* what is usual, 14 pixels, is 10.5 then */
  const MOST = 5000; /* elements that are looked at */
  const letter = root.classList.contains('sosik-letter');
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
    let found = null, said = 0, left = MOST; /* whatever stands behind so many is found by the layout */
    for (const element of document.body.querySelectorAll('table[width],[style*="width"]:not(img,td,th)')) {
      const most = Math.max(...[element.getAttribute('width'), element.style.width, element.style.minWidth].map(pixels));
      if (most > said)
        [found, said] = [element, most];
      if (--left === 0)
        break;
    }
    return [found, said];
  };
  let claim = null; /* of the sender, who says it once, while the width of the window changes many times */
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
  /* What was said before, to be said again at the next width */
  const changed = [];
  const change = (element, name, value) => {
    changed.push([element, name, element.style.getPropertyValue(name), element.style.getPropertyPriority(name)]);
    element.style.setProperty(name, value, 'important');
  };
  const takeBack = () => {
    for (const [element, name, value, priority] of changed.splice(0).reverse())
      element.style.setProperty(name, value, priority);
  };
  const isCell = (element) => /^T[DH]$/.test(element.tagName);
  const isTable = (element) => element.tagName === 'TABLE';
  /* Boxes that are wider than the view get what there is of it, cells the same shares of their table as before, and what would be wider than
   * its cell is then what the cell has.  Small things keep their size.  All is read before anything is written. */
  const flow = (needed) => {
    const boxes = [document.body, ...[...document.body.querySelectorAll(':not(img,br,hr,a,b,i,font,tr,tbody,thead,tfoot)')].slice(0, MOST)];
    const scale = width / needed, small = width / 4, changes = [];
    for (const box of boxes) {
      const wide = box.offsetWidth;
      if (isCell(box)) {
        const whole = box.closest('table').offsetWidth;
        if (whole > width && wide > small)
          changes.push([box, box.colSpan === 1 ? `${100 * wide / whole}%` : 'auto']);
      } else if (wide > width || wide > small && wide > scale * (box.closest('td,th')?.offsetWidth || Infinity))
        changes.push([box, isTable(box) ? '100%' : 'auto']);
    }
    const icons = [...document.images].filter((image) => image.offsetWidth <= small);
    for (const [box, value] of changes) {
      change(box, 'width', value);
      change(box, 'min-width', '0');
      if (isTable(box))
        change(box, 'table-layout', 'auto');
    }
    for (const icon of icons)
      change(icon, 'max-width', 'none');
  };
  const widthNeeded = () => Math.max(root.scrollWidth, document.body.scrollWidth);
  const fit = () => {
    width = window.innerWidth;
    takeBack();
    const room = width * (Number(root.dataset.zoom) || 1), least = letter ? 1 : READABLE;
    const [element, said] = claim ||= widest();
    if (said > width && width / said >= least) {
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
    let needed = widthNeeded();
    if (needed > width && width / needed < least) {
      flow(needed);
      needed = widthNeeded();
    }
    if (needed > width)
      set(smaller(needed, room));
  };
  /* A picture that was made to fit keeps its shape. */
  const shape = () => {
    for (const image of [...document.images].slice(0, MOST)) {
      const said = Math.max(pixels(image.getAttribute('width')), pixels(image.style.width));
      if (said > image.offsetWidth + 1)
        change(image, 'height', 'auto');
    }
  };
  const settle = () => {
    fit();
    shape();
  };
  settle();
  window.addEventListener('resize', () => {
    if (window.innerWidth !== width)
      settle();
  });
  /* A quote is unfolded */
  document.addEventListener('toggle', settle, true);
  /* Else only pictures could make it wider since */
  if (document.images.length > 0)
    window.addEventListener('load', settle);

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
