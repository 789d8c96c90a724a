"""The wire of the test's own network: a name server that answers nothing and writes down who asked for what, and an ear on every
interface.  Runs as root in a network and mount namespace of its own."""
import os
import socket
import struct
import subprocess
import threading

RESOLV = 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n'


def _name(data, at):
    labels = []
    while at < len(data) and data[at]:
        labels.append(data[at + 1:at + 1 + data[at]].decode('latin-1'))
        at += 1 + data[at]
    return '.'.join(labels).lower()


class Wire:
    """heard: [(what, host or address, port)] of everything but what belongs to `ports` on this computer."""

    def __init__(self, folder, ports):
        self.ports, self.names, self.heard, self.lock = set(ports), [], [], threading.Lock()
        path = os.path.join(folder, 'resolv.conf')
        with open(path, 'w', encoding='ascii') as file:
            file.write(RESOLV)
        subprocess.run(['mount', '--bind', path, os.path.realpath('/etc/resolv.conf')], check=True)
        # Somebody seems to live at the end of the route, so that what goes out really goes
        subprocess.run('ip link set veth1 up; ip neigh replace 45.45.45.1 lladdr 02:00:00:00:00:01 dev veth0', shell=True, check=True)
        self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.server.bind(('127.0.0.1', 53))
        self.ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
        self.ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        for work in (self._answer, self._listen):
            threading.Thread(target=work, daemon=True).start()

    def _answer(self):
        while True:
            query, who = self.server.recvfrom(4096)
            with self.lock:
                self.names.append(_name(query, 12))
            self.server.sendto(query[:2] + b'\x81\x83' + query[4:6] + b'\0\0\0\0\0\0' + query[12:], who)  # there is no such name

    def _listen(self):
        while True:
            frame, address = self.ear.recvfrom(400)
            interface, protocol, direction = address[0], address[1], address[2]
            if interface == 'veth1' or (interface == 'lo' and direction == 4):  # the other end; the same packet on its way out
                continue
            found = self._judge(protocol, frame[14:])
            if found:
                with self.lock:
                    self.heard.append(found)

    def _judge(self, protocol, packet):
        if protocol == 0x0806:  # ARP: somebody looks for a neighbour
            return ('arp', socket.inet_ntoa(packet[24:28]), 0)
        if protocol == 0x0800:
            kind, data = packet[9], packet[(packet[0] & 15) * 4:]
            source, target = socket.inet_ntoa(packet[12:16]), socket.inet_ntoa(packet[16:20])
        elif protocol == 0x86dd:
            kind, data = packet[6], packet[40:]
            source, target = (socket.inet_ntop(socket.AF_INET6, packet[a:a + 16]) for a in (8, 24))
            if kind in (0, 58) and not (kind == 58 and data and data[0] == 128):
                return None  # what the kernel says when an interface comes up
        else:
            return None
        if kind == 1 and data and data[0] == 3:
            return None  # "nobody there": the answer to a packet that was counted
        if kind not in (6, 17) or len(data) < 4:
            return (f'protocol {kind}', target, 0)
        here, there = struct.unpack('!HH', data[:4])
        if here in self.ports or there in self.ports:
            return None
        if source == '127.0.0.1' and 53 in (here, there):
            return None if here == 53 else ('dns', target, there)
        if kind == 6 and len(data) > 13 and not (data[13] & 2 and not data[13] & 16):
            return None  # only who begins counts
        return ('tcp' if kind == 6 else 'udp', target, there)

    def take(self):
        """([names], [packets]) since the last time."""
        with self.lock:
            found = self.names, self.heard
            self.names, self.heard = [], []
        return found
