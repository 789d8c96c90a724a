/* The model server's verbs that change messages: STORE, COPY, MOVE, EXPUNGE, APPEND.  The world is locked. */
#include <string.h>

#include "base-date.h"
#include "model-imap.h"

static gboolean
check_writable (ModelImap *imap)
{
  if (imap->read_only)
    model_imap_answer (imap, "NO [READ-ONLY] it was only examined");
  return !imap->read_only;
}

/* ---- STORE ---- */

typedef struct
{
  char sign;
  gboolean silent;
  guint64 unchanged_since; /* G_MAXUINT64: whatever happened */
  GPtrArray *flags;        /* Owned */
} Change;

static void
take_change (ModelImap *imap, Change *change)
{
  g_autofree char *verb = NULL, *list = NULL;
  const char *name;

  change->unchanged_since = G_MAXUINT64;
  if (model_words_take (&imap->words, '(')) {
    imap->words.bad |= !model_imap_can (imap, "CONDSTORE")
                       || !model_words_take_word (&imap->words, "UNCHANGEDSINCE");
    change->unchanged_since = model_words_number (&imap->words);
    imap->words.bad |= !model_words_take (&imap->words, ')');
    imap->condstore = TRUE;
  }
  verb = model_words_atom (&imap->words, TRUE);
  change->sign = *verb == '+' || *verb == '-' ? *verb : '=';
  name = change->sign == '=' ? verb : verb + 1;
  change->silent = strcmp (name, "FLAGS.SILENT") == 0;
  imap->words.bad |= !change->silent && strcmp (name, "FLAGS") != 0;
  list = model_words_list (&imap->words);
  if (*list == '\0' && !imap->words.bad) {
    g_free (list);
    list = g_strndup (imap->words.at, (gsize)(imap->words.end - imap->words.at));
  }
  change->flags = model_flags_parse (list);
}

static void
store_one (ModelImap *imap, guint index, ModelMessage *message, const Change *change)
{
  g_autoptr (GPtrArray) flags = model_flags_change (message->flags, change->sign, change->flags);
  gboolean others = message->modseq > g_array_index (imap->seen, ModelSeen, index).modseq;

  model_mailbox_set_flags (imap->world, imap->selected, message, flags);
  if (!change->silent || others)
    model_imap_say_flags (imap, index + 1, message, TRUE);
  else if (imap->condstore)
    model_imap_say_flags (imap, index + 1, message, FALSE);
  model_imap_mark_known (imap, message);
}

void
model_imap_store (ModelImap *imap)
{
  g_autoptr (GArray) messages = model_imap_take_messages (imap);
  g_autoptr (BaseUidSet) modified = base_uid_set_new ();
  Change change = { 0 };

  take_change (imap, &change);
  if (!imap->words.bad && check_writable (imap)) {
    for (guint i = 0; i < messages->len; i++) {
      guint index = g_array_index (messages, guint, i);
      ModelMessage *message = model_imap_get_message (imap, index);

      if (message == NULL)
        continue;
      if (message->modseq > change.unchanged_since)
        base_uid_set_add (modified, imap->uid ? message->uid : index + 1);
      else
        store_one (imap, index, message, &change);
    }
    model_imap_tell_news (imap, imap->uid);
    if (base_uid_set_is_empty (modified)) {
      model_imap_answer (imap, "OK stored");
    } else {
      g_autofree char *set = base_uid_set_to_string (modified);

      model_imap_answer (imap, "OK [MODIFIED %s] not all", set);
    }
  }
  g_ptr_array_unref (change.flags);
}

/* ---- COPY and MOVE ---- */

void
model_imap_copy (ModelImap *imap, gboolean move)
{
  g_autoptr (GArray) messages = model_imap_take_messages (imap);
  g_autofree char *name = model_imap_take_name (imap);
  /* Both ascend: the nth of one is the nth of the other. */
  g_autoptr (BaseUidSet) from = base_uid_set_new (), to = base_uid_set_new ();
  g_autofree char *code = NULL, *from_text = NULL, *to_text = NULL;
  ModelMailbox *target;

  if (imap->words.bad || (move && !check_writable (imap)))
    return;
  target = model_account_find (imap->account, name);
  if (target == NULL) {
    model_imap_answer (imap, "NO [TRYCREATE] there is no such mailbox");
    return;
  }
  for (guint i = 0; i < messages->len; i++) {
    ModelMessage *message = model_imap_get_message (imap, g_array_index (messages, guint, i));

    if (message == NULL)
      continue;
    base_uid_set_add (from, message->uid);
    base_uid_set_add (to, model_mailbox_copy (imap->world, message, target)->uid);
    if (move)
      model_mailbox_expunge (imap->world, imap->selected, message->uid);
  }
  from_text = base_uid_set_to_string (from);
  to_text = base_uid_set_to_string (to);
  code = *from_text != '\0' && model_imap_can (imap, "UIDPLUS")
             ? g_strdup_printf ("[COPYUID %u %s %s] ", target->uid_validity, from_text, to_text)
             : g_strdup ("");
  if (move && *code != '\0')
    model_link_say (imap->link, "* OK %smoved", code);
  model_imap_tell_news (imap, move || imap->uid);
  model_imap_answer (imap, "OK %sdone", move ? "" : code);
}

void
model_imap_expunge (ModelImap *imap)
{
  g_autoptr (GArray) some = NULL;
  guint n = imap->seen->len;

  if (imap->uid && !model_imap_can (imap, "UIDPLUS")) {
    imap->words.bad = TRUE;
    return;
  }
  if (imap->uid) {
    some = model_imap_take_messages (imap);
    n = some->len;
  }
  if (imap->words.bad || !check_writable (imap))
    return;
  for (guint i = 0; i < n; i++) {
    ModelMessage *message =
        model_imap_get_message (imap, some != NULL ? g_array_index (some, guint, i) : i);

    if (message != NULL && model_flags_has (message->flags, "\\Deleted"))
      model_mailbox_expunge (imap->world, imap->selected, message->uid);
  }
  model_imap_tell_news (imap, TRUE);
  model_imap_answer (imap, "OK expunged");
}

/* ---- APPEND ---- */

void
model_imap_append (ModelImap *imap)
{
  g_autofree char *name = model_imap_take_name (imap);
  g_autofree char *list = model_words_list (&imap->words);
  g_autoptr (GPtrArray) flags = model_flags_parse (list);
  g_autoptr (GBytes) bytes = NULL;
  ModelMailbox *mailbox;
  ModelMessage *message;
  gint64 date = 0;
  gboolean utf8 = FALSE;

  if (model_words_are_left (&imap->words) && *imap->words.at == '"') {
    g_autofree char *text = model_words_string (&imap->words);

    date = base_date_from_internal (text);
    imap->words.bad |= date == 0;
  }
  if (imap->utf8 && model_words_take_word (&imap->words, "UTF8"))
    utf8 = model_words_take (&imap->words, '(');
  bytes = model_words_literal (&imap->words);
  imap->words.bad |= utf8 && !model_words_take (&imap->words, ')');
  if (imap->words.bad)
    return;
  mailbox = model_account_find (imap->account, name);
  if (mailbox == NULL) {
    model_imap_answer (imap, "NO [TRYCREATE] there is no such mailbox");
    return;
  }
  message = model_mailbox_append (imap->world, mailbox, bytes, flags, date, 0);
  model_imap_tell_news (imap, TRUE);
  if (model_imap_can (imap, "UIDPLUS"))
    model_imap_answer (imap, "OK [APPENDUID %u %u] appended", mailbox->uid_validity, message->uid);
  else
    model_imap_answer (imap, "OK appended");
}
