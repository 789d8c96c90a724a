"""What a screen reader is told of a program (AT-SPI 2), over D-Bus.

    program = Program.of(pid)        # None: it is not on the accessibility bus yet
    program.root.find('push button', 'Reply').act()

A look takes one question for all that the program has told of itself so far (GetItems of its cache), where asking each object of a window for
its role, name, state, place and children takes some 1500.  GTK makes the objects of a widget known when somebody asks for them first: where one
has fewer children there than it says, it is asked, and all is read again.

What GTK 4.8 gets wrong: SHOWING is set on toplevels only (VISIBLE and a non-empty box are taken instead); extents are relative to the
window, and in popovers to the parent's window; content of a web view is not in the tree at all.
"""
import re

import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, Gio, GLib  # noqa: E402

ROOT = '/org/a11y/atspi/accessible/root'
PATIENCE = 10000  # ms


def interface(name):
    return 'org.a11y.atspi.' + name


def bit(state):
    return 1 << int(getattr(Atspi.StateType, state.upper()))


VISIBLE = bit('visible')


class Bus:
    """The accessibility bus."""
    one = None

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address, = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None, 0, PATIENCE, None).unpack()
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)

    def call(self, name, path, where, method, arguments=None):
        """What it answers; None: nobody does."""
        try:
            return self.connection.call_sync(name, path, where, method, arguments, None, 0, PATIENCE, None).unpack()
        except GLib.Error:
            return None

    def programs(self):
        found = self.call(interface('Registry'), ROOT, interface('Accessible'), 'GetChildren')
        return [name for name, _path in found[0]] if found else []

    def process(self, name):
        found = self.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'GetConnectionUnixProcessID', GLib.Variant('(s)', (name,)))
        return found and found[0]


class Program:
    def __init__(self, bus, name):
        self.bus = bus
        self.name = name
        self.root = Node(self, ROOT)

    @classmethod
    def of(cls, pid):
        Bus.one = Bus.one or Bus()
        return next((cls(Bus.one, name) for name in Bus.one.programs() if Bus.one.process(name) == pid), None)

    def call(self, path, where, method, arguments=None):
        return self.bus.call(self.name, path, interface(where), method, arguments)

    def get(self, path, where, name):
        found = self.bus.call(self.name, path, 'org.freedesktop.DBus.Properties', 'Get', GLib.Variant('(ss)', (interface(where), name)))
        return found and found[0]

    def children(self, path):
        found = self.call(path, 'Accessible', 'GetChildren')
        return [child for name, child in found[0] if name == self.name] if found else []


class Item:
    """One object as it was when it was looked at."""

    def __init__(self, told):
        (_name, self.path), _program, (_owner, self.parent), self.index, self.count, _interfaces, self.name, role, self.description, states = told
        self.role = Atspi.role_get_name(Atspi.Role(role))
        self.visible = bool((states[0] | states[1] << 32) & VISIBLE)
        self.is_there = self.visible or self.role in ('application', 'filler')

    def matches(self, role, name):
        return (role is None or self.role in role.split('|')) and (name is None or re.search(name, self.name))


class Look:
    """All of a program at one time.  `thorough`: each object on the screen is asked for its children, as if none had been told."""

    def __init__(self, program, thorough=False):
        self.program = program
        self.items, self.under, self.asked, self.boxes = {}, {}, {}, {}
        self._read()
        for _ in range(20):
            new = [ROOT] if ROOT not in self.asked else [
                item.path for item, chain in self.below(ROOT)
                if item.path not in self.asked and (thorough or self._is_short(item)) and self._on_screen(item, chain)]
            self.asked.update((path, program.children(path)) for path in new)
            if not new:
                break
            if any(child not in self.items for path in new for child in self.asked[path]):
                self._read()

    def _read(self):
        told = self.program.call('/org/a11y/atspi/cache', 'Cache', 'GetItems')
        self.items, self.under = {}, {}
        for item in map(Item, told[0] if told else []):
            self.items[item.path] = item
            self.under.setdefault(item.parent, []).append(item)
        for items in self.under.values():
            items.sort(key=lambda item: item.index)

    def _is_short(self, item):
        return item.count != sum(child.visible for child in self.under.get(item.path, []))

    def _children(self, path):
        if path in self.asked:
            return [self.items[child] for child in self.asked[path] if child in self.items]
        return self.under.get(path, [])

    def _has_box(self, item):
        if item.path not in self.boxes:
            box = Node(self.program, item.path).extents
            self.boxes[item.path] = box is None or (box[2] > 0 and box[3] > 0)
        return self.boxes[item.path]

    def _on_screen(self, item, chain):
        return all(not one.visible or self._has_box(one) for one in (*chain, item))

    def below(self, path, chain=()):
        """What is visible below it, top down, each with what it is in: (item, items above)."""
        for child in self._children(path):
            if child.is_there:
                yield child, chain
                yield from self.below(child.path, (*chain, child))

    def shown(self, path, wanted):
        """Those below it that are wanted and on the screen, each with how deep it is."""
        for item, chain in self.below(path):
            if wanted(item) and self._on_screen(item, chain):
                yield item, len(chain) + 1


class Node:
    """One accessible object; every property is read live, and a vanished object reads as empty."""

    def __init__(self, program, path):
        self.program = program
        self.path = path

    def __eq__(self, other):
        return isinstance(other, Node) and (self.program.name, self.path) == (other.program.name, other.path)

    def __hash__(self):
        return hash((self.program.name, self.path))

    def _call(self, where, method, signature='()', *arguments):
        return self.program.call(self.path, where, method, GLib.Variant(signature, arguments))

    @property
    def role(self):
        found = self._call('Accessible', 'GetRole')
        return Atspi.role_get_name(Atspi.Role(found[0])) if found else ''

    @property
    def name(self):
        return self.program.get(self.path, 'Accessible', 'Name') or ''

    @property
    def description(self):
        return self.program.get(self.path, 'Accessible', 'Description') or ''

    def has(self, *states):
        found = self._call('Accessible', 'GetState')
        return bool(found) and all((found[0][0] | found[0][1] << 32) & bit(state) for state in states)

    @property
    def extents(self):
        found = self._call('Component', 'GetExtents', '(u)', int(Atspi.CoordType.WINDOW))
        return found and found[0]

    @property
    def showing(self):
        box = self.has('visible') and self.extents
        return box is None or bool(box and box[2] > 0 and box[3] > 0)

    @property
    def parent(self):
        found = self.program.get(self.path, 'Accessible', 'Parent')
        return Node(self.program, found[1]) if found and found[0] == self.program.name and self.path != ROOT else None

    @property
    def ancestors(self):
        found, node = [], self.parent
        while node and len(found) < 100:
            found.append(node)
            node = node.parent
        return found

    @property
    def children(self):
        return [Node(self.program, path) for path in self.program.children(self.path)]

    def _text(self, end):
        found = self._call('Text', 'GetText', '(ii)', 0, end)
        return found[0] if found else ''

    @property
    def text(self):
        count = self.program.get(self.path, 'Text', 'CharacterCount')
        return self._text(count) if count else ''

    @property
    def start(self):
        """The first words of its text: all of 50 MB does not go over the bus."""
        return self._text(200)

    def attributes(self, offset):
        """How its text is drawn there."""
        found = self._call('Text', 'GetAttributeRun', '(ib)', offset, False)
        return found[0] if found else {}

    # ---- what is below
    def matches(self, role, name):
        return (role is None or self.role in role.split('|')) and (name is None or re.search(name, self.name))

    def _shown(self, wanted, thorough=False):
        for item, depth in Look(self.program, thorough).shown(self.path, wanted):
            yield Node(self.program, item.path), depth

    def deep(self):
        """This node and everything below that is on the screen, top down, each with how deep it is."""
        yield self, 0
        yield from self._shown(lambda item: True)

    def walk(self):
        return [node for node, _depth in self.deep()]

    def search(self, role, name, condition=None, thorough=False):
        """The first below it that is on the screen and meets the condition."""
        nodes = self._shown(lambda item: item.matches(role, name), thorough)
        return next((node for node, _depth in nodes if not condition or condition(node)), None)

    def find_all(self, role=None, name=None):
        """It itself as well.  Nothing is said to be there only after everything was asked."""
        for thorough in (False, True):
            found = [node for node, _depth in self._shown(lambda item: item.matches(role, name), thorough)]
            if self.matches(role, name):
                found.insert(0, self)
            if found:
                break
        return found

    def find(self, role=None, name=None):
        if self.matches(role, name):
            return self
        return self.search(role, name) or self.search(role, name, thorough=True)

    # ---- what a screen reader can do
    def act(self):
        """Its first accessible action, as a screen reader's user would trigger it."""
        found = self._call('Action', 'DoAction', '(i)', 0)
        return bool(found and found[0])

    def set_text(self, text):
        found = self._call('EditableText', 'SetTextContents', '(s)', text)
        return bool(found and found[0])

    def __repr__(self):
        return f'<{self.role} {self.name!r}>'
