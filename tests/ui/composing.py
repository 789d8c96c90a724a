"""Hangul as a person composes it: the keys, and the input methods that take them (ibus; hangul.c, a module of GTK for tests, whose path is HANGUL)."""
import contextlib
import os
import subprocess

from scene import STATE, eventually

INITIALS = 'rRseEfaqQtTdwWczxvg'
VOWELS = 'k o i O j p u P h hk ho hl y n nj np nl b m ml l'.split()
FINALS = ' r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g'.split(' ')


def keys(text):
    """What a person presses to write it."""
    pressed = ''
    for character in text:
        code = ord(character) - 0xac00
        pressed += INITIALS[code // 588] + VOWELS[code // 28 % 21] + FINALS[code % 28] if 0 <= code < 11172 else character
    return pressed


def use_own(manner, candidates=False):
    """The program that is started next; `candidates`: as if a list of Hanja stood open while something is composed."""
    modules = os.path.join(STATE, 'gtk', 'immodules')
    os.makedirs(modules, exist_ok=True)
    module = os.path.join(modules, 'libim-hangul.so')
    if not os.path.exists(module):
        os.symlink(os.environ['HANGUL'], module)
    os.environ.update(GTK_PATH=os.path.join(STATE, 'gtk'), GTK_IM_MODULE='hangul', HANGUL_MANNER=manner, HANGUL_CANDIDATES=str(int(candidates)))


@contextlib.contextmanager
def ibus():
    """The input method that most people have, with its engine for Hangul, as it comes but for what it begins with."""
    settings = os.path.join(os.environ['XDG_CONFIG_HOME'], 'glib-2.0', 'settings')
    os.makedirs(settings, exist_ok=True)
    with open(os.path.join(settings, 'keyfile'), 'w', encoding='utf-8') as file:
        file.write("[org/freedesktop/ibus/engine/hangul]\ninitial-input-mode='hangul'\n")
    daemon = subprocess.Popen(['ibus-daemon', '--panel=disable'], env=os.environ | {'GSETTINGS_BACKEND': 'keyfile'})
    try:
        eventually(lambda: subprocess.run(['ibus', 'engine', 'hangul'], stderr=subprocess.DEVNULL, check=False).returncode == 0, what='ibus')
        os.environ.pop('GTK_PATH', None)
        os.environ['GTK_IM_MODULE'] = 'ibus'
        yield
    finally:
        daemon.terminate()
        daemon.wait()
