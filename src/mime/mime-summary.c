/* What a list row shows, from as few bytes as possible: the fast path of the first sync.
 *
 * Of the header only the fields of a row are decoded, of the body only the start of the first readable text.  Runs on sync
 * workers; must stay well under 150 µs for an ordinary message, which GMime's objects would cost alone, and linear for a hostile one. */
#include "mime-message.h"

#include <string.h>
#include <libxml/HTMLparser.h>

#include "base-text.h"
#include "mime-address-private.h"
#include "mime-header-private.h"
#include "mime-quick-private.h"

#define PREVIEW_CHARS 200
#define PREVIEW_BYTES                                                                              \
  1200 /* of decoded text: enough for 200 characters of any script, spaces folded */
#define MAX_REFERENCES 100
#define MAX_SUBJECT    2000
/* Enough for the people of a mailbox; a power of two. */
#define N_PEOPLE       64
#define MAX_REMEMBERED 512 /* octets of a value */

void
mime_summary_free (MimeSummary *summary)
{
  if (summary == NULL)
    return;
  g_free (summary->from_name);
  g_free (summary->from_address);
  g_free (summary->to);
  g_free (summary->subject);
  g_free (summary->message_id);
  g_free (summary->in_reply_to);
  g_free (summary->references);
  g_free (summary->preview);
  g_free (summary);
}

/* ---- header ---- */

/* What a value of From or To comes to.  Most mail of a mailbox comes from a few and goes to one, so each thread keeps the latest. */
typedef struct
{
  char *value;          /* NULL: empty */
  char *name, *address; /* of From; nullable */
  char *names;          /* of To */
} People;

typedef struct
{
  People from[N_PEOPLE], to[N_PEOPLE]; /* where a value's hash says */
} Memory;

static void
people_clear (People *people)
{
  g_free (people->value);
  g_free (people->name);
  g_free (people->address);
  g_free (people->names);
  *people = (People){ 0 };
}

static void
memory_free (gpointer data)
{
  Memory *memory = data;

  for (guint i = 0; i < N_PEOPLE; i++) {
    people_clear (&memory->from[i]);
    people_clear (&memory->to[i]);
  }
  g_free (memory);
}

static Memory *
get_memory (void)
{
  static GPrivate key = G_PRIVATE_INIT (memory_free);
  Memory *memory = g_private_get (&key);

  if (memory == NULL) {
    memory = g_new0 (Memory, 1);
    g_private_set (&key, memory);
  }
  return memory;
}

/* TRUE: they are those of this value; else *people is empty and waits for them. */
static gboolean
recall (People *places, const char *value, People **people)
{
  *people = &places[g_str_hash (value) % N_PEOPLE];
  if (g_strcmp0 ((*people)->value, value) == 0)
    return TRUE;
  people_clear (*people);
  return FALSE;
}

static void
find_author (const char *value, char **name, char **address)
{
  g_autoptr (GPtrArray) list = mime_address_parse_header (value);

  for (guint i = 0; i < list->len; i++) {
    MimeAddress *author = g_ptr_array_index (list, i);

    if (i > 0 && author->address[0] == '\0')
      continue;
    *name = g_steal_pointer (&author->name);
    *address = g_steal_pointer (&author->address);
    return;
  }
}

static void
read_from (MimeSummary *summary, const char *value)
{
  People *people = NULL;

  if (value == NULL)
    return;
  if (strlen (value) > MAX_REMEMBERED) {
    find_author (value, &summary->from_name, &summary->from_address);
    return;
  }
  if (!recall (get_memory ()->from, value, &people)) {
    find_author (value, &people->name, &people->address);
    people->value = g_strdup (value);
  }
  summary->from_name = g_strdup (people->name);
  summary->from_address = g_strdup (people->address);
}

static char *
join_names (const char *value)
{
  g_autoptr (GPtrArray) list = mime_address_parse_header (value);
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < list->len && names->len < 500; i++) {
    const MimeAddress *address = g_ptr_array_index (list, i);

    if (names->len > 0)
      g_string_append (names, ", ");
    g_string_append (names, address->name[0] != '\0' ? address->name : address->address);
  }
  return g_string_free (names, FALSE);
}

/* "Name, Name" for a row in Sent. */
static char *
read_to (const char *value)
{
  People *people = NULL;

  if (value == NULL || strlen (value) > MAX_REMEMBERED)
    return join_names (value);
  if (!recall (get_memory ()->to, value, &people)) {
    people->names = join_names (value);
    people->value = g_strdup (value);
  }
  return g_strdup (people->names);
}

static char *
dup_value (const MimeStructure *structure, const char *name, const char *charset)
{
  return mime_raw_to_value (mime_node_get_raw (mime_structure_get (structure, 0), name), charset);
}

static MimeSummary *
read_header (const MimeStructure *structure)
{
  MimeSummary *summary = g_new0 (MimeSummary, 1);
  /* The hint for raw 8-bit fields: the charset of the body, where it says one. */
  g_autofree char *hint =
      mime_node_dup_param (mime_structure_get (structure, 0), "Content-Type", "charset");
  g_autofree char *from = dup_value (structure, "From", hint),
                  *to = dup_value (structure, "To", hint),
                  *date = dup_value (structure, "Date", NULL),
                  *id = dup_value (structure, "Message-ID", NULL),
                  *reply = dup_value (structure, "In-Reply-To", NULL),
                  *references = dup_value (structure, "References", NULL),
                  *subject = mime_raw_to_text (
                      mime_node_get_raw (mime_structure_get (structure, 0), "Subject"), hint);

  read_from (summary, from);
  if (summary->from_address == NULL) {
    g_autofree char *sender = dup_value (structure, "Sender", hint);

    read_from (summary, sender);
  }
  if (summary->from_address == NULL) {
    summary->from_name = g_strdup ("");
    summary->from_address = g_strdup ("");
  }
  summary->to = read_to (to);
  summary->subject = base_text_one_line (subject != NULL ? subject : "", MAX_SUBJECT);
  summary->date = mime_value_to_date (date);
  summary->message_id = mime_value_dup_ids (id, 1);
  summary->in_reply_to = mime_value_dup_ids (reply, 1);
  summary->references = mime_value_dup_ids (references, MAX_REFERENCES);
  return summary;
}

/* ---- preview ---- */

/* Appends the character that the entity at `at` ("&…") stands for.  Returns behind it. */
static const char *
append_entity (GString *out, const char *at)
{
  const char *name = at + 1;
  gsize length = 0;
  gunichar character = 0;
  char buffer[32];

  if (*name == '#') {
    gboolean hex = name[1] == 'x' || name[1] == 'X';
    char *stop;

    character = (gunichar)g_ascii_strtoull (name + (hex ? 2 : 1), &stop, hex ? 16 : 10);
    length = (gsize)(stop - name);
  } else {
    while (length < sizeof buffer - 1 && g_ascii_isalnum (name[length])) {
      buffer[length] = name[length];
      length++;
    }
    buffer[length] = '\0';
    const htmlEntityDesc *entity = length > 0 ? htmlEntityLookup ((const xmlChar *)buffer) : NULL;
    if (entity != NULL)
      character = entity->value;
  }
  if (character < ' ' || !g_unichar_validate (character)) {
    g_string_append_c (out, '&');
    return at + 1;
  }
  /* Newsletters fill their preview with invisible characters. */
  if (character == 0xa0)
    g_string_append_c (out, ' ');
  else if (character != 0x200b && character != 0x200c && character != 0xad && character != 0x34f
           && character != 0x2007)
    g_string_append_unichar (out, character);
  return name + length + (name[length] == ';' ? 1 : 0);
}

/* Passes over an element whose content is no text. */
static const char *
skip_element (const char *at, const char *name)
{
  gsize length = strlen (name);

  while ((at = strchr (at, '<')) != NULL) {
    if (at[1] == '/' && g_ascii_strncasecmp (at + 2, name, length) == 0)
      return at;
    at++;
  }
  return NULL;
}

/* The first words of HTML that may be cut anywhere.  Only a preview: the reader parses for real. */
static void
append_html_words (GString *out, const char *html)
{
  static const char *const silent[] = { "style", "script", "title" };
  const char *at = html;

  while (at != NULL && *at != '\0' && out->len < PREVIEW_BYTES) {
    gsize plain = strcspn (at, "<&");

    g_string_append_len (out, at, (gssize)plain);
    at += plain;
    if (*at == '&') {
      at = append_entity (out, at);
    } else if (g_str_has_prefix (at, "<!--")) {
      at = strstr (at + 4, "-->");
      at = at != NULL ? at + 3 : NULL;
    } else if (*at == '<'
               && (g_ascii_isalpha (at[1]) || at[1] == '/' || at[1] == '!' || at[1] == '?')) {
      const char *tag = at + 1;

      at = strchr (at, '>');
      for (gsize i = 0; i < G_N_ELEMENTS (silent) && at != NULL; i++) {
        if (g_ascii_strncasecmp (tag, silent[i], strlen (silent[i])) == 0)
          at = skip_element (at, silent[i]);
      }
      if (at != NULL && *at == '>')
        at++;
      if (g_ascii_strncasecmp (tag, "b>", 2) != 0 && g_ascii_strncasecmp (tag, "/b>", 3) != 0
          && g_ascii_strncasecmp (tag, "span", 4) != 0
          && g_ascii_strncasecmp (tag, "/span", 5) != 0)
        g_string_append_c (out, ' ');
    } else if (*at == '<') {
      g_string_append_c (out, *at++);
    }
  }
}

/* Own words first: quoted lines are left out while there is anything else. */
static void
append_text_words (GString *out, const char *text)
{
  for (guint pass = 0; pass < 2 && out->len == 0; pass++) {
    for (const char *line = text; *line != '\0' && out->len < PREVIEW_BYTES;) {
      gsize length = strcspn (line, "\n");
      gsize take = MIN (length, (gsize)PREVIEW_BYTES);

      if (pass == 0 && length >= 2 && line[0] == '-' && line[1] == '-'
          && (line[2] == ' ' && length <= 4))
        break; /* the signature */
      if (pass == 1 || line[0] != '>') {
        while (take < length && ((guint8)line[take] & 0xc0) == 0x80)
          take++;
        if (strspn (line, " \t\r") < length) {
          g_string_append_len (out, line, (gssize)take);
          g_string_append_c (out, ' ');
        }
      }
      line += length + (line[length] == '\n');
    }
  }
}

static char *
preview_of (const MimeStructure *structure, const MimeNode *node)
{
  gboolean html = strcmp (node->type, "text/html") == 0;
  g_autoptr (GString) words = g_string_new (NULL);
  char *preview;

  /* More only when the start was all style sheet or white space. */
  for (gsize max = html ? 8192 : 2048;; max *= 3) {
    g_autofree char *text = mime_node_dup_text (structure, node, max);

    g_string_truncate (words, 0);
    if (html)
      append_html_words (words, text);
    else
      append_text_words (words, text);
    preview = base_text_one_line (words->str, PREVIEW_CHARS);
    if (preview[0] != '\0' || max >= node->length || max > 600000)
      return preview;
    g_free (preview);
  }
}

static char *
find_preview (const MimeStructure *structure)
{
  const MimeNode *html = NULL;

  for (guint i = 0; i < MIN (structure->nodes->len, 50u); i++) {
    const MimeNode *node = mime_structure_get (structure, i);

    if (node->is_multipart || node->disposition == MIME_DISPOSITION_ATTACHMENT)
      continue;
    if (strcmp (node->type, "text/html") == 0) {
      if (html == NULL)
        html = node;
    } else if (g_str_has_prefix (node->type, "text/")
               && strcmp (node->type, "text/calendar") != 0) {
      char *preview = preview_of (structure, node);

      if (preview[0] != '\0')
        return preview;
      g_free (preview);
    }
    /* Text after the HTML is a list's footer. */
    if (html != NULL)
      break;
  }
  return html != NULL ? preview_of (structure, html) : g_strdup ("");
}

/* ---- attachments ---- */

static gboolean
node_is_attachment (const MimeStructure *structure, const MimeNode *node, gboolean first)
{
  const MimeNode *parent = mime_structure_get (structure, node->parent);

  if (node->is_multipart || mime_node_is_signature (node) || mime_node_is_text (node, first))
    return FALSE;
  if (strcmp (parent->type, "multipart/related") == 0
      || strcmp (parent->type, "multipart/encrypted") == 0)
    return FALSE;
  if (g_str_has_prefix (node->type, "image/") && node->disposition == MIME_DISPOSITION_INLINE) {
    g_autofree char *id = mime_node_dup_id (node);

    return id == NULL;
  }
  return node->length > 0 || node->disposition == MIME_DISPOSITION_ATTACHMENT;
}

static gboolean
has_attachments (const MimeStructure *structure)
{
  gboolean first = TRUE;

  for (guint i = 0; i < structure->nodes->len; i++) {
    const MimeNode *node = mime_structure_get (structure, i);

    if (node_is_attachment (structure, node, first))
      return TRUE;
    first = first && node->is_multipart;
  }
  return FALSE;
}

/* ---- the ways in ---- */

static MimeStructure *
read_structure (GBytes *bytes, gboolean header_only)
{
  MimeStructure *structure = mime_structure_new_quick (bytes, header_only);

  return structure != NULL ? structure : mime_structure_new (bytes);
}

static gboolean
is_mixed (const MimeStructure *structure)
{
  return strcmp (mime_structure_get (structure, 0)->type, "multipart/mixed") == 0;
}

/* A header block alone as a message without body: cut behind its empty line, or with one added. */
static GString *
dup_block (GBytes *header)
{
  gsize length;
  const char *data = g_bytes_get_data (header, &length), *end = NULL;
  GString *block;

  for (const char *line = data; line != NULL && end == NULL && line < data + length;) {
    const char *newline = memchr (line, '\n', (gsize)(data + length - line));

    if (newline == line || (newline == line + 1 && *line == '\r'))
      end = newline + 1;
    line = newline != NULL ? newline + 1 : NULL;
  }
  block = g_string_new_len (data, end != NULL ? end - data : (gssize)length);
  if (end == NULL)
    g_string_append (block, length > 0 && data[length - 1] != '\n' ? "\r\n\r\n" : "\r\n");
  return block;
}

static MimeSummary *
summary_of_header (const MimeStructure *structure)
{
  MimeSummary *summary = read_header (structure);

  summary->has_attachments = is_mixed (structure);
  return summary;
}

MimeSummary *
mime_summary_from_header (GBytes *header)
{
  g_autoptr (GBytes) block = g_string_free_to_bytes (dup_block (header));
  g_autoptr (MimeStructure) structure = read_structure (block, TRUE);

  return summary_of_header (structure);
}

MimeSummary *
mime_summary_from_header_by_gmime (GBytes *header)
{
  g_autoptr (GBytes) block = g_string_free_to_bytes (dup_block (header));
  g_autoptr (MimeStructure) structure = mime_structure_new (block);

  return summary_of_header (structure);
}

MimeSummary *
mime_summary_from_start (GBytes *header, GBytes *text)
{
  gsize length;
  const char *data = g_bytes_get_data (text, &length);
  GString *block = dup_block (header);
  g_autoptr (GBytes) whole =
      g_string_free_to_bytes (g_string_append_len (block, length > 0 ? data : "", (gssize)length));
  g_autoptr (MimeStructure) structure = read_structure (whole, FALSE);
  MimeSummary *summary = read_header (structure);

  summary->preview = find_preview (structure);
  summary->has_attachments = is_mixed (structure) || has_attachments (structure);
  return summary;
}

static void
read_body (MimeSummary *summary, const MimeStructure *structure)
{
  summary->preview = find_preview (structure);
  summary->has_attachments = has_attachments (structure);
}

MimeSummary *
mime_summary_from_message (GBytes *message)
{
  g_autoptr (MimeStructure) structure = read_structure (message, FALSE);
  MimeSummary *summary = read_header (structure);

  read_body (summary, structure);
  return summary;
}

MimeSummary *
mime_summary_from_body (GBytes *message)
{
  g_autoptr (MimeStructure) structure = read_structure (message, FALSE);
  MimeSummary *summary = g_new0 (MimeSummary, 1);

  read_body (summary, structure);
  return summary;
}
