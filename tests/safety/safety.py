"""Nobody learns that a message was opened: the program with some hundred ways to phone home, on a network whose every packet is heard.

First the same vectors are shown by a web view as it comes, which proves that they are alive and that the ear hears what a web process
sends.  Then the program shows them, answers them, forwards them, keeps drafts of them: no name may be asked for, no packet sent, no
script run.  At last it may load pictures, and loads those of the message and nothing else.
"""
import html
import http.server
import os
import re
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'ui'))
sys.path.insert(0, HERE)
from scene import BASE, SCREENSHOTS, STATE, Scene, chosen, eventually, exact, finish, lab, words  # noqa: E402
from drive import run  # noqa: E402
from tap import main  # noqa: E402
import messages  # noqa: E402
import spoof  # noqa: E402
import vectors  # noqa: E402
from wire import Wire  # noqa: E402

UNGUARDED = os.environ['UNGUARDED']
PICTURES = 'pictures.books.lab.test'  # this computer's outer address

PAGES = messages.pages()
OTHERS = messages.mime_messages(len(vectors.all_vectors()))
NAMES = {number: (kind, code) for page in PAGES for number, kind, code in page} | {n: (k, '') for n, k, _ in OTHERS}
ALL_HTML = [messages.html_of(page) for page in PAGES]
LAST = f'page {len(PAGES) - 1}'
# One after the other as one page: what swallows the rest stands behind all of it
NO_ENDS = [[v for v in page if not vectors.all_vectors()[v[0]][1].endswith('{end}')] for page in PAGES]
TOGETHER = [messages.html_of(page) for page in NO_ENDS[:-1]] + [ALL_HTML[-1]]

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


# ---- the vectors ----

def frame(code):
    """What a vector needs to come alive: an address to stand at, no script where that is what it waits for, nobody above it to lead away."""
    before = '' if '<frame' in code else '<p title=a>a</p>'
    if re.search(r'"http:/?v', code):
        before = '<base href="https://unguarded.example/">'
    sandbox = ' sandbox="allow-same-origin"' if '<noscript><img' in code else ' sandbox="allow-scripts allow-same-origin"' if 'top' in code else ''
    return f'<iframe width=36 height=24{sandbox} srcdoc="{html.escape(before + code)}"></iframe>'


def start_unguarded():
    """Each vector in a frame of its own, in a web view as it comes; those whose connections are never answered keep no other waiting; and what
    only the page itself may ask for has one."""
    found = {'names': '', 'addresses': '', 'head': ''}
    for page in PAGES:
        for _, kind, code in page:
            found['addresses' if kind == 'address' else 'names'] += frame(code)
            if kind in ('head', 'link') and not re.search('http-equiv|autofocus|<base|<form', code):
                found['head'] += code
    paths = [os.path.join(STATE, f'{name}.html') for name in found]
    for path, content in zip(paths, found.values()):
        with open(path, 'w', encoding='utf-8') as file:
            file.write(content)
    return subprocess.Popen([UNGUARDED, *paths], stderr=subprocess.DEVNULL, start_new_session=True)


def end_unguarded(program):
    """With the processes that it started, which would go on for a moment: what they still send is nobody's leak."""
    os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    quiet_since = time.time()
    end = time.time() + 20
    while time.time() - quiet_since < 1:
        assert time.time() < end, 'what was ended goes on sending'
        if any(wire.take()):
            quiet_since = time.time()
        time.sleep(.1)


def fill_the_servers():
    scene.empty('alice')
    server = lab.imap('alice')
    for content in ([messages.many_parts('everything', TOGETHER, False), messages.many_parts('attached', ALL_HTML, True)]
                    + [messages.html_message('talk', page, messages.thread(i), f'talk{i}' if i else 'talk') for i, page in enumerate(ALL_HTML)]
                    + [content for _, _, content in OTHERS]
                    + [messages.html_message(f'page {i}', page) for i, page in enumerate(ALL_HTML)]):
        server.append('INBOX', None, None, content)
    server.logout()
    scene.account('alice', imap=BASE + 993, smtp=BASE + 465)


def vectors_are_alive_and_heard():
    """All but those of which vectors.py says why they are not."""
    wire.take()
    program = start_unguarded()
    fill_the_servers()
    reasons = {number: vectors.why_asleep(template) for number, (_, template) in enumerate(vectors.all_vectors())}
    awake, alive = {number for number, why in reasons.items() if not why}, set()
    end = time.time() + 40
    while awake - alive and time.time() < end:
        time.sleep(.2)
        alive |= {who for who in blame(*wire.take()) if isinstance(who, int)}
    end_unguarded(program)
    print(f'# {len(alive)} of {len(reasons)} vectors in HTML reach the network from a web view as it comes', flush=True)
    kinds = {kind: sum(1 for n in alive if NAMES[n][0] == kind) for kind in vectors.KINDS}
    print('# ' + ', '.join(f'{kind} {count}' for kind, count in kinds.items()), flush=True)
    for why in vectors.ASLEEP:
        print(f'# {sum(1 for n, reason in reasons.items() if reason == why and n not in alive)} asleep: {why}', flush=True)
    assert all(kinds.values()), f'a kind of which none is alive: {kinds}'
    assert not awake - alive, f'asleep, and nobody says why: {[NAMES[n] for n in awake - alive]}'


def what_is_read_is_what_is_quoted():
    """By the pixels, in the page that the program shows messages in: see seen.c."""
    done = subprocess.run([os.environ['SEEN'], os.environ['MODULE']], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    print('\n'.join('# ' + line for line in done.stdout.split('\n') if line), flush=True)
    quiet('messages that hide text')
    assert done.returncode == 0 and int(re.search(r'(\d+) messages, 0 shown', done.stdout)[1]) >= 40, 'see above'


def the_program_starts_quietly():
    scene.start()
    scene.inbox()
    eventually(lambda: rows(LAST), what='the messages in the list')
    time.sleep(1)
    quiet('the list')


# ---- what is done with them ----

def reading():
    """Each message in the reader, one after another, by the key for the next."""
    open_message(LAST, 2)  # with it WebKit starts
    scene.shot('first')
    quiet(LAST)
    for i in range(len(PAGES) - 2, -1, -1):
        scene.app.key('alt+Down')
        time.sleep(.5)
        quiet(f'page {i}')
    scene.shot('last-html')
    for _, _, _ in OTHERS:
        scene.app.key('alt+Down')
        time.sleep(.1)
    time.sleep(1)
    quiet('what MIME can do')
    # Nobody was told that a message was read, as some of them ask for
    assert not lab.messages('alice', 'Sent') and not lab.messages('alice', 'Drafts'), 'something was written by itself'


def a_conversation():
    """All of them, each in a page of its own; a page wakes when it comes near the screen."""
    scene.app.key('End')
    open_message('talk', .7)
    page = scene.app.wait(None, exact('Message as HTML'))
    x, y = scene.app.center(scene.app.wait('push button|toggle button', exact('Do Something With This Message')))
    run('xdotool', 'mousemove', str(x - 60), str(y + 200))
    cards = set()
    for _ in range(60):
        views = scene.app.root.find_all(None, exact('Message as HTML'))
        cards |= {view.ancestors[3].accessible for view in views}
        run('xdotool', 'click', '--repeat', '12', '--delay', '4', '5')
    scene.shot('conversation')
    quiet(f'a conversation, page {page.extents} of {len(cards)}')


def printing():
    """The conversation goes on paper, all of its messages at once; the dialog asks the print server of this computer."""
    wire.ports.add(631)
    scene.app.key('ctrl+p')
    scene.app.wait('dialog', exact('Print'))
    time.sleep(.5)
    scene.shot('print')
    quiet('paper')
    scene.app.click('push button', exact('_Cancel'))
    scene.app.wait_gone('dialog', exact('Print'))


def a_window_of_its_own():
    scene.app.key('End')  # from where the reader was scrolled to its end
    open_message('everything', 1)
    quiet('a message of many pages')
    scene.app.key('ctrl+Return')
    scene.app.wait('frame|window', '^everything$')
    time.sleep(1)
    scene.shot('window')
    scene.app.key('Escape')
    scene.app.wait_gone('frame|window', '^everything$')
    quiet('a window of its own')


def files_opened_inside():
    open_message('attached', .7)
    scene.app.click('push button|toggle button', r'^Open page0\.html')
    scene.app.wait('label', exact('page0.html'))
    time.sleep(1)
    quiet('page0.html')
    for i in range(1, len(PAGES)):
        scene.app.key('alt+Right')
        scene.app.wait('label', exact(f'page{i}.html'))
        time.sleep(.5)
        quiet(f'page{i}.html')
    scene.shot('file')
    scene.app.key('ctrl+w')


def answering_and_forwarding():
    """Of all vectors; that none of them swallowed the next is told by the words before each."""
    open_message('everything', .5)
    for key, what in (('ctrl+r', 'a reply'), ('ctrl+l', 'a forward')):
        scene.app.key(key)
        text = scene.app.wait('text', exact('Message text'), condition=lambda n: 'w000' in n.text).text
        time.sleep(.7)
        quiet(what)
        missing = [mark for page in NO_ENDS for mark in messages.marks_of(page) if mark not in text]
        assert not missing, f'{what} does not hold {missing}'
        scene.shot(what.split()[-1])
        scene.app.type('x')  # else there is nothing to keep
        time.sleep(.3)
        scene.app.key('ctrl+w')
        scene.composer_is_gone()
    quiet('drafts kept')


def lines():
    """Of the folded cards that are one's own."""
    return [node for node in scene.app.root.find_all('push button', '^Alice Lee, .*: ') if node.showing]


def a_draft_opened_again():
    """Both: they lie in Drafts, at the server, and answer one message, so they are one conversation."""
    scene.app.click('list item', words.folder('Drafts'))
    scene.app.click('list item|table row', '(Re|Fwd): everything')
    scene.app.wait('push button', exact('Edit Draft'), timeout=30)
    for i in range(2):
        scene.app.click('push button|toggle button', exact('More'))
        scene.app.wait(None, exact('F_old All')).act()
        scene.app.click(eventually(lambda: own if len(own := lines()) == 2 else None, what='a line for each draft')[i])
        scene.app.click('push button', exact('Edit Draft'), timeout=30)
        scene.app.wait('text', exact('Message text'), condition=lambda n: 'w000' in n.text)
        time.sleep(1)
        quiet('a draft opened again')
        scene.shot(f'draft-{i}')
        scene.app.key('ctrl+w')
        scene.composer_is_gone()
    scene.inbox()


def a_notification():
    folder = os.environ['SOSIK_SESSION']
    scene.app.look_away()
    scene.append('alice', 'INBOX', messages.many_parts('notified', TOGETHER, False))

    def told():
        with open(os.path.join(folder, 'notifications'), encoding='utf-8', errors='replace') as file:
            return 'notified' in file.read()
    eventually(lambda: os.path.exists(os.path.join(folder, 'notifications')) and told(), what='the notification')
    time.sleep(.5)
    scene.app.look_back()
    quiet('a notification and a preview')


# ---- messages that leave their place ----

def on_screen(node):
    x, y = scene.app.center(node)
    return x - node.extents[2] // 2, y - node.extents[3] // 2, node.extents[2], node.extents[3]


def cut(box, outer):
    left, top = max(box[0], outer[0]), max(box[1], outer[1])
    return left, top, max(0, min(box[0] + box[2], outer[0] + outer[2]) - left), max(0, min(box[1] + box[3], outer[1] + outer[3]) - top)


def check_places(kind, when):
    """What the second letter paints is on its own page and nowhere else; its neighbours look as they do."""
    shot = os.path.join(SCREENSHOTS, f'safety-spoof-{kind}-{when}.png')
    scene.app.screenshot(shot)
    button = scene.app.wait('push button|toggle button', exact('Do Something With This Message'))
    pane = on_screen(next(a for a in button.ancestors if a.role == 'scroll pane'))
    pages = sorted((on_screen(n) for n in scene.app.root.find_all(None, exact('Message as HTML'))), key=lambda box: box[1])
    headers = [on_screen(n) for n in scene.app.root.find_all('push button|toggle button', exact('Do Something With This Message'))]
    painted, green = spoof.box_of(shot, spoof.PAINT), spoof.box_of(shot, '#00ff00')
    places = [cut(page, pane) for page in pages]
    if painted:
        home = [place for place in places if spoof.is_within(painted, place)]
        assert home, f'{kind}, {when}: paint at {painted}, pages at {places}'
        for header in headers:
            over = cut(header, painted)
            assert min(over[2:]) < spoof.NEAR, f'{kind}, {when}: the buttons at {header} are painted over'
    assert green, f'{kind}, {when}: the letters beside it cannot be seen'
    return bool(painted)


def a_message_stays_in_its_place():
    for _, conversation in spoof.letters():
        for content in conversation:
            scene.append('alice', 'INBOX', content)
    scene.append('alice', 'INBOX', messages.message('above them', 'Content-Type: text/plain', 'a', later=9))
    scene.app.click('list item', '^Inbox')
    scene.app.click('list item', r'page \d')
    scene.app.key('Home')
    scene.app.wait('label', '^above them$')
    for kind, attacks in spoof.ATTACKS.items():
        scene.app.click('list item', f'spoof {kind}')
        eventually(lambda: len(scene.app.root.find_all(None, exact('Message as HTML'))) > 1, what='the letters')
        time.sleep(.8)
        painted = check_places(kind, 'top')
        x, y = scene.app.center(scene.app.wait('push button|toggle button', exact('Do Something With This Message')))
        run('xdotool', 'mousemove', str(x - 60), str(y + 200), 'click', '--repeat', '300', '--delay', '3', '5')
        time.sleep(.6)
        painted = check_places(kind, 'end') or painted
        assert painted, f'{kind}: nothing of {len(attacks)} attacks was to be seen at all'
        quiet(f'spoofing by {kind}')


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
    hostile = messages.html_of([v for page in NO_ENDS for v in page if v[1] not in ('picture', 'address') and not re.search('<img[^>]*src=.?http', v[2])])
    scene.append('alice', 'INBOX', messages.html_message('not allowed', f'<img src="{at}/other.png" width=50 height=50>'))
    scene.append('alice', 'INBOX', messages.html_message(
        'allowed', f'<p>words</p><img src="{at}/one.png" width=50 height=50><img src="{at}/two.png?a=1&amp;b=2" width=50 height=50>'
        f'<img src="{at}/away" width=50 height=50><img src="{at}/dot.gif" width=1 height=1><img src="{at}/wf/open?u=alice">'
        f'<img src="file:///etc/hostname" width=50 height=50>{private}<div style="background:url({at}/css.png)">a</div>'
        f'<img srcset="{at}/set.png 1x" src="{at}/three.png" width=50 height=50>' + hostile))
    scene.app.click('list item', '^Inbox')
    scene.app.click('list item', r'page \d')
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
    print(f'# figure: leak_vectors {len(NAMES)} count')
    print(f'# figure: leak_packets {len(leaks)} count', flush=True)
    finish()


if __name__ == '__main__':
    main(chosen([what_is_read_is_what_is_quoted, vectors_are_alive_and_heard, the_program_starts_quietly, reading, a_conversation, printing,
                 a_window_of_its_own, files_opened_inside, answering_and_forwarding, a_draft_opened_again, a_notification,
                 a_message_stays_in_its_place, pictures_that_are_allowed_and_nothing_else, nothing_to_complain]), end)
