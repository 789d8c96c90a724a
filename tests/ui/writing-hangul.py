"""writing-hangul.py PREFIX STATE SCREENSHOTS LANGUAGE: Hangul composed by input methods (ibus; hangul.c, in two manners) in the composer, saved and sent in the middle of a syllable."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from composing import ibus, keys, use_own  # noqa: E402
from letters import deliver, letter, row  # noqa: E402
from scene import case, chosen, eventually, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

def begin(scene, link='mailto:bob@lab.test'):
    scene.empty('alice', 'bob')
    deliver([letter('Else', 'Nothing.', hour=1), letter('Plans', 'The first of them.', hour=2)], seen=2)
    scene.account()
    scene.start()
    scene.inbox()
    if link:
        scene.invoke(link)
        scene.app.wait('text', exact('Message text'))


def write(scene, field, text):
    scene.app.click('text', exact(field))
    scene.app.type(keys(text))


def arrived(subject):
    _flags, message = lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == subject, what=subject)
    return message.get_body(('plain',)).get_content().strip()


def send_in_the_middle(scene, send):
    begin(scene)
    write(scene, 'Subject', '제목 값')  # the last syllable is still composed when the text is clicked
    write(scene, 'Message text', '안녕하세요, 김민우입니다. 닭')
    eventually(lambda: '김민우입니다. ' in scene.saved(), what='saved')
    time.sleep(2.2)
    assert not re.search('닭|[ㄱ-ㅣ]', scene.saved()), scene.saved()
    scene.shot('composing')
    scene.app.type(keys('이 많다. 앉'))
    send(scene)
    scene.composer_is_gone()
    assert arrived('제목 값') == '안녕하세요, 김민우입니다. 닭이 많다. 앉'
    scene.quit()


@case
def sent_by_the_keyboard(scene):
    use_own('at-once')
    send_in_the_middle(scene, lambda s: s.app.key('ctrl+Return'))


@case
def sent_by_the_keyboard_what_comes_late(scene):
    use_own('late')
    send_in_the_middle(scene, lambda s: s.app.key('ctrl+Return'))


@case
def sent_by_the_button(scene):
    use_own('at-once')
    send_in_the_middle(scene, lambda s: s.send())


@case
def sent_by_the_button_what_comes_late(scene):
    use_own('late')
    send_in_the_middle(scene, lambda s: s.send())


@case
def recipients_are_whole(scene):
    use_own('late')
    begin(scene)
    scene.app.click('text', exact('To'))
    for text, key in (('김민우', 'Return'), ('박값', 'comma'), ('이닭', 'Tab')):
        scene.app.type(keys(text))
        scene.app.key(key)
        scene.wait_for_recipient('To', '^' + text)
        scene.app.click('text', exact('To'))
    scene.app.type(keys('최많'))
    scene.app.click('text', exact('Subject'))
    scene.wait_for_recipient('To', '^최많')
    names = [re.match('[가-힣ㄱ-ㅣ]*', name).group() for name in scene.chips('To')]
    assert names == ['', '김민우', '박값', '이닭', '최많'], scene.chips('To')
    scene.app.key('ctrl+w')
    scene.app.click('push button', exact('Discard'))
    scene.composer_is_gone()
    scene.quit()


def answer_moves_in_the_middle(scene, move):
    """What is composed while an answer is written below the conversation comes late, and the answer is elsewhere by then."""
    use_own('late')
    begin(scene, None)
    row(scene, 'Plans')
    scene.click_row('Plans')
    scene.app.wait('push button', exact('Reply'), condition=lambda n: n.has('sensitive'))
    scene.app.wait('text', None, condition=lambda n: 'The first of them' in n.text)
    scene.app.key('ctrl+r')
    scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('focused'))
    scene.app.type(keys('안녕 닭'))
    move()
    scene.app.wait('text', exact('Message text'), condition=lambda n: n.has('focused') and n.text.startswith('안녕 닭\n'))
    scene.app.type(keys('이'))
    scene.app.key('ctrl+Return')
    scene.composer_is_gone()
    assert arrived('Re: Plans').splitlines()[0] == '안녕 닭이'
    scene.quit()


@case
def an_answer_moves_into_a_window(scene):
    answer_moves_in_the_middle(scene, lambda: scene.app.key('ctrl+shift+d'))


@case
def an_answer_outlives_its_conversation(scene):
    answer_moves_in_the_middle(scene, lambda: scene.app.click('push button', exact('Archive')))


@case
def an_answer_is_left_and_found(scene):
    def away_and_back():
        scene.click_row('Else')
        time.sleep(.5)
        scene.click_row('Plans')
        scene.app.click('text', exact('Message text'))
        scene.app.key('ctrl+Home', 'End')
    answer_moves_in_the_middle(scene, away_and_back)


@case
def ibus_composes_it(scene):
    with ibus():
        send_in_the_middle(scene, lambda s: s.app.key('ctrl+Return'))


@case
def a_signature_is_whole(scene):
    use_own('late')
    begin(scene, link=None)
    scene.account_page('alice@lab.test')
    scene.app.click('push button', exact('Identities and signatures of the account “%s”').replace('%s', 'alice@lab.test'))
    scene.app.click('push button', exact('Add a signature'))
    scene.app.click('text', exact('Signature text'))
    scene.app.type(keys('김민우 닭'))
    scene.app.click('text', exact('Name of the Signature'))
    scene.app.type(keys('값'))
    # Asked only when all of it is there
    scene.app.key('Escape')
    scene.app.wait('label', exact('Discard what you changed?'))
    scene.app.click(scene.app.nth(-1, 'push button', exact('_Keep Editing')))
    scene.app.wait('text', exact('Name of the Signature'), condition=lambda n: n.text == '값')
    scene.app.type(keys(' 앉'))
    scene.app.key('ctrl+Return')
    scene.app.wait_gone('text', exact('Signature text'))
    with open(os.path.join(scene.profile, 'config', 'accounts', 'alice.ini'), encoding='utf-8') as file:
        text = file.read()
    assert '\nName=값 앉\n' in text and '\nText=김민우 닭\n' in text, text
    scene.quit()


main(chosen([ibus_composes_it, sent_by_the_keyboard, sent_by_the_keyboard_what_comes_late, sent_by_the_button, sent_by_the_button_what_comes_late, recipients_are_whole,
             an_answer_moves_into_a_window, an_answer_outlives_its_conversation, an_answer_is_left_and_found, a_signature_is_whole]))
finish()
