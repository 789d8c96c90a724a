/* The body of a function (head, body): puts a message at the end of the page.  `head` is ours; `body` is a clean document, which gets a tree of
 * its own: its style sheets end there. */
const section = document.createElement('section');
const top = document.createElement('header');
const cage = document.createElement('div');
const host = document.createElement('div');
top.innerHTML = head;
cage.className = 'cage';
cage.append(host);
section.append(top, cage);
const message = new DOMParser().parseFromString(body, 'text/html');
host.attachShadow({mode: 'open'}).append(document.importNode(message.documentElement, true));
/* The paper has its margins */
host.shadowRoot.querySelector('body').style.setProperty('margin', '0', 'important');
document.body.append(section);
