"""A walk through every window of the program, for tests that look at all of them, in whatever language they are in.

    Tour(scene, look).go()       # look (place) is called at each stop, with all that belongs to it open

In the environment PARTS: a pattern for the methods that go a part of the way (all); SHOTS: keeps a picture of each stop.
"""
import configparser
import os
import re
import sys
import time

from Xlib import Xatom
from Xlib.display import Display

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lab'))
from letters import letter  # noqa: E402
from names import Names  # noqa: E402
from scene import STATE, eventually, exact, words  # noqa: E402

TOGGLE = 'push button|toggle button'
PLAIN = '안녕하세요. 회의 자료를 붙입니다.\n\n> 지난번 이야기\n> 둘째 줄\n'
HTML = '<h1>소식</h1><p>가나다 <a href="https://다른.lab.test/">https://lab.test</a></p><img src="http://pictures.books.lab.test/1.png" width="20">'
CALENDAR = ('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@lab.test\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:20261201T010000Z\r\n'
            'DTEND:20261201T020000Z\r\nSUMMARY:회의\r\nLOCATION:느티나무방\r\nORGANIZER:mailto:bob@lab.test\r\nATTENDEE;RSVP=TRUE:mailto:alice@lab.test\r\n'
            'RRULE:FREQ=WEEKLY;COUNT=4\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n')
FILES = ('--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n' + PLAIN + '\r\n--x\r\nContent-Type: application/pdf\r\n'
         'Content-Disposition: attachment; filename*=utf-8\'\'%EA%B3%84%ED%9A%8D.pdf\r\n\r\n%PDF-1.4\r\n--x\r\nContent-Type: text/csv; charset=utf-8\r\n'
         'Content-Disposition: attachment; filename*=utf-8\'\'%ED%91%9C.csv\r\n\r\n1,2\r\n--x--\r\n')
MANY = ', '.join(f'사람{i} <p{i}@lab.test>' for i in range(12))


def field(*lines):
    """Lines for the head of a letter."""
    return ''.join(line + '\r\n' for line in lines).encode()


def set_text_size(percent):
    """Of programs that are started from now on."""
    display = Display()
    display.screen().root.change_property(display.intern_atom('RESOURCE_MANAGER'), Xatom.STRING, 8, f'Xft.dpi:\t{96 * percent // 100}\n'.encode())
    display.close()


class Tour:
    def __init__(self, scene, look):
        self.scene = scene
        self.look = look

    # ---- steps
    @property
    def app(self):
        return self.scene.app

    def stop(self, place):
        time.sleep(.4)
        self.look(place)
        if 'SHOTS' in os.environ:
            self.scene.shot(place.replace(' ', '-'))

    def act(self, role, name, last=False, timeout=None):
        """As a screen reader's user would: nothing has to be in sight."""
        node = self.app.wait(role, exact(name), timeout)
        if last:
            node = self.app.root.find_all(role, exact(name))[-1]
        node.act()
        return node

    def open_menu(self, name, place, last=False):
        """A menu button, its menu looked at, and closed again."""
        self.app.click(self.app.root.find_all(TOGGLE, exact(name))[-1 if last else 0])
        self.app.wait('menu item')
        self.stop(place)
        self.escape()
        self.app.wait_gone('menu item')

    def choose(self, button, item, last=False):
        self.app.click(self.app.root.find_all(TOGGLE, exact(button))[-1 if last else 0])
        self.app.wait('menu item', exact(item)).act()
        time.sleep(.5)

    def fill(self, name, text):
        """The field has the keyboard before anything is typed: who is suggested for another one may stand over it for a moment, and takes the click."""
        for _ in range(10):
            node = self.app.click('text', exact(name))
            end = time.time() + 6
            while not node.has('focused') and time.time() < end:
                time.sleep(.1)
            if node.has('focused'):
                break
        assert node.has('focused'), f'{name} does not get the keyboard'
        if text.isascii():
            self.app.type(text)
            return
        for _ in range(10):  # it comes by the clipboard, which a busy program may ask for when it is gone
            self.app.key('ctrl+a')
            self.app.type(text)
            end = time.time() + 3
            while text not in node.text and time.time() < end:
                time.sleep(.1)
            if text in node.text:
                return
        raise AssertionError(f'{name} holds {node.text!r} instead of {text!r}')

    def escape(self, times=1):
        for _ in range(times):
            self.app.key('Escape')
            time.sleep(.3)

    def windows(self, count):
        eventually(lambda: len(self.app.root.children) == count, what=f'{len(self.app.root.children)} windows instead of {count}')

    def go(self):
        """PARTS of it, where that is set."""
        for part in (self.welcome, self.prepare, self.reading, self.list_and_folders, self.writing, self.preferences, self.asking):
            if part == self.prepare or re.search(os.environ.get('PARTS', ''), part.__name__):
                part()

    # ---- nothing set up yet
    def welcome(self):
        self.scene.usual_ports()
        # Of a domain whose mail is somewhere else, as the network says.
        Names({f'{name}.elsewhere.test A': '127.0.0.1' for name in ('imap', 'smtp')} | {
            f'_{name}._tcp.moved.test SRV': server for name, server in (('imaps', '0 1 993 imap.elsewhere.test'), ('submissions', '0 1 465 smtp.elsewhere.test'))
        }).install(STATE)
        self.scene.start()
        self.app.wait('push button', exact('Add Account'))
        self.stop('welcome')
        self.open_menu('Main Menu', 'welcome menu')
        self.act(TOGGLE, 'Add Account')
        self.app.wait('text', exact('E-mail address'))
        self.stop('wizard')
        self.app.fill('text', exact('Your name'), '앨리스')
        self.app.fill('text', exact('E-mail address'), 'alice@moved.test')
        self.act(TOGGLE, 'Continue')
        self.app.wait('check box', r'^imap\.elsewhere\.test$', timeout=60)
        self.stop('wizard strangers')
        self.act(TOGGLE, 'Sign In')
        self.app.wait(None, exact('Say first whether these servers are right. If you do not know them, ask those who gave you the address.'))
        self.stop('wizard strangers untold')
        self.first_step()
        self.app.fill('text', exact('E-mail address'), 'alice@lab.test')
        self.act(TOGGLE, 'Set Up by Hand')
        self.app.wait('text', exact('Port'))
        self.stop('wizard by hand')
        self.first_step()
        self.act(TOGGLE, 'Continue')
        self.app.wait('push button', exact('Sign In'), timeout=60)
        self.stop('wizard found')
        self.app.fill('text|password text', exact('Password'), 'wrong')
        self.act(TOGGLE, 'Sign In')
        self.app.wait('text|password text', exact('Password'), timeout=40)
        time.sleep(3)
        self.stop('wizard refused')
        self.scene.quit()

    def first_step(self):
        """Of the wizard, from any other."""
        self.app.key('Escape')
        time.sleep(.5)
        if not self.app.find('push button', exact('Continue')):
            self.act(TOGGLE, 'Back')
        self.app.wait('push button', exact('Continue'))

    # ---- mail
    def settings(self, user, change):
        """The file of an account, after change (settings)."""
        name = os.path.join(self.scene.profile, 'config', 'accounts', user + '.ini')
        settings = configparser.ConfigParser(interpolation=None)
        settings.optionxform = str
        settings.read(name)
        change(settings)
        with open(name, 'w', encoding='utf-8') as file:
            settings.write(file, space_around_delimiters=False)

    def prepare(self):
        scene = self.scene
        scene.empty('alice', 'bob')
        scene.settings(undo_send_seconds=30)
        scene.account()
        scene.account('bob', secret=False)
        self.settings('alice', lambda settings: settings.update({
            'Signature s': {'Name': '서명', 'Text': '앨리스'}, 'Identity shop': {'Name': '가게', 'Address': 'shop@lab.test', 'Signature': 's'}}))
        folder = os.path.join(scene.profile, 'config', 'templates')
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, '0b7ab6f2-6dd4-4ae2-9b1a-0c6f5ad2a0d1.ini'), 'w', encoding='utf-8') as file:
            file.write('[Template]\nName=인사\nText=감사합니다.\nAbbreviation=ㄳ\n')
        bob = '밥 <bob@lab.test>'
        for hour, (subject, body, kind, more) in enumerate((
                ('명단', PLAIN, 'text/plain', field('List-Id: <talk.lab.test>', 'List-Post: <mailto:talk@lab.test>', 'List-Unsubscribe: <mailto:bob@lab.test>',
                                                     'Reply-To: other@elsewhere.lab.test')),
                ('여럿에게', PLAIN, 'text/plain', field('Cc: ' + MANY)),
                ('초대', CALENDAR, 'text/calendar; method=REQUEST', b''),
                ('그림', HTML, 'text/html', b''),
                ('파일', FILES, 'multipart/mixed; boundary=x', b''),
                ('이야기', PLAIN, 'text/plain', b''), ('Re: 이야기', PLAIN, 'text/plain', b''))):
            name = f'n{hour}'
            content = letter(subject, body.replace('\r\n', '\n'), bob, kind=kind, hour=hour, name=name, answers=['n5'] if subject.startswith('Re:') else ())
            scene.append('alice', 'INBOX', more + content)
        scene.start()
        self.app.wait('push button', exact('Sign In'), timeout=40)
        self.stop('password')
        self.escape()
        self.app.wait('list item|table row', '파일', timeout=40)

    def row(self, subject, button=1):
        """Clicks on a message, wherever in the list: where the text is large, not all of them are in sight."""
        turns = [5] * 12 + [4] * 24  # the wheel, down, and up again
        while turns and not self.app.find('list item|table row', subject):
            self.app.point_at(self.app.wait('table|list', exact('Messages')))
            self.app.press_button(turns.pop(0))
        self.app.click('list item|table row', subject, button=button)

    def open_mail(self, subject):
        self.row(subject)
        self.app.wait(TOGGLE, exact('Do Something With This Message'))
        time.sleep(1)

    def message_menu(self, item):
        self.choose('Do Something With This Message', item)

    def reading(self):
        app = self.app
        self.stop('list')
        self.open_menu('Main Menu', 'main menu')
        self.open_menu('Order of the Messages', 'order menu')
        self.open_mail('파일')
        self.stop('files')
        self.open_menu('Do Something With This Message', 'message menu')
        self.open_menu('More', 'reader menu')
        self.app.click(TOGGLE, exact('About %s').replace('%s', '.*'))
        self.stop('sender card')
        self.escape()
        for subject, place in (('명단', 'list mail'), ('초대', 'invitation'), ('그림', 'html'), ('이야기', 'conversation'), ('여럿에게', 'many recipients')):
            self.open_mail(subject)
            self.stop(place)
        app.click(TOGGLE, '사람0')
        self.stop('all addresses')
        self.message_menu('All _Headers')
        self.stop('all headers')
        app.key('ctrl+f')
        self.stop('find in message')
        self.escape()
        for item, place in (('Open in a _Window', 'message window'), ('_View Source', 'source'), ('_Looks Wrong?', 'charset'), ('Re_direct…', 'redirect'),
                            ('_Move to Folder…', 'move to folder')):
            self.message_menu(item)
            time.sleep(.6)
            self.stop(place)
            self.escape()
            self.windows(1)
        self.row('여럿에게')
        app.key('shift+Delete')
        self.stop('delete question')
        self.escape()

    # ---- the list, folders, what stands around
    def list_and_folders(self):
        app = self.app
        app.key('ctrl+k')
        app.wait('list', exact('Suggestions'))
        self.stop('suggestions')
        app.type('is:unread is:unred')
        app.wait('push button', exact('Search Help'))
        self.stop('search')
        self.act(TOGGLE, 'Search Help')
        self.windows(2)
        self.stop('search help')
        self.escape()
        self.windows(1)
        self.act(TOGGLE, 'Search')
        app.wait_gone('text|entry', exact('Search mail'))
        app.click(TOGGLE, exact('Filters'))
        self.stop('filters')
        self.act(TOGGLE, 'Only starred')
        app.wait('push button', exact('Clear Filters'))
        self.stop('nothing matches')
        self.act(TOGGLE, 'Clear Filters')
        app.click(TOGGLE, exact('Filters'))
        app.click(TOGGLE, exact('Select Several'))
        app.key('ctrl+a')
        self.stop('select several')
        self.open_menu('More for the Selected', 'bulk menu')
        self.escape()
        self.row('명단', button=3)
        self.stop('row menu')
        self.escape()
        app.click('list item', '^⟦?' + words.folder('Inbox')[1:], button=3)  # the number around it is a sentence, too
        self.stop('folder menu')
        self.escape()
        app.click('list item', '^alice@lab.test', button=3)
        self.stop('account menu')
        app.wait('menu item', exact('_New Folder…')).act()
        time.sleep(.6)
        self.stop('new folder')
        self.escape()
        self.row('명단')
        app.key('a')
        time.sleep(.6)
        self.stop('archived')
        for keys, place in (('ctrl+h', 'undo history'), ('F1', 'shortcuts')):
            app.key(keys)
            self.windows(2)
            self.stop(place)
            self.escape()
            self.windows(1)
        self.choose('Main Menu', '_About Sosik')
        self.stop('about')
        self.escape()
        self.windows(1)

    # ---- writing
    def writing(self):
        app = self.app
        app.key('ctrl+n')
        app.wait('text', exact('Message text'))
        self.stop('composer')
        app.type('bob@lab.test, oops@')
        self.fill('Subject', '제목')
        self.act(TOGGLE, 'Cc/Bcc')
        self.stop('copies')
        app.click('list item', '^bob@lab.test', button=3)
        self.stop('chip menu')
        self.escape()
        self.open_menu('Menu', 'composer menu')
        if app.find(TOGGLE, exact('Send later')):  # where there is room; it stands in the menu as well
            self.open_menu('Send later', 'later menu')
        app.click('text', exact('Message text'))
        app.type('글')
        self.act(TOGGLE, 'Formatting')
        self.stop('formatting')
        for name in ('Size and font', 'Color', 'Alignment'):
            app.click(TOGGLE, exact(name))
            self.stop(name.lower())
            self.escape()
        for item, place in (('Lin_k…', 'link'), ('_Insert Template…', 'templates'), ('Save as Te_mplate…', 'template'), ('Send La_ter…', 'later')):
            self.choose('Menu', item)
            time.sleep(.6)
            self.stop(place)
            self.escape()
            if place == 'template':
                app.click('push button', exact('_Discard'))
                app.wait_gone('text', exact('Text of the template'))
        self.act(TOGGLE, 'Attach files')
        self.windows(3)
        self.escape()
        self.windows(2)
        app.click('combo box', exact('From'))
        self.stop('from')
        self.escape()
        self.act(TOGGLE, 'Send')
        time.sleep(.6)
        self.stop('send question')
        while app.find('text', exact('Message text')):
            self.escape()
        self.stop('draft saved')
        app.click('push button', exact('New Message'))
        app.wait('text', exact('Message text'))
        for field, text in (('To', 'bob@lab.test, '), ('Subject', '제목'), ('Message text', '글')):
            self.fill(field, text)
        self.scene.send()
        self.stop('sending')
        app.click('list item', '^' + re.escape(words('Drafts and Outbox').rstrip('⟧ẋ ')))  # the number follows
        time.sleep(1)
        self.stop('outbox')

    # ---- preferences
    def preferences(self):
        app = self.app
        app.key('ctrl+comma')
        self.windows(2)
        self.stop('preferences')
        for page in ('Privacy', 'Writing'):
            app.click('page tab', exact(page))
            self.stop(f'preferences {page.lower()}')
        app.click('list item', exact('Templates'))
        self.stop('preferences templates')
        app.click('list item', '^인사$')
        self.stop('template editor')
        self.escape(2)
        app.click('page tab', exact('Accounts'))
        self.scene.open_account('alice@lab.test')
        self.stop('account page')
        self.account_door('Change the account “%s”', 'servers')
        self.escape()
        self.account_door('Identities and signatures of the account “%s”', 'identities')
        for button, place in (('Add an identity', 'identity'), ('Add a signature', 'signature')):
            self.act(TOGGLE, button)
            self.stop(place)
            self.escape()
        self.escape()
        self.account_door('Remove the account “%s”', 'remove account')
        self.escape()
        self.scene.leave_preferences()

    def account_door(self, name, place):
        app = self.app
        app.click('push button', exact(name).replace('%s', re.escape('alice@lab.test')))
        time.sleep(.8)
        self.stop(place)

    # ---- what accounts ask
    def asking(self):
        """A certificate that is not to be trusted; who is to sign in by the browser."""
        self.scene.quit()
        self.scene.proxy(9993, 993, '--tls', os.path.join(STATE, 'lab', 'certs', 'selfsigned.pem'), '--to-tls')

        def sign_in_by_browser(settings):
            for group in ('IMAP', 'SMTP'):
                settings[group]['SignIn'] = 'oauth'
            settings['OAuth'] = {'ClientId': 'sosik-lab', 'Authorization': 'https://lab.test/authorize', 'Token': 'https://lab.test/token', 'Scope': 'mail'}
        self.settings('bob', sign_in_by_browser)
        self.settings('alice', lambda settings: settings['IMAP'].update({'Port': '9993'}))
        self.scene.start()
        app = self.app
        app.wait(None, exact('Sign in as %s').replace('%s', 'bob@lab\\.test'), timeout=40)
        self.stop('sign in')
        self.escape()
        self.windows(1)
        app.click('push button', exact('Certificate…'), timeout=40)
        app.wait('push button', exact('Trust It All the Same…'))
        self.stop('certificate')
        self.act(TOGGLE, 'Trust It All the Same…')
        app.wait('push button', exact('Trust This _Certificate'))
        self.stop('certificate question')
        self.act(TOGGLE, '_Do Not Trust')
        self.escape()
