/* A message taken apart: made in a pool thread, then read by the main thread (the plain fields)
 * and by pool threads (the parts).  The parser's objects belong to one thread at a time, so
 * everything that touches them holds the lock; the main thread never does. */
#include "mail-private.h"

#include <glib/gi18n.h>

#include "base-error.h"
#include "mail-truth-private.h"

static void
address_free (gpointer data)
{
  MailAddress *address = data;

  g_free (address->name);
  g_free (address->address);
  g_free (address);
}

static GPtrArray *
take_addresses (GPtrArray *taken)
{
  g_autoptr (GPtrArray) found = taken;
  GPtrArray *copy = g_ptr_array_new_full (found->len, address_free);

  for (guint i = 0; i < found->len; i++) {
    const MimeAddress *from = found->pdata[i];
    MailAddress *address = g_new0 (MailAddress, 1);

    address->name = g_strdup (from->name);
    address->address = g_strdup (from->address);
    g_ptr_array_add (copy, address);
  }
  return copy;
}

static GPtrArray *
addresses (MimeMessage *mime, const char *header)
{
  return take_addresses (mime_message_get_addresses (mime, header));
}

static GPtrArray *
addresses_on_top (MimeMessage *mime, const char *header)
{
  return take_addresses (mime_message_get_addresses_on_top (mime, header));
}

MailParsed *
mail_parsed_new_in_charset (GBytes *bytes, const MimeMissing *missing, gsize n, const char *charset)
{
  MailParsed *self = g_new0 (MailParsed, 1);
  static const char *const on_top[] = { "X-Original-To", "Envelope-To", "Delivered-To" };
  GPtrArray *original_to = NULL;

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->bytes = g_bytes_ref (bytes);
  self->is_partial = n > 0;
  self->mime = mime_message_new_partial (bytes, missing, n);
  self->charset = g_strdup (charset);
  if (charset != NULL)
    mime_message_set_charset (self->mime, charset);
  self->subject = mime_message_get_header (self->mime, "Subject");
  if (self->subject == NULL)
    self->subject = g_strdup ("");
  self->message_id = mime_message_get_header (self->mime, "Message-ID");
  self->in_reply_to = mime_message_get_header (self->mime, "In-Reply-To");
  self->references = mime_message_get_header (self->mime, "References");
  self->date = mime_message_get_date (self->mime);
  self->from = addresses (self->mime, "From");
  self->reply_to = addresses (self->mime, "Reply-To");
  self->to = addresses (self->mime, "To");
  self->cc = addresses (self->mime, "Cc");
  self->bcc = addresses (self->mime, "Bcc");
  self->delivered_to = addresses (self->mime, "Delivered-To");
  original_to = addresses (self->mime, "X-Original-To");
  g_ptr_array_extend_and_steal (self->delivered_to, g_steal_pointer (&original_to));
  /* Before an alias became what stands in the last one of them (Postfix; Exim; any) */
  self->received_for = g_ptr_array_new_with_free_func (address_free);
  for (guint i = 0; i < G_N_ELEMENTS (on_top); i++)
    g_ptr_array_extend_and_steal (self->received_for, addresses_on_top (self->mime, on_top[i]));
  self->was_received = mime_message_count_headers (self->mime, "Received") > 0;
  self->several_from = mime_message_count_headers (self->mime, "From") > 1;
  self->text = g_strdup (mime_message_get_text (self->mime));
  self->quote = mime_message_dup_quote (self->mime);
  self->html = mime_message_get_clean_html (self->mime, FALSE, &self->facts);
  mime_message_get_parts (self->mime); /* found once here, not when the window asks */
  return self;
}

MailParsed *
mail_parsed_new (GBytes *bytes, const MimeMissing *missing, gsize n)
{
  return mail_parsed_new_in_charset (bytes, missing, n, NULL);
}

MailParsed *
mail_parsed_ref (MailParsed *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mail_parsed_unref (MailParsed *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->mime, mime_message_free);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->from, g_ptr_array_unref);
  g_clear_pointer (&self->reply_to, g_ptr_array_unref);
  g_clear_pointer (&self->to, g_ptr_array_unref);
  g_clear_pointer (&self->cc, g_ptr_array_unref);
  g_clear_pointer (&self->bcc, g_ptr_array_unref);
  g_clear_pointer (&self->delivered_to, g_ptr_array_unref);
  g_clear_pointer (&self->received_for, g_ptr_array_unref);
  mime_html_facts_clear (&self->facts);
  g_clear_pointer (&self->truth, mail_truth_free);
  g_clear_pointer (&self->list, mail_list_free);
  g_free (self->account);
  g_free (self->charset);
  g_free (self->new_list);
  g_free (self->subject);
  g_free (self->text);
  g_free (self->html);
  g_free (self->quote);
  g_free (self->message_id);
  g_free (self->in_reply_to);
  g_free (self->references);
  g_mutex_clear (&self->lock);
  g_free (self);
}

GBytes *
mail_parsed_decode (MailParsed *self, guint index, GError **error)
{
  g_mutex_lock (&self->lock);
  GBytes *bytes = mime_message_get_part_content (self->mime, index);
  g_mutex_unlock (&self->lock);
  if (bytes == NULL)
    base_error_set (error, BASE_ERROR_GONE, NULL, _ ("This message has no such attachment."));
  return bytes;
}
