/* What answering and forwarding put before a subject, in the languages of mail programs that do not write "Re:" everywhere.  Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BASE_SUBJECT_REPLY,
  BASE_SUBJECT_FORWARD,
} BaseSubjectPrefix;

/* Behind one of them ("RE: ", "Re[2]:", "회신：") and the spaces that follow, or NULL where `text` begins with none. */
const char *base_subject_skip_prefix (const char *text, BaseSubjectPrefix *prefix);
/* Behind spaces, wide ones too. */
const char *base_subject_skip_space (const char *text);

G_END_DECLS
