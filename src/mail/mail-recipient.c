/* Recipients as a person types and reads them, and what is wrong with one.
 *
 * Pure, any thread; linear.  It must never lose what was typed: what is no address stays as it is, to be corrected. */
#include "mail-recipient.h"

#include <glib/gi18n.h>
#include <string.h>

#include "mime-build.h"

void
mail_recipient_free (MailRecipient *recipient)
{
  if (recipient == NULL)
    return;
  g_free (recipient->name);
  g_free (recipient->address);
  g_free (recipient->text);
  g_free (recipient->wrong);
  g_clear_pointer (&recipient->members, g_ptr_array_unref);
  g_free (recipient);
}

static char *
describe (const char *text, MimeAddressFault fault)
{
  switch (fault) {
  case MIME_ADDRESS_FINE:
    return NULL;
  case MIME_ADDRESS_NO_AT:
    return g_strdup_printf (_ ("“%s” is not an e-mail address. It has to look like "
                               "name@example.org."),
                            text);
  case MIME_ADDRESS_NO_LOCAL:
    return g_strdup_printf (_ ("“%s” is not an e-mail address: nothing stands before the @."),
                            text);
  case MIME_ADDRESS_NO_DOMAIN:
    return g_strdup_printf (_ ("“%s” is not an e-mail address: nothing follows the @."), text);
  case MIME_ADDRESS_BAD_LOCAL:
    return g_strdup_printf (_ ("“%s” is not an e-mail address: what stands before the @ holds a "
                               "character that is not allowed there."),
                            text);
  case MIME_ADDRESS_BAD_DOMAIN:
    return g_strdup_printf (_ ("“%s” is not an e-mail address: no server can be called “%s”."),
                            text, strrchr (text, '@') + 1);
  case MIME_ADDRESS_HIDDEN:
    return g_strdup_printf (_ ("“%s” is not an e-mail address: it holds a character that cannot "
                               "be seen."),
                            text);
  case MIME_ADDRESS_TOO_LONG:
    return g_strdup_printf (_ ("“%s” is not an e-mail address: it is too long."), text);
  }
  return NULL;
}

char *
mail_recipient_find_fault (const char *text)
{
  const char *angle = strrchr (text, '<');
  g_autofree char *address = NULL;

  address = g_strdup (angle != NULL ? angle + 1 : text);
  g_strdelimit (address, ">", '\0');
  g_strstrip (address);
  return describe (address, mime_address_find_fault (address));
}

/* A domain as it is read.  What does not come back the same way stays as it is. */
static char *
dup_readable (const char *address)
{
  const char *at = strrchr (address, '@');
  g_autofree char *unicode = NULL;
  g_autofree char *ascii = NULL;

  if (at == NULL || !g_hostname_is_ascii_encoded (at + 1))
    return g_strdup (address);
  unicode = g_hostname_to_unicode (at + 1);
  ascii = unicode != NULL ? g_hostname_to_ascii (unicode) : NULL;
  if (ascii == NULL || g_ascii_strcasecmp (ascii, at + 1) != 0)
    return g_strdup (address);
  return g_strdup_printf ("%.*s@%s", (int)(at - address), address, unicode);
}

/* One that is read again as it is; in quotes where it would be read as several. */
static char *
dup_wrong_text (const char *text)
{
  g_autoptr (GPtrArray) again = mime_addresses_parse (text);
  const MimeAddress *first = again->len > 0 ? again->pdata[0] : NULL;

  if (again->len == 1 && first->address[0] == '\0' && strcmp (first->name, text) == 0)
    return g_strdup (text);
  return mime_address_to_string (text, NULL);
}

MailRecipient *
mail_recipient_new (const char *name, const char *address)
{
  MailRecipient *self = g_new0 (MailRecipient, 1);

  self->name = g_strdup (name != NULL ? name : "");
  self->address = address != NULL ? dup_readable (address) : g_strdup ("");
  if (self->address[0] != '\0') {
    self->text = mime_address_to_string (self->name, self->address);
  } else {
    self->text = dup_wrong_text (self->name);
    self->wrong = mail_recipient_find_fault (self->name);
    /* Well-formed in itself, but it was not read as an address where it stood. */
    if (self->wrong == NULL)
      self->wrong = describe (self->name, MIME_ADDRESS_NO_AT);
  }
  return self;
}

MailRecipient *
mail_recipient_copy (const MailRecipient *recipient)
{
  MailRecipient *copy = g_new0 (MailRecipient, 1);

  copy->name = g_strdup (recipient->name);
  copy->address = g_strdup (recipient->address);
  copy->text = g_strdup (recipient->text);
  copy->wrong = g_strdup (recipient->wrong);
  if (recipient->members != NULL)
    copy->members = g_ptr_array_ref (recipient->members);
  return copy;
}

static gpointer
copy_member (gconstpointer member, gpointer data)
{
  return mail_recipient_copy (member);
}

MailRecipient *
mail_recipient_new_list (const char *name, const GPtrArray *members)
{
  MailRecipient *self = g_new0 (MailRecipient, 1);

  self->name = g_strdup (name);
  self->address = g_strdup ("");
  self->text = g_strdup (name);
  self->members = g_ptr_array_copy ((GPtrArray *)members, (GCopyFunc)copy_member, NULL);
  g_ptr_array_set_free_func (self->members, (GDestroyNotify)mail_recipient_free);
  return self;
}

static void
free_recipient (gpointer recipient)
{
  mail_recipient_free (recipient);
}

GPtrArray *
mail_recipients_parse (const char *text)
{
  g_autoptr (GPtrArray) found = mime_addresses_parse (text != NULL ? text : "");
  GPtrArray *recipients = g_ptr_array_new_with_free_func (free_recipient);

  for (guint i = 0; i < found->len; i++) {
    const MimeAddress *address = found->pdata[i];

    g_ptr_array_add (
        recipients,
        mail_recipient_new (address->name, address->address[0] != '\0' ? address->address : NULL));
  }
  return recipients;
}

/* Behind what `at` opens; NULL while it is open. */
static const char *
find_closing (const char *at, char closing)
{
  for (at++; *at != '\0'; at++) {
    if (*at == closing)
      return at + 1;
    if (*at == '\\' && at[1] != '\0')
      at++;
  }
  return NULL;
}

gsize
mail_recipients_find_end (const char *text)
{
  const char *end = text;

  for (const char *at = text; at != NULL && *at != '\0';) {
    switch (*at) {
    case '"':
      at = find_closing (at, '"');
      break;
    case '(':
      at = find_closing (at, ')');
      break;
    case '<':
      at++;
      if (*at == '"')
        at = find_closing (at, '>');
      break;
    case ',':
    case ';':
    case '\n':
    case '\r':
      end = ++at;
      break;
    default:
      at++;
    }
  }
  return (gsize)(end - text);
}
