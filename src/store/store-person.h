/* People: who wrote, who was written to, and their messages.  Threads and errors: see store-db.h.
 *
 * Filled by a pass behind the sync, a bounded step at a time, durable in its progress.  Messages that go later still count.  Mail in Junk and
 * drafts make nobody a person.  SQL of this layer finds the person of a row by person.address = lower (message.from_address); known is who
 * has person.sent > 0: somebody whom the owner of the mail wrote to. */
#pragma once

#include "store-message.h"

G_BEGIN_DECLS

typedef struct
{
  gint64 id;
  char *address; /* in lower case (ASCII letters) */
  char *name;    /* nullable */
  guint received, sent;
  gint64 first, last; /* seconds */
} StorePerson;

void store_person_free (StorePerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StorePerson, store_person_free)

/* A recipient of a message that was sent; borrowed by store_person_step (). */
typedef struct
{
  char *name; /* nullable */
  char *address;
} StoreRecipient;
void store_recipient_free (StoreRecipient *recipient);
/* The recipients of a message in Sent: new GPtrArray of StoreRecipient, NULL while its bytes are not here. */
typedef GPtrArray *(*StoreRecipientsFunc) (StoreDb *db, gint64 message, gpointer user_data);

/* One step of the pass, one transaction: at most `limit` messages, and no new one begun after `budget` microseconds.  `later`: when nothing new is left,
 * looks again at sent messages whose bytes were not here.  *more: there is more to do.  *known (nullable): somebody is known who was not. */
gboolean store_person_step (StoreDb *db, guint limit, gint64 budget, gboolean later,
                            StoreRecipientsFunc func, gpointer user_data, gboolean *more,
                            gboolean *known, GError **error);
/* The pass has been at every message up to this one (0: at all there are). */
gboolean store_person_has_seen (StoreDb *db, gint64 message, gboolean *seen, GError **error);
/* To some sent messages the pass comes back when their bytes are here: who has no name there is not counted before. */
gboolean store_person_waits_for_sent (StoreDb *db, gboolean *waits, GError **error);

/* *person NULL: nobody. */
gboolean store_person_get (StoreDb *db, const char *address, StorePerson **person, GError **error);
/* All there are, a page at a time: GPtrArray of StorePerson with an id above `after`. */
GPtrArray *store_person_list (StoreDb *db, gint64 after, guint limit,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Row ids (gint64) of messages from and to them that are still here and listed, newest first, copies in other folders once. */
GArray *store_person_list_messages (StoreDb *db, gint64 person, guint limit,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Row ids (gint64) of all that is from this address, in no order: every copy, hidden or not, and what came last, too. */
GArray *store_person_list_sent (StoreDb *db, const char *address,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Other addresses (char *) of a person of this name, at most `limit`, who wrote last first.  Only those that were written to, and only of somebody who was:
 * anybody can take a name. */
GPtrArray *store_person_list_others (StoreDb *db, gint64 person, guint limit,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* They wrote a message that came before this time, or were written to. */
gboolean store_person_is_older (StoreDb *db, const char *address, gint64 before, gboolean *older,
                                GError **error);
/* At least so many are known. */
gboolean store_person_has_many (StoreDb *db, guint n, gboolean *many, GError **error);
/* Domains of those who were written to: GPtrArray of char *, at most `limit`. */
GPtrArray *store_person_list_domains (StoreDb *db, guint limit,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- inside the layer ---- */
/* Forgets everybody and begins again: mail went with its account. */
gboolean store_person_forget_all (StoreDb *db, GError **error);

G_END_DECLS
