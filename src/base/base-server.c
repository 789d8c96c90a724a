/* Servers as values.  Any thread; must never hold a secret. */
#include "base-server.h"

#include <string.h>

BaseServer *
base_server_new (void)
{
  BaseServer *server = g_new0 (BaseServer, 1);

  server->port = 465;
  return server;
}

void
base_server_copy (const BaseServer *from, BaseServer *to)
{
  to->host = g_strdup (from->host);
  to->port = from->port;
  to->security = from->security;
  to->sign_in = from->sign_in;
  to->user = g_strdup (from->user);
  to->disabled = from->disabled;
  to->without = g_strdupv (from->without);
  to->proved = from->proved;
  to->proved_host = g_strdup (from->proved_host);
}

void
base_server_clear (BaseServer *server)
{
  g_free (server->host);
  g_free (server->user);
  g_strfreev (server->without);
  g_free (server->proved_host);
}

BaseServer *
base_server_dup (const BaseServer *server)
{
  BaseServer *copy = server != NULL ? g_new0 (BaseServer, 1) : NULL;

  if (copy != NULL)
    base_server_copy (server, copy);
  return copy;
}

void
base_server_free (BaseServer *server)
{
  if (server == NULL)
    return;
  base_server_clear (server);
  g_free (server);
}

gboolean
base_server_is_used (const BaseServer *server)
{
  return server != NULL && !server->disabled && server->host != NULL && *server->host != '\0';
}

BaseProof
base_server_get_proof (const BaseServer *server)
{
  return server->host != NULL && server->proved_host != NULL
                 && g_ascii_strcasecmp (server->host, server->proved_host) == 0
             ? server->proved
             : BASE_PROOF_NONE;
}

void
base_server_set_proof (BaseServer *server, BaseProof proof)
{
  server->proved = proof;
  g_free (server->proved_host);
  server->proved_host = proof != BASE_PROOF_NONE ? g_strdup (server->host) : NULL;
}

/* ---- several hands ---- */

/* No text and an empty one are the same. */
static gboolean
same_text (const char *a, const char *b)
{
  return g_strcmp0 (a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static gboolean
same_words (GStrv a, GStrv b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_equal ((const char *const *)a, (const char *const *)b);
}

/* Where it is and as whom one signs in there belongs together: that was looked at as one. */
gboolean
base_server_is_same_place (const BaseServer *a, const BaseServer *b)
{
  return same_text (a->host, b->host) && a->port == b->port && a->security == b->security
         && a->sign_in == b->sign_in && same_text (a->user, b->user);
}

static void
merge_place (BaseServer *server, const BaseServer *before, const BaseServer *after)
{
  if (base_server_is_same_place (before, after))
    return;
  g_free (server->host);
  g_free (server->user);
  server->host = g_strdup (after->host);
  server->port = after->port;
  server->security = after->security;
  server->sign_in = after->sign_in;
  server->user = g_strdup (after->user);
}

static void
merge_proof (BaseServer *server, const BaseServer *before, const BaseServer *after)
{
  if (before->proved == after->proved && same_text (before->proved_host, after->proved_host))
    return;
  g_free (server->proved_host);
  server->proved = after->proved;
  server->proved_host = g_strdup (after->proved_host);
}

void
base_server_merge (BaseServer *server, const BaseServer *before, const BaseServer *after)
{
  merge_place (server, before, after);
  merge_proof (server, before, after);
  if (before->disabled != after->disabled)
    server->disabled = after->disabled;
  if (same_words (before->without, after->without))
    return;
  g_strfreev (server->without);
  server->without = g_strdupv (after->without);
}
