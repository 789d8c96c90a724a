/* A proxy for tests: SOCKS5 (RFC 1928) and HTTP CONNECT (RFC 9110, 9.3.6) on 127.0.0.1, in threads of its own.  Whatever host it is asked
 * for, it connects to 127.0.0.1 and the port asked for. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FAKE_PROXY_OPEN,
  FAKE_PROXY_REFUSING,  /* "not allowed by ruleset", 403 */
  FAKE_PROXY_ASKING,    /* for a user name and a password, which are never right; 407 */
  FAKE_PROXY_SENSELESS, /* says something else */
} FakeProxyManner;

typedef struct _FakeProxy FakeProxy;

FakeProxy *fake_proxy_new (FakeProxyManner manner) G_GNUC_WARN_UNUSED_RESULT;
void fake_proxy_free (FakeProxy *proxy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeProxy, fake_proxy_free)

guint16 fake_proxy_get_port (FakeProxy *proxy);
/* What it was asked for last, "host:port"; NULL: nothing. */
char *fake_proxy_dup_asked (FakeProxy *proxy) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
