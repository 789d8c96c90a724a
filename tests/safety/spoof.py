"""Messages that try to leave their place: to cover the headers above them or the letters beside them.  What each paints is of one colour
that nothing else has, so that a picture of the screen tells how far it got."""
import re
import subprocess

import messages

PAINT = '#ff00ff'
BIG = f'background:{PAINT};width:3000px;height:3000px;color:#000'
FAKE = f'<div style="background:{PAINT}">From: Your Bank &lt;bank@bank.example&gt;</div>'

# By kind.  {p}: a style that paints much.
ATTACKS = {
    'position': (
        '<div style="position:fixed;top:0;left:0;z-index:2147483647;{p}">a</div>',
        '<div style="position:fixed;inset:-500px;{p}">a</div>',
        '<div style="position:absolute;top:-600px;left:-600px;{p}">a</div>',
        '<div style="position:relative;top:-400px;{p}">a</div>',
        '<div style="position:sticky;top:-300px;{p}">a</div>',
        '<div style="POSITION:FIXED!important;top:0;{p}">a</div>',
        '<div style="position:/**/fixed;top:0;{p}">a</div>',
        '<div style="po\\73ition:fixed;top:0;{p}">a</div>',
        '<style>.a{position:fixed;top:-200px;z-index:9}</style><div class=a style="{p}">a</div>',
        '<style>@media all{.b{position:fixed;top:-200px}}</style><div class=b style="{p}">a</div>',
        '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" style="position:fixed;top:0;{p}">',
        '<svg style="position:fixed;top:-90px" width=3000 height=3000><rect fill="#ff00ff" width=3000 height=3000 /></svg>',
    ),
    'margin': (
        '<div style="margin-top:-3000px;{p}">a</div>',
        '<div style="margin:-9999px;{p}">a</div>',
        '<div style="margin-bottom:-3000px;{p}">a</div>',
        '<div style="margin-top:calc(0px - 900px);{p}">a</div>',
        '<div style="transform:translateY(-900px);{p}">a</div>',
        '<div style="translate:0 -900px;{p}">a</div>',
        '<div style="float:left;margin-left:-2000px;{p}">a</div>',
        '<p style="line-height:0"><span style="vertical-align:900px;{p}">a</span></p>',
        '<p style="text-indent:-900px"><span style="{p}">a</span></p>',
        '<style>html,body{margin-top:-900px!important;position:absolute!important;top:-900px!important}</style>',
        '<style>html{transform:translateY(-300px) scale(9)}</style>',
    ),
    'size': (
        '<div style="background:#ff00ff;height:100vh">a</div>',
        '<div style="background:#ff00ff;min-height:300vh">a</div>',
        '<div style="background:#ff00ff;height:100000px">a</div>',
        '<style>html,body{height:100000px!important;overflow:visible!important}</style>',
        '<div style="background:#ff00ff;width:100vw;padding:900px">a</div>',
        '<div style="zoom:20;{p}">a</div>',
        '<div style="scale:20;{p}">a</div>',
        '<table height=100000 bgcolor="#ff00ff"><tr><td>a</table>',
        '<font style="background:#ff00ff;font-size:3000px">a</font>',
    ),
    'paint': (
        '<div style="box-shadow:0 0 0 3000px #ff00ff">a</div>',
        '<div style="outline:3000px solid #ff00ff">a</div>',
        '<div style="border-top:3000px solid #ff00ff">a</div>',
        '<div style="filter:drop-shadow(0 -300px #ff00ff)">a</div>',
        '<div style="text-shadow:0 -300px #ff00ff">aaaaaaaaaaaaaaaaa</div>',
        '<style>::backdrop{background:#ff00ff}::-webkit-scrollbar{background:#ff00ff}@page{background:#ff00ff}</style>',
        '<dialog open style="position:fixed;top:-99px;{p}">a</dialog>',
        '<div popover style="{p}">a</div>',
        '<fieldset style="margin-top:-900px;{p}"><legend>a</legend></fieldset>',
        '<marquee direction=up style="{p}">a</marquee>',
    ),
    'header': (
        '<div style="position:absolute;top:-60px">{f}</div>',
        '<header style="position:fixed;top:0">{f}</header>',
        '</body></html></div></div></iframe><div style="position:fixed;top:0">{f}</div>',
        '</details></summary></section></main>{f}',
        '<base target=_top><a target=_top href="#a" style="position:fixed;top:0">{f}</a>',
        '<style>.sosik-quote,.sosik-dark,summary,details{position:fixed!important;top:-50px;background:#ff00ff}</style>{f}',
    ),
    'elsewhere': (
        '<script>window.name="a";parent.document.body.style.background="#ff00ff";scrollTo(0,99999)</script>',
        '<meta http-equiv=refresh content="0;url=#other">',
        '<meta name=viewport content="width=10,initial-scale=9">',
        '<iframe srcdoc="<script>top.document.body.innerHTML=1</script>" style="position:fixed;top:0;{p}"></iframe>',
        '<style>#other,.other,:target{background:#ff00ff!important;position:fixed;top:0}</style><a name=other id=other>a</a>',
        '<style>*,:host,:root,body{background-color:#ff00ff!important}</style>',
        '<object data="data:text/html,a" style="position:fixed;top:0;{p}"></object>',
        '<form action="#other" target=other><input autofocus style="position:fixed;top:0;{p}"></form>',
        # A click on it, anywhere, goes to a name that the letter below has, and one of its own far down
        '<a href="#other" style="display:block;background:#ff00ff;height:90px;width:400px">a</a>',
    ),
}

LETTER = '<p id=other class=other style="background:#00ff00;width:300px;height:40px">Words of another letter.</p>'


def fill(attack):
    return attack.replace('{p}', BIG).replace('{f}', FAKE)


def letters():
    """[(kind, [message])]: in each conversation the attacks of a kind stand in the second of three letters."""
    found = []
    for kind, attacks in ATTACKS.items():
        def letter(n, html, kind=kind):
            return messages.message(f'spoof {kind}' if n == 0 else f'Re: spoof {kind}', (
                '' if n == 0 else f'References: <spoof.{kind}.0@leak.test>\r\nIn-Reply-To: <spoof.{kind}.0@leak.test>\r\n')
                + 'Content-Type: text/html; charset=utf-8', html, f'spoof.{kind}.{n}', later=n)
        hostile = LETTER + '\n'.join(fill(attack) for attack in attacks) + '<div style="background:#ff00ff">the end</div>'
        found.append((kind, [letter(0, LETTER), letter(1, hostile), letter(2, LETTER)]))
    return found


def box_of(picture, colour):
    """(x, y, width, height) of all that has the colour, or None."""
    done = subprocess.run(['convert', picture, '-fuzz', '4%', '-fill', 'black', '+opaque', colour, '-bordercolor', 'black', '-border', '1',
                           '-trim', '-format', '%w %h %X %Y', 'info:'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    numbers = [int(n) for n in re.findall(r'[+-]?\d+', done.stdout)]
    if len(numbers) != 4 or numbers[0] < 3 or numbers[1] < 3:
        return None
    width, height, x, y = numbers
    return x - 1, y - 1, width, height


NEAR = 8  # pixels by which the accessibility tree and the screen may differ


def is_within(inner, outer):
    return all(inner[i] >= outer[i] - NEAR and inner[i] + inner[i + 2] <= outer[i] + outer[i + 2] + NEAR for i in (0, 1))
