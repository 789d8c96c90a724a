"""What a screen reader is told of a program (AT-SPI 2), over D-Bus.

    program = Program.of(pid)        # None: it is not on the accessibility bus yet
    program.root.find('push button', 'Reply').act()

A look takes one question for all that the program has told of itself so far (GetItems of its cache), where asking each object of a window for
its role, name, state, place and children takes some 1500.  What is told that way is not the whole truth: GTK makes a widget known when somebody
asks its parent for children first, and goes on telling of one that is hidden.  So what is found is looked for once more among the children
of its parent, and theirs; and before something is said not to be there, or all of a kind are listed, every object is asked for its children.

What GTK 4.8 gets wrong: SHOWING is set on toplevels only (VISIBLE and a non-empty box are taken instead); extents are relative to the
window, and in popovers to the parent's window; content of a web view is not in the tree at all.
"""
import re

import dbus
import dbus.bus
import gi

gi.require_version('Atspi', '2.0')
from gi.repository import Atspi  # noqa: E402

ROOT = '/org/a11y/atspi/accessible/root'
PATIENCE = 10  # s
# The object is not there (any more), or is none of that kind; all else is no answer.
NOT_THERE = ('UnknownObject', 'UnknownMethod', 'UnknownInterface', 'UnknownProperty', 'InvalidArgs', 'NotSupported', 'Failed')


class NoAnswer(Exception):
    """The program does not answer, or is gone: nothing can be said of what it shows."""


def interface(name):
    return 'org.a11y.atspi.' + name


def bit(state):
    return 1 << int(getattr(Atspi.StateType, state.upper()))


VISIBLE = bit('visible')
FOCUSABLE = bit('focusable')


class Bus:
    """The accessibility bus."""
    one = None

    def __init__(self):
        session = dbus.SessionBus()
        self.connection = dbus.bus.BusConnection(session.get_object('org.a11y.Bus', '/org/a11y/bus').GetAddress(dbus_interface='org.a11y.Bus'))

    def call(self, name, path, where, method, signature='', *arguments):
        """What it answers; None: there is no such object, or it has nothing of that kind."""
        try:
            return self.connection.call_blocking(name, path, where, method, signature, arguments, timeout=PATIENCE)
        except dbus.DBusException as error:
            if (error.get_dbus_name() or '').rpartition('.')[2] in NOT_THERE:
                return None
            raise NoAnswer(f'{where}.{method}: {error}') from error

    def programs(self):
        return [name for name, _path in self.call(interface('Registry'), ROOT, interface('Accessible'), 'GetChildren') or []]

    def process(self, name):
        try:
            return self.call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'GetConnectionUnixProcessID', 's', name)
        except NoAnswer:  # it went meanwhile
            return None


class Program:
    def __init__(self, bus, name):
        self.bus = bus
        self.name = name
        self.root = Node(self, ROOT)
        self.untold = set()  # children that GetItems leaves out even when they were asked for
        self.short = {}  # what has fewer children than it says, however often it is asked: path -> (how many it says, how many there are)

    @classmethod
    def of(cls, pid):
        Bus.one = Bus.one or Bus()
        return next((cls(Bus.one, name) for name in Bus.one.programs() if Bus.one.process(name) == pid), None)

    def call(self, path, where, method, signature='', *arguments):
        return self.bus.call(self.name, path, interface(where), method, signature, *arguments)

    def get(self, path, where, name):
        return self.bus.call(self.name, path, 'org.freedesktop.DBus.Properties', 'Get', 'ss', interface(where), name)

    def children(self, path):
        return [child for name, child in self.call(path, 'Accessible', 'GetChildren') or [] if name == self.name]


def heard(name):
    """Without the marks that say from which side it is read."""
    return re.sub('[\u200e\u200f]', '', str(name))


class Item:
    """One object as it was when it was looked at."""

    def __init__(self, told):
        (_name, self.path), _program, (_owner, self.parent), self.index, self.count, _interfaces, name, role, self.description, states = told
        self.name = heard(name)
        self.role = Atspi.role_get_name(Atspi.Role(role))
        self.visible = bool((states[0] | states[1] << 32) & VISIBLE)
        self.focusable = bool((states[0] | states[1] << 32) & FOCUSABLE)
        self.is_there = self.visible or self.role in ('application', 'filler')

    def matches(self, role, name):
        return (role is None or self.role in role.split('|')) and (name is None or re.search(name, self.name))


class Look:
    """All of a program at one time.  `thorough`: each object is asked for its children, as if none had been told."""

    def __init__(self, program, thorough=False):
        self.program = program
        self.items, self.under, self.asked, self.boxes = {}, {}, {}, {}
        self._read()
        for _ in range(20):
            new = [path for path in self._reach(ROOT) if path not in self.asked and self._is_to_be_asked(path, thorough)]
            if not any([self._ask(path) for path in new]):
                break
            self._read()
        program.short.update((path, self._count(path)) for path in self.asked if path in self.items)
        program.untold.update(child for children in self.asked.values() for child in children if child not in self.items)

    def _ask(self, path):
        """Whether there are children that were not told, which then are asked for theirs."""
        self.asked[path] = self.program.children(path)
        new = [child for child in self.asked[path] if child not in self.items and child not in self.program.untold and child not in self.asked]
        for child in new:
            self._ask(child)
        return bool(new)

    def _read(self):
        self.items, self.under = {}, {}
        told = self.program.call('/org/a11y/atspi/cache', 'Cache', 'GetItems')
        if told is None:
            raise NoAnswer('nothing is told of what there is')
        for item in map(Item, told):
            self.items[item.path] = item
            self.under.setdefault(item.parent, []).append(item)
        for items in self.under.values():
            items.sort(key=lambda item: item.index)

    def _count(self, path):
        return self.items[path].count, sum(item.visible for item in self.under.get(path, []))

    def _is_to_be_asked(self, path, thorough):
        if path == ROOT:
            return True
        said, there = self._count(path)
        return said > 0 if thorough else said != there and self.program.short.get(path) != (said, there)

    def _reach(self, path):
        yield path
        for child in self._children(path):
            if child.is_there:
                yield from self._reach(child.path)

    def _children(self, path):
        if path in self.asked:
            return [self.items[child] for child in self.asked[path] if child in self.items]
        return self.under.get(path, [])

    def _has_box(self, item):
        if item.path not in self.boxes:
            box = Node(self.program, item.path).extents
            self.boxes[item.path] = box is None or (box[2] > 0 and box[3] > 0)
        return self.boxes[item.path]

    def _is_child(self, item):
        if item.parent not in self.asked:
            self.asked[item.parent] = self.program.children(item.parent)
        return item.path in self.asked[item.parent]

    def on_screen(self, item, chain):
        return all(self._is_child(one) and (not one.visible or self._has_box(one)) for one in (*chain, item))

    def below(self, path, chain=()):
        """What is visible below it, top down, each with what it is in: (item, items above)."""
        for child in self._children(path):
            if child.is_there:
                yield child, chain
                yield from self.below(child.path, (*chain, child))

    def shown(self, path, wanted):
        """Those below it that are wanted and on the screen, each with how deep it is."""
        for item, chain in self.below(path):
            if wanted(item) and self.on_screen(item, chain):
                yield item, len(chain) + 1


class Node:
    """One accessible object; every property is read live, and a vanished object reads as empty (that of a program that does not answer is no
    object: NoAnswer)."""

    def __init__(self, program, path):
        self.program = program
        self.path = path

    def __eq__(self, other):
        return isinstance(other, Node) and (self.program.name, self.path) == (other.program.name, other.path)

    def __hash__(self):
        return hash((self.program.name, self.path))

    def _call(self, where, method, signature='', *arguments):
        return self.program.call(self.path, where, method, signature, *arguments)

    @property
    def role(self):
        found = self._call('Accessible', 'GetRole')
        return Atspi.role_get_name(Atspi.Role(found)) if found else ''

    @property
    def name(self):
        return heard(self.program.get(self.path, 'Accessible', 'Name') or '')

    @property
    def description(self):
        return str(self.program.get(self.path, 'Accessible', 'Description') or '')

    def has(self, *states):
        found = self._call('Accessible', 'GetState')
        return bool(found) and all((found[0] | found[1] << 32) & bit(state) for state in states)

    @property
    def extents(self):
        found = self._call('Component', 'GetExtents', 'u', int(Atspi.CoordType.WINDOW))
        return tuple(map(int, found)) if found else None

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

    @property
    def text(self):
        count = self.program.get(self.path, 'Text', 'CharacterCount')
        return str(self._call('Text', 'GetText', 'ii', 0, count) or '') if count else ''

    @property
    def start(self):
        """The first words of its text: all of 50 MB does not go over the bus."""
        return str(self._call('Text', 'GetText', 'ii', 0, 200) or '')

    def attributes(self, offset):
        """How its text is drawn there."""
        found = self._call('Text', 'GetAttributeRun', 'ib', offset, False)
        return {str(key): str(value) for key, value in found[0].items()} if found else {}

    # ---- what is below
    def matches(self, role, name):
        return (role is None or self.role in role.split('|')) and (name is None or re.search(name, self.name))

    def _shown(self, wanted, thorough):
        for item, depth in Look(self.program, thorough).shown(self.path, wanted):
            yield Node(self.program, item.path), depth

    def deep(self):
        """This node and everything below that is on the screen, top down, each with how deep it is."""
        yield self, 0
        yield from self._shown(lambda item: True, thorough=True)

    def walk(self):
        return [node for node, _depth in self.deep()]

    def search(self, role, name, condition=None, thorough=False):
        """The first below it that is on the screen and meets the condition."""
        nodes = self._shown(lambda item: item.matches(role, name), thorough)
        return next((node for node, _depth in nodes if not condition or condition(node)), None)

    def find_all(self, role=None, name=None):
        """It itself as well."""
        found = [node for node, _depth in self._shown(lambda item: item.matches(role, name), thorough=True)]
        return [self] + found if self.matches(role, name) else found

    def find(self, role=None, name=None):
        if self.matches(role, name):
            return self
        return self.search(role, name) or self.search(role, name, thorough=True)

    # ---- what a screen reader can do
    def act(self):
        """Its first accessible action, as a screen reader's user would trigger it."""
        return bool(self._call('Action', 'DoAction', 'i', 0))

    def set_text(self, text):
        return bool(self._call('EditableText', 'SetTextContents', 's', text))

    def __repr__(self):
        return f'<{self.role} {self.name!r}>'
