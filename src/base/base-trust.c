/* See base-trust.h.  Must never let an exception be made for what may have been revoked. */
#include "base-trust.h"

#define AGREED_S (30 * 24 * 3600)

BaseTrust *
base_trust_dup (const BaseTrust *trust)
{
  BaseTrust *copy;

  if (trust == NULL)
    return NULL;
  copy = g_memdup2 (trust, sizeof *trust);
  copy->host = g_strdup (trust->host);
  copy->subject = g_strdup (trust->subject);
  copy->issuer = g_strdup (trust->issuer);
  copy->sha256 = g_strdup (trust->sha256);
  return copy;
}

void
base_trust_free (BaseTrust *trust)
{
  if (trust == NULL)
    return;
  g_free (trust->host);
  g_free (trust->subject);
  g_free (trust->issuer);
  g_free (trust->sha256);
  g_free (trust);
}

gboolean
base_trust_equal (const BaseTrust *a, const BaseTrust *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return a->reason == b->reason && a->port == b->port && a->changed == b->changed
         && g_strcmp0 (a->host, b->host) == 0 && g_strcmp0 (a->sha256, b->sha256) == 0;
}

gboolean
base_trust_may_except (const BaseTrust *trust)
{
  switch (trust->reason) {
  case BASE_TRUST_REVOKED:
  case BASE_TRUST_STAPLE_BAD:
  case BASE_TRUST_STAPLE_MISSING:
  case BASE_TRUST_STAPLE_OLD:
  case BASE_TRUST_INVALID:
    return FALSE;
  case BASE_TRUST_SELF_SIGNED:
  case BASE_TRUST_UNKNOWN_ISSUER:
  case BASE_TRUST_NO_AUTHORITY:
  case BASE_TRUST_OUT_OF_BOUNDS:
  case BASE_TRUST_PURPOSE:
  case BASE_TRUST_OTHER_HOST:
  case BASE_TRUST_EXPIRED:
  case BASE_TRUST_NOT_YET:
  case BASE_TRUST_ISSUER_TIME:
  case BASE_TRUST_WEAK:
    return TRUE;
  }
  g_return_val_if_reached (FALSE);
}

gint64
base_trust_get_agreed_until (const BaseTrust *trust, gint64 now)
{
  return trust->until > now ? trust->until : now + AGREED_S;
}

char *
base_trust_format_sha256 (const char *sha256)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; sha256[i] != '\0'; i++) {
    if (i > 0 && i % 2 == 0)
      g_string_append_c (text, ':');
    g_string_append_c (text, g_ascii_toupper (sha256[i]));
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
