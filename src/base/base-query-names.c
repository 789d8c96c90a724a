/* The names of operators and of their values, in English and in the language of the person.  Pure, any thread: what is spoken is asked anew each time, for tests and
 * programs may change it. */
#include "base-query-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_NAME 64 /* letters that are compared */

typedef struct
{
  const char *english; /* ";" between; the first one is shown */
  const char *spoken;  /* to translate */
  BaseQueryKind kind;
  BaseQueryField field;
  const char *help;
} Operator;

static const Operator operators[BASE_QUERY_N_OPS] = {
  /* Translators: the names of the operators of a search, as in “from:kim”; letters only.  Several may be given with “;” between them, the first one is shown */
  [BASE_QUERY_OP_FROM] = { "from;sender", NC_ ("search operator", "from"), BASE_QUERY_TERM,
                           BASE_QUERY_FROM, NC_ ("search help", "who wrote it") },
  [BASE_QUERY_OP_TO] = { "to;recipient;recipients", NC_ ("search operator", "to"), BASE_QUERY_TERM,
                         BASE_QUERY_TO, NC_ ("search help", "whom it is for") },
  [BASE_QUERY_OP_SUBJECT] = { "subject;title", NC_ ("search operator", "subject"), BASE_QUERY_TERM,
                              BASE_QUERY_SUBJECT, NC_ ("search help", "words of the subject") },
  /* Translators: as in “has:attachment” */
  [BASE_QUERY_OP_HAS] = { "has", NC_ ("search operator", "has"), BASE_QUERY_HAS, 0,
                          NC_ ("search help", "an attachment") },
  /* Translators: as in “is:unread” */
  [BASE_QUERY_OP_IS] = { "is", NC_ ("search operator", "is"), BASE_QUERY_IS, 0,
                         NC_ ("search help", "unread, starred, replied…") },
  /* Translators: as in “in:inbox” */
  [BASE_QUERY_OP_IN] = { "in;folder;mailbox", NC_ ("search operator", "in"), BASE_QUERY_IN, 0,
                         NC_ ("search help", "which folder it is in") },
  [BASE_QUERY_OP_BODY] = { "body", NC_ ("search operator", "body"), BASE_QUERY_TERM,
                           BASE_QUERY_BODY, NC_ ("search help", "words of the text") },
  [BASE_QUERY_OP_FILENAME] = { "filename;file;attachment", NC_ ("search operator", "filename"),
                               BASE_QUERY_TERM, BASE_QUERY_FILENAME,
                               NC_ ("search help", "the name of an attachment") },
  [BASE_QUERY_OP_TYPE] = { "type;filetype", NC_ ("search operator", "type"), BASE_QUERY_TERM,
                           BASE_QUERY_TYPE, NC_ ("search help", "pdf, image, document…") },
  /* Translators: as in “after:yesterday” */
  [BASE_QUERY_OP_AFTER] = { "after;since", NC_ ("search operator", "after"), BASE_QUERY_DATE, 0,
                            NC_ ("search help", "from a day on") },
  /* Translators: as in “before:2024-03-15” */
  [BASE_QUERY_OP_BEFORE] = { "before", NC_ ("search operator", "before"), BASE_QUERY_DATE, 0,
                             NC_ ("search help", "before a day") },
  /* Translators: as in “on:yesterday” */
  [BASE_QUERY_OP_ON] = { "on;date;during", NC_ ("search operator", "on"), BASE_QUERY_DATE, 0,
                         NC_ ("search help", "a day, a week, a month or a year") },
  /* Translators: as in “newer_than:3d” */
  [BASE_QUERY_OP_NEWER] = { "newer_than;newer", NC_ ("search operator", "newer_than"),
                            BASE_QUERY_DATE, 0,
                            NC_ ("search help", "within the last days, weeks or months") },
  /* Translators: as in “older_than:1y” */
  [BASE_QUERY_OP_OLDER] = { "older_than;older", NC_ ("search operator", "older_than"),
                            BASE_QUERY_DATE, 0,
                            NC_ ("search help", "longer ago than days, weeks or months") },
  /* Translators: as in “larger:10M” */
  [BASE_QUERY_OP_LARGER] = { "larger;larger_than;bigger;size", NC_ ("search operator", "larger"),
                             BASE_QUERY_SIZE, 0, NC_ ("search help", "than a size") },
  /* Translators: as in “smaller:10M” */
  [BASE_QUERY_OP_SMALLER] = { "smaller;smaller_than", NC_ ("search operator", "smaller"),
                              BASE_QUERY_SIZE, 0, NC_ ("search help", "than a size") },
  [BASE_QUERY_OP_CC] = { "cc;bcc", NC_ ("search operator", "cc"), BASE_QUERY_TERM, BASE_QUERY_CC,
                         NC_ ("search help", "who has a copy") },
  [BASE_QUERY_OP_LABEL] = { "label;tag;keyword", NC_ ("search operator", "label"), BASE_QUERY_LABEL,
                            0, NC_ ("search help", "a label") },
  [BASE_QUERY_OP_LIST] = { "list", NC_ ("search operator", "list"), BASE_QUERY_TERM,
                           BASE_QUERY_LIST, NC_ ("search help", "a mailing list") },
  [BASE_QUERY_OP_ACCOUNT] = { "account", NC_ ("search operator", "account"), BASE_QUERY_ACCOUNT, 0,
                              NC_ ("search help", "one of the accounts") },
};

/* Where the values are known, the first of them is the example. */
static const char *const examples[BASE_QUERY_N_OPS] = {
  /* Translators: what may stand behind the operators of a search, as in “from:kim”: names, words and dates as people of your language type them.  Dates
     (“yesterday”, “last week”, “7d”, “1y”) have to be among those that you have named above. */
  [BASE_QUERY_OP_FROM] = NC_ ("search example", "kim"),
  [BASE_QUERY_OP_TO] = NC_ ("search example", "lee@example.com"),
  [BASE_QUERY_OP_SUBJECT] = NC_ ("search example", "report"),
  [BASE_QUERY_OP_BODY] = NC_ ("search example", "budget"),
  [BASE_QUERY_OP_FILENAME] = NC_ ("search example", "minutes"),
  [BASE_QUERY_OP_AFTER] = NC_ ("search example", "yesterday"),
  [BASE_QUERY_OP_BEFORE] = NC_ ("search example", "2024-03-15"),
  [BASE_QUERY_OP_ON] = NC_ ("search example", "last week"),
  [BASE_QUERY_OP_NEWER] = NC_ ("search example", "7d"),
  [BASE_QUERY_OP_OLDER] = NC_ ("search example", "1y"),
  [BASE_QUERY_OP_LARGER] = NC_ ("search example", "10MB"),
  [BASE_QUERY_OP_SMALLER] = NC_ ("search example", "100KB"),
  [BASE_QUERY_OP_CC] = NC_ ("search example", "choi"),
  [BASE_QUERY_OP_LABEL] = NC_ ("search example", "important"),
  [BASE_QUERY_OP_LIST] = NC_ ("search example", "gnome"),
  [BASE_QUERY_OP_ACCOUNT] = NC_ ("search example", "work"),
};

static const struct
{
  const char *english;
  const char *spoken;
} words[] = {
  /* Translators: between two words of a search of which one is enough.  Several may be given with “;” between them */
  [BASE_QUERY_WORD_OR] = { "OR;|", NC_ ("search operator", "OR") },
  [BASE_QUERY_WORD_AND] = { "AND;&", NC_ ("search operator", "AND") },
  /* Translators: in front of a word of a search that must not be there */
  [BASE_QUERY_WORD_NOT] = { "NOT", NC_ ("search operator", "NOT") },
};

typedef struct
{
  BaseQueryOp op;
  int value;
  gboolean negated;
  const char *english;
  const char *spoken;
  const char *help;
} Value;

static const Value values[] = {
  /* Translators: values in a search, as in “is:unread”.  Several may be given with “;” between them, the first one is shown, without spaces if you can */
  { BASE_QUERY_OP_IS, BASE_QUERY_UNREAD, FALSE, "unread;unseen;new", NC_ ("search value", "unread"),
    NC_ ("search help", "not read yet") },
  { BASE_QUERY_OP_IS, BASE_QUERY_READ, FALSE, "read;seen", NC_ ("search value", "read"),
    NC_ ("search help", "read") },
  { BASE_QUERY_OP_IS, BASE_QUERY_STARRED, FALSE, "starred;flagged;star",
    NC_ ("search value", "starred"), NC_ ("search help", "with a star") },
  { BASE_QUERY_OP_IS, BASE_QUERY_REPLIED, FALSE, "replied;answered",
    NC_ ("search value", "replied"), NC_ ("search help", "answered") },
  { BASE_QUERY_OP_IS, BASE_QUERY_FORWARDED, FALSE, "forwarded", NC_ ("search value", "forwarded"),
    NC_ ("search help", "sent on to others") },
  { BASE_QUERY_OP_IS, BASE_QUERY_DRAFT, FALSE, "draft", NC_ ("search value", "draft"),
    NC_ ("search help", "not sent yet") },
  { BASE_QUERY_OP_IS, BASE_QUERY_STARRED, TRUE, "unstarred;unflagged",
    NC_ ("search value", "unstarred"), NC_ ("search help", "without a star") },
  { BASE_QUERY_OP_IS, BASE_QUERY_REPLIED, TRUE, "unreplied;unanswered",
    NC_ ("search value", "unreplied"), NC_ ("search help", "not answered yet") },
  { BASE_QUERY_OP_HAS, 0, FALSE, "attachment;attachments;file;files",
    NC_ ("search value", "attachment"), NC_ ("search help", "with files") },
  { BASE_QUERY_OP_IN, BASE_QUERY_INBOX, FALSE, "inbox", NC_ ("search value", "inbox"),
    NC_ ("search help", "the inboxes") },
  { BASE_QUERY_OP_IN, BASE_QUERY_SENT, FALSE, "sent", NC_ ("search value", "sent"),
    NC_ ("search help", "what was sent") },
  { BASE_QUERY_OP_IN, BASE_QUERY_DRAFTS, FALSE, "drafts;draft", NC_ ("search value", "drafts"),
    NC_ ("search help", "what is being written") },
  { BASE_QUERY_OP_IN, BASE_QUERY_ARCHIVE, FALSE, "archive", NC_ ("search value", "archive"),
    NC_ ("search help", "what was archived") },
  { BASE_QUERY_OP_IN, BASE_QUERY_JUNK, FALSE, "junk;spam", NC_ ("search value", "junk"),
    NC_ ("search help", "unwanted mail") },
  { BASE_QUERY_OP_IN, BASE_QUERY_TRASH, FALSE, "trash;bin", NC_ ("search value", "trash"),
    NC_ ("search help", "what was thrown away") },
  { BASE_QUERY_OP_IN, BASE_QUERY_ANYPLACE, FALSE, "anywhere;all", NC_ ("search value", "anywhere"),
    NC_ ("search help", "all folders, junk and trash, too") },
  /* Translators: kinds of attachments in a search, as in “type:image”, with “;” as above */
  { BASE_QUERY_OP_TYPE, 0, FALSE, "pdf", NC_ ("search type", "pdf"),
    NC_ ("search help", "PDF files") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "image;images;picture;pictures;photo;photos",
    NC_ ("search type", "image"), NC_ ("search help", "pictures") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "document;documents;word", NC_ ("search type", "document"),
    NC_ ("search help", "text documents") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "spreadsheet;spreadsheets;excel",
    NC_ ("search type", "spreadsheet"), NC_ ("search help", "spreadsheets") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "presentation;presentations;powerpoint;slides",
    NC_ ("search type", "presentation"), NC_ ("search help", "slides") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "archive;archives", NC_ ("search type", "archive"),
    NC_ ("search help", "packed files") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "video;videos;movie", NC_ ("search type", "video"),
    NC_ ("search help", "films") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "audio;sound;music", NC_ ("search type", "audio"),
    NC_ ("search help", "sound and music") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "calendar;invitation;event", NC_ ("search type", "calendar"),
    NC_ ("search help", "invitations and events") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "contact;contacts;vcard", NC_ ("search type", "contact"),
    NC_ ("search help", "visiting cards") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "message;messages;mail", NC_ ("search type", "message"),
    NC_ ("search help", "attached messages") },
  { BASE_QUERY_OP_TYPE, 0, FALSE, "text", NC_ ("search type", "text"),
    NC_ ("search help", "plain text files") },
};

char *
base_query_name (const char *text, gssize length, gboolean squeezed)
{
  g_autofree char *piece = length < 0 ? g_strdup (text) : g_strndup (text, (gsize)length);
  g_autofree char *narrow = g_utf8_normalize (piece, -1, G_NORMALIZE_NFKC);
  g_autofree char *folded = g_utf8_casefold (narrow != NULL ? narrow : "", -1);
  GString *name = g_string_new (NULL);
  gboolean space = FALSE;

  for (const char *c = folded; *c != '\0'; c = g_utf8_next_char (c)) {
    if (base_query_is_space (g_utf8_get_char (c))) {
      space = name->len > 0;
      continue;
    }
    if (squeezed && (*c == '-' || *c == '_'))
      continue;
    if (space && !squeezed)
      g_string_append_c (name, ' ');
    space = FALSE;
    g_string_append_len (name, c, g_utf8_next_char (c) - c);
  }
  return g_string_free (name, FALSE);
}

const char *const *
base_query_squeezed (const char *names)
{
  static GMutex lock;
  static GHashTable *known; /* names -> strv */
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  char **squeezed;

  if (known == NULL)
    known = g_hash_table_new (g_str_hash, g_str_equal);
  squeezed = g_hash_table_lookup (known, names);
  if (squeezed == NULL) {
    squeezed = g_strsplit (names, ";", -1);
    for (guint i = 0; squeezed[i] != NULL; i++) {
      char *name = base_query_name (squeezed[i], -1, TRUE);

      g_free (squeezed[i]);
      squeezed[i] = name;
    }
    g_hash_table_insert (known, g_strdup (names), squeezed);
  }
  return (const char *const *)squeezed;
}

gboolean
base_query_is_named (const char *names, const char *squeezed)
{
  return *squeezed != '\0' && g_strv_contains (base_query_squeezed (names), squeezed);
}

/* ---- operators ---- */

struct _BaseQueryNames
{
  GHashTable *operators; /* name -> op + 1 */
  GHashTable *words;
};

static const char *
spoken (const char *context, const char *message)
{
  return g_dpgettext2 (NULL, context, message);
}

static char *
first_of (const char *names)
{
  return g_strndup (names, strcspn (names, ";"));
}

static void
add_names (GHashTable *table, const char *names, guint what)
{
  g_auto (GStrv) each = g_strsplit (names, ";", -1);

  for (guint i = 0; each[i] != NULL; i++) {
    g_autofree char *name = base_query_name (each[i], -1, FALSE);

    if (*name == '\0')
      continue;
    if (strchr (name, ' ') != NULL) {
      char *close = base_query_name (each[i], -1, TRUE);

      /* What is English stays what it is, whatever the other language calls so */
      if (!g_hash_table_contains (table, close))
        g_hash_table_insert (table, close, GUINT_TO_POINTER (what + 1));
      else
        g_free (close);
    }
    if (!g_hash_table_contains (table, name))
      g_hash_table_insert (table, g_steal_pointer (&name), GUINT_TO_POINTER (what + 1));
  }
}

static void
add_words (GHashTable *table, const char *names, guint what)
{
  g_auto (GStrv) each = g_strsplit (names, ";", -1);

  for (guint i = 0; each[i] != NULL; i++) {
    if (*each[i] != '\0')
      g_hash_table_insert (table, g_strdup (each[i]), GUINT_TO_POINTER (what + 1));
  }
}

BaseQueryNames *
base_query_names_new (void)
{
  BaseQueryNames *names = g_new0 (BaseQueryNames, 1);

  names->operators = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  names->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < BASE_QUERY_N_OPS; i++)
    add_names (names->operators, operators[i].english, i);
  for (guint i = 0; i < BASE_QUERY_N_OPS; i++)
    add_names (names->operators, spoken ("search operator", operators[i].spoken), i);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    add_words (names->words, spoken ("search operator", words[i].spoken), i);
    add_words (names->words, words[i].english, i);
  }
  return names;
}

void
base_query_names_free (BaseQueryNames *names)
{
  g_hash_table_unref (names->operators);
  g_hash_table_unref (names->words);
  g_free (names);
}

BaseQueryKind
base_query_op_kind (BaseQueryOp op)
{
  return operators[op].kind;
}

BaseQueryField
base_query_op_field (BaseQueryOp op)
{
  return operators[op].field;
}

BaseQueryOp
base_query_op_of (BaseQueryKind kind, BaseQueryField field)
{
  for (guint i = 0; i < BASE_QUERY_N_OPS; i++) {
    if (operators[i].kind == kind && operators[i].field == field)
      return i;
  }
  return BASE_QUERY_NO_OP;
}

const char *
base_query_op_help (BaseQueryOp op)
{
  return spoken ("search help", operators[op].help);
}

static void
take_first (const char *shown, const char *help, gpointer user_data)
{
  char **first = user_data;

  if (*first == NULL)
    *first = g_strdup (shown);
}

char *
base_query_op_example (BaseQueryOp op)
{
  g_autofree char *name = base_query_op_shown (op);
  g_autofree char *known = NULL;
  const char *value, *quote;

  if (examples[op] == NULL)
    base_query_value_foreach (op, "", take_first, &known);
  value = known != NULL ? known : spoken ("search example", examples[op]);
  quote = strchr (value, ' ') != NULL ? "\"" : "";
  return g_strconcat (name, ":", quote, value, quote, NULL);
}

char *
base_query_op_shown (BaseQueryOp op)
{
  g_autofree char *shown = first_of (spoken ("search operator", operators[op].spoken));
  g_autofree char *close = base_query_name (shown, -1, FALSE);

  /* Where somebody typed it, it has to be one word */
  return *close == '\0' || strchr (close, ' ') != NULL ? first_of (operators[op].english)
                                                       : g_steal_pointer (&shown);
}

static gboolean
begins (const char *names, const char *squeezed)
{
  const char *const *each = base_query_squeezed (names);

  for (guint i = 0; each[i] != NULL; i++) {
    if (g_str_has_prefix (each[i], squeezed))
      return TRUE;
  }
  return FALSE;
}

char *
base_query_op_begun (BaseQueryOp op, const char *text)
{
  g_autofree char *name = base_query_name (text, -1, TRUE);

  if (begins (spoken ("search operator", operators[op].spoken), name))
    return base_query_op_shown (op);
  return begins (operators[op].english, name) ? first_of (operators[op].english) : NULL;
}

BaseQueryOp
base_query_names_look (const BaseQueryNames *names, const char *text, gsize length)
{
  g_autofree char *name = base_query_name (text, (gssize)length, FALSE);
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (names->operators, name));

  return found != 0 ? found - 1 : BASE_QUERY_NO_OP;
}

BaseQueryWord
base_query_names_word (const BaseQueryNames *names, const char *text, gsize length)
{
  g_autofree char *word = g_strndup (text, length);
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (names->words, word));

  return found != 0 ? found - 1 : BASE_QUERY_NO_WORD;
}

/* ---- what is nearest ---- */

static guint
letters_of (const char *text, gunichar *letters)
{
  g_autofree char *parts = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);
  guint n = 0;

  for (const char *c = parts; c != NULL && *c != '\0' && n < MAX_NAME; c = g_utf8_next_char (c))
    letters[n++] = g_utf8_get_char (c);
  return n;
}

guint
base_query_distance (const char *one, const char *other, guint most)
{
  gunichar a[MAX_NAME], b[MAX_NAME];
  guint n = letters_of (one, a), m = letters_of (other, b);
  guint rows[3][MAX_NAME + 1];

  if ((n > m ? n - m : m - n) > most)
    return most + 1;
  for (guint j = 0; j <= m; j++)
    rows[0][j] = j;
  for (guint i = 1; i <= n; i++) {
    guint *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

    row[0] = i;
    for (guint j = 1; j <= m; j++) {
      row[j] = MIN (MIN (row[j - 1], above[j]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = MIN (row[j], before[j - 2] + 1);
    }
  }
  return MIN (rows[n % 3][m], most + 1);
}

/* Two letters the wrong way round, as "ot" for "to". */
static gboolean
is_swapped (const char *one, const char *other)
{
  gunichar a[MAX_NAME], b[MAX_NAME];

  return letters_of (one, a) == 2 && letters_of (other, b) == 2 && a[0] == b[1] && a[1] == b[0];
}

BaseQueryOp
base_query_names_nearest (const BaseQueryNames *names, const char *text, gsize length,
                          const char **nearest)
{
  g_autofree char *name = base_query_name (text, (gssize)length, FALSE);
  gunichar letters[MAX_NAME];
  guint n = letters_of (name, letters);
  guint best = n < 3 ? 1 : n <= 5 ? 2 : 3;
  BaseQueryOp op = BASE_QUERY_NO_OP;
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, names->operators);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    guint distance;

    if (is_swapped (name, key))
      distance = 0;
    else if (strlen (key) < 3)
      continue; /* "re", "id" and "no" are no "to", "in" or "on" */
    else
      distance = n >= 3 && g_str_has_prefix (key, name) ? 1 : base_query_distance (name, key, best);
    /* Of two that are as near, always the same one */
    if (distance < best
        || (op != BASE_QUERY_NO_OP && distance == best && strcmp (key, *nearest) < 0)) {
      best = distance;
      op = GPOINTER_TO_UINT (value) - 1;
      *nearest = key;
    }
  }
  return op;
}

/* ---- values ---- */

gboolean
base_query_op_wants_span (BaseQueryOp op)
{
  return op == BASE_QUERY_OP_NEWER || op == BASE_QUERY_OP_OLDER;
}

static const char *
spoken_of (const Value *value)
{
  return spoken (value->op == BASE_QUERY_OP_TYPE ? "search type" : "search value", value->spoken);
}

static const Value *
find_value (BaseQueryOp op, const char *text)
{
  g_autofree char *name = base_query_name (text, -1, TRUE);

  for (guint round = 0; round < 2; round++) {
    for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
      if (values[i].op == op
          && base_query_is_named (round == 0 ? values[i].english : spoken_of (&values[i]), name))
        return &values[i];
    }
  }
  return NULL;
}

gboolean
base_query_value_look (BaseQueryOp op, const char *text, BaseQueryNode *node, gboolean *negated)
{
  const Value *value = find_value (op, text);

  *negated = value != NULL && value->negated;
  if (value == NULL)
    return FALSE;
  if (op == BASE_QUERY_OP_IS)
    node->state = (BaseQueryState)value->value;
  if (op == BASE_QUERY_OP_IN)
    node->place = (BaseQueryPlace)value->value;
  if (op == BASE_QUERY_OP_TYPE) {
    g_free (node->text);
    node->text = first_of (value->english);
  }
  return TRUE;
}

static char *
value_shown (const Value *value)
{
  g_autofree char *shown = first_of (spoken_of (value));
  g_autofree char *close = base_query_name (shown, -1, FALSE);

  return *close == '\0' || strchr (close, ' ') != NULL ? base_query_name (shown, -1, TRUE)
                                                       : g_steal_pointer (&shown);
}

char *
base_query_value_nearest (BaseQueryOp op, const char *text)
{
  g_autofree char *name = base_query_name (text, -1, TRUE);
  gunichar letters[MAX_NAME];
  guint n = letters_of (name, letters), best = (n <= 2 ? 1 : n <= 5 ? 2 : 3) + 1;
  char *nearest = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autofree char *both = g_strconcat (values[i].english, ";", spoken_of (&values[i]), NULL);
    g_auto (GStrv) each = g_strsplit (both, ";", -1);

    if (values[i].op != op)
      continue;
    for (guint j = 0; each[j] != NULL; j++) {
      g_autofree char *known = base_query_name (each[j], -1, TRUE);
      guint distance =
          n >= 2 && g_str_has_prefix (known, name) ? 0 : base_query_distance (name, known, best);

      if (distance < best) {
        best = distance;
        g_free (nearest);
        nearest = g_str_is_ascii (name) ? first_of (values[i].english) : value_shown (&values[i]);
      }
    }
  }
  return nearest;
}

void
base_query_value_foreach (BaseQueryOp op, const char *text, BaseQueryValueFunc func,
                          gpointer user_data)
{
  g_autofree char *name = base_query_name (text, -1, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    gboolean english = begins (values[i].english, name);
    g_autofree char *shown = NULL;

    if (values[i].op != op)
      continue;
    if (begins (spoken_of (&values[i]), name))
      shown = value_shown (&values[i]);
    else if (english)
      shown = first_of (values[i].english);
    if (shown != NULL)
      func (shown, spoken ("search help", values[i].help), user_data);
  }
}

char *
base_query_value_list (BaseQueryOp op)
{
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    if (values[i].op == op)
      g_ptr_array_add (shown, value_shown (&values[i]));
  }
  g_ptr_array_add (shown, NULL);
  return g_strjoinv (_ (", "), (char **)shown->pdata);
}

static const char *
english_of (BaseQueryOp op, int value)
{
  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    if (values[i].op == op && values[i].value == value)
      return values[i].spoken;
  }
  return "";
}

const char *
base_query_state_name (BaseQueryState state)
{
  return english_of (BASE_QUERY_OP_IS, (int)state);
}

const char *
base_query_place_name (BaseQueryPlace place)
{
  return english_of (BASE_QUERY_OP_IN, (int)place);
}

/* ---- sizes ---- */

gboolean
base_query_size_parse (const char *text, guint64 *octets)
{
  static const struct
  {
    const char *name;
    double factor;
  } units[] = {
    { "", 1 },       { "b", 1 },      { "byte", 1 },         { "bytes", 1 },  { "k", 1e3 },
    { "kb", 1e3 },   { "kib", 1024 }, { "m", 1e6 },          { "mb", 1e6 },   { "mib", 1048576 },
    { "g", 1e9 },    { "gb", 1e9 },   { "gib", 1073741824 }, { "바이트", 1 }, { "킬로", 1e3 },
    { "메가", 1e6 }, { "기가", 1e9 },
  };
  g_autofree char *name = base_query_name (text, -1, TRUE);
  gsize digits = strspn (name, "0123456789"), end = digits;

  if (digits == 0 || digits > 15)
    return FALSE;
  if (name[digits] == '.' || name[digits] == ',') {
    gsize more = strspn (name + digits + 1, "0123456789");
    if (more == 0 || more > 6)
      return FALSE;
    name[digits] = '.';
    end = digits + 1 + more;
  }
  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    double size;

    if (strcmp (name + end, units[i].name) != 0)
      continue;
    name[end] = '\0';
    size = g_ascii_strtod (name, NULL) * units[i].factor;
    *octets = size < 1e15 ? (guint64)(size + 0.5) : G_GUINT64_CONSTANT (1000000000000000);
    return TRUE;
  }
  return FALSE;
}

char *
base_query_size_nearest (const char *text)
{
  g_autofree char *name = base_query_name (text, -1, TRUE);
  gsize begins_at = strcspn (name, "0123456789");
  const char *number = name + begins_at;
  gsize digits = strspn (number, "0123456789");
  const char *unit;
  guint64 octets;
  g_autofree char *nearest = NULL;

  if (digits == 0)
    return NULL;
  if (number[digits] == '.' || number[digits] == ',')
    digits += 1 + strspn (number + digits + 1, "0123456789");
  unit = strpbrk (number + digits, "kmg");
  nearest =
      g_strdup_printf ("%.*s%c", (int)digits, number, g_ascii_toupper (unit != NULL ? *unit : 'M'));
  return base_query_size_parse (nearest, &octets) && octets > 0 ? g_steal_pointer (&nearest) : NULL;
}
