"""wire.py BUILD STATE MESSAGES: what the engine needs on the wire with a folder of so many messages: INBOX of kim, whose
profile STATE/many is in step.  Prints figures.

Being in step is measured by the program's own trace, with nothing in between: from having signed in until everything is known to be in
step.  resync_ms is all of that time: on loopback a round trip takes none, and what the server needs for its answers is part of it
(printed beside it).  resync_wire_bytes are the octets of the protocol in it, of a connection without compression.  NOTIFY, which the
server is asked for when that is known and which nothing waits for, is printed beside it.  For the rest the proxy of tests/lab stands
between Sosik and the server and ends the encryption on both sides, so that the clock of both is the same.
"""
import contextlib
import imaplib
import os
import re
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import time

BUILD, STATE, MESSAGES = sys.argv[1], sys.argv[2], int(sys.argv[3])
HERE = os.path.dirname(os.path.abspath(__file__))
PORT = 19800
FOLDERS = 50
with open(os.path.join(STATE, 'lab', 'lab.env'), encoding='utf-8') as env_file:
    LAB = dict(line.strip().split('=', 1) for line in env_file)
CERTIFICATE = os.path.join(LAB['LAB_STATE'], 'certs', 'good.pem')


class Chunk:
    def __init__(self, line):
        words = line.rstrip('\n').split(' ', 4)
        self.time, self.connection, self.side, self.octets = int(words[0]), int(words[1]), words[2], int(words[3])
        self.words = words[4] if len(words) > 4 else ''


@contextlib.contextmanager
def proxy(name, *options):
    """Yields a function that gives what has passed so far."""
    log = os.path.join(STATE, name + '.chunks')
    with open(os.path.join(STATE, name + '.proxy'), 'w', encoding='utf-8') as output:
        process = subprocess.Popen([os.path.join(HERE, '..', 'lab', 'proxy'), '--listen', str(PORT), '--to', LAB['LAB_IMAPS'],
                                    '--tls', CERTIFICATE, '--to-tls', '--chunks', log, *options], stderr=output)
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', PORT)):
            break
        time.sleep(.05)

    def chunks():
        with open(log, encoding='ascii') as file:
            return [Chunk(line) for line in file if line.endswith('\n')]

    try:
        yield chunks
    finally:
        process.terminate()
        process.wait()


def through_proxy(profile):
    settings = os.path.join(profile, 'config', 'accounts', 'kim.ini')
    with open(settings, encoding='utf-8') as file:
        text = file.read()
    with open(settings, 'w', encoding='utf-8') as file:
        file.write(re.sub(r'(\[IMAP\][^[]*?Port=)\d+', rf'\g<1>{PORT}', text, flags=re.S))
    return profile


def rounds(chunks):
    """How often the client had to wait: it said something after the server had."""
    count, heard = 0, {}
    for chunk in chunks:
        if chunk.side == 'C' and heard.get(chunk.connection, True):
            count += 1
        heard[chunk.connection] = chunk.side == 'S'
    return count


class Look:
    """The program started anew on what is there: round trips, octets and milliseconds from having signed in until it is in step, how many of
    those it waited for answers, and the octets until the server tells of changes by itself; as the program's own trace has it."""

    def __init__(self, profile, talk=False):
        output = subprocess.run([os.path.join(BUILD, 'tests', 'bench', 'bench-sync'), profile, 'kim', 'kimpw', str(MESSAGES)],
                                stdout=subprocess.PIPE, text=True, check=True,
                                env=dict(os.environ, **({'BENCH_TALK': '1'} if talk else {}))).stdout.split()
        self.round_trips, self.octets, self.watching_octets = int(output[4]), int(output[5]), int(output[8])
        self.ms, self.waited = float(output[6]), float(output[7])


def say(what, looks):
    print(f'{what}: {max(look.round_trips for look in looks)} round trips, {max(look.octets for look in looks)} octets '
          f'({max(look.watching_octets for look in looks)} with NOTIFY), in step after signing in within',
          ' '.join(f'{look.ms:.0f} ({look.waited:.0f} of them for answers)' for look in looks) + ' ms')


def resync(profile):
    """Nothing has changed: how much is said until that is known?"""
    looks = [Look(profile, talk=turn == 0) for turn in range(5)]
    say(f'no-change look at {MESSAGES} messages', looks)
    imap = other_client()
    for number in range(imap_folders(imap), FOLDERS):
        imap.create(f'Bench{number:02}')
    imap.logout()
    Look(profile)
    wide = [Look(profile) for _ in range(5)]
    say(f'the same in an account of {FOLDERS} folders', wide)
    print(f'figure: resync_round_trips {max(look.round_trips for look in looks + wide)} count')
    print(f'figure: resync_wire_bytes {max(look.octets for look in looks)} octets')
    print(f'figure: resync_ms {statistics.median(look.ms for look in looks):.0f} ms')


def imap_folders(imap):
    return len(imap.list()[1])


class Watch:
    """bench-watch, and what it has printed so far."""

    def __init__(self, profile):
        self.path = os.path.join(STATE, 'watch.log')
        with open(self.path, 'w', encoding='utf-8') as output:
            self.process = subprocess.Popen([os.path.join(BUILD, 'tests', 'bench', 'bench-watch'), profile, 'kimpw'],
                                            stdin=subprocess.PIPE, stdout=output)

    def lines(self, word):
        with open(self.path, encoding='utf-8') as file:
            return [[int(value) for value in line.split()[1:]] for line in file if line.endswith('\n') and line.split()[0] == word]

    def wait(self, what, patience=120):
        end = time.time() + patience
        while time.time() < end:
            found = what()
            if found:
                return found
            assert self.process.poll() is None, 'bench-watch ended'
            time.sleep(.01)
        raise SystemExit('bench-watch: it never came')

    def stop(self):
        self.process.stdin.close()
        self.process.wait(30)


def other_client():
    imap = imaplib.IMAP4_SSL('localhost', int(LAB['LAB_IMAPS']), ssl_context=ssl.create_default_context(cafile=LAB['LAB_CA']))
    imap.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    imap.login('kim', 'kimpw')
    imap.select('INBOX')
    return imap


def news(profile):
    """From the server's line about a change that another client made until the list has it."""
    latencies = []
    with proxy('news') as chunks:
        watch = Watch(profile)
        watch.wait(lambda: watch.lines('step') and watch.lines('list'))
        other, count = other_client(), MESSAGES
        time.sleep(1)
        for turn in range(10):
            before = time.monotonic_ns() // 1000
            if turn % 2 == 0:
                other.append('INBOX', None, None, b'From: bob@lab.test\r\nTo: kim@lab.test\r\nSubject: news\r\n\r\nHello.\r\n')
                count += 1
            else:
                other.noop()
                other.store(str(count), '+FLAGS.SILENT', r'(\Deleted)')
                other.expunge()
                count -= 1
            shown = watch.wait(lambda: next((line[0] for line in watch.lines('list') if line[0] > before and line[1] == count), None))
            told = next(chunk.time for chunk in chunks()
                        if chunk.side == 'S' and chunk.time > before and re.search(r'EXISTS|EXPUNGE|VANISHED', chunk.words))
            latencies.append((shown - told) / 1000)
            time.sleep(.3)
        other.logout()
        watch.stop()
    print('news, messages and deletions in turn:', ' '.join(f'{latency:.0f}' for latency in latencies), 'ms')
    print(f'figure: news_latency_ms {max(latencies):.0f} ms')


def slow_link():
    """A first start on a slow link: when does INBOX show its newest messages?"""
    profile = os.path.join(STATE, 'slow')
    shutil.rmtree(profile, ignore_errors=True)
    subprocess.run([os.path.join(HERE, '..', 'lab', 'profile'), os.path.join(STATE, 'lab', 'lab.env'), profile, 'kim'], check=True)
    through_proxy(profile)
    with proxy('slow', '--rtt', '50', '--rate', '10') as chunks:
        watch = Watch(profile)
        shown = watch.wait(lambda: watch.lines('rows'))[0][0]
        passed = [chunk for chunk in chunks() if chunk.time <= shown]
        watch.stop()
    for chunk in passed[:60]:
        print(f'  {(chunk.time - passed[0].time) / 1000:7.1f} ms  {chunk.connection} {chunk.side} {chunk.octets:6} {chunk.words[:80]}')
    print(f'first screenful of {MESSAGES} messages {(shown - passed[0].time) / 1000:.0f} ms after the greeting, at 50 ms and 10 Mbit/s')
    print(f'figure: slow_link_round_trips {rounds(passed)} count')


def main():
    profile = os.path.join(STATE, 'many')
    resync(profile)
    through_proxy(profile)
    news(profile)
    slow_link()


main()
