"""accounts-trust.py PREFIX STATE SCREENSHOTS LANGUAGE: an account at work whose server shows another certificate.

Nothing is told to it before a person took that certificate, in two steps; what was taken holds for that certificate alone, until its time is
over or it is taken back in the settings; what was revoked is never taken.
"""
import configparser
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from scene import BASE, STATE, case, chosen, eventually, exact, finish  # noqa: E402
from tap import main  # noqa: E402

PORT = 9993
FINGERPRINT = r'^([0-9A-F]{2}:){31}[0-9A-F]{2}$'
CREDENTIALS = r'C: (\S+ )?(LOGIN|AUTHENTICATE|AUTH)\b|alicepw'


def certificate(name):
    return os.path.join(STATE, 'lab', 'certs', name + '.pem')


def show(scene, name):
    """From here on the server shows this certificate, and what stood is cut."""
    for proxy in scene.proxies:
        proxy.stop()
    return scene.proxy(PORT, 993, '--tls', certificate(name), '--to-tls')


def settings(scene):
    file = configparser.ConfigParser()
    file.optionxform = str
    file.read(os.path.join(scene.profile, 'config', 'accounts', 'alice.ini'))
    return file


def exceptions(scene):
    file = settings(scene)
    return [dict(file[group]) for group in file.sections() if group.startswith('Exception')]


def ready(scene, name, **values):
    proxy = show(scene, name)
    scene.account(imap=PORT)
    if values:
        file = settings(scene)
        for group, keys in values.items():
            if group not in file:
                file[group] = {}
            file[group].update(keys)
        with open(os.path.join(scene.profile, 'config', 'accounts', 'alice.ini'), 'w', encoding='utf-8') as out:
            file.write(out, space_around_delimiters=False)
    scene.start()
    return proxy


def look(scene, sentence):
    """Opens what the bar offers."""
    scene.says(sentence, timeout=60)
    scene.shot('bar')
    scene.app.click('push button', exact('Certificate…'))
    scene.says(exact('No Safe Connection'))
    scene.says(r'^localhost, port 9993$')


def take(scene):
    scene.app.click('push button', exact('Trust It All the Same…'))
    scene.says('from “localhost” on port 9993, for the account')
    scene.app.click('push button', exact('Trust This Certificate'))
    scene.app.wait_gone('push button', exact('Certificate…'), timeout=60)
    scene.inbox()


def nothing_was_told(proxy):
    told = [line for line in proxy.transcript().splitlines() if re.search(CREDENTIALS, line)]
    assert not told, told


def signed_in(proxy):
    return re.search(CREDENTIALS, proxy.transcript())


@case
def another_certificate_is_asked_about(scene):
    ready(scene, 'good')
    scene.inbox()
    proxy = show(scene, 'selfsigned')
    look(scene, 'certificate of “localhost” is self-signed')
    # Each fact has its name.
    for fact in ('Server', 'Issued to', 'Issued by', 'Valid', 'SHA-256 fingerprint'):
        scene.says(exact(fact))
    scene.says(FINGERPRINT)
    scene.shot('refused')
    nothing_was_told(proxy)
    # Back from the second step, and out: nothing was taken.
    scene.app.click('push button', exact('Trust It All the Same…'))
    scene.app.click('push button', exact('Do Not Trust'))
    scene.app.click('push button', exact('Do Not Connect'))
    scene.app.wait_gone('label', exact('No Safe Connection'))
    nothing_was_told(proxy)
    assert exceptions(scene) == []
    look(scene, 'self-signed')
    take(scene)
    assert signed_in(proxy)
    taken = exceptions(scene)
    assert [(one['Host'], one['Port']) for one in taken] == [('localhost', str(PORT))], taken
    # The next one is another one.
    proxy = show(scene, 'wronghost')
    look(scene, 'belongs to another server')
    scene.says('another certificate than the one that was trusted')
    scene.shot('changed')
    nothing_was_told(proxy)
    take(scene)
    again = exceptions(scene)
    assert len(again) == 1 and again[0]['Sha256'] != taken[0]['Sha256'], again
    scene.quit()


@case
def what_was_taken_can_be_taken_back(scene):
    proxy = ready(scene, 'selfsigned')
    look(scene, 'self-signed')
    take(scene)
    scene.account_page('alice@lab.test')
    scene.says(exact('Certificates trusted by hand'))
    scene.says(r'^localhost, port 9993$')
    scene.shot('listed')
    scene.app.click('push button', exact('Do not trust the certificate of localhost, port 9993 any more'))
    scene.app.wait_gone('label', exact('Certificates trusted by hand'))
    eventually(lambda: exceptions(scene) == [], what='the exception goes')
    before = len(re.findall(CREDENTIALS, proxy.transcript()))
    scene.app.key('Escape')
    scene.app.key('Escape')
    look(scene, 'self-signed')
    assert len(re.findall(CREDENTIALS, proxy.transcript())) == before


@case
def when_its_time_is_over_it_is_asked_about_again(scene):
    proxy = ready(scene, 'expired')
    look(scene, 'certificate of “localhost” expired on')
    take(scene)
    scene.quit()
    group = next(name for name in settings(scene).sections() if name.startswith('Exception'))
    proxy = ready(scene, 'expired', **{group: {**exceptions(scene)[0], 'Until': '1700000000'}})
    look(scene, 'certificate of “localhost” expired on')
    nothing_was_told(proxy)


@case
def what_was_revoked_is_never_taken(scene):
    proxy = ready(scene, 'revoked', Account={'CaFile': certificate('ca-and-list')})
    look(scene, 'certificate of “localhost” was revoked')
    scene.says('Nobody can make an exception')
    scene.shot('revoked')
    assert not scene.app.find('push button', exact('Trust It All the Same…'))
    nothing_was_told(proxy)


def lose_the_network():
    """And find it again, which is when servers that were refused are tried once more."""
    for command in ('ip link set veth0 down', 'ip link set veth0 up', 'ip route add default via 45.45.45.1'):
        subprocess.run(command.split(), check=True)
        time.sleep(1)


@case
def the_question_is_about_what_is_refused_by_now(scene):
    ready(scene, 'selfsigned')
    look(scene, 'self-signed')
    first = scene.says(FINGERPRINT).text
    scene.app.click('push button', exact('Trust It All the Same…'))
    scene.says('from “localhost” on port 9993, for the account')
    proxy = show(scene, 'wronghost')
    lose_the_network()
    # Back at the first step, with what another one says of itself.
    scene.says('belongs to another server', timeout=60)
    scene.says(exact('No Safe Connection'))
    assert not scene.app.find('push button', exact('Trust This Certificate'))
    second = scene.says(FINGERPRINT).text
    assert second != first
    nothing_was_told(proxy)
    take(scene)
    taken, = exceptions(scene)
    assert taken['Sha256'] == second.replace(':', '').lower(), taken
    # And where nothing is refused any more, nothing is asked.
    show(scene, 'selfsigned')
    look(scene, 'self-signed')
    scene.app.click('push button', exact('Trust It All the Same…'))
    scene.app.wait('push button', exact('Trust This Certificate'))
    show(scene, 'good')
    lose_the_network()
    scene.app.wait_gone('push button', exact('Trust This Certificate'), timeout=60)
    scene.inbox()
    assert exceptions(scene) == [taken]
    scene.quit()


if __name__ == '__main__':
    main(chosen([another_certificate_is_asked_about, the_question_is_about_what_is_refused_by_now, what_was_taken_can_be_taken_back, when_its_time_is_over_it_is_asked_about_again,
                 what_was_revoked_is_never_taken]), finish)
