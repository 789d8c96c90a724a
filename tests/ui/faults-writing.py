"""faults-writing.py PREFIX STATE SCREENSHOTS LANGUAGE: what a person wrote is neither lost nor sent twice, whatever happens on the way."""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import STATE, case, chosen, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

FILE = os.path.join(STATE, 'plan.txt')
SMTP = 2465  # where the proxy stands
GOOD = os.path.join(STATE, 'lab', 'certs', 'good.pem')


def ready(scene, **ports):
    scene.empty('alice', 'bob', 'kim')
    scene.account(**ports)
    scene.start()
    scene.inbox()


# What ends the text of a message: the dot, or the last chunk where the server takes chunks (RFC 3030)
LAST = r'^(\.|BDAT \d+ LAST)$'


def in_clear(scene, *options):
    """A proxy that sees the lines of SMTP."""
    return scene.proxy(SMTP, 465, '--tls', GOOD, '--to-tls', *options)


def arrived(subject):
    return [m for _flags, m in lab.messages('bob', 'INBOX') if m['Subject'] == subject]


def in_sent(subject):
    return [m for _flags, m in lab.messages('alice', 'Sent') if m['Subject'] == subject]


def arrives_once(subject):
    lab.wait('bob', 'INBOX', lambda f, m: m['Subject'] == subject, what=subject)
    lab.wait('alice', 'Sent', lambda f, m: m['Subject'] == subject, what=subject)
    time.sleep(2)
    assert len(arrived(subject)) == 1, f'{len(arrived(subject))} copies arrived'
    assert len(in_sent(subject)) == 1, f'{len(in_sent(subject))} copies in Sent'


@case
def killed_while_writing_everything_comes_back(scene):
    ready(scene)
    with open(FILE, 'w', encoding='utf-8') as file:
        file.write('1. News\n')
    scene.compose('bob@lab.test', 'Never finished', 'The first half of a thought')
    scene.attach(FILE)
    time.sleep(4)  # "every few seconds"
    scene.app.kill()
    os.unlink(FILE)
    scene.start()
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'The first half of a thought' in n.text)
    scene.app.wait(None, re.escape('plan.txt'))
    assert 'bob@lab.test' in scene.value('To'), scene.value('To')
    assert scene.value('Subject') == 'Never finished'
    scene.shot('back')
    scene.send()
    scene.composer_is_gone()
    arrives_once('Never finished')
    message, = arrived('Never finished')
    part, = message.iter_attachments()
    assert part.get_filename() == 'plan.txt' and part.get_payload(decode=True) == b'1. News\n'
    scene.quit()


@case
def quitting_with_an_open_composer_keeps_it(scene):
    ready(scene)
    scene.compose('bob@lab.test', 'Kept at quitting', 'Some words')
    scene.quit()
    scene.start()
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'Some words' in n.text)
    assert scene.value('Subject') == 'Kept at quitting'


@case
def quitting_while_sending_loses_and_doubles_nothing(scene):
    """The server does not answer the final dot; a person quits, and then insists."""
    proxy = in_clear(scene, '--mute-after', LAST)
    ready(scene, smtp=SMTP)
    scene.compose('bob@lab.test', 'Quit while sending', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    proxy.wait('-- muted')
    scene.app.key('ctrl+q')
    scene.says('still sending')
    scene.shot('asked')
    begin = time.time()
    scene.app.key('ctrl+q')
    assert scene.app.process.wait(60) == 0
    assert time.time() - begin < 10, f'it took {time.time() - begin:.0f} s to quit'
    proxy.stop()
    in_clear(scene)
    scene.start()
    scene.inbox()
    time.sleep(4)
    assert len(arrived('Quit while sending')) == 1, f'{len(arrived("Quit while sending"))} copies arrived'
    scene.outbox()
    scene.app.wait('list item', '^Quit while sending, bob@lab.test, .*may or may not')
    scene.shot('uncertain')
    scene.app.click('push button', exact('Send again'))
    scene.says('Send this message again')
    scene.app.click('push button', exact('Cancel'))
    time.sleep(1)
    assert len(arrived('Quit while sending')) == 1
    scene.quit()


@case
def quitting_before_the_text_was_sent_sends_it_next_time(scene):
    proxy = in_clear(scene, '--stall-at', '^MAIL FROM')
    ready(scene, smtp=SMTP)
    scene.compose('bob@lab.test', 'Sent at the next start', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    proxy.wait('-- stalled')
    scene.app.key('ctrl+q')
    scene.says('still sending')
    scene.app.key('ctrl+q')
    assert scene.app.process.wait(20) == 0
    proxy.stop()
    in_clear(scene)
    scene.start()
    arrives_once('Sent at the next start')
    scene.quit()


@case
def a_cut_before_the_text_is_tried_again_by_itself(scene):
    proxy = in_clear(scene, '--cut-at', '^RCPT')
    ready(scene, smtp=SMTP)
    scene.compose('bob@lab.test', 'Cut and tried again', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    proxy.wait('-- cut')
    proxy.stop()
    in_clear(scene)
    arrives_once('Cut and tried again')
    scene.quit()


@case
def what_is_being_sent_tells_how_far_it_is_and_is_stopped(scene):
    proxy = in_clear(scene, '--stall-at', '^BDAT')
    ready(scene, smtp=SMTP)
    with open(FILE, 'wb') as file:
        file.write(bytes(range(256)) * 4000)
    scene.compose('bob@lab.test', 'Sent slowly', 'Hello.')
    scene.attach(FILE)
    scene.send()
    scene.composer_is_gone()
    proxy.wait('-- stalled')
    scene.outbox()
    scene.app.wait('list item', r'^Sent slowly, bob@lab.test, Sending… [0-9]+%$')
    scene.app.wait('progress bar', exact('How much of the message was sent'))
    scene.shot('sending')
    assert not scene.app.unnamed(), scene.app.unnamed()
    scene.app.click('push button', exact('Stop Sending'))
    scene.app.wait('list item', '^Sent slowly, bob@lab.test, ' + exact('You stopped this message before it was sent.')[1:])
    scene.shot('stopped')
    proxy.stop()
    in_clear(scene)
    time.sleep(3)
    assert not arrived('Sent slowly')
    scene.app.click('push button', exact('Send again'))
    arrives_once('Sent slowly')
    scene.quit()


@case
def a_cut_at_the_final_dot_is_asked_about(scene):
    """The program cannot know that the dot did not arrive."""
    proxy = in_clear(scene, '--cut-at', LAST)
    ready(scene, smtp=SMTP)
    scene.compose('bob@lab.test', 'Cut at the dot', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    proxy.wait('-- cut')
    proxy.stop()
    in_clear(scene)
    scene.outbox()
    scene.app.wait('list item', '^Cut at the dot, bob@lab.test, .*may or may not')
    time.sleep(3)
    assert not arrived('Cut at the dot')
    scene.app.click('push button', exact('Send again'))
    scene.says('Send this message again')
    scene.app.click(scene.app.nth(-1, 'push button', exact('Send Again')))
    arrives_once('Cut at the dot')
    scene.app.wait_gone('list item', '^Cut at the dot')
    scene.quit()


@case
def while_the_server_is_down_it_waits(scene):
    ready(scene, smtp=SMTP)
    scene.compose('bob@lab.test', 'Patience', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    scene.outbox()
    scene.app.wait('list item', f'^Patience, bob@lab.test, .*accepts no connection on port {SMTP}')
    scene.shot('waiting')
    time.sleep(8)  # the next try by itself is some seconds away now, and must not come before ours
    in_clear(scene)
    scene.app.click('push button', exact('Send again'))
    scene.app.wait_gone('list item', '^Patience')
    arrives_once('Patience')
    scene.quit()


@case
def a_refused_recipient_is_said_and_can_be_changed(scene):
    ready(scene)
    scene.compose('nobody@lab.test', 'Nobody is there', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    scene.outbox()
    scene.app.wait('list item', '^Nobody is there, nobody@lab.test, .*refused|not taken|nobody@lab.test.*refus')
    scene.says('User unknown')  # the server's own words
    scene.shot('refused')
    scene.app.click('push button', exact('Edit'))
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'Hello.' in n.text)
    assert 'nobody@lab.test' in scene.value('To')
    scene.write(to='bob@lab.test')
    scene.send()
    scene.composer_is_gone()
    arrives_once('Nobody is there')
    scene.app.wait_gone('list item', '^Nobody is there')
    # One of several: the others have it, and only who has not is written to again.
    scene.compose('bob@lab.test, nobody@lab.test', 'One of two is there', 'Hello.')
    scene.send()
    scene.composer_is_gone()
    scene.app.wait('list item', '^One of two is there, .*nobody@lab.test')
    scene.says('User unknown')
    scene.shot('one-refused')
    arrives_once('One of two is there')
    scene.app.click('push button', exact('Edit'))
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'Hello.' in n.text)
    assert scene.chips('To') == ['nobody@lab.test'], scene.chips('To')
    scene.write(to='kim@lab.test')
    scene.send()
    scene.composer_is_gone()
    lab.wait('kim', 'INBOX', lambda f, m: m['Subject'] == 'One of two is there', what='the other one')
    assert len(arrived('One of two is there')) == 1, 'bob has it twice'
    scene.quit()


@case
def no_subject_and_forgotten_attachment_are_asked_about(scene):
    ready(scene)
    scene.compose('bob@lab.test', '', 'Hello.')
    scene.send()
    scene.says('There is no subject')
    scene.app.click('push button', exact('Cancel'))
    for number, text in enumerate(('Please see the attached file.', '회의 자료를 첨부합니다.')):
        scene.write(subject=f'Without a file {number}', text=text)
        scene.send()
        scene.says('speaks of an attachment')
        scene.shot(f'warned-{number}')
        scene.app.click('push button', exact('Cancel'))
    scene.send()
    scene.says('speaks of an attachment')
    scene.app.click(scene.app.nth(-1, 'push button', exact('Send')))
    scene.composer_is_gone()
    arrives_once('Without a file 1')
    scene.quit()


@case
def a_wrong_address_is_said_at_its_field(scene):
    ready(scene)
    scene.compose('bob@', 'Wrong address', 'Hello.')
    scene.says('“bob@” is not an e-mail address')
    scene.send()
    scene.says('“bob@” is not an e-mail address')
    scene.shot('wrong')
    assert not arrived('Wrong address')
    scene.write(to='bob@lab.test')
    scene.send()
    scene.composer_is_gone()
    arrives_once('Wrong address')
    scene.quit()


@case
def a_mail_link_opens_the_composer_and_attaches_nothing(scene):
    ready(scene)
    scene.invoke('mailto:bob@lab.test?subject=Hi%20there&attach=/etc/passwd&attachment=/etc/passwd&body=Line%20one%0D%0ALine%20two')
    scene.app.wait('text', exact('Message text'), condition=lambda n: 'Line one\nLine two' in n.text)
    assert 'bob@lab.test' in scene.value('To')
    assert scene.value('Subject') == 'Hi there'
    assert not scene.app.find(None, 'passwd'), 'something was attached'
    scene.shot('composer')
    scene.send()
    scene.composer_is_gone()
    arrives_once('Hi there')
    message, = arrived('Hi there')
    assert not list(message.iter_attachments())
    scene.quit()


@case
def a_mail_link_starts_the_program(scene):
    scene.account()
    scene.start('mailto:bob@lab.test?subject=Cold%20start')
    scene.app.wait('text', exact('Subject'), condition=lambda n: n.text == 'Cold start')


@case
def a_full_disk_is_said_and_the_composer_stays(scene):
    """The profile lies on a file system of 12 MB, and the file to attach is larger."""
    os.makedirs(scene.profile)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', scene.profile], check=True)
    try:
        ready(scene)
        with open(FILE, 'wb') as file:
            file.write(os.urandom(15 << 20))
        scene.compose('bob@lab.test', 'Full disk', 'Words that must not be lost')
        scene.app.click('push button', exact('Attach files'))
        scene.app.wait(None, exact('Attach Files'))
        time.sleep(.5)
        scene.app.key('ctrl+l')
        scene.app.type(FILE)
        time.sleep(.5)
        scene.app.key('Return')
        scene.says('was not attached')
        scene.says('no space left on this computer to save “plan.txt”')
        scene.shot('said')
        scene.app.key('Escape')
        assert 'Words that must not be lost' in scene.app.wait('text', exact('Message text')).text
        scene.send()
        scene.composer_is_gone()
        arrives_once('Full disk')
        scene.quit()
    finally:
        scene.end()
        subprocess.run(['umount', '-l', scene.profile], check=False)


if __name__ == '__main__':
    main(chosen([
        killed_while_writing_everything_comes_back, quitting_with_an_open_composer_keeps_it,
        quitting_while_sending_loses_and_doubles_nothing, quitting_before_the_text_was_sent_sends_it_next_time,
        a_cut_before_the_text_is_tried_again_by_itself, what_is_being_sent_tells_how_far_it_is_and_is_stopped, a_cut_at_the_final_dot_is_asked_about, while_the_server_is_down_it_waits, a_refused_recipient_is_said_and_can_be_changed,
        no_subject_and_forgotten_attachment_are_asked_about, a_wrong_address_is_said_at_its_field,
        a_mail_link_opens_the_composer_and_attaches_nothing, a_mail_link_starts_the_program,
        a_full_disk_is_said_and_the_composer_stays]), finish)
