/* What a person chose for all mail of a sender, a domain or a list.  Threads and errors: see store-db.h.
 *
 * A subject is compared as it is: the caller brings addresses and domains to lower case.  Nothing here says whether mail that
 * claims to be from a sender is: who shows images for a choice has to know that. */
#pragma once

#include "store-db.h"

G_BEGIN_DECLS

/* The numbers stand in the database. */
typedef enum
{
  STORE_CHOICE_IMAGES_SENDER = 1, /* address: its remote images are shown */
  STORE_CHOICE_IMAGES_DOMAIN = 2, /* domain of addresses: the same for all of it */
  STORE_CHOICE_CHARSET_SENDER =
      3,                         /* address: its mail is read in the charset that the value names */
  STORE_CHOICE_UNSUBSCRIBED = 4, /* list id: the person has left it */
  STORE_CHOICE_INVITATION =
      5, /* UID of an event: the value is what was answered, and to which version */
  STORE_CHOICE_LIST_SEEN =
      6, /* address of a list: mail that its owner did send was opened, then for the first time */
} StoreChoiceKind;

typedef struct
{
  StoreChoiceKind kind;
  char *subject, *value; /* value "" where the kind has none */
  gint64 time;           /* when it was chosen, seconds */
} StoreChoice;

void store_choice_free (StoreChoice *choice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoreChoice, store_choice_free)

/* Durable; in the place of an earlier one for the same subject.  `value` nullable; `time` 0: now. */
gboolean store_choice_set (StoreDb *db, StoreChoiceKind kind, const char *subject,
                           const char *value, gint64 time, GError **error);
/* Durable; nothing happens when there is none. */
gboolean store_choice_remove (StoreDb *db, StoreChoiceKind kind, const char *subject,
                              GError **error);
/* *choice NULL: there is none. */
gboolean store_choice_get (StoreDb *db, StoreChoiceKind kind, const char *subject,
                           StoreChoice **choice, GError **error);
/* All of a kind, by subject: GPtrArray of StoreChoice. */
GPtrArray *store_choice_list (StoreDb *db, StoreChoiceKind kind,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
