/* Shared by the files of an attachment.  Main thread, but for what is marked. */
#pragma once

#include "mail-fetch.h"
#include "mail-part.h"
#include "mail-private.h"

G_BEGIN_DECLS

struct _MailPart
{
  GObject parent_instance;

  /* Owned */
  MailEngine *engine;
  MailParsed *parsed;
  MailProgress *progress;
  char *name, *content_type;
  char *charset; /* nullable */
  GBytes
      *unpacked; /* nullable: its content, out of a winmail.dat, which is what `index` means then */

  guint depth; /* of the message it is in: 0 for one of a folder */
  guint index;
  guint64 size;
  guint downloads; /* under way */
  guint timer;     /* looks how far they are */
  int permille;    /* as told last; -1: nothing is under way, or nothing has come */
  gboolean is_here;
};

/* What a pool thread takes with it. */
typedef struct
{
  MailSource source;
  MailParsed *parsed;
  MailProgress *progress;
  guint index;
  char *name, *content_type, *charset;
  GBytes *unpacked;
  GFile *file;      /* for saving; GFile is immutable and of any thread */
  BasePaths *paths; /* for exporting */
  MailPages *pages; /* for one of them */
  guint edge, page;
} MailPartJob;

MailPartJob *mail_part_job_new (MailPart *part, GTask *task) G_GNUC_WARN_UNUSED_RESULT;
void mail_part_job_free (gpointer job);
/* Pool thread: fetches what is not here. */
GBytes *mail_part_job_decode (const MailPartJob *job, GCancellable *cancellable,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
