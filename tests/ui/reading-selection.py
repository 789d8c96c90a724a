"""reading-selection.py PREFIX STATE SCREENSHOTS LANGUAGE: what is selected in the message list, by keys, mouse and finger; and that
selection, place and keyboard stay where they are whatever happens to the list.  In the environment FINGER: the library with which a mouse is a finger."""
import imaplib
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from listing import TOGGLE, begin, message, row, rows, select, selected, subject  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

FINGER = os.environ['FINGER']
NAMES = ['Subject one', 'Subject two', 'Subject three', 'Subject four', 'Subject five']  # the last one on top


def has_focus(scene, name):
    eventually(lambda: [subject(node) for node in rows(scene) if node.has('focused')] == [name], what=f'the keyboard at {name}')


def places(scene):
    """Where the rows are that can be seen: {subject: y}."""
    pane = next(a for a in rows(scene)[0].ancestors if a.role == 'scroll pane').extents
    found = {subject(node): node.extents[1] for node in rows(scene)}
    return {name: y for name, y in found.items() if pane[1] <= y < pane[1] + pane[3] - 20}


def press(scene, node, seconds):
    x, y = scene.app.center(node)
    subprocess.run(['xdotool', 'mousemove', str(x), str(y), 'mousedown', '1', 'sleep', str(seconds), 'mouseup', '1'], check=True)


@case
def keys_mouse_and_finger_select(scene):
    begin(scene, *NAMES)
    scene.app.click(row(scene, 'Subject four'))
    scene.app.key('shift+Down', 'shift+Down')
    select(scene, NAMES[1:4], 'Shift and arrow keys')
    scene.app.key('shift+Up')
    select(scene, NAMES[2:4], 'Shift and arrow back')
    scene.app.key('ctrl+Up', 'ctrl+Up', 'ctrl+space')
    select(scene, NAMES[2:5], 'Ctrl and Space')
    scene.app.key('ctrl+space')
    select(scene, NAMES[2:4], 'Ctrl and Space again')
    scene.app.key('ctrl+a')
    select(scene, NAMES, 'Ctrl and A')
    scene.app.click(row(scene, 'Subject five'))
    scene.app.click(row(scene, 'Subject three'), modifier='shift')
    select(scene, NAMES[2:5], 'Shift and click')
    scene.app.click(row(scene, 'Subject one'), modifier='ctrl')
    select(scene, NAMES[2:5] + NAMES[:1], 'Ctrl and click')
    scene.app.click(row(scene, 'Subject two'))
    select(scene, ['Subject two'], 'a click')

    # The heading of a day is no part of the row below it.
    node = row(scene, 'Subject five')
    x, y = scene.app.center(node)
    top = y - node.extents[3] // 2
    subprocess.run(['xdotool', 'mousemove', str(x), str(top + 12), 'click', '1', 'sleep', '0.5', 'click', '3'], check=True)
    time.sleep(.5)
    assert selected(scene) == ['Subject two'], selected(scene)
    assert not scene.app.find('menu item', 'Archive'), 'a menu'
    scene.quit()

    os.environ['LD_PRELOAD'] = FINGER
    try:
        scene.start()
    finally:
        del os.environ['LD_PRELOAD']
    press(scene, row(scene, 'Subject three'), 1)
    scene.says('^1 selected')
    select(scene, ['Subject three'], 'a finger that stays')
    press(scene, row(scene, 'Subject five'), .05)
    scene.says('^2 selected')
    select(scene, ['Subject five', 'Subject three'], 'a finger that taps')
    scene.shot('checkboxes')
    press(scene, row(scene, 'Subject three'), .05)
    select(scene, ['Subject five'], 'a finger that taps again')
    scene.app.key('Escape')
    scene.app.wait_gone(None, '^What to Do with the Selected')
    scene.quit()


def unread(scene):
    return int(re.search(r'\d+', scene.app.wait('list item', r'^Inbox, \d+ unread').name).group())


def arrive(scene, content):
    count = unread(scene)
    scene.append('alice', 'INBOX', content)
    eventually(lambda: unread(scene) == count + 1, timeout=60, what='mail')
    time.sleep(.5)


def wheel(x, y):
    """To the end of the list; where a menu is just closing, it may take all of it."""
    subprocess.run(['xdotool', 'mousemove', str(x), str(y), 'click', '--repeat', '60', '5', 'sleep', '0.5'], check=True)
    return True


def order(scene, key):
    """Chosen from the menu by its mnemonic."""
    scene.app.click(TOGGLE, '^Order of the Messages')
    scene.app.wait(None, exact('_Ascending'))
    scene.app.key(key)
    scene.app.wait_gone(None, exact('_Ascending'))  # until then it takes whatever the mouse does


def with_menu(scene, name):
    """Opened by a right click at a row, and closed."""
    x, y = scene.app.center(row(scene, name))
    for _ in range(3):  # the first click after a menu and a key may be lost
        subprocess.run(['xdotool', 'mousemove', str(x), str(y), 'click', '3', 'sleep', '1.5'], check=True)
        if scene.app.find('menu item', exact('Arc_hive')):
            break
    scene.app.wait('menu item', exact('Arc_hive'))
    scene.app.key('Escape')
    scene.app.wait_gone('menu item', exact('Arc_hive'))


@case
def selection_place_and_keyboard_stay(scene):
    scene.empty('alice')
    names = [f'Subject {chr(97 + i // 26)}{chr(97 + i % 26)}' for i in range(40)]
    server = lab.imap('alice')
    for i, name in enumerate(names):
        days = (40 - i) / 8
        server.append('INBOX', None, imaplib.Time2Internaldate(time.time() - days * 86400),
                      message(name, days=days, sender=f'Person{(i * 7) % 40:02}'))
    scene.account()
    scene.start()
    scene.inbox()
    row(scene, names[-1])

    # Somewhere in the middle, the keyboard there.
    x, y = scene.app.center(row(scene, names[-3]))
    subprocess.run(['xdotool', 'mousemove', str(x), str(y), 'click', '--repeat', '8', '5', 'sleep', '1'], check=True)
    seen = places(scene)
    middle, keyboard = sorted(seen, key=seen.get)[3:5]
    scene.app.click(row(scene, middle))
    scene.app.key('shift+Down')
    chosen_ones = [middle, keyboard]
    select(scene, chosen_ones, 'two in the middle')
    has_focus(scene, keyboard)
    before = places(scene)
    assert names[-1] not in before, before
    marked = sorted(before, key=before.get)[5]

    def unmoved(what, only=None):
        select(scene, chosen_ones, what)
        has_focus(scene, keyboard)
        now = places(scene)
        moved = {name: (before[name], now.get(name)) for name in (only or before) if now.get(name) != before[name]}
        assert not moved, f'{what}: {moved}'

    arrive(scene, message('Subject new'))
    unmoved('new mail')

    server.select('INBOX')
    server.store('10:30', '+FLAGS', r'(\Flagged)')
    eventually(lambda: 'Starred' in row(scene, marked).name, what='marked by somebody else')
    unmoved('marking')
    server.store('10:30', '-FLAGS', r'(\Flagged)')
    eventually(lambda: 'Starred' not in row(scene, marked).name, what='unmarked by somebody else')

    subprocess.run(['doveadm', '-c', os.path.join(lab.state, 'dovecot', 'dovecot.conf'), 'kick', 'alice'], check=True, stdout=subprocess.DEVNULL)
    arrive(scene, message('Subject newer'))
    unmoved('a new start of the sync')

    # A reply brings one of the two to the top; what is seen stays there but for that row.
    arrive(scene, message('Subject reply', extra=f'In-Reply-To: <{middle.replace(" ", "-")}@lab.test>\r\n'))
    eventually(lambda: not scene.app.find('list item|table row', middle), what='the conversation at another place')
    scene.says('^2 selected')
    has_focus(scene, keyboard)
    assert len(set(before) & set(places(scene))) >= len(before) - 2, (before, places(scene))
    scene.shot('reply')

    # Another order: what was chosen stays in view, or comes there, with the keyboard.
    for what, away in (('s', False), ('u', True), ('d', True)):
        if away:
            eventually(lambda: wheel(x, y) and keyboard not in places(scene), what='it is scrolled away')
        before = places(scene)
        order(scene, what)
        eventually(lambda before=before: places(scene) != before, what='another order')
        eventually(lambda: {keyboard, 'Subject reply', middle} & set(places(scene)), what=f'what was chosen in view by {what}')
        scene.says('^2 selected')
        assert any(node.description == 'Today' for node in rows(scene)) == (what == 'd'), 'days without their order, or an order without its days'
    for _ in range(3):
        if any(node.has('focused') for node in rows(scene)):
            break
        scene.app.key('F6')
    assert {subject(node) for node in rows(scene) if node.has('focused')} < {keyboard, 'Subject reply'}, scene.app.tree()

    # A filter that it passes, and none again.
    server = lab.imap('alice')
    server.select('INBOX')
    server.store('1:*', '+FLAGS', r'(\Flagged)')
    scene.app.click(TOGGLE, '^Filters')
    scene.app.click(TOGGLE, '^Only starred')
    time.sleep(1)
    scene.says('^2 selected')
    scene.app.click(TOGGLE, '^Filters')
    scene.says('^2 selected')
    eventually(lambda: {keyboard, 'Subject reply'} & set(places(scene)), what='what was chosen in view without the filter')

    # At the top, the keyboard goes with its conversation.
    seen = places(scene)
    third = sorted(seen, key=seen.get)[2]
    scene.app.click(row(scene, third))
    # It is read at once, as its conversation is open: no count tells that it came.
    scene.append('alice', 'INBOX', message('Subject answer', extra=f'In-Reply-To: <{third.replace(" ", "-")}@lab.test>\r\n'))
    answered = eventually(lambda: [node for node in rows(scene) if 'Subject answer' in node.name], timeout=60, what='the conversation on top')[0]
    eventually(lambda: answered.has('focused', 'selected'), what='the keyboard at it')
    seen = places(scene)
    assert min(seen, key=seen.get) == 'Subject answer', seen

    # A menu far from the row that had the keyboard: its own row has it then, and nothing moves.
    seen = eventually(lambda: wheel(x, y) and 'Subject answer' not in (seen := places(scene)) and seen, what='it is scrolled away')
    here, below, other = sorted(seen, key=seen.get)[2:5]
    with_menu(scene, here)
    has_focus(scene, here)
    scene.app.key('Down')
    has_focus(scene, below)
    assert places(scene) == seen, (seen, places(scene))
    # Where the keyboard is elsewhere, it stays there.
    scene.app.key('F6')
    eventually(lambda: not any(node.has('focused') for node in rows(scene)), what='the keyboard elsewhere')
    with_menu(scene, other)
    time.sleep(.5)
    assert not any(node.has('focused') for node in rows(scene)), 'the menu took the keyboard into the list'
    scene.quit()


if __name__ == '__main__':
    main(chosen([keys_mouse_and_finger_select, selection_place_and_keyboard_stay]), finish)
