"""reading-front.py PREFIX STATE SCREENSHOTS LANGUAGE: what is seen while HTML messages are opened, in the dark style: every one comes, however
fast one goes from one to the next; none is white before it is there; and the window lives while WebKit starts."""
import os
import re
import sys
import threading
import time
from email.utils import formatdate

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import run  # noqa: E402
from letters import menu  # noqa: E402
from scene import case, chosen, eventually, exact, finish  # noqa: E402
from screen import Screen  # noqa: E402
from tap import main  # noqa: E402

RED, GREEN, BLUE = (0xe0, 0x1b, 0x24), (0x33, 0xd1, 0x7a), (0x1a, 0x5f, 0xb4)
SCREEN = 1280, 800
STALL_MS = 400  # a turn of the loop that a person would feel as a stuck window, on a machine that is busy with other tests


def letter(number, body):
    return '\r\n'.join(['From: Bob Miller <bob@lab.test>', 'To: alice@lab.test', f'Date: {formatdate(time.time() - 60 * number)}',
                        f'Subject: Letter {number}', 'MIME-Version: 1.0', 'Content-Type: text/html; charset=utf-8', '', body]).encode()


def band(colour):
    return '<div style="height:160px;background:#%02x%02x%02x"></div>' % colour


def plain(colour):
    """A letter, which gets dark paper: it has no ground of its own anywhere."""
    edge = 'border-top:160px solid #%02x%02x%02x' % colour
    return f'<html><body><div style="{edge}"></div><p>Dear Alice,</p><p>{"many thanks for the notes. " * 20}</p></body></html>'


def designed(colour):
    """Has a ground of its own everywhere, and keeps it."""
    cells = ''.join(f'<tr><td bgcolor="#1a5fb4" style="color:#99c1f1;padding:12px">Part {i} of the programme</td></tr>' for i in range(60))
    return (f'<html><body bgcolor="#1a5fb4" style="margin:0;background:#1a5fb4">{band(colour)}'
            f'<table width="100%" bgcolor="#1a5fb4">{cells}</table></body></html>')


class Watch:
    """Looks at the area of the message as often as it can, and keeps how much of it was white at worst."""

    def __init__(self, screen, left, top, width, height, lines=10):
        self.screen, self.box, self.lines = screen, (left, top, width, height), lines
        self.worst, self.looks, self.running = 0, 0, True
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        left, top, width, height = self.box
        while self.running:
            white = 0
            for i in range(self.lines):
                line = self.screen.line(left, top + height * i // self.lines, width)
                white += sum(1 for at in range(0, len(line), 40) if min(line[at:at + 3]) >= 0xe8)
            self.worst = max(self.worst, white / (width / 10 * self.lines))
            self.looks += 1

    def end(self):
        self.running = False
        self.thread.join()
        return self.worst, self.looks


def prepare(scene, letters):
    scene.empty('alice')
    for number, body in enumerate(letters):
        scene.append('alice', 'INBOX', letter(number, body))
    scene.account('alice')
    scene.start()
    scene.inbox()
    rows = [scene.app.wait('list item|table row', f'Letter {number}') for number in range(len(letters))]
    places = [scene.app.center(row) for row in rows]
    right = places[0][0] + rows[0].extents[2] // 2
    window = scene.app._windows()[0]
    area = (right + 30, window['y'] + 190, window['x'] + window['width'] - right - 80, window['height'] - 260)
    return Screen(), places, area


def is_shown(screen, area, colour):
    left, top, width, height = area
    wanted = bytes((colour[2], colour[1], colour[0]))
    return any(wanted in screen.line(left, y, width) for y in range(top, top + height, 10))


@case
def whoever_goes_fast_from_message_to_message_sees_the_last(scene):
    screen, places, area = prepare(scene, [plain(RED), designed(GREEN), plain(BLUE)])
    colours = [RED, GREEN, BLUE]
    screen.click(*places[0])
    eventually(lambda: is_shown(screen, area, RED), what='the first message')
    pauses = [.02, .05, .1, .3, .6]
    for round_ in range(6):
        number = round_ % 3
        for step in (1, 2, 0):
            screen.click(*places[(number + step) % 3])
            time.sleep(pauses[(round_ + step) % len(pauses)])
        eventually(lambda: is_shown(screen, area, colours[number]), timeout=60, what=f'message {number}, round {round_}')
    scene.shot('last')
    scene.quit()


@case
def a_message_is_never_white_before_it_is_there(scene):
    screen, places, area = prepare(scene, [plain(RED), designed(GREEN), plain(BLUE)])
    colours = [RED, GREEN, BLUE]
    for number in (0, 1, 2, 0, 1):
        watch = Watch(Screen(), *area)
        try:
            screen.click(*places[number])
            eventually(lambda: is_shown(screen, area, colours[number]), timeout=60, what=f'message {number}')
            time.sleep(.3)
        finally:
            worst, looks = watch.end()
        print(f'# message {number}: {worst:.1%} white at worst, of {looks} looks', flush=True)
        assert looks > 20
        assert worst < .2, f'{worst:.0%} of the message was white while message {number} was opened'
    scene.quit()


def fetched(scene, contents, rows):
    """The program with these messages, which stand in so many rows."""
    scene.empty('alice')
    for content in contents:
        scene.append('alice', 'INBOX', content)
    scene.account('alice')
    scene.start()
    scene.inbox()
    eventually(lambda: len([n for n in scene.app.root.find_all('list item|table row') if 'Letter' in n.name]) == rows, what='the rows')


@case
def a_conversation_is_never_white_while_its_pages_come(scene):
    """Nor while one scrolls: a page wakes when it comes near the screen."""
    colours = [RED, GREEN, BLUE]

    def talk(name, kinds):
        first = f'Message-ID: <{name}@lab.test>\r\n'
        rest = f'References: <{name}@lab.test>\r\nIn-Reply-To: <{name}@lab.test>\r\n'
        return [(rest if i else first).encode() + letter(9 - i, kind(colours[i % 3])).replace(b'Subject: Letter %d' % (9 - i), f'Subject: Letter of {name}'.encode())
                for i, kind in enumerate(kinds)]
    fetched(scene, talk('Anna', [plain, designed, plain, designed, plain, designed]) + talk('Bert', [designed, plain, designed]), 2)
    rows = {name: scene.app.wait('list item|table row', f'Letter of {name}') for name in ('Anna', 'Bert')}
    places = {name: scene.app.center(row) for name, row in rows.items()}
    right = places['Anna'][0] + rows['Anna'].extents[2] // 2
    window = scene.app._windows()[0]
    area = (right + 30, window['y'] + 190, window['x'] + window['width'] - right - 80, window['height'] - 260)
    screen = Screen()
    for name in ('Anna', 'Bert', 'Anna'):
        watch = Watch(Screen(), *area)
        try:
            screen.click(*places[name])
            eventually(lambda: any(is_shown(screen, area, colour) for colour in colours), timeout=60, what=f'the conversation of {name}')
            scene.app.wait('label', f'^Letter of {name}$')  # so far it may have been the one before
            screen.move(area[0] + area[2] // 2, area[1] + area[3] // 2)
            seen = set()
            for _ in range(30):
                seen |= {colour for colour in colours if is_shown(screen, area, colour)}
                run('xdotool', 'click', '--repeat', '4', '--delay', '10', '5')
        finally:
            worst, looks = watch.end()
        print(f'# conversation of {name}: {worst:.1%} white at worst, of {looks} looks', flush=True)
        assert len(seen) == 3 and looks > 50, f'{len(seen)} of 3 letters were seen in {looks} looks'
        assert worst < .2, f'{worst:.0%} of the conversation was white'
    scene.shot('conversation')
    scene.quit()


def never_white(scene, what, title, open_it):
    """Looks at all of the screen while a window comes; the windows beside it are as dark."""
    screen = Screen()
    watch = Watch(Screen(), 0, 0, *SCREEN, lines=40)
    try:
        open_it()
        scene.app.wait('frame|window|dialog', title)
        window = eventually(lambda: next((w for w in scene.app._windows() if re.search(title, w['title'])), None), what=what)
        box = (max(window['x'], 0), max(window['y'], 0), min(window['width'], SCREEN[0]), min(window['height'], SCREEN[1]))
        eventually(lambda: is_shown(screen, box, GREEN), timeout=60, what=what)
        time.sleep(.5)
    finally:
        worst, looks = watch.end()
    share = worst * SCREEN[0] * SCREEN[1] / (box[2] * box[3])
    print(f'# {what}: {share:.1%} white at worst, of {looks} looks', flush=True)
    assert looks > 20
    assert share < .15, f'{share:.0%} of {what} was white'
    scene.shot(what.replace(' ', '-'))


@case
def a_window_of_its_own_is_never_white(scene):
    fetched(scene, [letter(0, plain(GREEN)), letter(1, designed(GREEN))], 2)
    for number in (0, 1):
        scene.app.click('list item|table row', f'Letter {number}')
        never_white(scene, f'window {number}', f'^Letter {number}$', lambda: scene.app.key('ctrl+Return'))
        scene.app.key('Escape')
        scene.app.wait_gone('frame|window', f'^Letter {number}$')
    scene.quit()


@case
def a_file_is_never_white_before_it_is_there(scene):
    """HTML and a message, in the window of attachments: the first, and the next by the key."""
    parts = [('text/html; charset=utf-8', 'plain.html', plain(GREEN)), ('text/html; charset=utf-8', 'designed.html', designed(GREEN)),
             ('message/rfc822', 'message.eml', letter(5, plain(GREEN)).decode())]
    body = ''.join(f'--b\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename={name}\r\n\r\n{content}\r\n' for kind, name, content in parts)
    fetched(scene, [letter(0, '').replace(b'Content-Type: text/html; charset=utf-8\r\n',
                                          b'Content-Type: multipart/mixed; boundary=b\r\n') + body.encode() + b'--b--\r\n'], 1)
    scene.app.click('list item|table row', 'Letter 0')
    scene.app.wait('push button|toggle button', '^Open plain[.]html')
    never_white(scene, 'a file', '^plain[.]html$', lambda: scene.app.click('push button|toggle button', '^Open plain[.]html'))
    for name in ('designed[.]html', 'message[.]eml'):
        never_white(scene, name.replace('[.]', ' '), f'^{name}$', lambda: scene.app.key('alt+Right'))
    scene.app.key('ctrl+w')
    scene.app.wait_gone('frame|window|dialog', '^message[.]eml$')
    scene.quit()


@case
def the_window_lives_while_webkit_starts(scene):
    """A question to the program is answered by its main loop."""
    screen, places, area = prepare(scene, [plain(RED)])
    begin, waits = screen.click(*places[0]), []
    while not waits or time.monotonic() < begin + 10:
        before = time.monotonic()
        assert scene.app.root.children
        waits.append((time.monotonic() - before) * 1000)
        if is_shown(screen, area, RED):
            break
        time.sleep(.005)
    assert is_shown(screen, area, RED)
    print(f'# shown after {(time.monotonic() - begin) * 1000:.0f} ms; the longest of {len(waits)} answers took {max(waits):.0f} ms', flush=True)
    assert max(waits) < STALL_MS, f'the window did not answer for {max(waits):.0f} ms'
    scene.quit()


@case
def a_page_needs_no_graphics_driver(scene):
    """Pages are painted by the processor, and a driver would take dozens of megabytes."""
    screen, places, area = prepare(scene, [plain(RED)])
    screen.click(*places[0])
    eventually(lambda: is_shown(screen, area, RED), what='the message')
    names, drivers = [], []
    for process in scene.app.family():
        with open(f'/proc/{process}/comm', encoding='utf-8') as comm, open(f'/proc/{process}/maps', encoding='utf-8') as maps:
            names.append(comm.read().strip())
            drivers += {(names[-1], name) for name in re.findall(r'/(libLLVM|libEGL_mesa|libgallium|[a-z0-9]+_dri\.so)', maps.read())}
    assert any(name.startswith('WebKitWebProces') for name in names), names
    assert not drivers, f'loaded: {drivers}'
    scene.quit()


def brightness(screen, area):
    """How much of a letter's beginning is white, and how much dark; the rest is its band."""
    left, top, width, height = *area[:3], 380
    pixels = [line[at:at + 3] for i in range(20) for line in [screen.line(left, top + height * i // 20, width)] for at in range(0, len(line), 40)]
    return (sum(min(p) >= 0xf8 for p in pixels) / len(pixels), sum(max(p) <= 0x40 for p in pixels) / len(pixels))


@case
def one_message_can_be_read_on_light_paper(scene):
    """By its menu, and only it, and again when one comes back; with the window as dark as before."""
    screen, places, area = prepare(scene, [plain(RED), designed(GREEN), plain(BLUE)])

    def shown(number, light):
        screen.click(*places[number])
        eventually(lambda: is_shown(screen, area, (RED, GREEN, BLUE)[number]), what=f'message {number}')
        is_on(light)

    def is_on(light):
        eventually(lambda: brightness(screen, area)[not light] > .35 and brightness(screen, area)[light] < .15, 5,
                   f'{"light" if light else "dark"} paper; white and dark: {brightness(screen, area)}')

    shown(0, False)
    menu(scene, 'Light _Background')
    is_on(True)
    scene.shot('light')
    assert sum(screen.pixel(places[2][0], places[2][1] + 100)) < 3 * 0x60, 'the list became light'
    shown(2, False)
    shown(0, True)
    menu(scene, 'Light _Background')
    is_on(False)
    screen.click(*places[1])
    eventually(lambda: is_shown(screen, area, GREEN), what='the designed message')
    scene.app.click('push button|toggle button', exact('Do Something With This Message'))
    scene.app.wait(None, exact('_View Source'))
    assert not scene.app.find(None, exact('Light _Background')), 'a designed message keeps its paper, and yet the verb is there'
    scene.app.key('Escape')
    scene.quit()


if __name__ == '__main__':
    main(chosen([whoever_goes_fast_from_message_to_message_sees_the_last, a_message_is_never_white_before_it_is_there,
                 a_conversation_is_never_white_while_its_pages_come, a_window_of_its_own_is_never_white, a_file_is_never_white_before_it_is_there,
                 the_window_lives_while_webkit_starts, a_page_needs_no_graphics_driver, one_message_can_be_read_on_light_paper]), finish)
