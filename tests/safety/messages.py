"""Messages made of the vectors: HTML in pages, and what MIME itself can do, one message each."""
import base64
import email.utils
import re
import time

import traces
import vectors

FIRST_PORT = 24000
PAGES = 11
WORDS = 'alone in its letter'


def fill(template, number):
    host = f'v{number:03}.leak.test'
    url = f'http://{host}/a'
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}'/></svg>"
    template = template.replace("new Image().src='", traces.SCRIPT + "new Image().src='")
    bar = traces.bar(number)
    for mark, value in (('{u}', url), ('{bar}', bar), ('{qpbar}', bar.replace('=', '=3D')), ('{s}', f'https://{host}/a'), ('{h}', host), ('{p}', str(FIRST_PORT + number)), ('{end}', ''),
                        ('{b64img}', base64.b64encode(f'<img src={url}>'.encode()).decode()),
                        ('{b64svg}', base64.b64encode(svg.encode()).decode())):
        template = template.replace(mark, value)
    return template


def pages():
    """[[(number, kind, html)]]: all vectors in few pages; those that swallow the rest at the end of one each."""
    all_of_it = [(number, kind, fill(template, number), template.endswith('{end}'))
                 for number, (kind, template) in enumerate(vectors.all_vectors())]
    plain, ends = [v[:3] for v in all_of_it if not v[3]], [v[:3] for v in all_of_it if v[3]]
    assert len(ends) <= PAGES
    size = -(-len(plain) // PAGES)
    return [plain[i * size:(i + 1) * size] + ends[i:i + 1] for i in range(PAGES)]


def marks_of(page):
    """A word before each vector: where all of them are read, none has swallowed another."""
    return [f'w{number:03}' for number, _, _ in page]


def html_of(page):
    return '\n'.join(f'<p>w{number:03}</p>\n{traces.bar(number)}\n{html}\n' for number, _, html in page)


def message(subject, headers, body, message_id=None, later=0):
    return (f'From: Somebody <somebody@leak.test>\r\nTo: alice@lab.test\r\nSubject: {subject}\r\n'
            f'Date: {email.utils.formatdate(time.time() + later)}\r\nMessage-ID: <{message_id or subject.replace(" ", ".")}@leak.test>\r\nMIME-Version: 1.0\r\n'
            f'{headers}\r\n\r\n{body}').encode()


def html_part(html):
    return ('Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64',
            base64.encodebytes(html.encode()).decode().replace('\n', '\r\n'))


def html_message(subject, html, headers='', message_id=None):
    kind, body = html_part(html)
    return message(subject, headers + kind, body, message_id)


def many_parts(subject, all_html, attached):
    """A message with many pages: one after the other to be read, or as files."""
    body = ''
    for i, html in enumerate(all_html):
        kind, content = html_part(html)
        body += f'--many\r\n{kind}\r\nContent-Disposition: ' + (f'attachment; filename=page{i}.html' if attached else 'inline') + f'\r\n\r\n{content}\r\n'
    return message(subject, 'Content-Type: multipart/mixed; boundary=many', body + '--many--\r\n')


def single(number, template):
    """A message of one vector alone, which stands in its subject as well."""
    html = fill(template, number)
    subject = re.sub(r'\s+', ' ', html.encode('ascii', 'ignore').decode())[:300]
    return html_message(f'alone{number:03} {subject}', f'<p>w{number:03} {WORDS}</p>{html}', message_id=f'alone{number:03}')


def with_pictures(subject, pictures, headers):
    """A message that brings its pictures with it: one in a part of its own, one within the HTML."""
    own, within = (base64.encodebytes(picture).decode() for picture in pictures)
    html = '<p>pictures</p><img src="cid:own@leak.test"><img src="data:image/png;base64,' + within.replace('\n', '') + '">'
    return message(subject, headers + 'Content-Type: multipart/related; boundary=own', f'--own\r\nContent-Type: text/html\r\n\r\n{html}\r\n'
                   f'--own\r\nContent-Type: image/png\r\nContent-ID: <own@leak.test>\r\nContent-Transfer-Encoding: base64\r\n\r\n{own}\r\n--own--\r\n',
                   subject.replace(' ', '.') + '.pictures')


def thread(i):
    """Headers of the ith message of one conversation."""
    return 'References: <talk@leak.test>\r\nIn-Reply-To: <talk@leak.test>\r\n' if i else ''


# What stands in a message beside HTML; the body is a picture of the message's own where none is given
MIME = [
    'Disposition-Notification-To: <a@{h}>',
    'Return-Receipt-To: a@{h}',
    'X-Confirm-Reading-To: a@{h}',
    'Read-Receipt-To: a@{h}',
    'Generate-Delivery-Report: a@{h}',
    'Disposition-Notification-To: <a@{h}>\r\nDisposition-Notification-Options: signed-receipt-protocol=required,pkcs7-signature',
    'X-Image-URL: {u}',
    'X-Face-URL: {u}',
    'Avatar: {u}',
    'BIMI-Location: v=BIMI1; l={u}',
    'BIMI-Selector: v=BIMI1; s=default',
    'List-Unsubscribe: <{u}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'List-Help: <{u}>\r\nList-Archive: <{u}b>\r\nList-Owner: <mailto:a@{h}>',
    'Content-Base: {u}',
    'Content-Location: {u}',
    'Link: <{u}>; rel=preload',
    'Refresh: 0;url={u}',
    'Content-Security-Policy: default-src *; report-uri {u}',
    'Report-To: {"endpoints":[{"url":"{u}"}]}',
    'NEL: {"report_to":"{u}"}',
    'Set-Cookie: a=b; Domain={h}',
    'Accept-CH: DPR\r\nAlt-Svc: h2="{h}:443"',
    'Autocrypt: addr=somebody@leak.test; keydata={u}',
    'OpenPGP: id=1234; url={u}',
    'X-PGP-Key: {u}',
    'DKIM-Signature: v=1; a=rsa-sha256; d={h}; s=a; h=From; bh=; b=',
    'Authentication-Results: {h}; dkim=pass header.d={h}',
    'Received-SPF: pass client-ip=45.45.45.99 helo={h}',
    'Received: from {h} (45.45.45.99) by lab.test',
    'Resent-From: a@{h}\r\nReply-To: b@{h}\r\nSender: c@{h}',
    'Newsgroups: a\r\nX-Trace: {u}',
    'Importance: high\r\nX-Message-Flag: {u}',
]

# Bodies: (Content-Type and what belongs to it, body)
BODIES = [
    ('message/external-body; access-type=URL; URL="{u}"', 'Content-Type: text/html\r\n\r\n'),
    ('message/external-body; access-type=anon-ftp; site="{h}"; directory=a; name=b', 'Content-Type: text/plain\r\n\r\n'),
    ('message/external-body; access-type=tftp; site="{h}"; name=b', 'Content-Type: text/plain\r\n\r\n'),
    ('message/external-body; access-type=mail-server; server="a@{h}"', 'Content-Type: text/plain\r\n\r\nget a'),
    ('multipart/related; boundary=b', '--b\r\nContent-Type: text/html\r\nContent-Location: {u}\r\n\r\n{bar}<img src="a.png"><img src="cid:x">\r\n'
     '--b\r\nContent-Type: image/png\r\nContent-ID: <x>\r\nContent-Location: {u}\r\n\r\nnone\r\n--b--'),
    ('multipart/related; boundary=b', '--b\r\nContent-Type: text/html\r\n\r\n{bar}<img src="cid:x"><object data="cid:x"></object><iframe src="cid:x"></iframe>\r\n'
     '--b\r\nContent-Type: image/svg+xml\r\nContent-ID: <x>\r\n\r\n<svg xmlns="http://www.w3.org/2000/svg"><image href="{u}" width="9" height="9"/></svg>\r\n--b--'),
    ('multipart/related; boundary=b', '--b\r\nContent-Type: text/html\r\n\r\n{bar}<img src="cid:x"><link rel=stylesheet href="cid:x">\r\n'
     '--b\r\nContent-Type: text/html\r\nContent-ID: <x>\r\n\r\n<img src="{u}"><script>new Image().src="{u}"</script>\r\n--b--'),
    ('multipart/related; boundary=b', '--b\r\nContent-Type: text/html\r\n\r\n{bar}<style>@import "cid:x";</style>\r\n'
     '--b\r\nContent-Type: text/css\r\nContent-ID: <x>\r\n\r\n*{background:url({u})}\r\n--b--'),
    ('multipart/related; boundary=b', '--b\r\nContent-Type: text/html\r\n\r\n{bar}<img src="cid:{u}"><img src="cid:x@{h}">\r\n'
     '--b\r\nContent-Type: image/png\r\nContent-ID: <{u}>\r\n\r\nnone\r\n--b--'),
    ('multipart/related; type="text/html"; start="<y>"; boundary=b', '--b\r\nContent-Type: text/plain\r\n\r\na\r\n'
     '--b\r\nContent-Type: text/html\r\nContent-ID: <y>\r\n\r\n{bar}<img src="{u}">\r\n--b--'),
    ('multipart/alternative; boundary=b', '--b\r\nContent-Type: text/plain\r\n\r\na\r\n--b\r\nContent-Type: text/html\r\n\r\n{bar}<img src="{u}">\r\n'
     '--b\r\nContent-Type: text/x-amp-html\r\n\r\n<amp-img src="{u}"></amp-img>\r\n--b--'),
    ('multipart/mixed; boundary=b', '--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=a.html\r\n\r\n<img src="{u}">\r\n--b--'),
    ('multipart/mixed; boundary=b', '--b\r\nContent-Type: text/plain\r\n\r\na\r\n--b\r\nContent-Type: image/svg+xml\r\nContent-Disposition: inline\r\n\r\n'
     '<svg xmlns="http://www.w3.org/2000/svg" onload="new Image().src=\'{u}\'"><image href="{u}" width="9" height="9"/></svg>\r\n--b--'),
    ('multipart/mixed; boundary=b', '--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: text/html\r\n\r\n<img src="{u}">\r\n--b--'),
    ('multipart/digest; boundary=b', '--b\r\n\r\nContent-Type: text/html\r\n\r\n<img src="{u}">\r\n--b--'),
    ('multipart/report; report-type=disposition-notification; boundary=b', '--b\r\nContent-Type: text/html\r\n\r\n{bar}<img src="{u}">\r\n'
     '--b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;a@{h}\r\n--b--'),
    ('application/xhtml+xml', '<html xmlns="http://www.w3.org/1999/xhtml"><body><img src="{u}"/></body></html>'),
    ('image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"><image href="{u}" width="9" height="9"/></svg>'),
    ('text/xml', '<?xml version="1.0"?><?xml-stylesheet href="{u}"?><!DOCTYPE a SYSTEM "{u}d"><a/>'),
    ('text/enriched', '<param>{u}</param><x-img><param>{u}</param></x-img>'),
    ('text/calendar; method=REQUEST', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20270101T100000Z\r\n'
     'ORGANIZER:mailto:a@{h}\r\nATTACH:{u}\r\nURL:{u}\r\nIMAGE;VALUE=URI:{u}\r\nEND:VEVENT\r\nEND:VCALENDAR'),
    ('text/vcard', 'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:a\r\nPHOTO;VALUE=uri:{u}\r\nSOUND:{u}\r\nKEY:{u}\r\nSOURCE:{u}\r\nEND:VCARD'),
    ('text/html; charset=utf-7', '{bar}+ADw-img src=+ACI-{u}+ACI-+AD4-'),
    ('text/html; charset=utf-16', '{bar}<img src="{u}">'),
    ('text/html; charset=x-none', '{bar}<img src="{u}">'),
    ('text/html; format=flowed; delsp=yes', '{bar}<img src="http:// \r\n//{h}/a"><img src="{u}">'),
    ('text/html\r\nContent-Transfer-Encoding: quoted-printable', '{qpbar}<img src=3D"{u}"><im=\r\ng src=3D"{u}">'),
    ('text/html\r\nContent-Transfer-Encoding: x-none', '{bar}<img src="{u}">'),
    ('text/plain', '{u} <img src="{u}"> http://{h}:{p}/ //{h}/a'),
    ('text/plain; format=flowed', '> {u}\r\n> <{u}>'),
    ('application/pdf; name=a.pdf\r\nContent-Disposition: inline', '%PDF-1.4 /URI ({u}) /OpenAction << /S /URI /URI ({u}) >>'),
    ('multipart/signed; protocol="application/pkcs7-signature"; boundary=b', '--b\r\nContent-Type: text/html\r\n\r\n{bar}<img src="{u}">\r\n'
     '--b\r\nContent-Type: application/pkcs7-signature\r\n\r\n{u}\r\n--b--'),
    ('multipart/signed; protocol="application/pgp-signature"; boundary=b', '--b\r\nContent-Type: text/html\r\n\r\n{bar}<img src="{u}">\r\n'
     '--b\r\nContent-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\nhkp://{h}\r\n--b--'),
    ('multipart/mixed; boundary=b', '--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\n{u}\r\n--b--'),
]


def mime_messages(first):
    """[(number, kind, message)], numbered from `first`."""
    found = []
    for header in MIME:
        number = first + len(found)
        found.append((number, header.partition(':')[0], html_message(f'mime {number}', fill('<p>words</p>{bar}', number), fill(header, number) + '\r\n')))
    for kind, body in BODIES:
        number = first + len(found)
        found.append((number, kind.partition(';')[0], message(f'mime {number}', 'Content-Type: ' + fill(kind, number), fill(body, number))))
    return found


def seen_as_html(first):
    """Numbers of those of them that are read as HTML."""
    return set(range(first, first + len(MIME))) | {first + len(MIME) + i for i, (_, body) in enumerate(BODIES) if 'bar}' in body}
