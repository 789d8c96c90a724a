"""writing-drafts.py PREFIX STATE SCREENSHOTS LANGUAGE: what can be undone after writing, what is sent later, what is asked."""
import datetime
import glob
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import STATE, case, chosen, eventually, exact, finish, lab, set_clock, words  # noqa: E402
from tap import main  # noqa: E402

FILE = os.path.join(STATE, 'plan.txt')
CONTENT = b'1. News\n'


def ready(scene, hold, **settings):
    with open(FILE, 'wb') as file:
        file.write(CONTENT)
    scene.empty('alice', 'bob')
    scene.settings(undo_send_seconds=hold, **settings)
    scene.account()
    scene.start()
    scene.inbox()


def arrived(subject):
    return [m for _flags, m in lab.messages('bob', 'INBOX') if m['Subject'] == subject]


def arrives_once(subject, timeout=60):
    lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == subject, timeout, what=subject)
    assert len(arrived(subject)) == 1, f'{len(arrived(subject))} copies arrived'


def discard(scene):
    scene.app.click('push button|toggle button', exact('Menu'))
    scene.app.click('menu item', exact('Disca_rd'))
    scene.composer_is_gone()


def is_back(scene, subject, text):
    scene.app.wait('text', exact('Message text'), condition=lambda n: text in n.text)
    assert scene.value('Subject') == subject, scene.value('Subject')
    assert 'bob@lab.test' in scene.value('To'), scene.value('To')
    scene.app.wait(None, re.escape('plan.txt'))


@case
def discarding_and_sending_can_be_undone(scene):
    ready(scene, 30)
    scene.compose('bob@lab.test', 'Second thoughts', 'Not saved yet')
    scene.attach(FILE)
    discard(scene)
    scene.says(exact('Message discarded'))
    scene.shot('discarded')
    with open(FILE, 'r+b') as file:  # what is attached is what it was then
        file.write(b'another')
    os.unlink(FILE)
    scene.app.click('push button', exact('_Undo'))
    is_back(scene, 'Second thoughts', 'Not saved yet')

    scene.send()
    scene.composer_is_gone()
    scene.says('^Sending “Second thoughts”')
    scene.shot('sending')
    scene.app.click('push button', exact('_Undo'))
    is_back(scene, 'Second thoughts', 'Not saved yet')
    scene.send()
    scene.composer_is_gone()
    scene.quit(timeout=60)  # what is held back goes before that
    arrives_once('Second thoughts', 5)
    message, = arrived('Second thoughts')
    part, = message.iter_attachments()
    assert part.get_payload(decode=True) == CONTENT


@case
def what_is_done_while_sending_can_be_undone_is_told_at_once(scene):
    ready(scene, 25)
    scene.append('alice', 'INBOX', b'From: Bob <bob@lab.test>\r\nSubject: Meanwhile\r\n\r\nHello.\r\n')
    scene.compose('bob@lab.test', 'On its way', 'Hello.')
    scene.app.wait('list item|table row', 'Meanwhile')
    scene.send()
    scene.composer_is_gone()
    scene.says('^Sending “On its way”')
    scene.app.click('list item|table row', 'Meanwhile')
    scene.app.key('a')
    scene.says('^1 message moved to ', timeout=4)
    scene.shot('archived')
    # And then the other one can still be taken back.
    scene.says('^Sending “On its way”')
    scene.app.click('push button', exact('_Undo'))
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'Hello' in n.text)
    discard(scene)


@case
def what_is_held_back_survives_a_crash(scene):
    ready(scene, 20)
    scene.compose('bob@lab.test', 'Killed meanwhile', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    scene.outbox()
    scene.app.wait('list item', '^Killed meanwhile, bob@lab.test, ' + exact('Will be sent in a few seconds')[1:-1])
    scene.app.kill()
    scene.start()
    scene.inbox()
    scene.quit(timeout=60)
    arrives_once('Killed meanwhile', 5)


def send_later(scene, item):
    scene.app.click('push button|toggle button', exact('Send later'))
    scene.app.click('menu item', item)


def queued(scene):
    """When what waits in the outbox is to go, in seconds."""
    times = []
    for name in glob.glob(os.path.join(scene.profile, 'data', 'drafts', '*', 'outbox.ini')):
        with open(name, encoding='utf-8') as file:
            times += map(int, re.findall(r'^SendAt=(\d+)$', file.read(), re.M))
    return times


def choose_a_time(scene):
    """In the dialog: two days on, at 10:35."""
    send_later(scene, exact('_Choose Date and Time…'))
    scene.says(exact('When Should It Be Sent?'))
    at = (datetime.datetime.now() + datetime.timedelta(days=2)).replace(hour=10, minute=35, second=0, microsecond=0)
    days = scene.app.wait(None, exact('Date'))
    tomorrow = at - datetime.timedelta(days=1)  # is proposed
    if at.month != tomorrow.month:
        # To and fro of the month, then of the year
        scene.app.click(days.find_all('push button')[1])
    # Days of the month before stand above, those of the next one below.
    scene.app.click(days.find_all('label', f'^{at.day}$')[-1 if at.day > 15 else 0])
    scene.app.fill('spin button', exact('Hour'), '10')
    scene.app.fill('spin button', exact('Minute'), '35')
    scene.shot('chosen')
    scene.app.click('push button', exact('_Send Later'))
    scene.composer_is_gone()
    return at


@case
def a_time_is_chosen_by_the_clock_of_the_desktop(scene):
    """Hours to 12 with the half of the day beside them, or to 24; and they change while the dialog stands there."""
    def shows(hour, end):
        app.wait('spin button', exact('Hour'), condition=lambda node: node.text == hour)
        app.wait('label', ', ' + end + '$')

    app = None
    try:
        set_clock('12h')
        ready(scene, 0)
        app = scene.app
        scene.compose('bob@lab.test', 'By the clock', 'Hello.')
        send_later(scene, exact('_Choose Date and Time…'))
        scene.says(exact('When Should It Be Sent?'))
        app.wait('push button', '^AM$')
        app.fill('spin button', exact('Hour'), '3')
        app.fill('spin button', exact('Minute'), '5')
        app.key('Tab')
        shows('3', '3:05 AM')
        app.click('push button', '^AM$')
        app.wait('push button', '^PM$')
        shows('3', '3:05 PM')
        app.fill('spin button', exact('Hour'), '12')  # stays in the afternoon
        app.key('Tab')
        shows('12', '12:05 PM')
        app.fill('spin button', exact('Hour'), '15')  # is three on any clock
        app.key('Tab')
        shows('3', '3:05 PM')
        app.fill('spin button', exact('Hour'), '0')  # is twelve in this half, as in Korean
        app.key('Tab')
        shows('12', '12:05 PM')
        app.fill('spin button', exact('Hour'), '15')
        app.key('Tab')
        shows('3', '3:05 PM')
        assert not app.unnamed(), '\n'.join(app.unnamed())
        scene.shot('twelve')
        set_clock('24h')
        shows('15', '15:05')
        app.wait_gone('push button', '^PM$')
        scene.shot('all')
        app.fill('spin button', exact('Hour'), '0')
        app.key('Tab')
        shows('00', '00:05')
        set_clock('12h')
        shows('12', '12:05 AM')
        app.click('push button', exact('Cancel'))
        app.wait_gone('label', exact('When Should It Be Sent?'))
        discard(scene)
        scene.quit()
    finally:
        set_clock()


@case
def a_message_goes_at_its_time_and_can_be_changed_until_then(scene):
    ready(scene, 0)
    scene.compose('bob@lab.test', 'In good time', 'Hello.')
    scene.app.click('push button|toggle button', exact('Menu'))
    scene.app.click('check menu item|menu item', exact('Ask for a R_ead Receipt'))
    send_later(scene, exact('_Choose Date and Time…'))
    scene.says(exact('When Should It Be Sent?'))
    scene.shot('dialog')
    scene.app.click('push button', exact('Cancel'))
    send_later(scene, '^' + re.escape(words('Tomorrow Morning')))
    scene.composer_is_gone()
    scene.outbox()
    waits = re.escape(words('Waits on this computer until %s. Sosik has to be running then, or it goes later.').partition('%s')[0])
    scene.app.wait('list item', '^In good time, bob@lab.test, ' + waits)
    scene.shot('waits')
    assert not arrived('In good time')
    # Deleted, it does not go, and can be had back.
    scene.app.click('push button', exact('Delete'))
    scene.app.wait_gone('list item', '^In good time')
    scene.says(exact('Message discarded'))
    assert not queued(scene), queued(scene)
    scene.app.click('push button', exact('_Undo'))
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'Hello.' in n.text)
    # What is chosen in the dialog is when it goes.
    at = choose_a_time(scene)
    scene.outbox()
    row = scene.app.wait('list item', '^In good time, bob@lab.test, ' + waits)
    assert f'{at.day}' in row.name and '10:35' in row.name, row.name
    assert queued(scene) == [at.timestamp()], queued(scene)
    scene.app.click('push button', exact('Edit'))
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'Hello.' in n.text)
    scene.send()
    scene.composer_is_gone()
    arrives_once('In good time')
    assert 'alice@lab.test' in arrived('In good time')[0]['Disposition-Notification-To']

    # What is asked once need not be asked again.
    scene.compose('bob@lab.test', '', 'First without.')
    scene.send()
    scene.says('There is no subject')
    scene.shot('asked')
    scene.app.click('check box', exact('_Do not ask again'))
    scene.app.click(scene.app.nth(-1, 'push button', exact('_Send')))
    scene.composer_is_gone()
    scene.compose('bob@lab.test', '', 'Second without.')
    scene.send()
    scene.composer_is_gone()
    eventually(lambda: len(arrived(None)) == 2, what='both without a subject')
    # So of an empty one.
    scene.compose('bob@lab.test', 'First empty one')
    scene.send()
    scene.says('There is no text')
    scene.app.click('check box', exact('_Do not ask again'))
    scene.app.click(scene.app.nth(-1, 'push button', exact('_Send')))
    scene.composer_is_gone()
    scene.compose('bob@lab.test', 'Second empty one')
    scene.send()
    scene.composer_is_gone()
    arrives_once('First empty one')
    arrives_once('Second empty one')
    scene.quit()


def drafts():
    return lab.messages('alice', 'Drafts')


def text_of(message):
    return message.get_body(('plain',)).get_content()


def close_and_keep(scene):
    scene.app.key('ctrl+w')
    scene.composer_is_gone()
    scene.says(exact('Draft saved'))


def only_draft(text):
    """One on the server, with this text."""
    return eventually(lambda: [m for _f, m in drafts() if len(drafts()) == 1 and text in text_of(m)], what=f'one draft with {text}')[0]


def edit_draft(scene, text):
    scene.app.click('push button', exact('Edit Draft'))
    scene.app.wait('text', exact('Message text'), condition=lambda n: text in n.text and n.has('editable'))


@case
def a_draft_lies_on_the_server_once_and_is_gone_on_with(scene):
    ready(scene, 0)
    scene.invoke('mailto:bob@lab.test?bcc=carol@lab.test&subject=For%20later')
    scene.app.wait('text', exact('Message text'))
    scene.write(text='First words')
    close_and_keep(scene)
    message = only_draft('First words')
    (flags, _message), = drafts()
    assert '\\Draft' in flags, flags
    assert 'carol@lab.test' in message['Bcc'] and 'bob@lab.test' in message['To']
    assert not scene.app.find('list item', '^' + re.escape(words('Drafts and Outbox'))), 'it is listed twice'

    scene.app.click('list item', words.folder('Drafts'))
    scene.click_row('For later')
    scene.says(exact('This message is a draft.'))
    scene.shot('read')
    edit_draft(scene, 'First words')
    # Opened once more, it is shown.
    scene.app.click('push button', exact('Edit Draft'))
    eventually(lambda: scene.app.wait('frame', exact('For later')).has('active'), what='the window that it is open in')
    assert not scene.app.find(None, 'open in a window already')
    assert scene.value('Subject') == 'For later' and 'carol@lab.test' in scene.value('Bcc'), scene.value('Bcc')
    scene.write(text='Second words')
    close_and_keep(scene)
    only_draft('Second words')

    # Another computer, while it is open here
    scene.click_row('For later')
    edit_draft(scene, 'Second words')
    scene.empty('alice')
    scene.append('alice', 'Drafts', b'From: alice@lab.test\r\nTo: bob@lab.test\r\nSubject: Elsewhere\r\n\r\nThird words, elsewhere\r\n')
    scene.app.wait('list item|table row', 'Elsewhere')
    scene.write(text='Fourth words')
    close_and_keep(scene)
    scene.says('changed or deleted on another computer')
    scene.shot('conflict')
    eventually(lambda: sorted(text_of(m).strip() for _f, m in drafts()) == ['Fourth words', 'Third words, elsewhere'], what='both')

    # Sent, it is a draft no more.
    scene.click_row('For later')
    edit_draft(scene, 'Fourth words')
    scene.send()
    scene.composer_is_gone()
    arrives_once('For later')
    eventually(lambda: [text_of(m).strip() for _f, m in drafts()] == ['Third words, elsewhere'], 60, 'the draft that was sent is gone')
    assert 'Bcc' not in arrived('For later')[0]
    scene.quit()


def is_saved_soon(scene, text):
    """On a busy machine not each time."""
    scene.app.type(f' {text} ')
    end = time.time() + 4
    while text not in scene.saved():
        if time.time() > end:
            return False
        time.sleep(.2)
    return True


@case
def what_is_open_is_copied_each_minute(scene):
    """What takes a minute is in one case."""
    ready(scene, 0)
    scene.append('alice', 'Drafts', b'From: alice@lab.test\r\nTo: bob@lab.test\r\nSubject: Begun\r\nMessage-ID: <first@lab.test>\r\n\r\nFirst words\r\n')
    # A link opens a window, and nothing of it goes anywhere, unless somebody writes in it.
    for subject in ('Untouched', 'Touched'):
        scene.invoke(f'mailto:bob@lab.test?subject={subject}&body=This%20is%20{subject}')
        scene.app.wait('text', exact('Message text'), condition=lambda n, s=subject: f'This is {s}' in n.text)
    time.sleep(.5)
    scene.app.type('Typed. ')
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'Typed. ' in n.text and 'This is Touched' in n.text)
    scene.app.bring_forward('Sosik')
    scene.app.click('list item', words.folder('Drafts'))
    scene.click_row('Begun')
    edit_draft(scene, 'First words')
    (_flags, begun), = drafts()
    # It is on this disk while the person writes on, and soon after they stop.
    scene.app.key('ctrl+Home')
    for _ in range(20):
        if 'xxx' in scene.saved():
            break
        scene.app.key('x')
        time.sleep(.7)
    else:
        raise AssertionError('nothing is saved while the person writes')
    which = ('Second', 'Third', 'Fourth', 'Fifth', 'Sixth')
    assert any(is_saved_soon(scene, f'{one} words.') for one in which), 'not saved two seconds after the last letter'
    # Another computer goes on with it as well.
    scene.empty('alice')
    scene.append('alice', 'Drafts', begun.as_bytes().replace(b'First words', b'Elsewhere').replace(b'<first@', b'<second@'))
    # After a minute it is on the server, once.
    assert len(drafts()) == 1, drafts()
    eventually(lambda: len(drafts()) == 3, 75, 'both versions, and the one that was typed in')
    scene.says('changed or deleted on another computer')
    scene.shot('conflict')
    texts = sorted((m['Subject'], text_of(m).strip()) for _f, m in drafts())
    assert texts[0] == ('Begun', 'Elsewhere'), texts
    assert texts[1][0] == 'Begun' and texts[1][1].startswith('xxx') and re.search(r'Second words\. .*First words', texts[1][1], re.DOTALL), texts
    assert texts[2][0] == 'Touched' and 'Typed. ' in texts[2][1], texts
    assert 'Untouched' not in scene.saved()
    scene.quit()


def open_in_a_window(scene):
    """The menu is closed by what reads the message again, as when its draft has come to the server only now: then it is opened once more."""
    end = time.time() + 60
    while not (item := scene.app.find(None, exact('Open in a _Window'))):
        assert time.time() < end, 'the menu does not stay'
        scene.app.click('push button|toggle button', exact('Do Something With This Message'))
        look = time.time() + 3
        while not scene.app.find(None, exact('Open in a _Window')) and time.time() < look:
            time.sleep(.1)
    scene.app.click(item)


@case
def closing_asks_nothing_and_what_is_kept_can_be_thrown_away(scene):
    ready(scene, 0)
    # Nothing was written: nothing is said.
    scene.app.click('push button', exact('New Message'))
    scene.app.wait('text', exact('Message text'))
    scene.app.key('ctrl+w')
    scene.composer_is_gone()
    time.sleep(1)
    assert not scene.app.find('label', exact('Draft saved')) and not drafts()

    scene.compose('bob@lab.test', 'Kept by itself', 'Some words')
    scene.attach(FILE)
    scene.app.key('ctrl+w')
    scene.composer_is_gone()
    scene.says(exact('Draft saved'))
    scene.shot('kept')
    only_draft('Some words')
    time.sleep(1)  # and this computer knows
    os.unlink(FILE)
    scene.app.click('push button', exact('_Discard'))
    scene.says(exact('Message discarded'))
    scene.app.click('push button', exact('_Undo'))
    is_back(scene, 'Kept by itself', 'Some words')
    scene.app.key('ctrl+w')
    scene.composer_is_gone()
    scene.says(exact('Draft saved'))

    # Where it lies it can be opened in a window of its own, too.
    scene.app.click('list item', words.folder('Drafts'))
    only_draft('Some words')
    scene.click_row('Kept by itself')
    scene.says(exact('This message is a draft.'))
    time.sleep(1)
    open_in_a_window(scene)
    time.sleep(2)
    scene.shot('window')
    scene.app.click(scene.app.nth(-1, 'push button', exact('Edit Draft')))
    is_back(scene, 'Kept by itself', 'Some words')
    scene.send()
    scene.composer_is_gone()
    arrives_once('Kept by itself')
    message, = arrived('Kept by itself')
    part, = message.iter_attachments()
    assert part.get_payload(decode=True) == CONTENT
    eventually(lambda: not drafts(), 60, 'no draft is left')
    scene.quit()


@case
def a_question_is_in_nobodys_way_who_quits(scene):
    ready(scene, 10)
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nTo: alice@lab.test\r\nSubject: To be passed on\r\n\r\nHello.\r\n')
    scene.click_row('To be passed on')
    time.sleep(1)
    scene.app.click('push button|toggle button', exact('Do Something With This Message'))
    scene.app.click(None, exact('Re_direct…'))
    scene.says(exact('Redirect Message'))
    scene.app.wait('label', exact('To'))
    scene.shot('question')
    # What is sent on can be taken back, and is the question again.
    scene.app.type('bob@lab.test')
    scene.app.key('Return')
    scene.says(exact('The message is being redirected.'))
    scene.app.click('push button', exact('_Undo'))
    scene.says(exact('Redirect Message'))
    # Who quits then is asked again at the next start, with what was typed.
    scene.app.key('ctrl+a')
    scene.app.type('kim@lab.test, half')
    scene.quit(timeout=60)
    assert not arrived('To be passed on')
    scene.start()
    scene.says(exact('Redirect Message'))
    assert scene.app.wait('text', exact('To')).text == 'kim@lab.test, half'
    scene.app.key('Escape')
    scene.app.wait_gone('label', exact('Redirect Message'))
    scene.quit()

    # With a letter that is not kept yet, behind a question of its own
    scene.start()
    scene.inbox()
    scene.compose('bob@lab.test', '', 'Words of the last second')
    scene.send()
    scene.says('There is no subject')
    scene.quit(timeout=60)
    scene.start()
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'Words of the last second' in n.text)
    scene.quit()


def set_size_limit(octets):
    """What the server says when it is next connected to."""
    etc = os.path.join(lab.state, 'postfix', 'etc')
    subprocess.run(['postconf', '-c', etc, '-e', f'message_size_limit={octets}'], check=True)
    subprocess.run(['postfix', '-c', etc, 'reload'], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def photograph(path):
    """So many colours that it is large, and wider than anybody needs."""
    subprocess.run(['convert', '-size', '3200x1800', 'plasma:red-blue', '-attenuate', '.6', '+noise', 'Gaussian', '-quality', '98', path], check=True)
    return os.path.getsize(path)


@case
def what_the_server_would_not_take_is_said_before_it_is_sent(scene):
    picture, film = os.path.join(STATE, 'prärie.jpg'), os.path.join(STATE, 'film.bin')
    octets = photograph(picture)
    with open(film, 'wb') as file:
        file.write(os.urandom(1_500_000))
    ready(scene, 0, names_for_old_programs='false')
    set_size_limit(2_000_000)
    try:
        scene.compose('bob@lab.test', 'The limit is learned', 'Hello.')
        scene.send()
        scene.composer_is_gone()
        arrives_once('The limit is learned')

        scene.compose('bob@lab.test', 'Meadow', 'Hello.')
        scene.attach(picture)
        scene.attach(film)
        scene.send()
        scene.says(exact('The Message Is Too Large'))
        scene.app.wait('label', '^' + re.escape(words('Saves %s').partition('%s')[0]) + r'\d')
        scene.app.wait('push button', exact('_Send Anyway'))
        scene.shot('too-large')
        scene.app.click('push button', exact('Cancel'))
        scene.app.wait(None, 'film.bin')
        scene.send()
        scene.says(exact('The Message Is Too Large'))
        scene.app.wait('label', '^' + re.escape(words('Saves %s').partition('%s')[0]) + r'\d')
        scene.app.click('check box', exact('Make Pictures Smaller'))
        scene.app.click('check box', exact('film.bin'))
        scene.app.wait_gone('push button', exact('_Send Anyway'))
        scene.shot('fits')
        scene.app.click(scene.app.nth(-1, 'push button', exact('_Send')))
        scene.composer_is_gone()
        arrives_once('Meadow')
        message, = arrived('Meadow')
        part, = message.iter_attachments()
        assert part.get_filename() == 'prärie.jpg' and part.get_content_type() == 'image/jpeg'
        assert 'name' not in part['Content-Type'].params, 'the name is written twice'
        sent = part.get_payload(decode=True)
        assert len(sent) < octets * .8, f'{len(sent)} of {octets}'
        with open(picture, 'wb') as file:
            file.write(sent)
        width = subprocess.run(['identify', '-format', '%w', picture], check=True, capture_output=True, text=True).stdout
        assert width == '1600', width
        scene.quit()
    finally:
        set_size_limit(104857600)


if __name__ == '__main__':
    main(chosen([discarding_and_sending_can_be_undone, what_is_done_while_sending_can_be_undone_is_told_at_once,
                 what_is_held_back_survives_a_crash,
                 a_draft_lies_on_the_server_once_and_is_gone_on_with, what_is_open_is_copied_each_minute, closing_asks_nothing_and_what_is_kept_can_be_thrown_away, a_question_is_in_nobodys_way_who_quits, a_time_is_chosen_by_the_clock_of_the_desktop, a_message_goes_at_its_time_and_can_be_changed_until_then,
                 what_the_server_would_not_take_is_said_before_it_is_sent]), finish)
