#!/usr/bin/python3
"""Looks at messages with Python's email package, which shares no code with what wrote them.

strict.py injection FOLDER: cases.txt has lines "N, name, parts, addresses" separated by tabs; N.eml is the message.  Prints "N: what is wrong".
strict.py drafts FOLDER:    the same of drafts, which have a Bcc, and fields of our own for what was typed and is no address.
strict.py names FOLDER:     N.eml; prints for each file of it "N, name of Content-Disposition, name of Content-Type" as Python reads them, separated by tabs.
"""
import email
import email.header
import email.policy
import email.utils
import pathlib
import re
import sys
import unicodedata

HEADER = {'date', 'from', 'to', 'cc', 'reply-to', 'subject', 'message-id', 'in-reply-to', 'references', 'mime-version', 'content-type', 'content-transfer-encoding',
          'resent-date', 'resent-from', 'resent-to', 'resent-cc', 'resent-message-id', 'disposition-notification-to'}
DRAFT = HEADER | {'bcc', 'x-sosik-to', 'x-sosik-cc', 'x-sosik-bcc', 'x-sosik-draft'}
PART = {'content-type', 'content-transfer-encoding', 'content-disposition', 'content-id'}
PARAMS = {'charset', 'name', 'filename', 'boundary', 'format', 'type', 'method', 'text/plain', 'text/html', 'inline', 'attachment'}
TYPES = {'text/plain', 'text/html', 'image/png', 'application/octet-stream', 'multipart/mixed', 'multipart/alternative', 'multipart/related'}


def controls(text):
    return [c for c in text if unicodedata.category(c) in ('Cc', 'Zl', 'Zp')]


def decoded(value):
    return ''.join(text if isinstance(text, str) else text.decode(charset or 'ascii', 'surrogateescape')
                   for text, charset in email.header.decode_header(value))


def wrong_bytes(data):
    """As the octets stand, whatever a parser makes of them."""
    head, empty, _ = data.partition(b'\r\n\r\n')
    if not empty:
        yield 'no end of the header'
    if re.search(rb'\r(?!\n)|(?<!\r)\n', data):
        yield 'a bare CR or LF'
    if b'\0' in data:
        yield 'a NUL'
    for line in head.split(b'\r\n'):
        if len(line) > 998:
            yield 'a long line'
        if not re.match(rb'[ \t]+\S|[A-Za-z-]+: ', line):
            yield f'a line that is no field: {line!r}'
        if re.search(rb'[\x00-\x08\x0a-\x1f\x7f]', line) or controls(line.decode('utf-8', 'replace').replace('\t', '')):
            yield f'a control in {line!r}'
        if any(byte > 127 for byte in line):
            yield f'8-bit in {line!r}'


def wrong_header(message, allowed):
    names = [name.lower() for name in message.keys()]
    for name in names:
        if name not in allowed:
            yield f'a field {name}'
        if names.count(name) > 1:
            yield f'two of {name}'
    for name, value in message.items():
        unfolded = re.sub(r'\r?\n(?=[ \t])', '', value)
        if controls(decoded(unfolded).replace('\t', '')):
            yield f'a control hidden in {name}: {value!r}'


def wrong_message(message, parts, addresses, allowed):
    for problem in wrong_header(message, allowed):
        yield problem
    for name in ('From', 'To', 'Cc', 'Reply-To', 'Resent-From', 'Resent-To', 'Resent-Cc', 'Disposition-Notification-To'):
        for _, address in email.utils.getaddresses(message.get_all(name, [])):
            if address.lower() not in addresses:
                yield f'the address {address} in {name}'
    leaves = 0
    for part in message.walk():
        if part.defects:
            yield f'defects: {part.defects}'
        if part is not message:
            for problem in wrong_header(part, PART):
                yield problem
        if part.get_content_type() not in TYPES:
            yield f'a type {part.get_content_type()}'
        for header in ('content-type', 'content-disposition'):
            for key, value in part.get_params([], header):
                if key.lower() not in PARAMS and key.lower() not in TYPES:
                    yield f'a parameter {key} of {header}'
                if controls(email.utils.collapse_rfc2231_value(value)):
                    yield f'a control in {key}: {value!r}'
        name = part.get_filename()
        if name is not None and ('/' in name or controls(name) or controls(decoded(name))):
            yield f'the file name {name!r}'
        if not part.is_multipart():
            leaves += 1
            part.get_payload(decode=True)
    if leaves != parts:
        yield f'{leaves} parts, not {parts}'


def injection(folder, allowed=HEADER):
    for line in (folder / 'cases.txt').read_text().splitlines():
        number, _, parts, addresses = line.split('\t')
        data = (folder / f'{number}.eml').read_bytes()
        problems = list(wrong_bytes(data))
        problems += wrong_message(email.message_from_bytes(data), int(parts), set(addresses.split(',')), allowed)
        # The newer parser of the package reads headers by the grammar.
        modern = email.message_from_bytes(data, policy=email.policy.default)
        problems += (f'a field {name}' for name in modern.keys() if name.lower() not in allowed)
        if problems:
            print(f'{number}: {"; ".join(dict.fromkeys(problems))}')


def drafts(folder):
    injection(folder, DRAFT)


def names(folder):
    for number in range(len(list(folder.glob('*.eml')))):
        message = email.message_from_bytes((folder / f'{number}.eml').read_bytes())
        for part in message.walk():
            if part.get_content_disposition() is None:
                continue
            old = part.get_param('name')
            print(number, part.get_filename(), '' if old is None else decoded(re.sub(r'\r?\n(?=[ \t])', '', email.utils.collapse_rfc2231_value(old))), sep='\t')


{'injection': injection, 'drafts': drafts, 'names': names}[sys.argv[1]](pathlib.Path(sys.argv[2]))
