"""The other side of a UI test: the private servers, seen with Python's own mail libraries."""
import email
import email.policy
import hashlib
import imaplib
import os
import pty
import smtplib
import ssl
import subprocess
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# How mutt is to show what it took apart: pages by w3m, pictures as what ImageMagick says of them, other files as their sum.
MAILCAP = """text/html; w3m -dump -I UTF-8 -O UTF-8 -T text/html -cols 100 -o display_link_number=1 %s; copiousoutput
image/*; identify %s; copiousoutput
application/*; sha256sum < %s; copiousoutput
"""
MUTTRC = """set imap_user="{user}" imap_pass="{user}pw" ssl_starttls=yes certificate_file="{ca}" tmpdir="{folder}" mailcap_path="{folder}/mailcap"
set folder="{folder}" record="" move=no wait_key=no prompt_after=no pager="cp %s {folder}/shown; true" assumed_charset=us-ascii send_charset=utf-8
alternative_order multipart/related text/html text/plain
auto_view text/html image/* application/*
unignore *
"""


class Lab:
    def __init__(self, environment_file):
        with open(environment_file, encoding='utf-8') as file:
            self.env = dict(line.strip().split('=', 1) for line in file if '=' in line)
        self.state = self.env['LAB_STATE']
        self.tls = ssl.create_default_context(cafile=self.env['LAB_CA'])

    @classmethod
    def start(cls, state, base):
        subprocess.run([os.path.join(HERE, '..', 'lab', 'up'), state, str(base)], check=True)
        return cls(os.path.join(state, 'lab.env'))

    def stop(self):
        subprocess.run([os.path.join(HERE, '..', 'lab', 'down'), self.state], check=True)

    def fill(self):
        """The readable sample mailbox, for alice."""
        subprocess.run([os.path.join(HERE, '..', 'lab', 'sample'), os.path.join(self.state, 'lab.env')], check=True)

    def imap(self, user):
        server = imaplib.IMAP4_SSL(self.env['LAB_HOST'], int(self.env['LAB_IMAPS']), ssl_context=self.tls)
        server.login(user, user + 'pw')
        return server

    def raw(self, user, folder):
        """All messages of a folder, as they lie there: [(flags, octets)]."""
        server = self.imap(user)
        try:
            answer, count = server.select(f'"{folder}"', readonly=True)
            if answer != 'OK' or count == [b'0']:
                return []
            _, data = server.fetch('1:*', '(FLAGS BODY.PEEK[])')
            found = []
            for item in data:
                if isinstance(item, tuple):
                    flags = imaplib.ParseFlags(item[0])
                    found.append(([f.decode() for f in flags], item[1]))
            return found
        finally:
            server.logout()

    def messages(self, user, folder):
        """The same taken apart: [(flags, parsed message)]."""
        return [(flags, email.message_from_bytes(octets, policy=email.policy.default)) for flags, octets in self.raw(user, folder)]

    def wait(self, user, folder, condition, timeout=60, what=''):
        """The first (flags, message) of the folder for which condition(flags, message) holds."""
        end = time.time() + timeout
        while True:
            for flags, message in self.messages(user, folder):
                if condition(flags, message):
                    return flags, message
            assert time.time() < end, f'not in {user}\'s {folder} after {timeout} s: {what}'
            time.sleep(.3)

    def send(self, user, recipient, subject, text):
        message = email.message.EmailMessage()
        message['From'], message['To'], message['Subject'] = f'{user}@lab.test', recipient, subject
        message['Message-ID'] = f'<{time.time()}@lab.test>'
        message.set_content(text)
        with smtplib.SMTP_SSL(self.env['LAB_HOST'], int(self.env['LAB_SUBMISSIONS']), context=self.tls) as server:
            server.login(user, user + 'pw')
            server.send_message(message)

    def shown(self, user, message):
        """What another mail program shows of a message in the inbox: mutt fetches it, takes it apart and decodes it by itself."""
        folder = os.path.join(self.state, 'mutt')
        os.makedirs(folder, exist_ok=True)
        for name, content in (('mailcap', MAILCAP), ('muttrc', MUTTRC.format(user=user, ca=self.env['LAB_CA'], folder=folder))):
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
                file.write(content)
        shown = os.path.join(folder, 'shown')
        if os.path.exists(shown):
            os.unlink(shown)
        name = message['Message-ID'].strip().strip('<>')
        keys = f'push "<limit>=i {name}<enter><display-message><quit>"'
        terminal, its = pty.openpty()
        with subprocess.Popen(['mutt', '-n', '-R', '-F', os.path.join(folder, 'muttrc'), '-f', f'imaps://{self.env["LAB_HOST"]}:{self.env["LAB_IMAPS"]}/INBOX',
                               '-e', keys], stdin=its, stdout=its, stderr=its, env=dict(os.environ, TERM='xterm', HOME=folder, LC_ALL='C.UTF-8'),
                              start_new_session=True) as process:
            os.close(its)
            screen = []
            reader = threading.Thread(target=read_all, args=(terminal, screen), daemon=True)
            reader.start()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise AssertionError(f'mutt did not end: {b"".join(screen)[-2000:]!r}') from error
            reader.join(5)
            os.close(terminal)
        assert os.path.exists(shown), f'mutt shows nothing: {b"".join(screen)[-2000:]!r}'
        with open(shown, encoding='utf-8') as file:
            return file.read()


def read_all(terminal, into):
    """Until its last user is gone, which is an error of its own."""
    try:
        while True:
            data = os.read(terminal, 65536)
            if not data:
                return
            into.append(data)
    except OSError:
        pass


def sum_of(content):
    """As sha256sum has it."""
    return hashlib.sha256(content).hexdigest()
