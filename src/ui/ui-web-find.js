/* The body of a function (finding, term, index): finds words in the message.  `finding` 1: it marks all of `term`, which may be several, a line each
 * (empty: none any more), and
 * returns how many there are; 0: it marks the hit `index`, opens what hides it, and returns where it is: top and height.  Marks are
 * painted by the page and change nothing in it. */
const MOST = 1000;
const BLOCKS = 'address,article,blockquote,body,caption,center,dd,details,div,dl,dt,fieldset,footer,h1,h2,h3,h4,h5,h6,header,hr,li,main,' +
  'ol,p,pre,section,summary,table,tbody,td,tfoot,th,thead,tr,ul';
const paint = (name, ranges, priority) => {
  const highlight = new Highlight(...ranges);
  highlight.priority = priority;
  CSS.highlights.set(name, highlight);
};
if (!finding) {
  const range = (window.sosikHits || [])[index];
  if (!range)
    return [0, 0];
  for (let at = range.startContainer.parentElement; at; at = at.parentElement)
    if (at instanceof HTMLDetailsElement)
      at.open = true;
  paint('sosik-hit', [range], 1);
  const box = range.getBoundingClientRect();
  return [box.top + window.scrollY, box.height];
}
window.sosikHits = [];
CSS.highlights.delete('sosik-find');
CSS.highlights.delete('sosik-hit');
const all = term.normalize('NFC').split('\n').map(line => line.replace(/\s+/g, ' ').toLowerCase()).filter(line => line.trim() !== '');
if (all.length === 0)
  return 0;
/* All that can be read as one string, white space as one blank each, letters whole also where they come in pieces (NFD, from Macs), and
 * where each of its characters comes from. */
const LETTER = /\P{M}?[\p{M}\u1160-\u11ff\ud7b0-\ud7ff]*/uy; /* with all that may become one with it */
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
const nodes = [], offsets = [], ends = [], pieces = [];
let block = null, blank = true;
const put = (character, node, offset, end) => {
  pieces.push(character);
  nodes.push(node);
  offsets.push(offset);
  ends.push(end);
  blank = character === ' ' || character === '\n';
};
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  if (node.nodeType === Node.ELEMENT_NODE) {
    if (node.localName === 'br')
      put('\n', node, 0, 0);
    continue;
  }
  const parent = node.parentElement;
  if (!parent || parent.localName === 'style' || parent.closest('.sosik-quote > summary'))
    continue;
  const around = parent.closest(BLOCKS);
  if (around !== block)
    put('\n', node, 0, 0);
  block = around;
  const data = node.data, composed = data.normalize('NFC') === data;
  for (let i = 0, end; i < data.length; i = end) {
    end = i + 1;
    let letter = data[i];
    if (!composed) {
      LETTER.lastIndex = i;
      letter = LETTER.exec(data)[0];
      end = i + letter.length;
      letter = letter.normalize('NFC');
    }
    for (const character of letter.split('')) {
      if (/\s/.test(character)) {
        if (!blank)
          put(' ', node, i, end);
      } else {
        const lower = character.toLowerCase();
        put(lower.length === 1 ? lower : character, node, i, end);
      }
    }
  }
}
const text = pieces.join('');
/* The next one of them, the longest where several begin there. */
const next = from => {
  let place = -1, found = null;
  for (const wanted of all) {
    const at = text.indexOf(wanted, from);
    if (at >= 0 && (place < 0 || at < place || (at === place && wanted.length > found.length))) {
      place = at;
      found = wanted;
    }
  }
  return [place, found];
};
for (let [at, wanted] = next(0); at >= 0 && window.sosikHits.length < MOST; [at, wanted] = next(at + wanted.length)) {
  const last = at + wanted.length - 1, parent = nodes[at].parentElement;
  if (!parent.checkVisibility() && !parent.closest('details:not([open])'))
    continue;
  const range = document.createRange();
  range.setStart(nodes[at], offsets[at]);
  range.setEnd(nodes[last], ends[last]);
  window.sosikHits.push(range);
}
paint('sosik-find', window.sosikHits, 0);
return window.sosikHits.length;
