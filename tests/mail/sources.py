"""sources.py FIND-SERVERS: all sources of settings, on a network of its own with a name server, a web server and mail servers that tell the truth
or lie.  One domain is one case."""
import concurrent.futures
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'lab'), os.path.join(HERE, '..', 'repo')]

if os.environ.get('SOURCES_INSIDE') != '1':
    os.execvpe('unshare', ['unshare', '--mount', '--net', '--', sys.executable, '-B', *sys.argv], dict(os.environ, SOURCES_INSIDE='1'))

from names import Names  # noqa: E402
from tap import main  # noqa: E402
from web import Web, context, issue  # noqa: E402

PROGRAM = sys.argv[1]
LIST = 'https://autoconfig.thunderbird.net/v1.1/'
FOLDER = tempfile.mkdtemp()
GONE, TRUST, REFUSED = 4, 2, 3  # of BaseErrorCode


def server(kind, host, port, security, **more):
    direction = 'outgoingServer' if kind == 'smtp' else 'incomingServer'
    fields = {'hostname': host, 'port': port, 'socketType': security, 'username': '%EMAILADDRESS%',
              'authentication': 'password-cleartext', **more}
    inside = ''.join(f'<{name}>{value}</{name}>' for name, value in fields.items() if value is not None)
    return f'<{direction} type="{kind}">{inside}</{direction}>'


def config(*servers, head='<?xml version="1.0" encoding="UTF-8"?>\n'):
    return f'{head}<clientConfig version="1.1"><emailProvider id="x"><domain>x</domain>{"".join(servers)}</emailProvider></clientConfig>'


def plain_pair(host):
    return config(server('imap', f'imap.{host}', 993, 'SSL'), server('smtp', f'smtp.{host}', 465, 'SSL'))


def after(seconds, text):
    def page(handler):
        time.sleep(seconds)
        handler.answer(200, text.encode())
    return page


def redirect(where, status=302):
    return lambda handler: handler.answer(status, b'', Location=where)


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b'<clientConfig>' + b'x' * 65536)


def dribble(handler):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b' ')
        time.sleep(.5)


BOMB = ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + ''.join(
    f'<!ENTITY {chr(98 + i)} "' + f'&{chr(97 + i)};' * 10 + '">' for i in range(8)) + ']>')

DOMAIN, KNOWN = 'https://autoconfig.{}/mail/config-v1.1.xml', 'https://{}/.well-known/autoconfig/mail/config-v1.1.xml'
CLEAR = 'http://autoconfig.{}/mail/config-v1.1.xml'

PAGES = {
    # each source
    DOMAIN.format('own.test'): plain_pair('own.test'),
    DOMAIN.format('hosted.test'): plain_pair('elsewhere.test'),
    KNOWN.format('known.test'): plain_pair('known.test'),
    LIST + 'listed.test': plain_pair('listed.test'),
    LIST + 'bigprovider.test': plain_pair('bigprovider.test'),
    CLEAR.format('clear.test'): plain_pair('clear.test'),
    CLEAR.format('clear-foreign.test'): plain_pair('thief.test'),
    DOMAIN.format('google.test'): config(server('imap', 'imap.gmail.com', 993, 'SSL', authentication='OAuth2'), server('smtp', 'smtp.gmail.com', 465, 'SSL')),
    # which one wins
    DOMAIN.format('all.test'): plain_pair('first.all.test'), KNOWN.format('all.test'): plain_pair('second.all.test'),
    LIST + 'all.test': plain_pair('third.all.test'), CLEAR.format('all.test'): plain_pair('last.all.test'),
    DOMAIN.format('late.test'): after(1, plain_pair('first.late.test')), LIST + 'late.test': plain_pair('third.late.test'),
    DOMAIN.format('too-late.test'): after(8, plain_pair('first.too-late.test')), LIST + 'too-late.test': plain_pair('third.too-late.test'),
    DOMAIN.format('half.test'): config(server('imap', 'imap.half.test', 993, 'SSL')), LIST + 'half.test': plain_pair('whole.half.test'),
    DOMAIN.format('only-half.test'): config(server('imap', 'imap.only-half.test', 993, 'SSL')),
    KNOWN.format('list-late.test'): plain_pair('second.list-late.test'), LIST + 'list-late.test': after(6, plain_pair('third.list-late.test')),
    # how it is read
    DOMAIN.format('best.test'): config(server('pop3', 'pop.best.test', 995, 'SSL'), server('imap', 'a.best.test', 143, 'plain'),
                                       server('imap', 'b.best.test', 143, 'STARTTLS'), server('imap', 'c.best.test', 993, 'SSL'),
                                       server('smtp', 'n.best.test', 465, 'SSL', authentication='NTLM'),
                                       server('smtp', 'o.best.test', 587, 'STARTTLS', username='%EMAILLOCALPART%')),
    DOMAIN.format('names.test'): config(server('imap', 'imap.%EMAILDOMAIN%', 993, 'SSL', username='%EMAILLOCALPART%'),
                                        server('smtp', 'smtp.names.test', 465, 'SSL', username='x-%EMAILADDRESS%')),
    DOMAIN.format('latin.test'): (lambda handler: handler.answer(200, plain_pair('latin.test').replace('>x<', '>M\xfcnchen<').encode('latin-1'))),
    DOMAIN.format('moved.test'): redirect('https://www.moved.test/settings'), 'https://www.moved.test/settings': plain_pair('moved.test'),
    # lies
    DOMAIN.format('plain.test'): config(server('imap', 'imap.plain.test', 143, 'plain'), server('smtp', 'smtp.plain.test', 25, 'plain')),
    DOMAIN.format('large.test'): plain_pair('large.test') + '<!--' + 'x' * 200_000 + '-->', DOMAIN.format('huge.test'): plain_pair('huge.test') + '<!--' + 'x' * 300_000 + '-->',
    DOMAIN.format('endless.test'): endless, DOMAIN.format('slow.test'): dribble,
    DOMAIN.format('html.test'): '<!DOCTYPE html><html><body><p>hello</body></html>', DOMAIN.format('empty.test'): '',
    DOMAIN.format('torn.test'): plain_pair('torn.test')[:-20], DOMAIN.format('other.test'): '<x>' + plain_pair('other.test') + '</x>',
    DOMAIN.format('bomb.test'): config(server('imap', '&h;.bomb.test', 993, 'SSL'), server('smtp', 'smtp.bomb.test', 465, 'SSL'), head=BOMB),
    DOMAIN.format('outside.test'): config(server('imap', '&x;', 993, 'SSL'), head='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/hostname">]>'),
    DOMAIN.format('deep.test'): '<clientConfig>' * 5000,
    DOMAIN.format('bad-host.test'): config(server('imap', 'a b.bad-host.test', 993, 'SSL'), server('smtp', '-x', 465, 'SSL')),
    DOMAIN.format('bad-port.test'): config(server('imap', 'imap.bad-port.test', 0, 'SSL'), server('smtp', 'smtp.bad-port.test', 70000, 'SSL')),
    DOMAIN.format('bad-user.test'): config(server('imap', 'imap.bad-user.test', 993, 'SSL', username='x&#10;y')),
    DOMAIN.format('downgrade.test'): redirect('http://autoconfig.downgrade.test/mail/other.xml'),
    'http://autoconfig.downgrade.test/mail/other.xml': plain_pair('thief.test'),
    DOMAIN.format('loop.test'): redirect('https://autoconfig.loop.test/mail/config-v1.1.xml'),
    DOMAIN.format('file.test'): redirect('file:///etc/passwd'), DOMAIN.format('login.test'): lambda h: h.answer(401, b'', **{'WWW-Authenticate': 'Basic realm=x'}),
    DOMAIN.format('liar.test'): plain_pair('thief.test'),
}
LIARS = ['autoconfig.liar.test']

RECORDS = {
    # records
    '_imaps._tcp.srv.test SRV': '0 1 993 mail.srv.test', '_submissions._tcp.srv.test SRV': '0 1 465 mail.srv.test',
    '_imaps._tcp.srv-foreign.test SRV': ['20 0 993 backup.srv-foreign.test', '10 0 9993 imap.thief.test'],
    '_submission._tcp.srv-foreign.test SRV': '0 0 587 smtp.srv-foreign.test',
    '_imaps._tcp.srv-both.test SRV': '0 0 993 a.srv-both.test', '_imap._tcp.srv-both.test SRV': '0 0 143 b.srv-both.test',
    '_submissions._tcp.srv-both.test SRV': '0 0 0 .', '_submission._tcp.srv-both.test SRV': '0 0 587 c.srv-both.test',
    '_imaps._tcp.denied.test SRV': '0 0 0 .', '_imap._tcp.denied.test SRV': '0 0 0 .',
    '_imaps._tcp.srv-bad.test SRV': '0 0 0 imap.srv-bad.test',
    '_imaps._tcp.weights.test SRV': ['5 0 993 never.weights.test', '5 100 993 always.weights.test', '9 100 993 later.weights.test'],
    '_submissions._tcp.weights.test SRV': '0 0 465 smtp.weights.test',
    '_imaps._tcp.all.test SRV': '0 1 993 srv.all.test', '_submissions._tcp.all.test SRV': '0 1 465 srv.all.test', 'all.test MX': '1 aspmx.l.google.com',
    'mx-google.test MX': ['10 alt1.aspmx.l.google.com', '1 aspmx.l.google.com'], 'mx-works.test MX': '10 kr1-aspmx1.worksmobile.com',
    'mx-backup.test MX': ['10 mx.mx-backup.test', '20 aspmx.l.google.com'], 'mx-listed.test MX': '10 mx1.bigprovider.test',
    'mx-microsoft.test MX': '0 mx-microsoft-test.mail.protection.outlook.com', 'mx-null.test MX': '0 .',
    '_imaps._tcp.srv-mx.test SRV': '0 1 993 imap.srv-mx.test', '_submissions._tcp.srv-mx.test SRV': '0 1 465 smtp.srv-mx.test',
    'srv-mx.test MX': '1 aspmx.l.google.com',
    # names of mail servers that are there
    'imap.guess.test A': '127.0.1.1', 'smtp.guess.test A': '127.0.1.1', 'imap.denied.test A': '127.0.1.1', 'smtp.denied.test A': '127.0.1.1',
    'mail.guess-mail.test A': '127.0.1.1', 'imap.all.test A': '127.0.1.1', 'smtp.all.test A': '127.0.1.1',
    'web-only.test A': '127.0.1.2',  # somebody answers who is not asked for mail
    'imap.guess-liar.test A': '127.0.1.2', 'smtp.guess-liar.test A': '127.0.1.2', 'imap.downgrade.test A': '127.0.1.1', 'smtp.downgrade.test A': '127.0.1.1',
}
HOSTED = ['imap.guess.test', 'smtp.guess.test', 'imap.denied.test', 'smtp.denied.test', 'mail.guess-mail.test', 'imap.all.test', 'smtp.all.test',
          'imap.downgrade.test', 'smtp.downgrade.test']


def serve_mail(address, port, certificate):
    """As much of a mail server as is looked at before anybody signs in."""
    listener = socket.create_server((address, port))

    def talk(connection):
        try:
            stream = certificate.wrap_socket(connection, server_side=True).makefile('rwb', buffering=0)
            stream.write(b'* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\r\n' if port == 993 else b'220 hello\r\n')
            for line in iter(stream.readline, b''):
                TOLD.append(line)
                tag = line.split()[0]
                if port == 465:
                    stream.write(b'250-hello\r\n250 AUTH PLAIN\r\n' if line.startswith(b'EHLO') else b'221 bye\r\n')
                else:
                    stream.write(b'* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n' + tag + b' OK done\r\n')
        except OSError:
            pass

    def accept():
        while True:
            threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()
    threading.Thread(target=accept, daemon=True).start()


TOLD = []  # lines to mail servers
# A network that seems to lead somewhere, as tests/lab/session --net has it: without one nothing is looked for
subprocess.run('ip link set lo up; ip link add veth0 type veth peer name veth1; ip addr add 45.45.45.2/24 dev veth0; ip link set veth0 up; '
               'ip link set veth1 up; ip route add default via 45.45.45.1', shell=True, check=True)
for uri in PAGES:
    RECORDS.setdefault(uri.split('/')[2] + ' A', '127.0.0.1')
WEB = Web(FOLDER, PAGES, LIARS)
WEB.trust(FOLDER)
NAMES = Names(RECORDS, silent=['autoconfig.silent.test', 'silent.test', '_imaps._tcp.silent.test', '_imap._tcp.silent.test'])
NAMES.install(FOLDER)
for address, hosts in (('127.0.1.1', HOSTED), ('127.0.1.2', ['nobody.test'])):
    for number in (993, 465):
        serve_mail(address, number, context(issue(FOLDER, f'mail-{address}-{number}', hosts)))


def find(address):
    begun = time.monotonic()
    with subprocess.Popen([PROGRAM, address], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            said, complained = running.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            stuck = subprocess.run(['gdb', '-p', str(running.pid), '-batch', '-ex', 'thread apply all backtrace'],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
            running.kill()
            raise AssertionError(f'{address}: it hangs:\n{stuck}') from None
    assert running.returncode == 0 and not complained, f'{address}: {running.returncode} {complained}'
    found = {'stranger': [], 'seconds': time.monotonic() - begun}
    for line in said.splitlines():
        key, value = line.split('=', 1)
        if key == 'stranger':
            found[key].append(value)
        else:
            found[key] = value
    return found


DOMAINS = sorted({uri.split('/')[2].removeprefix('autoconfig.') for uri in PAGES if 'thunderbird' not in uri}
                 | {uri.removeprefix(LIST) for uri in PAGES if uri.startswith(LIST)}
                 | {'.'.join(key.split()[0].split('.')[-2:]) for key in RECORDS if key.split()[0].endswith('.test')} | {'silent.test', 'nothing.test'})
# Where it is the clock that decides, one after the other: eight at once on two processors all come late.
TIMED = ['all.test', 'late.test', 'too-late.test', 'list-late.test', 'endless.test', 'nothing.test']
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    FOUND = dict(zip(DOMAINS, pool.map(lambda domain: domain not in TIMED and find('kim.lee@' + domain), DOMAINS)))
FOUND.update({domain: find('kim.lee@' + domain) for domain in TIMED})


def is_so(found, imap, smtp, strangers, origin, provider, within):
    return (found.get('imap') == imap and found.get('smtp') == smtp and found['stranger'] == list(strangers) and found.get('provider') == provider
            and (origin is None or origin in found['origin']) and found['seconds'] < within)


def expect(domain, imap=None, smtp=None, strangers=(), origin=None, provider=None, user=None, within=100):
    """The best source is waited for only so long: on a busy machine it may be late many times, but not each time."""
    user = user or f'kim.lee@{domain}'
    wanted = [imap and f'{imap}:{user}', smtp and f'{smtp}:{user}', strangers, origin, provider, within]
    for _ in range(6 if domain in TIMED else 1):
        if is_so(FOUND[domain], *wanted):
            break
        # That a server is a stranger's is said each time, whoever was late.
        right = (FOUND[domain].get('imap'), FOUND[domain].get('smtp')) == tuple(wanted[:2])
        assert not right or FOUND[domain]['stranger'] == list(strangers), f'{domain}: {FOUND[domain]}'
        print(f'# once more, for it, or what it is taken from, came late: {domain}: {FOUND[domain]}', flush=True)
        FOUND[domain] = find('kim.lee@' + domain)
    assert is_so(FOUND[domain], *wanted), f'{domain}: {FOUND[domain]}'
    return FOUND[domain]


def expect_pair(domain, host, **more):
    return expect(domain, f'imap.{host}:993:tls', f'smtp.{host}:465:tls', **more)


def expect_nothing(domain, code=GONE, within=100):
    found = expect(domain, within=within)
    assert found['problem'].startswith(f'{code} ') and found['origin'] == '', found
    return found


def the_domain_says_it_itself():
    expect_pair('own.test', 'own.test', origin='provider\'s own settings at autoconfig.own.test')
    expect_pair('known.test', 'known.test', origin='provider\'s own settings at known.test')
    # who speaks for the domain may send us elsewhere
    expect_pair('hosted.test', 'elsewhere.test')


def the_address_is_told_to_the_domain_alone():
    paths = [path for _, host, path, _ in WEB.asked if 'thunderbird' in host]
    assert len(paths) > 20 and not [path for path in paths if 'kim' in path or '@' in path or '?' in path], paths
    secure = [path for scheme, host, path, _ in WEB.asked if scheme == 'https' and host in ('autoconfig.own.test', 'known.test')]
    assert len(secure) == 2 and all(re.search(r'config-v1[.]1[.]xml[?]emailaddress=kim[.]lee%40(own|known)[.]test$', path) for path in secure), secure
    clear = [path for scheme, _, path, _ in WEB.asked if scheme == 'http']
    assert len(clear) > 20 and not [path for path in clear if 'kim' in path or '@' in path], clear


def nothing_else_is_told_to_anybody():
    for scheme, host, path, headers in WEB.asked:
        assert set(headers) <= {'Host', 'Accept-Encoding', 'User-Agent', 'Connection'} and headers['User-Agent'] == 'Mozilla/5.0', (scheme, host, path, headers)


def the_public_list():
    expect_pair('listed.test', 'listed.test', origin='public list of providers at autoconfig.thunderbird.net')


def service_records():
    expect('srv.test', 'mail.srv.test:993:tls', 'mail.srv.test:465:tls', origin='domain name system')
    expect('srv-foreign.test', 'imap.thief.test:9993:tls', 'smtp.srv-foreign.test:587:starttls', strangers=['imap.thief.test'])
    expect('srv-both.test', 'a.srv-both.test:993:tls', 'c.srv-both.test:587:starttls')
    expect('weights.test', 'always.weights.test:993:tls', 'smtp.weights.test:465:tls')
    expect_nothing('srv-bad.test')


def a_domain_may_say_that_there_is_nothing():
    found = expect_nothing('denied.test', REFUSED)  # although servers with likely names are there
    assert 'denied.test' in found['problem'], found


def who_receives_the_mail():
    found = expect('mx-google.test', 'imap.gmail.com:993:tls', 'smtp.gmail.com:465:tls', strangers=['imap.gmail.com', 'smtp.gmail.com'],
                   origin='is received by Gmail', provider='Gmail')
    assert found['oauth'] == 'google', found
    expect('mx-works.test', 'imap.worksmobile.com:993:tls', 'smtp.worksmobile.com:465:tls', strangers=['imap.worksmobile.com', 'smtp.worksmobile.com'],
           provider='Naver Works')
    expect('mx-microsoft.test', 'outlook.office365.com:993:tls', 'smtp.office365.com:587:starttls',
           strangers=['outlook.office365.com', 'smtp.office365.com'], provider='Microsoft 365')
    expect_pair('mx-listed.test', 'bigprovider.test', strangers=['imap.bigprovider.test', 'smtp.bigprovider.test'], origin='received by mx1.bigprovider.test')
    expect_nothing('mx-backup.test')  # a second one is no provider
    expect_nothing('mx-null.test')


def settings_in_clear_are_hearsay():
    expect_pair('clear.test', 'clear.test', origin='without encryption')
    expect_pair('clear-foreign.test', 'thief.test', strangers=['imap.thief.test', 'smtp.thief.test'])


def servers_under_likely_names():
    expect_pair('guess.test', 'guess.test', origin='usual names')
    expect('guess-mail.test', 'mail.guess-mail.test:993:tls', 'mail.guess-mail.test:465:tls')
    found = expect_nothing('guess-liar.test', TRUST)
    assert 'imap.guess-liar.test' in found['problem'], found
    expect_nothing('web-only.test')


def a_server_of_a_known_provider_is_recognised():
    found = expect('google.test', 'imap.gmail.com:993:tls', 'smtp.gmail.com:465:tls', provider='Gmail')
    assert found['oauth'] == 'google', found


def the_best_source_wins():
    expect_pair('all.test', 'first.all.test')
    expect('srv-mx.test', 'imap.srv-mx.test:993:tls', 'smtp.srv-mx.test:465:tls')


def a_better_source_may_take_its_time_but_not_long():
    expect_pair('late.test', 'first.late.test')
    found = expect_pair('too-late.test', 'third.too-late.test', within=5)
    assert found['seconds'] > 1.9, found
    expect_pair('list-late.test', 'second.list-late.test', within=4)  # what is worse is not waited for


def whoever_knows_both_wins():
    expect_pair('half.test', 'whole.half.test')
    found = expect('only-half.test', 'imap.only-half.test:993:tls')
    assert found['problem'].startswith(f'{GONE} ') and 'SMTP' in found['problem'], found


def the_best_of_several_servers_is_taken():
    found = FOUND['best.test']
    assert found['imap'] == 'c.best.test:993:tls:kim.lee@best.test' and found['smtp'] == 'o.best.test:587:starttls:kim.lee', found


def names_are_filled_in():
    found = FOUND['names.test']
    assert found['imap'] == 'imap.names.test:993:tls:kim.lee' and found['smtp'] == 'smtp.names.test:465:tls:x-kim.lee@names.test', found
    expect_pair('latin.test', 'latin.test')


def a_redirect_may_lead_to_another_safe_place():
    expect_pair('moved.test', 'moved.test', origin='provider\'s own settings at www.moved.test, by way of autoconfig.moved.test.')


def never_without_encryption():
    expect('plain.test', 'imap.plain.test:143:starttls', 'smtp.plain.test:25:starttls')


def a_redirect_never_leaves_safety():
    expect_pair('downgrade.test', 'downgrade.test', origin='usual names')
    assert not [path for _, _, path, _ in WEB.asked if path == '/mail/other.xml']
    for domain in ('loop.test', 'file.test', 'login.test'):
        expect_nothing(domain)


def a_wrong_certificate_counts_as_silence():
    expect_nothing('liar.test')
    assert not [scheme for scheme, host, _, _ in WEB.asked if scheme == 'https' and host == 'autoconfig.liar.test']


def nonsense_is_no_settings():
    for domain in ('html.test', 'empty.test', 'torn.test', 'other.test', 'deep.test', 'bad-host.test', 'bad-port.test', 'bad-user.test', 'outside.test'):
        expect_nothing(domain)


def a_bomb_does_not_go_off():
    expect_nothing('bomb.test')


def what_is_too_large_or_too_slow_is_left():
    expect_pair('large.test', 'large.test')
    expect_nothing('huge.test')
    expect_nothing('endless.test', within=6)  # left at once, not when the time for all of it is over
    expect_nothing('slow.test', within=16)


def nothing_is_said_soon_where_nothing_is():
    expect_nothing('nothing.test', within=6)
    expect_nothing('silent.test', within=16)


def nobody_was_told_who_asks():
    assert len(TOLD) > 3 and not [line for line in TOLD if b'kim' in line or b'AUTH' in line.upper() or b'LOGIN' in line], TOLD


try:
    main([the_domain_says_it_itself, the_address_is_told_to_the_domain_alone, nothing_else_is_told_to_anybody, the_public_list, service_records,
          a_domain_may_say_that_there_is_nothing, who_receives_the_mail, settings_in_clear_are_hearsay, servers_under_likely_names,
          a_server_of_a_known_provider_is_recognised, the_best_source_wins, a_better_source_may_take_its_time_but_not_long, whoever_knows_both_wins,
          the_best_of_several_servers_is_taken, names_are_filled_in, a_redirect_may_lead_to_another_safe_place, never_without_encryption,
          a_redirect_never_leaves_safety, a_wrong_certificate_counts_as_silence, nonsense_is_no_settings, a_bomb_does_not_go_off,
          what_is_too_large_or_too_slow_is_left, nothing_is_said_soon_where_nothing_is, nobody_was_told_who_asks])
finally:
    shutil.rmtree(FOLDER)
