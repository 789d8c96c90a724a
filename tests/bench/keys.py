"""keys.py PREFIX STATE SCREENSHOTS LANGUAGE: ten thousand characters typed into an answer whose quote has 200 KB, in a window and below the
conversation; how late the window was at worst.
In the environment PROBE: what tells how long the main loop stayed away; KEYS: how many (10000)."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'ui'))
from drive import run  # noqa: E402
from scene import STATE, Scene, exact, finish  # noqa: E402
from tap import main  # noqa: E402

KEYS = int(os.environ.get('KEYS') or 10000)
QUOTE = 200 * 1024
HEAD = ('From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nSubject: Long\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n'
        'MIME-Version: 1.0\r\nContent-Type: text/%s; charset=utf-8\r\n\r\n')
WORDS = 'some wurds of a lettre that people might write '


def stalls(log, begin):
    with open(log, encoding='utf-8') as file:
        lines = [line.split() for line in file if line.endswith('\n')]
    return [(float(line[2]), float(line[3])) for line in lines[begin:] if line[0] == 'stall'], len(lines)


def measure(scene, rich, below):
    line = 'A line of the letter that is answered, as long as lines are.'
    count = QUOTE // len(line)
    body = ''.join(f'<p>{line[:20]}<b>{line[20:30]}</b>{line[30:]}</p>\r\n' for _ in range(count)) if rich else f'{line}\r\n' * count
    folder = os.path.join(scene.profile, 'config')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'settings.ini'), 'w', encoding='utf-8') as file:
        file.write(f'[Settings]\nwrite-rich={"true" if rich else "false"}\nanswer-below={"true" if below else "false"}\n')
    scene.empty('alice')
    scene.append('alice', 'INBOX', ((HEAD % ('html' if rich else 'plain')) + body).encode())
    scene.account()
    log = os.path.join(STATE, f'probe-{rich}-{below}.log')
    os.environ.update(LD_PRELOAD=os.environ['PROBE'], SOSIK_PROBE=log)
    try:
        scene.start()
    finally:
        del os.environ['LD_PRELOAD'], os.environ['SOSIK_PROBE']
    scene.inbox()
    scene.click_row('Long')
    scene.app.wait('push button', exact('Reply'), condition=lambda n: n.has('sensitive'))
    time.sleep(1)
    scene.app.key('ctrl+r')
    scene.app.wait('push button', exact('Attach files'))
    scene.app.click('text', exact('Message text'))
    scene.app.key('ctrl+Home')
    time.sleep(3)
    _before, seen = stalls(log, 0)
    began = time.time()
    for _ in range(KEYS // len(WORDS)):
        run('xdotool', 'type', '--delay', '4', '--', WORDS)
    took = time.time() - began
    time.sleep(1)
    late, _seen = stalls(log, seen)
    # All of it is there; asking for it takes the window longer than any key, so it comes last
    text = scene.value('Message text')
    assert text.startswith(WORDS * (KEYS // len(WORDS))), text[:200]
    waited, worked = max((w for w, _ in late), default=0), max((c for _, c in late), default=0)
    print(f'# {KEYS} keys in {took:.0f} s into an answer with a quote of {QUOTE // 1024} KB{", rich" if rich else ""}{", below the conversation" if below else ""}: longest turn {waited:.1f} ms, '
          f'work of one {worked:.1f} ms', flush=True)
    return waited


def typing_is_never_late():
    worst = []
    for below in (False, True):
        for rich in (False, True):
            scene = Scene(f'typing-{"rich" if rich else "plain"}{"-below" if below else ""}')
            try:
                worst.append(measure(scene, rich, below))
            finally:
                scene.end()
    print(f'# figure: key_worst_ms {max(worst):.1f} ms')


main([typing_is_never_late], finish)
