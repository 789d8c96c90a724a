"""What the tests of the message list share: plain messages, and what its rows show."""
import re
import time
from email.utils import formatdate

from scene import lab

TOGGLE = 'push button|toggle button'


def message(subject, days=0, sender='Bob', extra=''):
    return (f'From: {sender} <{sender.lower()}@lab.test>\r\nTo: alice@lab.test\r\nDate: {formatdate(time.time() - days * 86400)}\r\n'
            f'Message-ID: <{subject.replace(" ", "-")}@lab.test>\r\n{extra}Subject: {subject}\r\n\r\nText of {subject}.\r\n').encode()


def with_file(subject, sender, text='The plan is here.', extra=''):
    head = message(subject, sender=sender, extra=extra + 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n').partition(b'\r\n\r\n')[0]
    return head + (f'\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--x\r\nContent-Type: application/pdf\r\n'
                   'Content-Disposition: attachment; filename=plan.pdf\r\n\r\n%PDF-1.4\r\n--x--\r\n').encode()


def begin(scene, *names):
    scene.empty('alice')
    for name in names:
        scene.append('alice', 'INBOX', message(name))
    scene.account()
    scene.start()
    scene.inbox()
    for name in names:
        row(scene, name)


def row(scene, name):
    return scene.app.wait('list item|table row', re.escape(name))


def rows(scene):
    """What can be seen, whatever its order; the list is looked up once."""
    if getattr(scene, 'listed_of', None) is not scene.app:
        scene.listed, scene.listed_of = scene.app.wait('list|table', '^Messages$'), scene.app
    return scene.listed.find_all('list item|table row', 'Subject')


def subject(node):
    return re.search(r'Subject \w+', node.name).group()


def selected(scene):
    return sorted(subject(node) for node in rows(scene) if node.has('selected'))


def select(scene, expected, what):
    """Waits until just these are selected."""
    end = time.time() + 60
    while selected(scene) != sorted(expected):
        assert time.time() < end, f'{what}: {selected(scene)} are selected, not {sorted(expected)}'
        time.sleep(.2)


def subjects(folder):
    return sorted(str(found['Subject']) for _flags, found in lab.messages('alice', folder))
