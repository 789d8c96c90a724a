"""reading-reader.py PREFIX STATE SCREENSHOTS LANGUAGE: the reader: what is printed."""
import os
import re
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from letters import letter, ready, row  # noqa: E402
from scene import STATE, case, chosen, eventually, exact, finish  # noqa: E402
from tap import main  # noqa: E402


class Paper:
    """What was printed: pages of words with their boxes."""

    def __init__(self, path):
        self.text = unicodedata.normalize('NFKC', self._run('pdftotext', '-layout', path, '-'))  # ligatures
        page = None
        self.pages = []  # of (height, [(top, bottom, word)])
        for kind, numbers, word in re.findall(r'<(page|word) ([^>]*)>(?:([^<]*)</word>)?', self._run('pdftotext', '-bbox', path, '-')):
            box = {key: float(value) for key, value in re.findall(r'(\w+)="([\d.]+)"', numbers)}
            if kind == 'page':
                page = []
                self.pages.append((box['height'], page))
            else:
                page.append((box['yMin'], box['yMax'], word))

    @staticmethod
    def _run(*command):
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout

    def check_margins(self):
        """Nothing is cut at the edge of a page: all of it stands within the margins (15 mm are 42 points)."""
        for number, (height, words) in enumerate(self.pages):
            for top, bottom, word in words:
                middle = (top + bottom) / 2  # fonts say more of their height than they use
                assert 45 < middle < height - 45, f'“{word}” at {top} to {bottom} of page {number + 1}'


def printed(scene, name, proposed):
    """Goes through the dialog of printing as a person does who wants a file."""
    path = os.path.join(STATE, name)
    scene.app.wait('dialog', exact('Print'))
    scene.app.click('label', '^Print to File$')
    scene.app.click('push button', re.escape(proposed) + '[.]pdf$')
    scene.app.wait('text', '^Name:$', condition=lambda n: n.has('focused'))
    scene.app.key('ctrl+a')
    scene.app.type(path)
    scene.app.click('push button', exact('_Select'))
    scene.app.wait('push button', re.escape(name))
    scene.app.click('push button', exact('_Print'))

    def complete():
        with open(path, 'rb') as file:
            return file.read().rstrip().endswith(b'%%EOF')
    eventually(lambda: os.path.exists(path) and complete(), what='the file is there')
    scene.app.wait_gone('dialog', exact('Print'))
    return Paper(path)


@case
def a_long_text_is_printed(scene):
    """Its headers, all its lines, each on one page; the file is called like the subject."""
    body = '\n'.join(f'Line {i} of the minutes, 회의록의 {i} 번째 문장.' for i in range(150))
    scene.empty('alice')
    scene.append('alice', 'INBOX', letter('회의록 Minutes', body, sender='김민수 <bob@lab.test>'))
    ready(scene)
    scene.app.click(row(scene, 'Minutes'))
    scene.app.wait('text', None, condition=lambda n: '149 번째' in n.text)
    scene.app.key('ctrl+p')
    paper = printed(scene, 'long.pdf', '회의록 Minutes')
    assert re.search('회의록 Minutes\nFrom +김민수 <bob@lab.test>\nTo +alice@lab.test\nDate .*20', paper.text), paper.text[:500]
    numbers = [int(n) for n in re.findall(r'^Line (\d+) of', paper.text, re.M)]
    assert numbers == list(range(150)), numbers
    assert len(re.findall('번째 문장[.]', paper.text)) == 150, paper.text
    assert 3 <= len(paper.pages) <= 5, len(paper.pages)
    paper.check_margins()
    scene.quit()


# What its style sheet says must reach neither the headers nor the letters beside it.
LOUD = ('<html><head><style>* { color: red !important; text-transform: uppercase !important; } :host, section, body { margin-top: -300px !important }</style></head>'
        '<body><p>A loud letter.</p>' + ''.join(f'<p>Paragraph {i}: {"words that go on for some lines " * 5}</p>' for i in range(30)) + '</body></html>')


@case
def a_conversation_is_printed(scene):
    """All messages, open or not, one below the other; what one brings does nothing to the others; by its own menu only one of them."""
    scene.empty('alice')
    scene.append('alice', 'INBOX', letter('Harbour', 'The first words.', hour=0, name='a'))
    scene.append('alice', 'INBOX', letter('Re: Harbour', LOUD, kind='text/html', hour=1, name='b', answers=['a']))
    scene.append('alice', 'INBOX', letter('Re: Harbour', '마지막 말씀입니다.', sender='Kim <kim@lab.test>', hour=2, name='c', answers=['a', 'b']))
    ready(scene)
    scene.app.click(row(scene, 'Harbour'))
    scene.app.wait('label', '^3 messages$')
    scene.app.key('ctrl+p')
    paper = printed(scene, 'all.pdf', 'Harbour')
    assert re.findall(r'^From +(.*)', paper.text, re.M) == ['Bob Miller <bob@lab.test>'] * 2 + ['Kim <kim@lab.test>'], paper.text
    assert len(re.findall('^Date ', paper.text, re.M)) == 3 and len(re.findall('^Subject +Re: Harbour', paper.text, re.M)) == 2, paper.text
    words = ['Harbour', 'The first words.', 'A LOUD LETTER.', 'PARAGRAPH 0:', 'PARAGRAPH 29:', '마지막 말씀입니다.']
    places = [paper.text.find(word) for word in words]
    assert -1 not in places and places == sorted(places), list(zip(words, places))
    paper.check_margins()
    last = scene.app.root.find_all('push button|toggle button', exact('Do Something With This Message'))[-1]
    scene.app.click(last)
    scene.app.wait(None, exact('_Print…')).act()
    paper = printed(scene, 'one.pdf', 'Re_ Harbour')
    assert '마지막 말씀입니다.' in paper.text and 'LOUD' not in paper.text, paper.text
    scene.quit()


if __name__ == '__main__':
    main(chosen([a_long_text_is_printed, a_conversation_is_printed]), finish)
