"""Does the model server answer as a real one does?  Plays the same commands to both, the model and the private Dovecot of
run-with-lab, and compares what matters: which untagged answers come, their numbers, flags and sets, and the code of the
tagged one.  Texts for people, capabilities and the size of MODSEQs are each server's own.  usage: compare.py MODEL_SERVER"""
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time

MAIL = b'From: a@lab.test\r\nSubject: %s\r\nMessage-ID: <%s@lab.test>\r\n\r\nHello %s.\r\n'

TRANSCRIPTS = {
    'flags and news': ['SELECT INBOX', 'APPEND one', 'APPEND two', 'NOOP', 'UID STORE 1 +FLAGS (\\Seen $Label)',
                       'UID STORE 1:2 +FLAGS.SILENT (\\Flagged)', 'FETCH 1:* (FLAGS)', 'UID FETCH 2:* FLAGS',
                       'UID FETCH 9:* (UID)', 'UID FETCH 9:10 (UID)', 'UID STORE 2 -FLAGS.SILENT (\\Flagged)', 'other STORE 2 +FLAGS (\\Answered)',
                       'NOOP', 'UID SEARCH ANSWERED', 'UID SEARCH RETURN (ALL) ALL', 'SEARCH UNSEEN'],
    'bodies': ['APPEND one', 'SELECT INBOX', 'FETCH 1 (RFC822.SIZE BODY.PEEK[HEADER.FIELDS (Subject X-None)])',
               'UID FETCH 1 (BODY.PEEK[TEXT]<2.4>)', 'UID FETCH 1 (BODY.PEEK[])', 'FETCH 1 (FLAGS)', 'quiet FETCH 1 (BODY[TEXT])', 'FETCH 1 (FLAGS)',
               'UID SEARCH HEADER Message-ID <one@lab.test>', 'UID SEARCH HEADER Message-ID <no@lab.test>',
               'UID SEARCH SUBJECT ONE'],
    'copy, move, expunge': ['APPEND one', 'APPEND two', 'APPEND three', 'SELECT INBOX', 'UID COPY 1:2 Archive', 'UID COPY 1 Nowhere',
                            'UID MOVE 2 Trash', 'UID MOVE 2 Trash', 'UID STORE 1,3 +FLAGS.SILENT (\\Deleted)', 'UID EXPUNGE 2:3',
                            'UID SEARCH ALL', 'EXPUNGE', 'UID SEARCH ALL', 'EXAMINE Archive', 'UID SEARCH ALL'],
    'another expunges': ['APPEND one', 'APPEND two', 'APPEND three', 'SELECT INBOX', 'other STORE 1 +FLAGS.SILENT (\\Deleted)',
                         'NOOP', 'other EXPUNGE', 'FETCH 3 (UID)', 'NOOP', 'FETCH 2 (UID)'],
    'sizes': ['APPEND one', 'APPEND two', 'STATUS INBOX (SIZE)', 'LIST "" INBOX RETURN (STATUS (MESSAGES SIZE))', 'SELECT INBOX',
              'FETCH 1:2 (RFC822.SIZE)', 'UID STORE 1 +FLAGS.SILENT (\\Deleted)', 'UID EXPUNGE 1', 'STATUS Archive (SIZE)', 'UID COPY 2 Archive',
              'STATUS Archive (SIZE)'],
    'qresync': ['ENABLE QRESYNC', 'APPEND one', 'APPEND two', 'APPEND three', 'SELECT INBOX', 'UID STORE 2 +FLAGS.SILENT (\\Seen)',
                'mark', 'UID STORE 1 +FLAGS.SILENT (\\Deleted)', 'UID EXPUNGE 1', 'UID STORE 3 +FLAGS.SILENT (\\Seen)', 'CLOSE',
                'SELECT INBOX (QRESYNC (VALIDITY MARK))', 'UID FETCH 1:* (FLAGS) (CHANGEDSINCE MARK VANISHED)',
                'UID FETCH 1:* (FLAGS) (CHANGEDSINCE MARK)', 'UID STORE 2:3 (UNCHANGEDSINCE MARK) +FLAGS.SILENT (\\Flagged)'],
    'mailboxes': ['CREATE Work', 'CREATE Work', 'CREATE Work/Plans', 'LIST "" Work*', 'LIST "" Work/%', 'STATUS Work (MESSAGES UIDNEXT UNSEEN)',
                  'RENAME Work Done', 'LIST "" Done*', 'STATUS Work (MESSAGES)', 'SELECT Nowhere', 'SUBSCRIBE Done', 'LSUB "" D*e',
                  'UNSUBSCRIBE Done', 'DELETE Done/Plans', 'DELETE Done', 'DELETE Done',
                  'LIST "" Sent RETURN (SPECIAL-USE STATUS (MESSAGES UIDNEXT))'],
}


class Client:
    def __init__(self, port, ca):
        context = ssl.create_default_context(cafile=ca)
        self.socket = context.wrap_socket(socket.create_connection(('127.0.0.1', port)), server_hostname='localhost')
        self.file = self.socket.makefile('rb')
        self.tags = 0
        self.file.readline()
        self.ask('LOGIN alice alicepw')

    def ask(self, command):
        self.tags += 1
        tag = f'x{self.tags} '.encode()
        self.socket.sendall(tag + (command if isinstance(command, bytes) else command.encode()) + b'\r\n')
        answers = []
        while True:
            line = self.file.readline()
            assert line, f'closed at {command}'
            while match := re.search(rb'\{(\d+)\}\r\n$', line):
                line += self.file.read(int(match[1])) + self.file.readline()
            if line.startswith(tag):
                return answers + [b'T ' + line[len(tag):]]
            answers.append(line)


def plain(answer):
    """Without what each server may say in its own way."""
    text = answer.decode().strip()
    if re.match(r'\* (OK|FLAGS|LIST-EXTENDED|\d+ RECENT)', text) and 'COPYUID' not in text:
        return None
    text = re.sub(r'(COPYUID [^\]]*\]).*', r'\1', text)
    text = re.sub(r'BODY\[[^\]]*', lambda m: m[0].upper(), text)
    text = re.sub(r'MODSEQ \(\d+\)', 'MODSEQ (n)', text)
    text = re.sub(r'(APPENDUID|COPYUID|UIDVALIDITY) \d+', r'\1 n', text)
    text = re.sub(r'HIGHESTMODSEQ \d+', 'HIGHESTMODSEQ n', text)
    text = re.sub(r'TAG "?[^")]*"?', 'TAG t', text)
    text = re.sub(r'\\(HasNoChildren|HasChildren|Recent|Subscribed|UnMarked|Marked) ?', '', text).replace(' )', ')')
    text = re.sub(r'(LIST|LSUB) \(([^)]*)\) "/" "?([^"]*)"?$', r'\1 (\2) "/" \3', text)
    text = re.sub(r'STATUS "?([^" ]*)"? \(', r'STATUS \1 (', text)
    text = re.sub(r'FLAGS \(([^)]*)\)', lambda m: 'FLAGS (' + ' '.join(sorted(m[1].split())) + ')', text)
    # The items of a FETCH answer in any order
    fetched = re.match(r'(\* \d+ FETCH )\((.*)\)$', text, re.S)
    if fetched and '{' not in text:
        items = re.findall(r'\S+ (?:\([^)]*\)|\S+)', fetched[2])
        text = fetched[1] + ' '.join(sorted(items))
    # Of the tagged answer the code alone; what is no error needs none
    tagged = re.match(r'T (OK|NO|BAD)(?: \[([A-Z]+)( [^\]]*)?\])?', text)
    if tagged:
        codes = ('APPENDUID', 'COPYUID', 'TRYCREATE', 'MODIFIED', 'ALREADYEXISTS')
        return f'T {tagged[1]} {tagged[2]}{tagged[3] or ""}' if tagged[2] in codes else f'T {tagged[1]}'
    return text


def play(port, ca, commands):
    first, other = Client(port, ca), None
    said, mark, validity = [], '0', '0'
    for command in commands:
        if command.startswith('APPEND '):
            word = command[7:].encode()
            mail = MAIL % (word, word, word)
            answers = first.ask(b'APPEND INBOX {%d+}\r\n%s' % (len(mail), mail))
        elif command == 'mark':
            status = b' '.join(first.ask('STATUS INBOX (HIGHESTMODSEQ UIDVALIDITY)'))
            mark, validity = re.search(rb'HIGHESTMODSEQ (\d+)', status)[1].decode(), re.search(rb'UIDVALIDITY (\d+)', status)[1].decode()
            continue
        elif command.startswith('other '):
            if other is None:
                other = Client(port, ca)
                other.ask('SELECT INBOX')
            other.ask(command[6:])
            continue
        elif command.startswith('quiet '):
            first.ask(command[6:])
            continue
        else:
            answers = first.ask(command.replace('MARK', mark).replace('VALIDITY', validity))
        said.append((command, [text for text in map(plain, answers) if text is not None]))
    first.socket.close()
    if other:
        other.socket.close()
    return said


def empty_dovecot(lab):
    config = f'{lab["LAB_STATE"]}/dovecot/dovecot.conf'
    subprocess.run(['doveadm', '-c', config, 'mailbox', 'delete', '-r', '-s', '-u', 'alice', 'INBOX', 'Archive', 'Trash'], check=False,
                   stderr=subprocess.DEVNULL)
    subprocess.run(f'rm -rf {lab["LAB_STATE"]}/mail/alice {lab["LAB_STATE"]}/index/alice', shell=True, check=True)


def read_env(path):
    with open(path, encoding='utf-8') as file:
        return dict(line.strip().split('=', 1) for line in file)


def control(path, *lines):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        file = connection.makefile('rwb')
        for line in lines:
            file.write(line.encode() + b'\n')
            file.flush()
            while (answer := file.readline()) != b'OK\n':
                assert answer and not answer.startswith(b'ERR'), f'{line}: {answer}'


def main():
    lab = read_env(os.environ['LAB_ENV'])
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([sys.argv[1], folder], stdin=subprocess.PIPE)
        for _ in range(100):
            if os.path.exists(f'{folder}/model.env'):
                break
            time.sleep(.05)
        model = read_env(f'{folder}/model.env')
        print(f'1..{len(TRANSCRIPTS)}')
        for number, (name, commands) in enumerate(TRANSCRIPTS.items(), 1):
            empty_dovecot(lab)
            control(model['MODEL_CONTROL'], 'reset', 'account\talice\talicepw\talice@lab.test')
            real = play(int(lab['LAB_IMAPS']), lab['LAB_CA'], commands)
            ours = play(int(model['LAB_IMAPS']), model['LAB_CA'], commands)
            different = [(command, theirs, mine) for (command, theirs), (_, mine) in zip(real, ours) if theirs != mine]
            for command, theirs, mine in different:
                print(f'# {command}\n#   Dovecot: {theirs}\n#   model:   {mine}')
            failed += bool(different)
            print(f'{"not ok" if different else "ok"} {number} {name}')
        server.stdin.close()
        server.wait()
    return failed > 0


sys.exit(main())
