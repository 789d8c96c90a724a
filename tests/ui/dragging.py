"""Dragging with the mouse, for the tests of the window."""
import subprocess


def drag(scene, source, target, key=None):
    """Onto another node, with a key held from there on."""
    drag_between(scene, scene.app.center(source), scene.app.center(target), key)


def drag_between(scene, start, end, key=None):
    """From one point of the screen to another."""
    (from_x, from_y), (to_x, to_y) = start, end
    steps = ['mousemove', str(from_x), str(from_y), 'sleep', '0.2', 'mousedown', '1', 'sleep', '0.2']
    for i in range(1, 11):
        steps += ['mousemove', str(from_x + (to_x - from_x) * i // 10), str(from_y + (to_y - from_y) * i // 10), 'sleep', '0.04']
    steps += ['mousemove', str(to_x + 1), str(to_y), 'sleep', '0.5']
    subprocess.run(['xdotool', *steps], check=True)
    if key:
        subprocess.run(['xdotool', 'keydown', key, 'sleep', '0.3', 'mousemove', str(to_x + 2), str(to_y), 'sleep', '0.3'], check=True)
    scene.shot('drag')
    subprocess.run(['xdotool', 'mouseup', '1', 'sleep', '0.2'], check=True)
    if key:
        subprocess.run(['xdotool', 'keyup', key], check=True)
