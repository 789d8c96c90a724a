"""rest.py BUILD STATE USER PROFILE: Sosik at rest over a big folder, and an HTML message that is clicked.

Memory is the proportional set size of the program and of all that it started; CPU is all that these used, as the scheduler
counted it.  Shown is what a pixel of the screen tells; WebKit's own time is that of a window with nothing but a web view."""
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'ui'))
from drive import App  # noqa: E402
from newsletters import COLOURS  # noqa: E402
from screen import Screen  # noqa: E402

BUILD, STATE, USER, PROFILE = sys.argv[1:5]
REST_S, SHOWS = 20, 15
TICKS = os.sysconf('SC_CLK_TCK')


def read(*path):
    try:
        with open(os.path.join('/proc', *map(str, path)), encoding='utf-8') as file:
            return file.read()
    except OSError:  # it ended meanwhile
        return ''


def family(process):
    """The process and all below it."""
    found, parents = [process], {}
    for name in filter(str.isdigit, os.listdir('/proc')):
        stat = read(name, 'stat').rpartition(')')[2].split()
        if stat:
            parents[int(name)] = int(stat[1])
    for parent in found:
        found += [child for child, of in parents.items() if of == parent]
    return found


def ticks(process):
    """utime and stime of all of them, in ticks of the clock."""
    return sum(sum(map(int, read(one, 'stat').rpartition(')')[2].split()[11:13])) for one in family(process) if read(one, 'stat'))


def nanoseconds(process):
    return sum(int((read(one, 'task', thread, 'schedstat') or '0').split()[0])
               for one in family(process) for thread in os.listdir(f'/proc/{one}/task'))


def pss(process):
    """Megabytes of each: [(name, MB)]."""
    found = []
    for one in family(process):
        lines = [line for line in read(one, 'smaps_rollup').splitlines() if line.startswith('Pss:')]
        if lines:
            found.append((read(one, 'comm').strip(), int(lines[0].split()[1]) / 1024))
    return found


def settle(process, timeout=120):
    """Until ten seconds went by with next to nothing done: some work waits for some seconds, not to disturb the start."""
    end, quiet = time.time() + timeout, 0
    before = nanoseconds(process)
    while time.time() < end:
        time.sleep(2)
        now = nanoseconds(process)
        quiet = quiet + 1 if now - before < 3_000_000 else 0
        if quiet == 5:
            return
        before = now
    print(f'it does not come to rest in {timeout} s', file=sys.stderr)


def tell_memory(process, figure):
    parts = pss(process)
    print(f'{figure}: ' + ', '.join(f'{name} {size:.1f}' for name, size in parts))
    print(f'figure: {figure} {sum(size for _, size in parts):.1f} MB')


def show_each(screen, places, pixel, rounds):
    """Clicks at the two in turn: milliseconds until the pixel has the colour."""
    times = []
    for i in range(rounds):
        begin = screen.click(*places[i % 2])
        try:
            times.append(screen.wait(*pixel, COLOURS[i % 2], begin) * 1000)
        except AssertionError:
            subprocess.run(['import', '-window', 'root', os.path.join(BUILD, 'rest-failed.png')], check=False)
            raise
        time.sleep(.6)
    return times


def measure_webkit(screen):
    process = subprocess.Popen([os.path.join(BUILD, 'tests', 'bench', 'bench-webkit'), os.path.join(STATE, 'letter-0.source'),
                                os.path.join(STATE, 'letter-1.source')])
    try:
        time.sleep(4)
        width, height = 1280, 800
        place = pixel = None
        end = time.time() + 20
        while not place and time.time() < end:  # the button has a colour of its own
            place = screen.find((0x91, 0x41, 0xac), width, height)
            time.sleep(.1)
        begin = screen.click(*place)
        while not pixel and time.monotonic() < begin + 20:
            pixel = screen.find(COLOURS[0], width, height)
        screen.wait(*pixel, COLOURS[0], begin)
        screen.click(*place)
        time.sleep(2)
        show_each(screen, [place, place], pixel, 4)
        return show_each(screen, [place, place], pixel, SHOWS)
    finally:
        process.terminate()
        process.wait()


def main():
    screen = Screen()
    subprocess.run([os.path.join(HERE, '..', 'lab', 'secrets'), USER, USER + 'pw'], check=True)
    app = App([os.path.join(BUILD, 'install', 'bin', 'sosik'), '--profile', PROFILE], os.path.join(STATE, 'rest.log'))
    pid = app.process.pid
    settle(pid)
    tell_memory(pid, 'rest_pss_mb')
    before, exact = ticks(pid), nanoseconds(pid)
    time.sleep(REST_S)
    print(f'CPU of {REST_S} s at rest: {(nanoseconds(pid) - exact) / 1e6:.2f} ms')
    print(f'figure: rest_cpu_ticks {ticks(pid) - before} count')

    rows = [app.wait('list item|table row', f'Letter {i}') for i in range(2)]
    places = [app.center(row) for row in rows]
    begin = screen.click(*places[0])
    pixel = None
    while not pixel:
        assert time.monotonic() < begin + 30, 'the message is not shown'
        pixel = screen.find(COLOURS[0], 1280, 800)
    print(f'first HTML message: shown {(time.monotonic() - begin) * 1000:.0f} ms after the click')
    settle(pid)
    tell_memory(pid, 'rest_pss_html_mb')
    before, exact = ticks(pid), nanoseconds(pid)
    time.sleep(REST_S)
    print(f'CPU of {REST_S} s at rest with an HTML message: {(nanoseconds(pid) - exact) / 1e6:.2f} ms')
    print(f'figure: rest_html_cpu_ticks {ticks(pid) - before} count')

    time.sleep(1)
    begin = screen.click(*places[1])
    screen.wait(*pixel, COLOURS[1], begin)
    time.sleep(2)
    show_each(screen, places, pixel, 4)
    own = show_each(screen, places, pixel, SHOWS)
    app.quit()
    plain = measure_webkit(screen)
    print(f'HTML of 50 KB, click to shown: {statistics.median(own):.1f} ms ({min(own):.0f} to {max(own):.0f}); '
          f'WebKit by itself: {statistics.median(plain):.1f} ms ({min(plain):.0f} to {max(plain):.0f})')
    print(f'figure: html_show_ms {statistics.median(own) - statistics.median(plain):.1f} ms')


main()
