"""reading-html.py PREFIX STATE SCREENSHOTS LANGUAGE: HTML messages in the reader: one that is much taller than its web view is seen to its end."""
import os
import sys
import time
from email.utils import formatdate

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import run  # noqa: E402
from scene import case, chosen, exact, finish  # noqa: E402
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


if __name__ == '__main__':
    main(chosen([a_tall_message_is_scrolled_to_its_end, a_message_that_is_there_takes_no_time]), finish)
