/* Reads the head of a response.  Pure; must never refuse: servers leave out texts, brackets and even the OK before a
 * code (quirks 1, 17, 19, 53), and none of that is a reason to drop a connection. */
#include "imap-response.h"

#include <string.h>

#include "base-text.h"

/* COPYUID sets larger than this are not worth the memory. */
#define MAX_COPIED 1000000

static gboolean
condition_of (const char *word, gsize length, ImapCondition *condition)
{
  static const struct
  {
    const char *word;
    ImapCondition condition;
  } words[] = {
    { "OK", IMAP_CONDITION_OK },           { "NO", IMAP_CONDITION_NO },
    { "BAD", IMAP_CONDITION_BAD },         { "BYE", IMAP_CONDITION_BYE },
    { "PREAUTH", IMAP_CONDITION_PREAUTH },
  };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++) {
    if (strlen (words[i].word) == length
        && g_ascii_strncasecmp (word, words[i].word, length) == 0) {
      *condition = words[i].condition;
      return TRUE;
    }
  }
  return FALSE;
}

/* The bracket that closes a code: with a list inside, the one behind the list, since flags may have brackets of their
 * own (quirk 2).  NULL when there is none. */
static const char *
find_code_end (const char *code)
{
  const char *close = strchr (code, ']');
  const char *open = strchr (code, '(');
  if (close != NULL && open != NULL && open < close) {
    const char *list_end = strstr (open, ")]");
    if (list_end != NULL)
      return list_end + 1;
  }
  return close;
}

/* "[CODE argument] words", of which anything may be missing. */
static void
parse_text (ImapResponse *response, const char *text)
{
  if (*text == '[') {
    const char *end = find_code_end (text);
    g_autofree char *inner =
        end != NULL ? g_strndup (text + 1, (gsize)(end - text - 1)) : g_strdup (text + 1);
    g_strstrip (inner);
    gsize name = strcspn (inner, " ");
    response->code = g_ascii_strup (inner, (gssize)name);
    if (inner[name] == ' ')
      response->argument = g_strchug (g_strdup (inner + name));
    text = end != NULL ? end + 1 : "";
  }
  while (*text == ' ')
    text++;
  response->text = base_text_repair (text, -1);
}

static void
copy_word (char *out, gsize size, const char *word, gsize length)
{
  length = MIN (length, size - 1);
  memcpy (out, word, length);
  out[length] = '\0';
}

/* What is too large to be understood is the largest, not 0: that would be an empty mailbox. */
static guint32
number_of (const ImapToken *token)
{
  guint64 number = imap_token_number (token, G_MAXUINT32);
  gsize zeros = 0;

  while (zeros < token->length && token->text[zeros] == '0')
    zeros++;
  return number == 0 && zeros < token->length ? G_MAXUINT32 : (guint32)number;
}

static void
parse_data_name (ImapResponse *response, ImapLexer *lexer, ImapToken *token)
{
  if (token->type == IMAP_TOKEN_ATOM && g_ascii_isdigit (token->text[0])) {
    response->number = number_of (token);
    imap_lexer_next (lexer, token);
  }
  if (token->type != IMAP_TOKEN_ATOM)
    return;
  copy_word (response->name, sizeof response->name, token->text, token->length);
  for (char *c = response->name; *c != '\0'; c++)
    *c = g_ascii_toupper (*c);
}

static const char *
rest_or_empty (ImapLexer *lexer)
{
  const char *rest = imap_lexer_rest (lexer);
  return rest != NULL ? rest : "";
}

void
imap_response_parse (ImapResponse *response, ImapLexer *lexer)
{
  ImapToken token;

  *response = (ImapResponse){ .kind = IMAP_RESPONSE_TAGGED };
  imap_lexer_next (lexer, &token);
  if (token.type != IMAP_TOKEN_ATOM)
    return;

  if (token.text[0] == '+') {
    response->kind = IMAP_RESPONSE_CONTINUE;
    /* some leave out the space behind the plus */
    response->text = token.length > 1 ? g_strndup (token.text + 1, token.length - 1)
                                      : g_strdup (rest_or_empty (lexer));
    return;
  }

  if (token.length == 1 && token.text[0] == '*') {
    response->kind = IMAP_RESPONSE_UNTAGGED;
    imap_lexer_next (lexer, &token);
    if (token.type != IMAP_TOKEN_ATOM)
      return;
    if (token.text[0] == '[') {
      response->condition = IMAP_CONDITION_OK;
      parse_text (response, token.text);
    } else if (condition_of (token.text, token.length, &response->condition)) {
      parse_text (response, rest_or_empty (lexer));
    } else {
      parse_data_name (response, lexer, &token);
    }
    return;
  }

  copy_word (response->tag, sizeof response->tag, token.text, token.length);
  imap_lexer_next (lexer, &token);
  if (token.type == IMAP_TOKEN_ATOM
      && condition_of (token.text, token.length, &response->condition))
    parse_text (response, rest_or_empty (lexer));
}

void
imap_response_clear (ImapResponse *response)
{
  g_clear_pointer (&response->code, g_free);
  g_clear_pointer (&response->argument, g_free);
  g_clear_pointer (&response->text, g_free);
}

gboolean
imap_response_has_code (const ImapResponse *response, const char *code)
{
  return response->code != NULL && strcmp (response->code, code) == 0;
}

/* UIDs in the order they are written, which is what pairs them; NULL when malformed. */
static GArray *
parse_ordered (const char *set)
{
  g_autoptr (GArray) uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_auto (GStrv) parts = g_strsplit (set, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    guint64 first, last;
    char *colon = strchr (parts[i], ':');
    if (colon != NULL)
      *colon = '\0';
    if (!g_ascii_string_to_unsigned (parts[i], 10, 1, G_MAXUINT32, &first, NULL))
      return NULL;
    last = first;
    if (colon != NULL && !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT32, &last, NULL))
      return NULL;
    /* "4:2" means the same as "2:4" (RFC 9051, seq-range) */
    guint64 low = MIN (first, last), high = MAX (first, last);
    if (high - low + uids->len >= MAX_COPIED)
      return NULL;
    for (guint64 uid = low; uid <= high; uid++) {
      guint32 value = (guint32)uid;
      g_array_append_val (uids, value);
    }
  }
  return uids->len > 0 ? g_steal_pointer (&uids) : NULL;
}

/* A UID without its numbering could be anybody's. */
static gboolean
parse_number (const char *word, guint32 *number)
{
  guint64 value = 0;
  gboolean good = g_ascii_string_to_unsigned (word, 10, 1, G_MAXUINT32, &value, NULL);
  *number = (guint32)value;
  return good;
}

GHashTable *
imap_response_parse_copyuid (const char *argument, guint32 *uid_validity)
{
  *uid_validity = 0;
  if (argument == NULL)
    return NULL;
  g_auto (GStrv) words = g_strsplit (argument, " ", -1);
  guint32 validity;
  if (g_strv_length (words) < 3 || !parse_number (words[0], &validity))
    return NULL;
  g_autoptr (GArray) from = parse_ordered (words[1]);
  g_autoptr (GArray) to = parse_ordered (words[2]);
  if (from == NULL || to == NULL || from->len != to->len)
    return NULL;

  GHashTable *map = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < from->len; i++)
    g_hash_table_insert (map, GUINT_TO_POINTER (g_array_index (from, guint32, i)),
                         GUINT_TO_POINTER (g_array_index (to, guint32, i)));
  *uid_validity = validity;
  return map;
}

guint32
imap_response_parse_appenduid (const char *argument, guint32 *uid_validity)
{
  guint32 validity, uid;
  *uid_validity = 0;
  if (argument == NULL)
    return 0;
  g_auto (GStrv) words = g_strsplit (argument, " ", -1);
  if (g_strv_length (words) < 2 || !parse_number (words[0], &validity)
      || !parse_number (words[1], &uid))
    return 0;
  *uid_validity = validity;
  return uid;
}
