"""reading-find.py PREFIX STATE SCREENSHOTS LANGUAGE: the reader finds in what is not open yet, and keeps still and in order when something comes."""
import os
import sys
import time
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from letters import deliver, letter, menu, reader, ready, row, scroll  # noqa: E402
from scene import case, chosen, eventually, exact, finish, words  # noqa: E402
from tap import main  # noqa: E402

PIECES = unicodedata.normalize('NFD', '정기회의록')  # as Macs write
BOTH = (f'--x\nContent-Type: text/plain; charset=utf-8\n\n{PIECES}\n'
        f'--x\nContent-Type: text/html; charset=utf-8\n\n<p>{PIECES}, <b>{PIECES}</b></p><p>{PIECES}</p>\n--x--\n')
LONG = ('<html><body><p>The beginning.</p><img src="http://127.0.0.1:9/a.png">' + '<p>Words to be scrolled past.</p>' * 80
        + '<p>The needle.</p></body></html>')


@case
def letters_in_pieces_are_found_before_there_was_html(scene):
    """The first HTML of the program is opened by the search itself, and counts its hits, which stand in it in NFD; so does text that is folded."""
    scene.empty('alice')
    deliver([letter('Harbour', BOTH, kind='multipart/alternative; boundary=x', name='a'),
             letter('Re: Harbour', f'Folded: {PIECES}.', name='b', answers=['a']),
             letter('Re: Harbour', 'Nothing of it.', name='c', answers=['a', 'b'])], seen=2)
    ready(scene)
    scene.app.click(row(scene, 'Harbour'))
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Nothing of it' in n.text)
    scene.app.key('ctrl+shift+f')
    scene.app.fill('text|entry', exact('Find in message'), '회의록')
    scene.says('^1 of 4$')  # three in the HTML, where the text beside it has one
    scene.app.wait(None, exact('Message as HTML'))
    scene.shot('pieces')
    scene.app.key('Return', 'Return')
    scene.says('^3 of 4$')
    scene.app.key('Return')
    scene.says('^4 of 4$')
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Folded' in n.text)
    scene.quit()


@case
def who_scrolled_away_stays_there(scene):
    """A message that counts anew, as its pictures are wanted, marks its hit again, and takes nobody back to it."""
    scene.empty('alice')
    deliver([letter('Long page', LONG, kind='text/html')])
    ready(scene)
    scene.app.click(row(scene, 'Long page'))
    page = scene.app.wait(None, exact('Message as HTML'), condition=lambda n: n.extents[3] > 1500)
    top = page.extents[1]
    scene.app.key('ctrl+shift+f')
    scene.app.fill('text|entry', exact('Find in message'), 'needle')
    scene.says('^1 of 1$')
    eventually(lambda: page.extents[1] < top - 1000, what='scrolled to the hit')
    scroll(scene, 60, 4)
    there = scene.app.wait(None, exact('Message as HTML')).extents[1]
    assert there > top - 100, f'back at the beginning, {there}'
    scene.app.click('push button', exact('Show Images'))
    scene.app.wait_gone('push button', exact('Show Images'))
    time.sleep(1.5)
    now = scene.app.wait(None, exact('Message as HTML')).extents[1]
    assert abs(now - there) < 150, f'taken from {there} to {now}'
    scene.says('^1 of 1$')
    scene.app.key('ctrl+g')
    eventually(lambda: scene.app.find(None, exact('Message as HTML')).extents[1] < there - 1000, what='who steps is taken there')
    scene.quit()


@case
def the_line_of_more_messages_keeps_its_place(scene):
    """A reply arrives: it is below all, and the button stays between the first card and the last ones.  The sender of junk has had no mail counted,
    and that is said.  A window that is closed is not printed any more."""
    scene.empty('alice')
    names = [f'h{i}' for i in range(10)]
    deliver([letter('Harbour' if i == 0 else 'Re: Harbour', f'Words of {i}.', name=name, answers=names[:i]) for i, name in enumerate(names)], seen=10)
    scene.append('alice', 'Junk', letter('Lottery', 'You have won.', sender='Nobody <nobody@lab.test>'))
    ready(scene)
    scene.app.click(row(scene, 'Harbour'))
    more = scene.app.wait('push button', '^7 more messages$')

    def order():
        first, eighth = (scene.app.wait('push button', f': Words of {i}[.]$').extents[1] for i in (0, 8))
        last = max(n.extents[1] for n in scene.app.root.find_all('text', exact('Text of the message')) if n.text)
        return first, more.extents[1], eighth, last
    eventually(lambda: list(order()) == sorted(order()), what='in order')
    scene.append('alice', 'INBOX', letter('Re: Harbour', 'The last word.', hour=20, name='late', answers=names))
    scene.app.wait('label', '^11 messages$')
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'The last word' in n.text)
    time.sleep(.5)
    assert list(order()) == sorted(order()), order()
    scene.shot('more')
    scene.app.click(more)
    scene.app.wait('push button', ': Words of 4[.]$')
    scene.app.wait_gone('push button', '^7 more messages$')
    # Junk
    scene.app.click('list item', words.folder('Junk'))
    scene.app.click(row(scene, 'Lottery'))
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'You have won' in n.text)
    scene.app.click('push button|toggle button', '^About Nobody <')
    scene.app.wait('label', exact('No mail with this person outside Junk and Drafts.'))
    scene.shot('nobody')
    scene.app.key('Escape')
    # A window
    scene.app.key('ctrl+Return')
    scene.app.wait('frame|window', '^Lottery$')
    scene.app.key('ctrl+p', 'Escape')
    scene.app.wait_gone('frame|window', '^Lottery$')
    time.sleep(2)
    assert not scene.app.find('dialog', exact('Print')), 'printed for a window that is gone'
    menu(scene, '_Print…')
    scene.app.wait('dialog', exact('Print'))
    scene.app.key('Escape')
    scene.app.wait_gone('dialog', exact('Print'))
    scene.quit()


if __name__ == '__main__':
    main(chosen([letters_in_pieces_are_found_before_there_was_html, who_scrolled_away_stays_there, the_line_of_more_messages_keeps_its_place]), finish)
