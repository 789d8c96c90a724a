"""wizard.py PREFIX STATE SCREENSHOTS LANGUAGE: from an address alone to an account, where the settings come from elsewhere: from a name server that
may lie, from what Sosik knows about providers, from the browser, from the desktop.

On the network of the session a name server tells of domains and providers, whose servers are those of the lab.  REGISTERED is a build with a client
id for Microsoft.
"""
import configparser
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lab'))
from web import issue  # noqa: E402

OUTLOOK = ['outlook.office365.com', 'smtp-mail.outlook.com', 'login.microsoftonline.com']
HOSTS = ['imap.hearsay.test', 'imap.thief.test', 'smtp.thief.test', 'imap.half.test', 'imap.gmail.com', 'smtp.gmail.com', *OUTLOOK]
CERTIFICATES = os.path.join(sys.argv[2], 'lab', 'certs')
issue(CERTIFICATES, 'good', ['localhost', 'lab.test', 'imap.lab.test', 'smtp.lab.test', *HOSTS])  # before the servers of the lab start

from browser import SERVER, Browser, desktop, do, told  # noqa: E402
from drive import run  # noqa: E402
from names import Names  # noqa: E402
from scene import BASE, STATE, TOOLS, case, chosen, eventually, exact, finish, lab, program, words  # noqa: E402
from tap import main  # noqa: E402

PAGE = exact('Open the Provider\'s Page')
CREDENTIALS = r'C: (\S+ )?(LOGIN|AUTHENTICATE|AUTH)\b|alicepw'
NAMES = Names({
    **{f'{host} A': '127.0.0.1' for host in HOSTS},
    '_imaps._tcp.hearsay.test SRV': '0 1 993 imap.thief.test', '_submissions._tcp.hearsay.test SRV': '0 1 465 smtp.thief.test',
    '_imaps._tcp.half.test SRV': '0 1 993 imap.half.test', '_submissions._tcp.half.test SRV': '0 1 465 smtp.thief.test'})
NAMES.install(STATE)
CERTIFICATE = os.path.join(CERTIFICATES, 'good.pem')


def ask(scene, address):
    scene.start()
    scene.app.click('push button', exact('Add Account'))
    scene.app.fill('text', exact('Your name'), 'Alice Lee')
    scene.app.fill('text', exact('E-mail address'), address)
    assert not scene.app.find('text|password text', '^Password'), 'a password is asked for before anybody knows whose'
    scene.app.key('Return')


def servers(scene):
    """Of whatever name, so that what they are told can be read."""
    return [scene.proxy(port, port, '--tls', CERTIFICATE, '--to-tls') for port in (993, 465)]


def nothing_was_told(proxies):
    for proxy in proxies:
        assert not re.search(CREDENTIALS, proxy.transcript()), proxy.transcript()


def settings(scene):
    folder = os.path.join(scene.profile, 'config', 'accounts')
    file = configparser.ConfigParser(interpolation=None)
    file.optionxform = str
    [name] = [name for name in os.listdir(folder) if name.endswith('.ini')] if os.path.isdir(folder) else [None]
    file.read(os.path.join(folder, name or ''))
    return file


def no_account(scene):
    folder = os.path.join(scene.profile, 'config', 'accounts')
    assert not os.path.isdir(folder) or not os.listdir(folder), os.listdir(folder)


def letter(scene, subject):
    scene.append('alice', 'INBOX', f'From: bob@lab.test\r\nSubject: {subject}\r\n\r\nHello.\r\n'.encode())


def listed(scene, subject):
    scene.app.wait_gone('push button', exact('Sign In'), timeout=60)
    scene.app.wait('list item|table row', subject, timeout=60)


def choose(scene, what, number):
    """The choice of that number in a list to choose from, with the mouse out of the way, for Return takes what is under it."""
    scene.app.click('combo box', exact(what))
    subprocess.run(['xdotool', 'mousemove', '1', '1', 'sleep', '0.5'], check=True)
    scene.app.key('Home', *['Down'] * number, 'Return')


def by_hand(scene, kind, imap, smtp=None):
    """kind: 0 is a password, 1 the browser, 2 a certificate."""
    scene.start()
    scene.app.click('push button', exact('Add Account'))
    scene.app.fill('text', exact('Your name'), 'Alice Lee')
    scene.app.fill('text', exact('E-mail address'), 'alice@lab.test')
    scene.app.click('push button', exact('Set Up by Hand'))
    for number, port in enumerate((imap, smtp)):
        for name, text in (('Server', 'imap.lab.test'), ('Port', str(port))) if port else ():
            scene.app.click(scene.app.root.find_all('text', exact(name))[number])
            scene.app.key('ctrl+a')
            scene.app.type(text)
    if kind:
        choose(scene, 'Sign in', kind)
        eventually(lambda: not scene.app.find('text|password text', '^Password'), what='no password, where it means nothing')


class Doorkeeper:
    """An IMAP server that lets in who shows a certificate of the lab, and has nothing to show in turn."""
    ANSWERS = {'CAPABILITY': '* CAPABILITY IMAP4rev1 AUTH=EXTERNAL', 'LIST': '* LIST () "/" INBOX', 'LSUB': '* LSUB () "/" INBOX',
               'SELECT': '* 0 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 1] ok\r\n* OK [UIDNEXT 1] ok', 'SEARCH': '* SEARCH',
               'STATUS': '* STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1 UNSEEN 0)'}

    def __init__(self, port):
        self.shown, self.told = [], []
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=lab.env['LAB_CA'])
        self.context.load_cert_chain(CERTIFICATE, CERTIFICATE.replace('.pem', '.key'))
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.socket = socket.create_server(('127.0.0.1', port))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        try:
            with self.context.wrap_socket(connection, server_side=True) as tls:
                self.shown.append(dict(part[0] for part in tls.getpeercert()['subject'])['commonName'])
                tls.sendall(b'* OK [CAPABILITY IMAP4rev1 AUTH=EXTERNAL] here\r\n')
                for line in tls.makefile('rb'):
                    self.told.append(line.decode().strip())
                    tag, _, rest = self.told[-1].partition(' ')
                    words_ = rest.upper().split() or ['']
                    verb = words_[1] if words_[0] == 'UID' else words_[0]
                    if verb == 'AUTHENTICATE' and len(words_) == 2:
                        tls.sendall(b'+ \r\n')
                        self.told.append(tls.recv(1024).decode().strip())
                    answer = self.ANSWERS.get('SELECT' if verb == 'EXAMINE' else verb)
                    tls.sendall(((answer + '\r\n' if answer else '') + f'{tag} OK done\r\n').encode())
        except OSError:
            pass  # it went away, or showed nothing


def box(scene, host):
    return scene.app.wait('check box', '^' + re.escape(host) + '$')


@case
def strangers_are_told_nothing_before_each_of_them_is_ticked(scene):
    scene.empty('alice')
    letter(scene, 'From a host of strangers')
    proxies = servers(scene)
    ask(scene, 'alice@hearsay.test')
    scene.says(re.escape(words('Are These Servers Right?')), timeout=60)
    scene.says('nobody vouches for it')
    scene.shot('asked')
    assert not scene.app.unnamed(), scene.app.unnamed()
    scene.app.key('Return')
    scene.app.key('Return')
    password = scene.app.wait('text|password text', exact('Password'))
    scene.app.click(password)
    scene.app.type('alicepw')
    for _ in range(3):  # what people press to get on
        scene.app.key('Return')
        assert not any(n.has('checked') for n in scene.app.root.find_all('check box', 'thief.test')), 'ticked by Return'
    scene.says('Say first whether these servers are right')
    scene.shot('not-yet')
    scene.app.click('push button', exact('Sign In'))
    # One of them is not both.
    scene.app.click(box(scene, 'imap.thief.test'))
    eventually(lambda: box(scene, 'imap.thief.test').has('checked'), what='the tick')
    scene.app.click('push button', exact('Sign In'))
    scene.says('Say first whether these servers are right')
    nothing_was_told(proxies)
    no_account(scene)
    scene.app.click(box(scene, 'smtp.thief.test'))
    scene.app.click('push button', exact('Sign In'))
    listed(scene, 'From a host of strangers')
    assert settings(scene)['IMAP']['Host'] == 'imap.thief.test'
    scene.quit()


@case
def only_strangers_are_asked_about_and_what_is_typed_is_no_stranger(scene):
    scene.empty('alice')
    letter(scene, 'From a host that was typed')
    proxies = servers(scene)
    ask(scene, 'alice@half.test')
    scene.says(re.escape(words('Are These Servers Right?')), timeout=60)
    box(scene, 'smtp.thief.test')
    assert not scene.app.find('check box', 'half.test'), 'asked about a host of the domain itself'
    scene.app.click('push button', exact('Change the Settings…'))
    scene.app.wait('text', exact('Port'))
    scene.app.fill('text|password text', exact('Password'), 'alicepw')
    scene.app.click('push button', exact('Sign In'))
    scene.says('Say first whether these servers are right')
    nothing_was_told(proxies)
    scene.app.click(scene.app.nth(1, 'text', exact('Server')))
    scene.app.key('ctrl+a')
    scene.app.type('imap.half.test')
    scene.app.wait_gone('check box', 'smtp.thief.test')
    scene.shot('typed')
    scene.app.click('push button', exact('Sign In'))
    listed(scene, 'From a host that was typed')
    assert settings(scene)['SMTP']['Host'] == 'imap.half.test'
    scene.quit()


def outlook(scene):
    """Its servers are the lab's, and so is the page."""
    for port in (993, 587):
        scene.proxy(port, port)
    scene.proxy(443, 80, '--tls', CERTIFICATE)


@case
def a_provider_that_wants_the_browser_is_signed_in_to_there(scene):
    scene.empty('alice')
    letter(scene, 'By the browser')
    outlook(scene)
    before = len(told())
    browser = Browser(scene)
    scene.program = os.environ['REGISTERED']
    ask(scene, 'alice@outlook.com')
    scene.says(re.escape(words('Allow IMAP in the settings of Outlook.com on the web, under “Forwarding and IMAP”.')))
    scene.app.wait('link|push button', PAGE)
    assert not scene.app.find('text|password text', '^Password'), 'a password is asked for that nobody takes'
    scene.shot('found')
    assert not scene.app.unnamed(), scene.app.unnamed()

    # No.
    browser.will('deny')
    scene.app.click('push button', exact('Open the Browser'))
    scene.says(re.escape(words('In the browser, Sosik was not allowed to reach the mail. Sign in once more and allow it.')), timeout=60)
    browser.wait_for(re.escape(words('Not signed in')))
    scene.shot('denied')

    # Not now.
    browser.will('leave')
    scene.app.click('push button', exact('Open the Browser'))
    scene.app.wait('push button', exact('Open Again'))
    eventually(lambda: len(browser.pages()) == 2, what='the page')
    scene.shot('waiting')
    assert not scene.app.unnamed(), scene.app.unnamed()
    scene.app.click('push button', exact('Copy Address'))
    assert scene.app.clipboard() == browser.pages()[1], scene.app.clipboard()
    scene.app.click('push button', exact('Open Again'))
    eventually(lambda: len(browser.pages()) == 3, what='the page once more')
    scene.app.click('push button', exact('Cancel'))
    scene.app.wait('push button', exact('Open the Browser'))
    no_account(scene)

    # Yes.
    browser.will('allow')
    scene.app.click('push button', exact('Open the Browser'))
    browser.wait_for(re.escape(words('You can close this window.')))
    listed(scene, 'By the browser')
    now = told()[before:]
    assert now.count('token authorization_code ok') == 1, now
    saved = settings(scene)
    assert saved['IMAP']['SignIn'] == saved['SMTP']['SignIn'] == 'oauth' and saved['OAuth']['Provider'] == 'microsoft', dict(saved['IMAP'])
    assert len(run('secret-tool', 'search', '--all', 'protocol', 'oauth')) > 0
    scene.quit()


@case
def a_build_that_is_not_registered_says_so_and_what_else_there_is(scene):
    outlook(scene)
    browser = Browser(scene)
    ask(scene, 'alice@outlook.com')
    scene.says('This build of Sosik is not registered with Outlook')
    scene.app.wait('list item', '^' + re.escape(words('By the Settings of the Desktop')))
    scene.app.wait('list item', '^' + re.escape(words('With a Client ID')))
    scene.shot('shut')
    assert not scene.app.unnamed(), scene.app.unnamed()
    assert not scene.app.find('text|password text', '^Password'), 'a password is asked for that nobody takes'
    for name in ('Sign In', 'Open the Browser', 'Cancel'):
        assert not scene.app.find('push button', exact(name)), name
    assert not browser.pages()
    no_account(scene)
    # What is added there meanwhile, stands on the first page here.
    with subprocess.Popen([os.path.join(TOOLS, 'online-accounts'), desktop(scene)], stdout=subprocess.PIPE) as service:
        try:
            assert service.stdout.readline() == b'ready\n'
            scene.app.click('push button', exact('Back'))
            scene.app.wait('list item', r'^alice@lab\.test')
            with open(os.path.join(scene.profile, 'online-accounts'), 'w', encoding='utf-8') as file:
                file.write('[]')
            scene.app.look_away()
            scene.app.look_back()
            scene.app.wait_gone('list item', r'^alice@lab\.test')
            desktop(scene, imap=9930)
            scene.app.look_away()
            scene.app.look_back()
            held = scene.proxy(9930, 993, '--silent')
            scene.app.click('list item', r'^alice@lab\.test')
            held.wait('-- opened')
            scene.app.wait('push button', exact('Cancel'))
            scene.says(exact('Signing in as %s…').replace('%s', 'alice'))
            scene.shot('by-the-desktop')
            scene.app.click('push button', exact('Cancel'))
            scene.app.wait('list item', r'^alice@lab\.test')
        finally:
            service.kill()
    no_account(scene)


@case
def what_a_provider_wants_stands_there_before_anything_is_tried(scene):
    """And a refusal in its words gets the same advice."""
    proxies = servers(scene)
    opened = program(scene, 'browser', 'x-scheme-handler/http', 'x-scheme-handler/https')
    ask(scene, 'alice@gmail.com')
    scene.says(re.escape(words('Turn on 2-Step Verification in your Google Account.')))
    scene.says('From what Sosik knows about Gmail')
    scene.app.wait('text|password text', exact('Password for mail programs'))
    scene.shot('steps')
    assert not scene.app.unnamed(), scene.app.unnamed()
    scene.app.click('link|push button', PAGE)
    eventually(lambda: os.path.exists(opened), what='the page')
    with open(opened, encoding='utf-8') as file:
        assert file.read().strip() == 'https://myaccount.google.com/apppasswords'
    nothing_was_told(proxies)
    scene.app.fill('text|password text', exact('Password for mail programs'), 'wrong')
    scene.app.key('Return')
    scene.says(re.escape(words('%s refuses your usual password here. Create an app password in the security settings of your account, and use that.')
                         .replace('%s', 'Gmail')), timeout=60)
    assert len(scene.app.root.find_all('link|push button', PAGE)) == 2
    scene.shot('refused')
    no_account(scene)


@case
def what_was_typed_for_one_provider_is_not_there_for_the_next(scene):
    """Neither where it is seen nor where it is not; of the same provider it stays."""
    proxies = servers(scene)

    def go_back(address):
        scene.app.click('push button', exact('Back'))
        scene.app.fill('text', exact('E-mail address'), address)
        scene.app.key('Return')

    ask(scene, 'alice@gmail.com')
    scene.app.fill('text|password text', exact('Password for mail programs'), 'alicepw')
    go_back('alice.lee@GMAIL.com')
    scene.app.wait('push button', exact('Change the Settings…'), timeout=60)
    eventually(lambda: len(scene.value('Password for mail programs')) == len('alicepw'), what='of the same provider it stays')
    scene.app.click('push button', exact('Change the Settings…'))
    scene.app.wait('text', exact('Port'))
    scene.app.click(scene.app.nth(-1, 'switch|toggle button|check box', exact('Other user name or password')))
    scene.app.fill('text|password text', exact('Password for sending'), 'alicepw2')
    go_back('alice@half.test')
    scene.app.wait('push button', exact('Change the Settings…'), timeout=60)
    assert scene.value('Password') == '', 'what was for Gmail is there for another'
    scene.app.click('push button', exact('Change the Settings…'))
    scene.app.wait('text', exact('Port'))
    scene.app.click(scene.app.nth(-1, 'switch|toggle button|check box', exact('Other user name or password')))
    scene.app.wait('text|password text', exact('Password for sending'))
    scene.shot('next')
    assert [scene.value(name) for name in ('Password', 'Password for sending')] == ['', ''], 'what was for Gmail is there for another'
    nothing_was_told(proxies)


@case
def a_refusal_at_work_has_the_page_beside_it(scene):
    """In the window that asks for the password, and in the bar."""
    servers(scene)
    scene.account(imap=993, smtp=465, secret=False)
    name = os.path.join(scene.profile, 'config', 'accounts', 'alice.ini')
    with open(name, encoding='utf-8') as file:
        text = file.read()
    with open(name, 'w', encoding='utf-8') as file:
        file.write(re.sub(r'(?m)^Host=.*$', 'Host=imap.gmail.com', text))
    opened = program(scene, 'browser', 'x-scheme-handler/http', 'x-scheme-handler/https')
    scene.start()
    scene.app.fill('text|password text', exact('Password'), 'wrong')
    scene.app.key('Return')
    scene.says('Gmail refuses your usual password', timeout=60)
    scene.app.wait('link|push button', PAGE)
    scene.shot('asked')
    assert not scene.app.unnamed(), scene.app.unnamed()
    scene.app.key('Escape')
    scene.app.wait('push button', exact('Password…'))
    scene.app.click('link|push button', PAGE)
    eventually(lambda: os.path.exists(opened), what='the page')
    scene.shot('bar')
    assert not scene.app.unnamed(), scene.app.unnamed()
    with open(opened, encoding='utf-8') as file:
        assert file.read().strip() == 'https://myaccount.google.com/apppasswords'


@case
def the_server_of_an_identity_is_looked_at_and_advised_about_as_in_the_wizard(scene):
    """While it is typed, before anything is tried, when it is refused; and who does not want to wait any more gets the form back."""
    servers(scene)
    silent = scene.proxy(9465, 465, '--tls', CERTIFICATE, '--to-tls', '--stall-at', 'AUTH')
    scene.account()
    scene.start()
    scene.inbox()
    app = scene.app
    scene.account_page('alice@lab.test')
    app.click('push button', exact('Identities and signatures of the account “%s”').replace('%s', 'alice@lab.test'))
    app.click('push button', exact('Add an identity'))
    app.fill('text', exact('E-Mail Address'), 'shop@gmail.com')
    app.click('switch|toggle button|check box', '^' + re.escape(words('Send through another server')))
    app.fill('text', exact('Server'), 'smtp.gmail.com')
    scene.says(re.escape(words('Turn on 2-Step Verification in your Google Account.')))
    app.wait('link|push button', PAGE)
    scene.says('“smtp.gmail.com” is there, and the connection is safe')
    app.fill('text', exact('Port'), '9930')
    scene.says('“smtp.gmail.com” accepts no connection on port 9930')
    scene.shot('looked-at')
    assert not app.unnamed(), app.unnamed()

    # Given up
    app.fill('text', exact('Port'), '9465')
    app.fill('text|password text', exact('Password'), 'wrong')
    app.click('push button', exact('_Save'))
    silent.wait('C: AUTH')
    scene.says(exact('Signing in as %s…').replace('%s', re.escape('shop@gmail.com')))
    scene.shot('signing-in')
    assert not app.unnamed(), app.unnamed()
    app.key('Escape')
    app.wait('text', exact('Server'), condition=lambda n: n.has('sensitive'))
    assert app.find(None, exact('Add Identity')) and scene.value('Server') == 'smtp.gmail.com' and len(scene.value('Password')) == 5
    assert not app.find('label', exact('Signing in as %s…').replace('%s', '.*')) and not app.find('alert')

    # And with the program, which asks
    app.click('push button', exact('_Save'))
    scene.says(exact('Signing in as %s…').replace('%s', re.escape('shop@gmail.com')))
    app.key('ctrl+q')
    scene.says(exact('Discard what you changed?'))
    app.click(app.nth(-1, 'push button', exact('_Keep Editing')))
    app.wait_gone('label', exact('Discard what you changed?'))

    # Refused
    app.fill('text', exact('Port'), '465')
    app.click('push button', exact('_Save'))
    scene.says(re.escape(words('%s refuses your usual password here. Create an app password in the security settings of your account, and use that.')
                         .replace('%s', 'Gmail')), timeout=60)
    eventually(lambda: len(app.root.find_all('link|push button', PAGE)) == 2, what='the page beside the refusal')
    row = app.wait('text|password text', exact('Password'))
    pane = next(a for a in row.ancestors if a.role == 'scroll pane')
    eventually(lambda: pane.extents[1] <= row.extents[1] and row.extents[1] + row.extents[3] <= pane.extents[1] + pane.extents[3], 5,
               f'the row wholly in sight: {row.extents} in {pane.extents}')
    scene.shot('refused')
    app.type('x')  # it has the keyboard, with what it holds chosen
    eventually(lambda: len(scene.value('Password')) == 1, what='the keyboard in the field that is wrong')
    assert not app.unnamed(), app.unnamed()
    assert not [name for name in settings(scene).sections() if name.startswith('Identity')]
    app.key('Escape')
    app.click(app.nth(-1, 'push button', exact('_Discard')))
    scene.leave_preferences()
    scene.quit()


@case
def an_account_of_the_desktop_is_added_by_a_click(scene):
    scene.empty('alice')
    letter(scene, 'By the desktop')
    os.makedirs(scene.profile, exist_ok=True)
    with subprocess.Popen([os.path.join(TOOLS, 'online-accounts'), desktop(scene)], stdout=subprocess.PIPE) as service:
        try:
            assert service.stdout.readline() == b'ready\n'
            scene.start()
            scene.app.click('push button', exact('Add Account'))
            row = scene.app.wait('list item', r'^alice@lab\.test')
            scene.shot('welcome')
            assert not scene.app.unnamed(), scene.app.unnamed()
            scene.app.click(row)
            scene.app.wait_gone(None, exact('Accounts of This Computer'))
            listed(scene, 'By the desktop')
            assert settings(scene)['Account']['DesktopAccount'] == 'a1'
            # Sosik has it, also where it is switched off.
            scene.account_page('alice@lab.test')
            scene.app.click('switch|toggle button|check box', exact('Use this account'))
            eventually(lambda: settings(scene)['Account'].get('Disabled') == 'true', what='Disabled=true')
            scene.leave_preferences()
            scene.quit()
            asked = scene.profile + '/online-accounts.told'
            os.unlink(asked)
            scene.start()
            scene.app.key('ctrl+comma')
            scene.app.click('push button', exact('Add Account…'))
            scene.app.wait('text', exact('E-mail address'))
            eventually(lambda: os.path.exists(asked), what='the question to the desktop')
            time.sleep(1)
            assert not scene.app.find(None, exact('Accounts of This Computer')), 'offered again'
            scene.app.key('Escape')
            scene.leave_preferences()
            scene.quit()
        finally:
            service.kill()


@case
def a_registration_of_ones_own_is_typed_by_hand(scene):
    """What is typed wrong is said; and who changes the account later is not asked for a password, nor for the browser while the sign-in holds."""
    scene.empty('alice')
    letter(scene, 'By my own registration')
    browser = Browser(scene)
    by_hand(scene, 1, BASE + 993, BASE + 465)
    scene.app.click('push button', exact('Open the Browser'))
    scene.says(re.escape(words('This build of Sosik is not registered with that provider. Type the client ID of your own registration.')))
    choose(scene, 'Provider', 4)
    scene.app.fill('text', exact('Client ID (empty: that of this build)'), 'sosik-lab')
    scene.app.fill('text', exact('Address of the sign-in page'), 'http://elsewhere.test/authorize')
    scene.app.fill('text', exact('Address for tokens'), SERVER + '/token')
    scene.app.click('push button', exact('Open the Browser'))
    scene.says('They begin with https://')
    scene.shot('wrong')
    assert not scene.app.unnamed(), scene.app.unnamed()
    scene.app.fill('text', exact('Address of the sign-in page'), SERVER + '/authorize')
    scene.app.click('push button', exact('Open the Browser'))
    browser.wait_for(re.escape(words('You can close this window.')))
    listed(scene, 'By my own registration')
    assert settings(scene)['OAuth']['ClientId'] == 'sosik-lab', dict(settings(scene)['OAuth'])

    def change():
        scene.account_page('alice@lab.test')
        scene.app.click('push button', exact('Change the account “%s”').replace('%s', re.escape('alice@lab.test')))
        scene.app.wait('push button', exact('Sign In and Save'))
        scene.app.wait('text', exact('Client ID (empty: that of this build)'))
        assert not scene.app.find('text|password text', '[Pp]assword'), 'a password that does nothing'

    change()
    scene.shot('change')
    scene.app.click('push button', exact('Sign In and Save'))
    scene.app.wait_gone('push button', exact('Sign In and Save'), timeout=60)
    assert len(browser.pages()) == 1, browser.pages()
    scene.leave_preferences()

    # It holds no more: the person is there, so the page opens.
    do(revoke='1')
    change()
    scene.app.click('push button', exact('Sign In and Save'))
    eventually(lambda: len(browser.pages()) == 2, what='the page')
    scene.app.wait_gone('push button', exact('Sign In and Save'), timeout=60)
    scene.leave_preferences()
    scene.quit()

    # By a file it sends by password, which can be changed all the same.
    folder = os.path.join(scene.profile, 'config', 'accounts')
    [name] = [os.path.join(folder, name) for name in os.listdir(folder)]
    saved = settings(scene)
    saved['SMTP']['SignIn'] = 'password'
    with open(name, 'w', encoding='utf-8') as file:
        saved.write(file, space_around_delimiters=False)
    scene.start()
    scene.inbox()
    scene.account_page('alice@lab.test')
    scene.app.click('push button', exact('Change the account “%s”').replace('%s', re.escape('alice@lab.test')))
    scene.app.wait('text', exact('Client ID (empty: that of this build)'))
    scene.app.fill('text|password text', exact('New password'), 'alicepw')
    assert len(scene.app.root.find_all('text|password text', '[Pp]assword')) == 1, 'a password that does nothing'
    scene.shot('two-ways')
    scene.app.click('push button', exact('Sign In and Save'))
    scene.app.wait_gone('push button', exact('Sign In and Save'), timeout=60)
    assert settings(scene)['SMTP'].get('SignIn', 'password') == 'password' and settings(scene)['IMAP']['SignIn'] == 'oauth'
    account = os.path.basename(name).removesuffix('.ini')
    assert run('secret-tool', 'lookup', 'account', account, 'protocol', 'smtp') == 'alicepw'
    scene.leave_preferences()
    scene.quit()


@case
def a_certificate_of_ones_own_is_chosen_by_hand(scene):
    name = issue(CERTIFICATES, 'alice', ['alice.lab.test'], usage='clientAuth')
    door = Doorkeeper(9931)
    by_hand(scene, 2, 9931)
    scene.app.click('switch|toggle button|check box', exact('Send mail from this account'))
    scene.app.click('push button', exact('Sign In'))
    scene.says(re.escape(words('Choose the file with your certificate, or type its PKCS#11 address.')))
    scene.shot('missing')
    assert not scene.app.unnamed(), scene.app.unnamed()
    scene.app.fill('text', exact('Certificate: a file, or a PKCS#11 address'), name + '.pem')
    scene.app.click('push button', exact('Choose the file of the key'))
    scene.app.wait(None, exact('Choose the File with Its Key (PEM)'))
    scene.app.key('ctrl+l')
    scene.app.type(name + '.key')
    scene.app.key('Return')
    eventually(lambda: scene.value('Key (empty: in the same place)') == name + '.key', what='the name of the file')
    scene.app.click('push button', exact('Sign In'))
    scene.app.wait_gone('push button', exact('Sign In'), timeout=60)
    saved = settings(scene)
    assert saved['IMAP']['SignIn'] == 'certificate' and saved['Account']['ClientCertificate'] == name + '.pem', dict(saved['Account'])
    assert 'alice' in door.shown and any('AUTHENTICATE EXTERNAL' in line for line in door.told), (door.shown, door.told)
    scene.inbox()
    scene.quit()


@case
def an_authority_of_ones_own_is_chosen_where_it_is_missing(scene):
    scene.empty('alice')
    letter(scene, 'By my own authority')
    other = os.path.join(STATE, 'other-authority')
    subprocess.run([os.path.join(TOOLS, 'certs'), other], check=True)
    for port in (993, 465):
        scene.proxy(port, port, '--tls', os.path.join(other, 'good.pem'), '--to-tls')
    by_hand(scene, 0, 993)
    scene.app.fill('text|password text', exact('Password'), 'alicepw')
    scene.app.click(scene.app.nth(1, 'text', exact('Server')))
    scene.app.type('smtp.lab.test')
    scene.app.click('push button', exact('Sign In'))
    scene.app.click('push button', exact('Back to the Settings'))
    scene.app.wait('push button', exact('Choose File…'), condition=lambda n: n.has('focused'))
    scene.shot('authority')
    scene.app.key('Return')
    scene.app.wait(None, exact('Choose a File with Certificates (PEM)'))
    scene.app.key('ctrl+l')
    scene.app.type(os.path.join(other, 'ca.pem'))
    scene.app.key('Return')
    scene.says('^ca.pem$')
    scene.app.click('push button', exact('Sign In'))
    listed(scene, 'By my own authority')
    scene.quit()


if __name__ == '__main__':
    main(chosen([
        strangers_are_told_nothing_before_each_of_them_is_ticked, only_strangers_are_asked_about_and_what_is_typed_is_no_stranger,
        a_provider_that_wants_the_browser_is_signed_in_to_there, a_build_that_is_not_registered_says_so_and_what_else_there_is,
        what_a_provider_wants_stands_there_before_anything_is_tried, what_was_typed_for_one_provider_is_not_there_for_the_next, a_refusal_at_work_has_the_page_beside_it,
        the_server_of_an_identity_is_looked_at_and_advised_about_as_in_the_wizard, an_account_of_the_desktop_is_added_by_a_click,
        a_registration_of_ones_own_is_typed_by_hand, a_certificate_of_ones_own_is_chosen_by_hand, an_authority_of_ones_own_is_chosen_where_it_is_missing]), finish)
