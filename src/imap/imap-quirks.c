/* The table of servers that offer what they cannot do.  Pure; must never switch off what makes a connection safe. */
#include "imap-quirks.h"

#include <string.h>

#define LIST_FORMS (IMAP_CAP_LIST_EXTENDED | IMAP_CAP_LIST_STATUS)

/* Who it is: by the host, the words of greeting or ID, or a mechanism that nobody else has; of these one is given. */
typedef struct
{
  const char *host;      /* the host or what ends it, behind a dot */
  const char *words;     /* in lower case */
  const char *mechanism; /* in upper case */
  const char *before;    /* only below this version, which stands behind `words` */
  ImapQuirks quirks;
} Server;

static const Server servers[] = {
  /* 33: messages are missing after a QRESYNC */
  { .host = "mail.me.com", .quirks.without = IMAP_CAP_QRESYNC },
  { .host = "mail.icloud.com", .quirks.without = IMAP_CAP_QRESYNC },
  { .mechanism = "ATOKEN", .quirks.without = IMAP_CAP_QRESYNC },
  /* cuts each IDLE after a moment */
  { .host = "imap.yandex.com", .quirks.without = IMAP_CAP_IDLE },
  { .host = "imap.yandex.ru", .quirks.without = IMAP_CAP_IDLE },
  /* 21: hangs up on NAMESPACE */
  { .words = "exchange server 2003", .quirks.without = IMAP_CAP_NAMESPACE },
  /* 52: leaves folders out */
  { .words = "cyrus imap", .before = "2.5.11", .quirks.without = LIST_FORMS },
  /* 65 */
  { .words = "cyrus imap", .before = "3.13", .quirks.no_status_id = TRUE },
  /* 45 */
  { .words = "proton mail bridge", .quirks.without = LIST_FORMS },
  { .words = "protonmail bridge", .quirks.without = LIST_FORMS },
  /* 56 */
  { .words = "\"zimbra\"", .before = "8", .quirks.without = LIST_FORMS },
  /* 57 and 58 have it in common that such a LIST is answered with nothing */
  { .words = "smartermail", .quirks.without = LIST_FORMS },
  { .host = "imap.strato.de", .quirks.without = LIST_FORMS },
  /* 40 */
  { .host = "163.com", .quirks.needs_id = TRUE },
  { .host = "126.com", .quirks.needs_id = TRUE },
  { .host = "188.com", .quirks.needs_id = TRUE },
  { .host = "yeah.net", .quirks.needs_id = TRUE },
  { .words = "coremail", .quirks.needs_id = TRUE },
};

static gboolean
is_host (const char *host, const char *end)
{
  gsize length = strlen (host), tail = strlen (end);

  return length >= tail && g_ascii_strcasecmp (host + length - tail, end) == 0
         && (length == tail || host[length - tail - 1] == '.');
}

/* Whether the first version in `text` is lower; none is not. */
static gboolean
is_version_before (const char *text, const char *before)
{
  const char *at = text + strcspn (text, "0123456789");

  if (*at == '\0')
    return FALSE;
  for (;;) {
    char *end, *limit_end;
    guint64 number = g_ascii_strtoull (at, &end, 10);
    guint64 limit = g_ascii_strtoull (before, &limit_end, 10);

    if (number != limit)
      return number < limit;
    if (*limit_end != '.')
      return FALSE;
    before = limit_end + 1;
    at = *end == '.' ? end + 1 : "0";
  }
}

static gboolean
says (const char *text, const Server *server)
{
  g_autofree char *lower = text != NULL ? g_ascii_strdown (text, -1) : NULL;
  const char *at = lower != NULL ? strstr (lower, server->words) : NULL;

  return at != NULL
         && (server->before == NULL
             || is_version_before (at + strlen (server->words), server->before));
}

static gboolean
has_mechanism (const char *mechanisms, const char *mechanism)
{
  g_auto (GStrv) list = g_strsplit (mechanisms != NULL ? mechanisms : "", " ", -1);

  return g_strv_contains ((const char *const *)list, mechanism);
}

ImapQuirks
imap_quirks_find (const ImapServerWords *words)
{
  ImapQuirks quirks = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++) {
    const Server *server = &servers[i];

    if ((server->host != NULL && words->host != NULL && is_host (words->host, server->host))
        || (server->words != NULL && (says (words->greeting, server) || says (words->id, server)))
        || (server->mechanism != NULL && has_mechanism (words->mechanisms, server->mechanism))) {
      quirks.without |= server->quirks.without;
      quirks.needs_id |= server->quirks.needs_id;
      quirks.no_status_id |= server->quirks.no_status_id;
    }
  }
  return quirks;
}

/* The command without what a person named: the insides of quoted strings (literals are not part of it). */
static char *
without_names (const char *command)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (const char *c = command; *c != '\0'; c++) {
    if (*c == '"')
      quoted = !quoted;
    if (quoted && *c == '\\' && c[1] != '\0')
      c++;
    else if (!quoted)
      g_string_append_c (out, *c);
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

ImapCapability
imap_quirks_of_command (const char *command)
{
  /* Each begins with the command, so that no keyword of a STORE or APPEND is taken for an item of FETCH. */
  static const struct
  {
    const char *begin, *word; /* both have to be there; "UID " before it does not count */
    ImapCapability capability;
  } signs[] = {
    { "LIST ", "RETURN (", LIST_FORMS },
    { "SEARCH ", "RETURN (", IMAP_CAP_ESEARCH },
    { "SEARCH ", "X-GM-", IMAP_CAP_GMAIL },
    { "SELECT ", "(QRESYNC", IMAP_CAP_QRESYNC },
    { "EXAMINE ", "(QRESYNC", IMAP_CAP_QRESYNC },
    { "SELECT ", "(CONDSTORE)", IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC },
    { "EXAMINE ", "(CONDSTORE)", IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC },
    { "FETCH ", "VANISHED)", IMAP_CAP_QRESYNC },
    { "FETCH ", "(CHANGEDSINCE ", IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC },
    { "FETCH ", " MODSEQ", IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC },
    { "FETCH ", " PREVIEW", IMAP_CAP_PREVIEW },
    { "FETCH ", " BINARY", IMAP_CAP_BINARY },
    { "FETCH ", " EMAILID", IMAP_CAP_OBJECTID },
    { "FETCH ", " X-GM-", IMAP_CAP_GMAIL },
    { "STATUS ", "HIGHESTMODSEQ", IMAP_CAP_CONDSTORE | IMAP_CAP_QRESYNC },
    { "STATUS ", "SIZE", IMAP_CAP_STATUS_SIZE },
    { "STATUS ", "APPENDLIMIT", IMAP_CAP_APPENDLIMIT },
    { "STATUS ", "MAILBOXID", IMAP_CAP_OBJECTID },
    { "MOVE ", "", IMAP_CAP_MOVE },
    { "EXPUNGE ", "", IMAP_CAP_UIDPLUS },
    { "NOTIFY ", "", IMAP_CAP_NOTIFY },
    { "IDLE", "", IMAP_CAP_IDLE },
    { "COMPRESS ", "", IMAP_CAP_COMPRESS },
    { "ENABLE ", "UTF8", IMAP_CAP_UTF8_ACCEPT },
    { "UNSELECT", "", IMAP_CAP_UNSELECT },
  };
  g_autofree char *words = without_names (command);
  const char *begin = g_str_has_prefix (words, "UID ") ? words + strlen ("UID ") : words;
  ImapCapability capabilities = 0;

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++) {
    if (g_str_has_prefix (begin, signs[i].begin) && strstr (begin, signs[i].word) != NULL)
      capabilities |= signs[i].capability;
  }
  return capabilities;
}
