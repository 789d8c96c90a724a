"""window.py BUILD STATE USER PROFILE MESSAGES WHAT: starts Sosik under the probe and prints what that saw.
start: how long until rows show, beside an empty libadwaita window; stall: the longest turn of the loop in a first sync."""
import os
import statistics
import subprocess
import sys
import time

BUILD, STATE, USER, PROFILE, MESSAGES = sys.argv[1:6]
WHAT = sys.argv[6:]
HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(BUILD, 'tests', 'bench')
RUNS = 7


def start(command, until, timeout=60, stay=0.0):
    """Runs it under the probe until it wrote the word; returns the lines."""
    log = os.path.join(STATE, 'probe.log')
    if os.path.exists(log):
        os.unlink(log)
    environment = dict(os.environ, LD_PRELOAD=os.path.join(TESTS, 'probe.so'), SOSIK_PROBE=log)
    with open(os.path.join(STATE, 'window.log'), 'a', encoding='utf-8') as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    lines, end = [], time.time() + timeout
    while time.time() < end:
        if os.path.exists(log):
            with open(log, encoding='utf-8') as file:
                lines = [line.split() for line in file if line.endswith('\n')]
            if any(line[0] == until for line in lines):
                break
        assert process.poll() is None, open(os.path.join(STATE, 'window.log'), encoding='utf-8').read()
        time.sleep(.02)
    else:
        raise SystemExit(f'{command[0]} never wrote "{until}"')
    if stay:
        time.sleep(stay)
        with open(log, encoding='utf-8') as file:
            lines = [line.split() for line in file if line.endswith('\n')]
    process.terminate()
    process.wait(20)
    return lines


def first(lines, word):
    return next(float(line[1]) for line in lines if line[0] == word)


def measure_start(sosik):
    start([os.path.join(TESTS, 'empty-window')], 'painted')
    start([sosik, '--profile', PROFILE], 'rows')
    empty, own = [], []
    for _ in range(RUNS):
        empty.append(first(start([os.path.join(TESTS, 'empty-window')], 'painted'), 'painted'))
        own.append(first(start([sosik, '--profile', PROFILE], 'rows'), 'rows'))
    print(f'empty window painted: {statistics.median(empty):.0f} ms; Sosik with rows: {statistics.median(own):.0f} ms')
    print(f'figure: start_over_empty_window {statistics.median(own) / statistics.median(empty):.2f} ratio')


def measure_stall(sosik):
    fresh = os.path.join(STATE, 'fresh')
    os.makedirs(os.path.join(fresh, 'config', 'accounts'))
    with open(os.path.join(PROFILE, 'config', 'accounts', USER + '.ini'), encoding='utf-8') as file:
        settings = file.read()
    with open(os.path.join(fresh, 'config', 'accounts', USER + '.ini'), 'w', encoding='utf-8') as file:
        file.write(settings)
    lines = start([sosik, '--profile', fresh], 'rows', stay=25)
    # The window's own first frames are measured above: here counts what the sync does to a window that stands
    rows = first(lines, 'rows')
    stalls = [float(line[2]) for line in lines if line[0] == 'stall' and float(line[1]) > rows + 500]
    print(f'first sync of {MESSAGES} messages with the window open')
    print(f'figure: main_loop_stall_ms {max(stalls, default=0):.1f} ms')


def main():
    sosik = os.path.join(BUILD, 'install', 'bin', 'sosik')
    subprocess.run([os.path.join(HERE, '..', 'lab', 'secrets'), USER, USER + 'pw'], check=True)
    if 'start' in WHAT:
        measure_start(sosik)
    if 'stall' in WHAT:
        measure_stall(sosik)


main()
