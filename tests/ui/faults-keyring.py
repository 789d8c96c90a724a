"""faults-keyring.py PREFIX STATE SCREENSHOTS LANGUAGE: without a Secret Service, or with a locked one, nothing hangs and everything works.

SOSIK_KEYRING says what the session has: none, or unlocked (a case locks it).
"""
import hashlib
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import run  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

KEYRING = os.environ['SOSIK_KEYRING']


def no_password_lies_around(scene):
    for folder, _folders, names in os.walk(scene.profile):
        for name in names:
            with open(os.path.join(folder, name), 'rb') as file:
                assert b'alicepw' not in file.read(), f'the password lies in {name}'


def give_password(scene):
    scene.app.wait(None, 'Password for alice@lab.test')
    scene.app.fill('text|password text', exact('Password'), 'alicepw')
    scene.shot('asked')
    scene.app.click('push button', exact('Sign In'))
    scene.app.wait_gone(None, 'Password for alice@lab.test')


@case
def an_account_can_be_set_up_and_asks_at_the_next_start(scene):
    scene.usual_ports()
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nSubject: Without a keyring\r\n\r\nHello.\r\n')
    scene.start()
    scene.app.click('push button', exact('Add Account'))
    scene.app.fill('text', exact('Your name'), 'Alice Lee')
    scene.app.fill('text', exact('E-mail address'), 'alice@lab.test')
    scene.app.fill('text|password text', exact('Password'), 'alicepw')
    scene.app.click('push button', exact('Continue'))
    scene.app.click('push button', exact('Sign In'), timeout=60)
    scene.says('kept only until Sosik is closed', timeout=40)
    scene.shot('session-only')
    scene.app.click('push button', exact('Done'))
    scene.app.wait('list item|table row', 'Without a keyring')
    scene.quit()
    no_password_lies_around(scene)

    scene.start()
    scene.app.wait('list item|table row', 'Without a keyring')  # what was seen is there before the password is
    give_password(scene)
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nSubject: After the password\r\n\r\nHello.\r\n')
    scene.app.wait('list item|table row', 'After the password')
    scene.compose('bob@lab.test', 'Sent without a keyring', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Sent without a keyring', what='the message')
    scene.quit()
    no_password_lies_around(scene)


@case
def a_wrong_password_is_asked_for_again(scene):
    scene.account(secret=False)
    scene.start()
    scene.app.wait(None, 'Password for alice@lab.test')
    scene.app.fill('text|password text', exact('Password'), 'wrong')
    scene.app.click('push button', exact('Sign In'))
    scene.says('did not accept', timeout=30)
    eventually(lambda: scene.app.find(None, 'Password for alice@lab.test'), what='the dialog again')
    give_password(scene)
    scene.inbox()
    scene.quit()


@case
def several_accounts_are_asked_for_one_after_another(scene):
    users = {'alice', 'bob', 'kim'}
    for user in users:
        scene.account(user, secret=False)
    scene.start()
    while users:
        scene.app.wait(None, 'Password for .*@lab.test', timeout=30)
        time.sleep(1)  # the others have failed to sign in by now, too
        asked = [user for user in users if scene.app.find(None, f'Password for {user}@lab.test')]
        assert len(asked) == 1, f'asked for {asked} at once'
        scene.app.fill('text|password text', exact('Password'), asked[0] + 'pw')
        scene.app.click('push button', exact('Sign In'))
        scene.app.wait_gone(None, f'Password for {asked[0]}@lab.test')
        users.remove(asked[0])
    scene.inbox()
    scene.quit()


def lock():
    subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.secrets', '--object-path', '/org/freedesktop/secrets',
                    '--method', 'org.freedesktop.Secret.Service.Lock', "['/org/freedesktop/secrets/collection/login']"],
                   stdout=subprocess.DEVNULL, check=True)


def account(scene):
    """alice's account, its password in the keyring; a case before may have put it there and left the keyring locked."""
    locked = run('gdbus', 'call', '--session', '--dest', 'org.freedesktop.secrets', '--object-path',
                 '/org/freedesktop/secrets/collection/login', '--method', 'org.freedesktop.DBus.Properties.Get',
                 'org.freedesktop.Secret.Collection', 'Locked')
    scene.account(secret='true' not in locked)


BUS_NAME, PATH = 'org.sosik.Sosik.Profile', '/org/sosik/Sosik/Profile'


def hash_of(profile):
    return hashlib.sha256(profile.encode()).hexdigest()[:16]


def prompt():
    """The window in which the desktop asks for the password of the keyring, if it stands there."""
    return run('xdotool', 'search', '--onlyvisible', '--name', '^Unlock').split()


def answer_prompt(scene, *keys):
    window = eventually(prompt, what='the question of the keyring')[0]
    run('xdotool', 'windowactivate', '--sync', window)
    time.sleep(.5)
    scene.app.key(*keys)
    eventually(lambda: window not in prompt(), what='the question of the keyring to go away')


@case
def a_locked_keyring_can_be_unlocked(scene):
    account(scene)
    lock()
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nSubject: Unlocked\r\n\r\nHello.\r\n')
    scene.start()
    eventually(prompt, what='the question of the keyring')
    scene.shot('asked')
    begin = time.time()
    scene.app.wait('push button', exact('New Message'))  # the window answers; the question itself has grabbed keys and pointer
    assert time.time() - begin < 3, 'the window waits for the keyring'
    answer_prompt(scene, 't', 'e', 's', 't', 'Return')
    scene.app.wait('list item|table row', 'Unlocked')
    scene.quit()


@case
def a_locked_keyring_that_stays_locked_is_done_without(scene):
    """The person says no to the keyring, types the password, and the session goes on with that."""
    account(scene)
    lock()
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nSubject: Behind a lock\r\n\r\nHello.\r\n')
    scene.start()
    answer_prompt(scene, 'Escape')
    scene.app.wait(None, 'Password for alice@lab.test')
    scene.app.fill('text|password text', exact('Password'), 'alicepw')
    scene.app.click('push button', exact('Sign In'))
    answered = 0
    while scene.app.find(None, 'Password for alice@lab.test'):
        assert answered < 3, 'the keyring asks again and again'
        if prompt():
            answer_prompt(scene, 'Escape')
            answered += 1
        time.sleep(.3)
    scene.app.wait('list item|table row', 'Behind a lock')
    scene.shot('signed-in')
    scene.compose('bob@lab.test', 'Sent behind a lock', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Sent behind a lock', what='the message')
    no_password_lies_around(scene)
    scene.quit()


@case
def a_keyring_that_is_never_answered_does_not_keep_it_from_quitting(scene):
    account(scene)
    lock()
    scene.start()
    eventually(prompt, what='the question of the keyring')
    # The question has grabbed the keys, so Ctrl+Q goes the other way
    subprocess.run(['gdbus', 'call', '--session', '--dest', BUS_NAME + hash_of(scene.profile), '--object-path',
                    PATH + hash_of(scene.profile), '--method', 'org.gtk.Actions.Activate', 'quit', '[]', '{}'],
                   stdout=subprocess.DEVNULL, check=True)
    assert scene.app.process.wait(15) == 0


if __name__ == '__main__':
    tests = [an_account_can_be_set_up_and_asks_at_the_next_start, a_wrong_password_is_asked_for_again,
             several_accounts_are_asked_for_one_after_another]
    locked = [a_locked_keyring_can_be_unlocked, a_locked_keyring_that_stays_locked_is_done_without,
              a_keyring_that_is_never_answered_does_not_keep_it_from_quitting]
    main(chosen(tests if KEYRING == 'none' else locked), finish)
