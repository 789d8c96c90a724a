/* Text in several languages, for what has to find things in it: words that people use, and thousands more made of their syllables, chosen as often as
 * words of a language are (Zipf), in sentences with the spaces, endings and signs of the language.  The same seed gives the same text. */
#pragma once

#include <glib.h>

typedef enum
{
  TONGUE_ENGLISH,
  TONGUE_KOREAN,
  TONGUE_JAPANESE,
  TONGUE_CHINESE,
  TONGUE_THAI,
  TONGUE_ARABIC,
  TONGUE_GERMAN,
  TONGUE_VIETNAMESE,
  TONGUE_RUSSIAN,
  TONGUE_CODE,  /* addresses, hosts, files, numbers, identifiers, emoji */
  TONGUE_MIXED, /* all of them by turns */
  N_TONGUES,
} TongueKind;

typedef struct _Tongues Tongues;

/* `vocabulary`: words of each language. */
Tongues *tongues_new (guint32 seed, guint vocabulary);
void tongues_free (Tongues *tongues);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tongues, tongues_free)

const char *tongue_get_name (TongueKind kind);
/* A word as it stands in texts, without endings; rarely asked ones are of a high rank, 0 is the most frequent. */
const char *tongues_get_word (Tongues *tongues, TongueKind kind, guint rank);
/* About that many octets of sentences, in lines. */
void tongues_append_text (Tongues *tongues, GRand *rand, TongueKind kind, gsize octets,
                          GString *text);
/* A few words in one line. */
void tongues_append_title (Tongues *tongues, GRand *rand, TongueKind kind, GString *text);
/* Of a person: family name first where they do. */
void tongues_append_name (Tongues *tongues, GRand *rand, TongueKind kind, GString *text);
