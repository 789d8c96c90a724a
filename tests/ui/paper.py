"""What the window prints, for the tests of reading: to a file, by the dialog as a person does."""
import os
import re
import subprocess
import unicodedata

from scene import STATE, eventually, exact


class Paper:
    """What was printed: pages of words with their boxes."""

    def __init__(self, path):
        self.text = unicodedata.normalize('NFKC', self._run('pdftotext', '-layout', path, '-')).replace('\f', '\n')  # ligatures
        page = None
        self.pages = []  # of (height, [(top, bottom, word)])
        for kind, numbers, word in re.findall(r'<(page|word) ([^>]*)>(?:([^<]*)</word>)?', self._run('pdftotext', '-bbox', path, '-')):
            box = {key: float(value) for key, value in re.findall(r'(\w+)="([\d.]+)"', numbers)}
            if kind == 'page':
                page = []
                self.pages.append((box['height'], page))
            else:
                page.append((box['yMin'], box['yMax'], word))

        self.path = path

    def images(self):
        """A line for each, behind two of head."""
        return self._run('pdfimages', '-list', self.path)

    @staticmethod
    def _run(*command):
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout

    def check_margins(self):
        """Nothing is cut at the edge of a page: all of it stands within the margins (15 mm are 42 points)."""
        for number, (height, words) in enumerate(self.pages):
            for top, bottom, word in words:
                middle = (top + bottom) / 2  # fonts say more of their height than they use
                assert 45 < middle < height - 45, f'“{word}” at {top} to {bottom} of page {number + 1}'


def printed(scene, proposed, name=None, folder=None):
    """Goes through the dialog of printing as a person does who wants a file: of this name, or the one that is proposed, in HOME or the
    folder of the last one."""
    path = os.path.join(STATE, name) if name else os.path.join(folder or os.environ['HOME'], proposed + '.pdf')
    dialog = scene.app.wait('dialog', exact('Print'))
    scene.app.click(dialog.find('label', '^Print to File$'))
    if name:
        scene.app.click('push button', re.escape(proposed) + '[.]pdf$')
        scene.app.wait('text', '^Name:$', condition=lambda n: n.has('focused'))
        scene.app.key('ctrl+a')
        scene.app.type(path)
        scene.app.click('push button', exact('_Select'))
        scene.app.wait('push button', re.escape(name))
    scene.app.click(dialog.find('push button', exact('_Print')))

    def complete():
        with open(path, 'rb') as file:
            return file.read().rstrip().endswith(b'%%EOF')
    eventually(lambda: os.path.exists(path) and complete(), what='the file is there')
    scene.app.wait_gone('dialog', exact('Print'))
    return Paper(path)
