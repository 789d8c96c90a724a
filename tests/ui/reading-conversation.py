"""reading-conversation.py PREFIX STATE SCREENSHOTS LANGUAGE: the reader: one scroll, quotes, a message in its own window, conversations."""
import imaplib
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import run  # noqa: E402
from letters import BEGIN, deliver, letter, menu, reader, ready, row  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

def html(title, paragraphs):
    return f'<html><body><h1>{title}</h1>' + ''.join(f'<p>Paragraph {i} of {title}.</p>' for i in range(paragraphs)) + '</body></html>'


def wheel(scene, over, times, button):
    x, y = scene.app.center(over)
    run('xdotool', 'mousemove', str(x), str(y))
    for _ in range(times):
        run('xdotool', 'click', str(button))
        time.sleep(.05)
    time.sleep(.4)


@case
def quotes_are_folded_behind_a_button(scene):
    quoted = '\n'.join(f'> line {i} of what was asked' for i in range(12))
    scene.empty('alice')
    scene.append('alice', 'INBOX', letter('Quoting', f'Yes, gladly.\n\nAlice wrote:\n{quoted}\n\n-- \nBob\n'))
    ready(scene)
    scene.app.click(row(scene, 'Quoting'))
    text = scene.app.wait('text', None, condition=lambda n: 'Yes, gladly' in n.text)
    folded = text.extents[3]
    scene.shot('folded')
    scene.app.click('push button|toggle button', exact('Show Quoted Text'))
    scene.app.wait('push button|toggle button', exact('Hide Quoted Text'))
    eventually(lambda: text.extents[3] > folded + 100, what='the quote is shown')
    scene.app.click('push button|toggle button', exact('Hide Quoted Text'))
    eventually(lambda: text.extents[3] == folded, what='the quote is hidden')
    scene.quit()


@case
def the_wheel_and_space_scroll_past_html(scene):
    """WebKit takes every wheel event; the headers go up all the same, and Space goes on to the next message only at the end."""
    scene.empty('alice')
    scene.append('alice', 'INBOX', letter('Older', 'The next one in the list.', hour=1))
    scene.append('alice', 'INBOX', letter('Long page', html('Page', 80), kind='text/html', hour=2))
    ready(scene)
    scene.app.click(row(scene, 'Long page'))
    page = scene.app.wait(None, exact('Message as HTML'), condition=lambda n: n.extents[3] > 1500)
    top = page.extents[1]
    wheel(scene, reader(scene), 3, 5)
    assert page.extents[1] < top - 150, f'the wheel moved it from {top} to {page.extents[1]}'
    wheel(scene, reader(scene), 6, 4)
    assert page.extents[1] == top, f'back at {page.extents[1]}, not {top}'
    before = top
    for _ in range(20):
        scene.app.key('space')
        if scene.app.find('text', None) and scene.app.find('label', '^Older$') and 'The next one' in scene.app.find('text', None).text:
            break
        assert page.extents[1] < before, 'neither scrolled nor gone on'
        before = page.extents[1]
    assert before < top - 1000, f'went on at {before}, before the end'
    scene.app.wait('text', None, condition=lambda n: 'The next one in the list' in n.text)
    scene.quit()


@case
def a_message_has_a_window_and_all_its_headers(scene):
    scene.empty('alice')
    scene.append('alice', 'INBOX', letter('On its own', 'Words to be read apart.', name='apart'))
    ready(scene)
    scene.app.click(row(scene, 'On its own'))
    scene.app.wait('text', None, condition=lambda n: 'read apart' in n.text)
    menu(scene, 'All _Headers')
    scene.app.wait('frame|window|dialog', exact('Headers of the Message'))
    shown = scene.app.wait('text', exact('Headers of the message')).text
    assert 'Message-ID: <apart@lab.test>' in shown and 'read apart' not in shown, shown
    scene.app.key('Escape')
    scene.app.wait_gone('frame|window|dialog', exact('Headers of the Message'))
    scene.app.key('ctrl+Return')
    window = scene.app.wait('frame|window', '^On its own$')
    eventually(lambda: any('read apart' in n.text for n in window.find_all('text')), what='its text')
    scene.shot('window')
    scene.app.key('Escape')
    scene.app.wait_gone('frame|window', '^On its own$')
    menu(scene, 'Copy as Te_xt')
    eventually(lambda: 'read apart' in scene.app.clipboard(), what='the text on the clipboard')
    scene.app.click('push button', exact('Add star'))
    eventually(lambda: any('\\Flagged' in flags for flags, _m in lab.messages('alice', 'INBOX')), what='the star on the server')
    scene.quit()


def conversation(scene, n, unread=1, kind='text/plain'):
    """n letters that answer each other, Alice's own in Sent; the last ones are unread."""
    names = [f'talk{i}' for i in range(n)]
    server = lab.imap('alice')
    for i, name in enumerate(names):
        own = i % 2 == 1
        text = f'These are the words of letter {i}.'
        server.append('Sent' if own else 'INBOX', None, imaplib.Time2Internaldate(BEGIN + i * 3600), letter(
            'Harbour' if i == 0 else 'Re: Harbour', html(text, 30) if kind == 'text/html' else text + '\n', kind=kind, hour=i, name=name, answers=names[:i],
            **({'sender': 'Alice Lee <alice@lab.test>', 'to': 'bob@lab.test'} if own else {})))
    for folder in ('INBOX', 'Sent'):
        server.select(folder)
        _, data = server.search(None, 'ALL')
        numbers = data[0].split()
        seen = numbers[:-unread] if folder == 'INBOX' and unread else numbers
        if seen:
            server.store(b','.join(seen).decode(), '+FLAGS', '\\Seen')
    server.logout()
    return names


def folded(scene, i):
    return scene.app.wait('push button', f': These are the words of letter {i}\\.')


def open_texts(scene):
    return [n.text.strip() for n in reader(scene).find_all('text', exact('Text of the message')) if n.text]


@case
def a_conversation_is_one_scroll(scene):
    """Over INBOX and Sent: what is new is open, what was read a line, the middle one button; one opens and folds; it is read by being seen."""
    scene.empty('alice')
    names = conversation(scene, 11, unread=2)
    ready(scene)
    scene.app.click(row(scene, 'Harbour'))
    scene.app.wait('text', None, condition=lambda n: 'words of letter 10' in n.text)
    scene.app.wait('label', '^11 messages$')
    scene.shot('opened')
    # Letters 8 and 10 are new, 9 is Alice's own answer between them
    assert open_texts(scene) == [f'These are the words of letter {i}.' for i in (8, 10)], open_texts(scene)
    assert folded(scene, 9).name.startswith('Alice Lee, '), folded(scene, 9).name
    folded(scene, 0)
    folded(scene, 7)
    more = scene.app.wait('push button', '6 more messages$')
    eventually(lambda: all('\\Seen' in flags for flags, _m in lab.messages('alice', 'INBOX')), what='both were on the screen, both are read')
    scene.app.click(more)
    scene.app.click(folded(scene, 3))
    scene.app.wait('text', None, condition=lambda n: 'words of letter 3' in n.text)
    scene.app.wait_gone('push button', '6 more messages$')
    # A reply that comes is one more card, and nothing moves
    open_card = next(n for n in reader(scene).find_all('text', exact('Text of the message')) if 'letter 3' in n.text)
    place = open_card.extents
    scene.append('alice', 'INBOX', letter('Re: Harbour', 'One more answer.', hour=20, name='late', answers=names))
    scene.app.wait('label', '^12 messages$')
    eventually(lambda: any('One more answer' in t for t in open_texts(scene)), what='the new one is open')
    assert open_card.extents == place, f'what is read moved from {place} to {open_card.extents}'
    scene.shot('answered')
    # Enter folds nothing and opens what is focused
    server = lab.imap('alice')
    server.select('INBOX')
    _, found = server.search(None, 'HEADER', 'Message-ID', '<late@lab.test>')
    server.store(found[0].decode(), '+FLAGS', '\\Deleted')
    server.expunge()
    server.logout()
    scene.app.wait('label', '^11 messages$')
    assert not any('One more answer' in t for t in open_texts(scene)), 'what was removed is still there'
    scene.quit()


@case
def an_html_conversation_costs_what_can_be_seen(scene):
    """All of it opened, only what is near the screen has a web view; the wheel goes over one card after the other."""
    scene.empty('alice')
    conversation(scene, 30, unread=15, kind='text/html')
    ready(scene)
    scene.app.click(row(scene, 'Harbour'))
    scene.app.wait(None, exact('Message as HTML'), condition=lambda n: n.extents[3] > 700)
    area = reader(scene)
    for _ in range(4):
        time.sleep(1)
        views = area.find_all(None, exact('Message as HTML'))
        assert 1 <= len(views) < 14, f'{len(views)} web views'
        wheel(scene, area, 40, 5)
    scene.shot('scrolled')
    scene.quit()


@case
def each_message_is_answered_forwarded_and_archived_by_itself(scene):
    """By its own menu, wherever it stands in the conversation; by the key it is the one that has the keyboard, else the newest."""
    scene.empty('alice', 'bob')
    deliver([letter('Harbour', 'Words of a.', name='a', to='alice@lab.test, Cy <cy@lab.test>\r\nCc: Dee <dee@lab.test>'),
             letter('Re: Harbour', 'Words of b.', name='b', answers=['a'], sender='Kim <kim@lab.test>'),
             letter('Re: Harbour', 'Words of c.', name='c', answers=['a', 'b'], sender='Lee <lee@lab.test>', to='alice@lab.test, Eve <eve@lab.test>')], seen=1)
    ready(scene)
    scene.app.click(row(scene, 'Harbour'))
    scene.app.wait('label', '^3 messages$')
    scene.app.wait('text', None, condition=lambda n: 'Words of c' in n.text)

    def written(do, subject, said, to=(), cc=()):
        do()
        text = scene.app.wait('text', exact('Message text'), condition=lambda n: said in n.text).text
        assert [word for word in 'abc' if f'Words of {word}.' in text] == [said[-2]], text
        assert scene.value('Subject') == subject, scene.value('Subject')
        for field, wanted in (('To', to), ('Cc', cc)):
            for address in wanted:
                scene.wait_for_recipient(field, address)
            assert len(scene.chips(field)) == len(wanted), f'{field}: {scene.chips(field)}'
        scene.shot(subject.partition(':')[0])
        scene.app.key('ctrl+w')
        scene.composer_is_gone()

    written(lambda: scene.app.key('ctrl+shift+r'), 'Re: Harbour', 'Words of c.', ('Lee',), ('Eve',))
    scene.app.click('push button', ': Words of a[.]$')
    eventually(lambda: sorted(open_texts(scene)) == ['Words of a.', 'Words of b.', 'Words of c.'], what=f'all are open: {open_texts(scene)}')
    written(lambda: menu(scene, 'Reply to _All', 0), 'Re: Harbour', 'Words of a.', ('Bob Miller',), ('Cy', 'Dee'))
    written(lambda: scene.app.key('ctrl+shift+r'), 'Re: Harbour', 'Words of a.', ('Bob Miller',), ('Cy', 'Dee'))
    written(lambda: menu(scene, '_Reply', 1), 'Re: Harbour', 'Words of b.', ('Kim',))
    written(lambda: menu(scene, '_Forward', 0), 'Fwd: Harbour', 'Words of a.')

    menu(scene, 'Arch_ive', 1)
    lab.wait('alice', 'Archive', lambda flags, message: 'Words of b' in message.get_content(), what='b is archived')
    left = sorted(message.get_content().strip() for _flags, message in lab.messages('alice', 'INBOX'))
    assert left == ['Words of a.', 'Words of c.'], left
    assert row(scene, 'Harbour').has('selected'), 'the conversation is not read any more'
    scene.app.key('ctrl+z')
    lab.wait('alice', 'INBOX', lambda flags, message: 'Words of b' in message.get_content(), what='b is back')
    scene.quit()


@case
def a_menu_stays_when_its_message_is_marked_or_becomes_part_of_a_conversation(scene):
    """What it shows is that message still, and it does to that what it says.  When the message has gone, so has its menu."""
    more = 'push button|toggle button', exact('Do Something With This Message')
    entry = 'menu item', exact('Arch_ive')
    scene.empty('alice')
    deliver([letter('Harbour', 'Words of a.', name='a'), letter('Re: Harbour', 'Words of b.', name='b', answers=['a']), letter('Quay', 'Words of c.', name='c')], seen=3)
    ready(scene)
    scene.app.click(row(scene, 'Quay'))
    scene.app.wait('text', None, condition=lambda n: 'Words of c' in n.text)
    scene.app.click(*more)
    archive = scene.app.wait(*entry)
    # Somebody answers both: one conversation takes the other in.
    scene.append('alice', 'INBOX', letter('Re: Harbour', 'Words of d.', name='d', hour=9, answers=['b', 'c']))
    scene.app.wait('label', '^4 messages$')
    scene.app.wait('list item|table row', '4 messages, Re: Harbour', condition=lambda n: n.has('selected'))
    assert archive.showing, 'the menu was closed'
    server = lab.imap('alice')
    server.select('INBOX')
    server.store('1:*', '+FLAGS', '\\Flagged')
    scene.app.wait('list item|table row', '^Starred,.*Harbour')
    assert archive.showing, 'the menu was closed'
    scene.shot('marked')
    archive.act()
    lab.wait('alice', 'Archive', lambda flags, message: 'Words of c' in message.get_content(), what='c is archived')
    assert [message.get_content().strip() for _flags, message in lab.messages('alice', 'INBOX')] == ['Words of a.', 'Words of b.', 'Words of d.']
    # Somebody deletes what is read.
    text = scene.app.wait('text', None, condition=lambda n: 'Words of d' in n.text)
    menus = [node for node in scene.app.root.find_all(*more) if not node.parent.matches(*more)]
    scene.app.click(max(menus, key=lambda node: node.extents[1]))
    scene.app.wait(*entry)
    server.select('INBOX')
    server.store('3', '+FLAGS', '\\Deleted')
    server.expunge()
    scene.app.wait('label', '^3 messages$')
    eventually(lambda: not text.showing, what='d is gone')
    scene.app.wait_gone(*entry)
    scene.quit()


if __name__ == '__main__':
    main(chosen([quotes_are_folded_behind_a_button, the_wheel_and_space_scroll_past_html, a_message_has_a_window_and_all_its_headers,
                 a_conversation_is_one_scroll, each_message_is_answered_forwarded_and_archived_by_itself, an_html_conversation_costs_what_can_be_seen,
                 a_menu_stays_when_its_message_is_marked_or_becomes_part_of_a_conversation]), finish)
