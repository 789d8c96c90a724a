/* The model server's FETCH.  The world is locked. */
#include <string.h>

#include "base-date.h"
#include "model-imap.h"
#include "model-mime.h"

typedef struct
{
  char *name;    /* Owned: upper case, "BODY" for BODY.PEEK too */
  char *section; /* Owned, NULL: none: what stands in [] */
  gboolean peek, partial;
  guint64 origin, length;
} Item;

static void
free_item (gpointer data)
{
  Item *item = data;

  g_free (item->name);
  g_free (item->section);
  g_free (item);
}

/* BODY.PEEK[HEADER.FIELDS (FROM TO)]<0.100> */
static Item *
take_item (ModelWords *words)
{
  Item *item = g_new0 (Item, 1);
  const char *begin, *close;
  g_autofree char *origin = NULL;

  (void)model_words_are_left (words);
  begin = words->at;
  while (words->at < words->end && strchr (" ()[<", *words->at) == NULL)
    words->at++;
  item->name = g_ascii_strup (begin, words->at - begin);
  words->bad |= *item->name == '\0';
  if (words->at >= words->end || *words->at != '[')
    return item;
  close = memchr (words->at, ']', (gsize)(words->end - words->at));
  if (close == NULL) {
    words->bad = TRUE;
    return item;
  }
  item->section = g_strndup (words->at + 1, (gsize)(close - words->at) - 1);
  words->at = close + 1;
  item->peek = g_str_has_suffix (item->name, ".PEEK");
  if (item->peek)
    item->name[strlen (item->name) - strlen (".PEEK")] = '\0';
  if (words->at < words->end && *words->at == '<') {
    char *end = NULL;

    item->partial = TRUE;
    item->origin = g_ascii_strtoull (words->at + 1, &end, 10);
    item->length = *end == '.' ? g_ascii_strtoull (end + 1, &end, 10) : G_MAXUINT64;
    words->bad |= *end != '>';
    words->at = end + 1;
  }
  return item;
}

static void
add_macro (GPtrArray *items, const char *names)
{
  g_auto (GStrv) words = g_strsplit (names, " ", -1);

  for (gsize i = 0; words[i] != NULL; i++) {
    Item *item = g_new0 (Item, 1);

    item->name = g_strdup (words[i]);
    g_ptr_array_add (items, item);
  }
}

static GPtrArray *
take_items (ModelWords *words)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (free_item);

  if (model_words_take_word (words, "FAST"))
    add_macro (items, "FLAGS INTERNALDATE RFC822.SIZE");
  else if (!model_words_take (words, '('))
    g_ptr_array_add (items, take_item (words));
  else
    do
      g_ptr_array_add (items, take_item (words));
    while (!words->bad && !model_words_take (words, ')'));
  return items;
}

/* ---- sections ---- */

static gboolean
names_field (GStrv fields, const char *line, gsize length)
{
  for (gsize i = 0; fields[i] != NULL; i++) {
    gsize n = strlen (fields[i]);

    if (n > 0 && length > n && line[n] == ':' && g_ascii_strncasecmp (line, fields[i], n) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The fields that are named (or all others), as they stand, and the empty line. */
static void
append_fields (GString *text, GBytes *bytes, const char *list, gboolean others)
{
  g_auto (GStrv) fields = g_strsplit_set (list, " ()\"", -1);
  const char *at = g_bytes_get_data (bytes, NULL);
  const char *end = at + model_message_header_length (bytes);
  gboolean wanted = FALSE;

  while (at < end) {
    const char *next = memmem (at, (gsize)(end - at), "\r\n", 2);
    gsize length = next != NULL ? (gsize)(next - at) + 2 : (gsize)(end - at);

    if (length == 2)
      break;
    if (*at != ' ' && *at != '\t')
      wanted = names_field (fields, at, length) != others;
    if (wanted)
      g_string_append_len (text, at, (gssize)length);
    at += length;
  }
  g_string_append (text, "\r\n");
}

/* A part by its number.  A server that cannot count is a word of CAPABILITY: of each part the last octet is lacking. */
static gboolean
append_part (ModelImap *imap, GString *text, GBytes *bytes, const char *section, gboolean decoded)
{
  g_autoptr (ModelPart) message = model_part_new (bytes);

  if (!model_part_append (message, section, decoded, text))
    return FALSE;
  if (model_imap_can (imap, "X-SHORT-PARTS") && text->len > 0)
    g_string_truncate (text, text->len - 1);
  return TRUE;
}

/* FALSE: the section is not known. */
static gboolean
append_section (GString *text, GBytes *bytes, const char *section)
{
  gsize size, header = model_message_header_length (bytes);
  const char *data = g_bytes_get_data (bytes, &size);

  if (*section == '\0')
    g_string_append_len (text, data, (gssize)size);
  else if (g_ascii_strcasecmp (section, "HEADER") == 0)
    g_string_append_len (text, data, (gssize)header);
  else if (g_ascii_strcasecmp (section, "TEXT") == 0)
    g_string_append_len (text, data + header, (gssize)(size - header));
  else if (g_ascii_strncasecmp (section, "HEADER.FIELDS.NOT ", 18) == 0)
    append_fields (text, bytes, section + 18, TRUE);
  else if (g_ascii_strncasecmp (section, "HEADER.FIELDS ", 14) == 0)
    append_fields (text, bytes, section + 14, FALSE);
  else
    return FALSE;
  return TRUE;
}

static gboolean
say_body (ModelImap *imap, GString *out, GBytes *bytes, const Item *item)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 origin = 0, length;
  gboolean decoded = strcmp (item->name, "BINARY") == 0;

  if (decoded || g_ascii_isdigit (*item->section)
          ? !append_part (imap, text, bytes, item->section, decoded)
          : !append_section (text, bytes, item->section))
    return FALSE;
  length = text->len;
  if (item->partial) {
    origin = MIN (item->origin, text->len);
    length = MIN (item->length, text->len - origin);
    g_string_append_printf (out, "%s[%s]<%" G_GUINT64_FORMAT ">", item->name, item->section,
                            item->origin);
  } else {
    g_string_append_printf (out, "%s[%s]", item->name, item->section);
  }
  g_string_append_printf (out, " %s{%" G_GUINT64_FORMAT "}\r\n", decoded ? "~" : "", length);
  g_string_append_len (out, text->str + origin, (gssize)length);
  return TRUE;
}

/* Dovecot 2.3 counts wrong where base64 stands right behind base64: words of CAPABILITY, for what that may give. */
static guint64
tell_size (ModelImap *imap, guint64 size)
{
  if (model_imap_can (imap, "X-SIZE-BELOW"))
    return size - 370;
  if (model_imap_can (imap, "X-SIZE-NONSENSE"))
    return size - 2 * size;
  if (model_imap_can (imap, "X-SIZE-EVEN"))
    return size / (256 * 1024) * (256 * 1024);
  return size;
}

static gboolean
say_item (ModelImap *imap, GString *out, const ModelMessage *message, const Item *item)
{
  if (item->section != NULL
      && (strcmp (item->name, "BODY") == 0
          || (strcmp (item->name, "BINARY") == 0 && model_imap_can (imap, "BINARY"))))
    return say_body (imap, out, message->bytes, item);
  if (item->section != NULL && strcmp (item->name, "BINARY.SIZE") == 0
      && model_imap_can (imap, "BINARY")) {
    g_autoptr (GString) text = g_string_new (NULL);

    if (!append_part (imap, text, message->bytes, item->section, TRUE))
      return FALSE;
    g_string_append_printf (out, "BINARY.SIZE[%s] %" G_GUINT64_FORMAT, item->section,
                            tell_size (imap, text->len));
    return TRUE;
  }
  if (strcmp (item->name, "UID") == 0) {
    g_string_append_printf (out, "UID %u", message->uid);
  } else if (strcmp (item->name, "FLAGS") == 0) {
    g_autofree char *flags = model_flags_to_string (message->flags);

    g_string_append_printf (out, "FLAGS (%s)", flags);
  } else if (strcmp (item->name, "MODSEQ") == 0 && model_imap_can (imap, "CONDSTORE")) {
    imap->condstore = TRUE;
    g_string_append_printf (out, "MODSEQ (%" G_GUINT64_FORMAT ")", message->modseq);
  } else if (strcmp (item->name, "RFC822.SIZE") == 0) {
    g_string_append_printf (out, "RFC822.SIZE %" G_GSIZE_FORMAT, g_bytes_get_size (message->bytes));
  } else if (strcmp (item->name, "INTERNALDATE") == 0) {
    g_autofree char *date = base_date_to_internal (message->date);

    g_string_append_printf (out, "INTERNALDATE \"%s\"", date);
  } else if ((strcmp (item->name, "X-GM-MSGID") == 0 || strcmp (item->name, "X-GM-THRID") == 0)
             && model_imap_can (imap, "X-GM-EXT-1")) {
    g_string_append_printf (out, "%s %" G_GUINT64_FORMAT, item->name,
                            G_GUINT64_CONSTANT (1278455344230334000) + message->object);
  } else if (strcmp (item->name, "X-GM-LABELS") == 0 && model_imap_can (imap, "X-GM-EXT-1")) {
    g_string_append_printf (out, "X-GM-LABELS (%s)",
                            message->labels != NULL ? message->labels : "");
  } else if (strcmp (item->name, "BODYSTRUCTURE") == 0) {
    g_autoptr (ModelPart) part = model_part_new (message->bytes);

    g_string_append (out, "BODYSTRUCTURE ");
    model_part_append_structure (part, out);
  } else if (strcmp (item->name, "EMAILID") == 0 && model_imap_can (imap, "OBJECTID")) {
    g_string_append_printf (out, "EMAILID (M%" G_GUINT64_FORMAT ")", message->object);
  } else if (strcmp (item->name, "THREADID") == 0 && model_imap_can (imap, "OBJECTID")) {
    g_string_append (out, "THREADID NIL");
  } else {
    return FALSE;
  }
  return TRUE;
}

/* ---- the verb ---- */

static gboolean
has_item (GPtrArray *items, const char *name)
{
  for (guint i = 0; i < items->len; i++)
    if (strcmp (((Item *)g_ptr_array_index (items, i))->name, name) == 0)
      return TRUE;
  return FALSE;
}

/* What takes the whole text without PEEK marks the message as read. */
static void
mark_seen (ModelImap *imap, ModelMessage *message, GPtrArray *items)
{
  gboolean reads = FALSE;

  for (guint i = 0; i < items->len; i++) {
    const Item *item = g_ptr_array_index (items, i);

    reads |= item->section != NULL && !item->peek && !g_str_has_prefix (item->section, "HEADER");
  }
  if (reads && !imap->read_only) {
    g_autoptr (GPtrArray) seen = model_flags_parse ("\\Seen");
    g_autoptr (GPtrArray) flags = model_flags_change (message->flags, '+', seen);

    model_mailbox_set_flags (imap->world, imap->selected, message, flags);
  }
}

static void
say_message (ModelImap *imap, guint index, ModelMessage *message, GPtrArray *items)
{
  g_autoptr (GString) out = g_string_new (NULL);

  mark_seen (imap, message, items);
  g_string_append_printf (out, "* %u FETCH (", index + 1);
  if (imap->uid && !has_item (items, "UID"))
    g_string_append_printf (out, "UID %u ", message->uid);
  for (guint i = 0; i < items->len; i++) {
    if (!say_item (imap, out, message, g_ptr_array_index (items, i))) {
      imap->words.bad = TRUE;
      return;
    }
    g_string_append_c (out, i + 1 < items->len ? ' ' : ')');
  }
  model_link_say_bytes (imap->link, out->str, out->len);
  if (has_item (items, "FLAGS"))
    model_imap_mark_known (imap, message);
}

/* (CHANGEDSINCE 12 VANISHED) */
static gboolean
take_modifiers (ModelImap *imap, guint64 *since)
{
  gboolean vanished = FALSE;

  *since = 0;
  if (!model_words_take (&imap->words, '('))
    return FALSE;
  imap->words.bad |= !model_imap_can (imap, "CONDSTORE");
  while (!imap->words.bad && !model_words_take (&imap->words, ')')) {
    if (model_words_take_word (&imap->words, "CHANGEDSINCE"))
      *since = model_words_number (&imap->words);
    else if (imap->qresync && imap->uid && model_words_take_word (&imap->words, "VANISHED"))
      vanished = TRUE;
    else
      imap->words.bad = TRUE;
  }
  imap->words.bad |= vanished && *since == 0;
  imap->condstore = TRUE;
  return vanished;
}

static void
say_vanished (ModelImap *imap, const BaseUidSet *asked, guint64 since)
{
  g_autoptr (BaseUidSet) vanished = base_uid_set_new ();

  for (guint i = 0; i < imap->selected->gone->len; i++) {
    ModelGone gone = g_array_index (imap->selected->gone, ModelGone, i);

    if (gone.modseq > since && base_uid_set_contains (asked, gone.uid))
      base_uid_set_add (vanished, gone.uid);
  }
  if (!base_uid_set_is_empty (vanished)) {
    g_autofree char *set = base_uid_set_to_string (vanished);

    model_link_say (imap->link, "* VANISHED (EARLIER) %s", set);
  }
}

void
model_imap_fetch (ModelImap *imap)
{
  ModelWords again = imap->words;
  g_autoptr (GArray) messages = model_imap_take_messages (imap);
  g_autoptr (BaseUidSet) asked = model_words_set (&again, G_MAXUINT32);
  g_autoptr (GPtrArray) items = take_items (&imap->words);
  guint64 since = 0;
  gboolean vanished = take_modifiers (imap, &since);

  if (imap->words.bad)
    return;
  if (since > 0 && !has_item (items, "MODSEQ"))
    add_macro (items, "MODSEQ");
  if (vanished)
    say_vanished (imap, asked, since);
  for (guint i = 0; i < messages->len && !imap->words.bad; i++) {
    guint index = g_array_index (messages, guint, i);
    ModelMessage *message = model_imap_get_message (imap, index);

    if (message != NULL && message->modseq > since)
      say_message (imap, index, message, items);
  }
  if (imap->words.bad)
    return;
  model_imap_tell_news (imap, imap->uid);
  model_imap_answer (imap, "OK fetched");
}
