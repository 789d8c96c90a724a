/* What a message is found by, see the header.  Hundreds of thousands are read so: nothing is decoded that is not wanted. */
#include "mime-words.h"

#include <string.h>

#include "mime-message-private.h"

static GString *
get_section (MimeWords *self, BaseSection section)
{
  if (self->sections[section] == NULL)
    self->sections[section] = g_string_new (NULL);
  return self->sections[section];
}

/* A line of its own; what is too long is cut between two characters. */
static void
add_line (MimeWords *self, BaseSection section, const char *text, gsize length)
{
  GString *all;
  gsize room;

  if (length == 0)
    return;
  all = get_section (self, section);
  room = MIME_WORDS_MAX - MIN (all->len, MIME_WORDS_MAX);
  if (length > room) {
    length = room;
    while (length > 0 && ((guint8)text[length] & 0xc0) == 0x80)
      length--;
  }
  g_string_append_len (all, text, (gssize)length);
  if (length > 0 && text[length - 1] != '\n')
    g_string_append_c (all, '\n');
}

static void
add_text (MimeWords *self, BaseSection section, const char *text)
{
  if (text != NULL)
    add_line (self, section, text, strlen (text));
}

/* ---- header ---- */

static void
add_people (MimeWords *self, BaseSection section, MimeMessage *message, const char *field)
{
  g_autoptr (GPtrArray) people = mime_message_get_addresses (message, field);

  for (guint i = 0; i < people->len; i++) {
    const MimeAddress *person = people->pdata[i];

    add_text (self, section, person->name);
    add_text (self, section, person->address);
  }
}

/* `into`: 0, or the one section that all of it goes to. */
static void
add_header (MimeWords *self, MimeMessage *message, BaseSection into)
{
  static const struct
  {
    const char *field;
    BaseSection section;
  } people[] = { { "From", BASE_SECTION_FROM },     { "Sender", BASE_SECTION_FROM },
                 { "Reply-To", BASE_SECTION_FROM }, { "To", BASE_SECTION_TO },
                 { "Cc", BASE_SECTION_CC },         { "Bcc", BASE_SECTION_CC } };
  g_autofree char *subject = mime_message_get_header (message, "Subject");
  g_autofree char *list = mime_message_get_header (message, "List-Id");

  add_text (self, into != 0 ? into : BASE_SECTION_SUBJECT, subject);
  for (guint i = 0; i < G_N_ELEMENTS (people); i++) {
    if (mime_message_count_headers (message, people[i].field) > 0)
      add_people (self, into != 0 ? into : people[i].section, message, people[i].field);
  }
  add_text (self, into != 0 ? into : BASE_SECTION_LIST, list);
}

/* ---- text ---- */

static void
add_body (MimeWords *self, const char *text, BaseSection into)
{
  const char *end = text + strlen (text);

  if (into != 0) {
    add_text (self, into, text);
    return;
  }
  /* In runs: most of it is one */
  for (const char *at = text, *next; at < end; at = next) {
    gboolean is_quoted = *at == '>';

    for (next = at; next < end && (*next == '>') == is_quoted;) {
      const char *newline = memchr (next, '\n', (gsize)(end - next));

      next = newline != NULL ? newline + 1 : end;
    }
    add_line (self, is_quoted ? BASE_SECTION_QUOTED : BASE_SECTION_BODY, at, (gsize)(next - at));
  }
}

/* The text that the reader sees: of a message with HTML that is the HTML's. */
static void
add_read (MimeWords *self, MimeMessage *message, BaseSection into)
{
  GPtrArray *parts = mime_message_get_parts (message);
  guint64 size = 0;

  for (guint i = 0; i < parts->len; i++) {
    if (mime_message_is_shown (message, i))
      size += ((const MimePart *)parts->pdata[i])->size;
  }
  if (size <= MIME_WORDS_MAX_READ) {
    g_autofree char *quote = mime_message_dup_quote (message);

    add_body (self, quote != NULL ? quote : mime_message_get_text (message), into);
    return;
  }
  for (guint i = 0; i < parts->len; i++) {
    g_autofree char *start = mime_message_is_shown (message, i)
                                 ? mime_message_dup_start (message, i, MIME_WORDS_MAX)
                                 : NULL;

    if (start != NULL)
      add_body (self, start, into);
  }
}

/* ---- parts ---- */

static void
add_file (MimeWords *self, const MimePart *part, BaseSection into)
{
  const char *end = strrchr (part->name, '.');
  g_autofree char *type = g_strdup_printf ("%s %s", part->content_type, end != NULL ? end : "");

  /* What this program calls a part without a name is nothing that anybody wrote. */
  if (part->is_named)
    add_text (self, into != 0 ? into : BASE_SECTION_FILES, part->name);
  if (into == 0)
    add_text (self, BASE_SECTION_TYPES, type);
}

static void
add_message (MimeWords *self, MimeMessage *message, BaseSection into, guint depth)
{
  GPtrArray *parts;

  add_header (self, message, into);
  add_read (self, message, into);
  parts = mime_message_get_parts (message);
  for (guint i = 0; i < parts->len; i++) {
    const MimePart *part = parts->pdata[i];

    if (part->is_attachment)
      add_file (self, part, into);
    if (depth < MIME_WORDS_DEPTH && !part->is_missing && mime_part_is_message (part)) {
      g_autoptr (GBytes) bytes = mime_message_get_part_content (message, i);
      g_autoptr (MimeMessage) within = bytes != NULL ? mime_message_new (bytes) : NULL;

      if (within != NULL)
        add_message (self, within, BASE_SECTION_ATTACHED, depth + 1);
    }
  }
}

MimeWords *
mime_words_new (MimeMessage *message)
{
  MimeWords *self = g_new0 (MimeWords, 1);

  add_message (self, message, 0, 0);
  return self;
}

void
mime_words_add_file_text (MimeWords *self, const char *text)
{
  gsize length = strlen (text);

  if (length > MIME_WORDS_MAX_FILE) {
    length = MIME_WORDS_MAX_FILE;
    while (length > 0 && ((guint8)text[length] & 0xc0) == 0x80)
      length--;
  }
  add_line (self, BASE_SECTION_ATTACHED, text, length);
}

void
mime_words_free (MimeWords *self)
{
  for (guint i = 0; i < BASE_N_SECTIONS; i++) {
    if (self->sections[i] != NULL)
      g_string_free (self->sections[i], TRUE);
  }
  g_free (self);
}
