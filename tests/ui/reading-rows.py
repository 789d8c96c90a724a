"""reading-rows.py PREFIX STATE SCREENSHOTS LANGUAGE: conversations joined from the message list; a long list dragged by its bar;
labels of Gmail.  In the environment FILL: the program that makes a profile; MODEL: the model server.
"""
import os
import re
import socket
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from listing import TOGGLE, begin, message, row, rows, select, subject  # noqa: E402
from scene import STATE, TOOLS, case, chosen, eventually, exact, finish, words  # noqa: E402
from tap import main  # noqa: E402

NAMES = ['Subject one', 'Subject two', 'Subject three']  # the last one on top
JOIN = exact('Joi_n Conversations')


def joined(scene):
    eventually(lambda: sorted(words('2 messages') in node.name for node in rows(scene)) == [False, True], what='one conversation of two')


def apart(scene):
    eventually(lambda: sorted(subject(node) for node in rows(scene)) == sorted(NAMES), what='three conversations')
    assert not any(words('2 messages') in node.name for node in rows(scene))


@case
def several_conversations_are_joined(scene):
    begin(scene, *NAMES)
    scene.app.click(row(scene, 'Subject two'))
    scene.app.key('shift+F10')
    scene.app.wait('menu item', exact('Arc_hive'))
    assert not scene.app.find('menu item', JOIN), 'one alone is offered to be joined'
    scene.app.key('Escape')
    eventually(lambda: any(node.has('focused') for node in rows(scene)), what='the keyboard back at its row')

    # The two below, from the menu of a row.
    scene.app.key('shift+Down')
    select(scene, NAMES[:2], 'two of three')
    scene.app.key('shift+F10')
    scene.app.wait('menu item', JOIN)
    scene.shot('menu')
    scene.app.click('menu item', JOIN)
    joined(scene)
    scene.app.key('ctrl+z')
    apart(scene)

    # From the bar, and back by the button that says so.
    scene.app.click(row(scene, 'Subject two'))
    scene.app.click(row(scene, 'Subject one'), modifier='ctrl')
    select(scene, NAMES[:2], 'the two again')
    scene.app.click(TOGGLE, exact('More for the Selected'))
    scene.app.wait('menu item', JOIN)
    scene.shot('bar')
    scene.app.click('menu item', JOIN)
    joined(scene)
    scene.app.click('push button', exact('Undo'))
    apart(scene)
    scene.quit()


def shown(scene):
    """What rows of the list say, those too that it keeps ready around what can be seen."""
    rows(scene)  # finds the list
    return [node.name for node in scene.listed.find_all('list item|table row')]


@case
def a_dragged_bar_shows_rows(scene):
    subprocess.run([os.environ['FILL'], scene.profile, '20000'], check=True)
    scene.start()
    row(scene, 'Subject last')
    pane = next(a for a in rows(scene)[0].ancestors if a.role == 'scroll pane')
    _x, _y, width, height = pane.extents
    x, y = scene.app.center(pane)
    bar, y = x + width // 2 - 2, y - height // 2  # its last pixels, too

    def drag(*places):
        """From the first place to the others, parts of the height, in steps as a hand does it; it ends with the button held."""
        command = ['xdotool']
        for offset in (60, 30, 12, 6, 2, 0):  # it comes when the mouse does
            command += ['mousemove', str(bar - offset), str(y + int(height * places[0])), 'sleep', '0.15']
        command += ['mousedown', '1', 'sleep', '0.1']
        for a, b in zip(places, places[1:]):
            for step in range(1, 21):
                command += ['mousemove', str(bar), str(y + int(height * (a + (b - a) * step / 20))), 'sleep', '0.02']
        subprocess.run(command, check=True)

    def filled(what):
        eventually(lambda: all('Subject' in name for name in shown(scene)), timeout=60, what=f'{what}: no empty rows')

    drag(.02, .5)
    filled('half way')
    today = [name for name in shown(scene) if re.search(r'\d:\d\d', name)]
    assert len(today) < 5, today  # the list keeps the row that has the keyboard
    scene.shot('half-way')
    subprocess.run(['xdotool', 'mouseup', '1'], check=True)
    drag(.5, .1, .98)
    filled('the end')
    subprocess.run(['xdotool', 'mouseup', '1'], check=True)
    filled('let go')
    assert any('Subject first' in name for name in shown(scene)), shown(scene)
    assert pane.extents[2] == width, 'the list became wider by its scroll bar'

    # What is dragged to make it wider is on the other side of the edge.
    grip = bar + 6
    subprocess.run(['xdotool', 'mousemove', str(grip), str(y + height // 2), 'sleep', '0.2', 'mousedown', '1',
                    *(word for step in range(1, 11) for word in ('mousemove', str(grip + 6 * step), str(y + height // 2), 'sleep', '0.03')),
                    'mouseup', '1'], check=True)
    eventually(lambda: pane.extents[2] == width + 60, timeout=60, what='a list that is 60 pixels wider')
    scene.quit()


class Gmail:
    """A server that has labels, as another client sees it."""

    def __init__(self, folder):
        self.process = subprocess.Popen([os.environ['MODEL'], folder], stdin=subprocess.PIPE)  # ends with its input
        self.settings = os.path.join(folder, 'model.env')
        eventually(lambda: os.path.exists(self.settings), what='the server')
        self.control = socket.socket(socket.AF_UNIX)
        self.control.connect(os.path.join(folder, 'control'))
        self.answers = self.control.makefile('r')

    def do(self, *words, octets=b''):
        self.control.sendall('\t'.join(words).encode() + b'\n' + octets)
        lines = []
        while not lines or not lines[-1].startswith(('OK', 'ERR')):
            lines.append(self.answers.readline())
        assert lines[-1] == 'OK\n', (words, lines)
        return lines[0].strip()

    def close(self):
        self.control.close()
        self.process.stdin.close()
        self.process.wait(20)


@case
def labels_of_gmail_are_shown(scene):
    server = Gmail(os.path.join(STATE, 'gmail'))
    try:
        server.do('capabilities', 'IMAP4rev1 UNSELECT IDLE NAMESPACE ID SASL-IR X-GM-EXT-1 UIDPLUS ENABLE MOVE CONDSTORE ESEARCH LIST-EXTENDED SPECIAL-USE')
        server.do('account', 'alice', 'alicepw', 'alice@lab.test')
        octets = message('Subject one')
        uid = server.do('deliver', 'alice', 'INBOX', str(len(octets)), '$label4', octets=octets)
        server.do('labels', 'alice', 'INBOX', uid, r'"\\Inbox" Travel &1VyuAA- "\\Important"')
        scene.account()
        subprocess.run([os.path.join(TOOLS, 'profile'), server.settings, scene.profile, 'alice'], check=True)
        scene.start()
        eventually(lambda: row(scene, 'Subject one').name.endswith(', Travel, 한글'), what='two labels')
        assert not any(word in row(scene, 'Subject one').name for word in ('To Do', 'Important', '\\')), row(scene, 'Subject one').name
        scene.shot('labels')
        server.do('flags', 'alice', 'INBOX', uid, '+', '\\Flagged Holiday')
        eventually(lambda: 'Starred' in row(scene, 'Subject one').name, what='marked by somebody else')
        assert row(scene, 'Subject one').name.endswith(', Travel, 한글'), row(scene, 'Subject one').name
        scene.quit()
    finally:
        server.close()


if __name__ == '__main__':
    main(chosen([several_conversations_are_joined, a_dragged_bar_shows_rows, labels_of_gmail_are_shown]), finish)
