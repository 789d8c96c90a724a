"""Drives a GTK 4 program as a person would: finds things by what a screen reader is told (AT-SPI) and uses
them with real pointer and key events (XTEST, by xdotool).  Runs inside tests/lab/session.

    app = App(['sosik', '--profile', 'x'], log='sosik.log')
    app.click('push button', 'Reply')
    app.fill('text', 'To', 'bob@lab.test')
    app.wait('list item', 'Quarterly report')

What is there is read by access.py.
"""
import contextlib
import os
import re
import subprocess
import tempfile
import time

from Xlib import X
from Xlib.display import Display
from Xlib.error import BadWindow

from access import NoAnswer, Node, Program


class NotFound(Exception):
    pass


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return done.stdout.strip()


@contextlib.contextmanager
def clipboard(kind, data):
    """Another program has that to give."""
    with subprocess.Popen(['xclip', '-selection', 'clipboard', '-quiet', '-t', kind], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as owner:
        owner.stdin.write(data)
        owner.stdin.close()
        time.sleep(.4)
        try:
            yield
            time.sleep(.8)
        finally:
            owner.kill()


class App:
    def __init__(self, command, log, environment=None, timeout=60):
        self.timeout = timeout
        self.log_name = log
        self.clicked = 0
        self.process = subprocess.Popen(  # noqa: SIM115
            command, stdout=open(log, 'a'), stderr=subprocess.STDOUT, env=dict(os.environ, **(environment or {})))
        self.display = Display()
        self.root = self._find_root()

    def _find_root(self):
        end = time.time() + self.timeout
        while time.time() < end:
            with contextlib.suppress(NoAnswer):
                program = Program.of(self.process.pid)
                if program:
                    return program.root
            if self.process.poll() is not None:
                raise NotFound(f'the program ended with {self.process.returncode}:\n{self.log()}')
            time.sleep(.1)
        raise NotFound('the program did not appear on the accessibility bus')

    # ---- looking
    def log(self):
        with open(self.log_name, errors='replace') as file:
            return file.read()

    def find(self, role=None, name=None):
        return self.root.find(role, name)

    def _look(self, role, name, condition, gone, thorough):
        """What was looked for, and whether anything can be said: one that is gone or does not answer shows nothing, which is not to be gone."""
        try:
            found = self.root.search(role, name, condition, thorough=thorough)
            if gone and not found:
                found = self.root.search(role, name, condition, thorough=True)
            # No window, nothing that could be missing from it
            return found, bool(found or self.root.children)
        except NoAnswer:
            return None, False

    def wait(self, role=None, name=None, timeout=None, condition=None, gone=False):
        """The first such node as soon as there is one (with gone: returns when there is none, in a program that goes on)."""
        limit = timeout or self.timeout
        end, thorough, pause = time.time() + limit, time.time() + .1, .1
        while True:
            late = time.time() > end
            # Now and then everything is asked, which takes longer, and before anything is said to be gone.
            whole = late or time.time() > thorough
            found, certain = self._look(role, name, condition, gone, whole)
            if whole:
                pause = min(2 * pause, 1.5)
                thorough = time.time() + pause
            if self.process.poll() is not None:
                raise NotFound(f'the program ended with {self.process.returncode}:\n{self.log()}')
            if bool(found) != gone and certain:
                return found
            if late and not certain:
                raise NotFound(f'the program does not answer, or shows no window, after {limit} s:\n{self.log()}')
            if late:
                raise NotFound(f'{"still there" if gone else "not there"} after {limit} s: {role} {name!r}\n{self.tree()}')
            time.sleep(.05)

    def nth(self, number, role, name=None):
        """Of several, from either end, once there are as many."""
        end, found = time.time() + self.timeout, []
        while True:
            with contextlib.suppress(NoAnswer):
                found = self.root.find_all(role, name)
                if len(found) >= (number + 1 if number >= 0 else -number):
                    return found[number]
            if time.time() > end:
                raise NotFound(f'{len(found)} of {role} {name}, not number {number}')
            time.sleep(.1)

    def wait_gone(self, role=None, name=None, timeout=None):
        self.wait(role, name, timeout, gone=True)

    def tree(self, root=None):
        lines = []
        for node, depth in (root or self.root).deep():
            states = [s for s in ('focused', 'selected', 'checked', 'sensitive') if node.has(s)]
            text = node.start
            lines.append(f'{"  " * depth}{node.role} {node.name!r}' + (f' text={text[:80]!r}' if text else '')
                         + f' {node.extents} {",".join(states)}')
        return '\n'.join(lines)

    def unnamed(self):
        """Focusable things that a screen reader could not name, or would name twice over."""
        roles = ('push button|toggle button|check box|radio button|text|entry|password text|combo box|list item|list|'
                 'slider|spin button|link|menu item|page tab|table cell|tree item')
        bad = []
        for node in self.root.find_all(roles):
            if node.has('focusable') and (not node.name or node.name.startswith('_')
                                          or re.match(r'(Gtk|Adw|WebKit|Ui)[A-Z]\w+$', node.name)
                                          or (node.role in ('check box', 'combo box', 'spin button') and re.fullmatch(r'(.+) \1', node.name))):
                where = ' > '.join(reversed([a.name or a.role for a in node.ancestors[:4]]))
                bad.append(f'{node.role} {node.name!r} at {node.extents} in {where}')
        return bad

    # ---- where things are on the screen
    def _windows(self):
        """Never none: a search ends with an error, and finds nothing, when a window goes while it goes on."""
        for _ in range(20):
            found = self._find_windows()
            if found:
                return found
            time.sleep(.25)
        raise NotFound('no window on the screen')

    def _find_windows(self):
        found = []
        for window in self._below(self.display.screen().root):
            try:
                pid = window.get_full_property(self.display.intern_atom('_NET_WM_PID'), X.AnyPropertyType)
                if not pid or pid.value[0] != self.process.pid or window.get_attributes().map_state != X.IsViewable:
                    continue
                place, size = self.display.screen().root.translate_coords(window, 0, 0), window.get_geometry()
                frame = window.get_full_property(self.display.intern_atom('_GTK_FRAME_EXTENTS'), X.AnyPropertyType)
                title = window.get_full_property(self.display.intern_atom('_NET_WM_NAME'), X.AnyPropertyType)
            except BadWindow:  # it went meanwhile
                continue
            found.append({'id': window.id, 'x': place.x, 'y': place.y, 'width': size.width, 'height': size.height,
                          'frame': list(frame.value) if frame else [0] * 4, 'title': title.value.decode() if title else ''})
        return found

    def _below(self, window):
        try:
            children = window.query_tree().children
        except BadWindow:
            return
        yield from children
        for child in children:
            yield from self._below(child)

    def center(self, node):
        chain = [node] + node.ancestors
        top = next((n for n in chain if n.parent and n.parent.role == 'application'), chain[-1])
        windows = self._windows()
        x, y, width, height = node.extents
        for ancestor in chain:  # a popover is an X window of its own, with the size of one of the ancestors
            box = ancestor.extents
            if ancestor == top:
                break
            for window in windows:
                if box and (window['width'], window['height']) == (box[2], box[3]) and window['title'] != top.name:
                    return window['x'] - box[0] + x + width // 2, window['y'] - box[1] + y + height // 2
        box = top.extents or (0, 0, 0, 0)

        def distance(window):
            left, right, upper, lower = window['frame']
            return (window['title'] != top.name,
                    abs(window['width'] - left - right - box[2]) + abs(window['height'] - upper - lower - box[3]))
        window = min(windows, key=distance)
        left, right, upper, lower = window['frame']
        border_x = max(0, window['width'] - left - right - box[2]) // 2
        border_y = max(0, window['height'] - upper - lower - box[3])
        return (window['x'] + left + border_x - box[0] + x + width // 2,
                window['y'] + upper + border_y - box[1] + y + height // 2)

    # ---- doing
    def _bring_into_view(self, node):
        """Turns the wheel over the scrolled pane that holds it until its middle can be seen, and taken hold of."""
        pane = next((a for a in node.ancestors if a.role == 'scroll pane' and a.extents), None)
        for _ in range(60):
            if not pane or not node.extents:
                return
            _x, y, _width, height = node.extents
            _pane_x, top, _pane_width, pane_height = pane.extents
            middle = y + height // 2
            if top + 10 <= middle <= top + pane_height - 10:  # nor under the edge by which a window is made larger
                return
            x, y = self.center(pane)
            run('xdotool', 'mousemove', str(x), str(y), 'click', '5' if middle > top else '4')
            time.sleep(.08)

    def click(self, role, name=None, timeout=None, button=1, count=1, modifier=None):
        node = role if isinstance(role, Node) else self.wait(role, name, timeout, condition=lambda n: n.has('sensitive'))
        self.point_at(node)
        self.press_button(button, count, modifier)
        return node

    def point_at(self, node):
        self._bring_into_view(node)
        x, y = self.center(node)
        moves = []
        for offset in (6, 3, 1, 0):  # like a hand: one jump right after a popover closed is sometimes lost
            moves += ['mousemove', str(x + offset), str(y + offset), 'sleep', '0.01']
        run('xdotool', *moves)
        time.sleep(.05)

    def press_button(self, button=1, count=1, modifier=None):
        """Of the pointer, where that stands."""
        if modifier:
            run('xdotool', 'keydown', modifier)
        run('xdotool', 'click', '--repeat', str(count), '--delay', '60', str(button))
        if modifier:
            run('xdotool', 'keyup', modifier)
        self.clicked = time.time()
        time.sleep(.1)

    def double_click(self, role, name=None):
        return self.click(role, name, count=2)

    def _after_click(self):
        """A popover that a click opens takes keys only after a while; what is looked for next is waited for anyway."""
        time.sleep(max(0, self.clicked + .3 - time.time()))

    def key(self, *keys):
        self._after_click()
        run('xdotool', 'key', '--clearmodifiers', '--delay', '30', *keys)
        time.sleep(.1)

    def type(self, text):
        """Key events for ASCII; anything else comes by the clipboard, as xdotool drops syllables."""
        self._after_click()
        if text.isascii():
            run('xdotool', 'type', '--clearmodifiers', '--delay', '12', '--', text)
            time.sleep(.15)
            return
        with tempfile.TemporaryFile() as told, subprocess.Popen(['xclip', '-selection', 'clipboard', '-verbose'], stdin=subprocess.PIPE,
                                                                    stdout=subprocess.DEVNULL, stderr=told) as clip:
            clip.stdin.write(text.encode())
            clip.stdin.close()
            self._wait_for_request(told, 1)
            self.key('ctrl+v')
            self._wait_for_request(told, 2)  # the text has been fetched
            time.sleep(.3)
            clip.terminate()

    def _wait_for_request(self, told, number):
        """It says for which one it waits; the place in the file is its own."""
        end = time.time() + 10
        while f'request number {number}'.encode() not in os.pread(told.fileno(), 1 << 16, 0) and time.time() < end:
            time.sleep(.05)

    def fill(self, role, name, text):
        """Clicks into the field and replaces what stands there."""
        node = self.click(role, name)
        self.key('ctrl+a')
        self.type(text)
        return node

    def clipboard(self):
        return run('timeout', '3', 'xclip', '-selection', 'clipboard', '-o')

    def screenshot(self, path):
        run('import', '-window', 'root', path)

    def resize(self, width, height, title=None):
        for window in self._windows():
            if title is None or re.search(title, window['title']):
                run('xdotool', 'windowsize', str(window['id']), str(width), str(height))
        time.sleep(.6)

    def move(self, x, y, title):
        for window in self._windows():
            if re.search(title, window['title']):
                run('xdotool', 'windowmove', '--sync', str(window['id']), str(x), str(y))
        time.sleep(.6)

    def bring_forward(self, title):
        """As by Alt+Tab."""
        window = next(w for w in self._windows() if re.search(title, w['title']))
        run('xdotool', 'windowactivate', '--sync', str(window['id']))
        time.sleep(.5)

    def look_away(self):
        """Gives the focus to another program's window, until look_back ()."""
        self.other = subprocess.Popen(['xev', '-geometry', '200x100-0-0'], stdout=subprocess.DEVNULL)
        window = run('xdotool', 'search', '--sync', '--onlyvisible', '--name', '^Event Tester$').split()[0]
        run('xdotool', 'windowactivate', '--sync', window)
        time.sleep(.5)

    def look_back(self):
        self.other.terminate()
        self.other.wait()
        run('xdotool', 'windowactivate', '--sync', str(self._windows()[0]['id']))
        time.sleep(.5)

    def quit(self, keys='ctrl+q', timeout=60):
        """As a person quits; returns the exit status."""
        self.key(keys)
        return self.process.wait(timeout)

    def family(self):
        """The program's process and all below it."""
        found, parents = [self.process.pid], {}
        for name in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{name}/stat', encoding='utf-8') as file:
                    parents[int(name)] = int(file.read().rpartition(')')[2].split()[1])
            except OSError:  # it ended meanwhile
                pass
        for parent in found:
            found += [child for child, of in parents.items() if of == parent]
        return found

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
