/* Large messages that are here only in part: what is read of them, and single parts that somebody asked for.  Threads and errors: see
 * store-db.h.
 *
 * has_body of such a row is FALSE, and store_message_get_body () gives GONE: nothing here ever passes for the whole
 * message.  When that comes, all this goes with the same transaction. */
#pragma once

#include "store-message.h"

G_BEGIN_DECLS

/* A part whose content is not in the bytes of the partial message. */
typedef struct
{
  guint index;      /* which of its leaves, as MimePart counts them */
  char *section;    /* what the server calls it */
  char *encoding;   /* of its content there: "base64" */
  guint64 size;     /* octets there, as encoded */
  gboolean is_here; /* its content lies beside the message: store_partial_get_part () */
} StorePart;

typedef struct
{
  GBytes *bytes;    /* a valid message that lacks the content of these: */
  GPtrArray *parts; /* of StorePart, by index */
} StorePartial;

void store_part_free (StorePart *part);
void store_partial_free (StorePartial *partial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StorePart, store_part_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (StorePartial, store_partial_free)

typedef enum
{
  STORE_PARTIAL_NONE,  /* nothing is here, the server was not asked */
  STORE_PARTIAL_HERE,  /* store_partial_get () gives it */
  STORE_PARTIAL_WHOLE, /* the server was asked: it is to be had only as a whole */
} StorePartialState;

gboolean store_partial_get_state (StoreDb *db, gint64 message, StorePartialState *state,
                                  GError **error);
/* Instead of what was known; nothing happens where the whole message is here.  `parts`: GPtrArray of StorePart (is_here does not
 * count).  `preview` (nullable) and attachments complete the row.  `bytes` NULL, or no parts: it is to be had only as a
 * whole.  GONE: no such row. */
gboolean store_partial_set (StoreDb *db, gint64 message, GBytes *bytes, GPtrArray *parts,
                            const char *preview, gboolean has_attachments, GError **error);
/* Never without parts.  GONE when there is none, or it is not whole any more (it is forgotten then), or the whole
 * message has come meanwhile. */
StorePartial *store_partial_get (StoreDb *db, gint64 message,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* GONE when the message does not lack that part (any more). */
StorePart *store_partial_find (StoreDb *db, gint64 message, guint index,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The content of one part, whole: as it is encoded, or `decoded`.  GONE when the message does not lack the part of this
 * section. */
gboolean store_partial_set_part (StoreDb *db, gint64 message, const StorePart *part,
                                 GBytes *content, gboolean decoded, GError **error);
/* GONE when it is not here, or not whole any more (it is forgotten then). */
GBytes *store_partial_get_part (StoreDb *db, gint64 message, guint index, gboolean *decoded,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
