"""reading-text.py PREFIX STATE SCREENSHOTS LANGUAGE: plain text: flowed lines, colours, links, emoji, and fixed width, which is remembered."""
import collections
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import run  # noqa: E402
from scene import SCREENSHOTS, STATE, case, chosen, eventually, exact, finish  # noqa: E402
from tap import main  # noqa: E402

HEAD = ('From: Bob Miller <bob@lab.test>\r\nTo: alice@lab.test\r\nSubject: %s\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n'
        'Content-Type: text/plain; charset=utf-8%s\r\nContent-Transfer-Encoding: 8bit\r\n\r\n')


def put(scene, subject, body, parameters=''):
    scene.append('alice', 'INBOX', (HEAD % (subject, parameters) + body.replace('\n', '\r\n')).encode())


def begin(scene):
    scene.account('alice')
    scene.start()
    scene.inbox()
    if os.environ.get('NARROW'):
        scene.app.resize(360, 720)


def show(scene, subject, words):
    scene.click_row(re.escape(subject))
    return scene.app.wait('text', None, condition=lambda n: words in n.text)


def look(node, words):
    """How these words of the text are drawn."""
    offset = node.text.index(words)
    return node.attributes(offset)


def pixels(scene, node, name):
    """Of its box on the screen: {y: [(x, how far from the ground, red, green, blue)]} of what is not the ground; the scroll bar at its side is left out."""
    path = os.path.join(SCREENSHOTS, name + '.png')
    time.sleep(.5)
    scene.app.screenshot(path)
    x, y = scene.app.center(node)
    _x, _y, width, height = node.extents
    lines = run('convert', path, '-crop', f'{width - 40}x{height}+{x - width // 2}+{y - height // 2}', '+repage', '-depth', '8', 'txt:-').splitlines()
    dots = [tuple(map(int, re.match(r'(\d+),(\d+): \((\d+),(\d+),(\d+)', line).groups())) for line in lines[1:]]
    ground = collections.Counter(dot[2:] for dot in dots).most_common(1)[0][0]
    found = {}
    for x, y, *colour in dots:
        if tuple(colour) != ground:
            found.setdefault(y, []).append((x, sum((a - b) ** 2 for a, b in zip(colour, ground)), *colour))
    return found


def lines_of(found):
    """The pixels of each line of text, from the top."""
    lines, last = [], None
    for row in sorted(found):
        if last is None or row > last + 2:
            lines.append([])
        last = row
        lines[-1] += found[row]
    return lines


def ends(found):
    return [max(column for column, *_colour in line) for line in lines_of(found)]


@case
def flowed_lines_are_joined_and_quotes_have_their_colours(scene):
    scene.empty('alice')
    put(scene, 'Flowing', 'It goes \non and \non.\n> What was \n> asked\n>> and before\nThat is all.\n-- \nBob\n', '; format=flowed')
    put(scene, 'Tight', '회의는 금요 \n일입니다.\n> 물어보신 것 \n> 입니다\n네.\n', '; format=flowed; delsp=yes')
    begin(scene)
    text = show(scene, 'Flowing', 'It goes')
    assert text.text.startswith('It goes on and on.\n> What was asked\n>> and before\nThat is all.\n-- \nBob'), text.text
    strongest = [max(line, key=lambda dot: dot[1])[2:] for line in lines_of(pixels(scene, text, 'quotes'))]
    assert len(strongest) == 6 and len(set(strongest[:3])) == 3 and strongest[0] == strongest[3] and strongest[5] not in strongest[:3], strongest
    scene.shot('flowed')
    text = show(scene, 'Tight', '회의는')
    assert text.text.startswith('회의는 금요일입니다.\n> 물어보신 것입니다'), text.text
    scene.quit()


@case
def links_end_where_they_do_and_open_by_the_keyboard(scene):
    scene.empty('alice')
    put(scene, 'Links', '자료는 https://example.org/path에서 (www.example.org), bob@lab.test에게.\n')
    begin(scene)
    text = show(scene, 'Links', '자료는')
    for words, linked in (('자료는', False), ('https://', True), ('path', True), ('에서', False), ('www.', True), ('),', False), ('bob@', True), ('에게', False)):
        assert (look(text, words).get('underline', 'none') != 'none') == linked, f'{words}: {look(text, words)}'
    scene.shot('links')
    scene.app.click(text)
    scene.app.key('ctrl+End', *['Left'] * 8)
    scene.app.wait('label', exact('mailto:bob@lab.test'))
    scene.app.key('Return')
    scene.wait_for_recipient('To', 'bob@lab.test')
    scene.app.key('Escape')
    scene.quit()


@case
def fixed_width_is_chosen_and_remembered(scene):
    """Two Latin letters are as wide as one Korean one, an emoji stays one and in its colours."""
    scene.empty('alice')
    put(scene, 'Table', '가가가가가가가가가가█\n\niiiiiiiiiiiiiiiiiiii█\n\nMMMMMMMMMMMMMMMMMMMM█\n')
    put(scene, 'Party', '👨‍👩‍👧‍👦🎉\n')
    begin(scene)
    text = show(scene, 'Table', '가가')
    before = ends(pixels(scene, text, 'proportional'))
    assert len(before) == 3 and max(before) - min(before) > 10, f'these are equally wide already: {before}'
    scene.app.click('push button|toggle button', exact('More'))
    scene.app.click(None, exact('Fixed-_Width Text'))
    eventually(lambda: max(after := ends(pixels(scene, text, 'fixed'))) - min(after) <= 2, 60, 'all lines equally long')
    text = show(scene, 'Party', '🎉')
    found = pixels(scene, text, 'emoji')
    colours = [(r, g, b) for row in found.values() for _x, _far, r, g, b in row]
    assert len([c for c in colours if max(c) - min(c) > 60]) > 50, 'no colour in an emoji'
    assert max(ends(found)) < 90, f'it has fallen into pieces: {ends(found)}'
    scene.quit()
    scene.start()
    scene.inbox()
    text = show(scene, 'Table', '가가')
    after = ends(pixels(scene, text, 'remembered'))
    assert max(after) - min(after) <= 2, f'not remembered: {after}'
    scene.quit()


@case
def the_size_of_text_is_remembered(scene):
    """Even where the program is killed a moment later; and that HTML is read as text."""
    scene.empty('alice')
    scene.append('alice', 'INBOX', (HEAD % ('Page', '') + '<p>A <b>page</b> of words.</p>').replace('text/plain', 'text/html').encode())
    put(scene, 'Size', ''.join(f'Line {i} of twelve.\n' for i in range(12)))
    begin(scene)
    text = show(scene, 'Size', 'Line 11')
    normal = text.extents[3]
    scene.app.key('ctrl+plus', 'ctrl+plus', 'ctrl+plus')
    eventually(lambda: text.extents[3] > normal * 1.2, what='larger text')
    scene.app.key('ctrl+0')
    eventually(lambda: text.extents[3] == normal, what='text of the size it had')
    scene.app.key('ctrl+plus', 'ctrl+plus')
    large = eventually(lambda: text.extents[3] > normal * 1.1 and text.extents[3], what='larger text')
    scene.click_row('Page')
    scene.app.wait(None, exact('Message as HTML'))
    scene.app.click('push button|toggle button', exact('More'))
    scene.app.click(None, exact('Plain _Text'))
    scene.app.wait('text', None, condition=lambda n: 'A page of words.' in n.text)

    def kept():
        with open(os.path.join(scene.profile, 'config', 'settings.ini'), encoding='utf-8') as file:
            return re.search('^zoom=1.2', settings := file.read(), re.M) and 'prefer-plain-text=true' in settings
    eventually(kept, 60, 'what was chosen is on disk')
    scene.app.kill()
    scene.start()
    scene.inbox()
    show(scene, 'Page', 'A page of words.')
    text = show(scene, 'Size', 'Line 11')
    eventually(lambda: text.extents[3] == large, what='the size is remembered')
    scene.quit()


@case
def a_message_is_shown_and_saved_as_it_came(scene):
    scene.empty('alice')
    body = 'Grüße\n=3D is no code here\n> <https://example.org>\n'
    put(scene, 'As it came', body)
    begin(scene)
    show(scene, 'As it came', 'Grüße')
    scene.app.key('ctrl+shift+u')
    scene.app.wait('frame|window|dialog', exact('Source of the Message'))
    source = scene.app.wait('text', exact('Source of the message')).text
    assert 'Subject: As it came\n' in source and source.replace('\r', '').endswith(body), source
    scene.shot('source')
    scene.app.key('Escape')
    scene.app.wait_gone('frame|window|dialog', exact('Source of the Message'))
    path = os.path.join(STATE, 'as-it-came.eml')
    scene.app.key('ctrl+s')
    time.sleep(1)
    scene.app.key('ctrl+a')
    scene.app.type(path)
    time.sleep(.5)
    scene.app.key('Return')
    eventually(lambda: os.path.exists(path) and os.path.getsize(path) > 0, what='the file')
    with open(path, 'rb') as file:
        saved = file.read().replace(b'\r\n', b'\n')
    assert saved == (HEAD % ('As it came', '') + body).encode().replace(b'\r\n', b'\n'), saved
    scene.quit()


if __name__ == '__main__':
    main(chosen([flowed_lines_are_joined_and_quotes_have_their_colours, links_end_where_they_do_and_open_by_the_keyboard,
                 fixed_width_is_chosen_and_remembered, the_size_of_text_is_remembered, a_message_is_shown_and_saved_as_it_came]), finish)
