"""A web server for tests, on ports 80 and 443 (or others) of 127.0.0.1 in a network of its own, for as many hosts as a test wants.

    web = Web(folder, {'https://autoconfig.a.test/mail/config-v1.1.xml': '<clientConfig>…'})
    web.trust(folder)   # from here on this namespace trusts its CA

A page is a text, or a function that is called with the handler and does as it likes.  Hosts of `liars` show a certificate of another name.  `asked` is what
was asked for: [('https', 'a.test', '/path?query', headers)]."""
import http.server
import os
import ssl
import subprocess
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
BUNDLE = '/etc/ssl/certs/ca-certificates.crt'


def issue(folder, name, hosts, usage='serverAuth'):
    """A certificate for `hosts` by the CA of tests/lab/certs in `folder`: name.pem with name.key."""
    path = os.path.join(folder, name)
    subprocess.run(['openssl', 'req', '-newkey', 'rsa:2048', '-nodes', '-keyout', path + '.key', '-out', path + '.csr', '-subj', '/CN=' + name],
                   check=True, stderr=subprocess.DEVNULL)
    with open(path + '.ext', 'w', encoding='ascii') as file:
        file.write('basicConstraints=critical,CA:FALSE\nextendedKeyUsage=' + usage + '\nsubjectAltName=' + ','.join('DNS:' + host for host in hosts) + '\n')
    subprocess.run(['openssl', 'x509', '-req', '-in', path + '.csr', '-CA', os.path.join(folder, 'ca.pem'), '-CAkey', os.path.join(folder, 'ca.key'),
                    '-CAcreateserial', '-days', '30', '-extfile', path + '.ext', '-out', path + '.pem'], check=True, stderr=subprocess.DEVNULL)
    return path


def context(path):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(path + '.pem', path + '.key')
    return made


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # who does not trust us hangs up


class Web:
    def __init__(self, folder, pages, liars=(), ports=(80, 443)):
        subprocess.run([os.path.join(HERE, 'certs'), folder], check=True)
        hosts = sorted({uri.split('/')[2] for uri in pages} - set(liars))
        self.folder, self.pages, self.asked, self.lock = folder, pages, [], threading.Lock()
        good = context(issue(folder, 'web', hosts or ['nobody.test']))
        lies = context(issue(folder, 'lies', ['somebody-else.test']))

        def choose(connection, name, _):
            connection.context = lies if name in liars else good
        good.sni_callback = choose
        for scheme, port in zip(('http', 'https'), ports):
            server = _Server(('127.0.0.1', port), self._handler(scheme))
            if scheme == 'https':
                server.socket = good.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def trust(self, folder):
        path = os.path.join(folder, 'bundle.crt')
        with open(path, 'wb') as out:
            for name in (BUNDLE, os.path.join(self.folder, 'ca.pem')):
                with open(name, 'rb') as file:
                    out.write(file.read())
        subprocess.run(['mount', '--bind', path, BUNDLE], check=True)

    def _handler(self, scheme):
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            timeout = 20

            def log_message(self, *_):
                pass

            def do_GET(self):  # noqa: N802
                host = self.headers.get('Host', '').split(':')[0]
                with web.lock:
                    web.asked.append((scheme, host, self.path, dict(self.headers)))
                page = web.pages.get(f'{scheme}://{host}{self.path.split("?")[0]}')
                self.close_connection = True
                try:
                    if callable(page):
                        page(self)
                    else:
                        self.answer(404 if page is None else 200, (page or 'not here').encode())
                except OSError:
                    pass  # the client had enough

            def answer(self, status, body, **headers):
                self.send_response(status)
                self.send_header('Content-Length', str(len(body)))
                self.send_header('Set-Cookie', 'spy=1')
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
        return Handler
