"""writing-quotes.py PREFIX STATE SCREENSHOTS LANGUAGE: what an answer quotes: what is selected of the message, or all of it."""
import os
import re
import subprocess
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import run  # noqa: E402
from letters import letter, row  # noqa: E402
from scene import case, chosen, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

PLAIN = 'The first line\n\n> an older one\n\nThe last line'
# What is hidden stands between what is read, in every way that a selection could take along.
PAGE = '''<html><head><style>.gone{display:none}</style></head><body style="font:40px sans-serif">
<p>Opening words</p><p class="gone">hidden one</p><p>Middle <b>part</b><span style="display:none">hidden two</span><!-- hidden three --></p>
<p>Closing</p></body></html>'''


def begin(scene, kind, body, **settings):
    begin_with(scene, letter('Plans', body, kind=kind), **settings)


def begin_with(scene, content, **settings):
    scene.empty('alice', 'bob')
    scene.settings(undo_send_seconds=0, **settings)
    scene.account()
    scene.append('alice', 'INBOX', content)
    scene.start()
    scene.inbox()
    row(scene, 'Plans')
    scene.click_row('Plans')
    scene.app.wait('push button', exact('Reply'), condition=lambda n: n.has('sensitive'))


def answer(scene, key='ctrl+r'):
    """The quote of an answer, without the line that says who wrote it; the answer is thrown away."""
    scene.app.key(key)
    editor = scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('editable') and '>' in n.text)
    scene.shot('answer')
    quote = [line for line in editor.text.split('\n') if line.startswith('>')]
    scene.app.click('push button|toggle button', exact('Menu'))
    scene.app.click('menu item', exact('Disca_rd'))
    scene.composer_is_gone()
    time.sleep(.5)
    return quote


def click_page(scene, page, x, y, count):
    """So far from its left upper corner."""
    middle_x, middle_y = scene.app.center(page)
    run('xdotool', 'mousemove', str(middle_x - page.extents[2] // 2 + x), str(middle_y - page.extents[3] // 2 + y),
        'click', '--repeat', str(count), '--delay', '60', '1')
    time.sleep(.6)


@case
def of_a_plain_message_what_is_selected_is_quoted(scene):
    begin(scene, 'text/plain', PLAIN)
    text = scene.app.wait('text', None, condition=lambda n: 'The last line' in n.text)
    assert answer(scene) == ['> The first line', '>', '>> an older one', '>', '> The last line']
    scene.app.click(text)
    scene.app.key('ctrl+End', 'shift+Home')
    scene.shot('selected')
    assert answer(scene) == ['> The last line'], 'the line that is selected'
    assert answer(scene, 'ctrl+shift+r') == ['> The last line'], 'the same for all'
    scene.quit()


def page_of(scene):
    page = scene.app.wait(None, exact('Message as HTML'), condition=lambda n: n.extents[3] > 80)
    time.sleep(1.5)
    return page


@case
def of_a_page_what_is_selected_is_quoted_and_nothing_hidden(scene):
    begin(scene, 'text/html', PAGE)
    page = page_of(scene)
    whole = ['> Opening words', '>', '> Middle part', '>', '> Closing']
    assert answer(scene) == whole
    click_page(scene, page, 60, 70, 2)
    scene.shot('selected')
    assert answer(scene) == ['> Opening'], 'the word that is selected'
    # From the second word of the first line to the end: across all that is hidden
    click_page(scene, page, 250, 70, 2)
    scene.app.key('ctrl+shift+End')
    time.sleep(.5)
    assert answer(scene) == ['> words', '>', '> Middle part', '>', '> Closing'], 'from there to the end'
    click_page(scene, page, 30, 68, 1)
    assert answer(scene) == whole, 'nothing is selected any more'
    scene.quit()


@case
def a_selection_is_quoted_with_its_formats(scene):
    begin(scene, 'text/html', PAGE, write_rich='true')
    page = page_of(scene)
    click_page(scene, page, 250, 70, 2)
    scene.app.key('ctrl+shift+End')
    time.sleep(.5)
    scene.app.key('ctrl+r')
    editor = scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('editable') and '> words' in n.text)
    assert 'Opening' not in editor.text and 'hidden' not in editor.text, editor.text
    scene.shot('rich')
    scene.app.key('ctrl+Home')
    scene.app.type('Good.')
    scene.send()
    scene.composer_is_gone()
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Re: Plans', what='the answer')
    html = message.get_body(('html',)).get_content()
    assert '<b>part</b>' in html and 'Closing' in html and 'Opening' not in html and 'hidden' not in html, html
    scene.quit()


@case
def a_picture_of_the_message_stands_in_the_answer(scene):
    picture = subprocess.run(['convert', '-size', '120x60', 'xc:#3584e4', 'png:-'], check=True, capture_output=True).stdout
    original = EmailMessage()
    original['From'], original['To'], original['Subject'], original['Message-ID'] = 'bob@lab.test', 'alice@lab.test', 'Plans', '<plans@lab.test>'
    original.set_content('<p>Look: <img src="cid:one@lab.test" alt="a plan" width="120" height="60"></p>', subtype='html')
    original.add_related(picture, 'image', 'png', cid='<one@lab.test>')
    begin_with(scene, original.as_bytes(policy=SMTP), write_rich='true')
    page_of(scene)
    scene.app.key('ctrl+r')
    scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('editable') and '> Look:' in n.text)
    time.sleep(1)
    scene.shot('picture')
    scene.app.key('ctrl+Home')
    scene.app.type('Seen.')
    scene.send()
    scene.composer_is_gone()
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Re: Plans', what='the answer')
    shown = re.search('src="cid:([^"]*)"', message.get_body(('html',)).get_content()).group(1)
    part, = [part for part in message.walk() if part['Content-ID'] == f'<{shown}>']
    assert part.get_content_disposition() == 'inline' and part.get_payload(decode=True) == picture
    assert not list(message.iter_attachments()), 'it is a file, too'
    scene.quit()


@case
def who_wants_to_writes_below_what_is_quoted(scene):
    """With formats, and more lines than the window has; the signature, which stands above quotes otherwise, stays below what was written."""
    lines = ''.join(f'<p>Line <i>{i}</i></p>' for i in range(40))
    begin_with(scene, letter('Plans', f'<html><body>{lines}</body></html>', kind='text/html'), write_rich='true')
    page_of(scene)
    scene.app.key('ctrl+comma')
    scene.app.click('page tab|toggle button|radio button', exact('Writing'))
    scene.app.click('check box', exact('Write Below the Quote'))
    assert not scene.app.unnamed(), scene.app.unnamed()
    scene.shot('preferences')
    scene.app.key('Escape')
    scene.app.key('ctrl+r')
    editor = scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('editable') and '> Line 39' in n.text)
    time.sleep(1)
    scene.app.type('Underneath.')
    scene.shot('below')
    assert editor.text.rstrip().endswith('> Line 39\n\nUnderneath.'), editor.text[-80:]
    assert editor.text.startswith('On '), editor.text[:80]
    scene.send()
    scene.composer_is_gone()
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Re: Plans', what='the answer')
    text, html = (message.get_body((kind,)).get_content() for kind in ('plain', 'html'))
    assert text.index('> Line 39') < text.index('Underneath.'), text
    assert html.index('<i>39</i>') < html.index('Underneath.'), html
    assert 'Underneath.' not in html[html.index('<blockquote'):html.rindex('</blockquote>')], html
    scene.quit()


main(chosen([of_a_plain_message_what_is_selected_is_quoted, of_a_page_what_is_selected_is_quoted_and_nothing_hidden,
             a_selection_is_quoted_with_its_formats, a_picture_of_the_message_stands_in_the_answer,
             who_wants_to_writes_below_what_is_quoted]))
finish()
