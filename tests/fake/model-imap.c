/* The IMAP side of the model server: commands in, verbs called, news told.  Runs in the thread of the connection.  The
 * verbs themselves: model-mailbox.c, model-fetch.c, model-change.c, model-search.c. */
#include "model-imap.h"

#include <stdarg.h>
#include <string.h>

#include "imap-utf7.h"

gboolean
model_imap_can (ModelImap *imap, const char *capability)
{
  g_auto (GStrv) words = g_strsplit (imap->capabilities, " ", -1);

  return g_strv_contains ((const char *const *)words, capability);
}

void
model_imap_answer (ModelImap *imap, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  model_link_say (imap->link, "%s %s", imap->tag, text);
  imap->answered = TRUE;
}

char *
model_imap_take_name (ModelImap *imap)
{
  g_autofree char *wire = model_words_string (&imap->words);

  return imap->utf8 ? g_steal_pointer (&wire) : imap_utf7_decode (wire);
}

char *
model_imap_quote_name (ModelImap *imap, const char *name)
{
  g_autofree char *wire = imap->utf8 ? g_strdup (name) : imap_utf7_encode (name);
  GString *text = g_string_new ("\"");

  for (const char *c = wire; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_c (text, '\\');
    g_string_append_c (text, *c);
  }
  g_string_append_c (text, '"');
  return g_string_free (text, FALSE);
}

/* ---- news ---- */

void
model_imap_say_flags (ModelImap *imap, guint seq, const ModelMessage *message, gboolean with_flags)
{
  g_autofree char *flags = model_flags_to_string (message->flags);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "* %u FETCH (", seq);
  if (imap->uid || imap->condstore)
    g_string_append_printf (text, "UID %u ", message->uid);
  if (with_flags)
    g_string_append_printf (text, "FLAGS (%s) ", flags);
  if (imap->condstore)
    g_string_append_printf (text, "MODSEQ (%" G_GUINT64_FORMAT ") ", message->modseq);
  g_string_truncate (text, text->len - 1);
  g_string_append_c (text, ')');
  model_link_say_bytes (imap->link, text->str, text->len);
}

static void
tell_gone (ModelImap *imap)
{
  g_autoptr (BaseUidSet) vanished = base_uid_set_new ();

  for (guint i = 0; i < imap->seen->len;) {
    guint32 uid = g_array_index (imap->seen, ModelSeen, i).uid;

    if (model_mailbox_by_uid (imap->selected, uid) != NULL) {
      i++;
      continue;
    }
    if (imap->qresync)
      base_uid_set_add (vanished, uid);
    else
      model_link_say (imap->link, "* %u EXPUNGE", i + 1);
    g_array_remove_index (imap->seen, i);
  }
  if (!base_uid_set_is_empty (vanished)) {
    g_autofree char *set = base_uid_set_to_string (vanished);

    model_link_say (imap->link, "* VANISHED %s", set);
  }
}

/* TRUE when all is told. */
static gboolean
tell_new (ModelImap *imap)
{
  guint32 last =
      imap->seen->len > 0 ? g_array_index (imap->seen, ModelSeen, imap->seen->len - 1).uid : 0;
  GPtrArray *messages = imap->selected->messages;
  gboolean whole = TRUE;
  guint from = messages->len;

  while (from > 0 && ((ModelMessage *)g_ptr_array_index (messages, from - 1))->uid > last)
    from--;
  for (guint i = 0; i < imap->seen->len; i++) {
    ModelSeen *seen = &g_array_index (imap->seen, ModelSeen, i);
    ModelMessage *message = model_mailbox_by_uid (imap->selected, seen->uid);

    whole &= message != NULL;
    if (message != NULL && message->modseq > seen->modseq) {
      model_imap_say_flags (imap, i + 1, message, TRUE);
      seen->modseq = message->modseq;
    }
  }
  for (guint i = from; i < messages->len; i++) {
    const ModelMessage *message = g_ptr_array_index (messages, i);
    ModelSeen seen = { .uid = message->uid, .modseq = message->modseq };

    g_array_append_val (imap->seen, seen);
  }
  if (from < messages->len)
    model_link_say (imap->link, "* %u EXISTS", imap->seen->len);
  return whole;
}

void
model_imap_tell_news (ModelImap *imap, gboolean expunges)
{
  model_imap_tell_others (imap);
  if (imap->selected == NULL || imap->serial == imap->selected->serial)
    return;
  if (imap->selected->deleted || imap->selected->uid_validity != imap->uid_validity) {
    model_link_say (imap->link, "* BYE the mailbox was %s",
                    imap->selected->deleted ? "deleted" : "renumbered");
    model_link_close (imap->link);
    return;
  }
  if (expunges)
    tell_gone (imap);
  if (tell_new (imap))
    imap->serial = imap->selected->serial;
}

void
model_imap_mark_known (ModelImap *imap, const ModelMessage *message)
{
  for (guint low = 0, high = imap->seen->len; low < high;) {
    guint middle = (low + high) / 2;
    ModelSeen *seen = &g_array_index (imap->seen, ModelSeen, middle);

    if (seen->uid == message->uid) {
      seen->modseq = message->modseq;
      return;
    }
    if (seen->uid < message->uid)
      low = middle + 1;
    else
      high = middle;
  }
}

/* ---- messages of a set ---- */

ModelMessage *
model_imap_get_message (ModelImap *imap, guint index)
{
  return model_mailbox_by_uid (imap->selected, g_array_index (imap->seen, ModelSeen, index).uid);
}

GArray *
model_imap_take_messages (ModelImap *imap)
{
  guint n = imap->seen->len;
  guint32 last = n > 0 ? g_array_index (imap->seen, ModelSeen, n - 1).uid : 0;
  g_autoptr (BaseUidSet) set = model_words_set (&imap->words, imap->uid ? last : n);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < n; i++)
    if (base_uid_set_contains (set,
                               imap->uid ? g_array_index (imap->seen, ModelSeen, i).uid : i + 1))
      g_array_append_val (found, i);
  return found;
}

/* ---- signing in ---- */

static void
sign_in (ModelImap *imap, const char *user, const char *password)
{
  ModelAccount *account = model_world_find_account (imap->world, user);

  if (account == NULL || strcmp (account->password, password) != 0) {
    model_imap_answer (imap, "NO [AUTHENTICATIONFAILED] wrong user or password");
    return;
  }
  imap->account = account;
  model_imap_answer (imap, "OK [CAPABILITY %s] signed in", imap->capabilities);
}

static void
login (ModelImap *imap)
{
  g_autofree char *user = model_words_string (&imap->words);
  g_autofree char *password = model_words_string (&imap->words);

  if (!imap->words.bad)
    sign_in (imap, user, password);
}

static void
authenticate (ModelImap *imap)
{
  g_autofree char *mechanism = model_words_atom (&imap->words, TRUE);
  g_autofree char *text = NULL;
  g_autofree guchar *plain = NULL;
  gsize length = 0;

  if (strcmp (mechanism, "PLAIN") != 0) {
    model_imap_answer (imap, "NO [CANNOT] that mechanism is not known");
    return;
  }
  if (model_words_are_left (&imap->words)) {
    text = model_words_atom (&imap->words, FALSE);
  } else {
    model_link_say (imap->link, "+ ");
    g_mutex_unlock (&imap->world->lock);
    text = model_link_read_line (imap->link, FALSE, NULL);
    g_mutex_lock (&imap->world->lock);
  }
  plain = g_base64_decode (text != NULL ? text : "", &length);
  plain = g_realloc (plain, length + 2);
  plain[length] = plain[length + 1] = '\0';
  const char *user = (const char *)plain + strlen ((const char *)plain) + 1;
  if (length < 2 || user >= (const char *)plain + length)
    model_imap_answer (imap, "BAD that is not PLAIN");
  else
    sign_in (imap, user, user + strlen (user) + 1);
}

/* ---- small verbs ---- */

static void
enable (ModelImap *imap)
{
  g_autoptr (GString) enabled = g_string_new ("* ENABLED");

  while (model_words_are_left (&imap->words)) {
    g_autofree char *word = model_words_atom (&imap->words, TRUE);

    if (!model_imap_can (imap, word))
      continue;
    g_string_append_printf (enabled, " %s", word);
    imap->utf8 |= strcmp (word, "UTF8=ACCEPT") == 0;
    imap->qresync |= strcmp (word, "QRESYNC") == 0;
    imap->condstore |= strcmp (word, "QRESYNC") == 0 || strcmp (word, "CONDSTORE") == 0;
  }
  model_link_say_bytes (imap->link, enabled->str, enabled->len);
  model_imap_answer (imap, "OK enabled");
}

/* Until DONE, which ends it, or anything else, which is BAD. */
static void
idle (ModelImap *imap)
{
  g_autofree char *line = NULL;

  model_link_say (imap->link, "+ idling");
  for (;;) {
    gboolean readable;

    model_imap_tell_news (imap, TRUE);
    g_mutex_unlock (&imap->world->lock);
    readable = model_link_wait (imap->link);
    if (readable)
      line = model_link_read_line (imap->link, FALSE, NULL);
    g_mutex_lock (&imap->world->lock);
    if (readable)
      break;
  }
  model_imap_answer (imap, line != NULL && g_ascii_strcasecmp (line, "DONE") == 0
                               ? "OK idled"
                               : "BAD expected DONE");
}

static void
capability (ModelImap *imap)
{
  model_link_say (imap->link, "* CAPABILITY %s%s", imap->capabilities,
                  imap->account == NULL ? " AUTH=PLAIN" : "");
  model_imap_answer (imap, "OK done");
}

static void
identify (ModelImap *imap)
{
  model_link_say (imap->link, "* ID (\"name\" \"model\")");
  model_imap_answer (imap, "OK done");
}

static void
tell_namespace (ModelImap *imap)
{
  model_link_say (imap->link, "* NAMESPACE ((\"\" \"/\")) NIL NIL");
  model_imap_answer (imap, "OK done");
}

static void
log_out (ModelImap *imap)
{
  model_link_say (imap->link, "* BYE goodbye");
  model_imap_answer (imap, "OK done");
  model_link_close (imap->link);
}

static void
compress (ModelImap *imap)
{
  if (!model_words_take_word (&imap->words, "DEFLATE"))
    return;
  model_imap_answer (imap, "OK deflating");
  model_link_start_compression (imap->link);
}

static void
noop (ModelImap *imap)
{
  model_imap_tell_news (imap, TRUE);
  model_imap_answer (imap, "OK done");
}

/* CLOSE without the expunge where the mailbox was only examined. */
static void
close_mailbox (ModelImap *imap)
{
  for (guint i = 0; !imap->read_only && i < imap->seen->len; i++) {
    ModelMessage *message = model_imap_get_message (imap, i);

    if (message != NULL && model_flags_has (message->flags, "\\Deleted"))
      model_mailbox_expunge (imap->world, imap->selected, message->uid);
  }
  model_imap_unselect (imap);
  model_imap_answer (imap, "OK closed");
}

static void
unselect (ModelImap *imap)
{
  model_imap_unselect (imap);
  model_imap_answer (imap, "OK closed");
}

static void
examine (ModelImap *imap)
{
  model_imap_select (imap, TRUE);
}

static void
select_mailbox (ModelImap *imap)
{
  model_imap_select (imap, FALSE);
}

static void
subscribe (ModelImap *imap)
{
  model_imap_subscribe (imap, TRUE);
}

static void
unsubscribe (ModelImap *imap)
{
  model_imap_subscribe (imap, FALSE);
}

static void
copy (ModelImap *imap)
{
  model_imap_copy (imap, FALSE);
}

static void
move (ModelImap *imap)
{
  model_imap_copy (imap, TRUE);
}

/* ---- commands ---- */

typedef enum
{
  ANYWHERE,
  SIGNED_IN,
  SELECTED,
} State;

static const struct
{
  const char *verb;
  const char *capability; /* NULL: always known */
  State state;
  gboolean has_uid;
  void (*run) (ModelImap *imap);
} verbs[] = {
  { "CAPABILITY", NULL, ANYWHERE, FALSE, capability },
  { "NOOP", NULL, ANYWHERE, FALSE, noop },
  { "LOGOUT", NULL, ANYWHERE, FALSE, log_out },
  { "LOGIN", NULL, ANYWHERE, FALSE, login },
  { "AUTHENTICATE", NULL, ANYWHERE, FALSE, authenticate },
  { "ID", "ID", ANYWHERE, FALSE, identify },
  { "ENABLE", "ENABLE", SIGNED_IN, FALSE, enable },
  { "NAMESPACE", "NAMESPACE", SIGNED_IN, FALSE, tell_namespace },
  { "COMPRESS", "COMPRESS=DEFLATE", SIGNED_IN, FALSE, compress },
  { "NOTIFY", "NOTIFY", SIGNED_IN, FALSE, model_imap_notify },
  { "LIST", NULL, SIGNED_IN, FALSE, model_imap_list },
  { "LSUB", NULL, SIGNED_IN, FALSE, model_imap_lsub },
  { "STATUS", NULL, SIGNED_IN, FALSE, model_imap_status },
  { "CREATE", NULL, SIGNED_IN, FALSE, model_imap_create },
  { "DELETE", NULL, SIGNED_IN, FALSE, model_imap_delete },
  { "RENAME", NULL, SIGNED_IN, FALSE, model_imap_rename },
  { "SUBSCRIBE", NULL, SIGNED_IN, FALSE, subscribe },
  { "UNSUBSCRIBE", NULL, SIGNED_IN, FALSE, unsubscribe },
  { "SELECT", NULL, SIGNED_IN, FALSE, select_mailbox },
  { "EXAMINE", NULL, SIGNED_IN, FALSE, examine },
  { "APPEND", NULL, SIGNED_IN, FALSE, model_imap_append },
  { "IDLE", "IDLE", SIGNED_IN, FALSE, idle },
  { "CHECK", NULL, SELECTED, FALSE, noop },
  { "CLOSE", NULL, SELECTED, FALSE, close_mailbox },
  { "UNSELECT", "UNSELECT", SELECTED, FALSE, unselect },
  { "FETCH", NULL, SELECTED, TRUE, model_imap_fetch },
  { "STORE", NULL, SELECTED, TRUE, model_imap_store },
  { "COPY", NULL, SELECTED, TRUE, copy },
  { "MOVE", "MOVE", SELECTED, TRUE, move },
  { "EXPUNGE", NULL, SELECTED, TRUE, model_imap_expunge },
  { "SEARCH", NULL, SELECTED, TRUE, model_imap_search },
};

static void
run_verb (ModelImap *imap)
{
  g_autofree char *verb = NULL;

  imap->uid = model_words_take_word (&imap->words, "UID");
  verb = model_words_atom (&imap->words, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++) {
    if (strcmp (verbs[i].verb, verb) != 0 || (imap->uid && !verbs[i].has_uid)
        || (verbs[i].capability != NULL && !model_imap_can (imap, verbs[i].capability)))
      continue;
    if ((verbs[i].state >= SIGNED_IN && imap->account == NULL)
        || (verbs[i].state == SELECTED && imap->selected == NULL)) {
      model_imap_answer (imap, "BAD not now");
      return;
    }
    verbs[i].run (imap);
    if (!imap->answered)
      model_imap_answer (imap, "BAD the words of %s are not understood", verb);
    return;
  }
  model_imap_answer (imap, "BAD unknown command");
}

/* The size of a literal that this line announces. */
static gboolean
announces_literal (const char *line, gsize length, guint64 *size, gboolean *wait)
{
  const char *open = length > 0 && line[length - 1] == '}' ? strrchr (line, '{') : NULL;
  char *end = NULL;

  if (open == NULL || !g_ascii_isdigit (open[1]))
    return FALSE;
  *size = g_ascii_strtoull (open + 1, &end, 10);
  *wait = *end == '}';
  return end == line + length - 1 || (end == line + length - 2 && (*end == '+' || *end == '-'));
}

/* The whole command with its literals; FALSE: the client is gone.  A literal that is too big is refused before it comes (the
 * command is then answered), or read and thrown away. */
static gboolean
read_command (ModelImap *imap, GString *command, char **answer)
{
  g_autofree char *line = model_link_read_line (imap->link, TRUE, answer);
  guint64 size = 0, limit = imap->shared->size_limit;
  gboolean wait = FALSE;

  while (line != NULL) {
    gsize begin = command->len;

    g_string_append (command, line);
    if (!announces_literal (command->str + begin, command->len - begin, &size, &wait))
      return TRUE;
    if (wait && (*answer != NULL || (limit > 0 && size > limit))) {
      if (*answer == NULL)
        *answer = g_strdup ("NO [TOOBIG] the message is too big");
      return TRUE;
    }
    if (limit > 0 && size > limit && *answer == NULL)
      *answer = g_strdup ("NO [TOOBIG] the message is too big");
    if (wait)
      model_link_say (imap->link, "+ go on");
    g_string_append (command, "\r\n");
    if (!model_link_read_bytes (imap->link, size, command))
      return FALSE;
    g_free (line);
    line = model_link_read_line (imap->link, FALSE, NULL);
  }
  return FALSE;
}

static void
answer_instead (ModelImap *imap, const char *answer)
{
  if (g_str_has_prefix (answer, "* ")) {
    model_link_say_bytes (imap->link, answer, strlen (answer));
    model_link_close (imap->link);
  } else {
    model_imap_answer (imap, "%s", answer);
  }
}

static void
run_command (ModelImap *imap, GString *command, const char *answer)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&imap->world->lock);
  g_autofree char *tag = NULL;

  imap->words = (ModelWords){ .at = command->str, .end = command->str + command->len };
  tag = model_words_atom (&imap->words, FALSE);
  imap->tag = tag;
  imap->answered = FALSE;
  if (answer != NULL)
    answer_instead (imap, answer);
  else
    run_verb (imap);
  imap->tag = NULL;
}

void
model_imap_run (ModelShared *shared, ModelLink *link)
{
  ModelImap imap = { .shared = shared, .world = &shared->world, .link = link };

  g_mutex_lock (&shared->lock);
  imap.capabilities = g_strdup (shared->capabilities);
  g_mutex_unlock (&shared->lock);
  imap.seen = g_array_new (FALSE, FALSE, sizeof (ModelSeen));
  model_link_say (link, "* OK [CAPABILITY %s AUTH=PLAIN] model ready", imap.capabilities);
  while (!model_link_is_over (link)) {
    g_autoptr (GString) command = g_string_new (NULL);
    g_autofree char *answer = NULL;

    if (!read_command (&imap, command, &answer))
      break;
    run_command (&imap, command, answer);
    model_link_done (link);
  }
  g_mutex_lock (&shared->world.lock);
  model_imap_unselect (&imap);
  g_clear_pointer (&imap.watched, g_hash_table_unref);
  g_mutex_unlock (&shared->world.lock);
  g_array_unref (imap.seen);
  g_free (imap.capabilities);
}
