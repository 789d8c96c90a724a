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

/* Where most people have their mail, and what is written wrongly most. */
static const char *const providers[] = {
  "gmail.com",   "naver.com",   "hanmail.net", "daum.net",       "kakao.com",  "nate.com",
  "outlook.com", "hotmail.com", "yahoo.com",   "googlemail.com", "icloud.com", "yahoo.co.kr",
};

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

/* Opening one costs a thousand times what a question to it does; asking is for any thread. */
static const USpoofChecker *
get_checker (void)
{
  static gsize checker = 0;

  if (g_once_init_enter (&checker)) {
    UErrorCode status = U_ZERO_ERROR;
    USpoofChecker *opened = uspoof_open (&status);

    if (U_FAILURE (status))
      g_error ("The characters that look alike are not there: %s", u_errorName (status));
    g_once_init_leave (&checker, (gsize)opened);
  }
  return (const USpoofChecker *)checker;
}

static char *
dup_skeleton (const char *text)
{
  UErrorCode status = U_ZERO_ERROR;
  char skeleton[MAX_DOMAIN * 8];
  int32_t length = uspoof_getSkeletonUTF8 (get_checker (), 0, text, (int32_t)strlen (text),
                                           skeleton, sizeof skeleton, &status);

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

/* A domain made ready to be compared. */
typedef struct
{
  char *owner, *skeleton;
  const char *suffix; /* in `owner`, from its dot; NULL: it looks like none */
  gunichar *label;    /* before it */
  glong length;
} Look;

static void
look_init (Look *look, const char *domain)
{
  look->owner = mime_domain_get_owner (domain);
  look->suffix = strchr (look->owner, '.');
  if (look->suffix == NULL)
    return;
  look->skeleton = dup_skeleton (look->owner);
  look->label = g_utf8_to_ucs4_fast (look->owner, look->suffix - look->owner, &look->length);
}

static void
look_clear (gpointer data)
{
  Look *look = data;

  g_free (look->owner);
  g_free (look->skeleton);
  g_free (look->label);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Look, look_clear)

static gboolean
is_honest (const Look *look)
{
  for (gsize i = 0; i < G_N_ELEMENTS (honest); i++) {
    if (strcmp (look->owner, honest[i]) == 0)
      return TRUE;
  }
  return look->suffix == NULL;
}

static gboolean
is_alike (const Look *look, const Look *known)
{
  if (known->suffix == NULL || strcmp (look->owner, known->owner) == 0)
    return FALSE;
  if (strcmp (look->skeleton, known->skeleton) == 0)
    return TRUE;
  /* The same owner often has his name in several countries, others with theirs a letter away from it in another one. */
  return strcmp (look->suffix, known->suffix) == 0 && MIN (look->length, known->length) >= MIN_LABEL
         && is_one_apart (look->label, look->length, known->label, known->length);
}

gboolean
mime_domain_looks_like (const char *domain, const char *known)
{
  g_auto (Look) look = { 0 };
  g_auto (Look) other = { 0 };

  look_init (&look, domain);
  if (is_honest (&look))
    return FALSE;
  look_init (&other, known);
  return is_alike (&look, &other);
}

/* ---- slips ---- */

static gboolean
is_ending (const char *suffix)
{
  return psl_is_public_suffix2 (psl_builtin (), suffix + 1, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE)
         != 0;
}

/* The same name with an end that is a letter away: "naver.con".  Where both ends are real they are most often two owners; not so with the
 * big providers. */
static gboolean
has_slipped_end (const Look *look, const Look *known, gboolean is_provider)
{
  glong n, m;

  if (known->suffix == NULL || look->length != known->length
      || memcmp (look->label, known->label, (gsize)look->length * sizeof *look->label) != 0
      || (!is_provider && is_ending (look->suffix)))
    return FALSE;
  g_autofree gunichar *one = g_utf8_to_ucs4_fast (look->suffix, -1, &n);
  g_autofree gunichar *other = g_utf8_to_ucs4_fast (known->suffix, -1, &m);
  return is_one_apart (one, n, other, m);
}

static gboolean
is_slip (const Look *look, const Look *known, gboolean is_provider)
{
  return is_alike (look, known) || has_slipped_end (look, known, is_provider);
}

/* What stands before the owner stays. */
static char *
mend (const char *domain, const Look *look, const Look *known)
{
  g_autofree char *unicode = to_unicode (domain);
  g_autofree char *lower = g_utf8_strdown (unicode, -1);

  if (g_str_has_suffix (lower, look->owner))
    lower[strlen (lower) - strlen (look->owner)] = '\0';
  else
    lower[0] = '\0';
  return g_strconcat (lower, known->owner, NULL);
}

char *
mime_domain_dup_meant (const char *domain, const char *known)
{
  g_auto (Look) look = { 0 };
  g_auto (Look) other = { 0 };

  look_init (&look, domain);
  if (is_honest (&look))
    return NULL;
  look_init (&other, known);
  return is_slip (&look, &other, FALSE) ? mend (domain, &look, &other) : NULL;
}

/* ---- many ---- */

struct _MimeDomains
{
  gatomicrefcount references;
  GPtrArray *names;
  gsize ready;        /* g_once_init_enter () */
  GArray *looks;      /* of Look, in the order of names */
  GHashTable *owners; /* strings of looks */
};

MimeDomains *
mime_domains_new (GPtrArray *names)
{
  MimeDomains *self = g_new0 (MimeDomains, 1);

  g_atomic_ref_count_init (&self->references);
  self->names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (self->names, g_strdup (names->pdata[i]));
  return self;
}

MimeDomains *
mime_domains_ref (MimeDomains *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
mime_domains_unref (MimeDomains *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_clear_pointer (&self->owners, g_hash_table_unref);
  g_clear_pointer (&self->looks, g_array_unref);
  g_ptr_array_unref (self->names);
  g_free (self);
}

gboolean
mime_domains_are (const MimeDomains *self, GPtrArray *names)
{
  gboolean same = self->names->len == names->len;

  for (guint i = 0; same && i < names->len; i++)
    same = strcmp (self->names->pdata[i], names->pdata[i]) == 0;
  return same;
}

static void
make_ready (MimeDomains *self)
{
  if (!g_once_init_enter (&self->ready))
    return;
  self->looks = g_array_sized_new (FALSE, TRUE, sizeof (Look), self->names->len);
  g_array_set_clear_func (self->looks, look_clear);
  g_array_set_size (self->looks, self->names->len);
  self->owners = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->names->len; i++) {
    Look *look = &g_array_index (self->looks, Look, i);

    look_init (look, self->names->pdata[i]);
    if (look->owner[0] != '\0')
      g_hash_table_add (self->owners, look->owner);
  }
  g_once_init_leave (&self->ready, 1);
}

gboolean
mime_domains_have_owner (MimeDomains *self, const char *domain)
{
  g_autofree char *owner = mime_domain_get_owner (domain);

  make_ready (self);
  return g_hash_table_contains (self->owners, owner);
}

const char *
mime_domains_find_alike (MimeDomains *self, const char *domain)
{
  g_auto (Look) look = { 0 };

  look_init (&look, domain);
  if (is_honest (&look))
    return NULL;
  make_ready (self);
  for (guint i = 0; i < self->looks->len; i++) {
    if (is_alike (&look, &g_array_index (self->looks, Look, i)))
      return self->names->pdata[i];
  }
  return NULL;
}

static MimeDomains *
get_providers (void)
{
  static gsize made = 0;

  if (g_once_init_enter (&made)) {
    g_autoptr (GPtrArray) names = g_ptr_array_new ();

    for (gsize i = 0; i < G_N_ELEMENTS (providers); i++)
      g_ptr_array_add (names, (gpointer)providers[i]);
    g_once_init_leave (&made, (gsize)mime_domains_new (names));
  }
  return (MimeDomains *)made;
}

char *
mime_domains_dup_meant (MimeDomains *self, const char *domain)
{
  MimeDomains *const all[] = { self, get_providers () };
  g_auto (Look) look = { 0 };

  look_init (&look, domain);
  if (is_honest (&look))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    if (all[i] == NULL)
      continue;
    make_ready (all[i]);
    if (g_hash_table_contains (all[i]->owners, look.owner))
      return NULL;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++) {
    for (guint j = 0; all[i] != NULL && j < all[i]->looks->len; j++) {
      const Look *known = &g_array_index (all[i]->looks, Look, j);

      if (is_slip (&look, known, all[i] == all[1]))
        return mend (domain, &look, known);
    }
  }
  return NULL;
}
