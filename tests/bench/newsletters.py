#!/usr/bin/python3
"""newsletters.py FOLDER: two HTML messages of 50 KB into it, letter-N.eml, and their HTML alone, letter-N.source: laid out as
newsletters are, each with a band of a colour of its own at its top, by which one sees that it is shown."""
import os
import sys
import time
from email.utils import formatdate

COLOURS = [(0xe0, 0x1b, 0x24), (0x33, 0xd1, 0x7a)]
TEXT = ('오늘 회의 내용을 정리해서 보내 드립니다. 확인 부탁드립니다. Please find the notes of today below, and let me know when the plan changes; '
        'many thanks and see you soon. ')


def source(number):
    colour = '#%02x%02x%02x' % COLOURS[number]
    parts = [f'<html><head><style>.head {{ font-size: 18px; color: #3d3846 }} td {{ padding: 8px }}</style></head>'
             f'<body style="margin:0;background:#f6f5f4"><div style="height:240px;background:{colour}"></div>']
    row = 0
    while sum(map(len, parts)) < 46000:
        row += 1
        parts.append(f'<table width="600" align="center" cellpadding="0" cellspacing="0" style="background:#ffffff;margin:12px auto">'
                     f'<tr><td class="head">Part {number}.{row}</td><td align="right"><a href="https://lab.test/{row}" style="color:#1a5fb4">'
                     f'Read more</a></td></tr><tr><td colspan="2" style="font:14px/20px sans-serif;border-top:1px solid #deddda">'
                     f'<p>{TEXT}</p><p><b>{row}</b> {TEXT}</p></td></tr></table>')
    return ''.join(parts) + '</body></html>'


def main():
    for number in range(len(COLOURS)):
        html = source(number)
        with open(os.path.join(sys.argv[1], f'letter-{number}.source'), 'w', encoding='utf-8') as file:
            file.write(html)
        lines = ['From: Bob Miller <bob@lab.test>', 'To: alice@lab.test', f'Date: {formatdate(time.time() - 60 * number)}',
                 f'Message-ID: <letter-{number}@lab.test>', f'Subject: Letter {number}', 'MIME-Version: 1.0',
                 'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', html.replace('<table', '\r\n<table'), '']
        with open(os.path.join(sys.argv[1], f'letter-{number}.eml'), 'wb') as file:
            file.write('\r\n'.join(lines).encode())


if __name__ == '__main__':
    main()
