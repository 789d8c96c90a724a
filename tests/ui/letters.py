"""Letters for the tests of reading, and the ways to them in the window."""
import imaplib
import re
import time
import zlib
from email.utils import formatdate

from drive import run
from scene import exact, lab

BEGIN = time.time() - 5 * 86400


def letter(subject, body, sender='Bob Miller <bob@lab.test>', to='alice@lab.test', kind='text/plain', hour=0, name=None, answers=()):
    lines = [f'From: {sender}', f'To: {to}', f'Date: {formatdate(BEGIN + hour * 3600)}', f'Subject: {subject}', 'MIME-Version: 1.0',
             f'Content-Type: {kind}; charset=utf-8', 'Content-Transfer-Encoding: 8bit']
    if name:
        lines.append(f'Message-ID: <{name}@lab.test>')
    if answers:
        lines += ['References: ' + ' '.join(f'<{a}@lab.test>' for a in answers), f'In-Reply-To: <{answers[-1]}@lab.test>']
    return '\r\n'.join(lines + ['', body.replace('\n', '\r\n')]).encode()


def png(width, height, colour=None):
    """A picture of one colour; None: red grows from left to right, and the rest is (130, 170)."""
    def chunk(kind, data):
        return len(data).to_bytes(4, 'big') + kind + data + zlib.crc32(kind + data).to_bytes(4, 'big')
    row = b'\0' + (bytes(colour) * width if colour else bytes((i * 255 // width, 130, 170)[c] for i in range(width) for c in range(3)))
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', width.to_bytes(4, 'big') + height.to_bytes(4, 'big') + b'\x08\x02\0\0\0')
            + chunk(b'IDAT', zlib.compress(row * height)) + chunk(b'IEND', b''))


def deliver(letters, folder='INBOX', seen=0):
    """Into alice's mailbox, one received an hour after the other; the first ones are read."""
    server = lab.imap('alice')
    for i, content in enumerate(letters):
        server.append(folder, '\\Seen' if i < seen else None, imaplib.Time2Internaldate(BEGIN + i * 3600), content)
    server.logout()


def ready(scene):
    scene.account('alice')
    scene.start()
    scene.inbox()


def row(scene, subject):
    return scene.app.wait('list item|table row', re.escape(subject))


def reader(scene):
    """The scroll of the reader: the one that holds the menu of a message."""
    button = scene.app.wait('push button|toggle button', exact('Do Something With This Message'))
    return next(a for a in button.ancestors if a.role == 'scroll pane')


def scroll(scene, times, button):
    """Turns the wheel over the reader: 4 is up, 5 down."""
    x, y = scene.app.center(reader(scene))
    run('xdotool', 'mousemove', str(x), str(y))
    turn_wheel(times, button)
    time.sleep(.4)


def turn_wheel(times, button):
    """Where the pointer is."""
    for _ in range(times):
        run('xdotool', 'click', str(button))
        time.sleep(.03)


def menu(scene, label, card=0):
    """Of an open message, counted from above: a folded one has none."""
    name = exact('Do Something With This Message')
    scene.app.wait('push button|toggle button', name)
    buttons = [node for node in scene.app.root.find_all('push button|toggle button', name) if not node.parent.matches(None, name)]
    scene.app.click(buttons[card])
    scene.app.wait('menu item', exact(label)).act()
