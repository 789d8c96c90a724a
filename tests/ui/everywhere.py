"""everywhere.py PREFIX STATE SCREENSHOTS LANGUAGE: all windows of the program with text of twice the size, by what a screen reader is told of them; and each
of them can become as narrow as a phone.  In the environment PARTS: see tour.py."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from access import ROOT, Look, Node  # noqa: E402
from drive import run  # noqa: E402
from scene import case, chosen, finish  # noqa: E402
from tap import main  # noqa: E402
from tour import Tour, set_text_size  # noqa: E402

CONTROLS = {'push button', 'toggle button', 'check box', 'radio button', 'text', 'entry', 'password text', 'combo box', 'list item', 'list', 'list box',
            'table', 'table row', 'table cell', 'slider', 'spin button', 'link', 'menu item', 'check menu item', 'radio menu item', 'menu', 'page tab', 'tree item',
            'progress bar', 'search box', 'switch', 'frame', 'window', 'dialog', 'alert', 'image'}
# What can have the keyboard and is no control: text that can be selected, what scrolls, and what holds others.
AROUND = {'label', 'scroll pane', 'application', 'filler', 'panel'}
PHONE = 360, 720  # pixels
FRAME = 10  # of a window, both sides
# Menus, and the window of shortcuts of GTK: as wide as they like, and where one is open windows stay as they are.
MENU = 'sosik'
# Finds its width when it opens.
FITTED = 'When Should It Be Sent?'
TYPE = r'(Gtk|Adw|WebKit|Ui|Gdk)[A-Z]\w+$'


def fault(item):
    """What a screen reader would get wrong of it, or None."""
    if item.role in CONTROLS and (not item.name.strip() or item.name.startswith('_') or re.match(TYPE, item.name)):
        return 'without a name'
    if item.role in CONTROLS and re.fullmatch(r'(.+?),? \1', item.name):
        return 'named twice'
    if item.focusable and item.role not in CONTROLS | AROUND:
        return 'of a role that takes no keyboard'
    return None


class Ear:
    """Listens at each stop; says each thing once."""

    def __init__(self, scene):
        self.scene = scene
        self.windows = None
        self.found = {}
        self.wide = {}

    def squeeze(self, place):
        app = self.scene.app
        before = [window for window in app._windows() if window['title'] and window['title'] != FITTED]
        if any(window['title'] == MENU for window in before):
            return
        run('xdotool', 'mousemove', '1279', '799')  # no tooltip stands where the window was
        for _ in range(8):  # what comes with another size finds its place
            for window in before:
                app.resize(*PHONE, f"^{re.escape(window['title'])}$")
            wide = [f"{window['title']!r} is {window['width']} pixels wide" for window in app._windows()
                    if window['title'] in {one['title'] for one in before} and window['width'] > PHONE[0] + FRAME]
            if not wide:
                break
        for what in wide:
            self.wide.setdefault(what, place)
        for window in before:
            app.resize(window['width'], window['height'], f"^{re.escape(window['title'])}$")

    def look(self, place):
        root = self.scene.app.root
        windows = [node.path for node in root.children]
        # New windows are asked for all that they hold; of others GTK tells by itself what came.
        look = Look(root.program, thorough=windows != self.windows)
        self.windows = windows
        for item, chain in look.below(ROOT):
            wrong = fault(item)
            if wrong and look.on_screen(item, chain):
                where = ' > '.join(one.name or one.role for one in chain[-4:])
                self.found.setdefault(f'{wrong}: {item.role} {item.name!r} in {where} at {Node(root.program, item.path).extents}', place)
        self.squeeze(place)


@case
def every_control_has_a_name_and_room(scene):
    ear = Ear(scene)
    set_text_size(200)
    Tour(scene, ear.look).go()
    print(f'# figure: controls_without_name {len(ear.found)} count', flush=True)
    assert not ear.found, '\n'.join(f'{place}: {what}' for what, place in ear.found.items())
    assert not ear.wide, '\n'.join(f'{place}: {what}' for what, place in ear.wide.items())
    scene.quit()


main(chosen([every_control_has_a_name_and_room]), finish)
