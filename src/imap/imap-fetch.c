/* From the tokens of a FETCH answer to an ImapFetched.  Pure; must never take a part of a body for the whole: only
 * BODY[] without an origin is `body`. */
#include "imap-fetch.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-date.h"
#include "base-error.h"
#include "base-text.h"
#include "imap-utf7.h"

/* What a list row, its first line of text and threading need. */
#define HEADER_FIELDS                                                                              \
  "From Sender To Subject Date Message-ID In-Reply-To References Content-Type "                    \
  "Content-Transfer-Encoding"

static const struct
{
  const char *name;
  ImapFlags flag;
} flag_names[] = {
  { "\\Seen", IMAP_FLAG_SEEN },       { "\\Answered", IMAP_FLAG_ANSWERED },
  { "\\Flagged", IMAP_FLAG_FLAGGED }, { "\\Deleted", IMAP_FLAG_DELETED },
  { "\\Draft", IMAP_FLAG_DRAFT },     { "$Forwarded", IMAP_FLAG_FORWARDED },
  { "$Junk", IMAP_FLAG_JUNK },        { "$NotJunk", IMAP_FLAG_NOT_JUNK },
};

ImapFlags
imap_flag_from_name (const char *name, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (flag_names); i++) {
    if (strlen (flag_names[i].name) == length
        && g_ascii_strncasecmp (name, flag_names[i].name, length) == 0)
      return flag_names[i].flag;
  }
  return 0;
}

char *
imap_flags_to_string (ImapFlags flags)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (flag_names); i++) {
    if (flags & flag_names[i].flag)
      g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", flag_names[i].name);
  }
  return g_string_free (out, FALSE);
}

char *
imap_fetch_items_to_string (ImapFetchItems items, ImapCapability capabilities)
{
  GString *out = g_string_new ("(UID");
  if (items & IMAP_FETCH_FLAGS)
    g_string_append (out, " FLAGS");
  if ((capabilities & IMAP_CAP_CONDSTORE) && (items & IMAP_FETCH_MODSEQ))
    g_string_append (out, " MODSEQ");
  if (items & IMAP_FETCH_SIZE)
    g_string_append (out, " RFC822.SIZE");
  if (items & IMAP_FETCH_DATE)
    g_string_append (out, " INTERNALDATE");
  if (items & IMAP_FETCH_HEADER)
    g_string_append (out, " BODY.PEEK[HEADER.FIELDS (" HEADER_FIELDS ")]");
  if (items & IMAP_FETCH_MESSAGE_ID)
    g_string_append (out, " BODY.PEEK[HEADER.FIELDS (Message-ID)]");
  if (items & IMAP_FETCH_PREVIEW)
    g_string_append (out,
                     capabilities & IMAP_CAP_PREVIEW ? " PREVIEW" : " BODY.PEEK[TEXT]<0.1024>");
  if ((items & IMAP_FETCH_OBJECT_ID) && (capabilities & IMAP_CAP_OBJECTID))
    g_string_append (out, " EMAILID THREADID");
  else if ((items & IMAP_FETCH_OBJECT_ID) && (capabilities & IMAP_CAP_GMAIL))
    g_string_append (out, " X-GM-MSGID X-GM-THRID");
  if ((items & IMAP_FETCH_LABELS) && (capabilities & IMAP_CAP_GMAIL))
    g_string_append (out, " X-GM-LABELS");
  if (items & IMAP_FETCH_STRUCTURE)
    g_string_append (out, " BODYSTRUCTURE");
  if (items & IMAP_FETCH_BODY)
    g_string_append (out, " BODY.PEEK[]");
  g_string_append_c (out, ')');
  return g_string_free (out, FALSE);
}

static gboolean
begins_with (const ImapToken *token, const char *prefix)
{
  gsize length = strlen (prefix);
  return token->length >= length && g_ascii_toupper (prefix[0]) == g_ascii_toupper (token->text[0])
         && g_ascii_strncasecmp (token->text, prefix, length) == 0;
}

static void
part_free (gpointer data)
{
  ImapSection *part = data;
  g_free (part->section);
  g_clear_pointer (&part->bytes, g_bytes_unref);
  g_free (part);
}

/* "BODY[1.2]", "BODY[1.2.MIME]<0>", "BINARY[1]<4096>", and "BODY[]<0>", which is not the whole message.  NULL when the key is none
 * of these. */
static ImapSection *
part_new (const ImapToken *key)
{
  gsize head = begins_with (key, "BODY[") ? 5 : begins_with (key, "BINARY[") ? 7 : 0;
  const char *close = head > 0 ? memchr (key->text + head, ']', key->length - head) : NULL;
  const char *end = key->text + key->length;
  guint64 origin = 0;

  if (close == NULL || (close + 1 == end && !g_ascii_isdigit (key->text[head]))
      || (key->text[head] != ']' && !g_ascii_isdigit (key->text[head])))
    return NULL;
  if (close + 1 < end) {
    const char *at = close + 2;
    if (close[1] != '<')
      return NULL;
    for (; at < end && g_ascii_isdigit (*at) && origin < G_MAXUINT64 / 100; at++)
      origin = origin * 10 + (guint64)(*at - '0');
    if (at == close + 2 || at == end || *at != '>')
      return NULL;
  }
  ImapSection *part = g_new0 (ImapSection, 1);
  part->section = g_ascii_strup (key->text + head, close - key->text - (gssize)head);
  part->origin = origin;
  part->decoded = head == 7;
  return part;
}

/* The part that `key` names, without its bytes yet. */
static GBytes **
add_part (ImapFetched *fetched, const ImapToken *key)
{
  ImapSection *part = part_new (key);
  if (part == NULL)
    return NULL;
  if (fetched->parts == NULL)
    fetched->parts = g_ptr_array_new_with_free_func (part_free);
  g_ptr_array_add (fetched->parts, part);
  return &part->bytes;
}

static gboolean
is_part (const ImapToken *key)
{
  ImapSection *part = part_new (key);
  if (part != NULL)
    part_free (part);
  return part != NULL;
}

/* Where the value of the item `key` goes; NULL for none of them. */
static GBytes **
find_place (ImapFetched *fetched, const ImapToken *key)
{
  char first = key->length > 0 ? g_ascii_toupper (key->text[0]) : '\0';

  if (first != 'B' && first != 'R')
    return NULL;
  if (imap_token_is (key, "BODY[]") || imap_token_is (key, "RFC822"))
    return &fetched->body;
  if (begins_with (key, "BODY[HEADER") || imap_token_is (key, "RFC822.HEADER"))
    return &fetched->header;
  if (begins_with (key, "BODY[TEXT]") || imap_token_is (key, "RFC822.TEXT"))
    return &fetched->text;
  return NULL;
}

/* What a person has given a name.  Programs keep notes of theirs as keywords: those with "$", but for what stands for the five labels
 * of old programs, and the words of junk filters. */
static gboolean
is_label (const ImapToken *keyword)
{
  static const char *const notes[] = { "NonJunk",   "Junk",    "NotJunk",         "JunkRecorded",
                                       "Forwarded", "MDNSent", "Receipt-Handled", "Redirected" };

  if (keyword->length == 0 || keyword->text[0] == '\\')
    return FALSE;
  if (keyword->text[0] == '$')
    return keyword->length == 7 && begins_with (keyword, "$label") && keyword->text[6] >= '1'
           && keyword->text[6] <= '5';
  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    if (imap_token_is (keyword, notes[i]))
      return FALSE;
  return TRUE;
}

static gboolean
parse_flags (ImapFetched *fetched, ImapLexer *lexer)
{
  g_autoptr (GPtrArray) keywords = NULL; /* few messages have any */
  ImapToken flag;
  fetched->has_flags = TRUE;
  fetched->flags = 0;
  while (imap_lexer_next (lexer, &flag) != IMAP_TOKEN_CLOSE && flag.type != IMAP_TOKEN_END) {
    ImapFlags known =
        flag.type == IMAP_TOKEN_ATOM ? imap_flag_from_name (flag.text, flag.length) : 0;
    fetched->flags |= known;
    if (flag.type == IMAP_TOKEN_ATOM && known == 0 && is_label (&flag)) {
      g_autofree char *wire = imap_token_dup (&flag);
      if (keywords == NULL)
        keywords = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (keywords, imap_utf7_decode (wire));
    } else if (flag.type != IMAP_TOKEN_ATOM && !imap_lexer_skip (lexer, &flag)) {
      return FALSE;
    }
  }
  g_clear_pointer (&fetched->keywords, g_strfreev);
  if (keywords != NULL) {
    g_ptr_array_add (keywords, NULL);
    fetched->keywords = (GStrv)g_ptr_array_free (g_steal_pointer (&keywords), FALSE);
  }
  return TRUE;
}

/* MODSEQ (12345), and without the parentheses. */
static gboolean
parse_modseq (ImapFetched *fetched, ImapLexer *lexer, const ImapToken *value)
{
  ImapToken number = *value;
  if (value->type == IMAP_TOKEN_OPEN && imap_lexer_next (lexer, &number) == IMAP_TOKEN_LIMIT)
    return FALSE;
  fetched->modseq = imap_token_number (&number, G_MAXINT64);
  while (value->type == IMAP_TOKEN_OPEN && number.type != IMAP_TOKEN_CLOSE
         && number.type != IMAP_TOKEN_END) {
    if (imap_lexer_next (lexer, &number) == IMAP_TOKEN_LIMIT)
      return FALSE;
  }
  return TRUE;
}

/* EMAILID (M6d99ac3275bb4e), X-GM-MSGID 1278455344230334865; THREADID NIL. */
static gboolean
parse_object_id (char **place, ImapLexer *lexer, const ImapToken *value)
{
  ImapToken id = *value;
  if (value->type == IMAP_TOKEN_OPEN)
    imap_lexer_next (lexer, &id);
  g_free (*place);
  *place = imap_token_dup_object_id (&id);
  while (value->type == IMAP_TOKEN_OPEN && id.type != IMAP_TOKEN_CLOSE
         && id.type != IMAP_TOKEN_END) {
    if (!imap_lexer_skip (lexer, &id))
      return FALSE;
    imap_lexer_next (lexer, &id);
  }
  return id.type != IMAP_TOKEN_LIMIT;
}

/* (\Inbox "a b" &1VyuAA-) */
static gboolean
parse_labels (ImapFetched *fetched, ImapLexer *lexer)
{
  g_autoptr (GStrvBuilder) labels = g_strv_builder_new ();
  ImapToken label;

  while (imap_lexer_next (lexer, &label) != IMAP_TOKEN_CLOSE && label.type != IMAP_TOKEN_END) {
    if (label.type == IMAP_TOKEN_ATOM || label.type == IMAP_TOKEN_STRING) {
      g_autofree char *wire = imap_token_dup (&label);
      g_autofree char *name = imap_utf7_decode (wire);
      g_strv_builder_add (labels, name);
    } else if (!imap_lexer_skip (lexer, &label)) {
      return FALSE;
    }
  }
  g_strfreev (fetched->labels);
  fetched->labels = g_strv_builder_end (labels);
  return TRUE;
}

static gboolean
parse_structure (ImapFetched *fetched, ImapLexer *lexer, const ImapToken *value)
{
  gboolean too_deep;
  g_clear_pointer (&fetched->structure, imap_structure_free);
  fetched->structure = imap_structure_parse (lexer, value, &too_deep);
  return !too_deep;
}

static gboolean
parse_value (ImapFetched *fetched, ImapLexer *lexer, const ImapToken *key, const ImapToken *value)
{
  GBytes **place = find_place (fetched, key);

  if (place == NULL && value->type == IMAP_TOKEN_STRING)
    place = add_part (fetched, key);
  if (place != NULL) {
    if (value->type == IMAP_TOKEN_STRING) {
      g_clear_pointer (place, g_bytes_unref);
      *place = imap_token_dup_bytes (value);
    }
  } else if (imap_token_is (key, "FLAGS") && value->type == IMAP_TOKEN_OPEN) {
    return parse_flags (fetched, lexer);
  } else if (imap_token_is (key, "BODYSTRUCTURE")) {
    return parse_structure (fetched, lexer, value);
  } else if (imap_token_is (key, "EMAILID") || imap_token_is (key, "X-GM-MSGID")) {
    return parse_object_id (&fetched->email_id, lexer, value);
  } else if (imap_token_is (key, "THREADID") || imap_token_is (key, "X-GM-THRID")) {
    return parse_object_id (&fetched->thread_id, lexer, value);
  } else if (imap_token_is (key, "X-GM-LABELS") && value->type == IMAP_TOKEN_OPEN) {
    return parse_labels (fetched, lexer);
  } else if (imap_token_is (key, "PREVIEW")) {
    g_clear_pointer (&fetched->preview, g_free);
    if (value->type == IMAP_TOKEN_STRING) {
      g_autofree char *text = imap_token_dup (value);
      fetched->preview = base_text_repair (text, -1);
      return TRUE;
    }
  } else if (imap_token_is (key, "MODSEQ")) {
    return parse_modseq (fetched, lexer, value);
  } else if (imap_token_is (key, "UID")) {
    fetched->uid = (guint32)imap_token_number (value, G_MAXUINT32);
    return TRUE;
  } else if (imap_token_is (key, "RFC822.SIZE")) {
    fetched->size = imap_token_number (value, G_MAXINT64);
    return TRUE;
  } else if (begins_with (key, "BINARY.SIZE[")) {
    fetched->decoded_size = imap_token_number (value, G_MAXINT64);
    return TRUE;
  } else if (imap_token_is (key, "INTERNALDATE")) {
    g_autofree char *date = imap_token_dup (value);
    fetched->date = base_date_from_internal (date);
    return TRUE;
  }
  return imap_lexer_skip (lexer, value);
}

/* True when `value` cannot be the value of `key` but is the next key: a server left the value out (quirk 36). */
static gboolean
is_value_missing (ImapFetched *fetched, const ImapToken *key, const ImapToken *value)
{
  return value->type == IMAP_TOKEN_ATOM && !imap_token_is_nil (value)
         && (find_place (fetched, key) != NULL || is_part (key));
}

static gboolean
parse_items (ImapFetched *fetched, ImapLexer *lexer)
{
  ImapToken key, value;
  guint depth = 0;

  imap_lexer_next (lexer, &key);
  while (key.type != IMAP_TOKEN_END) {
    switch (key.type) {
    case IMAP_TOKEN_OPEN: /* and again, where Domino wraps once more than it should (quirk 55) */
      depth++;
      break;
    case IMAP_TOKEN_CLOSE:
      if (depth <= 1)
        return TRUE;
      depth--;
      break;
    case IMAP_TOKEN_ATOM:
      imap_lexer_next (lexer, &value);
      if (value.type == IMAP_TOKEN_CLOSE || value.type == IMAP_TOKEN_END
          || is_value_missing (fetched, &key, &value)) {
        key = value;
        continue;
      }
      if (!parse_value (fetched, lexer, &key, &value))
        return FALSE;
      break;
    case IMAP_TOKEN_LIMIT:
      return FALSE;
    case IMAP_TOKEN_STRING:
    case IMAP_TOKEN_END:
      break;
    }
    imap_lexer_next (lexer, &key);
  }
  return TRUE;
}

/* What Courier gives for a message that another client has expunged, before it has said so: this instead of the mail. */
#define GONE_HEADER                                                                                \
  "From: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n\r\n"
#define GONE_TEXT "This message is no longer available on the server.\r\n"

static gboolean
is_exactly (GBytes *bytes, const char *text)
{
  return bytes != NULL && g_bytes_get_size (bytes) == strlen (text)
         && memcmp (g_bytes_get_data (bytes, NULL), text, strlen (text)) == 0;
}

static gboolean
is_gone (const ImapFetched *fetched)
{
  return is_exactly (fetched->body, GONE_HEADER GONE_TEXT)
         || is_exactly (fetched->header, GONE_HEADER);
}

gboolean
imap_fetched_parse (ImapFetched *fetched, guint32 seq, ImapLexer *lexer, GError **error)
{
  *fetched = (ImapFetched){ .seq = seq };
  if (parse_items (fetched, lexer)) {
    if (is_gone (fetched))
      imap_fetched_clear (fetched);
    return TRUE;
  }
  imap_fetched_clear (fetched);
  base_error_set (error, BASE_ERROR_LIMIT, NULL,
                  _ ("The mail server sent an answer that is too deeply nested to be understood."));
  return FALSE;
}

gboolean
imap_fetched_has_more (const ImapFetched *fetched)
{
  return fetched->size != 0 || fetched->date != 0 || fetched->header != NULL
         || fetched->body != NULL || fetched->text != NULL || fetched->preview != NULL
         || fetched->email_id != NULL || fetched->labels != NULL || fetched->structure != NULL
         || fetched->parts != NULL || fetched->decoded_size != 0;
}

void
imap_fetched_clear (ImapFetched *fetched)
{
  g_clear_pointer (&fetched->header, g_bytes_unref);
  g_clear_pointer (&fetched->body, g_bytes_unref);
  g_clear_pointer (&fetched->text, g_bytes_unref);
  g_clear_pointer (&fetched->parts, g_ptr_array_unref);
  g_clear_pointer (&fetched->preview, g_free);
  g_clear_pointer (&fetched->email_id, g_free);
  g_clear_pointer (&fetched->thread_id, g_free);
  g_clear_pointer (&fetched->labels, g_strfreev);
  g_clear_pointer (&fetched->keywords, g_strfreev);
  g_clear_pointer (&fetched->structure, imap_structure_free);
}
