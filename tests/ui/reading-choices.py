"""reading-choices.py PREFIX STATE SCREENSHOTS LANGUAGE: how the list and the page look as a person has chosen, and that this is remembered."""
import base64
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from letters import deliver, letter, menu, png, ready, row  # noqa: E402
from listing import TOGGLE, message, rows, subjects, with_file  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab, words  # noqa: E402
from screen import Screen  # noqa: E402
from tap import main  # noqa: E402

RED, GREEN = (0xe0, 0x1b, 0x24), (0x33, 0xd1, 0x7a)


def shown(scene, expected, what):
    def found():
        return sorted(re.search(r'Subject \w+', node.name).group() for node in rows(scene)) == sorted(expected)
    eventually(found, what=what)


def order(scene, item):
    scene.app.click(TOGGLE, exact('Order of the Messages'))
    scene.app.click('check menu item|menu item', exact(item))


def height(scene):
    return row(scene, 'Subject two').extents[3]


@case
def the_list_is_as_it_was_chosen(scene):
    scene.empty('alice', 'bob')
    scene.append('alice', 'Sent', b'From: alice@lab.test\r\nTo: Bob <bob@lab.test>\r\nSubject: Written to Bob\r\nMessage-ID: <sent@lab.test>\r\n\r\nHello.\r\n')
    for content in (message('Subject one', 3), with_file('Subject two', 'Bob'), message('Subject three', 1, 'Stranger')):
        scene.append('alice', 'INBOX', content)
    for name in ('Subject four', 'Subject five'):
        scene.append('alice', 'Junk', message(name, sender='Stranger'))
    server = lab.imap('alice')
    server.select('INBOX')
    server.store('1', '+FLAGS', r'(\Seen)')
    scene.account()
    scene.start()
    scene.inbox()
    app = scene.app
    shown(scene, ['Subject one', 'Subject two', 'Subject three'], 'the inbox')

    # Whom one has written to; together with another filter.
    app.click(TOGGLE, '^Filters')
    app.click(TOGGLE, '^Only from people I know')
    shown(scene, ['Subject one', 'Subject two'], 'from people I know')
    app.click(TOGGLE, '^Only unread')
    shown(scene, ['Subject two'], 'and unread')
    scene.shot('filters')
    app.click(TOGGLE, '^Only unread')
    app.click(TOGGLE, '^Only from people I know')
    shown(scene, ['Subject one', 'Subject two', 'Subject three'], 'all again')

    # How much is in a folder is said where one points at it.
    inbox = app.wait('list item', words.folder('Inbox'))
    assert re.search('^3 messages', inbox.description, re.M), inbox.description
    app.click('list item', '^' + words('With Attachments'))
    shown(scene, ['Subject two'], 'with attachments')
    app.click('list item', words.folder('Inbox'))

    tall = height(scene)
    order(scene, 'Compact _Rows')
    eventually(lambda: height(scene) < tall * .8, what='low rows')
    scene.shot('compact')
    scene.quit()
    scene.start()
    scene.inbox()
    eventually(lambda: height(scene) < tall * .8, what='still low rows')
    order(scene, 'Compact _Rows')
    eventually(lambda: height(scene) == tall, what='tall rows')

    # Junk is thrown away like what is in the trash, and can be had back.
    scene.app.click('list item', words.folder('Junk'))
    shown(scene, ['Subject four', 'Subject five'], 'the junk')
    scene.app.click(scene.app.wait('list item', words.folder('Junk')), button=3)
    scene.app.click('menu item', exact('_Empty Junk…'))
    scene.app.click('push button', exact('_Empty'))
    shown(scene, [], 'no junk')
    scene.app.click('push button', exact('_Undo'))
    shown(scene, ['Subject four', 'Subject five'], 'the junk again')
    scene.app.click(scene.app.wait('list item', words.folder('Junk')), button=3)
    scene.app.click('menu item', exact('_Empty Junk…'))
    scene.app.click('push button', exact('_Empty'))
    eventually(lambda: subjects('Junk') == [], timeout=60, what='empty on the server')
    assert len(subjects('INBOX')) == 3
    scene.quit()


def solid(screen, box):
    """The longest line of one colour in a row, its background left out: what full blocks are drawn as."""
    left, top, width, height = box
    longest = 0
    for y in range(top, top + height):
        line = screen.line(left, y, width)
        last, run, ground = None, 0, line[8:11]
        for x in range(60, width - 40):  # between the picture of the sender and the star
            dot = line[x * 4:x * 4 + 3]
            run = run + 1 if dot == last and dot != ground else 0
            last, longest = dot, max(longest, run)
    return longest


@case
def a_row_tells_of_its_conversation(scene):
    """Who takes part, how many messages, the subject, when, the file, the label; the words of the newest one by their pixels."""
    scene.empty('alice')
    deliver([message('Subject other'), message('Subject plan', days=1, sender='Bob'),
             with_file('Re: Subject plan', 'Carol', text='█' * 12, extra='In-Reply-To: <Subject-plan@lab.test>\r\n')])
    server = lab.imap('alice')
    server.select('INBOX')
    server.store('2', '+FLAGS', r'(\Seen \Flagged)')
    server.store('3', '+FLAGS', '($label4)')
    ready(scene)
    node = row(scene, 'Subject plan')
    wanted = r'^Unread, Starred, Bob, Carol, 2 messages, (Re: )?Subject plan, (\w+day|Yesterday|\d[^,]*), Has attachments, To Do$'
    eventually(lambda: re.search(wanted, row(scene, 'Subject plan').name), 60, f'all of it: {node.name}')
    assert re.search(r'^Unread, Bob, Subject other, [^,]*$', row(scene, 'Subject other').name), row(scene, 'Subject other').name
    screen = Screen()

    def box(name):
        node = row(scene, name)
        x, y = scene.app.center(node)
        _x, _y, width, height = node.extents
        return x - width // 2, y - height // 2, width, height

    for what in ('tall', 'compact'):
        eventually(lambda: solid(screen, box('Subject plan')) > 60, 60, f'the words of the newest message in a {what} row')
        eventually(lambda: solid(screen, box('Subject other')) < 30, 60, 'blocks where there are none')
        scene.shot(what)
        order(scene, 'Compact _Rows')
    scene.quit()


def area(scene):
    page = scene.app.wait(None, exact('Message as HTML'), condition=lambda n: n.extents[3] > 60)
    x, y = scene.app.center(page)
    _, _, width, height = page.extents
    return x - width // 2, y - height // 2, width, height


def runs(screen, box, colour):
    """Of the lines that have that colour: their places from the top down, and how many pixels of them have it."""
    left, top, width, height = box
    wanted = bytes((colour[2], colour[1], colour[0]))
    found = []
    for y in range(top, top + height, 2):
        line = screen.line(left, y, width)
        pixels = sum(line[x * 4:x * 4 + 3] == wanted for x in range(width))
        if pixels:
            found.append((y, pixels))
    return found


def measure(screen, box, colour):
    """How wide it is, in pixels of the screen; 0: nowhere."""
    return max((pixels for _y, pixels in runs(screen, box, colour)), default=0)


def darkest(screen, box, begin, end):
    """Of the lines from `begin` to `end`."""
    left, _top, width, _height = box
    return min(max(line[at:at + 3]) for y in range(begin, end, 2) for line in [screen.line(left, y, width)] for at in range(0, width * 4, 4))


@case
def a_page_is_as_large_as_it_was_chosen(scene):
    """A picture that came with the message is seen by its pixels; text above the signature is darker than the signature."""
    screen = Screen()
    picture = base64.b64encode(png(8, 4, GREEN)).decode()
    html = ('<body style="margin:0"><div style="width:100px;height:40px;background:#e01b24"></div><img src="cid:garden@lab.test" width=80 height=40>'
            '<p style="font-size:40px;margin:0;height:60px">████</p>'
            '<div class="gmail_signature" style="font-size:40px;height:60px">████</div></body>')
    content = ('From: Bob Miller <bob@lab.test>\r\nTo: alice@lab.test\r\nSubject: Subject garden\r\nMessage-ID: <garden-mail@lab.test>\r\nMIME-Version: 1.0\r\n'
               'Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
               + html + '\r\n--x\r\nContent-Type: image/png\r\nContent-ID: <garden@lab.test>\r\nContent-Transfer-Encoding: base64\r\n'
               'Content-Disposition: inline; filename=garden.png\r\n\r\n' + picture + '\r\n--x--\r\n').encode()
    scene.empty('alice')
    deliver([letter('Subject other', 'Hello.'), content])
    ready(scene)
    scene.app.click(row(scene, 'Subject garden'))
    box = area(scene)
    eventually(lambda: measure(screen, box, GREEN) == 80, what=f'the picture, {measure(screen, box, GREEN)} pixels wide')
    assert measure(screen, box, RED) == 100, measure(screen, box, RED)
    scene.shot('normal')
    below = runs(screen, box, GREEN)[-1][0]
    text, signature = darkest(screen, box, below + 6, below + 58), darkest(screen, box, below + 66, below + 118)
    assert text < 60 < 80 < signature < 200, f'text {text}, signature {signature}'
    for _ in range(3):
        scene.app.key('ctrl+plus')
    eventually(lambda: measure(screen, area(scene), RED) >= 120, what='a larger page')
    large = measure(screen, area(scene), RED)
    assert measure(screen, area(scene), GREEN) > 80
    scene.shot('large')
    scene.quit()
    scene.start()
    scene.inbox()
    scene.app.click(row(scene, 'Subject garden'))
    eventually(lambda: measure(screen, area(scene), RED) == large, what=f'as large as before: {large}')
    scene.app.key('ctrl+0')
    eventually(lambda: measure(screen, area(scene), RED) == 100, what='as it is')
    scene.quit()


@case
def a_folder_is_not_called_empty_before_it_was_fetched(scene):
    scene.empty('alice')
    server = lab.imap('alice')
    server.create('Work')
    server.create('Void')
    scene.append('alice', 'Work', message('Subject work'))
    scene.append('alice', 'INBOX', message('Subject one'))
    scene.proxy(993, 993, '--rtt', '700')
    scene.account('alice', imap=993)
    scene.start()
    app = scene.app
    app.click('list item', '^Work')
    while not app.find('list item|table row', 'Subject work'):
        assert not app.find('label', exact('No Messages')), 'it is called empty'
    app.click('list item', '^Void')
    app.wait('label', exact('There is nothing in this folder.'))
    scene.quit()
    server.delete('Work')
    server.delete('Void')


if __name__ == '__main__':
    main(chosen([the_list_is_as_it_was_chosen, a_row_tells_of_its_conversation, a_page_is_as_large_as_it_was_chosen,
                 a_folder_is_not_called_empty_before_it_was_fetched]), finish)
