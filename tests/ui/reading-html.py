"""reading-html.py PREFIX STATE SCREENSHOTS LANGUAGE: HTML messages in the reader: one that is much taller than its web view is seen to its end;
where links lead, and what follows people."""
import os
import re
import sys
import time
from email.utils import formatdate

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import run  # noqa: E402
from scene import case, chosen, eventually, exact, finish, program, words  # noqa: E402
from tap import main  # noqa: E402

TALL = 10000  # pixels of the message


def letter(subject, body):
    return '\r\n'.join(['From: Bob Miller <bob@lab.test>', 'To: alice@lab.test', f'Date: {formatdate(time.time() - 3600)}', f'Subject: {subject}',
                        'MIME-Version: 1.0', 'Content-Type: text/html; charset=utf-8', '', body]).encode()


def band(name, colour, height):
    return f'<a href="https://{name}.lab.test/" style="display:block;height:{height}px;background:{colour}">{name}</a>'


@case
def a_tall_message_is_scrolled_to_its_end(scene):
    """The bands are links: what is said of the link beneath the pointer tells which part of the message is on the screen."""
    scene.empty('alice')
    scene.append('alice', 'INBOX', letter('Tall', '<body style="margin:0">' + band('top', '#e01b24', 1000)
                                          + band('middle', '#deddda', TALL - 2000) + band('bottom', '#33d17a', 1000) + '</body>'))
    scene.account('alice')
    scene.start()
    scene.inbox()
    scene.app.click('list item|table row', '^Tall|, Tall')
    page = scene.app.wait(None, exact('Message as HTML'), condition=lambda n: n.extents[3] > 200)
    button = scene.app.wait('push button|toggle button', exact('Do Something With This Message'))
    area = next(a for a in button.ancestors if a.role == 'scroll pane')
    x, y = scene.app.center(area)

    def beneath_is(name):
        run('xdotool', 'mousemove', str(x), str(y + 60))
        run('xdotool', 'mousemove', str(x + 4), str(y + 64))
        scene.app.wait('label', rf'{name}\.lab\.test')

    beneath_is('top')
    run('xdotool', 'click', '--repeat', '220', '--delay', '10', '5')
    time.sleep(.5)
    scene.shot('bottom')
    beneath_is('bottom')
    assert page.extents[3] < TALL / 2, f'the web view is {page.extents[3]} pixels high'
    run('xdotool', 'click', '--repeat', '220', '--delay', '10', '4')
    time.sleep(.5)
    beneath_is('top')
    scene.shot('top')
    scene.quit()


def used(app):
    """Milliseconds of CPU that the program and all that it started took so far."""
    total = 0
    for process in app.family():
        for thread in os.listdir(f'/proc/{process}/task'):
            with open(f'/proc/{process}/task/{thread}/schedstat', encoding='utf-8') as file:
                total += int(file.read().split()[0])
    return total / 1e6


@case
def a_message_that_is_there_takes_no_time(scene):
    """Nothing moves once it is shown: no bar that fades, no clock."""
    scene.empty('alice')
    scene.append('alice', 'INBOX', letter('Tall', '<body style="margin:0">' + ''.join(band(f'band{i}', '#e01b24', 1900) for i in range(5)) + '</body>'))
    scene.account('alice')
    scene.start()
    scene.inbox()
    scene.app.click('list item|table row', '^Tall|, Tall')
    scene.app.wait(None, exact('Message as HTML'), condition=lambda n: n.extents[3] > 200)
    time.sleep(1.6)  # by then it is marked as read
    before = used(scene.app)
    time.sleep(3)
    took = used(scene.app) - before
    print(f'# {took:.0f} ms of CPU in 3 s', flush=True)
    assert took < 60, f'{took:.0f} ms of CPU in 3 s'
    scene.quit()


PIXEL = '<img src="https://%s.lab.test/open?who=alice" width=1 height=1>'
LINKS = [  # one below the other: text, target
    ('Read more', 'https://a.lab.test/?utm_source=x&amp;id=1'),
    ('bank.example', 'https://phish.lab.test/x'),
    ('Pay here', 'https://p\u0430yp\u0430l.lab.test/'),  # two letters are Cyrillic
]
ROW = 60  # pixels of one


def where(target):
    """What is said of a link beneath the pointer or with the focus."""
    return '^' + re.escape(target) + '$'


@case
def links_say_where_they_lead_and_open_without_what_follows(scene):
    """By the pointer and by the keyboard; one whose text names another place is asked about; and pixels that would tell are counted."""
    scene.empty('alice')
    scene.append('alice', 'INBOX', letter('Links', '<body style="margin:0">' + ''.join(
        f'<a href="{target}" style="display:block;height:{ROW}px">{text}</a>' for text, target in LINKS) + '<p style="height:200px">The end.</p>'
        + PIXEL % 't1' + PIXEL % 't1' + PIXEL % 't2' + '</body>'))
    scene.account('alice')
    pages = program(scene, 'browser', 'x-scheme-handler/http', 'x-scheme-handler/https')
    scene.start()
    scene.inbox()
    app = scene.app
    app.click('list item|table row', '^Links|, Links')
    page = app.wait(None, exact('Message as HTML'), condition=lambda n: n.extents[3] > ROW * len(LINKS))
    scene.says('^3 trackers stopped$')
    app.click('toggle button|push button', '^3 trackers stopped$')
    app.wait('label', '^t1[.]lab[.]test × 2\nt2[.]lab[.]test$')
    scene.shot('trackers')
    app.key('Escape')
    app.wait_gone('label', '^t1[.]lab[.]test')

    def move_to(number):
        x, y = app.center(page)
        y += -page.extents[3] // 2 + ROW * number + 12
        run('xdotool', 'mousemove', str(x - page.extents[2] // 2 + 30), str(y))
        run('xdotool', 'mousemove', str(x - page.extents[2] // 2 + 34), str(y + 2))

    def click_on(number, target):
        move_to(number)
        app.wait('label', where(target))
        run('xdotool', 'click', '1')

    def opened():
        if not os.path.exists(pages):
            return []
        with open(pages, encoding='utf-8') as file:
            return file.read().splitlines()

    move_to(2)
    app.wait('label', where('https://xn--pypl-53dc.lab.test/'))
    move_to(len(LINKS) + 1)
    app.wait_gone('label', where('https://xn--pypl-53dc.lab.test/'))
    run('xdotool', 'click', '1')
    app.key('Tab')
    app.wait('label', where('https://a.lab.test/?utm_source=x&id=1'))
    app.key('Tab')
    app.wait('label', where('https://phish.lab.test/x'))

    click_on(0, 'https://a.lab.test/?utm_source=x&id=1')
    scene.says(exact('Opened without what would have followed you to the page'))
    scene.shot('stripped')
    eventually(lambda: opened() == ['https://a.lab.test/?id=1'], 60, 'the page in the browser')

    sentence = re.escape(words('The text of the link names %s, but it leads to %s.')) .replace('%s', '{}').format(r'bank\.example', r'phish\.lab\.test')
    for answer in ('_Cancel', '_Open Anyway'):
        click_on(1, 'https://phish.lab.test/x')
        app.wait('label', sentence)
        scene.shot('asked')
        app.click('push button', exact(answer))
        app.wait_gone('label', sentence)
        time.sleep(.5)
        assert len(opened()) == (1 if answer == '_Cancel' else 2), f'{answer}: {opened()}'
    assert opened()[1] == 'https://phish.lab.test/x', opened()

    app.key('ctrl+comma')
    app.click('page tab', exact('Privacy'))
    app.click('check box', exact('Open links without tracking'))
    app.key('Escape')
    app.wait_gone(None, exact('Preferences'))
    click_on(0, 'https://a.lab.test/?utm_source=x&id=1')
    eventually(lambda: opened()[2:] == ['https://a.lab.test/?utm_source=x&id=1'], 60, f'the whole address in the browser: {opened()}')
    scene.quit()


if __name__ == '__main__':
    main(chosen([a_tall_message_is_scrolled_to_its_end, a_message_that_is_there_takes_no_time,
                 links_say_where_they_lead_and_open_without_what_follows]), finish)
