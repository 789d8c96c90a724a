"""faults-oauth.py PREFIX STATE SCREENSHOTS LANGUAGE: an account that signs in by the browser, at a real authorization server, as a person would.

LAB_OAUTH names the mechanisms that the servers offer for it.
"""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from browser import ASKED, Browser, account, desktop, do, kick, sign_in, told  # noqa: E402
from drive import run  # noqa: E402
from scene import TOOLS, case, chosen, eventually, exact, finish, lab, program, words  # noqa: E402
from tap import main  # noqa: E402

PANEL = 'gnome-online-accounts-panel'
MECHANISM = os.environ['LAB_OAUTH'].split()[0].upper()


def log(name):
    with open(os.path.join(lab.state, 'log', name), encoding='utf-8', errors='replace') as file:
        return file.read()


def letter(subject):
    return f'From: bob@lab.test\r\nSubject: {subject}\r\n\r\nHello.\r\n'.encode()


def refresh_token():
    """As the keyring has it; below it stands whom it is for."""
    return run('secret-tool', 'lookup', 'account', 'alice', 'protocol', 'oauth').partition('\n')[0]


def no_token_lies_around(scene):
    """What the keyring has is nowhere else."""
    secret = refresh_token().encode()
    assert len(secret) > 20, secret
    for folder, _folders, names in os.walk(scene.profile):
        for name in names:
            with open(os.path.join(folder, name), 'rb') as file:
                assert secret not in file.read(), f'the refresh token lies in {name}'
    with open(scene.log, 'rb') as file:
        assert secret not in file.read(), 'the refresh token stands on the terminal'


@case
def a_person_signs_in_and_reads_and_sends(scene):
    before = len(told())
    account(scene)
    browser = Browser(scene)
    scene.append('alice', 'INBOX', letter('By a token'))
    scene.start()
    scene.app.wait(None, ASKED)
    scene.shot('asked')
    sign_in(scene, browser)
    scene.app.wait('list item|table row', 'By a token')
    scene.compose('bob@lab.test', 'Sent by a token', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Sent by a token', what='the message')
    now = told()[before:]
    assert now.count('token authorization_code ok') == 1, now
    assert 'introspect active' in now, now
    assert f'method={MECHANISM}' in log('dovecot.log')
    assert f'sasl_method={MECHANISM}' in log('postfix.log')
    [page] = browser.pages()
    assert 'code_challenge_method=S256' in page and 'login_hint=alice%40lab.test' in page, page
    no_token_lies_around(scene)
    scene.quit()

    # The next start needs no person.
    scene.append('alice', 'INBOX', letter('The day after'))
    scene.start()
    scene.app.wait('list item|table row', 'The day after')
    assert len(browser.pages()) == 1
    assert told()[before:].count('token refresh_token ok') == 1
    no_token_lies_around(scene)
    scene.quit()


@case
def a_token_that_is_taken_back_is_fetched_anew_and_then_a_person_is_asked_once(scene):
    account(scene)
    browser = Browser(scene)
    scene.start()
    sign_in(scene, browser)
    scene.inbox()
    before = len(told())
    do(expire='1')
    scene.append('alice', 'INBOX', letter('After the first token'))
    kick()
    scene.app.wait('list item|table row', 'After the first token', timeout=60)
    now = told()[before:]
    assert now.count('token refresh_token ok') == 1, now
    assert len(browser.pages()) == 1

    before = len(told())
    do(revoke='1')
    kick()
    scene.app.wait(None, ASKED, timeout=60)
    scene.says(re.escape(words('“%s” wants you to sign in again.').partition('%s')[2]))
    scene.shot('again')
    time.sleep(3)
    now = told()[before:]
    assert now.count('token refresh_token invalid_grant') == 1, now
    assert now.count('introspect inactive') <= 2, now
    scene.app.key('Escape')
    scene.app.wait_gone(None, ASKED)
    scene.app.wait('push button', exact('Sign In…'))
    scene.shot('bar')
    time.sleep(2)
    assert not scene.app.find(None, ASKED), 'asked a second time'

    # Closed while the page stands open: the next one begins anew.
    browser.will('leave')
    scene.app.click('push button', exact('Sign In…'))
    scene.app.wait(None, ASKED)
    scene.app.click('push button', exact('Sign In'))
    scene.says(re.escape(words('Sign in on the page that opens in your browser, then come back here.')))
    scene.app.key('Escape')
    scene.app.wait_gone(None, ASKED)

    # Not this time; then yes.
    browser.will('deny')
    scene.app.click('push button', exact('Sign In…'))
    scene.app.wait(None, ASKED)
    scene.app.click('push button', exact('Sign In'))
    scene.says(re.escape(words('In the browser, Sosik was not allowed to reach the mail. Sign in once more and allow it.')))
    browser.wait_for(re.escape(words('Not signed in')))
    scene.shot('denied')
    browser.will('allow')
    sign_in(scene, browser)
    scene.append('alice', 'INBOX', letter('Signed in again'))
    scene.app.wait('list item|table row', 'Signed in again', timeout=60)
    no_token_lies_around(scene)
    scene.quit()


def hide_panel():
    """A desktop without settings for online accounts, whatever is installed here."""
    folder = os.path.join(os.environ['XDG_DATA_HOME'], 'applications')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, PANEL + '.desktop'), 'w', encoding='utf-8') as file:
        file.write('[Desktop Entry]\nHidden=true\n')


@case
def an_account_of_the_desktop_signs_in_by_what_the_desktop_has(scene):
    scene.empty('alice')
    scene.account(secret=False)
    name = os.path.join(scene.profile, 'config', 'accounts', 'alice.ini')
    with open(name, encoding='utf-8') as file:
        settings = file.read().replace('[Account]\n', '[Account]\nDesktopAccount=a1\n')
    with open(name, 'w', encoding='utf-8') as file:
        file.write(settings)
    subprocess.run(['secret-tool', 'clear', 'account', 'alice'], check=False)
    scene.append('alice', 'INBOX', letter('By the desktop'))
    with subprocess.Popen([os.path.join(TOOLS, 'online-accounts'), desktop(scene, Attention=True)], stdout=subprocess.PIPE) as service:
        try:
            assert service.stdout.readline() == b'ready\n'
            hide_panel()
            scene.start()
            scene.app.wait(None, ASKED)
            scene.says(re.escape(words('The desktop has no valid sign-in for %s. Sign in again under Online Accounts in the settings of the desktop.')
                                 .replace('%s', 'alice@lab.test')))
            scene.app.click('push button', exact('Sign In'))
            scene.says(re.escape(words('Sosik could not open the settings of the desktop. Open Online Accounts there yourself and sign in, then come back here.')))
            scene.shot('no-settings')
            scene.quit()
            opened = program(scene, PANEL)
            scene.start()
            scene.app.wait(None, ASKED)
            scene.app.click('push button', exact('Sign In'))
            scene.says(re.escape(words('Sign in under Online Accounts in the settings of the desktop, then come back here.')))
            eventually(lambda: os.path.exists(opened), what='the settings of the desktop')
            scene.shot('settings')
            scene.quit()

            desktop(scene)
            scene.start()
            scene.app.wait('list item|table row', 'By the desktop')
            scene.compose('bob@lab.test', 'Sent by the desktop', 'Hello.')
            scene.send()
            scene.composer_is_gone()
            lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Sent by the desktop', what='the message')
            assert not run('secret-tool', 'lookup', 'account', 'alice'), 'there is a copy of the password'
            scene.quit()
        finally:
            service.kill()


main(chosen([a_person_signs_in_and_reads_and_sends, a_token_that_is_taken_back_is_fetched_anew_and_then_a_person_is_asked_once,
             an_account_of_the_desktop_signs_in_by_what_the_desktop_has]), finish)
