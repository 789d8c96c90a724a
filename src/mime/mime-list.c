/* Reads the fields by which mailing lists and newsletters say how to leave and to answer them.
 *
 * Pure.  What stands there is a stranger's: URIs other than mailto:, http: and https: are passed over, and so is what has white space or control
 * characters in it. */
#include "mime-list.h"

#include <string.h>

#include "base-text.h"
#include "mime-message-private.h"

#define MAX_URIS 20
#define MAX_URI  4000
#define MAX_NAME 100

static char *
dup_field (MimeMessage *message, const char *name)
{
  return mime_message_get_header (message, name);
}

/* RFC 2369: URIs in <>, with comments and commas between; folds inside of one do not count. */
static GPtrArray *
find_uris (const char *raw)
{
  GPtrArray *uris = g_ptr_array_new_with_free_func (g_free);
  const char *at = raw;

  while (at != NULL && uris->len < MAX_URIS && (at = strchr (at, '<')) != NULL) {
    const char *end = strchr (++at, '>');
    g_autoptr (GString) uri = NULL;
    gboolean good;

    if (end == NULL)
      break;
    good = end - at <= MAX_URI;
    uri = g_string_new (NULL);
    for (const char *c = at; good && c < end; c++) {
      if (g_ascii_isspace (*c))
        continue;
      good = *c > ' ' && *c < 0x7f && strchr ("\"'\\`{}|^", *c) == NULL;
      g_string_append_c (uri, *c);
    }
    if (good && uri->len > 0)
      g_ptr_array_add (uris, g_strdup (uri->str));
    at = end + 1;
  }
  return uris;
}

static gboolean
has_scheme (const char *uri, const char *scheme)
{
  return g_ascii_strncasecmp (uri, scheme, strlen (scheme)) == 0;
}

static const char *
find_scheme (GPtrArray *uris, const char *scheme)
{
  for (guint i = 0; i < uris->len; i++) {
    if (has_scheme (uris->pdata[i], scheme))
      return uris->pdata[i];
  }
  return NULL;
}

static void
read_id (MimeList *list, MimeMessage *message)
{
  g_autofree char *text = dup_field (message, "List-Id");
  char *open = text != NULL ? strrchr (text, '<') : NULL;
  const char *id = open != NULL ? open + 1 : text;

  if (id == NULL)
    return;
  list->id = g_utf8_strdown (id, -1);
  list->id[strcspn (list->id, ">")] = '\0';
  g_strstrip (list->id);
  if (list->id[0] == '\0' || strlen (list->id) > 255)
    g_clear_pointer (&list->id, g_free);
  if (open == NULL)
    return;
  *open = '\0';
  list->name = base_text_one_line (text, MAX_NAME);
  g_strdelimit (list->name, "\"", ' ');
  g_strstrip (list->name);
  if (list->name[0] == '\0')
    g_clear_pointer (&list->name, g_free);
}

static gboolean
is_automatic (MimeMessage *message)
{
  g_autofree char *precedence = dup_field (message, "Precedence");
  g_autofree char *submitted = dup_field (message, "Auto-Submitted");

  return (precedence != NULL
          && (g_ascii_strcasecmp (precedence, "bulk") == 0
              || g_ascii_strcasecmp (precedence, "list") == 0
              || g_ascii_strcasecmp (precedence, "junk") == 0))
         || (submitted != NULL && g_ascii_strncasecmp (submitted, "no", 2) != 0);
}

MimeList *
mime_list_read (MimeMessage *message)
{
  MimeList *list = g_new0 (MimeList, 1);
  g_autoptr (GPtrArray) leave = find_uris (mime_message_get_raw (message, "List-Unsubscribe", 0));
  g_autoptr (GPtrArray) post = find_uris (mime_message_get_raw (message, "List-Post", 0));
  g_autofree char *command = dup_field (message, "List-Unsubscribe-Post");
  const char *web = find_scheme (leave, "https://");

  read_id (list, message);
  list->by_mail = g_strdup (find_scheme (leave, "mailto:"));
  list->by_web = g_strdup (web != NULL ? web : find_scheme (leave, "http://"));
  list->one_click = web != NULL && command != NULL
                    && g_ascii_strcasecmp (command, "List-Unsubscribe=One-Click") == 0;
  list->post = g_strdup (find_scheme (post, "mailto:"));
  list->automatic = list->id != NULL || leave->len > 0 || is_automatic (message);
  return list;
}

void
mime_list_free (MimeList *list)
{
  if (list == NULL)
    return;
  g_free (list->id);
  g_free (list->name);
  g_free (list->post);
  g_free (list->by_mail);
  g_free (list->by_web);
  g_free (list);
}
