"""faults-wizard.py PREFIX STATE SCREENSHOTS LANGUAGE: the account wizard before servers that are not as they should be.

No password leaves in any of these cases, each has a sentence of its own, and what was typed stays.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import BASE, STATE, case, chosen, eventually, exact, finish, lab  # noqa: E402
from tap import main  # noqa: E402

CREDENTIALS = r'C: (\S+ )?(LOGIN|AUTHENTICATE|AUTH)\b|alicepw'


def certificate(name):
    return os.path.join(STATE, 'lab', 'certs', name + '.pem')


def fill_in(scene, address='alice@lab.test'):
    scene.start()
    scene.app.click('push button', exact('Add Account'))
    scene.app.fill('text', exact('Your name'), 'Alice Lee')
    scene.app.fill('text', exact('E-mail address'), address)


def by_hand(scene, imap_port=993, smtp_port=465, host='imap.lab.test', imap='TLS', smtp='TLS'):
    fill_in(scene)
    scene.app.click('push button', exact('Set Up by Hand'))
    scene.app.wait('push button', exact('Sign In'))
    scene.app.fill('text|password text', exact('Password'), 'alicepw')
    for number, (name, port, security) in enumerate(((host, imap_port, imap), ('smtp.lab.test', smtp_port, smtp))):
        replace(scene, 'Server', number, name)
        if security == 'STARTTLS':
            choose_starttls(scene, number)
        if row(scene, 'Port', number).text != str(port):
            replace(scene, 'Port', number, str(port))


def rows(scene, label):
    return scene.app.root.find_all('text', exact(label))


def row(scene, label, number):
    """The page may be on its way."""
    return eventually(lambda: rows(scene, label)[number:number + 1], what=f'{label}, number {number}')[0]


def replace(scene, label, number, text):
    scene.app.click(row(scene, label, number))
    scene.app.key('ctrl+a')
    scene.app.type(text)


def choose_starttls(scene, number):
    """TLS is the one chosen at first."""
    top = row(scene, 'Port', number).extents[1]
    scene.app.click(next(node for node in scene.app.root.find_all('list item|combo box', '^Security') if node.extents[1] > top))
    scene.app.key('Down', 'Return')


def sign_in(scene):
    scene.app.click('push button', exact('Sign In'))


def nothing_was_told(*proxies):
    for proxy in proxies:
        told = [line for line in proxy.transcript().splitlines() if re.search(CREDENTIALS, line)]
        assert not told, f'told to {proxy.log_name}: {told}'


def what_was_typed_is_there(scene):
    assert row(scene, 'Server', 0).text == 'imap.lab.test'
    assert scene.value('E-mail address') == 'alice@lab.test'
    assert scene.value('Your name') == 'Alice Lee'


def no_account(scene):
    folder = os.path.join(scene.profile, 'config', 'accounts')
    assert not os.path.isdir(folder) or not os.listdir(folder), os.listdir(folder)


def refused_for_its_certificate(scene, name, sentence):
    proxies = [scene.proxy(993, 143, '--tls', certificate(name)), scene.proxy(465, 587, '--tls', certificate(name))]
    by_hand(scene)
    sign_in(scene)
    scene.says('No Safe Connection')
    scene.says(sentence)
    scene.says('SHA-256')
    scene.shot('refused')
    nothing_was_told(*proxies)
    no_account(scene)
    scene.app.click('push button', exact('Back to the Settings'))
    scene.app.wait('push button', exact('Sign In'))
    what_was_typed_is_there(scene)


@case
def a_self_signed_certificate_is_refused(scene):
    refused_for_its_certificate(scene, 'selfsigned', 'certificate of “imap.lab.test” is self-signed')


@case
def an_expired_certificate_is_refused(scene):
    refused_for_its_certificate(scene, 'expired', 'certificate of “imap.lab.test” expired on')


@case
def the_certificate_of_another_host_is_refused(scene):
    refused_for_its_certificate(scene, 'wronghost', 'certificate shown by “imap.lab.test” belongs to another server')


@case
def a_certificate_can_be_taken_by_hand(scene):
    """In two steps, for each server by itself, and it is kept with the account."""
    for port in (993, 465):
        scene.proxy(port, port, '--tls', certificate('selfsigned'), '--to-tls')
    by_hand(scene)
    sign_in(scene)
    for host in ('imap.lab.test', 'smtp.lab.test'):
        scene.says(f'certificate of “{host}” is self-signed', timeout=60)
        scene.app.click('push button', exact('Trust It All the Same…'))
        scene.says(f'from “{host}” on port')
        scene.shot(host)
        scene.app.click('push button', exact('Trust This Certificate'))
    scene.app.wait_gone('push button', exact('Sign In'), timeout=60)
    scene.inbox()
    scene.quit()
    folder = os.path.join(scene.profile, 'config', 'accounts')
    with open(os.path.join(folder, os.listdir(folder)[0]), encoding='utf-8') as file:
        settings = file.read()
    assert len(re.findall(r'(?m)^\[Exception', settings)) == 2 and re.search(r'(?m)^Host=smtp\.lab\.test\nPort=465\nSha256=[0-9a-f]{64}$', settings), settings


@case
def the_search_stops_at_a_bad_certificate(scene):
    """The wizard by itself: it may show the server, but no credentials go there."""
    proxies = [scene.proxy(993, 143, '--tls', certificate('selfsigned')), scene.proxy(465, 587, '--tls', certificate('selfsigned'))]
    fill_in(scene)
    scene.app.click('push button', exact('Continue'))
    scene.app.wait('push button', exact('Sign In'), timeout=60)
    scene.shot('found')
    scene.says('self-signed')
    nothing_was_told(*proxies)
    no_account(scene)


@case
def the_search_does_not_fall_for_clear_text(scene):
    """Only 143 and 587 answer, and they offer a sign-in in clear instead of STARTTLS."""
    proxies = [scene.proxy(143, 143, '--strip'), scene.proxy(587, 587, '--strip')]
    fill_in(scene)
    scene.app.click('push button', exact('Continue'))
    scene.says('lab.test” offers no encryption', timeout=60)
    scene.shot('not-found')
    nothing_was_told(*proxies)
    no_account(scene)


@case
def stripped_starttls_of_imap_is_refused(scene):
    proxy = scene.proxy(143, 143, '--strip')
    by_hand(scene, imap_port=143, imap='STARTTLS')
    sign_in(scene)
    scene.says('“imap.lab.test” offers no encryption')
    scene.shot('refused')
    nothing_was_told(proxy)
    no_account(scene)
    scene.app.click('push button', exact('Back to the Settings'))
    what_was_typed_is_there(scene)


@case
def stripped_starttls_of_smtp_is_refused(scene):
    scene.proxy(993, 993)
    proxy = scene.proxy(587, 587, '--strip')
    by_hand(scene, smtp_port=587, smtp='STARTTLS')
    sign_in(scene)
    scene.says('“smtp.lab.test” offers no encryption')
    scene.shot('refused')
    nothing_was_told(proxy)
    no_account(scene)
    scene.app.click('push button', exact('Back to the Settings'))
    what_was_typed_is_there(scene)


@case
def refused_starttls_is_refused(scene):
    proxy = scene.proxy(143, 143, '--no-starttls')
    by_hand(scene, imap_port=143, imap='STARTTLS')
    sign_in(scene)
    scene.says('“imap.lab.test” refused to encrypt the connection')
    nothing_was_told(proxy)
    no_account(scene)
    scene.app.click('push button', exact('Back to the Settings'))
    what_was_typed_is_there(scene)


@case
def a_bad_certificate_after_starttls_is_refused(scene):
    proxy = scene.proxy(143, 143, '--starttls', certificate('expired'))
    by_hand(scene, imap_port=143, imap='STARTTLS')
    sign_in(scene)
    scene.says('certificate of “imap.lab.test” expired on')
    nothing_was_told(proxy)
    no_account(scene)


@case
def a_host_that_does_not_answer_is_named(scene):
    by_hand(scene, imap_port=9930)
    sign_in(scene)
    scene.says('“imap.lab.test” accepts no connection on port 9930')
    scene.shot('unreachable')
    no_account(scene)
    what_was_typed_is_there(scene)


@case
def a_host_that_does_not_exist_is_named(scene):
    by_hand(scene, host='no-such-host.invalid')
    sign_in(scene)
    scene.says('“no-such-host.invalid” could not be')
    no_account(scene)
    assert scene.value('E-mail address') == 'alice@lab.test'


@case
def a_server_that_goes_away_in_the_middle_is_named(scene):
    scene.proxy(993, 143, '--tls', certificate('good'), '--cut-at', '(LOGIN|AUTHENTICATE|CAPABILITY)')
    by_hand(scene)
    sign_in(scene)
    scene.says('“imap.lab.test” .*(closed|cut|lost)')
    no_account(scene)
    what_was_typed_is_there(scene)


@case
def looking_for_servers_can_be_cancelled(scene):
    for port in (993, 465, 143, 587):
        scene.proxy(port, port, '--silent')
    fill_in(scene)
    scene.app.click('push button', exact('Continue'))
    scene.app.click('push button', exact('Cancel'))
    scene.app.wait('push button', exact('Continue'), timeout=5)
    assert scene.value('E-mail address') == 'alice@lab.test'
    assert scene.value('Your name') == 'Alice Lee'


@case
def by_hand_it_works(scene):
    by_hand(scene, imap_port=BASE + 993, smtp_port=BASE + 587, smtp='STARTTLS')
    sign_in(scene)
    scene.app.wait_gone('push button', exact('Sign In'), timeout=60)
    scene.inbox()
    scene.quit()
    with open(os.path.join(scene.profile, 'config', 'accounts', os.listdir(os.path.join(scene.profile, 'config', 'accounts'))[0]),
              encoding='utf-8') as file:
        settings = file.read()
    assert f'Port={BASE + 587}' in settings and 'Security=starttls' in settings, settings
    assert 'alicepw' not in settings, 'the password lies in a file'
    assert lab.imap('alice')


def proofs(scene):
    with open(os.path.join(scene.profile, 'config', 'accounts', 'alice.ini'), encoding='utf-8') as file:
        return [line.strip() for line in file if line.startswith('Proved=')]


@case
def a_server_that_proves_less_is_told_nothing_until_the_person_says_so(scene):
    scene.account()
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nSubject: Behind a proof\r\n\r\nHello.\r\n')
    scene.start()
    scene.app.wait('list item|table row', 'Behind a proof')
    eventually(lambda: len(proofs(scene)) == 1, what='the proof of the server')
    scene.quit()
    proved = proofs(scene)[0]
    assert proved.startswith('Proved=scram;'), proved

    # as if there had been more
    name = os.path.join(scene.profile, 'config', 'accounts', 'alice.ini')
    with open(name, encoding='utf-8') as file:
        settings = file.read()
    with open(name, 'w', encoding='utf-8') as file:
        file.write(settings.replace('Proved=scram;', 'Proved=scram-plus;'))
    scene.start()
    scene.says('used to prove that nobody stands between')
    scene.shot('bar')
    scene.app.click('push button', exact('Settings…'))
    scene.app.click('push button', exact('Sign In and Save'))
    scene.app.wait(None, exact('Sign In with Less Protection?'))
    scene.shot('question')
    scene.app.click('push button', exact('Cancel'))
    scene.app.wait_gone(None, exact('Sign In with Less Protection?'))
    assert proofs(scene) == [proved.replace('scram', 'scram-plus')], proofs(scene)
    scene.app.click('push button', exact('Sign In and Save'))
    scene.app.wait(None, exact('Sign In with Less Protection?'))
    scene.app.click('push button', exact('Sign In'))
    scene.app.wait_gone('push button', exact('Sign In and Save'), timeout=60)
    eventually(lambda: proofs(scene) == [proved], what='the lesser proof')
    scene.append('alice', 'INBOX', b'From: bob@lab.test\r\nSubject: With a lesser one\r\n\r\nHello.\r\n')
    scene.app.wait('list item|table row', 'With a lesser one')


@case
def servers_are_looked_at_while_they_are_typed(scene):
    """Before anything is signed in: there, not there, and not to be trusted; and nobody hears of the person."""
    proxies = [scene.proxy(993, 143, '--tls', certificate('good')), scene.proxy(465, 587, '--tls', certificate('expired'))]
    fill_in(scene)
    scene.app.click('push button', exact('Set Up by Hand'))
    scene.app.wait('push button', exact('Sign In'))

    def apart():
        first, second = rows(scene, 'Server')
        return second.extents[1] - first.extents[1]

    before = apart()
    replace(scene, 'Server', 0, 'imap.lab.test')
    scene.says('“imap.lab.test” is there, and the connection is safe')
    assert apart() == before, 'what is below moved away under the pointer'
    replace(scene, 'Server', 1, 'smtp.lab.test')
    scene.says('certificate of “smtp.lab.test” expired on')
    scene.shot('looked-at')
    assert not scene.app.unnamed(), scene.app.unnamed()
    replace(scene, 'Port', 0, '9930')
    scene.says('“imap.lab.test” accepts no connection on port 9930')
    replace(scene, 'Server', 0, 'no-such-host.invalid')
    scene.says('“no-such-host.invalid” could not be')
    nothing_was_told(*proxies)
    no_account(scene)


def connections():
    """How many there are to the servers of the account."""
    with open('/proc/net/tcp', encoding='utf-8') as file:
        lines = [line.split() for line in file.readlines()[1:]]
    return len([line for line in lines if int(line[2].partition(':')[2], 16) in (993, 465) and line[3] == '01'])


@case
def who_gives_up_holds_no_connection(scene):
    scene.usual_ports()
    fill_in(scene)
    scene.app.click('push button', exact('Continue'))
    scene.app.wait('push button', exact('Sign In'), timeout=60)
    eventually(lambda: connections() == 2, what='both servers were found, and wait')
    scene.app.click(scene.app.nth(-1, 'push button', exact('Close')))
    scene.app.wait_gone('push button', exact('Sign In'))
    eventually(lambda: connections() == 0, 5, 'nobody holds them')
    scene.quit()


if __name__ == '__main__':
    main(chosen([
        a_self_signed_certificate_is_refused, an_expired_certificate_is_refused, the_certificate_of_another_host_is_refused,
        a_certificate_can_be_taken_by_hand, the_search_stops_at_a_bad_certificate, the_search_does_not_fall_for_clear_text, stripped_starttls_of_imap_is_refused,
        stripped_starttls_of_smtp_is_refused, refused_starttls_is_refused, a_bad_certificate_after_starttls_is_refused,
        a_host_that_does_not_answer_is_named, a_host_that_does_not_exist_is_named, a_server_that_goes_away_in_the_middle_is_named,
        looking_for_servers_can_be_cancelled, who_gives_up_holds_no_connection, by_hand_it_works,
        a_server_that_proves_less_is_told_nothing_until_the_person_says_so, servers_are_looked_at_while_they_are_typed]), finish)
