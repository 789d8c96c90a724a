/* One message as the index takes it: its row, and the words of its text, those of PDF files included, which another process reads (mail-unpack.h).  A thread with a
 * connection. */
#pragma once

#include "mime-words.h"
#include "store-index.h"

G_BEGIN_DECLS

typedef struct
{
  StoreIndexDoc doc; /* points into the rest */
  StoreMessage *row; /* Owned; NULL: it is gone */
  MimeWords *words;  /* Owned; NULL: only its row is here */
  StoreIndexText texts[STORE_INDEX_ROW_TEXTS + BASE_N_SECTIONS];
  gsize octets;
  gboolean is_unreadable; /* its text is here, and cannot be read now */
} MailIndexerDoc;

void mail_indexer_doc_free (MailIndexerDoc *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MailIndexerDoc, mail_indexer_doc_free)
/* NULL: an error of reading the store, or it was cancelled while it waited for that process. */
MailIndexerDoc *mail_indexer_doc_new (StoreDb *db, const StoreIndexTask *task,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
