/* What a message is found by, section by section: who and what its header says, its text as it is read, the names that its files have, and messages attached to it.
 * Pure, any thread; never fails.
 *
 * Of a text that is longer than MIME_WORDS_MAX octets the first so many are taken; where the parts that are read are larger than MIME_WORDS_MAX_READ, encoded, the first
 * MIME_WORDS_MAX of each.  Of messages within messages MIME_WORDS_DEPTH are looked into, one in the other. */
#pragma once

#include "base-section.h"
#include "mime-message.h"

G_BEGIN_DECLS

#define MIME_WORDS_MAX      (1 << 20)
#define MIME_WORDS_MAX_READ (4 << 20)
#define MIME_WORDS_DEPTH    3

/* How much of a file's text is wanted (mime_words_add_file_text ()). */
#define MIME_WORDS_MAX_FILE (256 << 10)

/* UTF-8; NULL where there is nothing. */
typedef struct
{
  GString *sections[BASE_N_SECTIONS];
} MimeWords;

MimeWords *mime_words_new (MimeMessage *message) G_GNUC_WARN_UNUSED_RESULT;
/* Text of an attached file that somebody else has taken apart. */
void mime_words_add_file_text (MimeWords *words, const char *text);
void mime_words_free (MimeWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimeWords, mime_words_free)

G_END_DECLS
