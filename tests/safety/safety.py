"""Nobody learns that a message was opened: the program with some hundred ways to phone home, on a network whose every packet is heard.

First the same vectors are shown by a web view as it comes, which proves that they are alive and that the ear hears what a web process
sends.  Then the program shows them, answers them, forwards them, keeps drafts of them: no name may be asked for, no packet sent, no
script run, while all of them come to be seen (traces.py).  At last it may load pictures, and loads those of the message and nothing else.
"""
import functools
import html
import http.server
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'ui'))
sys.path.insert(0, HERE)
from scene import BASE, SCREENSHOTS, STATE, Scene, chosen, eventually, exact, finish, lab, words  # noqa: E402
from drive import run  # noqa: E402
from letters import menu  # noqa: E402
from paper import printed  # noqa: E402
from tap import main  # noqa: E402
import messages  # noqa: E402
import spoof  # noqa: E402
import traces  # noqa: E402
import vectors  # noqa: E402
from wire import Wire  # noqa: E402

UNGUARDED = os.environ['UNGUARDED']
PICTURES = 'pictures.books.lab.test'  # this computer's outer address

PAGES = messages.pages()
OTHERS = messages.mime_messages(len(vectors.all_vectors()))
NAMES = {number: (kind, code) for page in PAGES for number, kind, code in page} | {n: (k, '') for n, k, _ in OTHERS}
ALL_HTML = [messages.html_of(page) for page in PAGES]
AS_HTML = messages.seen_as_html(len(vectors.all_vectors()))
LAST = f'page {len(PAGES) - 1}'
# One after the other as one page: what swallows the rest stands behind all of it
NO_ENDS = [[v for v in page if not vectors.all_vectors()[v[0]][1].endswith('{end}')] for page in PAGES]
TOGETHER = [messages.html_of(page) for page in NO_ENDS[:-1]] + [ALL_HTML[-1]]
OWN_PICTURES = {(61, 41): (0, 0x80, 0), (53, 31): (0x80, 0, 0)}  # sizes, colours: the one in a part and the one within the HTML

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


def on_screen(node):
    x, y = scene.app.center(node)
    return x - node.extents[2] // 2, y - node.extents[3] // 2, node.extents[2], node.extents[3]


def watch_reader():
    """Looks down the middle of what is read, in the window that is in front."""
    button = scene.app.wait('push button|toggle button', exact('Do Something With This Message'))
    return watch(on_screen(next(a for a in button.ancestors if a.role == 'scroll pane')))


def watch(box):
    left, top, width, height = box
    run('xdotool', 'mousemove', str(left + 24), str(top + height // 2))  # beside what is written: no link is under it, whose target would be shown below
    return traces.Watch(left + width // 2, top, height)


def window_on_screen(title):
    """What is below the headers of a window that was opened for one thing."""
    window = next(w for w in scene.app._windows() if w['title'] == title)
    left, right, top, bottom = window['frame']
    return (window['x'] + left, window['y'] + top + 60, window['width'] - left - right, window['height'] - top - bottom - 60)


def numbers_of(pages):
    return [number for page in pages for number, _, _ in page]


def look_through(place, seen, numbers):
    """Turns the wheel until all these vectors, which stand in this order, came to be seen; and back where the screen missed some."""
    at, still, stuck, down, last = {number: i for i, number in enumerate(numbers)}, 0, 0, True, None
    while not seen.has(set(numbers), 1 if stuck else .05):  # at the end a glow lies over the last lines for a while
        assert not seen.ran, f'{place}: a script painted'  # over all that is missed
        missed = min(at[number] for number in set(numbers) - seen.found)
        here = [at[number] for number in seen.now if number in at]
        down = min(here) < missed if here else down
        stuck = stuck + 1 if here == last else 0
        last, before = here, len(seen.found)
        run('xdotool', 'click', '--repeat', '5', '--delay', '6', '5' if down else '4')
        still = still + 1 if len(seen.found) == before else 0
        if still == 80 or stuck == 12:
            scene.shot('never')
            raise AssertionError(f'{place}: never laid out: {[NAMES[n] for n in sorted(set(numbers) - seen.found)]}')


def no_script(place, seen=None):
    """By what is painted, and the titles of the windows."""
    assert not (seen and seen.ran), f'{place}: a script painted'
    assert not traces.area_of(traces.TRACE), f'{place}: a script painted'
    assert not [w['title'] for w in scene.app._windows() if re.search('ran', w['title'])], f'{place}: a script named the window'


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
                    + [messages.with_pictures('talk', [traces.picture(*size, colour) for size, colour in OWN_PICTURES.items()], messages.thread(1))]
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
    painted = traces.area_of(traces.TRACE) // (36 * 24)
    end_unguarded(program)
    print(f'# {painted} scripts paint their frame there', flush=True)
    assert painted >= 20, 'scripts that paint are not alive'
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

def to_the_end():
    """Of the list, where the messages of many vectors are; cases that were left out (ONLY) did not go there."""
    if scene.app.find('list item', 'attached(,|$| )'):
        return
    scene.app.click('list item', '^Inbox')
    scene.app.click('list item', r'page \d')
    scene.app.key('End')
    scene.app.wait('list item', 'attached(,|$| )')
    time.sleep(.5)


def reading():
    """Each message in the reader, one after another, by the key for the next.
    Seen red: with one script left in what is cleaned, and script from the page switched on."""
    open_message(LAST, 2)  # with it WebKit starts
    scene.shot('first')
    quiet(LAST)
    seen = watch_reader()
    for i in range(len(PAGES) - 1, -1, -1):
        look_through(f'page {i}', seen, numbers_of([PAGES[i]]))
        quiet(f'page {i}')
        if i > 0:
            scene.app.key('alt+Down')
    scene.shot('last-html')
    no_script('pages', seen)
    seen.found.clear()
    subject = scene.app.wait('label', '^page 0$')
    for number, _, _ in reversed(OTHERS):
        scene.app.key('alt+Down')
        eventually(lambda: subject.name == f'mime {number}', what=f'mime {number} in the reader: {subject.name}')
        if number in AS_HTML:
            seen.has({number}, 5)
    assert seen.found >= AS_HTML, f'never laid out: {[NAMES[n] for n in sorted(AS_HTML - seen.found)]}'
    print(f'# {len(seen.found)} of {len(OTHERS)} messages of MIME were seen as HTML', flush=True)
    time.sleep(.5)
    seen.end()
    no_script('what MIME can do', seen)
    quiet('what MIME can do')
    # Nobody was told that a message was read, as some of them ask for
    assert not lab.messages('alice', 'Sent') and not lab.messages('alice', 'Drafts'), 'something was written by itself'


def a_conversation():
    """All of them, each in a page of its own; a page wakes when it comes near the screen."""
    scene.app.key('End')
    open_message('talk', .7)
    seen = watch_reader()
    look_through('a conversation', seen, numbers_of(PAGES))
    seen.end()
    no_script('a conversation', seen)
    scene.shot('conversation')
    quiet('a conversation')


def printing():
    """The conversation goes on paper, all of its messages at once; the dialog asks the print server of this computer."""
    wire.ports.add(631)
    scene.app.key('ctrl+p')
    paper = printed(scene, 'talk')
    quiet('paper')
    no_script('paper')
    missing = [mark for page in PAGES for mark in messages.marks_of(page) if mark not in paper.text]
    assert not missing, f'not on paper: {missing}'
    found, ran = traces.bars_on_paper(paper.path)
    lacking = set(numbers_of(PAGES)) - found
    assert not lacking, f'not laid out on paper: {[NAMES[n] for n in sorted(lacking)]}'
    assert not ran and traces.WORD not in paper.text, 'a script painted on paper'
    print(f'# {len(paper.pages)} pages', flush=True)
    check_pictures(paper, OWN_PICTURES)


def check_pictures(paper, sizes):
    on_paper = {tuple(map(int, line.split()[3:5])) for line in paper.images().splitlines()[2:]}
    assert on_paper >= set(sizes), f'pictures of {set(sizes)} do not all stand on paper, only {on_paper}'


def a_window_of_its_own():
    scene.app.key('End')  # from where the reader was scrolled to its end
    open_message('everything', 1)
    quiet('a message of many pages')
    scene.app.key('ctrl+Return')
    scene.app.wait('frame|window', '^everything$')
    seen = watch(window_on_screen('everything'))
    look_through('a window of its own', seen, numbers_of(NO_ENDS[:2]))
    seen.end()
    no_script('a window of its own', seen)
    scene.shot('window')
    scene.app.key('Escape')
    scene.app.wait_gone('frame|window', '^everything$')
    quiet('a window of its own')


def files_opened_inside():
    """Seen red: with the same as reading ()."""
    to_the_end()
    open_message('attached', .7)
    scene.app.click('push button|toggle button', r'^Open page0\.html')
    scene.app.wait('label', exact('page0.html'))
    seen = watch(window_on_screen('page0.html'))
    for i, page in enumerate(PAGES):
        if i > 0:
            scene.app.key('alt+Right')
            scene.app.wait('label', exact(f'page{i}.html'))
        look_through(f'page{i}.html', seen, numbers_of([page]))
        quiet(f'page{i}.html')
    seen.end()
    no_script('a file', seen)
    scene.shot('file')
    scene.app.key('ctrl+w')


def holds_all(what, text):
    """Of the message of all vectors, and nothing that a script wrote."""
    missing = [mark for page in NO_ENDS for mark in messages.marks_of(page) if mark not in text]
    assert not missing, f'{what} does not hold {missing}'
    assert traces.WORD not in text, f'{what} holds what a script wrote'
    no_script(what)


def answering_and_forwarding():
    """Of all vectors; that none of them swallowed the next is told by the words before each."""
    to_the_end()
    open_message('everything', .5)
    for key, what in (('ctrl+r', 'a reply'), ('ctrl+l', 'a forward')):
        scene.app.key(key)
        text = scene.app.wait('text', exact('Message text'), condition=lambda n: 'w000' in n.text).text
        time.sleep(.7)
        quiet(what)
        holds_all(what, text)
        scene.shot(what.split()[-1])
        scene.app.type('x')  # else there is nothing to keep
        time.sleep(.3)
        scene.app.key('ctrl+w')
        scene.composer_is_gone()
    quiet('drafts kept')


def lines():
    """Of the folded cards that are one's own."""
    return [node for node in scene.app.root.find_all('push button', '^Alice Lee, .*: ') if node.showing]


def check_draft(name):
    """Opens the one that is read and closes it again."""
    scene.app.click('push button', exact('Edit Draft'), timeout=30)
    text = scene.app.wait('text', exact('Message text'), condition=lambda n: 'w000' in n.text).text
    time.sleep(1)
    quiet('a draft opened again')
    holds_all('a draft opened again', text)
    scene.shot(name)
    scene.app.key('ctrl+w')
    scene.composer_is_gone()


def a_draft_opened_again():
    """Both: they lie in Drafts, at the server, and answer one message, so they are one conversation.  Seen red: with a name that is looked up as
    one is opened, and with a text that ends early."""
    scene.app.click('list item', words.folder('Drafts'))
    scene.app.click('list item|table row', '(Re|Fwd): everything')
    scene.app.wait('push button', exact('Edit Draft'), timeout=30)
    for i in range(2):
        scene.app.click('push button|toggle button', exact('More'))
        scene.app.wait(None, exact('F_old All')).act()
        scene.app.click(eventually(lambda: own if len(own := lines()) == 2 else None, what='a line for each draft')[i])
        check_draft(f'draft-{i}')
    scene.inbox()


def a_notification():
    """Of a letter for each vector: they are told of, together or alone, and each has a preview in the list."""
    path = os.path.join(os.environ['SOSIK_SESSION'], 'notifications')
    scene.app.look_away()
    before = os.path.getsize(path) if os.path.exists(path) else 0
    templates = [template for _, template in vectors.all_vectors()]
    server = lab.imap('alice')
    for number, template in enumerate(templates):
        server.append('INBOX', None, None, messages.single(number, template))
    server.logout()

    def told():
        with open(path, encoding='utf-8', errors='replace') as file:
            file.seek(before)
            return file.read()

    def previews():
        database = sqlite3.connect(f'file:{os.path.join(scene.profile, "data", "mail.db")}?mode=ro', uri=True)
        found = database.execute("SELECT subject, preview FROM message WHERE subject LIKE 'alone%'").fetchall()
        database.close()
        return {int(subject[5:8]): preview for subject, preview in found if preview is not None}

    def counted():
        """One that came alone is told by its sender."""
        return sum(int(count) for count in re.findall(r'^(\d+) new messages \|', told(), re.M)) + len(re.findall(r'^Somebody \| alone', told(), re.M))
    eventually(lambda: len(previews()) == len(templates), timeout=60, what='a preview of each')
    eventually(lambda: counted() > 0, what=f'a notification: {told()[-300:]}')
    wrong = {number: preview for number, preview in previews().items() if not preview.startswith(f'w{number:03} {messages.WORDS}') or traces.WORD in preview}
    assert not wrong, wrong
    assert traces.WORD not in told(), told()
    scene.app.look_back()
    scene.shot('previews')
    quiet('notifications and previews')
    no_script('notifications and previews')


# ---- messages that leave their place ----

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

SIZE = 61, 41
COLOURS = {'one': (0xb0, 0x10, 0x20), 'two': (0x10, 0xb0, 0x20), 'three': (0x10, 0x20, 0xb0), 'mine': (0xb0, 0xb0, 0x20), 'same': (0xb0, 0x20, 0xb0)}
OTHER_COLOUR = 0x20, 0xb0, 0xb0  # of what nobody may ask for
AT = f'http://{PICTURES}'
asked = []


class Pictures(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        if self.path.startswith('/away'):
            self.send_response(302)
            self.send_header('Location', f'http://127.0.0.1:{messages.FIRST_PORT + 990}/')
            self.end_headers()
            return
        png = traces.picture(*SIZE, COLOURS.get(re.match(r'/(\w*)', self.path)[1], OTHER_COLOUR))
        self.send_response(200)
        self.send_header('Content-Type', 'image/png')
        self.send_header('Set-Cookie', 'seen=alice')
        self.send_header('Link', '<http://v991.leak.test/>; rel=preload')
        self.send_header('Refresh', '0;url=http://v992.leak.test/')
        self.send_header('Content-Length', str(len(png)))
        self.end_headers()
        self.wfile.write(png)

    def log_message(self, *arguments):
        pass


@functools.cache
def serve_pictures():
    """From now on; and one may ask for them, and for the print server."""
    server = http.server.ThreadingHTTPServer((PICTURES, 80), Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wire.ports |= {80, 631}


def quiet_but_pictures(place):
    wire.names = [n for n in wire.names if n != PICTURES]
    quiet(place)


def were_asked(wanted):
    """These and nothing else, once each, by somebody of whom nothing is told."""
    eventually(lambda: len(asked) >= len(wanted), what=f'pictures being fetched: {asked}')
    time.sleep(1.5)
    paths = sorted(path for path, _ in asked)
    assert paths == sorted(wanted), paths
    for path, headers in asked:
        told = set(headers) - {'host', 'accept', 'user-agent', 'accept-encoding', 'connection', 'accept-language'}
        assert not told, f'{path} was asked for with {told}'
        assert headers.get('user-agent') == 'Mozilla/5.0', headers
    asked.clear()


def painted_pictures():
    """{name: how many of it are on the screen, to a half}"""
    count = {name: traces.area_of(colour) / (SIZE[0] * SIZE[1]) for name, colour in {**COLOURS, 'other': OTHER_COLOUR}.items()}
    return {name: round(n * 2) / 2 for name, n in count.items() if n > .2}


def harmless_beside_pictures(pages):
    """The vectors but those that are pictures, which may be asked for then."""
    return messages.html_of([v for page in pages for v in page if v[1] not in ('picture', 'address') and not re.search('<img[^>]*src=.?http', v[2])])


def to_the_top(pattern):
    scene.app.click('list item', '^Inbox')
    scene.app.click('list item', r'page \d')
    scene.app.key('Home')
    scene.app.wait('list item', pattern)
    time.sleep(1)
    wire.take()


def pictures_that_are_allowed_and_nothing_else():
    serve_pictures()
    private = ''.join(f'<img src="http://{host}:{messages.FIRST_PORT + 980 + i}/">' for i, host in enumerate(
        ('127.0.0.1', 'localhost', '[::1]', '10.1.2.3', '192.168.1.1', '169.254.169.254', '[::ffff:127.0.0.1]', '2130706433')))
    size = 'width={} height={}'.format(*SIZE)
    scene.append('alice', 'INBOX', messages.html_message('not allowed', f'<img src="{AT}/other.png" {size}>'))
    scene.append('alice', 'INBOX', messages.html_message(
        'allowed', f'<p>words</p><img src="{AT}/one.png" {size}><img src="{AT}/two.png?a=1&amp;b=2" {size}>'
        f'<img src="{AT}/away" {size}><img src="{AT}/dot.gif" width=1 height=1><img src="{AT}/wf/open?u=alice">'
        f'<img src="file:///etc/hostname" {size}>{private}<div style="background:url({AT}/css.png)">a</div>'
        f'<img srcset="{AT}/set.png 1x" src="{AT}/three.png" {size}>' + harmless_beside_pictures(NO_ENDS)))
    to_the_top(r'(, |^)allowed')
    scene.app.click('list item', r'(, |^)allowed')
    time.sleep(2)
    quiet('a message with pictures, not yet allowed')
    assert not asked, asked
    assert not painted_pictures(), painted_pictures()
    scene.app.key('ctrl+i')
    were_asked(['/away', '/one.png', '/three.png', '/two.png?a=1&b=2'])
    assert painted_pictures() == {'one': 1, 'two': 1, 'three': 1}, painted_pictures()
    scene.shot('pictures')
    quiet_but_pictures('a message with pictures, allowed')
    scene.app.key('ctrl+p')
    paper = printed(scene, 'allowed')
    on_paper = [tuple(map(int, line.split()[3:5])) for line in paper.images().splitlines()[2:]]
    assert on_paper.count(SIZE) >= 3, f'on paper are pictures of {on_paper}'
    assert {path for path, _ in asked} <= {'/away', '/one.png', '/three.png', '/two.png?a=1&b=2'}, asked
    asked.clear()
    quiet_but_pictures('a message with pictures, on paper')
    scene.app.key('alt+Down')
    time.sleep(1.5)
    quiet('the message after the one with pictures')
    assert not asked, asked
    assert not painted_pictures(), painted_pictures()


def pictures_of_one_message_of_a_conversation():
    """Of three beside each other, which share the process that paints them.  The others ask for its pictures, too, and by the addresses
    that the program gives them.  Seen red: with addresses left in what was not allowed, and a page that gives pictures as soon as another one may."""
    serve_pictures()
    size = 'width={} height={}'.format(*SIZE)
    theirs = ''.join(f'<img src="{url}" {size}>' for url in (
        f'{AT}/same.png', f'{AT}/mine.png', f'sosik-remote:{AT}/mine.png', f'sosik-remote:{urllib.parse.quote(AT, "")}%2Fmine.png', 'sosik-remote:0', 'sosik-remote:1'))
    bodies = [theirs + f'<img src="{AT}/first.png" {size}>', f'<img src="{AT}/mine.png" {size}><img src="{AT}/same.png" {size}>',
              theirs + f'<img src="{AT}/last.png" {size}>' + harmless_beside_pictures(NO_ENDS[3:5])]
    for i, body in enumerate(bodies):
        headers = 'References: <album0@leak.test>\r\nIn-Reply-To: <album0@leak.test>\r\n' if i else ''
        scene.append('alice', 'INBOX', messages.html_message('album', f'<p>letter {i}</p>' + body, headers, f'album{i}'))
    to_the_top('album')
    scene.app.click('list item', 'album')

    def buttons():
        found = scene.app.root.find_all('push button', exact('Show Images'))
        return sorted(found, key=lambda node: on_screen(node)[1]) if len(found) == len(bodies) else None
    three = eventually(buttons, what='three messages that ask')
    time.sleep(1.5)
    quiet('a conversation with pictures, none allowed')
    assert not asked and not painted_pictures(), (asked, painted_pictures())
    scene.app.click(three[1])
    were_asked(['/mine.png', '/same.png'])
    scene.shot('one-of-three')
    assert painted_pictures() == {'mine': 1, 'same': 1}, painted_pictures()
    quiet_but_pictures('a conversation with pictures, one message allowed')
    # Another one that is shown again asks for them once more, where the process that paints both has them
    menu(scene, 'F_old', 2)
    scene.app.click(eventually(lambda: scene.app.find('push button', ': letter 2'), what='the last letter as a line'))
    eventually(lambda: len(scene.app.root.find_all(None, exact('Message as HTML'))) == 3, what='three letters')
    time.sleep(1.5)
    assert not asked and painted_pictures() == {'mine': 1, 'same': 1}, (asked, painted_pictures())
    quiet_but_pictures('one of them shown again')
    seen = watch_reader()
    run('xdotool', 'click', '--repeat', '200', '--delay', '6', '5')
    time.sleep(1)
    seen.end()
    no_script('a conversation with pictures', seen)
    quiet_but_pictures('a conversation with pictures, to its end')
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
                 a_window_of_its_own, files_opened_inside, answering_and_forwarding, a_draft_opened_again,
                 a_message_stays_in_its_place, pictures_that_are_allowed_and_nothing_else, pictures_of_one_message_of_a_conversation,
                 a_notification, nothing_to_complain]), end)
