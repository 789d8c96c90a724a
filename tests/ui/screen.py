"""What is on the screen, to the millisecond: single pixels and lines of them, straight from the X server; and clicks that are sent at a known
time.  For what drive.py is too slow to see.  Runs inside tests/lab/session."""
import ctypes
import ctypes.util
import time


class _Image(ctypes.Structure):
    _fields_ = [('width', ctypes.c_int), ('height', ctypes.c_int), ('xoffset', ctypes.c_int), ('format', ctypes.c_int),
                ('data', ctypes.POINTER(ctypes.c_ubyte)), ('byte_order', ctypes.c_int), ('bitmap_unit', ctypes.c_int),
                ('bitmap_bit_order', ctypes.c_int), ('bitmap_pad', ctypes.c_int), ('depth', ctypes.c_int),
                ('bytes_per_line', ctypes.c_int), ('bits_per_pixel', ctypes.c_int)]


ALL_PLANES, Z_PIXMAP = ctypes.c_ulong(-1), 2


class Screen:
    def __init__(self):
        self.x11 = ctypes.CDLL('libX11.so.6')
        self.test = ctypes.CDLL('libXtst.so.6')
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self.x11.XGetImage.restype = ctypes.POINTER(_Image)
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(None))
        assert self.display.value, 'no display'
        self.root = ctypes.c_ulong(self.x11.XDefaultRootWindow(self.display))

    def close(self):
        self.x11.XCloseDisplay(self.display)

    def area(self, x, y, width, height):
        """The pixels of a box, line by line, four octets each: blue, green, red, nothing."""
        image = self.x11.XGetImage(self.display, self.root, x, y, width, height, ALL_PLANES, Z_PIXMAP)
        assert image and image.contents.bits_per_pixel == 32 and image.contents.bytes_per_line == width * 4
        pixels = ctypes.string_at(image.contents.data, width * height * 4)
        self.x11.XDestroyImage(image)
        return pixels

    def line(self, x, y, width):
        return self.area(x, y, width, 1)

    def pixel(self, x, y):
        blue, green, red, _ = self.line(x, y, 1)
        return red, green, blue

    def move(self, x, y):
        self.test.XTestFakeMotionEvent(self.display, -1, x, y, 0)
        self.x11.XSync(self.display, 0)

    def click(self, x, y):
        """Returns when (time.monotonic) it was sent."""
        self.move(x, y)
        time.sleep(.05)
        begin = time.monotonic()
        self.test.XTestFakeButtonEvent(self.display, 1, 1, 0)
        self.test.XTestFakeButtonEvent(self.display, 1, 0, 0)
        self.x11.XFlush(self.display)
        return begin

    def wait(self, x, y, colour, since, timeout=60):
        """Seconds since then until the pixel has that colour."""
        while self.pixel(x, y) != colour:
            assert time.monotonic() < since + timeout, f'{self.pixel(x, y)} at {x},{y}, not {colour}, after {timeout} s'
            time.sleep(.0005)
        return time.monotonic() - since

    def find(self, colour, width, height, step=8):
        """The middle of where that colour is, a place in it; None: nowhere."""
        wanted = bytes((colour[2], colour[1], colour[0]))
        found = []
        for y in range(0, height, step):
            pixels = self.line(0, y, width)
            found += [(x, y) for x in range(0, width, step) if pixels[x * 4:x * 4 + 3] == wanted]
        return found[len(found) // 2] if found else None
