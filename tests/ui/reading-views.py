"""reading-views.py PREFIX STATE SCREENSHOTS LANGUAGE: what is read in Unread, or loses its star in Starred, stays until one goes elsewhere."""
import base64
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from listing import TOGGLE, begin, row, rows, select, subject, subjects  # noqa: E402
from scene import case, chosen, eventually, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402

NAMES = ['Subject one', 'Subject two', 'Subject three', 'Subject four', 'Subject five']  # the last one on top


def shown(scene, expected, what):
    """From the top down."""
    end = time.time() + 60
    while True:
        places = [(box[1], subject(node)) for node in rows(scene) if (box := node.extents)]  # one that has just gone has none
        found = [name for _, name in sorted(places)]
        if found == expected:
            return
        assert time.time() < end, f'{what}: {found}, not {expected}'
        time.sleep(.2)


def is_read(scene, name):
    eventually(lambda: not row(scene, name).name.startswith('Unread'), what=f'{name} is read')


def go(scene, view):
    scene.app.click('list item', '^' + words(view) + r'(, \d+ unread)?$')


@case
def what_is_read_stays_in_unread(scene):
    begin(scene, *NAMES)
    go(scene, 'Unread')
    scene.app.click(row(scene, 'Subject four'))
    is_read(scene, 'Subject four')
    scene.app.key('Down')
    is_read(scene, 'Subject three')
    time.sleep(1)
    shown(scene, NAMES[::-1], 'two were read')
    # By another program, too: it is looked at.
    server = lab.imap('alice')
    server.select('INBOX')
    server.store('5', '+FLAGS', r'(\Seen)')
    is_read(scene, 'Subject five')
    shown(scene, NAMES[::-1], 'another one was read elsewhere')
    # What goes away goes away, and the next one is read.
    scene.app.key('a')
    shown(scene, ['Subject five', 'Subject four', 'Subject two', 'Subject one'], 'one was archived')
    select(scene, ['Subject two'], 'the next one')
    is_read(scene, 'Subject two')
    scene.app.key('Up', 'a')
    shown(scene, ['Subject five', 'Subject two', 'Subject one'], 'the one before was archived')
    select(scene, ['Subject two'], 'the next one again')
    eventually(lambda: subjects('Archive') == ['Subject four', 'Subject three'], what='both in the archive')
    scene.shot('unread')
    # Elsewhere and back.
    go(scene, 'Inbox')
    shown(scene, ['Subject five', 'Subject two', 'Subject one'], 'the inbox')
    go(scene, 'Unread')
    shown(scene, ['Subject one'], 'what is still unread')

    # Starred: what loses its star there.
    go(scene, 'Inbox')
    server.select('INBOX')
    server.store('1:*', '+FLAGS', r'(\Flagged)')
    eventually(lambda: all('Starred' in node.name for node in rows(scene)), what='all are starred')
    go(scene, 'Starred')
    scene.app.click(row(scene, 'Subject two'))
    scene.app.key('s')
    eventually(lambda: 'Starred' not in row(scene, 'Subject two').name, what='one is not starred')
    time.sleep(1)
    shown(scene, ['Subject five', 'Subject two', 'Subject one'], 'one lost its star')
    scene.app.key('Delete')
    shown(scene, ['Subject five', 'Subject one'], 'it was thrown away')
    select(scene, ['Subject one'], 'the next one')
    scene.app.key('ctrl+z')
    go(scene, 'Inbox')
    go(scene, 'Starred')
    shown(scene, ['Subject five', 'Subject one'], 'what is starred')

    # The same with a filter.
    go(scene, 'Inbox')
    shown(scene, ['Subject five', 'Subject two', 'Subject one'], 'the inbox')
    scene.app.click(TOGGLE, '^Filters')
    scene.app.click(TOGGLE, '^Only starred')
    shown(scene, ['Subject five', 'Subject one'], 'the starred ones')
    scene.app.click(row(scene, 'Subject five'))
    scene.app.key('s')
    eventually(lambda: 'Starred' not in row(scene, 'Subject five').name, what='one is not starred any more')
    time.sleep(1)
    shown(scene, ['Subject five', 'Subject one'], 'it stays under the filter')
    scene.app.key('a')
    shown(scene, ['Subject one'], 'what was archived is gone')
    select(scene, ['Subject one'], 'the next one under the filter')
    scene.quit()


@case
def labels_are_seen(scene):
    begin(scene, 'Subject one', 'Subject two')
    server = lab.imap('alice')
    server.select('INBOX')
    korean = '&' + base64.b64encode('업무'.encode('utf-16-be')).decode().rstrip('=').replace('/', ',') + '-'
    server.store('1', '+FLAGS', f'($label1 Travel {korean} $MDNSent NonJunk)')
    server.store('2', '+FLAGS', '($label4)')
    eventually(lambda: row(scene, 'Subject one').name.endswith((', Important, Travel, 업무', ', Travel, Important, 업무', ', Important, 업무, Travel')),
               what=f'labels, not {row(scene, "Subject one").name}')
    eventually(lambda: row(scene, 'Subject two').name.endswith(', To Do'), what='another label')
    scene.shot('labels')
    # Taken off again, the last one too.
    server.store('1', '-FLAGS', '($label1)')
    server.store('2', '-FLAGS', '($label4)')
    eventually(lambda: 'Important' not in row(scene, 'Subject one').name and 'Travel' in row(scene, 'Subject one').name, what='one label less')
    eventually(lambda: 'To Do' not in row(scene, 'Subject two').name, what='no label')
    scene.quit()


if __name__ == '__main__':
    main(chosen([what_is_read_stays_in_unread, labels_are_seen]), finish)
