"""The other side of a UI test: the private servers, seen with Python's own mail libraries."""
import email
import email.policy
import imaplib
import os
import smtplib
import ssl
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))


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

    def wait(self, user, folder, condition, timeout=30, what=''):
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
