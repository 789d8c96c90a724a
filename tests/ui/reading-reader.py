"""reading-reader.py PREFIX STATE SCREENSHOTS LANGUAGE: the reader: printing, finding, the sender's card, splitting and joining."""
import os
import re
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import run  # noqa: E402
from letters import deliver, letter, menu, reader, ready, row, turn_wheel  # noqa: E402
from paper import printed  # noqa: E402
from scene import STATE, case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402


# What its style sheet says must reach neither the headers nor the letters beside it.
LOUD = ('<html><head><style>* { color: red !important; text-transform: uppercase !important; } :host, section, body { margin-top: -300px !important }</style></head>'
        '<body><p>A loud letter.</p>' + ''.join(f'<p>Paragraph {i}: {"words that go on for some lines " * 5}</p>' for i in range(30)) + '</body></html>')


@case
def a_conversation_is_printed(scene):
    """All messages, open or not, one below the other, each line whole on one page; what one brings does nothing to the others; by its own menu only
    one of them.  The file is called like the subject."""
    minutes = '\n'.join(f'Line {i} of the minutes, 회의록의 {i} 번째 문장.' for i in range(100))
    scene.empty('alice')
    deliver([letter('회의록 Minutes', minutes, sender='김민수 <bob@lab.test>', name='a'),
             letter('Re: Minutes', LOUD, kind='text/html', name='b', answers=['a']),
             letter('Re: Minutes', '마지막 말씀입니다.', sender='Kim <kim@lab.test>', name='c', answers=['a', 'b'])], seen=1)
    ready(scene)
    scene.app.click(row(scene, 'Minutes'))
    scene.app.wait('label', '^3 messages$')
    scene.app.key('ctrl+p')
    scene.app.wait('dialog', exact('Print'))
    nameless = [node for node in scene.app.unnamed() if 'check box' in node]
    assert not nameless, nameless
    scene.app.key('Escape')
    scene.app.wait_gone('dialog', exact('Print'))
    scene.app.key('ctrl+p')
    paper = printed(scene, '회의록 Minutes', 'all.pdf')
    assert re.search('회의록 Minutes\nFrom +김민수 <bob@lab.test>\nTo +alice@lab.test\nDate .*20', paper.text), paper.text[:500]
    assert re.findall(r'^From +.*<(.*)>', paper.text, re.M) == ['bob@lab.test'] * 2 + ['kim@lab.test'], paper.text
    assert len(re.findall('^Date ', paper.text, re.M)) == 3 and len(re.findall('^Subject +Re: Minutes', paper.text, re.M)) == 2, paper.text
    numbers = [int(n) for n in re.findall(r'^Line (\d+) of', paper.text, re.M)]
    assert numbers == list(range(100)), numbers
    assert len(re.findall('번째 문장[.]', paper.text)) == 100, paper.text
    words = ['Line 99 of', 'A LOUD LETTER.', 'PARAGRAPH 0:', 'PARAGRAPH 29:', '마지막 말씀입니다.']
    places = [paper.text.find(word) for word in words]
    assert -1 not in places and places == sorted(places), list(zip(words, places))
    assert 5 <= len(paper.pages) <= 7, len(paper.pages)
    paper.check_margins()
    menu(scene, '_Print…', -1)
    paper = printed(scene, 'Re_ Minutes', folder=STATE)
    assert '마지막 말씀입니다.' in paper.text and 'LOUD' not in paper.text, paper.text
    scene.quit()


@case
def times_follow_the_clock_of_the_desktop(scene):
    """What is open is written anew when the person changes the desktop's clock: in the line of the sender, and among the details."""
    def set_clock(value):
        subprocess.run(['gsettings', 'set', 'org.gnome.desktop.interface', 'clock-format', value], check=True)

    try:
        set_clock('24h')
        scene.empty('alice', 'bob')
        day = b'Date: Fri, 03 Jul 2020 05:05:00 +0000\r\n'  # in Seoul
        deliver([b'From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nSubject: By the clock\r\n' + day + b'\r\nHello.\r\n'], seen=1)
        ready(scene)
        scene.app.click(row(scene, 'By the clock'))
        scene.app.wait('label', r' 14:05$')
        scene.app.click('push button|toggle button', '^To alice')
        scene.app.wait('label', r' 14:05 Date$')
        set_clock('12h')
        scene.app.wait('label', r' 2:05 PM$')
        scene.app.wait('label', r' 2:05 PM Date$')
        scene.app.wait_gone('label', r' 14:05$')
        scene.shot('twelve-hours')
        set_clock('24h')
        scene.app.wait('label', r' 14:05$')
        scene.app.wait_gone('label', r' 2:05 PM$')
        scene.quit()
    finally:
        subprocess.run(['gsettings', 'reset', 'org.gnome.desktop.interface', 'clock-format'], check=True)


@case
def all_addresses_take_the_room_they_need(scene):
    """The body begins right below a few of them, in a wide window and a narrow one; very many are scrolled, and do not push it away."""
    scene.empty('alice', 'bob')
    many = ',\r\n '.join(f'Guest Number {i} <guest{i}@lab.test>' for i in range(60))
    deliver([letter('Short', 'Hello.', name='a', sender='Kim <kim@lab.test>\r\nReply-To: Office <office@lab.test>\r\nCc: Lee <lee@lab.test>'),
             letter('Many', 'Hello.', name='b', sender=f'Kim <kim@lab.test>\r\nCc: {many}')], seen=2)
    ready(scene)

    def body():
        return scene.app.wait('text', exact('Text of the message')).extents[1]

    def open_all(title, to):
        scene.app.click(row(scene, title))
        button = scene.app.wait('push button|toggle button', f'^To alice@lab.test, {to}')
        if not button.has('pressed'):  # they stay open from one message to the next
            scene.app.click(button)
        scene.app.wait('label', r'^Kim <kim@lab.test> From$')
        return button

    def scrolled():
        turn_wheel(5, 5)
        return scene.app.find('label', r'20\d\d.* Date$')

    for width in 1280, 360:
        scene.app.resize(width, 800)
        open_all('Short', 'Lee')
        date = scene.app.wait('label', r'20\d\d.* Date$')
        eventually(lambda: 0 <= body() - date.extents[1] - date.extents[3] < 40, what=f'the body right below the addresses, {width} wide')
        scene.shot(f'few-{width}')
        if width == 360:
            scene.app.click('push button', exact('Back to the Messages'))
        button = open_all('Many', 'Guest')
        eventually(lambda: 150 < body() - button.extents[1] - button.extents[3] < 280, what=f'the body in sight, {width} wide')
        scene.shot(f'many-{width}')
        x, y = scene.app.center(button)
        run('xdotool', 'mousemove', str(x), str(y + 120))
        eventually(scrolled, what='the last of the addresses')
        assert body() < button.extents[1] + button.extents[3] + 280, 'the addresses were scrolled, not the reader'
    scene.quit()


QUOTED = '\n'.join(f'> line {i} of the question' + (', 회의록의 끝' if i == 9 else '') for i in range(10))
PAGE = ('<html><body>' + '<p>Words to be scrolled past.</p>' * 40 + '<p>The <b>Min</b>utes, and MINUTES again.</p>'
        '<blockquote type="cite"><p>the minutes of before</p></blockquote></body></html>')


@case
def words_are_found_in_all_of_a_conversation(scene):
    """In text and HTML, within Korean words, in folded quotes and folded messages; Enter goes on, Escape goes back to where one was."""
    scene.empty('alice')
    deliver([letter('Harbour', '어제 정기회의록을 보냈습니다. Minutes!', name='a'),
             letter('Re: Harbour', PAGE, kind='text/html', name='b', answers=['a']),
             letter('Re: Harbour', f'No, it is not.\n\n{QUOTED}\n', name='c', answers=['a', 'b'])], seen=1)
    ready(scene)
    scene.app.click(row(scene, 'Harbour'))
    scene.app.wait('label', '^3 messages$')
    scene.app.wait('push button', ': 어제 정기회의록을')  # folded
    page = scene.app.wait(None, exact('Message as HTML'), condition=lambda n: n.extents[3] > 1000)
    scene.app.key('ctrl+shift+f')
    scene.app.wait('text|entry', exact('Find in message'))
    scene.app.type('minutes')
    # The folded letter has the first one, and opens for it; the quote in the HTML the last
    scene.says('^1 of 4$')
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: '정기회의록을' in n.text)
    tall, top = page.extents[3], page.extents[1]
    scene.app.key('Return')
    scene.says('^2 of 4$')
    eventually(lambda: page.extents[1] < top - 500, what='scrolled to the hit in the HTML')
    scene.app.key('Return', 'ctrl+g')
    scene.says('^4 of 4$')
    eventually(lambda: page.extents[3] > tall + 20, what='the quote in the HTML is unfolded')
    scene.app.key('shift+Return')
    scene.says('^3 of 4$')
    scene.app.fill('text|entry', exact('Find in message'), '회의록')
    scene.says('^. of 2$')
    if not scene.app.find('label', '^2 of 2$'):
        scene.app.key('Return')
    scene.says('^2 of 2$')
    scene.app.wait('push button|toggle button', exact('Hide Quoted Text'))
    scene.app.fill('text|entry', exact('Find in message'), 'nowhere')
    scene.says(exact('Not found'))
    scene.app.key('Escape')
    scene.app.wait_gone('text|entry', exact('Find in message'))
    eventually(lambda: scene.app.find('list item|table row', 'Harbour').has('focused'), what='the focus is where it was')
    scene.quit()


def size(scene, title):
    return next((w['width'], w['height']) for w in scene.app._windows() if re.search(title, w['title']))


def fills_the_screen(scene, title):
    """By F11, and back."""
    before = size(scene, title)
    scene.app.key('F11')
    eventually(lambda: size(scene, title) == (1280, 800), what='full screen')
    scene.app.key('F11')
    eventually(lambda: size(scene, title) == before, what='the size it had')


def a_print_job_ends_with_its_window(scene, window):
    """The window goes while the dialog of printing asks, which nobody can answer any more then."""
    scene.app.key('ctrl+p')
    scene.app.wait('dialog', exact('Print'))
    window.find('push button', exact('Close')).act()
    scene.app.wait_gone('frame|window', '^Photos$')
    scene.app.wait_gone('dialog', exact('Print'))


def moved_from_its_own_window(scene):
    """By its key, as in the main window; the window goes with the message."""
    scene.app.click(row(scene, 'Photos'))
    scene.app.key('ctrl+Return')
    window = scene.app.wait('frame|window', '^Photos$')
    eventually(lambda: any('From the harbour' in n.text for n in window.find_all('text')), what='the message')
    scene.app.key('m')
    scene.app.wait('text|entry', exact('Move to folder'))
    scene.app.type('Arch')
    scene.app.key('Return')
    lab.wait('alice', 'Archive', lambda flags, message: message['Subject'] == 'Photos', what='it is archived')
    scene.app.wait_gone('frame|window', '^Photos$')


def all_of_their_messages_are_the_list(scene, about):
    """Of all folders; no folder is selected meanwhile, and Escape and the button go back to the one that was."""
    inbox = words.folder('Inbox')
    for back in (lambda: scene.app.key('Escape'), lambda: scene.app.click('push button', exact('Back to the Folder'))):
        scene.app.click('push button|toggle button', about)
        scene.app.wait('push button', exact('All Messages From Them')).act()
        scene.app.wait('label', '^From Bob Miller; Ltd$')
        for subject in ('Harbour', 'Photos', 'Archived'):
            row(scene, subject)
        eventually(lambda: not scene.app.find('list item|table row', 'From another'), what='only theirs')
        eventually(lambda: not scene.app.find('list item', inbox).has('selected'), what='no folder is selected')
        scene.shot('all-of-them')
        back()
        scene.app.wait('label', inbox)
        row(scene, 'From another')
        eventually(lambda: scene.app.find('list item', inbox).has('selected'), what='the folder is selected')
        eventually(lambda: not scene.app.find('push button', exact('Back to the Folder')), what='the button is gone')
        scene.app.click(row(scene, 'Harbour'))


def what_is_not_counted_yet_leaves_the_focus(scene, about):
    """As long as mail is counted, the card asks again: what stands there already stays, with the focus."""
    store = next(os.path.join(folder, name) for folder, _, names in os.walk(scene.profile) for name in names if name.endswith('.db'))
    with sqlite3.connect(store, timeout=60) as db:
        counted = db.execute('SELECT message FROM person_pass').fetchone()[0]
        db.execute('UPDATE person_pass SET message = message - 1')
    scene.app.click('push button|toggle button', about)
    mail = scene.app.wait('push button', '^Photos, ')
    scene.app.wait('label', '^3 messages received so far$')
    for _ in range(20):
        if mail.has('focused'):
            break
        scene.app.key('Tab')
    assert mail.has('focused'), 'Tab does not come to an earlier message'
    time.sleep(2.6)
    assert mail.has('focused'), 'the focus is lost'
    with sqlite3.connect(store, timeout=60) as db:
        db.execute('UPDATE person_pass SET message = ?', [counted])
    scene.app.wait('label', '^3 messages received, none sent$')
    assert mail.has('focused'), 'the focus is lost in the end'
    scene.app.key('Escape')


@case
def the_sender_has_a_card(scene):
    """Who it is, with the whole address; how much mail there was, and the way to it; the address on the clipboard, the contact as a file."""
    scene.empty('alice')
    deliver([letter('Photos', 'From the harbour.', sender='"Bob Miller; Ltd" <bob@lab.test>'),
             letter('From another', 'Not of Bob.', sender='Kim <kim@lab.test>'),
             letter('Harbour', 'Tomorrow then.', sender='"Bob Miller; Ltd" <bob@lab.test>')])
    deliver([letter('Archived', 'Long ago.', sender='"Bob Miller; Ltd" <Bob@lab.test>')], folder='Archive')
    ready(scene)
    scene.app.click(row(scene, 'Harbour'))
    about = '^About Bob Miller; Ltd <bob@lab[.]test>$'
    scene.app.click('push button|toggle button', about)
    scene.app.wait('push button', exact('Copy Address'))
    assert scene.app.root.find_all('label', '^bob@lab[.]test$'), 'the whole address'
    scene.app.wait('label', '^3 messages received, none sent$')
    scene.app.wait('push button', '^Photos, ').act()
    window = scene.app.wait('frame|window', '^Photos$')
    eventually(lambda: any('From the harbour' in n.text for n in window.find_all('text')), what='the other message')
    fills_the_screen(scene, '^Photos$')
    a_print_job_ends_with_its_window(scene, window)
    fills_the_screen(scene, '^Inbox')
    scene.app.click('push button|toggle button', about)
    scene.app.wait('push button', exact('Copy Address')).act()
    eventually(lambda: scene.app.clipboard() == 'bob@lab.test', what='the address on the clipboard')
    what_is_not_counted_yet_leaves_the_focus(scene, about)
    all_of_their_messages_are_the_list(scene, about)
    scene.app.click('push button|toggle button', about)
    scene.app.wait('push button', exact('Save as Contact File…')).act()
    scene.app.wait(None, exact('Save Contact'))
    path = os.path.join(STATE, 'bob.vcf')
    scene.app.wait('text', '^Name:$', condition=lambda n: n.has('focused'))
    scene.app.key('ctrl+a')
    scene.app.type(path)
    scene.app.key('Return')
    eventually(lambda: os.path.exists(path) and os.path.getsize(path) > 0, what='the file')
    with open(path, encoding='utf-8', newline='') as file:
        text = file.read()
    moved_from_its_own_window(scene)
    assert 'FN:Bob Miller\\; Ltd\r\n' in text and 'EMAIL;TYPE=INTERNET:bob@lab.test\r\n' in text, text
    scene.quit()


def rows(scene):
    return scene.app.root.find_all('list item|table row', '(Harbour|Shore)')


def do_in_trash(scene):
    """What lies in Trash is deleted for good from its menu, after asking."""
    scene.app.click('list item', words.folder('Trash'))
    scene.app.click(row(scene, 'Thrown away'))
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Words of d' in n.text)
    menu(scene, 'Delete for _Good…', -1)
    scene.app.click('push button', exact('Delete'))
    eventually(lambda: not scene.app.find('list item|table row', 'Thrown away'), what='it is gone')


@case
def conversations_are_split_and_joined(scene):
    """By a card's menu a message leaves its conversation, by the menu of the reader those that are selected become one; both undone.  All cards
    are opened and folded; one message is moved, and one is junk."""
    scene.empty('alice')
    deliver([letter('Harbour', 'Words of a.', name='a'), letter('Re: Harbour', 'Words of b.', name='b', answers=['a']),
             letter('Re: Harbour', 'Words of c.', name='c', answers=['a', 'b'])], seen=3)
    deliver([letter('Thrown away', 'Words of d.')], folder='Trash')
    ready(scene)
    scene.app.click(row(scene, 'Harbour'))
    scene.app.wait('label', '^3 messages$')
    scene.app.wait('push button', ': Words of a[.]$')
    # All are read: the newest is open
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Words of c' in n.text)
    assert len(scene.app.root.find_all('text', exact('Text of the message'))) == 1
    scene.app.click('push button|toggle button', exact('More'))
    scene.app.wait(None, exact('_Expand All')).act()
    eventually(lambda: len(scene.app.root.find_all('text', exact('Text of the message'))) == 3, what='all are open')
    scene.app.click('push button|toggle button', exact('More'))
    scene.app.wait(None, exact('F_old All')).act()
    for i in 'abc':
        scene.app.wait('push button', f': Words of {i}[.]$')
    scene.app.click('push button', ': Words of c[.]$')
    scene.app.wait('text', exact('Text of the message'))
    menu(scene, 'Split From Co_nversation', 0)
    eventually(lambda: len(rows(scene)) == 2, what='two conversations')
    scene.says(exact('Message split from its conversation'))
    scene.app.key('ctrl+z')
    eventually(lambda: len(rows(scene)) == 1, what='one again')
    scene.append('alice', 'INBOX', letter('Shore', 'Something else.'))
    scene.app.click(row(scene, 'Shore'))
    scene.app.click(row(scene, 'Harbour'), modifier='ctrl')
    scene.app.click('push button|toggle button', exact('More'))
    scene.app.wait(None, exact('Joi_n Conversations')).act()
    eventually(lambda: len(rows(scene)) == 1, what='one conversation')
    scene.app.key('ctrl+z')
    eventually(lambda: len(rows(scene)) == 2, what='two again')
    scene.app.click(row(scene, 'Harbour'))
    scene.app.wait('label', '^3 messages$')
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Words of c' in n.text)
    menu(scene, 'Mark as _Junk', 0)
    lab.wait('alice', 'Junk', lambda flags, message: 'Words of c' in message.get_content() and '$Junk' in flags, what='c is junk')
    scene.app.wait('label', '^2 messages$')
    # The one that was open has gone: the newest is opened
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Words of b' in n.text)
    menu(scene, '_Move to Folder…', 0)
    scene.app.wait('text|entry', exact('Move to folder'))
    scene.app.type('Arch')
    scene.app.key('Return')
    lab.wait('alice', 'Archive', lambda flags, message: 'Words of b' in message.get_content(), what='b is archived')
    # In Junk it is what is there that is shown
    scene.app.click('list item', words.folder('Junk'))
    scene.app.click(row(scene, 'Harbour'))
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Words of c' in n.text)
    menu(scene, 'Mark as Not _Junk', -1)
    lab.wait('alice', 'INBOX', lambda flags, message: 'Words of c' in message.get_content() and '$NotJunk' in flags and '$Junk' not in flags,
             what='c is back')
    do_in_trash(scene)
    scene.quit()


WITH_FILE = ('--B\nContent-Type: text/plain; charset=utf-8\n\n{}\n--B\nContent-Type: application/zip\nContent-Disposition: attachment; filename={}\n\nx\n'
             '--B--\n')


@case
def it_is_read_aloud_in_order(scene):
    """What a screen reader gets, from above: the subject; a folded message as one button that says all of it; of an open one who wrote, to whom and
    when, its bars, its text, its files; one message after the other."""
    scene.empty('alice')
    kind = 'multipart/mixed; boundary=B'
    deliver([letter('Harbour', WITH_FILE.format('Words of a.', 'a.zip'), kind=kind, name='a'),
             letter('Re: Harbour', WITH_FILE.format(f'Words of b.\n\n{QUOTED}', 'b.zip'), kind=kind, name='b', answers=['a'],
                    sender='Kim <kim@lab.test>\r\nReply-To: other@example.com'),
             letter('Re: Harbour', 'Words of c.', name='c', answers=['a', 'b'])], seen=1)
    server = lab.imap('alice')
    server.select('INBOX')
    server.store('1', '+FLAGS', '\\Flagged')
    server.logout()
    ready(scene)
    scene.app.click(row(scene, 'Harbour'))
    scene.app.wait('label', '^3 messages$')
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Words of b' in n.text)
    scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Words of c' in n.text)
    said = [f'{node.role}: {node.start.strip() or node.name}' for node in reader(scene).walk()]
    wanted = ['label: Harbour$', 'push button: Bob Miller, .*: Words of a[.], Starred, Has attachments$',
              'push button: About Kim <kim@lab.test>', 'label: Kim', 'label: kim@lab.test', 'label: .*20', 'label: To alice', 'push button: Add star',
              'push button: Do Something', 'label: .*other@example[.]com', 'text: Words of b', 'push button: .*b[.]zip',
              'push button: About Bob Miller', 'label: Bob Miller', 'text: Words of c']
    at = 0
    for pattern in wanted:
        found = next((i for i in range(at, len(said)) if re.match(pattern, said[i], re.S)), None)
        assert found is not None, f'{pattern} is not behind number {at} of ' + '\n'.join(said)
        at = found + 1
    height = next(n for n in reader(scene).find_all('text') if 'Words of b' in n.text).extents[3]
    assert height < 70, f'there is empty room behind the folded quote: {height}'
    assert not scene.app.unnamed(), '\n'.join(scene.app.unnamed())
    scene.quit()


if __name__ == '__main__':
    main(chosen([a_conversation_is_printed, times_follow_the_clock_of_the_desktop, all_addresses_take_the_room_they_need,
                 words_are_found_in_all_of_a_conversation, the_sender_has_a_card, conversations_are_split_and_joined, it_is_read_aloud_in_order]), finish)
