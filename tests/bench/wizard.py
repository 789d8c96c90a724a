"""wizard.py BUILD STATE: how many round trips it takes from an address to the first mail in the list, on a link of 50 ms.

On a network of its own with a name server, a web server and the servers of tests/lab, every connection goes through the proxy of tests/lab, which sees
it as it is on the wire.  The count is of the longest chain: in each stretch (finding the servers, proving them, the first list) the connection that
had to wait most often, its setting up counted.  Names are looked up near by, and not counted."""
import os
import re
import subprocess
import sys
import time

if os.environ.get('WIZARD_INSIDE') != '1':
    os.execvpe('unshare', ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc', '--', sys.executable, '-B', *sys.argv],
               dict(os.environ, WIZARD_INSIDE='1'))

BUILD, STATE = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
LAB = os.path.join(HERE, '..', 'lab')
sys.path.insert(0, LAB)
from names import Names  # noqa: E402
from web import Web  # noqa: E402

BASE, SAMPLES = 20000, 40
PORTS = {'web': (443, 8443), 'imap': (993, BASE + 993), 'smtp': (465, BASE + 465)}
FOLDER = os.path.join(STATE, 'wizard')
CONFIG = ('<clientConfig version="1.1"><emailProvider id="x">'
          '<incomingServer type="imap"><hostname>imap.lab.test</hostname><port>993</port><socketType>SSL</socketType></incomingServer>'
          '<outgoingServer type="smtp"><hostname>smtp.lab.test</hostname><port>465</port><socketType>SSL</socketType></outgoingServer>'
          '</emailProvider></clientConfig>')


class Chunk:
    def __init__(self, line):
        words = line.split(' ', 4)
        self.time, self.connection, self.side, self.octets = int(words[0]), int(words[1]), words[2], int(words[3])


def rounds(chunks):
    """How often its client had to wait: it said something, and then the server did; and once for the connection itself."""
    count, asked = 1, False
    for chunk in chunks:
        if chunk.side == 'S' and asked:
            count += 1
        asked = chunk.side == 'C'
    return count


def longest(stretch, passed):
    """The most of any connection; one that was set up before is not counted as set up again."""
    begun, ended = stretch
    best = 0, ''
    for name, chunks in passed.items():
        for number in {chunk.connection for chunk in chunks}:
            own = [chunk for chunk in chunks if chunk.connection == number and begun <= chunk.time <= ended]
            if own:
                before = any(chunk.connection == number and chunk.time < begun for chunk in chunks)
                best = max(best, (rounds(own) - before, f'{name} {number}'))
    return best


def run(what, pages, pause):
    pages(WEB)
    logs = {}
    proxies = []
    for name, (port, to) in PORTS.items():
        logs[name] = os.path.join(FOLDER, f'{name}.{what}.chunks')
        proxies.append(subprocess.Popen([os.path.join(LAB, 'proxy'), '--listen', str(port), '--to', str(to), '--rtt', '50', '--chunks', logs[name]]))
    time.sleep(1.5)
    profile = os.path.join(FOLDER, what.replace(' ', '-'))
    said = subprocess.run([os.path.join(BUILD, 'tests', 'bench', 'bench-wizard'), profile, 'kim@lab.test', 'kimpw', str(pause)],
                          stdout=subprocess.PIPE, text=True, check=True, timeout=100).stdout
    for process in proxies:
        process.terminate()
        process.wait()
    at = {line.split()[0]: int(line.split()[1]) for line in said.splitlines()}
    passed = {}
    for name, log in logs.items():
        with open(log, encoding='latin-1') as file:
            passed[name] = [Chunk(line) for line in file if re.match(r'\d+ \d+ [CS] \d+', line)]
    stretches = [longest((at[begin], at[end]), passed) for begin, end in (('asked', 'found'), ('found', 'proved'), ('proved', 'listed'))]
    total = sum(count for count, _ in stretches)
    print(f'{what}: {total} round trips: ' + ', '.join(f'{count} ({who})' for count, who in stretches)
          + f'; {(at["listed"] - at["told"] + at["found"] - at["asked"]) / 1000:.0f} ms')
    return total


def tell(web):
    web.pages['https://autoconfig.lab.test/mail/config-v1.1.xml'] = CONFIG


def hide(web):
    web.pages.clear()


os.makedirs(FOLDER)
os.chmod(FOLDER, 0o755)
subprocess.run('ip link set lo up; ip link add veth0 type veth peer name veth1; ip addr add 45.45.45.2/24 dev veth0; ip link set veth0 up; '
               'ip link set veth1 up; ip route add default via 45.45.45.1', shell=True, check=True)
subprocess.run([os.path.join(LAB, 'up'), os.path.join(FOLDER, 'lab'), str(BASE)], check=True, stdout=subprocess.DEVNULL)
subprocess.run([os.path.join(LAB, 'seed'), os.path.join(FOLDER, 'lab'), 'kim', 'INBOX', str(SAMPLES)], check=True, stdout=subprocess.DEVNULL)
WEB = Web(os.path.join(FOLDER, 'lab', 'certs'), {'https://autoconfig.lab.test/mail/config-v1.1.xml': CONFIG}, ports=(80, 8443))
WEB.trust(FOLDER)
NAMES = Names({f'{host} A': '127.0.0.1' for host in ('autoconfig.lab.test', 'imap.lab.test', 'smtp.lab.test')})
NAMES.install(FOLDER)
try:
    print(f'figure: wizard_round_trips {max(run("settings of the domain", tell, 2000), run("likely names", hide, 2000))} count')
finally:
    subprocess.run([os.path.join(LAB, 'down'), os.path.join(FOLDER, 'lab'), '--wipe'], check=False)
