"""Letters with formats, for the tests of writing: how they are begun, what is pasted into them, how they arrive."""
import glob
import html.parser
import os
import subprocess
import time

from scene import STATE, eventually, lab


class Reader(html.parser.HTMLParser):
    """(text, elements around it) of a letter, and its pictures."""

    def __init__(self, text):
        super().__init__()
        self.open, self.texts, self.elements, self.pictures, self.styles = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.styles.append(attrs.get('style', ''))
        if tag == 'img':
            self.pictures.append(attrs)
        elif tag != 'br':
            self.open.append((tag, attrs))

    def handle_startendtag(self, tag, attrs):
        if tag != 'br':
            self.pictures.append(dict(attrs))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag, f'</{tag}> is not what is open'

    def handle_data(self, data):
        self.texts.append((data, [tag for tag, _attrs in self.open]))
        self.elements.append((data, list(self.open)))

    def around(self, words):
        return next(tags for text, tags in self.texts if words in text)

    def attribute(self, words, name):
        """What the elements around say of it, the outermost first."""
        return next([attrs[name] for _tag, attrs in around if name in attrs] for text, around in self.elements if words in text)


def begin(scene, **settings):
    scene.empty('alice', 'bob')
    scene.account()
    scene.settings(write_rich='true', **dict({'undo_send_seconds': 0}, **settings))


def arrived(subject):
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == subject, what=subject)
    return message, Reader(message.get_body(('html',)).get_content()), message.get_body(('plain',)).get_content().replace('\r\n', '\n')


def looks(node, words):
    return node.attributes(node.text.index(words))


def make_picture(size, name):
    """Its bytes; the file is there, too."""
    path = os.path.join(STATE, name)
    subprocess.run(['convert', '-size', size, 'gradient:red-blue', path], check=True)
    with open(path, 'rb') as file:
        return file.read()


def wait_for_picture(scene, files=1):
    """With the others of the draft so many files."""
    eventually(lambda: len(glob.glob(os.path.join(scene.profile, '**', 'attachments', '*'), recursive=True)) >= files, what='the picture in the draft')
    time.sleep(.5)
