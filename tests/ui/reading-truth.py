"""reading-truth.py PREFIX STATE SCREENSHOTS LANGUAGE: what the window says of a sender, leaving and answering a mailing list, a text
that looks wrong, and whose images are always shown."""
import configparser
import http.server
import os
import re
import ssl
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import case, chosen, eventually, exact, finish, lab, program, words  # noqa: E402
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


def set_up(scene, clicks=()):
    scene.empty('alice', 'bob')
    results = 'Authentication-Results: mx.lab.test; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example\r\n'
    put(scene, 1, 'Warn one', results + 'From: "help@bank.example" <x@evil.example>\r\nReply-To: y@other.example\r\n')
    put(scene, 2, 'Note two', 'From: Ann <ann@x.example>\r\nReply-To: ann@elsewhere.example\r\n')
    put(scene, 3, 'List three', 'From: Ann <ann@x.example>\r\nList-Id: Talk about boats <talk.lab.test>\r\nReply-To: talk@lab.test\r\n'
        'List-Post: <mailto:talk@lab.test>\r\nList-Unsubscribe: <mailto:bob@lab.test?subject=leave>\r\n')
    put(scene, 4, 'Plain four', 'From: Bea <bea@x.example>\r\n')
    put(scene, 5, 'List five', 'From: Cid <cid@x.example>\r\nList-Id: Talk about boats <talk.lab.test>\r\n')
    put(scene, 6, 'Alike six', 'From: Kim <kim@harbour-1ogistics.example>\r\n')
    scene.append('alice', 'Sent', ('From: alice@lab.test\r\n' + HEAD % (7, 'To Kim') + '\r\nText.\r\n')
                 .replace('To: alice@lab.test', 'To: kim@harbour-logistics.example').encode())
    for number, path in enumerate(clicks):
        put(scene, 5 + number, f'Click {path}', 'Authentication-Results: mx.lab.test; dkim=pass header.d=lists.example\r\n'
            'DKIM-Signature: v=1; d=lists.example; h=from:list-unsubscribe:list-unsubscribe-post; b=x\r\n'
            f'From: Eve <eve{number}@lists.example>\r\nList-Id: <click{number}.lists.example>\r\n'
            f'List-Unsubscribe: <https://pictures.books.lab.test/{path}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n')
    if clicks:
        put(scene, 9, 'Page six', 'From: Fay <fay@x.example>\r\nList-Unsubscribe: <http://pictures.books.lab.test/page?who=alice>\r\n')
    start(scene)
    if os.environ.get('NARROW'):
        scene.app.resize(360, 720)


def start(scene):
    """With an account whose server says who is genuine."""
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
    # People are counted some seconds after the sync
    alike = said("The sender's domain %s looks like %s, but is another one.", 'harbour-1ogistics.example', 'harbour-logistics.example')
    def shown():
        show(scene, 'Alike six')
        found = app.find('label', alike)
        if not found:
            show(scene, 'Plain four')
        return found
    eventually(shown, 60, 'the domain that looks like a known one')
    scene.shot('alike')
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
    app.click(app.nth(-1, 'push button', exact('_Unsubscribe')))
    app.wait('label', said('You unsubscribed: %s', ''))
    app.wait('push button', exact('_Try Again'))
    eventually(lambda: len(lab.messages('bob', 'INBOX')) == 1, 60, 'the mail to the list')
    show(scene, 'List five')
    app.wait('label', said('You unsubscribed: %s', ''))
    scene.shot('left')
    # By the next run of the program, too
    scene.quit()
    scene.start()
    scene.inbox()
    for subject in ('List five', 'List three'):
        show(scene, subject)
        app = scene.app
        app.wait('label', said('You unsubscribed: %s', ''))
    app.click('push button', exact('Reply to _List'))
    app.wait('text', exact('Message text'))
    scene.wait_for_recipient('To', 'talk@lab.test')
    scene.shot('answer')
    app.key('Escape')
    scene.quit()


class Lists(http.server.BaseHTTPRequestHandler):
    """The web server of a list: what it was asked, and an answer by the path."""
    asked = []

    def answer(self):
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0)).decode()
        Lists.asked.append((self.command, self.path, body, dict(self.headers)))
        self.send_response({'/gone': 410, '/moved': 302}.get(self.path, 200))
        self.send_header('Set-Cookie', 'who=alice')
        if self.path == '/moved':
            self.send_header('Location', '/leave?moved')
        self.send_header('Content-Length', '0')
        self.end_headers()

    do_GET = do_POST = answer

    def log_message(self, *_arguments):
        pass


def leave(scene, subject):
    """The button, and yes to what is asked."""
    show(scene, subject)
    scene.app.wait('label', f'^{subject}$')
    scene.app.wait('label', f'({said("Mailing list: %s", "click")}|{said("This message was sent to many people.")})')
    time.sleep(.5)
    scene.app.click('push button', exact('_Unsubscribe'))
    scene.app.wait(None, exact('Unsubscribe from This Mailing List?'))
    time.sleep(.3)
    scene.app.click(scene.app.nth(-1, 'push button', exact('_Unsubscribe')))


@case
def a_list_is_left_by_one_click_and_by_a_page(scene):
    """What the server refuses is said; it learns of nobody but the one who asked, and no cookie comes back to it."""
    server = http.server.ThreadingHTTPServer(('45.45.45.2', 443), Lists)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(lab.state, 'certs', 'good.pem'), os.path.join(lab.state, 'certs', 'good.key'))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    set_up(scene, ['gone', 'moved', 'leave'])
    pages = program(scene, 'browser', 'x-scheme-handler/http', 'x-scheme-handler/https')
    app = scene.app
    for path, outcome in (('gone', 'You Are Still Subscribed'), ('moved', 'You May Still Be Subscribed')):
        leave(scene, f'Click {path}')
        app.wait(None, exact(outcome))
        scene.shot(path)
        app.key('Escape')
        app.wait_gone(None, exact(outcome))
        app.wait('push button', exact('_Unsubscribe'))
    leave(scene, 'Click leave')
    app.wait('label', said('You unsubscribed: %s', ''))
    scene.shot('left-by-click')
    assert [(method, path, body) for method, path, body, _headers in Lists.asked] == [
        ('POST', f'/{path}', 'List-Unsubscribe=One-Click') for path in ('gone', 'moved', 'leave')], Lists.asked
    for _method, _path, _body, headers in Lists.asked:
        assert not {name.lower() for name in headers} & {'cookie', 'referer', 'authorization', 'origin'}, headers
    leave(scene, 'Page six')
    app.wait('label', said('You opened the page to unsubscribe: %s', ''))
    scene.shot('left-by-page')
    eventually(lambda: os.path.exists(pages) and open(pages, encoding='utf-8').read() == 'http://pictures.books.lab.test/page?who=alice\n', 10,
               'the page in the browser')
    with open(pages + '.environment', encoding='utf-8') as file:  # what is set for libraries of ours would make a browser slow
        ours = [line for line in file if re.match('WEBKIT_|GDK_D|__EGL|.TK_THEME', line) and line.partition('=')[0] not in os.environ]
    assert not ours, f'the browser inherited {ours}'
    assert len(Lists.asked) == 3, f'the program itself asked for the page: {Lists.asked[3:]}'
    server.shutdown()
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


PNG = bytes.fromhex('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082')


class Pictures(http.server.BaseHTTPRequestHandler):
    asked = []

    def do_GET(self):
        Pictures.asked.append(self.path)
        self.send_response(200)
        self.send_header('Content-Type', 'image/png')
        self.send_header('Content-Length', str(len(PNG)))
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, *_arguments):
        pass


@case
def images_of_a_domain_are_shown_where_it_is_certain_until_that_is_undone(scene):
    server = http.server.ThreadingHTTPServer(('45.45.45.2', 80), Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    scene.empty('alice')
    for number, (name, sender, verdict) in enumerate((('one', 'news', 'pass'), ('two', 'help', 'pass'), ('three', 'news', 'pass'), ('forged', 'news', 'none'))):
        put(scene, number, f'Letter {name}', f'Authentication-Results: mx.lab.test; dmarc={verdict} header.from=shop.example\r\nFrom: Shop <{sender}@shop.example>\r\n'
            'Content-Type: text/html\r\n', f'<p>Words.</p><img src="http://pictures.books.lab.test/{name}.png" width=50 height=50>')
    start(scene)

    def open_letter(name, asks):
        scene.click_row(f'Letter {name}')
        scene.app.wait('label', f'^Letter {name}$')
        if asks:
            scene.app.wait('push button', exact('Show Images'))
            time.sleep(.7)
        else:
            eventually(lambda: f'/{name}.png' in Pictures.asked, 60, f'/{name}.png is fetched: {Pictures.asked}')
            assert not scene.app.find('push button', exact('Show Images')), 'it was shown without asking, and asks'

    open_letter('one', True)
    assert not Pictures.asked, Pictures.asked
    scene.app.click('push button|toggle button', exact('Always Show Images'))
    scene.app.click('menu item', said('Always from Everybody at %s', 'shop.example'))
    eventually(lambda: Pictures.asked == ['/one.png'], 60, f'the picture is fetched: {Pictures.asked}')
    scene.quit()
    scene.start()
    scene.inbox()
    app = scene.app
    open_letter('two', False)
    open_letter('forged', True)
    assert not app.find('push button|toggle button', exact('Always Show Images')), 'that is offered of somebody who may be anybody'
    scene.shot('forged')

    def remove():
        app.key('ctrl+comma')
        app.click('page tab', exact('Privacy'))
        app.click('push button', said('Do not show images from %s by themselves any more', 'shop.example'))

    remove()
    app.wait('label', said('Images from %s are no longer shown by themselves', 'shop.example'))
    app.click('push button', exact('_Undo'))
    app.wait('label', exact('Everybody at this domain'))
    app.key('Escape')
    app.wait_gone(None, exact('Preferences'))
    open_letter('three', False)
    remove()
    app.wait('label', exact('There is nobody whose images are always shown.'))
    scene.shot('removed')
    app.key('Escape')
    app.wait_gone(None, exact('Preferences'))
    open_letter('two', True)
    assert Pictures.asked == ['/one.png', '/two.png', '/three.png'], Pictures.asked
    # Of one sender: not of another one at the same domain
    app.click('push button|toggle button', exact('Always Show Images'))
    app.click('menu item', said('Always from %s', 'help@shop.example'))
    eventually(lambda: Pictures.asked[3:] == ['/two.png'], 60, f'the picture is fetched: {Pictures.asked}')
    open_letter('three', True)
    scene.quit()
    scene.start()
    scene.inbox()
    open_letter('three', True)
    del Pictures.asked[:]
    open_letter('two', False)
    server.shutdown()
    scene.quit()


if __name__ == "__main__":
    main(chosen([one_line_says_what_may_deceive_and_honest_mail_is_left_in_peace,
                 a_list_is_answered_and_left_after_asking_and_that_is_remembered,
                 a_list_is_left_by_one_click_and_by_a_page, what_looks_wrong_is_read_in_the_charset_one_chooses,
                 images_of_a_domain_are_shown_where_it_is_certain_until_that_is_undone]), finish)
