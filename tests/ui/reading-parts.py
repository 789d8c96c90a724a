"""reading-parts.py PREFIX STATE SCREENSHOTS LANGUAGE: attachments: thumbnails, previews, invitations and their answers, cards, danger, saving all."""
import base64
import os
import re
import select
import stat
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from letters import png, scroll  # noqa: E402
from paper import printed  # noqa: E402
from scene import PREFIX, STATE, case, chosen, eventually, exact, finish, lab, program, set_clock  # noqa: E402
from screen import Screen  # noqa: E402
from tap import main  # noqa: E402

SAVED = os.path.join(STATE, 'saved')
HEAD = (b'From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n'
        b'Message-ID: <parts@lab.test>\r\nContent-Type: multipart/mixed; boundary=x\r\n')


def pdf(pages):
    objects = [b'<</Type/Catalog/Pages 2 0 R>>', b'<</Type/Pages/Kids[%s]/Count %d>>' % (b' '.join(b'%d 0 R' % (3 + i) for i in range(pages)), pages)]
    objects += [b'<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>'] * pages
    out, places = b'%PDF-1.4\n', []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b'%d 0 obj\n%s\nendobj\n' % (number, content)
    table = len(out)
    out += b'xref\n0 %d\n0000000000 65535 f \n' % (len(objects) + 1) + b''.join(b'%010d 00000 n \n' % p for p in places)
    return out + b'trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n' % (len(objects) + 1, table)


def part(kind, name, content):
    return (b'--x\r\nContent-Type: ' + kind + b'\r\nContent-Disposition: attachment; filename="' + name
            + b'"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + base64.encodebytes(content).replace(b'\n', b'\r\n'))


def opened(scene, subject, *parts, account=True):
    scene.empty('alice')
    scene.append('alice', 'INBOX', HEAD + b'Subject: ' + subject.encode() + b'\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n'
                 + b''.join(parts) + b'--x--\r\n')
    if account:
        scene.account('alice')
    scene.start()
    scene.inbox()
    scene.app.click(scene.app.wait('list item|table row', re.escape(subject)))
    scene.app.wait('text', None, condition=lambda n: 'See below' in n.text)


def open_part(scene, name):
    scene.app.click('push button|toggle button', '^Open ' + re.escape(name))


def shows_the_picture(scene, screen, name):
    """On its button, by the pixels: see png ()."""
    button = scene.app.wait('push button|toggle button', '^Open ' + re.escape(name))
    x, y = scene.app.center(button)
    _, _, width, height = button.extents
    found = 0
    for line in (screen.line(x - width // 2, row, width) for row in range(y - height // 2, y + height // 2, 2)):
        found += sum(abs(line[at] - 170) < 8 and abs(line[at + 1] - 130) < 8 for at in range(0, width * 4, 4))
    return found > 100


@case
def pictures_pages_and_texts_are_shown_inside(scene):
    opened(scene, 'Things to see', part(b'image/png', b'red.png', png(300, 200)), part(b'application/pdf', b'plan.pdf', pdf(3)),
           part(b'text/csv; charset=utf-8', b'numbers.csv', '이름,값\n하나,1\n'.encode('cp949')),
           part(b'text/html', b'page.html', b'<h1>A page</h1><script>document.title = 1</script><p>inside</p>'))
    screen = Screen()
    eventually(lambda: shows_the_picture(scene, screen, 'red.png'), what='a small picture')
    assert not shows_the_picture(scene, screen, 'numbers.csv')
    scene.shot('row')
    open_part(scene, 'red.png')
    scene.app.wait(None, exact('red.png'), condition=lambda n: n.role in ('image', 'icon', 'picture', 'graphic') or n.showing)
    scene.shot('picture')
    scene.app.key('ctrl+p')
    paper = printed(scene, 'red.png')
    assert len(paper.pages) == 1 and '300 200' in re.sub(' +', ' ', paper.images()), paper.images()
    scene.app.key('Right')
    scene.app.wait(None, '^Page 1 of 3$')
    scene.shot('pages')
    scene.app.key('ctrl+p')
    paper = printed(scene, 'plan.pdf')
    assert len(paper.pages) == 3 and len(paper.images().splitlines()) == 5, paper.images()  # two lines of head
    scene.app.key('alt+Right')
    scene.app.wait('text', None, condition=lambda n: '이름,값' in n.text)
    scene.shot('text')
    scene.app.key('ctrl+p')
    paper = printed(scene, 'numbers.csv')
    assert re.match(r'\s*numbers.csv\s+이름,값\n하나,1\s*$', paper.text), paper.text
    paper.check_margins()
    scene.app.key('Escape')
    open_part(scene, 'page.html')
    scene.app.wait('label', exact('page.html'))
    # What WebKit shows is not in the tree; the cleaning has its own test.  A page has no sender.
    scene.app.wait(None, None, condition=lambda n: n.role in ('filler', 'panel') and 'UiWebView' in n.name)
    assert not scene.app.find('label', 'Cannot Be Shown')
    assert not scene.app.find('label', '^Unknown sender')
    scene.shot('html')
    scene.app.key('ctrl+w')
    scene.quit()


@case
def a_message_within_a_message_is_opened(scene):
    inner = (b'From: Kim <kim@lab.test>\r\nSubject: The inner one\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nText within.\r\n'
             b'--y\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=deep.txt\r\n\r\nDeepest.\r\n--y--\r\n')
    opened(scene, 'Fwd', b'--x\r\nContent-Type: message/rfc822\r\n\r\n' + inner + b'\r\n')
    open_part(scene, 'The inner one.eml')
    scene.app.wait('text', None, condition=lambda n: 'Text within' in n.text)
    scene.shot('inner')
    open_part(scene, 'deep.txt')
    scene.app.wait('text', None, condition=lambda n: n.text.strip() == 'Deepest.')
    scene.app.key('Escape')
    scene.app.key('Escape')
    scene.quit()


INVITATION = ('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:plan-1\r\nSEQUENCE:2\r\n'
              'ORGANIZER;CN=Bob:mailto:bob@lab.test\r\nATTENDEE;CN=Alice;RSVP=TRUE:mailto:alice@lab.test\r\n'
              'DTSTART;TZID=Korea Standard Time:20990105T100000\r\nDTEND;TZID=Korea Standard Time:20990105T110000\r\n'
              'RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4\r\nSUMMARY:The plan\r\nLOCATION:Room 7\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n')


@case
def an_invitation_is_answered(scene):
    scene.empty('bob')
    opened(scene, 'Invitation: The plan', b'--x\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n' + INVITATION.encode())
    scene.says('^Updated invitation$')
    scene.says('^The plan$')
    scene.says('Where: Room 7')
    scene.says('When: .*January 5, 2099')
    try:  # by the clock of the desktop, which may change meanwhile
        for clock, hours in (('12h', '10:00 AM – 11:00 AM'), ('24h', '10:00 – 11:00'), ('12h', '10:00 AM – 11:00 AM')):
            set_clock(clock)
            scene.says('When: .*, ' + hours + '$')
    finally:
        set_clock()
    scene.says('Every week on Monday, 4 times')
    scene.shot('card')
    scene.app.click('push button', 'Accept$')
    scene.says('You have accepted')
    lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Accepted: The plan', what='the answer')
    answer = next(m for _, m in lab.messages('bob', 'INBOX') if m['Subject'] == 'Accepted: The plan')
    assert 'alice@lab.test' in answer['From'], answer['From']
    calendar = next(p for p in answer.walk() if p.get_content_type() == 'text/calendar')
    assert calendar.get_param('method') == 'REPLY', calendar['Content-Type']
    text = calendar.get_payload(decode=True).decode().replace('\r\n ', '')
    for line in ('METHOD:REPLY', 'UID:plan-1', 'SEQUENCE:2', 'ORGANIZER;CN=Bob:mailto:bob@lab.test',
                 'ATTENDEE;CN=Alice;PARTSTAT=ACCEPTED:mailto:alice@lab.test'):
        assert line in text, f'{line} is not in\n{text}'
    scene.shot('answered')
    # Another mind
    for button, word, status in (('Maybe$', 'Tentative', 'TENTATIVE'), ('Decline$', 'Declined', 'DECLINED'), ('Accept$', None, None)):
        scene.app.click('push button', button)
        if word:
            _flags, answer = lab.wait('bob', 'INBOX', lambda f, m, word=word: m['Subject'] == f'{word}: The plan', what=f'the answer {word}')
            calendar = next(p for p in answer.walk() if p.get_content_type() == 'text/calendar')
            assert f'PARTSTAT={status}:mailto:alice' in calendar.get_payload(decode=True).decode().replace('\r\n ', ''), calendar
    scene.says('You have accepted')
    scene.quit()
    # Remembered; the answer has joined the conversation, and says what it is
    scene.start()
    scene.inbox()
    scene.app.click(scene.app.wait('list item|table row', 'Invitation: The plan'))
    scene.says('^Alice has accepted$')
    scene.app.click('label', '^Bob$')
    scene.says('You have accepted')
    scene.quit()


def winmail(name, content):
    """MS-OXTNEF 2.1.3: level, id, length, data, checksum of each attribute."""
    def attribute(level, kind, data):
        return struct.pack('<BII', level, kind, len(data)) + data + struct.pack('<H', sum(data) & 0xffff)
    return (struct.pack('<IH', 0x223e9f78, 1) + attribute(1, 0x89006, b'\0\0\1\0') + attribute(1, 0x69007, b'\xb5\3' + bytes(6))
            + attribute(2, 0x69002, b'\1' + bytes(13)) + attribute(2, 0x18010, name + b'\0') + attribute(2, 0x6800f, content))


@case
def cards_that_come_late_do_not_move_what_is_read(scene):
    """Of a large message only what is read is fetched; an invitation that is fetched by hand, and a contact out of a winmail.dat, stand below the
    text; a comment that never ends does not hold up the window."""
    text = ''.join(f'Line {i} below. See below.\r\n' for i in range(40)).encode()
    contact = 'BEGIN:VCARD\r\nFN:Kim Late\r\nEMAIL:kim@lab.test\r\nEND:VCARD\r\n'.encode()
    scene.account('alice')
    name = os.path.join(scene.profile, 'config', 'accounts', 'alice.ini')
    with open(name, 'a', encoding='utf-8') as file:
        file.write('\n[Sync]\nBodies=opening\n')
    files = program(scene, 'calendar', 'text/calendar')
    long = INVITATION.replace('SUMMARY', 'COMMENT:' + 'Long. ' * 30000 + '\r\nSUMMARY').encode()
    opened(scene, 'Late cards', b'--x\r\nContent-Type: text/plain\r\n\r\n' + text, part(b'application/ms-tnef', b'winmail.dat', winmail(b'kim.vcf', contact)),
           part(b'text/calendar', b'plan.ics', long), part(b'application/zip', b'large.zip', os.urandom(900_000)), account=False)
    scene.says('^Kim Late$')
    view = next(n for n in scene.app.root.find_all('text', exact('Text of the message')) if 'Line 39' in n.text)
    button = scene.app.wait('push button|toggle button', '^Open plan.ics, .*not on this computer yet$')
    scroll(scene, 12, 5)
    before = eventually(lambda: view.extents[1] < 0 and view.extents, what='scrolled down')
    button.act()
    scene.app.wait('label', '^The plan$')
    eventually(lambda: os.path.exists(files), what='the file in the other program')
    scene.shot('come')
    assert view.extents == before, f'the text went from {before} to {view.extents}'
    lower = before[1] + before[3]
    for name in ('^The plan$', '^Kim Late$'):
        assert scene.app.find('label', name).extents[1] >= lower, f'{name} is above the end of the text'
    scene.quit()


@case
def a_file_is_dragged_out(scene):
    opened(scene, 'Take me', part(b'text/plain', '보고서.txt'.encode(), b'twelve bytes'))
    scene.app.wait('push button|toggle button', '^Open 보고서.txt')
    scene.app.resize(1100, 480)  # a window that is pressed comes to the front
    with subprocess.Popen([os.environ['CATCH']], stdout=subprocess.PIPE, text=True) as catch:
        try:
            window = eventually(lambda: subprocess.run(['xdotool', 'search', '--onlyvisible', '--name', '^Drop Here$'], stdout=subprocess.PIPE,
                                                       text=True, check=False).stdout.split(), what='the other window')[0]
            subprocess.run(['xdotool', 'windowmove', '--sync', window, '20', '560', 'sleep', '0.5'], check=True)
            x, y = scene.app.center(scene.app.wait('push button|toggle button', '^Open 보고서.txt'))
            steps = ['mousemove', str(x), str(y), 'sleep', '0.2', 'mousedown', '1', 'sleep', '0.2']
            for i in range(1, 11):
                steps += ['mousemove', str(x + (140 - x) * i // 10), str(y + (640 - y) * i // 10), 'sleep', '0.05']
            subprocess.run(['xdotool', *steps, 'mousemove', '141', '641', 'sleep', '0.5', 'mouseup', '1'], check=True)
            assert select.select([catch.stdout], [], [], 10)[0], 'nothing was dropped'
            path, octets = catch.stdout.readline().rsplit(' ', 1)
            assert os.path.basename(path) == '보고서.txt' and int(octets) == 12, (path, octets)
            assert not os.stat(path).st_mode & 0o111, oct(os.stat(path).st_mode)
        finally:
            catch.terminate()
    scene.quit()


@case
def a_card_is_shown(scene):
    slow, helper = (os.path.join(STATE, name) for name in ('slow', 'unpack'))
    with open(helper, 'w', encoding='utf-8') as file:
        file.write(f'#!/bin/sh\nwhile [ -e {slow} ]; do sleep .1; done\nexec {PREFIX}/libexec/sosik/sosik-unpack "$@"\n')
    os.chmod(helper, 0o755)
    os.environ['SOSIK_UNPACK'] = helper
    opened(scene, 'My card', part(b'text/vcard', b'kim.vcf', 'BEGIN:VCARD\nFN:김민지\nTEL;TYPE=CELL:010-1234\nEMAIL:kim@lab.test\nEND:VCARD\n'.encode()))
    scene.says('^김민지$')
    scene.says('^Mobile: 010-1234$')
    scene.says('^E-mail: kim@lab.test$')
    scene.shot('card')
    # Its bytes are here, and to read them takes a while: somebody reads the text by then
    with open(slow, 'w', encoding='utf-8'):
        pass
    scene.append('alice', 'INBOX', HEAD.replace(b'parts@', b'slow@') + b'Subject: Slow card\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n'
                 + b''.join(b'Line %d below.\r\n' % i for i in range(60)) + part(b'text/vcard', b'lee.vcf', b'BEGIN:VCARD\nFN:Lee Slow\nEND:VCARD\n') + b'--x--\r\n')
    scene.app.click(scene.app.wait('list item|table row', 'Slow card'))
    view = scene.app.wait('text', exact('Text of the message'), condition=lambda n: 'Line 39' in n.text)
    top = view.extents[1]
    scroll(scene, 5, 5)
    before = eventually(lambda: view.extents[1] < top - 100 and view.extents, what='scrolled down')
    assert not scene.app.find('label', '^Lee Slow$'), 'the card was not slow'
    os.remove(slow)
    card = scene.app.wait('label', '^Lee Slow$')
    assert view.extents == before, f'the text went from {before} to {view.extents}'
    assert card.extents[1] >= before[1] + before[3], 'the card is above the end of the text'
    scene.quit()


@case
def what_could_do_harm_is_asked_about(scene):
    opened(scene, 'Run me', part(b'image/jpeg', b'photo.jpg.exe', b'MZ'), part(b'application/x-sh', b'run.sh', b'#!/bin/sh\ntouch /tmp/harm\n'))
    open_part(scene, 'photo.jpg.exe')
    scene.says('look like something else')
    scene.shot('disguised')
    scene.app.click('push button', 'Cancel$')
    exported = [os.path.join(folder, name) for folder, _, names in os.walk(scene.profile) for name in names if name == 'photo.jpg.exe']
    assert not exported, f'{exported} was written before the question was answered'
    scene.quit()


@case
def all_are_saved_under_safe_names(scene):
    os.makedirs(SAVED, exist_ok=True)
    opened(scene, 'Names', part(b'text/plain', b'../../up.txt', b'1'), part(b'text/plain', b'CON.txt', b'2'), part(b'text/plain', b'same.txt', b'3'),
           part(b'text/plain', b'same.txt', b'4'), part(b'application/x-sh', b'run.sh', b'#!/bin/sh\n'))
    scene.app.click('push button', 'Save All')
    scene.app.wait(None, exact('Save All Attachments'))
    scene.app.type(SAVED)
    scene.app.key('Return')
    # One that is being written has another name.
    eventually(lambda: len([name for name in os.listdir(SAVED) if not name.startswith('.')]) >= 5, what='five files')
    assert sorted(os.listdir(SAVED)) == ['_CON.txt', 'run.sh', 'same (2).txt', 'same.txt', 'up.txt'], os.listdir(SAVED)
    assert not os.stat(os.path.join(SAVED, 'run.sh')).st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    scene.quit()


main(chosen([pictures_pages_and_texts_are_shown_inside, a_message_within_a_message_is_opened, an_invitation_is_answered, cards_that_come_late_do_not_move_what_is_read, a_file_is_dragged_out, a_card_is_shown,
             what_could_do_harm_is_asked_about, all_are_saved_under_safe_names]), finish)
