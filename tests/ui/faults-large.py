"""faults-large.py PREFIX STATE SCREENSHOTS LANGUAGE: a message that is too large for comfort."""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import case, chosen, exact, finish  # noqa: E402
from tap import main  # noqa: E402


@case
def a_body_of_fifty_megabytes_arrives_and_opens(scene):
    scene.empty('alice')
    line = b'A line of seventy-two octets that is repeated until there is enough of it\r\n'
    scene.append('alice', 'INBOX', b'From: Bob <bob@lab.test>\r\nTo: alice@lab.test\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n'
                 b'Subject: Fifty megabytes\r\n\r\nIt begins here.\r\n' + line * (52428800 // len(line)))
    scene.account('alice')
    scene.start()
    scene.inbox()
    begin = time.time()
    scene.app.click('list item|table row', 'Fifty megabytes')
    scene.app.wait('text', None, timeout=60, condition=lambda n: 'It begins here' in n.start)
    print(f'# shown after {time.time() - begin:.1f} s', flush=True)
    begin = time.time()
    scene.app.click('push button', exact('Main Menu'))
    scene.app.wait(None, 'Preferences')
    assert time.time() - begin < 8, f'the menu came after {time.time() - begin:.0f} s'
    scene.app.key('Escape')
    scene.shot()
    scene.quit()


if __name__ == '__main__':
    main(chosen([a_body_of_fifty_megabytes_arrives_and_opens]), finish)
