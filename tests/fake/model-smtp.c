/* The submission side of the model server (RFC 5321, 3030, 4954).  Runs in the thread of the connection; must never take
 * a mail of which not all has come. */
#include <string.h>

#include "model-link.h"

typedef struct
{
  ModelShared *shared; /* Borrowed */
  ModelWorld *world;   /* Borrowed */
  ModelLink *link;     /* Borrowed */
  char *capabilities;  /* Owned */
  char *user;          /* Owned, NULL: not signed in */

  /* The transaction */
  char *sender;          /* Owned, NULL: none begun */
  GPtrArray *recipients; /* Owned */
  GString *chunks;       /* Owned: of BDAT, NULL: none yet */
  GString *wishes;       /* Owned: parameters of DSN and FUTURERELEASE */
} Smtp;

static gboolean
can (Smtp *smtp, const char *word)
{
  g_auto (GStrv) words = g_strsplit (smtp->capabilities, " ", -1);

  return g_strv_contains ((const char *const *)words, word);
}

/* "250 2.0.0 done": the enhanced code is left out where it is not offered. */
static void
answer (Smtp *smtp, const char *text)
{
  if (!can (smtp, "ENHANCEDSTATUSCODES") && strlen (text) > 10 && g_ascii_isdigit (text[4])
      && text[5] == '.')
    model_link_say (smtp->link, "%.3s %s", text, strchr (text + 4, ' ') + 1);
  else
    model_link_say (smtp->link, "%s", text);
}

static void
forget (Smtp *smtp)
{
  g_clear_pointer (&smtp->sender, g_free);
  g_ptr_array_set_size (smtp->recipients, 0);
  g_string_truncate (smtp->wishes, 0);
  if (smtp->chunks != NULL)
    g_string_free (g_steal_pointer (&smtp->chunks), TRUE);
}

static void
greet (Smtp *smtp)
{
  g_auto (GStrv) words = g_strsplit (smtp->capabilities, " ", -1);

  forget (smtp);
  model_link_say (smtp->link, "250-model.test");
  for (gsize i = 0; words[i] != NULL; i++) {
    if (strcmp (words[i], "SIZE") == 0)
      model_link_say (smtp->link, "250-SIZE %" G_GUINT64_FORMAT, smtp->shared->size_limit);
    else if (*words[i] != '\0')
      model_link_say (smtp->link, "250-%s", words[i]);
  }
  model_link_say (smtp->link, "250 AUTH PLAIN");
}

static void
authenticate (Smtp *smtp, const char *rest)
{
  g_autofree char *text = NULL;
  g_autofree guchar *plain = NULL;
  gsize length = 0;
  ModelAccount *account = NULL;

  if (g_ascii_strncasecmp (rest, "PLAIN", 5) != 0) {
    answer (smtp, "504 5.5.4 that mechanism is not known");
    return;
  }
  if (rest[5] == ' ') {
    text = g_strdup (rest + 6);
  } else {
    model_link_say (smtp->link, "334 ");
    text = model_link_read_line (smtp->link, FALSE, NULL);
  }
  plain = g_base64_decode (text != NULL ? text : "", &length);
  plain = g_realloc (plain, length + 2);
  plain[length] = plain[length + 1] = '\0';
  const char *user = (const char *)plain + strlen ((const char *)plain) + 1;
  if (length >= 2 && user < (const char *)plain + length) {
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&smtp->world->lock);

    account = model_world_find_account (smtp->world, user);
    if (account != NULL && strcmp (account->password, user + strlen (user) + 1) == 0)
      smtp->user = g_strdup (user);
  }
  answer (smtp, smtp->user != NULL ? "235 2.7.0 welcome" : "535 5.7.8 wrong user or password");
}

/* What stands in <>; NULL: nothing does. */
static char *
dup_path (const char *rest)
{
  const char *open = strchr (rest, '<'), *close = open != NULL ? strchr (open, '>') : NULL;

  return close != NULL ? g_strndup (open + 1, (gsize)(close - open) - 1) : NULL;
}

/* FALSE: the line has a parameter of an extension that is not offered. */
static gboolean
take_wishes (Smtp *smtp, const char *rest)
{
  static const struct
  {
    const char *parameter, *capability;
  } known[] = { { "RET=", "DSN" },
                { "ENVID=", "DSN" },
                { "NOTIFY=", "DSN" },
                { "ORCPT=", "DSN" },
                { "HOLDFOR=", "FUTURERELEASE" },
                { "HOLDUNTIL=", "FUTURERELEASE" } };
  g_auto (GStrv) words = g_strsplit (rest, " ", -1);

  for (gsize i = 0; words[i] != NULL; i++) {
    for (gsize k = 0; k < G_N_ELEMENTS (known); k++) {
      if (!g_str_has_prefix (words[i], known[k].parameter))
        continue;
      if (!can (smtp, known[k].capability))
        return FALSE;
      g_string_append_printf (smtp->wishes, "%s%s", smtp->wishes->len > 0 ? " " : "", words[i]);
    }
  }
  return TRUE;
}

static void
mail_from (Smtp *smtp, const char *rest)
{
  g_autofree char *path = dup_path (rest);
  g_autofree char *upper = g_ascii_strup (rest, -1);
  const char *size = strstr (upper, " SIZE=");
  guint64 limit = smtp->shared->size_limit;

  if (smtp->user == NULL)
    answer (smtp, "530 5.7.0 sign in first");
  else if (smtp->sender != NULL)
    answer (smtp, "503 5.5.1 there is one already");
  else if (path == NULL)
    answer (smtp, "501 5.5.4 no address");
  else if (size != NULL && !can (smtp, "SIZE"))
    answer (smtp, "555 5.5.4 SIZE is not known");
  else if ((strstr (upper, " SMTPUTF8") != NULL && !can (smtp, "SMTPUTF8"))
           || (strstr (upper, " BODY=") != NULL && !can (smtp, "8BITMIME")))
    answer (smtp, "555 5.5.4 parameter not known");
  else if (size != NULL && limit > 0 && g_ascii_strtoull (size + 6, NULL, 10) > limit)
    answer (smtp, "552 5.3.4 too big");
  else if (!take_wishes (smtp, rest))
    answer (smtp, "555 5.5.4 parameter not known");
  else {
    smtp->sender = g_steal_pointer (&path);
    answer (smtp, "250 2.1.0 begun");
  }
}

static void
recipient (Smtp *smtp, const char *rest)
{
  g_autofree char *path = dup_path (rest);
  g_autofree char *refusal = NULL;

  if (smtp->sender == NULL) {
    answer (smtp, "503 5.5.1 MAIL first");
    return;
  }
  if (path == NULL) {
    answer (smtp, "501 5.5.4 no address");
    return;
  }
  if (!take_wishes (smtp, rest)) {
    answer (smtp, "555 5.5.4 parameter not known");
    return;
  }
  g_mutex_lock (&smtp->world->lock);
  refusal = g_strdup (model_world_get_refusal (smtp->world, path));
  g_mutex_unlock (&smtp->world->lock);
  if (refusal == NULL)
    g_ptr_array_add (smtp->recipients, g_steal_pointer (&path));
  answer (smtp, refusal != NULL ? refusal : "250 2.1.5 fine");
}

static void
submit (Smtp *smtp, GString *text)
{
  g_autoptr (GBytes) message = g_bytes_new (text->str, text->len);
  gboolean files_sent;

  if (smtp->shared->size_limit > 0 && text->len > smtp->shared->size_limit) {
    answer (smtp, "552 5.3.4 too big");
    forget (smtp);
    return;
  }
  g_mutex_lock (&smtp->shared->lock);
  files_sent = smtp->shared->files_sent;
  g_mutex_unlock (&smtp->shared->lock);
  g_mutex_lock (&smtp->world->lock);
  ModelAccount *account = model_world_find_account (smtp->world, smtp->user);
  model_world_submit (smtp->world, smtp->sender, smtp->recipients, message,
                      files_sent && account != NULL ? model_account_find (account, "Sent") : NULL,
                      smtp->wishes->str);
  g_mutex_unlock (&smtp->world->lock);
  forget (smtp);
  answer (smtp, "250 2.0.0 taken");
}

static gboolean
may_begin_text (Smtp *smtp)
{
  if (smtp->sender == NULL)
    answer (smtp, "503 5.5.1 MAIL first");
  else if (smtp->recipients->len == 0)
    answer (smtp, "554 5.5.1 no valid recipients");
  else
    return TRUE;
  return FALSE;
}

static void
data (Smtp *smtp)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *instead = NULL;

  if (!may_begin_text (smtp))
    return;
  answer (smtp, "354 go on");
  for (;;) {
    g_autofree char *line = model_link_read_line (smtp->link, FALSE, NULL);

    if (line == NULL)
      return;
    if (strcmp (line, ".") == 0)
      break;
    g_string_append_printf (text, "%s\r\n", *line == '.' ? line + 1 : line);
  }
  if (!model_link_end_text (smtp->link, &instead))
    return;
  if (instead != NULL) {
    forget (smtp);
    answer (smtp, instead);
  } else {
    submit (smtp, text);
  }
}

/* BDAT 1000 [LAST]: the octets come whatever is thought of the command. */
static void
chunk (Smtp *smtp, const char *rest, const char *instead)
{
  char *end = NULL;
  guint64 size = g_ascii_strtoull (rest, &end, 10);
  g_autoptr (GString) part = g_string_new (NULL);
  gboolean last = g_ascii_strncasecmp (end, " LAST", 5) == 0;

  if (!model_link_read_bytes (smtp->link, size, part))
    return;
  if (instead != NULL) {
    forget (smtp);
    answer (smtp, instead);
    return;
  }
  if (!may_begin_text (smtp))
    return;
  if (smtp->chunks == NULL)
    smtp->chunks = g_string_new (NULL);
  g_string_append_len (smtp->chunks, part->str, (gssize)part->len);
  if (last)
    submit (smtp, smtp->chunks);
  else
    answer (smtp, "250 2.0.0 more");
}

static const char *
after_word (const char *line, const char *word)
{
  gsize n = strlen (word);

  if (g_ascii_strncasecmp (line, word, n) != 0
      || (line[n] != '\0' && line[n] != ' ' && word[n - 1] != ':'))
    return NULL;
  return line[n] == ' ' ? line + n + 1 : line + n;
}

/* FALSE: the connection ends. */
static gboolean
run_line (Smtp *smtp, const char *line, const char *instead)
{
  const char *rest;

  if ((rest = after_word (line, "BDAT")) != NULL && can (smtp, "CHUNKING"))
    chunk (smtp, rest, instead);
  else if (instead != NULL)
    answer (smtp, instead);
  else if (after_word (line, "EHLO") != NULL)
    greet (smtp);
  else if (after_word (line, "HELO") != NULL)
    answer (smtp, "250 model.test");
  else if ((rest = after_word (line, "AUTH")) != NULL)
    authenticate (smtp, rest);
  else if ((rest = after_word (line, "MAIL FROM:")) != NULL)
    mail_from (smtp, rest);
  else if ((rest = after_word (line, "RCPT TO:")) != NULL)
    recipient (smtp, rest);
  else if (after_word (line, "DATA") != NULL)
    data (smtp);
  else if (after_word (line, "RSET") != NULL) {
    forget (smtp);
    answer (smtp, "250 2.0.0 forgotten");
  } else if (after_word (line, "NOOP") != NULL)
    answer (smtp, "250 2.0.0 fine");
  else if (after_word (line, "QUIT") != NULL)
    answer (smtp, "221 2.0.0 goodbye");
  else
    answer (smtp, "500 5.5.2 unknown command");
  return after_word (line, "QUIT") == NULL
         && (instead == NULL || !g_str_has_prefix (instead, "421"));
}

void
model_smtp_run (ModelShared *shared, ModelLink *link)
{
  Smtp smtp = { .shared = shared, .world = &shared->world, .link = link };

  g_mutex_lock (&shared->lock);
  smtp.capabilities = g_strdup (shared->smtp_capabilities);
  g_mutex_unlock (&shared->lock);
  smtp.recipients = g_ptr_array_new_with_free_func (g_free);
  smtp.wishes = g_string_new (NULL);
  model_link_say (link, "220 model.test ESMTP");
  while (!model_link_is_over (link)) {
    g_autofree char *instead = NULL;
    g_autofree char *line = model_link_read_line (link, TRUE, &instead);

    if (line == NULL)
      break;
    if (!run_line (&smtp, line, instead))
      model_link_close (link);
    model_link_done (link);
  }
  forget (&smtp);
  g_ptr_array_unref (smtp.recipients);
  g_string_free (smtp.wishes, TRUE);
  g_free (smtp.capabilities);
  g_free (smtp.user);
}
