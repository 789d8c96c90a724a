/* From a message to the draft that answers or forwards it: recipients, subject, quote,
 * threading.  Pure; main thread, for it only moves strings that are parsed already. */
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-date.h"
#include "mime-build.h"

/* RFC 5322 section 3.6.4 names no limit, servers do. */
#define MAX_REFERENCES 30

static void
append (GString *list, GHashTable *seen, const MailAddress *address)
{
  g_autofree char *folded = g_utf8_strdown (address->address, -1);

  if (address->address[0] == '\0' || !g_hash_table_add (seen, g_steal_pointer (&folded)))
    return;
  g_autofree char *text = mime_address_to_string (address->name, address->address);
  if (list->len > 0)
    g_string_append (list, ", ");
  g_string_append (list, text);
}

static gboolean
all_own (GPtrArray *addresses, MailOwnAddressFunc own, gpointer user_data)
{
  for (guint i = 0; i < addresses->len; i++)
    if (!own (((MailAddress *)addresses->pdata[i])->address, user_data))
      return FALSE;
  return addresses->len > 0;
}

static void
fill_recipients (StoreDraft *draft, const MailParsed *parsed, MailReplyKind kind,
                 MailOwnAddressFunc own, gpointer user_data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) to = g_string_new (NULL);
  g_autoptr (GString) cc = g_string_new (NULL);
  GPtrArray *answer_to = parsed->reply_to->len > 0 ? parsed->reply_to : parsed->from;

  /* Answering what one sent oneself goes on to the same people, wherever their answers were to go. */
  if ((all_own (parsed->from, own, user_data) || all_own (answer_to, own, user_data))
      && parsed->to->len > 0 && !all_own (parsed->to, own, user_data))
    answer_to = parsed->to;
  for (guint i = 0; i < answer_to->len; i++)
    append (to, seen, answer_to->pdata[i]);
  if (kind == MAIL_REPLY_LIST && parsed->list != NULL && parsed->list->post != NULL) {
    g_autoptr (StoreDraft) post = mail_mailto_parse (parsed->list->post);

    if (post != NULL && post->to != NULL && post->to[0] != '\0')
      g_string_assign (to, post->to);
  }
  if (kind == MAIL_REPLY_ALL) {
    GPtrArray *others[] = { parsed->to, parsed->cc };

    for (guint list = 0; list < G_N_ELEMENTS (others); list++)
      for (guint i = 0; i < others[list]->len; i++) {
        const MailAddress *address = others[list]->pdata[i];

        if (!own (address->address, user_data))
          append (cc, seen, address);
      }
  }
  g_free (draft->to);
  g_free (draft->cc);
  draft->to = g_strdup (to->str);
  draft->cc = g_strdup (cc->str);
}

static gboolean
names (GPtrArray *addresses, const char *address)
{
  for (guint i = 0; i < addresses->len; i++)
    if (g_ascii_strcasecmp (((const MailAddress *)addresses->pdata[i])->address, address) == 0)
      return TRUE;
  return FALSE;
}

/* It came to the person, and who else has it cannot know: by Bcc.  What a list sends names the list; an address that is another one of the
 * person's stands where the server says that it delivered to it. */
static gboolean
was_hidden (const MailParsed *parsed, MailOwnAddressFunc own, gpointer user_data)
{
  GPtrArray *const named[] = { parsed->to, parsed->cc };

  if ((parsed->list != NULL && (parsed->list->name != NULL || parsed->list->post != NULL))
      || all_own (parsed->from, own, user_data))
    return FALSE;
  for (guint list = 0; list < G_N_ELEMENTS (named); list++)
    for (guint i = 0; i < named[list]->len; i++) {
      const MailAddress *address = named[list]->pdata[i];

      if (own (address->address, user_data) || names (parsed->delivered_to, address->address))
        return FALSE;
    }
  return TRUE;
}

/* The <ids> of a header, whatever else stands between. */
static void
collect_ids (GPtrArray *ids, const char *header)
{
  for (const char *open = header != NULL ? strchr (header, '<') : NULL; open != NULL;
       open = strchr (open, '<')) {
    gsize length = strcspn (open + 1, "<> \t\r\n");

    if (open[length + 1] == '>' && length > 0)
      g_ptr_array_add (ids, g_strndup (open, length + 2));
    open++;
  }
}

static void
fill_threading (StoreDraft *draft, const MailParsed *parsed)
{
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) references = g_string_new (NULL);

  collect_ids (own, parsed->message_id);
  if (own->len == 0)
    return;
  collect_ids (ids, parsed->references);
  if (ids->len == 0)
    collect_ids (ids, parsed->in_reply_to);
  g_ptr_array_add (ids, g_strdup (own->pdata[0]));
  /* The first one names the conversation, the last ones the place in it. */
  if (ids->len > MAX_REFERENCES)
    g_ptr_array_remove_range (ids, 1, ids->len - MAX_REFERENCES);
  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (references, "%s%s", i > 0 ? " " : "", (char *)ids->pdata[i]);
  if (!draft->forward)
    draft->in_reply_to = g_strdup (own->pdata[0]);
  draft->references = g_strdup (references->str);
}

/* A body of many megabytes is no quote any more. */
static char *
shorten (const char *text)
{
  gsize length = strlen (text);

  if (length <= MAIL_MAX_QUOTE)
    return g_strdup (text);
  const char *end = g_utf8_find_prev_char (text, text + MAIL_MAX_QUOTE);
  g_autofree char *start = g_strndup (text, (gsize)(end - text));
  return g_strconcat (start, "\n…\n", NULL);
}

static const char *
sender_name (const MailParsed *parsed)
{
  const MailAddress *from = parsed->from->len > 0 ? parsed->from->pdata[0] : NULL;

  if (from == NULL)
    return _ ("Somebody");
  return from->name[0] != '\0' ? from->name : from->address;
}

static char *
attribution (const MailParsed *parsed)
{
  if (parsed->date == 0)
    /* Translators: above the quoted text of an answer; the name of a person */
    return g_strdup_printf (_ ("%s wrote:"), sender_name (parsed));
  g_autofree char *date = base_date_long (parsed->date);
  /* Translators: above the quoted text of an answer; date with time, name of a person */
  return g_strdup_printf (_ ("On %1$s, %2$s wrote:"), date, sender_name (parsed));
}

/* One of these, whoever it names and when. */
static gboolean
fits (const char *line, const char *format)
{
  g_auto (GStrv) pieces = g_regex_split_simple ("%(?:\\d\\$)?s", format, 0, 0);
  const char *at = line;

  if (!g_str_has_prefix (line, pieces[0]))
    return FALSE;
  at += strlen (pieces[0]);
  for (guint i = 1; pieces[i + 1] != NULL; i++) {
    at = strstr (at, pieces[i]);
    if (at == NULL)
      return FALSE;
    at += strlen (pieces[i]);
  }
  return g_str_has_suffix (at, pieces[g_strv_length (pieces) - 1]);
}

gboolean
mail_draft_is_attribution (const char *line)
{
  return fits (line, _ ("%s wrote:")) || fits (line, _ ("On %1$s, %2$s wrote:"));
}

static char *
join (GPtrArray *addresses)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < addresses->len; i++)
    append (list, seen, addresses->pdata[i]);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

static void
append_field (GString *text, const char *name, const char *value)
{
  if (*value != '\0')
    g_string_append_printf (text, "%s %s\n", name, value);
}

static char *
forward_text (const MailParsed *parsed, const char *read)
{
  g_autoptr (GString) text = g_string_new ("\n\n");
  g_autofree char *from = join (parsed->from);
  g_autofree char *to = join (parsed->to);
  g_autofree char *cc = join (parsed->cc);
  g_autofree char *date = base_date_long (parsed->date);
  g_autofree char *body = shorten (read);

  g_string_append_printf (text, "---------- %s ----------\n", _ ("Forwarded message"));
  append_field (text, _ ("From:"), from);
  append_field (text, _ ("Date:"), date);
  append_field (text, _ ("Subject:"), parsed->subject);
  append_field (text, _ ("To:"), to);
  append_field (text, _ ("Cc:"), cc);
  g_string_append_printf (text, "\n%s", body);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
reply_text (const MailParsed *parsed, const char *read)
{
  g_autofree char *heading = attribution (parsed);
  g_autofree char *body = shorten (read);
  g_autofree char *quote = mime_quote (g_strchomp (body));

  return g_strdup_printf ("\n\n%s\n%s", heading, quote);
}

static void
fill_same_recipients (StoreDraft *draft, const MailParsed *parsed)
{
  g_free (draft->to);
  g_free (draft->cc);
  g_free (draft->bcc);
  draft->to = join (parsed->to);
  draft->cc = join (parsed->cc);
  draft->bcc = join (parsed->bcc);
}

StoreDraft *
mail_reply_build (const MailParsed *parsed, MailReplyKind kind, const char *read,
                  MailOwnAddressFunc own, gpointer user_data)
{
  StoreDraft *draft = store_draft_new ();

  g_free (draft->subject);
  g_free (draft->text);
  switch (kind) {
  case MAIL_REPLY:
  case MAIL_REPLY_ALL:
  case MAIL_REPLY_LIST:
    draft->subject = mime_subject_reply (parsed->subject);
    draft->text = reply_text (parsed, read);
    fill_recipients (draft, parsed, kind, own, user_data);
    draft->was_hidden = kind == MAIL_REPLY_ALL && was_hidden (parsed, own, user_data);
    break;
  case MAIL_FORWARD:
  case MAIL_FORWARD_ATTACHED:
    draft->subject = mime_subject_forward (parsed->subject);
    draft->text = kind == MAIL_FORWARD ? forward_text (parsed, read) : g_strdup ("");
    draft->forward = TRUE;
    break;
  case MAIL_EDIT_AS_NEW:
    draft->subject = g_strdup (parsed->subject);
    draft->text = shorten (read);
    fill_same_recipients (draft, parsed);
    return draft;
  case MAIL_REDIRECT:
    draft->subject = g_strdup (parsed->subject);
    draft->text = g_strdup ("");
    draft->forward = draft->redirect = TRUE;
    return draft;
  }
  fill_threading (draft, parsed);
  return draft;
}
