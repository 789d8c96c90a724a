"""What became of a vector, by the pixels: before each stands a bar of a colour of its own, which tells that it was laid out, on the screen or
on paper; and each script would paint all of its page in a colour that nothing else has, and write a word that nowhere else stands."""
import glob
import itertools
import os
import struct
import subprocess
import tempfile
import threading
import time
import zlib

from screen import Screen

TRACE = (1, 254, 254)
WORD = 'ran-here'
SCRIPT = ("document.documentElement.style='background:rgb(%d,%d,%d)'," % TRACE
          + "document.documentElement.append('ran'+'-'+'here'),")  # in one piece it would stand in the source


def colour(number):
    """That nobody chooses by chance: of its three parts one says whether the others are what they should be."""
    return 0x40 + (number >> 8), number & 0xff, (number * 37 + 91) & 0xff


def number_of(red, green, blue):
    number = (red - 0x40) << 8 | green
    return number if 0 <= number < 0x400 and colour(number)[2] == blue else None


def bar(number):
    return '<div style="background:#%02x%02x%02x;padding:5px;clear:both"></div>' % colour(number)


def bars(pixels, least):
    """({number}, whether a script painted) of a line of pixels (red, green, blue) down a page; a bar is at least so high."""
    found, ran = set(), False
    for pixel, run in itertools.groupby(pixels):
        number = number_of(*pixel)
        if pixel == TRACE:
            ran = True
        elif number is not None and sum(1 for _ in run) >= least:
            found.add(number)
    return found, ran


class Watch:
    """Looks down a line of the screen as often as it can, and keeps what passed."""

    def __init__(self, x, top, height):
        self.box, self.running = (x, top, 1, height), True
        self.found, self.now, self.ran = set(), set(), False  # so far; at the last look
        self.screen = Screen()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self):
        while self.running:
            line = self.screen.area(*self.box)
            found, ran = bars([(line[i + 2], line[i + 1], line[i]) for i in range(0, len(line), 4)], 4)
            self.found |= found
            self.now = found
            self.ran |= ran
            time.sleep(.004)

    def has(self, numbers, timeout):
        """Whether all of them were seen."""
        end = time.time() + timeout
        while not self.found >= numbers and time.time() < end:
            time.sleep(.01)
        return self.found >= numbers

    def end(self):
        self.running = False
        self.thread.join()
        self.screen.close()


def area_of(wanted, box=(0, 0, 1280, 800)):
    """How many pixels of the screen have this colour."""
    screen = Screen()
    pixels = memoryview(screen.area(*box)).cast('I')
    screen.close()
    value = wanted[0] << 16 | wanted[1] << 8 | wanted[2]
    return sum(1 for pixel in pixels if pixel & 0xffffff == value)


def bars_on_paper(path):
    """({number}, whether a script painted) of all pages of a document, down their middle."""
    found, ran = set(), False
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['pdftoppm', '-r', '40', '-aa', 'no', '-aaVector', 'no', path, os.path.join(folder, 'page')], check=True)
        for name in glob.glob(os.path.join(folder, '*.ppm')):
            with open(name, 'rb') as file:
                assert file.readline() == b'P6\n'
                width, height = map(int, file.readline().split())
                file.readline()
                data = file.read()
            at = [(y * width + width // 2) * 3 for y in range(height)]
            more, did = bars([tuple(data[i:i + 3]) for i in at], 2)
            found |= more
            ran |= did
    return found, ran


def picture(width, height, rgb):
    """A PNG of one colour."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = (b'\0' + bytes(rgb) * width) * height
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0))
            + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b''))
