"""What stands around the program when somebody signs in elsewhere: the browser of the desktop, the authorization server of the lab, and the accounts of
the desktop."""
import configparser
import json
import os
import re
import subprocess
import urllib.parse
import urllib.request

from scene import TOOLS, eventually, exact, lab, program, words

SERVER = lab.env.get('LAB_AUTHORIZATION')
ASKED = '^' + re.escape(words('Sign in as %s').replace('%s', 'alice@lab.test')) + '$'


def told():
    with urllib.request.urlopen(SERVER + '/told') as answer:
        return answer.read().decode().splitlines()


def given():
    """All codes, verifiers and tokens so far."""
    with urllib.request.urlopen(SERVER + '/given') as answer:
        return answer.read().decode().split()


def do(**what):
    urllib.request.urlopen(SERVER + '/do', urllib.parse.urlencode(what).encode()).close()


def account(scene):
    """Alice's, as an administrator would write it; nobody has signed in yet."""
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


def sign_in(scene, browser):
    scene.app.wait(None, ASKED)
    scene.app.click('push button', exact('Sign In'))
    scene.app.wait_gone(None, ASKED)
    browser.wait_for(re.escape(words('You can close this window.')))


def kick():
    """All of alice's connections."""
    subprocess.run(['doveadm', '-c', os.path.join(lab.state, 'dovecot', 'dovecot.conf'), 'kick', 'alice'], stdout=subprocess.DEVNULL, check=False)


class Browser:
    """The program of the desktop for web pages: a script that does on the page what a person would."""

    def __init__(self, scene):
        self.opened = program(scene, 'browser', 'x-scheme-handler/http', 'x-scheme-handler/https')
        self.seen = self.opened + '-seen'
        with open(os.path.join(scene.profile, 'browser'), 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\necho "$1" >> {self.opened}\nSSL_CERT_FILE={lab.env["LAB_CA"]} exec {os.path.join(TOOLS, "browse")} "$1" "$(cat {self.opened}.decision)" >> {self.seen} 2>&1\n')
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


def desktop(scene, imap=lab.env['LAB_IMAPS'], **more):
    """What GNOME Online Accounts would have: alice, by her password."""
    name = os.path.join(scene.profile, 'online-accounts')
    mail = {'EmailAddress': 'alice@lab.test', 'Name': 'Alice Lee'}
    for kind, port in (('Imap', imap), ('Smtp', lab.env['LAB_SUBMISSIONS'])):
        mail.update({kind + 'Supported': True, kind + 'Host': f'localhost:{port}', kind + 'UseSsl': True, kind + 'UserName': 'alice'})
    with open(name, 'w', encoding='utf-8') as file:
        json.dump([{'Id': 'a1', 'Provider': 'Lab', 'Mail': mail, 'Passwords': {'imap-password': 'alicepw', 'smtp-password': 'alicepw'}, **more}], file)
    return name
