"""A run of the tests that is stopped leaves nothing at work, whatever it was doing: tests/run with programs that say that they have begun, and sleep."""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tap import main  # noqa: E402

SOURCE = sys.argv[1]
PATIENCE = 120
# Sleeps where a file says so, under its name, that of the folder it works on, and that of a log other than the usual one.
SLEEPER = """#!/bin/bash
at=$(basename "$0")
[ "$1" != test ] || at=testing
for word in "$@"; do
  case $word in build/*) at=$at-${word#build/} ;; esac
  [ "$last" != --logbase ] || [ "$word" = testlog ] || at=$at-$word
  last=$word
done
[ ! -e "$HELD/$at" ] || { echo $$ > "$HELD/$at.new" && mv "$HELD/$at.new" "$HELD/$at.pid" && exec sleep 600; }
"""
SUDO = """#!/bin/bash
while [[ $1 == -* ]]; do shift; done
exec "$@"
"""


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    os.chmod(path, 0o755)


def wait(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def works(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='utf-8', errors='replace') as file:
            return file.read().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def stop(suites, *held):
    """Stops it when those are at work, and looks that none is then."""
    with tempfile.TemporaryDirectory() as tree:
        write(os.path.join(tree, 'tests/lab/packages'), '#!/bin/bash\n[ "$1" = build ] || . "$HELD/sleeper"\n')
        write(os.path.join(tree, 'tests/lab/targets'), '#!/bin/bash\necho everything\n')
        shutil.copy(os.path.join(SOURCE, 'tests/run'), os.path.join(tree, 'tests/run'))
        for name in ('meson', 'ninja'):
            write(os.path.join(tree, 'bin', name), SLEEPER)
        write(os.path.join(tree, 'bin/sudo'), SUDO)
        places = os.path.join(tree, 'held')
        write(os.path.join(places, 'sleeper'), SLEEPER)
        for name in held:
            write(os.path.join(places, name), '')
        env = dict(os.environ, PATH=os.path.join(tree, 'bin') + ':' + os.environ['PATH'], HELD=places)
        run = subprocess.Popen([os.path.join(tree, 'tests/run'), *suites], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        pids = []
        try:
            for name in held:
                wait(lambda: os.path.exists(os.path.join(places, name + '.pid')), f'{name} was never begun')
                with open(os.path.join(places, name + '.pid'), encoding='utf-8') as file:
                    pids.append(int(file.read()))
            run.send_signal(signal.SIGTERM)
            assert run.wait(PATIENCE) != 0
            wait(lambda: not any(map(works, pids)), f'still at work: {[name for name, pid in zip(held, pids) if works(pid)]}')
        finally:
            run.kill()
            for pid in filter(works, pids):
                os.kill(pid, signal.SIGKILL)


def while_it_builds():
    # What the tests need is installed in the background only where nobody has to be asked.
    stop(['base'], 'ninja-test', *(['packages'] if os.getuid() == 0 else []))


def while_it_tests():
    stop(['base', 'asan:base'], 'testing-test', 'ninja-asan')


def while_it_tests_the_windows():
    stop(['ui'], 'testing-test', 'testing-test-walks')


def while_it_tests_under_sanitizers():
    stop(['asan:base', 'tsan:base'], 'testing-asan', 'testing-tsan')


main([while_it_builds, while_it_tests, while_it_tests_the_windows, while_it_tests_under_sanitizers])
