/* What is read of a large message.  One round trip brings the server's description and the first octets, which most often have
 * all the text there is; what they lack is fetched by section in a second one.  The thread of the connection; must never
 * store what does not have the size that the server told, nor say that something is whole. */
#include "sync-parts.h"

#include <string.h>

#include "base-account.h"
#include "base-error.h"
#include "base-log.h"
#include "imap-flight.h"
#include "mime-partial.h"

#define START_OCTETS     (32 * 1024)
#define SECTIONS_AT_ONCE 20 /* in one command */

/* What came of one message, and what is made of it. */
typedef struct
{
  /* Borrowed */
  SyncContext *context;
  const SyncPlace *place;

  /* Owned */
  ImapStructure *structure;
  GBytes *start;
  GArray *outline; /* of MimeOutlinePart, with strings of the structure */
  MimePartial *partial;
  GHashTable *sections; /* "1.2", "1.2.MIME" -> GBytes */
  gboolean answered;
} Parts;

static void
parts_clear (Parts *parts)
{
  g_clear_pointer (&parts->partial, mime_partial_free);
  g_clear_pointer (&parts->outline, g_array_unref);
  g_clear_pointer (&parts->structure, imap_structure_free);
  g_clear_pointer (&parts->start, g_bytes_unref);
  g_clear_pointer (&parts->sections, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

/* ---- the first round trip ---- */

/* The tree is laid out flat; the answer's own goes with the answer. */
static ImapStructure *
dup_structure (const ImapStructure *from)
{
  ImapStructure *to = g_new0 (ImapStructure, 1);

  to->section = g_strdup (from->section);
  to->type = g_strdup (from->type);
  to->encoding = g_strdup (from->encoding);
  to->disposition = g_strdup (from->disposition);
  to->name = g_strdup (from->name);
  to->charset = g_strdup (from->charset);
  to->content_id = g_strdup (from->content_id);
  to->size = from->size;
  if (from->children != NULL) {
    to->children = g_ptr_array_new_with_free_func ((GDestroyNotify)imap_structure_free);
    for (guint i = 0; i < from->children->len; i++)
      g_ptr_array_add (to->children, dup_structure (g_ptr_array_index (from->children, i)));
  }
  return to;
}

static gboolean
take_start (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  Parts *parts = user_data;

  if (fetched->uid != parts->place->uid)
    return TRUE;
  if (fetched->structure != NULL && parts->structure == NULL)
    parts->structure = dup_structure (fetched->structure);
  for (guint i = 0; fetched->parts != NULL && i < fetched->parts->len; i++) {
    const ImapSection *section = g_ptr_array_index (fetched->parts, i);

    if (*section->section == '\0' && section->origin == 0 && parts->start == NULL)
      parts->start = g_bytes_ref (section->bytes);
  }
  parts->answered = TRUE;
  return TRUE;
}

static void
lay_out (const ImapStructure *structure, guint parent, GArray *outline)
{
  gboolean is_multipart = g_str_has_prefix (structure->type, "multipart/");
  guint index = outline->len;
  MimeOutlinePart part = { .section = structure->section,
                           .type = structure->type,
                           .encoding = structure->encoding,
                           .disposition = structure->disposition,
                           .name = structure->name,
                           .charset = structure->charset,
                           .content_id = structure->content_id,
                           .size = structure->size,
                           .parent = parent,
                           .is_multipart = is_multipart };

  g_array_append_val (outline, part);
  for (guint i = 0; is_multipart && structure->children != NULL && i < structure->children->len;
       i++)
    lay_out (g_ptr_array_index (structure->children, i), index, outline);
}

/* FALSE with the error set, or with *whole: nothing to make a message of. */
static gboolean
fetch_start (Parts *parts, gboolean *whole, GError **error)
{
  SyncContext *context = parts->context;
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  g_autoptr (GError) refused = NULL;
  SyncEntry entry;
  guint fetch;

  if (!sync_place_open (parts->place, context, flight, &entry, error))
    return FALSE;
  fetch = imap_flight_fetch_start (flight, parts->place->uid, START_OCTETS, take_start, parts);
  if (!imap_flight_run (flight, context->cancellable, error)
      || !sync_place_check (parts->place, flight, &entry, error))
    return FALSE;
  if (!imap_flight_get_result (flight, fetch, &refused)) {
    /* It may still give it whole. */
    *whole = g_error_matches (refused, BASE_ERROR, BASE_ERROR_REFUSED);
    if (!*whole)
      g_propagate_error (error, g_steal_pointer (&refused));
    return FALSE;
  }
  if (!parts->answered) {
    sync_place_set_gone (error);
    return FALSE;
  }
  *whole = parts->structure == NULL || parts->start == NULL
           || g_bytes_get_size (parts->start) > START_OCTETS;
  if (*whole)
    return FALSE;
  parts->outline = g_array_new (FALSE, FALSE, sizeof (MimeOutlinePart));
  lay_out (parts->structure, 0, parts->outline);
  parts->partial = mime_partial_new (
      parts->start, (const MimeOutlinePart *)(gpointer)parts->outline->data, parts->outline->len);
  *whole = parts->partial == NULL;
  return !*whole;
}

/* ---- the second one ---- */

static gboolean
take_sections (const ImapFetched *fetched, gpointer user_data, GError **error)
{
  Parts *parts = user_data;

  for (guint i = 0;
       fetched->uid == parts->place->uid && fetched->parts != NULL && i < fetched->parts->len;
       i++) {
    const ImapSection *section = g_ptr_array_index (fetched->parts, i);

    if (section->origin == 0 && !section->decoded)
      g_hash_table_replace (parts->sections, g_strdup (section->section),
                            g_bytes_ref (section->bytes));
  }
  return TRUE;
}

static const MimeOutlinePart *
get_part (Parts *parts, GArray *indices, guint i)
{
  return &g_array_index (parts->outline, MimeOutlinePart, g_array_index (indices, guint, i));
}

static char *
dup_header_section (const MimeOutlinePart *part)
{
  g_autofree char *name = g_strconcat (part->section, ".MIME", NULL);

  return g_ascii_strup (name, -1);
}

static gboolean
ask_sections (Parts *parts, GArray *needed, GError **error)
{
  SyncContext *context = parts->context;
  g_autoptr (ImapFlight) flight = imap_flight_new (context->session);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) refused = NULL;
  SyncEntry entry;

  if (!sync_place_open (parts->place, context, flight, &entry, error))
    return FALSE;
  for (guint i = 0; i < needed->len; i++) {
    const MimeOutlinePart *part = get_part (parts, needed, i);

    g_ptr_array_add (names, g_strdup (part->section));
    /* The only part of a message that is no multipart has its header in the message's own. */
    if (parts->outline->len > 1)
      g_ptr_array_add (names, dup_header_section (part));
    if (names->len < SECTIONS_AT_ONCE && i + 1 < needed->len)
      continue;
    g_ptr_array_add (names, NULL);
    imap_flight_fetch_sections (flight, parts->place->uid, (const char *const *)names->pdata,
                                take_sections, parts);
    g_ptr_array_set_size (names, 0);
  }
  return imap_flight_run (flight, context->cancellable, error)
         && sync_place_check (parts->place, flight, &entry, error);
}

/* FALSE: the server did not send what it had told of. */
static gboolean
take_needed (Parts *parts, GArray *needed)
{
  for (guint i = 0; i < needed->len; i++) {
    const MimeOutlinePart *part = get_part (parts, needed, i);
    g_autofree char *header = dup_header_section (part);
    GBytes *content = g_hash_table_lookup (parts->sections, part->section);

    if (content == NULL || g_bytes_get_size (content) != part->size) {
      base_log ("a server sent %" G_GSIZE_FORMAT " octets of a part of %" G_GUINT64_FORMAT,
                content != NULL ? g_bytes_get_size (content) : 0, part->size);
      return FALSE;
    }
    mime_partial_set (parts->partial, g_array_index (needed, guint, i),
                      g_hash_table_lookup (parts->sections, header), content);
  }
  return TRUE;
}

/* ---- both ---- */

static gboolean
store_parts (Parts *parts, gint64 message, GBytes *bytes, GArray *missing, GError **error)
{
  g_autoptr (MimeSummary) summary = mime_summary_from_message (bytes);
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func ((GDestroyNotify)store_part_free);

  for (guint i = 0; i < missing->len; i++) {
    const MimeMissing *one = &g_array_index (missing, MimeMissing, i);
    StorePart *part = g_new0 (StorePart, 1);

    part->index = one->index;
    part->section = g_strdup (one->section);
    part->encoding = g_strdup (one->encoding);
    part->size = one->size;
    g_ptr_array_add (left, part);
  }
  return store_partial_set (parts->context->db, message, bytes, left, summary->preview,
                            summary->has_attachments || left->len > 0, error);
}

gboolean
sync_parts_fetch (SyncContext *context, const SyncPlace *place, gint64 message, gboolean all,
                  gboolean *whole, GError **error)
{
  const BaseAccount *settings = sync_account_get_settings (context->account);
  guint64 largest = (guint64)settings->largest_part << 10;
  g_auto (Parts) parts = { .context = context, .place = place };
  g_autoptr (GArray) needed = NULL, missing = NULL;
  g_autoptr (GBytes) bytes = NULL;

  *whole = largest == 0;
  if (*whole)
    return TRUE;
  if (!fetch_start (&parts, whole, error))
    return *whole;
  needed = mime_partial_list_needed (parts.partial, largest, all);
  *whole = needed == NULL || mime_partial_get_largest_missing (parts.partial, needed) <= largest;
  if (*whole)
    return TRUE;
  if (needed->len > 0) {
    parts.sections =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    if (!ask_sections (&parts, needed, error))
      return FALSE;
    *whole = !take_needed (&parts, needed);
    if (*whole)
      return TRUE;
  }
  bytes = mime_partial_build (parts.partial, &missing);
  *whole = bytes == NULL || missing->len == 0;
  return *whole || store_parts (&parts, message, bytes, missing, error);
}
