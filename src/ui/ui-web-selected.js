/* The body of a function (most): what is selected in the message.  Returns null: nothing, or more than so many characters; else its words without
 * spaces, pictures of the message being U+FFFC, and from where to where they stand in all of its words (mime_html_cut ()): start, end, start, end ...
 * What is folded away is not read, so it is not among them. */
const selection = getSelection();
if (!selection || selection.isCollapsed || selection.rangeCount === 0)
  return null;
const range = selection.getRangeAt(0);
const counted = (text) => text.replace(/[\0-\x20]/g, '');
const length = (text) => {
  let n = 0;
  for (const _one of text)
    n++;
  return n;
};
const isOurs = (element) => element.closest('details.sosik-quote > summary') !== null;
const isFolded = (element) => element.closest('details:not([open])') !== null;
const isPicture = (node) => node.tagName === 'IMG' && (node.getAttribute('src') || '').startsWith('sosik-cid:');
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (node) => {
  if (node.nodeType === Node.TEXT_NODE)
    return NodeFilter.FILTER_ACCEPT;
  if (node.tagName === 'STYLE' || node.tagName === 'SUMMARY' && isOurs(node))
    return NodeFilter.FILTER_REJECT;
  return isPicture(node) ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP;
});
const found = [''];
let at = 0;
const take = (words, start) => {
  if (words === '')
    return;
  const last = found.length > 1 ? found[found.length - 1] : -1;
  found[0] += words;
  if (last === start)
    found.pop();
  else
    found.push(start);
  found.push(start + length(words));
};
while (walker.nextNode() && found[0].length <= most) {
  const node = walker.currentNode, text = node.nodeType === Node.TEXT_NODE;
  const wanted = range.intersectsNode(node) && !isFolded(text ? node.parentElement : node);
  if (!text) {
    if (wanted)
      take('\ufffc', at);
    at++;
    continue;
  }
  const from = wanted && node === range.startContainer ? range.startOffset : 0;
  const to = wanted && node === range.endContainer ? range.endOffset : node.data.length;
  if (wanted)
    take(counted(node.data.slice(from, to)), at + length(counted(node.data.slice(0, from))));
  at += length(counted(node.data));
}
return found[0] === '' || found[0].length > most ? null : found;
