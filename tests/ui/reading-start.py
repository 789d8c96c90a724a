"""reading-start.py PREFIX STATE SCREENSHOTS LANGUAGE: what the start and the first HTML message leave out.  The session has chosen Cairo, so no driver of
OpenGL may ever be in the program; WebKit only with the first message in HTML; pages and menus that nobody has seen come when they are wanted."""
import os
import sys
import time
from email.utils import formatdate

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import case, chosen, exact, finish  # noqa: E402
from tap import main  # noqa: E402

DRIVERS = ('libLLVM', 'swrast_dri', 'libgallium', 'libEGL_mesa', 'libGLX_mesa')
LATER = ('libwebkitgtk', 'libjavascriptcore', 'libpoppler', 'libical', 'libytnef', 'libgst')
HTML = '\r\n'.join(['From: Bob Miller <bob@lab.test>', 'To: alice@lab.test', f'Date: {formatdate(time.time() - 3600)}', 'Subject: Colours', 'MIME-Version: 1.0',
                    'Content-Type: text/html; charset=utf-8', '', '<body style="background:#33d17a"><h1>Green</h1></body>']).encode()


def read_libraries(pid):
    with open(f'/proc/{pid}/maps', encoding='utf-8') as file:
        return {os.path.basename(line.split()[-1]) for line in file if '.so' in line}


def having(libraries, wanted):
    return sorted(name for name in libraries if name.startswith(wanted))


@case
def nothing_is_loaded_before_it_is_wanted(scene):
    scene.empty('alice')
    scene.append('alice', 'INBOX', HTML)
    scene.account('alice')
    scene.start()
    scene.inbox()
    row = scene.app.wait('list item|table row', '^Colours|, Colours')
    pid = scene.app.process.pid
    libraries = read_libraries(pid)
    assert having(libraries, ('libgtk-4',)), 'the libraries of the program are not seen'
    assert not having(libraries, LATER + DRIVERS), having(libraries, LATER + DRIVERS)

    scene.app.click(row)
    scene.app.wait(None, exact('Message as HTML'), condition=lambda n: n.extents[3] > 50)
    libraries = read_libraries(pid)
    assert having(libraries, ('libwebkitgtk',)), 'the page is not WebKit'
    assert not having(libraries, DRIVERS), having(libraries, DRIVERS)
    scene.quit()


@case
def menus_and_pages_come_when_they_are_wanted(scene):
    scene.empty('alice')
    scene.account('alice')
    scene.start()
    scene.inbox()
    scene.says('No Messages')
    # The second time it is there already
    for button, item in (('Main Menu', 'Preferences'), ('Main Menu', 'Preferences'), ('More', 'View _?Source')):
        scene.app.click('push button|toggle button', exact(button))
        scene.app.wait(None, item)
        scene.app.key('Escape')
        time.sleep(.3)
    scene.app.click('push button|toggle button', exact('Filters'))
    scene.app.click('push button|toggle button', '^Only starred')
    scene.says('No Matching Messages')
    scene.app.click('push button|toggle button', '^Clear Filters')
    scene.says('No Messages')
    scene.quit()


@case
def escape_closes_a_list_of_choices_before_the_preferences(scene):
    scene.empty('alice')
    scene.account('alice')
    scene.start()
    scene.inbox()
    scene.app.key('ctrl+comma')
    scene.app.click('list item', exact('After archiving, moving or deleting'))
    scene.app.wait('list item', exact('Message list'))
    scene.app.key('Escape')
    scene.app.wait_gone('list item', exact('Message list'))
    scene.app.wait('frame', exact('Preferences'))
    scene.app.key('Escape')
    scene.app.wait_gone('frame', exact('Preferences'))
    scene.quit()


@case
def a_store_that_cannot_be_opened_is_tried_again(scene):
    obstacle = os.path.join(scene.profile, 'data', 'mail.db', 'x')
    os.makedirs(obstacle)
    scene.start()
    scene.says('The Mail on This Computer Cannot Be Opened')
    os.rmdir(obstacle)
    os.rmdir(os.path.dirname(obstacle))
    scene.app.click('push button|toggle button', exact('Try Again'))
    scene.says('Welcome to Sosik')
    scene.quit()


if __name__ == '__main__':
    main(chosen([nothing_is_loaded_before_it_is_wanted, menus_and_pages_come_when_they_are_wanted,
                 escape_closes_a_list_of_choices_before_the_preferences, a_store_that_cannot_be_opened_is_tried_again]), finish)
