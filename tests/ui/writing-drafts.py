"""writing-drafts.py PREFIX STATE SCREENSHOTS LANGUAGE: what can be undone after writing, what is sent later, what is asked."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import STATE, case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from tap import main  # noqa: E402

FILE = os.path.join(STATE, 'plan.txt')
CONTENT = b'1. News\n'


def ready(scene, hold):
    with open(FILE, 'wb') as file:
        file.write(CONTENT)
    scene.empty('alice', 'bob')
    scene.settings(undo_send_seconds=hold)
    scene.account()
    scene.start()
    scene.inbox()


def arrived(subject):
    return [m for _flags, m in lab.messages('bob', 'INBOX') if m['Subject'] == subject]


def arrives_once(subject, timeout=30):
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
    scene.quit(timeout=20)  # what is held back goes before that
    arrives_once('Second thoughts', 5)
    message, = arrived('Second thoughts')
    part, = message.iter_attachments()
    assert part.get_payload(decode=True) == CONTENT


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
    scene.quit(timeout=20)
    arrives_once('Killed meanwhile', 5)


def send_later(scene, item):
    scene.app.click('push button|toggle button', exact('Send later'))
    scene.app.click('menu item', item)


@case
def a_message_goes_at_its_time_and_can_be_changed_until_then(scene):
    ready(scene, 0)
    scene.compose('bob@lab.test', 'In good time', 'Hello.')
    send_later(scene, exact('_Choose Date and Time…'))
    scene.says(exact('When Is It to Be Sent?'))
    scene.shot('dialog')
    scene.app.click('push button', exact('Cancel'))
    send_later(scene, '^' + re.escape(words('Tomorrow Morning')))
    scene.composer_is_gone()
    scene.outbox()
    waits = re.escape(words('Waits on this computer until %s. Sosik has to be running then, or it goes later.').partition('%s')[0])
    scene.app.wait('list item', '^In good time, bob@lab.test, ' + waits)
    scene.shot('waits')
    assert not arrived('In good time')
    scene.app.click('push button', exact('Edit'))
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'Hello.' in n.text)
    scene.send()
    scene.composer_is_gone()
    arrives_once('In good time')

    # What is asked once need not be asked again.
    scene.compose('bob@lab.test', '', 'First without.')
    scene.send()
    scene.says('There is no subject')
    scene.shot('asked')
    scene.app.click('check box', exact('_Do not ask again'))
    scene.app.click(scene.app.root.find_all('push button', exact('_Send'))[-1])
    scene.composer_is_gone()
    scene.compose('bob@lab.test', '', 'Second without.')
    scene.send()
    scene.composer_is_gone()
    eventually(lambda: len(arrived(None)) == 2, what='both without a subject')
    scene.quit()


if __name__ == '__main__':
    main(chosen([discarding_and_sending_can_be_undone, what_is_held_back_survives_a_crash,
                 a_message_goes_at_its_time_and_can_be_changed_until_then]), finish)
