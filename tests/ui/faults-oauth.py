"""faults-oauth.py PREFIX STATE SCREENSHOTS LANGUAGE: an account that signs in by the browser, at a real authorization server, as a person would.

LAB_OAUTH names the mechanisms that the servers offer for it.
"""
import configparser
import os
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import run  # noqa: E402
from scene import TOOLS, case, chosen, eventually, exact, finish, lab, program  # noqa: E402
from tap import main  # noqa: E402

SERVER = lab.env['LAB_AUTHORIZATION']
MECHANISM = os.environ['LAB_OAUTH'].split()[0].upper()
ASKED = 'Sign in as alice@lab.test'


def told():
    with urllib.request.urlopen(SERVER + '/told') as answer:
        return answer.read().decode().splitlines()


def do(**what):
    urllib.request.urlopen(SERVER + '/do', urllib.parse.urlencode(what).encode()).close()


def log(name):
    with open(os.path.join(lab.state, 'log', name), encoding='utf-8', errors='replace') as file:
        return file.read()


def letter(subject):
    return f'From: bob@lab.test\r\nSubject: {subject}\r\n\r\nHello.\r\n'.encode()


def account(scene):
    """As an administrator would write it; nobody has signed in yet."""
    scene.empty('alice')
    scene.account(secret=False)
    name = os.path.join(scene.profile, 'config', 'accounts', 'alice.ini')
    settings = configparser.ConfigParser(interpolation=None)
    settings.optionxform = str
    settings.read(name)
    for group in ('IMAP', 'SMTP'):
        settings[group]['SignIn'] = 'oauth'
    settings['OAuth'] = {'ClientId': 'sosik-lab', 'Authorization': SERVER + '/authorize', 'Token': SERVER + '/token', 'Scope': 'mail offline_access'}
    with open(name, 'w', encoding='utf-8') as file:
        settings.write(file, space_around_delimiters=False)
    subprocess.run(['secret-tool', 'clear', 'account', 'alice'], check=False)


class Browser:
    """The program of the desktop for web pages: a script that does on the page what a person would."""

    def __init__(self, scene):
        self.opened = program(scene, 'browser', 'x-scheme-handler/http', 'x-scheme-handler/https')
        self.seen = self.opened + '-seen'
        with open(os.path.join(scene.profile, 'browser'), 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\necho "$1" >> {self.opened}\nexec {os.path.join(TOOLS, "browse")} "$1" "$(cat {self.opened}.decision)" >> {self.seen} 2>&1\n')
        self.will('allow')

    def will(self, decision):
        with open(self.opened + '.decision', 'w', encoding='utf-8') as file:
            file.write(decision)

    def pages(self):
        if not os.path.exists(self.opened):
            return []
        with open(self.opened, encoding='utf-8') as file:
            return file.read().splitlines()

    def wait_for(self, pattern):
        def saw():
            if not os.path.exists(self.seen):
                return False
            with open(self.seen, encoding='utf-8') as file:
                return re.search(pattern, file.read())
        eventually(saw, what=f'{pattern} in the browser')


def sign_in(scene, browser):
    scene.app.wait(None, exact(ASKED))
    scene.app.click('push button', exact('Sign In'))
    scene.app.wait_gone(None, exact(ASKED))
    browser.wait_for('You can close this window[.]')


def kick():
    """All of alice's connections."""
    subprocess.run(['doveadm', '-c', os.path.join(lab.state, 'dovecot', 'dovecot.conf'), 'kick', 'alice'], stdout=subprocess.DEVNULL, check=False)


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
    scene.app.wait(None, exact(ASKED))
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
    scene.app.wait('list item|table row', 'After the first token', timeout=40)
    now = told()[before:]
    assert now.count('token refresh_token ok') == 1, now
    assert len(browser.pages()) == 1

    before = len(told())
    do(revoke='1')
    kick()
    scene.app.wait(None, exact(ASKED), timeout=40)
    scene.says('wants you to sign in again')
    scene.shot('again')
    time.sleep(3)
    now = told()[before:]
    assert now.count('token refresh_token invalid_grant') == 1, now
    assert now.count('introspect inactive') <= 2, now
    scene.app.key('Escape')
    scene.app.wait_gone(None, exact(ASKED))
    scene.app.wait('push button', exact('Sign In…'))
    scene.shot('bar')
    time.sleep(2)
    assert not scene.app.find(None, exact(ASKED)), 'asked a second time'

    # Not this time; then yes.
    browser.will('deny')
    scene.app.click('push button', exact('Sign In…'))
    scene.app.wait(None, exact(ASKED))
    scene.app.click('push button', exact('Sign In'))
    scene.says('Sosik was not allowed to reach the mail')
    browser.wait_for('Not signed in')
    scene.shot('denied')
    browser.will('allow')
    sign_in(scene, browser)
    scene.append('alice', 'INBOX', letter('Signed in again'))
    scene.app.wait('list item|table row', 'Signed in again', timeout=40)
    no_token_lies_around(scene)
    scene.quit()


main(chosen([a_person_signs_in_and_reads_and_sends, a_token_that_is_taken_back_is_fetched_anew_and_then_a_person_is_asked_once]), finish)
