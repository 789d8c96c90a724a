"""A name server for tests, on 127.0.0.1:53 of a network of its own: answers from a table, and says of all others that there is no such name.

    names = Names({'imap.a.test A': '127.0.0.2', 'a.test MX': '10 mx.b.test', '_imaps._tcp.a.test SRV': ['0 1 993 imap.b.test']})
    names.install(folder)   # from here on this namespace asks it

What stands in `silent` gets no answer at all.  `asked` is what was asked for, in order: [('a.test', 'MX')]."""
import os
import socket
import struct
import subprocess
import threading

TYPES = {'A': 1, 'MX': 15, 'AAAA': 28, 'SRV': 33}
NAMES = {number: name for name, number in TYPES.items()}


def _encode(name):
    labels = [label for label in name.strip('.').split('.') if label]
    return b''.join(bytes([len(label)]) + label.encode('ascii') for label in labels) + b'\0'


def _decode(data, at):
    labels = []
    while data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode('latin-1'))
        at += 1 + data[at]
    return '.'.join(labels).lower(), at + 1


def _value(kind, text):
    if kind == 'A':
        return socket.inet_aton(text)
    if kind == 'MX':
        preference, host = text.split()
        return struct.pack('!H', int(preference)) + _encode(host)
    priority, weight, port, host = text.split()
    return struct.pack('!HHH', int(priority), int(weight), int(port)) + _encode(host)


class Names:
    def __init__(self, records, silent=()):
        self.records = {key: [value] if isinstance(value, str) else value for key, value in records.items()}
        self.silent, self.asked, self.lock = set(silent), [], threading.Lock()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(('127.0.0.1', 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def install(self, folder):
        path = os.path.join(folder, 'resolv.conf')
        with open(path, 'w', encoding='ascii') as file:
            file.write('nameserver 127.0.0.1\noptions timeout:2 attempts:2\n')
        subprocess.run(['mount', '--bind', path, os.path.realpath('/etc/resolv.conf')], check=True)

    def _serve(self):
        while True:
            query, who = self.socket.recvfrom(4096)
            name, end = _decode(query, 12)
            kind = NAMES.get(struct.unpack('!H', query[end:end + 2])[0], '?')
            with self.lock:
                self.asked.append((name, kind))
            if name in self.silent:
                continue
            found = [_value(kind, text) for text in self.records.get(f'{name} {kind}', [])]
            exists = any(key.split()[0] == name for key in self.records)
            answers = b''.join(b'\xc0\x0c' + struct.pack('!HHIH', TYPES[kind], 1, 1, len(value)) + value for value in found)
            code = 0x8180 if exists else 0x8183
            self.socket.sendto(query[:2] + struct.pack('!HHHHH', code, 1, len(found), 0, 0) + query[12:end + 4] + answers, who)
