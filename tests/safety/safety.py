"""Nobody learns that a message was opened: the program with some hundred ways to phone home, on a network whose every packet is heard.

First the same vectors are shown by a web view as it comes, which proves that they are alive and that the ear hears what a web process
sends.  Then the program shows them, answers them, forwards them, keeps drafts of them: no name may be asked for, no packet sent, no
script run.  At last it may load pictures, and loads those of the message and nothing else.
"""
import html
import http.server
import os
import re
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'ui'))
sys.path.insert(0, HERE)
from scene import BASE, SCREENSHOTS, STATE, Scene, eventually, exact, finish, lab  # noqa: E402
from drive import NotFound  # noqa: E402
from tap import main  # noqa: E402
import messages  # noqa: E402
import vectors  # noqa: E402
from wire import Wire  # noqa: E402

UNGUARDED = os.environ['UNGUARDED']
PICTURES = 'pictures.books.lab.test'  # this computer's outer address

GROUPS = messages.groups()
OTHERS = messages.mime_messages(len(vectors.all_vectors()))
NAMES = {number: (kind, code) for _, group in GROUPS for number, kind, code in group} | {n: (k, '') for n, k, _ in OTHERS}
# Where what is tried is not what the view does with a message but what is made of it, many vectors stand in one
LARGE = [g for _, group in GROUPS for g in group if '{end}' not in vectors.all_vectors()[g[0]][1]]
BATCHES = [LARGE[i:i + 140] for i in range(0, len(LARGE), 140)]

wire = Wire(STATE, [BASE + 993, BASE + 143])
scene = Scene('safety')
leaks = []


def blame(names, packets):
    """Which vectors these tell of."""
    found = {}
    for name in names:
        number = re.search(r'v(\d+)\.leak\.test$', name)
        found.setdefault(int(number[1]) if number else name, []).append('name')
    for what, address, port in packets:
        if what == 'dns':
            continue
        number = port - messages.FIRST_PORT
        found.setdefault(number if number in NAMES else f'{what} to {address}:{port}', []).append(what)
    return found


def quiet(place):
    """What was heard since the last time counts as leaked in `place`."""
    names, packets = wire.take()
    found = blame(names, packets)
    leaks.extend(packets)
    assert not found, f'{place}: ' + '; '.join(f'{what} by {who} {NAMES.get(who, "")}' for who, what in found.items())


def rows(prefix):
    return [n for n in scene.app.root.walk() if n.role == 'list item' and re.search(prefix, n.name)]


def open_message(subject, wait):
    scene.app.click('list item', re.escape(subject) + '(,|$| )')
    time.sleep(wait)


# ---- the tests ----

def vectors_are_alive_and_heard():
    wire.take()
    path = os.path.join(STATE, 'all.html')
    with open(path, 'w', encoding='utf-8') as file:
        for _, group in GROUPS:
            file.write('<iframe width=190 height=120 sandbox="allow-scripts allow-same-origin allow-forms" srcdoc="'
                       f'{html.escape(messages.html_of(group))}"></iframe>')
    program = subprocess.Popen([UNGUARDED, path], stderr=subprocess.DEVNULL)
    alive, end, last = set(), time.time() + 40, time.time() + 12
    while time.time() < min(end, last):
        time.sleep(.5)
        news = {who for who in blame(*wire.take()) if isinstance(who, int)} - alive
        if news:
            alive |= news
            last = time.time() + 3
    program.kill()
    program.wait()
    time.sleep(.5)
    wire.take()
    print(f'# {len(alive)} of {len(NAMES) - len(OTHERS)} vectors in HTML reach the network from a web view as it comes', flush=True)
    kinds = {kind: sum(1 for n in alive if NAMES[n][0] == kind) for kind in vectors.KINDS}
    print('# ' + ', '.join(f'{kind} {count}' for kind, count in kinds.items()), flush=True)
    assert all(kinds.values()) and len(alive) > 150, f'too few of them: {kinds}'


def what_is_read_is_what_is_quoted():
    """By the pixels, in the page that the program shows messages in: see seen.c."""
    done = subprocess.run([os.environ['SEEN'], os.environ['MODULE']], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    print('\n'.join('# ' + line for line in done.stdout.split('\n') if line), flush=True)
    quiet('messages that hide text')
    assert done.returncode == 0 and int(re.search(r'(\d+) messages, 0 shown', done.stdout)[1]) >= 40, 'see above'


def the_program_starts_quietly():
    scene.empty('alice')
    for batch in (BATCHES[:1]):
        scene.append('alice', 'INBOX', messages.html_message('large 0', messages.html_of(batch)))
    for _, _, content in OTHERS:
        scene.append('alice', 'INBOX', content)
    for name, group in GROUPS:
        scene.append('alice', 'INBOX', messages.html_message(name, messages.html_of(group)))
    scene.account('alice', imap=BASE + 993, smtp=BASE + 465)
    scene.start()
    scene.inbox()
    eventually(lambda: rows('css 6'), what='the messages in the list')
    time.sleep(1)
    quiet('the list')


def reading():
    """Each message in the reader, one after another, by the key for the next."""
    open_message(GROUPS[-1][0], 2.5)  # with it WebKit starts
    scene.shot('first')
    quiet(GROUPS[-1][0])
    for name, _ in reversed(GROUPS[:-1]):
        scene.app.key('alt+Down')
        time.sleep(.45)
        quiet(name)
    scene.shot('last-html')
    for _, _, _ in OTHERS:
        scene.app.key('alt+Down')
        time.sleep(.2)
    time.sleep(1)
    quiet('what MIME can do')


def answering_and_forwarding():
    scene.app.key('End')
    open_message('large 0', 1.5)
    quiet('a large message')
    for key, what in (('ctrl+r', 'a reply'), ('ctrl+l', 'a forward')):
        scene.app.key(key)
        scene.app.wait('text', exact('Message text'))
        time.sleep(1.5)
        quiet(what)
        scene.shot(what.split()[-1])
        scene.app.type('x')  # else there is nothing to keep
        time.sleep(.3)
        scene.app.key('ctrl+w')
        scene.app.click('push button', exact('_Save Draft'))
        scene.composer_is_gone()
    quiet('drafts kept')


def a_draft_opened_again():
    scene.outbox()
    time.sleep(1)
    scene.app.click('list item', '^(Re|Fwd): large 0')
    scene.app.wait('text', exact('Message text'))
    time.sleep(1.5)
    quiet('a draft opened again')
    scene.shot('draft')
    scene.app.key('ctrl+w')
    try:
        scene.app.click('push button', exact('_Save Draft'), timeout=3)
    except NotFound:
        pass  # it was not changed
    scene.composer_is_gone()


def a_notification():
    folder = os.environ['SOSIK_SESSION']
    scene.app.look_away()
    scene.append('alice', 'INBOX', messages.html_message('notified', messages.html_of(BATCHES[1])))
    def told():
        with open(os.path.join(folder, 'notifications'), encoding='utf-8', errors='replace') as file:
            return 'notified' in file.read()
    eventually(lambda: os.path.exists(os.path.join(folder, 'notifications')) and told(), what='the notification')
    time.sleep(.5)
    scene.app.look_back()
    quiet('a notification and a preview')


# ---- with pictures ----

PNG = bytes.fromhex('89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082'.replace(' ', ''))
asked = []


class Pictures(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        if self.path.startswith('/away'):
            self.send_response(302)
            self.send_header('Location', f'http://127.0.0.1:{messages.FIRST_PORT + 990}/')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header('Content-Type', 'image/png')
        self.send_header('Set-Cookie', 'seen=alice')
        self.send_header('Link', '<http://v991.leak.test/>; rel=preload')
        self.send_header('Refresh', '0;url=http://v992.leak.test/')
        self.send_header('Content-Length', str(len(PNG)))
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, *arguments):
        pass


def pictures_that_are_allowed_and_nothing_else():
    server = http.server.ThreadingHTTPServer((PICTURES, 80), Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    private = ''.join(f'<img src="http://{host}:{messages.FIRST_PORT + 980 + i}/">' for i, host in enumerate(
        ('127.0.0.1', 'localhost', '[::1]', '10.1.2.3', '192.168.1.1', '169.254.169.254', '[::ffff:127.0.0.1]', '2130706433')))
    at = f'http://{PICTURES}'
    hostile = messages.html_of([v for v in LARGE if v[1] in ('media', 'frame', 'head', 'svg', 'link', 'script', 'css')][:250])
    scene.append('alice', 'INBOX', messages.html_message('not allowed', f'<img src="{at}/other.png" width=50 height=50>'))
    scene.append('alice', 'INBOX', messages.html_message(
        'allowed', f'<p>words</p><img src="{at}/one.png" width=50 height=50><img src="{at}/two.png?a=1&amp;b=2" width=50 height=50>'
        f'<img src="{at}/away" width=50 height=50><img src="{at}/dot.gif" width=1 height=1><img src="{at}/wf/open?u=alice">'
        f'<img src="file:///etc/hostname" width=50 height=50>{private}<div style="background:url({at}/css.png)">a</div>'
        f'<img srcset="{at}/set.png 1x" src="{at}/three.png" width=50 height=50>' + hostile))
    scene.app.click('list item', '^Inbox')
    scene.app.click('list item', r'(mime|large|css) \d')
    scene.app.key('Home')
    scene.app.wait('list item', r'(, |^)allowed')
    time.sleep(1)
    wire.take()
    wire.ports.add(80)
    scene.app.click('list item', r'(, |^)allowed')
    time.sleep(2)
    quiet('a message with pictures, not yet allowed')
    assert not asked, asked
    scene.app.key('ctrl+i')
    eventually(lambda: len(asked) >= 4, what=f'pictures being fetched: {asked}')
    time.sleep(2)
    scene.shot('pictures')
    wire.names = [n for n in wire.names if n != PICTURES]
    quiet('a message with pictures, allowed')
    paths = sorted(path for path, _ in asked)
    assert paths == ['/away', '/one.png', '/three.png', '/two.png?a=1&b=2'], paths
    for path, headers in asked:
        told = set(headers) - {'host', 'accept', 'user-agent', 'accept-encoding', 'connection', 'accept-language'}
        assert not told, f'{path} was asked for with {told}'
        assert headers.get('user-agent') == 'Mozilla/5.0', headers
    asked.clear()
    scene.app.key('alt+Down')
    time.sleep(1.5)
    quiet('the message after the one with pictures')
    assert not asked, asked


def nothing_to_complain():
    scene.quit()
    quiet('the end')
    noise = [line for line in scene.noise() if re.search('CRITICAL|Sanitizer|assertion', line)]
    assert not noise, '\n'.join(noise[:20])


def end():
    scene.end()
    print(f'figure: leak_vectors {len(NAMES)} count')
    print(f'figure: leak_packets {len(leaks)} count', flush=True)
    finish()


if __name__ == '__main__':
    main([vectors_are_alive_and_heard, what_is_read_is_what_is_quoted, the_program_starts_quietly, reading, answering_and_forwarding, a_draft_opened_again,
          a_notification, pictures_that_are_allowed_and_nothing_else, nothing_to_complain], end)
