/* A set of IMAP UIDs (RFC 9051 section 9, uid-set / sequence-set) as sorted, disjoint ranges.
 * Pure; not thread-safe; 0 is never a member. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BaseUidSet BaseUidSet;

typedef struct
{
  guint32 first, last; /* inclusive */
} BaseUidRange;

BaseUidSet *base_uid_set_new (void) G_GNUC_WARN_UNUSED_RESULT;
BaseUidSet *base_uid_set_dup (const BaseUidSet *set) G_GNUC_WARN_UNUSED_RESULT;
void base_uid_set_free (BaseUidSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BaseUidSet, base_uid_set_free)

void base_uid_set_add (BaseUidSet *set, guint32 uid);
void base_uid_set_add_range (BaseUidSet *set, guint32 first, guint32 last); /* either order */
/* Adds all of `other`; linear, whatever the two look like. */
void base_uid_set_add_set (BaseUidSet *set, const BaseUidSet *other);
/* Of UIDs in any order (which are sorted by this), 0 left out; cheap however ragged they are. */
BaseUidSet *base_uid_set_new_from_array (GArray *uids) G_GNUC_WARN_UNUSED_RESULT;
gboolean base_uid_set_contains (const BaseUidSet *set, guint32 uid);
guint64 base_uid_set_count (const BaseUidSet *set);
gboolean base_uid_set_is_empty (const BaseUidSet *set);
guint base_uid_set_n_ranges (const BaseUidSet *set);
BaseUidRange base_uid_set_get_range (const BaseUidSet *set, guint index);
/* a without b, new. */
BaseUidSet *base_uid_set_subtract (const BaseUidSet *a,
                                   const BaseUidSet *b) G_GNUC_WARN_UNUSED_RESULT;

/* "1:5,8"; numbers only ('*' is refused), either order within a range.  NULL when malformed, or when there are more than
 * BASE_UID_SET_MAX_PARSED ranges: what nobody's mailbox is, but a server may say. */
#define BASE_UID_SET_MAX_PARSED 1000000
BaseUidSet *base_uid_set_parse (const char *text) G_GNUC_WARN_UNUSED_RESULT;
/* Ascending; "" when empty. */
char *base_uid_set_to_string (const BaseUidSet *set) G_GNUC_WARN_UNUSED_RESULT;
/* Ascending pieces of at most `max_octets` each (servers choke on long commands), as GStrv. */
GStrv base_uid_set_to_strings (const BaseUidSet *set, gsize max_octets) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
