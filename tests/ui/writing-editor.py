"""writing-editor.py PREFIX STATE SCREENSHOTS LANGUAGE: rich text from the keyboard, the clipboard and the quote of an answer, as it arrives."""
import glob
import os
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import clipboard  # noqa: E402
from giving import given  # noqa: E402
from rich import arrived, begin, looks, make_picture, wait_for_picture  # noqa: E402
from scene import STATE, case, chosen, eventually, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

ANSWERED = '''From: Bob Miller <bob@lab.test>\r
To: alice@lab.test\r
Subject: Plans\r
Date: Mon, 2 Nov 2026 10:00:00 +0000\r
Message-ID: <plans@lab.test>\r
MIME-Version: 1.0\r
Content-Type: text/html; charset=utf-8\r
\r
<html><body><p>We <b>must</b> meet.</p><ul><li>Monday</li><li><i>Tuesday</i></li></ul>
<div style="display:none">hidden words</div><p>See <a href="https://plan.example/a?b=1&amp;c=2">the plan</a>.</p></body></html>\r
'''


@case
def what_is_written_and_pasted_arrives_with_its_formats(scene):
    begin(scene)
    scene.start()
    scene.inbox()
    scene.compose('bob@lab.test', 'Formats')
    editor = scene.app.wait('text', exact('Message text'))
    scene.app.click(editor)
    scene.app.key('ctrl+b')
    scene.app.type('Bold')
    scene.app.key('ctrl+b', 'Return', 'ctrl+shift+o')
    scene.app.type('one')
    scene.app.key('Return')
    scene.app.type('two')
    scene.app.key('Return', 'Return', 'ctrl+shift+e')
    scene.app.type('middel')
    scene.app.key('Return', 'ctrl+shift+w')
    with clipboard('text/html', '<meta charset="utf-8"><p>pasted <strong>fat</strong></p><script>x()</script>'
                   '<img src="http://127.0.0.1:9/a.png"><table><tr><td>a</td><td>b</td></tr></table>'.encode()):
        scene.app.key('ctrl+v')
    scene.app.key('Return')
    with given(**{'text/html': b'<b>bare words</b>', 'text/plain;charset=utf-8': b'bare words'}):
        scene.app.key('ctrl+shift+v')
    scene.app.key('Return')
    picture = os.path.join(STATE, 'wide.png')
    subprocess.run(['convert', '-size', '2000x500', 'gradient:red-blue', picture], check=True)
    with open(picture, 'rb') as file, clipboard('image/png', file.read()):
        scene.app.key('ctrl+v')
    wait_for_picture(scene)
    editor = scene.app.wait('text', exact('Message text'))
    if os.path.exists('/usr/share/hunspell/en_US.dic'):
        eventually(lambda: looks(editor, 'middel').get('underline') == 'error', what='a wavy line')
    assert looks(editor, 'pasted').get('underline', 'none') == 'none'
    scene.shot('written')
    scene.app.key('ctrl+a', 'ctrl+c')
    scene.send()
    scene.composer_is_gone()
    message, letter, text = arrived('Formats')
    assert message.get_content_type() == 'multipart/alternative', message.get_content_type()
    assert 'b' in letter.around('Bold') and 'b' in letter.around('fat') and 'b' not in letter.around('pasted')
    assert letter.around('two')[-2:] == ['ol', 'li'], letter.around('two')
    assert 'text-align:center' in letter.styles
    assert not any('script' in tags for _text, tags in letter.texts)
    assert next(tags for text, tags in letter.texts if text == 'a')[-4:] == ['div', 'table', 'tr', 'td'], letter.texts
    shown, = letter.pictures
    part = next(part for part in message.walk() if part['Content-ID'] == f'<{shown["src"][len("cid:"):]}>')
    assert part.get_content_disposition() == 'inline' and shown['width'] == '1600', (part.items(), shown)
    size = subprocess.run(['identify', '-format', '%w', '-'], input=part.get_payload(decode=True), capture_output=True, check=True).stdout
    assert size == b'1600', size
    assert not {'b', 'strong'} & set(letter.around('bare words')), letter.around('bare words')
    # Another program shows the same.
    seen = lab.shown('bob', message)
    for line in ('Bold', ' 1. one', ' 2. two', 'pasted fat', 'a b', 'bare words'):
        assert re.search(rf'^ *{line.strip()} *$', seen, re.M), f'{line}: {seen}'
    assert len(re.findall('^.* PNG 1600x400 ', seen, re.M)) == 1 and 'Bcc' not in seen, seen
    assert '1. one\n2. two\n' in text and 'pasted fat\n' in text and 'a | b\nbare words\n' in text and f'[{shown["alt"]}]' in text, text
    # In another letter its bytes are not.
    scene.compose('bob@lab.test', 'Pasted')
    scene.app.click('text', exact('Message text'))
    scene.app.key('ctrl+v')
    eventually(lambda: 'pasted fat' in scene.app.wait('text', exact('Message text')).text, what='what was copied')
    scene.send()
    scene.composer_is_gone()
    message, letter, text = arrived('Pasted')
    assert 'b' in letter.around('fat') and not letter.pictures and 'cid:' not in text, letter.pictures
    # One that is still being read when it is to be sent goes along.
    scene.compose('bob@lab.test', 'At once', 'See:')
    with open(picture, 'rb') as file, clipboard('image/png', file.read()):
        scene.app.key('ctrl+v', 'ctrl+Return')
        scene.composer_is_gone()
    message, letter, text = arrived('At once')
    assert len(letter.pictures) == 1, letter.pictures
    scene.quit()


@case
def what_a_browser_copies_is_the_picture(scene):
    begin(scene)
    scene.start()
    scene.inbox()
    scene.compose('bob@lab.test', 'Copied', 'Look:')
    editor = scene.app.wait('text', exact('Message text'))
    scene.app.click(editor)
    scene.app.key('ctrl+End')
    picture = make_picture('300x200', 'cat.png')
    page = '<meta charset="utf-8"><img src="https://cats.example/cat.png" alt="a cat">'.encode()
    with given(**{'text/html': page, 'image/png': picture}):
        scene.app.key('ctrl+v')
        wait_for_picture(scene)
    # A letter of ours that is long keeps what it shows.
    scene.app.key('ctrl+End', 'Return')
    with clipboard('UTF8_STRING', ('word ' * 15000).encode()):
        scene.app.key('ctrl+v')
        eventually(lambda: len(editor.text) > 75000, what='the long text')
    scene.app.key('ctrl+a', 'ctrl+c')
    time.sleep(.5)
    scene.app.key('ctrl+End', 'ctrl+v')
    eventually(lambda: len(editor.text) > 150000, what='the same once more')
    scene.shot('twice')
    # What is none is said to be none.
    with clipboard('image/png', b'\x89PNG no picture'):
        scene.app.key('ctrl+v')
        scene.says('^This file is damaged')
    scene.app.key('Escape')
    scene.send()
    scene.composer_is_gone()
    _message, letter, text = arrived('Copied')
    assert len(letter.pictures) == 2 and 'a cat' not in text, (letter.pictures, text[:100])
    assert letter.pictures[0]['width'] == '300', letter.pictures
    scene.quit()


GOODS = """<html xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"><style>td { font-family: sans }</style></head><body>
<table cellspacing="0" border="0"><colgroup width="85"></colgroup><colgroup width="85"></colgroup><tbody>
<tr><td height="17" align="left"><b>품목</b></td><td align="left"><b>가격</b></td></tr>
<tr><td height="17" align="left">녹차 &amp; tea</td><td align="right" sdval="4000" sdnum="1042;">4,000</td></tr></tbody></table></body></html>"""


@case
def a_table_stays_a_table(scene):
    begin(scene)
    scene.start()
    scene.inbox()
    scene.compose('bob@lab.test', 'Goods', 'Prices:')
    editor = scene.app.wait('text', exact('Message text'))
    scene.app.click(editor)
    scene.app.key('ctrl+End', 'Return')
    with given(**{'text/html': GOODS.encode(), 'text/plain;charset=utf-8': b'bare', 'image/png': make_picture('30x20', 'cells.png')}):
        scene.app.key('ctrl+v')
        time.sleep(1)
    scene.shot('pasted')
    scene.app.key('ctrl+z')
    scene.shot('undone')
    scene.app.key('ctrl+shift+z')
    scene.app.key('ctrl+End', 'Return')
    scene.app.type('Yours')
    # What is too large to be one comes as text, in the place of what is selected, and not before
    scene.app.key('Return')
    scene.app.type('gone')
    scene.app.key('ctrl+shift+Left')
    large = '<table border="1"><tr>' + ''.join(f'<td>{number}</td>' for number in range(65)) + '</tr></table>'
    with given(**{'text/html': large.encode()}):
        scene.app.key('ctrl+v')
        scene.says('^A table was too large')
    eventually(lambda: 'Yours\n0\t1\t' in editor.text and 'gone' not in editor.text, what='its words')
    scene.app.key('ctrl+z')
    eventually(lambda: editor.text.endswith('gone'), what='what was selected')
    scene.app.key('ctrl+End', 'shift+Up', 'shift+End', 'BackSpace')
    drafts = os.path.join(scene.profile, '**', 'draft.ini')
    eventually(lambda: any('Yours' in open(name, encoding='utf-8').read() and '<table' in open(name, encoding='utf-8').read()
                           for name in glob.glob(drafts, recursive=True)), what='saved')
    scene.shot('table')
    # It is there again, and goes with the formats only when that was said.
    scene.quit()
    scene.start()
    editor = scene.app.wait('text', exact('Message text'))
    eventually(lambda: 'Yours' in editor.text, what='the letter')
    scene.app.click('push button|toggle button', exact('Formatting'))
    scene.app.wait('push button', '^Remove Formatting$')
    scene.app.key('Escape')
    time.sleep(.5)
    scene.send()
    scene.composer_is_gone()
    message, letter, text = arrived('Goods')
    assert message.get_content_type() == 'multipart/alternative', message.get_content_type()
    assert letter.around('4,000')[-4:] == ['div', 'table', 'tr', 'td'] and letter.around('가격')[-1] == 'b', letter.texts
    assert any(style.endswith('text-align:right') for style in letter.styles), letter.styles
    assert 'Prices:\n품목       | 가격\n녹차 & tea | 4,000\nYours' in text, text
    scene.quit()


@case
def cells_of_a_table_are_written(scene):
    begin(scene)
    scene.start()
    scene.inbox()
    scene.compose('bob@lab.test', 'Cells', 'Prices:')
    editor = scene.app.wait('text', exact('Message text'))
    scene.app.click(editor)
    scene.app.key('ctrl+End', 'Return')
    with given(**{'text/html': GOODS.encode()}):
        scene.app.key('ctrl+v')
        time.sleep(1)

    def cell(row, column, text=None):
        return scene.app.wait('text', exact(f'Cell in row {row}, column {column}'),
                              condition=lambda n: n.has('focused') and (text is None or n.text == text))

    # By the keyboard into the last cell, which is written in and left for a new row
    scene.app.key('shift+Tab')
    field = cell(2, 2, '4,000')
    scene.app.key('ctrl+a')
    scene.app.type('5,000')
    scene.shot('cell')
    scene.app.key('Tab')
    cell(3, 1, '')
    scene.app.key('ctrl+b')
    scene.app.type('milk')
    scene.app.key('Return')
    scene.app.type('fresh')
    scene.app.key('Tab')
    cell(3, 2)
    scene.app.type('12')
    scene.app.key('ctrl+shift+r')
    scene.app.key('shift+Tab', 'shift+Tab')
    field = cell(2, 2, '5,000')
    # A click into the one above, at its end; undone is what was last done, wherever that was
    x, y = scene.app.center(field)
    subprocess.run(['xdotool', 'mousemove', str(x), str(y - field.extents[3] - 2), 'click', '1'], check=True)
    cell(1, 2, '가격')
    scene.app.key('End')
    scene.app.type(' won')
    cell(1, 2, '가격 won')
    scene.app.key('ctrl+z', 'ctrl+z')
    cell(1, 2, '가격')
    scene.app.key('ctrl+shift+z', 'ctrl+shift+z')
    cell(1, 2, '가격 won')
    # Rows and columns
    def choose(verb):
        scene.app.key('Menu')
        scene.app.wait('menu item', exact('Delete Table'))
        scene.shot(verb)
        scene.app.click('menu item', exact(verb))
    choose('Insert Column After')
    cell(1, 3, '')
    scene.shot('column')
    scene.app.type('note')
    choose('Insert Row Above')
    cell(1, 3, '')
    choose('Delete Row')
    cell(1, 3, 'note')
    scene.app.key('Up')
    scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('focused'))
    scene.app.key('Tab')
    cell(1, 1, '품목')
    scene.app.key('Escape')
    scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('focused'))
    scene.app.type(' end')
    eventually(lambda: editor.text.endswith(' end'), what='text behind the table')
    scene.app.wait_gone('text', '^Cell')
    # The draft that is opened again is the same, and so is what arrives
    time.sleep(2.5)
    scene.quit()
    scene.start()
    editor = scene.app.wait('text', exact('Message text'))
    eventually(lambda: editor.text.endswith(' end'), what='the letter')
    scene.app.click(editor)
    scene.shot('again')
    scene.send()
    scene.composer_is_gone()
    _message, letter, text = arrived('Cells')
    assert 'b' in letter.around('milk') and 'b' not in letter.around('5,000') and letter.around('note')[-1] == 'td', letter.texts
    assert '품목       | 가격 won | note\n녹차 & tea |    5,000 |\nmilk fresh |       12 |\n end' in text, text
    scene.quit()


@case
def a_letter_made_plain_has_what_it_had(scene):
    begin(scene)
    scene.start()
    scene.inbox()
    scene.compose('bob@lab.test', 'Plain', 'Look:')
    editor = scene.app.wait('text', exact('Message text'))
    scene.app.click(editor)
    scene.app.key('ctrl+End')
    with given(**{'image/png': make_picture('30x20', 'dot.png')}):
        scene.app.key('ctrl+v')
        wait_for_picture(scene)
    # Comes only when the letter is plain.
    with given(**{'text/html': b'<p>late <b>words</b></p>'}) as owner:
        owner.send_signal(signal.SIGSTOP)
        scene.app.key('ctrl+v')
        scene.app.click('push button|toggle button', exact('Formatting'))
        scene.app.click('push button', '^Remove Formatting$')
        eventually(lambda: '[picture.png]' in editor.text, what='plain text')
        owner.send_signal(signal.SIGCONT)
        eventually(lambda: 'late words' in editor.text, what='what was pasted')
    scene.app.wait(None, r'^picture\.png')
    scene.shot('plain')
    scene.send()
    scene.composer_is_gone()
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Plain', what='Plain')
    part, = message.iter_attachments()
    assert message.get_content_type() == 'multipart/mixed' and part.get_filename() == 'picture.png', message.get_content_type()
    scene.quit()


@case
def an_answer_quotes_formats_and_nothing_hidden(scene):
    begin(scene)
    scene.append('alice', 'INBOX', ANSWERED.encode())
    scene.start()
    scene.inbox()
    scene.click_row('Plans')
    scene.app.wait('push button', exact('Reply'), condition=lambda n: n.has('sensitive'))
    time.sleep(1)
    scene.app.key('ctrl+r')
    scene.app.wait('text', exact('Message text'), condition=lambda n: '> We must meet.' in n.text)
    scene.app.key('Up', 'ctrl+Home')
    scene.app.type('Good.')
    scene.shot('quoted')
    scene.send()
    scene.composer_is_gone()
    _message, letter, text = arrived('Re: Plans')
    assert letter.around('must')[-1] == 'b' and 'blockquote' in letter.around('must'), letter.around('must')
    assert letter.around('Tuesday')[-3:] == ['ul', 'li', 'i'], letter.around('Tuesday')
    assert any(tag == 'the plan' and 'a' in around for tag, around in letter.texts), letter.texts
    assert 'hidden' not in text and not any('hidden' in words for words, _tags in letter.texts)
    assert '> • Monday\n> • Tuesday\n' in text and '> See the plan <https://plan.example/a?b=1&c=2>.' in text, text
    scene.quit()


@case
def an_answer_to_a_long_letter_is_typed(scene):
    """Nothing but the letter: GTK complains in the log where a view measures its lines only while it is drawn."""
    begin(scene)
    line = 'A line of the letter that is answered, as long as lines are.'
    head = ANSWERED.replace('text/html', 'text/plain').replace('Plans', 'Long').replace('plans@', 'long@').split('\r\n\r\n')[0]
    scene.append('alice', 'INBOX', (head + '\r\n\r\n' + f'{line}\r\n' * (200 * 1024 // len(line))).encode())
    scene.start()
    scene.inbox()
    scene.click_row('Long')
    scene.app.wait('push button', exact('Reply'), condition=lambda n: n.has('sensitive'))
    time.sleep(1)
    scene.app.key('ctrl+r')
    scene.app.wait('push button', exact('Attach files'))
    scene.app.click('text', exact('Message text'))
    scene.app.key('ctrl+Home')
    time.sleep(2)
    for _ in range(4):
        scene.app.type('some words of a letter that people might write ')
    time.sleep(1)
    scene.quit()


@case
def languages_of_the_spelling_stay_with_the_letter(scene):
    begin(scene)
    scene.start()
    scene.inbox()
    scene.compose('bob@lab.test', 'Languages')
    editor = scene.app.wait('text', exact('Message text'))
    scene.app.click(editor)
    scene.app.type('middel of')
    eventually(lambda: looks(editor, 'middel').get('underline') == 'error', what='a wavy line')
    scene.app.key('F10')
    scene.app.click('menu item', exact('Spelling Languages'))
    scene.app.wait(None, '^en_US$')
    scene.shot('languages')
    scene.app.click(None, '^en_US$')
    eventually(lambda: looks(editor, 'middel').get('underline', 'none') == 'none', what='no wavy line')
    drafts = os.path.join(scene.profile, '**', 'draft.ini')
    eventually(lambda: any('Languages=\n' in open(name, encoding='utf-8').read() for name in glob.glob(drafts, recursive=True)), what='saved')
    scene.app.key('Escape')
    scene.app.click(editor)
    scene.quit()
    scene.start()
    editor = scene.app.wait('text', exact('Message text'))
    time.sleep(1.5)
    assert looks(editor, 'middel').get('underline', 'none') == 'none'
    scene.quit()


main(chosen([what_is_written_and_pasted_arrives_with_its_formats, what_a_browser_copies_is_the_picture, a_table_stays_a_table,
             cells_of_a_table_are_written,
             a_letter_made_plain_has_what_it_had,
             an_answer_quotes_formats_and_nothing_hidden, an_answer_to_a_long_letter_is_typed,
             *([languages_of_the_spelling_stay_with_the_letter] if os.path.exists('/usr/share/hunspell/en_US.dic') else [])]))
finish()
