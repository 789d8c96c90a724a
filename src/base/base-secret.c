/* See base-secret.h.  Any thread; must never keep a secret longer than who gave it says. */
#include "base-secret.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SHOWN "(secret)"

/* Shorter ones are in any text. */
#define MIN_PLAIN  3
#define MIN_BASE64 6
/* Shorter ones only count as a word of their own: "token" is no secret in "invalid_token". */
#define MIN_INSIDE 8

typedef struct
{
  char *text; /* Owned: wiped */
  gboolean base64;
} Needle;

struct _BaseHush
{
  GPtrArray *needles; /* Owned: of Needle */
};

static GMutex lock;
static GPtrArray *hushes; /* Borrowed; with the lock; NULL: none yet */

void
base_secret_free (BaseSecret *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static void
free_needle (gpointer data)
{
  Needle *needle = data;

  base_secret_free (needle->text);
  g_free (needle);
}

/* Takes `text`. */
static void
add_needle (BaseHush *hush, char *text, gboolean base64)
{
  Needle *needle;

  if (strlen (text) < (base64 ? MIN_BASE64 : MIN_PLAIN)) {
    base_secret_free (text);
    return;
  }
  needle = g_new0 (Needle, 1);
  needle->text = text;
  needle->base64 = base64;
  g_ptr_array_add (hush->needles, needle);
}

/* What there is of it in base64 behind 3n + `shift` other octets, whatever stands around it. */
static char *
encode (const char *secret, gsize shift)
{
  static const gsize heads[] = { 0, 2, 3 }, tails[] = { 0, 3, 2 }; /* that others have a share in */
  g_autoptr (BaseSecret) moved = g_strconcat (&"\1\1"[2 - shift], secret, NULL);
  gsize length = strlen (moved);
  g_autoptr (BaseSecret) encoded = g_base64_encode ((const guchar *)moved, length);
  gsize all = strlen (encoded), head = heads[shift], tail = tails[length % 3];

  return all > head + tail ? g_strndup (encoded + head, all - head - tail) : g_strdup ("");
}

/* As IMAP has it between quotes. */
static char *
quote (const char *secret)
{
  GString *text =
      g_string_sized_new (2 * strlen (secret) + 1); /* never grows, so it leaves no copy */

  for (const char *c = secret; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_c (text, '\\');
    g_string_append_c (text, *c);
  }
  return g_string_free (text, FALSE);
}

BaseHush *
base_hush_new (const char *secret)
{
  BaseHush *hush = g_new0 (BaseHush, 1);

  hush->needles = g_ptr_array_new_with_free_func (free_needle);
  if (secret != NULL) {
    add_needle (hush, g_strdup (secret), FALSE);
    if (strpbrk (secret, "\"\\") != NULL)
      add_needle (hush, quote (secret), FALSE);
    for (gsize shift = 0; shift < 3; shift++)
      add_needle (hush, encode (secret, shift), TRUE);
  }
  g_mutex_lock (&lock);
  if (hushes == NULL)
    hushes = g_ptr_array_new ();
  g_ptr_array_add (hushes, hush);
  g_mutex_unlock (&lock);
  return hush;
}

void
base_hush_free (BaseHush *hush)
{
  if (hush == NULL)
    return;
  g_mutex_lock (&lock);
  g_ptr_array_remove_fast (hushes, hush);
  g_mutex_unlock (&lock);
  g_ptr_array_unref (hush->needles);
  g_free (hush);
}

static gboolean
is_base64 (char c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '/' || c == '=';
}

static gboolean
is_of_word (char c)
{
  return g_ascii_isalnum (c) || c == '_' || (c & 0x80) != 0;
}

/* From `from` on; NULL: none. */
static const char *
find_needle (const char *text, const char *from, const Needle *needle)
{
  gsize length = strlen (needle->text);
  const char *found = from;

  while ((found = strstr (found, needle->text)) != NULL) {
    if (needle->base64 || length >= MIN_INSIDE
        || ((found == text || !is_of_word (found[-1])) && !is_of_word (found[length])))
      return found;
    found += length;
  }
  return NULL;
}

/* All of one in the text; of base64 all that is around it as well, for that is the rest of the same sign-in. */
static void
strike_needle (GString *text, const Needle *needle)
{
  const char *found;
  gsize from = 0;

  while ((found = find_needle (text->str, text->str + from, needle)) != NULL) {
    gsize begin = (gsize)(found - text->str), end = begin + strlen (needle->text);

    while (needle->base64 && begin > 0 && is_base64 (text->str[begin - 1]))
      begin--;
    while (needle->base64 && is_base64 (text->str[end]))
      end++;
    explicit_bzero (text->str + begin, end - begin);
    g_string_erase (text, (gssize)begin, (gssize)(end - begin));
    g_string_insert (text, (gssize)begin, SHOWN);
    from = begin + strlen (SHOWN);
  }
}

char *
base_hush_strike (const char *text)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  g_autoptr (GString) struck = NULL;

  for (guint i = 0; text != NULL && hushes != NULL && i < hushes->len; i++) {
    const BaseHush *hush = g_ptr_array_index (hushes, i);

    for (guint k = 0; k < hush->needles->len; k++) {
      const Needle *needle = g_ptr_array_index (hush->needles, k);

      const char *so_far = struck != NULL ? struck->str : text;

      if (find_needle (so_far, so_far, needle) == NULL)
        continue;
      if (struck == NULL)
        struck = g_string_new (text);
      strike_needle (struck, needle);
    }
  }
  return struck != NULL ? g_string_free (g_steal_pointer (&struck), FALSE) : NULL;
}

void
base_secret_leave_no_core (void)
{
  int fd = open ("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  (void)!write (fd, "0x0", 3);
  close (fd);
}
