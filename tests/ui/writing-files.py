"""writing-files.py PREFIX STATE SCREENSHOTS LANGUAGE: what is attached other than by the file dialog, files that do not come, and the options of a
letter.  In the environment HANG: the library with which they do not."""
import glob
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dragging import drag  # noqa: E402
from drive import clipboard  # noqa: E402
from lab import sum_of  # noqa: E402
from scene import STATE, case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402

# Comes by the clipboard, for it is no ASCII.
PARAGRAPH = ' '.join(f'This is the {number}th sentence of a paragraph which is long, très long.' for number in range(4, 12))
FILES = {'one.bin': bytes(range(256)) * 40, '회의 자료.bin': os.urandom(9000)}
LETTER = 'From: Kim <kim@lab.test>\r\nTo: alice@lab.test\r\nMessage-ID: <%s@lab.test>\r\nSubject: %s\r\n%s\r\n'


def ready(scene, *letters):
    scene.empty('alice', 'bob')
    for letter in letters:
        scene.append('alice', 'INBOX', letter.encode())
    scene.settings(undo_send_seconds=0)
    scene.account()
    scene.start()
    scene.inbox()


def compose(scene, subject):
    """Beside the main window, so that both can be reached by the mouse."""
    scene.app.resize(700, 700)
    scene.compose('bob@lab.test', subject, 'See the files.')
    scene.app.resize(520, 600, words_of_title(subject))
    scene.app.move(720, 60, words_of_title(subject))


def words_of_title(subject):
    return '^' + re.escape(subject) + '$'


def sent(scene, subject):
    scene.send()
    scene.composer_is_gone()
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == subject, 30, what=subject)
    return message


@case
def messages_of_the_list_are_attached(scene):
    ready(scene, LETTER % ('one', 'Invoice', '\r\nFirst letter.\r\n'), LETTER % ('two', 'Receipt', '\r\nSecond letter.\r\n'))
    compose(scene, 'Papers')
    scene.app.click('list item|table row', 'Invoice')
    drag(scene, scene.app.wait('list item|table row', 'Invoice'), scene.app.wait('text', exact('Message text')))
    scene.app.wait(None, '^Invoice.eml')
    # The same without a mouse
    scene.app.click('list item|table row', 'Receipt')
    scene.app.click(scene.app.nth(-1, 'push button|toggle button', exact('Menu')))
    scene.app.click('menu item', exact('Attac_h Selected Messages'))
    scene.app.wait(None, '^Receipt.eml')
    scene.shot('attached')
    message = sent(scene, 'Papers')
    parts = list(message.iter_attachments())
    assert [part.get_content_type() for part in parts] == ['message/rfc822'] * 2, parts
    assert [part.get_content()['Subject'] for part in parts] == ['Invoice', 'Receipt']
    assert 'Second letter.' in parts[1].get_content().get_content()
    # Another program finds both letters in it.
    seen = lab.shown('bob', message)
    assert re.search('Subject: Invoice.*First letter.*Subject: Receipt.*Second letter', seen, re.S), seen


@case
def files_are_pasted_and_a_folder_is_refused(scene):
    ready(scene)
    path, folder = os.path.join(STATE, 'pasted plan.txt'), os.path.join(STATE, 'a folder')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('Monday')
    os.makedirs(folder, exist_ok=True)
    scene.compose('bob@lab.test', 'Pasted', f'{PARAGRAPH}\n\nYours\n-- \nAlice')
    uri = 'file://' + path.replace(' ', '%20')
    with clipboard('text/uri-list', uri.encode() + b'\r\n'):
        scene.app.key('ctrl+v')
        scene.app.wait(None, '^pasted plan.txt')
    with clipboard('text/uri-list', ('file://' + folder.replace(' ', '%20')).encode() + b'\r\n'):
        scene.app.key('ctrl+v')
        scene.app.wait(None, exact('A file was not attached.'))
        scene.says(re.escape(words('“%s” is a folder. Attach the files in it, or pack it into one file first.') % 'a folder'))
    scene.shot('refused')
    scene.app.key('Escape')
    # The files in it, all at once
    for name, content in FILES.items():
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(content)
    scene.app.click('push button', exact('Attach files'))
    scene.app.wait(None, exact('Attach Files'))
    time.sleep(.5)
    scene.app.key('ctrl+l')
    scene.app.type(folder + '/')
    time.sleep(.5)
    scene.app.key('Return')
    time.sleep(1)
    scene.shot('folder')
    scene.app.key('ctrl+a')
    scene.app.click('push button', '^_?Open$')
    for name in FILES:
        scene.app.wait(None, '^' + re.escape(name))
    message = sent(scene, 'Pasted')
    part, *others = message.iter_attachments()
    assert part.get_filename() == 'pasted plan.txt' and part.get_content().strip() == 'Monday'
    assert {p.get_filename(): p.get_payload(decode=True) for p in others} == FILES, others
    flows(message.get_body(('plain',)))
    seen = lab.shown('bob', message)
    assert '회의 자료.bin' in seen and all(sum_of(content) in seen for content in FILES.values()) and PARAGRAPH[:40] in seen, seen


def flows(part):
    """RFC 3676: short lines, of which those that go on end with a space."""
    assert part['Content-Type'].params['format'] == 'flowed', part['Content-Type']
    lines = part.get_content().replace('\r\n', '\n').split('\n')
    assert max(map(len, lines)) <= 78, lines
    whole = ''.join(line if line.endswith(' ') and line != '-- ' else line + '\n' for line in lines)
    assert whole.strip('\n') == f'{PARAGRAPH}\n\nYours\n-- \nAlice', whole


def paste_file(scene, name, text):
    path = os.path.join(STATE, name)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    scene.app.click('text', exact('Message text'))
    with clipboard('text/uri-list', b'file://' + path.encode() + b'\r\n'):
        scene.app.key('ctrl+v')
        scene.app.wait(None, '^' + re.escape(name) + '|' + re.escape(f'“{name}”'))
    return path


def on_disk(scene):
    found = glob.glob(os.path.join(scene.profile, 'data', 'drafts', '*', 'draft.ini'))
    return ''.join(open(path, encoding='utf-8').read() for path in found)


@case
def a_file_that_does_not_come_holds_up_nothing(scene):
    os.environ['LD_PRELOAD'] = os.environ['HANG']
    try:
        ready(scene)
    finally:
        del os.environ['LD_PRELOAD']
    scene.compose('bob@lab.test', 'Hanging', 'First words.')
    lost = paste_file(scene, 'lost.hang', 'never seen')
    scene.app.wait('push button', exact('Cancel attaching “lost.hang”'))
    # Another one comes, and what is written is saved.
    paste_file(scene, 'quick.txt', 'quick words')
    scene.app.wait(None, '^quick.txt')
    scene.app.fill('text', exact('Message text'), 'Second words.')
    eventually(lambda: 'Second words.' in on_disk(scene) and 'quick.txt' in on_disk(scene), what='what is saved meanwhile')
    scene.shot('coming')
    # Sending, closing and quitting wait, and ask; whoever cancels goes on writing.
    for begin, verb in [(scene.send, 'Send'), (lambda: scene.app.key('ctrl+w'), 'Close'), (lambda: scene.app.key('ctrl+q'), 'Quit')]:
        begin()
        scene.app.wait('push button', exact(verb + ' Without It'))
        scene.says('A file is still being attached')
        scene.says('lost.hang')
        scene.shot(verb.lower())
        scene.app.key('Escape')
        scene.app.wait_gone('push button', exact(verb + ' Without It'))
        scene.app.wait('push button', exact('Send'), condition=lambda n: n.has('sensitive'))
    # Given up, it is gone, and sending goes.
    scene.app.click('push button', exact('Cancel attaching “lost.hang”'))
    scene.app.wait_gone(None, 'lost.hang')
    message = sent(scene, 'Hanging')
    part, = message.iter_attachments()
    assert part.get_content().strip() == 'quick words' and 'Second words.' in message.get_body(('plain',)).get_content()
    # One that comes while quitting waits is in the draft that comes back.
    scene.compose('bob@lab.test', 'Late', 'Third words.')
    late = paste_file(scene, 'late.hang', 'late words')
    scene.app.wait('push button', exact('Cancel attaching “late.hang”'))
    scene.app.key('ctrl+q')
    scene.app.wait('push button', exact('Quit Without It'))
    open(late + '.on', 'w').close()
    assert scene.app.process.wait(15) == 0
    open(lost + '.on', 'w').close()
    scene.start()
    scene.app.wait(None, '^late.hang')
    part, = sent(scene, 'Late').iter_attachments()
    assert part.get_content().strip() == 'late words', part
    # Whoever does not wait loses that file alone.
    scene.quit()


@case
def options_of_a_letter_arrive(scene):
    ready(scene)
    scene.compose('bob@lab.test', 'Urgent', '')

    def choose(*labels):
        scene.app.click('push button|toggle button', exact('Menu'))
        for label in labels:
            scene.app.click('menu item|check menu item|radio menu item', exact(label))
            time.sleep(.4)

    choose('_Priority', '_High')
    choose('Ask for a R_ead Receipt')
    choose('Ask for a Deli_very Report')
    scene.app.click('text', exact('Message text'))
    scene.app.key('ctrl+period')
    time.sleep(1)
    scene.app.type('grinning')
    time.sleep(1)
    scene.app.key('Down')
    scene.app.key('Return')
    scene.app.wait('text', exact('Message text'), condition=lambda n: '\N{GRINNING FACE}' in n.text)
    scene.shot('emoji')
    message = sent(scene, 'Urgent')
    assert message['X-Priority'].startswith('1') and message['Importance'].lower() == 'high', message.items()
    assert 'alice@lab.test' in message['Disposition-Notification-To']
    assert '\N{GRINNING FACE}' in message.get_body(('plain',)).get_content()
    # The server tells that it was delivered, and what it was.
    _flags, report = lab.wait('alice', 'INBOX', lambda f, m: m.get_content_type() == 'multipart/report', what='the report')
    said = next(part for part in report.walk() if part.get_content_type() == 'message/delivery-status').as_string()
    assert re.search('^Action: (delivered|relayed)', said, re.M | re.I) and re.search('^Original-Recipient: rfc822; *bob@lab.test', said, re.M | re.I), said
    assert message['Message-ID'] in report.as_string(), report.as_string()
    scene.app.wait('list item|table row', re.escape(report['Subject']))


if __name__ == '__main__':
    main(chosen([messages_of_the_list_are_attached, files_are_pasted_and_a_folder_is_refused, a_file_that_does_not_come_holds_up_nothing,
                 options_of_a_letter_arrive]), finish)
