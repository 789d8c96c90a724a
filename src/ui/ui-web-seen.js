/* Makes seen what will be quoted, where only a layout can tell: text in the colour of its paper, too small, squeezed into no room so that
 * other things lie over it, or left of the page.  In our own world, behind ui-web-page.js and before the first frame; all is read before
 * anything is written, and a long message is gone through in slices. */
(() => {
  'use strict';
  const root = document.documentElement;
  const dark = root.classList.contains('sosik-dark');
  const NEAR = 1.3; /* ratio of contrast below which nobody reads */
  const SMALL = 6; /* pixels */
  const BEHIND_FRAME = 40; /* milliseconds */
  const FIRST = 60, SLICE = 6000; /* texts at a time: a screenful before the first frame, the rest behind it */

  /* ---- colours ---- */
  const parse = (colour) => {
    const found = (colour.match(/[\d.]+/g) || []).map(Number);
    return found.length >= 3 ? { c: found.slice(0, 3), a: found.length > 3 ? found[3] : 1 } : { c: [0, 0, 0], a: 0 };
  };
  const mix = (over, under) => over.c.map((c, i) => c * over.a + under[i] * (1 - over.a));
  const bright = (colour) => {
    const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const contrast = (one, other) => {
    const [a, b] = [bright(one), bright(other)];
    return Math.max(a, b) / Math.min(a, b);
  };
  const apart = (one, other) => one.reduce((sum, c, i) => sum + Math.abs(c - other[i]), 0);
  const near = (one, other) => contrast(one, other) < NEAR && apart(one, other) < 150;
  const styles = new Map(), papers = new Map();
  const styleOf = (element) => {
    if (!styles.has(element))
      styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  /* All colours that may be behind the text of an element: a gradient has several. */
  const papersOf = (element) => {
    if (!element || element.nodeType !== 1)
      return [dark ? [30, 30, 30] : [255, 255, 255]];
    if (!papers.has(element)) {
      const style = styleOf(element), own = parse(style.backgroundColor);
      let all = own.a === 1 ? [own.c] : papersOf(element.parentElement).map((under) => mix(own, under));
      if (style.backgroundImage !== 'none') {
        const stops = (style.backgroundImage.match(/rgba?\([^)]*\)/g) || []).map(parse);
        all = stops.flatMap((stop) => all.map((under) => mix(stop, under))).slice(0, 20);
      }
      papers.set(element, all);
    }
    return papers.get(element);
  };

  /* ---- what is to be changed ---- */
  const look = (element, changes) => {
    const style = styleOf(element), size = parseFloat(style.fontSize), line = parseFloat(style.lineHeight);
    const ink = parse(style.color), all = papersOf(element);
    if (all.some((paper) => near(mix(ink, paper), paper))) {
      const black = Math.min(...all.map((paper) => contrast([0, 0, 0], paper)));
      const white = Math.min(...all.map((paper) => contrast([255, 255, 255], paper)));
      changes.push([element, 'color', black >= white ? '#000' : '#fff']);
      /* Half transparent ones leave neither readable */
      if (Math.max(black, white) < 2)
        changes.push([element, 'background', black >= white ? '#fff' : '#000']);
    }
    if (size < SMALL)
      changes.push([element, 'font-size', '11px']);
    if (line < Math.max(size, SMALL) * 0.7)
      changes.push([element, 'line-height', 'normal']);
    if (parseFloat(style.letterSpacing) < -0.1 * size)
      changes.push([element, 'letter-spacing', 'normal']);
  };
  /* Room for itself: an inline thing with thick edges lies over the lines around it. */
  const thick = (style) => ['paddingTop', 'paddingBottom', 'borderTopWidth', 'borderBottomWidth']
    .reduce((sum, name) => sum + (parseFloat(style[name]) || 0), 0) > 12;
  const place = (element, changes) => {
    const style = styleOf(element), display = style.display;
    if (display === 'inline' && thick(style))
      changes.push([element, 'display', 'inline-block']);
    if (/^T(ABLE|BODY|HEAD|FOOT|R|D|H)$/.test(element.tagName) && !display.startsWith('table') && display !== 'inline')
      changes.push([element, 'height', 'auto']);
    if (display !== 'inline' && element.scrollWidth > element.clientWidth + 1 && element.clientWidth < innerWidth) {
      if (style.whiteSpace === 'nowrap' || style.whiteSpace === 'pre')
        changes.push([element, 'white-space', 'pre-wrap']);
      if (element.clientWidth < 60 && !display.startsWith('table'))
        changes.push([element, 'width', 'auto'], [element, 'min-width', 'min-content'], [element, 'max-width', 'none'], [element, 'flex', '0 0 auto']);
    }
  };

  /* ---- left of the page: nobody can scroll there ---- */
  const moved = new WeakMap(); /* by tree */
  const moveIn = (top, texts) => {
    let least = 0;
    const range = document.createRange();
    for (const text of texts) {
      range.selectNodeContents(text);
      const box = range.getBoundingClientRect();
      if (box.width > 0)
        least = Math.min(least, box.left + scrollX);
    }
    if (least < -4) {
      moved.set(top, Math.min((moved.get(top) || 0) - least, 20000));
      top.style.setProperty('margin-left', `${Math.ceil(moved.get(top)) + 18}px`, 'important');
    }
  };

  const all = (top, first = FIRST) => {
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) {
      if (/\S/.test(walker.currentNode.data))
        texts.push(walker.currentNode);
    }
    const slice = (from, length) => {
      const part = texts.slice(from, from + length), seen = new Set(), looked = new Set(), changes = [];
      for (const text of part) {
        if (looked.has(text.parentElement))
          continue;
        looked.add(text.parentElement);
        look(text.parentElement, changes);
        for (let at = text.parentElement; at && at !== root && !seen.has(at); at = at.parentElement) {
          seen.add(at);
          place(at, changes);
        }
      }
      for (const [element, name, value] of changes)
        element.style.setProperty(name, value, 'important');
      moveIn(top, part);
      styles.clear();
      papers.clear();
      if (from + length < texts.length)
        setTimeout(() => slice(from + length, SLICE), from > 0 ? 0 : BEHIND_FRAME);
    };
    slice(0, first);
  };
  all(document.body);
  window.sosikShowAll = all; /* for trees that come later (ui-web-print-ready.js) */
  let waiting = 0, width = innerWidth; /* the height follows from the content */
  window.addEventListener('resize', () => {
    if (innerWidth === width)
      return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(() => all(document.body), 150);
  });
})();
