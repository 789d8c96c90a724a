/* What the model server holds: accounts, mailboxes, messages.  Pure state, no sockets; every function is called with the
 * world locked.  Strings are UTF-8; what is returned is borrowed unless said otherwise. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint32 uid;
  guint64 modseq;
  GBytes *bytes;
  guint64 object; /* EMAILID: the same for all copies */
  gint64 date;
  GPtrArray *flags; /* interned, sorted */
  char *labels;     /* nullable: of X-GM-EXT-1, as on the wire without the parentheses */
} ModelMessage;

typedef struct
{
  guint32 uid;
  guint64 modseq;
} ModelGone;

typedef struct
{
  guint ref_count;
  char *name;
  const char *use; /* "\\Sent", NULL */
  gboolean subscribed;
  gboolean deleted;
  guint32 uid_validity, uid_next;
  guint64 modseq;
  guint64 object;      /* MAILBOXID */
  guint64 serial;      /* counts all changes, UIDVALIDITY too */
  GPtrArray *messages; /* ModelMessage, by UID */
  GArray *gone;        /* ModelGone, by modseq */
} ModelMailbox;

typedef struct
{
  char *user, *password, *address;
  GPtrArray *mailboxes; /* ModelMailbox, INBOX first */
} ModelAccount;

typedef struct
{
  char *sender, *recipients, *hash, *message_id;
  char *wishes; /* parameters of MAIL and RCPT beyond the usual: "RET=HDRS HOLDUNTIL=… NOTIFY=…" */
} ModelDelivery;

typedef struct
{
  GMutex lock;
  GPtrArray *accounts;  /* ModelAccount */
  GPtrArray *delivered; /* ModelDelivery */
  GHashTable *refused;  /* address, lower case -> answer */
  guint64 objects;
  guint32 uid_validities;
  void (*changed) (gpointer user_data); /* something a client may want to hear of */
  gpointer user_data;
} ModelWorld;

void model_world_init (ModelWorld *world);
void model_world_clear (ModelWorld *world);
void model_world_empty (ModelWorld *world); /* as it was at first */

ModelAccount *model_world_add_account (ModelWorld *world, const char *user, const char *password,
                                       const char *address);
ModelAccount *model_world_find_account (ModelWorld *world, const char *user); /* NULL: none */

ModelMailbox *model_mailbox_ref (ModelMailbox *mailbox);
void model_mailbox_unref (ModelMailbox *mailbox);
ModelMailbox *model_account_find (ModelAccount *account, const char *name); /* NULL: none */
/* NULL: there is one. */
ModelMailbox *model_account_create (ModelWorld *world, ModelAccount *account, const char *name,
                                    const char *use);
void model_account_delete (ModelWorld *world, ModelAccount *account, ModelMailbox *mailbox);
/* With what lies below it; FALSE: the name is taken. */
gboolean model_account_rename (ModelWorld *world, ModelAccount *account, ModelMailbox *mailbox,
                               const char *name);

ModelMessage *model_mailbox_by_uid (ModelMailbox *mailbox, guint32 uid); /* NULL: none */
/* date 0: now; object 0: a new one. */
ModelMessage *model_mailbox_append (ModelWorld *world, ModelMailbox *mailbox, GBytes *bytes,
                                    GPtrArray *flags, gint64 date, guint64 object);
ModelMessage *model_mailbox_copy (ModelWorld *world, const ModelMessage *message,
                                  ModelMailbox *target);
/* TRUE when something changed. */
gboolean model_mailbox_set_flags (ModelWorld *world, ModelMailbox *mailbox, ModelMessage *message,
                                  GPtrArray *flags);
void model_mailbox_set_labels (ModelWorld *world, ModelMailbox *mailbox, ModelMessage *message,
                               const char *labels);
void model_mailbox_expunge (ModelWorld *world, ModelMailbox *mailbox, guint32 uid);
void model_mailbox_renumber (ModelWorld *world, ModelMailbox *mailbox);

/* "\\Seen $Label", in parentheses or not; nullable.  Owned by the caller. */
GPtrArray *model_flags_parse (const char *text) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *model_flags_change (GPtrArray *flags, char sign,
                               GPtrArray *with) G_GNUC_WARN_UNUSED_RESULT; /* sign: + - = */
gboolean model_flags_has (GPtrArray *flags, const char *flag);
char *model_flags_to_string (GPtrArray *flags) G_GNUC_WARN_UNUSED_RESULT;

/* "550 ..." for a recipient that is refused, else NULL. */
const char *model_world_get_refusal (ModelWorld *world, const char *address);
/* Takes a mail in: the list of deliveries, INBOX of whom it is for (unless it is to be held), and `sent` (nullable) for a copy. */
void model_world_submit (ModelWorld *world, const char *sender, GPtrArray *recipients,
                         GBytes *message, ModelMailbox *sent, const char *wishes);

/* A header field of the message, unfolded, without the blanks around; NULL: none.  Owned by the caller. */
char *model_message_dup_field (GBytes *bytes, const char *name) G_GNUC_WARN_UNUSED_RESULT;
/* Octets of the header, its empty line included. */
gsize model_message_header_length (GBytes *bytes);
/* See model_server_dump () and model_server_dump_delivered (). */
char *model_world_dump (ModelWorld *world, const char *user) G_GNUC_WARN_UNUSED_RESULT;
char *model_world_dump_wishes (ModelWorld *world) G_GNUC_WARN_UNUSED_RESULT;
char *model_world_dump_delivered (ModelWorld *world) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
