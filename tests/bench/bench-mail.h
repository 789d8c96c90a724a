/* Mail as a mailbox of a hundred thousand has it, in eleven languages: the nth message is the same each time, so that nothing of it has to be kept.  Sizes of texts
 * are those of mail (log-normal, 2.6 KB on the average); each tenth is an HTML newsletter; each ninth has a file. */
#pragma once

#include <glib.h>

#include "tongues.h"

typedef struct
{
  guint number; /* 0 is the newest */
  TongueKind tongue;
  gint64 received;
  char *from_name, *from_address, *to_name, *to_address, *subject, *file; /* file nullable */
  GString *body;                                                          /* what is to be read */
  gboolean is_html;
} BenchMail;

BenchMail *bench_mail_make (Tongues *tongues, guint number);
void bench_mail_free (BenchMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchMail, bench_mail_free)

/* All text of it, a line or more for each piece. */
GString *bench_mail_get_text (const BenchMail *mail);
/* RFC 5322, UTF-8 in base64. */
GString *bench_mail_get_octets (const BenchMail *mail);
