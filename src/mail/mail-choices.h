/* What the person chose for a sender, a domain or a mailing list, remembered across restarts (store-choice.h).  Addresses,
 * domains and list ids are compared without regard to case.
 *
 * That a choice stands for an address does not make a message from it genuine: images are shown for one only where
 * mail_content_is_authenticated () says so too. */
#pragma once

#include "mail-types.h"

G_BEGIN_DECLS

typedef enum
{
  MAIL_CHOICE_IMAGES_SENDER = 1, /* address */
  MAIL_CHOICE_IMAGES_DOMAIN,     /* domain of the sender's address */
  MAIL_CHOICE_CHARSET_SENDER,    /* address; the value is the charset */
  MAIL_CHOICE_UNSUBSCRIBED,      /* list id */
  MAIL_CHOICE_INVITATION,        /* UID of an event: what was answered (mail-invitation.h) */
} MailChoiceKind;

typedef struct
{
  MailChoiceKind kind;
  char *subject; /* in lower case */
  char *value;   /* "" where the kind has none */
  gint64 time;   /* when it was chosen, seconds */
} MailChoice;

void mail_choice_free (MailChoice *choice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailChoice, mail_choice_free)

/* `value` nullable. An earlier choice for the same subject is replaced.  DISK. */
void mail_choices_set_async (MailEngine *engine, MailChoiceKind kind, const char *subject,
                             const char *value, GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_choices_set_finish (MailEngine *engine, GAsyncResult *result, GError **error);
void mail_choices_remove_async (MailEngine *engine, MailChoiceKind kind, const char *subject,
                                GAsyncReadyCallback callback, gpointer user_data);
gboolean mail_choices_remove_finish (MailEngine *engine, GAsyncResult *result, GError **error);
/* *choice NULL: there is none. */
void mail_choices_get_async (MailEngine *engine, MailChoiceKind kind, const char *subject,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean mail_choices_get_finish (MailEngine *engine, GAsyncResult *result, MailChoice **choice,
                                  GError **error);
/* GPtrArray of MailChoice, by subject. */
void mail_choices_list_async (MailEngine *engine, MailChoiceKind kind, GCancellable *cancellable,
                              GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *mail_choices_list_finish (MailEngine *engine, GAsyncResult *result,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
