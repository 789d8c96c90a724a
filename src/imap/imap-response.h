/* The head of one response: whose it is, whether it went well, its code and words (RFC 9051 section 7.1). */
#pragma once

#include "imap-lexer.h"

G_BEGIN_DECLS

typedef enum
{
  IMAP_RESPONSE_CONTINUE, /* + */
  IMAP_RESPONSE_UNTAGGED, /* * */
  IMAP_RESPONSE_TAGGED,   /* also stray garbage, whose "tag" fits no command */
} ImapResponseKind;

typedef enum
{
  IMAP_CONDITION_NONE, /* data */
  IMAP_CONDITION_OK,
  IMAP_CONDITION_NO,
  IMAP_CONDITION_BAD,
  IMAP_CONDITION_BYE,
  IMAP_CONDITION_PREAUTH,
} ImapCondition;

typedef struct
{
  ImapResponseKind kind;
  ImapCondition condition;
  char tag[32];
  guint32 number; /* of "* 23 EXISTS"; 0 where none is, the largest where it makes no sense */
  char name[32];  /* of data, upper case: "FETCH"; "" for what has none */
  /* Owned, only with a condition or a continuation: */
  char *code;     /* nullable; "COPYUID", upper case */
  char *argument; /* nullable; what stands behind the code in the brackets */
  char *text;     /* nullable; the words for people, valid UTF-8; as it is for a continuation */
} ImapResponse;

/* Reads the head of the lexer's complete response; for data the lexer then stands behind the name.  Never fails:
 * what makes no sense comes out as something nobody waits for. */
void imap_response_parse (ImapResponse *response, ImapLexer *lexer);
void imap_response_clear (ImapResponse *response);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ImapResponse, imap_response_clear)

gboolean imap_response_has_code (const ImapResponse *response, const char *code);

/* COPYUID (RFC 4315): old -> new UID, and the UIDVALIDITY that the new ones are of.  NULL when the argument is cut short or the
 * two sets are not alike. */
GHashTable *imap_response_parse_copyuid (const char *argument,
                                         guint32 *uid_validity) G_GNUC_WARN_UNUSED_RESULT;
/* APPENDUID with one UID, else 0. */
guint32 imap_response_parse_appenduid (const char *argument, guint32 *uid_validity);

G_END_DECLS
