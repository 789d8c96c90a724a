/* The model server's SEARCH: the keys of RFC 3501, RETURN (ESEARCH), MODSEQ.  The world is locked. */
#include <string.h>

#include "base-date.h"
#include "model-imap.h"

typedef struct
{
  guint index;
  ModelMessage *message;
} Candidate;

static gboolean test_key (ModelImap *imap, const Candidate *candidate);

static gboolean
contains (const char *text, gsize length, const char *needle)
{
  gsize n = strlen (needle);

  if (n == 0)
    return TRUE;
  for (gsize i = 0; i + n <= length; i++)
    if (g_ascii_strncasecmp (text + i, needle, n) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
field_contains (ModelImap *imap, const Candidate *candidate, const char *name)
{
  g_autofree char *needle = model_words_string (&imap->words);
  g_autofree char *value = model_message_dup_field (candidate->message->bytes, name);

  return value != NULL && contains (value, strlen (value), needle);
}

static gboolean
text_contains (ModelImap *imap, const Candidate *candidate, gboolean with_header)
{
  g_autofree char *needle = model_words_string (&imap->words);
  gsize size, header = with_header ? 0 : model_message_header_length (candidate->message->bytes);
  const char *data = g_bytes_get_data (candidate->message->bytes, &size);

  return contains (data + header, size - header, needle);
}

/* Days since 1970 of "5-Nov-2026". */
static gint64
take_day (ModelImap *imap)
{
  g_autofree char *day = model_words_string (&imap->words);
  g_autofree char *text =
      g_strdup_printf ("%s%s 00:00:00 +0000", strlen (day) < 11 ? " " : "", day);
  gint64 seconds = base_date_from_internal (text);

  imap->words.bad |= seconds == 0;
  return seconds / 86400;
}

static gboolean
has_flag (const Candidate *candidate, const char *flag)
{
  return model_flags_has (candidate->message->flags, flag);
}

/* Keys without an argument: TRUE when `key` was one. */
static gboolean
test_flag_key (const char *key, const Candidate *candidate, gboolean *result)
{
  static const struct
  {
    const char *key, *flag;
  } flags[] = { { "SEEN", "\\Seen" },
                { "ANSWERED", "\\Answered" },
                { "FLAGGED", "\\Flagged" },
                { "DELETED", "\\Deleted" },
                { "DRAFT", "\\Draft" } };
  gboolean not = g_str_has_prefix (key, "UN") && strcmp (key, "UNKEYWORD") != 0;

  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++) {
    if (strcmp (key + (not ? 2 : 0), flags[i].key) == 0) {
      *result = has_flag (candidate, flags[i].flag) != not ;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean
test_set (ModelImap *imap, const Candidate *candidate, gboolean uid)
{
  guint n = imap->seen->len;
  guint32 last = n > 0 ? g_array_index (imap->seen, ModelSeen, n - 1).uid : 0;
  g_autoptr (BaseUidSet) set = model_words_set (&imap->words, uid ? last : n);

  return base_uid_set_contains (set, uid ? candidate->message->uid : candidate->index + 1);
}

static gboolean
test_word (ModelImap *imap, const Candidate *candidate, const char *key)
{
  static const char *const fields[] = { "FROM", "TO", "CC", "BCC", "SUBJECT" };
  gint64 day = candidate->message->date / 86400;
  gboolean result = FALSE;

  if (test_flag_key (key, candidate, &result))
    return result;
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strcmp (key, fields[i]) == 0)
      return field_contains (imap, candidate, key);
  if (strcmp (key, "ALL") == 0 || strcmp (key, "OLD") == 0)
    return TRUE;
  if (strcmp (key, "NEW") == 0 || strcmp (key, "RECENT") == 0)
    return FALSE;
  if (strcmp (key, "UID") == 0)
    return test_set (imap, candidate, TRUE);
  if (strcmp (key, "NOT") == 0)
    return !test_key (imap, candidate);
  if (strcmp (key, "OR") == 0) {
    gboolean first = test_key (imap, candidate), second = test_key (imap, candidate);

    return first || second;
  }
  if (strcmp (key, "HEADER") == 0) {
    g_autofree char *name = model_words_string (&imap->words);

    return field_contains (imap, candidate, name);
  }
  if (strcmp (key, "TEXT") == 0 || strcmp (key, "BODY") == 0)
    return text_contains (imap, candidate, *key == 'T');
  if (strcmp (key, "KEYWORD") == 0 || strcmp (key, "UNKEYWORD") == 0) {
    g_autofree char *flag = model_words_atom (&imap->words, FALSE);

    return has_flag (candidate, flag) == (*key == 'K');
  }
  if (strcmp (key, "SINCE") == 0)
    return day >= take_day (imap);
  if (strcmp (key, "BEFORE") == 0)
    return day < take_day (imap);
  if (strcmp (key, "ON") == 0)
    return day == take_day (imap);
  if (strcmp (key, "LARGER") == 0)
    return g_bytes_get_size (candidate->message->bytes) > model_words_number (&imap->words);
  if (strcmp (key, "SMALLER") == 0)
    return g_bytes_get_size (candidate->message->bytes) < model_words_number (&imap->words);
  if (strcmp (key, "MODSEQ") == 0 && model_imap_can (imap, "CONDSTORE")) {
    imap->condstore = TRUE;
    return candidate->message->modseq >= model_words_number (&imap->words);
  }
  imap->words.bad = TRUE;
  return FALSE;
}

/* Takes one key, with its arguments. */
static gboolean
test_key (ModelImap *imap, const Candidate *candidate)
{
  g_autofree char *key = NULL;

  if (model_words_take (&imap->words, '(')) {
    gboolean all = TRUE;

    while (!imap->words.bad && !model_words_take (&imap->words, ')'))
      all &= test_key (imap, candidate);
    return all;
  }
  if (model_words_are_left (&imap->words)
      && (g_ascii_isdigit (*imap->words.at) || *imap->words.at == '*'))
    return test_set (imap, candidate, FALSE);
  key = model_words_atom (&imap->words, TRUE);
  return test_word (imap, candidate, key);
}

/* All keys, from where the words stand. */
static gboolean
test_all (ModelImap *imap, const Candidate *candidate)
{
  ModelWords begin = imap->words;
  gboolean all = TRUE;

  while (!imap->words.bad && model_words_are_left (&imap->words))
    all &= test_key (imap, candidate);
  imap->words.at = begin.at;
  return all;
}

typedef struct
{
  gboolean extended, all, count, min, max;
} Return;

static void
take_return (ModelImap *imap, Return *wanted)
{
  if (!model_words_take_word (&imap->words, "RETURN"))
    return;
  wanted->extended = TRUE;
  imap->words.bad |= !model_imap_can (imap, "ESEARCH") || !model_words_take (&imap->words, '(');
  while (!imap->words.bad && !model_words_take (&imap->words, ')')) {
    g_autofree char *word = model_words_atom (&imap->words, TRUE);

    wanted->all |= strcmp (word, "ALL") == 0;
    wanted->count |= strcmp (word, "COUNT") == 0;
    wanted->min |= strcmp (word, "MIN") == 0;
    wanted->max |= strcmp (word, "MAX") == 0;
  }
  wanted->all |= !wanted->count && !wanted->min && !wanted->max;
}

static void
say_found (ModelImap *imap, const Return *wanted, const BaseUidSet *found, guint64 modseq)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = base_uid_set_n_ranges (found);

  if (!wanted->extended) {
    g_string_append (text, "* SEARCH");
    for (guint i = 0; i < n; i++) {
      BaseUidRange range = base_uid_set_get_range (found, i);

      for (guint64 number = range.first; number <= range.last; number++)
        g_string_append_printf (text, " %" G_GUINT64_FORMAT, number);
    }
  } else {
    g_autofree char *set = base_uid_set_to_string (found);

    g_string_append_printf (text, "* ESEARCH (TAG \"%s\")%s", imap->tag, imap->uid ? " UID" : "");
    if (wanted->min && n > 0)
      g_string_append_printf (text, " MIN %u", base_uid_set_get_range (found, 0).first);
    if (wanted->max && n > 0)
      g_string_append_printf (text, " MAX %u", base_uid_set_get_range (found, n - 1).last);
    if (wanted->count)
      g_string_append_printf (text, " COUNT %" G_GUINT64_FORMAT, base_uid_set_count (found));
    if (wanted->all && n > 0)
      g_string_append_printf (text, " ALL %s", set);
  }
  if (modseq > 0 && n > 0)
    g_string_append_printf (
        text, wanted->extended ? " MODSEQ %" G_GUINT64_FORMAT : " (MODSEQ %" G_GUINT64_FORMAT ")",
        modseq);
  model_link_say_bytes (imap->link, text->str, text->len);
}

void
model_imap_search (ModelImap *imap)
{
  g_autoptr (BaseUidSet) found = base_uid_set_new ();
  Return wanted = { 0 };
  guint64 modseq = 0;
  g_autofree char *upper = NULL;

  take_return (imap, &wanted);
  if (model_words_take_word (&imap->words, "CHARSET")) {
    g_autofree char *charset = model_words_string (&imap->words);

    if (g_ascii_strcasecmp (charset, "UTF-8") != 0
        && g_ascii_strcasecmp (charset, "US-ASCII") != 0) {
      model_imap_answer (imap, "NO [BADCHARSET (UTF-8)] another one");
      return;
    }
  }
  imap->words.bad |= !model_words_are_left (&imap->words);
  upper = g_ascii_strup (imap->words.at, imap->words.end - imap->words.at);
  for (guint i = 0; i < imap->seen->len && !imap->words.bad; i++) {
    Candidate candidate = { .index = i, .message = model_imap_get_message (imap, i) };

    if (candidate.message == NULL || !test_all (imap, &candidate))
      continue;
    base_uid_set_add (found, imap->uid ? candidate.message->uid : i + 1);
    modseq = MAX (modseq, candidate.message->modseq);
  }
  if (imap->words.bad)
    return;
  say_found (imap, &wanted, found, strstr (upper, "MODSEQ ") != NULL ? modseq : 0);
  model_imap_tell_news (imap, imap->uid);
  model_imap_answer (imap, "OK searched");
}
