"""writing-passed-on.py PREFIX STATE SCREENSHOTS LANGUAGE: a letter with formats, a picture and a file is passed on in each of the ways there are, through the real servers."""
import os
import re
import sys
from email.message import EmailMessage
from email.policy import SMTP

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lab import sum_of  # noqa: E402
from letters import menu, png, row  # noqa: E402
from rich import Reader, begin  # noqa: E402
from scene import case, chosen, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

REPORT = b'%PDF-1.4\n' + bytes(range(256)) * 30
PICTURE = png(120, 80)


def original():
    message = EmailMessage()
    message['From'], message['To'], message['Cc'] = 'Bob Miller <bob@lab.test>', 'alice@lab.test', '박지영 <kim@lab.test>'
    message['Date'], message['Subject'], message['Message-ID'] = 'Mon, 02 Nov 2026 10:00:00 +0000', '분기 Plans', '<plans@lab.test>'
    message['References'], message['In-Reply-To'] = '<before@lab.test>', '<before@lab.test>'
    message.set_content('We must meet.\n')
    message.add_alternative('<p>We <b>must</b> meet.</p><p><img src="cid:chart@lab.test" alt="chart"></p>', subtype='html')
    message.get_payload()[1].add_related(PICTURE, 'image', 'png', cid='<chart@lab.test>', filename='chart.png')
    message.add_attachment(REPORT, maintype='application', subtype='pdf', filename='회의 자료.pdf')
    return message.as_bytes(policy=SMTP)


def arrives(user, subject, condition=lambda m: True):
    return lab.wait(user, 'INBOX', lambda f, m: m['Subject'] == subject and condition(m), what=subject)[1]


def has_all_of_it(message):
    """The formats, the picture in its place, the file."""
    letter = Reader(message.get_body(('html',)).get_content())
    assert letter.around('must')[-1] == 'b', letter.texts
    shown, = letter.pictures
    part = next(part for part in message.walk() if part['Content-ID'] == f'<{shown["src"][len("cid:"):]}>')
    assert part.get_payload(decode=True) == PICTURE, part.items()
    file, = message.iter_attachments()
    assert file.get_filename() == '회의 자료.pdf' and file.get_content_type() == 'application/pdf' and file.get_payload(decode=True) == REPORT, file.items()
    return letter


def another_program_finds(user, message, *lines):
    seen = lab.shown(user, message)
    for line in lines:
        assert re.search(line, seen, re.M), f'{line}: {seen}'


@case
def a_letter_is_passed_on_in_each_way(scene):
    content = original()
    begin(scene, answer_below='false')
    scene.empty('kim')
    scene.append('alice', 'INBOX', content)
    scene.start()
    scene.inbox()
    row(scene, 'Plans')
    scene.click_row('Plans')

    def composer(label, text=''):
        menu(scene, label)
        editor = scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('editable') and text in n.text)
        scene.shot(label.strip('_').replace(' ', '-'))
        return editor

    # With its words and its files
    editor = composer('_Forward', 'must')
    scene.app.wait(None, r'^회의 자료\.pdf')
    scene.write(to='bob@lab.test')
    scene.app.click(editor)
    scene.app.key('ctrl+Home')
    scene.app.type('See below')
    scene.send()
    scene.composer_is_gone()
    message = arrives('bob', 'Fwd: 분기 Plans')
    has_all_of_it(message)
    text = message.get_body(('plain',)).get_content().replace('\r\n', '\n')
    assert re.match(r'See below\n.*^From: Bob Miller <bob@lab\.test>$.*^Subject: 분기 Plans$.*^To: alice@lab\.test$.*^Cc: 박지영 <kim@lab\.test>$.*^We must meet\.$',
                    text, re.S | re.M), text
    assert message['From'] == 'Alice Lee <alice@lab.test>' and message['Message-ID'] != '<plans@lab.test>', message.items()
    another_program_finds('bob', message, '^See below$', '^From: Bob Miller <bob@lab.test>', '^We must meet', ' PNG 120x80 ', '회의 자료.pdf', sum_of(REPORT))
    # As a whole
    composer('Forward as Atta_chment')
    scene.app.wait(None, r'Plans\.eml')
    scene.write(to='bob@lab.test')
    scene.send()
    scene.composer_is_gone()
    message = arrives('bob', 'Fwd: 분기 Plans', lambda m: 'message/rfc822' in [part.get_content_type() for part in m.walk()])
    part, = message.iter_attachments()
    assert part.get_content_type() == 'message/rfc822', part.items()
    inner = part.get_payload(0)
    assert inner.as_bytes(policy=SMTP).rstrip() == content.rstrip(), inner.as_string()
    another_program_finds('bob', message, '^Cc: 박지영 <kim@lab.test>', '^We must meet', sum_of(REPORT))
    lab.wait('alice', 'INBOX', lambda f, m: m['Message-ID'] == '<plans@lab.test>' and '$Forwarded' in f, what='$Forwarded')
    # As one of one's own
    editor = composer('_Edit as New', 'must')
    assert scene.value('Subject') == '분기 Plans' and 'alice@lab.test' in scene.value('To') and 'kim@lab.test' in scene.value('Cc'), scene.value('Cc')
    scene.app.wait(None, r'^회의 자료\.pdf')
    scene.app.click(editor)
    scene.app.key('ctrl+Home')
    scene.app.type('Again: ')
    scene.send()
    scene.composer_is_gone()
    message = arrives('kim', '분기 Plans')
    letter = has_all_of_it(message)
    assert 'blockquote' not in letter.around('must') and letter.texts[0][0].startswith('Again: We'), letter.texts
    assert message['In-Reply-To'] is None and message['References'] is None and message['Message-ID'] != '<plans@lab.test>', message.items()
    assert message['From'] == 'Alice Lee <alice@lab.test>' and message['To'] == 'alice@lab.test' and message['Cc'] == '박지영 <kim@lab.test>', message.items()
    # As it is
    menu(scene, 'Re_direct…')
    scene.says(exact('Redirect Message'))
    scene.app.type('bob@lab.test')
    scene.app.key('Return')
    message = arrives('bob', '분기 Plans')
    as_sent = message.as_bytes(policy=SMTP)
    assert as_sent.rstrip().endswith(content.rstrip()), as_sent.decode()
    assert message['Resent-From'] == 'Alice Lee <alice@lab.test>' and message['Resent-To'] == 'bob@lab.test', message.items()
    assert message['Return-Path'] == '<alice@lab.test>' and message.get_all('Message-ID') == ['<plans@lab.test>'] and not message.get_all('Bcc'), message.items()
    another_program_finds('bob', message, '^Resent-To: bob@lab.test', '^From: Bob Miller', '^We must meet', sum_of(REPORT))
    scene.quit()


main(chosen([a_letter_is_passed_on_in_each_way]))
finish()
