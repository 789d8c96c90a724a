"""try.py SOSIK PROFILE LAB_ENV SCREENSHOTS: what tests/try does where there is no display: opens a mail, answers it with a file, sees it arrive."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drive import App  # noqa: E402
from lab import Lab  # noqa: E402

SOSIK, PROFILE, ENVIRONMENT, SCREENSHOTS = sys.argv[1:5]
SUBJECT = '금요일 회의 자료 부탁드립니다'
ANSWER = 'Here is the file. See you on Friday!'


def say(sentence):
    print('tests/try: ' + sentence, flush=True)


def main():
    lab = Lab(ENVIRONMENT)
    file = os.path.join(os.path.dirname(PROFILE), 'agenda.txt')
    with open(file, 'w', encoding='utf-8') as out:
        out.write('1. News\n2. Plans\n')
    log = os.path.join(SCREENSHOTS, 'sosik.log')
    app = App([SOSIK, '--profile', PROFILE], log)

    def shot(name):
        time.sleep(.4)
        path = os.path.join(SCREENSHOTS, name + '.png')
        app.screenshot(path)
        say('screenshot ' + os.path.relpath(path))
    try:
        say('Sosik is open; its folders and messages come from the private server')
        app.click(app.wait('list item|table row', re.escape(SUBJECT)))
        app.wait('text', None, condition=lambda n: '느티나무방' in n.text)
        time.sleep(1)
        shot('window')
        say(f'read “{SUBJECT}”')
        app.click('push button', '^(Reply )?Reply$')
        app.click('text', '^(Message text )?Message text$')
        app.key('ctrl+Home')
        app.type(ANSWER)
        app.click('push button', '^(Attach files )?Attach files$')
        app.wait(None, '^Attach Files$')
        time.sleep(.5)
        app.key('ctrl+l')
        app.type(file)
        time.sleep(.5)
        app.key('Return')
        app.wait(None, re.escape('agenda.txt'))
        shot('reply')
        app.click('push button', '^(Send )?Send$')
        app.wait_gone('push button', '^(Attach files )?Attach files$')
        say('wrote an answer with a file attached; the composer closed, so the message is safe on disk')
        _flags, message = lab.wait('bob', 'INBOX', lambda f, m: ANSWER in m.get_body(('plain',)).get_content(), what='the answer')
        attached = [part.get_filename() for part in message.iter_attachments()]
        assert attached == ['agenda.txt'], attached
        say(f'the answer arrived in bob\'s mailbox: “{message["Subject"]}” with {attached[0]}')
        lab.wait('alice', 'Sent', lambda f, m: m['Subject'] == message['Subject'], what='the copy')
        say('its copy lies in Sent')
        shot('answered')
        assert app.quit() == 0, 'the program did not end well'
        say('all of it worked')
    except Exception as error:  # noqa: BLE001 - whatever it is, a person wants to read it
        say(f'failed: {error}')
        app.kill()
        sys.exit(1)


main()
