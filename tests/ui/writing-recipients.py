"""writing-recipients.py PREFIX STATE SCREENSHOTS LANGUAGE: recipients as chips: typed, pasted, changed, moved, and what arrives in the end."""
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import run  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

PASTED = '''"Kim, Minwoo" <kim@lab.test>; friends: Ann <ann@lab.test>, ben@lab.test;
홍길동 <hong@lab.test>
받는이@한국.kr
oops@
nobody'''


def ready(scene):
    scene.empty('alice', 'bob')
    scene.account()
    scene.start()
    scene.inbox()
    scene.compose()


def field(scene, name):
    return scene.app.wait('text', exact(name))


def are(scene, name, *wanted):
    eventually(lambda: scene.chips(name) == list(wanted), 60, f'{wanted} in {name}; there are {scene.chips(name)}')


def chip(scene, pattern):
    return scene.app.wait('list item', pattern)


def drag(scene, from_node, to_node):
    x, y = scene.app.center(from_node)
    run('xdotool', 'mousemove', str(x), str(y), 'mousedown', '1')
    for step in (4, 12, 24, 40):
        run('xdotool', 'mousemove', str(x + step), str(y + step // 8), 'sleep', '0.05')
    time.sleep(.4)  # the other fields come into sight
    x, y = scene.app.center(to_node())
    for offset in (8, 4, 0):
        run('xdotool', 'mousemove', str(x + offset), str(y), 'sleep', '0.08')
    run('xdotool', 'mouseup', '1')
    time.sleep(.4)


@case
def typed_text_becomes_chips_and_keys_change_them(scene):
    ready(scene)
    app = scene.app
    app.type('bob@lab.test,Ann Lee <ann@lab.test>;ben@lab.test')
    are(scene, 'To', 'bob@lab.test', 'Ann Lee, ann@lab.test')
    assert field(scene, 'To').text == 'ben@lab.test'
    app.key('Return')
    are(scene, 'To', 'bob@lab.test', 'Ann Lee, ann@lab.test', 'ben@lab.test')
    app.type('eve@lab.test')
    app.key('Tab')
    are(scene, 'To', 'bob@lab.test', 'Ann Lee, ann@lab.test', 'ben@lab.test', 'eve@lab.test')
    assert not field(scene, 'To').has('focused')
    scene.shot('chips')
    # The last one, then the one before it, and back
    app.click(field(scene, 'To'))
    app.key('BackSpace')
    eventually(lambda: chip(scene, 'eve').has('focused'), what='the last chip')
    app.key('BackSpace')
    are(scene, 'To', 'bob@lab.test', 'Ann Lee, ann@lab.test', 'ben@lab.test')
    app.key('Left', 'Delete')
    are(scene, 'To', 'bob@lab.test', 'ben@lab.test')
    app.key('ctrl+z')
    are(scene, 'To', 'bob@lab.test', 'Ann Lee, ann@lab.test', 'ben@lab.test')
    app.key('ctrl+z')
    are(scene, 'To', 'bob@lab.test', 'Ann Lee, ann@lab.test', 'ben@lab.test', 'eve@lab.test')
    # Changed where it stands
    app.double_click('list item', 'Ann Lee')
    eventually(lambda: field(scene, 'To').text == 'Ann Lee <ann@lab.test>', what='its text')
    app.key('Home', 'ctrl+Right', 'Left', 'ctrl+Delete')
    app.key('ctrl+a')
    app.type('ann.lee@lab.test')
    app.key('Return')
    are(scene, 'To', 'ann.lee@lab.test')  # all of the field was selected, as Ctrl+A says
    app.click(chip(scene, 'ann.lee'))
    app.key('Return', 'End')
    app.type('ing')
    app.key('Return')
    are(scene, 'To', 'ann.lee@lab.testing')
    app.key('Left')
    app.key('Menu')
    app.click('menu item', exact('Copy _Address'))
    assert app.clipboard() == 'ann.lee@lab.testing', app.clipboard()


def cards(*arguments):
    run(os.environ['CARDS'], *arguments)


def servers_of_books():
    """Those of this session alone."""
    found = []
    for name in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{name}/cmdline', 'rb') as command, open(f'/proc/{name}/environ', 'rb') as environment:
                ours = ('DBUS_SESSION_BUS_ADDRESS=' + os.environ['DBUS_SESSION_BUS_ADDRESS']).encode() in environment.read().split(b'\0')
                if ours and b'evolution-addressbook-factory' in command.read():
                    found.append(int(name))
        except OSError:  # it ended meanwhile, or is somebody else's
            pass
    return found


@case
def people_and_lists_of_the_address_book_are_offered(scene):
    cards('add', '표민서', 'minseo@book.test')
    cards('list', 'Zebra Club', 'one@zebra.test', 'two@zebra.test')
    ready(scene)
    app = scene.app
    app.type('zebra')
    app.wait('list item', '^Zebra Club, List of 2 people$')
    scene.shot('list')
    app.key('Down', 'Return')
    are(scene, 'To', 'one@zebra.test', 'two@zebra.test')
    app.type('minse')
    app.wait('list item', 'minseo@book.test')
    app.key('Down', 'Return')
    are(scene, 'To', 'one@zebra.test', 'two@zebra.test', '표민서, minseo@book.test')
    # What changes there is followed.
    cards('add', 'Late Comer', 'late@book.test')
    cards('remove', 'Zebra Club')
    time.sleep(1)
    app.type('late')
    app.wait('list item', 'late@book.test')
    app.key('Down', 'Return')
    are(scene, 'To', 'one@zebra.test', 'two@zebra.test', '표민서, minseo@book.test', 'Late Comer, late@book.test')
    app.type('zebra c')
    time.sleep(1)
    assert not app.find('list item', '^Zebra Club')
    app.key('ctrl+a', 'BackSpace')
    # What serves the books ends and is started again: they are followed on, and who went meanwhile is not there.
    killed = servers_of_books()
    assert killed
    for process in killed:
        os.kill(process, signal.SIGKILL)
    cards('remove', '표민서')
    cards('add', 'Second Life', 'second@book.test')

    def offered(typed, address):
        app.key('ctrl+a', 'BackSpace')
        app.type(typed)
        time.sleep(1)
        return app.find('list item', address)
    eventually(lambda: offered('second', 'second@book.test'), what='the book is followed again')
    eventually(lambda: not offered('minse', 'minseo@book.test'), what='who went meanwhile is not there')
    app.key('ctrl+a', 'BackSpace')
    scene.quit()


@case
def a_pasted_list_is_taken_apart_and_what_is_wrong_says_why(scene):
    ready(scene)
    app = scene.app
    app.type(PASTED)
    app.click('text', exact('Subject'))
    are(scene, 'To', 'Kim, Minwoo, kim@lab.test', 'Ann, ann@lab.test', 'ben@lab.test', '홍길동, hong@lab.test', '받는이@한국.kr', 'oops@', 'nobody')
    scene.says('“oops@” is not an e-mail address: nothing follows the @')
    assert 'nothing follows' in chip(scene, '^oops@').description, chip(scene, '^oops@').description
    assert 'name@example.org' in chip(scene, '^nobody$').description
    assert 'not an' not in chip(scene, '^ben').description
    assert not app.unnamed(), app.unnamed()
    scene.shot('wrong')
    for wrong in ('oops@', 'nobody'):
        app.click('push button', exact('Remove ' + wrong))
    app.wait_gone('label', 'is not an e-mail address')
    are(scene, 'To', 'Kim, Minwoo, kim@lab.test', 'Ann, ann@lab.test', 'ben@lab.test', '홍길동, hong@lab.test', '받는이@한국.kr')


@case
def chips_go_from_field_to_field_and_arrive_as_they_stand(scene):
    ready(scene)
    app = scene.app
    app.type('Bob Miller <bob@lab.test>, Alice Lee <alice@lab.test>, kim@lab.test,')
    are(scene, 'To', 'Bob Miller, bob@lab.test', 'Alice Lee, alice@lab.test', 'kim@lab.test')
    drag(scene, chip(scene, '^kim'), lambda: field(scene, 'Bcc'))
    are(scene, 'Bcc', 'kim@lab.test')
    are(scene, 'To', 'Bob Miller, bob@lab.test', 'Alice Lee, alice@lab.test')
    app.click('list item', '^Alice', button=3)
    scene.shot('menu')
    app.click('menu item', exact('Move to _Cc'))
    are(scene, 'Cc', 'Alice Lee, alice@lab.test')
    are(scene, 'To', 'Bob Miller, bob@lab.test')
    scene.write(subject='Where they stand', text='Hello.')
    scene.shot('moved')
    scene.send()
    scene.composer_is_gone()
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Where they stand', what='the message')
    assert re.search(r'Bob Miller <bob@lab.test>', message['To']) and message['Cc'] == 'Alice Lee <alice@lab.test>', str(message)
    assert 'kim' not in message.as_string()
    # Another program shows nobody in secret either, not even to who was.
    _flags, hidden = lab.wait('kim', 'INBOX', lambda f, m: m['Subject'] == 'Where they stand', what='the message of the hidden one')
    for user, m in (('bob', message), ('kim', hidden)):
        seen = lab.shown(user, m)
        assert re.search('^To: Bob Miller <bob@lab.test>$', seen, re.M) and re.search('^Cc: Alice Lee <alice@lab.test>$', seen, re.M), seen
        assert not re.search('^Bcc', seen, re.M | re.I) and (user == 'kim' or 'kim' not in seen), seen
    scene.quit()


def sent(to, number):
    return f'From: alice@lab.test\r\nTo: {to}\r\nSubject: Number {number}\r\nMessage-ID: <sent{number}@lab.test>\r\n\r\nHello.\r\n'.encode()


def offered(scene):
    found = scene.app.find('list', exact('Suggestions'))
    return [row.name for row in found.find_all('list item')] if found else []


def offers(scene, *wanted):
    eventually(lambda: offered(scene) == list(wanted), 60, f'{wanted} offered; there are {offered(scene)}')


@case
def who_is_known_is_suggested(scene):
    scene.empty('alice', 'bob')
    minu, sujin, minji = '김민우 <minu@lab.test>', '강수진 <sujin@lab.test>', '김민지 <minji@lab.test>'
    for number, to in enumerate([minu, minu, minu, sujin, minji, 'Bob Miller <bob@lab.test>', 'José Ñandú <jose@lab.test>']):
        scene.append('alice', 'Sent', sent(to, number))
    scene.append('alice', 'INBOX', b'From: Robot <no-reply@lab.test>\r\nTo: alice@lab.test\r\nSubject: Minutes\r\n\r\nHello.\r\n')
    # And somebody who only wrote.
    scene.append('alice', 'INBOX', b'From: Wrote Once <wrote@lab.test>\r\nTo: alice@lab.test\r\nSubject: Hi\r\n\r\nHello.\r\n')
    scene.account()
    scene.start()
    scene.inbox()
    time.sleep(7)  # people are counted when it has been quiet for a while
    scene.compose()
    app = scene.app
    app.type('min')
    offers(scene, minu, minji)
    app.key('BackSpace', 'BackSpace', 'BackSpace')
    offers(scene)
    # By initial consonants; what is chosen is said by the entry, and Escape takes the list away, not the window.
    app.type('ㄱㅁㅇ')
    offers(scene, minu)
    scene.shot('initials')
    app.key('Escape')
    offers(scene)
    app.key('BackSpace')
    offers(scene, minu, minji)
    app.key('Down', 'Down')
    eventually(lambda: field(scene, 'To').description == minji, what=f'what is chosen is said: {field(scene, "To").description}')
    scene.shot('chosen')
    app.key('Up', 'Return')
    are(scene, 'To', '김민우, minu@lab.test')
    assert field(scene, 'To').text == '', field(scene, 'To').text
    # Not twice; with Tab; by mouse.
    app.type('김')
    offers(scene, minji)
    app.key('Down', 'Tab')
    are(scene, 'To', '김민우, minu@lab.test', '김민지, minji@lab.test')
    app.type('jose')
    offers(scene, 'José Ñandú <jose@lab.test>')
    app.click('list item', '^José')
    are(scene, 'To', '김민우, minu@lab.test', '김민지, minji@lab.test', 'José Ñandú, jose@lab.test')
    assert field(scene, 'To').has('focused'), 'the keyboard is elsewhere'
    app.type('wrot')
    offers(scene, 'Wrote Once <wrote@lab.test>')
    app.key('BackSpace', 'BackSpace', 'BackSpace', 'BackSpace')
    # Nothing is taken that was not chosen.
    app.type('bob@lab.test')
    offers(scene, 'Bob Miller <bob@lab.test>')
    app.key('Return')
    are(scene, 'To', '김민우, minu@lab.test', '김민지, minji@lab.test', 'José Ñandú, jose@lab.test', 'bob@lab.test')
    offers(scene)
    scene.write(subject='Known people', text='Hello.')
    scene.send()
    scene.composer_is_gone()
    lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Known people' and '김민우 <minu@lab.test>' in str(m['To']), what='the message')
    scene.quit()


@case
def who_sends_thinks_of_the_recipients_first(scene):
    ready(scene)
    app = scene.app
    # A domain that is none: mended where the person says so, then sent.
    app.type('Bob Miller <bob@lab.tset>,')
    scene.write(subject='A slip', text='Hello.')
    scene.send()
    scene.says('The domain lab.tset looks like lab.test, but is another one.')
    scene.shot('slip')
    app.key('Escape')
    are(scene, 'To', 'Bob Miller, bob@lab.tset')
    scene.send()
    app.click('push button', exact('_Use lab.test'))
    scene.composer_is_gone()
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'A slip', what='the message')
    assert message['To'] == 'Bob Miller <bob@lab.test>', str(message)
    # Many who see each other, and none of them in the end; a slip besides is asked first.
    scene.compose()
    many = ', '.join(f'bob+{number}@lab.test' for number in range(20))
    app.type(many + ', bob@lab.tset,')
    scene.write(subject='Many', text='Hello.')
    scene.send()
    scene.says("All 21 recipients see each other's addresses.")
    scene.shot('many')
    app.click('push button', exact('_Use lab.test'))
    eventually(lambda: not app.find('push button', exact('_Use lab.test')), what='the next question')
    app.click('push button', exact('Move to _Bcc'))
    scene.composer_is_gone()
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == 'Many', what='the message')
    assert 'bob+' not in message.as_string().split('Subject:', 1)[1] and 'bob+7' not in str(message['To']) and not message['Cc'], str(message)
    # Whom nobody saw is told that all will see it; what is not to be asked again is not.
    for number in (1, 2):
        scene.append('alice', 'INBOX', f'From: Ben <ben@lab.test>\r\nTo: Bob Miller <bob@lab.test>\r\nSubject: Secret {number}\r\n'
                                       f'Message-ID: <secret{number}@lab.test>\r\n\r\nHello.\r\n'.encode())
    for number in (1, 2):
        scene.click_row(f'Secret {number}')
        app.wait('push button', exact('Reply'), condition=lambda n: n.has('sensitive'))
        app.key('ctrl+shift+r')
        app.wait('text', exact('Message text'))
        scene.send()
        if number == 1:
            scene.says('You answer to all, but the message you answer did not show you')
            scene.shot('hidden')
            app.click('check box', exact('_Do not ask again'))
            app.click(app.nth(-1, 'push button', exact('_Send')))
        scene.composer_is_gone()
        lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == f'Re: Secret {number}', what='the answer')
    scene.quit()


if __name__ == '__main__':
    main(chosen([
        who_is_known_is_suggested, who_sends_thinks_of_the_recipients_first, typed_text_becomes_chips_and_keys_change_them, a_pasted_list_is_taken_apart_and_what_is_wrong_says_why,
        chips_go_from_field_to_field_and_arrive_as_they_stand,
        *([people_and_lists_of_the_address_book_are_offered] if 'CARDS' in os.environ else [])]), finish)
