/* Subjects of mail, without what answering and forwarding puts before them.  Pure, any thread. */
#include "store-subject.h"

#include <string.h>

#include "base-subject.h"

/* "[list] " with something behind it. */
static const char *
skip_blob (const char *text)
{
  const char *end = *text == '[' ? strchr (text, ']') : NULL;

  if (end == NULL || memchr (text + 1, '[', (gsize)(end - text - 1)) != NULL)
    return NULL;
  end = base_subject_skip_space (end + 1);
  return *end != '\0' ? end : NULL;
}

const char *
store_subject_get_base (const char *subject, gboolean *is_reply)
{
  const char *base = base_subject_skip_space (subject), *next;

  if (is_reply != NULL)
    *is_reply = FALSE;
  for (;;) {
    BaseSubjectPrefix prefix;

    if ((next = base_subject_skip_prefix (base, &prefix)) != NULL) {
      if (is_reply != NULL && prefix == BASE_SUBJECT_REPLY)
        *is_reply = TRUE;
    } else if ((next = skip_blob (base)) == NULL) {
      return base;
    }
    base = next;
  }
}

gboolean
store_subject_is_reply (const char *subject)
{
  gboolean is_reply;

  /* Most have no colon, of either width. */
  if (strchr (subject, ':') == NULL && strstr (subject, "：") == NULL)
    return FALSE;
  (void)store_subject_get_base (subject, &is_reply);
  return is_reply;
}
