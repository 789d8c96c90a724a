/* Domains as people see them: who registered one, and which look alike.
 *
 * The public suffix list is libpsl's, what looks alike is ICU's (Unicode TS 39).  Pure, any thread; must stay linear but for the distance of two
 * short labels. */
#include "mime-authentication.h"

#include <libpsl.h>
#include <string.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

/* A shorter label is one letter away from too many honest ones. */
#define MIN_LABEL  5
#define MAX_DOMAIN 255

/* Providers that are a letter away from each other, and none of them an impostor. */
static const char *const honest[] = { "gmail.com",   "ymail.com",   "email.com", "mail.com",
                                      "hotmail.com", "hanmail.net", "live.com",  "line.me",
                                      "gmx.net",     "gmx.com" };

static char *
to_unicode (const char *host)
{
  gsize length = strlen (host);
  g_autofree char *trimmed =
      g_strndup (host, length > 0 && host[length - 1] == '.' ? length - 1 : length);
  char *unicode = length <= MAX_DOMAIN ? g_hostname_to_unicode (trimmed) : NULL;

  return unicode != NULL ? unicode : g_utf8_strdown (trimmed, -1);
}

char *
mime_domain_get_owner (const char *host)
{
  g_autofree char *unicode = to_unicode (host);
  g_autofree char *lower = g_utf8_strdown (unicode, -1);
  const char *owner = psl_registrable_domain (psl_builtin (), lower);

  return g_strdup (owner != NULL ? owner : lower);
}

gboolean
mime_domain_is_same_owner (const char *one, const char *other)
{
  g_autofree char *first = mime_domain_get_owner (one);
  g_autofree char *second = mime_domain_get_owner (other);

  return first[0] != '\0' && strcmp (first, second) == 0;
}

static char *
dup_skeleton (const char *text)
{
  UErrorCode status = U_ZERO_ERROR;
  USpoofChecker *checker = uspoof_open (&status);
  char skeleton[MAX_DOMAIN * 8];
  int32_t length = U_SUCCESS (status) ? uspoof_getSkeletonUTF8 (
                       checker, 0, text, (int32_t)strlen (text), skeleton, sizeof skeleton, &status)
                                      : 0;

  uspoof_close (checker);
  return U_SUCCESS (status) && length < (int32_t)sizeof skeleton
             ? g_strndup (skeleton, (gsize)length)
             : g_strdup (text);
}

/* One character more, less, changed, or two neighbours swapped. */
static gboolean
is_one_apart (const gunichar *a, glong n, const gunichar *b, glong m)
{
  glong head = 0, tail = 0;

  if (ABS (n - m) > 1)
    return FALSE;
  while (head < MIN (n, m) && a[head] == b[head])
    head++;
  while (tail < MIN (n, m) - head && a[n - 1 - tail] == b[m - 1 - tail])
    tail++;
  n -= head + tail;
  m -= head + tail;
  return (n <= 1 && m <= 1 && n + m > 0)
         || (n == 2 && m == 2 && a[head] == b[head + 1] && a[head + 1] == b[head]);
}

gboolean
mime_domain_looks_like (const char *domain, const char *known)
{
  g_autofree char *one = mime_domain_get_owner (domain);
  g_autofree char *other = mime_domain_get_owner (known);
  g_autofree char *skeleton = NULL, *known_skeleton = NULL;
  const char *dot = strchr (one, '.'), *known_dot = strchr (other, '.');

  if (strcmp (one, other) == 0 || dot == NULL || known_dot == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (honest); i++) {
    if (strcmp (one, honest[i]) == 0)
      return FALSE;
  }
  skeleton = dup_skeleton (one);
  known_skeleton = dup_skeleton (other);
  if (strcmp (skeleton, known_skeleton) == 0)
    return TRUE;
  /* The same owner often has his name in several countries, others with theirs a letter away from it in another one. */
  if (strcmp (dot, known_dot) != 0)
    return FALSE;
  {
    glong n, m;
    g_autofree gunichar *label = g_utf8_to_ucs4_fast (one, dot - one, &n);
    g_autofree gunichar *known_label = g_utf8_to_ucs4_fast (other, known_dot - other, &m);

    return MIN (n, m) >= MIN_LABEL && is_one_apart (label, n, known_label, m);
  }
}
