"""faults-keyring.py PREFIX STATE SCREENSHOTS LANGUAGE: without a Secret Service, or with a locked one, nothing hangs and everything works.

SOSIK_KEYRING says what the session has: none, or unlocked (a case locks it).
"""
import hashlib
import os
import re
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
    scene.app.click('push button', exact('Continue'))
    scene.app.wait('push button', exact('Sign In'), timeout=60)
    scene.app.fill('text|password text', exact('Password'), 'alicepw')
    scene.app.click('push button', exact('Sign In'))
    scene.says('kept only until Sosik is closed', timeout=60)
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
    scene.says('did not accept', timeout=60)
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
        scene.app.wait(None, 'Password for .*@lab.test', timeout=60)
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


def items(protocol):
    """The attributes of what the keyring has of alice's: a dict for each."""
    found = subprocess.run(['secret-tool', 'search', '--all', 'account', 'alice', 'protocol', protocol], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout
    return [dict(re.findall(r'^attribute\.(\w+) = (.*)$', item, re.M)) for item in found.split('[/')[1:]]


@case
def a_password_for_whomever_becomes_one_for_its_server(scene):
    """As an older Sosik or an administrator stored it; in a real keyring."""
    for name in ('imap', 'smtp'):
        run('secret-tool', 'clear', 'account', 'alice', 'protocol', name)
    scene.account()
    assert ['server' in item for item in items('imap') + items('smtp')] == [False, False], items('imap')
    scene.start()
    scene.inbox()
    eventually(lambda: ['server' in item for item in items('imap')] == [True], what='the place of the password')
    assert (items('imap')[0]['server'], items('imap')[0]['user']) == ('localhost', 'alice'), items('imap')
    assert 'server' not in items('smtp')[0], 'nobody has signed in there'
    scene.compose('bob@lab.test', 'Bound', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    eventually(lambda: ['server' in item for item in items('smtp')] == [True], what='the place of the other password')
    scene.quit()
    # For somebody else, whatever the file says by now, it is none.
    name = os.path.join(scene.profile, 'config', 'accounts', 'alice.ini')
    with open(name, encoding='utf-8') as file:
        text = file.read()
    with open(name, 'w', encoding='utf-8') as file:
        file.write(text.replace('User=alice', 'User=bob'))
    scene.start()
    scene.app.wait(None, 'Password for alice@lab.test')
    scene.says('No password is known', timeout=60)
    scene.app.key('Escape')
    scene.quit()


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


def asks_nothing(scene, seconds=2):
    """Neither the keyring nor the program puts a question."""
    until = time.time() + seconds
    while time.time() < until:
        assert not prompt(), 'the keyring asks again'
        assert not scene.app.find(None, 'Password for .*@lab.test'), 'a password is asked for'
        time.sleep(.3)


@case
def a_locked_keyring_that_stays_locked_means_offline(scene):
    """The person says no to the keyring: one question in all, and no window for a password.  What needs no server goes on, and "Unlock…" asks once more."""
    account(scene)
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nSubject: Before the lock\r\n\r\nHello.\r\n')
    scene.start()
    scene.inbox()
    scene.app.wait('list item|table row', 'Before the lock')
    scene.quit()
    lock()
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nSubject: Behind a lock\r\n\r\nHello.\r\n')
    scene.start()
    answer_prompt(scene, 'Escape')
    scene.app.wait('push button', exact('Unlock…'))
    scene.says('The keyring is locked', timeout=60)
    scene.shot('locked')
    asks_nothing(scene)
    scene.app.wait('list item|table row', 'Before the lock')
    scene.compose('bob@lab.test', 'Sent behind a lock', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    asks_nothing(scene)
    scene.app.key('F5')  # looks for new mail, which is no wish to open the keyring
    asks_nothing(scene)

    scene.app.click('push button', exact('Unlock…'))
    answer_prompt(scene, 'Escape')
    asks_nothing(scene)
    assert all(m['Subject'] != 'Sent behind a lock' for _f, m in lab.messages('bob', 'INBOX')), 'sent though nobody could sign in'
    scene.app.click('push button', exact('Unlock…'))
    answer_prompt(scene, 't', 'e', 's', 't', 'Return')
    scene.app.wait('list item|table row', 'Behind a lock')
    lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Sent behind a lock', what='the message')
    scene.app.wait_gone('push button', exact('Unlock…'))
    no_password_lies_around(scene)
    scene.quit()


@case
def what_a_locked_keyring_does_not_take_is_kept_for_the_session(scene):
    """Two passwords are to be stored, and there is one question."""
    lock()
    scene.usual_ports()
    scene.start()
    scene.app.click('push button', exact('Add Account'))
    scene.app.fill('text', exact('Your name'), 'Kim')
    scene.app.fill('text', exact('E-mail address'), 'kim@lab.test')
    scene.app.click('push button', exact('Continue'))
    scene.app.wait('push button', exact('Sign In'), timeout=60)
    scene.app.fill('text|password text', exact('Password'), 'kimpw')
    scene.app.click('push button', exact('Sign In'))
    answer_prompt(scene, 'Escape')
    scene.says('kept only until Sosik is closed', timeout=60)
    asks_nothing(scene)
    scene.app.click('push button', exact('Done'))
    scene.inbox()
    asks_nothing(scene)
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
    locked = [a_password_for_whomever_becomes_one_for_its_server, a_locked_keyring_can_be_unlocked, a_locked_keyring_that_stays_locked_means_offline,
              what_a_locked_keyring_does_not_take_is_kept_for_the_session,
              a_keyring_that_is_never_answered_does_not_keep_it_from_quitting]
    main(chosen(tests if KEYRING == 'none' else locked), finish)
