"""languages.py PREFIX STATE SCREENSHOTS LANGUAGE: all windows in a language that nobody speaks (pseudo.py): nothing is left in English, nothing is cut.  In
the environment LOOK: the library that tells what can be read; TEXT: the size of text in percent (100); PARTS: see tour.py."""
import calendar
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pseudo  # noqa: E402

pseudo.install(sys.argv[1], sys.argv[2], sys.argv[4])
from access import ROOT, Look  # noqa: E402
from drive import run  # noqa: E402
from scene import STATE, case, chosen, eventually, finish  # noqa: E402
from tap import main  # noqa: E402
from tour import Tour, set_text_size  # noqa: E402

TOLD = os.path.join(STATE, 'read')
os.environ.update(LD_PRELOAD=os.environ['LOOK'], SOSIK_LOOK=TOLD)
set_text_size(int(os.environ.get('TEXT', '100')))
OTHERS = pseudo.of_others()
# What people and servers are called, and what is the same in all languages.
DATA = r'en_US|ca\.pem|CN=\w+|\b[\dA-F]{2}(:[\dA-F]{2}){31}\b|\w+\.elsewhere\.test|[\w.+-]*@[\w.-]*|\S*lab\.test\S*|https?:\S*|Alice Lee|AL|B|Sosik|Re:|\b(Ctrl|Shift|Alt|Tab|Esc|Return|Delete|F\d+)\b|\d+(\.\d+)? ?[kMG]?B|[A-Za-z]{1,9} \d+|\d+ [A-Za-z]+|\.\w{3}\b|BEGIN:VCALENDAR.*|Authentication failed\.'
DATA += ''.join('|' + name for names in (calendar.day_name, calendar.month_name, calendar.day_abbr) for name in names if name)
FOLDERS = 'Drafts Sent Junk Trash Archive'.split()  # on the server
DATA += r'|\bis:\w+'  # typed to search, in English
# Titles that libadwaita shortens where there is no room.
MAY_BE_SHORT = r'AdwWindowTitle|<AdwEntryRow|^GtkLabel<GtkCenterBox<GtkWindowHandle<AdwHeaderBar'

OWN = '[⟦\u0600-\u06ff]'  # of the languages of pseudo.py
TYPE = r'(Gtk|Adw|WebKit|Ui|Gdk)[A-Z]\w+$'


def read(app):
    """[(kind, what is wrong, widgets, text)] of all that a person can read now."""
    with open(TOLD, 'rb') as file:  # what has come so far may end within a letter
        file.seek(0, os.SEEK_END)
        os.kill(app.process.pid, signal.SIGUSR2)
        told = b''

        def is_told():
            nonlocal told
            told += file.read()
            return (b'\n' + told).endswith(b'\nend\n')
        eventually(is_told, what='what can be read')
    return [line.split('\t', 3) for line in told.decode().splitlines()[:-1]]


def read_still(app):
    """The same, when what comes with another size has found its place: as soon as nothing is wrong, or what is wrong stays so."""
    for _ in range(10):
        texts = read(app)
        if all(wrong in ('-', 'short') for _kind, wrong, _widgets, _text in texts):
            break
        time.sleep(.3)
    return texts


def is_foreign(text):
    """English of the program; GTK says some names twice."""
    text = re.sub(r'^(.+) \1$', r'\1', text)
    return not re.search(OWN, text) and text not in OTHERS and text not in FOLDERS and not re.match(TYPE, text) and re.search('[A-Za-z]{2,}', re.sub(DATA, '', text))


class Eye:
    def __init__(self, scene):
        self.scene = scene
        self.found = {}

    def look(self, place):
        app = self.scene.app
        texts = read_still(app)
        self.judge(place, texts)
        for item, _chain in Look(app.root.program).below(ROOT):
            if is_foreign(item.name):
                self.found.setdefault(f'in English: {item.role} {item.name!r}', place)
        if not any(kind == 'popover' for kind, _wrong, _widgets, _text in texts):
            sizes = [(window['title'], window['width'], window['height']) for window in app._windows() if window['title']]
            run('xdotool', 'mousemove', '1279', '799')  # no tooltip stands where the window was
            for title, _width, _height in sizes:
                app.resize(360, 720, f'^{re.escape(title)}$')
            self.judge(place + ', narrow', read_still(app))
            if 'SHOTS' in os.environ:
                self.scene.shot(place.replace(' ', '-') + '-narrow')
            for title, width, height in sizes:
                app.resize(width, height, f'^{re.escape(title)}$')

    def judge(self, place, texts):
        for kind, wrong, widgets, text in texts:
            if is_foreign(text):
                self.found.setdefault(f'in English: {kind} {text!r} in {widgets}', place)
            # A tooltip says all of it: a sentence with people in it may be as long as they like, and what was chosen stands whole in the list that opens.
            own = re.search(OWN, text) and not (wrong == 'short' and ('@' in text or re.search(r'<GtkToggleButton<GtkDropDown', widgets)))
            if wrong in ('outside', 'low', 'turned') or wrong in ('cut', 'short') and own and not re.search(MAY_BE_SHORT, widgets):
                self.found.setdefault(f'{wrong}: {kind} {text!r} in {widgets}', place)


@case
def nothing_is_left_in_english_or_cut(scene):
    eye = Eye(scene)
    try:
        Tour(scene, eye.look).go()
    finally:
        print('\n'.join(f'# {place}: {what}' for what, place in eye.found.items()))
    print(f'# figure: strings_untranslated_or_cut {len(eye.found)} count', flush=True)
    assert not eye.found, '\n'.join(f'{place}: {what}' for what, place in eye.found.items())
    scene.quit()


main(chosen([nothing_is_left_in_english_or_cut]), finish)
