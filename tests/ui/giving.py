"""Another program that has things to give, in several kinds as programs do: in the clipboard, or from a window to be dragged from."""
import contextlib
import os
import subprocess
import time

from dragging import drag_between
from drive import run
from scene import STATE


@contextlib.contextmanager
def giving(kinds, *options):
    arguments = []
    for number, (kind, data) in enumerate(kinds.items()):
        name = os.path.join(STATE, f'given-{number}')
        with open(name, 'wb') as file:
            file.write(data)
        arguments.append(f'{kind}={name}')
    with subprocess.Popen([os.environ['GIVE'], *options, *arguments], stdout=subprocess.PIPE) as owner:
        owner.stdout.readline()
        time.sleep(.3)
        try:
            yield owner
        finally:
            owner.kill()


@contextlib.contextmanager
def given(**kinds):
    """As clipboard (), of one thing in several kinds."""
    with giving(kinds) as owner:
        yield owner
        time.sleep(.8)


def drag_in(scene, target, **kinds):
    """From the window of the other program, in the lower left corner of the screen, onto a node."""
    with giving(kinds, '--drag'):
        window = run('xdotool', 'search', '--sync', '--onlyvisible', '--name', '^To be dragged$').split()[0]
        run('xdotool', 'windowmove', '--sync', window, '20', '600', 'windowraise', window)
        time.sleep(.5)
        place = dict(line.split('=') for line in run('xdotool', 'getwindowgeometry', '--shell', window).splitlines())
        drag_between(scene, (int(place['X']) + int(place['WIDTH']) // 2, int(place['Y']) + int(place['HEIGHT']) // 2), scene.app.center(target))
        time.sleep(.8)
