"""reading-truth.py PREFIX STATE SCREENSHOTS LANGUAGE: what the window says of a sender, leaving and answering a mailing list, and a text
that looks wrong."""
import configparser
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402

HEAD = 'To: alice@lab.test\r\nDate: Mon, 2 Nov 2026 10:00:0%d +0000\r\nSubject: %s\r\n'


def said(sentence, *values):
    """A sentence of the program with its %s filled in."""
    pattern = re.escape(words(sentence))
    for value in values:
        pattern = pattern.replace('%s', re.escape(value), 1)
    return pattern


def put(scene, number, subject, fields, body='Text.\r\n'):
    scene.append('alice', 'INBOX', (fields + HEAD % (number, subject) + '\r\n' + body).encode())


def show(scene, subject):
    scene.click_row(subject)
    scene.app.wait(None, exact('Reply'))
    time.sleep(1)


def set_up(scene):
    scene.empty('alice', 'bob')
    results = 'Authentication-Results: mx.lab.test; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example\r\n'
    put(scene, 1, 'Warn one', results + 'From: "help@bank.example" <x@evil.example>\r\nReply-To: y@other.example\r\n')
    put(scene, 2, 'Note two', 'From: Ann <ann@x.example>\r\nReply-To: ann@elsewhere.example\r\n')
    put(scene, 3, 'List three', 'From: Ann <ann@x.example>\r\nList-Id: Talk about boats <talk.lab.test>\r\nReply-To: talk@lab.test\r\n'
        'List-Post: <mailto:talk@lab.test>\r\nList-Unsubscribe: <mailto:bob@lab.test?subject=leave>\r\n')
    put(scene, 4, 'Plain four', 'From: Bea <bea@x.example>\r\n')
    put(scene, 5, 'List five', 'From: Cid <cid@x.example>\r\nList-Id: Talk about boats <talk.lab.test>\r\n')
    scene.usual_ports()
    scene.account()
    name = os.path.join(scene.profile, 'config', 'accounts', 'alice.ini')
    settings = configparser.ConfigParser()
    settings.optionxform = str
    settings.read(name)
    settings['IMAP']['AuthservId'] = '.lab.test'
    with open(name, 'w', encoding='utf-8') as file:
        settings.write(file, space_around_delimiters=False)
    scene.start()
    scene.inbox()
    if os.environ.get('NARROW'):
        scene.app.resize(360, 720)


@case
def one_line_says_what_may_deceive_and_honest_mail_is_left_in_peace(scene):
    set_up(scene)
    app = scene.app
    show(scene, 'Warn one')
    sentence = said("The sender's name shows the address %s, but the message is from %s.", 'help@bank.example', 'x@evil.example')
    app.wait('label', sentence)
    app.click('toggle button|push button', exact('Details'))
    app.wait('label', said('Checked by %s, which received the message.', 'mx.lab.test'))
    app.wait('label', said('An answer to this message goes to another address: %s', 'y@other.example'))
    scene.shot('warning')
    app.key('Escape')
    show(scene, 'Note two')
    app.wait('label', said('An answer to this message goes to another address: %s', 'ann@elsewhere.example'))
    assert not app.find('label', sentence), 'what was said of another message is still there'
    scene.shot('note')
    show(scene, 'Plain four')
    app.wait_gone('label', said('An answer to this message goes to another address: %s', 'ann@elsewhere.example'))
    assert not app.find('push button|toggle button', exact('Details')), 'something is said of a message of which there is nothing to say'
    scene.shot('nothing')
    scene.quit()


@case
def a_list_is_answered_and_left_after_asking_and_that_is_remembered(scene):
    set_up(scene)
    app = scene.app
    show(scene, 'List three')
    app.wait('label', said('Mailing list: %s', 'Talk about boats'))
    scene.shot('list')
    app.click('push button', exact('_Unsubscribe'))
    app.wait(None, exact('Unsubscribe from This Mailing List?'))
    scene.shot('asked')
    app.key('Escape')
    time.sleep(.5)
    assert not lab.messages('bob', 'INBOX'), 'it was sent though the person said no'
    app.click('push button', exact('_Unsubscribe'))
    app.wait(None, exact('Unsubscribe from This Mailing List?'))
    time.sleep(.3)
    app.click(app.root.find_all('push button', exact('_Unsubscribe'))[-1])
    app.wait('label', said('You unsubscribed: %s', ''))
    app.wait('push button', exact('_Try Again'))
    eventually(lambda: len(lab.messages('bob', 'INBOX')) == 1, 20, 'the mail to the list')
    show(scene, 'List five')
    app.wait('label', said('You unsubscribed: %s', ''))
    scene.shot('left')
    show(scene, 'List three')
    app.click('push button', exact('Reply to _List'))
    app.wait('text', exact('Message text'))
    app.wait('text', exact('To'), condition=lambda n: 'talk@lab.test' in n.text)
    scene.shot('answer')
    app.key('Escape')
    scene.quit()


@case
def what_looks_wrong_is_read_in_the_charset_one_chooses(scene):
    scene.empty('alice')
    for number in (1, 2):
        scene.append('alice', 'INBOX', ('From: Dan <dan@x.example>\r\n' + HEAD % (number, f'Letter {number} SUBJECT')
                     + 'Content-Type: text/plain; charset=koi8-r\r\n\r\nHello\r\n').encode().replace(b'SUBJECT', 'Привет'.encode('cp1251')) + 'Привет, мир'.encode('cp1251') + b'\r\n')
    scene.append('alice', 'INBOX', ('From: Dan <dan@x.example>\r\n' + HEAD % (3, 'Letter 3')
                 + 'Content-Type: text/plain; charset=utf-8\r\n\r\nGröße, Straße\r\n').encode())
    scene.usual_ports()
    scene.account()
    scene.start()
    scene.inbox()
    if os.environ.get('NARROW'):
        scene.app.resize(360, 720)
    app = scene.app
    show(scene, 'Letter 1')
    app.wait('text', None, condition=lambda n: 'Hello' in n.text and 'Привет, мир' not in n.text)
    app.click('push button|toggle button', exact('Do Something With This Message'))
    app.click('menu item', exact('_Looks Wrong?'))
    app.wait(None, exact('Which Line Reads Right?'))
    time.sleep(.5)
    scene.shot('asked-charset')
    app.click('radio button|check box', 'Привет, мир')
    app.click('push button', exact('_Read It So'))
    app.wait('text', None, condition=lambda n: 'Привет, мир' in n.text)
    scene.shot('reads-right')
    if not os.environ.get('NARROW'):
        app.wait('list item|table row', 'Letter 1 Привет')  # its row follows
    show(scene, 'Letter 2')
    app.wait('text', None, condition=lambda n: 'Привет, мир' in n.text)
    # UTF-8 of the same sender is none of it
    show(scene, 'Letter 3')
    app.wait('text', None, condition=lambda n: 'Größe, Straße' in n.text)
    # What was chosen is marked, and undone
    show(scene, 'Letter 1')
    app.click('push button|toggle button', exact('Do Something With This Message'))
    app.click('menu item', exact('_Looks Wrong?'))
    app.wait('radio button|check box', 'Привет, мир', condition=lambda n: n.has('checked'))
    scene.shot('chosen-charset')
    app.click('radio button|check box', exact('As the message says'))
    app.click('push button', exact('_Read It So'))
    app.wait('text', None, condition=lambda n: 'Hello' in n.text and 'Привет, мир' not in n.text)
    scene.quit()


if __name__ == "__main__":
    main(chosen([one_line_says_what_may_deceive_and_honest_mail_is_left_in_peace,
                 a_list_is_answered_and_left_after_asking_and_that_is_remembered, what_looks_wrong_is_read_in_the_charset_one_chooses]), finish)
