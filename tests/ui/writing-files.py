"""writing-files.py PREFIX STATE SCREENSHOTS LANGUAGE: what is attached other than by the file dialog, and the options of a letter."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from dragging import drag  # noqa: E402
from drive import clipboard  # noqa: E402
from scene import STATE, case, chosen, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

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
    scene.app.click(scene.app.root.find_all('push button|toggle button', exact('Menu'))[-1])
    scene.app.click('menu item', exact('Attac_h Selected Messages'))
    scene.app.wait(None, '^Receipt.eml')
    scene.shot('attached')
    parts = list(sent(scene, 'Papers').iter_attachments())
    assert [part.get_content_type() for part in parts] == ['message/rfc822'] * 2, parts
    assert [part.get_content()['Subject'] for part in parts] == ['Invoice', 'Receipt']
    assert 'Second letter.' in parts[1].get_content().get_content()


@case
def files_are_pasted_and_a_folder_is_refused(scene):
    ready(scene)
    path, folder = os.path.join(STATE, 'pasted plan.txt'), os.path.join(STATE, 'a folder')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('Monday')
    os.makedirs(folder, exist_ok=True)
    scene.compose('bob@lab.test', 'Pasted', 'Here.')
    uri = 'file://' + path.replace(' ', '%20')
    with clipboard('text/uri-list', uri.encode() + b'\r\n'):
        scene.app.key('ctrl+v')
        scene.app.wait(None, '^pasted plan.txt')
    with clipboard('text/uri-list', ('file://' + folder.replace(' ', '%20')).encode() + b'\r\n'):
        scene.app.key('ctrl+v')
        scene.app.wait(None, exact('A file was not attached.'))
    scene.shot('refused')
    scene.app.key('Escape')
    part, = sent(scene, 'Pasted').iter_attachments()
    assert part.get_filename() == 'pasted plan.txt' and part.get_content().strip() == 'Monday'


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
    assert message['X-Priority'].startswith('1') or message['Importance'].lower() == 'high', message.items()
    assert 'alice@lab.test' in message['Disposition-Notification-To']
    assert '\N{GRINNING FACE}' in message.get_body(('plain',)).get_content()


if __name__ == '__main__':
    main(chosen([messages_of_the_list_are_attached, files_are_pasted_and_a_folder_is_refused, options_of_a_letter_arrive]), finish)
