/* The body of a function: waits for the pictures, then makes smaller what is wider than paper. */
const ROOM = 530; /* pixels of CSS: as wide as a page of A4 or Letter is laid out, at least */
const WAIT_MS = 20000;
const hosts = [...document.querySelectorAll('.cage > div')].map((host) => host.shadowRoot);
const pictures = hosts.flatMap((tree) => [...tree.querySelectorAll('img')]).filter((picture) => !picture.complete);
const settled = pictures.map((picture) => new Promise((resolve) => {
  picture.addEventListener('load', resolve);
  picture.addEventListener('error', resolve);
}));
await Promise.race([Promise.all(settled), new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
document.body.style.width = `${ROOM}px`;
for (const tree of hosts) {
  const page = tree.firstElementChild, content = tree.querySelector('body');
  window.sosikShowAll(content, Infinity); /* the paper does not wait for what comes later */
  if (content.scrollWidth > 0 && page.scrollWidth > ROOM)
    content.style.zoom = Math.max(0.3, ROOM / page.scrollWidth);
}
document.body.style.width = '';
return hosts.length;
