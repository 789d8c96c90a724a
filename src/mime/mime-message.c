/* Reading one message: which of its parts are the text to show, which are pictures inside of it, and which are files.
 *
 * The bytes stay as they came; parts are decoded when they are asked for.  Runs on any one thread at a time; must never
 * fail, whatever the bytes are. */
#include "mime-message.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base-text.h"
#include "mime-address-private.h"
#include "mime-charset-private.h"
#include "mime-decode-private.h"
#include "mime-header-private.h"
#include "mime-html.h"
#include "mime-message-private.h"
#include "mime-quick-private.h"
#include "mime-structure-private.h"
#include "mime-text-private.h"

#define MAX_HEADER_CHARS 100000
#define MANY_PARTS       1000
#define NAME_WINDOW      65536 /* octets of an attached message that are searched for its subject */

struct _MimeMessage
{
  /* Owned */
  MimeStructure *structure;
  GArray *text_nodes, *html_nodes; /* of guint: what to show as text, and as HTML, in order */
  gboolean *shown;                 /* by node: part of what is read, so no file */
  GPtrArray *parts;                /* of MimePart; NULL until asked for */
  GArray *part_nodes;              /* of guint: node of each part */
  GHashTable *part_by_cid;         /* content_id (borrowed) -> index of its first part + 1 */
  GHashTable *missing;             /* index -> guint64, octets as encoded; NULL: none */
  GHashTable *given;               /* index -> Given; NULL: none */
  char *charset;                   /* of the root, hint for raw headers; nullable */
  char *text, *html;               /* NULL until asked for */
  gboolean html_known;
  char *forced; /* nullable: the charset that a person says */
};

/* Content that came later. */
typedef struct
{
  GBytes *content; /* Owned */
  gboolean decoded;
} Given;

/* ---- what to show ---- */

static void collect (MimeMessage *message, guint index, GArray *text, GArray *html);

static gboolean
all_plain (MimeMessage *message, GArray *nodes)
{
  for (guint i = 0; i < nodes->len; i++) {
    if (strcmp (mime_structure_get (message->structure, g_array_index (nodes, guint, i))->type,
                "text/html")
        == 0)
      return FALSE;
  }
  return nodes->len > 0;
}

/* The last version each way of reading can show (RFC 2046, 5.1.4: the last is the best). */
static void
collect_alternative (MimeMessage *message, guint index, GArray *text, GArray *html)
{
  const MimeNode *node = mime_structure_get (message->structure, index);
  g_autoptr (GArray) best_text = NULL, best_html = NULL;

  for (guint child = index + 1; child < node->end;
       child = mime_structure_get (message->structure, child)->end) {
    g_autoptr (GArray) child_text = g_array_new (FALSE, FALSE, sizeof (guint));
    g_autoptr (GArray) child_html = g_array_new (FALSE, FALSE, sizeof (guint));
    gboolean plain;

    collect (message, child, child_text, child_html);
    plain = all_plain (message, child_text);
    if (child_text->len > 0 && (best_text == NULL || plain || !all_plain (message, best_text))) {
      g_clear_pointer (&best_text, g_array_unref);
      best_text = g_steal_pointer (&child_text);
    }
    if (child_html->len > 0 && (best_html == NULL || !plain || all_plain (message, best_html))) {
      g_clear_pointer (&best_html, g_array_unref);
      best_html = g_steal_pointer (&child_html);
    }
  }
  if (best_text != NULL)
    g_array_append_vals (text, best_text->data, best_text->len);
  if (best_html != NULL)
    g_array_append_vals (html, best_html->data, best_html->len);
  /* The versions that lost are no files either. */
  for (guint i = index + 1; i < node->end; i++) {
    const MimeNode *other = mime_structure_get (message->structure, i);

    if (!other->is_multipart && mime_node_is_text (other, FALSE))
      message->shown[i] = TRUE;
  }
}

/* The child that "start" names, else the first. */
static guint
related_root (MimeMessage *message, guint index)
{
  const MimeNode *node = mime_structure_get (message->structure, index);
  g_autofree char *start = mime_node_dup_param (node, "Content-Type", "start");

  for (guint child = index + 1; start != NULL && child < node->end;
       child = mime_structure_get (message->structure, child)->end) {
    g_autofree char *id = mime_node_dup_id (mime_structure_get (message->structure, child));

    if (id != NULL && strstr (start, id) != NULL)
      return child;
  }
  return index + 1;
}

static void
collect (MimeMessage *message, guint index, GArray *text, GArray *html)
{
  const MimeNode *node = mime_structure_get (message->structure, index);

  if (!node->is_multipart) {
    if (mime_node_is_text (node, text->len == 0 && message->text_nodes->len == 0)) {
      message->shown[index] = TRUE;
      g_array_append_val (text, index);
      g_array_append_val (html, index);
    }
    return;
  }
  if (index + 1 >= node->end)
    return;
  if (strcmp (node->type, "multipart/alternative") == 0) {
    collect_alternative (message, index, text, html);
  } else if (strcmp (node->type, "multipart/related") == 0) {
    collect (message, related_root (message, index), text, html);
  } else if (strcmp (node->type, "multipart/signed") == 0) {
    collect (message, index + 1, text, html);
  } else {
    for (guint child = index + 1; child < node->end;
         child = mime_structure_get (message->structure, child)->end)
      collect (message, child, text, html);
  }
}

/* ---- life ---- */

static void
part_free (MimePart *part)
{
  g_free (part->name);
  g_free (part->content_type);
  g_free (part->content_id);
  g_free (part->charset);
  g_free (part);
}

/* GMime makes a dozen objects for each part, which shows where there are thousands. */
static gboolean
has_many_parts (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length), *at = data;
  const char *end = length > 0 ? data + length : data;
  guint marks = 0;

  while (marks < MANY_PARTS && at != NULL
         && (at = memmem (at, (gsize)(end - at), "\n--", 3)) != NULL) {
    at += 3;
    marks++;
  }
  return marks == MANY_PARTS;
}

MimeMessage *
mime_message_new (GBytes *bytes)
{
  MimeMessage *message = g_new0 (MimeMessage, 1);

  message->structure = has_many_parts (bytes) ? mime_structure_new_quick (bytes, FALSE) : NULL;
  if (message->structure == NULL)
    message->structure = mime_structure_new (bytes);
  message->text_nodes = g_array_new (FALSE, FALSE, sizeof (guint));
  message->html_nodes = g_array_new (FALSE, FALSE, sizeof (guint));
  message->shown = g_new0 (gboolean, message->structure->nodes->len);
  message->charset =
      mime_node_dup_param (mime_structure_get (message->structure, 0), "Content-Type", "charset");
  collect (message, 0, message->text_nodes, message->html_nodes);
  return message;
}

MimeMessage *
mime_message_new_partial (GBytes *bytes, const MimeMissing *missing, gsize n)
{
  MimeMessage *message = mime_message_new (bytes);

  if (n > 0)
    message->missing = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  for (gsize i = 0; i < n; i++)
    g_hash_table_insert (message->missing, GUINT_TO_POINTER (missing[i].index),
                         g_memdup2 (&missing[i].size, sizeof missing[i].size));
  return message;
}

static void
given_free (gpointer data)
{
  Given *given = data;

  g_bytes_unref (given->content);
  g_free (given);
}

void
mime_message_give_part (MimeMessage *message, guint index, GBytes *content, gboolean decoded)
{
  GPtrArray *parts = mime_message_get_parts (message);
  Given *given = NULL;

  g_return_if_fail (index < parts->len);
  if (message->given == NULL)
    message->given = g_hash_table_new_full (NULL, NULL, NULL, given_free);
  given = g_new0 (Given, 1);
  given->content = g_bytes_ref (content);
  given->decoded = decoded;
  g_hash_table_replace (message->given, GUINT_TO_POINTER (index), given);
  ((MimePart *)parts->pdata[index])->is_missing = FALSE;
}

void
mime_message_free (MimeMessage *message)
{
  if (message == NULL)
    return;
  mime_structure_free (message->structure);
  g_array_unref (message->text_nodes);
  g_array_unref (message->html_nodes);
  g_free (message->shown);
  g_clear_pointer (&message->part_by_cid, g_hash_table_unref);
  g_clear_pointer (&message->parts, g_ptr_array_unref);
  g_clear_pointer (&message->part_nodes, g_array_unref);
  g_clear_pointer (&message->missing, g_hash_table_unref);
  g_clear_pointer (&message->given, g_hash_table_unref);
  g_free (message->charset);
  g_free (message->forced);
  g_free (message->text);
  g_free (message->html);
  g_free (message);
}

/* ---- header ---- */

const char *
mime_message_get_raw (MimeMessage *message, const char *name, guint nth)
{
  return mime_node_get_raw_nth (mime_structure_get (message->structure, 0), name, nth);
}

guint
mime_message_count_headers (MimeMessage *message, const char *name)
{
  return mime_node_count_fields (mime_structure_get (message->structure, 0), name);
}

GPtrArray *
mime_message_get_addresses (MimeMessage *message, const char *header)
{
  g_autofree char *value = mime_raw_to_value (
      mime_node_get_raw (mime_structure_get (message->structure, 0), header), message->charset);

  return mime_address_parse_header (value != NULL ? value : "");
}

GPtrArray *
mime_message_get_addresses_on_top (MimeMessage *message, const char *header)
{
  g_autofree char *value = mime_raw_to_value (
      mime_node_get_raw_before (mime_structure_get (message->structure, 0), header, "Received"),
      message->charset);

  return mime_address_parse_header (value != NULL ? value : "");
}

char *
mime_message_get_header (MimeMessage *message, const char *name)
{
  g_autofree char *text = mime_raw_to_text (
      mime_node_get_raw (mime_structure_get (message->structure, 0), name), message->charset);

  return text != NULL ? base_text_one_line (text, MAX_HEADER_CHARS) : NULL;
}

gint64
mime_message_get_date (MimeMessage *message)
{
  g_autofree char *value = mime_raw_to_value (
      mime_node_get_raw (mime_structure_get (message->structure, 0), "Date"), NULL);

  return mime_value_to_date (value);
}

/* ---- the charset that a person says ---- */

#define SHOWN_LINE    120 /* characters */
#define MOST_NONSENSE 10  /* of a hundred */

void
mime_message_set_charset (MimeMessage *message, const char *charset)
{
  g_free (message->forced);
  message->forced = g_strdup (charset);
  g_free (message->charset);
  message->charset = g_strdup (charset);
}

/* The text of a node, as it was said, else as always. */
static char *
dup_text (MimeMessage *message, const MimeNode *node)
{
  if (message->forced != NULL) {
    g_autoptr (GBytes) bytes = mime_node_dup_content (message->structure, node, G_MAXSIZE);
    gsize length;
    const char *data = g_bytes_get_data (bytes, &length);
    char *text = mime_charset_is_utf8 (data, length, message->forced)
                     ? NULL
                     : mime_charset_force (message->forced, data, length);

    if (text != NULL)
      return text;
  }
  return mime_node_dup_text (message->structure, node, G_MAXSIZE);
}

void
mime_decoding_free (MimeDecoding *decoding)
{
  g_free (decoding->charset);
  g_free (decoding->line);
  g_free (decoding);
}

/* The first line that is not plain ASCII; ISO 2022 says so by an escape.  FALSE: there is none. */
static gboolean
find_telling_line (const char *data, gsize length, const char **line, gsize *size)
{
  const char *end = data + length;

  for (const char *at = data; at < end;) {
    const char *newline = memchr (at, '\n', (gsize)(end - at));
    const char *stop = newline != NULL ? newline : end;

    for (const char *c = at; c < stop; c++) {
      if ((guint8)*c >= 0x80 || *c == 0x1b) {
        *line = at;
        *size = (gsize)(stop - at);
        return TRUE;
      }
    }
    at = stop < end ? stop + 1 : end;
  }
  return FALSE;
}

/* What a way to read makes of it that no one writes: replacement characters and the control characters of Latin-1, among a hundred that are not
 * ASCII. */
static guint
count_nonsense (const char *text)
{
  gsize letters = 0, nonsense = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar letter = g_utf8_get_char (c);

    letters += letter >= 0x80;
    nonsense += letter == 0xfffd || (letter >= 0x80 && letter < 0xa0)
                || (letter >= 0xe000 && letter < 0xf900);
  }
  return letters > 0 ? (guint)((nonsense * 100 + letters - 1) / letters) : 0;
}

GPtrArray *
mime_message_list_decodings (MimeMessage *message)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify)mime_decoding_free);
  g_autoptr (GHashTable) lines = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GBytes) bytes = NULL;
  const char *data = NULL, *line = NULL, *charset;
  gsize length = 0, size = 0;
  guint n_sound = 0;

  for (guint i = 0; i < message->text_nodes->len; i++) {
    const MimeNode *node =
        mime_structure_get (message->structure, g_array_index (message->text_nodes, guint, i));

    g_clear_pointer (&bytes, g_bytes_unref);
    bytes = mime_node_dup_content (message->structure, node, 100000);
    data = g_bytes_get_data (bytes, &length);
    if (!mime_charset_is_utf8 (data, length, "euc-kr")
        && find_telling_line (data, length, &line, &size))
      break;
    g_clear_pointer (&bytes, g_bytes_unref);
  }
  for (guint n = 0; bytes != NULL && (charset = mime_charset_get_candidate (n)) != NULL; n++) {
    /* All of it has to make sense, not this line alone. */
    g_autofree char *whole = mime_charset_force (charset, data, length);
    g_autofree char *text = whole != NULL ? mime_charset_force (charset, line, size) : NULL;
    guint nonsense = whole != NULL ? count_nonsense (whole) : 0;
    MimeDecoding *decoding;
    char *shown;

    if (text == NULL || nonsense > MOST_NONSENSE)
      continue;
    shown = base_text_one_line (text, SHOWN_LINE);
    if (!g_hash_table_add (lines, g_strdup (shown))) {
      g_free (shown);
      continue;
    }
    decoding = g_new0 (MimeDecoding, 1);
    decoding->charset = g_strdup (charset);
    decoding->line = shown;
    /* Without a fault first */
    g_ptr_array_insert (found, nonsense == 0 ? (int)n_sound++ : -1, decoding);
  }
  return found;
}

/* ---- text and HTML ---- */

static gboolean
is_html (const MimeNode *node)
{
  return strcmp (node->type, "text/html") == 0;
}

static char *
node_to_text (MimeMessage *message, const MimeNode *node)
{
  g_autofree char *text = dup_text (message, node);
  g_autofree char *format = NULL, *delete_space = NULL;

  if (is_html (node))
    return mime_html_to_text (text);
  mime_text_normalize_lines (text);
  format = mime_node_dup_param (node, "Content-Type", "format");
  if (format == NULL || g_ascii_strcasecmp (format, "flowed") != 0)
    return g_steal_pointer (&text);
  delete_space = mime_node_dup_param (node, "Content-Type", "delsp");
  return mime_text_unflow (text,
                           delete_space != NULL && g_ascii_strcasecmp (delete_space, "yes") == 0);
}

const char *
mime_message_get_text (MimeMessage *message)
{
  GString *all;

  if (message->text != NULL)
    return message->text;
  all = g_string_new (NULL);
  for (guint i = 0; i < message->text_nodes->len; i++) {
    g_autofree char *text =
        node_to_text (message, mime_structure_get (message->structure,
                                                   g_array_index (message->text_nodes, guint, i)));

    if (text[0] == '\0')
      continue;
    if (all->len > 0) {
      if (all->str[all->len - 1] != '\n')
        g_string_append_c (all, '\n');
      g_string_append_c (all, '\n');
    }
    g_string_append (all, text);
  }
  message->text = g_string_free (all, FALSE);
  return message->text;
}

const char *
mime_message_get_html (MimeMessage *message)
{
  GString *all;
  gboolean any = FALSE;

  if (message->html_known)
    return message->html;
  message->html_known = TRUE;
  for (guint i = 0; i < message->html_nodes->len; i++)
    any = any
          || is_html (mime_structure_get (message->structure,
                                          g_array_index (message->html_nodes, guint, i)));
  if (!any)
    return NULL;
  all = g_string_new (NULL);
  for (guint i = 0; i < message->html_nodes->len; i++) {
    const MimeNode *node =
        mime_structure_get (message->structure, g_array_index (message->html_nodes, guint, i));

    if (is_html (node)) {
      g_autofree char *html = dup_text (message, node);

      g_string_append (all, html);
    } else {
      g_autofree char *text = node_to_text (message, node);
      g_autofree char *escaped = g_markup_escape_text (text, -1);

      g_string_append_printf (all, "<div style=\"white-space:pre-wrap\">%s</div>", escaped);
    }
  }
  message->html = g_string_free (all, FALSE);
  return message->html;
}

/* Each program has its own lines, bullets and marks of quotes.  What says something: letters and their marks, digits and what
 * stands beside them (10.00, -5), money, pictures. */
static gboolean
says_something (const char *at, const char *text)
{
  gunichar c = g_utf8_get_char (at);

  if (g_unichar_isalnum (c) || g_unichar_ismark (c))
    return TRUE;
  if (g_unichar_isspace (c) || !g_unichar_isgraph (c))
    return FALSE;
  switch ((int)g_unichar_type (c)) {
  case G_UNICODE_CURRENCY_SYMBOL:
    return TRUE;
  case G_UNICODE_OTHER_SYMBOL:
    return c < 0x2500 || c > 0x25ff; /* lines, blocks and bullets */
  default:
    return g_unichar_isdigit (g_utf8_get_char (g_utf8_next_char (at)))
           || (at > text && g_unichar_isdigit (g_utf8_get_char (g_utf8_prev_char (at))));
  }
}

static const char *
skip_idle (const char *at, const char *text)
{
  while (*at != '\0' && !says_something (at, text))
    at = g_utf8_next_char (at);
  return at;
}

static gboolean
has_same_words (const char *text, const char *quote)
{
  for (const char *one = text, *other = quote;;) {
    one = skip_idle (one, text);
    other = skip_idle (other, quote);
    if (*one == '\0' || g_utf8_get_char (one) != g_utf8_get_char (other))
      return *one == *other;
    one = g_utf8_next_char (one);
    other = g_utf8_next_char (other);
  }
}

char *
mime_message_dup_quote (MimeMessage *message)
{
  const char *html = mime_message_get_html (message), *text = mime_message_get_text (message);
  g_autofree char *quote = NULL;

  if (html == NULL)
    return NULL;
  /* The same road: nothing to compare, and nothing to be turned twice */
  if (strcasestr (html, "alt") == NULL && message->text_nodes->len == 1
      && message->html_nodes->len == 1
      && g_array_index (message->text_nodes, guint, 0)
             == g_array_index (message->html_nodes, guint, 0))
    return g_strdup (text);
  quote = mime_html_to_quote (html);
  return has_same_words (text, quote) ? g_strdup (text) : g_steal_pointer (&quote);
}

/* ---- parts ---- */

/* Everything the HTML calls by "cid:". */
static GHashTable *
find_cids (MimeMessage *message)
{
  GHashTable *cids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *html = mime_message_get_html (message);

  for (const char *at = html; at != NULL && (at = strchr (at, ':')) != NULL; at++) {
    gsize length;

    if (at - html < 3 || g_ascii_strncasecmp (at - 3, "cid", 3) != 0)
      continue;
    length = strcspn (at + 1, "\"'<>) \t\r\n");
    if (length > 0 && length < 1000) {
      g_autofree char *raw = g_strndup (at + 1, length);
      char *cid = g_uri_unescape_string (raw, NULL);

      g_hash_table_add (cids, cid != NULL ? cid : g_steal_pointer (&raw));
    }
  }
  return cids;
}

static const struct
{
  const char *type, *name;
} default_names[] = {
  { "text/plain", N_ ("text.txt") },          { "text/html", N_ ("page.html") },
  { "text/calendar", N_ ("invitation.ics") }, { "text/csv", N_ ("table.csv") },
  { "text/vcard", N_ ("contact.vcf") },       { "image/png", N_ ("image.png") },
  { "image/jpeg", N_ ("image.jpg") },         { "image/gif", N_ ("image.gif") },
  { "image/webp", N_ ("image.webp") },        { "application/pdf", N_ ("document.pdf") },
  { "application/zip", N_ ("archive.zip") },  { "message/delivery-status", N_ ("status.txt") },
};

static char *
part_name (MimeMessage *message, const MimeNode *node, gboolean *is_named)
{
  g_autofree char *name = mime_node_dup_file_name (node);
  const char *fallback = _ ("attachment");

  for (gsize i = 0; i < G_N_ELEMENTS (default_names); i++) {
    if (strcmp (node->type, default_names[i].type) == 0)
      fallback = _ (default_names[i].name);
  }
  if (strcmp (node->type, "message/rfc822") == 0 || strcmp (node->type, "message/global") == 0) {
    fallback = _ ("message.eml");
    if (name == NULL) {
      g_autoptr (GBytes) start = mime_node_dup_content (message->structure, node, NAME_WINDOW);
      g_autoptr (MimeStructure) inner = mime_structure_new (start);
      g_autofree char *subject =
          mime_raw_to_text (mime_node_get_raw (mime_structure_get (inner, 0), "Subject"), NULL);

      if (subject != NULL && subject[0] != '\0')
        name = g_strconcat (g_strdelimit (subject, "/\\", '_'), ".eml", NULL);
    }
  }
  *is_named = name != NULL && name[0] != '\0';
  return base_text_file_name (name, fallback);
}

static gboolean
is_attachment (MimeMessage *message, guint index, const MimePart *part, GHashTable *cids)
{
  const MimeNode *node = mime_structure_get (message->structure, index);

  /* However it is meant, the row of files is where it can be asked for. */
  if (part->is_missing)
    return TRUE;
  if (message->shown[index] || mime_node_is_signature (node))
    return FALSE;
  if (node->length == 0 && node->disposition == MIME_DISPOSITION_NONE
      && g_str_has_prefix (node->type, "text/"))
    return FALSE;
  return part->content_id == NULL || !g_hash_table_contains (cids, part->content_id);
}

/* Of base64 in lines of 76. */
static void
set_size (MimeMessage *message, MimePart *part, const MimeNode *node)
{
  const guint64 *encoded =
      message->missing != NULL
          ? g_hash_table_lookup (message->missing, GUINT_TO_POINTER (part->index))
          : NULL;

  part->is_missing = encoded != NULL;
  if (encoded == NULL)
    part->size = mime_node_get_size (message->structure, node);
  else if (node->encoding == GMIME_CONTENT_ENCODING_BASE64)
    part->size = *encoded / 78 * 57 + *encoded % 78 * 3 / 4;
  else
    part->size = *encoded;
}

GPtrArray *
mime_message_get_parts (MimeMessage *message)
{
  g_autoptr (GHashTable) cids = NULL;

  if (message->parts != NULL)
    return message->parts;
  message->parts = g_ptr_array_new_with_free_func ((GDestroyNotify)part_free);
  message->part_nodes = g_array_new (FALSE, FALSE, sizeof (guint));
  message->part_by_cid = g_hash_table_new (g_str_hash, g_str_equal);
  cids = find_cids (message);
  for (guint i = 0; i < message->structure->nodes->len; i++) {
    const MimeNode *node = mime_structure_get (message->structure, i);
    MimePart *part;

    if (node->is_multipart)
      continue;
    part = g_new0 (MimePart, 1);
    part->index = message->parts->len;
    part->content_type = g_strdup (node->type);
    part->name = part_name (message, node, &part->is_named);
    part->content_id = mime_node_dup_id (node);
    part->charset = mime_node_dup_param (node, "Content-Type", "charset");
    set_size (message, part, node);
    part->is_attachment = is_attachment (message, i, part, cids);
    if (part->content_id != NULL && !g_hash_table_contains (message->part_by_cid, part->content_id))
      g_hash_table_insert (message->part_by_cid, part->content_id,
                           GUINT_TO_POINTER (part->index + 1));
    g_ptr_array_add (message->parts, part);
    g_array_append_val (message->part_nodes, i);
  }
  return message->parts;
}

gboolean
mime_part_is_message (const MimePart *part)
{
  return strcmp (part->content_type, "message/rfc822") == 0
         || strcmp (part->content_type, "message/global") == 0;
}

GBytes *
mime_message_get_part_content (MimeMessage *message, guint index)
{
  const MimeNode *node;
  const Given *given;

  mime_message_get_parts (message);
  if (index >= message->part_nodes->len)
    return NULL;
  node = mime_structure_get (message->structure, g_array_index (message->part_nodes, guint, index));
  if (((const MimePart *)message->parts->pdata[index])->is_missing)
    return NULL;
  given = message->given != NULL ? g_hash_table_lookup (message->given, GUINT_TO_POINTER (index))
                                 : NULL;
  if (given == NULL)
    return mime_node_dup_content (message->structure, node, G_MAXSIZE);
  return given->decoded ? g_bytes_ref (given->content)
                        : mime_decode (node->encoding, g_bytes_get_data (given->content, NULL),
                                       g_bytes_get_size (given->content));
}

char *
mime_bytes_to_text (GBytes *bytes, const char *charset)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  char *text = NULL;

  if (length >= 2 && data[0] == 0xff && data[1] == 0xfe)
    text = mime_charset_to_utf8 ("UTF-16LE", data + 2, length - 2);
  else if (length >= 2 && data[0] == 0xfe && data[1] == 0xff)
    text = mime_charset_to_utf8 ("UTF-16BE", data + 2, length - 2);
  else if (length >= 3 && memcmp (data, "\xEF\xBB\xBF", 3) == 0)
    text = mime_charset_to_utf8 ("UTF-8", data + 3, length - 3);
  else
    text = mime_charset_to_utf8 (charset, data, length);
  mime_text_normalize_lines (text);
  return text;
}

gboolean
mime_message_is_shown (MimeMessage *message, guint index)
{
  mime_message_get_parts (message);
  return index < message->part_nodes->len
         && message->shown[g_array_index (message->part_nodes, guint, index)];
}

char *
mime_message_dup_start (MimeMessage *message, guint index, gsize max)
{
  const MimeNode *node;
  g_autofree char *text = NULL;

  mime_message_get_parts (message);
  node = mime_structure_get (message->structure, g_array_index (message->part_nodes, guint, index));
  text = mime_node_dup_text (message->structure, node, max);
  if (is_html (node))
    return mime_html_to_text (text);
  mime_text_normalize_lines (text);
  return g_steal_pointer (&text);
}

static char *
cid_to_url (const char *cid, gpointer user_data)
{
  MimeMessage *message = user_data;
  guint found;

  mime_message_get_parts (message);
  found = GPOINTER_TO_UINT (g_hash_table_lookup (message->part_by_cid, cid));
  return found > 0 ? g_strdup_printf ("sosik-cid:%u", found - 1) : NULL;
}

char *
mime_message_get_clean_html (MimeMessage *message, gboolean allow_remote, MimeHtmlFacts *facts)
{
  const char *html = mime_message_get_html (message);

  return html != NULL ? mime_html_clean (html, allow_remote, facts, cid_to_url, message) : NULL;
}
