#!/usr/bin/python3
"""threads.py THREADS-OF: conversations of the store beside those of a real server (Dovecot), for the same mailboxes.

Crafted ones, and random ones whose headers tell of true conversations as mail programs do: References cut at the front, only
In-Reply-To, links that are not there (any more).  Each is stored in several orders: the result must not depend on it.

THREAD=REFERENCES also puts together what has the same subject; there each conversation has a subject of its own, and where messages
are missing each message has.  THREAD=REFS does not: there each message has one.  With REFS and headers at random, contradicting each other, a server may part what we keep together
(it believes one link of two), but must never have together what we part.
"""
import imaplib
import os
import random
import re
import shutil
import ssl
import subprocess
import sys
import tempfile

LAB = dict(line.strip().split('=', 1) for line in open(os.environ['LAB_ENV']) if '=' in line)
PROGRAM = sys.argv[1]
GAMES = int(os.environ.get('THREAD_GAMES', '3'))


def connect():
    context = ssl.create_default_context(cafile=LAB['LAB_CA'].strip('"\''))
    imap = imaplib.IMAP4_SSL('localhost', int(LAB['LAB_IMAPS'].strip('"\'')), ssl_context=context)
    imap.login('alice', 'alicepw')
    return imap


def as_mail(message):
    own, references, reply, subject = message
    fields = [('From', 'magpie@example.org'), ('Subject', subject), ('Message-ID', own), ('References', references), ('In-Reply-To', reply)]
    return (''.join(f'{name}: {value}\r\n' for name, value in fields if value) + '\r\nx\r\n').encode()


def of_server(imap, messages, algorithm):
    """The sets of numbers (from 0) that the server has together."""
    imap.create('Threads')
    for message in messages:
        assert imap.append('Threads', None, None, as_mail(message))[0] == 'OK'
    assert imap.select('Threads')[0] == 'OK'
    status, data = imap.thread(algorithm, 'UTF-8', 'ALL')
    assert status == 'OK', data
    sets, depth, current = set(), 0, []
    for token in re.findall(r'[()]|\d+', data[0].decode()):
        if token == '(':
            depth += 1
        elif token == ')':
            depth -= 1
            if depth == 0:
                sets.add(frozenset(current))
                current = []
        else:
            current.append(int(token) - 1)
    imap.close()
    imap.delete('Threads')
    return sets


def of_store(messages, order):
    folder = tempfile.mkdtemp(prefix='sosik-threads-')
    lines = ''.join('\t'.join(messages[i]) + '\n' for i in order)
    out = subprocess.run([PROGRAM, folder], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout.decode().split()
    shutil.rmtree(folder)
    assert len(out) == len(messages)
    sets = {}
    for i, thread in zip(order, out):
        sets.setdefault(thread, []).append(i)
    return {frozenset(members) for members in sets.values()}


def own(i):
    return f'<m{i}.{i * 7919 % 1000}@host.example.org>'


def conversations(rng, n, missing, subject_each):
    """True conversations; what tells of them is what mail programs write.  `missing`: the part that is not in the mailbox."""
    parents, root = [], []
    for i in range(n):
        parent = rng.randrange(max(0, i - 12), i) if i and rng.random() < .7 else None
        parents.append(parent)
        root.append(i if parent is None else root[parent])
    messages = []
    for i in range(n):
        chain, at = [], parents[i]
        while at is not None:
            chain.insert(0, own(at))
            at = parents[at]
        kept = chain[-rng.choice([1, 2, 5, 20]):]
        style = rng.randrange(4)
        references = ' '.join(kept) if style else ''
        reply = chain[-1] if chain and style != 1 else ''
        subject = f'word{i}' if subject_each else ('Re: ' if parents[i] is not None else '') + f'talk{root[i]}'
        messages.append((own(i), references, reply, subject))
    return [m for m in messages if rng.random() >= missing]


def noise(rng, n):
    return [(own(i),
             ' '.join(own(rng.randrange(n + 4)) for _ in range(rng.choice([0, 0, 1, 2, 3]))), '', f'word{i}') for i in range(n)]


CRAFTED = {
    'chain': [(own(0), '', '', 'a0'), (own(1), own(0), '', 'a1'), (own(2), f'{own(0)} {own(1)}', '', 'a2')],
    'missing link': [(own(1), own(0), '', 'a1'), (own(2), own(0), '', 'a2'), (own(3), '', '', 'a3')],
    'in-reply-to where there are no references': [(own(0), '', '', 'a0'), (own(1), '', own(0), 'a1'), (own(2), own(1), own(9), 'a2'), (own(9), '', '', 'a9')],
    'no root': [(own(1), own(0), '', 'a1'), (own(2), f'{own(0)} {own(1)}', '', 'a2'), (own(3), own(0), '', 'a3'), (own(4), f'{own(8)} {own(9)}', '', 'a4')],
    'no middle': [(own(0), '', '', 'a0'), (own(3), f'{own(0)} {own(1)} {own(2)}', '', 'a3'), (own(4), f'{own(1)} {own(2)}', '', 'a4')],
    'no middle, nor what tells of it': [(own(0), '', '', 'a0'), (own(2), own(1), '', 'a2'), (own(3), f'{own(1)} {own(2)}', '', 'a3')],
    'root last': [(own(2), f'{own(0)} {own(1)}', '', 'a2'), (own(3), own(0), '', 'a3'), (own(4), '', own(1), 'a4'), (own(0), '', '', 'a0')],
    'loop': [(own(0), own(1), '', 'a0'), (own(1), own(0), '', 'a1'), (own(2), '', '', 'a2')],
    'itself': [(own(0), own(0), '', 'a0'), (own(1), f'{own(1)} {own(1)}', '', 'a1')],
    'long': [(own(0), '', '', 'a0'), (own(1), ' '.join(own(i + 100) for i in range(90)) + ' ' + own(0), '', 'a1')],
    'answers seen twice': [(own(0), '', '', 'a0'), (own(1), own(0), '', 'a1'), (own(1), own(0), '', 'a2')],
    'no ids': [('', '', '', 'a0'), ('', own(5), '', 'a1'), (own(5), '', '', 'a2')],
}

failures = 0


def check(what, holds, ours, theirs):
    global failures
    if not holds:
        failures += 1
        print(f'{what}: ours {sorted(map(sorted, ours - theirs))[:5]}, theirs {sorted(map(sorted, theirs - ours))[:5]}')


def compare(what, imap, messages, algorithm, equal, rng):
    theirs = of_server(imap, messages, algorithm)
    order = list(range(len(messages)))
    ours = of_store(messages, order)
    for turn in range(2):
        order = order[::-1] if turn == 0 else rng.sample(order, len(order))
        other = of_store(messages, order)
        check(f'{what}: in another order', ours == other, ours, other)
    if equal:
        check(f'{what} ({algorithm})', ours == theirs, ours, theirs)
    else:
        check(f'{what} ({algorithm}) is finer', all(any(t <= o for o in ours) for t in theirs), ours, theirs)


def main():
    imap = connect()
    seed = int(os.environ.get('THREAD_SEED', random.randrange(1 << 30)))
    rng = random.Random(seed)
    print('seed', seed)
    algorithms = [word[7:] for word in imap.capability()[1][0].decode().split() if word.startswith('THREAD=')]
    assert 'REFERENCES' in algorithms, algorithms
    for name, messages in CRAFTED.items():
        for algorithm in ('REFERENCES', 'REFS'):
            if algorithm in algorithms:
                compare(name, imap, messages, algorithm, True, rng)
    for game in range(GAMES):
        compare(f'game {game}', imap, conversations(rng, 60, 0, False), 'REFERENCES', True, rng)
        compare(f'game {game} with holes', imap, conversations(rng, 60, .25, True), 'REFERENCES', True, rng)
        if 'REFS' in algorithms:
            compare(f'game {game}', imap, conversations(rng, 60, 0, True), 'REFS', True, rng)
            compare(f'game {game} with holes', imap, conversations(rng, 60, .25, True), 'REFS', False, rng)
            compare(f'noise {game}', imap, noise(rng, 40), 'REFS', False, rng)
    imap.logout()
    sys.exit(1 if failures else 0)


main()
