/* From the tree of a person's search to the keys of SEARCH, and trying until a server takes them.  Runs in the session's thread; must never ask for less
 * than what the person looks for, for what the server leaves out nobody finds. */
#include "imap-query.h"

#include <string.h>

#include "base-error.h"
#include "base-fold.h"
#include "base-label.h"
#include "imap-flight-private.h"
#include "imap-utf7.h"

#define DAY_S (24 * 60 * 60)

/* How it is asked. */
typedef struct
{
  const char *charset; /* Borrowed; NULL: none is named */
  gboolean ascii;      /* words in other letters are left out */
  gboolean no_text;    /* TEXT is refused: the fields instead */
  gboolean no_words;   /* nor are they taken */
} Way;

typedef struct
{
  /* Borrowed */
  ImapQueryFunc func;
  gpointer user_data;

  Way way;
  gboolean gmail;
  gboolean has_text, has_words, has_8bit; /* what there is in it, for the next way */
} Writer;

/* A piece of the command: text, or a string in the form it needs. */
typedef struct
{
  char *text;
  gboolean string;
} Piece;

/* Search keys for a part of the tree: what is asked is never less than that part.  `exact`: nor is it more. */
typedef struct
{
  enum
  {
    ALL,
    NONE,
    SOME,
  } what;
  gboolean exact;
  guint n;        /* keys, all of which have to be true */
  GArray *pieces; /* of Piece; of SOME */
} Keys;

static void
piece_clear (Piece *piece)
{
  g_free (piece->text);
}

static Keys
keys_new (void)
{
  Keys keys = { .what = SOME, .exact = TRUE, .pieces = g_array_new (FALSE, FALSE, sizeof (Piece)) };

  g_array_set_clear_func (keys.pieces, (GDestroyNotify)piece_clear);
  return keys;
}

static void
keys_clear (Keys *keys)
{
  g_clear_pointer (&keys->pieces, g_array_unref);
}

static Keys
keys_known (gboolean yes, gboolean exact)
{
  return (Keys){ .what = yes ? ALL : NONE, .exact = exact };
}

/* Takes the text. */
static void
add_piece (Keys *keys, char *text, gboolean string)
{
  Piece piece = { .text = text, .string = string };

  g_array_append_val (keys->pieces, piece);
}

static Keys G_GNUC_PRINTF (2, 3) keys_plain (gboolean exact, const char *format, ...)
{
  Keys keys = keys_new ();
  va_list args;

  va_start (args, format);
  add_piece (&keys, g_strdup_vprintf (format, args), FALSE);
  va_end (args);
  keys.n = 1;
  keys.exact = exact;
  return keys;
}

/* Moves the pieces of `from` over, as one key. */
static void
add_key (Keys *keys, Keys *from)
{
  if (from->n > 1)
    add_piece (keys, g_strdup ("("), FALSE);
  g_array_append_vals (keys->pieces, from->pieces->data, from->pieces->len);
  if (from->n > 1)
    add_piece (keys, g_strdup (")"), FALSE);
  g_array_set_clear_func (from->pieces, NULL);
  keys_clear (from);
}

static Keys
keys_and (Keys one, Keys other)
{
  Keys keys;

  if (one.what == NONE || other.what == NONE || (one.what == ALL && other.what == ALL)) {
    gboolean none = one.what == NONE || other.what == NONE;

    keys = keys_known (!none, none || (one.exact && other.exact));
    keys_clear (&one);
    keys_clear (&other);
    return keys;
  }
  if (one.what == ALL || other.what == ALL) {
    keys = one.what == ALL ? other : one;
    keys.exact = one.exact && other.exact;
    return keys;
  }
  /* Both are lists of keys already */
  g_array_append_vals (one.pieces, other.pieces->data, other.pieces->len);
  g_array_set_clear_func (other.pieces, NULL);
  keys_clear (&other);
  one.n += other.n;
  one.exact &= other.exact;
  return one;
}

static Keys
keys_or (Keys one, Keys other)
{
  Keys keys;

  if (one.what == ALL || other.what == ALL) {
    keys = keys_known (TRUE, (one.what == ALL && one.exact) || (other.what == ALL && other.exact));
    keys_clear (&one);
    keys_clear (&other);
    return keys;
  }
  if (one.what == NONE || other.what == NONE) {
    keys = one.what == NONE ? other : one;
    return keys;
  }
  keys = keys_new ();
  keys.n = 1;
  keys.exact = one.exact && other.exact;
  add_piece (&keys, g_strdup ("OR"), FALSE);
  add_key (&keys, &one);
  add_key (&keys, &other);
  return keys;
}

/* What is asked for more than is meant cannot be turned round: then all are asked for. */
static Keys
keys_not (Keys one)
{
  Keys keys;

  if (!one.exact || one.what != SOME) {
    keys = keys_known (!one.exact || one.what == NONE, one.exact);
    keys_clear (&one);
    return keys;
  }
  keys = keys_new ();
  keys.n = 1;
  add_piece (&keys, g_strdup ("NOT"), FALSE);
  add_key (&keys, &one);
  return keys;
}

/* ---- words ---- */

/* A key with a string behind it.  Never exact: what is a word, and which letters are the same, servers see differently. */
static Keys
string_key (Writer *writer, const char *key, const char *text)
{
  gboolean ascii = g_str_is_ascii (text);
  Keys keys;

  writer->has_words = TRUE;
  writer->has_8bit |= !ascii;
  if (writer->way.no_words || (writer->way.ascii && !ascii) || *text == '\0')
    return keys_known (TRUE, FALSE);
  keys = keys_plain (FALSE, "%s", key);
  add_piece (&keys, g_strdup (text), TRUE);
  return keys;
}

/* In one of the headers "A B C". */
static Keys
any_key (Writer *writer, const char *names, const char *text)
{
  g_auto (GStrv) each = g_strsplit (names, " ", -1);
  Keys keys = keys_known (FALSE, TRUE);

  for (guint i = 0; each[i] != NULL; i++)
    keys = keys_or (keys, string_key (writer, each[i], text));
  return keys;
}

/* The words of a phrase: in a body they may stand on two lines. */
static Keys
words_key (Writer *writer, const char *key, const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);
  Keys keys = keys_known (TRUE, TRUE);

  for (guint i = 0; words[i] != NULL; i++) {
    if (*words[i] != '\0')
      keys = keys_and (keys, key != NULL ? string_key (writer, key, words[i])
                                         : any_key (writer, "SUBJECT FROM TO CC BODY", words[i]));
  }
  return keys;
}

static Keys
term_keys (Writer *writer, const BaseQueryNode *node)
{
  switch (node->field) {
  case BASE_QUERY_ANYWHERE:
    writer->has_text = TRUE;
    return words_key (writer, writer->way.no_text ? NULL : "TEXT", node->text);
  case BASE_QUERY_SUBJECT:
    return string_key (writer, "SUBJECT", node->text);
  case BASE_QUERY_FROM:
    return string_key (writer, "FROM", node->text);
  case BASE_QUERY_TO:
    return any_key (writer, "TO CC BCC", node->text);
  case BASE_QUERY_CC:
    return any_key (writer, "CC BCC", node->text);
  case BASE_QUERY_BODY:
    return words_key (writer, "BODY", node->text);
  case BASE_QUERY_LIST:
    return keys_or (string_key (writer, "HEADER List-Id", node->text),
                    any_key (writer, "TO CC", node->text));
  case BASE_QUERY_FILENAME:
  case BASE_QUERY_TYPE:
    break;
  }
  return keys_known (TRUE, FALSE);
}

/* ---- Gmail ---- */

/* One word of letters and digits is not taken at its letter there: that finds more. */
static gboolean
is_bare (const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    if (!g_unichar_isalnum (g_utf8_get_char (c)))
      return FALSE;
  }
  return strcmp (text, "OR") != 0 && strcmp (text, "AND") != 0 && strcmp (text, "AROUND") != 0;
}

/* from:kim, from:"김 민우" in its own language.  A quotation mark within it cannot be said. */
static void
write_raw_text (GString *raw, const char *operator, const char * text)
{
  if (is_bare (text)) {
    g_string_append_printf (raw, "%s%s", operator, text);
    return;
  }
  g_string_append_printf (raw, "%s\"", operator);
  for (const char *c = text; *c != '\0'; c++)
    g_string_append_c (raw, strchr ("\"\r\n", *c) != NULL ? ' ' : *c);
  g_string_append_c (raw, '"');
}

static gboolean write_raw (Writer *writer, GString *raw, const BaseQueryNode *node);

/* {a b} is one of them, (a b) all; all of them have to be known to it, else more than is meant would be left out. */
static gboolean
write_raw_children (Writer *writer, GString *raw, const char *brackets, const BaseQueryNode *node)
{
  g_string_append_c (raw, brackets[0]);
  for (guint i = 0; i < node->children->len; i++) {
    if (i > 0)
      g_string_append_c (raw, ' ');
    if (!write_raw (writer, raw, node->children->pdata[i]))
      return FALSE;
  }
  g_string_append_c (raw, brackets[1]);
  return TRUE;
}

static gboolean
write_raw_term (GString *raw, const BaseQueryNode *node)
{
  static const char *const operators[] = {
    [BASE_QUERY_ANYWHERE] = "",  [BASE_QUERY_SUBJECT] = "subject:",
    [BASE_QUERY_FROM] = "from:", [BASE_QUERY_TO] = "to:",
    [BASE_QUERY_CC] = "cc:",     [BASE_QUERY_BODY] = "",
    [BASE_QUERY_TYPE] = NULL,    [BASE_QUERY_FILENAME] = "filename:",
    [BASE_QUERY_LIST] = "list:",
  };

  if (node->field == BASE_QUERY_TYPE)
    g_string_append (raw, "has:attachment");
  else
    write_raw_text (raw, operators[node->field], node->text);
  return TRUE;
}

/* FALSE: it cannot be said there. */
static gboolean
write_raw (Writer *writer, GString *raw, const BaseQueryNode *node)
{
  switch (node->kind) {
  case BASE_QUERY_AND:
    return write_raw_children (writer, raw, "()", node);
  case BASE_QUERY_OR:
    return write_raw_children (writer, raw, "{}", node);
  case BASE_QUERY_TERM:
    return write_raw_term (raw, node);
  case BASE_QUERY_HAS:
    g_string_append (raw, "has:attachment");
    return TRUE;
  case BASE_QUERY_NOT: /* its words are not ours: what it has for a hit may be none */
  case BASE_QUERY_ALL:
  case BASE_QUERY_IS:
  case BASE_QUERY_IN:
  case BASE_QUERY_ACCOUNT:
  case BASE_QUERY_LABEL:
  case BASE_QUERY_DATE:
  case BASE_QUERY_SIZE:
    break;
  }
  return FALSE;
}

/* Gmail finds words by its own language alone (quirk 10).  FALSE: this part of the tree is asked for as elsewhere. */
static gboolean
raw_keys (Writer *writer, const BaseQueryNode *node, Keys *keys)
{
  g_autoptr (GString) raw = NULL;

  if (!writer->gmail || node->kind == BASE_QUERY_AND)
    return FALSE;
  raw = g_string_new (NULL);
  if (!write_raw (writer, raw, node))
    return FALSE;
  *keys = string_key (writer, "X-GM-RAW", raw->str);
  return TRUE;
}

static Keys keys_of (Writer *writer, const BaseQueryNode *node);

/* All that can be said in it is said at once, for it is not told that a search may have two of them. */
static Keys
and_keys (Writer *writer, const BaseQueryNode *node)
{
  g_autoptr (GString) together = g_string_new (NULL);
  Keys keys = keys_known (TRUE, TRUE);

  for (guint i = 0; i < node->children->len; i++) {
    g_autoptr (GString) raw = g_string_new (NULL);

    if (writer->gmail && write_raw (writer, raw, node->children->pdata[i]))
      g_string_append_printf (together, "%s%s", together->len > 0 ? " " : "", raw->str);
    else
      keys = keys_and (keys, keys_of (writer, node->children->pdata[i]));
  }
  if (together->len > 0)
    keys = keys_and (keys, string_key (writer, "X-GM-RAW", together->str));
  return keys;
}

/* ---- the other pieces ---- */

static const char *
flag_key (BaseQueryState state)
{
  switch (state) {
  case BASE_QUERY_UNREAD:
    return "UNSEEN";
  case BASE_QUERY_READ:
    return "SEEN";
  case BASE_QUERY_STARRED:
    return "FLAGGED";
  case BASE_QUERY_REPLIED:
    return "ANSWERED";
  case BASE_QUERY_FORWARDED:
    return "KEYWORD $Forwarded";
  case BASE_QUERY_DRAFT:
    return "DRAFT";
  }
  g_return_val_if_reached ("ALL");
}

static gboolean
is_keyword (const char *text)
{
  for (const char *c = text; *c != '\0'; c++) {
    if (!g_ascii_isgraph (*c) || strchr ("(){%*\"\\]", *c) != NULL)
      return FALSE;
  }
  return *text != '\0';
}

static Keys
keyword_key (const char *keyword)
{
  return is_keyword (keyword) ? keys_plain (FALSE, "KEYWORD %s", keyword)
                              : keys_known (FALSE, FALSE);
}

/* Labels of its own have a mark in front, which nobody types; a person's own may have that name in another language. */
static Keys
gmail_label_keys (Writer *writer, const char *text, const char *wire, const char *folded)
{
  const char *own = base_label_find_gmail (folded);

  if (own == NULL)
    return string_key (writer, "X-GM-LABELS", wire);
  if (text[0] == '\\')
    return string_key (writer, "X-GM-LABELS", own);
  return keys_or (string_key (writer, "X-GM-LABELS", wire),
                  string_key (writer, "X-GM-LABELS", own));
}

/* Another program may have written it as it is, or as names of mailboxes are written, or mean one that is shown by that name. */
static Keys
label_keys (Writer *writer, const BaseQueryNode *node)
{
  g_autofree char *folded = base_fold (node->text, -1, NULL);
  g_autofree char *wire = imap_utf7_encode (node->text);
  const char *known = base_label_find_keyword (folded);
  Keys keys;

  if (writer->gmail)
    return gmail_label_keys (writer, node->text, wire, folded);
  keys = keyword_key (node->text);
  if (g_strcmp0 (wire, node->text) != 0 && wire != NULL)
    keys = keys_or (keys, keyword_key (wire));
  if (known != NULL)
    keys = keys_or (keys, keyword_key (known));
  return keys.what == NONE ? keys_known (TRUE, FALSE) : keys;
}

static char *
date_of (gint64 seconds)
{
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return time != NULL ? g_strdup_printf ("%d-%s-%04d", g_date_time_get_day_of_month (time),
                                         months[g_date_time_get_month (time) - 1],
                                         g_date_time_get_year (time))
                      : NULL;
}

/* Days as the server's clock has it, which nobody knows: a day more at each end. */
static Keys
date_keys (const BaseQueryNode *node)
{
  g_autofree char *since = node->from != G_MININT64 ? date_of (node->from - DAY_S) : NULL;
  g_autofree char *before = node->until != G_MAXINT64 ? date_of (node->until + 2 * DAY_S) : NULL;
  Keys keys = keys_known (TRUE, FALSE);

  if (since != NULL)
    keys = keys_and (keys, keys_plain (FALSE, "SINCE %s", since));
  if (before != NULL)
    keys = keys_and (keys, keys_plain (FALSE, "BEFORE %s", before));
  return keys;
}

/* The size of a message is a number of 32 bits (RFC 9051: 63, where it is spoken). */
static Keys
size_keys (const BaseQueryNode *node)
{
  Keys keys = keys_known (TRUE, TRUE);

  if (node->least > G_MAXUINT32)
    return keys_known (TRUE, FALSE);
  if (node->least > 0)
    keys = keys_and (keys, keys_plain (TRUE, "LARGER %" G_GUINT64_FORMAT, node->least - 1));
  if (node->most < G_MAXUINT32)
    keys = keys_and (keys, keys_plain (TRUE, "SMALLER %" G_GUINT64_FORMAT, node->most + 1));
  return keys;
}

static Keys
keys_of (Writer *writer, const BaseQueryNode *node)
{
  ImapQueryKnown known =
      writer->func != NULL ? writer->func (node, writer->user_data) : IMAP_QUERY_NOT_KNOWN;
  Keys keys;

  if (known != IMAP_QUERY_NOT_KNOWN)
    return keys_known (known == IMAP_QUERY_TRUE, TRUE);
  if (raw_keys (writer, node, &keys))
    return keys;
  switch (node->kind) {
  case BASE_QUERY_ALL:
    return keys_known (TRUE, TRUE);
  case BASE_QUERY_AND:
    return and_keys (writer, node);
  case BASE_QUERY_OR:
    keys = keys_known (FALSE, TRUE);
    for (guint i = 0; i < node->children->len; i++)
      keys = keys_or (keys, keys_of (writer, node->children->pdata[i]));
    return keys;
  case BASE_QUERY_NOT:
    return keys_not (keys_of (writer, node->children->pdata[0]));
  case BASE_QUERY_TERM:
    return term_keys (writer, node);
  case BASE_QUERY_IS:
    return keys_plain (TRUE, "%s", flag_key (node->state));
  case BASE_QUERY_LABEL:
    return label_keys (writer, node);
  case BASE_QUERY_DATE:
    return date_keys (node);
  case BASE_QUERY_SIZE:
    return size_keys (node);
  case BASE_QUERY_HAS:
  case BASE_QUERY_IN:
  case BASE_QUERY_ACCOUNT:
    break;
  }
  return keys_known (TRUE, FALSE);
}

gboolean
imap_query_may_be (const BaseQueryNode *root, ImapQueryFunc func, gpointer user_data)
{
  Writer writer = { .func = func, .user_data = user_data };
  Keys keys = keys_of (&writer, root);
  gboolean may_be = keys.what != NONE;

  keys_clear (&keys);
  return may_be;
}

/* ---- asking ---- */

/* FALSE: these words are not to be had in that charset. */
static gboolean
add_string (ImapCommand *command, const char *text, const char *charset)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *converted = NULL;
  gsize length;

  if (charset == NULL || g_ascii_strcasecmp (charset, "UTF-8") == 0 || g_str_is_ascii (text)) {
    imap_command_add_string (command, text);
    return TRUE;
  }
  converted = g_convert (text, -1, charset, "UTF-8", NULL, &length, NULL);
  if (converted == NULL || memchr (converted, '\0', length) != NULL)
    return FALSE;
  bytes = g_bytes_new (converted, length);
  imap_command_add_literal (command, bytes);
  return TRUE;
}

static gboolean
write_keys (ImapCommand *command, const Keys *keys, const char *charset)
{
  gboolean opened = FALSE;

  if (charset != NULL)
    imap_command_add (command, " CHARSET %s", charset);
  if (keys->what == ALL)
    imap_command_add (command, " ALL");
  for (guint i = 0; keys->what == SOME && i < keys->pieces->len; i++) {
    const Piece *piece = &g_array_index (keys->pieces, Piece, i);

    if (!opened && (piece->string || *piece->text != ')'))
      imap_command_add (command, " ");
    opened = !piece->string && *piece->text == '(';
    if (!piece->string)
      imap_command_add (command, "%s", piece->text);
    else if (!add_string (command, piece->text, charset))
      return FALSE;
  }
  return TRUE;
}

/* One way.  NULL with REFUSED: another one may do. */
static BaseUidSet *
ask (ImapSession *session, const Keys *keys, const char *charset, GCancellable *cancellable,
     GError **error)
{
  g_autoptr (ImapFlight) flight = imap_flight_new (session);
  g_autoptr (ImapCommand) command = imap_search_command_new (session);
  guint index;

  if (!write_keys (command, keys, charset)) {
    base_error_set (error, BASE_ERROR_REFUSED, NULL, "%s", charset);
    return NULL;
  }
  index = imap_flight_search (flight, g_steal_pointer (&command));
  return imap_flight_run_alone (flight, cancellable, error) ? imap_flight_steal_uids (flight, index)
                                                            : NULL;
}

/* "(EUC-KR ISO-2022-KR)" behind [BADCHARSET */
static GStrv
named_charsets (ImapSession *session)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GPtrArray) charsets = g_ptr_array_new ();
  const char *argument = session->refused_argument;

  if (g_strcmp0 (session->refused_code, "BADCHARSET") == 0 && argument != NULL)
    words = g_strsplit_set (argument, " ()\"", -1);
  for (guint i = 0; words != NULL && words[i] != NULL; i++) {
    if (is_keyword (words[i]) && g_ascii_strcasecmp (words[i], "UTF-8") != 0
        && g_ascii_strcasecmp (words[i], "US-ASCII") != 0 && charsets->len < 4)
      g_ptr_array_add (charsets, g_strdup (words[i]));
  }
  g_ptr_array_add (charsets, NULL);
  return (GStrv)g_ptr_array_free (g_steal_pointer (&charsets), FALSE);
}

typedef struct
{
  /* Borrowed */
  ImapSession *session;
  const BaseQueryNode *root;
  GCancellable *cancellable;

  Writer writer;
  ImapQueryAsked asked;
} Search;

/* *refused: the server did not take it so. */
static BaseUidSet *
try_way (Search *search, const Way *way, gboolean *refused, GError **error)
{
  BaseUidSet *found = NULL;
  GError *local = NULL;
  Keys keys;

  search->writer.way = *way;
  keys = keys_of (&search->writer, search->root);
  search->asked = keys.what == NONE  ? IMAP_QUERY_NOTHING
                  : keys.what == ALL ? IMAP_QUERY_ALL
                                     : IMAP_QUERY_ASKED;
  found = keys.what == NONE
              ? base_uid_set_new ()
              : ask (search->session, &keys, way->charset, search->cancellable, &local);
  keys_clear (&keys);
  *refused = found == NULL && search->session->usable
             && g_error_matches (local, BASE_ERROR, BASE_ERROR_REFUSED);
  if (found == NULL)
    g_propagate_error (error, local);
  return found;
}

/* In this order, each where it is another one than those before it. */
static const struct
{
  Way way;
  gboolean named; /* in the charsets that the server names */
} ways[] = {
  { { .charset = "UTF-8" }, FALSE },
  { { .charset = NULL }, TRUE },
  { { .charset = NULL }, FALSE },
  { { .charset = "UTF-8", .no_text = TRUE }, FALSE },
  { { .no_text = TRUE }, FALSE },
  { { .ascii = TRUE }, FALSE },
  { { .ascii = TRUE, .no_text = TRUE }, FALSE },
  { { .no_words = TRUE }, FALSE },
};

/* Whether it is worth asking in that way. */
static gboolean
is_another (const Search *search, guint i)
{
  const Writer *writer = &search->writer;
  gboolean octets = writer->has_8bit && !search->session->utf8;

  if (i == 0)
    return octets;
  if (ways[i].way.no_text && !writer->has_text)
    return FALSE;
  if (ways[i].way.no_words)
    return writer->has_words;
  return octets || (!ways[i].named && ways[i].way.charset == NULL && !ways[i].way.ascii);
}

static BaseUidSet *
try_named (Search *search, gboolean *refused, GError **error)
{
  ImapSession *session = search->session;
  BaseUidSet *found = NULL;

  if (session->search_charsets == NULL)
    session->search_charsets = named_charsets (session);
  *refused = TRUE;
  for (guint i = 0; found == NULL && *refused && session->search_charsets[i] != NULL; i++) {
    Way way = { .charset = session->search_charsets[i] };

    g_clear_error (error);
    found = try_way (search, &way, refused, error);
  }
  return found;
}

BaseUidSet *
imap_session_search_query (ImapSession *session, const BaseQueryNode *root, ImapQueryFunc func,
                           gpointer user_data, ImapQueryAsked *asked, GCancellable *cancellable,
                           GError **error)
{
  Search search = { .session = session,
                    .root = root,
                    .cancellable = cancellable,
                    .writer = { .func = func,
                                .user_data = user_data,
                                .gmail = imap_session_has (session, IMAP_CAP_GMAIL) } };
  GError *local = NULL;
  BaseUidSet *found = NULL;
  gboolean refused = TRUE;
  guint32 tried = 0;
  Keys probe = keys_of (&search.writer, root); /* what kinds of words it has */
  guint shift = search.writer.has_8bit ? 0 : 16;

  keys_clear (&probe);
  for (guint i = 0; i < G_N_ELEMENTS (ways) && refused; i++) {
    guint32 bit = (guint32)1 << (i + shift);

    if (!is_another (&search, i) || (session->search_refused & bit) != 0)
      continue;
    g_clear_error (&local);
    tried |= bit;
    found = ways[i].named ? try_named (&search, &refused, &local)
                          : try_way (&search, &ways[i].way, &refused, &local);
    if (found != NULL)
      session->search_refused |= tried & ~bit;
  }
  *asked = search.asked;
  if (found == NULL)
    g_propagate_error (error, local);
  return found;
}
